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
    let place = |locale: &LocaleTag, slug: &str| Place {
        folder: page.folder.clone(),
        locale: locale.clone(),
        slug: slug.to_owned(),
    };
    let locales = std::iter::once(&change.address.locale).chain(&change.followers);
    let after = change.after.as_text().unwrap_or_default();
    let (frees, takes) = locales.map(|locale| (place(locale, live.slug(page, locale)), place(locale, after))).unzip();
    Moves { takes, frees }
}

/// Returns a slug for a page that waits for its real one, unlike any slug of the site.
pub(super) fn temporary(live: &Live, page: &PageId) -> String {
    let id = page.as_str();
    let tail = id.char_indices().rev().nth(7).map_or(id, |(start, _)| &id[start..]);
    let taken: BTreeSet<&str> = live
        .pages
        .values()
        .flat_map(|page| page.locales.values().map(|values| values.metadata.text(Field::Slug)))
        .collect();
    let mut slug = format!("slugline-tmp-{tail}");
    while taken.contains(slug.as_str()) {
        slug.push('x');
    }
    slug
}

/// Says which pages would end up with the slug of another one.
pub(super) fn collisions(live: &Live, changes: &[Change], diagnostics: &mut Vec<Diagnostic>) {
    let mut moved: BTreeMap<(&PageId, &LocaleTag), &Change> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.field == Field::Slug) {
        for locale in change.followers.iter().chain([&change.address.locale]) {
            moved.insert((&change.address.page, locale), change);
        }
    }
    let locales: BTreeSet<&LocaleTag> = moved.keys().map(|(_, locale)| *locale).collect();
    for locale in locales {
        let mut holders: BTreeMap<(Option<&FolderId>, &str), Vec<&LivePage>> = BTreeMap::new();
        for page in live.pages.values() {
            let change = moved.get(&(&page.id, locale));
            let slug = change.and_then(|change| change.after.as_text()).unwrap_or_else(|| live.slug(page, locale));
            if !slug.is_empty() {
                holders.entry((page.folder.as_ref(), slug)).or_default().push(page);
            }
        }
        for ((_, slug), pages) in holders.into_iter().filter(|(_, pages)| pages.len() > 1) {
            let movers = pages.iter().filter_map(|page| moved.get(&(&page.id, locale)).map(|change| (page, change)));
            for (page, change) in movers.filter(|(_, change)| change.before != change.after) {
                let other = pages.iter().find(|other| other.id != page.id);
                diagnostics.extend(other.map(|other| taken(live, change, locale, slug, other)));
            }
        }
    }
}

fn taken(live: &Live, change: &Change, locale: &LocaleTag, slug: &str, other: &LivePage) -> Diagnostic {
    let holder = live.known_path(other);
    let message = format!("the slug `{slug}` is taken in {locale} by `{holder}` (page {})", other.id);
    Diagnostic::error(codes::SLUG_TAKEN, message)
        .at(change.source.clone())
        .help("choose another slug, or give the other page another one in the same plan")
}
