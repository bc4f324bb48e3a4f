//! From a tree to a typed manifest: every problem reported, not only the first.
//!
//! serde stops at the first error. So what it refuses is reported and taken out of the tree, and the rest decoded
//! again, until nothing is refused any more. Knows no format: the types and their serde attributes say what fits.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use serde_yaml::{Mapping, Number, Value};

use super::yaml::{Kind, Node, Resolved, Scalar, Step};
use crate::diagnostic::{Diagnostic, Problems, Severity, TOO_MANY_PROBLEMS};
use crate::source::Location;

pub(super) use suggest::suggests;

mod explain;

mod suggest;

/// A document with more mistakes than this is not meant as a manifest.
const MAX_ROUNDS: usize = 200;
/// Nodes that are decoded again in the documents of a file, all rounds but the first taken together. A file has at most
/// a million nodes.
const MAX_AGAIN: usize = 2_000_000;

/// How many nodes of a file may still be decoded again.
pub(super) struct Work(usize);

impl Default for Work {
    fn default() -> Self {
        Self(MAX_AGAIN)
    }
}

impl Work {
    /// Returns whether a document of that size may be decoded again.
    fn spend(&mut self, size: usize) -> bool {
        let left = self.0.checked_sub(size);
        self.0 = left.unwrap_or_default();
        left.is_some()
    }
}

/// Returns what could be decoded, or nothing if the document as a whole does not fit.
///
/// What was refused is no longer in the tree afterwards.
pub(super) fn decode<T: DeserializeOwned>(
    root: &mut Node,
    file: &Arc<str>,
    work: &mut Work,
    problems: &mut Problems,
) -> Option<T> {
    let size = root.size();
    for round in 0..MAX_ROUNDS {
        if round > 0 && !work.spend(size) {
            break;
        }
        let error = match serde_path_to_error::deserialize::<_, T>(value(root)) {
            Ok(decoded) => return Some(decoded),
            Err(error) => error,
        };
        let steps: Vec<Step<'_>> = error.path().iter().filter_map(step).collect();
        let message = error.inner().to_string();
        let Refused { parent, children } = explain::explain(root, &steps, &message, file, problems);
        let parent: Vec<Step<'_>> = parent.iter().map(OwnedStep::step).collect();
        if !root.remove(&parent, |child| children.contains(&OwnedStep::of(&child))) {
            return None;
        }
    }
    problems.report(Severity::Error, || {
        Diagnostic::error(TOO_MANY_PROBLEMS, "the rest of this document is not checked: it has too many problems")
            .at(Location::whole(file))
    });
    None
}

/// What a round refuses: children of one node.
struct Refused {
    parent: Vec<OwnedStep>,
    children: BTreeSet<OwnedStep>,
}

/// A step that outlives the tree it leads through.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum OwnedStep {
    Key(String),
    Index(usize),
}

impl OwnedStep {
    fn of(step: &Step<'_>) -> Self {
        match *step {
            Step::Key(key) => Self::Key(key.to_owned()),
            Step::Index(index) => Self::Index(index),
        }
    }

    fn step(&self) -> Step<'_> {
        match self {
            Self::Key(key) => Step::Key(key),
            Self::Index(index) => Step::Index(*index),
        }
    }
}

fn step(segment: &Segment) -> Option<Step<'_>> {
    match segment {
        Segment::Map { key } => Some(Step::Key(key)),
        Segment::Seq { index } => Some(Step::Index(*index)),
        // Manifest types have no enums with content, and an unknown segment leads nowhere.
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

fn value(node: &Node) -> Value {
    match &node.kind {
        Kind::Scalar(scalar) => scalar_value(scalar),
        Kind::Sequence(items) => Value::Sequence(items.iter().map(value).collect()),
        Kind::Mapping(entries) => {
            let mut mapping = Mapping::with_capacity(entries.len());
            for (key, node) in entries.iter() {
                mapping.insert(Value::String(key.text.clone()), value(node));
            }
            Value::Mapping(mapping)
        }
    }
}

fn scalar_value(scalar: &Scalar) -> Value {
    let text = scalar.text.as_str();
    match scalar.resolved {
        // serde takes a null for an empty list or mapping as well. Nothing takes this number, so a null is refused
        // wherever it stands; what is said about it is read from the tree.
        Resolved::Null | Resolved::Broken => Value::Number(Number::from(f64::NAN)),
        Resolved::Bool(flag) => Value::Bool(flag),
        Resolved::Int => Value::Number(integer(text).unwrap_or_else(|| float(text))),
        Resolved::Float => Value::Number(float(text)),
        Resolved::Text => Value::String(text.to_owned()),
    }
}

fn integer(text: &str) -> Option<Number> {
    if let Some(octal) = text.strip_prefix("0o") {
        return u64::from_str_radix(octal, 8).ok().map(Number::from);
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok().map(Number::from);
    }
    let unsigned = text.parse::<u64>().ok().map(Number::from);
    unsigned.or_else(|| text.parse::<i64>().ok().map(Number::from))
}

/// No format takes a fraction, so that an unusual spelling of infinity may become no number at all.
fn float(text: &str) -> Number {
    Number::from(text.parse::<f64>().unwrap_or(f64::NAN))
}
