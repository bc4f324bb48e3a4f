//! Which programs start, and from where.

use std::path::PathBuf;
use std::{env, fs};

use super::super::base::{CHANGE, Repository, git};
use super::{COMMANDS, Canary, executable, make_hostile};

/// Puts a folder with a program called `git` into the project. Returns the canary that it is.
fn with_a_program(repository: &Repository, folder: &str) -> Canary {
    let canary = Canary::new(repository);
    fs::create_dir_all(repository.environment.path(folder)).unwrap();
    fs::copy(&canary.script, repository.environment.path(folder).join("git")).unwrap();
    canary
}

#[test]
fn starts_no_program_from_a_relative_folder_of_path() {
    let mut repository = Repository::new();
    repository.say("The Guide", "The Ultimate Guide");
    let path = env::var("PATH").unwrap();
    for (folder, path) in [
        ("node_modules/.bin", format!("./node_modules/.bin:{path}")),
        ("bin", format!("bin:{path}")),
        ("", format!(":{path}")),
        (".", format!(".:{path}")),
    ] {
        let canary = with_a_program(&repository, folder);
        repository.environment.set("PATH", path);
        assert_eq!(repository.told("--base HEAD"), CHANGE, "{folder}");
        canary.did_not_run(folder);
    }
}

#[test]
fn starts_no_program_if_all_folders_of_path_are_relative() {
    let mut repository = Repository::new();
    let canary = with_a_program(&repository, ".");
    for path in ["", ".", ":", "bin:."] {
        repository.environment.set("PATH", path);
        repository.run("plan --base HEAD");
        canary.did_not_run(path);
    }
}

/// Versions of git that do not have `GIT_NO_LAZY_FETCH` start a fetch, which is not allowed any protocol.
#[test]
fn a_partial_clone_is_not_completed_by_an_old_git() {
    let mut repository = Repository::new();
    let canary = Canary::new(&repository);
    let (folder, clone) = (repository.environment.path(""), repository.environment.path("../clone"));
    git(&folder, &["config", "uploadpack.allowFilter", "true"]);
    // The pages of the first commit are not in the clone, as they are not checked out.
    let first = git(&folder, &["rev-parse", "HEAD"]);
    repository.say("The Guide", "The Ultimate Guide");
    repository.commit();
    let origin = format!("file://{}", folder.display());
    git(&folder, &["clone", "-q", "--filter=blob:none", &origin, clone.to_str().unwrap()]);
    as_an_old_git(&mut repository);
    let run = canary.script.display().to_string();
    git(&clone, &["config", "core.sshCommand", &run]);
    git(&clone, &["config", "remote.origin.uploadpack", &run]);
    for protocol in ["ssh", "ext", "file", "http", "evil"] {
        git(&clone, &["config", &format!("protocol.{protocol}.allow"), "always"]);
    }
    for (name, value) in [
        ("remote.origin.url", folder.to_str().unwrap()),
        ("remote.origin.url", "ssh://galaxy.example/site.git"),
        ("remote.origin.url", &format!("ext::{run}")),
        ("fetch.bundleURI", "http://127.0.0.1:9/bundle"),
        ("fetch.bundleURI", &run),
        ("remote.origin.vcs", "evil"),
    ] {
        git(&clone, &["config", name, value]);
        let ran = repository.environment.run(&format!("plan -C ../clone --offline --base {first}"));
        assert_eq!(ran.exit, 64, "{name} {value}: {ran}");
        assert!(ran.stderr.contains("run `git fetch --refetch --no-filter`"), "{name} {value}: {ran}");
        canary.did_not_run(value);
        assert!(!clone.join(".git/objects/bundles").exists(), "{name} {value}: a bundle was read");
    }
}

/// Puts a program first on the PATH that runs git without the variable.
fn as_an_old_git(repository: &mut Repository) {
    let folder = repository.environment.path("../programs");
    fs::create_dir_all(&folder).unwrap();
    let git = found("git").unwrap();
    executable(&folder.join("git"), &format!("#!/bin/sh\nunset GIT_NO_LAZY_FETCH\nexec {} \"$@\"\n", git.display()));
    executable(&folder.join("git-remote-evil"), "#!/bin/sh\ntouch ../canary/trace\n");
    repository.environment.set("PATH", format!("{}:{}", folder.display(), env::var("PATH").unwrap()));
}

fn found(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// The system's own record of the programs that start and of the connections that they make.
#[cfg(target_os = "linux")]
#[test]
fn starts_only_git_which_connects_to_nothing() {
    let Some(strace) = super::super::confined_files::traced::strace() else { return };
    let repository = Repository::new();
    let canary = Canary::new(&repository);
    repository.say("The Guide", "The Ultimate Guide");
    make_hostile(&repository, &canary);
    let log = repository.environment.path("../strace.log");
    for command in COMMANDS {
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let options = ["-s", "300", "-e", "trace=execve,connect"];
        let ended = repository.environment.command_under(&strace, &options, &log, &arguments).output().unwrap();
        assert!(matches!(ended.status.code(), Some(0 | 3 | 6)), "{command}: {ended:?}");
        let log = fs::read_to_string(&log).unwrap();
        let children: Vec<&str> = log.lines().filter(|line| is_git(line)).map(process).collect();
        assert!(!children.is_empty(), "{command}: git was not started:\n{log}");
        let is_stray = |line: &&str| match program(line) {
            Some(program) => !is_git(line) && program != env!("CARGO_BIN_EXE_slugline") && !line.contains(" = -1 "),
            None => line.contains("connect(") && children.contains(&process(line)),
        };
        let strays: Vec<&str> = log.lines().filter(is_stray).collect();
        assert!(strays.is_empty(), "{command}:\n{}", strays.join("\n"));
    }
    canary.did_not_run("strace");
}

/// Returns the process of a line of strace.
#[cfg(target_os = "linux")]
fn process(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

/// Returns the program that a line of strace starts.
#[cfg(target_os = "linux")]
fn program(line: &str) -> Option<&str> {
    line.split_once("execve(\"")?.1.split('"').next()
}

/// Returns whether a line of strace starts git from a folder of `PATH`. git starts its own subcommands from another one.
#[cfg(target_os = "linux")]
fn is_git(line: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let is_git =
        |program: &str| env::split_paths(&path).any(|folder| folder.join("git") == std::path::Path::new(program));
    program(line).is_some_and(is_git)
}
