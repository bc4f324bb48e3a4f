//! What became of a plan, as text: what moved under it, how each operation ended, and the counts.
//!
//! Says what did not go as planned and leaves out what did.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::print::{Line, Look, Screen};
use super::text::shortened;
use super::view::count;
use crate::event::{Mismatch, Outcome, Publication, Published, Receipt, Scope, Skip, Standing};
use crate::model::{Extra, Field, Leaf, Value};
use crate::plan::gate;
use crate::plan::staleness::Moved;
use crate::plan::{Operation, Plan, Purpose};

/// Writes what moved since the plan was made.
pub fn moved(moved: &[Moved], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    for Moved { address, path, field } in moved {
        let place = format!("{path} @ {}", address.locale);
        let Some(field) = field else {
            let line = Line::indented(2).hanging(2).with(Look::Plain, &format!("{place}: the page is gone"));
            line.print(screen, out)?;
            continue;
        };
        Line::indented(2)
            .hanging(2)
            .with(Look::Plain, &format!("{place}: {}", field.field.name()))
            .print(screen, out)?;
        for (label, value) in [("planned on ", &field.expected), ("now reads  ", &field.found)] {
            let line = Line::indented(6).hanging(2).with(Look::Faint, label).with(Look::Plain, &quoted(value));
            line.print(screen, out)?;
        }
    }
    Ok(())
}

/// Writes the statements of a plan that the site contradicts, with what both say.
pub fn mismatches(mismatches: &[gate::Mismatch], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    for mismatch in mismatches {
        let gate::Mismatch { address, path, operation, what, stated, found } = mismatch;
        let number = operation.map(|operation| format!("operation {operation}, ")).unwrap_or_default();
        let place = match (path, address) {
            (Some(path), Some(address)) => {
                format!("{number}{path} @ {} (page {}): {what}", address.locale, address.page)
            }
            _ => what.clone(),
        };
        Line::indented(2).hanging(2).with(Look::Plain, &place).print(screen, out)?;
        for (label, value) in [("the plan says ", stated), ("the site says ", found)] {
            let line = Line::indented(6).hanging(2).with(Look::Faint, label).with(Look::Plain, &shortened(value));
            line.print(screen, out)?;
        }
    }
    Ok(())
}

/// Writes how the operations of a plan ended: a line for each that did not succeed, then the counts.
pub fn receipt(plan: &Plan, receipt: &Receipt, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    for (operation, standing) in plan.operations.iter().zip(&receipt.standings) {
        // What was stopped is counted below; a line each would bury why.
        if !standing.is_success() && standing.outcome() != Some(&Outcome::Skipped(Skip::Stopped)) {
            standing_lines(plan, operation, standing, screen, out)?;
        }
    }
    for operation in astray(plan, receipt) {
        let slug = operation.body.fields.get(&Field::Slug).and_then(Value::as_text).unwrap_or_default();
        let text = format!(
            "{} has the temporary slug `{slug}`; resume or undo the run to give it a real one",
            place(operation)
        );
        Line::indented(0).hanging(4).with(Look::Error, &text).print(screen, out)?;
    }
    for text in hints(receipt) {
        hint(text, screen, out)?;
    }
    if let Some(stop) = receipt.stop {
        let left = receipt.count(|outcome| *outcome == Outcome::Skipped(Skip::Stopped));
        let text = format!("stopped: {}; {} not sent", stop.describe(), count(left, "request", "requests"));
        Line::indented(0).hanging(2).with(Look::Error, &text).print(screen, out)?;
    }
    let look = if receipt.is_success() { Look::Strong } else { Look::Error };
    Line::indented(0).hanging(2).with(look, &tally(receipt)).print(screen, out)?;
    if let Some((publication, ended)) = &receipt.publication {
        let (look, text) = published(plan, publication, ended.as_ref());
        Line::indented(0).hanging(2).with(look, &text).print(screen, out)?;
        if let Some(Published::Failed { message: _, hint: Some(text) }) = ended {
            hint(text, screen, out)?;
        }
    }
    Ok(())
}

fn hint(text: &str, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    Line::indented(0).hanging(2).with(Look::Strong, "hint: ").with(Look::Plain, text).print(screen, out)
}

/// Returns what is published, for people.
pub fn scope(plan: &Plan, scope: &Scope) -> String {
    match scope {
        Scope::Page(page) => {
            let operation = plan.operations.iter().find(|operation| operation.address.page == *page);
            let path = operation.map_or(page.as_str(), |operation| operation.path.as_str());
            format!("the page {path} in all its locales")
        }
        Scope::Site => "the whole site, with everything that anyone has staged".to_owned(),
    }
}

fn published(plan: &Plan, publication: &Publication, ended: Option<&Published>) -> (Look, String) {
    let what = scope(plan, &publication.scope);
    let place = if publication.domains.is_empty() {
        "the site's webflow.io subdomain".to_owned()
    } else {
        publication.domains.join(", ")
    };
    match ended {
        Some(Published::Queued) => (Look::Strong, format!("Publishing {what}, to {place}: queued by the server.")),
        Some(Published::Failed { message, hint: _ }) => (Look::Error, format!("Not published: {message}")),
        Some(Published::Skipped) => (Look::Error, "Not published: the run was stopped.".to_owned()),
        Some(Published::Unknown { message }) => {
            (Look::Error, format!("Publishing {what}, to {place}: outcome unknown: {message}"))
        }
        None => {
            (Look::Error, format!("Publishing {what}, to {place}: outcome unknown: the run ended before the answer"))
        }
    }
}

/// Returns the ways out, each once.
fn hints(receipt: &Receipt) -> BTreeSet<&str> {
    let outcomes = receipt.standings.iter().filter_map(Standing::outcome);
    outcomes.filter_map(way_out).collect()
}

/// Returns the way out of an outcome, if there is one.
pub(super) fn way_out(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Failed { message: _, hint, is_general: _ } => hint.as_deref(),
        Outcome::DidNotTake(mismatches) => restoration(mismatches),
        Outcome::Done | Outcome::Converged | Outcome::Moved(_) | Outcome::Skipped(_) | Outcome::Unknown { .. } => None,
    }
}

/// Returns how a lost leaf that is not a field can be restored.
fn restoration(mismatches: &[Mismatch]) -> Option<&'static str> {
    let extras: Vec<&Extra> = mismatches.iter().filter_map(|mismatch| mismatch.field.as_extra()).collect();
    if extras.iter().any(|extra| extra.is_image()) {
        return Some("set the share image again in the page settings of the Designer, in that locale");
    }
    (!extras.is_empty()).then_some("set the value again in the page settings of the Designer, in that locale")
}

/// Returns the moves to a temporary slug whose page may still be there.
fn astray<'p>(plan: &'p Plan, receipt: &Receipt) -> Vec<&'p Operation> {
    let standings = plan.operations.iter().zip(&receipt.standings);
    let detours = standings
        .clone()
        .filter(|(operation, standing)| operation.purpose == Purpose::TemporarySlug && standing.may_have_written());
    let is_home = |detour: &Operation| {
        standings.clone().any(|(operation, standing)| {
            operation.purpose == Purpose::Write && operation.address == detour.address && standing.is_success()
        })
    };
    detours.map(|(operation, _)| operation).filter(|detour| !is_home(detour)).collect()
}

fn standing_lines(
    plan: &Plan,
    operation: &Operation,
    standing: &Standing,
    screen: Screen,
    out: &mut dyn Write,
) -> io::Result<()> {
    let place = format!("{}: {}", place(operation), standing_text(plan, standing));
    Line::indented(0).hanging(4).with(Look::Error, &place).print(screen, out)?;
    let (verb, mismatches): (&str, &[Mismatch]) = match standing.outcome() {
        Some(Outcome::DidNotTake(mismatches)) => ("sent", mismatches),
        Some(Outcome::Moved(mismatches)) => ("planned on", mismatches),
        Some(Outcome::Done | Outcome::Converged | Outcome::Failed { .. }) => return Ok(()),
        Some(Outcome::Skipped(_) | Outcome::Unknown { .. }) | None => return Ok(()),
    };
    for Mismatch { field, expected, found } in mismatches {
        // A leaf that is not a field is to be restored by hand, so its value is shown whole.
        let (verb, quoted): (&str, fn(&Value) -> String) = match field {
            Leaf::Field(_) => (verb, quoted),
            Leaf::Extra(_) => ("was", whole),
        };
        let line = Line::indented(4).hanging(2).with(Look::Plain, &format!("{}: {verb} ", field.name()));
        let line = line.with(Look::New, &quoted(expected)).with(Look::Plain, ", reads ");
        line.with(Look::Old, &quoted(found)).print(screen, out)?;
    }
    Ok(())
}

/// Returns where an operation writes, for people.
pub fn place(operation: &Operation) -> String {
    format!("{} @ {}", operation.path, operation.address.locale)
}

fn standing_text(plan: &Plan, standing: &Standing) -> String {
    match standing {
        Standing::Waiting => "not sent".to_owned(),
        Standing::Sending => "sent, outcome unknown: the run ended before the answer".to_owned(),
        Standing::Ended(outcome) => outcome_text(plan, outcome),
    }
}

fn outcome_text(plan: &Plan, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => "written".to_owned(),
        Outcome::Converged => "reads as wanted already".to_owned(),
        Outcome::DidNotTake(_) => "written, but the site reads otherwise".to_owned(),
        Outcome::Moved(_) => "left alone: somebody else has changed it since".to_owned(),
        Outcome::Failed { message, hint: _, is_general: _ } => format!("not written: {message}"),
        Outcome::Skipped(Skip::Stopped) => "not sent: the run was stopped".to_owned(),
        Outcome::Skipped(Skip::Needs(other)) => {
            format!("not sent: it needs {} to be written first", place(&plan.operations[*other]))
        }
        Outcome::Unknown { message } => format!("sent, outcome unknown: {message}"),
    }
}

fn tally(receipt: &Receipt) -> String {
    if receipt.standings.is_empty() {
        return "Applied: nothing to write.".to_owned();
    }
    let words = receipt.standings.iter().map(word);
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    // What was written comes first.
    counts.sort_by_key(|(word, _)| (*word != "written", *word));
    let counts: Vec<String> = counts.iter().map(|(word, number)| format!("{number} {word}")).collect();
    format!("Applied: {} of {}.", counts.join(", "), count(receipt.standings.len(), "request", "requests"))
}

fn word(standing: &Standing) -> &'static str {
    match standing {
        Standing::Waiting => "not sent",
        Standing::Sending => "unknown",
        Standing::Ended(outcome) => match outcome {
            Outcome::Done => "written",
            Outcome::Converged => "already as wanted",
            Outcome::DidNotTake(_) => "did not take",
            Outcome::Moved(_) => "left alone",
            Outcome::Failed { .. } => "failed",
            Outcome::Skipped(_) => "not sent",
            Outcome::Unknown { .. } => "unknown",
        },
    }
}

fn quoted(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("\"{}\"", shortened(text)),
        Value::Flag(flag) => flag.to_string(),
    }
}

fn whole(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("\"{text}\""),
        Value::Flag(flag) => flag.to_string(),
    }
}
