//! A command, what happens when nobody disturbs it, and what must be so when it was killed and then gone on with.

use serde_json::{Value as Json, json};
use slugline::event::Standing;
use slugline::plan::{Operation, Plan};
use slugline::sandbox::Site;

use super::gate::{Catch, Gate, Side, WRITE};
use super::project::{Ended, Project, agreed, resume};

/// What an operation sends, by a request of its own or with others: page, locale and values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Update {
    page: Json,
    locale: Json,
    values: Json,
}

impl Update {
    /// Returns what is in a request.
    fn all(request: &[u8]) -> Vec<Self> {
        let text = std::str::from_utf8(request).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut body: Json = serde_json::from_str(body).unwrap();
        if let Some(entries) = body.get_mut("pages") {
            let take = |entry: &mut Json, key: &str| entry.as_object_mut().unwrap().remove(key).unwrap_or_default();
            let of_entry = |entry: &mut Json| {
                let (page, locale) = (take(entry, "id"), take(entry, "localeId"));
                Self { page, locale, values: entry.take() }
            };
            return entries.as_array_mut().unwrap().iter_mut().map(of_entry).collect();
        }
        let target = head.split(' ').nth(1).unwrap();
        let (path, locale) = match target.split_once("?localeId=") {
            Some((path, locale)) => (path, json!(locale)),
            None => (target, Json::Null),
        };
        vec![Self { page: json!(path.rsplit('/').next().unwrap()), locale, values: body }]
    }

    fn is_of(&self, operation: &Operation) -> bool {
        let locale = operation.locale_id.as_ref().map(|id| id.as_str());
        self.page == operation.address.page.as_str() && self.locale.as_str() == locale
    }
}

/// Returns what is in all these requests.
pub(super) fn updates(requests: &[Vec<u8>]) -> Vec<Update> {
    requests.iter().flat_map(|request| Update::all(request)).collect()
}

/// A command, and what happens when nobody disturbs it.
pub(super) struct Undisturbed {
    pub(super) arguments: Vec<&'static str>,
    /// The arguments that go on with it.
    resume: Vec<&'static str>,
    /// Runs on record before it.
    runs: usize,
    prepare: fn() -> Project,
    pub(super) plan: Plan,
    /// What each operation sends.
    pub(super) updates: Vec<Update>,
    /// Requests in all, reads among them.
    pub(super) total: usize,
    pub(super) site: Json,
}

/// What is there when a write has been carried out and nobody has heard of it.
pub(super) struct Step {
    /// The length of the record.
    pub(super) recorded: usize,
    pub(super) site: Site,
    /// All that was sent so far.
    pub(super) sent: Vec<Update>,
}

impl Undisturbed {
    /// Runs the command, one request at a time, on what is prepared.
    pub(super) fn new(command: &'static str, more: &[&'static str], prepare: fn() -> Project) -> Self {
        let mut arguments = agreed(command);
        arguments.extend(["--concurrency", "1"]);
        arguments.extend(more);
        let mut resume = resume();
        resume.extend(more);
        let project = prepare();
        let runs = project.runs();
        let gate = Gate::new(project.server.url(), None);
        Ended::of(project.start(gate.url(), &arguments)).expect(0);
        let updates = updates(&gate.close());
        let (recorded, _) = project.recorded();
        let operations = &recorded.plan.operations;
        assert_eq!(updates.len(), operations.len(), "one update an operation");
        assert!(updates.iter().zip(operations).all(|(update, operation)| update.is_of(operation)), "in its order");
        let total = project.server.log().len();
        Self { arguments, resume, runs, prepare, plan: recorded.plan, updates, total, site: project.site() }
    }

    /// Returns what the command is run on.
    pub(super) fn prepared(&self) -> Project {
        (self.prepare)()
    }

    /// Runs the command until a request is held, and kills it there. Returns what the server has carried out.
    pub(super) fn kill_at(&self, project: &Project, arguments: &[&str], catch: Catch) -> Vec<Update> {
        let mut gate = Gate::new(project.server.url(), Some(catch));
        let mut child = project.start(gate.url(), arguments);
        gate.wait();
        child.kill().unwrap();
        assert_eq!(Ended::of(child).exit, None, "it was killed");
        updates(&gate.close())
    }

    /// Runs the command from write to write.
    pub(super) fn walk(&self, project: &Project) -> Vec<Step> {
        let next_write = Catch { method: Some(WRITE), after: 0, side: Side::After };
        let mut gate = Gate::new(project.server.url(), Some(next_write));
        let child = project.start(gate.url(), &self.arguments);
        gate.wait();
        let mut steps = Vec::new();
        loop {
            let recorded = std::fs::read(project.log()).unwrap().len();
            let sent = updates(&gate.writes());
            let is_last = sent.len() == self.updates.len();
            steps.push(Step { recorded, site: project.server.site(), sent });
            if is_last {
                break;
            }
            gate.go_on_to(next_write);
        }
        gate.let_go();
        Ended::of(child).expect(0);
        gate.close();
        steps
    }

    /// Goes on after a kill and checks what was sent in all.
    pub(super) fn finish(&self, project: &Project, concurrency: &str, sent: &[Update]) {
        if project.runs() == self.runs {
            // Nothing was recorded yet, so nothing was sent either.
            assert_eq!(sent, []);
            project.run(&self.arguments).expect(0);
            assert_eq!(project.site(), self.site);
            return;
        }
        let (_, receipt) = project.recorded();
        let gate = Gate::new(project.server.url(), None);
        let mut arguments = self.resume.clone();
        arguments.extend(["--concurrency", concurrency]);
        Ended::of(project.start(gate.url(), &arguments)).expect(0);
        let again = updates(&gate.close());
        assert_eq!(project.site(), self.site);

        for (index, wanted) in self.updates.iter().enumerate() {
            let standing = receipt.standings.get(index).cloned().unwrap_or_default();
            assert!(!standing.is_success() || !again.contains(wanted), "operation {index} was known to be done");
            // What only pins an inherited value reads the same before and after, so that it has to be sent again.
            let most = if standing == Standing::Sending && self.plan.operations[index].has_pin { 2 } else { 1 };
            let times = sent.iter().chain(&again).filter(|update| *update == wanted).count();
            assert!((1..=most).contains(&times), "operation {index} was sent {times} times, {standing:?} at the kill");
        }
        assert!(again.iter().all(|update| self.updates.contains(update)), "nothing else was sent");
        let (_, receipt) = project.recorded();
        assert!(receipt.is_success(), "{receipt:#?}");
    }

    /// Kills at the requests of these numbers, reads among them, each time from the start, and goes on.
    pub(super) fn check_kills(&self, requests: impl IntoIterator<Item = usize>, side: Side) {
        let project = self.prepared();
        let start = project.server.site();
        for after in requests {
            project.server.set_site(start.clone());
            project.forget_runs_after(self.runs);
            let sent = self.kill_at(&project, &self.arguments, Catch { method: None, after, side });
            self.finish(&project, "1", &sent);
        }
    }
}
