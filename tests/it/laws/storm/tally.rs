//! How often what happened, so that it can be seen that the storms are storms.

use std::collections::BTreeMap;
use std::time::Duration;

use slugline::event::{Event, Standing};
use slugline::sandbox::{Deed, History, LogEntry};

use super::attempt::{Account, Ended};

/// Counts by name.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<String, u64>);

impl Tally {
    pub(super) fn count(&mut self, name: impl Into<String>, times: u64) {
        *self.0.entry(name.into()).or_default() += times;
    }

    pub(super) fn add(&mut self, other: &Self) {
        other.0.iter().for_each(|(name, times)| self.count(name, *times));
    }

    /// Counts how an attempt and its operations ended.
    pub(super) fn attempt(&mut self, account: &Account) {
        let Some(receipt) = account.receipt() else {
            let end = if matches!(account.ended, Ended::Killed) { "killed" } else { "refused or not begun" };
            return self.count(format!("attempts: {end}"), 1);
        };
        let exit = receipt.exit();
        self.count(format!("attempts: {} {}", exit.code(), exit.name()), 1);
        if let Some(stop) = receipt.stop {
            self.count(format!("stops: {}", stop.name()), 1);
        }
        for standing in &receipt.standings {
            let name = match standing {
                Standing::Waiting => "waiting",
                Standing::Sending => "sending",
                Standing::Ended(outcome) => outcome.name(),
            };
            self.count(format!("operations: {name}"), 1);
        }
        let held = account.told.iter().filter(|told| matches!(told.event, Event::Held { .. })).count();
        self.count("turns that came too late", u64::try_from(held).unwrap());
    }

    /// Counts what the sandbox has seen.
    pub(super) fn record(&mut self, log: &[LogEntry], history: &History) {
        for entry in log {
            self.count(format!("requests: {}", entry.method), 1);
            for fault in &entry.faults {
                let name = if fault.starts_with("429:") { fault } else { fault.split(':').next().unwrap_or_default() };
                self.count(format!("faults: {name}"), 1);
            }
        }
        let wrote = history.steps.iter().filter(|step| matches!(step.deed, Deed::Wrote(_))).count();
        self.count("writes carried out", u64::try_from(wrote).unwrap());
    }

    /// Prints the table.
    #[expect(clippy::print_stdout, reason = "for who asks with `--nocapture`")]
    pub(super) fn print(&self, title: &str, took: Duration) {
        println!("{title}, in {:.1} s", took.as_secs_f64());
        self.0.iter().for_each(|(name, times)| println!("{times:>9}  {name}"));
    }
}
