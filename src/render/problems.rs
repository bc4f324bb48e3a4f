//! What is wrong with a project's files, as the formats for other programs want it: one list for all of them.
//!
//! A fingerprint stays the same when lines move, so that a baseline and a dashboard know a problem again.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::{Finding, Rule};
use crate::plan::file;

/// Something wrong, with what it is about.
#[derive(Debug, Clone)]
pub struct Problem {
    pub diagnostic: Diagnostic,
    /// The rule that found it; nothing if it is wrong without one.
    pub rule: Option<&'static Rule>,
    pub page: Option<String>,
    pub locale: Option<String>,
    pub field: Option<&'static str>,
    /// Differs for any two problems of a list.
    pub fingerprint: String,
}

/// Bytes of a fingerprint; enough that no two problems share one by chance.
const FINGERPRINT_BYTES: usize = 16;

/// Returns diagnostics and findings as one list, by place.
pub fn problems(diagnostics: Vec<Diagnostic>, findings: Vec<Finding>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = diagnostics.into_iter().map(of_diagnostic).collect();
    problems.extend(findings.into_iter().map(of_finding));
    problems.sort_by(|one, other| {
        let key = |problem: &Problem| (problem.diagnostic.at.clone(), problem.diagnostic.code.clone());
        key(one).cmp(&key(other)).then_with(|| one.diagnostic.message.cmp(&other.diagnostic.message))
    });
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for problem in &mut problems {
        let count = seen.entry(problem.fingerprint.clone()).or_default();
        *count += 1;
        // The same thing said twice is two problems, told apart by their order.
        if *count > 1 {
            problem.fingerprint = fingerprint(&[&problem.fingerprint, &count.to_string()]);
        }
    }
    problems
}

fn of_diagnostic(diagnostic: Diagnostic) -> Problem {
    let file = diagnostic.at.as_ref().map_or("", |at| &at.file);
    let fingerprint = fingerprint(&[diagnostic.code.as_str(), file, &diagnostic.message]);
    Problem { rule: None, page: None, locale: None, field: None, fingerprint, diagnostic }
}

fn of_finding(finding: Finding) -> Problem {
    let Finding { rule, diagnostic, page, locale, field, value, is_new: _ } = finding;
    let field = field.map(|field| field.name());
    let lasting = page.as_ref().map_or("", |page| page.lasting());
    let tag = locale.as_ref().map_or("", |locale| locale.as_str());
    let fingerprint = fingerprint(&[rule.id, lasting, tag, field.unwrap_or_default(), &value]);
    Problem {
        rule: Some(rule),
        page: page.as_ref().map(|page| page.as_str().to_owned()),
        locale: locale.map(|locale| locale.to_string()),
        field,
        fingerprint,
        diagnostic,
    }
}

fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(FINGERPRINT_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// How many problems weigh how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub infos: usize,
}

/// Counts problems by weight.
pub fn counts(problems: &[Problem]) -> Counts {
    let mut counts = Counts::default();
    for problem in problems {
        match problem.diagnostic.severity {
            Severity::Error => counts.errors += 1,
            Severity::Warning => counts.warnings += 1,
            Severity::Info => counts.infos += 1,
        }
    }
    counts
}

/// Returns the problems, worst first and else in their order.
pub fn worst_first(problems: &[Problem]) -> Vec<&Problem> {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|problem| problem.diagnostic.severity);
    sorted
}

/// Returns a problem as JSON.
pub fn json(problem: &Problem) -> Json {
    let Problem { diagnostic, rule: _, page, locale, field, fingerprint } = problem;
    let mut out = file::diagnostic(diagnostic);
    let also = diagnostic.also.iter().map(
        |(at, label)| json!({"location": {"file": &*at.file, "line": at.line, "column": at.column}, "label": label}),
    );
    out["also"] = also.collect();
    out["page"] = json!(page);
    out["locale"] = json!(locale);
    out["field"] = json!(field);
    out["fingerprint"] = json!(fingerprint);
    out
}
