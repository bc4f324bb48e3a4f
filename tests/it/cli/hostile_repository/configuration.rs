//! What a hostile `.git` decides, prints and hides. It comes with an unpacked archive: git commits none.

use std::fs;
use std::os::unix::fs::symlink;

use super::super::base::{CHANGE, Repository, git};
use super::{COMMANDS, Canary, hostile_configuration, make_hostile};

/// Adds lines to the configuration of the repository.
fn configure(repository: &Repository, lines: &str) {
    let configuration = repository.environment.path(".git/config");
    let own = fs::read_to_string(&configuration).unwrap();
    fs::write(configuration, own + lines).unwrap();
}

#[test]
fn prints_no_command_that_the_repository_invents() {
    let repository = Repository::new();
    let invented = "git config --global --add safe.directory x; run-this";
    configure(&repository, &format!("[core]\n\tcompression = \"x\\n{invented}\"\n"));
    let ran = repository.run("plan --base HEAD");
    assert_eq!(ran.exit, 64, "{ran}");
    assert!(ran.stderr.contains("bad numeric config value"), "{ran}");
    assert!(!ran.stderr.contains("dubious ownership") && !ran.stderr.contains("run-this"), "{ran}");
}

#[test]
fn prints_no_line_of_a_file_that_a_link_names() {
    let repository = Repository::new();
    let secret = repository.environment.path("../home/secret");
    fs::write(&secret, "towel-in-the-safe\n").unwrap();
    fs::create_dir_all(repository.environment.path(".git/objects/info")).unwrap();
    symlink(&secret, repository.environment.path(".git/objects/info/alternates")).unwrap();
    let manifest = git(&repository.environment.path(""), &["rev-parse", "HEAD:pages/guide.yaml"]);
    let (start, rest) = manifest.split_at(2);
    fs::remove_file(repository.environment.path(&format!(".git/objects/{start}/{rest}"))).unwrap();
    let ran = repository.run("plan --base HEAD");
    assert_eq!(ran.exit, 64, "{ran}");
    assert!(ran.stderr.contains("`pages/guide.yaml` cannot be read"), "{ran}");
    assert!(!ran.stderr.contains("towel-in-the-safe"), "{ran}");
}

/// A `.git` file decides which repository a folder belongs to, wherever that is. Nothing in it runs.
#[test]
fn runs_nothing_of_a_repository_that_a_git_file_names() {
    let repository = Repository::in_folder("site/");
    let canary = Canary::new(&repository);
    let evil = repository.environment.path("site/evil");
    git(&repository.environment.path(""), &["clone", "-q", "--bare", ".", evil.to_str().unwrap()]);
    let configuration = fs::read_to_string(evil.join("config")).unwrap().replace("bare = true", "bare = false");
    fs::write(evil.join("config"), configuration + &hostile_configuration(&canary)).unwrap();
    fs::copy(repository.environment.path(".git/index"), evil.join("index")).unwrap();
    repository.write(".git", "gitdir: evil\n");
    for command in COMMANDS {
        let ran = repository.run(command);
        assert!([0, 64].contains(&ran.exit), "{command}: {ran}");
        canary.did_not_run(command);
    }
}

#[test]
fn runs_nothing_with_a_work_tree_elsewhere() {
    let repository = Repository::new();
    let canary = Canary::new(&repository);
    repository.say("The Guide", "The Ultimate Guide");
    make_hostile(&repository, &canary);
    let elsewhere = repository.environment.path("../home");
    configure(&repository, &format!("[core]\n\tworktree = {}\n", elsewhere.display()));
    assert_eq!(repository.told("--base main"), CHANGE);
    for command in COMMANDS {
        repository.run(command);
        canary.did_not_run(command);
    }
}

/// Returns a project in a folder, whose commit has a state folder.
fn with_tracked_state() -> Repository {
    let repository = Repository::in_folder("site/");
    repository.write(".slugline/runs/.keep", "");
    repository.commit();
    repository.say("The Guide", "The Ultimate Guide");
    repository
}

#[track_caller]
fn refuses_the_state(repository: &Repository) {
    let ran = repository.run("apply --yes");
    assert_eq!(ran.exit, 3, "{ran}");
    assert!(ran.stderr.contains("git tracks files in"), "{ran}");
    ran.wrote_nothing();
}

#[test]
fn finds_a_tracked_state_folder_beside_a_bare_repository() {
    let repository = with_tracked_state();
    refuses_the_state(&repository);
    for folder in ["objects", "refs"] {
        fs::create_dir(repository.environment.path("site").join(folder)).unwrap();
    }
    repository.write("HEAD", "ref: refs/heads/main\n");
    refuses_the_state(&repository);
}

#[test]
fn finds_a_tracked_state_folder_in_a_repository_of_another_owner() {
    let mut repository = with_tracked_state();
    repository.environment.set("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    refuses_the_state(&repository);
}

#[test]
fn refuses_a_state_folder_if_git_cannot_read_the_index() {
    let repository = with_tracked_state();
    repository.environment.write(".git/index", "no index");
    let ran = repository.run("apply --yes");
    assert_eq!(ran.exit, 3, "{ran}");
    assert!(ran.stderr.contains("failed to find out whether git tracks files in"), "{ran}");
    ran.wrote_nothing();
}
