//! Writing files: whatever a text holds, every reader gets it back.
//!
//! The hard strings are also a file, proved fresh here, so that `tests/e2e/yaml_readers.py` can show it to readers of
//! other languages.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use slugline::diagnostic;
use slugline::manifest::emit::{emit_page, emit_project};
use slugline::manifest::page::{LocaleManifest, OpenGraphManifest, PageManifest, SeoManifest};
use slugline::manifest::project::Project;
use slugline::manifest::read;
use slugline::manifest::value::{Glob, ObjectId, PagePath, Percent};

/// Texts that some reader is known to read as something else.
const HARD: &[&str] = &[
    "",
    " ",
    "  two",
    "trailing ",
    "\t",
    "a\tb",
    "\ta",
    "a\t",
    "\n",
    "a\n",
    "\na",
    "a\nb",
    "a\n\nb",
    "a\r\nb",
    "a\rb",
    "a\n b",
    "a \nb",
    "  a\nb",
    "a\n\n",
    "no",
    "No",
    "NO",
    "yes",
    "y",
    "N",
    "on",
    "off",
    "Off",
    "true",
    "True",
    "FALSE",
    "null",
    "Null",
    "~",
    "404",
    "-1",
    "+1",
    "1.10",
    "1.",
    ".5",
    "1e3",
    "1E3",
    "63e552",
    "0777",
    "0o17",
    "0x1F",
    "0b101",
    "1_000",
    "12:30",
    "12:30:45",
    "190:20:30",
    "2001-12-14",
    "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59:43 Z",
    ".inf",
    "-.inf",
    ".nan",
    "=",
    "<<",
    "-",
    "- a",
    "--- a",
    "---",
    "...",
    "?",
    "? a",
    ":",
    ": a",
    "a: b",
    "a:",
    "a:b",
    "::",
    "#",
    "# a",
    "a # b",
    "a #b",
    "a#b",
    "@a",
    "`a`",
    "%a",
    "!a",
    "!!str a",
    "&a",
    "*a",
    "|",
    "|-",
    ">",
    ">a",
    "[a]",
    "[a",
    "]",
    "{a}",
    "{a: b}",
    "}",
    ",",
    ",a",
    "a, b",
    "'",
    "''",
    "'a'",
    "it's",
    "\"",
    "\"a\"",
    "a\"b",
    "\\",
    "\\n",
    "a\\b",
    "'\"",
    "say \"it's\" \\o/",
    r#"{{wf {"path":"slug","type":"PlainText"} }}"#,
    r#"{{wf {"path":"name","type":"PlainText"} }} | It's #1"#,
    "👩‍💻",
    "Guide 👩‍💻 – 🏳️‍🌈",
    "😀",
    "\u{10ffff}",
    "été",
    "日本語: 東京",
    "שלום",
    "مرحبا\u{200f} بالعالم",
    "a\u{202e}b",
    "\u{2066}a\u{2069}",
    "a\u{85}b",
    "\u{85}",
    "a\u{2028}b",
    "a\u{2029}b",
    "a\u{a0}b",
    "\u{a0}",
    "a\u{a0}",
    "Guide\u{a0}: tout",
    "\u{feff}a",
    "a\u{feff}",
    "\u{200b}",
    "a\u{200d}b",
    "\u{ad}",
    "\u{3000}a",
    "a\u{3000}",
    "\0",
    "\u{7}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{80}",
    "\u{9f}",
    "\u{fffd}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{e000}",
    "\u{1fffe}",
    "\u{e0041}",
    "10 Ways",
    "1 a",
    "3 d",
    "<b>&amp;</b>",
    "C# & C++",
    "http://a.test/?b=c#d",
    "key:value, other: value",
    "a:\tb",
    "a\t#b",
    "y: n",
    "1,000",
    "1.2.3",
    "0",
    "-0",
    "00",
    "1:2",
    "+",
    "NaN",
    "Infinity",
];

#[test]
fn hard_strings_are_written_fresh() {
    let page = page_of(HARD.iter().copied());
    let order: Vec<&str> = page.locales.keys().map(String::as_str).collect();
    let folder = super::root().join("tests/cases/emit");
    let values: BTreeMap<&str, &Option<String>> =
        page.locales.iter().map(|(tag, locale)| (tag.as_str(), &locale.title)).collect();
    let json = serde_json::to_string_pretty(&values).unwrap() + "\n";
    super::expect(&folder.join("hard-strings.yaml"), &emit_page(&page, &order)).unwrap();
    super::expect(&folder.join("hard-strings.json"), &json).unwrap();
}

#[test]
fn hard_strings_come_back() {
    let page = page_of(HARD.iter().copied());
    assert_eq!(read_back(&emit_page(&page, &[])), page);
}

#[test]
fn a_page_as_people_write_it() {
    let page = PageManifest {
        id: Some(ObjectId::try_from("63c720f9347c2139b248e552".to_owned()).unwrap()),
        path: Some(PagePath::try_from("/guide".to_owned()).unwrap()),
        locales: BTreeMap::from([
            (
                "en-US".to_owned(),
                LocaleManifest {
                    title: Some("Guide".to_owned()),
                    slug: Some(String::new()),
                    seo: SeoManifest {
                        title: Some(r#"{{wf {"path":"slug"} }}"#.to_owned()),
                        description: Some("Two lines:\none & two".to_owned()),
                    },
                    open_graph: OpenGraphManifest {
                        title: Some("404".to_owned()),
                        title_copied: Some(false),
                        description: None,
                        description_copied: Some(true),
                    },
                },
            ),
            ("no".to_owned(), LocaleManifest::default()),
        ]),
    };
    let text = emit_page(&page, &["no", "en-US", "fr-FR"]);
    assert_eq!(read_back(&text), page);
    insta::assert_snapshot!(text, @r#"
    id: 63c720f9347c2139b248e552
    path: /guide
    locales:
      "no": {}
      en-US:
        title: Guide
        slug: ""
        seo:
          title: '{{wf {"path":"slug"} }}'
          description: |-
            Two lines:
            one & two
        openGraph:
          title: "404"
          titleCopied: false
          descriptionCopied: true
    "#);
}

#[test]
fn a_project_as_people_write_it() {
    let mut project = Project {
        site: Some(ObjectId::try_from("6258612d1ee792848f805dcf".to_owned()).unwrap()),
        pages: Some(vec![Glob::try_from("pages/**/*.{yaml,yml}".to_owned()).unwrap()]),
        ..Project::default()
    };
    project.locales.required = vec!["en-US".to_owned(), "no".to_owned()];
    project.guards.mass_update.percent = Some(Percent::try_from(30).unwrap());
    let text = emit_project(&project);
    let (read, problems) = read::project(&Arc::from("slugline.yaml"), &text);
    assert!(!diagnostic::has_errors(&problems), "{problems:?}");
    assert_eq!(read.unwrap().manifest, project);
    insta::assert_snapshot!(text, @r#"
    version: 1
    site: 6258612d1ee792848f805dcf
    pages:
      - pages/**/*.{yaml,yml}
    locales:
      required:
        - en-US
        - "no"
    guards:
      mass-update:
        percent: 30
    "#);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_comes_back(text in ".*", key in "[^\0]{1,12}") {
        let mut page = page_of([text.as_str()].into_iter());
        page.locales.insert(key, LocaleManifest { slug: Some(text), ..LocaleManifest::default() });
        prop_assert_eq!(read_back(&emit_page(&page, &[])), page);
    }

    #[test]
    fn any_lines_come_back(text in "([a:# \\-\t\n\r'\"\\\\|>{\\[é]|\u{85}|\u{2028}){0,24}") {
        let page = page_of([text.as_str()].into_iter());
        prop_assert_eq!(read_back(&emit_page(&page, &[])), page);
    }
}

/// Returns a page with one locale a text.
fn page_of<'t>(texts: impl Iterator<Item = &'t str>) -> PageManifest {
    let locales = texts.enumerate().map(|(number, text)| {
        let locale = LocaleManifest { title: Some(text.to_owned()), ..LocaleManifest::default() };
        (format!("s{number:03}"), locale)
    });
    PageManifest {
        path: Some(PagePath::try_from("/hard-strings".to_owned()).unwrap()),
        locales: locales.collect(),
        ..PageManifest::default()
    }
}

fn read_back(text: &str) -> PageManifest {
    let (pages, problems) = read::pages(&Arc::from("page.yaml"), text);
    let errors: Vec<_> = problems
        .iter()
        // Keys of any kind are tested here, two of them may be one locale.
        .filter(|problem| problem.code.as_str() != "duplicate-locale")
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    assert_eq!(pages.len(), 1);
    pages.into_iter().next().unwrap().manifest
}
