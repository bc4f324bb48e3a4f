//! The project's lock: one run at a time. The system gives it up when the process ends, however that happens.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Error, file_error};
use crate::project_dir::StateDir;

/// How often, and after which time, the lock is tried again: a look at who has it takes it for a moment.
const TRIES: u32 = 5;
const GLANCE: Duration = Duration::from_millis(10);
/// Bytes of a lock file, at most.
const MAX_HOLDER: u64 = 1024;

/// The lock, held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Who has the lock, as far as its file tells.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Holder {
    pid: Option<u32>,
    since: Option<String>,
}

impl Holder {
    /// Returns who a lock's file names. Whoever has it may be writing its name just now; then it stays unnamed.
    fn of(file: &mut File) -> Self {
        let mut text = String::new();
        let _ = file.take(MAX_HOLDER).read_to_string(&mut text);
        serde_json::from_str(&text).unwrap_or_default()
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.pid, &self.since) {
            (Some(pid), Some(since)) => write!(f, "process {pid}, since {since}"),
            _ => f.write_str("it does not say which process"),
        }
    }
}

impl Lock {
    /// Takes the lock of the state folder, or says who has it.
    pub fn take(state: &Path) -> Result<Self, Error> {
        let path = state.join("lock");
        let open = StateDir::open(state).and_then(|state| Ok(state.open_or_create("lock")?));
        let mut file = open.map_err(file_error("take the lock", &path))?;
        let mut tries = 1..TRIES;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if tries.next().is_some() => thread::sleep(GLANCE),
                Err(TryLockError::WouldBlock) => return Err(Error::Locked(Holder::of(&mut file))),
                Err(TryLockError::Error(error)) => return Err(file_error("take the lock", &path)(error)),
            }
        }
        let now = jiff::Timestamp::now();
        let since = now.round(jiff::Unit::Second).unwrap_or(now).to_string();
        let holder = Holder { pid: Some(std::process::id()), since: Some(since) };
        let text = serde_json::to_string(&holder).expect("a holder has text keys only");
        let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(text.as_bytes()));
        written.map_err(file_error("take the lock", &path))?;
        Ok(Self { _file: file })
    }

    /// Fails if a process has the lock of the state folder. Where there is no lock that can be read, none has it.
    pub fn check(state: &Path) -> Result<(), Error> {
        let open = StateDir::open(state).and_then(|state| Ok(state.open_file("lock")?));
        let Ok(mut file) = open else { return Ok(()) };
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Err(Error::Locked(Holder::of(&mut file))),
            Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
        }
    }
}
