//! Until when a request may be sent, and the place that is kept for it. Does not depend on HTTP.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::moment::Moment;
use super::pacer::Reserved;

/// When a request may no longer be sent, neither for the first time nor again.
#[derive(Clone, Default)]
pub(super) struct Bounds {
    pub(super) deadline: Option<Instant>,
    /// When the values were read that a write is based on, and the age at which they are too old.
    pub(super) reading: Option<(Moment, Duration)>,
    /// Becomes true once nothing more may be sent.
    pub(super) closed: Option<watch::Receiver<bool>>,
    /// The place that is kept for the request.
    pub(super) next: NextTurn,
}

impl Bounds {
    /// Waits until nothing more may be sent, or for ever if that never happens.
    pub(super) async fn close(&self) {
        if let Some(closed) = &self.closed
            && closed.clone().wait_for(|closed| *closed).await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }

    /// Returns whether a request must not be sent after a wait of this length.
    pub(super) fn is_past_after(&self, length: Duration) -> bool {
        self.is_over_after(length) || self.reading.is_some_and(|(at, most)| at.age() + length > most)
    }

    /// Returns the kept place, if its request may still be sent at once. The age of the reading does not matter then:
    /// the place was kept by the read itself, and its answer has just arrived.
    pub(super) fn take_kept(&self) -> Option<Reserved> {
        let kept = self.next.take()?;
        (kept.is_for_now() && !self.is_over_after(Duration::ZERO)).then_some(kept)
    }

    fn is_over_after(&self, length: Duration) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() + length > deadline)
    }
}

/// A place in the rate limit that a read keeps for the write that follows it, so that the write does not wait. Free again
/// when it is dropped.
#[derive(Clone, Default)]
pub struct NextTurn(Arc<Mutex<Option<Reserved>>>);

impl NextTurn {
    /// Keeps a place, or none. Frees the one that was kept before.
    pub(super) fn keep(&self, reserved: Option<Reserved>) {
        let before = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), reserved);
        // Dropped here, after the lock is released: it locks the pacer.
        drop(before);
    }

    fn take(&self) -> Option<Reserved> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
