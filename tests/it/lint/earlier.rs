//! Rules that compare with an earlier commit, and what counts as changed since.

use super::{compared, places};

/// A rule, the manifests as they were and as they are, and where the rule finds something.
type Row = (&'static str, &'static str, &'static str, &'static [&'static str]);

const ROWS: &[Row] = &[
    (
        "locale/stale",
        "{path: /a, locales: {en: {title: One}, fr: {title: Un}, de: {title: Eins}}}",
        "{path: /a, locales: {en: {title: Two}, fr: {title: Un}, de: {title: Zwei}}}",
        &["/a fr title"],
    ),
    (
        // A comma, a capital and a space make no other text.
        "locale/stale",
        "{path: /a, locales: {en: {title: one two}, fr: {title: Un}}}",
        "{path: /a, locales: {en: {title: 'One,  two.'}, fr: {title: Un}}}",
        &[],
    ),
    (
        "locale/stale",
        "{path: /a, locales: {en: {title: One}, en-GB: {title: One of us}}}",
        "{path: /a, locales: {en: {title: Two}, en-GB: {title: One of us}}}",
        &[],
    ),
    (
        "slug/changed",
        "{id: a1, path: /a, locales: {en: {slug: a}}}",
        "{id: a1, path: /a, locales: {en: {slug: b}}}",
        &["/a en slug"],
    ),
    (
        "slug/changed",
        "{id: a1, path: /a, locales: {en: {title: A}}}",
        "{id: a1, path: /a, locales: {en: {slug: b}}}",
        &[],
    ),
    (
        "slug/swap",
        "{id: a1, path: /a, locales: {en: {slug: a}}}\n---\n{id: b1, path: /b, locales: {en: {slug: b}}}",
        "{id: a1, path: /a, locales: {en: {slug: b}}}\n---\n{id: b1, path: /b, locales: {en: {slug: a}}}",
        &["/a en slug", "/b en slug"],
    ),
    (
        "slug/swap",
        "{id: a1, path: /x/a, locales: {en: {slug: a}}}\n---\n{id: b1, path: /y/b, locales: {en: {slug: b}}}",
        "{id: a1, path: /x/a, locales: {en: {slug: b}}}\n---\n{id: b1, path: /y/b, locales: {en: {slug: a}}}",
        &[],
    ),
    (
        "slug/redirect-loop",
        "{id: a1, path: /a, locales: {en: {slug: a}}}\n---\n{id: b1, path: /b, locales: {en: {slug: b}}}",
        "{id: a1, path: /a, locales: {en: {slug: b}}}\n---\n{id: b1, path: /b, locales: {en: {slug: c}}}",
        &["/a en slug"],
    ),
    (
        "slug/redirect-loop",
        "{id: a1, path: /a, locales: {en: {slug: a}}}\n---\n{id: b1, path: /b, locales: {en: {slug: b}}}",
        "{id: a1, path: /a, locales: {en: {slug: d}}}\n---\n{id: b1, path: /b, locales: {en: {slug: c}}}",
        &[],
    ),
    (
        // The page has it already, wherever its path says it is.
        "slug/underscore",
        "{id: a1, path: /a, locales: {en: {slug: a_b}}}",
        "{id: a1, path: /a, locales: {en: {slug: a_b}}}",
        &[],
    ),
    (
        "slug/underscore",
        "{id: a1, path: /a, locales: {en: {slug: a}}}",
        "{id: a1, path: /a_b, locales: {en: {slug: a_b}}}",
        &["/a_b en slug"],
    ),
];

/// Returns which rules have rows here, and on which side.
pub(super) fn rows() -> Vec<(&'static str, bool)> {
    ROWS.iter().map(|(rule, _, _, expected)| (*rule, !expected.is_empty())).collect()
}

#[test]
fn rules_find_what_they_should() {
    for (rule, earlier, now, expected) in ROWS {
        let report = compared("{}", now, Some(earlier));
        assert_eq!(places(rule, &report), *expected, "{rule}: {now}");
        assert!(report.findings.iter().filter(|finding| finding.rule.id == *rule).all(|finding| finding.is_new));
    }
}

/// Returns the places of what is new.
fn new(earlier: &str, now: &str) -> Vec<String> {
    let mut report = compared("{}", now, Some(earlier));
    report.findings.retain(|finding| finding.is_new && finding.rule.id == "text/double-space");
    places("text/double-space", &report)
}

#[test]
fn only_what_was_touched_is_new() {
    let page = "{id: a1, path: /a, locales: {en: {title: a  b, seo: {title: c  d}}}}";
    for (why, earlier, expected) in [
        ("nothing was touched", page, &[][..]),
        ("a file with another page", "{id: b1, path: /b, locales: {en: {}}}", &["/a en title", "/a en seo.title"]),
        ("one field", "{id: a1, path: /a, locales: {en: {title: a  b, seo: {title: c}}}}", &["/a en seo.title"]),
        ("a field that was not there", "{id: a1, path: /a, locales: {en: {seo: {title: c  d}}}}", &["/a en title"]),
        ("a page that has moved", "{id: a1, path: /z, locales: {en: {title: a  b, seo: {title: c  d}}}}", &[]),
        ("a page that has got an id", "{path: /a, locales: {en: {title: a  b, seo: {title: c  d}}}}", &[]),
        ("another spelling of the locale", "{path: /a, locales: {EN: {title: a  b, seo: {title: c  d}}}}", &[]),
        (
            "another page at the path",
            "{id: b1, path: /a, locales: {en: {title: a  b}}}",
            &["/a en title", "/a en seo.title"],
        ),
    ] {
        assert_eq!(new(earlier, page), expected, "{why}");
    }
}
