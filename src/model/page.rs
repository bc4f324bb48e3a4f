//! A site, its locales and its pages, as the live side has them.
//!
//! Must not know how they were read.

use std::collections::BTreeMap;

use super::address::{FolderId, LocaleId, LocaleTag, PageId, PagePath, SiteId};
use super::field::Field;
use super::metadata::Metadata;

/// A site and its locales, primary first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The site's id.
    pub id: SiteId,
    /// The name shown in Webflow's dashboard.
    pub name: String,
    /// The primary locale. On a site without localization it has no id and the tag `primary`.
    pub primary: Locale,
    /// The secondary locales, in the site's order.
    pub secondary: Vec<Locale>,
}

/// A locale of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    /// The id the pages endpoints want; none on a site without localization.
    pub id: Option<LocaleId>,
    /// The tag, `fr-FR`.
    pub tag: LocaleTag,
    /// The path segment of the published locale, `fr`; often empty for the primary.
    pub subdirectory: String,
    /// Whether the locale is switched on. One that is off can be read and written all the same.
    pub enabled: bool,
}

impl Site {
    /// Returns the locales, primary first.
    pub fn locales(&self) -> impl Iterator<Item = &Locale> {
        std::iter::once(&self.primary).chain(&self.secondary)
    }

    /// Returns the locale that a manifest's key means: its tag in any case, or `primary`.
    pub fn locale(&self, key: &str) -> Option<&Locale> {
        let by_tag = self.locales().find(|locale| locale.tag.matches(key));
        by_tag.or_else(|| key.eq_ignore_ascii_case(LocaleTag::PRIMARY).then_some(&self.primary))
    }

    /// Returns whether the tag is the primary locale's.
    pub fn is_primary(&self, tag: &LocaleTag) -> bool {
        self.primary.tag == *tag
    }

    /// Returns the place of a locale in the site's order, the primary being 0.
    pub fn position(&self, tag: &LocaleTag) -> usize {
        self.locales().position(|locale| locale.tag == *tag).unwrap_or(usize::MAX)
    }

    /// Returns whether the site has locales with tags; without them, `primary` is the only one.
    pub fn is_localized(&self) -> bool {
        self.primary.id.is_some()
    }
}

/// What sort of page it is. The API does not say; it is told from other values of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// An ordinary page.
    Static,
    /// The home page; its slug is empty and cannot be set.
    Home,
    /// A CMS collection's template; its texts hold `{{wf …}}` bindings.
    Template,
    /// A page that Webflow provides: not found, password, search, checkout.
    Utility,
}

impl PageKind {
    /// Returns whether the server ignores a slug written to such a page (with a 200, since 2026-05-12).
    pub fn ignores_slug(self) -> bool {
        match self {
            Self::Static => false,
            Self::Home | Self::Template | Self::Utility => true,
        }
    }

    /// Returns the kind in words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Static => "page",
            Self::Home => "home page",
            Self::Template => "collection template",
            Self::Utility => "utility page",
        }
    }
}

/// A folder of pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// The folder's slug in the primary locale.
    pub slug: String,
    /// The folder it lies in.
    pub parent: Option<FolderId>,
}

/// A page as the live site has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LivePage {
    /// The page's id.
    pub id: PageId,
    /// The folder it lies in.
    pub folder: Option<FolderId>,
    /// What sort of page it is.
    pub kind: PageKind,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether it is archived.
    pub archived: bool,
    /// Its values, a locale each. A locale in which the page is not listed is missing.
    pub locales: BTreeMap<LocaleTag, LiveLocale>,
}

/// A page's values in a locale.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LiveLocale {
    /// The values.
    pub metadata: Metadata,
    /// Where the page was last published to, with the locale's subdirectory; none if it never was.
    pub published_path: Option<PagePath>,
    /// The fields whose text cannot be used, such as `seo.title`. They are unset in `metadata`, which is not their value.
    pub damaged: Vec<String>,
}

impl LivePage {
    /// Returns whether the page is one that nobody searches for: archived ones are not published, and utility pages are
    /// met by other ways.
    pub fn is_aside(&self) -> bool {
        self.archived || self.kind == PageKind::Utility
    }

    /// Returns whether a text of the page cannot be used in one of its locales. Such a page is neither compared nor
    /// written: in which locales the text is inherited is not known.
    pub fn is_damaged(&self) -> bool {
        self.locales.values().any(|values| !values.damaged.is_empty())
    }

    /// Returns the fields whose text cannot be used, with their locales, for a message.
    pub fn damaged_fields(&self) -> String {
        let damaged = self.locales.iter().filter(|(_, values)| !values.damaged.is_empty());
        let places = damaged.map(|(tag, values)| format!("`{}` in {tag}", values.damaged.join("`, `")));
        places.collect::<Vec<_>>().join(", ")
    }

    /// Returns the slug in a locale; empty for the home page and where the page is not listed.
    pub fn slug(&self, locale: &LocaleTag) -> &str {
        self.locales.get(locale).map_or("", |values| values.metadata.text(Field::Slug))
    }

    /// Returns where the page was last published to in the locale.
    pub fn published_path(&self, locale: &LocaleTag) -> Option<&PagePath> {
        self.locales.get(locale)?.published_path.as_ref()
    }
}
