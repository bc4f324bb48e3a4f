//! What is wrong inside a manifest: each problem with its place, all of them at once.

use insta::assert_snapshot;

use super::environment::{Ran, TestEnvironment};

/// Plans with one manifest, which must write nothing.
#[track_caller]
fn plan(manifest: impl AsRef<[u8]>) -> Ran {
    let environment = TestEnvironment::serving(&super::galaxy::site());
    environment.write("pages/guide.yaml", manifest);
    let ran = environment.run("plan");
    ran.wrote_nothing();
    ran
}

#[test]
fn an_unknown_key() {
    assert_snapshot!(plan("id: pgGuide\nlocales:\n  en-US:\n    keywords: towel\n"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[unknown-key]: unknown key `keywords`
     --> pages/guide.yaml:4:5
      |
    4 |     keywords: towel
      |     ^^^^^^^^
      |
      = help: the keys allowed here are `title`, `slug`, `seo` and `openGraph`

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_misspelt_key() {
    assert_snapshot!(plan("id: pgGuide\nlocales:\n  en-US:\n    seo:\n      desciption: All you need.\n"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[unknown-key]: unknown key `desciption`
     --> pages/guide.yaml:5:7
      |
    5 |       desciption: All you need.
      |       ^^^^^^^^^^
      |
      = help: did you mean `description`?

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_duplicate_key() {
    assert_snapshot!(plan("id: pgGuide\nlocales:\n  en-US:\n    title: One\n    title: Two\n"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[duplicate-key]: duplicate key `title`
     --> pages/guide.yaml:5:5
      |
    4 |     title: One
      |     ----- first set here
    5 |     title: Two
      |     ^^^^^
      |
      = help: keep one of the two

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn null() {
    assert_snapshot!(plan("id: pgGuide\nlocales:\n  en-US:\n    title: null\n    seo:\n      title:\n"), @r#"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[null-value]: `title` has no value
     --> pages/guide.yaml:4:12
      |
    4 |     title: null
      |            ^^^^
      |
      = help: write `title: ""` to clear it, or remove the key

    error[null-value]: `title` has no value
     --> pages/guide.yaml:6:7
      |
    6 |       title:
      |       ^^^^^
      |
      = help: write `title: ""` to clear it, or remove the key

    error: 2 errors in the project's files; nothing was written
    "#);
}

#[test]
fn numbers_and_booleans_for_text() {
    let manifest =
        "id: pgGuide\nlocales:\n  en-US:\n    title: 404\n    seo:\n      title: true\n      description: 1.5\n";
    assert_snapshot!(plan(manifest), @r#"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[wrong-type]: `title` must be text, but `404` is a number
     --> pages/guide.yaml:4:12
      |
    4 |     title: 404
      |            ^^^
      |
      = help: quote it: `title: "404"`

    error[wrong-type]: `title` must be text, but `true` is a boolean
     --> pages/guide.yaml:6:14
      |
    6 |       title: true
      |              ^^^^
      |
      = help: quote it: `title: "true"`

    error[wrong-type]: `description` must be text, but `1.5` is a number
     --> pages/guide.yaml:7:20
      |
    7 |       description: 1.5
      |                    ^^^
      |
      = help: quote it: `description: "1.5"`

    error: 3 errors in the project's files; nothing was written
    "#);
}

#[test]
fn open_graph_text_that_is_copied_too() {
    let manifest = "id: pgGuide\nlocales:\n  en-US:\n    openGraph:\n      title: Explore\n      titleCopied: true\n";
    assert_snapshot!(plan(manifest), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[conflicting-keys]: `title` has a text, but `titleCopied` says to copy it
     --> pages/guide.yaml:5:14
      |
    5 |       title: Explore
      |              ^^^^^^^
    6 |       titleCopied: true
      |                    ---- copied from `seo`
      |
      = help: remove `titleCopied` to use the text, or `title` to copy

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn not_utf8() {
    assert_snapshot!(plan(b"id: pgGuide\nlocales:\n  fr-FR:\n    title: Caf\xe9\n"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[not-utf8]: the byte `0xE9` is no UTF-8
     --> pages/guide.yaml:4:15
      |
    4 |     title: Caf�
      |               ^
      |
      = help: save the file as UTF-8

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_tab() {
    assert_snapshot!(plan("id: pgGuide\nlocales:\n\ten-US: {title: Guide}\n"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[tab]: a tab cannot indent a line
     --> pages/guide.yaml:3:1
      |
    3 |     en-US: {title: Guide}
      | ^^^^
      |
      = help: indent with spaces

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn an_alias_bomb() {
    let mut manifest = "a: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        manifest.push_str(&format!("b{level}: &a{level} [{aliases}]\n"));
    }
    let ran = plan(format!("{manifest}id: pgGuide\nlocales: {{en-US: {{title: Guide}}}}\n"));
    assert_snapshot!(ran, @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[alias-bomb]: aliases or entries make this file too large to be read
     --> pages/guide.yaml:4:9
      |
    4 | b3: &a3 [*a2, *a2, *a2, *a2, *a2, *a2, *a2, *a2, *a2, *a2]
      |         ^

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn an_empty_file() {
    assert_snapshot!(plan(""), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[empty-file]: this file holds no page
    --> pages/guide.yaml:1:1
     = help: describe a page, or delete the file: `path: /guide` and `locales: {primary: {…}}`

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_file_of_comments() {
    assert_snapshot!(plan("# To be written.\n---\n"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[empty-file]: this file holds no page
    --> pages/guide.yaml:1:1
     = help: describe a page, or delete the file: `path: /guide` and `locales: {primary: {…}}`

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_page_without_id_and_path() {
    assert_snapshot!(plan("locales:\n  en-US:\n    title: Guide\n"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[missing-key]: a page needs `id` or `path`
     --> pages/guide.yaml:1:1
      |
    1 | locales:
      | ^^^^^^^
      |
      = help: `id` stays the same when the page moves; `path` is where it is now: `path: /guide`

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_path_that_is_an_address() {
    assert_snapshot!(plan("path: https://galaxy.example/guide\nlocales: {en-US: {title: Guide}}\n"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[invalid-value]: the path `https://galaxy.example/guide` is an address
     --> pages/guide.yaml:1:7
      |
    1 | path: https://galaxy.example/guide
      |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write the path alone: `/about/team`

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_tag_that_runs_something() {
    assert_snapshot!(plan("id: pgGuide\nlocales:\n  en-US:\n    title: !env HOME\n"), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[custom-tag]: the tag `!env` has no meaning here
     --> pages/guide.yaml:4:12
      |
    4 |     title: !env HOME
      |            ^^^^
      |
      = help: manifests are plain data: remove the tag, or quote the text

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn two_spellings_of_a_locale() {
    let manifest = "id: pgGuide\nlocales:\n  fr-FR: {title: Un}\n  fr-fr: {title: Deux}\n";
    assert_snapshot!(plan(manifest), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[duplicate-locale]: `fr-FR` and `fr-fr` are one locale
     --> pages/guide.yaml:4:3
      |
    3 |   fr-FR: {title: Un}
      |   ----- first set here
    4 |   fr-fr: {title: Deux}
      |   ^^^^^
      |
      = help: keep one of the two

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn all_problems_of_all_files_at_once() {
    let environment = TestEnvironment::with_pages([
        ("about.yaml", "id: pgAbout\nlocale:\n  en-US: {title: About}\n"),
        ("guide.yaml", "id: pgGuide\nlocales:\n  en-US:\n    title: 42\n    slug: ~\n"),
        ("towel.yaml", "id: pgTowel\nlocales: {en-US: {title: 'Towel}}\n"),
    ]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @r#"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[unknown-key]: unknown key `locale`
     --> pages/about.yaml:2:1
      |
    2 | locale:
      | ^^^^^^
      |
      = help: did you mean `locales`?

    error[wrong-type]: `title` must be text, but `42` is a number
     --> pages/guide.yaml:4:12
      |
    4 |     title: 42
      |            ^^
      |
      = help: quote it: `title: "42"`

    error[null-value]: `slug` has no value
     --> pages/guide.yaml:5:11
      |
    5 |     slug: ~
      |           ^
      |
      = help: write the slug, or remove the key

    error[syntax]: a quote that starts here or above is not closed
     --> pages/towel.yaml:2:26
      |
    2 | locales: {en-US: {title: 'Towel}}
      |                          ^
      |
      = help: close it; inside single quotes write `''` for an apostrophe, inside double quotes `\"` for a quote

    error: 4 errors in the project's files; nothing was written
    "#);
}
