//! Plans that are probably a mistake: shown by `plan`, refused by `apply` until they are named.

use insta::assert_snapshot;

use super::environment::TestEnvironment;
use super::galaxy;

/// Holds a project against a guard: `plan` shows it and ends well, `apply` refuses it and names the flag, another
/// guard's flag does not help, and with its own flag it goes through. Returns the plan and the refusal.
#[track_caller]
fn check(environment: &TestEnvironment, guard: &str) -> String {
    let site = environment.site();
    let plan = environment.run("plan -o plan.json");
    assert_eq!(plan.exit, 0, "{plan}");
    assert_eq!(environment.read_json("plan.json")["guards"][0]["name"], guard, "{plan}");
    let refused = environment.run("apply plan.json");
    refused.wrote_nothing();
    assert_eq!(refused.exit, 4, "{refused}");
    assert!(refused.stderr.contains(&format!("--allow {guard}")), "{refused}");
    let other = if guard == "blanking" { "slug-change" } else { "blanking" };
    for arguments in [format!("apply plan.json --allow {other}"), "apply --yes".to_owned()] {
        assert_eq!(environment.run(&arguments).wrote_nothing().exit, 4);
    }
    assert_eq!(environment.site(), site);
    let allowed = environment.run(&format!("apply plan.json --allow {guard}"));
    assert_eq!(allowed.exit, 0, "{allowed}");
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0, "everything is as the manifests say");
    refused.to_string()
}

#[test]
fn mass_update() {
    let environment = TestEnvironment::serving(&galaxy::site_with_pages(14));
    for number in 1..=14 {
        let title = if number <= 11 { "Changed" } else { "Page" };
        let manifest = format!("id: pg{number}\nlocales:\n  en-US:\n    title: {title} {number}\n");
        environment.write(&format!("pages/{number}.yaml"), manifest);
    }
    let refused = check(&environment, "mass-update");
    let (_, guard) = refused.split_once("\n\nguard ").unwrap();
    assert_snapshot!(guard, @"
    mass-update: 11 of 14 managed page-locales change at once (limit 10)
        /page-1 @ en-US: 1 field
        /page-10 @ en-US: 1 field
        /page-11 @ en-US: 1 field
        and 8 more
      if this is meant, apply it with --allow mass-update

    Plan: 11 fields to change in 11 page-locales of 11 pages; 11 requests to send.
    --- stderr
    error: refused by the guard mass-update; nothing was written
      hint: if this is meant, add `--allow mass-update`
    ");
}

#[test]
fn mass_update_with_thresholds_of_the_project() {
    let environment = TestEnvironment::serving(&galaxy::site_with_pages(4));
    for number in 1..=4 {
        let manifest = format!("id: pg{number}\nlocales: {{en-US: {{title: Changed {number}}}}}\n");
        environment.write(&format!("pages/{number}.yaml"), manifest);
    }
    assert_eq!(environment.run("plan --format json").json()["guards"].as_array().unwrap().len(), 0);
    let guards = "guards: {mass-update: {percent: 50, floor: 1}}\n";
    environment.write("slugline.yaml", format!("{}{guards}", galaxy::PROJECT));
    let guard = environment.run("plan --format json").json()["guards"][0].clone();
    assert_eq!((guard["count"].as_u64(), guard["limit"].as_u64()), (Some(4), Some(2)));
    let guards = "guards: {mass-update: {ceiling: 3}}\n";
    environment.write("slugline.yaml", format!("{}{guards}", galaxy::PROJECT));
    assert_eq!(environment.run("plan --format json").json()["guards"][0]["limit"], 3);
}

#[test]
fn blanking() {
    let environment = TestEnvironment::with_pages([(
        "guide.yaml",
        "id: pgGuide\nlocales:\n  en-US:\n    seo:\n      description: ''\n",
    )]);
    assert_snapshot!(check(&environment, "blanking"), @"
    exit: 4
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.description  pages/guide.yaml:5:20
          - All you need to know.
          + (empty)
          moves along in fr-FR, ja-JP, which inherit it
          ! becomes empty

    guard blanking: 1 title or description becomes empty
        /guide @ en-US: seo.description
      if this is meant, apply it with --allow blanking

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    --- stderr
    error: refused by the guard blanking; nothing was written
      hint: if this is meant, add `--allow blanking`
    ");
    assert_eq!(environment.values("pgGuide", "en-US")["seo"]["description"], "");
}

#[test]
fn slug_change() {
    let environment =
        TestEnvironment::with_pages([("guide.yaml", "id: pgGuide\nlocales:\n  en-US:\n    slug: the-guide\n")]);
    assert_snapshot!(check(&environment, "slug-change"), @"
    exit: 4
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        slug  pages/guide.yaml:4:11
          - guide
          + {+the-+}guide
          moves along in fr-FR, ja-JP, which inherit it
          ! redirect needed: /guide → /the-guide
          ! redirect needed: /fr/guide → /fr/the-guide
          ! redirect needed: /ja/guide → /ja/the-guide

    guard slug-change: 3 published addresses change; links to them break without redirects
        /guide @ en-US: /guide → /the-guide
        /guide @ fr-FR: /fr/guide → /fr/the-guide
        /guide @ ja-JP: /ja/guide → /ja/the-guide
      if this is meant, apply it with --allow slug-change

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    --- stderr
    error: refused by the guard slug-change; nothing was written
      hint: if this is meant, add `--allow slug-change`
    ");
}

#[test]
fn a_slug_change_names_the_redirects_of_the_locales_that_move_along() {
    let environment =
        TestEnvironment::with_pages([("guide.yaml", "id: pgGuide\nlocales:\n  en-US:\n    slug: the-guide\n")]);
    let ran = environment.run("plan");
    for redirect in ["/guide → /the-guide", "/fr/guide → /fr/the-guide", "/ja/guide → /ja/the-guide"] {
        assert!(ran.stdout.contains(redirect), "{redirect}\n{ran}");
    }
    assert_eq!(environment.run("plan --format json").json()["guards"][0]["count"], 3);
}

#[test]
fn the_slug_of_a_page_that_nobody_can_have_linked_to_may_change() {
    let environment =
        TestEnvironment::with_pages([("draft.yaml", "id: pgDraft\nlocales:\n  en-US:\n    slug: milliways\n")]);
    let ran = environment.run("apply --yes");
    assert_eq!((ran.exit, ran.writes.len()), (0, 1), "{ran}");
}

#[test]
fn binding_overwrite() {
    let environment = TestEnvironment::with_pages([(
        "article.yaml",
        "id: pgArticle\nlocales:\n  en-US:\n    seo:\n      title: Articles\n",
    )]);
    assert_snapshot!(check(&environment, "binding-overwrite"), @r#"
    exit: 4
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /detail_articles
      en-US
        seo.title  pages/article.yaml:5:14
          - {{wf {"path":"name","type":"PlainText"} }} | Galaxy
          + Articles
          moves along in fr-FR, ja-JP, which inherit it
          ! replaces a CMS binding

    guard binding-overwrite: 1 CMS binding is replaced by the same text for every item
        /detail_articles @ en-US: seo.title
      if this is meant, apply it with --allow binding-overwrite

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    --- stderr
    error: refused by the guard binding-overwrite; nothing was written
      hint: if this is meant, add `--allow binding-overwrite`
    "#);
}

#[test]
fn a_binding_may_be_replaced_by_another_one() {
    let manifest = "id: pgArticle\nlocales:\n  en-US:\n    seo:\n      title: '{{wf {\"path\":\"slug\"} }}'\n";
    let environment = TestEnvironment::with_pages([("article.yaml", manifest)]);
    assert_eq!(environment.run("apply --yes").exit, 0);
}

#[test]
fn several_guards_at_once() {
    let environment = TestEnvironment::with_pages([(
        "guide.yaml",
        "id: pgGuide\nlocales:\n  en-US:\n    slug: the-guide\n    seo: {description: ''}\n",
    )]);
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    assert_snapshot!(environment.run("apply plan.json").wrote_nothing(), @"
    exit: 4
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        slug  pages/guide.yaml:4:11
          - guide
          + {+the-+}guide
          moves along in fr-FR, ja-JP, which inherit it
          ! redirect needed: /guide → /the-guide
          ! redirect needed: /fr/guide → /fr/the-guide
          ! redirect needed: /ja/guide → /ja/the-guide
        seo.description  pages/guide.yaml:5:24
          - All you need to know.
          + (empty)
          moves along in fr-FR, ja-JP, which inherit it
          ! becomes empty

    guard slug-change: 3 published addresses change; links to them break without redirects
        /guide @ en-US: /guide → /the-guide
        /guide @ fr-FR: /fr/guide → /fr/the-guide
        /guide @ ja-JP: /ja/guide → /ja/the-guide
    guard blanking: 1 title or description becomes empty
        /guide @ en-US: seo.description
      if this is meant, apply it with --allow slug-change --allow blanking

    Plan: 2 fields to change in 1 page-locale of 1 page; 1 request to send.
    --- stderr
    error: refused by the guards slug-change, blanking; nothing was written
      hint: if this is meant, add `--allow slug-change --allow blanking`
    ");
    assert_eq!(environment.run("apply plan.json --allow blanking").wrote_nothing().exit, 4);
    assert_eq!(environment.run("apply plan.json --allow blanking --allow slug-change").exit, 0);
}

#[test]
fn a_guard_of_a_saved_plan_as_json() {
    let environment =
        TestEnvironment::with_pages([("guide.yaml", "id: pgGuide\nlocales:\n  en-US:\n    slug: the-guide\n")]);
    environment.run("plan -o plan.json");
    let ran = environment.run("apply plan.json --format json");
    assert_snapshot!(ran.wrote_nothing(), @r#"
    exit: 4
    files: none
    writes: none
    --- stdout
    {
      "format_version": "1.3",
      "error": {
        "message": "refused by the guard slug-change; nothing was written",
        "hint": "if this is meant, add `--allow slug-change`"
      },
      "diagnostics": [],
      "exit": {
        "code": 4,
        "name": "refused"
      },
      "guards": [
        {
          "name": "slug-change",
          "count": 3,
          "limit": 0,
          "message": "published addresses change; links to them break without redirects",
          "worst": [
            "/guide @ en-US: /guide → /the-guide",
            "/guide @ fr-FR: /fr/guide → /fr/the-guide",
            "/guide @ ja-JP: /ja/guide → /ja/the-guide"
          ]
        }
      ]
    }
    --- stderr
    guard slug-change: 3 published addresses change; links to them break without redirects
        /guide @ en-US: /guide → /the-guide
        /guide @ fr-FR: /fr/guide → /fr/the-guide
        /guide @ ja-JP: /ja/guide → /ja/the-guide
    error: refused by the guard slug-change; nothing was written
      hint: if this is meant, add `--allow slug-change`
    "#);
    assert_eq!(ran.json()["exit"]["name"], "refused");
}

/// A plan names the site it is for; a project of another site refuses it.
#[test]
fn wrong_site() {
    let environment = TestEnvironment::with_pages([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    environment.write("slugline.yaml", "version: 1\nsite: siteStaging\n");
    assert_snapshot!(environment.run("apply plan.json").wrote_nothing(), @"
    exit: 4
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:6:14
          - The Guide
          + The {+Ultimate +}Guide
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    --- stderr
    guard wrong-site: 1 other site: the plan is for siteGalaxy, the project for siteStaging
    error: refused by the guard wrong-site; nothing was written
      hint: if this is meant, add `--allow wrong-site`
    ");
    let ran = environment.run("apply plan.json --allow wrong-site");
    assert_eq!((ran.exit, &*ran.writes), (0, &["PUT pgGuide primary 200".to_owned()][..]), "{ran}");
}

#[test]
fn wrong_environment() {
    let environment = TestEnvironment::with_pages([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    let project = "version: 1\nenvironments:\n  staging: {site: siteGalaxy}\n  production: {site: siteOther}\n";
    environment.write("slugline.yaml", project);
    assert_eq!(environment.run("plan -o plan.json --env staging").exit, 0);
    assert_snapshot!(environment.run("apply plan.json --env production").wrote_nothing(), @"
    exit: 4
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      en-US
        seo.title  pages/guide.yaml:6:14
          - The Guide
          + The {+Ultimate +}Guide
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    --- stderr
    guard wrong-site: 1 other site: the plan is for siteGalaxy, the project for siteOther
    error: refused by the guard wrong-site; nothing was written
      hint: if this is meant, add `--allow wrong-site`
    ");
    assert_eq!(environment.run("apply plan.json --env staging").exit, 0);
}
