//! Changes of a text by place. Knows bytes and line breaks, no YAML.

use std::ops::Range;

/// What comes in place of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) bytes: Range<usize>,
    pub(super) text: String,
}

impl Splice {
    pub(super) fn new(bytes: Range<usize>, text: impl Into<String>) -> Self {
        Self { bytes, text: text.into() }
    }

    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::new(at..at, text)
    }

    pub(super) fn remove(bytes: Range<usize>) -> Self {
        Self::new(bytes, "")
    }
}

/// Returns the text with all splices carried out, or nothing if two of them meet.
pub(super) fn spliced(text: &str, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|splice| (splice.bytes.start, splice.bytes.end));
    let mut out = String::with_capacity(text.len() + splices.iter().map(|splice| splice.text.len()).sum::<usize>());
    let mut done = 0;
    for splice in &splices {
        out.push_str(text.get(done..splice.bytes.start)?);
        out.push_str(&splice.text);
        done = splice.bytes.end;
    }
    out.push_str(text.get(done..)?);
    Some(out)
}

/// A line by its bytes: from its first one to its break, and to where the next line starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) next: usize,
}

impl Line {
    /// Returns the line that a byte stands on.
    pub(super) fn at(text: &str, byte: usize) -> Self {
        let start = text[..byte].rfind(['\n', '\r']).map_or(0, |found| found + 1);
        let end = text[byte..].find(['\n', '\r']).map_or(text.len(), |found| byte + found);
        let next = end + line_break(&text[end..]).len();
        Self { start, end, next }
    }

    /// Returns the line above, if there is one.
    pub(super) fn above(self, text: &str) -> Option<Self> {
        let end = self.start.checked_sub(1)?;
        let before = &text[..end];
        // The byte at `end` is the last one of the break: of the two of `\r\n` the line ends before the first.
        let end = if text[end..].starts_with('\n') && before.ends_with('\r') { end - 1 } else { end };
        Some(Self::at(text, end))
    }

    /// Returns this line and all below it.
    pub(super) fn and_following(self, text: &str) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |line| (line.next < text.len()).then(|| Self::at(text, line.next)))
    }

    pub(super) fn text(self, text: &str) -> &str {
        text[self.start..self.end].trim_start_matches('\u{feff}')
    }

    /// Returns whether nothing stands on it but space or a comment.
    pub(super) fn is_empty(self, text: &str) -> bool {
        let line = self.text(text).trim_start_matches([' ', '\t']);
        line.is_empty() || line.starts_with('#')
    }

    /// Returns the spaces that it begins with.
    pub(super) fn indent(self, text: &str) -> usize {
        let line = self.text(text);
        line.len() - line.trim_start_matches(' ').len()
    }
}

/// Returns the line break that a text starts with, or nothing.
pub(super) fn line_break(text: &str) -> &str {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => &text[..2],
        [b'\r' | b'\n', ..] => &text[..1],
        _ => "",
    }
}

/// Returns the line break that the file uses.
pub(super) fn usual_break(text: &str) -> &str {
    match text.find(['\n', '\r']) {
        Some(first) => line_break(&text[first..]),
        None => "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splices_are_carried_out_in_any_order() {
        let splices = vec![Splice::insert(4, "!"), Splice::new(1..3, "u"), Splice::remove(0..1)];
        assert_eq!(spliced("abcd", splices).as_deref(), Some("ud!"));
        let meeting = vec![Splice::remove(0..2), Splice::remove(1..3)];
        assert_eq!(spliced("abcd", meeting), None);
    }

    #[test]
    fn lines() {
        let text = "a\r\n b\n\rc";
        let line = Line::at(text, 4);
        assert_eq!((line.text(text), line.indent(text)), (" b", 1));
        assert_eq!(line.above(text).map(|line| line.text(text)), Some("a"));
        assert_eq!(line.above(text).and_then(|line| line.above(text)), None);
        let last = Line::at(text, 7);
        assert_eq!(last.above(text).map(|line| line.text(text)), Some(""));
        assert_eq!((usual_break(text), line_break("\r\n"), line_break("x")), ("\r\n", "\r\n", ""));
    }
}
