//! What the manifests of the base state, and those at hand do not any more. The site keeps what it reads, and from now on
//! nobody looks after it: nothing is written, but whoever reviews the change should know.

use std::collections::{BTreeMap, BTreeSet};

use super::{Selection, codes};
use crate::diagnostic::Diagnostic;
use crate::model::{Base, Desired, DesiredPage, Field, LocaleTag, NamedBy, PageId};
use crate::source::Location;

/// More pages than this are told in one sentence.
const TOLD_APART: usize = 10;
/// Names in a list, before the rest is counted.
const NAMED: usize = 3;

const HELP: &str = "the site keeps what it reads; put it back if that is not meant";

/// What is not managed any more.
#[derive(Debug, Default)]
pub(super) struct Released {
    /// How many pages, or parts of them.
    pub(super) count: usize,
    /// What is told of them.
    pub(super) told: Vec<Diagnostic>,
}

/// Returns what is not managed any more, by path.
pub(super) fn released(desired: &Desired, base: &Base, selection: &Selection) -> Released {
    let of_base = selection.pages(&base.desired).into_iter();
    let of_base = of_base.filter(|(_, page)| is_selected(page, selection));
    let (kept, gone): (Vec<_>, Vec<_>) = of_base.partition(|(id, _)| desired.pages.contains_key(*id));

    let others = Others::of(&gone, desired, base);
    let gone = gone.into_iter().map(|(_, page)| {
        let (at, why) = match others.instead_of(page) {
            Some(other) => (other.location.clone(), format!("its manifest names `{}` now", other.path)),
            // The file may be gone as well, so that no line of it is anywhere to be seen.
            None => (Location::whole(&page.location.file), "its manifest is gone".to_owned()),
        };
        Part { what: page.path.to_string(), at, why }
    });
    let kept = kept.into_iter().filter_map(|(id, before)| {
        let now = desired.pages.get(id)?;
        let fields = fields(before, now, selection);
        (!fields.is_empty()).then(|| Part {
            what: format!("a part of {}", now.path),
            at: now.location.clone(),
            why: list(&fields),
        })
    });
    let (gone, kept): (Vec<Part>, Vec<Part>) = (gone.collect(), kept.collect());
    Released { count: gone.len() + kept.len(), told: [told(gone, "pages"), told(kept, "parts of pages")].concat() }
}

/// Returns whether a page stated anything in the locales that are selected. One without locales was managed as a whole.
fn is_selected(page: &DesiredPage, selection: &Selection) -> bool {
    page.locales.is_empty() || page.locales.keys().any(|tag| selection.has_locale(tag))
}

/// The pages that nobody has described before, in files of which a page is gone.
struct Others<'d>(BTreeMap<&'d str, &'d DesiredPage>);

impl<'d> Others<'d> {
    /// Where more than one has come or gone in a file, nobody knows which stands for which.
    fn of(gone: &[(&PageId, &'d DesiredPage)], desired: &'d Desired, base: &Base) -> Self {
        let come = desired.pages.iter().filter(|(id, _)| !base.desired.pages.contains_key(*id));
        let come = alone(come.map(|(_, page)| page));
        let gone = alone(gone.iter().map(|(_, page)| *page));
        Self(come.into_iter().filter(|(file, _)| gone.contains_key(file)).collect())
    }

    /// Returns the page that a manifest names by its path instead of this one.
    fn instead_of(&self, page: &DesiredPage) -> Option<&'d DesiredPage> {
        self.0.get(&*page.location.file).copied().filter(|_| page.named_by == NamedBy::Path)
    }
}

/// Returns the pages that are the only one of their file, by file.
fn alone<'d>(pages: impl Iterator<Item = &'d DesiredPage>) -> BTreeMap<&'d str, &'d DesiredPage> {
    let mut by_file: BTreeMap<&str, Vec<&DesiredPage>> = BTreeMap::new();
    for page in pages {
        by_file.entry(&*page.location.file).or_default().push(page);
    }
    by_file.into_iter().filter(|(_, pages)| pages.len() == 1).map(|(file, pages)| (file, pages[0])).collect()
}

/// A page as a whole, or a part of one.
struct Part {
    what: String,
    at: Location,
    why: String,
}

fn told(parts: Vec<Part>, many: &str) -> Vec<Diagnostic> {
    let note = |message: String| Diagnostic::info(codes::NOT_MANAGED, message).help(HELP);
    if parts.len() > TOLD_APART {
        let names: Vec<String> = parts.iter().map(|part| part.what.clone()).collect();
        return vec![note(format!("{} {many} are not managed any more: {}", parts.len(), list(&names)))];
    }
    let told =
        parts.into_iter().map(|Part { what, at, why }| note(format!("{what} is not managed any more: {why}")).at(at));
    told.collect()
}

/// Returns the fields that a page stated and does not any more, as `seo.title @ fr-FR`.
fn fields(before: &DesiredPage, now: &DesiredPage, selection: &Selection) -> Vec<String> {
    let mut gone = Vec::new();
    for (tag, locale) in before.locales.iter().filter(|(tag, _)| selection.has_locale(tag)) {
        let stated: BTreeSet<Field> =
            now.locales.get(tag).map(|now| now.fields.keys().copied().collect()).unwrap_or_default();
        // A flag beside its text, or in place of it, says no more than the text.
        let is_implied = |field: Field| {
            field.flagged_text().is_some_and(|text| stated.contains(&text) || locale.fields.contains_key(&text))
        };
        let is_copied = |field: Field| field.copied_flag().is_some_and(|flag| stated.contains(&flag));
        let fields = locale.fields.keys().copied();
        let fields = fields.filter(|field| !stated.contains(field) && !is_implied(*field) && !is_copied(*field));
        gone.extend(fields.map(|field| named(field, tag)));
    }
    gone
}

fn named(field: Field, tag: &LocaleTag) -> String {
    format!("{} @ {tag}", field.name())
}

fn list(names: &[String]) -> String {
    match names.len().checked_sub(NAMED) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{}, and {more} more", names[..NAMED].join(", ")),
    }
}
