//! The manifests of another commit, read through git without a checkout: nothing in the work tree is touched.
//!
//! Returns what reading a folder returns. Must not know what a difference between the two means.

mod error;
mod history;
mod moved;
mod tree;

use std::path::Path;

pub use error::Error;
pub use history::{Commit, Kinship, Parting, base, merge_base};

use self::tree::Entry;
use crate::diagnostic;
use crate::git;
use crate::manifest::globs::PageGlobs;
use crate::manifest::load::Loaded;
use crate::manifest::project::{FILE_NAME, Project};
use crate::manifest::read;
use crate::source::Sources;

/// Where a commit has the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the folder that it is in now.
    Here,
    /// In another folder, where it is not any more: as seen from the top of the repository, empty or with a `/` at the end.
    Moved { from: String },
    /// Nowhere. Other folders may have project files all the same, as seen from the top of the repository.
    Nowhere { others: Vec<String> },
}

/// Returns the folder of the project as seen from the top of its repository: empty, or with a `/` at the end. Nothing
/// where there is no repository.
pub fn prefix(root: &Path) -> Option<String> {
    let output = git::run(root, &["rev-parse", "--show-prefix"]).ok()?;
    output.status.success().then(|| output.text().trim_end_matches('\n').to_owned())
}

/// Returns what the files of the project said at a commit, and where they were: in this folder, or in another one that it
/// has moved from, which is told by whether a project is the same. A project that was not there yet had none.
pub fn manifests(root: &Path, commit: &Commit, is_same: impl Fn(&Project) -> bool) -> Result<(Loaded, Place), Error> {
    let entries = tree::entries(root, commit)?;
    if entries.iter().any(|entry| entry.name == FILE_NAME) {
        return Ok((loaded(root, &entries)?, Place::Here));
    }
    let place = moved::place(root, commit, is_same)?;
    let entries = match &place {
        Place::Here | Place::Nowhere { .. } => Vec::new(),
        Place::Moved { from } => tree::entries_in(root, commit, from)?,
    };
    Ok((loaded(root, &entries)?, place))
}

/// Reads a project from what lies in its folder. Names are relative to that, wherever it is.
fn loaded(root: &Path, entries: &[Entry]) -> Result<Loaded, Error> {
    let mut loaded = Loaded { project: None, pages: Vec::new(), sources: Sources::default(), diagnostics: Vec::new() };
    let Some(project) = entries.iter().find(|entry| entry.name == FILE_NAME) else { return Ok(loaded) };
    for (file, text) in tree::texts(root, &[project], &mut loaded.diagnostics)? {
        let (project, problems) = read::project(&file, &text);
        loaded.project = project;
        loaded.diagnostics.extend(problems);
        loaded.sources.insert(file, text);
    }
    let globs = PageGlobs::of(loaded.project.as_ref().map(|project| &project.manifest));
    let pages: Vec<&Entry> = entries.iter().filter(|entry| entry.is_page(&globs)).collect();
    for (file, text) in tree::texts(root, &pages, &mut loaded.diagnostics)? {
        let (pages, problems) = read::pages(&file, &text);
        loaded.pages.extend(pages);
        loaded.diagnostics.extend(problems);
        loaded.sources.insert(file, text);
    }
    diagnostic::sort_and_bound(&mut loaded.diagnostics);
    Ok(loaded)
}
