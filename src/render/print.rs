//! Lines of styled text on a terminal: colors, and wrapping at the width of the screen.
//!
//! Everything printed through it has been made harmless by `escape`; a style is the only thing that adds escapes.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar as _;

use super::escape;

/// How a terminal wants text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Whether colors are welcome.
    pub color: bool,
    /// Columns; nothing where lines are not to be wrapped, as in a pipe.
    pub width: Option<usize>,
}

/// The least width that text is wrapped at; below it, wrapping makes things worse.
const MIN_WIDTH: usize = 30;

/// What a stretch of text is, for those who see colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Ordinary text.
    Plain,
    /// A heading.
    Strong,
    /// Of less interest.
    Faint,
    /// A value that goes.
    Old,
    /// The words of it that differ.
    OldWord,
    /// A value that comes.
    New,
    /// The words of it that differ.
    NewWord,
    /// Something to look at twice.
    Warning,
    /// Something that stands in the way.
    Error,
}

impl Look {
    fn style(self) -> Style {
        let fg = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Old => fg(AnsiColor::Red),
            Self::OldWord => fg(AnsiColor::Red).bold().underline(),
            Self::New => fg(AnsiColor::Green),
            Self::NewWord => fg(AnsiColor::Green).bold().underline(),
            Self::Warning => fg(AnsiColor::Yellow),
            Self::Error => fg(AnsiColor::Red).bold(),
        }
    }
}

/// A line under construction: an indent, then stretches of text.
#[derive(Debug, Clone, Default)]
pub struct Line {
    indent: usize,
    /// Further indent of the lines it wraps into.
    hang: usize,
    stretches: Vec<(Look, String)>,
}

impl Line {
    /// Returns an empty line with an indent.
    pub fn indented(indent: usize) -> Self {
        Self { indent, ..Self::default() }
    }

    /// Makes the lines it wraps into stand further right.
    #[must_use]
    pub fn hanging(mut self, hang: usize) -> Self {
        self.hang = hang;
        self
    }

    /// Adds text, made harmless.
    #[must_use]
    pub fn with(mut self, look: Look, text: &str) -> Self {
        self.stretches.push((look, escape::line(text).into_owned()));
        self
    }

    /// Writes the line, wrapped if it is wider than the screen.
    pub fn print(&self, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
        let mut row = Row { screen, out, column: 0, is_fresh: true, indent: self.indent };
        for (look, text) in &self.stretches {
            row.stretch(*look, text, self.indent + self.hang)?;
        }
        writeln!(row.out)
    }
}

/// A row of the screen while it is being filled.
struct Row<'a> {
    screen: Screen,
    out: &'a mut dyn Write,
    column: usize,
    /// Whether nothing but the indent stands in it.
    is_fresh: bool,
    indent: usize,
}

impl Row<'_> {
    fn stretch(&mut self, look: Look, text: &str, next_indent: usize) -> io::Result<()> {
        let style = if self.screen.color { look.style() } else { Style::new() };
        for word in text.split_inclusive(' ') {
            if !self.is_fresh && self.overflows(word) {
                self.break_row(next_indent)?;
            }
            self.word(style, word, next_indent)?;
        }
        Ok(())
    }

    /// Writes a word; one that is wider than a whole row goes on in the next.
    fn word(&mut self, style: Style, word: &str, next_indent: usize) -> io::Result<()> {
        self.open()?;
        write!(self.out, "{style}")?;
        for character in word.chars() {
            let width = character.width().unwrap_or(0);
            let limit = self.limit();
            if character != ' ' && limit.is_some_and(|limit| self.column + width > limit) && self.column > next_indent {
                write!(self.out, "{style:#}")?;
                self.break_row(next_indent)?;
                self.open()?;
                write!(self.out, "{style}")?;
            }
            write!(self.out, "{character}")?;
            self.column += width;
        }
        write!(self.out, "{style:#}")
    }

    fn open(&mut self) -> io::Result<()> {
        if self.is_fresh {
            write!(self.out, "{:indent$}", "", indent = self.indent)?;
            self.column = self.indent;
            self.is_fresh = false;
        }
        Ok(())
    }

    fn break_row(&mut self, indent: usize) -> io::Result<()> {
        writeln!(self.out)?;
        (self.column, self.is_fresh, self.indent) = (0, true, indent);
        Ok(())
    }

    fn limit(&self) -> Option<usize> {
        self.screen.width.map(|width| width.max(MIN_WIDTH))
    }

    fn overflows(&self, word: &str) -> bool {
        let width: usize = word.trim_end().chars().filter_map(char::width).sum();
        self.limit().is_some_and(|limit| self.column + width > limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(line: &Line, width: Option<usize>) -> String {
        let mut out = Vec::new();
        line.print(Screen { color: false, width }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_wrap_with_a_hanging_indent() {
        let line = Line::indented(2).hanging(2).with(Look::Plain, "one two three four five six seven");
        assert_eq!(print(&line, None), "  one two three four five six seven\n");
        assert_eq!(print(&line, Some(10)), "  one two three four five six \n    seven\n");
    }

    #[test]
    fn words_wider_than_the_screen_are_broken() {
        let line = Line::indented(2).with(Look::Plain, &"x".repeat(70));
        let printed = print(&line, Some(30));
        assert!(printed.lines().all(|row| row.len() <= 30), "{printed}");
        assert_eq!(printed.matches('x').count(), 70);
    }

    #[test]
    fn wide_characters_count_twice() {
        let line = Line::indented(0).with(Look::Plain, &"銀".repeat(20));
        assert_eq!(print(&line, Some(30)).lines().map(|row| row.chars().count()).collect::<Vec<_>>(), [15, 5]);
    }
}
