//! The record of a run: what is written comes back, whatever happened to the end of it.

use std::fs;

use slugline::event::{Event, Mismatch, Outcome, Receipt, Skip, Stop};
use slugline::model::Field;
use slugline::plan::Plan;
use slugline::run::{self, Error, Purpose};

fn plan() -> Plan {
    let mut world = crate::plan::world();
    world.page("a").wants("a", "en", Field::SeoTitle, "new").wants("a", "fr", Field::SeoTitle, "neu");
    world.plan()
}

fn now() -> jiff::Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn events() -> Vec<Event> {
    let mismatch = Mismatch { field: Field::SeoTitle, expected: "a".into(), found: "b".into() };
    let flag = Mismatch { field: Field::OpenGraphTitleCopied, expected: true.into(), found: false.into() };
    let failed = Outcome::Failed { message: "no\n\"way\"".to_owned(), hint: Some("out".to_owned()), is_general: true };
    let outcomes = [
        Outcome::Done,
        Outcome::Converged,
        Outcome::DidNotTake(vec![mismatch.clone(), flag]),
        Outcome::Moved(vec![mismatch]),
        failed,
        Outcome::Skipped(Skip::Needs(0)),
        Outcome::Skipped(Skip::Stopped),
        Outcome::Unknown { message: "lost".to_owned() },
    ];
    let finished = outcomes.into_iter().map(|outcome| Event::Finished { operation: 1, outcome });
    let mut events = vec![Event::Began { operations: 2 }, Event::Sending { operation: 0 }];
    events.extend(finished);
    events.extend(Stop::ALL.map(Event::Stopped));
    events
}

#[test]
fn every_event_comes_back() {
    let state = tempfile::tempdir().unwrap();
    let mut run = run::create(state.path(), &plan(), Purpose::Undo, now()).unwrap();
    for event in events() {
        run.record(&event).unwrap();
    }
    let recorded = run::read(state.path(), None).unwrap();
    assert_eq!((recorded.plan, recorded.purpose, recorded.events), (plan(), Purpose::Undo, events()));
    assert_eq!(recorded.id, *run.id());
}

#[test]
fn the_committed_schema_is_fresh_and_fits() {
    let schema = run::format::schema();
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    crate::manifest::expect(&crate::manifest::root().join("schema/events.schema.json"), &text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for event in events() {
        let line: serde_json::Value = serde_json::from_str(&run::event_line(&event)).unwrap();
        validator.validate(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    }
}

/// Cuts the log at every byte: what was recorded whole is kept, the rest is dropped, and the run can go on.
#[test]
fn a_log_that_was_cut_anywhere_is_mended() {
    let state = tempfile::tempdir().unwrap();
    let id = {
        let mut run = run::create(state.path(), &plan(), Purpose::Apply, now()).unwrap();
        events().iter().for_each(|event| run.record(event).unwrap());
        run.id().clone()
    };
    let log = state.path().join("runs").join(id.as_str()).join("events.jsonl");
    let whole = fs::read(&log).unwrap();
    for cut in 0..=whole.len() {
        fs::write(&log, &whole[..cut]).unwrap();
        let lines = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
        let (mut run, recorded) = run::reopen(state.path(), Some(id.as_str())).unwrap();
        // The first line opens the run, and is no event.
        assert_eq!(recorded.events, events()[..lines.saturating_sub(1)], "cut at {cut}");
        run.record(&Event::Began { operations: 2 }).unwrap();
        drop(run);
        let again = run::read(state.path(), None).unwrap().events;
        assert_eq!(again.len(), recorded.events.len() + 1);
        assert_eq!(Receipt::of(&again).standings.len(), 2);
    }
}

#[test]
fn a_log_with_a_hole_is_refused_with_its_line() {
    let state = tempfile::tempdir().unwrap();
    let mut run = run::create(state.path(), &plan(), Purpose::Apply, now()).unwrap();
    run.record(&Event::Began { operations: 2 }).unwrap();
    let log = state.path().join("runs").join(run.id().as_str()).join("events.jsonl");
    let mut text = fs::read_to_string(&log).unwrap();
    text.push_str("{\"at\": \"\n");
    fs::write(&log, text).unwrap();
    let error = run::read(state.path(), None).unwrap_err();
    assert!(matches!(error, Error::Damaged { line: 3, .. }), "{error:?}");
}

#[test]
fn one_process_at_a_time() {
    let state = tempfile::tempdir().unwrap();
    let first = run::create(state.path(), &plan(), Purpose::Apply, now()).unwrap();
    let second = run::create(state.path(), &plan(), Purpose::Apply, now()).unwrap_err();
    let said = second.to_string();
    assert!(said.contains(&format!("process {}", std::process::id())), "{said}");
    drop(first);
    let third = run::create(state.path(), &plan(), Purpose::Apply, now()).unwrap();
    assert_eq!(third.id().as_str(), "20261122T120000.001Z");
    assert_eq!(run::list(state.path()).unwrap().len(), 2);
}

#[test]
fn what_is_no_run_is_said() {
    let state = tempfile::tempdir().unwrap();
    assert!(matches!(run::read(state.path(), None), Err(Error::None)));
    assert!(matches!(run::read(state.path(), Some("../x")), Err(Error::Unknown(_))));
    let missing = state.path().join("nowhere");
    assert!(matches!(run::create(&missing, &plan(), Purpose::Apply, now()), Err(Error::File { .. })));
}
