//! Law 5 on a run of fifty operations with three cycles of slugs: death at every request, and death before, in and after
//! every line of the record. An ordinary run tries a few of each; `SLUGLINE_CASES=100` tries all.

use std::collections::BTreeSet;

use slugline::plan::Purpose;

use super::gate::Side;
use super::project::{Project, agreed};
use super::undisturbed::Undisturbed;
use crate::laws::sample;

/// How many deaths an ordinary run tries of each kind.
const ORDINARY: usize = 4;

/// The flag that sends many changes in one request.
const BULK: &[&str] = &["--bulk"];

fn apply(more: &[&'static str]) -> Undisturbed {
    Undisturbed::new("apply", more, Project::fifty)
}

fn undo(more: &[&'static str]) -> Undisturbed {
    Undisturbed::new("undo", more, || {
        let project = Project::fifty();
        project.run(&agreed("apply")).expect(0);
        project.server.clear_log();
        project
    })
}

#[test]
fn the_plan_has_what_makes_it_hard() {
    let plan = apply(&[]).plan;
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
    check_requests(&apply(&[]), Side::Before);
}

#[test]
fn an_apply_that_is_killed_after_any_request_is_finished() {
    check_requests(&apply(&[]), Side::After);
}

#[test]
fn an_undo_that_is_killed_before_any_request_is_finished() {
    check_requests(&undo(&[]), Side::Before);
}

#[test]
fn an_undo_that_is_killed_after_any_request_is_finished() {
    check_requests(&undo(&[]), Side::After);
}

#[test]
fn an_apply_in_bulk_that_is_killed_at_any_request_is_finished() {
    let undisturbed = apply(BULK);
    assert!(undisturbed.total < 40, "{} requests are not what bulk is for", undisturbed.total);
    [Side::Before, Side::After].into_iter().for_each(|side| check_requests(&undisturbed, side));
}

#[test]
fn an_undo_in_bulk_that_is_killed_at_any_request_is_finished() {
    let undisturbed = undo(BULK);
    [Side::Before, Side::After].into_iter().for_each(|side| check_requests(&undisturbed, side));
}

/// What is left when the machine dies: so many bytes of the record, and a server that has carried out so many requests.
#[derive(Debug, Clone, Copy)]
struct Death {
    kept: usize,
    writes: usize,
}

/// Returns the deaths that leave each line whole, or cut off somewhere. The first line is on disk before the run is one.
/// `requests` says how long the record was when each request was sent.
fn deaths(log: &str, requests: &[usize]) -> Vec<Death> {
    let (mut deaths, mut kept) = (Vec::new(), 0);
    let mut die_at = |kept| {
        let writes = requests.iter().filter(|recorded| **recorded <= kept).count();
        // The server has carried out what was on its way, or has not seen it.
        if requests.contains(&kept) {
            deaths.push(Death { kept, writes: writes - 1 });
        }
        deaths.push(Death { kept, writes });
    };
    for (number, line) in log.split_inclusive('\n').enumerate() {
        if number > 0 {
            // Another place in each line, from its first byte to the one before its end.
            die_at(kept + 1 + number * 37 % (line.len() - 1));
        }
        kept += line.len();
        die_at(kept);
    }
    deaths
}

fn check_record(undisturbed: &Undisturbed) {
    let project = undisturbed.prepared();
    let start = project.server.site();
    let steps = undisturbed.walk(&project);
    let path = project.log();
    let log = std::fs::read_to_string(&path).unwrap();
    let requests: Vec<usize> = steps.iter().map(|step| step.recorded).collect();
    for Death { kept, writes } in sample(deaths(&log, &requests), ORDINARY) {
        let (site, sent) = match writes.checked_sub(1) {
            Some(last) => (&steps[last].site, &steps[last].sent[..]),
            None => (&start, &[][..]),
        };
        project.go_back(site, &path, &log.as_bytes()[..kept]);
        undisturbed.finish(&project, "1", sent);
    }
}

#[test]
fn an_apply_whose_record_ends_anywhere_is_finished() {
    check_record(&apply(&[]));
}

#[test]
fn an_undo_whose_record_ends_anywhere_is_finished() {
    check_record(&undo(&[]));
}

#[test]
fn an_apply_in_bulk_whose_record_ends_anywhere_is_finished() {
    check_record(&apply(BULK));
}
