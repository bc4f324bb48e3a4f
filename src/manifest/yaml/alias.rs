//! Anchors and aliases, kept from growing beyond all bounds.
//!
//! A few lines can stand for gigabytes when aliases name lists of aliases; what they would cost is counted before
//! anything is copied.

use std::collections::HashMap;

use super::{Kind, Node};

/// Lists and mappings may be nested so deeply, aliases resolved. Manifests need five levels.
pub(super) const MAX_DEPTH: usize = 64;

/// What aliases of one document may add. A page with 100 locales that share 20 values needs 2,000.
const MAX_ALIASED_WEIGHT: usize = 20_000;

/// What a file may hold in all. 50,000 pages in one file need about 730,000.
const MAX_WEIGHT: usize = 1_000_000;

/// So many bytes of text weigh as much as a node.
const BYTES_PER_WEIGHT: usize = 64;

/// The anchors of a document and the budgets.
#[derive(Default)]
pub(super) struct Anchors {
    known: HashMap<usize, Anchored>,
    aliased: usize,
    total: usize,
}

struct Anchored {
    node: Node,
    weight: usize,
    depth: usize,
}

/// Why a node cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The anchor is not set yet: the alias stands inside of what it names.
    Unset,
    TooDeep,
    TooMuch,
}

impl Anchors {
    /// Forgets the anchors: they end with their document.
    pub(super) fn start_document(&mut self) {
        self.known.clear();
        self.aliased = 0;
    }

    /// Counts a node that stands in the text.
    pub(super) fn count(&mut self) -> Result<(), Refused> {
        self.total += 1;
        match self.total <= MAX_WEIGHT {
            true => Ok(()),
            false => Err(Refused::TooMuch),
        }
    }

    /// Remembers the node under the parser's number for the anchor.
    pub(super) fn set(&mut self, anchor: usize, node: &Node) -> Result<(), Refused> {
        let (weight, depth) = measure(node);
        self.spend(weight)?;
        let node = node.clone();
        self.known.insert(anchor, Anchored { node, weight, depth });
        Ok(())
    }

    /// Returns a copy of the anchored node for use at the given depth.
    pub(super) fn get(&mut self, anchor: usize, depth: usize) -> Result<Node, Refused> {
        let anchored = self.known.get(&anchor).ok_or(Refused::Unset)?;
        if depth + anchored.depth > MAX_DEPTH {
            return Err(Refused::TooDeep);
        }
        let weight = anchored.weight;
        self.spend(weight)?;
        Ok(self.known[&anchor].node.clone())
    }

    fn spend(&mut self, weight: usize) -> Result<(), Refused> {
        self.aliased += weight;
        self.total += weight;
        match self.aliased <= MAX_ALIASED_WEIGHT && self.total <= MAX_WEIGHT {
            true => Ok(()),
            false => Err(Refused::TooMuch),
        }
    }
}

/// Returns weight and depth of a tree.
fn measure(node: &Node) -> (usize, usize) {
    let children = |nodes: &mut dyn Iterator<Item = &Node>| {
        nodes.map(measure).fold((1, 1), |(weight, depth), child| (weight + child.0, depth.max(child.1 + 1)))
    };
    match &node.kind {
        Kind::Scalar(scalar) => (1 + scalar.text.len() / BYTES_PER_WEIGHT, 0),
        Kind::Sequence(items) => children(&mut items.iter()),
        Kind::Mapping(entries) => {
            let keys: usize = entries.iter().map(|(key, _)| key.text.len() / BYTES_PER_WEIGHT).sum();
            let (weight, depth) = children(&mut entries.iter().map(|(_, value)| value));
            (weight + keys, depth)
        }
    }
}
