//! Law 5: kill the program at any request; resuming ends as if nothing had happened, and sends nothing again that is
//! known to be done.

use std::fs::OpenOptions;
use std::io::Write as _;

use slugline::event::Standing;

use super::gate::{Catch, Gate, Side};
use super::project::{Ended, Project, agreed, resume};
use super::undisturbed::{Undisturbed, updates};

fn apply() -> Undisturbed {
    Undisturbed::new("apply", &[], Project::new)
}

fn undo() -> Undisturbed {
    Undisturbed::new("undo", &[], || {
        let project = Project::new();
        project.run(&agreed("apply")).expect(0);
        project.server.clear_log();
        project
    })
}

fn check_every_request(undisturbed: &Undisturbed, side: Side) {
    undisturbed.check_kills(0..undisturbed.total, side);
}

#[test]
fn the_plan_has_what_makes_it_hard() {
    let plan = apply().plan;
    assert!(plan.operations.len() >= 12, "{:#?}", plan.operations);
    assert!(plan.operations.iter().any(|operation| operation.has_pin));
    let temporary = slugline::plan::Purpose::TemporarySlug;
    assert!(plan.operations.iter().any(|operation| operation.purpose == temporary));
    assert!(plan.operations.iter().any(|operation| operation.locale_id.is_some() && !operation.has_pin));
}

#[test]
fn an_apply_that_is_killed_before_any_request_is_finished() {
    check_every_request(&apply(), Side::Before);
}

#[test]
fn an_apply_that_is_killed_after_any_request_is_finished() {
    check_every_request(&apply(), Side::After);
}

#[test]
fn an_undo_that_is_killed_before_any_request_is_finished() {
    check_every_request(&undo(), Side::Before);
}

#[test]
fn an_undo_that_is_killed_after_any_request_is_finished() {
    check_every_request(&undo(), Side::After);
}

/// Several requests are under way then; which ones is up to the system.
#[test]
fn an_apply_that_is_killed_with_several_requests_under_way_is_finished() {
    let undisturbed = apply();
    let mut arguments = undisturbed.arguments.clone();
    *arguments.last_mut().unwrap() = "4";
    for (after, side) in (0..undisturbed.updates.len()).flat_map(|after| [(after, Side::Before), (after, Side::After)])
    {
        let project = undisturbed.prepared();
        let sent = undisturbed.kill_at(&project, &arguments, Catch { method: Some("PUT"), after, side });
        undisturbed.finish(&project, "4", &sent);
    }
}

/// The first line of a write is on disk when the machine dies, and half of the second.
#[test]
fn a_line_that_was_cut_off_is_as_good_as_none() {
    let undisturbed = apply();
    for after in 0..undisturbed.updates.len() {
        let project = undisturbed.prepared();
        let catch = Catch { method: Some("PUT"), after, side: Side::After };
        let sent = undisturbed.kill_at(&project, &undisturbed.arguments, catch);
        let line = format!(r#"{{"at":"2026-11-22T12:00:00Z","event":"finished","operation":{after},"outcome":"do"#);
        OpenOptions::new().append(true).open(project.log()).unwrap().write_all(line.as_bytes()).unwrap();
        undisturbed.finish(&project, "1", &sent);
    }
}

/// Every attempt gets one write done and is killed at the second, and still the run gets to its end.
#[test]
fn a_run_that_is_killed_again_and_again_is_finished() {
    let undisturbed = apply();
    let project = undisturbed.prepared();
    let catch = Catch { method: Some("PUT"), after: 1, side: Side::After };
    let mut sent = undisturbed.kill_at(&project, &undisturbed.arguments, catch);
    let is_waiting = |standing: &&Standing| **standing == Standing::Waiting;
    let mut kills = 1;
    while project.recorded().1.standings.iter().filter(is_waiting).count() >= 2 {
        sent.extend(undisturbed.kill_at(&project, &[&resume()[..], &["--concurrency", "1"]].concat(), catch));
        kills += 1;
    }
    assert!(kills > 4, "{kills}");
    let gate = Gate::new(project.server.url(), None);
    Ended::of(project.start(gate.url(), &resume())).expect(0);
    sent.extend(updates(&gate.close()));
    assert_eq!(project.site(), undisturbed.site);
    for (wanted, operation) in undisturbed.updates.iter().zip(&undisturbed.plan.operations) {
        let times = sent.iter().filter(|update| *update == wanted).count();
        let most = if operation.has_pin { 2 } else { 1 };
        assert!((1..=most).contains(&times), "sent {times} times: {operation:#?}");
    }
    let writes = project.writes();
    project.run(&resume()).expect(0);
    assert_eq!(project.writes(), writes, "there was nothing left to do");
}
