//! Reads the log of a run line by line, so that a long one is not held in memory as text.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use super::format::{Entry, Line, MAJOR};
use super::{EVENTS, Error, Purpose, file_error};
use crate::event::Event;
use crate::project_dir::StateDir;

/// Bytes of a line of the log, at most. A line holds the values of one page locale, twice.
const MAX_LINE: u64 = 16 << 20;

/// What a log records besides events.
pub(super) struct Log {
    pub(super) purpose: Purpose,
    pub(super) remote: String,
    pub(super) actor: Option<String>,
    pub(super) exit: Option<(u8, String)>,
    /// Bytes that are whole lines.
    pub(super) whole: u64,
}

/// Reads the log of a run line by line. Fails if an event does not fit a plan of so many operations.
pub(super) fn read(
    folder: &StateDir,
    path: &Path,
    operations: usize,
    mut on_event: impl FnMut(Event),
) -> Result<Log, Error> {
    let path = path.join(EVENTS);
    let mut log = Log { purpose: Purpose::Apply, remote: String::new(), actor: None, exit: None, whole: 0 };
    let mut reader = match folder.open_file(EVENTS) {
        Ok(file) => BufReader::new(file),
        // The process died between the plan and the first line: nothing has happened.
        Err(error) if error.is_missing() => return Ok(log),
        Err(error) => return Err(file_error("read", &path)(error)),
    };
    let mut bytes = Vec::new();
    for line in 1.. {
        let damaged = |message: String| Error::Damaged { path: path.clone(), line, message };
        bytes.clear();
        reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut bytes).map_err(file_error("read", &path))?;
        let Some(text) = bytes.strip_suffix(b"\n") else {
            if bytes.len() as u64 == MAX_LINE {
                return Err(damaged(format!("the line is longer than {} MiB", MAX_LINE >> 20)));
            }
            // What does not end was cut off, and nothing was done after it.
            break;
        };
        let entry: Line =
            serde_json::from_str(&String::from_utf8_lossy(text)).map_err(|error| damaged(error.to_string()))?;
        log.take(&entry.entry)?;
        if let Some(event) = entry.entry.event().map_err(&damaged)? {
            if !event.fits(operations) {
                return Err(damaged(format!("it does not fit the plan, which has {operations} operations")));
            }
            on_event(event);
        }
        log.whole += bytes.len() as u64;
    }
    Ok(log)
}

impl Log {
    /// Takes in what a line records besides an event.
    fn take(&mut self, entry: &Entry) -> Result<(), Error> {
        match entry {
            Entry::Opened { format_version, kind, remote, actor, run: _, digest: _, pid: _ } => {
                if !format_version.starts_with(MAJOR) {
                    return Err(Error::NewerVersion(format_version.clone()));
                }
                self.purpose = if kind == Purpose::Undo.name() { Purpose::Undo } else { Purpose::Apply };
                (self.remote, self.actor, self.exit) = (remote.clone(), actor.clone(), None);
            }
            Entry::Ended { code, name } => self.exit = Some((*code, name.clone())),
            Entry::Began { .. } | Entry::Sending { .. } | Entry::Held { .. } | Entry::Finished { .. } => {}
            Entry::Stopped { .. } | Entry::Publishing { .. } | Entry::Published { .. } => {}
        }
        Ok(())
    }
}
