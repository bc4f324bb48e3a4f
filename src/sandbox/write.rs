//! Writes to a site: one page in one locale, many of them, and publishing.
//!
//! Pure. The time comes as an argument; a refused write has changed nothing.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::document::{LocaleKey, Metadata, OpenGraph, Page, PageKind, Seo, Site, Undocumented, is_image};
use super::switches::{Bulk, Clear, Copied, Merge, Normalize, ShareImage, SlugTaken, Switches, Updated};

/// The values that a request sends; what it leaves out is `None`.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Patch {
    pub(super) title: Option<String>,
    pub(super) slug: Option<String>,
    pub(super) seo: Option<Seo>,
    pub(super) open_graph: Option<OpenGraph>,
}

/// A patch and where it goes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) page: String,
    pub(super) locale: LocaleKey,
    pub(super) patch: Patch,
}

/// Why a write was refused.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Refusal {
    UnknownPage,
    /// A field that cannot be empty, or cannot be emptied.
    Empty(&'static str),
    /// The slug of another page, answered as a conflict.
    SlugConflict(String),
    /// The slug of another page, answered as an invalid value.
    SlugInvalid(String),
    /// Something is wrong with the share image.
    Image(&'static str),
}

/// What became of a bulk request: the entries that were written, and the first refusal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BulkOutcome {
    pub(super) written: Vec<usize>,
    pub(super) refused: Option<Refusal>,
}

impl Site {
    /// Writes values of one page in one locale.
    pub(super) fn write(&mut self, entry: &Entry, now: Timestamp) -> Result<(), Refusal> {
        let Entry { page: id, locale: key, patch } = entry;
        let index = self.pages.iter().position(|page| page.id == *id).ok_or(Refusal::UnknownPage)?;
        let patch = accept(patch, &self.switches)?;
        let slug = self.accept_slug(&self.pages[index], key, patch.slug.as_deref())?;
        let seen = self.published_paths(&self.pages[index]);
        let switches = self.switches;
        let page = &mut self.pages[index];
        let moment = later_than(page, now);
        apply(page, key, &patch, slug, &switches);
        match switches.updated {
            Updated::Locale if *key != LocaleKey::Primary => {
                page.values.entry(key.clone()).or_default().last_updated = Some(moment);
            }
            Updated::Locale | Updated::Page => page.last_updated = Some(moment),
        }
        self.keep_published_paths(index, seen);
        self.identity.last_updated = Some(moment);
        Ok(())
    }

    /// Writes many entries, as far as the switch says when one of them is refused.
    pub(super) fn write_all(&mut self, entries: &[Entry], now: Timestamp) -> BulkOutcome {
        let before = (self.switches.bulk == Bulk::AllOrNothing).then(|| self.clone());
        let mut outcome = BulkOutcome { written: Vec::new(), refused: None };
        for (index, entry) in entries.iter().enumerate() {
            let Err(refusal) = self.write(entry, now) else {
                outcome.written.push(index);
                continue;
            };
            outcome.refused.get_or_insert(refusal);
            match self.switches.bulk {
                Bulk::AllOrNothing | Bulk::UntilFirstBad => break,
                Bulk::EveryGood => {}
            }
        }
        if let Some(before) = before
            && outcome.refused.is_some()
        {
            *self = before;
            outcome.written.clear();
        }
        outcome
    }

    /// Shows visitors what has been written: of one page, or of all that are neither drafts nor archived.
    pub(super) fn publish(&mut self, only: Option<&str>, domains: &[String], now: Timestamp) {
        for page in &mut self.pages {
            let meant = only.is_none_or(|id| id == page.id);
            if meant && !page.draft && !page.archived {
                page.published = None;
                page.published_paths.clear();
            }
        }
        self.identity.last_published = Some(now);
        for domain in &mut self.identity.custom_domains {
            if domains.contains(&domain.id) {
                domain.last_published = Some(now);
            }
        }
    }

    /// Returns the slug to store: none where none was sent or where slugs are ignored.
    fn accept_slug(&self, page: &Page, key: &LocaleKey, slug: Option<&str>) -> Result<Option<String>, Refusal> {
        let Some(slug) = slug else { return Ok(None) };
        let localized = *key == LocaleKey::Primary || self.localized_slugs;
        if page.kind != PageKind::Static || !localized {
            return Ok(None);
        }
        if slug.is_empty() {
            return Err(Refusal::Empty("slug"));
        }
        if !self.is_slug_taken(page, key, slug) {
            return Ok(Some(slug.to_owned()));
        }
        match self.switches.slug_taken {
            SlugTaken::Conflict => Err(Refusal::SlugConflict(slug.to_owned())),
            SlugTaken::BadRequest => Err(Refusal::SlugInvalid(slug.to_owned())),
            SlugTaken::Suffix => {
                let mut numbered = (2..).map(|number| format!("{slug}-{number}"));
                Ok(numbered.find(|candidate| !self.is_slug_taken(page, key, candidate)))
            }
        }
    }

    fn published_paths(&self, page: &Page) -> BTreeMap<LocaleKey, String> {
        let keys = self.locale_keys().into_iter();
        keys.filter_map(|key| self.published_path(page, &key).map(|path| (key, path))).collect()
    }

    /// Pins the paths that visitors see to what they were, wherever the staged one is another now.
    fn keep_published_paths(&mut self, index: usize, mut seen: BTreeMap<LocaleKey, String>) {
        seen.retain(|key, path| *path != self.staged_path(&self.pages[index], key));
        self.pages[index].published_paths = seen;
    }
}

/// A write always moves the time, even if two fall into one millisecond or the clock was set back.
fn later_than(page: &Page, now: Timestamp) -> Timestamp {
    let latest = page.values.values().filter_map(|own| own.last_updated).fold(page.updated(), Timestamp::max);
    let next = latest.saturating_add(SignedDuration::from_millis(1)).unwrap_or(latest);
    now.max(next)
}

/// Returns the patch as the server takes it: normalized, and without what it ignores.
fn accept(patch: &Patch, switches: &Switches) -> Result<Patch, Refusal> {
    let Patch { title, slug, seo, open_graph } = patch.clone();
    let text = |value: Option<String>, field: &'static str| accept_text(value, field, switches);
    let slug = match switches.normalize {
        Normalize::LowerCaseSlugs => slug.map(|slug| slug.to_lowercase()),
        Normalize::AsSent | Normalize::Trimmed => slug,
    };
    let accept_seo = |Seo { title, description, undocumented }| -> Result<Seo, Refusal> {
        Ok(Seo { title: text(title, "seo.title")?, description: text(description, "seo.description")?, undocumented })
    };
    let accept_open_graph = |OpenGraph { title, title_copied, description, description_copied, undocumented }| {
        check_image(&undocumented, switches)?;
        Ok(OpenGraph {
            title: text(title, "openGraph.title")?,
            title_copied,
            description: text(description, "openGraph.description")?,
            description_copied,
            undocumented,
        })
    };
    Ok(Patch {
        title: text(title, "title")?,
        slug: text(slug, "slug")?,
        seo: seo.map(accept_seo).transpose()?,
        open_graph: open_graph.map(accept_open_graph).transpose()?,
    })
}

/// An update takes one leaf of the share image, a text.
fn check_image(sent: &Undocumented, switches: &Switches) -> Result<(), Refusal> {
    let images: Vec<&Value> = sent.iter().filter(|(leaf, _)| is_image(leaf)).map(|(_, value)| value).collect();
    let is_text = |value: &&Value| value.as_str().is_some_and(|text| !text.is_empty());
    match (switches.share_image, images.len()) {
        (ShareImage::Absent, _) => Ok(()),
        (_, 2..) => Err(Refusal::Image("imageUrl and imageAssetId cannot be sent together")),
        _ if !images.iter().all(is_text) => Err(Refusal::Image("the share image must be a text that is not empty")),
        _ => Ok(()),
    }
}

fn accept_text(value: Option<String>, field: &'static str, switches: &Switches) -> Result<Option<String>, Refusal> {
    let value = match switches.normalize {
        Normalize::Trimmed => value.map(|text| text.trim().to_owned()),
        Normalize::AsSent | Normalize::LowerCaseSlugs => value,
    };
    if value.as_deref() != Some("") {
        return Ok(value);
    }
    match switches.clear {
        Clear::Empties => Ok(value),
        Clear::Ignored => Ok(None),
        Clear::Refused => Err(Refusal::Empty(field)),
    }
}

fn apply(page: &mut Page, key: &LocaleKey, patch: &Patch, slug: Option<String>, switches: &Switches) {
    let primary = match key {
        LocaleKey::Primary => Metadata::default(),
        LocaleKey::Secondary(_) => page.own(&LocaleKey::Primary).clone(),
    };
    let inherited = primary.open_graph;
    let Patch { title, slug: _, seo, open_graph } = patch;
    let own = page.values.entry(key.clone()).or_default();
    overwrite(&mut own.title, title);
    overwrite(&mut own.slug, &slug);
    if let Some(sent) = seo {
        let undocumented = std::mem::take(&mut own.seo.undocumented);
        reset(&mut own.seo, switches);
        own.seo.undocumented = left(&undocumented, &primary.seo.undocumented, &sent.undocumented, switches);
        overwrite(&mut own.seo.title, &sent.title);
        overwrite(&mut own.seo.description, &sent.description);
    }
    if let Some(sent) = open_graph {
        let undocumented = std::mem::take(&mut own.open_graph.undocumented);
        reset(&mut own.open_graph, switches);
        let open_graph = &mut own.open_graph;
        open_graph.undocumented = left(&undocumented, &inherited.undocumented, &sent.undocumented, switches);
        overwrite(&mut open_graph.title, &sent.title);
        let flag = sent.title_copied.or(implied(&sent.title, switches));
        settle(&mut open_graph.title, &mut open_graph.title_copied, flag, inherited.title_copied);
        overwrite(&mut open_graph.description, &sent.description);
        let flag = sent.description_copied.or(implied(&sent.description, switches));
        settle(&mut open_graph.description, &mut open_graph.description_copied, flag, inherited.description_copied);
    }
    if *own == Metadata::default() && *key != LocaleKey::Primary {
        page.values.remove(key);
    }
}

/// Returns the undocumented leaves that a locale has of its own after a write. What is sent counts only if the page has
/// such a leaf, or if it is the share image.
fn left(own: &Undocumented, inherited: &Undocumented, sent: &Undocumented, switches: &Switches) -> Undocumented {
    let sends_image = sent.keys().any(|leaf| is_image(leaf));
    let is_sent = |leaf: &String| sent.contains_key(leaf) || (sends_image && is_image(leaf));
    let mut left = own.clone();
    match switches.share_image {
        ShareImage::Absent => return left,
        ShareImage::Kept => {}
        ShareImage::Dropped => left.retain(|leaf, _| is_sent(leaf)),
    }
    for (leaf, value) in sent.iter().filter(|(leaf, value)| own.get(*leaf) != Some(*value)) {
        if is_image(leaf) {
            left.retain(|leaf, _| !is_image(leaf));
        } else if !own.contains_key(leaf) && !inherited.contains_key(leaf) {
            continue;
        }
        left.insert(leaf.clone(), value.clone());
    }
    left
}

fn overwrite(value: &mut Option<String>, sent: &Option<String>) {
    if sent.is_some() {
        value.clone_from(sent);
    }
}

/// Forgets the leaves of an object that is about to be written, if writing means replacing.
fn reset<T: Default>(object: &mut T, switches: &Switches) {
    match switches.merge {
        Merge::Merges => {}
        Merge::Replaces => *object = T::default(),
    }
}

/// Returns what text says about its flag when the flag itself was not sent.
fn implied(sent: &Option<String>, switches: &Switches) -> Option<bool> {
    match switches.copied {
        Copied::SetsFalse => sent.as_ref().map(|_| false),
        Copied::Left => None,
    }
}

/// Sets the flag, and keeps it and the text in step: text has a flag of its own that is false.
fn settle(text: &mut Option<String>, copied: &mut Option<bool>, flag: Option<bool>, inherited: Option<bool>) {
    *copied = flag.or(*copied);
    if copied.or(inherited).unwrap_or(true) {
        *text = None;
    } else if text.is_some() {
        *copied = Some(false);
    }
}
