//! Edits carried out on the files of a project: worked out first, then shown as a patch or written.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::manifest::edit::{self, Edit, Move};
use crate::manifest::load::Loaded;
use crate::manifest::read::{self, PageDocument};
use crate::manifest::value::PagePath;
use crate::project_dir::ProjectDir;
use crate::pull::Follower;
use crate::render::patch;

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

    /// Has the paths follow that can, and returns those that do. Edits have moved their documents, but not their order.
    pub(super) fn follow(&mut self, loaded: &Loaded, followers: Vec<Follower>) -> Vec<Follower> {
        let mut taken = Vec::new();
        for follower in followers {
            let file = &follower.document.file;
            let of_file = loaded.pages.iter().filter(|page| page.location.file == *file);
            let place = of_file.map(|page| &page.location).position(|location| *location == follower.document);
            let text = self.text(loaded, file);
            let document = place.and_then(|place| read::pages(file, text).0.into_iter().nth(place));
            let (Some(document), Ok(to)) = (document, PagePath::try_from(follower.after.to_string())) else { continue };
            let moved = edit::moved(file, text, &[Move { document: document.location, to }]);
            if moved != text {
                self.texts.insert(Arc::clone(file), moved);
                taken.push(follower);
            }
        }
        taken
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
        let write = |name: &str, text| {
            let before = loaded.sources.text(name).unwrap_or_default();
            ProjectDir::open(root)?.rewrite(name, before, text)
        };
        let failures = self.texts.iter().filter_map(|(name, text)| Some((Arc::clone(name), write(name, text).err()?)));
        failures.collect()
    }
}
