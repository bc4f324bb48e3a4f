//! A paced run against limits that are enforced, on a clock that runs fast. How near it comes to the limit is measured by
//! the benchmark of the same name; here is what holds on any machine, however busy.

#[path = "../../../benches/paced/run.rs"]
mod run;

use run::{CONCURRENCY, LIMIT, Measured, Trial};

fn run(trial: Trial) -> Measured {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let measured = runtime.block_on(trial.run());
    assert!(measured.receipt.is_success(), "{:#?}", measured.receipt);
    assert_eq!(measured.writes, trial.changes, "each is written once");
    measured
}

#[test]
fn a_run_of_six_hundred_changes_provokes_no_429() {
    let measured = run(Trial { changes: 600, speed: 200.0, neighbor: 0 });
    assert_eq!(measured.limited, 0);
    // Reading each page before its write would double the requests. A busy machine reads more often than planned.
    assert!(
        measured.reads_again() < 0.25,
        "{} of the requests are reads after the first write",
        measured.reads_again()
    );
    // The first minute's requests may go at once, the others not before their minute has come.
    let least = (measured.requests - 1) / LIMIT as usize;
    assert!(measured.minutes >= least as f64, "{} minutes", measured.minutes);
    assert!(measured.share(LIMIT) < 10.0, "{} times as long as the limit makes it", measured.share(LIMIT));
    // What is under way when the minute is spent waits for the next one, and is read again then; on a busy machine twice.
    let minutes = measured.minutes.ceil() as usize;
    assert!(measured.held <= 2 * CONCURRENCY * minutes, "{} turns came too late", measured.held);
}

#[test]
fn a_neighbor_that_takes_half_of_the_limit_makes_nothing_fail() {
    let measured = run(Trial { changes: 180, speed: 60.0, neighbor: LIMIT / 2 });
    // As many as were under way at first, and then one a minute at most, which asks whether the next one has begun.
    let most = 4.0 + measured.minutes;
    assert!(measured.limited as f64 <= most, "{} requests were one too many", measured.limited);
}
