//! `slugline log`: the runs of a project, newest first.

use serde_json::{Value as Json, json};

use super::context;
use super::failure::Failure;
use super::output::{self, Format};
use super::ui::Ui;
use crate::event::{Outcome, Standing};
use crate::exit::Exit;
use crate::manifest::load;
use crate::plan::file::{self, FORMAT_VERSION};
use crate::render::log::{self, Entry};
use crate::run::{self, RunId, Summary};

/// Show the runs of the project, newest first.
#[derive(Debug, clap::Args)]
pub(crate) struct Log {
    /// So many at most.
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,

    /// How to show them.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

impl Log {
    pub(super) fn run(self, ui: &Ui) -> Result<Exit, Failure> {
        let folder = context::folder()?;
        let state = context::state_folder(&load::find_project(&folder).unwrap_or(folder))?;
        let ids = run::list(&state)?;
        let newest = ids.iter().rev().take(self.limit.unwrap_or(usize::MAX));
        // One that cannot be read must not hide the others.
        let entries: Vec<Entry> = newest.map(|id| entry(id, run::summary(&state, id))).collect();
        match self.format {
            Format::Text if ids.is_empty() => ui.note("There is no run yet."),
            Format::Text if entries.is_empty() => {}
            Format::Text => ui.data(|screen, out| log::text(&entries, screen, out))?,
            Format::Json => output::json(&json(&entries), ui)?,
        }
        Ok(Exit::Ok)
    }
}

fn entry(id: &RunId, summary: Result<Summary, run::Error>) -> Entry {
    let at = id.time().map(|time| time.to_string()).unwrap_or_default();
    let Summary { purpose, remote, actor, plan, receipt, exit } = match summary {
        Ok(summary) => summary,
        Err(error) => return Entry { run: id.to_string(), at, problem: Some(error.to_string()), ..Entry::default() },
    };
    Entry {
        run: id.to_string(),
        at,
        kind: purpose.name(),
        remote,
        actor,
        commit: plan.revision.map(|revision| (revision.commit, revision.dirty)),
        written: receipt.count(|outcome| *outcome == Outcome::Done),
        open: receipt.standings.iter().filter(|standing| is_open(standing)).count(),
        operations: plan.operations,
        published: receipt.publication.and_then(|(_, ended)| Some(ended?.name())),
        exit,
        problem: None,
    }
}

/// Returns whether nobody knows whether the operation was carried out.
fn is_open(standing: &Standing) -> bool {
    match standing {
        Standing::Waiting => false,
        Standing::Sending => true,
        Standing::Ended(outcome) => matches!(outcome, Outcome::Unknown { .. }),
    }
}

fn json(entries: &[Entry]) -> Json {
    json!({
        "format_version": FORMAT_VERSION,
        "runs": entries.iter().map(log::json).collect::<Vec<_>>(),
        "exit": file::exit(Exit::Ok),
    })
}
