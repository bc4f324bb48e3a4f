//! Guards: plans that are probably a mistake, counted against thresholds.
//!
//! A tripped guard is shown with the plan and refused by apply until it is named with `--allow`. Must not know who asks.

use std::collections::BTreeSet;

use super::{Change, Class, Plan, Risk};
use crate::model::{Address, Desired, Field, SiteId, Value};

/// A kind of plan that is probably a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// The plan is for another site than the project.
    WrongSite,
    /// Very many page-locales change.
    MassUpdate,
    /// A published address changes.
    SlugChange,
    /// A set title or description becomes empty.
    Blanking,
    /// A `{{wf …}}` binding is replaced by plain text.
    BindingOverwrite,
}

/// Thresholds of the `mass-update` guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Share of the managed page-locales, in per cent, that may change.
    pub percent: u32,
    /// Number of page-locales that may always change, whatever their share.
    pub floor: usize,
    /// Number of page-locales above which the guard trips, whatever their share.
    pub ceiling: usize,
}

impl Default for Limits {
    /// The share and the floor are octoDNS's, whose users have lived with them for years.
    fn default() -> Self {
        Self { percent: 30, floor: 10, ceiling: 200 }
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

/// How many examples a tripped guard names.
const EXAMPLES: usize = 3;

impl Guard {
    /// Every guard, worst first.
    pub const ALL: [Self; 5] =
        [Self::WrongSite, Self::MassUpdate, Self::SlugChange, Self::Blanking, Self::BindingOverwrite];

    /// The name for `--allow`.
    pub fn name(self) -> &'static str {
        match self {
            Self::WrongSite => "wrong-site",
            Self::MassUpdate => "mass-update",
            Self::SlugChange => "slug-change",
            Self::Blanking => "blanking",
            Self::BindingOverwrite => "binding-overwrite",
        }
    }

    /// The guard of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|guard| guard.name() == name)
    }
}

/// Returns the guards that stand in the way of applying the plan to the site: those it trips and that are not allowed.
pub fn standing(plan: &Plan, site: &SiteId, allowed: &[Guard]) -> Vec<Tripped> {
    let mut tripped: Vec<Tripped> = wrong_site(plan, site).into_iter().collect();
    tripped.extend(plan.guards.iter().cloned());
    tripped.retain(|tripped| !allowed.contains(&tripped.guard));
    tripped
}

fn wrong_site(plan: &Plan, site: &SiteId) -> Option<Tripped> {
    (plan.target.site != *site).then(|| Tripped {
        guard: Guard::WrongSite,
        count: 1,
        limit: 0,
        message: format!("other site: the plan is for {}, the project for {site}", plan.target.site),
        worst: Vec::new(),
    })
}

/// Returns the risks of a change that its own values tell.
pub(super) fn risks(change: &Change) -> BTreeSet<Risk> {
    let mut risks = BTreeSet::new();
    if change.class == Class::Pinned {
        return risks;
    }
    if !change.redirects.is_empty() {
        risks.insert(Risk::SlugChange);
    }
    // A slug cannot be emptied, and a flag is never empty.
    if change.after.is_empty() && !change.before.is_empty() && change.field != Field::Slug {
        risks.insert(Risk::Blanking);
    }
    if has_binding(&change.before) && !has_binding(&change.after) {
        risks.insert(Risk::BindingOverwrite);
    }
    risks
}

/// The mark of a CMS binding in a text; the rest may be JSON or the same with HTML entities.
fn has_binding(value: &Value) -> bool {
    value.as_text().is_some_and(|text| text.contains("{{wf "))
}

/// Returns the guards that the changes trip, worst first.
pub(super) fn evaluate(desired: &Desired, changes: &[Change], limits: &Limits) -> Vec<Tripped> {
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
    let mut tripped: Vec<Tripped> = mass_update(desired, changes, limits).into_iter().collect();
    for (guard, risk, one, many) in by_risk {
        let risky: Vec<&Change> = changes.iter().filter(|change| change.risks.contains(&risk)).collect();
        if !risky.is_empty() {
            let examples: Vec<String> = risky.iter().flat_map(|change| examples(change)).collect();
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

fn mass_update(desired: &Desired, changes: &[Change], limits: &Limits) -> Option<Tripped> {
    let Limits { percent, floor, ceiling } = *limits;
    let addresses: BTreeSet<&Address> = changes.iter().map(|change| &change.address).collect();
    let managed = desired.page_locales();
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

/// Returns the page-locales with the most changes first.
fn busiest(changes: &[Change]) -> Vec<String> {
    let groups = super::diff::by_address(changes);
    let mut counted: Vec<(usize, &Change)> = groups.values().map(|group| (group.len(), group[0])).collect();
    counted.sort_by_key(|(count, change)| (std::cmp::Reverse(*count), &change.path, &change.address));
    let describe = |(count, change): (usize, &Change)| {
        format!("{} @ {}: {count} {}", change.path, change.address.locale, if count == 1 { "field" } else { "fields" })
    };
    counted.into_iter().map(describe).collect()
}

/// Returns what a risky change is counted as: a published slug once for each address that moves.
fn examples(change: &Change) -> Vec<String> {
    if change.redirects.is_empty() {
        return vec![format!("{} @ {}: {}", change.path, change.address.locale, change.field.name())];
    }
    let redirects = change.redirects.iter();
    redirects
        .map(|redirect| format!("{} @ {}: {} → {}", change.path, redirect.locale, redirect.from, redirect.to))
        .collect()
}
