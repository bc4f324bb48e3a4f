//! Repositories of all shapes, and bases that are not what they should be.

use insta::assert_snapshot;
use serde_json::json;

use super::{CHANGE, GUIDE, Repository, TestEnvironment, galaxy, git, told};

#[test]
fn a_project_in_a_folder() {
    let repository = Repository::in_folder("marketing/site/");
    repository.say("The Guide", "The Ultimate Guide");
    assert_eq!(repository.told("--base HEAD"), CHANGE);
}

#[test]
fn a_linked_work_tree() {
    let repository = Repository::in_folder("site/");
    repository.git(&["worktree", "add", "-q", "-b", "topic", "linked"]);
    let manifest = "linked/site/pages/guide.yaml";
    repository.environment.write(manifest, GUIDE.replace("The Guide", "The Ultimate Guide"));
    let plan = repository.environment.run("plan -C linked/site --format json --base main");
    assert_eq!(told(&plan.json()), CHANGE);
}

#[test]
fn a_project_in_a_submodule() {
    let repository = Repository::new();
    let outer = repository.environment.path("outer");
    std::fs::create_dir(&outer).unwrap();
    git(&outer, &["init", "-q", "-b", "main"]);
    let from = format!("file://{}", repository.environment.path("").display());
    git(&outer, &["submodule", "--quiet", "add", &from, "site"]);
    git(&outer, &["commit", "-q", "-m", "Begin"]);
    repository.environment.write("outer/site/pages/guide.yaml", GUIDE.replace("The Guide", "The Ultimate Guide"));
    let plan = repository.environment.run("plan -C outer/site --format json --base HEAD");
    assert_eq!(told(&plan.json()), CHANGE);
}

#[test]
fn manifests_in_a_submodule_are_not_followed_and_that_is_said() {
    let repository = Repository::new();
    let pages = repository.environment.path("legal");
    std::fs::create_dir(&pages).unwrap();
    git(&pages, &["init", "-q", "-b", "main"]);
    repository.write("legal/about.yaml", "path: /about\nlocales: {en-US: {title: About us}}\n");
    git(&pages, &["add", "-A"]);
    git(&pages, &["commit", "-q", "-m", "Begin"]);
    let from = format!("file://{}", pages.display());
    repository.git(&["submodule", "--quiet", "add", &from, "pages/legal"]);
    std::fs::remove_dir_all(&pages).unwrap();
    repository.commit();
    let plan = repository.run("plan --base HEAD");
    assert!(plan.stderr.contains("`pages/legal` is a submodule, which is not followed"), "{plan}");
    assert_eq!(repository.told("--base HEAD"), ["new /about en-US title"]);
}

#[test]
fn files_may_come_go_and_move() {
    let repository = Repository::new();
    repository.write("slugline.yaml", &format!("{}pages: [content/**/*.yaml]\n", galaxy::PROJECT));
    std::fs::remove_file(repository.environment.path("pages/guide.yaml")).unwrap();
    repository.write("content/a/book.yaml", &GUIDE.replace("The Guide", "The Ultimate Guide"));
    assert_eq!(repository.told("--base HEAD"), CHANGE);
}

/// A page that the base names by its path alone is still known after its address has changed on the site.
#[test]
fn a_page_that_was_named_by_its_path() {
    let repository = Repository::new();
    repository.write("pages/guide.yaml", &GUIDE.replace("id: pgGuide\n", ""));
    let base = repository.commit();
    repository.edit_on_the_site("pgGuide", "en-US", json!({"slug": "handbook", "seo": {"title": "The Handbook"}}));
    repository.write("pages/guide.yaml", GUIDE);
    assert_eq!(repository.told(&format!("--base {base}")), ["drift kept /handbook en-US seo.title"]);
}

#[test]
fn nothing_in_the_work_tree_is_touched() {
    let repository = Repository::new();
    repository.say("The Guide", "The Ultimate Guide");
    repository.git(&["add", "-A"]);
    let before = repository.git(&["status", "--porcelain=v2", "--branch"]);
    repository.run("plan --base HEAD").wrote_nothing();
    assert_eq!(repository.git(&["status", "--porcelain=v2", "--branch"]), before);
}

#[test]
fn what_is_not_committed_counts_and_is_said() {
    let repository = Repository::new();
    let commit = repository.git(&["rev-parse", "HEAD"]);
    let source = || repository.run("plan --format json --base HEAD").json()["source"].clone();
    assert_eq!(source(), json!({"commit": commit, "dirty": false, "base": commit}));
    repository.say("The Guide", "The Ultimate Guide");
    assert_eq!(source(), json!({"commit": commit, "dirty": true, "base": commit}));
}

#[test]
fn a_base_from_before_the_project() {
    let mut repository = Repository::new();
    let project = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["checkout", "-q", "--orphan", "empty"]);
    repository.git(&["rm", "-q", "-r", "--cached", "."]);
    repository.git(&["commit", "-q", "--allow-empty", "-m", "Begin"]);
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.hide(&base, "[BASE]");
    repository.git(&["checkout", "-q", "-f", &project]);
    repository.edit_on_the_site("pgGuide", "en-US", json!({"seo": {"title": "Live"}}));
    assert_snapshot!(repository.run(&format!("plan --base {base}")), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:7:14
          - Live
          + The Guide
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    --- stderr
    info[base-empty]: the project is not in [BASE]
     |
     = help: every field counts as new, and is written where the site reads otherwise
    ");
}

#[test]
fn a_base_for_another_site() {
    let repository = Repository::new();
    repository.write("slugline.yaml", "version: 1\nsite: siteOther\n");
    repository.commit();
    repository.write("slugline.yaml", galaxy::PROJECT);
    repository.edit_on_the_site("pgGuide", "en-US", json!({"seo": {"title": "Live"}}));
    let plan = repository.run("plan --base HEAD");
    assert!(plan.stderr.contains("is for another site"), "{plan}");
    assert_eq!(repository.told("--base HEAD"), ["new /guide en-US seo.title"]);
    // As one of several environments it is the same site.
    repository.write(
        "slugline.yaml",
        "version: 1\nenvironments: {production: {site: siteGalaxy}, staging: {site: siteOther}}\n",
    );
    repository.commit();
    assert_eq!(repository.told("--base HEAD --env production"), ["drift kept /guide en-US seo.title"]);
}

#[test]
fn a_base_with_problems() {
    let mut repository = Repository::new();
    repository.write("pages/about.yaml", "path: /about\nlocales: {en-US: {title: About, seo: {title: 42}}}\n");
    repository.write("pages/broken.yaml", "path: [\n");
    let base = repository.commit();
    repository.hide(&base, "[BASE]");
    std::fs::remove_file(repository.environment.path("pages/broken.yaml")).unwrap();
    repository.write("pages/about.yaml", "path: /about\nlocales: {en-US: {title: About, seo: {title: '42'}}}\n");
    repository.edit_on_the_site("pgAbout", "en-US", json!({"title": "We"}));
    assert_snapshot!(repository.run("plan --base HEAD"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /about
      en-US
        seo.title  pages/about.yaml:2:46
          - About us
          + 42
          moves along in fr-FR, ja-JP, which inherit it

    Changed on the site since [BASE], and kept
      /about @ en-US
        title  pages/about.yaml:2:26
          manifest  About
          site      We
        slugline -C . pull --api-url http://[SERVER] --page /about --locale en-US --field title
      `slugline pull` as above takes them over; `--on-drift revert` writes what the manifests say

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send. 1 field was changed on the site and kept.
    --- stderr
    warning[base-unreadable]: 2 problems in the manifests of [BASE]: pages/about.yaml:2:46: `title` must be text, but `42` is a number; pages/broken.yaml:1:7: this `[` is not closed
     |
     = help: what cannot be understood there counts as not stated: where the manifests state it now, it is new, and written over whatever the site has
    ");
}

#[test]
fn no_such_commit() {
    let repository = Repository::new();
    assert_snapshot!(repository.run("plan --base origin/main"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: there is no commit `origin/main`
      hint: name a commit, a branch or a tag; a branch of the remote may need `origin/`
    ");
    let zeros = repository.run(&format!("plan --base {}", "0".repeat(40)));
    assert!(zeros.exit == 64 && zeros.stderr.contains("as in the first push of a branch"), "{zeros}");
    // What looks like a flag of git is none.
    assert_eq!(repository.run("plan --base=--all").exit, 64);
    assert_eq!(repository.environment.log().len(), 0, "nothing is asked before that is known");
}

/// A shallow clone says what to fetch, and that is enough.
#[test]
fn a_shallow_clone() {
    let repository = Repository::new();
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["branch", "release"]);
    repository.say("The Guide", "The Ultimate Guide");
    repository.commit();
    repository.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let from = format!("file://{}", repository.environment.path("").display());
    for revision in [base.as_str(), "origin/release", "HEAD~1"] {
        let clone = repository.environment.path("clone");
        git(&repository.environment.path(""), &["clone", "-q", "--depth", "1", &from, "clone"]);
        let arguments = format!("plan -C clone --format json --base {revision}");
        let refused = repository.environment.run(&arguments);
        assert_eq!(refused.exit, 64, "{refused}");
        let hint = refused.stderr.split("`git ").nth(1).unwrap().split('`').next().unwrap().replace('\'', "");
        git(&clone, &hint.split(' ').collect::<Vec<_>>());
        let plan = repository.environment.run(&arguments);
        assert_eq!(told(&plan.json()), CHANGE, "{plan}");
        std::fs::remove_dir_all(clone).unwrap();
    }
}

/// What others have merged since the branch began would read as if the branch took it back.
#[test]
fn a_shallow_clone_of_a_branch_whose_base_may_have_gone_on() {
    let repository = Repository::new();
    let began = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["switch", "-q", "-c", "topic"]);
    repository.say("The Guide", "The Ultimate Guide");
    repository.commit();
    repository.git(&["switch", "-q", "main"]);
    repository.say("All you need to know.", "All that others know.");
    repository.commit();
    let gone_on = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let from = format!("file://{}", repository.environment.path("").display());
    git(&repository.environment.path(""), &["clone", "-q", "--depth", "1", "--branch", "topic", &from, "clone"]);
    let clone = repository.environment.path("clone");
    git(&clone, &["fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main"]);
    let refused = repository.environment.run("plan -C clone --base origin/main");
    assert_snapshot!(refused, @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: whether `origin/main` has gone on since this branch began cannot be told: the clone is shallow
      hint: fetch the history with `git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'`, or in a GitHub workflow with `fetch-depth: 0` of actions/checkout; or name by its whole hash the commit that this one was made from
    ");
    let warned = repository.environment.run(&format!("plan -C clone --format json --base {gone_on}")).json();
    assert_eq!(warned["diagnostics"][0]["code"], "base-unclear");
    // It is the parent of the commit at hand, which even a shallow clone knows.
    git(&clone, &["fetch", "-q", "--depth=1", "origin", &began]);
    let plan = repository.environment.run(&format!("plan -C clone --format json --base {began}")).json();
    assert_eq!((told(&plan), &plan["diagnostics"]), (CHANGE.map(str::to_owned).to_vec(), &json!([])));
    let hint = refused.stderr.split("`git ").nth(1).unwrap().split('`').next().unwrap().replace('\'', "");
    git(&clone, &hint.split(' ').collect::<Vec<_>>());
    let plan = repository.environment.run("plan -C clone --format json --base origin/main");
    assert_eq!(told(&plan.json()), CHANGE, "{plan}");
}

#[test]
fn the_hints_for_shallow_clones() {
    let repository = Repository::new();
    let from = format!("file://{}", repository.environment.path("").display());
    git(&repository.environment.path(""), &["clone", "-q", "--depth", "1", &from, "clone"]);
    let hint = |revision: &str| {
        let ran = repository.environment.run(&format!("plan -C clone --base {revision}"));
        ran.stderr.lines().find(|line| line.contains("hint:")).unwrap().trim().to_owned()
    };
    let hints = [&"a".repeat(40), "origin/release/2", "HEAD~1"].map(hint).join("\n");
    assert_snapshot!(hints, @"
    hint: the clone is shallow; fetch that commit with `git fetch --depth=1 origin aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`, or in a GitHub workflow with `fetch-depth: 0` of actions/checkout
    hint: the clone is shallow; fetch the history with `git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'`, or in a GitHub workflow with `fetch-depth: 0` of actions/checkout
    hint: the clone is shallow; fetch the history with `git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'`, or in a GitHub workflow with `fetch-depth: 0` of actions/checkout
    ");
}

#[test]
fn no_repository() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    assert_snapshot!(environment.run("plan --base HEAD"), @"
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
fn no_git() {
    let mut repository = Repository::new();
    repository.environment.set("PATH", repository.environment.path("nothing"));
    assert_snapshot!(repository.run("plan --base HEAD"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: failed to run git
      because: No such file or directory (os error [N])
      hint: install git, or leave the commit out
    ");
}

/// In a container the folder often belongs to somebody else; git says so, and how to trust it.
#[test]
fn a_repository_that_git_does_not_trust() {
    let mut repository = Repository::new();
    repository.environment.set("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    assert_snapshot!(repository.run("plan --base HEAD"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: git detected dubious ownership: the folder of the repository belongs to another user
      hint: if you trust what is in it, run `git config --global --add safe.directory [FOLDER]`
    ");
    let annotated = repository.run("plan --format github --base HEAD");
    assert!(annotated.stdout.contains("::error") && !annotated.stdout.contains('\\'), "{annotated}");
}

#[test]
fn no_commit_of_its_own() {
    let repository = Repository::new();
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.say("The Guide", "The Ultimate Guide");
    assert_eq!(repository.told("--base main"), CHANGE);
}

#[test]
fn unrelated_histories() {
    let repository = Repository::new();
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.say("The Guide", "The Ultimate Guide");
    repository.commit();
    assert_eq!(repository.told("--base main"), CHANGE);
}

/// Only what is read counts: a plan that is written into the project does not make it another.
#[test]
fn only_what_is_read_makes_a_work_tree_another() {
    let repository = Repository::new();
    repository.write(".gitignore", "*.draft.yaml\n");
    repository.write("notes.md", "Do not panic.\n");
    repository.write("pages/about.yaml", "path: /about\nlocales: {en-US: {title: About}}\n");
    repository.commit();
    let is_dirty = || repository.run("plan --base HEAD --offline --format json").json()["source"]["dirty"] == true;
    assert!(!is_dirty(), "as committed");
    repository.write("notes.md", "Panic.\n");
    repository.write("comment.md", "");
    repository.write("pages/.about.yaml.swp", "");
    repository.write("other/page.yaml", "path: /other\n");
    assert!(!is_dirty(), "none of these is read");
    let restaurant = "path: /restaurant\nlocales: {en-US: {title: Restaurant}}\n";
    for file in ["pages/restaurant.yaml", "pages/restaurant.draft.yaml"] {
        repository.write(file, restaurant);
        assert!(is_dirty(), "{file} is read, and git was not told of it");
        std::fs::remove_file(repository.environment.path(file)).unwrap();
        assert!(!is_dirty(), "{file} is gone again");
    }
    for file in ["pages/about.yaml", "slugline.yaml"] {
        let text = repository.environment.read(file);
        repository.write(file, &format!("{text}# more\n"));
        assert!(is_dirty(), "{file} is another");
        repository.write(file, &text);
        assert!(!is_dirty(), "{file} is as it was");
    }
    std::fs::remove_file(repository.environment.path("pages/about.yaml")).unwrap();
    assert!(is_dirty(), "a manifest is gone");
}

#[test]
fn files_beside_a_project_in_a_folder_do_not_count() {
    let repository = Repository::in_folder("site/");
    repository.write("pages/über.yaml", "path: /about\nlocales: {en-US: {title: About}}\n");
    repository.commit();
    repository.environment.write("pages/other.yaml", "path: /other\n");
    let is_dirty = || repository.run("plan --base HEAD --offline --format json").json()["source"]["dirty"] == true;
    assert!(!is_dirty());
    repository.write("pages/über.yaml", "path: /about\nlocales: {en-US: {title: About us}}\n");
    assert!(is_dirty());
}
