//! Ids of runs: a time in UTC, so that they sort by it.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A run's id, such as `20261122T114500.123Z`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId(String);

const FORMAT: &str = "%Y%m%dT%H%M%S.%3fZ";

impl RunId {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the id of that text, if it is one; so no path can pass for an id.
    pub fn parse(text: &str) -> Option<Self> {
        let shape = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
        shape.eq(*b"00000000T000000.000Z").then(|| Self(text.to_owned()))
    }

    /// Returns whether a text may be the beginning of an id: that of a day at least.
    pub fn may_begin_with(text: &str) -> bool {
        let shape = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
        text.len() >= "00000000".len() && "00000000T000000.000Z".bytes().take(text.len()).eq(shape)
    }

    fn at(time: Timestamp) -> Self {
        Self(time.to_zoned(TimeZone::UTC).strftime(FORMAT).to_string())
    }

    /// Returns when the run began; nothing if the digits are no time.
    pub fn time(&self) -> Option<Timestamp> {
        let text = &self.0;
        let part = |start: usize, end: usize| text.get(start..end).unwrap_or_default();
        let iso = format!(
            "{}-{}-{}T{}:{}:{}.{}Z",
            part(0, 4),
            part(4, 6),
            part(6, 8),
            part(9, 11),
            part(11, 13),
            part(13, 15),
            part(16, 19)
        );
        iso.parse().ok()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far the clock of another machine may be ahead of this one.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// Returns whether an id is of a time that has not come, or of no time at all. `made_here` is the newest id that this state
/// folder has made: up to that one, the clock was set back since.
pub(super) fn is_of_the_future(id: &RunId, now: Timestamp, made_here: Option<&RunId>) -> bool {
    let latest = now.checked_add(SKEW).map_or_else(|_| RunId::at(now), RunId::at);
    *id > latest && made_here.is_none_or(|made_here| id > made_here)
}

/// Returns the id of a new run: of this time, but after the newest run even if the clock was set back since.
pub(super) fn next(now: Timestamp, newest: Option<&RunId>) -> RunId {
    let id = RunId::at(now);
    let Some(newest) = newest.filter(|newest| **newest >= id) else { return id };
    let later = newest.time().and_then(|time| time.checked_add(jiff::SignedDuration::from_millis(1)).ok());
    later.map_or(id, RunId::at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_even_if_the_clock_is_set_back() {
        let noon: Timestamp = "2026-11-22T12:00:00.5Z".parse().unwrap();
        let first = next(noon, None);
        assert_eq!(first.as_str(), "20261122T120000.500Z");
        let second = next(noon, Some(&first));
        assert_eq!(second.as_str(), "20261122T120000.501Z");
        let earlier: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
        assert!(next(earlier, Some(&second)) > second);
    }

    #[test]
    fn an_id_of_the_future_is_one_that_no_clock_here_has_made() {
        let noon: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let id = |text: &str| RunId::parse(text).unwrap();
        let made_here = id("20400101T000000.000Z");
        for (text, is_future) in [
            ("20261122T120000.000Z", false),
            ("20261122T120500.000Z", false),
            ("20261122T120500.001Z", true),
            ("20261122T999999.999Z", true),
            ("99999999T999999.999Z", true),
        ] {
            assert_eq!(is_of_the_future(&id(text), noon, None), is_future, "{text}");
        }
        for (text, is_future) in [("20400101T000000.000Z", false), ("20400101T000000.001Z", true)] {
            assert_eq!(is_of_the_future(&id(text), noon, Some(&made_here)), is_future, "{text}");
        }
    }

    #[test]
    fn what_begins_an_id() {
        for text in ["20261122", "20261122T12", "20261122T120000.500Z"] {
            assert!(RunId::may_begin_with(text), "{text}");
        }
        for text in ["", "2026", "20261122.json", "20261122T120000.500Zz", "../20261122"] {
            assert!(!RunId::may_begin_with(text), "{text}");
        }
    }

    #[test]
    fn only_ids_are_ids() {
        assert!(RunId::parse("20261122T120000.500Z").is_some());
        for text in ["", "..", "20261122T120000.500Z/..", "plan.json"] {
            assert!(RunId::parse(text).is_none(), "{text}");
        }
    }
}
