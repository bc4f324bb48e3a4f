//! A point in time by two clocks, for ages that also count the time while the machine is suspended.

use std::time::{Duration, Instant, SystemTime};

/// A point in time. Ordered by the monotonic clock.
///
/// The monotonic clock stops while a Linux machine is suspended, and the wall clock can be set. An age is therefore the
/// larger of the two differences: a wall clock that is set forward makes a reading look older than it is, which costs one
/// more read, and a wall clock that is set back changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    monotonic: Instant,
    wall: SystemTime,
}

impl Moment {
    /// Returns the present.
    pub fn now() -> Self {
        Self { monotonic: Instant::now(), wall: SystemTime::now() }
    }

    /// Returns how long ago this was.
    pub fn age(self) -> Duration {
        self.age_at(Self::now())
    }

    fn age_at(self, now: Self) -> Duration {
        let wall = now.wall.duration_since(self.wall).unwrap_or_default();
        now.monotonic.saturating_duration_since(self.monotonic).max(wall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn later(moment: Moment, monotonic: Duration, wall: Duration) -> Moment {
        Moment { monotonic: moment.monotonic + monotonic, wall: moment.wall + wall }
    }

    #[test]
    fn counts_the_time_of_a_suspended_machine() {
        let read = Moment::now();
        assert_eq!(read.age_at(later(read, MINUTE, MINUTE)), MINUTE);
        assert_eq!(read.age_at(later(read, Duration::from_secs(1), MINUTE * 60)), MINUTE * 60);
    }

    #[test]
    fn ignores_a_wall_clock_that_is_set_back() {
        let read = Moment::now();
        let now = Moment { monotonic: read.monotonic + MINUTE, wall: read.wall - MINUTE * 60 };
        assert_eq!(read.age_at(now), MINUTE);
        assert!(read < now);
    }

    #[test]
    fn is_not_older_than_the_present() {
        let now = Moment::now();
        assert_eq!(later(now, MINUTE, MINUTE).age_at(now), Duration::ZERO);
    }
}
