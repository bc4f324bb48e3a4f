//! The manifests of another commit, read through git without a checkout: nothing in the work tree is touched.
//!
//! Returns what reading a folder returns. Must not know what a difference between the two means.

use std::io::{self, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;

use crate::diagnostic;
use crate::manifest::globs::PageGlobs;
use crate::manifest::load::Loaded;
use crate::manifest::project::FILE_NAME;
use crate::manifest::read;
use crate::source::Sources;

/// The full hash of a commit that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit(String);

impl Commit {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why the manifests of another commit cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("failed to run git")]
    Git(#[source] io::Error),
    #[error("the project does not lie in a git repository")]
    NoRepository,
    #[error("there is no commit `{revision}`")]
    UnknownRevision { revision: String, is_shallow: bool },
    #[error("`{revision}` and the commit at hand have no common ancestor here")]
    Unrelated { revision: String, is_shallow: bool },
    #[error("git {command} failed: {message}")]
    Failed { command: String, message: String },
}

impl Error {
    /// Returns the way out.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Git(_) => "install git, or leave the commit out",
            Self::NoRepository => "make one with `git init`, or leave the commit out",
            Self::UnknownRevision { is_shallow: true, .. } | Self::Unrelated { is_shallow: true, .. } => {
                "the clone is shallow; fetch the history with `git fetch --unshallow`, or in a GitHub workflow with \
                 `fetch-depth: 0` of actions/checkout"
            }
            Self::UnknownRevision { .. } => {
                "name a commit, a branch or a tag; a branch of the remote may need `origin/`"
            }
            Self::Unrelated { .. } => "name a commit that the branch started from",
            Self::Failed { .. } => "try the same with git itself",
        }
    }
}

/// Returns the folder of the project as seen from the top of its repository: empty, or with a `/` at the end. Nothing
/// where there is no repository.
pub fn prefix(root: &Path) -> Option<String> {
    let output = git(root, &["rev-parse", "--show-prefix"]).ok()?;
    output.status.success().then(|| output.text().trim_end_matches('\n').to_owned())
}

/// Returns the commit that a revision names.
pub fn resolve(root: &Path, revision: &str) -> Result<Commit, Error> {
    // Asked first, since git ends in the same way where the commit is not there.
    let repository = git(root, &["rev-parse", "--show-prefix"])?;
    if !repository.status.success() {
        // A repository of another user's, as in many containers, is one that git does not open, and it says how it would.
        let is_none = String::from_utf8_lossy(&repository.stderr).contains("not a git repository");
        return Err(if is_none { Error::NoRepository } else { repository.failed("rev-parse") });
    }
    let peeled = format!("{revision}^{{commit}}");
    let output = git(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled])?;
    match output.status.success() {
        true => Ok(Commit(output.text().trim().to_owned())),
        false => Err(Error::UnknownRevision { revision: revision.to_owned(), is_shallow: is_shallow(root) }),
    }
}

/// Returns the commit at which the one at hand and a revision parted, so that what others did since does not count.
pub fn merge_base(root: &Path, revision: &str) -> Result<Commit, Error> {
    let commit = resolve(root, revision)?;
    let output = git(root, &["merge-base", "HEAD", commit.as_str()])?;
    match output.status.code() {
        Some(0) => Ok(Commit(output.text().trim().to_owned())),
        Some(1) => Err(Error::Unrelated { revision: revision.to_owned(), is_shallow: is_shallow(root) }),
        _ => Err(output.failed("merge-base")),
    }
}

fn is_shallow(root: &Path) -> bool {
    git(root, &["rev-parse", "--is-shallow-repository"]).is_ok_and(|output| output.text().trim() == "true")
}

/// Returns what the files of the project said at a commit. A project that was not there yet had none.
pub fn manifests(root: &Path, commit: &Commit) -> Result<Loaded, Error> {
    let files = files(root, commit)?;
    let mut loaded = Loaded { project: None, pages: Vec::new(), sources: Sources::default(), diagnostics: Vec::new() };
    let project = files.iter().filter(|(name, _)| name == FILE_NAME);
    for (file, text) in texts(root, project, &mut loaded)? {
        let (project, problems) = read::project(&file, &text);
        loaded.project = project;
        loaded.diagnostics.extend(problems);
        loaded.sources.insert(file, text);
    }
    let globs = PageGlobs::of(loaded.project.as_ref().map(|project| &project.manifest));
    let pages = files.iter().filter(|(name, _)| globs.matches(name));
    for (file, text) in texts(root, pages, &mut loaded)? {
        let (pages, problems) = read::pages(&file, &text);
        loaded.pages.extend(pages);
        loaded.diagnostics.extend(problems);
        loaded.sources.insert(file, text);
    }
    diagnostic::sort(&mut loaded.diagnostics);
    Ok(loaded)
}

/// A file of a commit: its name relative to the project, and the hash of its content.
type File = (String, String);

/// Returns the ordinary files in the folder of the project, sorted by name.
fn files(root: &Path, commit: &Commit) -> Result<Vec<File>, Error> {
    // Names are relative to the folder that git runs in, and so is what is listed.
    let output = git(root, &["ls-tree", "-r", "-z", "--end-of-options", commit.as_str()])?;
    if !output.status.success() {
        return Err(output.failed("ls-tree"));
    }
    let text = output.text();
    let mut files: Vec<File> = text.split('\0').filter_map(file).collect();
    files.sort();
    Ok(files)
}

/// Takes `100644 blob HASH<tab>NAME` apart; links and submodules are no files.
fn file(line: &str) -> Option<File> {
    let (facts, name) = line.split_once('\t')?;
    let mut facts = facts.split(' ');
    let is_file = facts.next()?.starts_with("100") && facts.next()? == "blob";
    is_file.then_some((name.to_owned(), facts.next()?.to_owned()))
}

/// Returns the texts of files, all asked for at once: a process a file would take minutes on a large site.
fn texts<'f>(
    root: &Path,
    files: impl Iterator<Item = &'f File>,
    loaded: &mut Loaded,
) -> Result<Vec<(Arc<str>, String)>, Error> {
    let files: Vec<&File> = files.collect();
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let mut child = command(root, &["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(Error::Git)?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Error::Git(io::ErrorKind::BrokenPipe.into()));
    };
    let question: String = files.iter().map(|(_, hash)| format!("{hash}\n")).collect();
    let contents = std::thread::scope(|scope| {
        // Both pipes are small: whoever writes all before reading waits forever.
        scope.spawn(move || stdin.write_all(question.as_bytes()));
        let mut answers = BufReader::new(stdout);
        files.iter().map(|(name, _)| content(&mut answers, name)).collect::<Result<Vec<_>, _>>()
    });
    let contents = match contents {
        Ok(contents) => contents,
        Err(error) => {
            // It may still wait for somebody to read the rest.
            let _ = child.kill();
            let _ = child.wait();
            return Err(error);
        }
    };
    child.wait().map_err(Error::Git)?;
    let mut texts = Vec::with_capacity(files.len());
    for ((name, _), bytes) in files.iter().zip(contents) {
        let file: Arc<str> = name.as_str().into();
        let (text, problem) = read::text(&file, bytes);
        match problem {
            None => texts.push((file, text)),
            Some(problem) => loaded.diagnostics.push(problem),
        }
    }
    Ok(texts)
}

/// Reads the next answer of `git cat-file --batch`: `HASH blob SIZE`, the content, a line break.
fn content(answers: &mut impl io::BufRead, name: &str) -> Result<Vec<u8>, Error> {
    let mut header = String::new();
    answers.read_line(&mut header).map_err(Error::Git)?;
    let size = header.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
    let Some(size) = size else {
        let message = format!("`{name}` cannot be read: {}", header.trim_end());
        return Err(Error::Failed { command: "cat-file".to_owned(), message });
    };
    let mut bytes = Vec::new();
    answers.take(size + 1).read_to_end(&mut bytes).map_err(Error::Git)?;
    if bytes.len() as u64 != size + 1 {
        let message = format!("`{name}` ends early");
        return Err(Error::Failed { command: "cat-file".to_owned(), message });
    }
    bytes.pop();
    Ok(bytes)
}

/// How a call of git ended.
struct Output {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Output {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    fn failed(&self, command: &str) -> Error {
        let message = String::from_utf8_lossy(&self.stderr).trim().to_owned();
        Error::Failed { command: command.to_owned(), message }
    }
}

fn git(root: &Path, arguments: &[&str]) -> Result<Output, Error> {
    let output = command(root, arguments).stdin(Stdio::null()).output().map_err(Error::Git)?;
    Ok(Output { status: output.status, stdout: output.stdout, stderr: output.stderr })
}

fn command(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    // Messages are shown as they are; locks would get in the way of whoever works in the repository.
    command.arg("--no-optional-locks").args(arguments).current_dir(root).env("LC_ALL", "C");
    command
}
