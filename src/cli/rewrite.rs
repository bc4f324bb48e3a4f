//! Edits carried out on the files of a project: worked out first, then shown as a patch or written.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::context::Workspace;
use super::files;
use crate::diagnostic::Diagnostic;
use crate::manifest::edit::{self, Edit};
use crate::render::patch;

/// What edits make of files, before anything is written.
pub(super) struct Rewrite {
    /// The files that change, with the text that they get.
    texts: BTreeMap<Arc<str>, String>,
    /// The edits that could not be carried out, by their place in the list.
    pub(super) refused: BTreeMap<usize, Diagnostic>,
}

/// A file that could not be written, and why.
pub(super) type Unwritten = (Arc<str>, io::Error);

impl Rewrite {
    /// Works out what the edits make of the files. New locales come in the order given.
    pub(super) fn of<'e>(workspace: &Workspace, edits: impl Iterator<Item = &'e Edit>, order: &[String]) -> Self {
        let mut by_file: BTreeMap<Arc<str>, Vec<(usize, Edit)>> = BTreeMap::new();
        for (index, edit) in edits.enumerate() {
            by_file.entry(Arc::clone(&edit.document.file)).or_default().push((index, edit.clone()));
        }
        let mut rewrite = Self { texts: BTreeMap::new(), refused: BTreeMap::new() };
        for (file, edits) in by_file {
            let before = workspace.loaded.sources.text(&file).unwrap_or_default();
            let (places, edits): (Vec<usize>, Vec<Edit>) = edits.into_iter().unzip();
            let edited = edit::edit(&file, before, &edits, order);
            rewrite.refused.extend(edited.refused.into_iter().map(|(index, why)| (places[index], why)));
            if edited.text != before {
                rewrite.texts.insert(file, edited.text);
            }
        }
        rewrite
    }

    /// Returns the files as a patch.
    pub(super) fn patch(&self, workspace: &Workspace) -> String {
        let sources = &workspace.loaded.sources;
        self.texts.iter().map(|(name, text)| patch::patch(name, sources.text(name), text)).collect()
    }

    /// Writes the files and returns those that could not be written.
    pub(super) fn write(&self, workspace: &Workspace) -> Vec<Unwritten> {
        let mut failed = Vec::new();
        for (name, text) in &self.texts {
            let before = workspace.loaded.sources.text(name).unwrap_or_default();
            if let Err(error) = files::rewrite(&workspace.root.join(&**name), before, text) {
                failed.push((Arc::clone(name), error));
            }
        }
        failed
    }
}
