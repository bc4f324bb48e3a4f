//! Files and places in them: what a message points at.
//!
//! Knows text and positions, neither YAML nor where a file was read from; [`touched`] compares two states of the texts.

pub mod touched;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// The bytes of a file that a place covers; empty where the text is not at hand.
///
/// `std::ops::Range` has no order, and a place must be sortable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteRange {
    pub start: u32,
    pub end: u32,
}

impl ByteRange {
    /// Returns the range as an index into the text.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// A place in a file whose name is known from the context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    pub bytes: ByteRange,
}

impl Span {
    /// Returns this place in the named file.
    pub fn within(self, file: &Arc<str>) -> Location {
        Location { file: Arc::clone(file), line: self.line, column: self.column, bytes: self.bytes }
    }
}

/// A place in a file, shown as `pages/guide.yaml:14:9`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Relative to the project root, with forward slashes.
    pub file: Arc<str>,
    /// Counted from 1; 0 means the file as a whole.
    pub line: u32,
    /// Counted from 1, in characters; 0 means the file as a whole.
    pub column: u32,
    pub bytes: ByteRange,
}

impl Location {
    /// Returns the place that means the file as a whole: a folder in its stead, a file that cannot be read.
    pub fn whole(file: &Arc<str>) -> Self {
        Span::default().within(file)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.file),
            line => write!(f, "{}:{line}:{}", self.file, self.column),
        }
    }
}

/// The texts that were read, by file name, for excerpts.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    texts: BTreeMap<Arc<str>, String>,
}

impl Sources {
    pub fn insert(&mut self, file: Arc<str>, text: String) {
        self.texts.insert(file, text);
    }

    /// Returns the text exactly as it was read, a byte order mark included.
    pub fn text(&self, file: &str) -> Option<&str> {
        self.texts.get(file).map(String::as_str)
    }

    /// Returns the names of all files, sorted.
    pub fn files(&self) -> impl Iterator<Item = &Arc<str>> {
        self.texts.keys()
    }
}
