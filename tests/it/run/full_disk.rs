//! Real disks that are full or read-only. Each is mounted where only the program and the shell around it see it, so that
//! nothing is left of it afterwards. Where nobody may mount anything, that is said, and nothing else is tried here; the
//! limited record of `disk.rs` is tried everywhere.

use std::process::Command;

use serde_json::Value as Json;
use slugline::event::{Receipt, Standing};
use slugline::run;

use super::project::{Ended, PROGRAM, Project, agreed, not_tried, resume};

/// A page of memory, which is what such a disk is made of.
const BLOCK: usize = 4096;

/// Runs a script in a mount namespace of its own. It mounts what `mount` asks for as the project's state folder first.
const ALONE: &str = r#"
if unshare --mount true; then set -- --mount "$@"; else set -- --map-root-user --mount "$@"; fi
exec unshare "$@"
"#;

/// What each script begins with: `run NAME ARGUMENT…` runs the program and keeps what it says.
const BEGINNING: &str = r#"
set -eu
program=$1; shift
run() {
    name=$1; shift
    command=$1; shift
    code=0
    "$program" "$command" "$@" >"$name.out" 2>"$name.err" || code=$?
    echo "$code" >"$name.exit"
}
mount -t tmpfs -o size=256k none .slugline
: >mounted
"#;

/// Runs a script where the project's state is a disk of its own; returns whether there can be one.
fn run_alone(project: &Project, script: &str) -> bool {
    std::fs::create_dir(project.state()).unwrap();
    let script_path = project.path("script.sh");
    std::fs::write(&script_path, format!("{BEGINNING}{script}")).unwrap();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", ALONE, "sh", "/bin/sh", script_path.to_str().unwrap(), PROGRAM]);
    let ended = Ended::of(project.start_by(shell, project.server.url(), &[]));
    if project.path("mounted").exists() {
        ended.expect(0);
        return true;
    }
    not_tried(&format!("no disk can be mounted here: {}", ended.stderr.trim()));
    false
}

/// Returns how a run of the program in a script has ended.
fn ended(project: &Project, name: &str) -> Ended {
    let text = |kind: &str| std::fs::read_to_string(project.path(&format!("{name}.{kind}"))).unwrap();
    Ended { exit: Some(text("exit").trim().parse().unwrap()), stdout: text("out"), stderr: text("err") }
}

/// Applies with so many blocks free, and again once there is room.
fn script(free: usize) -> String {
    let (apply, resume) = (agreed("apply").join(" "), resume().join(" "));
    format!(
        r#"
head -c {bytes} /dev/zero >.slugline/room
cat /dev/zero >.slugline/filler 2>/dev/null || true
rm .slugline/room
run first {apply} --concurrency 1 "$@"
rm .slugline/filler
cp -R .slugline kept
if ls .slugline/runs/*/plan.json >/dev/null 2>&1; then run rest {resume} "$@"; else run rest {apply} "$@"; fi
"#,
        bytes = free * BLOCK
    )
}

/// Returns the number of writes before the program was started again, which begins with asking what the token is.
fn sent_by_the_first(project: &Project) -> usize {
    let log = project.server.log();
    let runs: Vec<_> = log.split(|entry| entry.path == "/v2/token/introspect").collect();
    runs[1].iter().filter(|entry| entry.method == "PUT").count()
}

/// Checks that what is told and what is on record is what was done.
fn check_partial(project: &Project, first: &Ended, sent: usize) {
    assert!(first.stderr.contains("events.jsonl") && first.stderr.contains("os error 28"), "{}", first.stderr);
    assert!(first.stdout.contains("can no longer be recorded"), "{}", first.stdout);
    assert!(first.stdout.contains(&format!("{sent} written")), "{sent}: {}", first.stdout);
    let recorded = run::read(&project.path("kept"), None).unwrap();
    let standings = Receipt::of(&recorded.events).standings;
    let is_sent = |standing: &&Standing| standing.may_have_written();
    // Of the last write, there may only be the intent, or its intent may be what found no room.
    let intents = standings.iter().filter(is_sent).count();
    assert!((sent..=sent + 1).contains(&intents), "{sent} writes, {intents} intents");
    assert!(standings.iter().filter(|standing| standing.is_success()).count() <= sent);
}

#[test]
fn a_disk_with_too_little_room_stops_the_run_before_or_between_writes() {
    let whole = Project::fifty();
    whole.run(&agreed("apply")).expect(0);
    let wanted: Json = whole.site();
    let plan = whole.log().with_file_name("plan.json").metadata().unwrap().len();
    let plan_blocks = usize::try_from(plan).unwrap().div_ceil(BLOCK);
    let (mut refused, mut partial, mut done) = (0, 0, 0);
    for free in (0..4).chain(plan_blocks..) {
        let project = Project::fifty();
        if !run_alone(&project, &script(free)) {
            return;
        }
        let first = ended(&project, "first");
        ended(&project, "rest").expect(0);
        let sent = sent_by_the_first(&project);
        match first.exit {
            Some(1) => {
                refused += 1;
                assert_eq!(sent, 0, "{}", first.stderr);
                assert!(first.stderr.contains("os error 28"), "{}", first.stderr);
                assert!(first.stderr.contains("nothing was written"), "{}", first.stderr);
                let runs = project.path("kept").join("runs");
                let left = std::fs::read_dir(runs).map_or(0, Iterator::count);
                assert_eq!(left, 0, "what could not be recorded takes no room");
            }
            Some(6) => {
                partial += 1;
                check_partial(&project, &first, sent);
            }
            _ => {
                first.expect(0);
                done += 1;
            }
        }
        assert_eq!(project.site(), wanted, "with {free} blocks free");
        if done > 0 {
            break;
        }
    }
    assert!(refused > 4 && partial > 1, "{refused} refused, {partial} partial");
}

/// A whole disk that is read-only stops the superuser as well: before the first run, and before a run is gone on with or
/// taken back.
#[test]
fn a_disk_that_is_read_only_stops_all_that_writes() {
    let (apply, resume) = (agreed("apply").join(" "), resume().join(" "));
    let script = format!(
        r#"
mount -o remount,ro .slugline
run empty {apply} "$@"
mount -o remount,rw .slugline
run first {apply} "$@"
mount -o remount,ro .slugline
run again {apply} "$@"
run resume {resume} "$@"
run undo undo --yes "$@"
run plan plan "$@"
"#
    );
    let project = Project::new();
    if !run_alone(&project, &script) {
        return;
    }
    ended(&project, "first").expect(0);
    ended(&project, "plan").expect(0);
    // Without anything to write, nothing has to be recorded either.
    ended(&project, "again").expect(0);
    for name in ["empty", "resume", "undo"] {
        let ended = ended(&project, name).expect(1);
        assert!(ended.stderr.contains("os error 30") && ended.stderr.contains(".slugline"), "{}", ended.stderr);
        assert!(ended.stderr.contains("nothing was written"), "{}", ended.stderr);
    }
    let operations = Project::new();
    operations.run(&agreed("apply")).expect(0);
    assert_eq!(project.writes().len(), operations.writes().len(), "only the first run has written");
}
