//! The formats of output, and what JSON says when there is no plan to show.

use std::io;

use serde_json::{Value as Json, json};

use super::failure::Failure;
use super::ui::Ui;
use crate::diagnostic::{self, Code, Diagnostic};
use crate::exit::Exit;
use crate::plan::{self, Plan};
use crate::render::concerns::concerns;
use crate::render::problems::{Problem, problems};
use crate::render::view::PlanView;
use crate::render::{escape, github, gitlab, html, markdown, sarif, text};
use crate::source::touched::TouchedLines;

/// How a command writes its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs; for a plan, the same as a plan file.
    Json,
}

/// How a plan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum PlanFormat {
    /// For people.
    #[default]
    Text,
    /// For programs; the same as a plan file.
    Json,
    /// The comment of a pull request.
    Markdown,
    /// A page of its own, with previews.
    Html,
    /// Annotations of a GitHub workflow.
    Github,
    /// A GitLab code quality report of what asks to be looked at.
    Gitlab,
    /// The counts that GitLab shows in a merge request.
    GitlabTerraform,
    /// SARIF 2.1.0 of what asks to be looked at, for code scanning.
    Sarif,
}

/// How a command that shows a plan is asked to do so.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Shown {
    /// How to show it.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub(super) format: PlanFormat,

    /// Bytes of Markdown, at most.
    #[arg(long, value_name = "N", default_value_t = markdown::MAX_BYTES, value_parser = max_bytes)]
    pub(super) max_bytes: usize,
}

fn max_bytes(text: &str) -> Result<usize, String> {
    let least = markdown::LEAST_BYTES;
    let wrong = || format!("a whole number of {least} or more is expected");
    text.parse().ok().filter(|number| *number >= least).ok_or_else(wrong)
}

impl Shown {
    /// Returns how a failure is told on stdout.
    pub(crate) fn answer(self) -> Answer {
        match self.format {
            PlanFormat::Json => Answer::Json,
            PlanFormat::Github => Answer::Github,
            PlanFormat::Gitlab => Answer::Gitlab,
            PlanFormat::Sarif => Answer::Sarif,
            // For people, stderr has it; and counts of a plan that is not there would be made up.
            PlanFormat::Text | PlanFormat::Markdown | PlanFormat::Html | PlanFormat::GitlabTerraform => Answer::Nothing,
        }
    }
}

/// How a failure is told on stdout, beside what stderr says of it, so that whatever reads it is never left without an
/// answer of the form that it was promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Nothing,
    Json,
    Github,
    Gitlab,
    Sarif,
}

impl From<Format> for Answer {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Nothing,
            Format::Json => Self::Json,
        }
    }
}

/// Tells a failure on stdout. The category is for code scanning, which keeps what commands find apart by it.
pub(crate) fn answer(
    failure: &Failure,
    answer: Answer,
    category: &str,
    prefix: impl FnOnce() -> String,
    ui: &Ui,
) -> io::Result<()> {
    let problems = || failure_problems(failure, ui);
    match answer {
        Answer::Nothing => Ok(()),
        Answer::Json => json(&failure_json(failure, ui), ui),
        Answer::Github => ui.data(|_, out| github::annotations(&problems(), &prefix(), out)),
        Answer::Gitlab => json(&gitlab::report(&problems(), &prefix()), ui),
        Answer::Sarif => json(&sarif::failure(category, &problems(), &prefix()), ui),
    }
}

/// Returns what is wrong; where it is nothing in the files, the failure itself, by the name of its exit.
fn failure_problems(failure: &Failure, ui: &Ui) -> Vec<Problem> {
    let mut diagnostics = failure.diagnostics.clone();
    if !diagnostic::has_errors(&diagnostics) {
        let told = Diagnostic::error(Code::new(failure.exit.name()), chain(failure));
        diagnostics.push(match &failure.hint {
            Some(hint) => told.help(ui.told(hint)),
            None => told,
        });
    }
    problems(diagnostics, Vec::new(), &TouchedLines::default())
}

/// Returns the failure and what led to it, on a line.
fn chain(failure: &Failure) -> String {
    failure.error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Writes a plan to stdout. File names in annotations begin at the top of the repository, which the prefix leads down
/// from.
pub(crate) fn show(
    plan: &Plan,
    shown: Shown,
    exit: Exit,
    prefix: impl FnOnce() -> String,
    ui: &Ui,
) -> Result<(), Failure> {
    let view = PlanView::new(plan);
    match shown.format {
        PlanFormat::Text => ui.data(|screen, out| text::plan(&view, ui.flags(), screen, out))?,
        PlanFormat::Json => ui.text(&escape::json(&plan::file::encode(plan, exit)))?,
        PlanFormat::Markdown => ui.text(&markdown::comment(&view, shown.max_bytes))?,
        PlanFormat::Html => ui.text(&html::report(&view))?,
        PlanFormat::Github => ui.data(|_, out| github::plan(&view, &prefix(), out))?,
        PlanFormat::Gitlab => json(&gitlab::report(&concerns(&view), &prefix()), ui)?,
        PlanFormat::Sarif => json(&sarif::plan(&view, &prefix()), ui)?,
        PlanFormat::GitlabTerraform => ui.text(&format!("{}\n", gitlab::terraform(&view)))?,
    }
    Ok(())
}

/// Returns what stdout gets in place of a plan, so that a program that reads it is never left without an answer.
/// Writes JSON to stdout, with nothing in it that acts on what is around it.
pub(crate) fn json(json: &Json, ui: &Ui) -> io::Result<()> {
    ui.text(&escape::json(&format!("{json:#}\n")))
}

fn failure_json(failure: &Failure, ui: &Ui) -> Json {
    let left_out: usize = failure.diagnostics.iter().map(|diagnostic| diagnostic.left_out).sum();
    let diagnostics: Vec<_> = failure.diagnostics.iter().map(plan::file::diagnostic).collect();
    let mut json = json!({
        "format_version": plan::file::FORMAT_VERSION,
        "error": {"message": chain(failure), "hint": failure.hint.as_ref().map(|hint| ui.told(hint))},
        "diagnostics": diagnostics,
        "exit": plan::file::exit(failure.exit),
    });
    if left_out > 0 {
        json["left_out"] = left_out.into();
    }
    for (name, fact) in &failure.facts {
        json[*name] = fact.clone();
    }
    json
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
