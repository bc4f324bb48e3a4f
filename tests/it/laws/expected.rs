//! What a plan should write and what an apply should leave behind, worked out from the sandbox's document.

use std::collections::{BTreeMap, BTreeSet};

use slugline::model::{Field, Group, Value};
use slugline::sandbox::{LocaleKey, Merge, Metadata, Page, Site};

use super::edits::Stated;
use super::project::stated_at;
use super::reading::{self, Values, all_reads, own, reads};

/// A field of a page in a locale.
pub(crate) type Spot = (String, LocaleKey, Field);

/// Also states what the API cannot tell from an inherited value, where the server replaces whole objects: that would be
/// lost with any write beside it. What is written about a page-locale in a manifest is kept whatever the server does.
pub(crate) fn state_what_cannot_be_told(site: &Site, stated: &mut Stated) {
    if site.switches.merge == Merge::Merges {
        return;
    }
    for page in site.pages.iter().filter(|page| page.branch.is_none()) {
        for key in site.locale_keys().into_iter().filter(|key| *key != LocaleKey::Primary) {
            let hidden = hidden(site, page, &key);
            if let Some(values) = stated.get_mut(&(page.id.clone(), key)) {
                hidden.into_iter().for_each(|(field, value)| state(values, field, value));
            }
        }
    }
}

/// Returns the texts of a secondary locale that are its own although they read as if they were inherited: empty ones
/// everywhere, equal ones where inherited text reads as nothing.
fn hidden(site: &Site, page: &Page, key: &LocaleKey) -> Values {
    let mut own = own(page, key);
    own.retain(|field, value| {
        let read = reads(site, page, key, *field);
        let primary = reads(site, page, &LocaleKey::Primary, *field);
        field.group() > Group::Slug
            && read == *value
            && value.as_text().is_some()
            && (value.is_empty() || read == primary)
    });
    own
}

/// States a value if nothing is stated that it would contradict.
fn state(values: &mut Values, field: Field, value: Value) {
    let flag = field.copied_flag();
    let is_copied = flag.is_some_and(|flag| values.get(&flag) == Some(&Value::Flag(true)));
    if values.contains_key(&field) || is_copied {
        return;
    }
    values.extend(flag.map(|flag| (flag, Value::Flag(false))));
    values.insert(field, value);
}

/// Returns the page-locales that need a write: something stated reads otherwise, or reads as stated only because the
/// primary locale does, for which something else is stated.
pub(crate) fn writes(site: &Site, stated: &Stated) -> BTreeSet<(String, LocaleKey)> {
    let needs_write = |page: &Page, key: &LocaleKey, values: &Values| {
        values.iter().any(|(field, value)| {
            let now = reads(site, page, key, *field);
            let primary = reads(site, page, &LocaleKey::Primary, *field);
            let primary_wanted = stated_at(stated, &page.id, &LocaleKey::Primary).and_then(|values| values.get(field));
            let moves = *key != LocaleKey::Primary && primary_wanted.is_some_and(|wanted| *wanted != primary);
            now != *value || (moves && now == primary)
        })
    };
    let writes = stated.iter().filter(|((page, key), values)| {
        let page = site.page(page).expect("only pages of the site are stated");
        needs_write(page, key, values)
    });
    writes.map(|(address, _)| address.clone()).collect()
}

/// Returns whether a page that moves would end up with the slug of another page of its folder.
pub(crate) fn has_slug_clash(site: &Site, stated: &Stated) -> bool {
    site.locale_keys().iter().any(|key| {
        let mut holders: BTreeMap<(Option<&str>, String), Vec<bool>> = BTreeMap::new();
        for page in site.pages.iter().filter(|page| page.branch.is_none()) {
            let slug = slug_after(stated, page, key);
            if !slug.is_empty() {
                let moves = slug != reading::slug(page, key);
                holders.entry((page.folder.as_deref(), slug)).or_default().push(moves);
            }
        }
        holders.values().any(|pages| pages.len() > 1 && pages.contains(&true))
    })
}

fn slug_after(stated: &Stated, page: &Page, key: &LocaleKey) -> String {
    let of = |key: &LocaleKey| stated_at(stated, &page.id, key).and_then(|values| values.get(&Field::Slug)).cloned();
    let own = |key: &LocaleKey| own(page, key).remove(&Field::Slug);
    let chain = [of(key), own(key), of(&LocaleKey::Primary), own(&LocaleKey::Primary)];
    let slug = chain.into_iter().flatten().next();
    slug.as_ref().and_then(Value::as_text).unwrap_or_default().to_owned()
}

/// Returns what is stated and reads otherwise.
pub(crate) fn unmet(site: &Site, stated: &Stated) -> BTreeSet<Spot> {
    let mut unmet = BTreeSet::new();
    for ((id, key), values) in stated {
        let page = site.page(id).expect("the page is still there");
        let differing = values.iter().filter(|(field, value)| reads(site, page, key, **field) != **value);
        unmet.extend(differing.map(|(field, _)| (id.clone(), key.clone(), *field)));
    }
    unmet
}

/// Checks that nothing has changed that nobody stated: the values that page-locales have of their own are the same, so
/// that inherited ones still follow their primary, and so is everything else of the site.
pub(crate) fn check_untouched(before: &Site, after: &Site, stated: &Stated) {
    assert_eq!(without_values(before), without_values(after));
    check_extras(before, after);
    for (old, new) in before.pages.iter().zip(&after.pages) {
        for key in before.locale_keys() {
            let values = stated_at(stated, &old.id, &key).cloned().unwrap_or_default();
            let (own_before, own_after) = (own(old, &key), own(new, &key));
            for field in Field::ALL.into_iter().filter(|field| !values.contains_key(field)) {
                let (was, is) = (own_before.get(&field), own_after.get(&field));
                let is_fine = was == is || may_become(before, old, &key, &values, field, is);
                assert!(is_fine, "{} of {} in {key:?} was {was:?} and is {is:?}", field.name(), old.id);
            }
        }
    }
}

/// Returns whether an unstated value may have become this, because what it means cannot be told apart.
fn may_become(before: &Site, page: &Page, key: &LocaleKey, stated: &Values, field: Field, is: Option<&Value>) -> bool {
    let read = reads(before, page, key, field);
    if let Some(flag) = field.copied_flag().and_then(|flag| stated.get(&flag)) {
        // Copied text is none; and what a stated flag is about may be kept as it reads.
        if *flag == Value::Flag(true) || is == Some(&read) {
            return *flag == Value::Flag(false) || is.is_none();
        }
    }
    match key {
        // In the primary locale, what was never set may be set to what that means.
        LocaleKey::Primary => is.is_none_or(|value| *value == read) && (is.is_some() || is_unset(&read)),
        // Elsewhere a value that equals the primary's is taken as inherited.
        LocaleKey::Secondary(_) => is.is_none() && read == reads(before, page, &LocaleKey::Primary, field),
    }
}

fn is_unset(value: &Value) -> bool {
    value.is_empty() || *value == Value::Flag(true)
}

/// Checks that no page has lost or changed what no field is about, in any locale: a share image, or any other leaf. What
/// is inherited is neither lost nor frozen.
pub(crate) fn check_extras(before: &Site, after: &Site) {
    for old in &before.pages {
        // Somebody else may have deleted it.
        let Some(new) = after.page(&old.id) else { continue };
        for key in before.locale_keys() {
            let (was, is) = (reading::own_extras(old, &key), reading::own_extras(new, &key));
            assert_eq!(was, is, "extra leaves of {} in {key:?} with {:?}", old.id, before.switches);
        }
    }
}

/// Returns the site without the values and the times that writes move.
fn without_values(site: &Site) -> Site {
    let mut site = site.clone();
    site.identity.last_updated = None;
    for page in &mut site.pages {
        page.last_updated = None;
        page.values.clear();
        page.published_paths.clear();
    }
    site
}

/// Checks that a step has changed no page-locale but this one, or none at all.
pub(crate) fn check_only_changed(before: &Site, after: &Site, address: Option<&(String, LocaleKey)>) {
    assert_eq!(without_values(before), without_values(after));
    check_extras(before, after);
    for (old, new) in before.pages.iter().zip(&after.pages) {
        for key in before.locale_keys() {
            if address != Some(&(old.id.clone(), key.clone())) {
                assert_eq!(own(old, &key), own(new, &key), "{} in {key:?}", old.id);
            }
        }
    }
}

/// Checks that the program's reader and this module's agree on everything.
pub(crate) fn check_read(site: &Site, live: &slugline::model::Live) {
    let pages: Vec<&Page> = site.pages.iter().filter(|page| page.branch.is_none()).collect();
    assert_eq!(live.pages.len(), pages.len());
    for page in pages {
        for key in site.locale_keys() {
            let tag = reading::tag(site, &key).as_str().into();
            let metadata = live.metadata(&page.id.as_str().into(), &tag).expect("every page is in every locale");
            let read: Values = Field::ALL.into_iter().map(|field| (field, metadata.effective(field))).collect();
            assert_eq!(read, all_reads(site, page, &key), "{} in {key:?}", page.id);
        }
    }
}

/// Returns how often a time in the document may have moved: only pages that were written are newer.
pub(crate) fn newer_pages<'s>(before: &'s Site, after: &'s Site) -> BTreeSet<&'s str> {
    let time = |page: &Page| {
        let own = page.values.values().filter_map(|Metadata { last_updated, .. }| *last_updated);
        own.chain(page.last_updated).max()
    };
    let pairs = before.pages.iter().zip(&after.pages);
    pairs.filter(|(old, new)| time(old) != time(new)).map(|(old, _)| old.id.as_str()).collect()
}
