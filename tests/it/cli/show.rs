//! A saved plan in every format, and what is refused.

use insta::assert_snapshot;

use super::environment::TestEnvironment;
use super::galaxy::GUIDE_CHANGED;

fn planned() -> TestEnvironment {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    environment
}

#[test]
fn plan_and_show_say_the_same() {
    let environment = planned();
    for format in ["text", "json", "markdown", "html", "github", "gitlab-terraform"] {
        let planned = environment.run(&format!("plan --format {format}"));
        let shown = environment.run(&format!("show plan.json --format {format}"));
        assert_eq!((planned.exit, planned.stdout), (shown.exit, shown.stdout), "{format}");
    }
}

#[test]
fn each_format_begins_as_its_reader_expects() {
    let environment = planned();
    let show = |format: &str| environment.run(&format!("show plan.json --format {format}")).stdout;
    assert!(show("markdown").starts_with("<!-- slugline:plan v=1 digest=sha256:"));
    assert!(show("html").starts_with("<!DOCTYPE html><html lang=\"en\">"));
    assert!(show("github").starts_with("::notice title=slugline::Plan: "));
    assert_eq!(show("gitlab-terraform"), "{\"create\":0,\"update\":1,\"delete\":0}\n");
}

#[test]
fn a_browser_opens_only_for_somebody() {
    let environment = planned();
    assert_snapshot!(environment.run("show plan.json --open"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `--open` opens a browser only for somebody at a terminal
      hint: `--format html` writes the page to stdout
    ");
    assert_eq!(environment.run("show plan.json --open --format html").exit, 64);
}

#[test]
fn a_comment_has_room_for_its_heading() {
    assert_snapshot!(planned().run("show plan.json --format markdown --max-bytes 100"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: invalid value '100' for '--max-bytes <N>': a whole number of 2000 or more is expected

    For more information, try '--help'.
    ");
}

#[test]
fn a_run_is_no_comment() {
    let environment = planned();
    assert_eq!(environment.run("apply plan.json").exit, 0);
    let runs = std::fs::read_dir(environment.path(".slugline/runs")).unwrap();
    let run = runs.map(|entry| entry.unwrap().file_name().into_string().unwrap()).next().unwrap();
    for arguments in [format!("show {run} --format markdown"), format!("show {run} --open")] {
        let ran = environment.run(&arguments);
        assert_eq!((ran.exit, ran.stdout.as_str()), (64, ""), "{arguments}");
        assert!(ran.stderr.starts_with("error: a run is shown as text or as JSON\n"), "{}", ran.stderr);
    }
}

#[test]
fn half_a_character_is_told_with_its_place() {
    let environment = planned();
    let plan = environment.read("plan.json").replacen("Guide", "\\ud800", 1);
    environment.write("plan.json", plan);
    for format in ["text", "markdown", "html"] {
        let ran = environment.run(&format!("show plan.json --format {format}"));
        assert_eq!((ran.exit, ran.stdout.as_str()), (3, ""), "{format}");
        assert!(ran.stderr.contains("not a plan file: no JSON at line "), "{}", ran.stderr);
    }
}
