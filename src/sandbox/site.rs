//! Questions to a site: what is where, what is inherited from whom, under which path a page is seen.
//!
//! Pure. Knows nothing of JSON, HTTP or the clock.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::document::{
    Folder, Locale, LocaleKey, Metadata, OpenGraph, Page, PageKind, Seo, Site, Token, Undocumented, is_image,
};
use super::switches::{CopiedText, InheritedReads, ShareImage, Updated};

/// The values of a page in one locale, as a reader gets them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    pub(super) title: Option<String>,
    pub(super) slug: Option<String>,
    pub(super) seo_title: Option<String>,
    pub(super) seo_description: Option<String>,
    pub(super) seo_undocumented: Undocumented,
    pub(super) open_graph_title: Option<String>,
    pub(super) title_copied: bool,
    pub(super) open_graph_description: Option<String>,
    pub(super) description_copied: bool,
    pub(super) open_graph_undocumented: Undocumented,
    pub(super) last_updated: Timestamp,
    pub(super) published_path: Option<String>,
}

static EMPTY: Metadata = Metadata {
    title: None,
    slug: None,
    seo: Seo { title: None, description: None, undocumented: BTreeMap::new() },
    open_graph: OpenGraph {
        title: None,
        title_copied: None,
        description: None,
        description_copied: None,
        undocumented: BTreeMap::new(),
    },
    last_updated: None,
};

impl Site {
    /// Returns the id of the site.
    pub fn id(&self) -> &str {
        &self.identity.id
    }

    /// Returns the first token.
    pub fn token(&self) -> &str {
        self.tokens.first().map_or("", |token| &token.token)
    }

    pub(super) fn token_named(&self, token: &str) -> Option<&Token> {
        self.tokens.iter().find(|known| known.token == token)
    }

    pub(super) fn folder(&self, id: &str) -> Option<&Folder> {
        self.folders.iter().find(|folder| folder.id == id)
    }

    /// Returns a page by its id.
    pub fn page(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.id == id)
    }

    /// Returns all locales, the primary first; none on a site without localization.
    pub(super) fn locale_list(&self) -> Vec<&Locale> {
        let Some(locales) = &self.locales else {
            return Vec::new();
        };
        std::iter::once(&locales.primary).chain(&locales.secondary).collect()
    }

    /// Returns the names of all locales, the primary first; only the primary on a site without localization.
    pub fn locale_keys(&self) -> Vec<LocaleKey> {
        let secondary = self.locales.iter().flat_map(|locales| &locales.secondary);
        std::iter::once(LocaleKey::Primary)
            .chain(secondary.map(|locale| LocaleKey::Secondary(locale.tag.clone())))
            .collect()
    }

    pub(super) fn locale(&self, key: &LocaleKey) -> Option<&Locale> {
        let locales = self.locales.as_ref()?;
        match key {
            LocaleKey::Primary => Some(&locales.primary),
            LocaleKey::Secondary(tag) => locales.secondary.iter().find(|locale| locale.tag == *tag),
        }
    }

    pub(super) fn key_of_id(&self, id: &str) -> Option<LocaleKey> {
        self.locale_keys().into_iter().find(|key| self.locale(key).is_some_and(|locale| locale.id == id))
    }

    pub(super) fn key_of_tag(&self, tag: &str) -> Option<LocaleKey> {
        let same = |locale: &Locale| locale.tag.eq_ignore_ascii_case(tag);
        self.locale_keys().into_iter().find(|key| self.locale(key).is_some_and(same))
    }

    /// Returns the pages in the order of the list.
    pub(super) fn listed(&self) -> Vec<&Page> {
        let mut pages: Vec<&Page> = self.pages.iter().collect();
        pages.sort_by_key(|page| page.created_on);
        pages
    }

    /// Returns what a page reads as in one locale.
    pub(super) fn read(&self, page: &Page, key: &LocaleKey) -> Reading {
        let own = page.own(key);
        let primary = page.own(&LocaleKey::Primary);
        let base = match self.switches.inherited_reads {
            InheritedReads::Primary => primary,
            InheritedReads::Null if *key == LocaleKey::Primary => primary,
            InheritedReads::Null => &EMPTY,
        };
        let text = |pick: fn(&Metadata) -> &Option<String>| pick(own).as_ref().or(pick(base).as_ref()).cloned();
        let seo_title = text(|values| &values.seo.title);
        let seo_description = text(|values| &values.seo.description);
        let title_copied = page.is_title_copied(key);
        let description_copied = page.is_description_copied(key);
        let open_graph = |copied: bool, own: Option<String>, seo: &Option<String>| match self.switches.copied_text {
            CopiedText::Null if copied => None,
            CopiedText::Seo if copied => seo.clone(),
            CopiedText::Null | CopiedText::Seo => own,
        };
        let undocumented = |own: &Undocumented, base: &Undocumented| match self.switches.share_image {
            ShareImage::Absent => Undocumented::new(),
            ShareImage::Kept | ShareImage::Dropped => inherit(own, base),
        };
        Reading {
            title: text(|values| &values.title),
            slug: if page.kind == PageKind::Home { None } else { text(|values| &values.slug) },
            open_graph_title: open_graph(title_copied, text(|values| &values.open_graph.title), &seo_title),
            title_copied,
            open_graph_description: open_graph(
                description_copied,
                text(|values| &values.open_graph.description),
                &seo_description,
            ),
            description_copied,
            seo_title,
            seo_description,
            seo_undocumented: undocumented(&own.seo.undocumented, &base.seo.undocumented),
            open_graph_undocumented: undocumented(&own.open_graph.undocumented, &base.open_graph.undocumented),
            last_updated: self.last_updated(page, key),
            published_path: self.published_path(page, key),
        }
    }

    fn last_updated(&self, page: &Page, key: &LocaleKey) -> Timestamp {
        match self.switches.updated {
            Updated::Page => page.updated(),
            Updated::Locale => page.own(key).last_updated.unwrap_or(page.updated()),
        }
    }

    /// Returns the slug that counts in a locale, however it reads; none for the home page.
    pub(super) fn slug<'a>(&self, page: &'a Page, key: &LocaleKey) -> Option<&'a str> {
        if page.kind == PageKind::Home {
            return None;
        }
        let primary = &page.own(&LocaleKey::Primary).slug;
        page.own(key).slug.as_deref().or(primary.as_deref())
    }

    /// Whether another page or a folder in the same place has the slug. Branches repeat the slug of their page.
    pub(super) fn is_slug_taken(&self, page: &Page, key: &LocaleKey, slug: &str) -> bool {
        let of_page = |other: &Page| {
            other.id != page.id
                && other.branch.is_none()
                && other.folder == page.folder
                && self.slug(other, key) == Some(slug)
        };
        let of_folder = |folder: &Folder| folder.parent == page.folder && folder.slug == slug;
        page.branch.is_none() && (self.pages.iter().any(of_page) || self.folders.iter().any(of_folder))
    }

    /// Returns the path that visitors see now; writes do not move it.
    pub(super) fn published_path(&self, page: &Page, key: &LocaleKey) -> Option<String> {
        if !page.is_published() || self.locale(key).is_some_and(|locale| is_off(locale, key)) {
            return None;
        }
        Some(page.published_paths.get(key).cloned().unwrap_or_else(|| self.staged_path(page, key)))
    }

    /// Returns the path that the next publish gives a page.
    pub(super) fn staged_path(&self, page: &Page, key: &LocaleKey) -> String {
        let mut parts: Vec<&str> = Vec::new();
        parts.extend(self.slug(page, key));
        let mut next = page.folder.as_deref();
        while let Some(folder) = next.and_then(|id| self.folder(id)) {
            parts.push(&folder.slug);
            next = folder.parent.as_deref();
        }
        let subdirectory = self.locale(key).and_then(|locale| locale.subdirectory.as_deref());
        parts.extend(subdirectory.filter(|part| !part.is_empty()));
        parts.reverse();
        format!("/{}", parts.join("/"))
    }
}

/// Returns the leaves that a locale has of its own, and those that it inherits.
fn inherit(own: &Undocumented, base: &Undocumented) -> Undocumented {
    let has_own_image = own.keys().any(|leaf| is_image(leaf));
    let mut all = base.clone();
    all.retain(|leaf, _| !(has_own_image && is_image(leaf)));
    all.extend(own.clone());
    all
}

/// A primary locale is served even if the document says that it is off, as the one in the API's own example.
fn is_off(locale: &Locale, key: &LocaleKey) -> bool {
    !locale.enabled && *key != LocaleKey::Primary
}

impl Page {
    /// Returns the values of its own that a locale has.
    pub(super) fn own(&self, key: &LocaleKey) -> &Metadata {
        self.values.get(key).unwrap_or(&EMPTY)
    }

    pub(super) fn is_title_copied(&self, key: &LocaleKey) -> bool {
        let own = self.own(key).open_graph.title_copied;
        own.or(self.own(&LocaleKey::Primary).open_graph.title_copied).unwrap_or(true)
    }

    pub(super) fn is_description_copied(&self, key: &LocaleKey) -> bool {
        let own = self.own(key).open_graph.description_copied;
        own.or(self.own(&LocaleKey::Primary).open_graph.description_copied).unwrap_or(true)
    }

    pub(super) fn is_published(&self) -> bool {
        self.published.unwrap_or(!self.draft && !self.archived)
    }

    pub(super) fn updated(&self) -> Timestamp {
        self.last_updated.unwrap_or(self.created_on)
    }
}
