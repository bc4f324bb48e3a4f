//! Lints the project for the commands that do: with its policy, and as of today.

use std::collections::{BTreeMap, BTreeSet};

use super::against::Earlier;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::lint::subject::{PageName, Subject};
use crate::lint::{self, Finding, Report, Rule};
use crate::manifest::lint::policy::policy;
use crate::manifest::lint::subject::{AsItWas, Known, subject};
use crate::manifest::load::Loaded;
use crate::model::{Desired, Field, Live, LocaleTag, PagePath};
use crate::plan::{self, Change, Class, Plan};
use crate::source::Location;

/// Lints what the files say, by the rules that the project file sets.
pub(super) fn lint(subject: &Subject, loaded: &Loaded) -> Report {
    let policy = loaded.project.as_ref().map(|project| policy(project).0).unwrap_or_default();
    lint::lint(subject, &policy, jiff::Zoned::now().date())
}

/// Returns what the lint finds in what a plan would write: errors, which stand in its way, and warnings. What stays as it is
/// stands in nobody's way, and what the plan itself calls an error needs no second one.
/// But for one thing: a translation of a text that changes stays as it is, and is out of date from then on.
pub(super) fn look(loaded: &Loaded, earlier: Option<&Earlier>, site: Option<(&Desired, &Live)>, plan: &mut Plan) {
    if plan.changes.is_empty() {
        return;
    }
    let as_it_was =
        earlier.map(|Earlier { loaded, .. }| AsItWas { documents: &loaded.pages, project: loaded.project.as_ref() });
    let known = Known { documents: &loaded.pages, project: loaded.project.as_ref(), site, earlier: as_it_was };
    let findings = lint(&subject(known), loaded).findings.into_iter();
    let told: BTreeSet<&Location> = errors(plan).filter_map(|error| error.at.as_ref()).collect();
    let findings = findings.filter(|finding| !finding.diagnostic.at.as_ref().is_some_and(|at| told.contains(at)));
    let changes = Changes::of(plan);
    let (mut of_changes, mut stale) = (Vec::new(), Vec::new());
    for finding in findings {
        if is_stale(&finding) && changes.about(&finding).is_none() {
            stale.extend(changes.of_page(&finding).is_some().then_some(finding.diagnostic));
        } else {
            of_changes.extend(of_change(finding, &changes));
        }
    }
    plan.findings = of_changes;
    plan.diagnostics.extend(stale);
    diagnostic::sort(&mut plan.diagnostics);
}

/// Returns whether it says that a translation is out of date.
fn is_stale(finding: &Finding) -> bool {
    finding.rule.id == "locale/stale" && finding.diagnostic.severity != Severity::Info
}

fn errors(plan: &Plan) -> impl Iterator<Item = &Diagnostic> {
    plan.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error)
}

/// The changes of a plan, by how the lint names what they are about.
struct Changes<'p> {
    by_id: BTreeMap<&'p str, OfPage<'p>>,
    by_path: BTreeMap<&'p PagePath, OfPage<'p>>,
}

type OfPage<'p> = BTreeMap<(&'p LocaleTag, Field), &'p Change>;

impl<'p> Changes<'p> {
    fn of(plan: &'p Plan) -> Self {
        let (mut by_id, mut by_path): (BTreeMap<_, OfPage<'p>>, BTreeMap<_, OfPage<'p>>) = Default::default();
        for change in &plan.changes {
            let place = (&change.address.locale, change.field);
            by_id.entry(change.address.page.as_str()).or_default().insert(place, change);
            by_path.entry(&change.path).or_default().insert(place, change);
        }
        Self { by_id, by_path }
    }

    /// Returns the changes of the page that a finding is about, if there are any.
    fn of_page(&self, finding: &Finding) -> Option<&OfPage<'p>> {
        let PageName { id, path } = finding.page.as_ref()?;
        match id {
            Some(id) => self.by_id.get(id.as_str()),
            None => self.by_path.get(path.as_ref()?),
        }
    }

    fn about(&self, finding: &Finding) -> Option<&'p Change> {
        self.of_page(finding)?.get(&(finding.locale.as_ref()?, finding.field?)).copied()
    }
}

/// Returns the finding as one about a change of the plan, if it is about one that matters to whoever reviews it.
fn of_change(finding: Finding, changes: &Changes<'_>) -> Option<plan::Finding> {
    let change = changes.about(&finding)?;
    let matters = match finding.diagnostic.severity {
        Severity::Error => true,
        // A value that is pinned is as it was.
        Severity::Warning => change.class != Class::Pinned && !is_told(finding.rule, change),
        // What could be better still is for `validate`; here it would hide what is wrong.
        Severity::Info => false,
    };
    let Change { address, field, .. } = change;
    matters.then(|| plan::Finding { address: address.clone(), field: *field, diagnostic: finding.diagnostic })
}

/// Returns whether the plan says so by itself: that an address moves, or that a value is cleared.
fn is_told(rule: &Rule, change: &Change) -> bool {
    rule.id == "slug/changed" || (rule.id.ends_with("/missing") && change.after.is_empty())
}
