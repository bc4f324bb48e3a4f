//! From the parser's marks to places in the text.
//!
//! The parser counts columns from 0, starts a block scalar after its header and indentation, ends it inside the
//! next line, and reports some errors before the spot they are about. All that is put right here.

use granit_parser::{Marker, Span as ParserSpan};

use crate::source::{ByteRange, Span};

/// Returns the place that the parser's span covers.
pub(super) fn span(span: &ParserSpan) -> Span {
    let start = mark(&span.start);
    let end = mark(&span.end).bytes.start;
    Span { bytes: ByteRange { start: start.bytes.start, end: end.max(start.bytes.start) }, ..start }
}

/// Returns the place of a mark, with no extent.
pub(super) fn mark(mark: &Marker) -> Span {
    let at = offset(mark.byte_offset().unwrap_or_default());
    Span { line: offset(mark.line()), column: offset(mark.col()) + 1, bytes: ByteRange { start: at, end: at } }
}

/// Files are far smaller than 4 GB; a count that does not fit is shown as the largest that does.
fn offset(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Returns the place of a block scalar from its header to the end of its last line.
///
/// `previous` is the end of what stands before it. Between the two can only be indicators, properties, comments
/// and space.
pub(super) fn block_scalar(text: &str, previous: Span, content: Span) -> Span {
    let mut at = previous.bytes.start as usize;
    let limit = (content.bytes.end as usize).min(text.len());
    let header = loop {
        let rest = &text[at..limit];
        let Some(next) = rest.find(|character: char| !character.is_ascii_whitespace()) else {
            return content;
        };
        at += next;
        let word = &text[at..limit];
        let end = match word.as_bytes()[0] {
            b'|' | b'>' => break at,
            b'#' => word.find(['\n', '\r']),
            b'&' | b'!' => word.find(|character: char| character.is_ascii_whitespace()),
            _ => word.chars().next().map(char::len_utf8),
        };
        at += end.unwrap_or(word.len());
    };
    let start = relocate(text, previous, header);
    let end = header + text[header..limit].trim_ascii_end().len();
    Span { bytes: ByteRange { start: start.bytes.start, end: offset(end) }, ..start }
}

/// Returns the one character at a byte offset, given a place on the way to which few lines lie.
///
/// At the end of a line there is nothing to point at, so the last visible character before it is taken.
pub(super) fn visible_character(text: &str, near: Span, at: usize) -> Span {
    let at = at.min(text.len());
    let here = text[at..].chars().next();
    let (start, character) = match here {
        Some(character) if !matches!(character, '\n' | '\r') => (at, Some(character)),
        _ => {
            let before = text[..at].trim_end();
            let character = before.chars().next_back();
            (before.len() - character.map_or(0, char::len_utf8), character)
        }
    };
    let place = relocate(text, near, start);
    Span {
        bytes: ByteRange { start: place.bytes.start, end: offset(start + character.map_or(0, char::len_utf8)) },
        ..place
    }
}

/// Returns the first tab that indents a line at or after the mark.
pub(super) fn indenting_tab(text: &str, near: Span) -> Option<usize> {
    let mark = (near.bytes.start as usize).min(text.len());
    let mut start = text[..mark].rfind(['\n', '\r']).map_or(0, |found| found + 1);
    loop {
        let line = &text[start..];
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line[..indent].find('\t') {
            return Some(start + tab);
        }
        start += line.find(['\n', '\r'])? + 1;
    }
}

/// Returns where the last `...` on a line of its own ends.
pub(super) fn document_end(text: &str) -> Option<usize> {
    text.rmatch_indices("...")
        .find(|(at, _)| text[..*at].chars().next_back().is_none_or(|before| matches!(before, '\n' | '\r' | '\u{feff}')))
        .map(|(at, dots)| at + dots.len())
}

/// Returns the place of a byte offset, counted from a known place.
pub(super) fn relocate(text: &str, near: Span, at: usize) -> Span {
    let known = (near.bytes.start as usize).min(text.len());
    let line = if known <= at {
        near.line + offset(line_breaks(&text[known..at]))
    } else {
        near.line.saturating_sub(offset(line_breaks(&text[at..known])))
    };
    let line_start = text[..at].rfind(['\n', '\r']).map_or(0, |found| found + 1);
    let before = text[line_start..at].trim_start_matches('\u{feff}');
    Span { line, column: offset(before.chars().count()) + 1, bytes: ByteRange { start: offset(at), end: offset(at) } }
}

/// Returns the place of a byte offset, counted from the start of the text.
pub(super) fn from_start(text: &str, at: usize) -> Span {
    let start = Span { line: 1, column: 1, bytes: ByteRange::default() };
    relocate(text, start, at)
}

fn line_breaks(text: &str) -> usize {
    let bytes = text.as_bytes();
    let feeds = bytes.iter().filter(|byte| **byte == b'\n').count();
    let lone_returns = bytes
        .iter()
        .enumerate()
        .filter(|(index, byte)| **byte == b'\r' && bytes.get(index + 1) != Some(&b'\n'))
        .count();
    feeds + lone_returns
}
