//! A run on disk: its plan, and the log of what happened, written ahead and synced.
//!
//! `.slugline/runs/<id>/plan.json` and `events.jsonl`. Ids sort by time. One process at a time has the project's lock.
//! Must not know the network, or what an event means.

pub mod format;
mod id;
mod lock;
mod log;

use std::fs::File;
use std::io::{self, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};

use self::format::{Entry, FORMAT_VERSION, Line};
use self::log::Log;
use crate::event::{Event, Receipt, Standing};
use crate::exit::Exit;
use crate::model::SiteId;
use crate::plan::file::Header;
use crate::plan::{self, Plan};
use crate::project_dir::{ReadError, StateDir};

pub use id::RunId;
pub use lock::{Holder, Lock};

/// The plan of a run, in its folder.
const PLAN: &str = "plan.json";
/// The log of a run, in its folder.
const EVENTS: &str = "events.jsonl";

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A plan from manifests.
    Apply,
    /// A plan that takes back a run.
    Undo,
}

impl Purpose {
    /// The name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Undo => "undo",
        }
    }
}

/// Why a run cannot be opened, read or recorded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has the project's lock.
    #[error("another run is under way: {0}")]
    Locked(Holder),
    /// A file could not be read or written.
    #[error("failed to {action} `{}`", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// There is no such run.
    #[error("there is no run `{0}`")]
    Unknown(String),
    /// Several runs begin so.
    #[error("several runs begin with `{text}`, the newest of them is `{newest}`")]
    Ambiguous {
        /// What was asked for.
        text: String,
        /// The newest.
        newest: RunId,
    },
    /// There is no run at all.
    #[error("there is no run yet")]
    None,
    /// No run has written anything to the site at hand.
    #[error("no run has written anything here, so there is nothing to take back")]
    NothingWritten,
    /// The log makes no sense.
    #[error("`{}` is damaged at line {line}: {message}", path.display())]
    Damaged {
        /// The log.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// The log is of a newer program.
    #[error("the run was recorded in format version `{0}`; this program reads 1.x")]
    NewerVersion(String),
    /// The run wrote to another place.
    #[error("the run `{id}` wrote to {was}, and this is {is}")]
    OtherRemote {
        /// The run.
        id: RunId,
        /// Where it wrote.
        was: String,
        /// Where the command would.
        is: String,
    },
    /// The run is dated in the future, and this project has not made it.
    #[error("the run `{0}` is dated in the future, and was not made in this project folder")]
    Future(RunId),
    /// What the run set out to do is out of date.
    #[error("the run `{id}` cannot be resumed: the run `{by}` has written since")]
    Superseded {
        /// The run.
        id: RunId,
        /// The newest run that has written.
        by: RunId,
    },
    /// The plan of the run makes no sense.
    #[error("the plan of the run cannot be read")]
    Plan(#[from] plan::file::Error),
}

fn file_error<E: Into<io::Error>>(action: &'static str, path: &Path) -> impl FnOnce(E) -> Error {
    move |source| Error::File { action, path: path.to_owned(), source: source.into() }
}

/// A run that is being recorded. Holds the project's lock.
#[derive(Debug)]
pub struct Run {
    id: RunId,
    log: File,
    path: PathBuf,
    /// The line that opened it.
    opening: String,
    /// Bytes of the log that are whole lines; nothing if it cannot be brought back to that.
    whole: Option<u64>,
    _lock: Lock,
}

/// Who opens a run, and where it writes.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// `sandbox`, or the API's address.
    pub remote: &'a str,
    /// A person or a pipeline, as far as the surroundings say.
    pub actor: Option<&'a str>,
}

/// A run as it was recorded.
#[derive(Debug)]
pub struct Recorded {
    /// Its id.
    pub id: RunId,
    /// What it is for.
    pub purpose: Purpose,
    /// Where it wrote: `sandbox`, or the API's address.
    pub remote: String,
    /// Who opened it last, if that is known.
    pub actor: Option<String>,
    /// Its plan.
    pub plan: Plan,
    /// What happened.
    pub events: Vec<Event>,
    /// The code and the name of the exit that the command ended with; nothing if it never got to its end.
    pub exit: Option<(u8, String)>,
}

/// Opens a new run in the project's state folder, with its plan on disk before anything happens.
pub fn create(
    state: &Path,
    lock: Lock,
    plan: &Plan,
    purpose: Purpose,
    caller: Caller<'_>,
    now: jiff::Timestamp,
) -> Result<Run, Error> {
    let path = state.join("runs");
    let dir = StateDir::open(state).map_err(file_error("open", state))?;
    let runs = dir.make_folder("runs").map_err(file_error("make the folder", &path))?;
    let made_here = newest_made(&dir);
    let mut ids = folders(&runs, &path)?.into_iter();
    // A folder of the future must not move the ids of the runs to come there.
    let newest = ids.rfind(|id| !id::is_of_the_future(id, now, made_here.as_ref()));
    let id = id::next(now, newest.as_ref());
    dir.replace(NEWEST, id.as_str()).map_err(file_error("write", &state.join(NEWEST)))?;
    let name = id.to_string();
    let path = path.join(&name);
    let folder = runs.create_folder(&name).map_err(file_error("make the folder", &path))?;
    let first = opened(&id, plan, purpose, caller);
    let run = begin(id, &folder, &path, lock, plan, &first);
    if run.is_err() {
        // On a full disk, what is left of a run that did not begin is of no use.
        let _ = runs.remove_folder(&name);
    }
    let run = run?;
    folder.sync().and_then(|()| runs.sync()).map_err(file_error("write", &path))?;
    Ok(run)
}

/// The file with the id of the newest run that was made in this state folder. It lies beside the runs, so that the runs of
/// another machine can be copied here without it.
const NEWEST: &str = "newest";

/// Returns the newest run that was made in this state folder, if that is known.
fn newest_made(state: &StateDir) -> Option<RunId> {
    let text = state.read(NEWEST, MAX_ID_BYTES).ok()?;
    RunId::parse(std::str::from_utf8(&text).ok()?.trim())
}

/// Bytes of the file with the id, at most.
const MAX_ID_BYTES: u64 = 64;

/// Fails if a run is dated in the future: it would pass for the newest one for as long. Where the clock was set back, the
/// runs that were made here before are known by the newest of them.
pub fn check_time(state: &Path, id: &RunId) -> Result<(), Error> {
    let made_here = StateDir::open(state).ok().and_then(|state| newest_made(&state));
    let is_of_the_future = id::is_of_the_future(id, jiff::Timestamp::now(), made_here.as_ref());
    if is_of_the_future { Err(Error::Future(id.clone())) } else { Ok(()) }
}

/// Writes the first line of the log, and then the plan: a folder with a plan is a run, and says where it writes.
fn begin(id: RunId, folder: &StateDir, path: &Path, lock: Lock, plan: &Plan, first: &Entry) -> Result<Run, Error> {
    let mut run = Run::open(id, folder, path, lock)?;
    run.append(first)?;
    let text = plan::file::encode(plan, Exit::Ok);
    folder.replace(PLAN, &text).map_err(file_error("write", &path.join(PLAN)))?;
    Ok(run)
}

/// A run that may be resumed. Holds the project's lock; nothing is recorded yet.
#[derive(Debug)]
pub struct Held {
    folder: StateDir,
    path: PathBuf,
    /// Bytes of the log that are whole lines.
    whole: u64,
    lock: Lock,
}

/// Takes the lock and reads the run that is to be resumed. Once a newer run has written, an undo of it above all, it cannot
/// be resumed.
pub fn hold(state: &Path, id: Option<&str>, remote: &str) -> Result<(Held, Recorded), Error> {
    if runs(state)?.is_none() {
        return Err(Error::None);
    }
    let lock = Lock::take(state)?;
    let (recorded, whole) = read_whole(state, id)?;
    check_time(state, &recorded.id)?;
    recorded.check_remote(remote)?;
    let newest = written(state, remote, &recorded.plan.target.site)?;
    if let Some(newest) = newest.filter(|newest| newest.id > recorded.id) {
        return Err(Error::Superseded { id: recorded.id, by: newest.id });
    }
    let (folder, path) = folder(state, &recorded.id)?;
    Ok((Held { folder, path, whole, lock }, recorded))
}

impl Held {
    /// Opens the run again. A line that was cut off when the machine or the process died is dropped.
    pub fn open(self, recorded: &Recorded, actor: Option<&str>) -> Result<Run, Error> {
        let Self { folder, path, whole, lock } = self;
        let mut run = Run::open(recorded.id.clone(), &folder, &path, lock)?;
        run.log.set_len(whole).map_err(file_error("mend", &run.path))?;
        run.whole = Some(whole);
        let caller = Caller { remote: &recorded.remote, actor };
        run.append(&opened(&recorded.id, &recorded.plan, recorded.purpose, caller))?;
        Ok(run)
    }
}

/// Reads a run: the one whose id begins so, or the newest.
pub fn read(state: &Path, id: Option<&str>) -> Result<Recorded, Error> {
    read_whole(state, id).map(|(recorded, _)| recorded)
}

/// Reads a run, and returns the number of bytes of its log that are whole lines.
fn read_whole(state: &Path, id: Option<&str>) -> Result<(Recorded, u64), Error> {
    let id = match id {
        Some(id) => find(state, id)?,
        None => list(state)?.pop().ok_or(Error::None)?,
    };
    let (folder, path) = folder(state, &id)?;
    let plan = folder.read(PLAN, plan::file::MAX_BYTES).map_err(file_error("read", &path.join(PLAN)))?;
    let plan = plan::file::decode(&String::from_utf8_lossy(&plan))?;
    let mut events = Vec::new();
    let log = log::read(&folder, &path, plan.operations.len(), |event| events.push(event))?;
    let Log { purpose, remote, actor, exit, whole } = log;
    Ok((Recorded { id, purpose, remote, actor, plan, events, exit }, whole))
}

/// What a list of runs shows of a run.
#[derive(Debug)]
pub struct Summary {
    /// What it is for.
    pub purpose: Purpose,
    /// Where it wrote: `sandbox`, or the API's address.
    pub remote: String,
    /// Who opened it last, if that is known.
    pub actor: Option<String>,
    /// What its plan is of. The rest of the plan is not read, and its digest is not checked.
    pub plan: Header,
    /// How far it came.
    pub receipt: Receipt,
    /// The code and the name of the exit that the command ended with; nothing if it did not end.
    pub exit: Option<(u8, String)>,
}

/// Reads what a list of runs shows of a run, without holding its plan and its events in memory.
pub fn summary(state: &Path, id: &RunId) -> Result<Summary, Error> {
    let (folder, path) = folder(state, id)?;
    let plan_error = |error: ReadError| file_error("read", &path.join(PLAN))(error);
    let file = folder.open_file(PLAN).map_err(plan_error)?;
    let plan = Header::read(BufReader::new(file.take(plan::file::MAX_BYTES)))?;
    let mut receipt = Receipt::default();
    let log = log::read(&folder, &path, plan.operations, |event| receipt.record(&event))?;
    let Log { purpose, remote, actor, exit, whole: _ } = log;
    Ok(Summary { purpose, remote, actor, plan, receipt, exit })
}

/// Opens the folder of a run, and returns its path as well.
fn folder(state: &Path, id: &RunId) -> Result<(StateDir, PathBuf), Error> {
    let path = state.join("runs").join(id.as_str());
    let folder = StateDir::open(state).and_then(|state| state.folder("runs")?.folder(id.as_str()));
    Ok((folder.map_err(file_error("read", &path))?, path))
}

/// Opens the folder of all runs; nothing if there is none yet.
fn runs(state: &Path) -> Result<Option<StateDir>, Error> {
    match StateDir::open(state).and_then(|state| state.folder("runs")) {
        Ok(runs) => Ok(Some(runs)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_error("read", &state.join("runs"))(error)),
    }
}

/// Returns the only id that begins so.
fn find(state: &Path, text: &str) -> Result<RunId, Error> {
    let is_meant = |id: &RunId| RunId::may_begin_with(text) && id.as_str().starts_with(text);
    let all = runs(state)?.map_or(Ok(Vec::new()), |runs| folders(&runs, &state.join("runs")))?;
    let mut found: Vec<RunId> = all.into_iter().filter(is_meant).collect();
    match (found.pop(), found.pop()) {
        (Some(only), None) => Ok(only),
        (Some(newest), Some(_)) => Err(Error::Ambiguous { text: text.to_owned(), newest }),
        (None, _) => Err(Error::Unknown(text.to_owned())),
    }
}

/// Reads the newest run that may have written something to this site at this place.
pub fn newest_written(state: &Path, remote: &str, site: &SiteId) -> Result<Recorded, Error> {
    written(state, remote, site)?.ok_or(Error::NothingWritten)
}

fn written(state: &Path, remote: &str, site: &SiteId) -> Result<Option<Recorded>, Error> {
    for id in list(state)?.iter().rev() {
        check_time(state, id)?;
        let recorded = read(state, Some(id.as_str()))?;
        let receipt = Receipt::of(&recorded.events);
        let is_here = recorded.remote == remote && recorded.plan.target.site == *site;
        if is_here && receipt.standings.iter().any(Standing::may_have_written) {
            return Ok(Some(recorded));
        }
    }
    Ok(None)
}

impl Recorded {
    /// Fails if the run wrote to another place than a command would: a rehearsal says nothing of the real site.
    pub fn check_remote(&self, remote: &str) -> Result<(), Error> {
        if self.remote == remote {
            return Ok(());
        }
        Err(Error::OtherRemote { id: self.id.clone(), was: self.remote.clone(), is: remote.to_owned() })
    }
}

/// Returns the ids of all runs, oldest first.
pub fn list(state: &Path) -> Result<Vec<RunId>, Error> {
    let Some(runs) = runs(state)? else { return Ok(Vec::new()) };
    let mut ids = folders(&runs, &state.join("runs"))?;
    // A folder without a plan is one whose making was cut short; nothing has happened in it.
    ids.retain(|id| runs.folder(id.as_str()).map_or(true, |folder| folder.has_file(PLAN)));
    Ok(ids)
}

/// Returns the ids of all runs, and of what was to become one, oldest first.
fn folders(runs: &StateDir, path: &Path) -> Result<Vec<RunId>, Error> {
    let names = runs.names().map_err(file_error("read", path))?;
    let mut ids: Vec<RunId> = names.iter().filter_map(|name| RunId::parse(name)).collect();
    ids.sort();
    Ok(ids)
}

impl Run {
    fn open(id: RunId, folder: &StateDir, path: &Path, lock: Lock) -> Result<Self, Error> {
        let path = path.join(EVENTS);
        let log = folder.append(EVENTS).map_err(file_error("write", &path))?;
        Ok(Self { id, log, path, opening: String::new(), whole: Some(0), _lock: lock })
    }

    /// Returns the run's id.
    pub fn id(&self) -> &RunId {
        &self.id
    }

    /// Returns the line that opened it, newline included.
    pub fn opening(&self) -> &str {
        &self.opening
    }

    /// Records an event. When it returns, the event is on disk.
    pub fn record(&mut self, event: &Event) -> Result<(), Error> {
        self.append(&Entry::of(event))
    }

    /// Records how the command ended.
    pub fn record_end(&mut self, exit: Exit) -> Result<(), Error> {
        self.append(&ended(exit))
    }

    fn append(&mut self, entry: &Entry) -> Result<(), Error> {
        let line = line(entry);
        if matches!(entry, Entry::Opened { .. }) {
            self.opening.clone_from(&line);
        }
        let Some(whole) = self.whole else {
            return Err(file_error("write", &self.path)(io::Error::from(io::ErrorKind::StorageFull)));
        };
        // One write a line, so that a cut can only be at its end.
        let written = self.log.write_all(line.as_bytes());
        // That something was not sent is so without a word of it, and a thousand such lines must not hold up an end.
        let is_weighty = !matches!(entry, Entry::Finished { outcome, .. } if outcome == "skipped");
        let written = if is_weighty { written.and_then(|()| self.log.sync_data()) } else { written };
        match &written {
            Ok(()) => self.whole = Some(whole + line.len() as u64),
            // Half a line must not become the beginning of the next one.
            Err(_) => self.whole = self.log.set_len(whole).ok().map(|()| whole),
        }
        written.map_err(file_error("write", &self.path))
    }
}

/// Returns an event as a line, newline included.
pub fn event_line(event: &Event) -> String {
    line(&Entry::of(event))
}

/// Returns the end of a command as a line, newline included.
pub fn end_line(exit: Exit) -> String {
    line(&ended(exit))
}

fn ended(exit: Exit) -> Entry {
    Entry::Ended { code: exit.code(), name: exit.name().to_owned() }
}

fn line(entry: &Entry) -> String {
    let line = Line { at: jiff::Timestamp::now().to_string(), entry: entry.clone() };
    let mut text = serde_json::to_string(&line).expect("the format has text keys only");
    text.push('\n');
    text
}

fn opened(id: &RunId, plan: &Plan, purpose: Purpose, caller: Caller<'_>) -> Entry {
    Entry::Opened {
        format_version: FORMAT_VERSION.to_owned(),
        run: Some(id.to_string()),
        kind: purpose.name().to_owned(),
        digest: plan::file::digest_of(plan),
        remote: caller.remote.to_owned(),
        actor: caller.actor.map(str::to_owned),
        pid: std::process::id(),
    }
}
