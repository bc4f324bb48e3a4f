//! `--sandbox`: the same without token and network, with a site that the project brings along.

use insta::assert_snapshot;

use super::environment::TestEnvironment;
use super::galaxy::{self, GUIDE_CHANGED, PROJECT};

/// Returns a project that brings its own site.
fn project() -> TestEnvironment {
    let environment = TestEnvironment::empty();
    environment.write("slugline.yaml", PROJECT);
    environment.write("sandbox.json", galaxy::site().to_string().replace(super::environment::TOKEN, "sandbox-token"));
    environment.write("pages/guide.yaml", GUIDE_CHANGED);
    environment
}

#[test]
fn plan_and_apply_need_no_token() {
    let environment = project();
    let seed = environment.read("sandbox.json");
    assert_eq!(environment.run("plan --sandbox --detailed-exitcode").wrote_nothing().exit, 2);
    assert_eq!(environment.run("apply --sandbox --yes").wrote_nothing().exit, 0);
    assert_eq!(environment.run("plan --sandbox --detailed-exitcode").wrote_nothing().exit, 0);
    assert_eq!(environment.read("sandbox.json"), seed, "the seed stays as it is");
    assert_eq!(environment.read(".slugline/.gitignore"), "*\n");
    assert!(environment.read(".slugline/sandbox.json").contains("The Ultimate Guide"));
}

#[test]
fn reset_starts_afresh() {
    let environment = project();
    assert_snapshot!(environment.run("sandbox reset"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    --- stderr
    The sandbox has not been used yet.
    ");
    environment.run("apply --sandbox --yes");
    assert_snapshot!(environment.run("sandbox reset"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    --- stderr
    The sandbox starts afresh.
    ");
    assert_eq!(environment.run("plan --sandbox --detailed-exitcode").exit, 2);
}

#[test]
fn a_token_in_the_environment_is_not_used() {
    let mut environment = project();
    environment.set("WEBFLOW_TOKEN", "not a token");
    assert_eq!(environment.run("plan --sandbox").exit, 0);
}

#[test]
fn a_project_without_a_site_of_its_own_gets_the_sample() {
    let environment = TestEnvironment::empty();
    assert_snapshot!(environment.run("import --sandbox"), @"
    exit: 0
    files: pages/about-us.yaml, pages/detail_articles.yaml, pages/guide-to-the-galaxy.yaml, pages/guide/towel-day.yaml, pages/index.yaml, pages/restaurant.yaml, schema/slugline-page.schema.json, schema/slugline-project.schema.json, slugline.yaml
    writes: none
    --- stdout
    --- stderr
    The Hitchhiker's Guide to the Galaxy (6258612d1ee792848f805dcf): 3 locales
    Wrote slugline.yaml.
    Wrote the schemas for editors to schema/.
    Wrote 6 manifests.
    Left out 1 archived or utility page; `--all` takes them in.
    ");
    assert_eq!(environment.run("plan --sandbox --detailed-exitcode").exit, 0);
}

#[test]
fn a_sandbox_that_is_none() {
    let environment = project();
    environment.write("sandbox.json", r#"{"site": {"id": "siteGalaxy"}, "pagse": []}"#);
    assert_snapshot!(environment.run("plan --sandbox").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `[FOLDER]/sandbox.json` is no sandbox: unknown field `pagse`, expected one of `site`, `tokens`, `locales`, `localizedSlugs`, `switches`, `folders`, `pages` at line 1 column 38
    ");
    environment.write("sandbox.json", "no");
    assert_snapshot!(environment.run("plan --sandbox").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `[FOLDER]/sandbox.json` is no sandbox: expected ident at line 1 column 2
    ");
}

#[test]
fn a_sandbox_of_another_site() {
    let environment = project();
    environment.write("slugline.yaml", "version: 1\nsite: siteOther\n");
    assert_snapshot!(environment.run("plan --sandbox").wrote_nothing(), @"
    exit: 5
    files: none
    writes: none
    --- stdout
    --- stderr
    error: `GET /v2/sites/siteOther` answered 404 not found: Requested resource not found: The site cannot be found
      hint: check the site id, and that the token is a token of that site
    ");
}
