//! The commit of the manifests. Does not depend on what the manifests say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::git;
use crate::plan::Revision;
use crate::source::Sources;

/// An entry of a commit's tree.
struct Entry {
    mode: String,
    /// The id of its content: SHA-1 or SHA-256 of `blob SIZE`, a NUL and the bytes, in hexadecimal.
    id: String,
}

/// Returns the commit of the work tree that contains the folder, and whether a file of the project differs from it: one that
/// was read, or one that would be read if it still existed. None without git, a repository or a commit.
///
/// slugline compares the contents itself: `git diff` and `git status` run the filters that a repository configures.
pub fn of(folder: &Path, read: &Sources, would_be_read: impl Fn(&str) -> bool) -> Option<Revision> {
    let commit = answer(folder, &["rev-parse", "--verify", "--quiet", "HEAD"])?.trim().to_owned();
    let tree = tree(folder, &commit)?;
    let names: BTreeSet<&str> = read.files().map(|name| &**name).collect();
    let differs = |name: &&str| read.text(name).is_some_and(|text| !is_committed(&tree, folder, name, text));
    let mut missing = tree.keys().filter(|name| !names.contains(name.as_str()) && would_be_read(name)).peekable();
    let dirty = names.iter().any(differs) || (missing.peek().is_some() && is_any_deleted(folder, missing)?);
    Some(Revision { commit, dirty, base: None })
}

/// Returns the entries of a commit below a folder, by their names relative to it.
fn tree(folder: &Path, commit: &str) -> Option<BTreeMap<String, Entry>> {
    let listed = answer(folder, &["ls-tree", "-r", "-z", "--end-of-options", commit])?;
    let entry = |line: &str| {
        let (facts, name) = line.split_once('\t')?;
        let mut facts = facts.split(' ');
        let (mode, _, id) = (facts.next()?, facts.next()?, facts.next()?);
        Some((name.to_owned(), Entry { mode: mode.to_owned(), id: id.to_owned() }))
    };
    Some(listed.split('\0').filter_map(entry).collect())
}

/// Returns whether a file has the content of the commit. Behind a link, the commit has only the link. The content of a
/// submodule is not compared.
fn is_committed(tree: &BTreeMap<String, Entry>, folder: &Path, name: &str, text: &str) -> bool {
    let Some((name, entry)) = prefixes(name).find_map(|name| Some((name, tree.get(name)?))) else { return false };
    match entry.mode.as_str() {
        "160000" => true,
        "120000" => {
            let target = folder.join(name).read_link();
            target.is_ok_and(|target| has_id(target.to_string_lossy().replace('\\', "/").as_bytes(), &entry.id))
        }
        // A checkout on Windows can have other line ends than the commit.
        _ => has_id(text.as_bytes(), &entry.id) || has_id(text.replace("\r\n", "\n").as_bytes(), &entry.id),
    }
}

/// Returns a name, and the names of the folders above it.
fn prefixes(name: &str) -> impl Iterator<Item = &str> {
    std::iter::once(name).chain(name.rmatch_indices('/').map(|(slash, _)| &name[..slash]))
}

fn has_id(content: &[u8], id: &str) -> bool {
    let header = format!("blob {}\0", content.len());
    let digest = match id.len() {
        40 => Sha1::new().chain_update(&header).chain_update(content).finalize().to_vec(),
        _ => Sha256::new().chain_update(&header).chain_update(content).finalize().to_vec(),
    };
    digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>() == id
}

/// Returns whether one of the files is deleted, in the index or in the work tree. A sparse checkout leaves files out without
/// deleting them.
fn is_any_deleted<'n>(folder: &Path, mut names: impl Iterator<Item = &'n String>) -> Option<bool> {
    let indexed = answer(folder, &["ls-files", "-z", "--", "."])?;
    let deleted = answer(folder, &["ls-files", "-z", "--deleted", "--", "."])?;
    let [indexed, deleted] = [&indexed, &deleted].map(|listed| listed.split('\0').collect::<BTreeSet<&str>>());
    Some(names.any(|name| !indexed.contains(name.as_str()) || deleted.contains(name.as_str())))
}

fn answer(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = git::run(folder, arguments).ok()?;
    output.status.success().then(|| output.text())
}
