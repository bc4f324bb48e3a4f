//! The committed seeds, and inputs made of them.

use std::fs;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::manifest::root;

/// Returns the seeds of a target with their names.
pub(super) fn of(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = root().join("fuzz/corpus").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let seed =
        |path: std::path::PathBuf| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap());
    paths.into_iter().map(seed).collect()
}

/// Bytes that have a meaning in one of the formats.
const PIECES: [&str; 36] = [
    "\0",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "  ",
    "\"",
    "'",
    "`",
    ",",
    ";",
    ":",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "|",
    "=",
    "-",
    "\\",
    "#",
    "&a ",
    "*a",
    "null",
    "true",
    "1e999",
    "-1",
    "\u{feff}",
    "\u{202e}",
    "\u{1b}[31m",
    "##[",
    "é",
];

#[derive(Debug, Clone)]
enum Step {
    Insert(Index, &'static str),
    Remove(Index, usize),
    Replace(Index, u8),
    /// Inserts a part of a seed.
    Splice(Index, Index, Index, usize),
    /// Cuts off the rest.
    Cut(Index),
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    prop_oneof![
        4 => (index(), prop::sample::select(&PIECES[..])).prop_map(|(at, piece)| Step::Insert(at, piece)),
        2 => (index(), 1..20_usize).prop_map(|(at, length)| Step::Remove(at, length)),
        3 => (index(), any::<u8>()).prop_map(|(at, byte)| Step::Replace(at, byte)),
        3 => (index(), index(), index(), 1..60_usize).prop_map(|(at, seed, from, length)| Step::Splice(at, seed, from, length)),
        1 => index().prop_map(Step::Cut),
    ]
}

/// Returns inputs: any bytes, or a seed with a few changes.
pub(super) fn inputs(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changed = (any::<Index>(), prop::collection::vec(step(), 1..8)).prop_map(move |(seed, steps)| {
        let seed = seed.get(&seeds).clone();
        steps.into_iter().fold(seed, |input, step| taken(input, step, &seeds))
    });
    prop_oneof![1 => prop::collection::vec(any::<u8>(), 0..300), 3 => changed]
}

fn taken(mut input: Vec<u8>, step: Step, seeds: &[Vec<u8>]) -> Vec<u8> {
    let at = |index: Index| index.index(input.len() + 1);
    match step {
        Step::Insert(index, piece) => {
            let at = at(index);
            input.splice(at..at, piece.bytes());
        }
        Step::Remove(index, length) => {
            let at = at(index);
            input.drain(at..(at + length).min(input.len()));
        }
        Step::Replace(index, byte) => {
            let at = at(index);
            input.splice(at..(at + 1).min(input.len()), [byte]);
        }
        Step::Splice(index, seed, from, length) => {
            let (at, seed) = (at(index), seed.get(seeds));
            let from = from.index(seed.len() + 1);
            let part = seed[from..(from + length).min(seed.len())].to_vec();
            input.splice(at..at, part);
        }
        Step::Cut(index) => {
            let at = at(index);
            input.truncate(at);
        }
    }
    input
}
