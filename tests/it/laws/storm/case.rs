//! Everything that a storm is made of, drawn from a seed.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use slugline::apply::Sending;
use slugline::event::Stop;
use slugline::sandbox::{
    Bulk, Clear, Copied, CopiedText, InheritedReads, Merge, Normalize, ShareImage, SlugTaken, Switches, Updated,
};

use super::weather::{Meddling, Trouble, meddling, weather};
use crate::laws::edits::{Edit, bold_edits};
use crate::laws::sites::{Shown, site};
use crate::laws::switch_pairs;

/// From this seed on, the switches are pairs that a storm shall meet.
const PAIRS: u64 = 1_000_000;

/// From this seed on, they are all combinations.
const COMBINATIONS: u64 = 2_000_000;

/// Milliseconds that a failing case may take to become smaller.
const LONGEST_SHRINKING: u32 = 5_000;

/// A storm.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) site: Shown,
    pub(super) switches: Switches,
    pub(super) localized_slugs: bool,
    /// Whether the manifests are those of an import, edited; else they state the edits alone.
    pub(super) starts_from_import: bool,
    pub(super) edits: Vec<Edit>,
    pub(super) concurrency: usize,
    pub(super) sending: Sending,
    /// Whether what was read is good for a while; else everything is read again before it is written.
    pub(super) trusts_readings: bool,
    /// What somebody else writes once the plan is made.
    pub(super) meanwhile: Option<Meddling>,
    /// An attempt for each: the first applies the plan, the others resume it.
    pub(super) attempts: Vec<Attempt>,
}

/// What an attempt meets.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) weather: Vec<Trouble>,
    pub(super) end: End,
}

/// What ends an attempt before its end. Events are counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    Natural,
    /// The process is gone.
    Killed(usize),
    Stopped(usize, Stop),
    /// So many milliseconds after it began.
    Deadline(u64),
    /// What happens can no longer be recorded.
    Unrecorded(usize),
}

fn end() -> impl Strategy<Value = End> {
    // Most runs tell of fewer than these.
    let event = 0..24_usize;
    prop_oneof![
        7 => Just(End::Natural),
        3 => event.clone().prop_map(End::Killed),
        1 => (event.clone(), select(vec![Stop::Interrupted, Stop::Terminated]))
            .prop_map(|(event, stop)| End::Stopped(event, stop)),
        1 => (0..200_u64).prop_map(End::Deadline),
        1 => event.prop_map(End::Unrecorded),
    ]
}

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    let attempt = (weather(10), end()).prop_map(|(weather, end)| Attempt { weather, end });
    proptest::collection::vec(attempt, 1..4)
}

pub(super) fn switches() -> impl Strategy<Value = Switches> {
    let first = (select(Merge::ALL), select(InheritedReads::ALL), select(Clear::ALL), select(Copied::ALL));
    let second = (select(CopiedText::ALL), select(SlugTaken::ALL), select(Normalize::ALL), select(Bulk::ALL));
    let third = (select(Updated::ALL), select(ShareImage::ALL));
    (first, second, third).prop_map(
        |(
            (merge, inherited_reads, clear, copied),
            (copied_text, slug_taken, normalize, bulk),
            (updated, share_image),
        )| Switches {
            merge,
            inherited_reads,
            clear,
            copied,
            copied_text,
            slug_taken,
            normalize,
            bulk,
            updated,
            share_image,
        },
    )
}

/// Returns storms over sites small and, seldom, so large that a list has two parts.
pub(super) fn case() -> impl Strategy<Value = Case> {
    let site = prop_oneof![60 => site(12).boxed(), 1 => site(103).boxed()];
    let what = (site, switches(), proptest::bool::weighted(0.8), any::<bool>(), bold_edits());
    let meanwhile = proptest::option::weighted(0.08, meddling());
    let sending = prop_oneof![2 => Just(Sending::Singly), 1 => Just(Sending::InBulk)];
    let how = (1..=8_usize, sending, proptest::bool::weighted(0.6), meanwhile, attempts());
    (what, how).prop_map(
        |(
            (site, switches, localized_slugs, starts_from_import, edits),
            (concurrency, sending, trusts_readings, meanwhile, attempts),
        )| Case {
            site,
            switches,
            localized_slugs,
            starts_from_import,
            edits,
            concurrency,
            sending,
            trusts_readings,
            meanwhile,
            attempts,
        },
    )
}

/// Draws storms. The same seed gives the same one.
pub(super) struct Draw(BoxedStrategy<Case>);

impl Draw {
    pub(super) fn new() -> Self {
        Self(case().boxed())
    }

    pub(super) fn case(&self, seed: u64) -> Case {
        with_switches(seed, self.0.new_tree(&mut runner(seed)).unwrap().current())
    }
}

/// Replays the storm of a seed; if it breaks a law, with the smallest case that does.
pub(super) fn replay(seed: u64, test: impl Fn(Case)) {
    let mut runner = runner(seed);
    let tree = case().new_tree(&mut runner).unwrap();
    let ended = runner.run_one(tree, |case| {
        test(with_switches(seed, case));
        Ok(())
    });
    if let Err(error) = ended {
        panic!("seed {seed}: {error}");
    }
}

/// Returns the seeds of storms in which every pair of switches meets.
pub(super) fn pairs() -> Range<u64> {
    PAIRS..PAIRS + u64::try_from(switch_pairs::all_pairs().len()).unwrap()
}

/// Returns the seeds of storms with every combination of switches.
pub(super) fn combinations() -> Range<u64> {
    COMBINATIONS..COMBINATIONS + u64::try_from(Switches::all().len()).unwrap()
}

/// Gives a storm the switches that its seed asks for, if it does.
fn with_switches(seed: u64, case: Case) -> Case {
    let among = |all: Vec<Switches>, first: u64| all[usize::try_from(seed - first).unwrap() % all.len()];
    let switches = match seed {
        COMBINATIONS.. => among(Switches::all(), COMBINATIONS),
        PAIRS.. => among(switch_pairs::all_pairs(), PAIRS),
        _ => case.switches,
    };
    Case { switches, ..case }
}

/// Returns a runner whose chance is the seed's.
fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { failure_persistence: None, max_shrink_time: LONGEST_SHRINKING, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}
