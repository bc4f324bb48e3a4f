//! Law 2 for every pair of what the public documents leave open: whatever two of the sandbox's switches say together.

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use slugline::sandbox::{
    Bulk, Clear, Copied, CopiedText, InheritedReads, Merge, Normalize, ShareImage, SlugTaken, Switches, Updated,
};

use super::cases;
use super::convergence::{case, plan_apply_plan};
use super::world::block_on;

/// Sets one switch.
type Setting = Box<dyn Fn(&mut Switches)>;

fn of<T: Copy + 'static>(values: &[T], set: fn(&mut Switches, T)) -> Vec<Setting> {
    values.iter().copied().map(|value| Box::new(move |to: &mut Switches| set(to, value)) as Setting).collect()
}

/// Returns the settings of each switch that a single write can meet and that lets every plan be carried out.
fn settings() -> Vec<Vec<Setting>> {
    vec![
        of(Merge::ALL, |to, value| to.merge = value),
        of(InheritedReads::ALL, |to, value| to.inherited_reads = value),
        of(Copied::ALL, |to, value| to.copied = value),
        of(CopiedText::ALL, |to, value| to.copied_text = value),
        of(SlugTaken::ALL, |to, value| to.slug_taken = value),
        of(Normalize::ALL, |to, value| to.normalize = value),
        of(Updated::ALL, |to, value| to.updated = value),
        of(ShareImage::ALL, |to, value| to.share_image = value),
    ]
}

/// Returns the settings of all switches.
fn all_settings() -> Vec<Vec<Setting>> {
    let mut all = settings();
    all.push(of(Clear::ALL, |to, value| to.clear = value));
    all.push(of(Bulk::ALL, |to, value| to.bulk = value));
    all
}

/// Returns every pair of what any two switches say.
pub(super) fn all_pairs() -> Vec<Switches> {
    pairs(&all_settings())
}

/// Returns every pair of settings of two switches, the others at their defaults.
fn pairs(all: &[Vec<Setting>]) -> Vec<Switches> {
    let mut pairs = Vec::new();
    for (index, first) in all.iter().enumerate() {
        for second in &all[index + 1..] {
            for (one, other) in first.iter().flat_map(|one| second.iter().map(move |other| (one, other))) {
                let mut switches = Switches::default();
                one(&mut switches);
                other(&mut switches);
                if !pairs.contains(&switches) {
                    pairs.push(switches);
                }
            }
        }
    }
    pairs
}

#[test]
fn every_pair_of_switches_converges() {
    let config = cases(5);
    let cases_each = config.cases;
    // A failure is not shrunk here; the law with random switches meets the same ones, and shrinks them.
    let mut runner = TestRunner::new(config);
    for switches in pairs(&settings()) {
        for _ in 0..cases_each {
            let case = case(8).new_tree(&mut runner).unwrap().current();
            block_on(plan_apply_plan(&case, switches));
        }
    }
}
