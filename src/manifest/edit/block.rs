//! Entries of a mapping in block style, a line or more each.

use std::ops::Range;

use super::splice::{Line, Splice, line_break, usual_break};
use crate::manifest::yaml::{Form, Written, WrittenEntry, WrittenMapping};

/// Returns how far the keys of the mapping are indented; nothing if they do not stand on lines of their own.
pub(super) fn column(text: &str, mapping: &WrittenMapping) -> Option<usize> {
    let first = mapping.entries.first()?;
    let line = Line::at(text, first.key_bytes.start);
    let before = &text[line.start..first.key_bytes.start];
    let before = before.trim_start_matches('\u{feff}');
    before.trim_start_matches(' ').trim_start_matches('?').trim_start_matches(' ').is_empty().then(|| line.indent(text))
}

/// Returns the splice that puts lines behind an entry.
pub(super) fn insert_after(text: &str, entry: &WrittenEntry, lines: &str) -> Splice {
    put(text, end(text, entry), lines)
}

/// Returns the splice that puts lines before the first entry, and before the comments that belong to it.
pub(super) fn insert_first(text: &str, mapping: &WrittenMapping, lines: &str) -> Option<Splice> {
    let first = Line::at(text, mapping.entries.first()?.key_bytes.start);
    let mut above = first.above(text);
    while let Some(line) = above.filter(|line| line.is_empty(text)) {
        above = line.above(text);
    }
    Some(put(text, above?, lines))
}

/// Returns the splice that puts lines behind a line.
fn put(text: &str, line: Line, lines: &str) -> Splice {
    let found = line_break(&text[line.end..]);
    let line_break = if found.is_empty() { usual_break(text) } else { found };
    let lines = lines.replace('\n', line_break);
    match found {
        // The last line of a file that ends without a break; it still does afterwards.
        "" => Splice::insert(line.end, format!("{line_break}{lines}")),
        _ => Splice::insert(line.next, format!("{lines}{line_break}")),
    }
}

/// Returns the splices that remove an entry with its lines. Comments above it stay, and so do those inside of a mapping
/// that goes with its last entry.
pub(super) fn remove(text: &str, mapping: &WrittenMapping, index: usize) -> Vec<Splice> {
    let entry = &mapping.entries[index];
    let first = Line::at(text, entry.key_bytes.start);
    let leaf = Line::at(text, innermost(entry).key_bytes.start);
    let last = end(text, entry);
    let (mut removed, mut comments): (Vec<Range<usize>>, Vec<Line>) = (Vec::new(), Vec::new());
    for line in first.and_following(text).take_while(|line| line.start < leaf.start) {
        match line.is_empty(text) {
            true => comments.push(line),
            false => removed.push(line.start..line.next),
        }
    }
    removed.push(leaf.start..last.next);
    removed.dedup_by(|next, before| {
        let meets = before.end == next.start;
        if meets {
            before.end = next.end;
        }
        meets
    });
    // Where the file ends without a break, it still does afterwards.
    if let Some(range) = removed.last_mut().filter(|_| last.next == last.end) {
        range.start = Line::at(text, range.start).above(text).map_or(range.start, |above| above.end);
    }
    let mut splices: Vec<Splice> = removed.into_iter().map(Splice::remove).collect();
    let before = index.checked_sub(1).map(|before| last_leaf(&mapping.entries[before].value));
    if before.is_some_and(is_block) {
        comments.extend(last.and_following(text).skip(1).take_while(|line| line.is_empty(text)));
        splices.extend(comments.into_iter().filter_map(|line| outdented(text, line, first.indent(text))));
    }
    splices
}

/// Returns the splice that moves a comment to the left, so that it becomes no text of a block above.
fn outdented(text: &str, line: Line, column: usize) -> Option<Splice> {
    let surplus = line.indent(text).checked_sub(column).filter(|surplus| *surplus > 0)?;
    line.text(text).contains('#').then(|| Splice::remove(line.start..line.start + surplus))
}

/// Returns the entry that stands deepest at the start of an entry.
fn innermost(entry: &WrittenEntry) -> &WrittenEntry {
    let mapping = entry.value.mapping().filter(|mapping| !mapping.is_flow);
    mapping.and_then(|mapping| mapping.entries.first()).map_or(entry, innermost)
}

/// Returns the splices that leave an empty mapping where a block of entries was.
pub(super) fn empty(text: &str, owner: &WrittenEntry, mapping: &WrittenMapping) -> Vec<Splice> {
    let header = Line::at(text, owner.key_bytes.end);
    let properties = text[owner.value.start..header.end.max(owner.value.start)].split('#').next().unwrap_or_default();
    let has_properties = owner.value.start < owner.value.bytes.start && owner.value.start < header.end;
    let at = match has_properties {
        true => owner.value.start + properties.trim_end().len(),
        false => owner.key_bytes.end + text[owner.key_bytes.end..].find(':').map_or(0, |colon| colon + 1),
    };
    let mut splices = vec![Splice::insert(at, " {}")];
    splices.extend((0..mapping.entries.len()).flat_map(|index| remove(text, mapping, index)));
    splices
}

/// Returns the last line of an entry.
fn end(text: &str, entry: &WrittenEntry) -> Line {
    let last = last_leaf(&entry.value);
    let line = Line::at(text, last.bytes.end);
    if !keeps_breaks(text, last) {
        return line;
    }
    let following = line.and_following(text).skip(1);
    following.take_while(|line| line.text(text).trim().is_empty()).last().unwrap_or(line)
}

fn last_leaf(node: &Written) -> &Written {
    match &node.form {
        Form::Mapping(mapping) if !mapping.is_flow => {
            mapping.entries.last().map_or(node, |entry| last_leaf(&entry.value))
        }
        Form::Mapping(_) | Form::Sequence | Form::Scalar(_) | Form::Alias => node,
    }
}

fn is_block(node: &Written) -> bool {
    matches!(&node.form, Form::Scalar(style) if style.is_block())
}

/// Returns whether the empty lines behind a block scalar are a part of it.
fn keeps_breaks(text: &str, node: &Written) -> bool {
    let header = text[node.bytes.clone()].split(char::is_whitespace).next().unwrap_or_default();
    is_block(node) && header.contains('+')
}
