//! Whether and when a request that failed is sent again: pure functions of what happened. Must
//! not know clocks, randomness, HTTP or the token's pace.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// A read changes nothing; a write may have happened even when no answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    Write,
}

/// What kept a request from succeeding, as far as a decision needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server answered with this status.
    Status(u16),
    /// The request surely never reached the server.
    NotSent,
    /// The request may have been carried out, and the answer is lost or garbled.
    Broken,
    /// Sending it again cannot help.
    Final,
}

/// How often one request failed so far, the last time included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Failed {
    pub(super) limited: u32,
    pub(super) otherwise: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    GiveUp,
    /// Send again after a while.
    After(Duration),
    /// Send again after a while, in which the whole token rests.
    AfterPause(Duration),
}

/// Four tries in 3.5 s of waiting ride out a restart of a server; more would hide an outage.
const TRIES: u32 = 4;
/// The first backoff is half a second, as a part of a minute.
const FIRST_BACKOFF: u32 = 120;
/// A 429 is no failure of the request, so it has its own and longer patience.
const LIMITED_TRIES: u32 = 10;
/// The limit is one of a minute, so no honest pause is much longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// Returns what to do about a failure. `jitter` is from 0 to 1 and spreads the backoff. `minute`
/// is the minute of the rate limit, 60 s but for servers whose clock runs fast; what a server asks
/// for in `Retry-After` is in seconds of the world all the same, as HTTP has it.
pub(super) fn decide(
    kind: Kind,
    failure: Failure,
    failed: Failed,
    retry_after: Option<Duration>,
    jitter: f64,
    minute: Duration,
) -> Decision {
    let Failed { limited, otherwise } = failed;
    match failure {
        // A request over the limit is not carried out, so a write is as safe to repeat as a read.
        // Without a header it waits a minute: the reference says of it "typically 60 seconds". A header that asks for
        // less than the backoff would use up all tries at once.
        Failure::Status(429) if limited < LIMITED_TRIES => {
            let floor = doubled(limited, minute).min(minute);
            Decision::AfterPause(retry_after.unwrap_or(minute).max(floor).min(LONGEST_PAUSE))
        }
        Failure::Status(429) => Decision::GiveUp,
        // `Retry-After` is on every answer, so it says nothing about these.
        Failure::Status(status) if kind == Kind::Read && (status == 408 || status >= 500) => {
            backoff(otherwise, jitter, minute)
        }
        Failure::Broken if kind == Kind::Read => backoff(otherwise, jitter, minute),
        Failure::NotSent => backoff(otherwise, jitter, minute),
        Failure::Status(_) | Failure::Broken | Failure::Final => Decision::GiveUp,
    }
}

fn backoff(failed: u32, jitter: f64, minute: Duration) -> Decision {
    if failed >= TRIES {
        return Decision::GiveUp;
    }
    Decision::After(doubled(failed, minute).mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 2.0))
}

/// Returns the first backoff, doubled for each failure after the first.
fn doubled(failed: u32, minute: Duration) -> Duration {
    minute / FIRST_BACKOFF * 2_u32.pow(failed.saturating_sub(1))
}

/// Returns the wait that a `Retry-After` header asks for, in seconds or as an HTTP date. `now` is what the server's clock
/// says, if it says so: its date means nothing to a clock that goes wrong.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = http_date(value)?;
    // A date in the past asks for no wait.
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// Returns the time that a header such as `Date` names.
pub(super) fn http_date(value: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(value.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// Decides with a minute of 60 s.
    fn decide(kind: Kind, failure: Failure, failed: Failed, retry_after: Option<Duration>, jitter: f64) -> Decision {
        super::decide(kind, failure, failed, retry_after, jitter, MINUTE)
    }

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn otherwise(times: u32) -> Failed {
        Failed { otherwise: times, limited: 0 }
    }

    fn limited(times: u32) -> Failed {
        Failed { limited: times, otherwise: 0 }
    }

    #[test]
    fn reads_are_repeated_after_faults_with_growing_waits() {
        for failure in
            [Failure::Status(408), Failure::Status(500), Failure::Status(503), Failure::Broken, Failure::NotSent]
        {
            let waits: Vec<_> =
                (1..=4).map(|n| decide(Kind::Read, failure, otherwise(n), Some(secs(60)), 0.0)).collect();
            let expected = [Some(500), Some(1000), Some(2000), None]
                .map(|ms| ms.map_or(Decision::GiveUp, |ms| Decision::After(Duration::from_millis(ms))));
            assert_eq!(waits, expected, "{failure:?}");
        }
    }

    #[test]
    fn jitter_lengthens_a_wait_by_half_at_most() {
        let wait = |jitter| decide(Kind::Read, Failure::Broken, otherwise(2), None, jitter);
        assert_eq!(wait(0.5), Decision::After(Duration::from_millis(1250)));
        assert_eq!(wait(7.0), Decision::After(Duration::from_millis(1500)));
    }

    #[test]
    fn writes_are_repeated_only_if_they_did_not_happen() {
        for failure in
            [Failure::Status(408), Failure::Status(500), Failure::Status(503), Failure::Broken, Failure::Final]
        {
            assert_eq!(decide(Kind::Write, failure, otherwise(1), None, 0.0), Decision::GiveUp, "{failure:?}");
        }
        assert_eq!(
            decide(Kind::Write, Failure::NotSent, otherwise(1), None, 0.0),
            Decision::After(Duration::from_millis(500))
        );
        assert_eq!(
            decide(Kind::Write, Failure::Status(429), limited(1), Some(secs(7)), 0.0),
            Decision::AfterPause(secs(7))
        );
    }

    #[test]
    fn what_cannot_change_is_not_repeated() {
        for status in [301, 400, 401, 403, 404, 409, 410] {
            for kind in [Kind::Read, Kind::Write] {
                assert_eq!(decide(kind, Failure::Status(status), otherwise(1), Some(secs(1)), 0.0), Decision::GiveUp);
            }
        }
    }

    #[test]
    fn the_pause_of_a_429_is_bounded_and_so_is_patience() {
        let pause = |retry_after| decide(Kind::Read, Failure::Status(429), limited(9), retry_after, 0.9);
        assert_eq!(pause(None), Decision::AfterPause(MINUTE));
        assert_eq!(pause(Some(Duration::ZERO)), Decision::AfterPause(MINUTE));
        assert_eq!(pause(Some(secs(86_400 * 366))), Decision::AfterPause(LONGEST_PAUSE));
        assert_eq!(decide(Kind::Read, Failure::Status(429), limited(10), None, 0.0), Decision::GiveUp);
    }

    #[test]
    fn a_429_that_asks_for_no_pause_gets_the_backoff() {
        let pause = |tries, retry_after| decide(Kind::Write, Failure::Status(429), limited(tries), retry_after, 0.0);
        let pauses = [1, 2, 3, 7, 8, 9].map(|tries| pause(tries, Some(Duration::ZERO)));
        let expected = [500, 1000, 2000, 32_000, 60_000, 60_000];
        assert_eq!(pauses, expected.map(|length| Decision::AfterPause(Duration::from_millis(length))));
        assert_eq!(pause(1, Some(secs(1))), Decision::AfterPause(secs(1)), "what is longer is kept");
    }

    #[test]
    fn a_fast_clock_shortens_all_waits_but_those_the_server_asks_for() {
        let minute = secs(1);
        let decide = |failure, retry_after| {
            let failed = Failed { limited: 1, otherwise: 1 };
            super::decide(Kind::Read, failure, failed, retry_after, 0.0, minute)
        };
        assert_eq!(decide(Failure::Status(429), None), Decision::AfterPause(secs(1)));
        assert_eq!(decide(Failure::Status(429), Some(secs(2))), Decision::AfterPause(secs(2)));
        assert_eq!(decide(Failure::Broken, None), Decision::After(minute / 120));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = "1994-11-06T08:49:00Z".parse().unwrap();
        for (value, expected) in [
            ("60", Some(secs(60))),
            (" 1 ", Some(secs(1))),
            ("0.5", Some(Duration::from_millis(500))),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(secs(37))),
            ("Sun, 06 Nov 1994 08:48:37 GMT", Some(Duration::ZERO)),
            ("-5", None),
            ("soon", None),
            ("", None),
            ("NaN", None),
            ("-1", None),
            ("-0.5", None),
            ("inf", None),
            ("1e999", None),
            ("31536000", Some(secs(31_536_000))),
            ("18446744073709551615", Some(secs(u64::MAX))),
            ("18446744073709551616", None),
            ("99999999999999999999999999999999999999999", None),
        ] {
            assert_eq!(retry_after(value, now), expected, "{value}");
        }
    }
}
