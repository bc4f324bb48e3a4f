//! A run on disk: its plan, and the log of what happened, written ahead and synced.
//!
//! `.slugline/runs/<id>/plan.json` and `events.jsonl`. Ids sort by time. One process at a time has the project's lock.
//! Must not know the network, or what an event means.

pub mod format;
mod id;
mod lock;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use self::format::{Entry, FORMAT_VERSION, Line, MAJOR};
use crate::event::{Event, Receipt, Standing};
use crate::exit::Exit;
use crate::model::SiteId;
use crate::plan::{self, Plan};

pub use id::RunId;
pub use lock::{Holder, Lock};

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

fn file_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::File { action, path: path.to_owned(), source }
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
    let runs = state.join("runs");
    fs::create_dir_all(&runs).map_err(file_error("make the folder", &runs))?;
    let id = id::next(now, folders(&runs)?.last());
    let folder = runs.join(id.as_str());
    fs::create_dir(&folder).map_err(file_error("make the folder", &folder))?;
    let first = opened(&id, plan, purpose, caller);
    let run = begin(id, &folder, lock, plan, &first);
    if run.is_err() {
        // On a full disk nobody needs what is left of a run that never was one.
        let _ = fs::remove_dir_all(&folder);
    }
    let run = run?;
    sync_folder(&folder).and_then(|()| sync_folder(&runs)).map_err(file_error("write", &folder))?;
    Ok(run)
}

/// Writes the first line of the log, and then the plan: a folder with a plan is a run, and says where it writes.
fn begin(id: RunId, folder: &Path, lock: Lock, plan: &Plan, first: &Entry) -> Result<Run, Error> {
    let mut run = Run::open(id, folder, lock)?;
    run.append(first)?;
    let path = folder.join("plan.json");
    write_synced(&path, &plan::file::encode(plan, Exit::Ok)).map_err(file_error("write", &path))?;
    Ok(run)
}

/// Opens a run again, to go on with it. A line that was cut off when the machine or the process died is dropped. Once a
/// newer run has written, an undo of it above all, there is no going on.
pub fn reopen(state: &Path, id: Option<&str>, caller: Caller<'_>) -> Result<(Run, Recorded), Error> {
    if !state.join("runs").is_dir() {
        return Err(Error::None);
    }
    let lock = Lock::take(state)?;
    let recorded = read(state, id)?;
    recorded.check_remote(caller.remote)?;
    let newest = written(state, caller.remote, &recorded.plan.target.site)?;
    if let Some(newest) = newest.filter(|newest| newest.id > recorded.id) {
        return Err(Error::Superseded { id: recorded.id, by: newest.id });
    }
    let folder = state.join("runs").join(recorded.id.as_str());
    let path = folder.join("events.jsonl");
    let whole = fs::read(&path).map_err(file_error("read", &path))?;
    let kept = whole.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mut run = Run::open(recorded.id.clone(), &folder, lock)?;
    run.log.set_len(kept as u64).map_err(file_error("mend", &path))?;
    run.whole = Some(kept as u64);
    run.append(&opened(&recorded.id, &recorded.plan, recorded.purpose, caller))?;
    Ok((run, recorded))
}

/// Reads a run: the one whose id begins so, or the newest.
pub fn read(state: &Path, id: Option<&str>) -> Result<Recorded, Error> {
    let runs = state.join("runs");
    let id = match id {
        Some(id) => find(&runs, id)?,
        None => newest_id(&runs)?.ok_or(Error::None)?,
    };
    let folder = runs.join(id.as_str());
    let plan_path = folder.join("plan.json");
    let text = fs::read_to_string(&plan_path).map_err(file_error("read", &plan_path))?;
    let plan = plan::file::decode(&text)?;
    let Log { purpose, remote, actor, events, exit } = read_log(&folder.join("events.jsonl"))?;
    Ok(Recorded { id, purpose, remote, actor, plan, events, exit })
}

/// Returns the only id that begins so.
fn find(runs: &Path, text: &str) -> Result<RunId, Error> {
    let is_meant = |id: &RunId| RunId::may_begin_with(text) && id.as_str().starts_with(text);
    let mut found: Vec<RunId> = folders(runs)?.into_iter().filter(is_meant).collect();
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

/// What a log says.
struct Log {
    purpose: Purpose,
    remote: String,
    actor: Option<String>,
    events: Vec<Event>,
    exit: Option<(u8, String)>,
}

fn read_log(path: &Path) -> Result<Log, Error> {
    let text = match fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        // The process died between the plan and the first line: nothing has happened.
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(file_error("read", path)(error)),
    };
    let damaged = |line: usize, message: String| Error::Damaged { path: path.to_owned(), line: line + 1, message };
    let mut log = Log { purpose: Purpose::Apply, remote: String::new(), actor: None, events: Vec::new(), exit: None };
    for (number, line) in text.split_inclusive('\n').enumerate() {
        // What is not ended was cut off, and nothing has been done on the strength of it.
        let Some(line) = line.strip_suffix('\n') else { break };
        let line: Line = serde_json::from_str(line).map_err(|error| damaged(number, error.to_string()))?;
        match &line.entry {
            Entry::Opened { format_version, kind, remote, actor, run: _, digest: _, pid: _ } => {
                if !format_version.starts_with(MAJOR) {
                    return Err(Error::NewerVersion(format_version.clone()));
                }
                log.purpose = if kind == Purpose::Undo.name() { Purpose::Undo } else { Purpose::Apply };
                (log.remote, log.actor, log.exit) = (remote.clone(), actor.clone(), None);
            }
            Entry::Ended { code, name } => log.exit = Some((*code, name.clone())),
            Entry::Began { .. } | Entry::Sending { .. } | Entry::Held { .. } | Entry::Finished { .. } => {}
            Entry::Stopped { .. } | Entry::Publishing { .. } | Entry::Published { .. } => {}
        }
        log.events.extend(line.entry.event().map_err(|message| damaged(number, message))?);
    }
    Ok(log)
}

/// Returns the ids of all runs, oldest first.
pub fn list(state: &Path) -> Result<Vec<RunId>, Error> {
    ids(&state.join("runs"))
}

fn newest_id(runs: &Path) -> Result<Option<RunId>, Error> {
    Ok(ids(runs)?.pop())
}

fn ids(runs: &Path) -> Result<Vec<RunId>, Error> {
    let mut ids = folders(runs)?;
    // A folder without a plan is one whose making was cut short; nothing has happened in it.
    ids.retain(|id| runs.join(id.as_str()).join("plan.json").is_file());
    Ok(ids)
}

/// Returns the ids of all runs, and of what was to become one, oldest first.
fn folders(runs: &Path) -> Result<Vec<RunId>, Error> {
    let entries = match fs::read_dir(runs) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(file_error("read", runs)(error)),
    };
    let names = entries.filter_map(Result::ok).map(|entry| entry.file_name());
    let mut ids: Vec<RunId> = names.filter_map(|name| RunId::parse(&name.to_string_lossy())).collect();
    ids.sort();
    Ok(ids)
}

impl Run {
    fn open(id: RunId, folder: &Path, lock: Lock) -> Result<Self, Error> {
        let path = folder.join("events.jsonl");
        let log = OpenOptions::new().create(true).append(true).open(&path).map_err(file_error("write", &path))?;
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
            return Err(file_error("write", &self.path)(io::ErrorKind::StorageFull.into()));
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

fn write_synced(path: &Path, text: &str) -> io::Result<()> {
    // Under another name first: a plan that is there is whole.
    let half = path.with_extension("part");
    let mut file = File::create(&half)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&half, path)
}

/// Makes the names in a folder survive a crash, where the system can.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
