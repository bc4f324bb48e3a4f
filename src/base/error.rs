//! Why the manifests of another commit cannot be had, and the way out.

use std::io;
use std::iter;

use crate::git;

/// How the history of a shallow clone is had.
/// A shallow clone follows one branch alone, unless it is told where to put the others.
const UNSHALLOW: &str = "the history with `git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'`";
/// The same where a workflow clones.
const IN_A_WORKFLOW: &str = "or in a GitHub workflow with `fetch-depth: 0` of actions/checkout";
/// How the messages begin where git does not trust a folder. Other messages can quote a text of the repository, with a line
/// in it that looks like git's advice.
const DISTRUST: [&str; 2] = ["fatal: detected dubious ownership in repository at ", "fatal: unsafe repository ("];
/// How git's advice begins then, in every version that has any.
const TRUST: &str = "git config --global --add safe.directory ";

/// Why the manifests of another commit cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Git(#[from] git::Error),
    #[error("the project does not lie in a git repository")]
    NoRepository,
    #[error("git detected dubious ownership: the folder of the repository belongs to another user")]
    Untrusted {
        /// The command that has git trust it.
        command: String,
    },
    #[error("there is no commit `{revision}`")]
    UnknownRevision { revision: String, is_shallow: bool },
    #[error("`{revision}` and the commit at hand have no common ancestor here")]
    Unrelated { revision: String, is_shallow: bool },
    #[error("whether `{revision}` has gone on since this branch began cannot be told: the clone is shallow")]
    Unclear { revision: String },
    #[error("git {command} failed: {message}")]
    Failed {
        command: String,
        message: String,
        /// Whether an object is missing, as in a partial clone.
        is_incomplete: bool,
    },
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Git(error.into())
    }
}

impl Error {
    /// Returns why git has failed at something that should have succeeded.
    pub(super) fn of(command: &str, output: &git::Output) -> Self {
        let complaint = output.complaint();
        let is_distrusted = DISTRUST.iter().any(|beginning| complaint.starts_with(beginning));
        match lines(&complaint).find(|line| is_distrusted && line.starts_with(TRUST)) {
            // A folder of another user's, as in many containers, is one that git does not read.
            Some(command) => Self::Untrusted { command: command.to_owned() },
            None => Self::failed(command, String::new()).with_complaint(&complaint),
        }
    }

    /// Returns the failure of a git command.
    pub(super) fn failed(command: &str, message: String) -> Self {
        let is_incomplete = is_missing_object(&message);
        Self::Failed { command: command.to_owned(), message, is_incomplete }
    }

    /// Adds the messages of git that name an error. Others can quote a file outside the repository, to which a link in
    /// `.git` leads, such as one in place of `objects/info/alternates`.
    pub(super) fn with_complaint(self, complaint: &str) -> Self {
        match self {
            Self::Failed { command, message, is_incomplete } => Self::Failed {
                command,
                message: joined(
                    iter::once(&*message).chain(lines(complaint).filter(|line| line.starts_with("fatal: "))),
                ),
                is_incomplete: is_incomplete || is_missing_object(complaint),
            },
            error => error,
        }
    }

    /// Returns the way out.
    pub fn hint(&self) -> String {
        match self {
            Self::Git(error) => error.hint().to_owned(),
            Self::NoRepository => "make one with `git init`, or leave the commit out".to_owned(),
            Self::Failed { is_incomplete: true, .. } => {
                "the clone lacks an object; slugline does not fetch: run `git fetch --refetch --no-filter`, or clone without \
                 `--filter`"
                    .to_owned()
            }
            Self::Untrusted { command } => format!("if you trust what is in it, run `{command}`"),
            Self::UnknownRevision { revision, .. } if is_nothing(revision) => {
                "a hash of zeros stands for no commit, as in the first push of a branch; leave it out".to_owned()
            }
            Self::UnknownRevision { revision, is_shallow: true } => {
                format!("the clone is shallow; fetch {}, {IN_A_WORKFLOW}", fetch(revision))
            }
            Self::Unrelated { is_shallow: true, .. } => {
                format!("the clone is shallow; fetch {UNSHALLOW}, {IN_A_WORKFLOW}")
            }
            Self::Unclear { .. } => format!(
                "fetch {UNSHALLOW}, {IN_A_WORKFLOW}; or name by its whole hash the commit that this one was made from"
            ),
            Self::UnknownRevision { .. } => {
                "name a commit, a branch or a tag; a branch of the remote may need `origin/`".to_owned()
            }
            Self::Unrelated { .. } => "name a commit that the branch started from".to_owned(),
            Self::Failed { .. } => "try the same with git itself".to_owned(),
        }
    }
}

/// Returns whether git reports that an object is missing, as in a partial clone.
fn is_missing_object(message: &str) -> bool {
    ["lazy fetching disabled", "missing", "could not fetch", "promisor", "transport"]
        .iter()
        .any(|part| message.contains(part))
}

fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

fn lines(complaint: &str) -> impl Iterator<Item = &str> {
    complaint.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Returns whether a revision is the hash that git hosts give where there is no commit.
fn is_nothing(revision: &str) -> bool {
    revision.len() >= 40 && revision.chars().all(|digit| digit == '0')
}

/// Returns whether a revision is a whole hash, and so means what it says wherever branches go.
pub(super) fn is_hash(revision: &str) -> bool {
    revision.len() >= 40 && revision.chars().all(|digit| digit.is_ascii_hexdigit())
}

/// Returns how a shallow clone gets at a commit.
fn fetch(revision: &str) -> String {
    match is_hash(revision) {
        true => format!("that commit with `git fetch --depth=1 origin {revision}`"),
        false => UNSHALLOW.to_owned(),
    }
}
