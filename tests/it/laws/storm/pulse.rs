//! Tells whether the machine was too busy for the clocks of a storm: whoever waits for a second must not be kept waiting
//! for one by others.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// The time between two beats.
const BEAT: Duration = Duration::from_millis(50);

/// A beat that comes so late is a stall.
const STALL: Duration = Duration::from_millis(400);

/// The pulse of a thread.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    last_stall: Cell<Option<Instant>>,
}

impl Pulse {
    /// Beats for as long as something takes.
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let beat = async {
            let mut last = Instant::now();
            loop {
                tokio::time::sleep(BEAT).await;
                let now = Instant::now();
                if now - last > STALL {
                    self.last_stall.set(Some(now));
                }
                last = now;
            }
        };
        tokio::select! {
            done = work => done,
            () = beat => unreachable!("the pulse beats for ever"),
        }
    }

    pub(super) fn has_stalled_since(&self, since: Instant) -> bool {
        self.last_stall.get().is_some_and(|stall| stall >= since)
    }
}
