//! Git against git: what the manifests say otherwise than those of an earlier commit, without asking the site.
//!
//! Such a plan is for reading; it holds no operation. Must not know how the manifests were read.

use super::released::{self, Released};
use super::sides::Sides;
use super::{Change, Limits, Plan, ReadSummary, Revision, Selection, Target, guard, risk};
use crate::model::{Base, Desired, DesiredLocale, Field, LocaleTag};

/// Everything that such a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Commits<'a> {
    /// What the manifests want.
    pub desired: &'a Desired,
    /// What those of the earlier commit wanted.
    pub base: &'a Base,
    /// The pages and locales to compare.
    pub selection: &'a Selection,
    /// Thresholds of the guards, as far as these need no site.
    pub limits: &'a Limits,
}

/// Returns what the manifests say otherwise, or have begun to say.
pub fn plan(commits: Commits<'_>, target: Target, revision: Option<Revision>) -> Plan {
    let Commits { desired, base, selection, limits } = commits;
    let mut managed = 0;
    let mut changes: Vec<Change> = Vec::new();
    for (id, page) in selection.pages(desired) {
        let locales = page.locales.iter().filter(|(tag, _)| selection.has_locale(tag));
        let mut locales: Vec<(&LocaleTag, &DesiredLocale)> = locales.collect();
        // The order of the site is not known; that of the file is somebody's choice.
        locales.sort_by_key(|(_, locale)| &locale.location);
        managed += locales.len();
        for (tag, locale) in locales {
            let path = &page.path;
            let sides = Sides { page: id, path, locale: tag, base: Some(base), desired: locale, live: None };
            let differing = sides.differing().filter(|(field, _)| !is_implied(sides, *field));
            changes.extend(differing.map(|(field, stated)| sides.change(field, stated)));
        }
    }
    risk::mark_unasked(&mut changes);
    let Released { count: released, told: diagnostics } = released::released(desired, base, selection);
    Plan {
        target,
        revision,
        is_offline: true,
        live: ReadSummary { pages: 0, locales: 0, requests: 0 },
        managed,
        guards: guard::evaluate(desired.page_locales(), None, &changes, limits),
        changes,
        kept: Vec::new(),
        operations: Vec::new(),
        released,
        diagnostics,
        findings: Vec::new(),
    }
}

/// Returns whether a flag says no more than that its text is stated now.
fn is_implied(sides: Sides<'_>, field: Field) -> bool {
    let has_text = field.flagged_text().is_some_and(|text| sides.desired.fields.contains_key(&text));
    has_text && sides.base(field).is_none()
}
