//! Slugs: names that only one page of a folder and locale can have, and that some pages cannot change.

use insta::assert_snapshot;
use serde_json::json;

use super::environment::TestEnvironment;
use super::galaxy;

/// Returns a site with the draft pages `/a`, `/b` and `/c`, so that no guard is in the way.
pub(super) fn letters() -> TestEnvironment {
    let mut site = galaxy::site();
    let pages = site["pages"].as_array_mut().unwrap();
    for letter in ["A", "B", "C"] {
        let values = json!({"primary": {"title": letter, "slug": letter.to_lowercase()}});
        pages.push(json!({"id": format!("pg{letter}"), "draft": true, "values": values}));
    }
    TestEnvironment::serving(&site)
}

/// Writes a manifest that gives a page of [`letters`] a slug.
pub(super) fn rename(environment: &TestEnvironment, letter: &str, slug: &str) {
    let manifest = format!("id: pg{letter}\nlocales:\n  en-US:\n    slug: {slug}\n");
    environment.write(&format!("pages/{}.yaml", letter.to_lowercase()), manifest);
}

#[test]
fn a_slug_that_is_taken() {
    let environment = letters();
    rename(&environment, "A", "about");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /a
      en-US
        slug  pages/a.yaml:4:11
          - a
          + about
          moves along in fr-FR, ja-JP, which inherit it

    The plan has 1 error and cannot be applied.
    --- stderr
    error[slug-taken]: the slug `about` is taken in en-US, fr-FR, ja-JP by `/about` (page pgAbout)
     --> pages/a.yaml:4:11
      |
    4 |     slug: about
      |           ^^^^^
      |
      = help: choose another slug, or give the other page another one in the same plan

    error: 1 error in the project's files; nothing was written
    ");
    let ran = environment.run("apply --yes");
    assert_eq!(ran.wrote_nothing().exit, 3);
}

#[test]
fn a_slug_that_two_pages_want() {
    let environment = letters();
    rename(&environment, "A", "z");
    rename(&environment, "B", "z");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /a
      en-US
        slug  pages/a.yaml:4:11
          - a
          + z
          moves along in fr-FR, ja-JP, which inherit it

    /b
      en-US
        slug  pages/b.yaml:4:11
          - b
          + z
          moves along in fr-FR, ja-JP, which inherit it

    The plan has 2 errors and cannot be applied.
    --- stderr
    error[slug-taken]: the slug `z` is taken in en-US, fr-FR, ja-JP by `/b` (page pgB)
     --> pages/a.yaml:4:11
      |
    4 |     slug: z
      |           ^
      |
      = help: choose another slug, or give the other page another one in the same plan

    error[slug-taken]: the slug `z` is taken in en-US, fr-FR, ja-JP by `/a` (page pgA)
     --> pages/b.yaml:4:11
      |
    4 |     slug: z
      |           ^
      |
      = help: choose another slug, or give the other page another one in the same plan

    error: 2 errors in the project's files; nothing was written
    ");
}

#[test]
fn a_slug_may_be_taken_in_another_folder() {
    let environment = letters();
    rename(&environment, "A", "towel-day");
    assert_eq!(environment.run("apply --yes").exit, 0);
}

#[test]
fn a_slug_that_a_folder_has() {
    let environment = letters();
    rename(&environment, "A", "blog");
    assert_snapshot!(environment.run("apply --yes"), @"
    exit: 6
    files: none
    writes: PUT pgA primary 409
    --- stdout
    Galaxy (siteGalaxy)

    /a
      en-US
        slug  pages/a.yaml:4:11
          - a
          + blog
          moves along in fr-FR, ja-JP, which inherit it

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    /a @ en-US: not written: `PUT /v2/pages/pgA` answered 409 conflict: Conflict: The slug blog is already in use
    Applied: 1 failed of 1 request.
    --- stderr
    [1/1] /a @ en-US: failed
    Recorded as [RUN] `slugline apply --api-url http://[SERVER] --resume=[RUN]` goes on with it, `slugline undo --api-url http://[SERVER] [RUN]` takes it back.
    ");
}

#[test]
fn slugs_that_the_server_ignores() {
    let environment = TestEnvironment::with_pages([
        ("article.yaml", "id: pgArticle\nlocales:\n  en-US:\n    slug: articles\n"),
        ("home.yaml", "id: pgHome\nlocales:\n  en-US:\n    slug: home\n"),
        ("missing.yaml", "id: pgMissing\nlocales:\n  fr-FR:\n    slug: introuvable\n"),
    ]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    The plan has 3 errors and cannot be applied.
    --- stderr
    error[ignored-slug]: the slug of a collection template cannot be set; the server would ignore it
     --> pages/article.yaml:4:11
      |
    4 |     slug: articles
      |           ^^^^^^^^
      |
      = help: remove the `slug` key, or write `detail_articles` as it is

    error[ignored-slug]: the slug of a home page cannot be set; the server would ignore it
     --> pages/home.yaml:4:11
      |
    4 |     slug: home
      |           ^^^^
      |
      = help: remove the `slug` key

    error[ignored-slug]: the slug of a utility page cannot be set; the server would ignore it
     --> pages/missing.yaml:4:11
      |
    4 |     slug: introuvable
      |           ^^^^^^^^^^^
      |
      = help: remove the `slug` key, or write `404` as it is

    error: 3 errors in the project's files; nothing was written
    ");
    assert_eq!(environment.run("apply --yes").wrote_nothing().exit, 3);
}

#[test]
fn a_slug_that_the_server_ignores_may_be_stated_as_it_is() {
    let environment = TestEnvironment::with_pages([(
        "article.yaml",
        "id: pgArticle\nlocales:\n  en-US:\n    slug: detail_articles\n",
    )]);
    assert_eq!(environment.run("plan --detailed-exitcode").exit, 0);
}

#[test]
fn a_page_named_by_its_path_cannot_change_its_slug() {
    let environment =
        TestEnvironment::with_pages([("guide.yaml", "path: /guide\nlocales:\n  en-US:\n    slug: the-guide\n")]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    The plan has 1 error and cannot be applied.
    --- stderr
    error[slug-without-id]: a page named by its path alone cannot change its slug; `/guide` would name nothing then
     --> pages/guide.yaml:4:11
      |
    4 |     slug: the-guide
      |           ^^^^^^^^^
      |
      = help: name the page by its id as well: `id: pgGuide`

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_page_named_by_its_path_can_change_the_slug_of_a_secondary_locale() {
    let environment =
        TestEnvironment::with_pages([("guide.yaml", "path: /guide\nlocales:\n  fr-FR:\n    slug: le-guide\n")]);
    assert_snapshot!(environment.run("apply --yes --allow slug-change"), @"
    exit: 0
    files: none
    writes: PUT pgGuide fr-FR 200
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      fr-FR
        slug  pages/guide.yaml:4:11
          - guide
          + {+le-+}guide
          ! redirect needed: /fr/guide → /fr/le-guide

    guard slug-change: 1 published address changes; links to it break without a redirect
        /guide @ fr-FR: /fr/guide → /fr/le-guide
      allowed

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    Applied: 1 written of 1 request.
    --- stderr
    [1/1] /guide @ fr-FR: done
    Written as staged changes: nothing is public until the site is published.
    ");
}

#[test]
fn an_empty_slug() {
    let environment = letters();
    rename(&environment, "A", "''");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    The plan has 1 error and cannot be applied.
    --- stderr
    error[empty-slug]: a slug cannot be empty
     --> pages/a.yaml:4:11
      |
    4 |     slug: ''
      |           ^^
      |
      = help: write the slug, or remove the key to leave it as it is

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_new_slug_and_the_path_that_it_makes() {
    let environment = TestEnvironment::with_pages([(
        "guide.yaml",
        "id: pgGuide\npath: /the-guide\nlocales:\n  en-US:\n    slug: the-guide\n",
    )]);
    let ran = environment.run("apply --yes --allow slug-change -q");
    assert_snapshot!(ran, @"
    exit: 0
    files: none
    writes: PUT pgGuide primary 200
    --- stdout
    Galaxy (siteGalaxy)

    /the-guide
      en-US
        slug  pages/guide.yaml:5:11
          - guide
          + {+the-+}guide
          moves along in fr-FR, ja-JP, which inherit it
          ! redirect needed: /guide → /the-guide
          ! redirect needed: /fr/guide → /fr/the-guide
          ! redirect needed: /ja/guide → /ja/the-guide

    guard slug-change: 3 published addresses change; links to them break without redirects
        /the-guide @ en-US: /guide → /the-guide
        /the-guide @ fr-FR: /fr/guide → /fr/the-guide
        /the-guide @ ja-JP: /ja/guide → /ja/the-guide
      allowed

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    Applied: 1 written of 1 request.
    --- stderr
    ");
    assert_snapshot!(environment.run("plan --detailed-exitcode"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    Nothing to change: the site reads as the manifests say (1 page-locale managed).
    --- stderr
    ");
}

#[test]
fn a_localized_slug_that_the_sites_plan_does_not_allow() {
    let mut site = galaxy::site();
    site["localizedSlugs"] = json!(false);
    let environment = TestEnvironment::serving(&site);
    environment.write("pages/draft.yaml", "id: pgDraft\nlocales:\n  fr-FR:\n    title: Resto\n    slug: resto\n");
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    assert_snapshot!(environment.run("apply plan.json"), @r#"
    exit: 6
    files: none
    writes: PUT pgDraft fr-FR 200
    --- stdout
    Galaxy (siteGalaxy)

    /restaurant
      fr-FR
        title  pages/draft.yaml:4:12
          - Restaurant
          + Resto
        slug  pages/draft.yaml:5:11
          - restaurant
          + resto

    Plan: 2 fields to change in 1 page-locale of 1 page; 1 request to send.
    /restaurant @ fr-FR: written, but the site reads otherwise
        slug: sent "resto", reads "restaurant"
    Applied: 1 did not take of 1 request.
    --- stderr
    [1/1] /restaurant @ fr-FR: did-not-take
    "#);
    let mut environment = TestEnvironment::serving(&site);
    environment.write("pages/draft.yaml", "id: pgDraft\nlocales:\n  fr-FR:\n    slug: resto\n");
    environment.set("NO_COLOR", "1");
    let ran = environment.run("apply --yes --format json");
    assert_eq!(ran.exit, 6);
    assert_snapshot!(ran.stdout, @r#"
    {
      "format_version": "1.3",
      "digest": "sha256:[DIGEST]",
      "target": {
        "site": "siteGalaxy",
        "name": "Galaxy"
      },
      "operations": [
        {
          "order": 0,
          "page": "pgDraft",
          "path": "/restaurant",
          "locale": "fr-FR",
          "outcome": "did-not-take",
          "fields": [
            {
              "field": "slug",
              "expected": "resto",
              "found": "restaurant"
            }
          ]
        }
      ],
      "stopped": null,
      "publication": null,
      "exit": {
        "code": 6,
        "name": "partial"
      }
    }
    "#);
}
