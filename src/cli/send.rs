//! Sends a plan, for whichever command made it: records the run, listens to signals, tells what happens.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::Global;
use super::context::{self, Connection};
use super::failure::Failure;
use super::output::{self, Format};
use super::ui::Ui;
use crate::apply::{self, Remote, Unrecorded};
use crate::event::{Event, Outcome, Receipt, Skip, Stop};
use crate::exit::Exit;
use crate::plan::Plan;
use crate::render::{account, receipt, view};
use crate::run::{self, Lock, Purpose, Run};

/// Flags of the commands that write.
#[derive(Debug, clap::Args)]
pub(super) struct Sending {
    /// Send nothing after so many seconds; what is under way is finished.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,

    /// Read a page again before a write if what is known of it is older than so many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "30")]
    max_read_age: Duration,

    /// Write what happens to this file, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
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
    New(&'a Plan, Purpose, Option<Lock>),
    /// The rest of a run.
    Rest(&'a Plan, Run, Receipt),
}

impl Sending {
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
        let remote = Remote {
            reader: connection.client.reader(),
            writer: connection.client.writer(),
            concurrency: global.concurrency,
            max_read_age: self.max_read_age,
            deadline: self.timeout.map(|timeout| Instant::now() + timeout),
        };
        if let What::New(plan, ..) = &what
            && plan.is_empty()
        {
            return show(plan, &Receipt::default(), format, ui);
        }
        let stream = self.stream()?;
        let (plan, so_far, run) = match what {
            What::New(plan, purpose, lock) => (plan, None, create(plan, purpose, lock, global, root)?),
            // A run that never began, or that was refused, has promised nothing yet: it is checked as a new one is.
            What::Rest(plan, run, receipt) => (plan, Some(receipt).filter(|it| !it.standings.is_empty()), run),
        };
        let mut recorder = Recorder::new(run, plan, stream, connection.per_minute, ui.clone());
        let (stop, listener) = listen()?;
        let mut record = |event: &Event| recorder.record(event);
        let ended = match so_far {
            None => apply::apply(plan, &remote, stop, &mut record).await,
            Some(receipt) => apply::resume(plan, receipt, &remote, stop, &mut record).await,
        };
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

    fn stream(&self) -> Result<Option<File>, Failure> {
        self.events.as_deref().map(File::create).transpose().map_err(|error| {
            Failure::new(Exit::Failed, error).context("failed to open the file for `--events`".to_owned())
        })
    }
}

/// Opens a new run, with the project's lock.
fn create(plan: &Plan, purpose: Purpose, lock: Option<Lock>, global: &Global, root: &Path) -> Result<Run, Failure> {
    let state = context::make_state_folder(root)?;
    let lock = lock.map_or_else(|| Lock::take(&state), Ok)?;
    let remote = context::remote_name(global)?;
    Ok(run::create(&state, lock, plan, purpose, &remote, jiff::Timestamp::now())?)
}

fn show(plan: &Plan, receipt: &Receipt, format: Format, ui: &Ui) -> Result<Exit, Failure> {
    match format {
        Format::Text => ui.data(|screen, out| account::receipt(plan, receipt, screen, out))?,
        Format::Json => ui.text(&output::harmless(&receipt::json(plan, receipt)))?,
    }
    Ok(receipt.exit())
}

/// Listens to the signals that ask the program to end. The second one ends it at once; the record is safe at any time.
fn listen() -> Result<(apply::StopSignal, JoinHandle<()>), Failure> {
    let (sender, receiver) = watch::channel(None);
    let mut signals = Signals::new()?;
    let listener = tokio::spawn(async move {
        let first = signals.next().await;
        // Nobody listens any more once the run has ended by itself.
        let _ = sender.send(Some(first));
        let second = signals.next().await;
        leave(second);
    });
    Ok((receiver, listener))
}

#[expect(clippy::exit, reason = "whoever asks twice does not want to wait for destructors")]
fn leave(stop: Stop) {
    let exit = stop.signal_exit().unwrap_or(Exit::Failed);
    std::process::exit(i32::from(exit.code()));
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Stop {
        tokio::select! {
            _ = self.interrupt.recv() => Stop::Interrupted,
            _ = self.terminate.recv() => Stop::Terminated,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Stop {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Stop::Interrupted
    }
}

/// Keeps the record of a run and tells of it on the way.
struct Recorder {
    run: Run,
    stream: Option<File>,
    ui: Ui,
    places: Vec<String>,
    ended: usize,
    per_minute: u32,
    /// Why the record could not be kept.
    failure: Option<anyhow::Error>,
}

impl Recorder {
    fn new(run: Run, plan: &Plan, stream: Option<File>, per_minute: u32, ui: Ui) -> Self {
        let places = plan.operations.iter().map(account::place).collect();
        Self { run, stream, ui, places, ended: 0, per_minute, failure: None }
    }

    fn record(&mut self, event: &Event) -> Result<(), Unrecorded> {
        self.tell(event);
        if let Some(stream) = &mut self.stream
            && let Err(error) = stream.write_all(run::event_line(event).as_bytes())
        {
            // The stream is for onlookers; the record is what counts.
            self.ui.note(&format!("failed to write to the file of `--events`: {error}"));
            self.stream = None;
        }
        self.run.record(event).map_err(|error| {
            self.failure.get_or_insert(error.into());
            Unrecorded
        })
    }

    fn tell(&mut self, event: &Event) {
        let total = self.places.len();
        match event {
            Event::Began { operations } => {
                self.ui.progress(*operations, self.per_minute);
                let writes = view::count(*operations, "write", "writes");
                self.ui.detail(&format!("the site was read again; {writes} to send, recorded as {}", self.run.id()));
            }
            Event::Sending { operation: _ } | Event::Held { operation: _ } => {}
            Event::Finished { operation, outcome } => {
                self.ended += 1;
                self.ui.advance();
                // A bar counts what goes well, and the receipt what was stopped.
                let is_counted = self.ui.has_watcher() && outcome.is_success();
                if is_counted || *outcome == Outcome::Skipped(Skip::Stopped) {
                    return;
                }
                self.ui.note(&format!("[{}/{total}] {}: {}", self.ended, self.places[*operation], outcome.name()));
            }
            Event::Stopped(stop) => self.ui.note(&format!("stopping: {}", stop.describe())),
        }
    }

    fn close(mut self, plan: &Plan, receipt: &Receipt, format: Format, ui: &Ui) -> Result<Exit, Failure> {
        let exit = receipt.exit();
        self.ui.end_progress();
        self.end(exit);
        if let Err(failure) = show(plan, receipt, format, ui) {
            // What was written is written; that it could not be told does not change how it ended.
            ui.error(&failure.error, failure.hint.as_deref());
        }
        if let Some(error) = &self.failure {
            let hint = "what was written is listed above; make room, and run `slugline plan` to see what is left";
            ui.error(error, Some(hint));
        } else if receipt.is_success() {
            if receipt.count(|outcome| *outcome == Outcome::Done) == 0 {
                return Ok(exit);
            }
            ui.note("Written as staged changes: nothing is public until the site is published.");
        } else if receipt.standings.iter().any(|standing| !standing.outcome().is_some_and(Outcome::is_final)) {
            ui.note(&format!(
                "Recorded as {id}. `slugline apply --resume={id}` goes on with it, `slugline undo {id}` takes it back.",
                id = self.run.id()
            ));
        }
        Ok(exit)
    }

    fn end(&mut self, exit: Exit) {
        // That it ended is the last thing to be told; there is nothing to be done if it cannot be recorded.
        let _ = self.run.record_end(exit);
    }
}
