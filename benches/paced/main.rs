//! How near a paced run comes to what the rate limit allows: `cargo bench --bench paced`.
//!
//! Six hundred changes at 120 requests a minute, on a clock that runs twenty times as fast; alone, and beside somebody who
//! uses half of the limit. Fails above 1.03 times what the limit makes of the requests sent, or if more than 3 % are reads
//! of what had been read before, if it is left alone.

#![expect(clippy::print_stdout, reason = "this is what a benchmark is for")]

mod run;

use run::{LIMIT, Trial};

const MOST: f64 = 1.03;
const MOST_READS: f64 = 0.03;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let trial = Trial { changes: 600, speed: 20.0, neighbor: 0 };
    let (alone, reads_again) = report("alone", trial, LIMIT).await;
    report("beside a neighbor", Trial { neighbor: LIMIT / 2, ..trial }, LIMIT / 2).await;
    assert!(reads_again <= MOST_READS, "{reads_again:.3} of the requests are further reads; {MOST_READS} is allowed");
    assert!(alone <= MOST, "{alone:.3} times what the limit makes of the requests; {MOST} is allowed");
}

/// Returns how long the run took as a multiple of what the limit makes of its requests, and the share of further reads.
async fn report(what: &str, trial: Trial, limit: u32) -> (f64, f64) {
    let measured = trial.run().await;
    let share = measured.share(limit);
    println!(
        "{what:<18} {} writes, {} requests ({:.1} % read again), {} held, {} refused (429), {:.2} min at {limit}/min: \
         {share:.3}",
        measured.writes,
        measured.requests,
        100.0 * measured.reads_again(),
        measured.held,
        measured.limited,
        measured.minutes,
    );
    assert!(measured.receipt.is_success(), "{:#?}", measured.receipt);
    (share, measured.reads_again())
}
