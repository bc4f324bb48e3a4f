//! Entries of a mapping in braces, on one line or on several.

use std::ops::Range;

use super::splice::{Line, Splice, line_break, usual_break};
use crate::manifest::yaml::{Written, WrittenMapping};

/// Returns the splices that put an entry behind the one at the index, or before all others.
pub(super) fn insert(
    text: &str,
    node: &Written,
    mapping: &WrittenMapping,
    after: Option<usize>,
    entry: &str,
) -> Vec<Splice> {
    let Some(first) = mapping.entries.first() else {
        return vec![Splice::insert(node.bytes.start + 1, entry)];
    };
    let own_line = own_line(text, node, mapping);
    let Some(index) = after else {
        let gap = own_line.unwrap_or_else(|| " ".to_owned());
        return vec![Splice::insert(first.key_bytes.start, format!("{entry},{gap}"))];
    };
    let end = mapping.entries[index].value.bytes.end;
    let comma = comma(text, end);
    let Some(gap) = own_line else {
        return vec![Splice::insert(end, format!(", {entry}"))];
    };
    let line = Line::at(text, comma.unwrap_or(end));
    let rest = &text[comma.map_or(end, |comma| comma + 1)..line.end];
    let is_last_on_line = rest.trim().is_empty() || rest.trim_start().starts_with('#');
    match (is_last_on_line, comma) {
        (false, _) => vec![Splice::insert(end, format!(",{gap}{entry}"))],
        (true, Some(_)) => vec![Splice::insert(line.end, format!("{gap}{entry},"))],
        (true, None) => vec![Splice::insert(end, ","), Splice::insert(line.end, format!("{gap}{entry}"))],
    }
}

/// Returns the splice that removes the entry at the index.
pub(super) fn remove(text: &str, mapping: &WrittenMapping, index: usize) -> Splice {
    let entry = &mapping.entries[index];
    let (start, end) = (entry.key_bytes.start, entry.value.bytes.end);
    if let Some(lines) = own_lines(text, start..end) {
        let is_last = index + 1 == mapping.entries.len();
        let before = index.checked_sub(1).map(|before| mapping.entries[before].value.bytes.end);
        return match before.filter(|before| is_last && text[*before..start].trim_end() == ",") {
            // What is the last entry now needs no comma.
            Some(before) => Splice::remove(before..end),
            None => Splice::remove(lines),
        };
    }
    let next = mapping.entries.get(index + 1).map(|next| next.key_bytes.start);
    let before = index.checked_sub(1).map(|before| mapping.entries[before].value.bytes.end);
    let has_comment = |bytes: Range<usize>| text[bytes].contains('#');
    match (next, before) {
        (Some(next), _) if !has_comment(end..next) => Splice::remove(start..next),
        (None, Some(before)) if !has_comment(before..start) => Splice::remove(before..end),
        _ => Splice::remove(start..comma(text, end).map_or(end, |comma| comma + 1)),
    }
}

/// Returns the bytes of the lines that hold these bytes, a comma and a comment, and nothing else.
fn own_lines(text: &str, bytes: Range<usize>) -> Option<Range<usize>> {
    let start = Line::at(text, bytes.start).start;
    let end = comma(text, bytes.end).map_or(bytes.end, |comma| comma + 1);
    let last = Line::at(text, end);
    let rest = text[end..last.end].trim_start();
    let is_alone = text[start..bytes.start].trim().is_empty() && (rest.is_empty() || rest.starts_with('#'));
    (is_alone && last.next > last.end).then_some(start..last.next)
}

/// Returns the break and the indentation before each entry, if each has a line of its own.
fn own_line(text: &str, node: &Written, mapping: &WrittenMapping) -> Option<String> {
    let first = mapping.entries.first()?.key_bytes.start;
    let line = Line::at(text, first);
    let indent = &text[line.start..first];
    let is_own = line.start > node.bytes.start && indent.trim().is_empty();
    let found = text[..line.start].len() - text[..line.start].trim_end_matches(['\n', '\r']).len();
    let line_break = if found > 0 { line_break(&text[line.start - found..]) } else { usual_break(text) };
    is_own.then(|| format!("{line_break}{indent}"))
}

/// Returns where the comma behind an entry stands, if it has one on the same line.
fn comma(text: &str, end: usize) -> Option<usize> {
    let rest = &text[end..];
    let space = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    rest[space..].starts_with(',').then_some(end + space)
}
