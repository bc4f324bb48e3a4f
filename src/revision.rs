//! The commit that the manifests are of, asked of git. Must not know manifests or plans beyond that.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::plan::Revision;

/// Returns the commit of the work tree that the folder lies in, and whether anything in the folder differs from it;
/// nothing where there is no git, no repository or no commit yet.
pub fn of(folder: &Path) -> Option<Revision> {
    let commit = git(folder, &["rev-parse", "--verify", "--quiet", "HEAD"])?.trim().to_owned();
    let status = git(folder, &["status", "--porcelain", "--", "."])?;
    Some(Revision { commit, dirty: !status.is_empty(), base: None })
}

fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    // No lock is taken, so that a commit made at the same time by somebody else does not fail.
    let mut command = Command::new("git");
    command.arg("--no-optional-locks").args(arguments).current_dir(folder);
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
