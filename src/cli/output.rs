//! The formats of output, and what JSON says when there is no plan to show.

use std::fmt::Write as _;

use serde_json::json;

use super::failure::Failure;
use crate::exit::Exit;
use crate::plan::{self, Plan};
use crate::render::escape;

/// How a command writes its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs; for a plan, the same as a plan file.
    Json,
}

/// Returns what stdout gets in place of a plan, so that a program that reads it is never left without an answer.
pub(crate) fn failure_json(failure: &Failure) -> String {
    let chain: Vec<String> = failure.error.chain().map(ToString::to_string).collect();
    let diagnostics: Vec<_> = failure.diagnostics.iter().map(plan::file::diagnostic).collect();
    let mut json = json!({
        "format_version": plan::file::FORMAT_VERSION,
        "error": {"message": chain.join(": "), "hint": failure.hint},
        "diagnostics": diagnostics,
        "exit": {"code": failure.exit.code(), "name": failure.exit.name()},
    });
    for (name, fact) in &failure.facts {
        json[*name] = fact.clone();
    }
    harmless(&format!("{json:#}\n"))
}

/// Returns JSON with every character spelled as an escape that a terminal would act on. Outside of its strings, JSON has
/// none of them but line breaks.
pub(crate) fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    // A runner of workflows takes this for a command wherever it stands; outside of strings JSON has none.
    for character in json.replace("##[", "#\\u0023[").chars() {
        if character != '\n' && escape::is_hazard(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                // Writing into a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// Returns the exit of a command that planned.
pub(crate) fn plan_exit(plan: &Plan, is_detailed: bool) -> Exit {
    // What compares two commits has changes without anything to send.
    let is_empty = if plan.is_offline { plan.changes.is_empty() } else { plan.is_empty() };
    if plan.is_invalid() {
        Exit::Invalid
    } else if plan.conflicts().next().is_some() {
        Exit::Refused
    } else if is_detailed && !is_empty {
        Exit::Changes
    } else {
        Exit::Ok
    }
}
