//! Applies the pace to tasks: a task waits here for its turn. Must not know HTTP.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::pace::{Pace, Quota, Ticket, Turn};

/// A wait of the client, told before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    pub reason: WaitReason,
    pub length: Duration,
}

/// Why the client waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// The requests of this minute are used up.
    Budget,
    /// The server answered 429 and asked for a rest.
    RateLimited,
    /// A request failed and is sent again.
    Retry,
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Budget | Self::RateLimited => "rate limit",
            Self::Retry => "trying again",
        })
    }
}

/// Hears of each wait of a second or more.
pub type OnWait = Arc<dyn Fn(Wait) + Send + Sync>;

/// There is no turn before the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLate;

pub(super) struct Pacer {
    state: Mutex<State>,
    begin: Instant,
    minute: Duration,
    on_wait: Option<OnWait>,
}

struct State {
    pace: Pace,
    /// The end of the last wait that was told, so that tasks that wait for the same thing tell it once.
    told_until: Duration,
}

/// A place in the budget. It counts as used when it is dropped, because a request that was
/// cancelled may have been counted.
pub(super) struct Place {
    pacer: Arc<Pacer>,
    ticket: Ticket,
    quota: Quota,
}

impl Pacer {
    pub(super) fn new(minute: Duration, cap: Option<u32>, on_wait: Option<OnWait>) -> Arc<Self> {
        let state = State { pace: Pace::new(minute, cap), told_until: Duration::ZERO };
        Arc::new(Self { state: Mutex::new(state), begin: Instant::now(), minute, on_wait })
    }

    /// Waits for a place, unless there is none before the deadline.
    pub(super) async fn place(self: &Arc<Self>, deadline: Option<Instant>) -> Result<Place, TooLate> {
        loop {
            if is_past(deadline, Duration::ZERO) {
                return Err(TooLate);
            }
            let turn = self.state().pace.start(self.begin.elapsed());
            let (reason, length) = match turn {
                Turn::Go(ticket) => {
                    let place = Place { pacer: Arc::clone(self), ticket, quota: Quota::default() };
                    return Ok(place);
                }
                Turn::Wait(length) => (WaitReason::Budget, length),
                Turn::Rest(length) => (WaitReason::RateLimited, length),
            };
            if is_past(deadline, length) {
                return Err(TooLate);
            }
            self.tell(Wait { reason, length });
            // In slices, because an answer to another request may free a place earlier.
            sleep(length.min(self.second())).await;
        }
    }

    /// Waits before a request is sent again.
    pub(super) async fn back_off(&self, length: Duration) {
        self.tell(Wait { reason: WaitReason::Retry, length });
        sleep(length).await;
    }

    pub(super) fn rest(&self, length: Duration) {
        let now = self.begin.elapsed();
        self.state().pace.rest(now, length);
    }

    pub(super) fn learn_limit(&self, limit: u32) {
        self.state().pace.learn_limit(limit);
    }

    pub(super) fn minute(&self) -> Duration {
        self.minute
    }

    fn second(&self) -> Duration {
        self.minute / 60
    }

    fn tell(&self, wait: Wait) {
        let Some(on_wait) = &self.on_wait else { return };
        let end = self.begin.elapsed() + wait.length;
        let mut state = self.state();
        if wait.length < self.second() || end < state.told_until + self.second() {
            return;
        }
        state.told_until = end;
        // The listener is foreign code and must not find the state locked.
        drop(state);
        on_wait(wait);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves the counters as good as they were.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_past(deadline: Option<Instant>, length: Duration) -> bool {
    deadline.is_some_and(|deadline| Instant::now() + length > deadline)
}

impl Place {
    /// Takes note of what the answer says about the limit.
    pub(super) fn hear(&mut self, quota: Quota) {
        self.quota = quota;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let now = self.pacer.begin.elapsed();
        self.pacer.state().pace.finish(self.ticket, now, self.quota);
    }
}
