//! From the text of a file to its documents. Reads no file itself, so that a commit can be read in the same way.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::decode::Work;
use super::defaults::fill::Defaults;
use super::lint::policy::policy;
use super::page::PageManifest;
use super::project::Project;
use super::yaml::{Key, Node, Step};
use super::{codes, cut, decode, rules, yaml};
use crate::diagnostic::{Diagnostic, Problems};
use crate::lint::subject::PageName;
use crate::model::PagePath;
use crate::source::{ByteRange, Location, Span};

/// A manifest, and where each of its keys and values stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Document<T> {
    pub manifest: T,
    /// The first key.
    pub location: Location,
    root: Node,
}

pub type PageDocument = Document<PageManifest>;

pub type ProjectDocument = Document<Project>;

impl PageDocument {
    /// Returns how the manifest names its page.
    pub fn name(&self) -> PageName {
        let PageManifest { id, path, locales: _ } = &self.manifest;
        PageName {
            id: id.as_ref().map(|id| id.as_str().to_owned()),
            path: path.as_ref().map(|path| PagePath::from(path.as_str())),
        }
    }

    /// Returns the keys of the locales, from top to bottom.
    pub fn locales_in_order(&self) -> Vec<&str> {
        let mut keys: Vec<(Location, &str)> = self.locales_in_place().collect();
        keys.sort();
        keys.into_iter().map(|(_, key)| key).collect()
    }

    /// Returns the keys of the locales and where each stands.
    pub fn locales_in_place(&self) -> impl Iterator<Item = (Location, &str)> {
        let keys = self.manifest.locales.keys();
        keys.map(|key| (self.key_location_of(&["locales", key]), key.as_str()))
    }
}

impl<T> Document<T> {
    /// Returns where the value at the end of the keys stands; of keys that are not there, the last one that is.
    pub fn location_of(&self, keys: &[&str]) -> Location {
        let (_, node) = self.trace(keys);
        node.span.within(&self.location.file)
    }

    /// Returns where the last of the keys itself stands; of keys that are not there, the last one that is.
    pub fn key_location_of(&self, keys: &[&str]) -> Location {
        match self.trace(keys) {
            (Some(key), _) => key.span.within(&self.location.file),
            (None, _) => self.location.clone(),
        }
    }

    /// Returns the value at the end of the keys as it is written.
    pub fn node(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(&self.root, |node, key| node.get(key))
    }

    fn trace(&self, keys: &[&str]) -> (Option<&Key>, &Node) {
        let steps: Vec<Step<'_>> = keys.iter().map(|key| Step::Key(key)).collect();
        self.root.trace(&steps)
    }
}

/// Returns the text of a file, with what stands for the bytes that are none.
pub fn text(file: &Arc<str>, bytes: Vec<u8>) -> (String, Option<Diagnostic>) {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return (text, None),
        Err(error) => error,
    };
    let valid = error.utf8_error().valid_up_to();
    let bytes = error.into_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let byte = bytes.get(valid).copied().unwrap_or_default();
    let diagnostic = Diagnostic::error(codes::NOT_UTF8, format!("the byte `0x{byte:02X}` is no UTF-8"))
        .at(yaml::place_of(&text, valid).within(file))
        .help("save the file as UTF-8");
    (text, Some(diagnostic))
}

/// Returns the pages that the text of a file describes, and everything that is wrong with it.
pub fn pages(file: &Arc<str>, text: &str) -> (Vec<PageDocument>, Vec<Diagnostic>) {
    let yaml::Parsed { documents, mut problems, .. } = yaml::parse(file, text);
    if documents.is_empty() && problems.is_empty() {
        problems.push(
            empty(file, "this file holds no page")
                .help("describe a page, or delete the file: `path: /guide` and `locales: {primary: {…}}`"),
        );
    }
    let mut work = Work::default();
    let mut pages = Vec::new();
    for root in documents {
        rules::page(&root, file, &mut problems);
        cut::texts(&root, file, text, &mut problems);
        pages.extend(document(root, file, &mut work, &mut problems));
    }
    (pages, problems.into_diagnostics(file))
}

/// Returns the project that the text of a project file describes, and everything that is wrong with it.
pub fn project(file: &Arc<str>, text: &str) -> (Option<ProjectDocument>, Vec<Diagnostic>) {
    let yaml::Parsed { documents, mut problems, .. } = yaml::parse(file, text);
    let mut documents = documents.into_iter();
    let Some(root) = documents.next() else {
        if problems.is_empty() {
            problems.push(empty(file, "this file holds no project").help("write `version: 1` and `site: …`"));
        }
        return (None, problems.into_diagnostics(file));
    };
    if let Some(extra) = documents.next() {
        problems.push(
            Diagnostic::error(codes::EXTRA_DOCUMENT, "a project file holds one document")
                .at(first_key(&extra).within(file))
                .help("remove what follows the second `---`"),
        );
    }
    rules::project(&root, file, &mut problems);
    cut::texts(&root, file, text, &mut problems);
    let project = document(root, file, &mut Work::default(), &mut problems);
    if let Some(project) = &project {
        problems.extend(policy(project).1);
        problems.extend(Defaults::of(project).1);
    }
    (project, problems.into_diagnostics(file))
}

fn document<T: DeserializeOwned>(
    mut root: Node,
    file: &Arc<str>,
    work: &mut Work,
    problems: &mut Problems,
) -> Option<Document<T>> {
    let location = first_key(&root).within(file);
    let manifest = decode::decode(&mut root, file, work, problems)?;
    Some(Document { manifest, location, root })
}

fn first_key(root: &Node) -> Span {
    let first = root.entries().first();
    first.map_or(root.span, |(key, _)| key.span)
}

fn empty(file: &Arc<str>, message: &str) -> Diagnostic {
    let start = Span { line: 1, column: 1, bytes: ByteRange::default() };
    Diagnostic::error(codes::EMPTY_FILE, message).at(start.within(file))
}
