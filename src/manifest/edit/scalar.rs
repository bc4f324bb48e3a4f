//! How a text is written in place of another one: in the same style if that can hold it, else in the nearest that can.
//!
//! What must be quoted is decided as for new files, so that every reader reads the same.

use super::splice::{Line, Splice, line_break, usual_break};
use crate::manifest::emit;
use crate::manifest::emit::scalar::{double_quoted, is_plain, is_shown, quoted, single_quoted};
use crate::manifest::yaml::{ScalarStyle, Written};
use crate::model::Value;

/// Where a scalar stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Whether it stands in braces, where lines mean nothing.
    pub(super) is_flow: bool,
    /// The indentation of its key.
    pub(super) column: usize,
    /// By how much more something inside it is indented.
    pub(super) step: usize,
}

/// Returns the splices that replace a scalar by another value.
pub(super) fn replaced(text: &str, old: &Written, style: ScalarStyle, value: &Value, place: Place) -> Vec<Splice> {
    let new = match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Text(new) => {
            if let Some(body) = in_block(text, old, style, new, place) {
                return vec![body];
            }
            // Where something follows on the line, be it space, only what stands on one line can come before it; and no
            // block begins behind a tab.
            let line = Line::at(text, old.bytes.end);
            let is_alone = old.bytes.end == line.end && !text[..old.bytes.start].ends_with('\t');
            in_line(style, new, Place { is_flow: place.is_flow || !is_alone, ..place }).replace('\n', usual_break(text))
        }
    };
    if !style.is_block() {
        return vec![Splice::new(old.bytes.clone(), new)];
    }
    // The header goes and the comment beside it stays.
    let header = Line::at(text, old.bytes.start);
    let end = text[old.bytes.start..header.end].find([' ', '\t']).map_or(header.end, |end| old.bytes.start + end);
    let mut splices = vec![Splice::new(old.bytes.start..end, new)];
    let content = Content::of(text, old);
    if !content.is_void() {
        splices.push(Splice::remove(header.end..content.end));
    }
    splices
}

/// Returns a value that is new, in the style given or the one that fits best.
pub(super) fn fresh(value: &Value, style: ScalarStyle, place: Place) -> String {
    match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Text(text) => in_line(style, text, place),
    }
}

/// Returns a scalar that begins on the line of its key.
fn in_line(style: ScalarStyle, text: &str, place: Place) -> String {
    match style {
        ScalarStyle::SingleQuoted => single_quoted(text).unwrap_or_else(|| double_quoted(text)),
        ScalarStyle::DoubleQuoted | ScalarStyle::Literal | ScalarStyle::Folded => double_quoted(text),
        ScalarStyle::Plain if !place.is_flow => emit::scalar(text, place.column + place.step),
        ScalarStyle::Plain if is_plain(text) && !text.contains([',', '[', ']', '{', '}']) => text.to_owned(),
        ScalarStyle::Plain => quoted(text),
    }
}

/// The lines of a block scalar.
struct Content {
    /// Where the first of them starts.
    start: usize,
    /// Where the last of them ends, before its break.
    end: usize,
}

impl Content {
    fn of(text: &str, old: &Written) -> Self {
        let header = Line::at(text, old.bytes.start);
        let end = match old.bytes.end > header.end {
            true => Line::at(text, old.bytes.end).end,
            false => header.next,
        };
        Self { start: header.next, end: end.max(header.next) }
    }

    /// Returns whether there is no line that holds anything.
    fn is_void(&self) -> bool {
        self.start == self.end
    }

    fn lines(&self, text: &str) -> Vec<String> {
        text[self.start..self.end].replace("\r\n", "\n").split(['\n', '\r']).map(str::to_owned).collect()
    }
}

/// Returns the text as the content of the block that is there, if it is a block and can hold it.
fn in_block(text: &str, old: &Written, style: ScalarStyle, new: &str, place: Place) -> Option<Splice> {
    let content = Content::of(text, old);
    let lines = match style {
        ScalarStyle::Literal if fits_literal(new) => new.to_owned(),
        ScalarStyle::Folded if fits_folded(new) => folded(new, width(&content.lines(text))),
        ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => return None,
        ScalarStyle::Literal | ScalarStyle::Folded => return None,
    };
    let header = Line::at(text, old.bytes.start);
    let indent = " ".repeat(block_indent(&text[old.bytes.start..header.end], &content.lines(text), place));
    let lines = lines.split('\n').map(|line| if line.is_empty() { String::new() } else { format!("{indent}{line}") });
    let lines: Vec<String> = lines.collect();
    let found = line_break(&text[header.end..]);
    let line_break = if found.is_empty() { usual_break(text) } else { found };
    let body = lines.join(line_break);
    Some(match (content.is_void(), found) {
        (false, _) => Splice::new(content.start..content.end, body),
        (true, "") => Splice::insert(text.len(), format!("{line_break}{body}")),
        (true, _) => Splice::insert(content.start, format!("{body}{line_break}")),
    })
}

/// Returns how far the lines of a block are indented: as its header says, else as its first line is.
fn block_indent(header: &str, lines: &[String], place: Place) -> usize {
    let indicator = header.chars().take_while(|character| !character.is_whitespace()).find_map(|c| c.to_digit(10));
    if let Some(indicator) = indicator {
        return place.column + indicator as usize;
    }
    let first = lines.iter().find(|line| !line.trim().is_empty());
    first.map_or(place.column + place.step, |line| line.len() - line.trim_start_matches(' ').len())
}

/// Returns whether the lines of a literal block give back the text.
fn fits_literal(text: &str) -> bool {
    let is_fit = |line: &str| {
        let words = line.trim_start_matches(' ');
        !words.starts_with(char::is_whitespace) && !line.ends_with(char::is_whitespace) && line.chars().all(is_shown)
    };
    !text.starts_with([' ', '\n']) && !text.is_empty() && !text.ends_with('\n') && text.split('\n').all(is_fit)
}

/// Returns whether the lines of a folded block give back the text: none is indented, since that would not be folded.
fn fits_folded(text: &str) -> bool {
    fits_literal(text) && !text.split('\n').any(|line| line.starts_with(' '))
}

/// Returns the longest line of a text that was broken into lines; what stands on one line stays there.
fn width(lines: &[String]) -> usize {
    let paragraphs = lines.split(|line| line.trim().is_empty()).filter(|paragraph| paragraph.len() > 1);
    paragraphs.flatten().map(|line| line.trim().chars().count()).max().unwrap_or(usize::MAX)
}

/// Returns the text as a folded block has it: broken at single spaces, and every break of its own doubled.
fn folded(text: &str, width: usize) -> String {
    let mut out = String::new();
    for (number, line) in text.split('\n').enumerate() {
        match (number, line.is_empty()) {
            (0, _) => {}
            // A run of breaks has one more than the text.
            (_, false) => out.push_str("\n\n"),
            (_, true) => out.push('\n'),
        }
        wrap(line, width, &mut out);
    }
    out
}

/// Appends a line, broken where it would become wider.
fn wrap(line: &str, width: usize, out: &mut String) {
    let mut length = 0;
    for (number, piece) in pieces(line).into_iter().enumerate() {
        let more = piece.chars().count();
        if number > 0 {
            let fits = length + 1 + more <= width;
            out.push(if fits { ' ' } else { '\n' });
            length = if fits { length + 1 } else { 0 };
        }
        out.push_str(piece);
        length += more;
    }
}

/// Returns what stands between single spaces: a break in a run of spaces would not give it back.
fn pieces(line: &str) -> Vec<&str> {
    let bytes = line.as_bytes();
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in 1..bytes.len().saturating_sub(1) {
        if bytes[at] == b' ' && bytes[at - 1] != b' ' && bytes[at + 1] != b' ' {
            pieces.push(&line[start..at]);
            start = at + 1;
        }
    }
    pieces.push(&line[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_doubles_breaks_and_breaks_long_lines() {
        assert_eq!(folded("a b c", usize::MAX), "a b c");
        assert_eq!(folded("aa bb cc", 5), "aa bb\ncc");
        assert_eq!(folded("a\nb\n\nc", 80), "a\n\nb\n\n\nc");
        assert_eq!(folded("a  b c", 1), "a  b\nc");
    }

    #[test]
    fn what_a_literal_block_holds() {
        for text in ["a", "a\nb", "a\n\n  b"] {
            assert!(fits_literal(text), "{text:?}");
        }
        for text in ["", " a", "a ", "a\n", "\na", "a\n\tb", "a\u{202e}b", "a\u{a0}"] {
            assert!(!fits_literal(text), "{text:?}");
        }
    }
}
