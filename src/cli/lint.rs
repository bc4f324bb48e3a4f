//! Lints the project for the commands that do: with its policy, and as of today.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::subject::{PageName, Subject};
use crate::lint::{self, Finding, Report};
use crate::manifest::lint::policy::policy;
use crate::manifest::lint::subject::{Known, subject};
use crate::manifest::load::Loaded;
use crate::model::{Desired, Live};
use crate::plan::{Change, Plan};

/// Lints what the files say, by the rules that the project file sets.
pub(super) fn lint(subject: &Subject, loaded: &Loaded) -> Report {
    let policy = loaded.project.as_ref().map(|project| policy(project).0).unwrap_or_default();
    lint::lint(subject, &policy, jiff::Zoned::now().date())
}

/// Returns the errors that the lint finds in what a plan would write. What stays as it is does not stand in its way, and
/// what the plan itself calls an error needs no second one.
pub(super) fn errors(loaded: &Loaded, desired: &Desired, live: &Live, plan: &Plan) -> Vec<Diagnostic> {
    if plan.changes.is_empty() {
        return Vec::new();
    }
    let project = loaded.project.as_ref();
    let known = Known { documents: &loaded.pages, project, site: Some((desired, live)), earlier: None };
    let findings = lint(&subject(known), loaded).findings.into_iter();
    let errors = findings.filter(|finding| finding.diagnostic.severity == Severity::Error);
    let written = errors.filter(|finding| plan.changes.iter().any(|change| is_about(finding, change)));
    let told = |at: &Diagnostic| plan.diagnostics.iter().any(|other| other.at == at.at);
    written.map(|finding| finding.diagnostic).filter(|diagnostic| !told(diagnostic)).collect()
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
