//! `validate`: what is told of the files, in which form, and how it ends.

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use super::environment::TestEnvironment;
use super::galaxy;

mod changes;

mod fix;

mod formats;

/// A page with a warning and an info.
const GUIDE: &str = "\
id: pgGuide
path: /guide
locales:
  en-US:
    title: Guide
    seo:
      title: The  Guide
      description: All you need to know.
  fr-FR:
    title: Le guide
";

/// Returns a project without a site and without a token.
fn offline<const N: usize>(pages: [(&str, &str); N]) -> TestEnvironment {
    let environment = TestEnvironment::empty();
    environment.write("slugline.yaml", galaxy::PROJECT);
    for (name, text) in pages {
        environment.write(&format!("pages/{name}"), text);
    }
    environment
}

fn with_lint(environment: &TestEnvironment, lint: &str) {
    environment.write("slugline.yaml", format!("{}lint: {lint}\n", galaxy::PROJECT));
}

#[test]
fn files_alone() {
    let ran = offline([("guide.yaml", GUIDE)]).run("validate");
    ran.wrote_nothing();
    assert_snapshot!(ran, @"
    exit: 0
    files: none
    writes: none
    --- stdout
    warning[text/double-space]: the SEO title holds several spaces in a row
     --> pages/guide.yaml:7:14
      |
    7 |       title: The  Guide
      |              ^^^^^^^^^^
      |
      = help: leave one of them

    info[seo-description/too-short]: the SEO description is only 9.5 em wide; there is room for more
     --> pages/guide.yaml:8:20
      |
    8 |       description: All you need to know.
      |                    ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: say what readers will find on the page

    1 warning and 1 info in 1 page.
    --- stderr
    Checked the files alone, with en-US as the primary locale; with a token or `--sandbox`, also that the site has these pages and locales.
    ");
}

#[test]
fn nothing_wrong() {
    let page = "path: /guide\nlocales:\n  en-US: {seo: {title: The Guide, description: All that you will ever need to know.}}\n";
    assert_snapshot!(offline([("guide.yaml", page)]).run("validate -q"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    info[seo-description/too-short]: the SEO description is only 15.3 em wide; there is room for more
     --> pages/guide.yaml:3:48
      |
    3 |   en-US: {seo: {title: The Guide, description: All that you will ever need to know.}}
      |                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: say what readers will find on the page

    1 info in 1 page.
    --- stderr
    ");
}

#[test]
fn mistakes_of_the_files_and_of_the_texts_are_told_together() {
    let pages = [("a.yaml", GUIDE), ("b.yaml", "path: /b\nlocales: {en-US: {titel: B}}\n")];
    assert_snapshot!(offline(pages).run("validate"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    warning[text/double-space]: the SEO title holds several spaces in a row
     --> pages/a.yaml:7:14
      |
    7 |       title: The  Guide
      |              ^^^^^^^^^^
      |
      = help: leave one of them

    info[seo-description/too-short]: the SEO description is only 9.5 em wide; there is room for more
     --> pages/a.yaml:8:20
      |
    8 |       description: All you need to know.
      |                    ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: say what readers will find on the page

    error[unknown-key]: unknown key `titel`
     --> pages/b.yaml:2:19
      |
    2 | locales: {en-US: {titel: B}}
      |                   ^^^^^
      |
      = help: did you mean `title`?

    1 error, 1 warning and 1 info in 2 pages.
    --- stderr
    Checked the files alone, with en-US as the primary locale; with a token or `--sandbox`, also that the site has these pages and locales.
    ");
}

#[test]
fn an_error_of_the_lint_ends_with_3() {
    let environment = offline([("guide.yaml", GUIDE)]);
    with_lint(&environment, "{rules: {text/double-space: error, seo-description/too-short: off}}");
    let ran = environment.run("validate");
    assert_eq!((ran.exit, ran.stdout.lines().last()), (3, Some("1 error in 1 page.")), "{ran}");
}

#[test]
fn a_misspelt_rule() {
    let environment = offline([("guide.yaml", GUIDE)]);
    with_lint(
        &environment,
        "{rules: {seo-title/to-wide: off, seo-title/missing: {threshold: 3}}, allow: [{rule: x, page: /, reason: y}]}",
    );
    assert_snapshot!(environment.run("validate"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    warning[text/double-space]: the SEO title holds several spaces in a row
     --> pages/guide.yaml:7:14
      |
    7 |       title: The  Guide
      |              ^^^^^^^^^^
      |
      = help: leave one of them

    info[seo-description/too-short]: the SEO description is only 9.5 em wide; there is room for more
     --> pages/guide.yaml:8:20
      |
    8 |       description: All you need to know.
      |                    ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: say what readers will find on the page

    error[unknown-rule]: there is no rule `seo-title/to-wide`
     --> slugline.yaml:3:16
      |
    3 | lint: {rules: {seo-title/to-wide: off, seo-title/missing: {threshold: 3}}, allow: [{rule: x, page: /, reason: y}]}
      |                ^^^^^^^^^^^^^^^^^
      |
      = help: did you mean `seo-title/too-wide`?

    error[invalid-value]: the rule `seo-title/missing` measures nothing
     --> slugline.yaml:3:71
      |
    3 | lint: {rules: {seo-title/to-wide: off, seo-title/missing: {threshold: 3}}, allow: [{rule: x, page: /, reason: y}]}
      |                                                                       ^
      |
      = help: remove `threshold`

    error[unknown-rule]: there is no rule `x`
     --> slugline.yaml:3:91
      |
    3 | lint: {rules: {seo-title/to-wide: off, seo-title/missing: {threshold: 3}}, allow: [{rule: x, page: /, reason: y}]}
      |                                                                                           ^
      |
      = help: `slugline explain` lists the rules

    3 errors, 1 warning and 1 info in 1 page.
    --- stderr
    Checked the files alone, with en-US as the primary locale; with a token or `--sandbox`, also that the site has these pages and locales.
    ");
}

#[test]
fn settings_that_cannot_be_meant() {
    let environment = offline([]);
    environment.write(
        "slugline.yaml",
        "\
version: 1
site: siteGalaxy
lint:
  profile: yoasst
  rules:
    seo-title/missing: false
    seo-title/generic: 404
    seo-title/duplicate:
    seo-title/too-wide: {threshold: '29'}
    seo-title/keyword-stuffing: {threshold: 2.5}
    og-title/too-long: {overrides: [{severity: off}, {locales: [fr]}]}
  allow:
    - {rule: slug/shape, page: legal, reason: x}
    - {rule: slug/shape, page: /legal}
    - {rule: slug/shape, page: /legal, reason: '', until: 31.12.2026, field: seo}
",
    );
    assert_snapshot!(environment.run("validate --offline").stdout, @"
    warning[no-match]: the folder `pages` holds no manifest
    --> slugline.yaml
     = help: run `slugline import`, or name the files with `pages: […]`

    error[invalid-value]: `yoasst` is no profile
     --> slugline.yaml:4:12
      |
    4 |   profile: yoasst
      |            ^^^^^^
      |
      = help: did you mean `yoast`?

    error[wrong-type]: `seo-title/missing` must be a severity or a mapping, but `false` is a boolean
     --> slugline.yaml:6:24
      |
    6 |     seo-title/missing: false
      |                        ^^^^^
      |
      = help: write `seo-title/missing: off`

    error[wrong-type]: `seo-title/generic` must be a severity or a mapping, but `404` is a number
     --> slugline.yaml:7:24
      |
    7 |     seo-title/generic: 404
      |                        ^^^
      |
      = help: write `seo-title/generic: off`, or `info`, `warning` or `error`

    error[null-value]: `seo-title/duplicate` has no value
     --> slugline.yaml:8:5
      |
    8 |     seo-title/duplicate:
      |     ^^^^^^^^^^^^^^^^^^^
      |
      = help: write a severity or a mapping, or remove the key

    error[wrong-type]: `threshold` must be a number, but this is text
     --> slugline.yaml:9:37
      |
    9 |     seo-title/too-wide: {threshold: '29'}
      |                                     ^^^^
      |
      = help: remove the quotes: `threshold: 29`

    error[invalid-value]: the rule `seo-title/keyword-stuffing` counts times
      --> slugline.yaml:10:45
       |
    10 |     seo-title/keyword-stuffing: {threshold: 2.5}
       |                                             ^^^
       |
       = help: write a whole number, such as 3

    error[invalid-value]: this override is for everything
      --> slugline.yaml:11:37
       |
    11 |     og-title/too-long: {overrides: [{severity: off}, {locales: [fr]}]}
       |                                     ^^^^^^^^^^^^^^^
       |
       = help: name `locales` or `paths`, or write it beside `overrides`

    error[invalid-value]: this override changes nothing
      --> slugline.yaml:11:54
       |
    11 |     og-title/too-long: {overrides: [{severity: off}, {locales: [fr]}]}
       |                                                      ^^^^^^^^^^^^^^^
       |
       = help: write a `severity` or a `threshold`

    info[lint/allow-unused]: this entry lets nothing pass
      --> slugline.yaml:13:7
       |
    13 |     - {rule: slug/shape, page: legal, reason: x}
       |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: remove it; its reason was: x

    error[missing-key]: an entry of `allow` needs `reason`
      --> slugline.yaml:14:8
       |
    14 |     - {rule: slug/shape, page: /legal}
       |        ^^^^
       |
       = help: say why this is let pass, for whoever reads it next year

    error[invalid-value]: the reason is empty
      --> slugline.yaml:15:48
       |
    15 |     - {rule: slug/shape, page: /legal, reason: '', until: 31.12.2026, field: seo}
       |                                                ^^
       |
       = help: say why this is let pass, for whoever reads it next year

    error[invalid-value]: `31.12.2026` is no date
      --> slugline.yaml:15:59
       |
    15 |     - {rule: slug/shape, page: /legal, reason: '', until: 31.12.2026, field: seo}
       |                                                           ^^^^^^^^^^
       |
       = help: write year, month and day, as in `2027-01-31`

    error[invalid-value]: `seo` is no field
      --> slugline.yaml:15:78
       |
    15 |     - {rule: slug/shape, page: /legal, reason: '', until: 31.12.2026, field: seo}
       |                                                                              ^^^
       |
       = help: there are `title`, `slug`, `seo.title`, `seo.description`, `openGraph.title`, `openGraph.description`

    12 errors, 1 warning and 1 info in 0 pages.
    ");
}

#[test]
fn the_site_is_asked_where_there_is_a_token() {
    let environment = TestEnvironment::with_pages([
        ("guide.yaml", "id: pgGuide\nlocales: {en-US: {title: Guide}, de-DE: {title: Der Guide}}\n"),
        ("gone.yaml", "path: /gone\nlocales: {en-US: {title: Gone}}\n"),
    ]);
    assert_snapshot!(environment.run("validate"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    error[unknown-page]: the site has no page at `/gone`
     --> pages/gone.yaml:1:7
      |
    1 | path: /gone
      |       ^^^^^
      |
      = help: check the path and that `site` names the right site; a page that was deleted needs no manifest

    error[unknown-locale]: the site has no locale `de-DE`
     --> pages/guide.yaml:2:34
      |
    2 | locales: {en-US: {title: Guide}, de-DE: {title: Der Guide}}
      |                                  ^^^^^
      |
      = help: the site has en-US, fr-FR, ja-JP

    2 errors in 2 pages.
    --- stderr
    Checked against the site `Galaxy`.
    ");
    let ran = environment.run("validate --offline");
    assert_eq!(ran.exit, 0, "{ran}");
    assert!(environment.log().is_empty());
}

#[test]
fn the_primary_locale_can_be_named() {
    let pages = [("guide.yaml", "id: pgGuide\nlocales: {fr-FR: {seo: {title: Un}}, en-US: {seo: {title: One}}}\n")];
    let environment = TestEnvironment::with_pages(pages);
    let primary = |arguments: &str| environment.run(arguments).json()["checked"]["primary"].clone();
    assert_eq!(primary("validate --offline --format json"), "fr-FR", "it stands first");
    environment.write("slugline.yaml", format!("{}locales: {{primary: en-US}}\n", galaxy::PROJECT));
    assert_eq!(primary("validate --offline --format json"), "en-US");
    environment.write("slugline.yaml", format!("{}locales: {{primary: fr-FR}}\n", galaxy::PROJECT));
    assert_eq!(primary("validate --format json"), "en-US", "the site knows better");
    for command in ["validate", "plan"] {
        let ran = environment.run(command);
        let told = "error[primary-locale]: the site's primary locale is en-US, not `fr-FR`\n --> slugline.yaml:3:20";
        assert!(ran.exit == 3 && format!("{ran}").contains(told), "{ran}");
    }
}

#[test]
fn what_the_site_has_counts_as_present() {
    // The site has a title for the guide; the page of the towel has none, nor have the draft and the page for what is not
    // found, which need none.
    let page = |id: &str| format!("id: {id}\nlocales: {{en-US: {{title: A page}}}}\n");
    let environment = TestEnvironment::with_pages([
        ("draft.yaml", &page("pgDraft")),
        ("guide.yaml", &page("pgGuide")),
        ("missing.yaml", &page("pgMissing")),
        ("towel.yaml", &page("pgTowel")),
    ]);
    let missing = |arguments: &str| {
        let problems = environment.run(arguments).json()["problems"].clone();
        let problems = problems.as_array().unwrap().iter().filter(|it| it["code"] == "seo-title/missing");
        problems.map(|problem| problem["location"]["file"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = ["pages/draft.yaml", "pages/guide.yaml", "pages/missing.yaml", "pages/towel.yaml"];
    assert_eq!(missing("validate --offline --format json"), all);
    assert_eq!(missing("validate --format json"), ["pages/towel.yaml"]);
}

#[test]
fn files_with_errors_are_not_held_against_the_site() {
    let environment = TestEnvironment::with_pages([("b.yaml", "path: /b\nlocales: {en-US: {titel: B}}\n")]);
    let ran = environment.run("validate");
    assert_eq!((ran.exit, environment.log().len()), (3, 0), "{ran}");
    assert!(ran.stderr.contains("The site was not asked"), "{ran}");
}

#[test]
fn selections() {
    let pages = [
        ("a.yaml", GUIDE),
        ("b.yaml", "path: /blog/b\nlocales: {en-US: {title: 'B  b', seo: {title: B, description: C}}}\n"),
    ];
    let environment = offline(pages);
    let told = |arguments: &str| {
        let problems = environment.run(&format!("validate --format json {arguments}")).json()["problems"].clone();
        let codes = problems.as_array().unwrap().iter().map(|it| format!("{} {}", it["page"], it["code"]));
        codes.collect::<Vec<_>>().join(", ").replace('"', "")
    };
    assert_eq!(told("--page /blog/*"), "/blog/b text/double-space, /blog/b seo-description/too-short");
    assert_eq!(told("--page pgGuide --locale en-us"), "/guide text/double-space, /guide seo-description/too-short");
    assert_eq!(told("--locale fr-FR"), "");
    assert_snapshot!(environment.run("validate --page /nowhere/**"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: no page that the manifests describe matches `--page /nowhere/**`
      hint: the glob is matched against whole paths, such as `/blog/**`, or is a page's id
    ");
    assert_snapshot!(environment.run("validate --locale de"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: no manifest states the locale `de`
      hint: they state en-US, fr-FR
    ");
}

#[test]
fn a_project_with_environments_needs_none_of_them_for_its_files() {
    let environment = offline([("guide.yaml", GUIDE)]);
    environment.write("slugline.yaml", "version: 1\nenvironments: {staging: {site: a1}, production: {site: b1}}\n");
    assert_eq!(environment.run("validate").exit, 0);
}

#[test]
fn no_project() {
    assert_snapshot!(TestEnvironment::empty().run("validate"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: no `slugline.yaml` in `[FOLDER]` or above it
      hint: make one with `slugline import --site ID`, or change folder with `-C DIR`
    ");
}

#[test]
fn baselines() {
    let environment = offline([("guide.yaml", GUIDE)]);
    let ran = environment.run("validate --write-baseline known.json");
    assert_eq!((ran.exit, &ran.files[..]), (0, &["known.json".to_owned()][..]), "{ran}");
    assert_snapshot!(environment.read("known.json"), @r#"
    {
      "version": 1,
      "findings": [
        {"fingerprint":"d2d56bbc09f0a8419bbb3953a4e0e454","rule":"seo-description/too-short","page":"/guide","locale":"en-US","field":"seo.description"},
        {"fingerprint":"daad92172915b2a14712f4e11adda490","rule":"text/double-space","page":"/guide","locale":"en-US","field":"seo.title"}
      ]
    }
    "#);
    assert_snapshot!(environment.run("validate --baseline known.json"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Nothing is wrong in 1 page (2 in the baseline).
    --- stderr
    Checked the files alone, with en-US as the primary locale; with a token or `--sandbox`, also that the site has these pages and locales.
    ");

    // Another text is another finding; a mended one is one less.
    environment.write(
        "pages/guide.yaml",
        GUIDE
            .replace("The  Guide", "The Best  Guide")
            .replace("All you need to know.", "All that you will ever need to know about the galaxy."),
    );
    let json = environment.run("validate --baseline known.json --format json").json();
    assert_eq!(json["summary"]["baseline"], json!({"known": 0, "mended": 2}));
    assert_eq!(json["problems"].as_array().map(Vec::len), Some(1));
    // Where not all is told, nobody knows what was mended.
    let part = environment.run("validate --baseline known.json --format json --locale en-US").json();
    assert_eq!(part["summary"]["baseline"], json!({"known": 0, "mended": 0}));
}

#[test]
fn a_baseline_does_not_hide_what_is_no_finding() {
    let environment = offline([("b.yaml", "path: /b\nlocales: {en-US: {titel: B}}\n")]);
    environment.run("validate --write-baseline known.json");
    assert_eq!(environment.run("validate --baseline known.json").exit, 3);
}

#[test]
fn broken_baselines() {
    let environment = offline([("guide.yaml", GUIDE)]);
    assert_snapshot!(environment.run("validate --baseline none.json"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: failed to read the baseline `none.json`
      because: No such file or directory (os error [N])
      hint: make one with `slugline validate --write-baseline FILE`
    ");
    for text in
        ["", "{}", "{\"version\": 1}", "{\"version\": 2, \"findings\": []}", "{\"version\": 1, \"findings\": [{}]}"]
    {
        environment.write("known.json", text);
        let ran = environment.run("validate --baseline known.json");
        assert_eq!((ran.exit, &*ran.stdout), (3, ""), "{text}: {ran}");
    }
}

#[test]
fn a_lint_error_keeps_a_plan_from_being_applied() {
    let pages = [("guide.yaml", "id: pgGuide\nlocales: {en-US: {seo: {title: 'The TODO Guide'}}}\n")];
    let environment = TestEnvironment::with_pages(pages);
    let ran = environment.run("plan -o plan.json");
    assert_eq!(ran.exit, 3, "{ran}");
    assert!(ran.stderr.contains("error[text/placeholder]: the SEO title still says `TODO`"), "{ran}");
    let shown = environment.run("show plan.json --format markdown");
    assert!(shown.stdout.contains("still says"), "{shown}");
    assert_eq!(environment.run("apply plan.json").exit, 3);
    assert_eq!(environment.run("apply --yes").exit, 3);
    assert_eq!(environment.values("pgGuide", "en-US")["seo"]["title"], "The Guide");
    // Whoever means it says so.
    with_lint(
        &environment,
        "{allow: [{rule: text/placeholder, page: pgGuide, reason: it is what the song is called}]}",
    );
    assert_eq!(environment.run("apply --yes").exit, 0);
    assert_eq!(environment.values("pgGuide", "en-US")["seo"]["title"], "The TODO Guide");
}

#[test]
fn a_lint_error_in_what_stays_as_it_is_does_not() {
    let mut site = galaxy::site();
    site["pages"][1]["values"]["primary"]["seo"]["title"] = "TODO".into();
    let environment = TestEnvironment::serving(&site);
    environment.write("pages/guide.yaml", "id: pgGuide\nlocales: {en-US: {title: A guide, seo: {title: TODO}}}\n");
    assert_eq!(environment.run("validate").exit, 3);
    assert_eq!(environment.run("plan").exit, 0);
    // Nor does one of a page that is not selected.
    environment.write("pages/about.yaml", "id: pgAbout\nlocales: {en-US: {seo: {title: FIXME}}}\n");
    assert_eq!(environment.run("plan").exit, 3);
    assert_eq!(environment.run("plan --page /guide").exit, 0);
}

#[test]
fn explanations() {
    let environment = TestEnvironment::empty();
    assert_snapshot!(environment.run("explain text/edge-space"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    text/edge-space (lint rule)
    a text starts or ends with white space

    The space is invisible, but counts in comparisons, and a template that adds a brand then shows two spaces.

    severity   warning
    fix        `validate --fix` corrects it
    source     https://docs.weblate.org/en/latest/user/checks.html
    --- stderr
    ");
    assert_snapshot!(environment.run("explain seo-title/to-wide"), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: unknown name `seo-title/to-wide`
      hint: did you mean `seo-title/too-wide`?
    ");
    let list = environment.run("explain");
    assert_eq!(list.exit, 0);
    for name in ["lint rules", "seo-title/too-wide", "unknown-key", "mass-update", "invalid"] {
        assert!(list.stdout.contains(name), "{name}");
    }
}

/// Returns the problems of a JSON answer, each as one line.
fn lines(json: &Json) -> Vec<String> {
    let problems = json["problems"].as_array().unwrap().iter();
    problems
        .map(|it| {
            let text = |value: &Json| value.as_str().unwrap_or("-").to_owned();
            format!("{} {} {} {}", text(&it["page"]), text(&it["locale"]), text(&it["field"]), text(&it["code"]))
        })
        .collect()
}

#[test]
fn only_the_pages_that_were_asked_for_are_counted() {
    let environment = TestEnvironment::empty();
    environment.write("slugline.yaml", galaxy::PROJECT);
    environment.write("pages/guide.yaml", "path: /guide\nlocales: {en-US: {slug: guide}}\n");
    environment.write("pages/about.yaml", "path: /about\nlocales: {en-US: {slug: about}, fr: {slug: a-propos}}\n");
    for (selected, pages) in [("", "2 pages"), (" --page /about", "1 page"), (" --locale fr", "1 page")] {
        let ran = environment.run(&format!("validate --offline{selected}"));
        assert!(ran.stdout.ends_with(&format!(" in {pages}.\n")), "{ran}");
    }
}
