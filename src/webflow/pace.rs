//! When the next request of a token may go out: the arithmetic of the rate limit. Must not know
//! clocks, tasks or HTTP; times are durations since any fixed start.
//!
//! The limit is "N a minute", and nobody says of which minute: one that starts with the clock, or
//! the last sixty seconds. The budget here is spent as the stricter reading wants it: a request
//! takes one of N places when it starts, and the place is free again one minute after its answer.
//! The server counted it somewhere between, so it never sees more than N in any minute; and a
//! long run still uses the whole limit. A bucket that bursts and refills evenly would send up to
//! 2N in its first minute.
//!
//! What the server says remains goes first: if it has counted more than this process sent,
//! someone else uses the token, and that many places are taken for up to a minute. And where a
//! 429 comes in spite of all this, the server counts in a way nobody described: from then on
//! requests go out evenly, which every way of counting accepts.

use std::collections::VecDeque;
use std::time::Duration;

/// The limit of Webflow's smallest plans, taken while nothing is known.
const LIMIT_IF_UNKNOWN: u32 = 60;

/// Of how many requests of others in a minute one more is expected while an answer is on its way, which takes well under
/// three seconds.
const OTHERS_PER_MARGIN: u32 = 20;
/// More room would cost more than the 429 that it saves.
const LARGEST_MARGIN: u32 = 3;

/// What an answer says about the limit, by `X-RateLimit-Limit` and `X-RateLimit-Remaining`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Quota {
    pub(super) limit: Option<u32>,
    pub(super) remaining: Option<u32>,
}

/// A request that is under way, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket(u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Go(Ticket),
    /// The budget of the minute is spent.
    Wait(Duration),
    /// The server asked for a rest.
    Rest(Duration),
}

/// How much of its limit the server has counted, as the last answers tell.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    counted: u32,
    /// How many requests had started when it was told.
    started: u64,
}

#[derive(Debug)]
pub(super) struct Pace {
    minute: Duration,
    /// What the user allows, whatever the server does.
    cap: Option<u32>,
    /// What introspection says, then what the answers say.
    limit: Option<u32>,
    limit_is_from_answers: bool,
    /// When the requests of the last minute were answered, oldest first.
    answered: VecDeque<Duration>,
    in_flight: u32,
    /// Places that are kept for requests to come.
    kept: u32,
    /// Whether the request under way is to find out what remains after a pause.
    is_sounding: bool,
    started: u64,
    told: Told,
    /// Places that others hold, and until when at the latest.
    others: u32,
    others_until: Duration,
    resting_until: Duration,
    /// Set by the first 429: the earliest time of the next request.
    evenly_from: Option<Duration>,
}

/// How often whoever waits for a sounding request asks again; a quarter of a second is not noticed by anyone.
const SOUNDINGS_A_MINUTE: u32 = 240;

impl Pace {
    /// Returns the pace of a token of which nothing is known yet. `minute` is 60 s but for tests.
    pub(super) fn new(minute: Duration, cap: Option<u32>) -> Self {
        Self {
            minute,
            cap,
            limit: None,
            limit_is_from_answers: false,
            answered: VecDeque::new(),
            in_flight: 0,
            kept: 0,
            is_sounding: false,
            started: 0,
            told: Told::default(),
            others: 0,
            others_until: Duration::ZERO,
            resting_until: Duration::ZERO,
            evenly_from: None,
        }
    }

    /// Takes a place, or returns how long there is none.
    pub(super) fn start(&mut self, now: Duration) -> Turn {
        self.start_with(now, 0)
    }

    /// Takes a place and keeps another for the request that follows at once, or returns how long there are not two.
    pub(super) fn start_pair(&mut self, now: Duration) -> Turn {
        self.start_with(now, 1)
    }

    /// Takes the place that was kept. If the server has said meanwhile that there is none, it is given up, and the
    /// request waits as others do.
    pub(super) fn start_kept(&mut self, now: Duration) -> Turn {
        self.release();
        self.forget(now);
        if now < self.resting_until {
            return Turn::Rest(self.resting_until - now);
        }
        if !self.has_places(1) {
            return Turn::Wait(self.until_a_place_is_free(now));
        }
        self.go()
    }

    /// Gives up the place that was kept.
    pub(super) fn release(&mut self) {
        self.kept = self.kept.saturating_sub(1);
    }

    /// Returns whether the limit has two places, so that a pair can ever start.
    pub(super) fn has_pairs(&self) -> bool {
        self.limit() > 1
    }

    /// Returns how many requests the limit leaves of this minute.
    pub(super) fn available(&mut self, now: Duration) -> u32 {
        self.forget(now);
        let places = self.limit().saturating_sub(self.own());
        let unused = self.server_limit().saturating_sub(self.own().saturating_add(self.others_with_margin()));
        let remaining =
            self.server_limit().saturating_sub(self.told.counted.saturating_add(self.in_flight + self.kept));
        places.min(unused).min(remaining)
    }

    fn start_with(&mut self, now: Duration, kept: u32) -> Turn {
        self.forget(now);
        if now < self.resting_until {
            return Turn::Rest(self.resting_until - now);
        }
        // Requests that go out evenly must have saved up for the one that follows at once.
        let saved_up = self.evenly_from.map(|next| next + self.interval() * kept);
        if let Some(next) = saved_up.filter(|next| now < *next) {
            return Turn::Wait(next - now);
        }
        if !self.has_places(1 + kept) {
            return Turn::Wait(self.until_a_place_is_free(now));
        }
        if self.is_sounding && self.in_flight > 0 {
            // The answer that is waited for is a matter of moments.
            return Turn::Wait(self.minute / SOUNDINGS_A_MINUTE);
        }
        // Whoever comes back from a pause does not know what others did meanwhile. One request goes first, so that no
        // crowd runs into a 429 together.
        let answered = self.answered.back().copied().unwrap_or_default();
        self.is_sounding = self.evenly_from.is_none() && self.in_flight == 0 && now > answered + self.minute / 60;
        if self.evenly_from.is_some() {
            self.evenly_from = Some(now + self.interval());
        }
        self.kept += kept;
        self.go()
    }

    fn go(&mut self) -> Turn {
        self.in_flight += 1;
        self.started += 1;
        Turn::Go(Ticket(self.started))
    }

    /// Takes note of an answer, or of the end of a request without one.
    pub(super) fn finish(&mut self, ticket: Ticket, now: Duration, quota: Quota) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.is_sounding = false;
        self.answered.push_back(now);
        self.forget(now);
        if let Some(limit) = quota.limit {
            self.limit = Some(limit.max(1));
            self.limit_is_from_answers = true;
        }
        if let Some(remaining) = quota.remaining {
            self.hear_remaining(ticket, now, remaining);
        }
    }

    /// Takes note of the limit that introspection names. What answers say is fresher.
    pub(super) fn learn_limit(&mut self, limit: u32) {
        if !self.limit_is_from_answers {
            self.limit = Some(limit.max(1));
        }
    }

    /// Lets the token rest, as a 429 asks for.
    pub(super) fn rest(&mut self, now: Duration, length: Duration) {
        self.resting_until = self.resting_until.max(now + length);
        // The server now says by the rest, not by what remains, when it has room again.
        self.others = 0;
        self.evenly_from = Some(self.evenly_from.unwrap_or_default().max(self.resting_until));
    }

    fn hear_remaining(&mut self, ticket: Ticket, now: Duration, remaining: u32) {
        if now < self.resting_until {
            return;
        }
        let Ticket(number) = ticket;
        let counted = self.server_limit().saturating_sub(remaining);
        // Answers overtake each other. Of requests under way together the highest count is the
        // last; a request that started afterwards knows better, also if it counts less.
        if number > self.told.started || counted > self.told.counted {
            self.told = Told { counted, started: self.started };
        }
        // Which of the requests under way are counted is not known. To take none of them for
        // counted is safe, and right again as soon as they are answered.
        let others = self.told.counted.saturating_sub(self.answered());
        if others > self.others {
            self.others_until = now + self.minute;
        }
        self.others = others;
    }

    fn forget(&mut self, now: Duration) {
        while self.answered.front().is_some_and(|answered| *answered + self.minute <= now) {
            self.answered.pop_front();
        }
        if self.others_until <= now {
            self.others = 0;
        }
    }

    fn until_a_place_is_free(&self, now: Duration) -> Duration {
        let answered = self.answered.front().map(|answered| *answered + self.minute);
        let others = (self.others > 0).then_some(self.others_until);
        // With neither, all places are in flight, and an answer to come decides.
        let free = answered.into_iter().chain(others).min();
        free.map_or(self.minute / 240, |free| free.saturating_sub(now))
    }

    fn answered(&self) -> u32 {
        u32::try_from(self.answered.len()).unwrap_or(u32::MAX)
    }

    fn own(&self) -> u32 {
        self.answered().saturating_add(self.in_flight).saturating_add(self.kept)
    }

    fn others_with_margin(&self) -> u32 {
        // Others go on while an answer is on its way.
        self.others.saturating_add(self.others.div_ceil(OTHERS_PER_MARGIN).min(LARGEST_MARGIN))
    }

    /// Returns whether so many requests fit into what the user allows this process, into what the server
    /// allows the token, and into what the server said remains.
    fn has_places(&self, places: u32) -> bool {
        let own = self.own().saturating_add(places);
        let fits = own <= self.limit() && own.saturating_add(self.others_with_margin()) <= self.server_limit();
        // Nobody announces that a new minute has begun, in which all remains again; so one request may always ask.
        let counted = self.told.counted.saturating_add(self.in_flight).saturating_add(self.kept);
        let remains = counted.saturating_add(places) <= self.server_limit();
        fits && (remains || self.in_flight == 0)
    }

    fn interval(&self) -> Duration {
        self.minute / self.limit()
    }

    fn server_limit(&self) -> u32 {
        self.limit.or(self.cap).unwrap_or(LIMIT_IF_UNKNOWN).max(1)
    }

    /// Returns how many requests a minute may be sent.
    pub(super) fn limit(&self) -> u32 {
        self.server_limit().min(self.cap.unwrap_or(u32::MAX)).max(1)
    }
}

#[cfg(test)]
mod tests;
