//! Lines of styled text on a terminal: colors, and wrapping at the width of the screen.
//!
//! Everything printed through it has been made harmless by `escape`; a style is the only thing that adds escapes.

use std::borrow::Cow;
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
    stretches: Vec<Stretch>,
}

type Stretch = (Look, Wrap, String);

/// Where a stretch of text may be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrap {
    AtSpaces,
    Never,
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
        self.stretches.push((look, Wrap::AtSpaces, escape::line(text).into_owned()));
        self
    }

    /// Adds text, made harmless, that is to be copied: it stays in one piece, since a terminal that has to break it puts
    /// nothing in between.
    #[must_use]
    pub fn with_whole(mut self, look: Look, text: &str) -> Self {
        self.stretches.push((look, Wrap::Never, escape::line(text).into_owned()));
        self
    }

    /// Writes the line, wrapped if it is wider than the screen.
    pub fn print(&self, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
        let mut row = Row {
            screen,
            out,
            indent: self.indent,
            next_indent: self.indent + self.hang,
            column: 0,
            is_fresh: true,
            is_blank: true,
            pending_spaces: 0,
            style: Style::new(),
        };
        for (look, wrap, text) in self.disarmed().as_ref() {
            match wrap {
                Wrap::AtSpaces => row.stretch(*look, text)?,
                Wrap::Never => row.whole(*look, text)?,
            }
        }
        row.end()
    }

    /// Returns the stretches without a runner command that they make up together, such as `##` and `vso[…]`.
    fn disarmed(&self) -> Cow<'_, [Stretch]> {
        let joined: String = self.stretches.iter().map(|(.., text)| text.as_str()).collect();
        let group = (self.indent == 0 && escape::opens_group(&joined)).then_some(0);
        let mut marks: Vec<usize> = group.into_iter().chain(escape::commands(&joined)).collect();
        if marks.is_empty() {
            return Cow::Borrowed(&self.stretches);
        }
        let (mut stretches, mut end) = (self.stretches.clone(), joined.len());
        for (.., text) in stretches.iter_mut().rev() {
            end -= text.len();
            while let Some(mark) = marks.pop_if(|mark| *mark >= end) {
                let at = mark - end;
                let mut spelled = String::new();
                text[at..].chars().take(1).for_each(|character| escape::spell(&mut spelled, character));
                text.replace_range(at..=at, &spelled);
            }
        }
        Cow::Owned(stretches)
    }
}

/// A row of the screen while it is being filled.
struct Row<'a> {
    screen: Screen,
    out: &'a mut dyn Write,
    /// The indent of this row, and of the ones the line wraps into.
    indent: usize,
    next_indent: usize,
    column: usize,
    is_fresh: bool,
    /// Whether nothing but white space stands in it.
    is_blank: bool,
    /// Spaces that are written only if something follows in the same row.
    pending_spaces: usize,
    /// The style that is switched on in this row.
    style: Style,
}

impl Row<'_> {
    fn stretch(&mut self, look: Look, text: &str) -> io::Result<()> {
        let style = self.style_of(look);
        for word in text.split_inclusive(' ') {
            let letters = word.trim_end_matches(' ');
            if !letters.is_empty() {
                if !self.is_fresh && self.overflows(width(letters)) {
                    self.break_row()?;
                }
                self.letters(style, letters)?;
            }
            self.pending_spaces += word.len() - letters.len();
        }
        Ok(())
    }

    /// Writes a text in one piece, in a row of its own if it does not fit.
    fn whole(&mut self, look: Look, text: &str) -> io::Result<()> {
        if !self.is_fresh && self.overflows(width(text)) {
            self.break_row()?;
        }
        self.open()?;
        self.switch(self.style_of(look))?;
        text.chars().try_for_each(|character| self.character(character))
    }

    /// Writes a word; one that is wider than a whole row goes on in the next.
    fn letters(&mut self, style: Style, letters: &str) -> io::Result<()> {
        self.open()?;
        self.switch(style)?;
        for character in letters.chars() {
            let width = character.width().unwrap_or(0);
            if self.overflows(width) && self.column > self.next_indent {
                self.break_row()?;
                self.open()?;
                self.switch(style)?;
            }
            self.character(character)?;
        }
        Ok(())
    }

    fn character(&mut self, character: char) -> io::Result<()> {
        if self.is_blank && escape::is_line_command(character) {
            let mut spelled = String::new();
            escape::spell(&mut spelled, character);
            self.column += spelled.len();
            write!(self.out, "{spelled}")?;
        } else {
            self.column += character.width().unwrap_or(0);
            write!(self.out, "{character}")?;
        }
        self.is_blank = self.is_blank && character.is_whitespace();
        Ok(())
    }

    /// Writes the indent of a fresh row, or the spaces that separate from what stands in it.
    fn open(&mut self) -> io::Result<()> {
        let spaces = if self.is_fresh { self.indent } else { self.pending_spaces };
        write!(self.out, "{:spaces$}", "")?;
        self.column += spaces;
        (self.is_fresh, self.pending_spaces) = (false, 0);
        Ok(())
    }

    fn style_of(&self, look: Look) -> Style {
        if self.screen.color { look.style() } else { Style::new() }
    }

    fn switch(&mut self, style: Style) -> io::Result<()> {
        if self.style != style {
            write!(self.out, "{:#}{style}", self.style)?;
            self.style = style;
        }
        Ok(())
    }

    fn break_row(&mut self) -> io::Result<()> {
        self.end()?;
        (self.column, self.is_fresh, self.pending_spaces, self.indent) = (0, true, 0, self.next_indent);
        self.is_blank = true;
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.switch(Style::new())?;
        writeln!(self.out)
    }

    fn overflows(&self, width: usize) -> bool {
        let limit = self.screen.width.map(|width| width.max(MIN_WIDTH));
        limit.is_some_and(|limit| self.column + self.pending_spaces + width > limit)
    }
}

fn width(text: &str) -> usize {
    text.chars().filter_map(char::width).sum()
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
        assert_eq!(print(&line, Some(10)), "  one two three four five six\n    seven\n");
    }

    #[test]
    fn words_wider_than_the_screen_are_broken() {
        let line = Line::indented(2).with(Look::Plain, &"x".repeat(70));
        let printed = print(&line, Some(30));
        assert!(printed.lines().all(|row| row.len() <= 30), "{printed}");
        assert_eq!(printed.matches('x').count(), 70);
    }

    #[test]
    fn what_is_to_be_copied_is_in_one_row() {
        let line =
            Line::indented(0).hanging(2).with(Look::Plain, "Saved. ").with_whole(Look::Plain, "a b c d e f g h i j");
        let line = line.with(Look::Plain, " sends it");
        assert_eq!(print(&line, None), "Saved. a b c d e f g h i j sends it\n");
        assert_eq!(print(&line, Some(30)), "Saved. a b c d e f g h i j\n  sends it\n");
        let long = "x y ".repeat(20);
        let line = Line::indented(0).hanging(2).with(Look::Plain, "Saved. ").with_whole(Look::Plain, long.trim_end());
        let line = line.with(Look::Plain, " sends it");
        assert_eq!(print(&line, Some(30)), format!("Saved.\n  {}\n  sends it\n", long.trim_end()));
        let line = Line::indented(0).with_whole(Look::Plain, "::error::x");
        assert_eq!(print(&line, Some(30)), "\\u{3a}:error::x\n");
    }

    #[test]
    fn no_row_is_a_command_to_a_runner() {
        let line = Line::indented(2).with(Look::Plain, "::error::a").with(Look::Plain, " ::b");
        assert_eq!(print(&line, None), "  \\u{3a}:error::a ::b\n");
        let line = Line::indented(0).with(Look::Plain, &format!("{} ::error::b", "a".repeat(30)));
        assert_eq!(print(&line, Some(30)), format!("{}\n\\u{{3a}}:error::b\n", "a".repeat(30)));
    }

    #[test]
    fn stretches_make_up_no_command() {
        let line = Line::indented(2).with(Look::Old, "a #").with(Look::OldWord, "#").with(Look::Old, "vso[b] ##[c]");
        assert_eq!(print(&line, None), "  a #\\u{23}vso[b] #\\u{23}[c]\n");
        let line = Line::indented(0).with(Look::Strong, "--").with(Look::Faint, "- a ##").with(Look::Strong, "[b]");
        assert_eq!(print(&line, None), "\\u{2d}-- a #\\u{23}[b]\n");
        let line = Line::indented(2).with(Look::Plain, "--- a");
        assert_eq!(print(&line, None), "  --- a\n");
    }

    #[test]
    fn wide_characters_count_twice() {
        let line = Line::indented(0).with(Look::Plain, &"銀".repeat(20));
        assert_eq!(print(&line, Some(30)).lines().map(|row| row.chars().count()).collect::<Vec<_>>(), [15, 5]);
    }
}
