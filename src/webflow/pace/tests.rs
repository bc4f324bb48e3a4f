//! The pace against simulated servers that count in the ways a server may count.

use std::collections::VecDeque;
use std::time::Duration;

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// How a simulated server counts a minute.
#[derive(Debug, Clone, Copy)]
enum Counting {
    /// Minutes that start every 60 s, shifted against the client's clock.
    Fixed { shift: f64 },
    /// The last 60 s.
    Sliding,
    /// A bucket that refills evenly.
    Bucket,
}

struct Server {
    counting: Counting,
    limit: u32,
    accepted: VecDeque<Duration>,
    bucket: f64,
    bucket_at: Duration,
}

impl Server {
    fn new(counting: Counting, limit: u32) -> Self {
        Self { counting, limit, accepted: VecDeque::new(), bucket: f64::from(limit), bucket_at: Duration::ZERO }
    }

    /// Returns how long a client is asked to rest: to the next minute where there is one, else the usual minute.
    fn rest(&self, now: Duration) -> Duration {
        match self.counting {
            Counting::Fixed { shift } => secs(60.0 - (now.as_secs_f64() + shift) % 60.0),
            Counting::Sliding | Counting::Bucket => MINUTE,
        }
    }

    /// Returns what remains after this request, or nothing if the answer is a 429.
    fn request(&mut self, now: Duration) -> Option<u32> {
        match self.counting {
            Counting::Fixed { shift } => {
                let window = |at: Duration| ((at.as_secs_f64() + shift) / 60.0).floor();
                self.accepted.retain(|at| window(*at) == window(now));
            }
            Counting::Sliding => self.accepted.retain(|at| *at + MINUTE > now),
            Counting::Bucket => {
                let refill = now.saturating_sub(self.bucket_at).as_secs_f64() * f64::from(self.limit) / 60.0;
                self.bucket = (self.bucket + refill).min(f64::from(self.limit));
                self.bucket_at = now;
                if self.bucket < 1.0 {
                    return None;
                }
                self.bucket -= 1.0;
                return Some(self.bucket as u32);
            }
        }
        let used = u32::try_from(self.accepted.len()).unwrap();
        if used >= self.limit {
            return None;
        }
        self.accepted.push_back(now);
        Some(self.limit - used - 1)
    }
}

struct Outcome {
    /// When the last answer came, in seconds.
    end: f64,
    limited: u32,
}

/// A request under way: counted at one time, answered at a later one.
struct UnderWay {
    ticket: Ticket,
    counted_at: Duration,
    answered_at: Duration,
    answer: Option<Option<u32>>,
}

impl UnderWay {
    /// The `n`th request. Requests overtake each other on both ways.
    fn start(ticket: Ticket, now: Duration, latency: f64, n: u32) -> Self {
        let spread = |step: u32| f64::from(n * step % 17) / 16.0;
        let counted_at = now + secs(latency * (0.1 + 0.4 * spread(7)));
        let answered_at = counted_at + secs(latency * (0.1 + 0.4 * spread(5)));
        Self { ticket, counted_at, answered_at, answer: None }
    }
}

/// Sends `count` requests with `concurrency`, each answered within `latency`. `others` sends a
/// request of somebody else at each of these times.
fn run(pace: &mut Pace, server: &mut Server, count: u32, concurrency: usize, latency: f64, others: &[f64]) -> Outcome {
    let mut others: VecDeque<Duration> = others.iter().copied().map(secs).collect();
    let mut under_way: Vec<UnderWay> = Vec::new();
    let (mut now, mut sent, mut limited) = (Duration::ZERO, 0, 0);
    loop {
        while others.front().is_some_and(|at| *at <= now) {
            server.request(others.pop_front().unwrap());
        }
        under_way.sort_by_key(|request| request.counted_at);
        for request in &mut under_way {
            if request.answer.is_none() && request.counted_at <= now {
                request.answer = Some(server.request(request.counted_at));
            }
        }
        under_way.sort_by_key(|request| request.answered_at);
        while under_way.first().is_some_and(|request| request.answered_at <= now) {
            let request = under_way.remove(0);
            let remaining = request.answer.unwrap();
            let quota = Quota { limit: Some(server.limit), remaining };
            pace.finish(request.ticket, now, quota);
            if remaining.is_none() {
                limited += 1;
                sent -= 1;
                pace.rest(now, server.rest(now));
            }
        }
        if sent == count && under_way.is_empty() {
            return Outcome { end: now.as_secs_f64(), limited };
        }
        while sent < count && under_way.len() < concurrency {
            match pace.start(now) {
                Turn::Go(ticket) => {
                    sent += 1;
                    under_way.push(UnderWay::start(ticket, now, latency, sent));
                }
                Turn::Wait(length) | Turn::Rest(length) => {
                    assert!(length > Duration::ZERO);
                    break;
                }
            }
        }
        now += Duration::from_millis(5);
        assert!(now < secs(3600.0), "the run does not end");
    }
}

#[test]
fn a_long_run_uses_the_whole_limit_of_any_server_and_provokes_no_429() {
    let fixed = [0.0, 13.0, 31.0, 59.9].map(|shift| Counting::Fixed { shift });
    for counting in fixed.into_iter().chain([Counting::Sliding, Counting::Bucket]) {
        for (concurrency, latency) in [(1, 0.1), (4, 0.3), (16, 0.9)] {
            let mut pace = Pace::new(MINUTE, None);
            pace.learn_limit(120);
            let outcome = run(&mut pace, &mut Server::new(counting, 120), 600, concurrency, latency, &[]);
            assert_eq!(outcome.limited, 0, "{counting:?}");
            // Five budgets of 120: the first at once, the last four minutes later.
            assert!((240.0..260.0).contains(&outcome.end), "{counting:?}: {} s", outcome.end);
        }
    }
}

#[test]
fn throughput_is_within_three_percent_over_half_an_hour() {
    let mut pace = Pace::new(MINUTE, None);
    let outcome = run(&mut pace, &mut Server::new(Counting::Sliding, 60), 1860, 4, 0.3, &[]);
    assert_eq!(outcome.limited, 0);
    assert!(outcome.end < 1800.0 * 1.03, "{} s", outcome.end);
}

#[test]
fn the_budget_of_somebody_else_is_left_alone() {
    // Another process used 100 of 120 just before this one starts, which does not know.
    for counting in [Counting::Fixed { shift: 0.0 }, Counting::Fixed { shift: 40.0 }, Counting::Sliding] {
        let mut server = Server::new(counting, 120);
        for _ in 0..100 {
            server.request(Duration::ZERO);
        }
        let outcome = run(&mut Pace::new(MINUTE, None), &mut server, 240, 4, 0.2, &[]);
        assert_eq!(outcome.limited, 0, "{counting:?}");
        assert!(outcome.end < 190.0, "{counting:?}: {} s", outcome.end);
    }
}

#[test]
fn a_steady_neighbor_costs_its_share_only() {
    let neighbor: Vec<f64> = (0..400).map(|n| f64::from(n) * 2.0).collect();
    let mut server = Server::new(Counting::Sliding, 120);
    let outcome = run(&mut Pace::new(MINUTE, None), &mut server, 450, 4, 0.2, &neighbor);
    // 90 a minute are left. A 429 can happen here, because the neighbor does not wait.
    assert!(outcome.limited <= 4, "{}", outcome.limited);
    assert!(outcome.end < 420.0, "{} s", outcome.end);
}

#[test]
fn a_neighbor_that_takes_half_costs_half_and_hardly_a_429() {
    let neighbor: Vec<f64> = (0..3000).map(f64::from).collect();
    let fixed = [0.0, 13.0, 31.0, 59.9].map(|shift| Counting::Fixed { shift });
    for counting in fixed.into_iter().chain([Counting::Sliding, Counting::Bucket]) {
        for (concurrency, latency) in [(1, 0.1), (4, 0.02), (4, 0.3), (8, 0.3), (16, 0.9)] {
            let mut server = Server::new(counting, 120);
            let outcome = run(&mut Pace::new(MINUTE, None), &mut server, 600, concurrency, latency, &neighbor);
            let case = format!("{counting:?}, {concurrency} at once, {latency} s");
            // A request that asks whether a new minute has begun may be early, once in each.
            assert!(outcome.limited <= 6, "{case}: {}", outcome.limited);
            // 60 a minute are left, and more while the neighbor is refused.
            assert!(outcome.end < 600.0, "{case}: {} s", outcome.end);
        }
    }
}

#[test]
fn what_the_server_says_remains_is_not_asked_for_twice() {
    let mut pace = Pace::new(MINUTE, None);
    let Turn::Go(ticket) = pace.start(Duration::ZERO) else { panic!("a new pace has places") };
    pace.finish(ticket, secs(0.1), Quota { limit: Some(120), remaining: Some(3) });
    let places = (0..10).take_while(|_| matches!(pace.start(secs(0.2)), Turn::Go(_))).count();
    assert!(places <= 3, "{places} requests for 3 places");
}

#[test]
fn after_a_crowd_of_429s_one_request_goes_first() {
    let mut pace = Pace::new(MINUTE, None);
    pace.learn_limit(120);
    let tickets: Vec<Ticket> = (0..8)
        .map(|_| match pace.start(Duration::ZERO) {
            Turn::Go(ticket) => ticket,
            turn => panic!("{turn:?}"),
        })
        .collect();
    for (number, ticket) in tickets.into_iter().enumerate() {
        let now = secs(0.1 * number as f64);
        pace.finish(ticket, now, Quota { limit: Some(120), remaining: None });
        pace.rest(now, secs(20.0));
    }
    // The last of them was answered after 0.7 s. From then on each goes half a second after the one before.
    assert_eq!(pace.start(secs(20.6)), Turn::Rest(secs(20.7) - secs(20.6)));
    for number in 0..8 {
        let now = secs(20.7) + secs(0.5) * number;
        assert!(matches!(pace.start(now), Turn::Go(_)), "request {number}");
        assert_eq!(pace.start(now), Turn::Wait(secs(0.5)), "request {number}");
    }
}

#[test]
fn the_cap_of_the_user_holds_against_a_larger_limit() {
    let mut pace = Pace::new(MINUTE, Some(30));
    let outcome = run(&mut pace, &mut Server::new(Counting::Sliding, 120), 90, 4, 0.1, &[]);
    assert!((120.0..135.0).contains(&outcome.end), "{} s", outcome.end);
}

#[test]
fn the_cap_of_the_user_is_not_eaten_by_others() {
    let mut server = Server::new(Counting::Sliding, 120);
    for _ in 0..80 {
        server.request(Duration::ZERO);
    }
    let outcome = run(&mut Pace::new(MINUTE, Some(30)), &mut server, 30, 4, 0.1, &[]);
    assert!(outcome.end < 5.0, "{} s", outcome.end);
}

#[test]
fn an_unknown_limit_is_taken_as_the_smallest() {
    let mut pace = Pace::new(MINUTE, None);
    let places = (0..100).take_while(|_| matches!(pace.start(Duration::ZERO), Turn::Go(_))).count();
    assert_eq!(places, 60);
    pace.learn_limit(120);
    assert!(matches!(pace.start(Duration::ZERO), Turn::Go(_)));
}

#[test]
fn after_a_429_the_token_rests_and_then_goes_evenly() {
    let mut pace = Pace::new(MINUTE, None);
    let Turn::Go(ticket) = pace.start(Duration::ZERO) else { panic!("a new pace has places") };
    pace.finish(ticket, secs(1.0), Quota { limit: Some(120), remaining: None });
    pace.rest(secs(1.0), secs(10.0));
    assert_eq!(pace.start(secs(2.0)), Turn::Rest(secs(9.0)));
    assert!(matches!(pace.start(secs(11.0)), Turn::Go(_)));
    assert_eq!(pace.start(secs(11.0)), Turn::Wait(secs(0.5)));
    assert!(matches!(pace.start(secs(11.5)), Turn::Go(_)));
}

#[test]
fn a_shorter_rest_does_not_end_a_longer_one() {
    let mut pace = Pace::new(MINUTE, None);
    pace.rest(Duration::ZERO, secs(30.0));
    pace.rest(Duration::ZERO, secs(1.0));
    assert_eq!(pace.start(secs(2.0)), Turn::Rest(secs(28.0)));
}

#[test]
fn a_limit_from_an_answer_is_fresher_than_introspection() {
    let mut pace = Pace::new(MINUTE, None);
    let Turn::Go(ticket) = pace.start(Duration::ZERO) else { panic!("a new pace has places") };
    pace.finish(ticket, Duration::ZERO, Quota { limit: Some(2), remaining: None });
    pace.learn_limit(120);
    assert!(matches!(pace.start(Duration::ZERO), Turn::Go(_)));
    assert!(matches!(pace.start(Duration::ZERO), Turn::Wait(_)));
}

fn go(turn: Turn) -> Ticket {
    match turn {
        Turn::Go(ticket) => ticket,
        turn => panic!("{turn:?}"),
    }
}

#[test]
fn a_pair_keeps_the_place_of_its_second_request() {
    let mut pace = Pace::new(MINUTE, Some(3));
    go(pace.start_pair(Duration::ZERO));
    assert_eq!(pace.available(Duration::ZERO), 1);
    assert!(matches!(pace.start_pair(Duration::ZERO), Turn::Wait(_)), "there is one place");
    go(pace.start(Duration::ZERO));
    assert!(matches!(pace.start(Duration::ZERO), Turn::Wait(_)), "the last place is kept");
    go(pace.start_kept(Duration::ZERO));
    assert!(matches!(pace.start(Duration::ZERO), Turn::Wait(_)));
}

#[test]
fn a_place_that_is_given_up_is_free_again() {
    let mut pace = Pace::new(MINUTE, Some(2));
    go(pace.start_pair(Duration::ZERO));
    assert!(matches!(pace.start(Duration::ZERO), Turn::Wait(_)));
    pace.release();
    go(pace.start(Duration::ZERO));
}

#[test]
fn a_kept_place_ends_with_a_429_and_with_what_remains() {
    let mut pace = Pace::new(MINUTE, None);
    let ticket = go(pace.start_pair(Duration::ZERO));
    pace.finish(ticket, secs(0.1), Quota { limit: Some(60), remaining: Some(0) });
    assert!(matches!(pace.start_kept(secs(0.1)), Turn::Wait(_)), "nothing remains");
    assert_eq!(pace.own(), 1, "the place is given up");
    let mut pace = Pace::new(MINUTE, None);
    let ticket = go(pace.start_pair(Duration::ZERO));
    pace.finish(ticket, secs(0.1), Quota::default());
    pace.rest(secs(0.1), secs(5.0));
    assert_eq!(pace.start_kept(secs(1.1)), Turn::Rest(secs(4.0)));
    assert_eq!(pace.own(), 1, "the place is given up");
}

#[test]
fn pairs_never_start_where_the_limit_is_one() {
    assert!(!Pace::new(MINUTE, Some(1)).has_pairs());
    assert!(Pace::new(MINUTE, Some(2)).has_pairs());
}

#[test]
fn what_the_minute_leaves_is_what_others_and_own_requests_have_not_taken() {
    let mut pace = Pace::new(MINUTE, Some(50));
    assert_eq!(pace.available(Duration::ZERO), 50);
    let ticket = go(pace.start(Duration::ZERO));
    pace.finish(ticket, secs(0.1), Quota { limit: Some(60), remaining: Some(29) });
    // Another process has used 30, and goes on: two places are left to it.
    assert_eq!(pace.available(secs(0.1)), 27);
    pace.rest(secs(0.1), secs(1.0));
    assert_eq!(pace.available(secs(2.0)), 29, "a rest begins a new count");
}

/// Reads and writes, one after the other, each write at once after its read.
#[test]
fn pairs_use_the_whole_limit_of_any_server_and_provoke_no_429() {
    for has_rested in [false, true] {
        for counting in [Counting::Fixed { shift: 31.0 }, Counting::Sliding, Counting::Bucket] {
            let (mut pace, mut server) = (Pace::new(MINUTE, None), Server::new(counting, 60));
            let mut now = Duration::ZERO;
            if has_rested {
                (server.bucket, server.bucket_at) = (0.0, now);
                pace.rest(now, server.rest(now));
            }
            for request in 0..360 {
                let is_read = request % 2 == 0;
                let ticket = loop {
                    match if is_read { pace.start_pair(now) } else { pace.start_kept(now) } {
                        Turn::Go(ticket) => break ticket,
                        Turn::Wait(length) | Turn::Rest(length) => {
                            assert!(is_read, "{counting:?}: a write waits {length:?} after its read");
                            now += length;
                        }
                    }
                };
                let remaining = server.request(now).unwrap_or_else(|| panic!("{counting:?}: 429 at {now:?}"));
                now += secs(0.1);
                pace.finish(ticket, now, Quota { limit: Some(60), remaining: Some(remaining) });
            }
            // Six budgets of 60: the first at once.
            assert!(now < secs(if has_rested { 430.0 } else { 320.0 }), "{counting:?}: {now:?}");
        }
    }
}
