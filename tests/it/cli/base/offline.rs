//! `plan --offline`: git against git, without a token.

use insta::assert_snapshot;
use serde_json::json;

use super::{Repository, TestEnvironment, galaxy};

/// A repository that nobody may ask a site for.
fn fork() -> Repository {
    let mut repository = Repository::new();
    repository.environment.unset("WEBFLOW_TOKEN");
    repository
}

#[test]
fn fields_that_the_branch_changes() {
    let mut repository = fork();
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.hide(&base, "[BASE]");
    repository.say("The Guide", "The Ultimate Guide");
    repository.say("      description: All you need to know.\n", "");
    repository.say("    title: Guide\n", "    title: Guide\n    openGraph: {title: Explore the galaxy}\n");
    repository.write("pages/about.yaml", "path: /about\nlocales: {en-US: {title: About}, FR-fr: {title: À propos}}\n");
    let plan = repository.run("plan --offline --base HEAD -o plan.json");
    assert_eq!(repository.environment.log().len(), 0, "the site is not asked");
    assert_snapshot!(plan, @"
    exit: 0
    files: plan.json
    writes: none
    --- stdout
    siteGalaxy (not asked; compared with [BASE])

    /about
      en-US
        title  pages/about.yaml:2:26
          + About
      FR-fr
        title  pages/about.yaml:2:49
          + À propos

    /guide
      en-US
        seo.title  pages/guide.yaml:8:14
          - The Guide
          + The {+Ultimate +}Guide
        openGraph.title  pages/guide.yaml:6:24
          + Explore the galaxy

    1 field changes and 3 fields are new in 2 pages; the site was not asked. 1 page, or a part of it, is not managed any more.
    --- stderr
    Saved, to be shown; without the site, it cannot be applied.
    info[not-managed]: a part of /guide is not managed any more: seo.description @ en-US
     --> pages/guide.yaml:1:1
      |
    1 | id: pgGuide
      | ^^
      |
      = help: the site keeps what it reads; put it back if that is not meant
    ");
    assert_eq!(
        repository.told("--offline --base HEAD"),
        [
            "new /about en-US title",
            "new /about FR-fr title",
            "change /guide en-US seo.title",
            "new /guide en-US openGraph.title",
        ]
    );
    let json = repository.environment.read_json("plan.json");
    assert_eq!((&json["offline"], json["operations"].as_array().unwrap().len()), (&true.into(), 0));
    assert_eq!(json["changes"][2]["before"], "The Guide");
    assert!(repository.run("show plan.json").stdout.contains("The {+Ultimate +}Guide"));
    let counts = repository.run("show plan.json --format gitlab-terraform");
    assert_eq!(counts.stdout, "{\"create\":0,\"update\":3,\"delete\":0}\n");
}

/// Whoever forks the project hears of their texts as well.
#[test]
fn the_lint_has_its_say() {
    let repository = fork();
    repository.say("The Guide", "The  Guide");
    let warned = repository.run("plan --offline --base HEAD --format github");
    assert!(warned.stdout.contains("pages/guide.yaml,line=7,col=14,title=text/double-space::"), "{warned}");
    assert_eq!(warned.exit, 0);
    repository.write("slugline.yaml", &format!("{}lint: {{rules: {{text/double-space: error}}}}\n", galaxy::PROJECT));
    let refused = repository.run("plan --offline --base HEAD --format json");
    assert_eq!((refused.exit, &refused.json()["diagnostics"][0]["field"]), (3, &"seo.title".into()));
}

#[test]
fn it_cannot_be_applied() {
    let repository = fork();
    repository.say("The Guide", "The Ultimate Guide");
    assert_eq!(repository.run("plan --offline --base HEAD -o plan.json").exit, 0);
    let refused = repository.run("apply plan.json");
    refused.wrote_nothing();
    assert_snapshot!(refused, @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: the plan compares two commits and knows nothing of the site; there is nothing in it to send
      hint: make one with `slugline -C . plan --api-url http://[SERVER] -o FILE`, without `--offline`
    ");
}

#[test]
fn nothing_changes() {
    let mut repository = fork();
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.hide(&base, "[BASE]");
    assert_snapshot!(repository.run("plan --offline --base HEAD --detailed-exitcode"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    siteGalaxy (not asked; compared with [BASE])

    The manifests say the same as in [BASE] (1 page-locale managed).
    --- stderr
    ");
    repository.say("The Guide", "The Ultimate Guide");
    assert_eq!(repository.run("plan --offline --base HEAD --detailed-exitcode").exit, 2);
}

#[test]
fn files_may_move_and_pages_get_an_id() {
    let repository = fork();
    repository.write("pages/about.yaml", "path: /about\nlocales: {en-US: {title: About}}\n");
    repository.commit();
    std::fs::rename(repository.environment.path("pages/guide.yaml"), repository.environment.path("pages/book.yaml"))
        .unwrap();
    repository.write("pages/about.yaml", "id: pgAbout\npath: /about\nlocales: {en-US: {title: About us}}\n");
    assert_eq!(repository.told("--offline --base HEAD"), ["change /about en-US title"]);
}

#[test]
fn the_primary_locale_may_be_called_by_its_tag_from_now_on() {
    let repository = fork();
    repository.say("  en-US:", "  primary:");
    repository.commit();
    repository.say("  primary:", "  en-US:");
    assert!(repository.told("--offline --base HEAD").is_empty());
}

#[test]
fn templates_count_on_both_sides() {
    let repository = fork();
    repository.write(
        "slugline.yaml",
        &format!("{}defaults: [{{openGraph: {{title: '{{title}} | Galaxy'}}}}]\n", galaxy::PROJECT),
    );
    assert_eq!(repository.told("--offline --base HEAD"), ["new /guide en-US openGraph.title"]);
    repository.commit();
    repository.say("title: Guide\n", "title: The guide\n");
    assert_eq!(
        repository.told("--offline --base HEAD"),
        ["change /guide en-US title", "change /guide en-US openGraph.title"]
    );
}

#[test]
fn what_can_be_guarded_without_the_site_is() {
    let repository = fork();
    repository.say("All you need to know.", "''");
    let plan = repository.run("plan --offline --format json --base HEAD").json();
    assert_eq!(plan["guards"][0]["name"], "blanking");
}

/// Nobody knows whether the page is published, so nobody says so; but it is the first thing to look at.
#[test]
fn a_slug_stands_out() {
    let repository = fork();
    repository.say("    title: Guide\n", "    slug: guide\n    title: Guide\n");
    repository.commit();
    repository.say("slug: guide\n", "slug: handbook\n");
    let shown = |format: &str| repository.run(&format!("plan --offline --base HEAD --format {format}"));
    let text = shown("text").stdout;
    assert!(text.contains("! if the page is published, its address moves, and a redirect is needed"), "{text}");
    let json = shown("json").json();
    assert_eq!(
        (&json["changes"][0]["risks"][0], &json["guards"][0]["name"]),
        (&"slug-change".into(), &"slug-change".into())
    );
    let markdown = shown("markdown").stdout;
    assert!(markdown.contains("- 1 slug changes; if its page is published, the address moves\n"), "{markdown}");
    assert!(markdown.contains("#### Slugs that change\n"), "{markdown}");
    let row =
        "| <code>/guide</code> | <code>en-US</code> | `slug` | <code><del>guide</del><br><ins>handbook</ins></code> |";
    assert!(markdown.contains(row) && !markdown.contains("<details"), "{markdown}");
    let html = shown("html").stdout;
    assert!(html.contains("slug changes</span>") && html.contains(">Slugs that change</h2>"), "{html}");
    assert!(!html.contains("Apply refuses") && !html.contains(">address moves"), "{html}");
    let github = shown("github").stdout;
    assert!(github.starts_with("::warning file=pages/guide.yaml,line=5,col=11,title=slug-change::"), "{github}");
    for format in ["text", "markdown", "html", "github", "gitlab", "sarif"] {
        let told = shown(format).stdout;
        assert!(!told.contains("published slug") && !told.contains("a published address"), "{told}");
    }
}

#[test]
fn what_is_not_managed_any_more_is_no_sameness() {
    let repository = fork();
    repository.say("      description: All you need to know.\n", "");
    let sentence = "1 page, or a part of it, is not managed any more.";
    for format in ["text", "markdown", "html", "github"] {
        let told = repository.run(&format!("plan --offline --base HEAD --format {format}")).stdout;
        assert!(told.contains(sentence) && !told.contains("say the same"), "{told}");
    }
}

#[test]
fn pages_and_locales_can_be_chosen() {
    let repository = fork();
    repository.say("The Guide", "The Ultimate Guide");
    assert_eq!(repository.told("--offline --base HEAD --page /guide --locale en-us").len(), 1);
    let nothing = repository.run("plan --offline --base HEAD --page /nothing");
    assert_eq!(nothing.exit, 64, "{nothing}");
    let nothing = repository.run("plan --offline --base HEAD --locale de");
    assert!(nothing.stderr.contains("they state en-US"), "{nothing}");
}

#[test]
fn invalid_manifests_are_told_as_ever() {
    let repository = fork();
    repository.say("title: Guide", "titel: Guide");
    assert_eq!(repository.run("plan --offline --base HEAD").exit, 3);
    let nowhere = TestEnvironment::empty();
    nowhere.write("slugline.yaml", galaxy::PROJECT);
    assert_eq!(nowhere.run("plan --offline --base HEAD").exit, 64);
}

/// Two manifests whose locales the base calls by their tags, and the branch one of them by its role.
fn renamed() -> Repository {
    let repository = fork();
    let about = "path: /about\nlocales:\n  en-US: {title: About}\n  fr-FR: {title: À propos}\n";
    repository.write("pages/about.yaml", about);
    repository.commit();
    repository.write("pages/about.yaml", &about.replace("en-US", "primary"));
    repository
}

#[test]
fn the_primary_locale_may_be_called_by_its_role_from_now_on() {
    let repository = renamed();
    let is_empty = || repository.told("--offline --base HEAD").is_empty();
    assert!(is_empty(), "in one manifest");
    repository.say("  en-US:", "  primary:");
    assert!(is_empty(), "in all of them");
    repository.say("The Guide", "The Ultimate Guide");
    let plan = repository.run("plan --offline --base HEAD --format json").json();
    assert_eq!(super::told(&plan), ["change /guide en-US seo.title"]);
    assert_eq!((&plan["diagnostics"], &plan["summary"]["released"]), (&json!([]), &json!(null)));
}

#[test]
fn a_primary_locale_that_cannot_be_told_is_asked_for_once() {
    let repository = renamed();
    repository.say("  en-US:", "  primary:");
    repository.write("pages/about.yaml", "path: /about\nlocales:\n  primary: {title: À propos}\n");
    let plan = repository.run("plan --offline --base HEAD");
    assert_eq!(plan.stderr.matches("warning[primary-locale]").count(), 1, "{plan}");
    assert!(plan.stderr.contains("such as `locales: {primary: en-US}`"), "{plan}");
    repository.write("slugline.yaml", &format!("{}locales: {{primary: en-US}}\n", galaxy::PROJECT));
    let plan = repository.run("plan --offline --base HEAD");
    assert!(!plan.stderr.contains("primary-locale"), "{plan}");
    assert_eq!(repository.told("--offline --base HEAD"), ["change /about en-US title"]);
}

/// Where a page has lost a translation and begun to state the primary, the two have nothing to do with each other.
#[test]
fn a_locale_that_goes_is_not_the_primary_that_comes() {
    let repository = fork();
    repository.say("  en-US:", "  primary:");
    repository.write("pages/about.yaml", "path: /about\nlocales: {fr-FR: {title: À propos}}\n");
    repository.commit();
    repository.write("pages/about.yaml", "path: /about\nlocales: {primary: {title: About}}\n");
    assert_eq!(repository.told("--offline --base HEAD"), ["new /about primary title"]);
    // Here they say the same, and elsewhere they stand side by side.
    repository.write("pages/about.yaml", "path: /about\nlocales: {primary: {title: À propos}}\n");
    for home in ["{primary: {title: Home}, fr-FR: {title: Accueil}}", "{fr-FR: {title: Accueil}}"] {
        repository.write("pages/home.yaml", &format!("path: /\nlocales: {home}\n"));
        assert_eq!(repository.told("--offline --base HEAD --page /about"), ["new /about primary title"], "{home}");
    }
}

#[test]
fn the_primary_locale_can_be_chosen_by_its_role() {
    let repository = fork();
    repository.say("  en-US:", "  primary:");
    repository.commit();
    repository.say("The Guide", "The Ultimate Guide");
    assert_eq!(repository.told("--offline --base HEAD --locale primary").len(), 1);
    repository.write("slugline.yaml", &format!("{}locales: {{primary: en-US}}\n", galaxy::PROJECT));
    for locale in ["primary", "en-US"] {
        let told = repository.told(&format!("--offline --base HEAD --locale {locale}"));
        assert_eq!(told, ["change /guide en-US seo.title"], "{locale}");
    }
}
