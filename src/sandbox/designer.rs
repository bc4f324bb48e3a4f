//! Edits by somebody in the Designer.
//!
//! Pure, as all writes; the switches, which are about the API, do not apply. Pages and locales are named as people see
//! them, by path and tag.

use jiff::Timestamp;
use serde_json::Value;

use super::body;
use super::document::{LocaleKey, Metadata, Page, PageKind, Site};
use super::switches::{ShareImage, Switches};
use super::write::{Entry, Refusal};

/// Values that somebody gives a page in one locale.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// Its path in the primary locale.
    pub page: String,
    /// The tag of the locale, the primary one if none is named.
    pub locale: Option<String>,
    /// The values, as in the body of a `PUT`.
    pub values: Value,
}

/// What an edit came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The tag of the locale; nothing on a site without localization.
    pub locale: Option<String>,
    /// Whether the page reads otherwise than before.
    pub changed: bool,
}

/// Why the Designer would not let somebody do that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("the sandbox has no page `{page}`")]
    UnknownPage { page: String, known: Vec<String> },
    #[error("the sandbox has no locale `{locale}`")]
    UnknownLocale { locale: String, known: Vec<String> },
    #[error("{0}")]
    Malformed(String),
    #[error("`{0}` must not be empty")]
    Empty(&'static str),
    #[error("the slug `{0}` is taken in its folder")]
    SlugTaken(String),
    #[error("the slug of this page cannot be changed")]
    SlugFixed,
}

impl Site {
    /// Gives a page other values; what is refused has changed nothing.
    pub fn edit(&mut self, edit: &Edit, now: Timestamp) -> Result<Edited, EditError> {
        let key = self.locale_meant(edit.locale.as_deref())?;
        let page = self.page_at(&edit.page)?;
        let patch = body::entry(&edit.values).map_err(EditError::Malformed)?.patch;
        let has_slug = page.kind == PageKind::Static && (key == LocaleKey::Primary || self.localized_slugs);
        if patch.slug.is_some() && !has_slug {
            return Err(EditError::SlugFixed);
        }
        let values = |page: &Page| Metadata { last_updated: None, ..page.own(&key).clone() };
        let before = values(page);
        let entry = Entry { page: page.id.clone(), locale: key.clone(), patch };
        self.write_in_the_designer(&entry, now).map_err(|refusal| refused(refusal, edit))?;
        let changed = self.page(&entry.page).map(values).is_some_and(|after| after != before);
        Ok(Edited { locale: self.locale(&key).map(|locale| locale.tag.clone()), changed })
    }

    /// Writes what the API would not let through, or would change on the way.
    pub(super) fn write_in_the_designer(&mut self, entry: &Entry, now: Timestamp) -> Result<(), Refusal> {
        let switches = self.switches;
        self.switches = Switches { updated: switches.updated, share_image: ShareImage::Kept, ..Switches::default() };
        let written = self.write(entry, now);
        self.switches = switches;
        written
    }

    fn locale_meant(&self, tag: Option<&str>) -> Result<LocaleKey, EditError> {
        let Some(tag) = tag.filter(|tag| LocaleKey::from((*tag).to_owned()) != LocaleKey::Primary) else {
            return Ok(LocaleKey::Primary);
        };
        self.key_of_tag(tag).ok_or_else(|| EditError::UnknownLocale {
            locale: tag.to_owned(),
            known: self.locale_list().iter().map(|locale| locale.tag.clone()).collect(),
        })
    }

    fn page_at(&self, path: &str) -> Result<&Page, EditError> {
        let pages = || self.pages.iter().filter(|page| page.branch.is_none());
        let path_of = |page: &Page| self.staged_path(page, &LocaleKey::Primary);
        pages()
            .find(|page| path_of(page) == path)
            .ok_or_else(|| EditError::UnknownPage { page: path.to_owned(), known: pages().map(path_of).collect() })
    }
}

fn refused(refusal: Refusal, edit: &Edit) -> EditError {
    match refusal {
        Refusal::UnknownPage => EditError::UnknownPage { page: edit.page.clone(), known: Vec::new() },
        Refusal::Empty(field) => EditError::Empty(field),
        Refusal::Image(problem) => EditError::Malformed(problem.to_owned()),
        Refusal::SlugConflict(slug) | Refusal::SlugInvalid(slug) => EditError::SlugTaken(slug),
    }
}
