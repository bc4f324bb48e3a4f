//! Problems, and what a plan asks to be looked at, as annotations of a GitHub workflow.
//!
//! A runner acts on lines that start with `::`, so that nothing foreign may reach the start of one: text is on one line
//! and escaped as the Actions toolkit does it.

use std::io::{self, Write};

use super::concerns::concerns;
use super::escape;
use super::problems::{Problem, Rank, counts, worst_first};
use super::review;
use super::text::summary;
use super::view::PlanView;
use crate::diagnostic::{Diagnostic, Severity};

/// Annotations that are written at most. GitHub shows 10 of each level of a step and 50 of a job, and lets the rest vanish
/// without a word; what goes beyond ten altogether is read by nobody, and would take the room of the job's other steps.
const MOST: usize = 10;

/// Writes annotations, worst first. File names begin at the top of the repository, which the prefix leads down from.
pub fn annotations(problems: &[Problem], prefix: &str, out: &mut dyn Write) -> io::Result<()> {
    let sorted = worst_first(problems);
    let (shown, left) = sorted.split_at(if sorted.len() > MOST { MOST - 1 } else { sorted.len() });
    for problem in shown {
        annotation(&problem.diagnostic, prefix, out)?;
    }
    let (Some(worst), Some(more)) = (left.first(), more(left)) else { return Ok(()) };
    let command = command(worst.diagnostic.severity);
    writeln!(out, "::{command} title=slugline::and {more} more; `slugline validate` lists them all")
}

/// Writes what a plan asks to be looked at, and the plan in a sentence.
pub fn plan(view: &PlanView<'_>, prefix: &str, out: &mut dyn Write) -> io::Result<()> {
    let concerns = concerns(view);
    let sorted = worst_first(&concerns);
    let (shown, left) = sorted.split_at(sorted.len().min(MOST - 1));
    for concern in shown {
        annotation(&concern.diagnostic, prefix, out)?;
    }
    let has_lost_guard = left.iter().any(|problem| problem.rank == Rank::Guard);
    let guards = review::standing_guards(view).filter(|_| has_lost_guard).map(|guards| format!("%0A{guards}"));
    let more = more(left).map(|more| format!("%0AAnd {more} more; `slugline show` tells all of the plan"));
    let [guards, more] = [guards, more].map(Option::unwrap_or_default);
    writeln!(out, "::notice title=slugline::{}{guards}{more}", message(&summary(view)))
}

/// Returns how many there are of those that are left out.
fn more(left: &[&Problem]) -> Option<String> {
    counts(left.iter().copied()).words()
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

fn annotation(diagnostic: &Diagnostic, prefix: &str, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "::{} ", command(diagnostic.severity))?;
    if let Some(at) = &diagnostic.at {
        write!(out, "file={},", property(&format!("{prefix}{}", at.file)))?;
        if at.line > 0 {
            write!(out, "line={},col={},", at.line, at.column.max(1))?;
        }
    }
    write!(out, "title={}::{}", property(diagnostic.code.as_str()), message(&diagnostic.message))?;
    if let Some(help) = &diagnostic.help {
        // A line break of ours: inside the message, it is one only to whoever reads the annotation.
        write!(out, "%0A{}", message(help))?;
    }
    writeln!(out)
}

fn message(text: &str) -> String {
    escape::line(text).replace('%', "%25")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
