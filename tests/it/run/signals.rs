//! Signals: no new write, an account of what was done, and a record that resuming goes on from.

#![cfg(unix)]

use std::io::Read as _;
use std::process::{Child, Command};

use slugline::event::{Outcome, Skip, Standing, Stop};
use slugline::sandbox::{Action, Fault};

use super::gate::{Catch, Gate, Side};
use super::project::{Ended, PROGRAM, Project, agreed, not_tried, resume};

const SIGNALS: [(&str, i32, Stop); 3] =
    [("HUP", 143, Stop::Terminated), ("INT", 130, Stop::Interrupted), ("TERM", 143, Stop::Terminated)];

/// Returns the signals that end the program. It ignores SIGHUP if the tests were started with `nohup`.
fn signals() -> impl Iterator<Item = (&'static str, i32, Stop)> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    let ignores_hang_up = ignored.is_some_and(|ignored| ignored & 1 != 0);
    if ignores_hang_up {
        not_tried("SIGHUP is ignored here");
    }
    SIGNALS.into_iter().filter(move |(signal, ..)| !(ignores_hang_up && *signal == "HUP"))
}

fn send(signal: &str, child: &Child) {
    let status = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// The apply stands at its fourth write, one request at a time.
fn blocked(project: &Project) -> (Gate, Child) {
    let catch = Catch { method: Some("PUT"), after: 3, side: Side::After };
    let mut gate = Gate::new(project.server.url(), Some(catch));
    let mut arguments = agreed("apply");
    arguments.extend(["--concurrency", "1", "-v"]);
    let child = project.start(gate.url(), &arguments);
    gate.wait();
    (gate, child)
}

/// Waits until the program says that it is stopping, which it does as soon as it knows.
fn wait_until_stopping(child: &mut Child) {
    let mut stderr = child.stderr.take().unwrap();
    let (mut said, mut byte) = (Vec::new(), [0]);
    while !String::from_utf8_lossy(&said).contains("stopping: ") {
        // Byte by byte, so that the rest is left for whoever waits for the end.
        assert_eq!(stderr.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&said));
        said.push(byte[0]);
    }
    child.stderr = Some(stderr);
}

#[test]
fn what_is_under_way_is_finished_and_nothing_else_is_sent() {
    let whole = Project::new();
    whole.run(&agreed("apply")).expect(0);
    for (signal, exit, stop) in signals() {
        let project = Project::new();
        let (mut gate, mut child) = blocked(&project);
        send(signal, &child);
        wait_until_stopping(&mut child);
        gate.let_go();
        let ended = Ended::of(child).expect(exit);
        let proposed = format!("apply --api-url {} --resume=", gate.url());
        gate.close();

        assert!(ended.stdout.contains("4 written"), "{}", ended.stdout);
        assert!(ended.stdout.contains("not sent"), "{}", ended.stdout);
        assert!(ended.stderr.contains(&proposed), "{}", ended.stderr);
        assert_eq!(project.writes().len(), 4);
        let (recorded, receipt) = project.recorded();
        assert_eq!(receipt.stop, Some(stop));
        assert!(receipt.standings[..4].iter().all(Standing::is_success), "{receipt:#?}");
        let skipped = Standing::Ended(Outcome::Skipped(Skip::Stopped));
        assert!(receipt.standings[4..].iter().all(|standing| *standing == skipped), "{receipt:#?}");

        project.run(&resume()).expect(0);
        assert_eq!(project.site(), whole.site());
        assert_eq!(project.writes().len(), recorded.plan.operations.len(), "nothing was sent twice");
    }
}

/// The answer never comes: after some seconds the program ends all the same, and says that it does not know.
#[test]
fn what_is_never_answered_does_not_keep_it_from_ending() {
    let project = Project::new();
    let (gate, child) = blocked(&project);
    send("TERM", &child);
    let ended = Ended::of(child).expect(143);
    gate.close();
    assert!(ended.stdout.contains("3 written"), "{}", ended.stdout);
    let (recorded, receipt) = project.recorded();
    assert_eq!(receipt.stop, Some(Stop::Terminated));
    assert_eq!(receipt.standings[3], Standing::Sending);
    project.run(&resume()).expect(0);
    let again = if recorded.plan.operations[3].has_pin { 1 } else { 0 };
    assert_eq!(project.writes().len(), recorded.plan.operations.len() + again);
}

#[test]
fn the_second_signal_ends_it_at_once() {
    let whole = Project::new();
    whole.run(&agreed("apply")).expect(0);
    for (signal, exit, stop) in signals() {
        let project = Project::new();
        let (gate, mut child) = blocked(&project);
        send("INT", &child);
        wait_until_stopping(&mut child);
        // The request is held for ever, so that nothing else can end it before its grace is over.
        send(signal, &child);
        let ended = Ended::of(child).expect(exit);
        gate.close();
        assert_eq!(ended.stdout.lines().find(|line| line.starts_with("Applied")), None, "it has not waited");
        let (_, receipt) = project.recorded();
        assert!(receipt.stop == Some(Stop::Interrupted) || receipt.stop == Some(stop), "{receipt:#?}");
        assert_eq!(receipt.standings[3], Standing::Sending);
        project.run(&resume()).expect(0);
        assert_eq!(project.site(), whole.site());
    }
}

/// Nothing has been sent yet, so nothing is; but an end that was asked for is one.
#[test]
fn a_signal_while_the_site_is_read_again_ends_it_before_the_first_write() {
    for (signal, exit, _) in signals() {
        let project = Project::new();
        // Introspection, the site and two lists are for the plan; then the two lists are read again.
        let catch = Catch { method: None, after: 4, side: Side::Before };
        let mut gate = Gate::new(project.server.url(), Some(catch));
        let mut arguments = agreed("apply");
        arguments.extend(["--concurrency", "1"]);
        let child = project.start(gate.url(), &arguments);
        gate.wait();
        assert_eq!(project.runs(), 1, "the run is on record, and nothing was sent");
        send(signal, &child);
        gate.let_go();
        let ended = Ended::of(child);
        gate.close();
        assert_eq!(ended.exit, Some(exit), "{}", ended.stderr);
        assert_eq!(project.writes(), []);
    }
}

/// A write that the server has put off has not been carried out, and its turn would come while others may still finish.
#[test]
fn what_waits_for_the_rate_limit_is_not_sent_any_more() {
    for (signal, exit, stop) in signals() {
        let project = Project::new();
        let put_off = Action::TooManyRequests(Some(2));
        project.server.set_faults(vec![Fault { after: 3, ..Fault::new("PUT", "/v2/pages/*", put_off) }]);
        let (mut gate, mut child) = blocked(&project);
        send(signal, &child);
        wait_until_stopping(&mut child);
        gate.let_go();
        Ended::of(child).expect(exit);
        gate.close();
        let statuses: Vec<Option<u16>> = project.writes().iter().map(|entry| entry.status).collect();
        assert_eq!(statuses, [Some(200), Some(200), Some(200), Some(429)]);
        let (recorded, receipt) = project.recorded();
        assert_eq!(receipt.stop, Some(stop));
        assert_eq!(
            receipt.standings[3],
            Standing::Ended(Outcome::Skipped(Skip::Stopped)),
            "it is known not to be done"
        );
        project.run(&resume()).expect(0);
        assert_eq!(project.writes().len(), recorded.plan.operations.len() + 1);
    }
}

/// `nohup` starts a program so that it goes on when the terminal is closed.
#[cfg(target_os = "linux")]
#[test]
fn ignores_sighup_if_it_was_started_so() {
    let project = Project::new();
    let catch = Catch { method: Some("PUT"), after: 3, side: Side::After };
    let mut gate = Gate::new(project.server.url(), Some(catch));
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", r#"trap '' HUP; exec "$0" "$@""#, PROGRAM]);
    let child = project.start_by(shell, gate.url(), &[&agreed("apply")[..], &["--concurrency", "1"]].concat());
    gate.wait();
    send("HUP", &child);
    gate.let_go();
    Ended::of(child).expect(0);
    gate.close();
    assert!(project.recorded().1.is_success());
}
