//! Problems, and what a plan asks to be looked at, as annotations of a GitHub workflow.
//!
//! A runner acts on lines that start with `::`, so that nothing foreign may reach the start of one: text is on one line
//! and escaped as the Actions toolkit does it.

use std::io::{self, Write};

use super::escape;
use super::problems::{Problem, worst_first};
use super::text::summary;
use super::view::{PlanView, count};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::plan::{Change, Guard, Risk, Tripped};

/// Annotations of a level that GitHub shows of a step; the rest vanishes without a word.
const MOST: usize = 10;

/// Writes annotations, worst first. File names begin at the top of the repository, which the prefix leads down from.
pub fn annotations(problems: &[Problem], prefix: &str, out: &mut dyn Write) -> io::Result<()> {
    let sorted = worst_first(problems);
    let sorted: Vec<&Diagnostic> = sorted.iter().map(|problem| &problem.diagnostic).collect();
    write_all(&sorted, prefix, "`slugline validate` lists them all", out)
}

/// Writes annotations of a plan: what is wrong with it, its guards, and then its risks at the lines that ask for them.
pub fn plan(view: &PlanView<'_>, prefix: &str, out: &mut dyn Write) -> io::Result<()> {
    let standing: Vec<Guard> = view.standing().collect();
    let guards = view.plan.guards.iter().filter(|tripped| standing.contains(&tripped.guard)).map(guard);
    let mut notes: Vec<Diagnostic> = guards.collect();
    for risk in Risk::ALL {
        let risky = view.plan.changes.iter().filter(|change| change.risks.contains(&risk));
        notes.extend(risky.map(|change| risky_change(risk, change)));
    }
    let all: Vec<&Diagnostic> = view.plan.diagnostics.iter().chain(&notes).collect();
    write_all(&all, prefix, "`slugline show` tells all of the plan", out)?;
    writeln!(out, "::notice title=slugline::{}", message(&summary(view)))
}

fn guard(tripped: &Tripped) -> Diagnostic {
    let Tripped { guard, count, limit: _, message, worst } = tripped;
    let message = format!("{count} {message}: {}", worst.join(", "));
    let help = format!("if this is meant, apply the plan with --allow {}", guard.name());
    Diagnostic::warning(Code::new(guard.name()), message.trim_end_matches(": ")).help(help)
}

fn risky_change(risk: Risk, change: &Change) -> Diagnostic {
    let what = match risk {
        Risk::SlugChange => "a published address changes",
        Risk::Blanking => "a value is cleared",
        Risk::BindingOverwrite => "a CMS binding is replaced by plain text",
        Risk::LocaleOff => "the locale is switched off on the site",
    };
    let Change { path, address, field, source, redirects, .. } = change;
    let note =
        Diagnostic::warning(Code::new(risk.name()), format!("{} of {path} @ {}: {what}", field.name(), address.locale));
    let note = note.at(source.clone());
    if risk != Risk::SlugChange || redirects.is_empty() {
        return note;
    }
    let moves = redirects.iter().map(|redirect| format!("{} → {}", redirect.from, redirect.to));
    note.help(moves.collect::<Vec<_>>().join(", "))
}

/// Writes as many of each level as are shown, and how many more there are.
fn write_all(sorted: &[&Diagnostic], prefix: &str, rest: &str, out: &mut dyn Write) -> io::Result<()> {
    for (severity, command, one, many) in [
        (Severity::Error, "error", "error", "errors"),
        (Severity::Warning, "warning", "warning", "warnings"),
        (Severity::Info, "notice", "info", "infos"),
    ] {
        let level: Vec<&&Diagnostic> = sorted.iter().filter(|diagnostic| diagnostic.severity == severity).collect();
        let shown = if level.len() > MOST { MOST - 1 } else { level.len() };
        for diagnostic in &level[..shown] {
            annotation(diagnostic, command, prefix, out)?;
        }
        if shown < level.len() {
            let more = count(level.len() - shown, one, many);
            writeln!(out, "::{command} title=slugline::and {more} more; {rest}")?;
        }
    }
    Ok(())
}

fn annotation(diagnostic: &Diagnostic, command: &str, prefix: &str, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "::{command} ")?;
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
