//! The record of a run: what is written comes back, whatever happened to the end of it.

use std::fs;
use std::path::Path;

use slugline::event::{Event, Mismatch, Outcome, Publication, Published, Receipt, Scope, Skip, Stop};
use slugline::model::{Field, Leaf};
use slugline::plan::Plan;
use slugline::run::{self, Caller, Error, Lock, Purpose, Run};

fn plan() -> Plan {
    let mut world = crate::plan::world();
    world.page("a").wants("a", "en", Field::SeoTitle, "new").wants("a", "fr", Field::SeoTitle, "neu");
    world.plan()
}

fn now() -> jiff::Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// Takes the lock. A child that another test is just starting holds a copy of it for a moment.
fn lock(state: &Path) -> Lock {
    loop {
        match Lock::take(state) {
            Err(Error::Locked(_)) => std::thread::yield_now(),
            taken => return taken.unwrap(),
        }
    }
}

fn caller(remote: &str) -> Caller<'_> {
    Caller { remote, actor: Some("somebody") }
}

fn create(state: &Path, purpose: Purpose) -> Run {
    run::create(state, lock(state), &plan(), purpose, caller("sandbox"), now()).unwrap()
}

fn events() -> Vec<Event> {
    let mismatch = Mismatch { field: Field::SeoTitle.into(), expected: "a".into(), found: "b".into() };
    let flag = Mismatch { field: Field::OpenGraphTitleCopied.into(), expected: true.into(), found: false.into() };
    let image = Leaf::from_name("openGraph.imageUrl").unwrap();
    let image = Mismatch { field: image, expected: "u".into(), found: "".into() };
    let other = Mismatch { field: Leaf::from_name("seo.index").unwrap(), expected: false.into(), found: "1".into() };
    let failed = Outcome::Failed { message: "no\n\"way\"".to_owned(), hint: Some("out".to_owned()), is_general: true };
    let outcomes = [
        Outcome::Done,
        Outcome::Converged,
        Outcome::DidNotTake(vec![mismatch.clone(), flag, image, other]),
        Outcome::Moved(vec![mismatch]),
        failed,
        Outcome::Skipped(Skip::Needs(0)),
        Outcome::Skipped(Skip::Stopped),
        Outcome::Unknown { message: "lost".to_owned() },
    ];
    let finished = outcomes.into_iter().map(|outcome| Event::Finished { operation: 1, outcome });
    let mut events =
        vec![Event::Began { operations: 2 }, Event::Sending { operation: 0 }, Event::Held { operation: 0 }];
    events.extend(finished);
    events.extend(Stop::ALL.map(Event::Stopped));
    let page = Publication { scope: Scope::Page("a".into()), domains: vec!["www.galaxy.example".to_owned()] };
    let site = Publication { scope: Scope::Site, domains: vec![] };
    events.extend([page.clone(), site.clone()].map(Event::Publishing));
    let failed = Published::Failed { message: "no".to_owned(), hint: Some("out".to_owned()) };
    for ended in [Published::Queued, failed, Published::Skipped, Published::Unknown { message: "lost".to_owned() }] {
        events.push(Event::Published(page.clone(), ended.clone()));
        events.push(Event::Published(site.clone(), ended));
    }
    events
}

#[test]
fn every_event_comes_back() {
    let state = tempfile::tempdir().unwrap();
    let mut run = create(state.path(), Purpose::Undo);
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
        let mut run = create(state.path(), Purpose::Apply);
        events().iter().for_each(|event| run.record(event).unwrap());
        run.id().clone()
    };
    let log = state.path().join("runs").join(id.as_str()).join("events.jsonl");
    let whole = fs::read(&log).unwrap();
    for cut in 0..=whole.len() {
        fs::write(&log, &whole[..cut]).unwrap();
        let lines = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
        // A log without its first line does not say where the run wrote.
        let remote = if lines == 0 { "" } else { "sandbox" };
        let (held, recorded) = loop {
            match run::hold(state.path(), Some(id.as_str()), remote) {
                Err(Error::Locked(_)) => std::thread::yield_now(),
                held => break held.unwrap(),
            }
        };
        let mut run = held.open(&recorded, Some("somebody")).unwrap();
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
    let mut run = create(state.path(), Purpose::Apply);
    run.record(&Event::Began { operations: 2 }).unwrap();
    let log = state.path().join("runs").join(run.id().as_str()).join("events.jsonl");
    let mut text = fs::read_to_string(&log).unwrap();
    text.push_str("{\"at\": \"\n");
    fs::write(&log, text).unwrap();
    let error = run::read(state.path(), None).unwrap_err();
    assert!(matches!(error, Error::Damaged { line: 3, .. }), "{error:?}");
}

/// The process dies while it makes a run, at any of its steps: what is left is no run, and in nobody's way, even if the
/// clock stands still or was set back.
#[test]
fn a_run_whose_making_was_cut_short_is_none() {
    let state = tempfile::tempdir().unwrap();
    let whole = create(state.path(), Purpose::Apply).id().clone();
    let runs = state.path().join("runs");
    let stump = runs.join("20261122T120000.001Z");
    for files in [&[][..], &["events.jsonl"], &["events.jsonl", "plan.part"]] {
        fs::create_dir_all(&stump).unwrap();
        for file in files {
            fs::copy(runs.join(whole.as_str()).join("events.jsonl"), stump.join(file)).unwrap();
        }
        assert_eq!(run::list(state.path()).unwrap(), std::slice::from_ref(&whole));
        assert_eq!(run::read(state.path(), None).unwrap().id, whole);
        let next = create(state.path(), Purpose::Apply).id().clone();
        assert_eq!(next.as_str(), "20261122T120000.002Z");
        fs::remove_dir_all(runs.join(next.as_str())).unwrap();
    }
}

#[test]
fn one_process_at_a_time() {
    let state = tempfile::tempdir().unwrap();
    let first = create(state.path(), Purpose::Apply);
    let second = Lock::take(state.path()).unwrap_err();
    let said = second.to_string();
    assert!(said.contains(&format!("process {}", std::process::id())), "{said}");
    drop(first);
    let third = create(state.path(), Purpose::Apply);
    assert_eq!(third.id().as_str(), "20261122T120000.001Z");
    assert_eq!(run::list(state.path()).unwrap().len(), 2);
}

#[test]
fn what_is_no_run_is_said() {
    let state = tempfile::tempdir().unwrap();
    assert!(matches!(run::read(state.path(), None), Err(Error::None)));
    assert!(matches!(run::read(state.path(), Some("../x")), Err(Error::Unknown(_))));
    assert!(matches!(Lock::take(&state.path().join("nowhere")), Err(Error::File { .. })));
}

#[test]
fn a_rehearsal_is_not_taken_for_the_real_thing() {
    let state = tempfile::tempdir().unwrap();
    let mut run = create(state.path(), Purpose::Apply);
    for event in [Event::Began { operations: 2 }, Event::Sending { operation: 0 }] {
        run.record(&event).unwrap();
    }
    drop(run);
    assert!(run::newest_written(state.path(), "sandbox", &plan().target.site).is_ok());
    assert!(matches!(
        run::newest_written(state.path(), "https://api.webflow.com", &plan().target.site),
        Err(Error::NothingWritten)
    ));
    let recorded = run::read(state.path(), None).unwrap();
    assert!(matches!(recorded.check_remote("https://api.webflow.com"), Err(Error::OtherRemote { .. })));
}
