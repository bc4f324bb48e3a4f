//! Runs git in the folder of a project. The only module that starts git.
//!
//! A repository is untrusted input: its configuration can name programs that git runs. So git runs only subcommands
//! that read objects, refs and the index, with the settings that could run a program overridden, without a token in its
//! environment, and without a network. See `docs/decisions/git-program.md`.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use crate::child;

/// The subcommands that slugline runs. None of them runs a filter, a text conversion, a hook or a pager.
const SUBCOMMANDS: [&str; 5] = ["cat-file", "ls-files", "ls-tree", "merge-base", "rev-parse"];

/// Options before the subcommand. They override the configuration of the repository.
const HARDENED: [&str; 10] = [
    "--no-pager",
    // A lock would block other git processes in the repository.
    "--no-optional-locks",
    // Ordinary files in a project can form a bare repository with a configuration of its own.
    "-c",
    "safe.bareRepository=explicit",
    // Runs when the index is read.
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "protocol.allow=never",
];

/// Variables set for git. Together they prevent that a partial clone fetches missing objects, which would run the programs
/// that the repository configures for its remotes.
const ENVIRONMENT: [(&str, &str); 5] = [
    ("GIT_NO_LAZY_FETCH", "1"),
    // Overrides `protocol.<name>.allow` too. No protocol has this name.
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_TERMINAL_PROMPT", "0"),
    // Messages are parsed.
    ("LC_ALL", "C"),
    ("GIT_OPTIONAL_LOCKS", "0"),
];

/// The variables by which git passes the location of its repository to programs that it starts, as
/// `git rev-parse --local-env-vars` lists them. Variables that hold settings are kept: pipelines use them to mark a folder
/// as safe.
const OF_A_REPOSITORY: [&str; 12] = [
    DIRECTORY,
    WORK_TREE,
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
];
/// The variables that change the meaning of paths on git's command line; editors set them.
const OF_PATHS: [&str; 4] =
    ["GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"];
/// The location of the repository.
const DIRECTORY: &str = "GIT_DIR";
/// The location of its files.
const WORK_TREE: &str = "GIT_WORK_TREE";

/// The result of a git command.
pub struct Output {
    pub status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Output {
    /// Returns stdout.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Returns stderr, line by line.
    pub fn complaint(&self) -> String {
        String::from_utf8_lossy(&self.stderr).trim().to_owned()
    }
}

/// Runs git in a folder and waits until it ends. The first argument is one of the subcommands above.
pub fn run(folder: &Path, arguments: &[&str]) -> io::Result<Output> {
    let output = command(folder, arguments).stdin(Stdio::null()).output()?;
    Ok(Output { status: output.status, stdout: output.stdout, stderr: output.stderr })
}

/// Returns a git command that is ready to run in a folder. The first argument is one of the subcommands above.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let subcommand = arguments.first().copied().unwrap_or_default();
    assert!(SUBCOMMANDS.contains(&subcommand), "`git {subcommand}` can run programs that a repository configures");
    let mut command = child::command("git");
    command.args(HARDENED).args(arguments).current_dir(folder).envs(ENVIRONMENT);
    OF_PATHS.into_iter().for_each(|name| {
        command.env_remove(name);
    });
    match is_meant_by_hand(folder) {
        // git runs in another folder than this process, so a relative path must become absolute.
        true => [DIRECTORY, WORK_TREE].into_iter().for_each(|name| {
            let _ = variable(name).map(|path| command.env(name, path));
        }),
        // A hook, an alias or `git rebase --exec` names a repository without its work tree. git would then take the
        // project folder for the top of the work tree.
        false => OF_A_REPOSITORY.into_iter().for_each(|name| {
            command.env_remove(name);
        }),
    }
    command
}

/// Returns the folder that git would take for a bare repository, if the project folder is or lies in one: before any
/// parent with a `.git`. Versions of git before 2.38 ignore `safe.bareRepository`.
pub fn bare_repository(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let candidates = folder.ancestors().take_while(|folder| !folder.join(".git").exists());
    let found = candidates.into_iter().find(|folder| {
        let has = |name: &str| folder.join(name).symlink_metadata().is_ok();
        has("HEAD") && (has("commondir") || (has("objects") && has("refs")))
    });
    found.map(Path::to_owned)
}

/// Returns whether the index of the repository has a file or folder of the project, or anything below it, in any case of
/// its name: some file systems find the same folder under another case. False without git or without a repository.
pub fn tracks(root: &Path, name: &str) -> bool {
    let output = run(root, &["ls-files", "-z", "--", &format!(":(icase,literal){name}")]);
    output.is_ok_and(|output| output.status.success() && !output.stdout.is_empty())
}

/// Returns whether the repository in the environment is the one that the folder belongs to.
///
/// A repository can be outside its work tree. The environment then names both, and the work tree contains the folder, with
/// no other repository in between; or it names only the repository, and no parent of the folder has one.
fn is_meant_by_hand(folder: &Path) -> bool {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let Some(around) = folder.ancestors().find(|folder| folder.join(".git").exists()) else { return true };
    let work_tree = variable(DIRECTORY).and_then(|_| variable(WORK_TREE)?.canonicalize().ok());
    work_tree.is_some_and(|work_tree| folder.starts_with(&work_tree) && work_tree.starts_with(around))
}

/// Returns the absolute path in a variable.
fn variable(name: &str) -> Option<PathBuf> {
    let value = env::var_os(name).filter(|value| !value.is_empty())?;
    std::path::absolute(value).ok()
}
