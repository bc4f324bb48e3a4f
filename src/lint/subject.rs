//! What is linted: pages, and the texts that each will read, with where they are stated.
//!
//! Plain values, made by whoever knows the manifests and the site. Must not know rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Field, LocaleTag, PagePath};
use crate::source::Location;

/// Everything that is linted at once, since rules compare pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The locales of the pages.
    pub locales: Locales,
    /// The pages, in the order of their manifests.
    pub pages: Vec<Page>,
}

/// What is known of the site's locales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locales {
    /// The primary locale, which the others inherit from.
    pub primary: LocaleTag,
    /// The locales that every page must state.
    pub required: Vec<LocaleTag>,
    /// The path segments that published locales live under, such as `fr`.
    pub subdirectories: BTreeSet<String>,
    /// Whether the site itself was asked, so that what is missing there is told by whoever asked.
    pub is_site_known: bool,
}

/// A page and its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What its manifest calls it.
    pub name: PageName,
    /// Where its manifest begins.
    pub location: Location,
    /// Who sees it.
    pub standing: Standing,
    /// The locales that it states.
    pub locales: BTreeMap<LocaleTag, PageLocale>,
    /// What differs from an earlier commit, if the two were compared.
    pub touched: Option<Touched>,
}

/// How a manifest names a page: by id, by path, or both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageName {
    /// The page's id.
    pub id: Option<String>,
    /// The page's path in the primary locale.
    pub path: Option<PagePath>,
}

/// Who sees a page, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Everybody, or it is not known.
    Public,
    /// Nobody: a draft, or archived.
    Hidden,
    /// Everybody, but it is one that Webflow provides: not found, password, search.
    Utility,
}

/// What a page states in a locale, and what it reads there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLocale {
    /// Where the locale's key stands; nothing if only the site knows of it.
    pub location: Option<Location>,
    /// The texts, slug included. One that is absent is neither stated nor known.
    pub texts: BTreeMap<Field, Text>,
}

/// A text and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// As it will read.
    pub value: String,
    /// Where it is stated; for one that is not, where it would be.
    pub location: Location,
    /// Where it comes from.
    pub origin: Origin,
    /// What it was before.
    pub before: Before,
}

/// Where a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The manifest states it.
    Stated,
    /// A default of the project file says it, since the manifest does not.
    Template,
    /// The site has it, and the manifest leaves it as it is.
    Live,
}

/// What a text was before, on the site or at an earlier commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// Neither was asked.
    Unknown,
    /// It was not there.
    Absent,
    /// It was this at an earlier commit.
    Was(String),
    /// It is this on the site; whether the manifests have ever said so, nobody knows.
    OnSite(String),
}

/// What of a page differs from an earlier commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// The page was not there.
    New,
    /// These fields are stated differently; none if the page is as it was.
    Fields(BTreeSet<(LocaleTag, Field)>),
}

impl PageName {
    /// Returns the name for people: the path if there is one.
    pub fn as_str(&self) -> &str {
        match (&self.path, &self.id) {
            (Some(path), _) => path.as_str(),
            (None, Some(id)) => id,
            (None, None) => "?",
        }
    }

    /// Returns the name that stays the same when the page moves: the id if there is one.
    pub fn lasting(&self) -> &str {
        self.id.as_deref().unwrap_or_else(|| self.as_str())
    }
}

impl Text {
    /// Returns whether the manifest states it, so that whoever is told can change it there.
    pub fn is_stated(&self) -> bool {
        match self.origin {
            Origin::Stated | Origin::Template => true,
            Origin::Live => false,
        }
    }

    /// Returns whether the text differs from what it was, as far as that is known.
    pub fn has_changed(&self) -> Option<bool> {
        match &self.before {
            Before::Unknown => None,
            Before::Absent => Some(true),
            Before::Was(before) | Before::OnSite(before) => Some(*before != self.value),
        }
    }
}

impl Page {
    /// Returns the text of a locale itself, if it has one that is not empty.
    pub fn own(&self, locale: &LocaleTag, field: Field) -> Option<&Text> {
        self.locales.get(locale)?.texts.get(&field).filter(|text| !text.value.trim().is_empty())
    }

    /// Returns the text that a locale reads: its own, or else the primary locale's.
    pub fn reads(&self, locale: &LocaleTag, primary: &LocaleTag, field: Field) -> Option<&Text> {
        self.own(locale, field).or_else(|| self.own(primary, field))
    }

    /// Returns whether a finding about this page, locale and field is of something that the earlier commit did not say.
    pub fn is_touched(&self, locale: Option<&LocaleTag>, field: Option<Field>) -> bool {
        let fields = match &self.touched {
            None | Some(Touched::New) => return true,
            Some(Touched::Fields(fields)) => fields,
        };
        fields.iter().any(|(changed_in, changed)| {
            locale.is_none_or(|locale| locale == changed_in) && field.is_none_or(|field| field == *changed)
        })
    }
}
