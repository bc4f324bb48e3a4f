//! A project that has moved to another folder of its repository, and one that the base does not have where others are.

use insta::assert_snapshot;
use serde_json::json;

use super::{CHANGE, GUIDE, Repository, TestEnvironment, galaxy, told};

/// Returns a repository whose project has been moved to `site/`, though nothing of that is committed.
fn moved() -> (Repository, String) {
    let mut repository = Repository::new();
    repository.write("pages/about.yaml", "id: pgAbout\npath: /about\nlocales: {en-US: {title: About}}\n");
    let base = repository.commit();
    repository.hide(&base, "[BASE]");
    std::fs::create_dir(repository.environment.path("site")).unwrap();
    repository.git(&["mv", "slugline.yaml", "pages", "site"]);
    repository.folder = "site/";
    (repository, base)
}

#[test]
fn a_project_that_has_moved_is_found_where_it_was() {
    let (repository, base) = moved();
    repository.edit_on_the_site("pgAbout", "en-US", json!({"title": "We"}));
    repository.say("The Guide", "The Ultimate Guide");
    let expected = [CHANGE[0], "drift kept /about en-US title"];
    assert_eq!(repository.told("--base HEAD"), expected, "it is moved in the index");
    repository.commit();
    assert_eq!(repository.told(&format!("--base {base}")), expected, "it is moved in a commit");
    let plan = repository.run(&format!("plan --base {base}"));
    assert_snapshot!(plan.stderr, @"The project has moved: in [BASE] it is at the top of the repository, and the base is read from there.");
    assert_eq!(told(&repository.run(&format!("plan --offline --format json --base {base}")).json()), CHANGE);
}

/// Editors tell what they start that paths are to be taken as they are, and git then looks for one that begins with `:`.
#[test]
fn a_project_that_is_still_there_has_not_moved_whatever_paths_mean() {
    let mut repository = Repository::in_folder("one/");
    repository.git(&["branch", "before"]);
    std::fs::create_dir_all(repository.environment.path("two/pages")).unwrap();
    for file in ["slugline.yaml", "pages/guide.yaml"] {
        let from = repository.environment.path(&format!("one/{file}"));
        std::fs::copy(from, repository.environment.path(&format!("two/{file}"))).unwrap();
    }
    repository.folder = "two/";
    let mut program = repository.environment.command(&["plan", "-C", "two", "--offline", "--base", "before"]);
    let ran = program.env("GIT_LITERAL_PATHSPECS", "1").output().unwrap();
    let told = String::from_utf8(ran.stderr).unwrap();
    assert!(told.contains("base-empty") && !told.contains("has moved"), "{told}");
}

/// As a file manager moves it, which tells git nothing.
#[test]
fn a_project_may_move_without_git() {
    let (repository, base) = moved();
    repository.git(&["reset", "-q"]);
    repository.say("The Guide", "The Ultimate Guide");
    assert_eq!(repository.told(&format!("--base {base}")), CHANGE);
}

/// Places are of the folder that the project is in now, where somebody can look.
#[test]
fn what_is_told_of_a_moved_base_has_its_place() {
    let (repository, base) = moved();
    std::fs::remove_file(repository.environment.path("site/pages/about.yaml")).unwrap();
    let plan = repository.run(&format!("plan --format json --base {base}")).json();
    assert_eq!(plan["diagnostics"][0]["code"], "not-managed");
    assert_eq!(plan["diagnostics"][0]["location"]["file"], "pages/about.yaml");
}

/// A problem of the base stands in a text that nobody has before their eyes, so its whole place is told.
#[test]
fn problems_of_a_moved_base_are_told_with_the_folder() {
    let mut repository = Repository::in_folder("old/");
    repository.write("pages/broken.yaml", "path: [\n");
    let base = repository.commit();
    repository.git(&["mv", "old", "new"]);
    repository.folder = "new/";
    std::fs::remove_file(repository.environment.path("new/pages/broken.yaml")).unwrap();
    let plan = repository.run(&format!("plan --base {base}"));
    assert!(plan.stderr.contains("old/pages/broken.yaml:1:7: this `[` is not closed"), "{plan}");
}

#[test]
fn findings_of_a_project_that_has_moved_are_not_new() {
    let (repository, base) = moved();
    repository.say("The Guide", "The  Guide");
    let since = |revision: &str| {
        let ran = repository.run(&format!("validate --offline --format json --changed-since {revision}"));
        let problems = ran.json()["problems"].as_array().unwrap().len();
        (problems, ran.stderr)
    };
    let (problems, told) = since(&base);
    assert_eq!(problems, 1, "{told}");
    assert!(told.contains("the base is read from there"), "{told}");
    let commit = repository.commit();
    assert_eq!(since(&commit).0, 0);
}

/// Another project of the repository, for the same site, that is where it was has not moved here.
#[test]
fn a_project_beside_others_is_new_and_that_is_a_warning() {
    let mut repository = Repository::in_folder("apps/a/");
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.hide(&base, "[BASE]");
    repository.folder = "apps/b/";
    repository.write("slugline.yaml", galaxy::PROJECT);
    repository.write("pages/guide.yaml", &GUIDE.replace("The Guide", "The Ultimate Guide"));
    repository.commit();
    assert_eq!(repository.told(&format!("--base {base}")), ["new /guide en-US seo.title"]);
    assert_snapshot!(repository.run(&format!("plan --base {base}")).stderr, @"
    warning[base-empty]: the project is not in [BASE], which has `apps/a/slugline.yaml`
     |
     = help: every field counts as new, and is written over whatever the site has; if this project was one of those, name a commit that has it in this folder
    ");
    // It has gone, but it was for another site.
    repository.git(&["checkout", "-q", "-f", &base]);
    repository.folder = "apps/a/";
    repository.write("slugline.yaml", "version: 1\nsite: siteOther\n");
    let other = repository.commit();
    repository.git(&["mv", "apps/a", "apps/b"]);
    repository.folder = "apps/b/";
    repository.write("slugline.yaml", galaxy::PROJECT);
    let plan = repository.run(&format!("plan --base {other}"));
    assert!(plan.stderr.contains("warning[base-empty]"), "{plan}");
}

/// Two that have gone could both be the one.
#[test]
fn a_project_that_could_have_come_from_two_folders_is_new() {
    let mut repository = Repository::in_folder("a/");
    repository.environment.write("b/slugline.yaml", galaxy::PROJECT);
    let base = repository.commit();
    repository.git(&["rm", "-q", "b/slugline.yaml"]);
    repository.git(&["mv", "a", "c"]);
    repository.folder = "c/";
    repository.say("The Guide", "The Ultimate Guide");
    let plan = repository.run(&format!("plan --format json --base {base}"));
    assert_eq!(told(&plan.json()), ["new /guide en-US seo.title"]);
    let message = plan.json()["diagnostics"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("`a/slugline.yaml` and `b/slugline.yaml`"), "{message}");
}

/// The site has another tag for the locale now, and so have the manifests; the base has the old one.
#[test]
fn a_locale_that_the_site_does_not_have_any_more() {
    let mut environment = TestEnvironment::empty();
    environment.serve(&galaxy::site());
    let mut repository = Repository { environment, folder: "" };
    repository.git(&["init", "-q", "-b", "main"]);
    repository.write("slugline.yaml", galaxy::PROJECT);
    let text = "id: pgGuide\nlocales:\n  fr: {title: Le guide}\n  de-DE: {title: Der Führer}\n";
    repository.write("pages/guide.yaml", text);
    let base = repository.commit();
    repository.hide(&base, "[BASE]");
    repository.write("pages/guide.yaml", "id: pgGuide\nlocales:\n  fr-FR: {title: Le guide}\n");
    repository.edit_on_the_site("pgGuide", "fr-FR", json!({"title": "Le manuel"}));
    assert_eq!(repository.told("--base HEAD"), ["new /guide fr-FR title"]);
    assert_snapshot!(repository.run("plan --base HEAD").stderr, @"
    warning[base-locale]: the manifests of [BASE] state locales that the site does not have now: `de-DE` and `fr`
     |
     = help: what they state in them is not compared: where the manifests state it now in another locale, it is new, and written over whatever the site has
    ");
}
