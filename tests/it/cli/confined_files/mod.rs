//! A repository that harms whoever runs the program in it: links, pipes and endless files, at every place that a command
//! reads or writes. Nothing outside the project is read or changed.

mod action;
mod limits;
#[cfg(target_os = "linux")]
pub(super) mod traced;

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::mpsc;
use std::time::{Duration, SystemTime};

use super::environment::{TOKEN, TestEnvironment};
use super::galaxy::{self, GUIDE, GUIDE_CHANGED};

/// A text outside the project that no output may show.
const SECRET: &str = "s3cret-outside-the-project";
/// Longer than any command takes; a command that reads an endless file takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a hostile repository contains.
struct Trap {
    name: &'static str,
    lay: fn(&TestEnvironment),
}

/// Returns the folder outside the project that traps lead to.
fn outside(environment: &TestEnvironment) -> PathBuf {
    environment.path("").parent().unwrap().join("outside")
}

fn project() -> TestEnvironment {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE_CHANGED)]);
    let outside = outside(&environment);
    std::fs::create_dir_all(outside.join("runs")).unwrap();
    for name in ["canary", "canary.yaml", "runs/canary.yaml"] {
        std::fs::write(outside.join(name), format!("{SECRET}: [\n")).unwrap();
    }
    environment
}

fn link(environment: &TestEnvironment, target: impl AsRef<Path>, name: &str) {
    let link = environment.path(name);
    std::fs::create_dir_all(link.parent().unwrap()).unwrap();
    let _ = std::fs::remove_file(&link);
    symlink(target, link).unwrap();
}

fn pipe(environment: &TestEnvironment, name: &str) {
    let path = environment.path(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Runs the program, and fails if it does not end, or shows what it must not.
#[track_caller]
fn run(environment: &TestEnvironment, arguments: &str) -> (i32, String) {
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let child = environment.command(&arguments).spawn().unwrap();
    let (id, (sender, receiver)) = (child.id(), mpsc::channel());
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(output) = receiver.recv_timeout(PATIENCE) else {
        let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
        panic!("{arguments:?} does not end");
    };
    let Output { status, stdout, stderr } = output.unwrap();
    let text = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    assert!(!text.contains(TOKEN), "{arguments:?} shows the token: {text}");
    assert!(!text.contains(SECRET), "{arguments:?} shows a file outside the project: {text}");
    (status.code().expect("the program is not killed by a signal"), text)
}

/// Returns the files outside the project, with their texts and the times of the last change.
fn canaries(environment: &TestEnvironment) -> Vec<(PathBuf, Vec<u8>, SystemTime)> {
    let mut found = Vec::new();
    let mut folders = vec![outside(environment)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let changed = path.metadata().unwrap().modified().unwrap();
            match path.is_dir() {
                true => {
                    found.push((path.clone(), Vec::new(), changed));
                    folders.push(path);
                }
                false => found.push((path.clone(), std::fs::read(&path).unwrap(), changed)),
            }
        }
    }
    found.sort();
    found
}

/// Lays each trap, runs each command, and compares the exit code. Nothing outside the project changes.
#[track_caller]
fn assert_refused(traps: &[Trap], commands: &[(&str, i32)]) {
    for Trap { name, lay } in traps {
        let environment = project();
        lay(&environment);
        let before = canaries(&environment);
        for (command, exit) in commands {
            let (ended, text) = run(&environment, command);
            assert_eq!(ended, *exit, "trap: {name}, command: {command}\n{text}");
            assert_eq!(canaries(&environment), before, "trap: {name}, command: {command}\n{text}");
        }
    }
}

#[test]
fn refuses_a_manifest_that_is_not_a_file_of_the_project() {
    let traps = [
        Trap { name: "environment", lay: |it| link(it, "/proc/self/environ", "pages/x.yaml") },
        Trap { name: "absolute link", lay: |it| link(it, outside(it).join("canary.yaml"), "pages/x.yaml") },
        Trap { name: "relative link", lay: |it| link(it, "../../outside/canary.yaml", "pages/x.yaml") },
        Trap {
            name: "link to a link",
            lay: |it| {
                link(it, "../../outside/canary.yaml", "kept/hop");
                link(it, "../kept/hop", "pages/x.yaml");
            },
        },
        Trap { name: "endless device", lay: |it| link(it, "/dev/zero", "pages/x.yaml") },
        Trap { name: "kernel log", lay: |it| link(it, "/proc/kmsg", "pages/x.yaml") },
        Trap { name: "pipe", lay: |it| pipe(it, "pages/x.yaml") },
        Trap {
            name: "git's configuration",
            lay: |it| {
                it.write(".git/config", format!("{SECRET}: [\n"));
                link(it, "../.git/config", "pages/x.yaml");
            },
        },
        Trap {
            name: "hidden file",
            lay: |it| {
                it.write(".env", format!("{SECRET}: [\n"));
                link(it, "../.env", "pages/x.yaml");
            },
        },
        Trap { name: "folder out of the project", lay: |it| link(it, "../../outside", "pages/more") },
        Trap {
            name: "pages is a link to the root",
            lay: |it| {
                std::fs::remove_dir_all(it.path("pages")).unwrap();
                link(it, "/", "pages");
            },
        },
        Trap {
            name: "pages is a link to a folder",
            lay: |it| {
                std::fs::remove_dir_all(it.path("pages")).unwrap();
                link(it, outside(it), "pages");
            },
        },
        Trap { name: "project file", lay: |it| link(it, outside(it).join("canary.yaml"), "slugline.yaml") },
        Trap {
            name: "project file is a pipe",
            lay: |it| {
                std::fs::remove_file(it.path("slugline.yaml")).unwrap();
                pipe(it, "slugline.yaml");
            },
        },
        Trap {
            name: "large file",
            lay: |it| {
                it.write("pages/x.yaml", "");
                let file = std::fs::OpenOptions::new().write(true).open(it.path("pages/x.yaml")).unwrap();
                file.set_len(1 << 40).unwrap();
            },
        },
    ];
    assert_refused(
        &traps,
        &[
            ("validate --offline", 3),
            ("validate --offline --fix", 3),
            ("validate", 3),
            ("plan", 3),
            ("apply --yes", 3),
            ("status", 3),
            ("pull", 3),
            ("pull --new", 3),
            ("import", 3),
            ("export", 3),
            ("plan --sandbox", 3),
            ("log", 0),
            ("explain outside-project", 0),
            ("completions bash", 0),
            ("schema page", 0),
        ],
    );
}

#[test]
fn names_the_link_and_its_target() {
    let environment = project();
    link(&environment, "/proc/self/environ", "pages/x.yaml");
    let (_, text) = run(&environment, "validate --offline");
    let message =
        "error[outside-project]: `pages/x.yaml` is a link to `/proc/self/environ`, which is not in the project";
    assert!(text.contains(message) && text.contains("help: replace the link"), "{text}");
}

#[test]
fn does_not_read_git_by_a_glob() {
    let environment = project();
    environment.write(".git/config", format!("{SECRET}: [\n"));
    environment.write("slugline.yaml", "version: 1\nsite: siteGalaxy\npages: [\".git/config\", \"pages/*.yaml\"]\n");
    assert_eq!(run(&environment, "validate --offline").0, 3);
}

#[test]
fn refuses_a_state_folder_that_the_repository_brought_along() {
    const RUN: &str = ".slugline/runs/20260101T000000.000Z";
    let traps = [
        Trap { name: "the folder", lay: |it| link(it, outside(it), ".slugline") },
        Trap { name: "the folder, leading nowhere", lay: |it| link(it, outside(it).join("gone"), ".slugline") },
        Trap { name: "lock", lay: |it| link(it, outside(it).join("canary"), ".slugline/lock") },
        Trap { name: "ignore file", lay: |it| link(it, outside(it).join("canary"), ".slugline/.gitignore") },
        Trap { name: "endless ignore file", lay: |it| link(it, "/dev/zero", ".slugline/.gitignore") },
        Trap { name: "sandbox", lay: |it| link(it, outside(it).join("canary"), ".slugline/sandbox.json") },
        Trap { name: "runs", lay: |it| link(it, outside(it).join("runs"), ".slugline/runs") },
        Trap { name: "a run", lay: |it| link(it, outside(it), RUN) },
        Trap { name: "link in the folder itself", lay: |it| link(it, "other", ".slugline/lock") },
        Trap {
            name: "tracked by git",
            lay: |it| {
                it.write(".slugline/runs/20260101T000000.000Z/plan.json", "{}");
                git(it, &["init", "--quiet"]);
                git(it, &["add", "--force", ".slugline"]);
            },
        },
        Trap {
            name: "tracked by git in another case",
            lay: |it| {
                it.write(".slugline/lock", "");
                it.write(".Slugline/lock", "");
                git(it, &["init", "--quiet"]);
                git(it, &["add", "--force", ".Slugline"]);
            },
        },
    ];
    assert_refused(
        &traps,
        &[
            ("apply --yes", 3),
            ("apply --yes --resume", 3),
            ("undo --yes", 3),
            ("pull", 3),
            ("log", 3),
            ("show 20260101", 3),
            ("plan --sandbox", 3),
            ("import --sandbox", 3),
            ("sandbox edit --page /guide title=x", 3),
            ("sandbox reset", 3),
        ],
    );
}

fn git(environment: &TestEnvironment, arguments: &[&str]) {
    let status = Command::new("git").args(arguments).current_dir(environment.path("")).status().unwrap();
    assert!(status.success());
}

/// Links below a run are found when its files are opened.
#[test]
fn does_not_follow_links_in_the_folder_of_a_run() {
    for file in ["plan.json", "events.jsonl"] {
        let environment = project();
        assert_eq!(run(&environment, "apply --yes").0, 0);
        let runs = environment.path(".slugline/runs");
        let id = std::fs::read_dir(&runs).unwrap().next().unwrap().unwrap().file_name().into_string().unwrap();
        link(&environment, outside(&environment).join("canary"), &format!(".slugline/runs/{id}/{file}"));
        let before = canaries(&environment);
        for (command, exit) in [("apply --yes --resume", 1), ("undo --yes", 1), (&*format!("show {id}"), 1), ("log", 0)]
        {
            let (ended, text) = run(&environment, command);
            assert_eq!(ended, exit, "{file}, {command}: {text}");
            assert!(text.contains(file), "{file}, {command}: {text}");
            assert_eq!(canaries(&environment), before, "{file}, {command}");
        }
    }
}

#[test]
fn does_not_wait_for_a_pipe_in_the_state_folder() {
    for (name, command) in [("lock", "apply --yes"), ("sandbox.json", "plan --sandbox"), (".gitignore", "apply --yes")]
    {
        let environment = project();
        pipe(&environment, &format!(".slugline/{name}"));
        let (exit, text) = run(&environment, command);
        assert_eq!(exit, 1, "{name}: {text}");
    }
}

#[test]
fn does_not_write_through_links() {
    for (name, target) in
        [("pages", "outside"), ("schema", "outside"), ("schema/slugline-page.schema.json", "outside/canary")]
    {
        let mut environment = TestEnvironment::empty();
        environment.serve(&galaxy::site());
        std::fs::create_dir(outside(&environment)).unwrap();
        std::fs::write(outside(&environment).join("canary"), "urn:slugline:schema:").unwrap();
        link(&environment, environment.path("").parent().unwrap().join(target), name);
        let before = canaries(&environment);
        let (exit, text) = run(&environment, "import --site siteGalaxy");
        assert_eq!(exit, 3, "{name}: {text}");
        assert_eq!(canaries(&environment), before, "{name}: {text}");
        assert!(!environment.path("slugline.yaml").exists(), "{name}: {text}");
    }
}

#[test]
fn reads_links_inside_the_project_once() {
    let environment = TestEnvironment::serving(&galaxy::site());
    environment.write("linked/guide.yaml", GUIDE);
    std::fs::create_dir(environment.path("pages")).unwrap();
    let links = [
        ("../linked", "pages/in"),
        ("../linked", "pages/again"),
        ("../linked/guide.yaml", "pages/file.yaml"),
        (".", "pages/loop"),
        ("..", "pages/up"),
        ("../pages", "linked/back"),
    ];
    for (target, name) in links {
        link(&environment, target, name);
    }
    let (exit, text) = run(&environment, "export");
    // A row for each of two locales, below the head.
    assert_eq!((exit, text.lines().count()), (0, 3), "{text}");
    let (exit, text) = run(&environment, "plan --detailed-exitcode");
    assert_eq!(exit, 0, "{text}");
    environment.write("linked/guide.yaml", GUIDE.replace("The Guide", "Old"));
    let (exit, text) = run(&environment, "pull");
    assert_eq!((exit, environment.read("linked/guide.yaml").as_str()), (0, GUIDE), "{text}");
    assert!(environment.path("pages/file.yaml").is_symlink() && environment.path("pages/in").is_symlink());
}

/// Each level doubles the number of ways to the next one.
#[test]
fn ends_where_links_to_folders_multiply() {
    let environment = project();
    for level in 0..40 {
        for name in ["a", "b"] {
            link(&environment, format!("../l{}", level + 1), &format!("deep/l{level}/{name}"));
        }
    }
    environment.write("deep/l40/x.txt", "");
    link(&environment, "../deep/l0", "pages/deep");
    let (exit, text) = run(&environment, "validate --offline");
    assert!(exit == 3 && text.contains("links to folders lead to too many files"), "{text}");
}
