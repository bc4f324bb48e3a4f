//! Keeps the record of a run, and tells of it on the way: to whoever watches, and to a stream of events.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;

use super::failure::Failure;
use super::output::Format;
use super::send::show;
use super::sentence::Sentence;
use super::ui::Ui;
use crate::apply::Unrecorded;
use crate::event::{Event, Outcome, Published, Receipt, Skip};
use crate::exit::Exit;
use crate::plan::Plan;
use crate::render::{account, escape, view};
use crate::run::{self, Run};

/// Where events are streamed to.
pub(super) enum Stream {
    /// A file.
    File(File),
    /// Stdout.
    Stdout,
}

/// Keeps the record of a run and tells of it on the way.
pub(super) struct Recorder {
    run: Run,
    stream: Option<Stream>,
    ui: Ui,
    places: Vec<String>,
    ended: BTreeSet<usize>,
    per_minute: u32,
    /// Why the record could not be kept.
    failure: Option<anyhow::Error>,
}

impl Recorder {
    /// Begins to tell of a run, of which some operations may be at their end already.
    pub(super) fn new(
        run: Run,
        plan: &Plan,
        ended: BTreeSet<usize>,
        stream: Option<Stream>,
        per_minute: u32,
        ui: Ui,
    ) -> Self {
        let places = plan.operations.iter().map(account::place).collect();
        let opening = run.opening().to_owned();
        let mut recorder = Self { run, stream, ui, places, ended, per_minute, failure: None };
        recorder.stream(&opening);
        recorder
    }

    /// Writes a line for onlookers; the record is what counts.
    fn stream(&mut self, line: &str) {
        if let Some(stream) = &mut self.stream
            && let Err(error) = stream.write(&self.ui.redacted(&escape::json(line)), &self.ui)
        {
            self.ui.note(&format!("failed to write the events for `--events`: {error}"));
            self.stream = None;
        }
    }

    pub(super) fn record(&mut self, event: &Event) -> Result<(), Unrecorded> {
        // First of all: whoever is told of it may end the program the moment after.
        let recorded = self.run.record(event);
        self.tell(event);
        self.stream(&run::event_line(event));
        recorded.map_err(|error| {
            self.failure.get_or_insert(error.into());
            Unrecorded
        })
    }

    fn tell(&mut self, event: &Event) {
        let total = self.places.len();
        match event {
            Event::Began { operations: _ } => {
                self.ui.progress(self.ended.len(), total, self.per_minute);
                let writes = view::count(total - self.ended.len(), "write", "writes");
                self.ui.detail(&format!("the site was read again; {writes} to send, recorded as {}", self.run.id()));
            }
            Event::Sending { operation: _ } | Event::Held { operation: _ } => {}
            Event::Finished { operation, outcome } => {
                // What was pinned ends once more if a later reading shows that it did not last.
                if self.ended.insert(*operation) {
                    self.ui.advance();
                }
                // A bar counts what goes well, and the receipt what was stopped.
                let is_counted = self.ui.has_watcher() && outcome.is_success();
                if is_counted || *outcome == Outcome::Skipped(Skip::Stopped) {
                    return;
                }
                self.ui.note(&format!(
                    "[{}/{total}] {}: {}",
                    self.ended.len(),
                    self.places[*operation],
                    outcome.name()
                ));
            }
            Event::Stopped(stop) => self.ui.note(&format!("stopping: {}", stop.describe())),
            Event::Publishing(_) => self.ui.note("publishing"),
            // The receipt tells.
            Event::Published(_, _) => {}
        }
    }

    pub(super) fn close(mut self, plan: &Plan, receipt: &Receipt, format: Format, ui: &Ui) -> Result<Exit, Failure> {
        let exit = receipt.exit();
        self.ui.end_progress();
        self.end(exit);
        if let Err(failure) = show(plan, receipt, format, ui) {
            // What was written is written; that it could not be told does not change how it ended.
            ui.error(&failure.error, failure.hint.as_ref());
        }
        if let Some(error) = &self.failure {
            let hint = Sentence::from("what was written is listed above; make room, and run ").command("plan", []);
            ui.error(error, Some(&hint.words(" to see what is left")));
        } else if receipt.is_success() {
            self.tell_of_publishing(receipt);
        } else if receipt.standings.iter().any(|standing| !standing.outcome().is_some_and(Outcome::is_final)) {
            let id = self.run.id().as_str();
            let resumed = Sentence::from(format!("Recorded as {id}. ")).command("apply", [&format!("--resume={id}")]);
            let undone = resumed.words(" goes on with it, ").command("undo", [id]);
            ui.propose(&undone.words(" takes it back."));
        }
        Ok(exit)
    }

    fn tell_of_publishing(&self, receipt: &Receipt) {
        let id = self.run.id();
        match &receipt.publication {
            None if receipt.count(|outcome| *outcome == Outcome::Done) == 0 => {}
            None => self.ui.note("Written as staged changes: nothing is public until the site is published."),
            Some((_, Some(Published::Queued))) => {}
            Some(_) => {
                let sentence = Sentence::from("Written, but not known to be published. ");
                let again = sentence.command("apply", [&format!("--resume={id}"), "--publish"]);
                self.ui.propose(&again.words(" tries again."));
            }
        }
    }

    pub(super) fn end(&mut self, exit: Exit) {
        self.stream(&run::end_line(exit));
        // That it ended is the last thing to be told; there is nothing to be done if it cannot be recorded.
        let _ = self.run.record_end(exit);
    }
}

impl Stream {
    fn write(&mut self, line: &str, ui: &Ui) -> std::io::Result<()> {
        match self {
            Self::File(file) => file.write_all(line.as_bytes()),
            Self::Stdout => ui.events(line),
        }
    }
}
