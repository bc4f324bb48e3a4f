//! How often a token may ask: fixed windows of a minute, as "remaining in the current minute" suggests.
//!
//! Pure: the time comes as an argument, and may run faster than the world's.

use std::collections::BTreeMap;
use std::time::Duration;

use super::document::Token;

const MINUTE: Duration = Duration::from_secs(60);

/// The limit that is reported where none is enforced, so that a client that paces itself by it does not wait.
const UNLIMITED: u32 = 1_000_000;

/// Counts the requests of every token, and publishes.
#[derive(Debug)]
pub(super) struct Limiter {
    speed: f64,
    enforced: bool,
    windows: BTreeMap<String, Window>,
    published: Option<Duration>,
}

/// What a request is told about its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowance {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// Seconds until there is more, if this request was one too many.
    pub(super) retry_after: Option<u64>,
}

impl Allowance {
    /// Of a request that nobody counted.
    pub(super) const NONE: Self = Self { limit: 0, remaining: 0, retry_after: None };
}

#[derive(Debug, Clone, Copy)]
struct Window {
    start: Duration,
    used: u32,
}

impl Limiter {
    /// With `speed`, a minute of the limits takes that much less of the world's time.
    pub(super) fn new(speed: f64, enforced: bool) -> Self {
        Self { speed, enforced, windows: BTreeMap::new(), published: None }
    }

    /// Returns the limit of a token, or of those who show none.
    pub(super) fn limit(&self, token: Option<&Token>) -> u32 {
        if !self.enforced {
            return UNLIMITED;
        }
        token.map_or_else(Token::default_rate_limit, |token| token.rate_limit)
    }

    /// Counts a request. A window starts with the first request after the last one has ended.
    pub(super) fn request(&mut self, token: &str, limit: u32, elapsed: Duration) -> Allowance {
        if !self.enforced {
            return Allowance { limit, remaining: limit, retry_after: None };
        }
        let fresh = Window { start: elapsed, used: 0 };
        let window = self.windows.entry(token.to_owned()).or_insert(fresh);
        if elapsed >= window.start + MINUTE {
            *window = fresh;
        }
        if window.used >= limit {
            let end = window.start + MINUTE;
            return Allowance { limit, remaining: 0, retry_after: Some(self.wait(end - elapsed)) };
        }
        window.used += 1;
        Allowance { limit, remaining: limit - window.used, retry_after: None }
    }

    /// Counts a publish, or returns the seconds until the next one is allowed.
    pub(super) fn publish(&mut self, elapsed: Duration) -> Result<(), u64> {
        if let Some(last) = self.published
            && self.enforced
            && elapsed < last + MINUTE
        {
            return Err(self.wait(last + MINUTE - elapsed));
        }
        self.published = Some(elapsed);
        Ok(())
    }

    /// Returns the seconds after which a whole minute of the limits has passed.
    pub(super) fn minute(&self) -> u64 {
        self.wait(MINUTE)
    }

    /// Returns a wait in the seconds of the world, where the client lives, rounded up.
    fn wait(&self, left: Duration) -> u64 {
        (left.div_f64(self.speed).as_secs_f64().ceil() as u64).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_window_ends_after_a_minute() {
        let mut limiter = Limiter::new(1.0, true);
        assert_eq!(limiter.request("a", 2, at(5)), Allowance { limit: 2, remaining: 1, retry_after: None });
        assert_eq!(limiter.request("a", 2, at(6)).remaining, 0);
        assert_eq!(limiter.request("a", 2, at(7)).retry_after, Some(58));
        assert_eq!(limiter.request("b", 2, at(7)).retry_after, None);
        assert_eq!(limiter.request("a", 2, at(65)), Allowance { limit: 2, remaining: 1, retry_after: None });
    }

    #[test]
    fn waits_are_in_the_seconds_of_the_client() {
        let mut limiter = Limiter::new(60.0, true);
        limiter.request("a", 1, at(0));
        assert_eq!(limiter.request("a", 1, at(1)).retry_after, Some(1));
        assert_eq!(limiter.publish(at(0)), Ok(()));
        assert_eq!(limiter.publish(at(59)), Err(1));
        assert_eq!(limiter.publish(at(60)), Ok(()));
    }

    #[test]
    fn nothing_is_refused_without_a_limit() {
        let mut limiter = Limiter::new(1.0, false);
        for _ in 0..10 {
            assert_eq!(limiter.request("a", 1, at(0)).retry_after, None);
            assert_eq!(limiter.publish(at(0)), Ok(()));
        }
    }
}
