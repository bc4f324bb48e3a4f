//! The document that people write by hand.

use slugline::sandbox::{LocaleKey, Site, Switches, sample};

fn refusal(text: &str) -> String {
    Site::from_json(text).expect_err("no site").to_string()
}

#[test]
fn a_short_document_is_enough() {
    let text = r#"{
        "site": {"id": "demo"},
        "locales": {"primary": {"tag": "en-US"}, "secondary": [{"tag": "fr-FR"}]},
        "pages": [
            {"id": "home", "kind": "home", "values": {"primary": {"title": "Home"}}},
            {"id": "about", "values": {"en-us": {"title": "About: us!"}, "FR-fr": {"title": "À propos"}}}
        ]
    }"#;
    let site = Site::from_json(text).unwrap();
    insta::assert_snapshot!(site.to_json(), @r#"
    {
      "site": {
        "id": "demo",
        "displayName": "Sandbox",
        "shortName": "sandbox",
        "timeZone": "Etc/UTC",
        "createdOn": "2024-01-01T00:00:00Z"
      },
      "tokens": [
        {
          "token": "sandbox-token",
          "scopes": [
            "sites:read",
            "sites:write",
            "pages:read",
            "pages:write"
          ],
          "rateLimit": 60
        }
      ],
      "locales": {
        "primary": {
          "tag": "en-US",
          "id": "ae1ac3d1017aaba363ccdaa3",
          "cmsLocaleId": "b9bdc0ed3b83ce3244752c1a",
          "displayName": "en-US",
          "subdirectory": ""
        },
        "secondary": [
          {
            "tag": "fr-FR",
            "id": "4fad095368f33cc8e9aef684",
            "cmsLocaleId": "797337236f925dbefc02947a",
            "displayName": "fr-FR",
            "subdirectory": "fr-fr"
          }
        ]
      },
      "pages": [
        {
          "id": "home",
          "kind": "home",
          "createdOn": "2024-01-01T00:00:00Z",
          "values": {
            "primary": {
              "title": "Home"
            }
          }
        },
        {
          "id": "about",
          "createdOn": "2024-01-01T00:00:00Z",
          "values": {
            "primary": {
              "title": "About: us!",
              "slug": "about-us"
            },
            "fr-FR": {
              "title": "À propos"
            }
          }
        }
      ]
    }
    "#);
    assert_eq!(Site::from_json(&site.to_json()).unwrap(), site);
    assert_eq!((site.id(), site.token()), ("demo", "sandbox-token"));
    assert_eq!(site.locale_keys(), [LocaleKey::Primary, LocaleKey::Secondary("fr-FR".to_owned())]);
}

#[test]
fn the_document_keeps_everything() {
    for switches in Switches::all().into_iter().step_by(97) {
        let site = Site { switches, ..sample() };
        assert_eq!(Site::from_json(&site.to_json()).unwrap(), site);
    }
}

#[test]
fn wrong_json_is_refused_with_its_place() {
    insta::assert_snapshot!(refusal("{\n  \"site\": {\"id\": 1}\n}"), @"invalid type: integer `1`, expected a string at line 2 column 18");
    insta::assert_snapshot!(refusal("{\n  \"sites\": 1\n}"), @"unknown field `sites`, expected one of `site`, `tokens`, `locales`, `localizedSlugs`, `switches`, `folders`, `pages` at line 2 column 9");
    insta::assert_snapshot!(refusal("{"), @"EOF while parsing an object at line 1 column 1");
    insta::assert_snapshot!(refusal(r#"{"site": {"id": "a"}, "switches": {"merge": "x"}}"#), @"unknown variant `x`, expected `merges` or `replaces` at line 1 column 47");
}

/// A document with one page, and something else in it.
fn with(rest: &str, page: &str) -> String {
    let site = r#""site": {"id": "a"}"#;
    let values = r#""values": {"primary": {"title": "T"}}"#;
    refusal(&format!("{{{site}, {rest} \"pages\": [{{\"id\": \"p\", {values}}}, {{{page}}}]}}"))
}

#[test]
fn wrong_references_are_refused_with_their_path() {
    let values = r#""values": {"primary": {"title": "U"}}"#;
    let page = format!(r#""id": "q", {values}"#);
    let problems = [
        with("", &format!(r#""id": "p", {values}"#)),
        with("", &format!(r#""id": "q/r", {values}"#)),
        with("", &format!(r#""id": "q", "folder": "f", {values}"#)),
        with("", r#""id": "q", "values": {}"#),
        with("", r#""id": "q", "values": {"primary": {}}"#),
        with("", r#""id": "q", "values": {"primary": {"title": "T"}}"#),
        with("", r#""id": "q", "values": {"primary": {"title": "U"}, "fr-FR": {}}"#),
        with(
            "",
            r#""id": "q", "values": {"primary": {"title": "U", "openGraph": {"title": "O", "titleCopied": true}}}"#,
        ),
        with(r#""folders": [{"id": "f", "slug": "t"}],"#, &page),
        with(r#""folders": [{"id": "f", "slug": "f", "parent": "f"}],"#, &page),
        with(r#""folders": [{"id": "f", "slug": "f", "parent": "g"}],"#, &page),
        with(r#""tokens": [],"#, &page),
        with(r#""tokens": [{"token": ""}],"#, &page),
        with(r#""tokens": [{"token": "t", "rateLimit": 0}],"#, &page),
        with(r#""locales": {"primary": {"tag": "en"}, "secondary": [{"tag": "EN"}]},"#, &page),
    ];
    insta::assert_snapshot!(problems.join("\n"), @r#"
    pages[1].id: `p` is there twice at line 1 column 93
    pages[1].id: `q/r` is no id: letters, digits, `-` and `_` only at line 1 column 93
    pages[1].folder: there is no folder `f` at line 1 column 108
    pages[1].values: the primary locale is missing (its key is `primary` or its tag) at line 1 column 108
    pages[1].values.primary.title: must be given at line 1 column 120
    pages[1].values.primary.slug: `t` is taken in its folder at line 1 column 120
    pages[1].values.fr-FR: the site has no such locale at line 1 column 145
    pages[1].values.primary.openGraph.title: has text although `titleCopied` is true at line 1 column 158
    pages[0].values.primary.slug: `t` is taken in its folder at line 1 column 106
    folders[0].parent: the folder is inside itself at line 1 column 70
    folders[0].parent: there is no folder `g` at line 1 column 70
    tokens: there must be at least one at line 1 column 33
    tokens[0].token: must be one word at line 1 column 44
    tokens[0].rateLimit: must be at least 1 at line 1 column 62
    locales: `EN` is there twice at line 1 column 34
    "#);
}
