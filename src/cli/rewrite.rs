//! Edits carried out on the files of a project: worked out first, then shown as a patch or written.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::files;
use crate::diagnostic::Diagnostic;
use crate::manifest::edit::{self, Edit, Move};
use crate::manifest::load::Loaded;
use crate::manifest::read::{self, PageDocument};
use crate::manifest::value::PagePath;
use crate::pull::Follower;
use crate::render::patch;
use crate::source::Location;

/// What edits make of files, before anything is written.
#[derive(Default)]
pub(super) struct Rewrite {
    /// The files that change, with the text that they get.
    texts: BTreeMap<Arc<str>, String>,
}

/// A file that could not be written, and why.
pub(super) type Unwritten = (Arc<str>, io::Error);

impl Rewrite {
    /// Works out what edits make of the files as they would be by now; returns those that are refused, by their place in
    /// the list. New locales come in the order given.
    pub(super) fn apply<'e>(
        &mut self,
        loaded: &Loaded,
        edits: impl Iterator<Item = &'e Edit>,
        order: &[String],
    ) -> BTreeMap<usize, Diagnostic> {
        let mut by_file: BTreeMap<Arc<str>, Vec<(usize, Edit)>> = BTreeMap::new();
        for (index, edit) in edits.enumerate() {
            by_file.entry(Arc::clone(&edit.document.file)).or_default().push((index, edit.clone()));
        }
        let mut refused = BTreeMap::new();
        for (file, edits) in by_file {
            let (places, edits): (Vec<usize>, Vec<Edit>) = edits.into_iter().unzip();
            let edited = edit::edit(&file, self.text(loaded, &file), &edits, order);
            refused.extend(edited.refused.into_iter().map(|(index, why)| (places[index], why)));
            if Some(edited.text.as_str()) == loaded.sources.text(&file) {
                self.texts.remove(&file);
            } else {
                self.texts.insert(file, edited.text);
            }
        }
        refused
    }

    /// Has the paths follow that can. Edits have moved their documents.
    pub(super) fn follow(&mut self, loaded: &Loaded, followers: &[Follower]) {
        let before = loaded.pages.iter().map(|page| &page.location);
        let after: Vec<Location> = self.pages(loaded).into_iter().map(|page| page.location).collect();
        let places: BTreeMap<&Location, &Location> = before.zip(&after).collect();
        let mut by_file: BTreeMap<Arc<str>, Vec<Move>> = BTreeMap::new();
        for follower in followers {
            let to = PagePath::try_from(follower.after.to_string());
            if let (Some(document), Ok(to)) = (places.get(&follower.document), to) {
                let file = Arc::clone(&document.file);
                by_file.entry(file).or_default().push(Move { document: (*document).clone(), to });
            }
        }
        for (file, moves) in by_file {
            let text = edit::moved(&file, self.text(loaded, &file), &moves);
            self.texts.insert(file, text);
        }
    }

    /// Returns the text of a file as it would be.
    fn text<'t>(&'t self, loaded: &'t Loaded, file: &str) -> &'t str {
        let changed = self.texts.get(file).map(String::as_str);
        changed.or_else(|| loaded.sources.text(file)).unwrap_or_default()
    }

    /// Returns the pages as they would be, in their order.
    pub(super) fn pages(&self, loaded: &Loaded) -> Vec<PageDocument> {
        let mut files: Vec<&Arc<str>> = loaded.pages.iter().map(|page| &page.location.file).collect();
        files.dedup();
        // What was edited has been read again without errors.
        files.into_iter().flat_map(|file| read::pages(file, self.text(loaded, file)).0).collect()
    }

    /// Returns the files as a patch.
    pub(super) fn patch(&self, loaded: &Loaded) -> String {
        let sources = &loaded.sources;
        self.texts.iter().map(|(name, text)| patch::patch(name, sources.text(name), text)).collect()
    }

    /// Writes the files and returns those that could not be written.
    pub(super) fn write(&self, root: &Path, loaded: &Loaded) -> Vec<Unwritten> {
        let mut failed = Vec::new();
        for (name, text) in &self.texts {
            let before = loaded.sources.text(name).unwrap_or_default();
            if let Err(error) = files::rewrite(&root.join(&**name), before, text) {
                failed.push((Arc::clone(name), error));
            }
        }
        failed
    }
}
