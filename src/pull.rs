//! The diff read the other way: what the manifests would have to say so that a plan finds nothing to change.
//!
//! Only what is managed and differs. Pure: knows values and edits, no file.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::edit::{self, Edit};
use crate::manifest::read::PageDocument;
use crate::model::{
    Address, Desired, DesiredLocale, DesiredPage, Field, Kind, Live, Locale, LocaleTag, Metadata, PageId, PagePath,
    Value,
};
use crate::plan::Selection;
use crate::source::Location;

/// A key of a manifest that would say something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// The page and locale.
    pub address: Address,
    /// The page's path, for people.
    pub path: PagePath,
    /// The field.
    pub field: Field,
    /// What the manifest says; nothing if it does not have the key.
    pub before: Option<Value>,
    /// What it would say; nothing if the key goes.
    pub after: Option<Value>,
    /// Where it stands, or where it would belong.
    pub source: Location,
    /// How the manifest gets there.
    pub edit: Edit,
}

impl Adoption {
    /// Returns what it is about.
    pub fn key(&self) -> (Address, Field) {
        (self.address.clone(), self.field)
    }
}

/// What to take over; everything where nothing is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// The pages and locales.
    pub selection: Selection,
    /// The fields; one half of an Open Graph pair stands for both.
    pub fields: BTreeSet<Field>,
}

/// Whose values to take over.
///
/// A default may say what follows from the page's name. So the pages come first, and then whatever still differs: it is
/// stated by the page from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// What the pages state themselves.
    Pages,
    /// What they state, and what the project says for them.
    All,
}

/// Returns what the manifests would have to say, by path, locale in the site's order, and field.
pub fn adoptions(
    desired: &Desired,
    live: &Live,
    documents: &[PageDocument],
    wanted: &Wanted,
    origin: Origin,
) -> Vec<Adoption> {
    let pages = desired.pages.iter().filter(|(id, page)| wanted.selection.has_page(id, &page.path));
    let mut pages: Vec<(&PageId, &DesiredPage)> = pages.collect();
    pages.sort_by(|a, b| (&a.1.path, a.0).cmp(&(&b.1.path, b.0)));
    let documents: BTreeMap<&Location, &PageDocument> =
        documents.iter().map(|document| (&document.location, document)).collect();
    let mut adoptions = Vec::new();
    for (id, page) in pages {
        let Some(document) = documents.get(&page.location).copied() else { continue };
        let keys: BTreeMap<Location, &str> = document.locales_in_place().collect();
        for locale in live.site.locales().filter(|locale| wanted.selection.has_locale(&locale.tag)) {
            let Some((stated, metadata)) = page.locales.get(&locale.tag).zip(live.metadata(id, &locale.tag)) else {
                continue;
            };
            let Some(key) = keys.get(&stated.location).copied() else { continue };
            let place = Place { id, page, locale, document, key, origin };
            for (field, after) in place.differences(stated, metadata, &wanted.fields) {
                adoptions.extend(place.adoption(field, after));
            }
        }
    }
    adoptions
}

/// A path in a manifest that follows the slug of its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follower {
    /// The page.
    pub page: PageId,
    /// The path as it is written.
    pub before: PagePath,
    /// The path with the page's slug.
    pub after: PagePath,
    /// Where it stands.
    pub source: Location,
    /// The document.
    pub document: Location,
}

/// Returns the paths that end in a slug that is taken over. The id decides which page is meant, so a path is only what
/// people read; one that says something else already stays.
pub fn followers(adoptions: &[Adoption], live: &Live, documents: &[PageDocument]) -> Vec<Follower> {
    let documents: BTreeMap<&Location, &PageDocument> =
        documents.iter().map(|document| (&document.location, document)).collect();
    let slugs = adoptions.iter().filter(|adoption| adoption.field == Field::Slug);
    let slugs = slugs.filter(|adoption| live.site.is_primary(&adoption.address.locale));
    let follower = |adoption: &Adoption| {
        let document = documents.get(&adoption.edit.document)?;
        let before = PagePath::from(document.manifest.id.as_ref().and(document.manifest.path.as_ref())?.as_str());
        let (old, new) = (adoption.before.as_ref()?.as_text()?, adoption.after.as_ref()?.as_text()?);
        (before.slug() == old).then(|| Follower {
            page: adoption.address.page.clone(),
            after: before.with_slug(new),
            before,
            source: document.location_of(&["path"]),
            document: document.location.clone(),
        })
    };
    slugs.filter_map(follower).collect()
}

/// A locale of a page in its document.
struct Place<'a> {
    id: &'a PageId,
    page: &'a DesiredPage,
    locale: &'a Locale,
    document: &'a PageDocument,
    key: &'a str,
    origin: Origin,
}

impl Place<'_> {
    /// Returns the managed fields that differ from the site, and what their keys would say.
    fn differences(
        &self,
        stated: &DesiredLocale,
        live: &Metadata,
        wanted: &BTreeSet<Field>,
    ) -> Vec<(Field, Option<Value>)> {
        let is_wanted = |field: Field| wanted.is_empty() || wanted.contains(&field);
        let is_meant = |field: Field| match self.origin {
            Origin::Pages => self.states(field) || field.copied_flag().is_some_and(|flag| self.states(flag)),
            Origin::All => true,
        };
        let differs =
            |field: Field| stated.fields.get(&field).is_some_and(|stated| stated.value != live.effective(field));
        let mut found = Vec::new();
        for field in Field::ALL.into_iter().filter(|field| field.kind() == Kind::Text && is_meant(*field)) {
            match field.copied_flag() {
                None if is_wanted(field) && differs(field) => found.push((field, text(field, live))),
                Some(flag) if (is_wanted(field) || is_wanted(flag)) && (differs(field) || differs(flag)) => {
                    let [text, copied] = self.card(live, field, flag);
                    found.extend([(field, text), (flag, copied)]);
                }
                None | Some(_) => {}
            }
        }
        found
    }

    /// Returns what the keys of an Open Graph text and of its flag say: one or the other, since a text implies that it
    /// is not copied. A flag that stands beside a text stays there.
    fn card(&self, live: &Metadata, text: Field, flag: Field) -> [Option<Value>; 2] {
        if live.flag(flag) {
            return [None, Some(Value::Flag(true))];
        }
        let value = live.effective(text);
        match (self.states(text), self.states(flag)) {
            (true, false) => [Some(value), None],
            (true, true) => [Some(value), Some(Value::Flag(false))],
            (false, _) if value.is_empty() => [None, Some(Value::Flag(false))],
            (false, _) => [Some(value), None],
        }
    }

    /// Returns whether the page itself states a field.
    fn states(&self, field: Field) -> bool {
        edit::stated(&self.document.manifest, self.key, field).is_some()
    }

    /// Returns the change of a key, unless it says the same already.
    fn adoption(&self, field: Field, after: Option<Value>) -> Option<Adoption> {
        let before = edit::stated(&self.document.manifest, self.key, field);
        let tag: &LocaleTag = &self.locale.tag;
        let keys: Vec<&str> = ["locales", self.key].into_iter().chain(field.keys().iter().copied()).collect();
        (before != after).then(|| Adoption {
            address: Address { page: self.id.clone(), locale: tag.clone() },
            path: self.page.path.clone(),
            field,
            before,
            source: self.document.location_of(&keys),
            edit: Edit {
                document: self.document.location.clone(),
                locale: self.key.to_owned(),
                field,
                to: after.clone(),
            },
            after,
        })
    }
}

/// Returns what the key of a text says. A page without a slug, the home page, cannot be given one.
fn text(field: Field, live: &Metadata) -> Option<Value> {
    let value = live.effective(field);
    (field != Field::Slug || !value.is_empty()).then_some(value)
}
