//! Flags that do not fit: exit 64, before anything is read or sent.

use insta::assert_snapshot;

use super::environment::{Ran, TestEnvironment};
use super::galaxy::{GUIDE, GUIDE_CHANGED};

/// Runs the program in a project with a change; it must neither send nor write anything.
#[track_caller]
fn run(arguments: &str) -> Ran {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    let ran = environment.run(arguments);
    ran.wrote_nothing();
    assert_eq!(environment.log(), []);
    ran
}

#[test]
fn no_command() {
    assert_eq!(run("").exit, 64);
}

#[test]
fn an_unknown_command() {
    assert_snapshot!(run("aply"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: unrecognized subcommand 'aply'

      tip: a similar subcommand exists: 'apply'

    Usage: slugline [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn an_unknown_flag() {
    assert_snapshot!(run("plan --detailed-exit-code"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: unexpected argument '--detailed-exit-code' found

      tip: a similar argument exists: '--detailed-exitcode'

    Usage: slugline plan --detailed-exitcode

    For more information, try '--help'.
    ");
}

#[test]
fn an_unknown_format() {
    assert_snapshot!(run("plan --format yaml"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: invalid value 'yaml' for '--format <FORMAT>'
      [possible values: text, json, markdown, html, github, gitlab, gitlab-terraform, sarif]

    For more information, try '--help'.
    ");
}

#[test]
fn plain_http_to_another_machine() {
    assert_snapshot!(run("plan --api-url http://example.com"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: the API address uses plain `http` to `example.com`, which is allowed on this machine only (localhost, 127.0.0.1)
    ");
}

#[test]
fn an_address_with_a_password() {
    for address in ["https://me:hunter2@example.com", "https://example.com?token=hunter2"] {
        let ran = run(&format!("plan --api-url {address}"));
        assert_eq!(ran.exit, 64);
        assert!(!ran.stderr.contains("hunter2"), "{ran}");
    }
}

#[test]
fn the_sandbox_and_another_address() {
    assert_snapshot!(run("plan --sandbox --api-url http://127.0.0.1:1"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: the argument '--sandbox' cannot be used with '--api-url <URL>'

    Usage: slugline plan --sandbox

    For more information, try '--help'.
    ");
}

#[test]
fn quiet_and_verbose() {
    assert_eq!(run("plan -q -v").exit, 64);
}

#[test]
fn no_requests_at_once() {
    assert_snapshot!(run("plan --concurrency 0"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: invalid value '0' for '--concurrency <N>': a whole number of 1 or more is expected

    For more information, try '--help'.
    ");
}

#[test]
fn an_environment_of_a_project_without_any() {
    assert_snapshot!(run("plan --env staging"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: the project has no environments, so `--env staging` names none
      hint: leave the flag out, or replace `site` by `environments` in slugline.yaml
    ");
}

#[test]
fn an_unknown_environment() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    let project = "version: 1\nenvironments:\n  staging: {site: siteStaging}\n  production: {site: siteGalaxy}\n";
    environment.write("slugline.yaml", project);
    assert_snapshot!(environment.run("plan --env stagng").wrote_nothing(), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: the project has no environment `stagng`
      hint: it has `production`, `staging`
    ");
    assert_eq!(environment.log(), []);
}

#[test]
fn environments_and_none_chosen() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    let project = "version: 1\nenvironments:\n  staging: {site: siteStaging}\n  production: {site: siteGalaxy}\n";
    environment.write("slugline.yaml", project);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: the project has several environments, and none is chosen
      hint: choose one with `--env NAME`: `production`, `staging`
    ");
    assert_eq!(environment.log(), []);
    assert_eq!(environment.run("plan --env production").exit, 0);
}

#[test]
fn the_only_environment_and_it_is_not_chosen() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.write("slugline.yaml", "version: 1\nenvironments: {production: {site: siteGalaxy}}\n");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: the project has one environment, `production`, and it is not chosen
      hint: choose it with `--env production`, or replace `environments` by `site` in slugline.yaml
    ");
}

#[test]
fn undo_of_an_unknown_run_where_nobody_can_be_asked() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    assert_eq!(environment.run("apply --yes").exit, 0);
    assert_snapshot!(environment.run("undo zzz").wrote_nothing(), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: there is no run `zzz`
      hint: `slugline log --api-url http://[SERVER]` lists the runs of this project; they are kept in its .slugline/runs
    ");
    let known = environment.run("undo");
    assert!(known.stderr.contains("nobody can be asked here"), "{known}");
}

#[test]
fn apply_where_nobody_can_be_asked() {
    assert_snapshot!(run("apply"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: nobody can be asked here: there is no terminal
      hint: apply a saved plan, or give `--yes`
    ");
}

#[test]
fn an_answer_on_stdin_is_no_terminal() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    let ran = environment.run_with(&["apply"], "y\n");
    ran.wrote_nothing();
    assert_eq!(ran.exit, 64);
}

#[test]
fn an_unknown_guard() {
    assert_snapshot!(run("apply --yes --allow everything"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: invalid value 'everything' for '--allow <GUARD>': the guards are wrong-site, lost-pages, mass-update, slug-change, blanking, binding-overwrite, duplicate-value

    For more information, try '--help'.
    ");
}

#[test]
fn a_part_of_a_saved_plan() {
    assert_snapshot!(run("apply plan.json --page /guide"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: a saved plan is applied whole
      hint: give `--page` and `--locale` to `slugline plan`
    ");
}
