//! One key of one document: what its change does to the text.

use super::scalar::{self, Place};
use super::splice::Splice;
use super::{Edit, block, flow};
use crate::manifest::emit;
use crate::manifest::emit::scalar::{double_quoted, is_plain, single_quoted};
use crate::manifest::yaml::{Form, ScalarStyle, Written, WrittenEntry, WrittenMapping};
use crate::model::{Field, Kind, Value};

/// Why a key cannot be changed in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// The value, or what holds it, is an alias.
    Alias,
    /// A `<<` brings in the value, or would.
    Merge,
    /// An anchor is set on the value, or on what holds it, and others would change with it.
    Anchor,
    /// The text is laid out in a way that this does not know.
    Layout,
}

/// How much more is indented what stands inside of something, where nothing shows it.
const STEP: usize = 2;

/// The document that is changed.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) text: &'a str,
    pub(super) root: &'a Written,
    /// The order of locales; one that is not among them comes last.
    pub(super) order: &'a [String],
}

/// Returns the splices that carry out an edit.
pub(super) fn splices(page: Page<'_>, edit: &Edit) -> Result<Vec<Splice>, Obstacle> {
    let keys = edit.keys();
    let mut node = page.root;
    let mut owners: Vec<(&WrittenMapping, usize)> = Vec::new();
    for (depth, key) in keys.iter().enumerate() {
        let mapping = match &node.form {
            Form::Mapping(mapping) => mapping,
            Form::Alias => return Err(Obstacle::Alias),
            Form::Scalar(_) | Form::Sequence => return Err(Obstacle::Layout),
        };
        let Some(index) = mapping.position(key) else {
            return match &edit.to {
                Some(value) => page.insert(node, mapping, &keys[depth..], depth, value),
                None => Err(Obstacle::Merge),
            };
        };
        owners.push((mapping, index));
        node = &mapping.entries[index].value;
    }
    match &edit.to {
        Some(value) => page.replace(node, &owners, value),
        None => page.remove(&owners),
    }
}

/// Returns the splices that put one key in the place of another of the same object, so that the comment beside it stays;
/// nothing if that is not all there is to it.
pub(super) fn swapped(page: Page<'_>, set: &Edit, removed: &Edit) -> Option<Vec<Splice>> {
    let value = set.to.as_ref().filter(|_| removed.to.is_none())?;
    let (name, gone) = (set.field.keys().last()?, removed.field.keys().last()?);
    let mut owners = removed.keys();
    owners.pop();
    let owner = owners.iter().try_fold(page.root, |node, key| Some(&node.mapping()?.get(key)?.value))?;
    let mapping = owner.mapping().filter(|mapping| mapping.get(name).is_none())?;
    let entry = mapping.get(gone).filter(|entry| entry.value.start == entry.value.bytes.start)?;
    let style = match (entry.value.form.clone(), value) {
        (Form::Scalar(style), Value::Flag(_)) => style,
        (Form::Scalar(_) | Form::Alias, _) => usual_style(page.text, mapping),
        (Form::Mapping(_) | Form::Sequence, _) => return None,
    };
    let quotes = page.text[entry.key_bytes.clone()].chars().next().filter(|first| matches!(first, '"' | '\''));
    let key = Fresh { quotes, style, nests_flow: false, step: page.step() }.key(name);
    let is_flow = page.is_flow(&owners);
    let column = if is_flow { 0 } else { block::column(page.text, mapping)? };
    let place = Place { is_flow, column, step: page.step() };
    let mut splices = vec![Splice::new(entry.key_bytes.clone(), key)];
    splices.extend(scalar::replaced(page.text, &entry.value, style, value, place));
    Some(splices)
}

/// Returns the splices that give a page another path, if it has one of its own.
pub(super) fn path(text: &str, root: &Written, path: &str) -> Option<Vec<Splice>> {
    let mapping = root.mapping()?;
    let value = &mapping.get("path")?.value;
    let Form::Scalar(style) = value.form else { return None };
    let place = Place { is_flow: mapping.is_flow, column: 0, step: STEP };
    Some(scalar::replaced(text, value, style, &Value::from(path), place))
}

/// Returns whether an edit replaces a scalar that is there, so that it meets no other edit.
pub(super) fn is_replacement(root: &Written, edit: &Edit) -> bool {
    let found = edit.keys().iter().try_fold(root, |node, key| Some(&node.mapping()?.get(key)?.value));
    edit.to.is_some() && found.is_some()
}

/// Returns what makes other values depend on those along the way to a key, if anything does.
pub(super) fn dependence(page: Page<'_>, edit: &Edit) -> Option<Obstacle> {
    let mut node = page.root;
    let mut found = None;
    for key in edit.keys() {
        let mapping = node.mapping()?;
        if mapping.entries.iter().any(|entry| entry.is_merge) {
            found = Some(Obstacle::Merge);
        }
        let Some(entry) = mapping.get(key) else { break };
        node = &entry.value;
        if node.is_anchored(page.text) {
            found = Some(Obstacle::Anchor);
        }
    }
    found
}

impl Page<'_> {
    /// Returns whether one of the mappings on the way stands in braces.
    fn is_flow(self, keys: &[&str]) -> bool {
        let mut node = self.root;
        for key in keys {
            let Some(mapping) = node.mapping() else { return false };
            if mapping.is_flow {
                return true;
            }
            let Some(entry) = mapping.get(key) else { return false };
            node = &entry.value;
        }
        node.mapping().is_some_and(|mapping| mapping.is_flow)
    }

    fn replace(
        self,
        node: &Written,
        owners: &[(&WrittenMapping, usize)],
        value: &Value,
    ) -> Result<Vec<Splice>, Obstacle> {
        let style = match node.form {
            Form::Scalar(style) => style,
            Form::Alias => return Err(Obstacle::Alias),
            Form::Mapping(_) | Form::Sequence => return Err(Obstacle::Layout),
        };
        let is_flow = owners.iter().any(|(mapping, _)| mapping.is_flow);
        let column = owners.last().and_then(|(mapping, _)| block::column(self.text, mapping));
        let place = match (is_flow, column) {
            (true, _) => Place { is_flow, column: 0, step: STEP },
            (false, Some(column)) => Place { is_flow, column, step: self.step() },
            (false, None) => return Err(Obstacle::Layout),
        };
        Ok(scalar::replaced(self.text, node, style, value, place))
    }

    /// Removes the innermost entry, and those around it that would hold nothing. A locale stays, and is empty then.
    fn remove(self, owners: &[(&WrittenMapping, usize)]) -> Result<Vec<Splice>, Obstacle> {
        let mut depth = owners.len() - 1;
        while depth > 2 && owners[depth].0.entries.len() == 1 {
            depth -= 1;
        }
        let (mapping, index) = owners[depth];
        if mapping.is_flow {
            return Ok(vec![flow::remove(self.text, mapping, index)]);
        }
        block::column(self.text, mapping).ok_or(Obstacle::Layout)?;
        if mapping.entries.len() > 1 {
            return Ok(block::remove(self.text, mapping, index));
        }
        let (owner, place) = owners[depth - 1];
        Ok(block::empty(self.text, &owner.entries[place], mapping))
    }

    fn insert(
        self,
        node: &Written,
        mapping: &WrittenMapping,
        keys: &[&str],
        depth: usize,
        value: &Value,
    ) -> Result<Vec<Splice>, Obstacle> {
        let after = self.predecessor(mapping, keys[0], depth);
        let fresh = Fresh {
            quotes: quotes(self.text, mapping),
            style: usual_style(self.text, mapping),
            nests_flow: mapping.is_flow || self.nests_flow(mapping, depth),
            step: self.step(),
        };
        if mapping.is_flow || mapping.entries.is_empty() {
            return Ok(flow::insert(self.text, node, mapping, after, &fresh.in_braces(keys, value)));
        }
        let column = block::column(self.text, mapping).ok_or(Obstacle::Layout)?;
        let lines = fresh.in_lines(keys, value, column);
        match after {
            Some(index) => Ok(vec![block::insert_after(self.text, &mapping.entries[index], &lines)]),
            None => block::insert_first(self.text, mapping, &lines).map(|splice| vec![splice]).ok_or(Obstacle::Layout),
        }
    }

    /// Returns the entry that a new key comes after: the last one that belongs before it.
    fn predecessor(self, mapping: &WrittenMapping, key: &str, depth: usize) -> Option<usize> {
        let rank = |key: &str| self.rank(key, depth);
        let before = |entry: &WrittenEntry| entry.is_merge || rank(&entry.key) < rank(key);
        mapping.entries.iter().rposition(before)
    }

    fn rank(self, key: &str, depth: usize) -> usize {
        if depth == 1 {
            let found = self.order.iter().position(|tag| tag.eq_ignore_ascii_case(key));
            return found.unwrap_or(self.order.len());
        }
        let names = |field: &Field| field.keys().get(depth.saturating_sub(2)).is_some_and(|name| *name == key);
        Field::ALL.iter().position(names).unwrap_or_default()
    }

    /// Returns whether mappings inside of this one are written in braces: its own, or else those of the document at the
    /// same depth.
    fn nests_flow(self, mapping: &WrittenMapping, depth: usize) -> bool {
        let mut own = nested(mapping);
        if own.is_empty() {
            let mut level = vec![self.root];
            for _ in 0..=depth {
                level = level.into_iter().filter_map(Written::mapping).flat_map(values).collect();
            }
            own = level.into_iter().filter_map(Written::mapping).filter(|found| !found.entries.is_empty()).collect();
        }
        !own.is_empty() && own.iter().all(|mapping| mapping.is_flow)
    }

    /// Returns by how much the locales are indented more than their owner.
    fn step(self) -> usize {
        let root = self.root.mapping();
        let outer = root.and_then(|root| block::column(self.text, root));
        let locales = root.and_then(|root| root.get("locales")).and_then(|entry| entry.value.mapping());
        let inner = locales.filter(|locales| !locales.is_flow).and_then(|locales| block::column(self.text, locales));
        let step = outer.zip(inner).and_then(|(outer, inner)| inner.checked_sub(outer));
        step.filter(|step| *step > 0).unwrap_or(STEP)
    }
}

fn values(mapping: &WrittenMapping) -> impl Iterator<Item = &Written> {
    mapping.entries.iter().map(|entry| &entry.value)
}

fn nested(mapping: &WrittenMapping) -> Vec<&WrittenMapping> {
    values(mapping).filter_map(Written::mapping).filter(|mapping| !mapping.entries.is_empty()).collect()
}

fn is_flag(key: &str) -> bool {
    Field::ALL.iter().any(|field| field.kind() == Kind::Flag && field.keys().last() == Some(&key))
}

/// Returns the style of the texts of a mapping if that is one of quotes and is meant: some text stands in them without
/// need, or the keys do.
fn usual_style(text: &str, mapping: &WrittenMapping) -> ScalarStyle {
    let texts = mapping.entries.iter().filter(|entry| !is_flag(&entry.key));
    let styles = texts.filter_map(|entry| match entry.value.form {
        Form::Scalar(style) => Some((style, &text[entry.value.bytes.clone()])),
        Form::Alias | Form::Sequence | Form::Mapping(_) => None,
    });
    let styles: Vec<(ScalarStyle, &str)> = styles.collect();
    let of_keys = match quotes(text, mapping) {
        Some('"') => ScalarStyle::DoubleQuoted,
        Some(_) => ScalarStyle::SingleQuoted,
        None => ScalarStyle::Plain,
    };
    let first = styles.first().map_or(of_keys, |(style, _)| *style);
    let is_uniform = !first.is_block() && styles.iter().all(|(style, _)| *style == first);
    let needs_none = |text: &str| !text.contains('\\') && is_plain(text.trim_matches(['"', '\'']));
    let is_meant = first == of_keys || styles.iter().any(|(_, text)| needs_none(text));
    if is_uniform && is_meant { first } else { ScalarStyle::Plain }
}

/// Returns the quotes that all keys of the mapping stand in, if they do.
fn quotes(text: &str, mapping: &WrittenMapping) -> Option<char> {
    let mut firsts = mapping.entries.iter().map(|entry| text[entry.key_bytes.clone()].chars().next());
    let first = firsts.next().flatten().filter(|first| matches!(first, '"' | '\''))?;
    firsts.all(|other| other == Some(first)).then_some(first)
}

/// How new entries are written.
struct Fresh {
    /// The quotes of keys.
    quotes: Option<char>,
    /// The style of texts.
    style: ScalarStyle,
    /// Whether mappings stand in braces.
    nests_flow: bool,
    step: usize,
}

impl Fresh {
    fn key(&self, key: &str) -> String {
        match self.quotes {
            Some('"') => double_quoted(key),
            Some(_) => single_quoted(key).unwrap_or_else(|| double_quoted(key)),
            None => emit::scalar::key(key),
        }
    }

    fn in_braces(&self, keys: &[&str], value: &Value) -> String {
        let place = Place { is_flow: true, column: 0, step: self.step };
        match keys {
            [] => scalar::fresh(value, self.style, place),
            [key] => format!("{}: {}", self.key(key), self.in_braces(&[], value)),
            [key, inner @ ..] => format!("{}: {{{}}}", self.key(key), self.in_braces(inner, value)),
        }
    }

    /// Returns the lines of an entry, the last one without its break.
    fn in_lines(&self, keys: &[&str], value: &Value, column: usize) -> String {
        let indent = " ".repeat(column);
        match keys {
            [key] => {
                let place = Place { is_flow: false, column, step: self.step };
                format!("{indent}{}: {}", self.key(key), scalar::fresh(value, self.style, place))
            }
            [key, inner @ ..] if !self.nests_flow => {
                format!("{indent}{}:\n{}", self.key(key), self.in_lines(inner, value, column + self.step))
            }
            keys => format!("{indent}{}", self.in_braces(keys, value)),
        }
    }
}
