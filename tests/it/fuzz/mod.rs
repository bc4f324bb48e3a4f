//! The fuzz targets as ordinary tests: each property holds for the committed seeds and for inputs that are made of them.
//!
//! `fuzz/README.md` says how to run the fuzzer itself. The inputs are the same in every run; `SLUGLINE_CASES` multiplies
//! their number, `PROPTEST_RNG_SEED` gives others.

mod seeds;
pub(crate) mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::test_runner::{TestCaseError, TestRunner};

use crate::laws::cases;
use crate::manifest::root;
use targets::TARGETS;

/// Checks the property with every seed of the target, then with so many inputs in an ordinary run.
fn run(target: &str, ordinary: u32) {
    let seeds = seeds::of(target);
    for (name, seed) in &seeds {
        let outcome = catch_unwind(AssertUnwindSafe(|| targets::check(target, seed)));
        assert!(outcome.is_ok(), "the seed fuzz/corpus/{target}/{name} fails, see above");
    }
    let inputs = seeds::inputs(seeds.into_iter().map(|(_, seed)| seed).collect());
    let outcome = TestRunner::new(cases(ordinary)).run(&inputs, |input| {
        let checked = catch_unwind(AssertUnwindSafe(|| targets::check(target, &input)));
        checked.map_err(|cause| TestCaseError::fail(message(cause.as_ref())))
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

fn message(cause: &dyn std::any::Any) -> String {
    let text = cause.downcast_ref::<String>().map(String::as_str).or(cause.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_owned()
}

/// One test a target, with the number of inputs in an ordinary run.
macro_rules! tests {
    ($($target:ident: $cases:literal,)*) => {
        $(
            #[test]
            fn $target() {
                run(stringify!($target), $cases);
            }
        )*

        const TESTED: &[&str] = &[$(stringify!($target)),*];
    };
}

tests! {
    api: 400,
    csv: 400,
    edit: 600,
    event_log: 300,
    html: 12,
    manifest: 1_500,
    markdown: 12,
    plan_file: 150,
    project: 1_000,
    slugs: 1_000,
    terminal: 12,
}

/// A target is a row of the table, a test here, a binary of the fuzz crate and a folder of seeds.
#[test]
fn every_target_has_a_test_a_binary_and_seeds() {
    let rows: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let tested: BTreeSet<String> = TESTED.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(tested, rows);
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(root().join("fuzz").join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("fuzz_targets"), rows);
    assert_eq!(names("corpus"), rows);
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    let binaries =
        manifest.lines().filter_map(|line| line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\""));
    assert_eq!(binaries.map(str::to_owned).collect::<BTreeSet<String>>(), rows);
    for name in &rows {
        let binary = fs::read_to_string(root().join(format!("fuzz/fuzz_targets/{name}.rs"))).unwrap();
        assert!(binary.contains(&format!("check(\"{name}\", input)")), "{binary}");
    }
}

/// Large seeds slow down a clone, the ordinary tests and the fuzzer.
#[test]
fn seeds_are_few_and_small() {
    let mut total = 0;
    for target in TARGETS {
        let seeds = seeds::of(target.name);
        assert!((3..=60).contains(&seeds.len()), "{} has {} seeds", target.name, seeds.len());
        for (name, seed) in seeds {
            assert!(seed.len() <= 12_000, "fuzz/corpus/{}/{name} has {} bytes", target.name, seed.len());
            total += seed.len();
        }
    }
    assert!(total <= 300_000, "{total} bytes");
}
