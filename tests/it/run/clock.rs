//! A clock that jumps, under the real program: runs still sort, and nothing else is decided by the time of day. Needs
//! Debian's `libfaketime`; without it that is said, and the ids alone are tried, in the unit tests of `run::id`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use serde_json::json;
use slugline::sandbox::{Action, Fault, Match};

use super::gate::{Catch, Gate, Side};
use super::project::{Ended, PROGRAM, Project, agreed, not_tried};

/// A clock that is read from a file.
struct Clock {
    library: PathBuf,
    file: tempfile::NamedTempFile,
}

impl Clock {
    fn new() -> Option<Self> {
        let folders = std::fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok);
        let libraries = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
        let library = libraries.into_iter().find(|library| library.exists());
        if library.is_none() {
            not_tried("there is no libfaketime here");
        }
        library.map(|library| Self { library, file: tempfile::NamedTempFile::new().unwrap() })
    }

    fn set(&self, time: &str) {
        // All at once: a program that runs may read it at any moment.
        let next = self.path().with_extension("next");
        std::fs::write(&next, format!("@{time} 00:00:00\n")).unwrap();
        std::fs::rename(next, self.path()).unwrap();
    }

    fn path(&self) -> &Path {
        self.file.path()
    }

    fn start(&self, project: &Project, url: &str, arguments: &[&str]) -> Child {
        let mut env = Command::new("/usr/bin/env");
        let set = |name: &str, value: &Path| format!("{name}={}", value.display());
        env.arg(set("LD_PRELOAD", &self.library)).arg(set("FAKETIME_TIMESTAMP_FILE", self.path()));
        // The clock that waits are measured by goes on as it does when somebody sets the time of day.
        env.args(["FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1", PROGRAM]);
        project.start_by(env, url, arguments)
    }

    fn run(&self, project: &Project, arguments: &[&str]) -> Ended {
        Ended::of(self.start(project, project.server.url(), arguments))
    }
}

#[test]
fn a_clock_that_jumps_changes_neither_what_is_sent_nor_which_run_is_the_newest() {
    let Some(clock) = Clock::new() else { return };
    let whole = Project::new();
    whole.run(&agreed("apply")).expect(0);

    let project = Project::new();
    clock.set("2040-01-01");
    clock.run(&project, &["apply", "--yes", "--page", "/eight"]).expect(0);
    let (first, _) = project.recorded();
    assert!(first.id.as_str().starts_with("20400101T"), "{}", first.id);
    let before = project.site();

    // Forty years back between two runs, and to and fro between two requests: one at a time, so that nothing goes on while
    // one is held.
    clock.set("2000-01-01");
    let catch = Catch { method: Some("PUT"), after: 2, side: Side::Before };
    let mut gate = Gate::new(project.server.url(), Some(catch));
    let child = clock.start(&project, gate.url(), &[&agreed("apply")[..], &["--concurrency", "1"]].concat());
    gate.wait();
    clock.set("2060-01-01");
    gate.go_on_to(catch);
    clock.set("1990-01-01");
    gate.let_go();
    Ended::of(child).expect(0);
    gate.close();
    assert_eq!(project.site(), whole.site());
    let (second, receipt) = project.recorded();
    assert!(second.id > first.id, "{} after {}", second.id, first.id);
    assert!(receipt.is_success(), "{receipt:#?}");
    let log = std::fs::read_to_string(project.log()).unwrap();
    for year in ["2000-", "2060-", "1990-"] {
        assert!(log.contains(&format!(r#"{{"at":"{year}"#)), "the clock was at {year}: {log}");
    }

    // What is taken back is the last run, whatever the clock says now.
    let undone = clock.run(&project, &agreed("undo")).expect(0);
    assert!(undone.stderr.contains(second.id.as_str()), "{}", undone.stderr);
    assert_eq!(project.runs(), 3);
    assert!(project.recorded().0.id > second.id);
    let title = |site: &serde_json::Value| site["pages"][7]["values"].clone();
    assert_eq!(title(&project.site()), title(&before), "the first run stays");
}

/// The monotonic clock stops while a machine is suspended, and the wall clock does not. What was read before is old then.
#[test]
fn reads_the_page_again_after_the_machine_was_suspended() {
    let Some(clock) = Clock::new() else { return };
    let arguments = ["apply", "--yes", "--page", "/eight"];
    let project = Project::new();
    clock.set("2040-01-01");
    clock.run(&project, &arguments).expect(0);
    let reads = project.server.log().iter().take_while(|entry| entry.method == "GET").count();

    // The machine is suspended while the answer to the last read before the write is on its way, and another editor
    // changes the page meanwhile.
    let project = Project::new();
    let edit = Action::Edit(json!({"id": "eight", "title": "Theirs"}).to_string());
    let after = u64::try_from(reads).unwrap();
    project.server.set_faults(vec![Fault { matching: Match::default(), after, times: 1, action: edit }]);
    let catch = Catch { method: Some("GET"), after: reads - 1, side: Side::After };
    let mut gate = Gate::new(project.server.url(), Some(catch));
    let child = clock.start(&project, gate.url(), &arguments);
    gate.wait();
    clock.set("2040-01-02");
    gate.let_go();
    let ended = Ended::of(child).expect(6);
    gate.close();
    assert!(ended.stdout.contains("Theirs"), "{}", ended.stdout);
    assert_eq!(project.writes(), [], "nothing was overwritten");
}
