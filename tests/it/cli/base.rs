//! `--base`: a branch, a site that others edit meanwhile, and what is made of the two.

mod cards;
mod history;
mod kinship;
mod moved;
mod offline;
mod repositories;
mod surroundings;

use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use super::environment::{Ran, TestEnvironment};
use super::galaxy;

/// A manifest of which tests change a word.
const GUIDE: &str = "\
id: pgGuide
path: /guide
locales:
  en-US:
    title: Guide
    seo:
      title: The Guide
      description: All you need to know.
";

/// What is said if the one change of the branch is told by its base.
pub(super) const CHANGE: [&str; 1] = ["change /guide en-US seo.title"];

/// How a command begins that a plan of `Repository::run` names, up to what it is about.
const PULL: &str = "slugline -C . pull --api-url http://[SERVER] ";

/// A project in a repository, for the usual site, which reads as its one commit says.
pub(super) struct Repository {
    pub(super) environment: TestEnvironment,
    /// The folder of the project in the repository, with a `/` at its end.
    folder: &'static str,
}

impl Repository {
    pub(super) fn new() -> Self {
        Self::in_folder("")
    }

    pub(super) fn in_folder(folder: &'static str) -> Self {
        let mut environment = TestEnvironment::empty();
        environment.serve(&galaxy::site());
        let repository = Self { environment, folder };
        repository.git(&["init", "-q", "-b", "main"]);
        repository.write("slugline.yaml", galaxy::PROJECT);
        repository.write("pages/guide.yaml", GUIDE);
        repository.commit();
        repository
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        self.environment.write(&format!("{}{name}", self.folder), text);
    }

    /// Changes words of the manifest.
    pub(super) fn say(&self, from: &str, to: &str) {
        let text = self.environment.read(&format!("{}pages/guide.yaml", self.folder));
        assert!(text.contains(from), "{text}");
        self.write("pages/guide.yaml", &text.replace(from, to));
    }

    /// Commits everything, and returns the commit.
    pub(super) fn commit(&self) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "Change"]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(&self.environment.path(""), arguments)
    }

    /// Has somebody write values of a page in a locale.
    pub(super) fn edit_on_the_site(&self, page: &str, locale: &str, values: Json) {
        let mut site = self.environment.site();
        let pages = site["pages"].as_array_mut().unwrap();
        let page = pages.iter_mut().find(|candidate| candidate["id"] == page).unwrap();
        let locale = if locale == "en-US" { "primary" } else { locale };
        for (key, value) in values.as_object().unwrap() {
            match value.as_object() {
                None => page["values"][locale][key] = value.clone(),
                Some(object) => {
                    for (leaf, value) in object {
                        page["values"][locale][key][leaf] = value.clone();
                    }
                }
            }
        }
        self.environment.server().set_site(slugline::sandbox::Site::from_json(&site.to_string()).unwrap());
    }

    /// Has the short hash of a commit shown as a word.
    fn hide(&mut self, commit: &str, shown: &'static str) {
        self.environment.hide(&commit[..12], shown);
    }

    /// Runs the program in the folder of the project.
    pub(super) fn run(&self, arguments: &str) -> Ran {
        let folder = if self.folder.is_empty() { "." } else { self.folder };
        let (verb, rest) = arguments.split_once(' ').unwrap_or((arguments, ""));
        self.environment.run(&format!("{verb} -C {folder} {rest}"))
    }

    /// Returns what a plan says of each field that differs: class, whether it is written, place and field.
    #[track_caller]
    pub(super) fn told(&self, arguments: &str) -> Vec<String> {
        told(&self.run(&format!("plan --format json {arguments}")).json())
    }
}

fn told(plan: &Json) -> Vec<String> {
    let changes = plan["changes"].as_array().unwrap();
    let told = |change: &Json| {
        let text = |key: &str| change[key].as_str().unwrap().to_owned();
        let written = if change["written"] == true { "" } else { " kept" };
        format!("{}{written} {} {} {}", text("class"), text("path"), text("locale"), text("field"))
    };
    changes.iter().map(told).collect()
}

pub(super) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = git_command(folder, arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub(super) fn git_command(folder: &Path, arguments: &[&str]) -> Command {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=Ford", "-c", "user.email=ford@galaxy.example", "-c", "protocol.file.allow=always"]);
    // Nothing of whoever runs the tests: neither their settings nor their hooks.
    git.args(arguments).current_dir(folder).env("HOME", folder).env("GIT_CONFIG_NOSYSTEM", "1");
    git
}

#[test]
fn a_change_is_written() {
    let repository = Repository::new();
    repository.say("The Guide", "The Ultimate Guide");
    assert_eq!(repository.told("--base HEAD"), ["change /guide en-US seo.title"]);
    let applied = repository.run("apply --yes --base HEAD");
    assert_eq!((applied.exit, &applied.writes[..]), (0, &["PUT pgGuide primary 200".to_owned()][..]), "{applied}");
}

#[test]
fn what_the_base_does_not_state_is_new() {
    let repository = Repository::new();
    repository.say("    seo:\n", "    openGraph: {titleCopied: true}\n    seo:\n");
    repository.write("pages/about.yaml", "path: /about\nlocales: {en-US: {title: About the galaxy}}\n");
    assert_eq!(repository.told("--base HEAD"), ["new /about en-US title", "new /guide en-US openGraph.titleCopied"]);
}

#[test]
fn drift_is_shown_and_kept() {
    let mut repository = Repository::new();
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.hide(&base, "[BASE]");
    repository.edit_on_the_site(
        "pgGuide",
        "en-US",
        json!({"title": "The book", "seo": {"title": "The Official Guide"}}),
    );
    repository.say("All you need to know.", "All that you need to know.");
    assert_snapshot!(repository.run("plan --base HEAD -o plan.json"), @"
    exit: 0
    files: plan.json
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.description  pages/guide.yaml:8:20
          - All you need to know.
          + All {+that +}you need to know.
          moves along in fr-FR, ja-JP, which inherit it

    Changed on the site since [BASE], and kept
      /guide @ en-US
        title  pages/guide.yaml:5:12
          manifest  Guide
          site      The book
        seo.title  pages/guide.yaml:7:14
          manifest  The Guide
          site      The {+Official +}Guide
        slugline -C . pull --api-url http://[SERVER] --page /guide --locale en-US --field title --field seo.title
      `slugline pull` as above takes them over; `--on-drift revert` writes what the manifests say

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send. 2 fields were changed on the site and kept.
    --- stderr
    Saved. `slugline -C . apply --api-url http://[SERVER] plan.json` sends exactly this.
    ");
    let plan = repository.environment.read_json("plan.json");
    assert_eq!(plan["source"]["base"], base);
    assert_eq!(plan["source"]["dirty"], true);
    let shown = repository.run("show plan.json");
    assert!(shown.stdout.contains("Changed on the site since [BASE], and kept"), "{shown}");
    let applied = repository.run("apply plan.json");
    assert_eq!(applied.exit, 0, "{applied}");
    assert_eq!(
        repository.environment.values("pgGuide", "en-US")["seo"],
        json!({"title": "The Official Guide", "description": "All that you need to know."})
    );
    // The plan of the next day finds the same again, and nothing to write.
    assert_snapshot!(repository.run("apply --yes --base HEAD"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    Changed on the site since [BASE], and kept
      /guide @ en-US
        title  pages/guide.yaml:5:12
          manifest  Guide
          site      The book
        seo.title  pages/guide.yaml:7:14
          manifest  The Guide
          site      The {+Official +}Guide
        slugline -C . pull --api-url http://[SERVER] --page /guide --locale en-US --field title --field seo.title
      `slugline pull` as above takes them over; `--on-drift revert` writes what the manifests say

    Nothing to write. 2 fields were changed on the site and kept.
    Applied: nothing to write.
    --- stderr
    ");
}

#[test]
fn drift_is_taken_back_if_asked_for() {
    let repository = Repository::new();
    repository.edit_on_the_site("pgGuide", "en-US", json!({"seo": {"title": "The Official Guide"}}));
    assert_snapshot!(repository.run("apply --yes --base HEAD --on-drift revert"), @"
    exit: 0
    files: none
    writes: PUT pgGuide primary 200
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:7:14
          - The [-Official -]Guide
          + The Guide
          moves along in fr-FR, ja-JP, which inherit it
          ! takes back what was changed on the site

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    Applied: 1 written of 1 request.
    --- stderr
    [1/1] /guide @ en-US: done
    Written as staged changes: nothing is public until the site is published.
    ");
    assert_eq!(repository.environment.values("pgGuide", "en-US")["seo"]["title"], "The Guide");
}

#[test]
fn a_conflict_stops_everything() {
    let mut repository = Repository::new();
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.hide(&base, "[BASE]");
    repository.edit_on_the_site("pgGuide", "en-US", json!({"seo": {"title": "The Official Guide"}}));
    repository.say("The Guide", "The Ultimate Guide");
    repository.say("title: Guide\n", "title: The guide\n");
    assert_snapshot!(repository.run("plan --base HEAD -o plan.json"), @"
    exit: 4
    files: plan.json
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        title  pages/guide.yaml:5:12
          - Guide
          + The guide
          moves along in ja-JP, which inherits it

    Conflicts: changed since [BASE] in the manifests and on the site
      /guide @ en-US
        seo.title  pages/guide.yaml:7:14
          base      The Guide
          manifest  The {+Ultimate +}Guide
          site      The {+Official +}Guide
        slugline -C . pull --api-url http://[SERVER] --page /guide --locale en-US --field seo.title
      `slugline pull` as above takes the site's values over; `--on-conflict desired` writes the manifests'

    The plan has 1 conflict and cannot be applied.
    --- stderr
    Saved, to be shown; with conflicts in it, it cannot be applied.
    error: 1 field was changed in the manifests and on the site as well; nothing was written
      hint: take the live values over with the `slugline pull` that the plan names, or write the manifests' with `--on-conflict desired`
    ");
    for arguments in ["apply plan.json", "apply --yes --base HEAD"] {
        let refused = repository.run(arguments);
        refused.wrote_nothing();
        assert_eq!(refused.exit, 4, "{refused}");
        assert!(refused.stderr.contains("1 field was changed in the manifests and on the site as well"), "{refused}");
    }
    let json = repository.run("apply --yes --format json --base HEAD").json();
    assert_eq!(json["conflicts"][0]["base"], "The Guide");
    assert_eq!(json["conflicts"][0]["before"], "The Official Guide");
    assert_eq!(json["conflicts"][0]["after"], "The Ultimate Guide");
    assert_snapshot!(repository.run("apply --yes --base HEAD --on-conflict desired"), @"
    exit: 0
    files: none
    writes: PUT pgGuide primary 200
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        title  pages/guide.yaml:5:12
          - Guide
          + The guide
          moves along in ja-JP, which inherits it
        seo.title  pages/guide.yaml:7:14
          - The [-Official-] Guide
          + The {+Ultimate+} Guide
          moves along in fr-FR, ja-JP, which inherit it
          ! writes over what was changed on the site as well

    Plan: 2 fields to change in 1 page-locale of 1 page; 1 request to send.
    Applied: 1 written of 1 request.
    --- stderr
    [1/1] /guide @ en-US: done
    Written as staged changes: nothing is public until the site is published.
    ");
    assert_eq!(repository.environment.values("pgGuide", "en-US")["seo"]["title"], "The Ultimate Guide");
}

#[test]
fn what_was_changed_to_the_same_on_both_sides_is_nothing_to_do() {
    let repository = Repository::new();
    repository.edit_on_the_site("pgGuide", "en-US", json!({"seo": {"title": "The Ultimate Guide"}}));
    repository.say("The Guide", "The Ultimate Guide");
    assert!(repository.told("--base HEAD").is_empty());
}

#[test]
fn the_way_to_adopt_that_is_told_is_the_way() {
    let repository = Repository::new();
    repository.edit_on_the_site(
        "pgGuide",
        "en-US",
        json!({"title": "The book", "seo": {"title": "The Official Guide"}}),
    );
    repository.say("All you need to know.", "All that you need to know.");
    let plan = repository.run("plan --base HEAD");
    let command = plan.stdout.lines().find_map(|line| line.trim().strip_prefix(PULL)).unwrap();
    assert_eq!(repository.run(&format!("pull {command}")).exit, 0);
    assert_eq!(
        repository.told("--base HEAD"),
        ["change /guide en-US seo.description"],
        "the branch's own change stays"
    );
}

#[test]
fn templates_are_those_of_the_base() {
    let repository = Repository::new();
    repository
        .write("slugline.yaml", &format!("{}defaults: [{{seo: {{title: '{{title}} | Galaxy'}}}}]\n", galaxy::PROJECT));
    repository.write("pages/about.yaml", "path: /about\nlocales: {en-US: {title: About}}\n");
    let commit = repository.commit();
    repository.edit_on_the_site("pgAbout", "en-US", json!({"seo": {"title": "About | Galaxy"}}));
    repository
        .write("slugline.yaml", &format!("{}defaults: [{{seo: {{title: '{{title}} – Galaxy'}}}}]\n", galaxy::PROJECT));
    assert_eq!(repository.told(&format!("--base {commit}")), ["change /about en-US seo.title"]);
    repository.edit_on_the_site("pgAbout", "en-US", json!({"seo": {"title": "We"}}));
    assert_eq!(repository.told(&format!("--base {commit}")), ["conflict kept /about en-US seo.title"]);
    repository.git(&["checkout", "-q", "."]);
    assert_eq!(repository.told(&format!("--base {commit}")), ["drift kept /about en-US seo.title"]);
}

#[test]
fn a_slug_that_somebody_changed_stays_taken() {
    let repository = Repository::new();
    repository.say("    title: Guide\n", "    title: Guide\n    slug: guide\n");
    repository.write("pages/about.yaml", "id: pgAbout\nlocales: {en-US: {slug: about}}\n");
    repository.commit();
    repository.edit_on_the_site("pgGuide", "en-US", json!({"slug": "handbook"}));
    assert_eq!(repository.told("--base HEAD"), ["drift kept /guide en-US slug"]);
    repository.write("pages/about.yaml", "id: pgAbout\nlocales: {en-US: {slug: handbook}}\n");
    let taken = repository.run("plan --base HEAD");
    assert_eq!(taken.exit, 3, "{taken}");
    assert!(taken.stderr.contains("the slug `handbook` is taken"), "{taken}");
    repository.write("pages/about.yaml", "id: pgAbout\nlocales: {en-US: {slug: guide}}\n");
    assert_eq!(
        repository.told("--base HEAD"),
        ["change /about en-US slug", "drift kept /guide en-US slug"],
        "the name that was left is free"
    );
}

#[test]
fn lost_pages() {
    let repository = Repository::new();
    for page in ["about", "restaurant", "404"] {
        repository.write(&format!("pages/{page}.yaml"), &format!("path: /{page}\nlocales: {{en-US: {{}}}}\n"));
    }
    let base = repository.commit();
    for page in ["about", "restaurant"] {
        std::fs::remove_file(repository.environment.path(&format!("pages/{page}.yaml"))).unwrap();
    }
    repository.say("The Guide", "The Ultimate Guide");
    let lose = |ids: &[&str]| {
        let mut site = galaxy::site();
        site["pages"].as_array_mut().unwrap().retain(|page| !ids.contains(&page["id"].as_str().unwrap()));
        repository.environment.server().set_site(slugline::sandbox::Site::from_json(&site.to_string()).unwrap());
    };
    lose(&["pgAbout"]);
    assert_eq!(repository.run(&format!("plan --format json --base {base}")).json()["guards"], json!([]), "1 of 4");
    lose(&["pgAbout", "pgDraft"]);
    let refused = repository.run(&format!("apply --yes --base {base}"));
    refused.wrote_nothing();
    assert_snapshot!(refused, @"
    exit: 4
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:7:14
          - The Guide
          + The {+Ultimate +}Guide
          moves along in fr-FR, ja-JP, which inherit it

    guard lost-pages: 2 of the 4 pages that the base describes are gone from the site (limit 1)
        /about
        /restaurant
      if this is meant, apply it with --allow lost-pages

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    --- stderr
    error: refused by the guard lost-pages; nothing was written
      hint: if this is meant, add `--allow lost-pages`
    ");
    assert_eq!(repository.run(&format!("apply --yes --base {base} --allow lost-pages")).exit, 0);
}

#[test]
fn a_saved_plan_knows_its_base() {
    let repository = Repository::new();
    repository.say("The Guide", "The Ultimate Guide");
    assert_eq!(repository.run("plan --base HEAD -o plan.json").exit, 0);
    assert_snapshot!(repository.run("apply plan.json --base HEAD"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: a saved plan knows its base already
      hint: give `--base`, `--on-drift` and `--on-conflict` to `slugline plan`
    ");
    for arguments in ["plan --on-drift revert", "plan --offline", "plan --offline --base HEAD --on-drift revert"] {
        assert_eq!(repository.run(arguments).exit, 64, "{arguments}");
    }
}

/// A plan file as programs before drift wrote it.
#[test]
fn a_plan_of_version_1_0_can_be_applied() {
    let repository = Repository::new();
    repository.say("The Guide", "The Ultimate Guide");
    assert_eq!(repository.run("plan -o plan.json").exit, 0);
    let mut plan = repository.environment.read_json("plan.json");
    plan["format_version"] = "1.0".into();
    for key in ["new", "drift", "conflicts", "kept"] {
        plan["summary"].as_object_mut().unwrap().remove(key).unwrap();
    }
    plan["changes"][0].as_object_mut().unwrap().remove("written").unwrap();
    plan["digest"] = digest(&plan).into();
    repository.environment.write("plan.json", plan.to_string());
    let applied = repository.run("apply plan.json");
    assert_eq!((applied.exit, applied.writes.len()), (0, 1), "{applied}");
}

/// Returns the digest that the format's description asks for: of JSON with sorted keys, which is how it is kept here.
fn digest(plan: &Json) -> String {
    use sha2::{Digest as _, Sha256};
    let sorted: std::collections::BTreeMap<&String, &Json> = plan
        .as_object()
        .unwrap()
        .iter()
        .filter(|(key, _)| !["digest", "source", "live", "exit"].contains(&key.as_str()))
        .collect();
    let text = serde_json::to_string(&sort(&json!(sorted))).unwrap();
    let hex: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn sort(value: &Json) -> Json {
    match value {
        Json::Object(map) => {
            let sorted: std::collections::BTreeMap<_, _> =
                map.iter().map(|(key, value)| (key.clone(), sort(value))).collect();
            sorted.into_iter().collect()
        }
        Json::Array(items) => items.iter().map(sort).collect(),
        other => other.clone(),
    }
}

/// Otherwise it would ask which of the environments is meant.
#[test]
fn the_pull_that_is_named_is_of_the_environment() {
    let repository = Repository::new();
    repository.write(
        "slugline.yaml",
        "version: 1\nenvironments:\n  staging: {site: siteGalaxy}\n  live: {site: siteOther}\n",
    );
    repository.commit();
    repository.edit_on_the_site("pgGuide", "en-US", json!({"seo": {"title": "The Official Guide"}}));
    let plan = repository.run("plan --env staging --base HEAD");
    let rest = "--page /guide --locale en-US --field seo.title";
    let command = format!("slugline -C . pull --env staging --api-url http://[SERVER] {rest}\n");
    assert!(plan.stdout.contains(&command), "{plan}");
    assert_eq!(repository.run(&format!("pull --env staging {rest}")).exit, 0);
    assert!(repository.told("--env staging --base HEAD").is_empty());
}

/// Nothing is written for it, and whoever reviews it learns of it all the same.
#[test]
fn what_is_not_stated_any_more_is_told() {
    let repository = Repository::new();
    repository.write("pages/about.yaml", "id: pgAbout\npath: /about\nlocales: {en-US: {title: About}}\n");
    repository.commit();
    std::fs::remove_file(repository.environment.path("pages/about.yaml")).unwrap();
    repository.say("      description: All you need to know.\n", "");
    let ran = repository.run("plan --base HEAD");
    assert_snapshot!(ran, @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    Nothing to write: the site reads as the manifests say (1 page-locale managed). 2 pages or parts of pages are not managed any more.
    --- stderr
    info[not-managed]: /about is not managed any more: its manifest is gone
    --> pages/about.yaml
     = help: the site keeps what it reads; put it back if that is not meant

    info[not-managed]: a part of /guide is not managed any more: seo.description @ en-US
     --> pages/guide.yaml:1:1
      |
    1 | id: pgGuide
      | ^^
      |
      = help: the site keeps what it reads; put it back if that is not meant
    ");
    let json = repository.run("plan --offline --base HEAD --format json").json();
    let codes = json["diagnostics"].as_array().unwrap().iter().map(|told| told["code"].clone());
    assert_eq!(codes.collect::<Vec<_>>(), ["not-managed", "not-managed"]);
}

/// A translation that stays as it is says what the text said before, and nobody has changed a word of it.
#[test]
fn a_translation_of_what_changes_is_told_to_be_out_of_date() {
    let repository = Repository::new();
    let text = format!("{GUIDE}  fr-FR:\n    seo:\n      title: Le guide du voyageur galactique\n");
    repository.write("pages/guide.yaml", &text);
    repository.commit();
    repository.say("title: The Guide", "title: The Ultimate Guide");
    for options in ["--base HEAD --offline", "--base HEAD"] {
        let plan = repository.run(&format!("plan {options} --format json")).json();
        let told = plan["diagnostics"].as_array().unwrap().iter().find(|told| told["code"] == "locale/stale");
        let told = told.unwrap_or_else(|| panic!("{options}: {plan:#}"));
        assert_eq!((&told["severity"], &told["location"]["line"]), (&"warning".into(), &11.into()), "{told}");
    }
}

#[test]
fn what_was_only_managed_in_another_locale_is_not_told_for_this_one() {
    let repository = Repository::new();
    repository.write("pages/about.yaml", "id: pgAbout\npath: /about\nlocales: {en-US: {title: About}}\n");
    repository.write("pages/home.yaml", "id: pgHome\nlocales: {en-US: {title: Home}, fr-FR: {title: Home}}\n");
    repository.commit();
    for page in ["about", "home"] {
        std::fs::remove_file(repository.environment.path(&format!("pages/{page}.yaml"))).unwrap();
    }
    for options in ["", " --offline"] {
        let told = |locale: &str| {
            let plan = repository.run(&format!("plan --base HEAD --locale {locale} --format json{options}")).json();
            plan["diagnostics"].as_array().unwrap().len()
        };
        assert_eq!((told("en-US"), told("fr-FR")), (2, 1), "{options}");
    }
}

#[test]
fn a_manifest_that_names_another_page_now_is_not_gone() {
    let repository = Repository::new();
    repository.write("pages/about.yaml", "path: /about\nlocales: {en-US: {title: About}}\n");
    repository.commit();
    repository.write("pages/about.yaml", "path: /restaurant\nlocales: {en-US: {title: Restaurant}}\n");
    for options in ["", " --offline"] {
        let plan = repository.run(&format!("plan --base HEAD{options}"));
        let told = "info[not-managed]: /about is not managed any more: its manifest names `/restaurant` now";
        assert!(plan.stderr.contains(told) && !plan.stderr.contains("is gone"), "{plan}");
    }
}

/// Where several pages of a file go, or come, none is said to stand for another.
#[test]
fn which_page_of_a_file_stands_for_which_is_not_guessed() {
    let repository = Repository::new();
    let page = |path: &str| format!("path: {path}\nlocales: {{en-US: {{title: Some page}}}}\n");
    let file = |paths: [&str; 2]| paths.map(page).join("---\n");
    repository.write("pages/all.yaml", &file(["/about", "/"]));
    repository.commit();
    repository.write("pages/all.yaml", &page("/restaurant"));
    let plan = repository.run("plan --offline --base HEAD");
    assert!(plan.stderr.contains("/about is not managed any more: its manifest is gone"), "{plan}");
    assert!(!plan.stderr.contains("now"), "{plan}");
}

/// The text on the site may be somebody's, whom the plan takes back; nobody ever translated it.
#[test]
fn without_a_base_nothing_is_said_of_what_a_translation_was_made_from() {
    let repository = Repository::new();
    let text = format!("{GUIDE}  fr-FR:\n    seo:\n      title: Le guide du voyageur galactique\n");
    repository.write("pages/guide.yaml", &text);
    repository.commit();
    repository.edit_on_the_site("pgGuide", "fr-FR", json!({"seo": {"title": "Le guide du voyageur galactique"}}));
    repository.edit_on_the_site("pgGuide", "en-US", json!({"seo": {"title": "New"}}));
    assert_snapshot!(repository.run("plan").stderr, @"
    warning[locale/stale]: the SEO title in fr-FR stays, while the text of the primary locale changes
      --> pages/guide.yaml:11:14
       |
     7 |       title: The Guide
       |              --------- this changes
    ...
    11 |       title: Le guide du voyageur galactique
       |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: on the site that is now: `New`, here: `The Guide`, the translation: `Le guide du voyageur galactique`
    ");
    let reverted = repository.run("plan --base HEAD --on-drift revert");
    assert!(!reverted.stderr.contains("locale/stale"), "{reverted}");
}
