//! The entries of a mapping: each key once, and what `<<` brings in.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Key, Kind, Node};
use crate::diagnostic::Diagnostic;
use crate::manifest::codes;
use crate::source::Span;

type Entries = Vec<(Key, Node)>;

/// Keeps the first of several entries with one key, and reports the others.
pub(super) fn unique(entries: Entries, file: &Arc<str>, diagnostics: &mut Vec<Diagnostic>) -> Entries {
    let mut first: HashMap<&str, Span> = HashMap::with_capacity(entries.len());
    let mut repeated = HashSet::new();
    for (key, _) in &entries {
        let Some(earlier) = first.get(key.text.as_str()) else {
            first.insert(&key.text, key.span);
            continue;
        };
        repeated.insert(key.span);
        diagnostics.push(
            Diagnostic::error(codes::DUPLICATE_KEY, format!("duplicate key `{}`", key.text))
                .at(key.span.within(file))
                .also(earlier.within(file), "first set here")
                .help("keep one of the two"),
        );
    }
    if repeated.is_empty() {
        return entries;
    }
    entries.into_iter().filter(|(key, _)| !repeated.contains(&key.span)).collect()
}

/// Adds what is not set yet: an entry of the mapping itself wins, then that of an earlier merge.
pub(super) fn merged(
    mut entries: Entries,
    merges: Vec<Node>,
    file: &Arc<str>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Entries {
    if merges.is_empty() {
        return entries;
    }
    let mut present: HashSet<String> = entries.iter().map(|(key, _)| key.text.clone()).collect();
    for merge in merges {
        let span = merge.span;
        let Some(mappings) = mappings(merge) else {
            let message = "`<<` takes a mapping or a list of mappings";
            diagnostics.push(
                Diagnostic::error(codes::MERGE_KEY, message)
                    .at(span.within(file))
                    .help("name an anchor that is set on a mapping: `<<: *defaults`"),
            );
            continue;
        };
        for (key, value) in mappings.into_iter().flatten() {
            if present.insert(key.text.clone()) {
                entries.push((key, value));
            }
        }
    }
    entries
}

/// Returns the mappings that a `<<` names, or nothing if it names anything else.
fn mappings(merge: Node) -> Option<Vec<Entries>> {
    match merge.kind {
        Kind::Mapping(entries) => Some(vec![entries]),
        Kind::Sequence(items) => items
            .into_iter()
            .map(|item| match item.kind {
                Kind::Mapping(entries) => Some(entries),
                Kind::Scalar(_) | Kind::Sequence(_) => None,
            })
            .collect(),
        Kind::Scalar(_) => None,
    }
}
