//! The laws that hold for every site and every edit, each tried on many generated ones against the sandbox.
//!
//! What is expected is worked out here from the sandbox's document alone, without the code under test. The cases are
//! the same in every run; `SLUGLINE_CASES` multiplies their number, `PROPTEST_RNG_SEED` gives others.

pub(crate) mod edits;
pub(crate) mod expected;
pub(crate) mod project;
pub(crate) mod reading;
pub(crate) mod sites;
mod slug_table;
pub(crate) mod slugs;
pub(crate) mod world;

mod bulk;
mod command_line;
mod convergence;
mod drift;
mod honesty;
mod slug_order;
mod storm;
mod stranger;
mod switch_pairs;
mod window;

use std::collections::BTreeSet;

use proptest::test_runner::{Config, RngSeed};

/// The seed of an ordinary run; any number will do.
const SEED: u64 = 42;

/// Returns how many times as much is to be tried as in an ordinary run.
pub(crate) fn times() -> u32 {
    std::env::var("SLUGLINE_CASES").ok().and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// Returns so many of all cases in an ordinary run, evenly spread over them, the first and the last included.
pub(crate) fn sample<T>(all: Vec<T>, ordinary: usize) -> Vec<T> {
    let count = ordinary.saturating_mul(times() as usize).clamp(2, all.len().max(2));
    let (last, step) = (all.len().saturating_sub(1), count - 1);
    let chosen: BTreeSet<usize> = (0..count).map(|number| number * last / step).collect();
    all.into_iter().enumerate().filter(|(index, _)| chosen.contains(index)).map(|(_, case)| case).collect()
}

/// Returns a configuration for so many cases in an ordinary run. Nothing is written to disk: a failure says its input,
/// and the seed makes it come again.
pub(crate) fn cases(ordinary: u32) -> Config {
    let default = Config::default();
    let rng_seed = if default.rng_seed == RngSeed::Random { RngSeed::Fixed(SEED) } else { default.rng_seed };
    Config {
        cases: ordinary.saturating_mul(times()),
        rng_seed,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..default
    }
}
