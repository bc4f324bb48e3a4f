//! Git, run in the folder of a project: the one place that starts it. Must not know what it is asked.
//!
//! Which repository is meant is told by where the folder lies.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// The variables by which git tells the programs that it starts where its repository is, as
/// `git rev-parse --local-env-vars` lists them. Those that hold settings are left out: they are how a pipeline declares a
/// folder safe, and git hands them on to other repositories as well.
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
/// The variables that give paths on git's command line another meaning; editors set them for what they start.
const OF_PATHS: [&str; 4] =
    ["GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"];
/// Where the repository is.
const DIRECTORY: &str = "GIT_DIR";
/// Where its files are.
const WORK_TREE: &str = "GIT_WORK_TREE";

/// How a call of git ended.
pub struct Output {
    pub status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Output {
    /// Returns what git answered.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Returns what git complained of, line by line.
    pub fn complaint(&self) -> String {
        String::from_utf8_lossy(&self.stderr).trim().to_owned()
    }
}

/// Runs git in a folder to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> io::Result<Output> {
    let output = command(folder, arguments).stdin(Stdio::null()).output()?;
    Ok(Output { status: output.status, stdout: output.stdout, stderr: output.stderr })
}

/// Returns git about to be run in a folder.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    // Messages are shown as they are; locks would get in the way of whoever works in the repository.
    command.arg("--no-optional-locks").args(arguments).current_dir(folder).env("LC_ALL", "C");
    OF_PATHS.into_iter().for_each(|name| {
        command.env_remove(name);
    });
    match is_meant_by_hand(folder) {
        // Git runs in another folder than this program, so a name that is told from here means another place there.
        true => [DIRECTORY, WORK_TREE].into_iter().for_each(|name| {
            let _ = variable(name).map(|path| command.env(name, path));
        }),
        // A hook, an alias or `git rebase --exec` of a linked work tree names a repository without its work tree. By
        // that, git would take the folder of the project for the top of it, and find nothing there.
        false => OF_A_REPOSITORY.into_iter().for_each(|name| {
            command.env_remove(name);
        }),
    }
    command
}

/// Returns whether the repository that the environment names is the one that the folder belongs to.
///
/// Some people keep their files in a repository that lies elsewhere. They name it together with its work tree, which then
/// has the folder in it, with no other repository in between; or it alone, where no repository lies around the folder
/// and git would find none.
fn is_meant_by_hand(folder: &Path) -> bool {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let Some(around) = folder.ancestors().find(|folder| folder.join(".git").exists()) else { return true };
    let work_tree = variable(DIRECTORY).and_then(|_| variable(WORK_TREE)?.canonicalize().ok());
    work_tree.is_some_and(|work_tree| folder.starts_with(&work_tree) && work_tree.starts_with(around))
}

/// Returns the place that a variable names.
fn variable(name: &str) -> Option<PathBuf> {
    let value = env::var_os(name).filter(|value| !value.is_empty())?;
    std::path::absolute(value).ok()
}
