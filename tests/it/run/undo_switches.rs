//! Law 3 whatever the server does where the public documents leave it open: an undo restores what everything reads, or
//! says what it could not restore. An ordinary run tries every pair of settings; `SLUGLINE_CASES=100` tries every
//! combination.

use std::collections::BTreeSet;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::Value as Json;
use slugline::sandbox::{Bulk, Clear, Switches};

use super::undo::{Case, Run, case, undo_tells_what_it_cannot_restore};
use crate::laws::cases;
use crate::laws::times;
use crate::laws::world::block_on;

/// Two switches and how each is set.
type Pair = [(String, String); 2];

/// Returns every combination of what a single write can meet.
fn combinations() -> Vec<Switches> {
    let mut all = Switches::all();
    all.retain(|switches| switches.bulk == Bulk::default());
    all
}

fn pairs(switches: &Switches) -> Vec<Pair> {
    let Json::Object(settings) = serde_json::to_value(switches).unwrap() else { panic!("switches are an object") };
    let settings: Vec<(String, String)> = settings.into_iter().map(|(name, value)| (name, value.to_string())).collect();
    let others = |index: usize| settings[index + 1..].iter().cloned();
    let of = |(index, one): (usize, &(String, String))| others(index).map(|other| [one.clone(), other]).collect();
    settings.iter().enumerate().flat_map(|setting| -> Vec<Pair> { of(setting) }).collect()
}

/// Returns combinations among which each pair of settings is at least once; each is the one that adds most.
fn every_pair(all: &[Switches]) -> Vec<Switches> {
    let pairs_of: Vec<Vec<Pair>> = all.iter().map(pairs).collect();
    let mut missing: BTreeSet<&Pair> = pairs_of.iter().flatten().collect();
    let mut chosen = Vec::new();
    while !missing.is_empty() {
        let gain = |index: &usize| pairs_of[*index].iter().filter(|pair| missing.contains(pair)).count();
        let best = (0..all.len()).max_by_key(gain).unwrap();
        pairs_of[best].iter().for_each(|pair| {
            missing.remove(pair);
        });
        chosen.push(all[best]);
    }
    chosen
}

/// Tries so many cases with each of the combinations that an ordinary run, or a long one, is about.
fn check(ordinary: u32, long: u32, is_meant: fn(&Switches) -> bool, try_one: fn(&Case, Switches)) {
    let all = combinations();
    let (chosen, cases_each) = if times() == 1 { (every_pair(&all), ordinary) } else { (all, long) };
    // A failure is not shrunk here: its case and its switches are printed.
    let mut runner = TestRunner::new(cases(1));
    for switches in chosen.into_iter().filter(is_meant) {
        for _ in 0..cases_each {
            let case = case().new_tree(&mut runner).unwrap().current();
            try_one(&case, switches);
        }
    }
}

#[test]
fn a_server_that_clears_lets_everything_be_taken_back() {
    let clears = |switches: &Switches| switches.clear == Clear::Empties;
    check(8, 3, clears, |case, switches| {
        block_on(async {
            if let Some(run) = Run::of(case, switches).await {
                run.undo_restores().await;
            }
        });
    });
}

#[test]
fn what_a_server_that_does_not_clear_keeps_is_named() {
    let keeps = |switches: &Switches| switches.clear != Clear::Empties;
    check(8, 3, keeps, |case, switches| block_on(undo_tells_what_it_cannot_restore(case, switches)));
}
