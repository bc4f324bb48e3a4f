//! Event logs of runs: a log that was cut anywhere reads as its beginning, and only a whole line that is damaged is an
//! error.
//!
//! An input that begins with `{` is a log. Any other decides about events, their order and what follows them.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;
use slugline::event::{Event, Mismatch, Outcome, Publication, Published, Receipt, Scope, Skip, Stop};
use slugline::exit::Exit;
use slugline::model::{Field, Kind, Leaf, Value};
use slugline::plan::file;
use slugline::run::{self, Error, Recorded};
use tempfile::TempDir;

use super::choices::Choices;
use crate::plan::world;

const RUN: &str = "20261122T120000.000Z";
const OPENED: &str = r#"{"at":"2026-11-22T12:00:00Z","event":"opened","format_version":"1.0","kind":"apply","digest":"sha256:0","remote":"sandbox","pid":1}"#;
/// Operations of the plan.
const OPERATIONS: usize = 2;

pub(super) fn holds(input: &[u8]) {
    match input.first() {
        Some(b'{') => any_log(input),
        _ => events_come_back(&mut Choices::new(input)),
    }
}

fn any_log(log: &[u8]) {
    STATE.with(|state| {
        let whole = match state.read(log) {
            Ok(recorded) => recorded,
            Err(Error::Damaged { path: _, line, message }) => {
                return only_a_damaged_line_fails(state, log, line, &message);
            }
            Err(Error::NewerVersion(version)) => return assert!(!version.starts_with("1.")),
            Err(other) => panic!("{other}"),
        };
        let lines = lines(log);
        let events = |lines: &[&[u8]]| lines.iter().filter(|line| is_of_receipt(line)).count();
        assert_eq!(whole.events.len(), events(&lines), "{:?}", whole.events);
        holds_in_receipt(&whole);
        for cut in cuts(log) {
            let recorded = state.read(&log[..cut]).unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
            let kept = events(&self::lines(&log[..cut]));
            assert_eq!(recorded.events, whole.events[..kept], "cut at {cut}");
        }
    });
}

/// Fails at a line that is whole; what stands before it can be read.
fn only_a_damaged_line_fails(state: &State, log: &[u8], line: usize, message: &str) {
    let lines = lines(log);
    assert!((1..=lines.len()).contains(&line), "line {line} of {}: {message}", lines.len());
    let before: usize = lines[..line - 1].iter().map(|line| line.len() + 1).sum();
    let recorded = state.read(&log[..before]).unwrap_or_else(|error| panic!("before line {line}: {error}"));
    holds_in_receipt(&recorded);
}

/// A receipt has a place for each operation of the plan at most, whatever a log says.
fn holds_in_receipt(recorded: &Recorded) {
    let receipt = Receipt::of(&recorded.events);
    assert!(receipt.standings.len() <= recorded.plan.operations.len(), "{:?}", recorded.events);
    assert!(receipt.ended().iter().all(|operation| *operation < recorded.plan.operations.len()));
}

/// Records events; what is read is the same, also with half a line behind them.
fn events_come_back(choices: &mut Choices<'_>) {
    let mut events = Vec::new();
    while !choices.is_empty() && events.len() < 20 && !choices.chance(16) {
        events.push(event(choices));
    }
    let lines = events.iter().map(run::event_line).collect::<Vec<_>>();
    let half = run::event_line(&event(choices));
    let half = &half.as_bytes()[..choices.below(half.len())];
    let end = if choices.chance(64) { run::end_line(Exit::Partial) } else { String::new() };
    let log = [OPENED.as_bytes(), b"\n", lines.concat().as_bytes(), end.as_bytes(), half].concat();
    STATE.with(|state| {
        let recorded = state.read(&log).unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(&log)));
        assert_eq!((recorded.events.as_slice(), recorded.remote.as_str()), (events.as_slice(), "sandbox"));
        assert_eq!(recorded.exit.is_some(), !end.is_empty());
        holds_in_receipt(&recorded);
        let cut = choices.below(log.len() + 1);
        let recorded = state.read(&log[..cut]).unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        assert!(events.starts_with(&recorded.events), "cut at {cut}: {:?}", recorded.events);
    });
}

fn event(choices: &mut Choices<'_>) -> Event {
    let operation = choices.below(OPERATIONS);
    let publication = |choices: &mut Choices<'_>| Publication {
        scope: if choices.chance(128) { Scope::Site } else { Scope::Page(choices.text().into()) },
        domains: (0..choices.below(3)).map(|_| choices.text()).collect(),
    };
    match choices.below(10) {
        0 => Event::Began { operations: OPERATIONS },
        1 => Event::Sending { operation },
        2 => Event::Held { operation },
        3 => Event::Stopped(*choices.pick(&Stop::ALL)),
        4 => Event::Publishing(publication(choices)),
        5 => {
            let publication = publication(choices);
            let ended = match choices.below(4) {
                0 => Published::Queued,
                1 => Published::Failed { message: choices.text(), hint: choices.chance(128).then(|| choices.text()) },
                2 => Published::Skipped,
                _ => Published::Unknown { message: choices.text() },
            };
            Event::Published(publication, ended)
        }
        _ => Event::Finished { operation, outcome: outcome(choices) },
    }
}

fn outcome(choices: &mut Choices<'_>) -> Outcome {
    let mismatches = |choices: &mut Choices<'_>| (0..choices.below(3)).map(|_| mismatch(choices)).collect();
    match choices.below(8) {
        0 => Outcome::Done,
        1 => Outcome::Converged,
        2 => Outcome::DidNotTake(mismatches(choices)),
        3 => Outcome::Moved(mismatches(choices)),
        4 => Outcome::Skipped(Skip::Stopped),
        5 => Outcome::Skipped(Skip::Needs(choices.below(OPERATIONS))),
        6 => Outcome::Unknown { message: choices.text() },
        _ => {
            let hint = choices.chance(128).then(|| choices.text());
            Outcome::Failed { message: choices.text(), hint, is_general: choices.chance(128) }
        }
    }
}

fn mismatch(choices: &mut Choices<'_>) -> Mismatch {
    let field = *choices.pick(&Field::ALL);
    let value = |choices: &mut Choices<'_>| match field.kind() {
        Kind::Text => Value::Text(choices.text()),
        Kind::Flag => Value::Flag(choices.chance(128)),
    };
    Mismatch { field: Leaf::Field(field), expected: value(choices), found: value(choices) }
}

/// Returns the whole lines of a log.
fn lines(log: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = log.split(|byte| *byte == b'\n').collect();
    lines.pop();
    lines
}

fn is_of_receipt(line: &[u8]) -> bool {
    // As in the program, bytes that are not UTF-8 are replaced.
    let line: Json = serde_json::from_str(&String::from_utf8_lossy(line)).unwrap_or_default();
    !matches!(line["event"].as_str(), Some("opened" | "ended"))
}

/// Returns where to cut a log: around every end of a line, and at a few places within.
fn cuts(log: &[u8]) -> Vec<usize> {
    let ends = log.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
    let around = ends.flat_map(|at| [at, at + 1]).take(24);
    let within = (0..8).map(|part| log.len() * part / 8);
    around.chain(within).chain([log.len()]).collect()
}

/// A state folder with one run, whose log is written anew for each reading.
struct State {
    folder: TempDir,
}

thread_local! {
    static STATE: State = State::new();
}

impl State {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut world = world();
        world.page("a").wants("a", "en", Field::SeoTitle, "new").wants("a", "fr", Field::SeoTitle, "neu");
        let plan = world.plan();
        assert_eq!(plan.operations.len(), OPERATIONS);
        fs::create_dir_all(run_folder(folder.path())).unwrap();
        fs::write(run_folder(folder.path()).join("plan.json"), file::encode(&plan, Exit::Ok)).unwrap();
        Self { folder }
    }

    fn read(&self, log: &[u8]) -> Result<Recorded, Error> {
        fs::write(run_folder(self.folder.path()).join("events.jsonl"), log).unwrap();
        run::read(self.folder.path(), Some(RUN))
    }
}

fn run_folder(state: &Path) -> std::path::PathBuf {
    state.join("runs").join(RUN)
}
