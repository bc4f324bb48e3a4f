//! The program against a server, or a proxy in between, that means harm. Each case is one answer; the program must end in
//! time, with an exit code of the table, within its memory, without the token in any output or file, and without taking
//! the answer for something that it is not.

mod bodies;
mod lists;
mod program;
mod server;
mod site;
mod slow;
mod tokens;
mod transport;
mod writes;

use std::sync::Mutex;

use self::program::{Project, Ran};
use self::server::{Reply, Request, Server};
use self::site::Site;

/// How many cases run at once. Most of their time they pause before they repeat a request.
const AT_ONCE: usize = 8;

/// One answer, and how the program ends on it.
struct Case {
    name: String,
    reply: Box<dyn Fn(&Request) -> Reply + Send + Sync>,
    exit: i32,
    /// What the program reports.
    says: &'static str,
}

fn case(
    name: impl Into<String>,
    exit: i32,
    says: &'static str,
    reply: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> Case {
    Case { name: name.into(), reply: Box::new(reply), exit, says }
}

/// Returns a server that attacks the requests to one path, and answers the others as the API does.
fn attacking(
    method: &'static str,
    path: &'static str,
    reply: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> Server {
    let site = Site::default();
    Server::start(move |request| {
        let is_attacked = request.method == method && request.path() == path;
        if is_attacked { reply(request) } else { site.answer(request) }
    })
}

/// Runs the program for each case, with its answer to the requests to one path.
fn run_all(method: &'static str, path: &'static str, arguments: &str, cases: Vec<Case>) {
    each(cases, |case| {
        let server = attacking(method, path, case.reply);
        let ran = Project::new().run(&server.url(), arguments);
        ran.ends(&case.name, case.exit, case.says);
    });
}

/// Does something for each case, some side by side, and fails if one of them fails.
fn each<T: Send>(cases: Vec<T>, check: impl Fn(T) + Sync) {
    let waiting = Mutex::new(cases);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(case) = waiting.lock().unwrap().pop() else { return };
                    check(case);
                }
            });
        }
    });
}

impl Ran {
    #[track_caller]
    fn ends(&self, name: &str, exit: i32, says: &str) {
        let Self { exit: found, stdout, stderr } = self;
        let is_said = stderr.contains(says) || stdout.contains(says);
        assert!(
            *found == exit && is_said,
            "{name}: exit {found}, not {exit} with `{says}`\n{stdout}--- stderr\n{stderr}"
        );
    }
}

const LIST: &str = "/v2/sites/s1/pages";

#[test]
fn the_ordinary_site_is_planned_and_applied() {
    let site = Site::default();
    let server = Server::start(move |request| site.answer(request));
    let project = Project::new();
    project.run(&server.url(), "plan -o plan.json").ends("plan", 0, "2 fields to change");
    project.run(&server.url(), "apply plan.json").ends("apply", 0, "2 written of 2 requests");
    project.run(&server.url(), "plan").ends("plan again", 0, "Nothing to change");
    assert!(server.heads().iter().all(|head| head.contains(program::TOKEN)));
}
