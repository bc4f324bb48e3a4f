//! Everything at once: seeded runs of any site, any edits, any switches, faults of every sort, a second editor, and
//! processes that are killed, stopped or out of disk. Whatever comes of it, what the program says is true, by the
//! sandbox's own record of what happened.
//!
//! A seed decides a storm. A failure names the seeds; `SLUGLINE_STORM=SEED` replays one alone and makes it smaller.
//! `SLUGLINE_CASES` multiplies how many there are; ten thousand, and how often what happened, in some minutes:
//!
//! ```text
//! SLUGLINE_CASES=50 cargo test --test it what_is_told_is_true_in_every_storm -- --nocapture
//! ```

mod attempt;
mod case;
mod checks;
mod edits;
mod pulse;
mod tally;
mod truth;
mod weather;

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::{FutureExt as _, StreamExt as _, stream};
use slugline::event::{Outcome, Receipt};
use slugline::plan::Plan;
use slugline::plan::invert::invert;
use slugline::sandbox::{Action, Deed, Fault, History, LogEntry, Match, Options, Site};
use slugline::webflow::{self, Client};

use self::attempt::{Account, Ended, Means, attempt};
use self::case::{Attempt, Case, Draw, End};
use self::checks::{Past, check_account, check_left};
use self::edits::{check_edits, check_readings};
use self::pulse::Pulse;
use self::tally::Tally;
use self::truth::Truth;
use self::weather::script;
use super::edits::{Stated, apply};
use super::expected;
use super::project::{Layout, Project, imported};
use super::reading::all_reads;
use super::world::{World, block_on, client_options, plan_desired};

/// Storms under way at once on a thread. Most of the time of a storm is spent in pauses.
const AT_ONCE: usize = 24;

/// How long an answer may take. Longer than a busy machine needs, unless the answer never comes.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// How often a storm is tried again on a machine too busy for it.
const TRIES: u64 = 5;

/// The minute of the rate limit, on which the client's pauses depend.
const MINUTE: Duration = Duration::from_millis(120);

#[test]
fn what_is_told_is_true_in_every_storm() {
    if let Some(seed) = std::env::var("SLUGLINE_STORM").ok().map(|seed| seed.parse().unwrap()) {
        return case::replay(seed, |case| drop(block_on(weather(&case))));
    }
    let times: u64 = std::env::var("SLUGLINE_CASES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    storms(0..200 * times);
}

#[test]
fn what_is_told_is_true_for_every_pair_of_switches() {
    storms(case::pairs());
}

/// With all of them in the storm.
#[test]
#[ignore = "takes a minute or two; `.ci/run` does it"]
fn what_is_told_is_true_for_every_combination_of_switches() {
    storms(case::combinations());
}

/// Goes through storms, on two threads, and fails with the seeds of those that break a law.
fn storms(seeds: Range<u64>) {
    let began = Instant::now();
    let share = |thread: u64| {
        let seeds = seeds.clone().skip(usize::try_from(thread).unwrap()).step_by(2);
        let (draw, pulse) = (Draw::new(), Pulse::default());
        let storms = stream::iter(seeds).map(|seed| storm(&draw, &pulse, seed)).buffer_unordered(AT_ONCE);
        block_on(pulse.during(storms.collect::<Vec<_>>()))
    };
    let ended = std::thread::scope(|scope| {
        let other = scope.spawn(|| share(1));
        let mut ended = share(0);
        ended.extend(other.join().unwrap());
        ended
    });
    let mut tally = Tally::default();
    let mut broken = Vec::new();
    for ended in ended {
        match ended {
            Ok(one) => tally.add(&one),
            Err(failure) => broken.push(failure),
        }
    }
    broken.sort();
    let culprits: Vec<u64> = broken.iter().map(|(seed, _)| *seed).collect();
    let told: Vec<String> =
        broken.iter().take(5).map(|(seed, message)| format!("\nSLUGLINE_STORM={seed} replays: {message}")).collect();
    assert!(broken.is_empty(), "{} storms broke a law, seeds {culprits:?}{}", broken.len(), told.concat());
    tally.print(&format!("seeds {} to {}", seeds.start, seeds.end - 1), began.elapsed());
}

/// Goes through the storm of a seed, and returns its tally, or how it broke a law. On a machine too busy for its clocks it
/// is tried again.
async fn storm(draw: &Draw, pulse: &Pulse, seed: u64) -> Result<Tally, (u64, String)> {
    let mut busy = 0;
    loop {
        let (case, began) = (draw.case(seed), Instant::now());
        match AssertUnwindSafe(weather(&case)).catch_unwind().await {
            Ok(mut tally) => {
                tally.count("storms tried again on a busy machine", busy);
                return Ok(tally);
            }
            Err(_) if busy < TRIES && pulse.has_stalled_since(began) => busy += 1,
            Err(panic) => {
                let message = panic.downcast::<String>().map_or_else(|_| "it panicked".to_owned(), |text| *text);
                return Err((seed, message));
            }
        }
    }
}

/// Goes through a storm and checks everything that was told.
async fn weather(case: &Case) -> Tally {
    let mut tally = Tally::default();
    tally.count("storms", 1);
    let site = Site { switches: case.switches, localized_slugs: case.localized_slugs, ..case.site.0.clone() };
    let options = Options { limit: false, history: true, ..Options::default() };
    let world = World::with(site.clone(), options).await;
    let start = if case.starts_from_import { imported(&site, &world.import().await.1) } else { Stated::new() };
    let mut stated = apply(&site, start, &case.edits);
    stated.retain(|_, values| !values.is_empty());
    expected::state_what_cannot_be_told(&site, &mut stated);
    let project = Project::new(&site, &stated, &BTreeMap::new(), Layout::FileEach);
    let loaded = project.load();
    let plan = world.plan(&loaded).await;
    if plan.is_invalid() || plan.is_empty() {
        tally.count(if plan.is_empty() { "plans: empty" } else { "plans: invalid" }, 1);
        return tally;
    }
    let from = world.server.last_request();
    let passage = pass(case, &world, &site, &plan, &mut tally).await;
    let record = Record::since(&world, from);
    let truth = record.truth(&site, &plan);
    let edits = check_edits(&truth, &passage.accounts, case.concurrency);
    // The age that readings may have does not matter in runs as small as these.
    if case.concurrency == 1 {
        check_readings(&truth);
    }
    tally.count("edits by somebody else", edits.made);
    tally.count("edits between a reading and its write", edits.between_read_and_write);
    tally.record(&record.log, &record.history);
    expected::check_extras(&site, truth.last_site());
    let is_clean = passage.is_success() && !truth.steps().iter().any(|step| step.deed == Deed::SomeoneElse);
    match world.plan_unless_invalid(&loaded).await {
        Ok(left) => {
            tally.count(if left.is_empty() { "left: nothing" } else { "left: something" }, 1);
            check_left(&truth, &passage.receipt, &left);
        }
        Err(diagnostics) => {
            let is_gone = truth.last_site().pages.len() < site.pages.len()
                || truth.steps().iter().any(|step| step.deed == Deed::SomeoneElse);
            assert!(is_gone, "{diagnostics:#?}");
        }
    }
    if is_clean {
        undo(case, &world, &site, &plan, &passage.receipt, &mut tally).await;
    }
    tally
}

/// What the attempts of a storm have come to.
struct Passage {
    accounts: Vec<Account>,
    receipt: Receipt,
}

impl Passage {
    fn is_success(&self) -> bool {
        !self.receipt.standings.is_empty() && self.receipt.is_success()
    }
}

/// Makes the attempts of a storm, and a last one when all is calm again.
async fn pass(case: &Case, world: &World, site: &Site, plan: &Plan, tally: &mut Tally) -> Passage {
    let approved = world.approve(plan).await.unwrap_or_else(|refusal| panic!("{refusal:#?}\nof {plan:#?}"));
    let from = world.server.last_request();
    let client = impatient(world, site);
    let means = Means {
        world,
        client: &client,
        plan: approved,
        concurrency: case.concurrency,
        trusts_readings: case.trusts_readings,
        sending: case.sending,
    };
    let calm = Attempt { weather: Vec::new(), end: End::Natural };
    let mut past = Past::default();
    let mut accounts: Vec<Account> = Vec::new();
    let mut receipt = Receipt::default();
    for (number, next) in case.attempts.iter().chain([&calm]).enumerate() {
        let mut faults = script(&next.weather, site, plan);
        if let Some(meanwhile) = case.meanwhile.as_ref().filter(|_| number == 0) {
            let action = Action::Edit(meanwhile.entry(99, site, plan).to_string());
            faults.push(Fault { matching: Match::default(), after: 0, times: 1, action });
        }
        world.server.set_faults(faults);
        let account = attempt(&means, past.receipt.clone(), next.end).await;
        let record = Record::since(world, from);
        check_account(&record.truth(site, plan), &account, &past);
        past.record(&account);
        tally.attempt(&account);
        receipt = past.receipt.clone().unwrap_or_default();
        let is_over = match &account.ended {
            Ended::Receipt(receipt) => receipt.standings.iter().all(|it| it.outcome().is_some_and(Outcome::is_final)),
            Ended::Refused(error) => matches!(error, slugline::apply::Error::Stale(_)),
            Ended::Killed => false,
        };
        accounts.push(account);
        if is_over {
            break;
        }
    }
    world.server.set_faults(Vec::new());
    Passage { accounts, receipt }
}

/// Takes back a run that nothing has disturbed for good.
async fn undo(case: &Case, world: &World, before: &Site, plan: &Plan, receipt: &Receipt, tally: &mut Tally) {
    let live = world.read().await;
    let inversion = invert(plan, receipt, &live);
    assert!(inversion.moved.is_empty(), "nobody else was here: {:#?}", inversion.moved);
    let undo = plan_desired(&inversion.desired, &live);
    if undo.is_empty() || undo.is_invalid() {
        tally.count("undone: nothing", 1);
        return;
    }
    let now = world.server.site();
    let mut calm = Tally::default();
    let case = Case { attempts: Vec::new(), meanwhile: None, ..case.clone() };
    let passage = pass(&case, world, &now, &undo, &mut calm).await;
    let after = world.server.site();
    expected::check_extras(before, &after);
    let mut differs = false;
    for page in &before.pages {
        for key in before.locale_keys() {
            differs |= all_reads(before, page, &key) != all_reads(&after, after.page(&page.id).unwrap(), &key);
        }
    }
    assert!(!differs || !passage.is_success(), "not as before: {undo:#?}");
    tally.count(if differs { "undone: with fields that did not take" } else { "undone: whole" }, 1);
}

/// Returns a client that does not wait long.
fn impatient(world: &World, site: &Site) -> Client {
    let base_url = world.server.url().parse().unwrap();
    let options = webflow::Options { base_url, request_timeout: PATIENCE, minute: MINUTE, ..client_options(site) };
    Client::new(options).unwrap()
}

/// The sandbox's record since a request.
struct Record {
    history: History,
    log: Vec<LogEntry>,
}

impl Record {
    fn since(world: &World, request: u64) -> Self {
        let mut history = world.server.history();
        history.steps.retain(|step| step.request > request);
        let mut log = world.server.log();
        log.retain(|entry| entry.number > request);
        Self { history, log }
    }

    fn truth<'a>(&'a self, before: &'a Site, plan: &'a Plan) -> Truth<'a> {
        Truth::new(before, plan, &self.history, &self.log)
    }
}
