//! Field by field: which managed fields differ from the site, which of them are written, and which need to be pinned.
//!
//! Must not know what is sent for them; see `body`.

use std::collections::{BTreeMap, BTreeSet};

use fast_glob::glob_match;

use super::sides::Sides;
use super::slugs::{self, Place};
use super::{Change, Class, Inputs, Policy, Redirect, Successor, codes, risk};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Address, Base, Desired, DesiredPage, Field, Live, LivePage, Locale, LocaleTag, NamedBy, PageId, PagePath, Stated,
};

/// The pages and locales to plan for; everything where nothing is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Globs over page paths, and ids; any may match.
    pub pages: Vec<String>,
    /// Locales, as the site spells them.
    pub locales: BTreeSet<LocaleTag>,
}

impl Selection {
    /// Returns whether a page is selected.
    pub fn has_page(&self, id: &PageId, path: &PagePath) -> bool {
        self.pages.is_empty() || self.pages.iter().any(|name| name == id.as_str() || glob_match(name, path.as_str()))
    }

    /// Returns the pages that are selected, by path.
    pub(super) fn pages<'d>(&self, desired: &'d Desired) -> Vec<(&'d PageId, &'d DesiredPage)> {
        let pages = desired.pages.iter().filter(|(id, page)| self.has_page(id, &page.path));
        let mut pages: Vec<(&PageId, &DesiredPage)> = pages.collect();
        pages.sort_by_key(|(id, page)| (&page.path, *id));
        pages
    }

    /// Returns whether a locale is selected.
    pub fn has_locale(&self, locale: &LocaleTag) -> bool {
        self.locales.is_empty() || self.locales.contains(locale)
    }
}

/// Returns how many of the managed page-locales are selected.
pub(super) fn selected(inputs: Inputs<'_>) -> usize {
    let Inputs { desired, base: _, live: _, policy } = inputs;
    let pages = policy.selection.pages(desired);
    let locales = pages.into_iter().flat_map(|(_, page)| page.locales.keys());
    locales.filter(|locale| policy.selection.has_locale(locale)).count()
}

/// The managed fields that read otherwise than wanted, by path, locale in the site's order, and field.
#[derive(Debug, Default)]
pub(super) struct Differences {
    /// Those that are written.
    pub(super) written: Vec<Change>,
    /// Those that somebody has changed on the site, and that stay as they are there.
    pub(super) kept: Vec<Change>,
}

/// Returns the fields that differ.
pub(super) fn differences(inputs: Inputs<'_>, diagnostics: &mut Vec<Diagnostic>) -> Differences {
    let Inputs { desired, base, live, policy } = inputs;
    let mut all = Differences::default();
    for (id, wanted) in policy.selection.pages(desired) {
        let Some(page) = live.pages.get(id) else { continue };
        let Differences { written, kept } = PageDiff { live, page, wanted, base, policy }.differences(diagnostics);
        all.written.extend(written);
        all.kept.extend(kept);
    }
    complete(&mut all.written, live);
    risk::mark_kept(&mut all.kept, live);
    all
}

/// Completes the changes of a plan with what depends on the site and on each other: the locales that follow, the published
/// addresses that move, and the risks.
pub(super) fn complete(changes: &mut [Change], live: &Live) {
    let written: BTreeSet<(Address, Field)> =
        changes.iter().map(|change| (change.address.clone(), change.field)).collect();
    for change in changes.iter_mut() {
        let Some(page) = live.pages.get(&change.address.page) else { continue };
        let is_primary = live.site.is_primary(&change.address.locale);
        change.followers = if is_primary { followers(live, page, change.field, &written) } else { Vec::new() };
        let is_slug = change.field == Field::Slug && change.class != Class::Pinned;
        change.redirects = if is_slug { redirects(page, change) } else { Vec::new() };
    }
    name_successors(changes, live);
    risk::mark_written(changes, live);
}

/// Returns the secondary locales that read as the primary does and are not written: they inherit, as far as the API lets
/// one tell.
fn followers(live: &Live, page: &LivePage, field: Field, written: &BTreeSet<(Address, Field)>) -> Vec<LocaleTag> {
    let secondary = live.site.secondary.iter().filter(|locale| inherits(live, page, locale, field));
    let is_written = |tag: &LocaleTag| {
        let address = Address { page: page.id.clone(), locale: tag.clone() };
        written.contains(&(address, field))
    };
    secondary.map(|locale| locale.tag.clone()).filter(|tag| !is_written(tag)).collect()
}

/// Returns the published addresses that a new slug moves.
fn redirects(page: &LivePage, change: &Change) -> Vec<Redirect> {
    let slug = change.after.as_text().unwrap_or_default();
    let redirects = change.slug_locales().filter_map(|locale| {
        let from = page.published_path(locale)?.clone();
        let to = from.with_slug(slug);
        (from != to).then(|| Redirect { locale: locale.clone(), from, to, successor: Successor::Nobody })
    });
    redirects.collect()
}

/// Returns whether a secondary locale reads a field as the primary does.
fn inherits(live: &Live, page: &LivePage, locale: &Locale, field: Field) -> bool {
    let primary = live.primary_metadata(&page.id);
    let secondary = live.metadata(&page.id, &locale.tag);
    primary.zip(secondary).is_some_and(|(primary, secondary)| primary.effective(field) == secondary.effective(field))
}

/// Says of the old addresses who moves there: a redirect from one would hide the page that lives there then.
fn name_successors(changes: &mut [Change], live: &Live) {
    if changes.iter().all(|change| change.redirects.is_empty()) {
        return;
    }
    let newcomers = Newcomers::of(changes, live);
    for change in changes {
        let Some(page) = live.pages.get(&change.address.page) else { continue };
        for redirect in &mut change.redirects {
            redirect.successor = newcomers.successor(page, redirect);
        }
    }
}

/// Where the pages with a new slug will be.
#[derive(Debug, Default)]
struct Newcomers {
    /// The published addresses of those that go live with the next publish, as they will be.
    addresses: BTreeSet<PagePath>,
    /// The places of those that go live.
    pages: BTreeSet<Place>,
    /// The places of drafts.
    drafts: BTreeSet<Place>,
}

impl Newcomers {
    fn of(changes: &[Change], live: &Live) -> Self {
        let mut newcomers = Self::default();
        for change in changes.iter().filter(|change| change.field == Field::Slug) {
            // What is archived is never published, so that nobody will be seen at its address.
            let page = live.pages.get(&change.address.page).filter(|page| !page.archived);
            let Some(page) = page else { continue };
            let places = slugs::moves(live, change).takes;
            if page.draft {
                newcomers.drafts.extend(places);
            } else {
                newcomers.pages.extend(places);
                newcomers.addresses.extend(change.redirects.iter().map(|redirect| redirect.to.clone()));
            }
        }
        newcomers
    }

    /// Returns who moves to an old address of a page. The slug of that is the one it was published with; another one may
    /// have been set since.
    fn successor(&self, page: &LivePage, redirect: &Redirect) -> Successor {
        let place = Place::of(page, &redirect.locale, redirect.from.slug());
        if self.addresses.contains(&redirect.from) || self.pages.contains(&place) {
            Successor::Page
        } else if self.drafts.contains(&place) {
            Successor::Draft
        } else {
            Successor::Nobody
        }
    }
}

/// One page on all sides.
struct PageDiff<'a> {
    live: &'a Live,
    page: &'a LivePage,
    wanted: &'a DesiredPage,
    base: Option<&'a Base>,
    policy: &'a Policy,
}

impl<'a> PageDiff<'a> {
    fn differences(&self, diagnostics: &mut Vec<Diagnostic>) -> Differences {
        let mut of_page = self.in_locale(&self.live.site.primary, diagnostics);
        // What is not written moves nothing.
        let pins = self.pins(&of_page.written);
        for locale in &self.live.site.secondary {
            let Differences { mut written, kept } = self.in_locale(locale, diagnostics);
            written.extend(pins.iter().filter(|pin| pin.address.locale == locale.tag).cloned());
            written.sort_by_key(|change| change.field);
            of_page.written.extend(written);
            of_page.kept.extend(kept);
        }
        of_page
    }

    fn in_locale(&self, locale: &Locale, diagnostics: &mut Vec<Diagnostic>) -> Differences {
        let selected = self.sides(locale).filter(|_| self.policy.selection.has_locale(&locale.tag));
        let Some(sides) = selected else { return Differences::default() };
        let changes = sides
            .differing()
            .filter(|(field, stated)| self.can_change(locale, *field, stated, diagnostics))
            .map(|(field, stated)| sides.change(field, stated));
        let (written, kept) = changes.partition(|change| self.policy.writes(change.class));
        Differences { written, kept }
    }

    /// Returns the page in a locale, if it is managed there and the site lists it.
    fn sides(&self, locale: &'a Locale) -> Option<Sides<'a>> {
        Some(Sides {
            page: &self.page.id,
            path: &self.wanted.path,
            locale: &locale.tag,
            base: self.base,
            desired: self.wanted.locales.get(&locale.tag)?,
            live: Some(&self.page.locales.get(&locale.tag)?.metadata),
        })
    }

    /// Returns the managed fields of secondary locales that read as wanted only because the primary reads the same,
    /// while it is about to change.
    ///
    /// The API does not tell an inherited value from one of the same text, so equal is taken as inherited.
    fn pins(&self, primary_changes: &[Change]) -> Vec<Change> {
        let mut pins = Vec::new();
        for change in primary_changes {
            for locale in &self.live.site.secondary {
                let Some(sides) = self.sides(locale).filter(|_| inherits(self.live, self.page, locale, change.field))
                else {
                    continue;
                };
                let stated = sides.desired.fields.get(&change.field);
                let stated = stated.filter(|stated| stated.value == change.before);
                pins.extend(stated.map(|stated| sides.pin(change.field, stated)));
            }
        }
        pins
    }

    /// Returns whether the server would take the change; else says why not.
    fn can_change(&self, locale: &Locale, field: Field, stated: &Stated, diagnostics: &mut Vec<Diagnostic>) -> bool {
        if field != Field::Slug {
            return true;
        }
        let refusal = if self.page.kind.ignores_slug() {
            Some(ignored_slug(self.page, locale, stated))
        } else if self.wanted.named_by == NamedBy::Path && self.live.site.is_primary(&locale.tag) {
            Some(nameless_slug(self.page, self.wanted, stated))
        } else if stated.value.is_empty() {
            Some(empty_slug(stated))
        } else {
            stated.value.as_text().filter(|slug| !is_one_segment(slug)).map(|slug| no_segment(slug, stated))
        };
        let can_change = refusal.is_none();
        diagnostics.extend(refusal);
        can_change
    }
}

fn ignored_slug(page: &LivePage, locale: &Locale, stated: &Stated) -> Diagnostic {
    let message = format!("the slug of a {} cannot be set; the server would ignore it", page.kind.describe());
    let help = match page.slug(&locale.tag) {
        "" => "remove the `slug` key".to_owned(),
        slug => format!("remove the `slug` key, or write `{slug}` as it is"),
    };
    Diagnostic::error(codes::IGNORED_SLUG, message).at(stated.location.clone()).help(help)
}

fn nameless_slug(page: &LivePage, wanted: &DesiredPage, stated: &Stated) -> Diagnostic {
    let message =
        format!("a page named by its path alone cannot change its slug; `{}` would name nothing then", wanted.path);
    let help = format!("name the page by its id as well: `id: {}`", page.id);
    Diagnostic::error(codes::SLUG_WITHOUT_ID, message).at(stated.location.clone()).help(help)
}

/// Returns whether a text can be a segment of a path at all. What else the server wants of a slug is not documented.
fn is_one_segment(slug: &str) -> bool {
    !slug.contains(|character: char| character.is_whitespace() || character.is_control() || "/?#".contains(character))
}

fn no_segment(slug: &str, stated: &Stated) -> Diagnostic {
    let words = slug.split(|character: char| !character.is_alphanumeric() && character != '-' && character != '_');
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let diagnostic = Diagnostic::error(codes::INVALID_SLUG, format!("`{slug}` cannot be part of an address"));
    diagnostic.at(stated.location.clone()).help(format!("write it in one piece, such as `{}`", words.join("-")))
}

fn empty_slug(stated: &Stated) -> Diagnostic {
    Diagnostic::error(codes::EMPTY_SLUG, "a slug cannot be empty")
        .at(stated.location.clone())
        .help("write the slug, or remove the key to leave it as it is")
}

/// Groups changes by page and locale, keeping their order within it.
pub(super) fn by_address(changes: &[Change]) -> BTreeMap<&Address, Vec<&Change>> {
    let mut groups: BTreeMap<&Address, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        groups.entry(&change.address).or_default().push(change);
    }
    groups
}
