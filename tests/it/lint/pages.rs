//! Rules about several texts, and several pages.

use super::{found, report};

/// A rule, manifests, and where the rule finds something in them.
type Row = (&'static str, &'static str, &'static [&'static str]);

const ROWS: &[Row] = &[
    ("seo-title/missing", "{path: /a, locales: {en: {title: A}, fr: {seo: {title: Un}}}}", &["/a en seo.title"]),
    ("seo-title/missing", "{path: /a, locales: {fr: {seo: {description: Un}}}}", &[]),
    ("page-title/missing", "{path: /a, locales: {en: {title: A}, fr: {title: ''}}}", &[]),
    (
        "seo-description/same-as-title",
        "{path: /a, locales: {en: {seo: {title: One Two, description: one  two}}}}",
        &["/a en seo.description"],
    ),
    (
        "seo-description/same-as-title",
        "{path: /a, locales: {en: {seo: {title: Un}}, fr: {seo: {description: Un}}}}",
        &["/a fr seo.description"],
    ),
    (
        "seo-description/same-as-title",
        "{path: /a, locales: {en: {title: One, seo: {description: One}}}}",
        &["/a en seo.description"],
    ),
    (
        "seo-description/same-as-title",
        "{path: /a, locales: {en: {title: One, seo: {title: Two, description: One}}}}",
        &[],
    ),
    (
        "og/same-without-copied",
        "{path: /a, locales: {en: {seo: {title: One, description: Two}, openGraph: {title: One, description: Two}}}}",
        &["/a en openGraph.title", "/a en openGraph.description"],
    ),
    ("og/same-without-copied", "{path: /a, locales: {en: {seo: {title: One}, openGraph: {titleCopied: true}}}}", &[]),
    ("og/same-without-copied", "{path: /a, locales: {en: {seo: {title: One}, openGraph: {title: one}}}}", &[]),
    (
        "seo-title/duplicate",
        "{path: /a, locales: {en: {seo: {title: One}}}}\n---\n{path: /b, locales: {en: {seo: {title: ＯＮＥ }}}}",
        &["/a en seo.title", "/b en seo.title"],
    ),
    (
        "seo-title/duplicate",
        "{path: /a, locales: {en: {seo: {title: One}}}}\n---\n{path: /b, locales: {fr: {seo: {title: One}}}}",
        &[],
    ),
    (
        // What is inherited is told where it is stated.
        "seo-title/duplicate",
        "{path: /a, locales: {en: {seo: {title: One}}, fr: {}}}\n---\n{path: /b, locales: {en: {seo: {title: One}}, fr: {}}}",
        &["/a en seo.title", "/b en seo.title"],
    ),
    (
        "seo-title/duplicate",
        "{path: /a, locales: {en: {seo: {title: '{{wf {} }}'}}}}\n---\n{path: /b, locales: {en: {seo: {title: '{{wf {} }}'}}}}",
        &[],
    ),
    (
        "seo-description/duplicate",
        "{path: /a, locales: {en: {seo: {description: One}}}}\n---\n{path: /b, locales: {en: {seo: {description: One}}}}",
        &["/a en seo.description", "/b en seo.description"],
    ),
    (
        "seo-description/duplicate",
        "{path: /a, locales: {en: {seo: {description: One}}}}\n---\n{path: /b, locales: {en: {seo: {title: One}}}}",
        &[],
    ),
    (
        "locale/untranslated",
        "{path: /a, locales: {en: {seo: {title: One two three}}, fr: {seo: {title: One two three}}}}",
        &["/a fr seo.title"],
    ),
    (
        "locale/untranslated",
        "{path: /a, locales: {en: {title: abcdefghijklmnopqrst}, fr: {title: abcdefghijklmnopqrst}}}",
        &["/a fr title"],
    ),
    (
        "locale/untranslated",
        "{path: /a, locales: {en: {title: abcdefghijklmnopqrs}, fr: {title: abcdefghijklmnopqrs}}}",
        &[],
    ),
    ("locale/untranslated", "{path: /a, locales: {en: {title: One two}, fr: {title: One two}}}", &[]),
    ("locale/untranslated", "{path: /a, locales: {en: {title: One two three}, en-GB: {title: One two three}}}", &[]),
    ("locale/untranslated", "{path: /a, locales: {en: {title: One two three}, fr: {}}}", &[]),
    (
        // A text that stands in two fields is told of once.
        "locale/untranslated",
        "{path: /a, locales: {en: {title: a b c, seo: {title: a b c}}, fr: {title: a b c, seo: {title: a b c}}}}",
        &["/a fr seo.title"],
    ),
    (
        // `locale/untranslated` tells of what is the same, word for word.
        "locale/wrong-script",
        "{path: /a, locales: {en: {seo: {title: One two three}}, ja: {seo: {title: One two three}}}}",
        &[],
    ),
    (
        "locale/missing",
        "{path: /a, locales: {en: {seo: {title: One, description: Two}}, fr: {seo: {title: Un}}, en-GB: {}}}",
        &["/a fr seo.description"],
    ),
    ("locale/missing", "{path: /a, locales: {en: {}, fr: {}}}", &["/a en-GB -"]),
    (
        "locale/missing",
        "{path: /a, locales: {en: {seo: {title: One}}, fr: {seo: {title: Un}}, en-GB: {}, ja: {}}}",
        &[],
    ),
    (
        "locale/placeholder-mismatch",
        "{path: /a, locales: {en: {title: 'Hi {name}'}, fr: {title: 'Salut {nom}'}}}",
        &["/a fr title"],
    ),
    (
        "locale/placeholder-mismatch",
        "{path: /a, locales: {en: {title: 'Hi {name}'}, fr: {title: Salut}}}",
        &["/a fr title"],
    ),
    (
        "locale/placeholder-mismatch",
        "{path: /a, locales: {en: {title: '{a} {b}'}, fr: {title: '{b}, {a} et {a}'}}}",
        &[],
    ),
    (
        "text/ends-cut",
        "{path: /a, locales: {en: {seo: {title: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}, openGraph: {title: \
         aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}}}}",
        &["/a en seo.title"],
    ),
    (
        "text/ends-cut",
        "{path: /a, locales: {en: {seo: {title: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}, openGraph: {title: \
         aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa aa}}}}",
        &[],
    ),
    (
        "slug/duplicate",
        "{path: /b/a, locales: {en: {slug: c}}}\n---\n{path: /b/c, locales: {en: {title: C}}}",
        &["/b/a en slug"],
    ),
    (
        "slug/duplicate",
        "{path: /a, locales: {fr: {slug: un}}}\n---\n{path: /b, locales: {fr: {slug: un}}}",
        &["/a fr slug", "/b fr slug"],
    ),
    ("slug/duplicate", "{path: /b/a, locales: {en: {slug: c}}}\n---\n{path: /d/c, locales: {en: {slug: c}}}", &[]),
    ("slug/duplicate", "{path: /a, locales: {en: {slug: c}}}\n---\n{path: /c, locales: {en: {slug: a}}}", &[]),
    ("slug/reserved", "{path: /b/a, locales: {en: {slug: search}}}", &[]),
    ("slug/reserved", "{path: /404, locales: {en: {slug: '404'}}}", &[]),
    ("slug/reserved", "{path: /a, locales: {en: {slug: '404'}}}", &["/a en slug"]),
    ("slug/underscore", "{path: /detail_posts, locales: {en: {slug: detail_posts}, fr: {slug: detail_posts}}}", &[]),
    ("slug/shape", "{path: /Odd, locales: {en: {slug: Odd}}}", &[]),
    (
        "slug/too-long",
        "{path: /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/b, \
         locales: {en: {slug: bbbb}}}",
        &[
            "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/b en slug",
        ],
    ),
    (
        "slug/too-long",
        "{path: /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/b, \
         locales: {en: {slug: bbb}}}",
        &[],
    ),
    ("slug/not-localized", "{path: /a, locales: {en: {slug: a}, fr: {}}}", &["/a fr slug"]),
    ("slug/not-localized", "{path: /a, locales: {en: {slug: a}, fr: {slug: a}}}", &["/a fr slug"]),
    ("slug/not-localized", "{path: /a, locales: {en: {slug: a}, fr: {slug: un}, en-GB: {}}}", &[]),
];

/// Returns which rules have rows here, and on which side.
pub(super) fn rows() -> Vec<(&'static str, bool)> {
    let titles = [("seo-title/boilerplate", true), ("seo-title/boilerplate", false)];
    let brands = [("seo-title/brand-cut", true), ("seo-title/brand-cut", false)];
    let rows = ROWS.iter().map(|(rule, _, expected)| (*rule, !expected.is_empty()));
    rows.chain(titles).chain(brands).collect()
}

#[test]
fn rules_find_what_they_should() {
    for (rule, manifests, expected) in ROWS {
        assert_eq!(found(rule, manifests), *expected, "{rule}: {manifests}");
    }
}

/// Returns pages with these titles.
fn titled(titles: &[&str]) -> String {
    let page = |(number, title): (usize, &&str)| {
        format!("---\n{{path: /p{number}, locales: {{en: {{seo: {{title: '{title}'}}}}}}}}\n")
    };
    titles.iter().enumerate().map(page).collect()
}

#[test]
fn a_long_common_ending_is_boilerplate() {
    let long = ["One | ————————————W", "Two | ————————————W", "Three - ————————————W", "Four", "Five"];
    assert_eq!(found("seo-title/boilerplate", &titled(&long)), ["/p0 en seo.title"]);
    let twelve = long.map(|title| title.replace('W', ""));
    let cases: [(&str, Vec<&str>); 3] = [
        ("12 em are not more than 12 em", twelve.iter().map(String::as_str).collect()),
        ("four titles are too few", long[..4].to_vec()),
        ("three of six are not more than half", [&long[..], &["Six"]].concat()),
    ];
    for (why, titles) in cases {
        assert!(found("seo-title/boilerplate", &titled(&titles)).is_empty(), "{why}");
    }
}

#[test]
fn a_brand_that_is_cut_is_told_in_place_of_a_wide_title() {
    let titles = ["———————————————————————————— | Acme", "Two | Acme", "Three — Acme"];
    let rules = |titles: &[&str]| {
        let findings = report("{}", &titled(titles)).findings;
        let rules = findings.iter().map(|finding| finding.rule.id).filter(|id| id.starts_with("seo-title"));
        rules.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(rules(&titles), ["seo-title/brand-cut"]);
    // What only two titles share may be the end of a sentence.
    assert_eq!(rules(&titles[..2]), ["seo-title/too-wide"]);
    // Without the brand it is too wide as well.
    let wide = ["—————————————————————————————. | Acme", titles[1], titles[2]];
    assert_eq!(rules(&wide), ["seo-title/too-wide"]);
}

#[test]
fn what_a_default_says_is_told_of_the_page_that_reads_it() {
    let options = "{}\nvars: {brand: Galaxy}\ndefaults: [{seo: {title: '{title}  | {brand}'}}]";
    let pages = "{path: /a, locales: {en: {title: One}, fr: {seo: {title: Un}}}}";
    let findings = report(options, pages).findings;
    let spaces: Vec<_> = findings.iter().filter(|finding| finding.rule.id == "text/double-space").collect();
    let told: Vec<&str> = spaces.iter().map(|finding| finding.diagnostic.message.as_str()).collect();
    assert_eq!(told, ["the SEO title holds several spaces in a row (`/a` in en: `One  | Galaxy`)"]);
    assert_eq!(spaces[0].diagnostic.at.as_ref().unwrap().to_string(), "slugline.yaml:6:26");
    // A page that reads a default lacks nothing.
    assert!(findings.iter().all(|finding| finding.rule.id != "seo-title/missing"));
}
