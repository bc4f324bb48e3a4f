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

#[test]
fn somebody_in_the_designer() {
    let environment = project();
    assert_snapshot!(environment.run_with(&["sandbox", "edit", "--page", "/guide", "seo.title=The Official Guide"], ""), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    --- stderr
    Somebody has edited /guide @ en-US in the sandbox.
    ");
    assert_eq!(
        environment.run("sandbox edit --page /blog/towel-day --locale fr-fr seo.title=Serviette slug=jour").exit,
        0
    );
    assert_eq!(environment.run("sandbox edit --page /guide --locale primary openGraph.titleCopied=true").exit, 0);
    let site = environment.read_json(".slugline/sandbox.json");
    assert_eq!(site["pages"][1]["values"]["primary"]["seo"]["title"], "The Official Guide");
    assert_eq!(site["pages"][1]["values"]["primary"]["seo"]["description"], "All you need to know.");
    assert_eq!(site["pages"][1]["values"]["primary"]["openGraph"], serde_json::json!({"titleCopied": true}));
    assert_eq!(site["pages"][3]["values"]["fr-FR"]["seo"]["title"], "Serviette");
    assert_eq!(site["pages"][3]["values"]["fr-FR"]["slug"], "jour");
    assert_snapshot!(environment.run("sandbox edit --page /guide title=Guide"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    --- stderr
    Nothing to change: /guide @ en-US reads so in the sandbox.
    ");
    let plan = environment.run("plan --sandbox");
    assert!(plan.stdout.contains("The [-Official-]"), "{plan}");
}

#[test]
fn what_the_designer_would_not_let_somebody_do() {
    let environment = project();
    let refused = |arguments: &str| {
        let ran = environment.run(arguments);
        assert_eq!((ran.exit, ran.stdout.as_str()), (64, ""), "{ran}");
        ran.stderr
    };
    assert_snapshot!(refused("sandbox edit --page /giude title=Guide"), @"
    error: the sandbox has no page `/giude`
      hint: did you mean `/guide`?
    ");
    assert_snapshot!(refused("sandbox edit --page /nowhere title=Guide"), @"
    error: the sandbox has no page `/nowhere`
      hint: it has `/`, `/guide`, `/about`, `/blog/towel-day`, `/detail_articles`, `/404`, `/restaurant`
    ");
    assert_snapshot!(refused("sandbox edit --page /guide --locale fr-CA title=Guide"), @"
    error: the sandbox has no locale `fr-CA`
      hint: it has `en-US`, `fr-FR`, `ja-JP`
    ");
    assert_snapshot!(refused("sandbox edit --page / slug=home"), @"error: the slug of this page cannot be changed");
    assert_snapshot!(refused("sandbox edit --page /guide slug=about"), @"error: the slug `about` is taken in its folder");
    assert_snapshot!(refused("sandbox edit --page /guide slug="), @"error: `slug` must not be empty");
    assert_snapshot!(refused("sandbox edit --page /guide seo.titel=Guide"), @"
    error: invalid value 'seo.titel=Guide' for '<FIELD=VALUE>...': the fields are title, slug, seo.title, seo.description, openGraph.title, openGraph.titleCopied, openGraph.description, openGraph.descriptionCopied

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("sandbox edit --page /guide title"), @"
    error: invalid value 'title' for '<FIELD=VALUE>...': a field and its value are expected, such as 'seo.title=About us'

    For more information, try '--help'.
    ");
    assert_snapshot!(refused("sandbox edit --page /guide openGraph.titleCopied=yes"), @"
    error: invalid value 'openGraph.titleCopied=yes' for '<FIELD=VALUE>...': `openGraph.titleCopied` is true or false

    For more information, try '--help'.
    ");
    assert!(!environment.path(".slugline/sandbox.json").exists(), "what is refused is not written");
}

/// The switches are about the API; what somebody does in the Designer they cannot change.
#[test]
fn the_switches_do_not_hold_in_the_designer() {
    let environment = project();
    let mut site = galaxy::site();
    site["switches"] = serde_json::json!({"clear": "ignored"});
    environment.write("sandbox.json", site.to_string().replace(super::environment::TOKEN, "sandbox-token"));
    assert_eq!(environment.run("sandbox edit --page /guide seo.title=").exit, 0);
    let site = environment.read_json(".slugline/sandbox.json");
    assert_eq!(site["pages"][1]["values"]["primary"]["seo"]["title"], "");
}

/// A run has the site in its memory, and would write over what it does not know of.
#[test]
fn nobody_edits_while_a_run_is_under_way() {
    let environment = project();
    assert_eq!(environment.run("sandbox edit --page /guide title=Guidebook").exit, 0);
    let before = environment.read(".slugline/sandbox.json");
    let lock = slugline::run::Lock::take(&environment.path(".slugline")).unwrap();
    let ran = environment.run("sandbox edit --page /guide title=Handbook");
    assert_eq!((ran.exit, environment.read(".slugline/sandbox.json")), (4, before), "{ran}");
    drop(lock);
    assert_eq!(environment.run("sandbox edit --page /guide title=Handbook").exit, 0);
}

/// It would be another sandbox than the one that is meant.
#[test]
fn no_server_is_edited() {
    let environment = project();
    for command in ["sandbox edit --page /guide title=Guide", "sandbox reset", "sandbox serve"] {
        let ran = environment.run(&format!("{command} --api-url http://127.0.0.1:9"));
        assert_eq!((ran.exit, ran.stdout.as_str()), (64, ""), "{ran}");
        assert!(ran.stderr.contains("hint: leave out `--api-url`"), "{ran}");
    }
    assert!(!environment.path(".slugline").exists());
}
