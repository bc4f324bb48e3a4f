//! Files without an end, or too large to be what they should be; and the permissions of files that are written.

use std::os::unix::fs::PermissionsExt as _;

use super::{project, run};

#[test]
fn refuses_endless_files_that_arguments_name() {
    let mut environment = project();
    for (command, exit) in [
        ("show /dev/zero", 3),
        ("apply /dev/zero", 3),
        ("validate --offline --baseline /dev/zero", 3),
        ("sandbox serve --state /dev/zero", 3),
        ("import --csv /dev/zero", 64),
    ] {
        let (ended, text) = run(&environment, command);
        assert_eq!(ended, exit, "{command}: {text}");
        assert!(text.contains("it is larger than"), "{command}: {text}");
    }
    environment.unset("WEBFLOW_TOKEN");
    environment.set("WEBFLOW_TOKEN_FILE", "/dev/zero");
    let (exit, text) = run(&environment, "plan");
    assert!(exit == 5 && text.contains("it is larger than 64 KiB"), "{text}");
}

#[test]
fn refuses_files_of_the_project_that_are_too_large() {
    let environment = project();
    let make = |name: &str, bytes: u64| {
        environment.write(name, "");
        std::fs::OpenOptions::new().write(true).open(environment.path(name)).unwrap().set_len(bytes).unwrap();
    };
    make("sandbox.json", 1 << 40);
    let (exit, text) = run(&environment, "plan --sandbox");
    assert!(exit == 1 && text.contains("it is larger than 256 MiB"), "{text}");
    make("schema/slugline-page.schema.json", 1 << 40);
    let (exit, text) = run(&environment, "import");
    assert!(exit == 3 && text.contains("it is larger than 1 MiB"), "{text}");
}

#[test]
fn refuses_an_endless_line_in_a_log() {
    let environment = project();
    assert_eq!(run(&environment, "apply --yes").0, 0);
    let runs = environment.path(".slugline/runs");
    let log = std::fs::read_dir(&runs).unwrap().next().unwrap().unwrap().path().join("events.jsonl");
    std::fs::OpenOptions::new().write(true).open(&log).unwrap().set_len(1 << 40).unwrap();
    for (command, exit) in [("log", 0), ("apply --yes --resume", 3), ("undo --yes", 3)] {
        let (ended, text) = run(&environment, command);
        assert_eq!(ended, exit, "{command}: {text}");
        assert!(text.contains("the line is longer than 16 MiB"), "{command}: {text}");
    }
}

#[test]
fn files_that_are_written_follow_the_umask() {
    for (umask, mode) in [("077", 0o600), ("027", 0o640), ("022", 0o644)] {
        let environment = project();
        let line = format!(
            "umask {umask} && slugline export --csv out.csv && slugline validate --offline --write-baseline known.json"
        );
        let output = environment.run_in_shell(&line);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for name in ["out.csv", "known.json"] {
            let found = environment.path(name).metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(found, mode, "{name} with umask {umask}");
        }
        environment.run_in_shell(&format!("umask {umask} && slugline plan --sandbox"));
        let state = environment.path(".slugline/.gitignore").metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(state, mode);
    }
}
