//! The formats for other programs: what they say, and that no text gets out of its place.

use insta::assert_snapshot;
use serde_json::Value as Json;

use super::{GUIDE, lines, offline};
use crate::render::sarif_shape;

/// A page whose texts try everything that some reader of the output would act on.
const HOSTILE: &str = "\
path: /evil
locales:
  en-US:
    title: \"a\\n::error::pwned\"
    seo:
      title: \"Evil  \\e[2J %0A::add-mask::x, file=y:z \\u202E\"
      description: \"<script>alert(1)</script> | @team  and [link](javascript:x)\"
";

#[test]
fn json_has_everything() {
    let ran = offline([("guide.yaml", GUIDE)]).run("validate --format json");
    assert_snapshot!(serde_json::to_string_pretty(&ran.json()).unwrap(), @r#"
    {
      "format_version": "1.0",
      "checked": {
        "pages": 1,
        "primary": "en-US",
        "site": null,
        "since": null
      },
      "summary": {
        "errors": 0,
        "warnings": 1,
        "infos": 1,
        "left_out": 0,
        "allowed": 0,
        "baseline": {
          "known": 0,
          "mended": 0
        }
      },
      "problems": [
        {
          "code": "text/double-space",
          "severity": "warning",
          "message": "the SEO title holds several spaces in a row",
          "location": {
            "file": "pages/guide.yaml",
            "line": 7,
            "column": 14
          },
          "help": "leave one of them",
          "also": [],
          "page": "/guide",
          "locale": "en-US",
          "field": "seo.title",
          "fingerprint": "daad92172915b2a14712f4e11adda490"
        },
        {
          "code": "seo-description/too-short",
          "severity": "info",
          "message": "the SEO description is only 9.5 em wide; there is room for more",
          "location": {
            "file": "pages/guide.yaml",
            "line": 8,
            "column": 20
          },
          "help": "say what readers will find on the page",
          "also": [],
          "page": "/guide",
          "locale": "en-US",
          "field": "seo.description",
          "fingerprint": "d2d56bbc09f0a8419bbb3953a4e0e454"
        }
      ],
      "exit": {
        "code": 0,
        "name": "ok"
      }
    }
    "#);
    assert_eq!(ran.stderr, "");
}

#[test]
fn annotations() {
    assert_snapshot!(offline([("guide.yaml", GUIDE)]).run("validate --format github"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    ::warning file=pages/guide.yaml,line=7,col=14,title=text/double-space::the SEO title holds several spaces in a row%0Aleave one of them
    ::notice file=pages/guide.yaml,line=8,col=20,title=seo-description/too-short::the SEO description is only 9.5 em wide; there is room for more%0Asay what readers will find on the page
    --- stderr
    ");
}

#[test]
fn annotations_are_ten_at_most() {
    let page = |number: usize| format!("path: /p{number}\nlocales: {{en-US: {{title: 'A  b', seo: {{titel: x}}}}}}\n");
    let environment = offline([]);
    for (count, closing) in [
        (5, None),
        (6, Some("::warning title=slugline::and 3 warnings more; ")),
        (12, Some("::error title=slugline::and 3 errors and 12 warnings more; ")),
    ] {
        environment.write("pages/all.yaml", (0..count).map(page).collect::<Vec<_>>().join("---\n"));
        let ran = environment.run("validate --format github");
        let lines: Vec<&str> = ran.stdout.lines().collect();
        assert_eq!((lines.len(), ran.exit), (10, 3), "{count}: {ran}");
        assert_eq!(closing.is_some(), lines.last().unwrap().contains("title=slugline"), "{ran}");
        assert!(closing.is_none_or(|closing| lines[9].starts_with(closing)), "{ran}");
        assert!(lines[0].starts_with("::error file=pages/all.yaml,line=2,"), "the worst come first: {ran}");
    }
}

#[test]
fn annotations_keep_foreign_text_in_its_place() {
    let ran = offline([("evil.yaml", HOSTILE)]).run("validate --format github");
    assert_snapshot!(ran, @"
    exit: 3
    files: none
    writes: none
    --- stdout
    ::error file=pages/evil.yaml,line=6,col=14,title=text/bidi-control::the SEO title holds U+202E, which turns the writing direction%0Aremove the character; write the text again if you cannot see it
    ::error file=pages/evil.yaml,line=6,col=14,title=text/control::the SEO title holds the control character U+001B%0Aremove the character; write the text again if you cannot see it
    ::warning file=pages/evil.yaml,line=4,col=12,title=text/newline::the page's name holds a line break%0Aa block scalar with `>-` joins its lines; one with `|` keeps them
    ::warning file=pages/evil.yaml,line=6,col=14,title=text/double-space::the SEO title holds several spaces in a row%0Aleave one of them
    ::warning file=pages/evil.yaml,line=7,col=20,title=text/double-space::the SEO description holds several spaces in a row%0Aleave one of them
    ::warning file=pages/evil.yaml,line=7,col=20,title=text/html-tag::the SEO description holds the HTML tag `<script>`%0Awrite the text without it
    ::notice file=pages/evil.yaml,line=7,col=20,title=text/markdown::the SEO description holds Markdown: a link in brackets%0Awrite plain text
    --- stderr
    ");
    assert!(
        ran.stdout.lines().all(|line| ["::error ", "::warning ", "::notice "].iter().any(|it| line.starts_with(it)))
    );
}

#[test]
fn no_format_lets_text_out_of_its_place() {
    let environment = offline([("evil.yaml", HOSTILE)]);
    for format in ["text", "json", "github", "gitlab", "sarif"] {
        let ran = environment.run(&format!("validate --format {format}"));
        assert_eq!(ran.exit, 3, "{format}");
        let is_plain = |c: char| c == '\n' || !(c.is_control() || c == '\u{202e}');
        assert!(ran.stdout.chars().all(is_plain), "{format}: {ran}");
        assert!(
            !ran.stdout.lines().any(|line| line.starts_with("::error::") || line.starts_with("::add-mask")),
            "{ran}"
        );
    }
}

#[test]
fn code_quality() {
    let ran = offline([("guide.yaml", GUIDE)]).run("validate --format gitlab");
    assert_snapshot!(ran.stdout, @r#"
    [
      {
        "description": "the SEO title holds several spaces in a row (leave one of them)",
        "check_name": "text/double-space",
        "fingerprint": "daad92172915b2a14712f4e11adda490",
        "severity": "minor",
        "location": {
          "path": "pages/guide.yaml",
          "lines": {
            "begin": 7
          }
        }
      },
      {
        "description": "the SEO description is only 9.5 em wide; there is room for more (say what readers will find on the page)",
        "check_name": "seo-description/too-short",
        "fingerprint": "d2d56bbc09f0a8419bbb3953a4e0e454",
        "severity": "info",
        "location": {
          "path": "pages/guide.yaml",
          "lines": {
            "begin": 8
          }
        }
      }
    ]
    "#);
}

#[test]
fn code_quality_never_says_a_fingerprint_twice() {
    // The same mistake twice in a file, and the same text on two pages.
    let page = "path: /a\nlocales: {en-US: {titel: x, seo: {title: 'a  b'}}}\n";
    let environment = offline([("a.yaml", &format!("{page}---\n{}", page.replace("/a", "/b")))]);
    let report: Json = serde_json::from_str(&environment.run("validate --format gitlab").stdout).unwrap();
    let mut seen: Vec<&str> = report.as_array().unwrap().iter().map(|it| it["fingerprint"].as_str().unwrap()).collect();
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((seen.len(), count), (6, 6));
}

#[test]
fn fingerprints_outlive_moves_of_lines() {
    let environment = offline([("guide.yaml", GUIDE)]);
    let prints = || {
        let json = environment.run("validate --format json").json();
        let problems = json["problems"].as_array().unwrap().iter();
        problems.map(|problem| problem["fingerprint"].clone()).collect::<Vec<_>>()
    };
    let before = prints();
    environment.write("pages/guide.yaml", format!("# A comment.\n\n{}", GUIDE.replace("/guide", "/moved")));
    assert_eq!(prints(), before);
}

#[test]
fn sarif() {
    let also =
        "id: b1\npath: /copy\nlocales: {en-US: {seo: {title: The  Guide, description: Other words than those.}}}\n";
    let environment = offline([("guide.yaml", GUIDE), ("ä b.yaml", also)]);
    let ran = environment.run("validate --format sarif");
    let log: Json = serde_json::from_str(&ran.stdout).unwrap();
    let validator = jsonschema::validator_for(&sarif_shape()).unwrap();
    let problems: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
    assert_eq!(problems, [""; 0]);
    let (rules, results) = (&log["runs"][0]["tool"]["driver"]["rules"], &log["runs"][0]["results"]);
    for result in results.as_array().unwrap() {
        let number = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[number]["id"], result["ruleId"]);
    }
    // The same title twice: each names the other, under an address that is one.
    let duplicate = results.as_array().unwrap().iter().find(|it| it["ruleId"] == "seo-title/duplicate").unwrap();
    let place = |location: &Json| location["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert_eq!(place(&duplicate["locations"][0]), "pages/guide.yaml");
    assert_eq!(place(&duplicate["relatedLocations"][0]), "pages/%C3%A4%20b.yaml");
    // Made for the same problems as the other formats.
    assert_eq!(results.as_array().unwrap().len(), lines(&environment.run("validate --format json").json()).len());
}
