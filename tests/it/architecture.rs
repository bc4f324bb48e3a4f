//! The shape of the code, held against tables: who may know whom, and who may touch the world.
//!
//! A failure says where and what to do. To change the shape, change its table, and the reason that stands beside it.

mod code;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use code::File;

/// The modules at the top, from the words to the shell, and which others each may name. A module names only modules
/// above its own row, so there are no cycles.
const MODULES: &[(&str, &[&str])] = &[
    // Words.
    ("exit", &[]),
    ("source", &[]),
    ("suggest", &[]),
    ("diagnostic", &["source"]),
    ("model", &["source"]),
    // The files of a project.
    ("project_dir", &[]),
    // What is wrong with texts.
    ("lint", &["diagnostic", "model", "source", "suggest"]),
    // The desired side.
    ("manifest", &["diagnostic", "lint", "model", "project_dir", "source", "suggest"]),
    ("child", &[]),
    ("git", &["child"]),
    ("base", &["diagnostic", "git", "manifest", "source"]),
    // The remote side. Neither knows anything of this crate, so that a wrong idea about the wire cannot be wrong twice.
    ("webflow", &[]),
    ("sandbox", &[]),
    ("live", &["model", "webflow"]),
    // The core.
    ("event", &["exit", "model"]),
    ("plan", &["diagnostic", "event", "exit", "model", "source"]),
    ("revision", &["git", "plan", "source"]),
    ("import", &["model", "plan"]),
    ("status", &["model", "plan"]),
    ("pull", &["manifest", "model", "plan", "source"]),
    ("table", &["diagnostic", "manifest", "model", "source", "suggest"]),
    ("run", &["event", "exit", "model", "plan", "project_dir"]),
    ("apply", &["event", "live", "model", "plan", "webflow"]),
    // Texts.
    ("explain", &["exit", "lint"]),
    // Views.
    (
        "render",
        &["diagnostic", "event", "explain", "lint", "manifest", "model", "plan", "pull", "source", "status", "table"],
    ),
    // The shell: on top of everything.
    (
        "cli",
        &[
            "apply",
            "base",
            "child",
            "diagnostic",
            "event",
            "exit",
            "explain",
            "git",
            "import",
            "lint",
            "live",
            "manifest",
            "model",
            "plan",
            "project_dir",
            "pull",
            "render",
            "revision",
            "run",
            "sandbox",
            "source",
            "status",
            "suggest",
            "table",
            "webflow",
        ],
    ),
    ("main", &["cli"]),
];

/// The pure core and the views; whatever they know, however far, must not lead to one of `EDGES`.
const CORE: &[&str] = &["model", "lint", "manifest", "plan", "event", "import", "status", "pull", "table", "render"];
/// Where the remote and the screen are.
const EDGES: &[&str] = &["webflow", "live", "apply", "sandbox", "cli"];

/// What a module may touch beyond its arguments, and why. A module without a row touches nothing: no file, network,
/// environment, clock, chance, other program, and nothing async. The longest path decides.
const REACHES: &[(&str, &[Reach], &str)] = &[
    ("apply", &[Reach::Async, Reach::Clock], "sends, and pauses before it sends again"),
    ("cli", &[Reach::Async, Reach::Clock, Reach::Environment], "the shell: flags, token"),
    ("cli::browser", &[Reach::Disk], "puts a page where the reader's browser finds it"),
    ("cli::files", &[Reach::Disk], "files that an argument or a variable names, wherever they are"),
    ("cli::signals", &[Reach::Async, Reach::Disk], "reads in `/proc` whether SIGHUP is ignored"),
    ("cli::recorder", &[Reach::Disk], "holds the open file of `--events`"),
    ("child", &[Reach::Environment, Reach::Program], "starts programs without the token"),
    ("git", &[Reach::Disk, Reach::Environment], "finds the repository of a folder"),
    ("live", &[Reach::Async, Reach::Clock], "reads the site, and says when"),
    ("main", &[Reach::Environment], "the arguments"),
    ("plan::file::header", &[], "reads from what it is given"),
    ("project_dir", &[Reach::Disk], "the only way to the files of a project"),
    ("revision", &[Reach::Disk], "reads the target of a link that the commit has too"),
    ("run", &[Reach::Clock, Reach::Disk], "holds the open log and the lock of a run, with the time of each line"),
    ("run::format", &[], "shapes"),
    ("run::id", &[], "a name, given the time"),
    ("sandbox", &[Reach::Async, Reach::Clock, Reach::Network], "a server"),
    ("sandbox::routes", &[], "an answer is a function of site, request and time"),
    ("sandbox::site", &[], "questions to a value"),
    ("sandbox::write", &[], "changes of a value"),
    ("webflow", &[Reach::Async, Reach::Clock, Reach::Network, Reach::Random], "the client; chance spreads retries"),
    ("webflow::pace", &[], "a decision, given the time"),
    ("webflow::retry", &[], "a decision"),
    ("webflow::wire", &[], "shapes"),
];

/// A way out of a function other than its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Async,
    Clock,
    Disk,
    Environment,
    Network,
    Program,
    Random,
}

/// How each way out looks: paths, by their first two names, and words.
const SIGNS: &[(Reach, &[&str], &[&str])] = &[
    (Reach::Async, &["tokio::*", "futures_util::*", "std::future"], &["async", ".await"]),
    (Reach::Clock, &["tokio::time"], &["SystemTime", "Instant::now", "Timestamp::now", "Zoned::now"]),
    (
        Reach::Disk,
        &["std::fs", "tempfile::*", "cap_std::*", "cap_fs_ext::*"],
        &[
            ".exists()",
            ".is_file()",
            ".is_dir()",
            ".canonicalize()",
            ".metadata()",
            ".symlink_metadata()",
            ".read_dir()",
            ".read_link()",
            ".try_exists()",
        ],
    ),
    (Reach::Environment, &["std::env"], &[]),
    (Reach::Network, &["std::net", "reqwest::*", "axum::*", "rustls::*", "tokio::net"], &[]),
    (Reach::Program, &[], &["Command::new"]),
    (Reach::Random, &["rand::*", "fastrand::*", "getrandom::*"], &["RandomState"]),
];

/// Modules that find files by a path, which links may lead anywhere, and why. What else has `Reach::Disk` only holds files
/// that one of these has opened.
const OPENERS: &[(&str, &str)] = &[
    ("cli::browser", "makes a temporary file"),
    ("cli::files", "the user chose the path"),
    ("cli::signals", "reads in `/proc` whether SIGHUP is ignored"),
    ("git", "looks for `.git` around the project"),
    ("project_dir", "opens the project folder, and everything else below it"),
];
/// How a file is found by a path.
const OPENING: &[&str] =
    &["File::open", "File::create", "File::options", "OpenOptions", "fs::", "tempfile", "NamedTempFile", ".metadata()"];

/// Crates that have one home, and why.
const HOMES: &[(&str, &[&str], &str)] = &[
    ("anyhow", &["cli"], "elsewhere a caller may want to branch on the error: use thiserror"),
    ("axum", &["sandbox"], "only the sandbox serves"),
    ("csv", &["render", "table"], "only tables are CSV"),
    ("cap_fs_ext", &["project_dir"], "only the project folder opens files without following links"),
    ("cap_std", &["project_dir"], "only the project folder is opened as a whole"),
    ("clap", &["cli"], "flags are the shell's business"),
    ("maud", &["render"], "only views are HTML"),
    ("base64", &["render", "webflow"], "only the report names a hash in it, and the client finds a token in it"),
    ("granit_parser", &["manifest"], "only manifests are YAML"),
    ("reqwest", &["webflow"], "only the client sends"),
    ("serde_yaml", &["manifest"], "only manifests are YAML"),
    ("whatlang", &["lint"], "only the lint guesses languages"),
];

/// Where nothing is `Serialize`: what is written down has a format of its own at the edge, with a version.
const NO_FORMAT: &[&str] = &["model", "lint", "plan", "event", "live", "apply"];
/// The formats at the edge.
const FORMATS: &[&str] = &["plan::file"];

/// Lines of a file without its tests.
const MOST_LINES: usize = 500;

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "prelude", "manager", "misc"];

#[test]
fn each_module_names_only_modules_that_it_may() {
    let mut problems = String::new();
    for file in code::files() {
        let Some(top) = file.top() else { continue };
        let Some((_, allowed)) = MODULES.iter().find(|(module, _)| *module == top) else { continue };
        for mention in file.mentions() {
            // Only modules are at the top, see `the_root_only_lists_modules`.
            let is_ours = mention.root == "crate" || mention.root == env!("CARGO_PKG_NAME");
            let name = mention.name.as_str();
            if is_ours && name != top && !allowed.contains(&name) {
                let _ = writeln!(problems, "src/{}:{}: `{top}` names `crate::{name}`", file.path, mention.line);
            }
        }
    }
    let hint = "move what is shared to a module that both may name, or hand it over as an argument; \
                MODULES in tests/it/architecture.rs says who may name whom";
    verdict(&problems, hint);
}

#[test]
fn the_table_of_modules_is_complete_and_without_cycles() {
    let files = code::files();
    let mut problems = String::new();
    let found: BTreeSet<&str> = files.iter().filter_map(File::top).collect();
    let listed: BTreeSet<&str> = MODULES.iter().map(|(module, _)| *module).collect();
    for module in found.difference(&listed) {
        let _ = writeln!(problems, "`{module}` is in src but not in the table: give it a row at its level");
    }
    for module in listed.difference(&found) {
        let _ = writeln!(problems, "`{module}` is in the table but not in src: remove its row");
    }
    for (row, (module, allowed)) in MODULES.iter().enumerate() {
        for name in *allowed {
            if !MODULES[..row].iter().any(|(above, _)| above == name) {
                let _ =
                    writeln!(problems, "`{module}` may name `{name}`, which is not above it: that is how cycles start");
            }
        }
    }
    verdict(&problems, "put MODULES in tests/it/architecture.rs right");
}

#[test]
fn the_core_does_not_lead_to_the_edges() {
    let mut problems = String::new();
    for core in CORE {
        let mut known = BTreeSet::from([*core]);
        // A module names only modules above it, so one pass from the bottom finds all.
        for (module, allowed) in MODULES.iter().rev() {
            if known.contains(module) {
                known.extend(*allowed);
            }
        }
        for edge in EDGES.iter().filter(|edge| known.contains(*edge)) {
            let _ = writeln!(problems, "`{core}` leads to `{edge}`");
        }
    }
    verdict(&problems, "a value that both need belongs into the core; what uses it may stay at the edge");
}

#[test]
fn the_root_only_lists_modules() {
    let files = code::files();
    let root = files.iter().find(|file| file.path == "lib.rs").expect("there is a lib.rs");
    let other = root.code.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("pub mod "));
    let problems: String = other.map(|line| format!("src/lib.rs: `{line}`\n")).collect();
    verdict(&problems, "lib.rs is the map: items live in modules, and a name has one path");
}

#[test]
fn what_looks_pure_is_pure() {
    let mut problems = String::new();
    for file in code::files() {
        let module = file.module.join("::");
        let allowed = reaches(&module);
        for (reach, paths, words) in SIGNS {
            if allowed.contains(reach) {
                continue;
            }
            for mention in file.mentions() {
                let full = format!("{}::{}", mention.root, mention.name);
                let any = format!("{}::*", mention.root);
                if paths.iter().any(|path| *path == full || *path == any) {
                    let _ = writeln!(problems, "src/{}:{}: {reach:?}: `{full}`", file.path, mention.line);
                }
            }
            for word in *words {
                if let Some(line) = file.line_of(word) {
                    let _ = writeln!(problems, "src/{}:{line}: {reach:?}: `{word}`", file.path);
                }
            }
        }
    }
    let hint = "take the value as an argument; a module that must reach out has a row with its reason in REACHES in \
                tests/it/architecture.rs";
    verdict(&problems, hint);
}

#[test]
fn only_listed_modules_open_files_by_path() {
    let mut problems = String::new();
    for file in code::files() {
        let module = file.module.join("::");
        if OPENERS.iter().any(|(opener, _)| is_within(&module, opener)) {
            continue;
        }
        for line in file.code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("use ")) {
            if let (number, Some(word)) = (line.0 + 1, OPENING.iter().find(|word| line.1.contains(*word))) {
                let _ = writeln!(problems, "src/{}:{number}: `{word}`", file.path);
            }
        }
    }
    let hint = "read and write files of the project through `ProjectDir` or `StateDir`, and files that an argument names \
                through `cli::files`; OPENERS in tests/it/architecture.rs lists who else may";
    verdict(&problems, hint);
}

#[test]
fn only_the_terminal_module_writes_to_the_terminal() {
    let words = ["stdout()", "stderr()", "print!", "println!", "eprint!", "eprintln!", "dbg!"];
    let mut problems = String::new();
    for file in code::files().iter().filter(|file| file.path != "cli/ui.rs") {
        for word in words {
            if let Some(line) = file.line_of(word) {
                let _ = writeln!(problems, "src/{}:{line}: `{word}`", file.path);
            }
        }
    }
    verdict(&problems, "write through `Ui`, or to a `&mut dyn Write` that you are given");
}

#[test]
fn crates_have_one_home() {
    let mut problems = String::new();
    for file in code::files() {
        let top = file.top().unwrap_or("lib");
        for mention in file.mentions() {
            let home = HOMES.iter().find(|(name, homes, _)| *name == mention.root && !homes.contains(&top));
            if let Some((name, _, reason)) = home {
                let _ = writeln!(problems, "src/{}:{}: `{name}` in `{top}`: {reason}", file.path, mention.line);
            }
        }
    }
    verdict(&problems, "HOMES in tests/it/architecture.rs says where each belongs");
}

#[test]
fn the_core_has_no_format() {
    let mut problems = String::new();
    for file in code::files() {
        let module = file.module.join("::");
        if !NO_FORMAT.iter().any(|name| is_within(&module, name)) || FORMATS.iter().any(|name| is_within(&module, name))
        {
            continue;
        }
        for mention in file.mentions().iter().filter(|mention| mention.root == "serde") {
            let _ = writeln!(problems, "src/{}:{}: `serde::{}`", file.path, mention.line, mention.name);
        }
    }
    verdict(&problems, "make a type for the format at the edge, and convert; else the format changes with the code");
}

#[test]
fn files_are_short_named_for_what_they_are_and_say_what_they_are_for() {
    let mut problems = String::new();
    for file in code::files() {
        if !file.text.starts_with("//! ") {
            let _ =
                writeln!(problems, "src/{}: open it with `//!`: what it is for, and what it must not know", file.path);
        }
        if file.lines() > MOST_LINES {
            let _ = writeln!(problems, "src/{}: {} lines: split it by noun", file.path, file.lines());
        }
        if let Some(name) = file.module.iter().find(|name| EMPTY_NAMES.contains(&name.as_str())) {
            let _ = writeln!(problems, "src/{}: `{name}` says nothing: name it by what it is", file.path);
        }
    }
    verdict(&problems, &format!("a file has at most {MOST_LINES} lines without its tests"));
}

#[test]
fn every_reach_is_of_a_module_that_exists() {
    let files = code::files();
    let exists = |module: &str| files.iter().any(|file| is_within(&file.module.join("::"), module));
    let rows = REACHES.iter().map(|(module, _, _)| *module);
    let rows = rows.chain(CORE.iter().chain(EDGES).chain(NO_FORMAT).chain(FORMATS).copied());
    let problems: String = rows.filter(|row| !exists(row)).map(|row| format!("`{row}` is not in src\n")).collect();
    verdict(&problems, "remove it from its table in tests/it/architecture.rs, or rename it there too");
}

/// Returns what a module may touch: what the longest row that it is within says.
fn reaches(module: &str) -> &'static [Reach] {
    let rows = REACHES.iter().filter(|(name, _, _)| is_within(module, name));
    rows.max_by_key(|(name, _, _)| name.len()).map_or(&[], |(_, reaches, _)| reaches)
}

fn is_within(module: &str, outer: &str) -> bool {
    module.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn verdict(problems: &str, hint: &str) {
    assert!(problems.is_empty(), "\n{problems}hint: {hint}\n");
}
