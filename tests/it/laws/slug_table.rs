//! Slugs that pages have and those they should have, with edits that never give one slug to two pages.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;
use slugline::sandbox::{LocaleKey, Site};

use super::reading;

/// A page and a locale, by their places in the site.
type Cell = (usize, usize);

/// The slugs of the pages that can have one set, in each locale.
#[derive(Debug, Clone)]
pub(super) struct SlugTable {
    /// Pages of one folder each.
    folders: Vec<Vec<usize>>,
    locales: usize,
    wanted: BTreeMap<Cell, String>,
    /// Cells that a manifest states, changed or not.
    stated: BTreeMap<Cell, ()>,
}

/// An edit of slugs within a folder and a locale.
#[derive(Debug, Clone)]
pub(crate) struct SlugEdit {
    folder: Index,
    locale: Index,
    pages: Vec<Index>,
    kind: SlugEditKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SlugEditKind {
    /// Each page takes the slug of the next, the last that of the first: a swap, or a longer cycle.
    Rotate,
    /// Each page takes the slug of the next, the last a new one.
    Chain,
    /// Each page gets a new slug.
    Rename,
    /// The slugs are stated as they are.
    State,
}

pub(super) fn slug_edit() -> impl Strategy<Value = SlugEdit> {
    use SlugEditKind::{Chain, Rename, Rotate, State};
    let kind = prop_oneof![3 => Just(Rotate), 3 => Just(Chain), 2 => Just(Rename), 1 => Just(State)];
    let pages = proptest::collection::vec(any::<Index>(), 1..5);
    (any::<Index>(), any::<Index>(), pages, kind).prop_map(|(folder, locale, pages, kind)| SlugEdit {
        folder,
        locale,
        pages,
        kind,
    })
}

impl SlugTable {
    /// Returns the slugs that count on the site now.
    pub(super) fn new(site: &Site) -> Self {
        let mut folders: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
        let mut wanted = BTreeMap::new();
        let keys = site.locale_keys();
        for (index, page) in site.pages.iter().enumerate().filter(|(_, page)| reading::has_free_slug(page)) {
            folders.entry(page.folder.as_deref()).or_default().push(index);
            wanted.extend(keys.iter().enumerate().map(|(locale, key)| ((index, locale), reading::slug(page, key))));
        }
        Self { folders: folders.into_values().collect(), locales: keys.len(), wanted, stated: BTreeMap::new() }
    }

    pub(super) fn edit(&mut self, edit: &SlugEdit) {
        if self.folders.is_empty() {
            return;
        }
        let folder = edit.folder.get(&self.folders);
        let locale = edit.locale.index(self.locales);
        let mut cells: Vec<Cell> = Vec::new();
        for page in &edit.pages {
            let cell = (*page.get(folder), locale);
            if !cells.contains(&cell) {
                cells.push(cell);
            }
        }
        let old: Vec<String> = cells.iter().map(|cell| self.wanted[cell].clone()).collect();
        for (place, cell) in cells.iter().enumerate() {
            let next = old.get(place + 1).cloned();
            let slug = match edit.kind {
                SlugEditKind::Rotate => next.unwrap_or_else(|| old[0].clone()),
                SlugEditKind::Chain => next.unwrap_or_else(|| self.new_slug()),
                SlugEditKind::Rename => self.new_slug(),
                SlugEditKind::State => old[place].clone(),
            };
            self.wanted.insert(*cell, slug);
            self.stated.insert(*cell, ());
        }
    }

    /// Returns a slug that no page has, had or wants.
    fn new_slug(&self) -> String {
        let mut names = (0..).map(|number| format!("new-{number}"));
        names.find(|name| !self.wanted.values().any(|taken| taken == name)).expect("there are numbers enough")
    }

    /// Returns the slugs that are stated, by page and locale.
    pub(super) fn stated<'s>(&'s self, site: &'s Site) -> impl Iterator<Item = (usize, LocaleKey, &'s str)> {
        let keys = site.locale_keys();
        self.stated.keys().map(move |cell| (cell.0, keys[cell.1].clone(), self.wanted[cell].as_str()))
    }
}
