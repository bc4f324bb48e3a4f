//! `--changed-since`: only what a branch has touched, told by the manifests of the commit at which it began.

use std::path::{Path, PathBuf};
use std::process::Command;

use insta::assert_snapshot;

use super::{TestEnvironment, galaxy, lines};

/// A page with a warning in its name.
fn page(name: &str, title: &str) -> String {
    format!(
        "path: /{name}\nlocales: {{en-US: {{title: '{title}', seo: {{title: {name}, description: {LONG} {name}}}}}}}\n"
    )
}

const LONG: &str = "A description that is long enough for everybody who reads it";

/// A repository in the project's folder, with one commit on the branch `main`.
struct Repository {
    environment: TestEnvironment,
}

impl Repository {
    /// The project lies in a folder of it.
    fn new() -> Self {
        let environment = TestEnvironment::empty();
        let repository = Self { environment };
        repository.write("slugline.yaml", galaxy::PROJECT);
        repository.write("pages/a.yaml", &page("a", "old  a"));
        repository.write("pages/b.yaml", &page("b", "old  b"));
        repository.git(&["init", "-q", "-b", "main"]);
        repository.commit();
        repository
    }

    fn write(&self, name: &str, text: &str) {
        self.environment.write(&format!("site/{name}"), text);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.environment.path("site").join(name)
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "Change"]);
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(&self.environment.path(""), arguments)
    }

    fn validate(&self, arguments: &str) -> super::super::environment::Ran {
        self.environment.run(&format!("validate -C site {arguments}"))
    }

    /// Returns what is told of what changed since a revision.
    #[track_caller]
    fn told(&self, revision: &str) -> Vec<String> {
        lines(&self.validate(&format!("--format json --changed-since {revision}")).json())
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=Ford", "-c", "user.email=ford@galaxy.example", "-c", "protocol.file.allow=always"]);
    // Nothing of whoever runs the tests: neither their settings nor their hooks.
    git.args(arguments).current_dir(folder).env("HOME", folder).env("GIT_CONFIG_NOSYSTEM", "1");
    let output = git.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn only_what_was_touched_is_told() {
    let repository = Repository::new();
    assert!(repository.told("HEAD").is_empty());
    repository.write("pages/a.yaml", &page("a", "new  a"));
    assert_eq!(repository.told("HEAD"), ["/a en-US title text/double-space"], "what is not committed counts");
    repository.commit();
    assert!(repository.told("HEAD").is_empty());
    assert_eq!(repository.told("HEAD~1"), ["/a en-US title text/double-space"]);
    assert_eq!(repository.told("main^"), ["/a en-US title text/double-space"]);
}

#[test]
fn files_that_come_go_and_move() {
    let repository = Repository::new();
    repository.write("pages/c.yaml", &page("c", "new  c"));
    std::fs::rename(repository.path("pages/a.yaml"), repository.path("pages/renamed.yaml")).unwrap();
    std::fs::remove_file(repository.path("pages/b.yaml")).unwrap();
    assert_eq!(repository.told("HEAD"), ["/c en-US title text/double-space"]);
}

#[test]
fn what_others_did_meanwhile_does_not_count() {
    let repository = Repository::new();
    repository.git(&["checkout", "-q", "-b", "topic"]);
    repository.write("pages/a.yaml", &page("a", "topic  a"));
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    repository.write("pages/b.yaml", &page("b", "main b"));
    repository.commit();
    repository.git(&["checkout", "-q", "topic"]);
    // Compared with `main` itself, b would be a change back to two spaces.
    assert_eq!(repository.told("main"), ["/a en-US title text/double-space"]);
}

#[test]
fn a_project_that_was_not_there_is_new_as_a_whole() {
    let repository = Repository::new();
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.git(&["rm", "-q", "-r", "--cached", "."]);
    repository.git(&["commit", "-q", "--allow-empty", "-m", "Begin"]);
    assert_eq!(repository.told("HEAD").len(), 2);
}

#[test]
fn the_globs_of_the_earlier_project_decide_what_it_had() {
    let repository = Repository::new();
    repository.write("slugline.yaml", &format!("{}pages: [content/*.yaml]\n", galaxy::PROJECT));
    std::fs::rename(repository.path("pages"), repository.path("content")).unwrap();
    assert!(repository.told("HEAD").is_empty());
}

#[test]
fn a_translation_that_was_left_behind() {
    let repository = Repository::new();
    let page = |en: &str| format!("path: /c\nlocales: {{en-US: {{title: {en}}}, fr-FR: {{title: Le guide}}}}\n");
    repository.write("pages/c.yaml", &page("The guide"));
    repository.commit();
    repository.write("pages/c.yaml", &page("The handbook"));
    assert_eq!(repository.told("HEAD"), ["/c fr-FR title locale/stale"]);
}

#[test]
fn a_default_that_changes_touches_the_pages_that_read_it() {
    let repository = Repository::new();
    let defaults = |title: &str| format!("{}defaults: [{{openGraph: {{title: '{title}'}}}}]\n", galaxy::PROJECT);
    repository.write("slugline.yaml", &defaults("{title}: a  page"));
    repository.write("pages/c.yaml", "path: /c\nlocales: {en-US: {openGraph: {title: Own}}}\n");
    repository.commit();
    assert!(repository.told("HEAD").is_empty());
    repository.write("slugline.yaml", &defaults("{title}: the  page"));
    let spaces = ["/a en-US openGraph.title text/double-space", "/b en-US openGraph.title text/double-space"];
    assert_eq!(repository.told("HEAD"), spaces);
}

#[test]
fn text_says_what_it_was_compared_with() {
    let mut repository = Repository::new();
    let commit = repository.git(&["rev-parse", "HEAD"]);
    repository.environment.hide(&commit[..12], "[COMMIT]");
    assert_snapshot!(repository.validate("--changed-since HEAD"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Nothing is wrong in what changed in 2 pages.
    --- stderr
    Checked the files alone, with en-US as the primary locale; with a token or `--sandbox`, also that the site has these pages and locales. Of the lint, only what changed since [COMMIT] is told.
    ");
}

#[test]
fn annotations_name_files_from_the_top_of_the_repository() {
    let repository = Repository::new();
    let ran = repository.validate("--format github");
    assert!(ran.stdout.starts_with("::warning file=site/pages/a.yaml,line=2,"), "{ran}");
    let ran = repository.validate("--format sarif");
    assert!(ran.stdout.contains("\"uri\": \"site/pages/a.yaml\""), "{ran}");
    let ran = repository.validate("--format gitlab");
    assert!(ran.stdout.contains("\"path\": \"site/pages/a.yaml\""), "{ran}");
}

#[test]
fn no_such_commit() {
    let repository = Repository::new();
    assert_snapshot!(repository.validate("--changed-since origin/main"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: there is no commit `origin/main`
      hint: name a commit, a branch or a tag; a branch of the remote may need `origin/`
    ");
    // What looks like a flag of git is none.
    let ran = repository.validate("--changed-since=--all");
    assert_eq!(ran.exit, 64, "{ran}");
}

#[test]
fn unrelated_histories() {
    let repository = Repository::new();
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.git(&["commit", "-q", "-m", "Begin again"]);
    assert_snapshot!(repository.validate("--changed-since main"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `main` and the commit at hand have no common ancestor here
      hint: name a commit that the branch started from
    ");
}

#[test]
fn a_shallow_clone() {
    let repository = Repository::new();
    repository.write("pages/a.yaml", &page("a", "new  a"));
    repository.commit();
    let clone = TestEnvironment::empty();
    let from = format!("file://{}", repository.environment.path("").display());
    git(&clone.path(""), &["clone", "-q", "--depth", "1", &from, "clone"]);
    assert_snapshot!(clone.run("validate -C clone/site --changed-since HEAD~1"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: there is no commit `HEAD~1`
      hint: the clone is shallow; fetch the history with `git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'`, or in a GitHub workflow with `fetch-depth: 0` of actions/checkout
    ");
}

#[test]
fn no_repository() {
    let environment = super::offline([("a.yaml", &page("a", "a"))]);
    assert_snapshot!(environment.run("validate --changed-since main"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: the project does not lie in a git repository
      hint: make one with `git init`, or leave the commit out
    ");
}

#[test]
fn a_repository_of_another_user() {
    let mut repository = Repository::new();
    // Git's own tests make it believe so.
    repository.environment.set("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    let ran = repository.validate("--changed-since HEAD");
    assert_eq!(ran.exit, 64, "{ran}");
    assert!(ran.stderr.contains("dubious ownership") && ran.stderr.contains("safe.directory"), "{ran}");
}

#[test]
fn nothing_in_the_work_tree_is_touched() {
    let repository = Repository::new();
    repository.write("pages/a.yaml", &page("a", "new  a"));
    repository.git(&["add", "-A"]);
    let before = repository.git(&["status", "--porcelain=v2", "--branch"]);
    assert_eq!(repository.told("HEAD").len(), 1);
    assert_eq!(repository.git(&["status", "--porcelain=v2", "--branch"]), before);
}

/// GitHub shows an annotation beside the line only if the pull request has touched it.
#[test]
fn lines_that_the_branch_touched_are_annotated_first() {
    let repository = Repository::new();
    let slip = |name: &str| format!("{}slugs: x\n", page(name, name));
    repository.write("pages/a.yaml", &slip("a"));
    repository.write("pages/b.yaml", &page("b", "b"));
    repository.commit();
    repository.git(&["checkout", "-q", "-b", "branch"]);
    repository.write("pages/b.yaml", &slip("b"));
    let files = |arguments: &str| {
        let ran = repository.validate(&format!("--format github {arguments}"));
        let errors = ran.stdout.lines().filter(|line| line.starts_with("::error file="));
        errors.map(|line| line.split([',', '=']).nth(1).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(files(""), ["site/pages/a.yaml", "site/pages/b.yaml"]);
    assert_eq!(files("--changed-since main"), ["site/pages/b.yaml", "site/pages/a.yaml"]);
}
