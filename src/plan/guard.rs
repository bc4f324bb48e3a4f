//! Guards: plans that are probably a mistake, counted against thresholds.
//!
//! A tripped guard is shown with the plan and refused by apply until it is named with `--allow`. Must not know who asks.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Class, Plan, Risk};
use crate::model::{Address, Base, Field, LocaleTag, SiteId};

/// A kind of plan that is probably a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// The plan is for another site than the project.
    WrongSite,
    /// Very many of the pages that the base describes are gone from the site.
    LostPages,
    /// Very many page-locales change.
    MassUpdate,
    /// A published address changes.
    SlugChange,
    /// A set title or description becomes empty.
    Blanking,
    /// A `{{wf …}}` binding is replaced by plain text.
    BindingOverwrite,
    /// Many pages get the same title or description.
    DuplicateValue,
}

/// Thresholds of the guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Share of the managed page-locales, in per cent, that may change.
    pub percent: u32,
    /// Number of page-locales that may always change, whatever their share.
    pub floor: usize,
    /// Number of page-locales above which the guard trips, whatever their share.
    pub ceiling: usize,
    /// Number of pages of a locale that may get the same title or description.
    pub alike: usize,
}

impl Default for Limits {
    /// The share and the floor are octoDNS's, whose users have lived with them for years.
    fn default() -> Self {
        Self { percent: 30, floor: 10, ceiling: 200, alike: 4 }
    }
}

/// A guard that a plan trips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tripped {
    /// Which one.
    pub guard: Guard,
    /// How many there are of what it counts.
    pub count: usize,
    /// How many it lets pass.
    pub limit: usize,
    /// What it counts and why that is dangerous; reads on from the count.
    pub message: String,
    /// Up to three examples, worst first.
    pub worst: Vec<String>,
}

/// What a slug that changes means where the site was not asked, once and many times.
const UNASKED_SLUGS: [&str; 2] = [
    "slug changes; if the page is published, links to it break without a redirect",
    "slugs change; where a page is published, links to it break without a redirect",
];

/// How many examples a tripped guard names.
const EXAMPLES: usize = 3;

/// Characters of a value that an example quotes; enough to know it again.
const QUOTED: usize = 40;

impl Guard {
    /// Every guard, worst first.
    pub const ALL: [Self; 7] = [
        Self::WrongSite,
        Self::LostPages,
        Self::MassUpdate,
        Self::SlugChange,
        Self::Blanking,
        Self::BindingOverwrite,
        Self::DuplicateValue,
    ];

    /// The name for `--allow`.
    pub fn name(self) -> &'static str {
        match self {
            Self::WrongSite => "wrong-site",
            Self::LostPages => "lost-pages",
            Self::MassUpdate => "mass-update",
            Self::SlugChange => "slug-change",
            Self::Blanking => "blanking",
            Self::BindingOverwrite => "binding-overwrite",
            Self::DuplicateValue => "duplicate-value",
        }
    }

    /// The guard of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|guard| guard.name() == name)
    }
}

/// Returns the guard that the plan trips if it is for another site than the project.
pub(super) fn wrong_site(plan: &Plan, site: &SiteId) -> Option<Tripped> {
    (plan.target.site != *site).then(|| Tripped {
        guard: Guard::WrongSite,
        count: 1,
        limit: 0,
        message: format!("other site: the plan is for {}, the project for {site}", plan.target.site),
        worst: Vec::new(),
    })
}

/// Returns the guards that the changes trip, worst first. Without a base nothing is known to be lost. `managed` is the
/// number of page locales that the manifests manage.
pub(super) fn evaluate(managed: usize, base: Option<&Base>, changes: &[Change], limits: &Limits) -> Vec<Tripped> {
    let mut tripped: Vec<Tripped> = base.and_then(lost_pages).into_iter().collect();
    tripped.extend(mass_update(managed, changes, limits));
    tripped.extend(risky(changes));
    tripped.extend(duplicate_value(changes, limits));
    tripped
}

/// Evaluates the guards of a plan again. A guard that only the plan states stays: the pages that a base has lost, for one,
/// cannot be counted without the base.
pub(super) fn evaluate_again(stated: &[Tripped], managed: usize, changes: &[Change], limits: &Limits) -> Vec<Tripped> {
    let mut tripped = evaluate(managed, None, changes, limits);
    let is_new = |stated: &&Tripped| !tripped.iter().any(|tripped| tripped.guard == stated.guard);
    let only_stated: Vec<Tripped> = stated.iter().filter(is_new).cloned().collect();
    tripped.extend(only_stated);
    tripped.sort_by_key(|tripped| tripped.guard);
    tripped
}

/// A site does not lose a quarter of its pages in a day's work; more likely it was not read as a whole, or is another one.
fn lost_pages(base: &Base) -> Option<Tripped> {
    let (lost, pages) = (base.lost.len(), base.pages());
    let limit = pages / 4;
    (lost > limit).then(|| Tripped {
        guard: Guard::LostPages,
        count: lost,
        limit,
        message: format!("of the {pages} pages that the base describes are gone from the site"),
        worst: base.lost.iter().take(EXAMPLES).cloned().collect(),
    })
}

/// Returns the guards that single changes trip.
pub(super) fn risky(changes: &[Change]) -> Vec<Tripped> {
    let by_risk = [
        (
            Guard::SlugChange,
            Risk::SlugChange,
            "published address changes; links to it break without a redirect",
            "published addresses change; links to them break without redirects",
        ),
        (Guard::Blanking, Risk::Blanking, "title or description becomes empty", "titles or descriptions become empty"),
        (
            Guard::BindingOverwrite,
            Risk::BindingOverwrite,
            "CMS binding is replaced by the same text for every item",
            "CMS bindings are replaced by the same text for every item",
        ),
    ];
    let mut tripped = Vec::new();
    for (guard, risk, one, many) in by_risk {
        let risky: Vec<&Change> = changes.iter().filter(|change| change.risks.contains(&risk)).collect();
        if !risky.is_empty() {
            let examples: Vec<String> = risky.iter().flat_map(|change| examples(change)).collect();
            // Nobody was asked which addresses a slug moves.
            let is_unasked = risk == Risk::SlugChange && risky.iter().all(|change| change.redirects.is_empty());
            let [one, many] = if is_unasked { UNASKED_SLUGS } else { [one, many] };
            tripped.push(Tripped {
                guard,
                count: examples.len(),
                limit: 0,
                message: if examples.len() == 1 { one } else { many }.to_owned(),
                worst: examples.into_iter().take(EXAMPLES).collect(),
            });
        }
    }
    tripped
}

fn mass_update(managed: usize, changes: &[Change], limits: &Limits) -> Option<Tripped> {
    let Limits { percent, floor, ceiling, alike: _ } = *limits;
    let addresses: BTreeSet<&Address> = changes.iter().map(|change| &change.address).collect();
    let share = managed.saturating_mul(percent as usize) / 100;
    let limit = share.max(floor).min(ceiling);
    if addresses.len() <= limit {
        return None;
    }
    let message = format!("of {managed} managed page-locales change at once");
    Some(Tripped {
        guard: Guard::MassUpdate,
        count: addresses.len(),
        limit,
        message,
        worst: busiest(changes).into_iter().take(EXAMPLES).collect(),
    })
}

/// A text that many pages get at once is a slip of a script more often than a wish.
fn duplicate_value(changes: &[Change], limits: &Limits) -> Option<Tripped> {
    let mut alike: BTreeMap<(&LocaleTag, Field, &str), Vec<&Change>> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.class != Class::Pinned) {
        let text = change.after.as_text().filter(|text| !text.is_empty() && change.field != Field::Slug);
        if let Some(text) = text {
            alike.entry((&change.address.locale, change.field, text)).or_default().push(change);
        }
    }
    let mut alike: Vec<Vec<&Change>> = alike.into_values().filter(|changes| changes.len() > limits.alike).collect();
    alike.sort_by_key(|changes| (Reverse(changes.len()), &changes[0].path, &changes[0].address, changes[0].field));
    let count = alike.iter().map(Vec::len).sum();
    // One example of each text before further ones of the same.
    let firsts = alike.iter().map(|changes| (changes[0], changes.len()));
    let others = alike.iter().flat_map(|changes| changes[1..].iter().map(|change| (*change, changes.len())));
    let describe = |(change, pages): (&Change, usize)| {
        let Change { path, address, field, after, .. } = change;
        let text = shortened(after.as_text().unwrap_or_default());
        format!("{path} @ {}: {} \"{text}\" on {pages} pages", address.locale, field.name())
    };
    (count > 0).then(|| Tripped {
        guard: Guard::DuplicateValue,
        count,
        limit: limits.alike,
        message: "titles or descriptions are the same on that many pages of a locale".to_owned(),
        worst: firsts.chain(others).map(describe).take(EXAMPLES).collect(),
    })
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}…", &text[..cut]),
    }
}

/// Returns the page-locales with the most changes first.
fn busiest(changes: &[Change]) -> Vec<String> {
    let groups = super::diff::by_address(changes);
    let mut counted: Vec<(usize, &Change)> = groups.values().map(|group| (group.len(), group[0])).collect();
    counted.sort_by_key(|(count, change)| (Reverse(*count), &change.path, &change.address));
    let describe = |(count, change): (usize, &Change)| {
        format!("{} @ {}: {count} {}", change.path, change.address.locale, if count == 1 { "field" } else { "fields" })
    };
    counted.into_iter().map(describe).collect()
}

/// Returns what a risky change is counted as: a published slug once for each address that moves.
fn examples(change: &Change) -> Vec<String> {
    if change.redirects.is_empty() && change.field == Field::Slug {
        let [before, after] = [&change.before, &change.after].map(|slug| slug.as_text().unwrap_or_default());
        return vec![format!("{} @ {}: {before} → {after}", change.path, change.address.locale)];
    }
    if change.redirects.is_empty() {
        return vec![format!("{} @ {}: {}", change.path, change.address.locale, change.field.name())];
    }
    let redirects = change.redirects.iter();
    redirects
        .map(|redirect| format!("{} @ {}: {} → {}", change.path, redirect.locale, redirect.from, redirect.to))
        .collect()
}
