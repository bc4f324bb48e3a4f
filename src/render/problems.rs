//! What is wrong with a project's files, or asks to be looked at, as the formats for other programs want it: one list for
//! all of them.
//!
//! A fingerprint stays the same when lines move, so that a baseline and a dashboard know a problem again.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::view::count;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::lint::{Finding, Rule};
use crate::plan::file;
use crate::source::touched::TouchedLines;

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
    /// Where it stands among others.
    pub rank: Rank,
    /// Whether it stands in a line that the change under review has touched, as far as that is known.
    pub is_touched: bool,
}

/// What comes before what, whatever it weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Nothing gets past it.
    Error,
    /// A guard: it stands in the way until somebody allows it. Each is named before what trips it is listed.
    Guard,
    /// A change that a guard is about, or that takes somebody's edit from the site.
    Risk,
    /// It stands in nobody's way.
    Aside,
}

/// Bytes of a fingerprint; enough that no two problems share one by chance.
const FINGERPRINT_BYTES: usize = 16;

/// Returns diagnostics and findings as one list, by place, given the lines that the change under review has touched.
pub fn problems(diagnostics: Vec<Diagnostic>, findings: Vec<Finding>, touched: &TouchedLines) -> Vec<Problem> {
    let mut problems: Vec<Problem> = diagnostics.into_iter().map(of_diagnostic).collect();
    problems.extend(findings.into_iter().map(of_finding));
    for problem in &mut problems {
        problem.is_touched = problem.diagnostic.at.as_ref().is_some_and(|at| touched.has(at));
    }
    problems.sort_by(|one, other| {
        let (one, other) = (&one.diagnostic, &other.diagnostic);
        let texts = || (&one.code, &one.message).cmp(&(&other.code, &other.message));
        one.place().cmp(&other.place()).then_with(texts)
    });
    tell_apart(&mut problems);
    problems
}

/// Returns the problems that are listed, and entries that count the others.
pub fn bounded(problems: &[Problem]) -> Vec<Problem> {
    let diagnostic::Bounds { is_listed, further } = diagnostic::bounds(problems.iter().map(|it| &it.diagnostic));
    let listed = problems.iter().zip(is_listed).filter(|(_, is_listed)| *is_listed).map(|(problem, _)| problem.clone());
    let mut bounded: Vec<Problem> = listed.chain(further.into_iter().map(of_diagnostic)).collect();
    bounded.sort_by(|one, other| one.diagnostic.place().cmp(&other.diagnostic.place()));
    bounded
}

/// Gives each problem a fingerprint of its own.
pub(super) fn tell_apart(problems: &mut [Problem]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for problem in problems {
        let count = seen.entry(problem.fingerprint.clone()).or_default();
        *count += 1;
        // The same thing said twice is two problems, told apart by their order.
        if *count > 1 {
            problem.fingerprint = fingerprint(&[&problem.fingerprint, &count.to_string()]);
        }
    }
}

pub(super) fn of_diagnostic(diagnostic: Diagnostic) -> Problem {
    let file = diagnostic.at.as_ref().map_or("", |at| &at.file);
    let fingerprint = fingerprint(&[diagnostic.code.as_str(), file, &diagnostic.message]);
    let rank = rank(&diagnostic);
    Problem { rule: None, page: None, locale: None, field: None, fingerprint, rank, is_touched: false, diagnostic }
}

/// Returns where a problem stands by its weight alone.
pub(super) fn rank(diagnostic: &Diagnostic) -> Rank {
    match diagnostic.severity {
        Severity::Error => Rank::Error,
        Severity::Warning | Severity::Info => Rank::Aside,
    }
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
        rank: rank(&diagnostic),
        is_touched: false,
        diagnostic,
    }
}

pub(super) fn fingerprint(parts: &[&str]) -> String {
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

impl<'d> FromIterator<&'d Diagnostic> for Counts {
    fn from_iter<T: IntoIterator<Item = &'d Diagnostic>>(diagnostics: T) -> Self {
        let mut counts = Self::default();
        for diagnostic in diagnostics {
            let count = diagnostic.left_out.max(1);
            match diagnostic.severity {
                Severity::Error => counts.errors += count,
                Severity::Warning => counts.warnings += count,
                Severity::Info => counts.infos += count,
            }
        }
        counts
    }
}

impl Counts {
    /// Returns how many there are in words; nothing if there are none.
    pub fn words(self) -> Option<String> {
        let Self { errors, warnings, infos } = self;
        let kinds = [(errors, "error", "errors"), (warnings, "warning", "warnings"), (infos, "info", "infos")];
        let parts = kinds.into_iter().filter(|(number, ..)| *number > 0);
        let parts: Vec<String> = parts.map(|(number, one, many)| count(number, one, many)).collect();
        match parts.as_slice() {
            [] => None,
            [only] => Some(only.clone()),
            [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
        }
    }
}

/// Counts problems by weight.
pub fn counts<'p>(problems: impl IntoIterator<Item = &'p Problem>) -> Counts {
    problems.into_iter().map(|problem| &problem.diagnostic).collect()
}

/// Returns the problems, worst first, of these what was touched first, and else in their order.
pub fn worst_first(problems: &[Problem]) -> Vec<&Problem> {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|problem| (problem.rank, problem.diagnostic.severity, !problem.is_touched));
    sorted
}

/// Returns a problem as JSON.
pub fn json(problem: &Problem) -> Json {
    let Problem { diagnostic, rule: _, page, locale, field, fingerprint, rank: _, is_touched: _ } = problem;
    let mut out = file::diagnostic(diagnostic);
    let also = diagnostic.also.iter().map(|(at, label)| json!({"location": file::location(at), "label": label}));
    out["also"] = also.collect();
    if diagnostic.left_out > 0 {
        out["left_out"] = json!(diagnostic.left_out);
    }
    out["page"] = json!(page);
    out["locale"] = json!(locale);
    out["field"] = json!(field);
    out["fingerprint"] = json!(fingerprint);
    out
}
