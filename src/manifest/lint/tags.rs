//! Which locale a key of a manifest means: as the site has it, or without the site as the manifests spell it.
//!
//! Only the site knows its primary locale for sure. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::super::lower::{self, keys_in_order};
use super::super::page::LocaleManifest;
use super::super::read::{PageDocument, ProjectDocument};
use super::subject::{Earlier, Known};
use crate::model::{Field, Live, LocaleTag};
use crate::source::Location;

/// Which locale a key means.
pub(in crate::manifest) struct Tags<'a> {
    pub(in crate::manifest) primary: LocaleTag,
    /// Where a manifest says `primary` and nobody knows what it said before.
    pub(in crate::manifest) unclear: Option<Location>,
    /// By their lower-case form.
    spelled: BTreeMap<String, LocaleTag>,
    live: Option<&'a Live>,
}

impl<'a> Tags<'a> {
    /// Returns the locales of the site; without it, those of the manifests.
    pub(in crate::manifest) fn of(known: &Known<'a>) -> Self {
        let live = known.site.map(|(_, live)| live);
        let mut spelled: BTreeMap<String, LocaleTag> = BTreeMap::new();
        let mut firsts: BTreeMap<String, usize> = BTreeMap::new();
        for document in known.documents {
            let keys = keys_in_order(document);
            for (key, _) in &keys {
                spelled.entry(key.to_lowercase()).or_insert_with(|| LocaleTag::from(*key));
            }
            if let Some((first, _)) = keys.first() {
                *firsts.entry(first.to_lowercase()).or_default() += 1;
            }
        }
        let was_stated = known.earlier.and_then(|earlier| stated_primary(earlier.project));
        let stated = stated_primary(known.project).or(was_stated);
        let named = spelled.get(LocaleTag::PRIMARY);
        let usual = firsts.into_iter().max_by_key(|(_, count)| *count).and_then(|(key, _)| spelled.get(&key));
        let mut unclear = None;
        let primary = match (live, stated) {
            (Some(live), _) => live.site.primary.tag.clone(),
            (None, Some(stated)) => stated.into(),
            (None, None) => match Renamed::of(known) {
                Renamed::Tag(tag) => tag,
                renamed @ (Renamed::Nothing | Renamed::Unclear(_)) => {
                    unclear = renamed.unclear();
                    named.or(usual).cloned().unwrap_or_else(|| LocaleTag::PRIMARY.into())
                }
            },
        };
        Self { primary, unclear, spelled, live }
    }

    /// Returns the locale; nothing if the site has none of that name.
    pub(super) fn tag(&self, key: &str) -> Option<LocaleTag> {
        if let Some(live) = self.live {
            return live.site.locale(key).map(|locale| locale.tag.clone());
        }
        if key.eq_ignore_ascii_case(LocaleTag::PRIMARY) || self.primary.matches(key) {
            return Some(self.primary.clone());
        }
        Some(self.spelled.get(&key.to_lowercase()).cloned().unwrap_or_else(|| key.into()))
    }

    /// Returns where published locales live. Without the site, Webflow's usual ones: the language, or the whole tag.
    pub(super) fn subdirectories(&self) -> BTreeSet<String> {
        if let Some(live) = self.live {
            let all = live.site.locales().map(|locale| locale.subdirectory.clone());
            return all.filter(|subdirectory| !subdirectory.is_empty()).collect();
        }
        let secondary = self.spelled.values().filter(|tag| **tag != self.primary);
        let forms = secondary.flat_map(|tag| {
            let whole = tag.as_str().to_lowercase();
            let language = whole.split(['-', '_']).next().unwrap_or_default().to_owned();
            [whole, language]
        });
        forms.filter(|form| form != LocaleTag::PRIMARY).collect()
    }
}

fn stated_primary(project: Option<&ProjectDocument>) -> Option<&str> {
    project?.manifest.locales.primary.as_deref()
}

/// Whether the manifests have begun to write `primary` for the tag of a locale since an earlier commit, or the other way
/// round: the same locale then, and no text of it is new.
#[derive(Debug, PartialEq, Eq)]
enum Renamed {
    /// Nothing says so.
    Nothing,
    /// They write the one for the other.
    Tag(LocaleTag),
    /// `primary` has come or gone here, and what stood for it cannot be told.
    Unclear(Location),
}

impl Renamed {
    /// Compares each page with itself. That a key has gone where `primary` has come may be chance; that it said the same is
    /// none.
    fn of(known: &Known<'_>) -> Self {
        let Some(as_it_was) = known.earlier.filter(|_| known.site.is_none()) else { return Self::Nothing };
        let earlier = Earlier::of(as_it_was);
        let both = known.documents.iter().filter_map(|now| Some((now, earlier.document(now)?)));
        let swaps: Vec<(&PageDocument, Swap<'_>)> =
            both.filter_map(|(now, before)| Some((now, Swap::of(now, before)?))).collect();
        let Some((first, _)) = swaps.first() else { return Self::Nothing };
        let tags: BTreeSet<String> =
            swaps.iter().flat_map(|(_, swap)| &swap.same).map(|key| key.to_lowercase()).collect();
        // Where both stand side by side, they are two locales; and where one comes while `primary` comes elsewhere.
        let has_both = |tag: &str, document: &PageDocument| has(document, tag) && has(document, LocaleTag::PRIMARY);
        let comes = |tag: &str, now: &PageDocument| {
            has(now, tag) && !earlier.document(now).is_some_and(|it| has(it, tag) || has(it, LocaleTag::PRIMARY))
        };
        let primary_comes = has(first, LocaleTag::PRIMARY);
        let is_two = |tag: &str| {
            let mut all = known.documents.iter().chain(as_it_was.documents);
            all.any(|document| has_both(tag, document))
                || (primary_comes && known.documents.iter().any(|now| comes(tag, now)))
        };
        let only = tags.first().filter(|tag| tags.len() == 1 && !is_two(tag));
        let spelled = only.and_then(|tag| swaps.iter().flat_map(|(_, swap)| &swap.same).find(|key| is(key, tag)));
        match spelled {
            Some(tag) => Self::Tag((*tag).into()),
            None => Self::Unclear(first.location.clone()),
        }
    }

    fn unclear(self) -> Option<Location> {
        match self {
            Self::Unclear(location) => Some(location),
            Self::Nothing | Self::Tag(_) => None,
        }
    }
}

/// A page in which `primary` has come or gone, and other keys the other way.
struct Swap<'a> {
    /// Those of the other keys that say something of what `primary` says.
    same: Vec<&'a str>,
}

impl<'a> Swap<'a> {
    fn of(now: &'a PageDocument, before: &'a PageDocument) -> Option<Self> {
        let (with, without) = match (has(now, LocaleTag::PRIMARY), has(before, LocaleTag::PRIMARY)) {
            (true, false) => (now, before),
            (false, true) => (before, now),
            (true, true) | (false, false) => return None,
        };
        let primary = with.manifest.locales.iter().find(|(key, _)| is(key, LocaleTag::PRIMARY)).map(|(_, it)| it)?;
        let mut others = without.manifest.locales.iter().filter(|(key, _)| !has(with, key)).peekable();
        // Else `primary` was only added, or only taken away.
        others.peek()?;
        Some(Self { same: others.filter(|(_, values)| agree(primary, values)).map(|(key, _)| key.as_str()).collect() })
    }
}

/// Returns whether two locales say the same of any text.
fn agree(one: &LocaleManifest, other: &LocaleManifest) -> bool {
    let texts = |values| Field::ALL.into_iter().filter_map(move |field| Some((field, lower::text(values, field)?)));
    let others: BTreeSet<(Field, &str)> = texts(other).collect();
    texts(one).any(|text| others.contains(&text))
}

fn has(document: &PageDocument, tag: &str) -> bool {
    document.manifest.locales.keys().any(|key| is(key, tag))
}

fn is(key: &str, tag: &str) -> bool {
    key.eq_ignore_ascii_case(tag)
}
