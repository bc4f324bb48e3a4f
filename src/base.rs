//! The manifests of another commit, read through git without a checkout: nothing in the work tree is touched.
//!
//! Returns what reading a folder returns. Must not know what a difference between the two means.

use std::io::{self, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic};
use crate::git;
use crate::manifest::globs::PageGlobs;
use crate::manifest::load::Loaded;
use crate::manifest::project::FILE_NAME;
use crate::manifest::{codes, read};
use crate::source::{Location, Sources};

/// The full hash of a commit that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit(String);

impl Commit {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How the history of a shallow clone is had.
/// A shallow clone follows one branch alone, unless it is told where to put the others.
const UNSHALLOW: &str = "the history with `git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'`";
/// The same where a workflow clones.
const IN_A_WORKFLOW: &str = "or in a GitHub workflow with `fetch-depth: 0` of actions/checkout";

/// Why the manifests of another commit cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("failed to run git")]
    Git(#[from] io::Error),
    #[error("the project does not lie in a git repository")]
    NoRepository,
    #[error("there is no commit `{revision}`")]
    UnknownRevision { revision: String, is_shallow: bool },
    #[error("`{revision}` and the commit at hand have no common ancestor here")]
    Unrelated { revision: String, is_shallow: bool },
    #[error("whether `{revision}` has gone on since this branch began cannot be told: the clone is shallow")]
    Unclear { revision: String },
    #[error("git {command} failed: {message}")]
    Failed { command: String, message: String },
}

impl Error {
    /// Returns the way out.
    pub fn hint(&self) -> String {
        match self {
            Self::Git(_) => "install git, or leave the commit out".to_owned(),
            Self::NoRepository => "make one with `git init`, or leave the commit out".to_owned(),
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

fn failed(command: &str, output: &git::Output) -> Error {
    Error::Failed { command: command.to_owned(), message: output.complaint() }
}

/// Returns whether a revision is the hash that git hosts give where there is no commit.
fn is_nothing(revision: &str) -> bool {
    revision.len() >= 40 && revision.chars().all(|digit| digit == '0')
}

fn is_hash(revision: &str) -> bool {
    revision.len() >= 40 && revision.chars().all(|digit| digit.is_ascii_hexdigit())
}

/// Returns how a shallow clone gets at a commit.
fn fetch(revision: &str) -> String {
    match is_hash(revision) {
        true => format!("that commit with `git fetch --depth=1 origin {revision}`"),
        false => UNSHALLOW.to_owned(),
    }
}

/// Returns the folder of the project as seen from the top of its repository: empty, or with a `/` at the end. Nothing
/// where there is no repository.
pub fn prefix(root: &Path) -> Option<String> {
    let output = git::run(root, &["rev-parse", "--show-prefix"]).ok()?;
    output.status.success().then(|| output.text().trim_end_matches('\n').to_owned())
}

/// Returns the commit that a revision names.
pub fn resolve(root: &Path, revision: &str) -> Result<Commit, Error> {
    // Asked first, since git ends in the same way where the commit is not there.
    let repository = git::run(root, &["rev-parse", "--show-prefix"])?;
    if !repository.status.success() {
        // A repository of another user's, as in many containers, is one that git does not open, and it says how it would.
        let is_none = repository.complaint().contains("not a git repository");
        return Err(if is_none { Error::NoRepository } else { failed("rev-parse", &repository) });
    }
    let peeled = format!("{revision}^{{commit}}");
    let output = git::run(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled])?;
    match output.status.success() {
        true => Ok(Commit(output.text().trim().to_owned())),
        false => Err(Error::UnknownRevision { revision: revision.to_owned(), is_shallow: is_shallow(root) }),
    }
}

/// How the commit to tell differences by has to do with the revision that was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinship {
    /// It is the one that was named.
    Named,
    /// It is where the one at hand and the one that was named parted.
    Parted,
    /// It is the one that was named; whether the two have parted cannot be told in this clone.
    Unclear,
}

/// Returns the commit to tell differences by: the one that is named, unless it has gone on since the one at hand branched
/// off. What happened there since then would read as if the branch took it back.
pub fn base(root: &Path, revision: &str) -> Result<(Commit, Kinship), Error> {
    let named = resolve(root, revision)?;
    // In a repository without a commit of its own, nothing has parted.
    let Ok(head) = resolve(root, "HEAD") else { return Ok((named, Kinship::Named)) };
    let output = git::run(root, &["merge-base", head.as_str(), named.as_str()])?;
    match output.status.code() {
        Some(0) => {
            let common = Commit(output.text().trim().to_owned());
            let is_ahead_or_behind = common == named || common == head;
            Ok(if is_ahead_or_behind { (named, Kinship::Named) } else { (common, Kinship::Parted) })
        }
        Some(1) if is_shallow(root) && !is_parent(root, &named, &head)? => match is_hash(revision) {
            true => Ok((named, Kinship::Unclear)),
            false => Err(Error::Unclear { revision: revision.to_owned() }),
        },
        Some(1) => Ok((named, Kinship::Named)),
        _ => Err(failed("merge-base", &output)),
    }
}

/// Returns whether a commit names the other as its parent; it does so where the clone does not reach back to that.
fn is_parent(root: &Path, parent: &Commit, of: &Commit) -> Result<bool, Error> {
    let output = git::run(root, &["cat-file", "commit", of.as_str()])?;
    let line = format!("parent {}", parent.as_str());
    Ok(output.text().lines().take_while(|header| !header.is_empty()).any(|header| header == line))
}

/// Returns the commit at which the one at hand and a revision parted, so that what others did since does not count.
pub fn merge_base(root: &Path, revision: &str) -> Result<Commit, Error> {
    let commit = resolve(root, revision)?;
    let output = git::run(root, &["merge-base", "HEAD", commit.as_str()])?;
    match output.status.code() {
        Some(0) => Ok(Commit(output.text().trim().to_owned())),
        Some(1) => Err(Error::Unrelated { revision: revision.to_owned(), is_shallow: is_shallow(root) }),
        _ => Err(failed("merge-base", &output)),
    }
}

fn is_shallow(root: &Path) -> bool {
    git::run(root, &["rev-parse", "--is-shallow-repository"]).is_ok_and(|output| output.text().trim() == "true")
}

/// Returns what the files of the project said at a commit. A project that was not there yet had none.
pub fn manifests(root: &Path, commit: &Commit) -> Result<Loaded, Error> {
    let entries = entries(root, commit)?;
    let mut loaded = Loaded { project: None, pages: Vec::new(), sources: Sources::default(), diagnostics: Vec::new() };
    let Some(project) = entries.iter().find(|entry| entry.name == FILE_NAME) else { return Ok(loaded) };
    for (file, text) in texts(root, &[project], &mut loaded)? {
        let (project, problems) = read::project(&file, &text);
        loaded.project = project;
        loaded.diagnostics.extend(problems);
        loaded.sources.insert(file, text);
    }
    let globs = PageGlobs::of(loaded.project.as_ref().map(|project| &project.manifest));
    let pages: Vec<&Entry> = entries.iter().filter(|entry| entry.is_page(&globs)).collect();
    for (file, text) in texts(root, &pages, &mut loaded)? {
        let (pages, problems) = read::pages(&file, &text);
        loaded.pages.extend(pages);
        loaded.diagnostics.extend(problems);
        loaded.sources.insert(file, text);
    }
    diagnostic::sort(&mut loaded.diagnostics);
    Ok(loaded)
}

/// Something that a commit holds.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    /// Relative to the project.
    name: String,
    /// The hash of its content.
    hash: String,
    kind: EntryKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum EntryKind {
    File,
    Link,
    Submodule,
}

/// Returns what lies in the folder of the project, sorted by name.
fn entries(root: &Path, commit: &Commit) -> Result<Vec<Entry>, Error> {
    // Names are relative to the folder that git runs in, and so is what is listed.
    let output = git::run(root, &["ls-tree", "-r", "-z", "--end-of-options", commit.as_str()])?;
    if !output.status.success() {
        return Err(failed("ls-tree", &output));
    }
    let text = output.text();
    let mut entries: Vec<Entry> = text.split('\0').filter_map(Entry::parse).collect();
    entries.sort();
    Ok(entries)
}

impl Entry {
    /// Takes `100644 blob HASH<tab>NAME` apart.
    fn parse(line: &str) -> Option<Self> {
        let (facts, name) = line.split_once('\t')?;
        let mut facts = facts.split(' ');
        let kind = match (facts.next()?, facts.next()?) {
            (_, "commit") => EntryKind::Submodule,
            ("120000", _) => EntryKind::Link,
            _ => EntryKind::File,
        };
        Some(Self { name: name.to_owned(), hash: facts.next()?.to_owned(), kind })
    }

    /// Returns whether it holds pages, or would if it could be followed.
    fn is_page(&self, globs: &PageGlobs) -> bool {
        match self.kind {
            EntryKind::File => globs.matches(&self.name),
            // A link to a folder has the name of a folder.
            EntryKind::Link => {
                let is_folder = !self.name.rsplit('/').next().unwrap_or_default().contains('.');
                globs.matches(&self.name) || (is_folder && globs.may_match_below(&self.name))
            }
            EntryKind::Submodule => globs.may_match_below(&self.name),
        }
    }

    /// Returns the problem that it is if it leads out of the commit.
    fn detour(&self) -> Option<Diagnostic> {
        let what = match self.kind {
            EntryKind::File => return None,
            EntryKind::Link => "a link",
            EntryKind::Submodule => "a submodule",
        };
        let message = format!("`{}` is {what}, which is not followed in an earlier commit", self.name);
        Some(Diagnostic::error(codes::NOT_A_FILE, message).at(Location::whole(&self.name.as_str().into())))
    }
}

/// Returns the texts of files, all asked for at once: a process a file would take minutes on a large site.
fn texts(root: &Path, entries: &[&Entry], loaded: &mut Loaded) -> Result<Vec<(Arc<str>, String)>, Error> {
    loaded.diagnostics.extend(entries.iter().filter_map(|entry| entry.detour()));
    let files: Vec<&Entry> = entries.iter().copied().filter(|entry| entry.kind == EntryKind::File).collect();
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let contents = contents(root, &files)?;
    let mut texts = Vec::with_capacity(files.len());
    for (entry, bytes) in files.iter().zip(contents) {
        let file: Arc<str> = entry.name.as_str().into();
        let (text, problem) = read::text(&file, bytes);
        match problem {
            None => texts.push((file, text)),
            Some(problem) => loaded.diagnostics.push(problem),
        }
    }
    Ok(texts)
}

fn contents(root: &Path, files: &[&Entry]) -> Result<Vec<Vec<u8>>, Error> {
    let mut child = git::command(root, &["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(Error::Git)?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Error::Git(io::ErrorKind::BrokenPipe.into()));
    };
    let question: String = files.iter().map(|entry| format!("{}\n", entry.hash)).collect();
    let contents = std::thread::scope(|scope| {
        // Both pipes are small: whoever writes all before reading waits forever.
        scope.spawn(move || stdin.write_all(question.as_bytes()));
        let mut answers = BufReader::new(stdout);
        files.iter().map(|entry| content(&mut answers, &entry.name)).collect::<Result<Vec<_>, _>>()
    });
    if contents.is_err() {
        // It may still wait for somebody to read the rest.
        let _ = child.kill();
    }
    child.wait().map_err(Error::Git)?;
    contents
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
