//! A project that a commit does not have in its folder: where it was instead, if it has moved.

use std::path::Path;

use super::Place;
use super::error::Error;
use super::history::Commit;
use super::tree::{self, Entry, EntryKind};
use crate::git;
use crate::manifest::project::{FILE_NAME, Project};
use crate::manifest::read;

/// Returns where a commit has the project, which is not in the folder that it is in now.
///
/// It has moved if just one other project of the commit is the same, and is not there any more. One that is still there is
/// a project beside this one, and of two nobody can tell which it was.
pub(super) fn place(root: &Path, commit: &Commit, is_same: impl Fn(&Project) -> bool) -> Result<Place, Error> {
    let mut projects = tree::entries_in(root, commit, "")?;
    projects.retain(is_project);
    let mut same = Vec::new();
    for (file, text) in tree::texts(root, &projects.iter().collect::<Vec<_>>(), &mut Vec::new())? {
        let (project, _) = read::project(&file, &text);
        if project.is_some_and(|project| is_same(&project.manifest)) {
            same.push(file);
        }
    }
    if let [file] = &same[..]
        && !is_there(root, file)?
    {
        return Ok(Place::Moved { from: file.strip_suffix(FILE_NAME).unwrap_or(file).to_owned() });
    }
    Ok(Place::Nowhere { others: projects.into_iter().map(|entry| entry.name).collect() })
}

fn is_project(entry: &Entry) -> bool {
    let folder = entry.name.strip_suffix(FILE_NAME);
    let is_named = folder.is_some_and(|folder| folder.is_empty() || folder.ends_with('/'));
    // A name that is no UTF-8 could not be given back to git.
    is_named && entry.kind == EntryKind::File && !entry.name.contains(char::REPLACEMENT_CHARACTER)
}

/// Returns whether the work tree has a file. Git is asked, since a file may be left out of a work tree on purpose.
fn is_there(root: &Path, file: &str) -> Result<bool, Error> {
    let file = format!(":(top,literal){file}");
    let list = |arguments: &[&str]| {
        let output = git::run(root, &[&["ls-files", "-z"], arguments, &["--", &file]].concat())?;
        match output.status.success() {
            true => Ok(!output.text().is_empty()),
            false => Err(Error::of("ls-files", &output)),
        }
    };
    Ok(list(&[])? && !list(&["--deleted"])?)
}
