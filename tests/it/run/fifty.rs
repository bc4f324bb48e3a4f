//! Law 5 on a run of fifty operations with three cycles of slugs: death at every request, and death before, in and after
//! every line of the record. An ordinary run tries a few of each; `SLUGLINE_CASES=100` tries all.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use slugline::plan::Purpose;

use super::gate::Side;
use super::project::{Project, agreed};
use super::undisturbed::{Request, Undisturbed};
use crate::laws::sample;

/// How many deaths an ordinary run tries of each kind.
const ORDINARY: usize = 6;

fn apply() -> Undisturbed {
    Undisturbed::new("apply", Project::fifty)
}

fn undo() -> Undisturbed {
    Undisturbed::new("undo", || {
        let project = Project::fifty();
        project.run(&agreed("apply")).expect(0);
        project.server.clear_log();
        project
    })
}

#[test]
fn the_plan_has_what_makes_it_hard() {
    let plan = apply().plan;
    assert_eq!(plan.operations.len(), 50);
    let temporary = plan.operations.iter().filter(|operation| operation.purpose == Purpose::TemporarySlug);
    let cycles: BTreeSet<_> = temporary.map(|operation| &operation.address).collect();
    assert_eq!(cycles.len(), 3);
    assert!(cycles.iter().any(|address| address.locale.as_str() == "fr-FR"));
    let pinned = plan.operations.iter().filter(|operation| operation.has_pin);
    let locales: BTreeSet<&str> = pinned.map(|operation| operation.address.locale.as_str()).collect();
    assert_eq!(locales, ["de-DE", "fr-FR"].into());
}

fn check_requests(undisturbed: &Undisturbed, side: Side) {
    let all = (0..undisturbed.total).collect();
    undisturbed.check_kills(sample(all, ORDINARY), side);
}

#[test]
fn an_apply_that_is_killed_before_any_request_is_finished() {
    check_requests(&apply(), Side::Before);
}

#[test]
fn an_apply_that_is_killed_after_any_request_is_finished() {
    check_requests(&apply(), Side::After);
}

#[test]
fn an_undo_that_is_killed_before_any_request_is_finished() {
    check_requests(&undo(), Side::Before);
}

#[test]
fn an_undo_that_is_killed_after_any_request_is_finished() {
    check_requests(&undo(), Side::After);
}

/// What is left when the machine dies: so many bytes of the record, and a site that has seen so many writes.
#[derive(Debug, Clone, Copy)]
struct Death {
    kept: usize,
    writes: usize,
}

/// Returns the deaths that leave each line whole, or cut off somewhere. The first line is on disk before the run is one.
fn deaths(log: &str) -> Vec<Death> {
    let (mut deaths, mut kept, mut writes) = (Vec::new(), 0, 0);
    for (number, line) in log.split_inclusive('\n').enumerate() {
        // Another place in each line, from its first byte to the one before its end.
        let torn = kept + 1 + number * 37 % (line.len() - 1);
        if number > 0 {
            deaths.push(Death { kept: torn, writes });
        }
        kept += line.len();
        deaths.push(Death { kept, writes });
        let entry: Json = serde_json::from_str(line).unwrap();
        if entry["event"] == "sending" {
            // The request was on its way: the server has carried it out, or has not seen it.
            writes += 1;
            deaths.push(Death { kept, writes });
        }
    }
    deaths
}

fn check_record(undisturbed: &Undisturbed) {
    let project = undisturbed.prepared();
    let sites = undisturbed.walk(&project);
    let path = project.log();
    let log = std::fs::read_to_string(&path).unwrap();
    let deaths = deaths(&log);
    assert_eq!(deaths.last().map(|death| death.writes), Some(undisturbed.requests.len()));
    for Death { kept, writes } in sample(deaths, ORDINARY) {
        project.go_back(&sites[writes], &path, &log.as_bytes()[..kept]);
        let sent: &[Request] = &undisturbed.requests[..writes];
        undisturbed.go_on(&project, "1", sent);
    }
}

#[test]
fn an_apply_whose_record_ends_anywhere_is_finished() {
    check_record(&apply());
}

#[test]
fn an_undo_whose_record_ends_anywhere_is_finished() {
    check_record(&undo());
}
