//! What is told of a run while it goes, and the wish to end it. Must not know what is told of.

use std::pin::pin;

use tokio::sync::watch;

use super::stop::{GRACE, StopSignal, wanted};
use super::{Record, Unrecorded};
use crate::event::{Event, Receipt, Stop};

/// The receipt of a run, the record that it is kept in, and whether it goes on.
pub(super) struct Ledger<'a, 'r> {
    pub(super) receipt: Receipt,
    stop_signal: StopSignal,
    record: &'a mut Record<'r>,
    /// Becomes true once nothing more may be sent.
    closed: watch::Sender<bool>,
}

impl<'a, 'r> Ledger<'a, 'r> {
    pub(super) fn new(receipt: Receipt, stop_signal: StopSignal, record: &'a mut Record<'r>) -> Self {
        Self { receipt, stop_signal, record, closed: watch::Sender::new(false) }
    }

    /// Records an event. What happened is in the receipt even if it cannot be recorded; the run ends then.
    pub(super) fn tell(&mut self, event: Event) -> Result<(), Unrecorded> {
        self.receipt.record(&event);
        let recorded = (self.record)(&event);
        if recorded.is_err() {
            self.receipt.stop.get_or_insert(Stop::Record);
            self.closed.send_replace(true);
        }
        recorded
    }

    /// Ends the run: nothing more is sent from now on.
    pub(super) fn halt(&mut self, stop: Stop) {
        if self.receipt.stop.is_none() {
            self.closed.send_replace(true);
            // A stop that cannot be recorded is a stop all the same.
            let _ = self.tell(Event::Stopped(stop));
        }
    }

    /// Returns what becomes true once nothing more may be sent.
    pub(super) fn closed(&self) -> watch::Receiver<bool> {
        self.closed.subscribe()
    }

    /// Returns whether somebody has asked for the end by now, and why.
    pub(super) fn asked(&self) -> Option<Stop> {
        *self.stop_signal.borrow()
    }

    /// Waits until somebody wants the run to end.
    pub(super) async fn wanted(&mut self) -> Stop {
        wanted(&mut self.stop_signal).await
    }

    /// Waits for what is under way. Once somebody wants the end, it has some seconds left; nothing is returned if it
    /// takes longer.
    pub(super) async fn within_grace<T>(&mut self, under_way: impl Future<Output = T>) -> Option<T> {
        let mut under_way = pin!(under_way);
        tokio::select! {
            biased;
            stop = wanted(&mut self.stop_signal) => self.halt(stop),
            done = &mut under_way => return Some(done),
        }
        tokio::time::timeout(GRACE, under_way).await.ok()
    }
}
