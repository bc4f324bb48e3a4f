//! Which commit differences are told by, and what it has to do with the one at hand.

use std::path::Path;

use super::error::{Error, is_hash};
use crate::git;

/// The full hash of a commit that exists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Commit(String);

impl Commit {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How the commit to tell differences by has to do with the revision that was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kinship {
    /// It is the one that was named.
    Named,
    /// It is where the one at hand and the one that was named parted.
    Parted {
        /// Where else they did, if they have been merged crosswise.
        others: Vec<Commit>,
    },
    /// It is the one at hand, from which the one that was named has gone on.
    Behind {
        /// The one that was named.
        named: Commit,
    },
    /// It is the one that was named, and has gone on from the one at hand.
    Ahead,
    /// It is the one that was named; whether the two have parted cannot be told in this clone.
    Unclear,
}

/// Where two histories parted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parting {
    /// The commit to go by.
    pub commit: Commit,
    /// The others that are as good, if the two have been merged crosswise.
    pub others: Vec<Commit>,
}

/// Returns the commit that a revision names.
fn resolve(root: &Path, revision: &str) -> Result<Commit, Error> {
    // Checked first, since git exits with the same code if the commit does not exist.
    let repository = git::run(root, &["rev-parse", "--show-prefix"])?;
    if !repository.status.success() {
        let is_none = repository.is_without_repository();
        return Err(if is_none { Error::NoRepository } else { Error::of("rev-parse", &repository) });
    }
    let peeled = format!("{revision}^{{commit}}");
    let output = git::run(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled])?;
    match output.status.success() {
        true => Ok(Commit(output.text().trim().to_owned())),
        false => Err(Error::UnknownRevision { revision: revision.to_owned(), is_shallow: is_shallow(root) }),
    }
}

/// Returns the commit to tell differences by: the one that is named, unless it has gone on since the one at hand branched
/// off. What happened there since then would read as if the branch took it back.
pub fn base(root: &Path, revision: &str) -> Result<(Commit, Kinship), Error> {
    let named = resolve(root, revision)?;
    // In a repository without a commit of its own, nothing has parted.
    let Ok(head) = resolve(root, "HEAD") else { return Ok((named, Kinship::Named)) };
    Ok(match parting(root, &head, &named)? {
        Some(Parting { commit, .. }) if commit == named => (named, Kinship::Named),
        // A branch that was set back on purpose takes back what it has lost; its pipeline has the hash of before. By any
        // other name, the commit is where others are by now.
        Some(Parting { commit, .. }) if commit == head && is_hash(revision) => (named, Kinship::Ahead),
        Some(Parting { commit, .. }) if commit == head => (head, Kinship::Behind { named }),
        Some(Parting { commit, others }) => (commit, Kinship::Parted { others }),
        None if is_shallow(root) && !is_parent(root, &named, &head)? => match is_hash(revision) {
            true => (named, Kinship::Unclear),
            false => return Err(Error::Unclear { revision: revision.to_owned() }),
        },
        None => (named, Kinship::Named),
    })
}

/// Returns the commit at which the one at hand and a revision parted, so that what others did since does not count.
pub fn merge_base(root: &Path, revision: &str) -> Result<Parting, Error> {
    let named = resolve(root, revision)?;
    let head = resolve(root, "HEAD")?;
    let parting = parting(root, &head, &named)?;
    parting.ok_or_else(|| Error::Unrelated { revision: revision.to_owned(), is_shallow: is_shallow(root) })
}

/// Returns where two histories parted; nothing if they have no commit in common.
fn parting(root: &Path, one: &Commit, other: &Commit) -> Result<Option<Parting>, Error> {
    let output = git::run(root, &["merge-base", "--all", one.as_str(), other.as_str()])?;
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(Error::of("merge-base", &output));
    }
    let mut commits: Vec<Commit> = output.text().lines().map(|hash| Commit(hash.to_owned())).collect();
    // None is better than another, and git's own order depends on what it has cached.
    commits.sort();
    let mut commits = commits.into_iter();
    Ok(commits.next().map(|commit| Parting { commit, others: commits.collect() }))
}

/// Returns whether a commit names the other as its parent; it does so where the clone does not reach back to that.
fn is_parent(root: &Path, parent: &Commit, of: &Commit) -> Result<bool, Error> {
    let output = git::run(root, &["cat-file", "commit", of.as_str()])?;
    let line = format!("parent {}", parent.as_str());
    Ok(output.text().lines().take_while(|header| !header.is_empty()).any(|header| header == line))
}

fn is_shallow(root: &Path) -> bool {
    git::run(root, &["rev-parse", "--is-shallow-repository"]).is_ok_and(|output| output.text().trim() == "true")
}
