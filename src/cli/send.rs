//! Sends a plan, for whichever command made it, and records the run.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::context::{self, Connection};
use super::failure::Failure;
use super::output::Format;
use super::recorder::{Recorder, Stream};
use super::ui::Ui;
use super::{Global, files, signals};
use crate::apply::{self, Remote};
use crate::event::{Event, Receipt, Scope};
use crate::exit::Exit;
use crate::plan::Plan;
use crate::plan::gate::Approved;
use crate::render::{account, escape, receipt};
use crate::run::{self, Caller, Lock, Purpose, Run};
use crate::webflow::ENTRIES_PER_UPDATE;

/// Flags of the commands that write.
#[derive(Debug, clap::Args)]
pub(super) struct Sending {
    /// Send nothing after so many seconds; what is under way is finished.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,

    /// Read a page again before its write if it was read more than this many seconds ago.
    ///
    /// The Webflow API has no conditional write: an edit made in the Designer after slugline reads a page and before it
    /// writes the page is overwritten. slugline keeps this window smaller than the maximum. A run of up to 100 changes that
    /// fits into the rate limit reads each page right before its write. A larger run reads list pages again as often as 3 %
    /// more requests allow, about once in 50 writes at 120 requests a minute. With --bulk, list pages are read right before
    /// each request. A write that has to wait for the rate limit longer than the maximum is not sent: its page is read
    /// again first. A write that follows its read at once is sent even if the read itself took longer.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "30")]
    max_read_age: Duration,

    /// Write what happens to this file, one JSON object a line; `-` is stdout, and what is for people goes to stderr.
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,

    /// Send up to 100 changes in one request of the beta API, and one by one what does not take that way.
    #[arg(long)]
    bulk: bool,

    /// Publish once everything is written: the page if only one changed, else the site with everyone's staged work.
    #[arg(long)]
    publish: bool,
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number: f64 = text.parse().map_err(|_| "a number of seconds is expected")?;
    if number > 0.0 && number <= 1e9 {
        Ok(Duration::from_secs_f64(number))
    } else {
        Err("more than 0 seconds are expected")
    }
}

/// What is to be sent.
pub(super) enum What<'a> {
    /// A plan, from its beginning.
    New(Approved<'a>, Purpose, Option<Lock>),
    /// The rest of a run.
    Rest(Approved<'a>, Box<Run>, Receipt),
}

impl Sending {
    /// Returns how to speak to people when stdout is for events, or fails if it is wanted for something else as well.
    pub(super) fn ui(&self, format: Format, ui: &Ui) -> Result<Ui, Failure> {
        match (self.is_stdout(), format) {
            (false, _) => Ok(ui.clone()),
            (true, Format::Text) => Ok(ui.without_stdout()),
            (true, Format::Json) => {
                Err(Failure::usage("`--events -` and `--format json` both want stdout").hint("give `--events FILE`"))
            }
        }
    }

    /// Returns whether the site or a page is published at the end.
    pub(super) fn publishes(&self) -> bool {
        self.publish
    }

    /// Says what will be published, if anything will, before anyone is asked.
    pub(super) fn announce(&self, plan: &Plan, ui: &Ui) {
        if self.publish
            && let Some(scope) = Scope::of(plan.pages())
        {
            ui.note(&format!("When all is written, slugline publishes {}.", account::scope(plan, &scope)));
        }
    }

    fn is_stdout(&self) -> bool {
        self.events.as_deref() == Some(Path::new("-"))
    }

    /// Sends, and returns how it ended. A failure means that nothing was written.
    pub(super) async fn send(
        &self,
        what: What<'_>,
        global: &Global,
        connection: &Connection,
        root: &Path,
        format: Format,
        ui: &Ui,
    ) -> Result<Exit, Failure> {
        let remote = self.remote(global, connection);
        if let What::New(approved, ..) = &what
            && approved.plan().is_empty()
        {
            return show(approved.plan(), &Receipt::default(), format, ui);
        }
        let (approved, so_far, run) = match what {
            What::New(approved, purpose, lock) => {
                (approved, None, create(approved.plan(), purpose, lock, global, root)?)
            }
            // A run that never began, or that was refused, has promised nothing yet: it is checked as a new one is.
            What::Rest(approved, run, receipt) => (approved, Some(receipt).filter(|it| !it.standings.is_empty()), *run),
        };
        let plan = approved.plan();
        // After the lock is taken: the file may be the one that another run writes to.
        let stream = self.stream()?;
        let ended = so_far.as_ref().map(Receipt::ended).unwrap_or_default();
        let per_minute = self.writes_a_minute(connection.per_minute);
        let mut recorder = Recorder::new(run, plan, ended, stream, per_minute, ui.clone());
        let (stop, listener) = signals::listen()?;
        let mut record = |event: &Event| recorder.record(event);
        let mut ended = match so_far {
            None => apply::apply(approved, &remote, stop.clone(), &mut record).await,
            Some(receipt) => apply::resume(approved, receipt, &remote, stop.clone(), &mut record).await,
        };
        if self.publish
            && let Ok(receipt) = ended
        {
            ended = Ok(apply::publish(approved, receipt, &remote, stop, &mut record).await);
        }
        listener.abort();
        match ended {
            Ok(receipt) => recorder.close(plan, &receipt, format, ui),
            Err(error) => {
                ui.end_progress();
                if let apply::Error::Stale(moved) = &error {
                    ui.alert(|screen, out| account::moved(moved, screen, out));
                }
                let failure = Failure::from(error);
                recorder.end(failure.exit);
                Err(failure)
            }
        }
    }

    fn remote(&self, global: &Global, connection: &Connection) -> Remote {
        Remote {
            reader: connection.client.reader(),
            writer: connection.client.writer(),
            sending: if self.bulk { apply::Sending::InBulk } else { apply::Sending::Singly },
            concurrency: global.concurrency,
            max_read_age: self.max_read_age,
            deadline: self.timeout.map(|timeout| Instant::now() + timeout),
        }
    }

    fn stream(&self) -> Result<Option<Stream>, Failure> {
        let Some(path) = self.events.as_deref() else { return Ok(None) };
        if self.is_stdout() {
            return Ok(Some(Stream::Stdout));
        }
        let file = files::stream(path).map_err(|error| {
            Failure::new(Exit::Failed, error).context("failed to open the file for `--events`".to_owned())
        })?;
        Ok(Some(Stream::File(file)))
    }

    fn writes_a_minute(&self, requests: u32) -> u32 {
        if self.bulk { requests.saturating_mul(ENTRIES_PER_UPDATE as u32) } else { requests }
    }
}

/// Opens a new run, with the project's lock.
fn create(plan: &Plan, purpose: Purpose, lock: Option<Lock>, global: &Global, root: &Path) -> Result<Run, Failure> {
    let state = context::make_state_folder(root)?;
    let lock = lock.map_or_else(|| Lock::take(&state), Ok)?;
    let (remote, actor) = (context::remote_name(global)?, context::actor());
    let caller = Caller { remote: &remote, actor: actor.as_deref() };
    Ok(run::create(&state, lock, plan, purpose, caller, jiff::Timestamp::now())?)
}

pub(super) fn show(plan: &Plan, receipt: &Receipt, format: Format, ui: &Ui) -> Result<Exit, Failure> {
    match format {
        Format::Text => ui.data(|screen, out| account::receipt(plan, receipt, screen, out))?,
        Format::Json => ui.text(&escape::json(&receipt::json(plan, receipt)))?,
    }
    Ok(receipt.exit())
}
