//! `defaults` of the project file: what pages say that say nothing themselves.

use insta::assert_snapshot;
use serde_json::json;

use super::environment::TestEnvironment;
use super::galaxy;

const PAGES: [(&str, &str); 3] = [
    ("guide.yaml", "id: pgGuide\nlocales:\n  en-US:\n    title: The Guide\n  fr-FR: {}\n"),
    ("about.yaml", "path: /about\nlocales:\n  en-US:\n    seo: {title: About us all}\n"),
    (
        "towel.yaml",
        "id: pgTowel\npath: /blog/towel-day\nlocales: {primary: {}, fr-FR: {seo: {description: Prenez-en une.}}}\n",
    ),
];

/// Returns the usual site with these defaults.
fn environment(defaults: &str) -> TestEnvironment {
    let environment = TestEnvironment::with_pages(PAGES);
    environment.write("slugline.yaml", format!("{}{defaults}", galaxy::PROJECT));
    environment
}

const DEFAULTS: &str = "\
vars: {brand: Galaxy}
defaults:
  - seo: {title: '{title} | {brand}'}
    openGraph: {titleCopied: true}
  - paths: [/blog/**]
    seo: {title: '{title} – blog', description: 'Read on at {path}.'}
  - locales: [fr-FR]
    seo: {title: '{title} sur {brand} ({slug})'}
";

#[test]
fn a_page_says_what_the_most_specific_default_says_and_its_own_above_all() {
    let environment = environment(DEFAULTS);
    assert_snapshot!(environment.run("plan").stdout, @r#"
    Galaxy (siteGalaxy)

    /about
      en-US
        seo.title  pages/about.yaml:4:18
          - About us
          + About us{+ all+}
          moves along in fr-FR, ja-JP, which inherit it

    /blog/towel-day
      en-US
        seo.title  slugline.yaml:8:18
          - (empty)
          + Towel Day – blog
          moves along in ja-JP, which inherits it
        seo.description  slugline.yaml:8:49
          - (empty)
          + Read on at /blog/towel-day.
          moves along in ja-JP, which inherits it
      fr-FR
        seo.title  slugline.yaml:8:18
          - (empty)
          + Jour de la serviette – blog
        seo.description  pages/towel.yaml:3:51
          - (empty)
          + Prenez-en une.

    /guide
      en-US
        title  pages/guide.yaml:4:12
          - Guide
          + {+The +}Guide
          moves along in ja-JP, which inherits it
        seo.title  slugline.yaml:5:18
          - The Guide
          + The Guide{+ | Galaxy+}
          moves along in ja-JP, which inherits it
        openGraph.titleCopied  slugline.yaml:6:30
          false → true
          gives up "Explore the galaxy"
          moves along in ja-JP, which inherits it
      fr-FR
        seo.title  slugline.yaml:10:18
          - The Guide
          + Le guide sur Galaxy (guide)
        openGraph.titleCopied  slugline.yaml:6:30
          false → true
          gives up "Explore the galaxy"

    Plan: 10 fields to change in 5 page-locales of 3 pages; 5 requests to send.
    "#);
    let ran = environment.run("apply --yes --allow mass-update");
    assert_eq!(ran.exit, 0, "{ran}");
    assert_eq!(environment.values("pgAbout", "en-US")["seo"]["title"], "About us all");
    assert_eq!(environment.values("pgGuide", "en-US")["seo"]["title"], "The Guide | Galaxy");
    assert_eq!(environment.values("pgTowel", "fr-FR")["seo"]["title"], "Jour de la serviette – blog");
    let again = environment.run("plan --detailed-exitcode -q");
    assert_eq!(again.exit, 0, "{again}");
}

/// A locale that inherits its name will have the new one, so that is what the default says at once.
#[test]
fn a_name_that_is_about_to_change_is_the_new_one_in_locales_that_inherit_it() {
    let environment = environment("defaults: [{seo: {title: '{title} | Galaxy'}}]\n");
    environment.write("pages/guide.yaml", "id: pgAbout\nlocales: {en-US: {title: New}, fr-FR: {}}\n");
    environment.write("pages/about.yaml", "id: pgDraft\nlocales: {fr-FR: {}}\n");
    assert_eq!(environment.run("apply --yes --allow mass-update").exit, 0);
    assert_eq!(environment.values("pgAbout", "en-US")["seo"]["title"], "New | Galaxy");
    let again = environment.run("plan --detailed-exitcode");
    assert_eq!(again.exit, 0, "{again}");
}

/// The path is the one that the page will have, in a folder that no list of pages tells of.
#[test]
fn a_path_is_as_it_will_be() {
    let environment = environment("defaults: [{seo: {description: 'Read on at {path}.'}}]\n");
    environment.write("pages/guide.yaml", "id: pgDraft\nlocales: {en-US: {}}\n");
    environment.write("pages/about.yaml", "id: pgAbout\nlocales: {en-US: {}}\n");
    environment.write("pages/towel.yaml", "id: pgTowel\nlocales: {en-US: {slug: towels}}\n");
    assert_eq!(environment.run("apply --yes --allow mass-update --allow slug-change").exit, 0);
    assert_eq!(environment.values("pgTowel", "en-US")["seo"]["description"], "Read on at /blog/towels.");
    let again = environment.run("plan --detailed-exitcode");
    assert_eq!(again.exit, 0, "{again}");
}

/// A pull that moves a page also moves what the project says of its path.
#[test]
fn a_pull_of_a_slug_leaves_nothing_to_plan() {
    let environment = environment("defaults: [{seo: {title: 'At {path}'}}]\n");
    environment.write("pages/guide.yaml", "id: pgDraft\nlocales: {en-US: {}}\n");
    environment.write("pages/towel.yaml", "id: pgTowel\nlocales: {en-US: {}}\n");
    environment.write("pages/about.yaml", "id: pgAbout\npath: /about\nlocales: {en-US: {slug: about}}\n");
    assert_eq!(environment.run("apply --yes --allow mass-update").exit, 0);
    environment.edit_by_someone(&json!({"id": "pgAbout", "slug": "about-us"}));
    assert_eq!(environment.run("pull").exit, 0);
    assert!(environment.read("pages/about.yaml").contains("path: /about-us"));
    let again = environment.run("plan --detailed-exitcode");
    assert_eq!(again.exit, 0, "{again}");
}

#[test]
fn a_default_makes_a_field_managed() {
    let json = environment(DEFAULTS).run("status --format json").json();
    let pages = json["pages"].as_array().unwrap();
    let towel = pages.iter().find(|page| page["page"] == "pgTowel").unwrap();
    assert_eq!(towel["locales"]["en-US"], json!({"seo.title": "managed", "seo.description": "managed"}));
    assert_eq!(towel["locales"]["ja-JP"], json!({"seo.title": "missing", "seo.description": "missing"}));
}

#[test]
fn what_a_page_says_of_a_card_keeps_defaults_away_from_both_halves() {
    let environment = environment("defaults: [{openGraph: {title: '{title}!', descriptionCopied: true}}]\n");
    environment.write("pages/about.yaml", "path: /about\nlocales: {en-US: {openGraph: {titleCopied: true}}}\n");
    let plan = environment.run("plan --page /about --format json").json();
    let fields: Vec<&str> =
        plan["changes"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert!(fields.iter().all(|field| !field.starts_with("openGraph.title")), "{fields:?}");
}

#[test]
fn the_lint_sees_the_rendered_text_at_the_defaults_place() {
    let long = "x".repeat(90);
    let environment = environment(&format!("defaults: [{{seo: {{title: '{{title}} {long}'}}}}]\n"));
    let ran = environment.run("validate --offline");
    assert!(ran.stdout.contains("seo-title/too-wide") && ran.stdout.contains("slugline.yaml:3"), "{ran}");
}

#[test]
fn a_pull_writes_into_the_page_and_leaves_the_default() {
    let environment = environment("defaults: [{paths: [/guide], seo: {title: '{title} | Galaxy'}}]\n");
    let before = environment.read("slugline.yaml");
    let ran = environment.run("pull --page /guide --field seo.title");
    assert_eq!(ran.exit, 0, "{ran}");
    assert_eq!(environment.read("slugline.yaml"), before);
    assert_snapshot!(environment.read("pages/guide.yaml"), @"
    id: pgGuide
    locales:
      en-US:
        title: The Guide
        seo:
          title: The Guide
      fr-FR: {seo: {title: The Guide}}
    ");
    let again = environment.run("plan --page /guide --detailed-exitcode");
    assert!(!again.stdout.contains("seo.title"), "{again}");
}

#[test]
fn what_cannot_be_meant() {
    let ran = environment(
        "\
vars: {title: x, 'a b': y}
defaults:
  - seo: {title: '{brnd} {titel}'}
  - paths: [blog]
  - openGraph: {title: x, titleCopied: true}
  - title: '{title}'
",
    )
    .run("plan");
    assert_snapshot!(ran, @r#"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[invalid-value]: `{title}` always stands for that of the page
     --> slugline.yaml:3:8
      |
    3 | vars: {title: x, 'a b': y}
      |        ^^^^^
      |
      = help: choose another name

    error[invalid-value]: `a b` cannot be a name
     --> slugline.yaml:3:18
      |
    3 | vars: {title: x, 'a b': y}
      |                  ^^^^^
      |
      = help: a name has letters, digits, `-` and `_`, and begins with a letter

    error[unknown-name]: nothing is called `brnd`
     --> slugline.yaml:5:18
      |
    5 |   - seo: {title: '{brnd} {titel}'}
      |                  ^^^^^^^^^^^^^^^^
      |
      = help: give it a value: `vars: {brnd: …}`; `{{brnd}}` is `{brnd}` itself

    error[unknown-name]: nothing is called `titel`
     --> slugline.yaml:5:18
      |
    5 |   - seo: {title: '{brnd} {titel}'}
      |                  ^^^^^^^^^^^^^^^^
      |
      = help: did you mean `title`?

    error[invalid-value]: this default says nothing
     --> slugline.yaml:6:5
      |
    6 |   - paths: [blog]
      |     ^^^^^^^^^^^^^
      |
      = help: write what pages say: `seo: {title: "{title} | Galaxy"}`

    error[invalid-value]: `openGraph.title` has a text, but `openGraph.titleCopied` says to copy it
     --> slugline.yaml:7:5
      |
    7 |   - openGraph: {title: x, titleCopied: true}
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: keep one of the two

    error[unknown-key]: unknown key `title`
     --> slugline.yaml:8:5
      |
    8 |   - title: '{title}'
      |     ^^^^^
      |
      = help: the keys allowed here are `paths`, `locales`, `seo` and `openGraph`

    error[invalid-value]: this default says nothing
     --> slugline.yaml:8:5
      |
    8 |   - title: '{title}'
      |     ^^^^^^^^^^^^^^^^
      |
      = help: write what pages say: `seo: {title: "{title} | Galaxy"}`

    error: 8 errors in the project's files; nothing was written
    "#);
}

#[test]
fn what_would_never_say_anything_or_read_as_it_stands() {
    let environment = environment("defaults: [{locales: [fr-RF], seo: {title: '{title } | {title'}}]\n");
    let ran = environment.run("plan");
    assert_eq!(ran.exit, 3, "{ran}");
    assert!(ran.stderr.contains("unknown-locale") && ran.stderr.contains("did you mean `fr-FR`?"), "{ran}");
    assert!(ran.stderr.contains("`{title } | {` begins no name"), "{ran}");
}

#[test]
fn a_glob_that_matches_no_page_is_told() {
    let environment = environment("defaults:\n  - {paths: [/guide, '/gide/**'], seo: {title: '{title} | Galaxy'}}\n");
    let ran = environment.run("validate");
    let told = ran.stdout.split_once("warning[idle-default]: ").expect("it is told").1;
    assert!(
        told.starts_with("no page that the manifests describe matches `/gide/**`\n --> slugline.yaml:4:22\n"),
        "{ran}"
    );
    assert!(!told.contains("idle-default"), "the other one has its page: {ran}");
    // While a page is missing, it is not known what it would match.
    environment.write("pages/lost.yaml", "path: /gide/lost\nlocales: {en-US: {title: Lost}}\n");
    let ran = environment.run("validate");
    assert_eq!(ran.exit, 3);
    assert!(!ran.stdout.contains("idle-default"), "{ran}");
}
