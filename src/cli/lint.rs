//! Lints the project for the commands that do: with its policy, and as of today.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::subject::{PageName, Subject};
use crate::lint::{self, Finding, Report, Rule};
use crate::manifest::lint::policy::policy;
use crate::manifest::lint::subject::{Known, subject};
use crate::manifest::load::Loaded;
use crate::model::{Desired, Live};
use crate::plan::{self, Change, Class, Plan};

/// Lints what the files say, by the rules that the project file sets.
pub(super) fn lint(subject: &Subject, loaded: &Loaded) -> Report {
    let policy = loaded.project.as_ref().map(|project| policy(project).0).unwrap_or_default();
    lint::lint(subject, &policy, jiff::Zoned::now().date())
}

/// Returns what the lint finds in what a plan would write: errors, which stand in its way, and warnings. What stays as it is
/// stands in nobody's way, and what the plan itself calls an error needs no second one.
pub(super) fn findings(loaded: &Loaded, site: Option<(&Desired, &Live)>, plan: &Plan) -> Vec<plan::Finding> {
    if plan.changes.is_empty() {
        return Vec::new();
    }
    let known = Known { documents: &loaded.pages, project: loaded.project.as_ref(), site, earlier: None };
    let findings = lint(&subject(known), loaded).findings.into_iter();
    let told = |at: &Diagnostic| plan.diagnostics.iter().any(|other| other.at == at.at);
    let findings = findings.filter(|finding| !told(&finding.diagnostic));
    findings.filter_map(|finding| of_change(finding, plan)).collect()
}

/// Returns the finding as one about a change of the plan, if it is about one that matters to whoever reviews it.
fn of_change(finding: Finding, plan: &Plan) -> Option<plan::Finding> {
    let change = plan.changes.iter().find(|change| is_about(&finding, change))?;
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

fn is_about(finding: &Finding, change: &Change) -> bool {
    let is_page = |name: &PageName| match &name.id {
        Some(id) => id == change.address.page.as_str(),
        None => name.path.as_ref() == Some(&change.path),
    };
    finding.page.as_ref().is_some_and(is_page)
        && finding.locale.as_ref() == Some(&change.address.locale)
        && finding.field == Some(change.field)
}
