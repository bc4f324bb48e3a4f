//! YAML as a tree in which every key and every value knows its place.
//!
//! Knows YAML, not what the keys mean. The parser crate is named in `yaml::parse`, `yaml::written` and
//! `yaml::position` only.

use crate::source::Span;

pub use entries::Entries;
pub use parse::{Parsed, parse};
pub use scalar::{Resolved, Scalar, ScalarStyle};
pub use written::{Form, Written, WrittenEntry, WrittenMapping, start_of_node, written};

mod parse;

mod written;

mod entries;

mod tag;

mod alias;

mod position;

mod problem;

mod scalar;

/// Returns the place of a byte, counted from the start of the text.
pub fn place_of(text: &str, byte: usize) -> Span {
    place_near(text, position::from_start(text, 0), byte)
}

/// Returns the place of a byte, counted from a known place before it.
pub fn place_near(text: &str, known: Span, byte: usize) -> Span {
    position::visible_character(text, known, byte)
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Covers a scalar with its quotes, a block scalar from its header on, a collection from first to last entry.
    /// For an alias it covers the alias.
    pub span: Span,
    /// Where an aliased value is written.
    pub anchored: Option<Span>,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Scalar(Scalar),
    Sequence(Vec<Node>),
    Mapping(Entries),
}

/// A key; always text, whatever it looks like: `404:` and `no:` are locales as good as any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub text: String,
    pub span: Span,
}

/// One step from a node to a node inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl Node {
    /// Returns the entries, or none if this is no mapping.
    pub fn entries(&self) -> &[(Key, Self)] {
        match &self.kind {
            Kind::Mapping(entries) => entries,
            Kind::Scalar(_) | Kind::Sequence(_) => &[],
        }
    }

    /// Returns the items, or none if this is no sequence.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::Sequence(items) => items,
            Kind::Scalar(_) | Kind::Mapping(_) => &[],
        }
    }

    pub fn entry(&self, key: &str) -> Option<&(Key, Self)> {
        match &self.kind {
            Kind::Mapping(entries) => entries.find(key),
            Kind::Scalar(_) | Kind::Sequence(_) => None,
        }
    }

    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar),
            Kind::Sequence(_) | Kind::Mapping(_) => None,
        }
    }

    /// Returns the text, or nothing if this is a null, a number, a boolean or no scalar at all.
    pub fn text(&self) -> Option<&str> {
        self.scalar().filter(|scalar| scalar.resolved == Resolved::Text).map(|scalar| scalar.text.as_str())
    }

    /// Returns whether nothing is written here at all, not even `null`.
    pub fn is_absent(&self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.resolved == Resolved::Null) && self.span.bytes.is_empty()
    }

    /// Returns the node at the end of the steps, or as far as they lead, and its key if it stands under one.
    pub fn trace<'n>(&'n self, steps: &[Step<'_>]) -> (Option<&'n Key>, &'n Self) {
        let mut place: (Option<&Key>, &Self) = (None, self);
        for step in steps {
            let next = match *step {
                Step::Key(key) => place.1.entry(key).map(|(key, value)| (Some(key), value)),
                Step::Index(index) => place.1.items().get(index).map(|item| (None, item)),
            };
            match next {
                Some(next) => place = next,
                None => break,
            }
        }
        place
    }

    /// Takes children of the node at the end of the steps out of the tree; returns whether there were any.
    pub fn remove(&mut self, steps: &[Step<'_>], is_refused: impl Fn(Step<'_>) -> bool) -> bool {
        let parent = steps.iter().try_fold(self, |node, step| match (*step, &mut node.kind) {
            (Step::Key(key), Kind::Mapping(entries)) => entries.find_mut(key),
            (Step::Index(index), Kind::Sequence(items)) => items.get_mut(index),
            _ => None,
        });
        match parent.map(|parent| &mut parent.kind) {
            Some(Kind::Mapping(entries)) => entries.remove(|key| is_refused(Step::Key(key))),
            Some(Kind::Sequence(items)) => {
                let before = items.len();
                let mut index = 0..;
                items.retain(|_| !index.next().is_some_and(|index| is_refused(Step::Index(index))));
                items.len() < before
            }
            Some(Kind::Scalar(_)) | None => false,
        }
    }

    /// Returns how many nodes the tree has.
    pub fn size(&self) -> usize {
        let children = self.items().iter().chain(self.entries().iter().map(|(_, value)| value));
        1 + children.map(Self::size).sum::<usize>()
    }
}
