//! Problems, and what a plan asks to be looked at, as a GitLab code quality report; and a plan as the counts of GitLab's
//! Terraform widget.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::escape;
use super::problems::Problem;
use super::view::PlanView;
use crate::diagnostic::Severity;
use crate::manifest::project::FILE_NAME;

/// Returns the report. File names begin at the top of the repository, which the prefix leads down from.
pub fn report(problems: &[Problem], prefix: &str) -> Json {
    problems.iter().map(|problem| issue(problem, prefix)).collect()
}

/// Returns how many page-locales a plan changes; pages are neither made nor removed.
pub fn terraform(view: &PlanView<'_>) -> Json {
    let update = if view.plan.is_offline {
        // What compares two commits has changes, and nothing to send.
        view.plan.changes.iter().map(|change| &change.address).collect::<BTreeSet<_>>().len()
    } else {
        view.totals.page_locales
    };
    json!({"create": 0, "update": update, "delete": 0})
}

fn issue(problem: &Problem, prefix: &str) -> Json {
    let diagnostic = &problem.diagnostic;
    // GitLab drops what has no place; what is about a plan as a whole stands where its guards are set.
    let (file, line) = diagnostic.at.as_ref().map_or((FILE_NAME, 1), |at| (&*at.file, at.line.max(1)));
    let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    json!({
        "description": escape::line(&format!("{}{help}", diagnostic.message)),
        "check_name": escape::line(diagnostic.code.as_str()),
        "fingerprint": problem.fingerprint,
        "severity": match diagnostic.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Info => "info",
        },
        "location": {"path": format!("{prefix}{file}"), "lines": {"begin": line}},
    })
}
