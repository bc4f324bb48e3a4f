//! Git against git: what the manifests say otherwise than those of an earlier commit, without asking the site.
//!
//! Such a plan is for reading; it holds no operation. Must not know how the manifests were read.

use std::collections::BTreeSet;

use super::{Change, Class, Limits, Plan, ReadSummary, Revision, Risk, Selection, Target, guard, released};
use crate::model::{Address, Base, Desired, DesiredLocale, DesiredPage, Field, LocaleTag, PageId, Stated, Value};

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
    let mut pages: Vec<(&PageId, &DesiredPage)> =
        desired.pages.iter().filter(|(id, page)| selection.has_page(id, &page.path)).collect();
    pages.sort_by(|a, b| (&a.1.path, a.0).cmp(&(&b.1.path, b.0)));
    let mut managed = 0;
    let mut changes: Vec<Change> = Vec::new();
    for (id, page) in pages {
        let locales = page.locales.iter().filter(|(tag, _)| selection.has_locale(tag));
        let mut locales: Vec<(&LocaleTag, &DesiredLocale)> = locales.collect();
        // The order of the site is not known; that of the file is somebody's choice.
        locales.sort_by_key(|(_, locale)| &locale.location);
        managed += locales.len();
        for (tag, locale) in locales {
            let fields = locale.fields.iter().filter(|(field, _)| !is_implied(base, id, tag, locale, **field));
            changes.extend(fields.filter_map(|(field, stated)| change(base, (id, page), tag, *field, stated)));
        }
    }
    Plan {
        target,
        revision,
        is_offline: true,
        live: ReadSummary { pages: 0, locales: 0, requests: 0 },
        managed,
        guards: guard::evaluate(desired, None, &changes, limits),
        changes,
        kept: Vec::new(),
        operations: Vec::new(),
        diagnostics: released::released(desired, base, selection),
        findings: Vec::new(),
    }
}

/// Returns whether a flag says no more than that its text is stated now.
fn is_implied(base: &Base, page: &PageId, locale: &LocaleTag, values: &DesiredLocale, field: Field) -> bool {
    let has_text = field.flagged_text().is_some_and(|text| values.fields.contains_key(&text));
    has_text && base.value(page, locale, field).is_none()
}

fn change(
    base: &Base,
    (id, page): (&PageId, &DesiredPage),
    locale: &LocaleTag,
    field: Field,
    stated: &Stated,
) -> Option<Change> {
    let before = base.value(id, locale, field);
    if before.as_ref() == Some(&stated.value) {
        return None;
    }
    let mut change = Change {
        address: Address { page: id.clone(), locale: locale.clone() },
        path: page.path.clone(),
        field,
        class: if before.is_some() { Class::Change } else { Class::New },
        base: before.clone(),
        before: before.unwrap_or_else(|| Value::unset(field.kind())),
        after: stated.value.clone(),
        source: stated.location.clone(),
        risks: BTreeSet::new(),
        followers: Vec::new(),
        redirects: Vec::new(),
    };
    change.risks = guard::risks(&change);
    if change.field == Field::Slug && change.class == Class::Change {
        // Whether the page is published, only the site knows.
        change.risks.insert(Risk::SlugChange);
    }
    Some(change)
}
