//! What the program asks of the system: every path that a command names is in the project, or on a short list.

use std::path::{Component, Path, PathBuf};

use super::super::environment::TestEnvironment;
use super::{link, outside, project};

/// Places outside the project that a command may name, and why.
const ALLOWED: &[(&str, &str)] = &[
    ("/lib", "shared libraries"),
    ("/lib64", "shared libraries"),
    ("/usr/lib", "shared libraries"),
    ("/etc/ld.so", "the list of shared libraries"),
    ("/sys/fs/cgroup", "the runtime: number of processors"),
    ("/sys/devices/system/cpu", "the runtime: number of processors"),
    ("/sys/kernel/mm", "the allocator"),
    ("/dev/null", "stdin of a child"),
    ("/etc/localtime", "the time zone"),
    ("/usr/share/zoneinfo", "the time zone"),
    ("/no-programs", "the search for git"),
];

/// Names in the parent folders of a project that show a project or a repository.
const SOUGHT: &[&str] = &["slugline.yaml", ".git", "HEAD", "commondir", "objects", "refs"];

/// How strace runs a command, which finds no git.
const OPTIONS: &[&str] = &["-y", "-s", "4096", "-E", "PATH=/no-programs", "-e", "trace=%file"];

/// Commands, in an order in which each finds something to do.
const COMMANDS: &[&str] = &[
    "import",
    "validate",
    "validate --offline --fix",
    "plan -o plan.json",
    "show plan.json",
    "apply plan.json",
    "log",
    "status",
    "undo --yes",
    "pull",
    "pull --new",
    "export --csv table.csv",
    "import --csv table.csv",
    "plan --sandbox",
    "apply --sandbox --yes",
    "sandbox edit --page / title=x",
    "sandbox reset",
    "schema page",
    "explain unreadable",
    "completions bash",
    "validate --offline --write-baseline known.json",
    "validate --offline --baseline known.json",
];

/// Lays links out of the project where they are no manifests.
fn lay_quiet_traps(environment: &TestEnvironment) {
    link(environment, outside(environment).join("canary"), "pages/readme.txt");
    link(environment, "/", "notes");
    link(environment, "/proc/self/environ", "README.md");
}

/// Lays links out of the project among the manifests.
fn lay_loud_traps(environment: &TestEnvironment) {
    link(environment, outside(environment).join("canary.yaml"), "pages/a.yaml");
    link(environment, "/proc/self/environ", "pages/b.yaml");
    link(environment, "/", "pages/c");
    link(environment, outside(environment), ".slugline");
}

#[test]
fn names_no_path_outside_the_project() {
    let Some(strace) = strace() else { return };
    for lay in [lay_quiet_traps, lay_loud_traps] {
        let environment = project();
        lay(&environment);
        let before = super::canaries(&environment);
        let mut named_project = false;
        for command in COMMANDS {
            let log = environment.path("").parent().unwrap().join("home/strace.log");
            let arguments: Vec<&str> = command.split_whitespace().collect();
            let ended = environment.command_under(&strace, OPTIONS, &log, &arguments).output().unwrap();
            assert_ne!(ended.status.code(), None, "{command}");
            let text = std::fs::read_to_string(&log).unwrap();
            assert!(text.contains("execve("), "{command} is not traced: {text}");
            named_project |= text.contains("slugline.yaml");
            let strays: Vec<String> = text.lines().flat_map(|line| strays(&environment, line)).collect();
            assert!(strays.is_empty(), "{command}:\n{}", strays.join("\n"));
        }
        assert!(named_project, "no command is seen to read the project file");
        assert_eq!(super::canaries(&environment), before);
    }
}

#[test]
fn finds_a_path_outside_the_project() {
    let environment = project();
    let root = environment.path("").canonicalize().unwrap().display().to_string();
    let root = root.trim_end_matches('/');
    for line in [
        format!(r#"7 openat(AT_FDCWD<{root}>, "/etc/passwd", O_RDONLY) = -1 ENOENT (No such file)"#),
        format!(r#"7 openat(5<{root}>, "../outside/canary", O_RDONLY) = 6</elsewhere>"#),
        format!(r#"7 openat(5<{root}>, "pages/x.yaml", O_RDONLY) = 6</proc/7/environ>"#),
        format!(r#"7 renameat(5<{root}>, "a", 5<{root}>, "/tmp/b") = 0"#),
        r#"7 unlink("/tmp/canary") = 0"#.to_owned(),
        r#"7 openat(AT_FDCWD</>, "/proc/self/environ", O_RDONLY <unfinished ...>"#.to_owned(),
    ] {
        assert!(!strays(&environment, &line).is_empty(), "{line}");
    }
    let inside = format!(r#"7 openat(5<{root}>, "pages/guide.yaml", O_RDONLY) = 6<{root}/pages/guide.yaml>"#);
    assert!(strays(&environment, &inside).is_empty());
}

/// Returns where strace is; nothing, with a reason, where it is missing or may not trace.
pub(in crate::cli) fn strace() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("strace")).find(|path| path.is_file());
    let works = found.filter(|strace| {
        let tried = std::process::Command::new(strace).args(["-f", "-o", "/dev/null", "true"]).output();
        tried.is_ok_and(|output| output.status.success())
    });
    if works.is_none() {
        use std::io::Write as _;
        std::io::stderr().write_all(b"\nnot tried: strace is missing here, or may not trace\n").unwrap();
    }
    works
}

/// Returns the paths outside the project that a line of strace names, each with the line.
fn strays(environment: &TestEnvironment, line: &str) -> Vec<String> {
    let Some((call, rest)) = line.split_once('(') else { return Vec::new() };
    let call = call.rsplit(' ').next().unwrap_or_default();
    if line.contains("resumed>") || line.contains("---") {
        return Vec::new();
    }
    let root = environment.path("").canonicalize().unwrap();
    let (arguments, result) = rest.rsplit_once(" = ").unwrap_or((rest, ""));
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut base = root.clone();
    let mut tail = arguments;
    while let Some(start) = tail.find(['"', '<']) {
        let (close, is_text) = if tail[start..].starts_with('"') { ('"', true) } else { ('>', false) };
        let Some(length) = tail[start + 1..].find(close) else { break };
        let text = &tail[start + 1..start + 1 + length];
        match is_text {
            true => {
                paths.push(base.join(text));
                // The texts after the first one are what the call returns, or arguments of a program.
                if matches!(call, "execve" | "readlink" | "readlinkat" | "getcwd") {
                    break;
                }
            }
            false => base = PathBuf::from(text),
        }
        tail = &tail[start + length + 2..];
    }
    // Where the system went: the path of the file that was opened.
    paths.extend(result.split_once('<').and_then(|(_, path)| path.split_once('>')).map(|(path, _)| path.into()));
    let paths = paths.iter().map(|path| plain(path)).filter(|path| path.is_absolute());
    let strays = paths.filter(|path| !is_allowed(path, &root));
    strays.map(|path| format!("{}: {line}", path.display())).collect()
}

/// Returns whether a path is in the project, leads to it, or is on the list.
fn is_allowed(path: &Path, root: &Path) -> bool {
    let is_program = path == Path::new(env!("CARGO_BIN_EXE_slugline"));
    let is_own = own_process(path);
    let is_listed = is_own || ALLOWED.iter().any(|(place, _)| path.to_string_lossy().starts_with(place));
    // The search for the project and for its repository looks for these in each parent folder.
    let is_sought = SOUGHT.iter().any(|name| path.ends_with(name));
    let is_above = root.starts_with(path) || (is_sought && root.starts_with(path.parent().unwrap_or(path)));
    path.starts_with(root) || is_program || is_listed || is_above
}

/// Returns whether a path leads to what the system shows of a process itself: its memory map, its open files by their
/// numbers, its share of the processors. Not its environment.
fn own_process(path: &Path) -> bool {
    let mut parts = path.strip_prefix("/proc").into_iter().flatten().map(|part| part.to_string_lossy().into_owned());
    let process = parts.next().unwrap_or_default();
    let is_process = process.is_empty() || process == "self" || process.bytes().all(|byte| byte.is_ascii_digit());
    let what = parts.next().unwrap_or_default();
    path.starts_with("/proc")
        && is_process
        && ["", "cgroup", "exe", "fd", "maps", "mountinfo", "status"].contains(&what.as_str())
}

/// Returns the path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => plain.push(component),
        }
    }
    plain
}
