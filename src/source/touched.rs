//! Which lines of files differ from those of an earlier commit.
//!
//! Knows two sets of texts, not where they are from, nor what is told of such a line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use similar::{ChangeTag, TextDiff};

use super::{Location, Sources};

/// Lines that differ from what they were, by file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TouchedLines {
    lines: BTreeMap<Arc<str>, BTreeSet<u32>>,
}

impl TouchedLines {
    /// Compares two states of the same files. Of a file that was not there, every line is touched.
    pub fn between(before: &Sources, now: &Sources) -> Self {
        let texts = now.files().filter_map(|file| Some((file, before.text(file).unwrap_or_default(), now.text(file)?)));
        let touched = texts.filter(|(_, before, now)| before != now);
        Self { lines: touched.map(|(file, before, now)| (Arc::clone(file), lines(before, now))).collect() }
    }

    /// Returns whether the place stands in one of them. A file as a whole is touched if a line of it is.
    pub fn has(&self, at: &Location) -> bool {
        self.lines.get(&at.file).is_some_and(|lines| at.line == 0 || lines.contains(&at.line))
    }
}

/// Returns the lines, counted from 1, that are not as they were.
fn lines(before: &str, now: &str) -> BTreeSet<u32> {
    let diff = TextDiff::from_lines(before, now);
    let new = diff.iter_all_changes().filter(|change| change.tag() == ChangeTag::Insert);
    new.filter_map(|change| u32::try_from(change.new_index()? + 1).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn sources(files: &[(&str, &str)]) -> Sources {
        let mut sources = Sources::default();
        for (file, text) in files {
            sources.insert((*file).into(), (*text).to_owned());
        }
        sources
    }

    #[test]
    fn a_line_is_touched_if_it_reads_otherwise_and_not_if_it_only_moved() {
        let before = sources(&[("a", "one\ntwo\nthree\n"), ("same", "x\n"), ("gone", "x\n")]);
        let now = sources(&[("a", "zero\none\ntwo!\nthree\n"), ("same", "x\n"), ("new", "x\ny\n")]);
        let touched = TouchedLines::between(&before, &now);
        let has = |file: &str, line| touched.has(&Span { line, ..Span::default() }.within(&file.into()));
        assert_eq!([1, 2, 3, 4].map(|line| has("a", line)), [true, false, true, false]);
        assert_eq!([has("same", 1), has("same", 0), has("new", 2), has("new", 0)], [false, false, true, true]);
    }
}
