//! The commit that the manifests are of, asked of git. Must not know manifests or plans beyond that.

use std::collections::BTreeSet;
use std::path::Path;

use crate::git;
use crate::plan::Revision;

/// Returns the commit of the work tree that the folder lies in, and whether any of the files that count differs from it:
/// those that were read, and those that would have been if they were still there. Nothing where there is no git, no
/// repository or no commit yet.
pub fn of(folder: &Path, read: &BTreeSet<&str>, would_be_read: impl Fn(&str) -> bool) -> Option<Revision> {
    let commit = answer(folder, &["rev-parse", "--verify", "--quiet", "HEAD"])?.trim().to_owned();
    let differing = answer(folder, &["diff", "--name-only", "-z", "--no-renames", "--relative", "HEAD", "--", "."])?;
    // What git has never been told of is read all the same, even if it is told to ignore it.
    let known = answer(folder, &["ls-files", "-z", "--", "."])?;
    let known: BTreeSet<&str> = names(&known).collect();
    let is_known = |file: &str| folders_above(file).any(|name| known.contains(name));
    // What lies behind a link, or in a submodule, git knows by the name of that.
    let leading: BTreeSet<&str> = read.iter().flat_map(|file| folders_above(file)).collect();
    let dirty = names(&differing).any(|name| would_be_read(name) || leading.contains(name))
        || !read.iter().copied().all(is_known);
    Some(Revision { commit, dirty, base: None })
}

/// Returns a name, and those of the folders that lead to it.
fn folders_above(name: &str) -> impl Iterator<Item = &str> {
    let folders = name.match_indices('/').map(|(slash, _)| &name[..slash]);
    std::iter::once(name).chain(folders)
}

fn names(listed: &str) -> impl Iterator<Item = &str> {
    listed.split('\0').filter(|name| !name.is_empty())
}

fn answer(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = git::run(folder, arguments).ok()?;
    output.status.success().then(|| output.text())
}
