//! A command, what happens when nobody disturbs it, and what must be so when it was killed and then gone on with.

use serde_json::Value as Json;
use slugline::event::Standing;
use slugline::plan::Plan;
use slugline::sandbox::{LogEntry, Site};

use super::gate::{Catch, Gate, Side};
use super::project::{Ended, Project, agreed};

/// A request as far as it tells one operation from another: path, query and body.
pub(super) type Request = (String, String, Option<String>);

pub(super) fn request(entry: &LogEntry) -> Request {
    (entry.path.clone(), entry.query.clone(), entry.body_digest.clone())
}

/// A command, and what happens when nobody disturbs it.
pub(super) struct Undisturbed {
    pub(super) arguments: Vec<&'static str>,
    /// Runs on record before it.
    runs: usize,
    prepare: fn() -> Project,
    pub(super) plan: Plan,
    /// The request of each operation.
    pub(super) requests: Vec<Request>,
    /// Requests in all, reads among them.
    pub(super) total: usize,
    pub(super) site: Json,
}

impl Undisturbed {
    /// Runs the command, one request at a time, on what is prepared.
    pub(super) fn new(command: &'static str, prepare: fn() -> Project) -> Self {
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

    /// Returns what the command is run on.
    pub(super) fn prepared(&self) -> Project {
        (self.prepare)()
    }

    /// Runs the command until a request is held, and kills it there.
    pub(super) fn kill_at(&self, project: &Project, arguments: &[&str], catch: Catch) {
        let mut gate = Gate::new(project.server.url(), Some(catch));
        let mut child = project.start(gate.url(), arguments);
        gate.wait();
        child.kill().unwrap();
        assert_eq!(Ended::of(child).exit, None, "it was killed");
        gate.close();
    }

    /// Runs the command from write to write, and returns the site before the first one and after each.
    pub(super) fn walk(&self, project: &Project) -> Vec<Site> {
        let mut sites = vec![project.server.site()];
        let next_write = |after| Catch { method: Some("PUT"), after, side: Side::After };
        let mut gate = Gate::new(project.server.url(), Some(next_write(0)));
        let child = project.start(gate.url(), &self.arguments);
        gate.wait();
        sites.push(project.server.site());
        for _ in 1..self.requests.len() {
            gate.go_on_to(next_write(0));
            sites.push(project.server.site());
        }
        gate.let_go();
        Ended::of(child).expect(0);
        gate.close();
        sites
    }

    /// Goes on after a kill and checks what was sent in all.
    pub(super) fn finish(&self, project: &Project, concurrency: &str) {
        if project.runs() == self.runs {
            // Nothing was recorded yet, so nothing was sent either.
            assert_eq!(project.writes(), []);
            project.run(&self.arguments).expect(0);
            assert_eq!(project.site(), self.site);
            return;
        }
        let sent: Vec<Request> = project.writes().iter().map(request).collect();
        self.go_on(project, concurrency, &sent);
    }

    /// Goes on with the newest run, of which these writes have reached the server, and checks what was sent in all.
    pub(super) fn go_on(&self, project: &Project, concurrency: &str, sent: &[Request]) {
        let (_, receipt) = project.recorded();
        project.server.clear_log();
        project.run(&["apply", "--resume", "--concurrency", concurrency]).expect(0);
        assert_eq!(project.site(), self.site);

        let again: Vec<Request> = project.writes().iter().map(request).collect();
        for (index, wanted) in self.requests.iter().enumerate() {
            let standing = receipt.standings.get(index).cloned().unwrap_or_default();
            assert!(!standing.is_success() || !again.contains(wanted), "operation {index} was known to be done");
            // What only pins an inherited value reads the same before and after, so that it has to be sent again.
            let most = if standing == Standing::Sending && self.plan.operations[index].has_pin { 2 } else { 1 };
            let times = sent.iter().chain(&again).filter(|request| *request == wanted).count();
            assert!((1..=most).contains(&times), "operation {index} was sent {times} times, {standing:?} at the kill");
        }
        assert!(again.iter().all(|request| self.requests.contains(request)), "nothing else was sent");
        let (_, receipt) = project.recorded();
        assert!(receipt.is_success(), "{receipt:#?}");
    }

    /// Kills at the requests of these numbers, reads among them, each time from the start, and goes on.
    pub(super) fn check_kills(&self, requests: impl IntoIterator<Item = usize>, side: Side) {
        let project = self.prepared();
        let start = project.server.site();
        for after in requests {
            project.server.set_site(start.clone());
            project.server.clear_log();
            project.forget_runs_after(self.runs);
            self.kill_at(&project, &self.arguments, Catch { method: None, after, side });
            self.finish(&project, "1");
        }
    }
}
