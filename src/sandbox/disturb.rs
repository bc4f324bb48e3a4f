//! What other people do to a site between two requests of a client.
//!
//! Pure, as all writes.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::body;
use super::document::{LocaleKey, Metadata, Page, PageKind, Site};
use super::due::Disturbance;
use super::file::object_id;
use super::write::Entry;

impl Site {
    /// Does what someone does just before a request for a path; returns whether it did anything.
    pub(super) fn disturb(&mut self, what: &Disturbance, path: &str, now: Timestamp) -> bool {
        match what {
            Disturbance::Edit(entry) => self.edit_somewhere(entry, path, now),
            Disturbance::Delete(id) => self.delete(id.as_deref(), path, now),
            Disturbance::Add => {
                self.add(now);
                true
            }
        }
    }

    /// Writes an entry of the bulk endpoint, if it makes sense; returns whether it did.
    fn edit_somewhere(&mut self, text: &str, path: &str, now: Timestamp) -> bool {
        let read = serde_json::from_str(text).map(|value| body::entry(&value));
        let Ok(Ok(entry)) = read else { return false };
        let page = if entry.page.is_empty() { self.page_meant(path) } else { Some(entry.page) };
        let locale = match entry.locale_id {
            None => Some(LocaleKey::Primary),
            Some(id) => self.key_of_id(&id),
        };
        let (Some(page), Some(locale)) = (page, locale) else {
            return false;
        };
        let entry = Entry { page, locale, patch: entry.patch };
        self.write_in_the_designer(&entry, now).is_ok()
    }

    /// Deletes a page, the one that is asked for if none is named; returns whether there was one.
    fn delete(&mut self, id: Option<&str>, path: &str, now: Timestamp) -> bool {
        let Some(id) = id.map(str::to_owned).or_else(|| self.page_meant(path)) else {
            return false;
        };
        let before = self.pages.len();
        self.pages.retain(|page| page.id != id);
        self.identity.last_updated = Some(now);
        self.pages.len() < before
    }

    /// Adds a page before all others of the list, so that every one of them moves on by one.
    fn add(&mut self, now: Timestamp) {
        // One may be added, deleted and added again within a millisecond.
        let is_new = |number: &usize| self.page(&added_id(*number)).is_none();
        let number = (self.pages.len()..).find(is_new).unwrap_or_default();
        let created_on = self.pages.iter().map(|page| page.created_on).min();
        let primary = Metadata {
            title: Some(format!("Added {number}")),
            slug: Some(format!("added-{number}")),
            ..Metadata::default()
        };
        let page = Page {
            id: added_id(number),
            kind: PageKind::Static,
            folder: None,
            draft: false,
            archived: false,
            branch: None,
            created_on: created_on.unwrap_or(now),
            last_updated: Some(now),
            published: Some(false),
            published_paths: BTreeMap::new(),
            values: BTreeMap::from([(LocaleKey::Primary, primary)]),
        };
        self.pages.insert(0, page);
        self.identity.last_updated = Some(now);
    }

    /// Returns the page that a path is about, or the first static one.
    fn page_meant(&self, path: &str) -> Option<String> {
        let last = path.rsplit('/').next().unwrap_or_default();
        let listed = self.listed();
        let first = || listed.iter().find(|page| page.kind == PageKind::Static).map(|page| page.id.clone());
        self.page(last).map(|page| page.id.clone()).or_else(first)
    }
}

fn added_id(number: usize) -> String {
    object_id(&format!("added {number}"))
}
