//! Every request, so that a test can count and replay them.

use std::time::Instant;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::file::hex;
use super::routes::Call;

/// A request that reached the server. It is here from the moment it has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogEntry {
    /// Counts from 1; clearing the log does not start it again.
    pub number: u64,
    pub method: String,
    pub path: String,
    /// As sent, without the question mark.
    pub query: String,
    /// None as long as there is no answer, and if there never is one.
    pub status: Option<u16>,
    pub milliseconds: u64,
    /// SHA-256 in hexadecimal; none without a body, or if it was too large.
    pub body_digest: Option<String>,
    /// The faults that met it, as they are written in a script.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct Log {
    last: u64,
    entries: Vec<LogEntry>,
}

impl Log {
    /// Adds a request and returns its number.
    pub(super) fn arrived(&mut self, call: &Call<'_>, query: &str, faults: Vec<String>) -> u64 {
        self.last += 1;
        self.entries.push(LogEntry {
            number: self.last,
            method: call.method.to_owned(),
            path: call.path.to_owned(),
            query: query.to_owned(),
            status: None,
            milliseconds: 0,
            body_digest: call.body.filter(|body| !body.is_empty()).map(|body| hex(&Sha256::digest(body))),
            faults,
        });
        self.last
    }

    /// Adds what became of it, unless the log has been cleared meanwhile.
    pub(super) fn ended(&mut self, number: u64, status: Option<u16>, since: Instant) {
        if let Ok(index) = self.entries.binary_search_by_key(&number, |entry| entry.number) {
            let entry = &mut self.entries[index];
            entry.status = status;
            entry.milliseconds = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        }
    }

    pub(super) fn last(&self) -> u64 {
        self.last
    }

    pub(super) fn entries(&self) -> &[LogEntry] {
        &self.entries
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }
}
