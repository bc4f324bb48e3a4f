//! A record that cannot be kept: nothing is sent then, and it is said why.

use std::fs;

use super::gate::{Catch, Gate, Side};
use super::project::{Ended, Project, agreed, resume};

#[track_caller]
fn assert_nothing_sent(project: &Project, ended: &Ended, said: &str) {
    assert_eq!(ended.exit, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
    assert!(ended.stderr.contains("nothing was written"), "{}", ended.stderr);
    assert_eq!(project.writes(), []);
}

#[test]
fn a_file_stands_where_the_state_belongs() {
    let project = Project::new();
    fs::write(project.state(), "not a folder").unwrap();
    let ended = project.run(&agreed("apply"));
    assert_nothing_sent(&project, &ended, ".slugline");
    assert_eq!(fs::read_to_string(project.state()).unwrap(), "not a folder");
}

#[test]
fn a_file_stands_where_the_runs_belong() {
    let project = Project::new();
    fs::create_dir(project.state()).unwrap();
    fs::write(project.state().join("runs"), "not a folder").unwrap();
    assert_nothing_sent(&project, &project.run(&agreed("apply")), "runs");
}

#[test]
fn a_folder_stands_where_the_lock_belongs() {
    let project = Project::new();
    fs::create_dir_all(project.state().join("lock")).unwrap();
    assert_nothing_sent(&project, &project.run(&agreed("apply")), "lock");
}

/// What somebody else has made can be read and not written, by whoever is not the superuser.
#[cfg(target_os = "linux")]
#[test]
fn a_project_that_cannot_be_written() {
    let project = Project::new();
    set_writable(&project.path(""), false);
    let ended = project.run_without_privilege(&agreed("apply"));
    set_writable(&project.path(""), true);
    assert_nothing_sent(&project, &ended, ".slugline");
}

/// As after a run of the superuser: what is there of earlier runs is not one's own.
#[cfg(target_os = "linux")]
#[test]
fn runs_that_cannot_be_written() {
    for (locked, commands) in [("lock", &["apply", "undo", "--resume"][..]), ("runs", &["undo"])] {
        let project = Project::new();
        project.run(&["apply", "--yes", "--page", "/eight"]).expect(0);
        project.server.clear_log();
        set_writable(&project.state().join(locked), false);
        for command in commands {
            let arguments = if *command == "--resume" { resume() } else { agreed(command) };
            let ended = project.run_without_privilege(&arguments);
            assert_nothing_sent(&project, &ended, locked);
        }
        set_writable(&project.state().join(locked), true);
    }
}

#[cfg(target_os = "linux")]
fn set_writable(path: &std::path::Path, is_writable: bool) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = path.metadata().unwrap().permissions().mode();
    let mode = if is_writable { mode | 0o200 } else { mode & !0o222 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Onlookers are told as long as they listen; the run does not depend on it.
#[cfg(target_os = "linux")]
#[test]
fn a_stream_of_events_that_is_full_does_not_matter() {
    let project = Project::new();
    let mut arguments = agreed("apply");
    arguments.extend(["--events", "/dev/full"]);
    let ended = project.run(&arguments).expect(0);
    assert_eq!(ended.stderr.matches("--events").count(), 1, "{}", ended.stderr);
    let (recorded, receipt) = project.recorded();
    assert!(receipt.is_success());
    assert_eq!(project.writes().len(), recorded.plan.operations.len());
}

/// The log may grow by less than a block more, as on a full disk: it ends somewhere, in the middle of a line.
#[cfg(target_os = "linux")]
#[test]
fn a_record_that_can_no_longer_be_kept_stops_the_run() {
    let whole = Project::new();
    whole.run(&agreed("apply")).expect(0);

    let project = Project::new();
    let catch = Catch { method: Some("PUT"), after: 2, side: Side::Before };
    let mut gate = Gate::new(project.server.url(), Some(catch));
    let mut child = project.start(gate.url(), &agreed("apply"));
    gate.wait();
    child.kill().unwrap();
    Ended::of(child);
    gate.close();

    let log = project.log();
    let text = fs::read_to_string(&log).unwrap();
    // What is said of the time is for people, so that a line may be of any length.
    let line = |padding: usize| {
        format!(r#"{{"at":"{}","event":"stopped","reason":"interrupted"}}"#, "0".repeat(padding)) + "\n"
    };
    let bare = text.len() + line(0).len();
    let blocks = bare / 512 + 2;
    fs::write(&log, text + &line(blocks * 512 - bare)).unwrap();
    let sent = project.writes().len();

    let arguments = [&resume()[..], &["--concurrency", "1"]].concat();
    let ended = Ended::of(project.start_limited(blocks + 2, project.server.url(), &arguments));
    assert_eq!(ended.exit, Some(6), "{}", ended.stderr);
    assert!(ended.stderr.contains("events.jsonl"), "{}", ended.stderr);
    assert!(ended.stdout.contains("can no longer be recorded"), "{}", ended.stdout);
    let written = project.writes().len() - sent;
    // A write takes about 150 bytes of the record.
    assert!((1..8).contains(&written), "{written} writes on a record of two blocks");

    project.run(&resume()).expect(0);
    assert_eq!(project.site(), whole.site());
    let pinned = project.recorded().0.plan.operations.iter().filter(|operation| operation.has_pin).count();
    let most = whole.writes().len() + pinned;
    assert!(project.writes().len() <= most, "nothing but what pins was sent twice");
}
