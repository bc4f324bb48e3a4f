//! A history from beginning to end: a branch, somebody at work on the site, a conflict, a pull, a merge, an apply.

use serde_json::json;

use super::Repository;

const ABOUT: &str = "id: pgAbout\nlocales: {en-US: {title: About}}\n";

#[test]
fn from_a_branch_to_the_site() {
    let repository = Repository::new();
    repository.write("pages/about.yaml", ABOUT);
    repository.commit();
    assert_eq!(repository.run("plan --detailed-exitcode").exit, 0, "the site is as the manifests say");

    // An author begins a branch, and somebody is at work on the site.
    repository.git(&["checkout", "-q", "-b", "topic"]);
    repository.say("title: Guide\n", "title: The guide\n");
    repository.say("The Guide", "The Ultimate Guide");
    repository.commit();
    let edited = json!({"seo": {"title": "The Official Guide", "description": "Don't panic."}});
    repository.edit_on_the_site("pgGuide", "en-US", edited);
    let stopped = repository.run("plan --format json --base main");
    assert_eq!(stopped.exit, 4, "{stopped}");
    let conflict = "conflict kept /guide en-US seo.title";
    let (change, drift) = ("change /guide en-US title", "drift kept /guide en-US seo.description");
    assert_eq!(super::told(&stopped.json()), [change, conflict, drift]);

    // The author agrees with the title, and takes it over.
    assert_eq!(repository.run("pull --page /guide --locale en-US --field seo.title").exit, 0);
    repository.commit();
    assert_eq!(repository.told("--base main"), [change, drift]);

    // Meanwhile another branch is merged and applied.
    repository.git(&["checkout", "-q", "main"]);
    repository.write("pages/about.yaml", &ABOUT.replace("title: About", "title: About us"));
    repository.commit();
    let applied = repository.run("apply --yes --base HEAD^");
    assert_eq!((applied.exit, &applied.writes[..]), (0, &["PUT pgAbout primary 200".to_owned()][..]), "{applied}");

    // The author's branch does not take that back, though it still says what it said when it began.
    repository.git(&["checkout", "-q", "topic"]);
    let plan = repository.run("plan --format json --base main");
    assert_eq!(super::told(&plan.json()), [change, "drift kept /about en-US title", drift]);
    assert!(plan.stderr.contains("`main` has gone on since this branch began"), "{plan}");

    // Merged, it is told by the commit before.
    repository.git(&["checkout", "-q", "main"]);
    repository.git(&["merge", "-q", "--no-ff", "-m", "Merge", "topic"]);
    assert_eq!(repository.told("--base HEAD^"), [change, drift]);
    let applied = repository.run("apply --yes --base HEAD^");
    assert_eq!((applied.exit, &applied.writes[..]), (0, &["PUT pgGuide primary 200".to_owned()][..]), "{applied}");
    let values = repository.environment.values("pgGuide", "en-US");
    assert_eq!(values["title"], "The guide");
    assert_eq!(values["seo"], json!({"title": "The Official Guide", "description": "Don't panic."}));
    assert_eq!(repository.environment.values("pgAbout", "en-US")["title"], "About us");

    // At last what is left of the edit on the site is taken over as well.
    assert_eq!(repository.told("--base HEAD^"), [drift]);
    assert_eq!(repository.run("pull").exit, 0);
    repository.commit();
    assert_eq!(repository.run("plan --detailed-exitcode").exit, 0);
    assert!(repository.told("--base HEAD^").is_empty());
}

#[test]
fn a_merge_that_is_reverted_is_written_back() {
    let repository = Repository::new();
    repository.say("The Guide", "The Ultimate Guide");
    let merged = repository.commit();
    assert_eq!(repository.run("apply --yes --base HEAD^").writes.len(), 1);
    repository.git(&["revert", "--no-edit", "HEAD"]);
    assert_eq!(repository.told("--base HEAD^"), ["change /guide en-US seo.title"]);
    // Also where the branch was set back, so that the commit that was applied is ahead.
    repository.git(&["reset", "-q", "--hard", "HEAD~2"]);
    assert_eq!(repository.told(&format!("--base {merged}")), ["change /guide en-US seo.title"]);
}
