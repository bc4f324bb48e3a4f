//! Coverage: who says what a page reads in a locale, the manifests, the primary locale, or nobody.
//!
//! Pure. Compares what is wanted with what is there and shows no values. Must not know an output format.

use std::collections::BTreeMap;

use crate::model::{Desired, Field, Live, LivePage, LocaleTag, PageId, PagePath, Value};
use crate::plan::Selection;

/// The fields that are looked at unless others are named: what a search result shows.
pub const USUAL_FIELDS: [Field; 2] = [Field::SeoTitle, Field::SeoDescription];

/// Who says what a field reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// A manifest states it.
    Managed,
    /// No manifest states it, and it reads as in the primary locale.
    Inherited,
    /// A manifest states it, in the words of the primary locale.
    Same,
    /// It has words of its own on the site, which no manifest states.
    Unmanaged,
    /// It reads as nothing, and no manifest states that.
    Missing,
}

/// The coverage of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The fields looked at.
    pub fields: Vec<Field>,
    /// The locales, in the site's order.
    pub locales: Vec<LocaleTag>,
    /// The pages, by path.
    pub pages: Vec<PageStatus>,
}

/// The coverage of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageStatus {
    /// The page's id.
    pub id: PageId,
    /// The page's path.
    pub path: PagePath,
    /// The states of the fields, by locale. A locale in which the page is not listed is missing.
    pub locales: BTreeMap<LocaleTag, BTreeMap<Field, State>>,
}

/// Which pages, locales and fields to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The pages and locales.
    pub selection: Selection,
    /// The fields.
    pub fields: Vec<Field>,
    /// Whether archived and utility pages count although no manifest describes them.
    pub all: bool,
}

/// Returns the coverage of the pages that are described, and of those that could be.
pub fn status(desired: &Desired, live: &Live, scope: &Scope) -> Status {
    let Scope { selection, fields, all } = scope;
    let locales = live.site.locales().map(|locale| locale.tag.clone()).filter(|tag| selection.has_locale(tag));
    let locales: Vec<LocaleTag> = locales.collect();
    let is_meant = |page: &&LivePage| desired.pages.contains_key(&page.id) || *all || !page.is_aside();
    let pages = live.pages.values().filter(is_meant).map(|page| PageStatus {
        id: page.id.clone(),
        path: desired.pages.get(&page.id).map_or_else(|| live.known_path(page), |wanted| wanted.path.clone()),
        locales: page_states(desired, live, page, &locales, fields),
    });
    let mut pages: Vec<PageStatus> = pages.filter(|page| selection.has_page(&page.id, &page.path)).collect();
    pages.sort_by(|a, b| (&a.path, &a.id).cmp(&(&b.path, &b.id)));
    Status { fields: fields.clone(), locales, pages }
}

fn page_states(
    desired: &Desired,
    live: &Live,
    page: &LivePage,
    locales: &[LocaleTag],
    fields: &[Field],
) -> BTreeMap<LocaleTag, BTreeMap<Field, State>> {
    let states = locales.iter().map(|tag| {
        let is_listed = page.locales.contains_key(tag);
        let state = |field| if is_listed { state(desired, live, page, tag, field) } else { State::Missing };
        let fields = fields.iter().map(|field| (*field, state(*field)));
        (tag.clone(), fields.collect())
    });
    states.collect()
}

fn state(desired: &Desired, live: &Live, page: &LivePage, tag: &LocaleTag, field: Field) -> State {
    let metadata = |tag: &LocaleTag| live.metadata(&page.id, tag);
    let read = |tag: &LocaleTag| metadata(tag).map(|metadata| metadata.effective(field)).filter(is_said);
    let wanted = |tag: &LocaleTag, field: Field| {
        let stated = desired.fields(&page.id, tag).find(|(stated, _)| *stated == field);
        stated.map(|(_, stated)| stated.value.clone())
    };
    let primary = Some(&live.site.primary.tag).filter(|primary| *primary != tag);
    if let Some(value) = wanted(tag, field) {
        let of_primary = primary.and_then(|primary| wanted(primary, field).or_else(|| read(primary)));
        return if is_said(&value) && of_primary == Some(value) { State::Same } else { State::Managed };
    }
    // Open Graph text that is copied takes its words from the search texts.
    if let Some(flag) = field.copied_flag().filter(|flag| metadata(tag).is_some_and(|metadata| metadata.flag(*flag))) {
        return if wanted(tag, flag).is_some() { State::Managed } else { State::Inherited };
    }
    match read(tag) {
        None => State::Missing,
        value if primary.and_then(read) == value => State::Inherited,
        Some(_) => State::Unmanaged,
    }
}

/// Returns whether a value says anything.
fn is_said(value: &Value) -> bool {
    !value.is_empty()
}

impl State {
    /// Every state, the best first.
    pub const ALL: [Self; 5] = [Self::Managed, Self::Inherited, Self::Same, Self::Unmanaged, Self::Missing];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Managed => "managed",
            Self::Inherited => "inherited",
            Self::Same => "same-as-primary",
            Self::Unmanaged => "unmanaged",
            Self::Missing => "missing",
        }
    }
}

impl Status {
    /// Returns how many fields of a locale are in each state.
    pub fn totals(&self, locale: &LocaleTag) -> BTreeMap<State, usize> {
        let mut totals = BTreeMap::new();
        for state in self.pages.iter().filter_map(|page| page.locales.get(locale)).flat_map(BTreeMap::values) {
            *totals.entry(*state).or_insert(0) += 1;
        }
        totals
    }
}

impl PageStatus {
    /// Returns the worst state of the page's fields in a locale; nothing of a locale that was not looked at.
    pub fn worst(&self, locale: &LocaleTag) -> Option<State> {
        self.locales.get(locale)?.values().max().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_state_is_the_one_that_needs_most_attention() {
        let states = [State::Missing, State::Unmanaged, State::Same, State::Inherited, State::Managed];
        assert!(states.is_sorted_by(|worse, better| worse > better));
        let fields = BTreeMap::from([(Field::SeoTitle, State::Managed), (Field::SeoDescription, State::Missing)]);
        let locales = BTreeMap::from([(LocaleTag::from("en-US"), fields)]);
        let page = PageStatus { id: "a".into(), path: "/a".into(), locales };
        assert_eq!(page.worst(&"en-US".into()), Some(State::Missing));
        assert_eq!(page.worst(&"fr-FR".into()), None);
    }
}
