//! Pull: live values into the files, and an empty plan after it.

use insta::assert_snapshot;

use super::environment::TestEnvironment;
use super::galaxy::{self, GUIDE};

/// A manifest that the site has left behind in every way, and that somebody keeps by hand.
const KEPT: &str = "\
# Ann looks after this page.
id: pgGuide # never changes
path: /guide

locales:
  en-US:
    title: \"The guide\"
    slug: 'guide' # published
    seo: {title: Guide, description: ''}
    openGraph:
      titleCopied: true # for now
      description: >-
        Long and
        folded.
  fr-FR:
    title: Le guide
";

#[test]
fn pull_then_plan_is_empty() {
    let environment = TestEnvironment::with_pages([("guide.yaml", KEPT)]);
    assert_snapshot!(environment.run("pull"), @"
    exit: 0
    files: pages/guide.yaml
    writes: none
    --- stdout
    /guide
      en-US
        title  pages/guide.yaml:7:12
          - The guide
          + Guide
        seo.title  pages/guide.yaml:9:18
          - Guide
          + {+The +}Guide
        seo.description  pages/guide.yaml:9:38
          - (empty)
          + All you need to know.
        openGraph.title  pages/guide.yaml:11:7
          the key is new
          + Explore the galaxy
        openGraph.titleCopied  pages/guide.yaml:11:20
          - true
          the key goes
        openGraph.description  pages/guide.yaml:12:20
          - Long and folded.
          the key goes
        openGraph.descriptionCopied  pages/guide.yaml:11:7
          the key is new
          + true
    --- stderr
    Changed 7 keys in 1 manifest.
    ");
    assert_snapshot!(environment.read("pages/guide.yaml"), @r#"
    # Ann looks after this page.
    id: pgGuide # never changes
    path: /guide

    locales:
      en-US:
        title: "Guide"
        slug: 'guide' # published
        seo: {title: The Guide, description: 'All you need to know.'}
        openGraph:
          title: Explore the galaxy # for now
          descriptionCopied: true
      fr-FR:
        title: Le guide
    "#);
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
    assert_snapshot!(environment.run("pull").wrote_nothing(), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    --- stderr
    Nothing to pull: the manifests say what the site reads.
    ");
}

#[test]
fn pull_as_a_patch() {
    let environment = TestEnvironment::with_pages([("guide.yaml", &KEPT.replace('\n', "\r\n"))]);
    let ran = environment.run("pull --diff --field seo.title --field openGraph.titleCopied");
    assert_snapshot!(ran.wrote_nothing(), @r#"
    exit: 0
    files: none
    writes: none
    --- stdout
    --- a/pages/guide.yaml
    +++ b/pages/guide.yaml
    @@ -6,9 +6,9 @@
       en-US:
         title: "The guide"
         slug: 'guide' # published
    -    seo: {title: Guide, description: ''}
    +    seo: {title: The Guide, description: ''}
         openGraph:
    -      titleCopied: true # for now
    +      title: Explore the galaxy # for now
           description: >-
             Long and
             folded.
    --- stderr
    "#);
    let path = environment.path("all.patch");
    std::fs::write(&path, environment.run("pull --diff").bytes).unwrap();
    let mut git = std::process::Command::new("git");
    let applied = git.args(["apply", "all.patch"]).current_dir(environment.path("")).status().unwrap();
    assert!(applied.success());
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
    assert!(!environment.read("pages/guide.yaml").replace("\r\n", "").contains('\n'));
}

#[test]
fn pull_of_what_is_chosen() {
    let environment = TestEnvironment::with_pages([("guide.yaml", KEPT)]);
    let ran = environment.run("pull --locale fr-FR");
    assert_eq!((ran.exit, ran.files.len()), (0, 0), "{ran}");
    let ran = environment.run("pull --page /guide --field title --format json");
    assert_eq!(ran.json()["changes"][0]["after"], "Guide", "{ran}");
    assert_eq!(environment.read("pages/guide.yaml"), KEPT.replace("\"The guide\"", "\"Guide\""));
    assert_eq!(environment.run("pull --page /nowhere").exit, 64);
    assert_eq!(environment.run("pull --field seo").exit, 64);
}

#[test]
fn a_cleared_value_is_pulled_as_empty() {
    let environment = TestEnvironment::with_pages([("guide.yaml", "id: pgGuide\nlocales: {fr-FR: {title: x}}\n")]);
    let mut site = galaxy::site();
    site["pages"][1]["values"]["primary"]["openGraph"] = serde_json::json!({"title": "", "titleCopied": false});
    let mut environment = environment;
    environment.serve(&site);
    environment.write("pages/guide.yaml", "id: pgGuide\nlocales:\n  en-US:\n    openGraph:\n      title: Explore\n");
    assert_eq!(environment.run("pull").exit, 0);
    assert_eq!(
        environment.read("pages/guide.yaml"),
        "id: pgGuide\nlocales:\n  en-US:\n    openGraph:\n      title: \"\"\n"
    );
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
}

#[test]
fn a_slug_that_cannot_be_set_goes() {
    let pages = [
        ("home.yaml", "path: /\nlocales:\n  en-US:\n    title: Old\n    slug: index\n"),
        ("articles.yaml", "id: pgArticle\nlocales:\n  en-US:\n    slug: other\n"),
    ];
    let environment = TestEnvironment::with_pages(pages);
    let ran = environment.run("pull");
    assert_snapshot!(ran, @"
    exit: 0
    files: pages/articles.yaml, pages/home.yaml
    writes: none
    --- stdout
    /
      en-US
        title  pages/home.yaml:4:12
          - Old
          + Home
        slug  pages/home.yaml:5:11
          - index
          the key goes

    /detail_articles
      en-US
        slug  pages/articles.yaml:4:11
          - other
          + detail_articles
    --- stderr
    Changed 3 keys in 2 manifests.
    ");
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
}

#[test]
fn a_path_follows_the_slug_that_it_ends_in() {
    let page = |path: &str| format!("id: pgGuide\npath: '{path}' # for people\nlocales:\n  en-US: {{slug: old}}\n");
    let environment = TestEnvironment::with_pages([("guide.yaml", &page("/old"))]);
    assert_snapshot!(environment.run("pull"), @"
    exit: 0
    files: pages/guide.yaml
    writes: none
    --- stdout
    /old
      en-US
        slug  pages/guide.yaml:4:17
          - old
          + guide
    path follows: /old → /guide  pages/guide.yaml:2:7
    --- stderr
    Changed 1 key in 1 manifest.
    ");
    assert_eq!(environment.read("pages/guide.yaml"), page("/guide").replace("slug: old", "slug: guide"));
    let plan = environment.run("plan --detailed-exitcode");
    assert_eq!((plan.exit, plan.stderr.as_str()), (0, ""));
    // One that does not end in the slug says something else, and is warned about.
    environment.write("pages/guide.yaml", page("/else"));
    assert_eq!(environment.run("pull").exit, 0);
    assert_eq!(environment.read("pages/guide.yaml"), page("/else").replace("slug: old", "slug: guide"));
}

#[test]
fn pages_that_are_gone_are_told_and_kept() {
    let gone = "path: /gone\nlocales: {en-US: {title: x}}\n";
    let environment = TestEnvironment::with_pages([("guide.yaml", KEPT), ("gone.yaml", gone)]);
    assert_snapshot!(environment.run("pull --field slug --field title"), @"
    exit: 3
    files: pages/guide.yaml
    writes: none
    --- stdout
    /guide
      en-US
        title  pages/guide.yaml:7:12
          - The guide
          + Guide
    --- stderr
    Changed 1 key in 1 manifest.
    error[unknown-page]: the site has no page at `/gone`
     --> pages/gone.yaml:1:7
      |
    1 | path: /gone
      |       ^^^^^
      |
      = help: check the path and that `site` names the right site; a page that was deleted needs no manifest
    ");
    assert_eq!(environment.read("pages/gone.yaml"), gone);
}

#[test]
fn what_an_anchor_shares_is_told_and_the_rest_is_pulled() {
    let shared = "id: pgGuide\nlocales:\n  en-US: {title: &name Guide!, seo: {title: One}}\n  fr-FR: {title: *name}\n";
    let environment = TestEnvironment::with_pages([("guide.yaml", shared)]);
    assert_snapshot!(environment.run("pull"), @"
    exit: 6
    files: pages/guide.yaml
    writes: none
    --- stdout
    /guide
      en-US
        seo.title  pages/guide.yaml:3:45
          - One
          + The Guide
    --- stderr
    Changed 1 key in 1 manifest.
    error[not-edited]: `title` of `en-US` is not edited: other values take it over by its anchor
     --> pages/guide.yaml:3:24
      |
    3 |   en-US: {title: &name Guide!, seo: {title: One}}
      |                        ^^^^^^
      |
      = help: change it by hand, or replace the alias by a value first

    error[not-edited]: `title` of `fr-FR` is not edited: the value comes from an alias
     --> pages/guide.yaml:4:18
      |
    4 |   fr-FR: {title: *name}
      |                  ^^^^^
      |
      = help: write the value in place of the alias, or change it where its anchor is
    ");
    assert_eq!(environment.read("pages/guide.yaml"), shared.replace("One", "The Guide"));
}

/// A project that says what its pages say that say nothing themselves.
const DEFAULTS: &str = "\
version: 1
site: siteGalaxy
defaults:
  - seo: {title: \"The {title}\", description: Nothing yet.}
    openGraph: {title: \"{title}!\", descriptionCopied: true}
";

#[test]
fn what_the_project_says_gives_way_where_the_site_says_something_else() {
    // The name that the default follows is pulled first, so that its text needs no key.
    let environment =
        TestEnvironment::with_pages([("guide.yaml", "id: pgGuide\nlocales:\n  en-US:\n    title: Old\n")]);
    environment.write("slugline.yaml", DEFAULTS);
    assert_snapshot!(environment.run("pull"), @"
    exit: 0
    files: pages/guide.yaml
    writes: none
    --- stdout
    /guide
      en-US
        title  pages/guide.yaml:4:12
          - Old
          + Guide
        seo.description  pages/guide.yaml:4:5
          the key is new
          + All you need to know.
        openGraph.title  pages/guide.yaml:4:5
          the key is new
          + Explore the galaxy
    --- stderr
    Changed 3 keys in 1 manifest.
    ");
    assert_snapshot!(environment.read("pages/guide.yaml"), @"
    id: pgGuide
    locales:
      en-US:
        title: Guide
        seo:
          description: All you need to know.
        openGraph:
          title: Explore the galaxy
    ");
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
    environment.run("pull").wrote_nothing();
}

#[test]
fn new_pages_state_what_the_project_would_say_otherwise() {
    let environment = TestEnvironment::with_pages([]);
    environment.write("slugline.yaml", DEFAULTS);
    assert_eq!(environment.run("import --page /guide --no-schema").exit, 0);
    assert_snapshot!(environment.read("pages/guide.yaml"), @"
    id: pgGuide
    path: /guide
    locales:
      en-US:
        title: Guide
        slug: guide
        seo:
          title: The Guide
          description: All you need to know.
        openGraph:
          title: Explore the galaxy
      fr-FR:
        title: Le guide
        seo:
          title: The Guide
          description: All you need to know.
        openGraph:
          title: Explore the galaxy
    ");
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
    assert_eq!(environment.run("pull --new").exit, 0);
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
}

#[test]
fn a_broken_manifest_stops_a_pull() {
    let environment = TestEnvironment::with_pages([("guide.yaml", KEPT), ("bad.yaml", "id: pgHome\nlocale: {}\n")]);
    assert_eq!(environment.run("pull").wrote_nothing().exit, 3);
}

#[test]
fn pull_of_new_pages() {
    let environment = TestEnvironment::with_pages([("guide.yaml", KEPT)]);
    let ran = environment.run("pull --new --diff");
    assert!(ran.wrote_nothing().stdout.contains("+++ b/pages/blog/towel-day.yaml\n@@ -0,0 "), "{ran}");
    assert_snapshot!(environment.run("pull --new --page /blog/**"), @"
    exit: 0
    files: pages/blog/towel-day.yaml, schema/slugline-page.schema.json, schema/slugline-project.schema.json
    writes: none
    --- stdout
    --- stderr
    Wrote 1 manifest.
    ");
    assert_eq!(environment.run("pull --new --no-schema").exit, 0);
    assert!(environment.read("pages/about.yaml").starts_with("id: "));
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
    environment.run("pull --new").wrote_nothing();
}

#[cfg(unix)]
#[test]
fn rights_and_links_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let environment = TestEnvironment::with_pages([]);
    environment.write("kept/guide.yaml", GUIDE.replace("The Guide", "Old"));
    let kept = environment.path("kept/guide.yaml");
    std::fs::set_permissions(&kept, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::fs::create_dir(environment.path("pages")).unwrap();
    std::os::unix::fs::symlink("../kept/guide.yaml", environment.path("pages/guide.yaml")).unwrap();
    assert_eq!(environment.run("pull").exit, 0);
    assert_eq!(environment.read("kept/guide.yaml"), GUIDE);
    assert!(environment.path("pages/guide.yaml").is_symlink());
    assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}
