//! Runs git in the folder of a project. The only module that starts git.
//!
//! A repository is untrusted input: its configuration can name programs that git runs. So git runs only subcommands
//! that read objects, refs and the index, with the settings that could run a program overridden, without a token in its
//! environment, and without a network. See `docs/decisions/git-program.md`.

use std::env;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::child;

/// The subcommands that slugline runs. None of them runs a filter, a text conversion, a hook or a pager.
const SUBCOMMANDS: [&str; 5] = ["cat-file", "ls-files", "ls-tree", "merge-base", "rev-parse"];

/// Options before the subcommand. They override the configuration of the repository.
const HARDENED: [&str; 12] = [
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
    // A fetch reads it without regard to the allowed protocols.
    "-c",
    "fetch.bundleURI=",
];

/// Variables set for git. Together they prevent that a partial clone fetches missing objects, which would run the programs
/// that the repository configures for its remotes. Versions of git before 2.45 can ignore the first one.
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

/// The longest output that is read. A listing of 500,000 files is shorter; the trees of a small repository can list
/// billions of files.
const MAX_OUTPUT: u64 = 128 << 20;
/// How much of the messages is read.
const MAX_MESSAGES: u64 = 64 << 10;

/// Why there is no result of a git command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("failed to run git")]
    Start(#[from] io::Error),
    #[error("`{}` looks like a bare git repository", folder.display())]
    BareRepository {
        /// The folder that git would take for the repository.
        folder: PathBuf,
    },
    #[error("git {subcommand} printed more than {} MB", MAX_OUTPUT >> 20)]
    TooLong { subcommand: String },
    #[error("git cannot read the index of the repository")]
    Index,
}

impl Error {
    /// Returns a fix.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Start(_) => "install git, or leave the commit out",
            Self::BareRepository { .. } => {
                "its `HEAD`, `objects` and `refs` could replace the repository around it; remove them, or leave the commit \
                 out"
            }
            Self::TooLong { .. } => "name another commit: this one has too many files",
            Self::Index => "the repository may be damaged: remove the folder, or clone the repository again",
        }
    }
}

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

    /// Returns whether git failed because the folder is in no repository.
    pub fn is_without_repository(&self) -> bool {
        !self.status.success() && self.stderr.starts_with(b"fatal: not a git repository")
    }
}

/// Runs git in a folder and waits until it ends. The first argument is one of the subcommands above.
pub fn run(folder: &Path, arguments: &[&str]) -> Result<Output, Error> {
    let mut command = in_repository_of(folder, arguments)?;
    output(&mut command, arguments)
}

/// Starts git in a folder, with pipes. The first argument is one of the subcommands above.
pub fn start(folder: &Path, arguments: &[&str]) -> Result<Child, Error> {
    let mut command = in_repository_of(folder, arguments)?;
    Ok(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?)
}

/// Returns whether the index of the repository has a file or folder of the project, or anything below it, in any case of
/// its name: some file systems find the same folder under another case. False without git or without a repository.
///
/// Names the repository around the folder, so that a bare repository among the files, or another owner of the folder,
/// does not hide what the index has.
pub fn tracks(root: &Path, name: &str) -> Result<bool, Error> {
    let arguments = ["ls-files", "-z", "--", &format!(":(icase,literal){name}")];
    let mut command = match repository_around(root) {
        Some(around) if !is_meant_by_hand(root) => {
            let mut command = hardened(root, &arguments);
            remove(&mut command, &OF_A_REPOSITORY);
            command.env(DIRECTORY, around.join(".git")).env(WORK_TREE, around);
            command
        }
        _ => in_repository_of(root, &arguments)?,
    };
    match output(&mut command, &arguments) {
        Ok(output) if output.status.success() => Ok(!output.stdout.is_empty()),
        Ok(output) if output.is_without_repository() => Ok(false),
        Ok(_) => Err(Error::Index),
        Err(Error::Start(error)) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns git in the repository that a folder belongs to.
fn in_repository_of(folder: &Path, arguments: &[&str]) -> Result<Command, Error> {
    if let Some(folder) = bare_repository(folder) {
        return Err(Error::BareRepository { folder });
    }
    let mut command = hardened(folder, arguments);
    match is_meant_by_hand(folder) {
        // git runs in another folder than this process, so a relative path must become absolute.
        true => [DIRECTORY, WORK_TREE].into_iter().for_each(|name| {
            let _ = variable(name).map(|path| command.env(name, path));
        }),
        // A hook, an alias or `git rebase --exec` names a repository without its work tree. git would then take the
        // project folder for the top of the work tree.
        false => remove(&mut command, &OF_A_REPOSITORY),
    }
    Ok(command)
}

/// Returns git with everything overridden by which a repository makes it run a program.
fn hardened(folder: &Path, arguments: &[&str]) -> Command {
    let subcommand = arguments.first().copied().unwrap_or_default();
    assert!(SUBCOMMANDS.contains(&subcommand), "`git {subcommand}` can run programs that a repository configures");
    let mut command = child::command("git");
    command.args(HARDENED).args(arguments).current_dir(folder).envs(ENVIRONMENT);
    remove(&mut command, &OF_PATHS);
    command
}

fn remove(command: &mut Command, names: &[&str]) {
    for name in names {
        command.env_remove(name);
    }
}

/// Runs git until it ends, or until it has printed more than is read.
fn output(command: &mut Command, arguments: &[&str]) -> Result<Output, Error> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(Error::Start(io::ErrorKind::BrokenPipe.into()));
    };
    let (stdout, stderr) = std::thread::scope(|scope| {
        let stderr = scope.spawn(|| beginning(err));
        let mut stdout = Vec::new();
        let read = out.take(MAX_OUTPUT + 1).read_to_end(&mut stdout);
        if read.is_err() || stdout.len() as u64 > MAX_OUTPUT {
            let _ = child.kill();
        }
        (read.map(|_| stdout), stderr.join().unwrap_or_default())
    });
    let status = child.wait()?;
    let stdout = stdout?;
    match stdout.len() as u64 > MAX_OUTPUT {
        true => Err(Error::TooLong { subcommand: arguments.first().copied().unwrap_or_default().to_owned() }),
        false => Ok(Output { status, stdout, stderr }),
    }
}

/// Returns the beginning of the messages. Reads all of them: git waits while the pipe is full.
pub fn beginning(mut messages: impl Read) -> Vec<u8> {
    let mut beginning = Vec::new();
    let _ = messages.by_ref().take(MAX_MESSAGES).read_to_end(&mut beginning);
    let _ = io::copy(&mut messages, &mut io::sink());
    beginning
}

/// Returns the folder that git would take for a bare repository, if the project folder is or lies in one: before any
/// parent with a `.git`. Versions of git before 2.38 ignore `safe.bareRepository`.
fn bare_repository(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mut candidates = folder.ancestors().take_while(|folder| !has_repository(folder));
    let found = candidates.find(|folder| {
        let has = |name: &str| folder.join(name).symlink_metadata().is_ok();
        has("HEAD") && (has("commondir") || (has("objects") && has("refs")))
    });
    found.map(Path::to_owned)
}

/// Returns whether the repository in the environment is the one that the folder belongs to.
///
/// A repository can be outside its work tree. The environment then names both, and the work tree contains the folder, with
/// no other repository in between; or it names only the repository, and no parent of the folder has one.
fn is_meant_by_hand(folder: &Path) -> bool {
    let Some(around) = repository_around(folder) else { return true };
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let work_tree = variable(DIRECTORY).and_then(|_| variable(WORK_TREE)?.canonicalize().ok());
    work_tree.is_some_and(|work_tree| folder.starts_with(&work_tree) && work_tree.starts_with(around))
}

/// Returns the nearest folder with a `.git`: the folder itself or one above it.
fn repository_around(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.ancestors().find(|folder| has_repository(folder)).map(Path::to_owned)
}

fn has_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
}

/// Returns the absolute path in a variable.
fn variable(name: &str) -> Option<PathBuf> {
    let value = env::var_os(name).filter(|value| !value.is_empty())?;
    std::path::absolute(value).ok()
}
