//! What the commit at hand has to do with the one that is named: behind it, ahead of it, or merged crosswise.

use insta::assert_snapshot;

use super::{Repository, told};

/// A branch that others have left behind: they have merged, and applied, while it stayed where it was.
fn left_behind() -> (Repository, String) {
    let mut repository = Repository::new();
    let began = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["branch", "work"]);
    repository.say("The Guide", "The Guide of others");
    let gained = repository.commit();
    assert_eq!(repository.run("apply --yes --base HEAD^").writes.len(), 1);
    repository.git(&["switch", "-q", "work"]);
    repository.hide(&began, "[BEGAN]");
    repository.environment.hide(&gained, "[GAINED IN FULL]");
    repository.hide(&gained, "[GAINED]");
    (repository, gained)
}

/// Without a commit of its own, it is an ancestor of the branch that has gone on, and takes nothing back all the same.
#[test]
fn a_branch_without_commits_takes_nothing_back() {
    let (repository, gained) = left_behind();
    repository.say("All you need to know.", "All that you need to know.");
    for revision in ["main", "main~0", &gained[..12]] {
        let plan = repository.run(&format!("plan --format json --base {revision}"));
        assert_eq!(told(&plan.json()), ["change /guide en-US seo.description", "drift kept /guide en-US seo.title"]);
        assert!(plan.json()["source"]["base"].as_str().unwrap().starts_with("[BEGAN]"), "{plan}");
    }
    assert_eq!(
        told(&repository.run("plan --offline --format json --base main").json()),
        ["change /guide en-US seo.description"]
    );
    repository.git(&["checkout", "-q", "."]);
    assert_snapshot!(repository.run("apply --yes --base main"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    Changed on the site since [BEGAN], and kept
      /guide @ en-US
        seo.title  pages/guide.yaml:7:14
          manifest  The Guide
          site      The Guide{+ of others+}
        slugline -C . pull --api-url http://[SERVER] --page /guide --locale en-US --field seo.title
      `slugline pull` as above takes them over; `--on-drift revert` writes what the manifests say

    Nothing to write. 1 field was changed on the site and kept.
    Applied: nothing to write.
    --- stderr
    `main` has gone on since this branch began; differences are told by where it began, [BEGAN]. To take back what `main` has gained, name it by its whole hash: `--base [GAINED IN FULL]`.
    ");
    assert_eq!(repository.environment.values("pgGuide", "en-US")["seo"]["title"], "The Guide of others");
}

/// A pipeline whose branch was set back passes the hash of before, and so may a person who means it.
#[test]
fn a_newer_commit_that_is_named_by_its_hash_is_taken_back() {
    let (repository, gained) = left_behind();
    assert_snapshot!(repository.run(&format!("apply --yes --base {gained}")), @"
    exit: 0
    files: none
    writes: PUT pgGuide primary 200
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:7:14
          - The Guide[- of others-]
          + The Guide
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    Applied: 1 written of 1 request.
    --- stderr
    The base, [GAINED], is newer than the commit at hand; what it has gained is taken back.
    [1/1] /guide @ en-US: done
    Written as staged changes: nothing is public until the site is published.
    ");
    assert_eq!(repository.environment.values("pgGuide", "en-US")["seo"]["title"], "The Guide");
}

/// Two branches that have been merged into each other have parted at two commits.
#[test]
fn a_history_that_was_merged_crosswise_is_told() {
    let mut repository = Repository::new();
    repository.git(&["switch", "-q", "-c", "work"]);
    repository.say("title: Guide\n", "title: The guide\n");
    let ours = repository.commit();
    repository.git(&["switch", "-q", "main"]);
    repository.say("All you need to know.", "All that others know.");
    let theirs = repository.commit();
    repository.git(&["merge", "-q", "--no-ff", "-m", "Merge", &ours]);
    repository.say("title: The guide\n", "title: The guide of others\n");
    repository.commit();
    repository.git(&["switch", "-q", "work"]);
    repository.git(&["merge", "-q", "--no-ff", "-m", "Merge", &theirs]);
    repository.say("The Guide", "The Ultimate Guide");
    repository.commit();
    let (chosen, other) = if ours < theirs { (ours, theirs) } else { (theirs, ours) };
    repository.hide(&chosen, "[CHOSEN]");
    repository.hide(&other, "[OTHER]");
    let plan = repository.run("plan --offline --format json --base main");
    assert!(plan.json()["source"]["base"].as_str().unwrap().starts_with("[CHOSEN]"), "{plan}");
    assert_eq!(plan.json()["diagnostics"][0]["code"], "base-ambiguous", "{plan}");
    assert_snapshot!(repository.run("plan --offline --base main").stderr, @"
    `main` has gone on since this branch began; differences are told by where they parted, [CHOSEN].
    warning[base-ambiguous]: `main` and the commit at hand have been merged crosswise: they parted at [CHOSEN] and [OTHER]
     |
     = help: the first is gone by; what differs between those may be told wrongly. Merge `main` into this branch once more, and they have parted at one commit
    ");
    let validated = repository.run("validate --offline --changed-since main");
    assert_snapshot!(validated.stderr, @"
    warning[base-ambiguous]: `main` and the commit at hand have been merged crosswise: they parted at [CHOSEN] and [OTHER]
     |
     = help: the first is gone by; what differs between those may be told wrongly. Merge `main` into this branch once more, and they have parted at one commit

    Checked the files alone, with en-US as the primary locale; with a token or `--sandbox`, also that the site has these pages and locales. Of the lint, only what changed since [CHOSEN] is told.
    ");
}
