//! A repository of a few kilobytes can name billions of files, or one large file many times.

use std::io::Write as _;
use std::process::Stdio;

use super::super::base::{Repository, git, git_command};

/// Runs git with an input. Returns what it prints.
fn git_with(repository: &Repository, arguments: &[&str], input: &str) -> String {
    let mut git = git_command(&repository.environment.path(""), arguments);
    let mut child = git.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Returns a commit of the usual project, with other pages.
fn commit_with_pages(repository: &Repository, pages: &str) -> String {
    let project = git(&repository.environment.path(""), &["rev-parse", "HEAD:slugline.yaml"]);
    let tree = format!("100644 blob {project}\tslugline.yaml\n040000 tree {pages}\tpages\n");
    let tree = git_with(repository, &["mktree"], &tree);
    git(&repository.environment.path(""), &["commit-tree", "-m", "Change", &tree])
}

/// Returns a tree that has the same object under many names.
fn tree_of(repository: &Repository, kind: &str, object: &str, names: usize) -> String {
    let line = |number: usize| format!("{kind} {object}\t{number:03}.yaml\n");
    git_with(repository, &["mktree"], &(0..names).map(line).collect::<String>())
}

fn blob_of(repository: &Repository, size: usize) -> String {
    git_with(repository, &["hash-object", "-w", "--stdin"], &"#".repeat(size))
}

#[test]
fn stops_at_a_tree_of_billions_of_files() {
    let repository = Repository::new();
    let mut tree = tree_of(&repository, "100644 blob", &blob_of(&repository, 1), 10);
    for _ in 0..9 {
        tree = tree_of(&repository, "040000 tree", &tree, 10);
    }
    let commit = commit_with_pages(&repository, &tree);
    let ran = repository.run(&format!("plan --offline --base {commit}"));
    assert_eq!(ran.exit, 64, "{ran}");
    assert!(ran.stderr.contains("git ls-tree printed more than 128 MB"), "{ran}");
    // The same as the commit of the work tree: it is not named in the plan.
    git(&repository.environment.path(""), &["update-ref", "refs/heads/main", &commit]);
    let ran = repository.run("plan --format json");
    assert_eq!((ran.exit, &ran.json()["source"]), (0, &serde_json::Value::Null), "{ran}");
}

#[test]
fn does_not_read_a_file_of_a_base_above_the_limit() {
    let repository = Repository::new();
    let guide = git(&repository.environment.path(""), &["rev-parse", "HEAD:pages/guide.yaml"]);
    let large = blob_of(&repository, (16 << 20) + 1);
    let pages = format!("100644 blob {large}\tgrown.yaml\n100644 blob {guide}\tguide.yaml\n");
    let commit = commit_with_pages(&repository, &git_with(&repository, &["mktree"], &pages));
    repository.say("The Guide", "The Ultimate Guide");
    let ran = repository.run(&format!("plan --base {commit}"));
    assert!(ran.stderr.contains("pages/grown.yaml: `pages/grown.yaml` is larger than 16 MB"), "{ran}");
    // The file after it is read all the same.
    assert_eq!(repository.told(&format!("--base {commit}")), super::CHANGE);
}

#[test]
fn does_not_read_all_files_of_a_base_above_the_limit() {
    let repository = Repository::new();
    let large = blob_of(&repository, 15 << 20);
    let commit = commit_with_pages(&repository, &tree_of(&repository, "100644 blob", &large, 20));
    let ran = repository.run(&format!("plan --offline --base {commit}"));
    assert_eq!(ran.exit, 64, "{ran}");
    assert!(ran.stderr.contains("the manifests of the commit have more than 256 MB together"), "{ran}");
}
