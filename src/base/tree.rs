//! What a commit holds: the names in a folder, and the texts behind them.

use std::io::{self, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use super::error::Error;
use super::history::Commit;
use crate::diagnostic::Diagnostic;
use crate::git;
use crate::manifest::globs::PageGlobs;
use crate::manifest::{codes, read};
use crate::source::Location;

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
        let (text, problem) = read::text(&file, bytes);
        match problem {
            None => texts.push((file, text)),
            Some(problem) => problems.push(problem),
        }
    }
    Ok(texts)
}

fn contents(root: &Path, files: &[&Entry]) -> Result<Vec<Vec<u8>>, Error> {
    let mut child = git::command(root, &["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Error::Git)?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut stdin), Some(stdout), Some(mut stderr)) = pipes else {
        return Err(Error::Git(io::ErrorKind::BrokenPipe.into()));
    };
    let question: String = files.iter().map(|entry| format!("{}\n", entry.hash)).collect();
    let mut complaint = Vec::new();
    let contents = std::thread::scope(|scope| {
        // The pipes are small: whoever writes all before reading waits forever.
        scope.spawn(move || stdin.write_all(question.as_bytes()));
        scope.spawn(|| stderr.read_to_end(&mut complaint));
        let mut answers = BufReader::new(stdout);
        files.iter().map(|entry| content(&mut answers, &entry.name)).collect::<Result<Vec<_>, _>>()
    });
    if contents.is_err() {
        // It may still wait for somebody to read the rest.
        let _ = child.kill();
    }
    child.wait().map_err(Error::Git)?;
    contents.map_err(|error| error.with_complaint(&String::from_utf8_lossy(&complaint)))
}

/// Reads the next answer of `git cat-file --batch`: `HASH blob SIZE`, the content, a line break.
fn content(answers: &mut impl io::BufRead, name: &str) -> Result<Vec<u8>, Error> {
    let mut header = String::new();
    answers.read_line(&mut header).map_err(Error::Git)?;
    let size = header.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
    let Some(size) = size else {
        let answer = header.trim_end();
        let answer = if answer.is_empty() { "git has no answer" } else { answer };
        let message = format!("`{name}` cannot be read: {answer}");
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
