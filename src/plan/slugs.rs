//! Slugs as places that are taken and freed: who must go before whom, and who would collide.
//!
//! A slug is unique within a folder and a locale. Where a secondary locale inherits its slug, the primary's change moves
//! it too. Must not know levels or request bodies.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, codes};
use crate::diagnostic::Diagnostic;
use crate::model::{Field, FolderId, Live, LivePage, LocaleTag, PageId};

/// A name in a folder and a locale, which only one page can have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    folder: Option<FolderId>,
    locale: LocaleTag,
    slug: String,
}

impl Place {
    /// Returns the place that a page has with a slug.
    pub(super) fn of(page: &LivePage, locale: &LocaleTag, slug: &str) -> Self {
        Self { folder: page.folder.clone(), locale: locale.clone(), slug: slug.to_owned() }
    }
}

/// The places a slug change takes and those it frees.
#[derive(Debug, Clone, Default)]
pub(super) struct Moves {
    pub(super) takes: Vec<Place>,
    pub(super) frees: Vec<Place>,
}

/// Returns the places that a slug change takes and frees; none if nothing moves, as with a pinned slug.
pub(super) fn moves(live: &Live, change: &Change) -> Moves {
    let (Some(page), true) = (live.pages.get(&change.address.page), change.before != change.after) else {
        return Moves::default();
    };
    let after = change.after.as_text().unwrap_or_default();
    let (frees, takes) = change
        .slug_locales()
        .map(|locale| (Place::of(page, locale, page.slug(locale)), Place::of(page, locale, after)))
        .unzip();
    Moves { takes, frees }
}

/// Returns every slug of the site.
pub(super) fn taken(live: &Live) -> BTreeSet<&str> {
    let locales = live.pages.values().flat_map(|page| page.locales.values());
    locales.map(|values| values.metadata.text(Field::Slug)).collect()
}

/// How a temporary slug begins.
const TEMPORARY: &str = "slugline-tmp-";

/// Returns whether a slug has the form of a temporary one.
pub(super) fn is_temporary(slug: &str) -> bool {
    slug.starts_with(TEMPORARY)
}

/// Returns a slug for a page that waits for its real one, unlike any slug of the site.
pub(super) fn temporary(taken: &BTreeSet<&str>, page: &PageId) -> String {
    let id = page.as_str();
    let tail = id.char_indices().rev().nth(7).map_or(id, |(start, _)| &id[start..]);
    let mut slug = format!("{TEMPORARY}{tail}");
    while taken.contains(slug.as_str()) {
        slug.push('x');
    }
    slug
}

/// Says which pages would end up with the slug of another one: once for each change and other page, with the locales.
pub(super) fn collisions(live: &Live, changes: &[Change], diagnostics: &mut Vec<Diagnostic>) {
    let slugs: Vec<&Change> = changes.iter().filter(|change| change.field == Field::Slug).collect();
    let mut moved: BTreeMap<(&PageId, &LocaleTag), usize> = BTreeMap::new();
    for (index, change) in slugs.iter().enumerate() {
        for locale in change.followers.iter().chain([&change.address.locale]) {
            moved.insert((&change.address.page, locale), index);
        }
    }
    let mut taken: BTreeMap<(usize, &PageId), Vec<&LocaleTag>> = BTreeMap::new();
    for locale in live.site.locales().map(|locale| &locale.tag) {
        for pages in
            crowded(live, locale, |page| moved.get(&(&page.id, locale)).and_then(|index| slugs[*index].after.as_text()))
        {
            for page in &pages {
                let Some(index) = moved.get(&(&page.id, locale)).copied() else { continue };
                let other = pages.iter().find(|other| other.id != page.id);
                if let Some(other) = other.filter(|_| slugs[index].before != slugs[index].after) {
                    taken.entry((index, &other.id)).or_default().push(locale);
                }
            }
        }
    }
    diagnostics
        .extend(taken.into_iter().map(|((index, other), locales)| is_taken(live, slugs[index], other, &locales)));
}

/// Returns the pages that share a slug in a folder and locale, given the slugs that change.
fn crowded<'l>(
    live: &'l Live,
    locale: &LocaleTag,
    new_slug: impl Fn(&'l LivePage) -> Option<&'l str>,
) -> Vec<Vec<&'l LivePage>> {
    let mut holders: BTreeMap<(Option<&FolderId>, &str), Vec<&LivePage>> = BTreeMap::new();
    for page in live.pages.values() {
        let slug = new_slug(page).unwrap_or_else(|| page.slug(locale));
        if !slug.is_empty() {
            holders.entry((page.folder.as_ref(), slug)).or_default().push(page);
        }
    }
    holders.into_values().filter(|pages| pages.len() > 1).collect()
}

fn is_taken(live: &Live, change: &Change, other: &PageId, locales: &[&LocaleTag]) -> Diagnostic {
    let slug = change.after.as_text().unwrap_or_default();
    let holder = live.pages.get(other).map(|page| live.known_path(page).to_string()).unwrap_or_default();
    let locales: Vec<&str> = locales.iter().map(|locale| locale.as_str()).collect();
    let message = format!("the slug `{slug}` is taken in {} by `{holder}` (page {other})", locales.join(", "));
    Diagnostic::error(codes::SLUG_TAKEN, message)
        .at(change.source.clone())
        .help("choose another slug, or give the other page another one in the same plan")
}
