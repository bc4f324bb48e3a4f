//! Somebody else edits the site between plan and apply: nothing of theirs is overwritten unread.

use insta::assert_snapshot;
use serde_json::json;

use super::environment::TestEnvironment;
use super::galaxy::GUIDE;

/// Returns a project with changes to two pages and their saved plan.
fn planned() -> TestEnvironment {
    let environment = TestEnvironment::with_pages([
        ("about.yaml", "id: pgAbout\nlocales:\n  en-US:\n    title: About the galaxy\n"),
        ("guide.yaml", &GUIDE.replace("The Guide", "The Ultimate Guide")),
    ]);
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    environment
}

#[test]
fn a_field_that_the_plan_writes_has_moved() {
    let environment = planned();
    environment.edit_by_someone(&json!({"id": "pgGuide", "seo": {"title": "Somebody's guide"}}));
    assert_snapshot!(environment.run("apply plan.json").wrote_nothing(), @r#"
    exit: 4
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /about
      en-US
        title  pages/about.yaml:4:12
          - About
          + About{+ the galaxy+}
          moves along in fr-FR, ja-JP, which inherit it

    /guide
      en-US
        seo.title  pages/guide.yaml:7:14
          - The Guide
          + The {+Ultimate +}Guide
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 2 fields to change in 2 page-locales of 2 pages; 2 requests to send.
    --- stderr
      /guide @ en-US: seo.title
          planned on "The Guide"
          now reads  "Somebody's guide"
    error: the plan is stale: the site has moved since in 1 place
      hint: nothing was written; plan again, or take the live values into the manifests
    "#);
    assert_eq!(environment.values("pgGuide", "en-US")["seo"]["title"], "Somebody's guide");
    assert_eq!(environment.values("pgAbout", "en-US")["title"], "About");
}

#[test]
fn a_field_beside_one_that_the_plan_writes_has_moved() {
    let environment = planned();
    environment.edit_by_someone(&json!({"id": "pgGuide", "seo": {"description": "Edited."}}));
    assert_snapshot!(environment.run("apply plan.json").wrote_nothing(), @r#"
    exit: 4
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /about
      en-US
        title  pages/about.yaml:4:12
          - About
          + About{+ the galaxy+}
          moves along in fr-FR, ja-JP, which inherit it

    /guide
      en-US
        seo.title  pages/guide.yaml:7:14
          - The Guide
          + The {+Ultimate +}Guide
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 2 fields to change in 2 page-locales of 2 pages; 2 requests to send.
    --- stderr
      /guide @ en-US: seo.description
          planned on "All you need to know."
          now reads  "Edited."
    error: the plan is stale: the site has moved since in 1 place
      hint: nothing was written; plan again, or take the live values into the manifests
    "#);
}

#[test]
fn a_field_that_the_plan_does_not_touch_has_moved() {
    let environment = planned();
    environment.edit_by_someone(&json!({"id": "pgGuide", "title": "The guide", "openGraph": {"title": "Discover"}}));
    let ran = environment.run("apply plan.json");
    assert_eq!((ran.exit, ran.writes.len()), (0, 2), "{ran}");
    let values = environment.values("pgGuide", "en-US");
    assert_eq!((&values["title"], &values["openGraph"]["title"]), (&json!("The guide"), &json!("Discover")));
    assert_eq!(values["seo"]["title"], "The Ultimate Guide");
}

#[test]
fn a_field_that_reads_as_wanted_already_is_left_out() {
    let environment = planned();
    environment.edit_by_someone(&json!({"id": "pgAbout", "title": "About the galaxy"}));
    assert_snapshot!(environment.run("apply plan.json"), @"
    exit: 0
    files: none
    writes: PUT pgGuide primary 200
    --- stdout
    Galaxy (siteGalaxy)

    /about
      en-US
        title  pages/about.yaml:4:12
          - About
          + About{+ the galaxy+}
          moves along in fr-FR, ja-JP, which inherit it

    /guide
      en-US
        seo.title  pages/guide.yaml:7:14
          - The Guide
          + The {+Ultimate +}Guide
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 2 fields to change in 2 page-locales of 2 pages; 2 requests to send.
    Applied: 1 written, 1 already as wanted of 2 requests.
    --- stderr
    [1/2] /about @ en-US: converged
    [2/2] /guide @ en-US: done
    Written as staged changes: nothing is public until the site is published.
    ");
}

#[test]
fn one_of_two_fields_of_a_request_reads_as_wanted_already() {
    let environment = TestEnvironment::with_pages([(
        "about.yaml",
        "id: pgAbout\nlocales:\n  en-US:\n    title: The galaxy\n    seo: {title: About the galaxy}\n",
    )]);
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    environment.edit_by_someone(&json!({"id": "pgAbout", "seo": {"title": "About the galaxy"}}));
    let ran = environment.run("apply plan.json");
    assert_eq!((ran.exit, ran.writes.len()), (0, 1), "{ran}");
    assert_eq!(environment.values("pgAbout", "en-US")["title"], "The galaxy");
}

#[test]
fn a_page_is_gone() {
    use slugline::sandbox::{Action, Fault};
    let environment = planned();
    let delete = Action::DeletePage(Some("pgAbout".to_owned()));
    environment.server().set_faults(vec![Fault::new("GET", "/v2/token/introspect", delete)]);
    assert_snapshot!(environment.run("apply plan.json").wrote_nothing(), @"
    exit: 4
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /about
      en-US
        title  pages/about.yaml:4:12
          - About
          + About{+ the galaxy+}
          moves along in fr-FR, ja-JP, which inherit it

    /guide
      en-US
        seo.title  pages/guide.yaml:7:14
          - The Guide
          + The {+Ultimate +}Guide
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 2 fields to change in 2 page-locales of 2 pages; 2 requests to send.
    --- stderr
      /about @ en-US: the page is gone
    error: the plan is stale: the site has moved since in 1 place
      hint: nothing was written; plan again, or take the live values into the manifests
    ");
}

#[test]
fn a_stale_plan_as_json() {
    let environment = planned();
    environment.edit_by_someone(&json!({"id": "pgGuide", "seo": {"title": "Somebody's guide"}}));
    let ran = environment.run("apply plan.json --format json");
    assert_snapshot!(ran.wrote_nothing(), @r#"
    exit: 4
    files: none
    writes: none
    --- stdout
    {
      "format_version": "1.3",
      "error": {
        "message": "the plan is stale: the site has moved since in 1 place",
        "hint": "nothing was written; plan again, or take the live values into the manifests"
      },
      "diagnostics": [],
      "exit": {
        "code": 4,
        "name": "refused"
      },
      "moved": [
        {
          "page": "pgGuide",
          "path": "/guide",
          "locale": "en-US",
          "field": "seo.title",
          "expected": "The Guide",
          "found": "Somebody's guide"
        }
      ]
    }
    --- stderr
      /guide @ en-US: seo.title
          planned on "The Guide"
          now reads  "Somebody's guide"
    error: the plan is stale: the site has moved since in 1 place
      hint: nothing was written; plan again, or take the live values into the manifests
    "#);
    assert_eq!(ran.json()["exit"]["name"], "refused");
}

#[test]
fn what_differs_now_is_planned_anew() {
    let environment = planned();
    environment.edit_by_someone(&json!({"id": "pgGuide", "seo": {"title": "Somebody's guide"}}));
    assert_eq!(environment.run("apply plan.json").exit, 4);
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    assert_eq!(environment.run("apply plan.json").exit, 0);
    assert_eq!(environment.values("pgGuide", "en-US")["seo"]["title"], "The Ultimate Guide");
}
