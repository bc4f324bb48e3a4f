//! Import: from the site to files, and back to an empty plan.

use insta::assert_snapshot;

use super::environment::TestEnvironment;
use super::galaxy::{self, GUIDE};

/// Returns an empty folder beside a site that is served.
fn nothing_yet(site: &serde_json::Value) -> TestEnvironment {
    let mut environment = TestEnvironment::empty();
    environment.serve(site);
    environment
}

#[test]
fn import_then_plan_is_empty() {
    let environment = nothing_yet(&galaxy::site());
    assert_snapshot!(environment.run("import"), @"
    exit: 0
    files: pages/about.yaml, pages/blog/towel-day.yaml, pages/detail_articles.yaml, pages/guide.yaml, pages/index.yaml, pages/restaurant.yaml, schema/slugline-page.schema.json, schema/slugline-project.schema.json, slugline.yaml
    writes: none
    --- stdout
    --- stderr
    Galaxy (siteGalaxy): 3 locales
    Wrote slugline.yaml.
    Wrote the schemas for editors to schema/.
    Wrote 6 manifests.
    Left out 1 archived or utility page; `--all` takes them in.
    ");
    assert_snapshot!(environment.read("slugline.yaml"), @"
    # yaml-language-server: $schema=schema/slugline-project.schema.json
    version: 1
    site: siteGalaxy
    ");
    assert_snapshot!(environment.read("pages/guide.yaml"), @"
    # yaml-language-server: $schema=../schema/slugline-page.schema.json
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
    ");
    assert_snapshot!(environment.read("pages/blog/towel-day.yaml"), @"
    # yaml-language-server: $schema=../../schema/slugline-page.schema.json
    id: pgTowel
    path: /blog/towel-day
    locales:
      en-US:
        title: Towel Day
        slug: towel-day
      fr-FR:
        title: Jour de la serviette
        slug: jour-de-la-serviette
    ");
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
}

#[test]
fn a_second_import_changes_nothing() {
    let environment = nothing_yet(&galaxy::site());
    environment.run("import");
    assert_snapshot!(environment.run("import").wrote_nothing(), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    --- stderr
    Galaxy (siteGalaxy): 3 locales
    6 pages were described already and left alone.
    Left out 1 archived or utility page; `--all` takes them in.
    Nothing to add.
    ");
}

#[test]
fn import_adds_what_is_not_described_and_leaves_the_rest() {
    let environment = TestEnvironment::with_pages([("a guide.yaml", &format!("# Mine.\r\n{GUIDE}"))]);
    assert_snapshot!(environment.run("import"), @"
    exit: 0
    files: pages/about.yaml, pages/blog/towel-day.yaml, pages/detail_articles.yaml, pages/index.yaml, pages/restaurant.yaml, schema/slugline-page.schema.json, schema/slugline-project.schema.json
    writes: none
    --- stdout
    --- stderr
    Galaxy (siteGalaxy): 3 locales
    Wrote the schemas for editors to schema/.
    Wrote 5 manifests.
    1 page was described already and left alone.
    Left out 1 archived or utility page; `--all` takes them in.
    ");
    assert_eq!(environment.read("pages/a guide.yaml"), format!("# Mine.\r\n{GUIDE}"));
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
}

#[test]
fn import_of_chosen_pages() {
    let environment = nothing_yet(&galaxy::site());
    let ran = environment.run("import --page /blog/** --site siteGalaxy --no-schema");
    assert_eq!(ran.files, ["pages/blog/towel-day.yaml", "slugline.yaml"], "{ran}");
    let ran = environment.run("import --all");
    assert!(ran.files.contains(&"pages/404.yaml".to_owned()), "{ran}");
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
}

#[test]
fn schemas_of_another_version_are_refreshed() {
    let environment = nothing_yet(&galaxy::site());
    environment.run("import");
    let schema = environment.read("schema/slugline-page.schema.json");
    environment.write("schema/slugline-page.schema.json", schema.replace("slugline page", "older"));
    assert_eq!(environment.run("import --no-schema").files, ["schema/slugline-page.schema.json"]);
    assert_eq!(environment.read("schema/slugline-page.schema.json"), schema);
    environment.run("import").wrote_nothing();
}

#[test]
fn schemas_that_nobody_names_are_not_written() {
    let environment = nothing_yet(&galaxy::site());
    environment.run("import --no-schema");
    assert!(environment.read("pages/about.yaml").starts_with("id:"));
    environment.run("import").wrote_nothing();
}

#[test]
fn a_file_in_the_place_of_a_schema_is_left_alone() {
    let environment = nothing_yet(&galaxy::site());
    environment.write("schema/slugline-page.schema.json", "{}");
    assert_snapshot!(environment.run("import").wrote_nothing(), @"
    exit: 1
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `schema/slugline-page.schema.json` exists and is no schema of ours
      hint: rename it, or leave the schemas out with `--no-schema`; nothing was written
    ");
    assert_eq!(environment.run("import --no-schema").exit, 0);
}

#[test]
fn import_of_a_site_without_localization() {
    let environment = nothing_yet(&galaxy::unlocalized_site());
    assert_eq!(environment.run("import").exit, 0);
    assert_snapshot!(environment.read("pages/about.yaml"), @"
    # yaml-language-server: $schema=../schema/slugline-page.schema.json
    id: pgAbout
    path: /about
    locales:
      primary:
        title: About
        slug: about
        seo:
          title: About us
    ");
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
}

#[test]
fn import_into_the_project_of_another_site() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    assert_snapshot!(environment.run("import --site siteOther").wrote_nothing(), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: the project here is for the site `siteGalaxy`, not `siteOther`
      hint: leave `--site` out, or import into another folder with `-C DIR`
    ");
}

#[test]
fn import_of_an_unknown_site() {
    let environment = nothing_yet(&galaxy::site());
    assert_snapshot!(environment.run("import --site siteOther").wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `GET /v2/sites/siteOther` answered 404 not found: Requested resource not found: The site cannot be found
      hint: check the site id, and that the token is a token of that site
    ");
}

#[test]
fn import_where_a_manifest_is_broken() {
    let environment = TestEnvironment::with_pages([("guide.yaml", "id: pgGuide\nlocale: {}\n")]);
    assert_eq!(environment.run("import").wrote_nothing().exit, 3);
}

#[test]
fn import_where_no_glob_would_find_the_new_files() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.write("slugline.yaml", "version: 1\nsite: siteGalaxy\npages: [pages/guide.yaml]\n");
    assert_snapshot!(environment.run("import").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: no glob of `pages` in slugline.yaml would find `pages/index.yaml`
      hint: add one such as `pages/**/*.yaml`; nothing was written
    ");
}

#[test]
fn texts_that_yaml_would_take_for_something_else() {
    let mut site = galaxy::site();
    let texts =
        ["404", "no", "true", "~", "null", "- a", "a: b", "# x", "'q'", "{{wf x}}", " lead", "1e3", "=", "a\nb\n"];
    for (page, text) in site["pages"].as_array_mut().unwrap()[1..].iter_mut().zip(texts.chunks(3)) {
        page["values"]["primary"]["title"] = text[0].into();
        for (key, text) in ["title", "description"].iter().zip(&text[1..]) {
            page["values"]["primary"]["seo"][key] = (*text).into();
        }
    }
    let environment = nothing_yet(&site);
    assert_eq!(environment.run("import --all").exit, 0);
    let ran = environment.run("plan --detailed-exitcode");
    assert_eq!(ran.exit, 0, "{ran}");
}

/// A static schema could not know the site's tags, and an editor offers what it knows.
#[test]
fn the_schema_for_editors_knows_the_locales_of_the_site() {
    let environment = TestEnvironment::serving(&galaxy::site());
    assert_eq!(environment.run("import").exit, 0);
    let schema = environment.read_json("schema/slugline-page.schema.json");
    let known = schema["properties"]["locales"]["properties"].as_object().unwrap();
    assert_eq!(known.keys().collect::<Vec<_>>(), ["en-US", "fr-FR", "ja-JP"]);
}
