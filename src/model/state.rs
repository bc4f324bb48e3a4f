//! The sides that a plan compares: what the manifests want, what those of an earlier commit wanted, and what the site has.
//!
//! `Desired` is partial and knows the place of each value; `Live` is full. Neither knows the other.

use std::collections::BTreeMap;

use super::address::{FolderId, LocaleTag, PageId, PagePath};
use super::field::Field;
use super::metadata::{Metadata, Value};
use super::page::{Folder, LiveLocale, LivePage, Site};
use crate::source::Location;

/// What the manifests want, page by page. A field that is absent is not managed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Desired {
    /// The managed pages.
    pub pages: BTreeMap<PageId, DesiredPage>,
}

/// What a manifest says of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredPage {
    /// The path that names the page to people: the manifest's, or else the live one.
    pub path: PagePath,
    /// How the manifest names the page.
    pub named_by: NamedBy,
    /// Where the page's document begins.
    pub location: Location,
    /// The managed locales, by the site's tags.
    pub locales: BTreeMap<LocaleTag, DesiredLocale>,
}

/// How a manifest names its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedBy {
    /// By id, so that the path may change.
    Id,
    /// By path alone; changing the primary slug would break the name.
    Path,
}

/// What a manifest says of a page in a locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredLocale {
    /// Where the locale's key stands.
    pub location: Location,
    /// The managed fields.
    pub fields: BTreeMap<Field, Stated>,
}

/// A value and where it is stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The value wanted.
    pub value: Value,
    /// Where it stands.
    pub location: Location,
}

impl Desired {
    /// Returns the number of managed page-locales.
    pub fn page_locales(&self) -> usize {
        self.pages.values().map(|page| page.locales.len()).sum()
    }

    /// Returns the managed fields of a page in a locale, and what is wanted of them.
    pub fn fields(&self, page: &PageId, locale: &LocaleTag) -> impl Iterator<Item = (Field, &Stated)> {
        let locale = self.pages.get(page).and_then(|page| page.locales.get(locale));
        locale.into_iter().flat_map(|locale| locale.fields.iter().map(|(field, stated)| (*field, stated)))
    }
}

/// What the manifests of an earlier commit want of the site as it is now: what each difference is told by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Base {
    /// What they state of the pages that the site has.
    pub desired: Desired,
    /// The pages they describe and the site does not list, by path or else by id.
    pub lost: Vec<String>,
}

impl Base {
    /// Returns what was stated of a field, if anything was. To copy an Open Graph text is to state that it has none.
    pub fn value(&self, page: &PageId, locale: &LocaleTag, field: Field) -> Option<Value> {
        let fields = &self.desired.pages.get(page)?.locales.get(locale)?.fields;
        fields.get(&field).map(|stated| stated.value.clone()).or_else(|| {
            let is_copied = fields.get(&field.copied_flag()?)?.value == Value::Flag(true);
            is_copied.then(|| Value::unset(field.kind()))
        })
    }

    /// Returns how many pages are described.
    pub fn pages(&self) -> usize {
        self.desired.pages.len() + self.lost.len()
    }
}

/// What the site has. Branch pages are left out: they repeat the slugs of the pages they branch from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// The site and its locales.
    pub site: Site,
    /// The pages.
    pub pages: BTreeMap<PageId, LivePage>,
    /// The folders read so far; the list never holds them, so they are read only where a path needs them.
    pub folders: BTreeMap<FolderId, Folder>,
}

impl Live {
    /// Returns a page's values in a locale.
    pub fn metadata(&self, page: &PageId, locale: &LocaleTag) -> Option<&Metadata> {
        Some(&self.pages.get(page)?.locales.get(locale)?.metadata)
    }

    /// Returns a page's values in the primary locale.
    pub fn primary_metadata(&self, page: &PageId) -> Option<&Metadata> {
        self.metadata(page, &self.site.primary.tag)
    }

    /// Returns the page's path in the primary locale, made of the slugs of its folders and its own; nothing if a
    /// folder has not been read.
    pub fn exact_path(&self, page: &LivePage) -> Option<PagePath> {
        let primary = &self.site.primary.tag;
        let is_damaged = |values: &LiveLocale| values.damaged.iter().any(|field| field == Field::Slug.name());
        if page.locales.get(primary).is_some_and(is_damaged) {
            return None;
        }
        let mut slugs = vec![page.slug(primary)];
        let mut folder = page.folder.as_ref();
        // A folder that contained itself would never end; nothing real is nested this deep.
        while let Some(id) = folder.filter(|_| slugs.len() < 64) {
            let known = self.folders.get(id)?;
            slugs.push(&known.slug);
            folder = known.parent.as_ref();
        }
        let root = PagePath::from(PagePath::HOME);
        Some(slugs.iter().rev().fold(root, |path, slug| path.join(slug)))
    }

    /// Returns the best path known for a page without reading more: exact where the folders are known, else as last
    /// published where that still ends in the page's slug, else the slug behind an ellipsis.
    pub fn known_path(&self, page: &LivePage) -> PagePath {
        let exact = self.exact_path(page);
        exact.or_else(|| self.published_path(page)).unwrap_or_else(|| self.unknown_path(page))
    }

    /// Returns the path of a page in a folder that is not known: its slug behind an ellipsis.
    pub fn unknown_path(&self, page: &LivePage) -> PagePath {
        PagePath::from("/…").join(page.slug(&self.site.primary.tag))
    }

    /// Returns where the page was last published in the primary locale, without the locale's subdirectory, if that
    /// still ends in the page's slug.
    pub fn published_path(&self, page: &LivePage) -> Option<PagePath> {
        self.last_published_path(page).filter(|path| path.slug() == page.slug(&self.site.primary.tag))
    }

    /// Returns where the page was last published in the primary locale, without the locale's subdirectory, also if its slug
    /// has changed since.
    pub fn last_published_path(&self, page: &LivePage) -> Option<PagePath> {
        let published = page.published_path(&self.site.primary.tag)?.as_str();
        let subdirectory = &self.site.primary.subdirectory;
        let path = match published.strip_prefix('/').and_then(|rest| rest.strip_prefix(subdirectory.as_str())) {
            Some("") => PagePath::HOME,
            Some(rest) if !subdirectory.is_empty() && rest.starts_with('/') => rest,
            Some(_) | None => published,
        };
        Some(PagePath::from(path))
    }
}
