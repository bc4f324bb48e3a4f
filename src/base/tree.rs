//! What a commit holds: the names in a folder, and the texts behind them.

use std::io::{self, BufReader, Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use super::error::Error;
use super::history::Commit;
use crate::diagnostic::Diagnostic;
use crate::git;
use crate::manifest::globs::PageGlobs;
use crate::manifest::load::{self, MAX_FILE_BYTES};
use crate::manifest::{codes, read};
use crate::source::Location;

/// How much is read of the manifests of a commit. The trees of a small repository can name one large file any number of
/// times.
const MAX_TOTAL_BYTES: u64 = 256 << 20;

/// Something that a commit holds.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Relative to the folder that was listed.
    pub(super) name: String,
    /// The hash of its content.
    hash: String,
    pub(super) kind: EntryKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EntryKind {
    File,
    Link,
    Submodule,
}

/// Returns what lies in the folder of the project, sorted by name.
pub(super) fn entries(root: &Path, commit: &Commit) -> Result<Vec<Entry>, Error> {
    // Names are relative to the folder that git runs in, and so is what is listed.
    list(root, &["ls-tree", "-r", "-z", "--end-of-options", commit.as_str()])
}

/// Returns what lies in another folder, sorted by name: as seen from the top of the repository, empty for all of it.
pub(super) fn entries_in(root: &Path, commit: &Commit, folder: &str) -> Result<Vec<Entry>, Error> {
    let tree = format!("{}:{}", commit.as_str(), folder.trim_end_matches('/'));
    list(root, &["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", &tree])
}

fn list(root: &Path, arguments: &[&str]) -> Result<Vec<Entry>, Error> {
    let output = git::run(root, arguments)?;
    if !output.status.success() {
        return Err(Error::of("ls-tree", &output));
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
    pub(super) fn is_page(&self, globs: &PageGlobs) -> bool {
        match self.kind {
            EntryKind::File => globs.matches(&self.name),
            EntryKind::Link => globs.may_match_link(&self.name),
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
pub(super) fn texts(
    root: &Path,
    entries: &[&Entry],
    problems: &mut Vec<Diagnostic>,
) -> Result<Vec<(Arc<str>, String)>, Error> {
    problems.extend(entries.iter().filter_map(|entry| entry.detour()));
    let files: Vec<&Entry> = entries.iter().copied().filter(|entry| entry.kind == EntryKind::File).collect();
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let contents = contents(root, &files)?;
    let mut texts = Vec::with_capacity(files.len());
    for (entry, bytes) in files.iter().zip(contents) {
        let file: Arc<str> = entry.name.as_str().into();
        let Some(bytes) = bytes else {
            problems.push(load::too_large(&file));
            continue;
        };
        let (text, problem) = read::text(&file, bytes);
        match problem {
            None => texts.push((file, text)),
            Some(problem) => problems.push(problem),
        }
    }
    Ok(texts)
}

/// Returns the contents of files; nothing for one that is too large.
fn contents(root: &Path, files: &[&Entry]) -> Result<Vec<Option<Vec<u8>>>, Error> {
    let mut child = git::start(root, &["cat-file", "--batch"])?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut stdin), Some(stdout), Some(stderr)) = pipes else {
        return Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
    };
    let question: String = files.iter().map(|entry| format!("{}\n", entry.hash)).collect();
    let mut complaint = Vec::new();
    let contents = std::thread::scope(|scope| {
        // The pipes are small: whoever writes all before reading waits forever.
        scope.spawn(move || stdin.write_all(question.as_bytes()));
        scope.spawn(|| complaint = git::beginning(stderr));
        let mut answers = BufReader::new(stdout);
        let mut left = MAX_TOTAL_BYTES;
        files.iter().map(|entry| content(&mut answers, &entry.name, &mut left)).collect::<Result<Vec<_>, _>>()
    });
    if contents.is_err() {
        // It may still wait for somebody to read the rest.
        let _ = child.kill();
    }
    child.wait()?;
    contents.map_err(|error| error.with_complaint(&String::from_utf8_lossy(&complaint)))
}

/// Reads the next answer of `git cat-file --batch`: `HASH blob SIZE`, the content, a line break. Returns nothing for a file
/// that is too large. `left` is how many bytes may still be read of all files.
fn content(answers: &mut impl io::BufRead, name: &str, left: &mut u64) -> Result<Option<Vec<u8>>, Error> {
    let failed = |message: String| Error::failed("cat-file", message);
    let mut header = String::new();
    answers.read_line(&mut header)?;
    let size = header.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
    let Some(size) = size else {
        let answer = header.trim_end();
        let answer = if answer.is_empty() { "git has no answer" } else { answer };
        return Err(failed(format!("`{name}` cannot be read: {answer}")));
    };
    let mut answer = answers.take(size.saturating_add(1));
    if size > MAX_FILE_BYTES {
        io::copy(&mut answer, &mut io::sink())?;
        return Ok(None);
    }
    *left = left.checked_sub(size).ok_or_else(|| {
        failed(format!("the manifests of the commit have more than {} MB together", MAX_TOTAL_BYTES >> 20))
    })?;
    let mut bytes = Vec::new();
    answer.read_to_end(&mut bytes)?;
    if bytes.len() as u64 != size + 1 {
        return Err(failed(format!("`{name}` ends early")));
    }
    bytes.pop();
    Ok(Some(bytes))
}
