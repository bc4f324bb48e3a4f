//! The action's inputs that name files: in the checkout, no link is followed.

use std::process::Command;

use super::{canaries, link, outside, project};

/// Runs the action's own check of a path, and returns the exit code and the path.
fn path_of(environment: &super::TestEnvironment, input: &str, value: &str) -> (Option<i32>, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/.github/action/options.sh");
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c"]);
    command.arg(r#"source "$1"; if [[ "$2" == report ]]; then path_of report "$3"; else printf %s "$plan"; fi"#);
    command.args(["bash", script, input, value]).current_dir(environment.path(""));
    command.env_remove("GITHUB_WORKSPACE").env("RUNNER_TEMP", environment.path("").parent().unwrap().join("home"));
    command.env("DIRECTORY", ".").env("ENVIRONMENT", "").env("PLAN", if input == "plan" { value } else { "" });
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn refuses_an_input_that_leads_out_of_the_checkout() {
    let environment = project();
    link(&environment, outside(&environment), "out");
    link(&environment, outside(&environment).join("canary"), "report.html");
    let before = canaries(&environment);
    let absolute = environment.path("out/new.html").display().to_string();
    for input in ["plan", "report"] {
        for path in ["report.html", "out/new.html", "pages/../../outside/new.html", "../outside/new.html", &absolute] {
            assert_eq!(path_of(&environment, input, path), (Some(64), String::new()), "{input}: {path}");
        }
        let wanted = environment.path("a folder/new.html").display().to_string();
        assert_eq!(path_of(&environment, input, "a folder/new.html"), (Some(0), wanted), "{input}");
        assert_eq!(path_of(&environment, input, "/elsewhere/x"), (Some(0), "/elsewhere/x".to_owned()), "{input}");
    }
    assert_eq!(canaries(&environment), before);
}
