//! Law 5: kill the program at any request; resuming ends as if nothing had happened, and sends nothing again that is
//! known to be done.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;

use serde_json::Value as Json;
use slugline::event::Standing;
use slugline::plan::Plan;
use slugline::sandbox::LogEntry;

use super::gate::{Catch, Gate, Side};
use super::project::{Ended, Project, agreed};

/// A request as far as it tells one operation from another: path, query and body.
type Request = (String, String, Option<String>);

fn request(entry: &LogEntry) -> Request {
    (entry.path.clone(), entry.query.clone(), entry.body_digest.clone())
}

/// A command, and what happens when nobody disturbs it.
struct Undisturbed {
    arguments: Vec<&'static str>,
    /// Runs on record before it.
    runs: usize,
    prepare: fn() -> Project,
    plan: Plan,
    /// The request of each operation.
    requests: Vec<Request>,
    /// Requests in all, reads among them.
    total: usize,
    site: Json,
}

fn apply() -> Undisturbed {
    Undisturbed::new("apply", Project::new)
}

fn undo() -> Undisturbed {
    Undisturbed::new("undo", || {
        let project = Project::new();
        project.run(&agreed("apply")).expect(0);
        project.server.clear_log();
        project
    })
}

impl Undisturbed {
    fn new(command: &'static str, prepare: fn() -> Project) -> Self {
        let mut arguments = agreed(command);
        arguments.extend(["--concurrency", "1"]);
        let project = prepare();
        let runs = project.runs();
        project.run(&arguments).expect(0);
        let (recorded, _) = project.recorded();
        let requests: Vec<Request> = project.writes().iter().map(request).collect();
        assert_eq!(requests.len(), recorded.plan.operations.len(), "one request an operation, in the plan's order");
        let total = project.server.log().len();
        Self { arguments, runs, prepare, plan: recorded.plan, requests, total, site: project.site() }
    }

    /// Runs the command until a request is held, and kills it there.
    fn kill_at(&self, project: &Project, arguments: &[&str], catch: Catch) {
        let mut gate = Gate::new(project.server.url(), Some(catch));
        let mut child = project.start(gate.url(), arguments);
        gate.wait();
        child.kill().unwrap();
        assert_eq!(Ended::of(child).exit, None, "it was killed");
        gate.close();
    }

    /// Goes on after a kill and checks what was sent in all.
    fn finish(&self, project: &Project, concurrency: &str) {
        if project.runs() == self.runs {
            // Nothing was recorded yet, so nothing was sent either.
            assert_eq!(project.writes(), []);
            project.run(&self.arguments).expect(0);
            assert_eq!(project.site(), self.site);
            return;
        }
        let (_, receipt) = project.recorded();
        let sent_before = project.writes().len();
        project.run(&["apply", "--resume", "--concurrency", concurrency]).expect(0);
        assert_eq!(project.site(), self.site);

        let writes = project.writes();
        let again: Vec<Request> = writes[sent_before..].iter().map(request).collect();
        for (index, wanted) in self.requests.iter().enumerate() {
            let standing = receipt.standings.get(index).cloned().unwrap_or_default();
            assert!(!standing.is_success() || !again.contains(wanted), "operation {index} was known to be done");
            // What only pins an inherited value reads the same before and after, so that it has to be sent again.
            let most = if standing == Standing::Sending && self.plan.operations[index].has_pin { 2 } else { 1 };
            let times = writes.iter().filter(|entry| request(entry) == *wanted).count();
            assert!((1..=most).contains(&times), "operation {index} was sent {times} times, {standing:?} at the kill");
        }
        assert!(writes.iter().all(|entry| self.requests.contains(&request(entry))), "nothing else was sent");
        let (_, receipt) = project.recorded();
        assert!(receipt.is_success(), "{receipt:#?}");
        // Once more, there is nothing left to do.
        project.server.clear_log();
        project.run(&["apply", "--resume"]).expect(0);
        assert_eq!(project.writes(), []);
    }

    /// Kills at every request, reads among them.
    fn check_every_request(&self, side: Side) {
        for after in 0..self.total {
            let project = (self.prepare)();
            self.kill_at(&project, &self.arguments, Catch { method: None, after, side });
            self.finish(&project, "1");
        }
    }
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
    apply().check_every_request(Side::Before);
}

#[test]
fn an_apply_that_is_killed_after_any_request_is_finished() {
    apply().check_every_request(Side::After);
}

#[test]
fn an_undo_that_is_killed_before_any_request_is_finished() {
    undo().check_every_request(Side::Before);
}

#[test]
fn an_undo_that_is_killed_after_any_request_is_finished() {
    undo().check_every_request(Side::After);
}

/// Several requests are under way then; which ones is up to the system.
#[test]
fn an_apply_that_is_killed_with_several_requests_under_way_is_finished() {
    let undisturbed = apply();
    let mut arguments = undisturbed.arguments.clone();
    *arguments.last_mut().unwrap() = "4";
    for (after, side) in (0..undisturbed.requests.len()).flat_map(|after| [(after, Side::Before), (after, Side::After)])
    {
        let project = (undisturbed.prepare)();
        undisturbed.kill_at(&project, &arguments, Catch { method: Some("PUT"), after, side });
        undisturbed.finish(&project, "4");
    }
}

/// The first line of a write is on disk when the machine dies, and half of the second.
#[test]
fn a_line_that_was_cut_off_is_as_good_as_none() {
    let undisturbed = apply();
    for after in 0..undisturbed.requests.len() {
        let project = (undisturbed.prepare)();
        let catch = Catch { method: Some("PUT"), after, side: Side::After };
        undisturbed.kill_at(&project, &undisturbed.arguments, catch);
        let line = format!(r#"{{"at":"2026-11-22T12:00:00Z","event":"finished","operation":{after},"outcome":"do"#);
        OpenOptions::new().append(true).open(project.log()).unwrap().write_all(line.as_bytes()).unwrap();
        undisturbed.finish(&project, "1");
    }
}

/// Every attempt gets one write done and is killed at the second, and still the run gets to its end.
#[test]
fn a_run_that_is_killed_again_and_again_is_finished() {
    let undisturbed = apply();
    let project = (undisturbed.prepare)();
    let catch = Catch { method: Some("PUT"), after: 1, side: Side::After };
    undisturbed.kill_at(&project, &undisturbed.arguments, catch);
    let is_waiting = |standing: &&Standing| **standing == Standing::Waiting;
    let mut kills = 1;
    while project.recorded().1.standings.iter().filter(is_waiting).count() >= 2 {
        undisturbed.kill_at(&project, &["apply", "--resume", "--concurrency", "1"], catch);
        kills += 1;
    }
    assert!(kills > 4, "{kills}");
    project.run(&["apply", "--resume"]).expect(0);
    assert_eq!(project.site(), undisturbed.site);
    let mut times: BTreeMap<Request, usize> = BTreeMap::new();
    for entry in project.writes() {
        *times.entry(request(&entry)).or_default() += 1;
    }
    for (wanted, operation) in undisturbed.requests.iter().zip(&undisturbed.plan.operations) {
        let most = if operation.has_pin { 2 } else { 1 };
        assert!((1..=most).contains(&times[wanted]), "sent {} times: {operation:#?}", times[wanted]);
    }
}
