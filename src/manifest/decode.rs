//! From a tree to a typed manifest: every problem reported, not only the first.
//!
//! serde stops at the first error. So what it refuses is reported and taken out of the tree, and the rest decoded
//! again, until nothing is refused any more. Knows no format: the types and their serde attributes say what fits.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use serde_yaml::{Mapping, Number, Value};

use super::codes;
use super::yaml::{Kind, Node, Resolved, Scalar, Step};
use crate::diagnostic::Diagnostic;
use crate::source::Location;

pub(super) use suggest::suggests;

mod explain;

mod suggest;

/// A document with more mistakes than this is not meant as a manifest.
const MAX_ROUNDS: usize = 200;

/// Returns what could be decoded, with nothing at all if the document as a whole does not fit.
///
/// What was refused is no longer in the tree afterwards.
pub(super) fn decode<T: DeserializeOwned>(root: &mut Node, file: &Arc<str>) -> (Option<T>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let error = match serde_path_to_error::deserialize::<_, T>(value(root)) {
            Ok(decoded) => return (Some(decoded), diagnostics),
            Err(error) => error,
        };
        let steps: Vec<Step<'_>> = error.path().iter().filter_map(step).collect();
        let message = error.inner().to_string();
        let refused = explain::explain(root, &steps, &message, file, &mut diagnostics);
        let removed =
            refused.iter().filter(|path| root.remove(&path.iter().map(OwnedStep::step).collect::<Vec<_>>())).count();
        if removed == 0 {
            return (None, diagnostics);
        }
    }
    diagnostics.push(
        Diagnostic::error(
            codes::TOO_MANY_PROBLEMS,
            "the rest of this document is not checked: it has too many problems",
        )
        .at(Location::whole(file)),
    );
    (None, diagnostics)
}

/// A step that outlives the tree it leads through.
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
            for (key, node) in entries {
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
