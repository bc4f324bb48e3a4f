//! Manifests that are well formed and do not fit the site: pages and locales it does not have, pages described twice.

use insta::assert_snapshot;

use super::environment::TestEnvironment;
use super::galaxy::GUIDE;

#[test]
fn a_locale_that_the_site_does_not_have() {
    let environment = TestEnvironment::with_pages([(
        "guide.yaml",
        "id: pgGuide\nlocales:\n  fr-FT: {title: Guide}\n  ja: {title: Guide}\n  no: {title: Guide}\n",
    )]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[unknown-locale]: the site has no locale `fr-FT`
     --> pages/guide.yaml:3:3
      |
    3 |   fr-FT: {title: Guide}
      |   ^^^^^
      |
      = help: did you mean `fr-FR`?

    error[unknown-locale]: the site has no locale `ja`
     --> pages/guide.yaml:4:3
      |
    4 |   ja: {title: Guide}
      |   ^^
      |
      = help: did you mean `ja-JP`?

    error[unknown-locale]: the site has no locale `no`
     --> pages/guide.yaml:5:3
      |
    5 |   no: {title: Guide}
      |   ^^
      |
      = help: the site has en-US, fr-FR, ja-JP

    error: 3 errors in the project's files; nothing was written
    ");
}

#[test]
fn a_selected_locale_that_the_site_does_not_have() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    assert_snapshot!(environment.run("plan --locale fr-CA").wrote_nothing(), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: the site has no locale `fr-CA`
      hint: did you mean `fr-FR`?
    ");
}

#[test]
fn locales_are_matched_without_regard_to_case() {
    let environment =
        TestEnvironment::with_pages([("guide.yaml", "id: pgGuide\nlocales:\n  FR-fr: {title: La carte}\n")]);
    assert_snapshot!(environment.run("plan --locale fr-fr").wrote_nothing(), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    /guide
      fr-FR
        title  pages/guide.yaml:3:18
          - Le guide
          + La carte

    Plan: 1 field to change in 1 page-locale of 1 page; 1 request to send.
    --- stderr
    ");
}

#[test]
fn the_primary_locale_under_both_its_names() {
    let environment = TestEnvironment::with_pages([(
        "guide.yaml",
        "id: pgGuide\nlocales:\n  primary: {title: One}\n  en-US: {title: Two}\n",
    )]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[duplicate-locale]: the locale en-US is stated twice
     --> pages/guide.yaml:4:3
      |
    3 |   primary: {title: One}
      |   ------- first stated here
    4 |   en-US: {title: Two}
      |   ^^^^^
      |
      = help: `primary` and the primary locale's tag are the same; keep one

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_page_that_the_site_does_not_have() {
    let environment = TestEnvironment::with_pages([
        ("abot.yaml", "path: /abot\nlocales: {en-US: {title: About}}\n"),
        ("pricing.yaml", "path: /plans/pricing\nlocales: {en-US: {title: Pricing}}\n"),
        ("towel.yaml", "path: /blog/towel-dya\nlocales: {en-US: {title: Towel}}\n"),
    ]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[unknown-page]: the site has no page at `/abot`
     --> pages/abot.yaml:1:7
      |
    1 | path: /abot
      |       ^^^^^
      |
      = help: did you mean `/about`?

    error[unknown-page]: the site has no page at `/plans/pricing`
     --> pages/pricing.yaml:1:7
      |
    1 | path: /plans/pricing
      |       ^^^^^^^^^^^^^^
      |
      = help: check the path and that `site` names the right site; a page that was deleted needs no manifest

    error[unknown-page]: the site has no page at `/blog/towel-dya`
     --> pages/towel.yaml:1:7
      |
    1 | path: /blog/towel-dya
      |       ^^^^^^^^^^^^^^^
      |
      = help: did you mean `/blog/towel-day`?

    error: 3 errors in the project's files; nothing was written
    ");
}

#[test]
fn an_unknown_id() {
    let environment = TestEnvironment::with_pages([
        ("about.yaml", "id: pgAbotu\npath: /about\nlocales: {en-US: {title: About}}\n"),
        ("gone.yaml", "id: pgGone\nlocales: {en-US: {title: Gone}}\n"),
    ]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[unknown-page]: the site has no page with the id `pgAbotu`
     --> pages/about.yaml:1:5
      |
    1 | id: pgAbotu
      |     ^^^^^^^
      |
      = help: the page at this path has the id `pgAbout`

    error[unknown-page]: the site has no page with the id `pgGone`
     --> pages/gone.yaml:1:5
      |
    1 | id: pgGone
      |     ^^^^^^
      |
      = help: check the id and that `site` names the right site; a page that was deleted needs no manifest

    error: 2 errors in the project's files; nothing was written
    ");
}

#[test]
fn a_page_described_twice_by_id() {
    let environment = TestEnvironment::with_pages([
        ("a.yaml", "id: pgGuide\nlocales: {en-US: {title: Guide}}\n"),
        ("b.yaml", "id: pgGuide\nlocales: {fr-FR: {title: Guide}}\n"),
    ]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[duplicate-page]: the page `pgGuide` is described twice
     --> pages/b.yaml:1:5
      |
    1 | id: pgGuide
      |     ^^^^^^^
      |
     ::: pages/a.yaml:1:5
      |
    1 | id: pgGuide
      |     ------- first described here
      |
      = help: keep one document a page; it may hold all locales

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_page_described_twice_by_path() {
    let environment = TestEnvironment::with_pages([(
        "all.yaml",
        "path: /guide\nlocales: {en-US: {title: Guide}}\n---\npath: /guide\nlocales: {fr-FR: {title: Guide}}\n",
    )]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[duplicate-page]: the page `/guide` is described twice
     --> pages/all.yaml:4:7
      |
    1 | path: /guide
      |       ------ first described here
    ...
    4 | path: /guide
      |       ^^^^^^
      |
      = help: keep one document a page; it may hold all locales

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_page_described_once_by_id_and_once_by_path() {
    let environment = TestEnvironment::with_pages([
        ("a.yaml", "id: pgGuide\nlocales: {en-US: {title: Guide}}\n"),
        ("b.yaml", "path: /guide\nlocales: {fr-FR: {title: Guide}}\n"),
    ]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[duplicate-page]: this page is described twice (page pgGuide)
     --> pages/b.yaml:1:1
      |
    1 | path: /guide
      | ^^^^
      |
     ::: pages/a.yaml:1:1
      |
    1 | id: pgGuide
      | -- first described here
      |
      = help: merge the two documents into one

    error: 1 error in the project's files; nothing was written
    ");
}

/// A plan is of the page that is there, not of the one that a slip of the pen makes of it.
#[test]
fn a_page_is_called_by_where_it_is() {
    let environment = TestEnvironment::with_pages([(
        "guide.yaml",
        "id: pgGuide\npath: /guid\nlocales: {en-US: {title: The book, seo: {description: ''}}}\n",
    )]);
    let plan = environment.run("plan");
    assert!(plan.stdout.contains("\n/guide\n") && plan.stdout.contains("/guide @ en-US: seo.description"), "{plan}");
    assert!(!plan.stdout.contains("/guid\n") && !plan.stdout.contains("/guid @"), "{plan}");
    assert_eq!(environment.run("plan --page /guide").exit, 0);
    // With the slug that the manifest states, the page will be there.
    environment.write("pages/guide.yaml", "id: pgGuide\npath: /book\nlocales: {en-US: {slug: book}}\n");
    let plan = environment.run("plan");
    assert!(plan.stdout.contains("\n/book\n") && !plan.stderr.contains("path-moved"), "{plan}");
}

#[test]
fn a_page_that_has_moved() {
    let environment = TestEnvironment::with_pages([
        ("guide.yaml", "id: pgGuide\npath: /old-guide\nlocales: {en-US: {title: Guide}}\n"),
        ("towel.yaml", "id: pgTowel\npath: /towel-day\nlocales: {en-US: {title: Towel Day}}\n"),
    ]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    Nothing to change: the site reads as the manifests say (2 page-locales managed).
    --- stderr
    warning[path-moved]: the manifest says that the page is at `/old-guide`, and it is at `/guide`
     --> pages/guide.yaml:2:7
      |
    2 | path: /old-guide
      |       ^^^^^^^^^^
      |
      = help: write `path: /guide`, or leave the path out; the id decides

    warning[path-moved]: the manifest says that the page is at `/towel-day`, and it is at `/blog/towel-day`
     --> pages/towel.yaml:2:7
      |
    2 | path: /towel-day
      |       ^^^^^^^^^^
      |
      = help: write `path: /blog/towel-day`, or leave the path out; the id decides
    ");
}

#[test]
fn a_page_in_a_folder_is_found_by_its_path() {
    let environment =
        TestEnvironment::with_pages([("towel.yaml", "path: /blog/towel-day\nlocales: {en-US: {title: Towel Day}}\n")]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
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
fn a_required_locale_that_a_page_does_not_state() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    let project = "version: 1\nsite: siteGalaxy\nlocales: {required: [en-US, ja-JP, de-DE]}\n";
    environment.write("slugline.yaml", project);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    warning[missing-locale]: the page does not state the required locale ja-JP
     --> pages/guide.yaml:1:1
      |
    1 | id: pgGuide
      | ^^
      |
      = help: add `ja-JP:` under `locales`, or take it out of `required` in slugline.yaml

    error[unknown-locale]: the site has no locale `de-DE`
     --> slugline.yaml:3:36
      |
    3 | locales: {required: [en-US, ja-JP, de-DE]}
      |                                    ^^^^^
      |
      = help: the site has en-US, fr-FR, ja-JP

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn all_that_the_site_does_not_have_is_told_at_once() {
    let environment = TestEnvironment::with_pages([
        ("about.yaml", "path: /abuot\nlocales: {en-US: {title: About}}\n"),
        ("guide.yaml", "id: pgGuide\nlocales: {es-ES: {title: Guía}}\n"),
        ("towel.yaml", "id: pgTowl\nlocales: {en-US: {title: Towel}}\n"),
    ]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[unknown-page]: the site has no page at `/abuot`
     --> pages/about.yaml:1:7
      |
    1 | path: /abuot
      |       ^^^^^^
      |
      = help: did you mean `/about`?

    error[unknown-locale]: the site has no locale `es-ES`
     --> pages/guide.yaml:2:11
      |
    2 | locales: {es-ES: {title: Guía}}
      |           ^^^^^
      |
      = help: the site has en-US, fr-FR, ja-JP

    error[unknown-page]: the site has no page with the id `pgTowl`
     --> pages/towel.yaml:1:5
      |
    1 | id: pgTowl
      |     ^^^^^^
      |
      = help: check the id and that `site` names the right site; a page that was deleted needs no manifest

    error: 3 errors in the project's files; nothing was written
    ");
}
