//! Applies the pace to tasks: a task waits here for its turn. Must not know HTTP.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::bounds::Bounds;
use super::moment::Moment;
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

    /// Waits for a place, unless there is none within the bounds. Takes the place that is kept for the request, if one is.
    pub(super) async fn place(self: &Arc<Self>, bounds: &Bounds) -> Result<Place, TooLate> {
        if let Some(kept) = bounds.take_kept()
            && let Turn::Go(ticket) = kept.start()
        {
            return Ok(self.taken(ticket));
        }
        self.wait_for(bounds, Pace::start).await
    }

    /// Waits for a place and keeps another for the request that is to follow. Keeps none if the limit has only one.
    pub(super) async fn pair(self: &Arc<Self>, bounds: &Bounds) -> Result<(Place, Option<Reserved>), TooLate> {
        if !self.state().pace.has_pairs() {
            return Ok((self.wait_for(bounds, Pace::start).await?, None));
        }
        let place = self.wait_for(bounds, Pace::start_pair).await?;
        Ok((place, Some(Reserved { pacer: Some(Arc::clone(self)), answered: None })))
    }

    async fn wait_for(
        self: &Arc<Self>,
        bounds: &Bounds,
        start: fn(&mut Pace, Duration) -> Turn,
    ) -> Result<Place, TooLate> {
        loop {
            if bounds.is_past_after(Duration::ZERO) {
                return Err(TooLate);
            }
            let turn = start(&mut self.state().pace, self.begin.elapsed());
            let (reason, length) = match turn {
                Turn::Go(ticket) => return Ok(self.taken(ticket)),
                Turn::Wait(length) => (WaitReason::Budget, length),
                Turn::Rest(length) => (WaitReason::RateLimited, length),
            };
            if bounds.is_past_after(length) {
                return Err(TooLate);
            }
            self.tell(Wait { reason, length });
            // In slices, because an answer to another request may free a place earlier.
            sleep(length.min(self.second())).await;
        }
    }

    fn taken(self: &Arc<Self>, ticket: Ticket) -> Place {
        Place { pacer: Arc::clone(self), ticket, quota: Quota::default() }
    }

    /// Returns how many requests the rate limit leaves of this minute.
    pub(super) fn available(&self) -> u32 {
        let now = self.begin.elapsed();
        self.state().pace.available(now)
    }

    /// Returns how many requests a minute may go out.
    pub(super) fn limit(&self) -> u32 {
        self.state().pace.limit()
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

/// A place that is kept for a request that follows another. Free again when it is dropped.
pub(super) struct Reserved {
    /// None once the place is taken.
    pacer: Option<Arc<Pacer>>,
    /// When the request before was answered.
    answered: Option<Moment>,
}

/// How long after the answer a request still follows "at once". Recording what is sent takes well under that; a suspended
/// machine or a stopped process takes longer.
const AT_ONCE: Duration = Duration::from_secs(1);

impl Reserved {
    /// Takes note that the request before has been answered now.
    pub(super) fn answered(&mut self) {
        self.answered = Some(Moment::now());
    }

    /// Returns whether the request before was answered just now.
    pub(super) fn is_for_now(&self) -> bool {
        self.answered.is_some_and(|answered| answered.age() <= AT_ONCE)
    }

    /// Starts the request that the place is kept for.
    fn start(mut self) -> Turn {
        let pacer = self.pacer.take().expect("a place is taken once");
        let now = pacer.begin.elapsed();
        let mut state = pacer.state();
        state.pace.start_kept(now)
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if let Some(pacer) = &self.pacer {
            pacer.state().pace.release();
        }
    }
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
