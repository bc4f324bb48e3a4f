//! The commit that the manifests are of, asked of git. Must not know manifests or plans beyond that.

use std::path::Path;

use crate::git;
use crate::plan::Revision;

/// Returns the commit of the work tree that the folder lies in, and whether anything in the folder differs from it;
/// nothing where there is no git, no repository or no commit yet.
pub fn of(folder: &Path) -> Option<Revision> {
    let commit = answer(folder, &["rev-parse", "--verify", "--quiet", "HEAD"])?.trim().to_owned();
    let status = answer(folder, &["status", "--porcelain", "--", "."])?;
    Some(Revision { commit, dirty: !status.is_empty(), base: None })
}

fn answer(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = git::run(folder, arguments).ok()?;
    output.status.success().then(|| output.text())
}
