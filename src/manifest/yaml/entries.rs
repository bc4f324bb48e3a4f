//! The entries of a mapping: each key once, and what `<<` brings in.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use std::sync::Arc;

use super::{Key, Kind, Node};
use crate::diagnostic::{Diagnostic, Problems, Severity};
use crate::manifest::codes;
use crate::source::Span;

/// The entries of a mapping in their order, each key once. A key is found in logarithmic time: a hostile file has as many as
/// it has room for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entries {
    list: Vec<(Key, Node)>,
    /// The numbers of the entries by their keys, where there are many.
    by_key: Vec<u32>,
}

/// Fewer entries are searched from first to last.
const LEAST_INDEXED: usize = 32;

impl From<Vec<(Key, Node)>> for Entries {
    fn from(list: Vec<(Key, Node)>) -> Self {
        let mut entries = Self { list, by_key: Vec::new() };
        entries.index();
        entries
    }
}

impl Deref for Entries {
    type Target = [(Key, Node)];

    fn deref(&self) -> &Self::Target {
        &self.list
    }
}

impl Entries {
    pub fn find(&self, key: &str) -> Option<&(Key, Node)> {
        self.list.get(self.number(key)?)
    }

    pub(super) fn find_mut(&mut self, key: &str) -> Option<&mut Node> {
        let number = self.number(key)?;
        self.list.get_mut(number).map(|(_, value)| value)
    }

    /// Takes entries out; returns whether there were any.
    pub(super) fn remove(&mut self, is_refused: impl Fn(&str) -> bool) -> bool {
        let before = self.list.len();
        self.list.retain(|(key, _)| !is_refused(&key.text));
        self.index();
        self.list.len() < before
    }

    fn number(&self, key: &str) -> Option<usize> {
        if self.by_key.is_empty() {
            return self.list.iter().position(|(found, _)| found.text == key);
        }
        let key_of = |number: &u32| self.list[*number as usize].0.text.as_str();
        let found = self.by_key.binary_search_by(|number| key_of(number).cmp(key)).ok()?;
        Some(self.by_key[found] as usize)
    }

    fn index(&mut self) {
        self.by_key.clear();
        if self.list.len() >= LEAST_INDEXED {
            // A file has fewer entries than bytes, and far fewer bytes than fit into 32 bits.
            self.by_key.extend((0..).take(self.list.len()));
            self.by_key.sort_by(|one, other| self.list[*one as usize].0.text.cmp(&self.list[*other as usize].0.text));
        }
    }
}

type List = Vec<(Key, Node)>;

/// Keeps the first of several entries with one key, and reports the others.
pub(super) fn unique(entries: List, file: &Arc<str>, problems: &mut Problems) -> List {
    let mut first: HashMap<&str, Span> = HashMap::with_capacity(entries.len());
    let mut repeated = HashSet::new();
    for (key, _) in &entries {
        let Some(earlier) = first.get(key.text.as_str()) else {
            first.insert(&key.text, key.span);
            continue;
        };
        repeated.insert(key.span);
        problems.report(Severity::Error, || {
            Diagnostic::error(codes::DUPLICATE_KEY, format!("duplicate key `{}`", key.text))
                .at(key.span.within(file))
                .also(earlier.within(file), "first set here")
                .help("keep one of the two")
        });
    }
    if repeated.is_empty() {
        return entries;
    }
    entries.into_iter().filter(|(key, _)| !repeated.contains(&key.span)).collect()
}

/// Adds what is not set yet: an entry of the mapping itself wins, then that of an earlier merge.
pub(super) fn merged(mut entries: List, merges: Vec<Node>, file: &Arc<str>, problems: &mut Problems) -> List {
    if merges.is_empty() {
        return entries;
    }
    let mut present: HashSet<String> = entries.iter().map(|(key, _)| key.text.clone()).collect();
    for merge in merges {
        let span = merge.span;
        let Some(mappings) = mappings(merge) else {
            let message = "`<<` takes a mapping or a list of mappings";
            problems.push(
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
fn mappings(merge: Node) -> Option<Vec<List>> {
    match merge.kind {
        Kind::Mapping(entries) => Some(vec![entries.list]),
        Kind::Sequence(items) => items
            .into_iter()
            .map(|item| match item.kind {
                Kind::Mapping(entries) => Some(entries.list),
                Kind::Scalar(_) | Kind::Sequence(_) => None,
            })
            .collect(),
        Kind::Scalar(_) => None,
    }
}
