//! What a project says of the rules.

use insta::assert_snapshot;
use slugline::diagnostic::Severity;
use slugline::lint;

use super::{places, report};

/// Returns which rules have cases here, and on which side.
pub(super) fn rows() -> Vec<(&'static str, bool)> {
    ["lint/allow-expired", "lint/allow-unused"].into_iter().flat_map(|rule| [(rule, true), (rule, false)]).collect()
}

const TWO_PAGES: &str = "{path: /legal/terms, locales: {en: {title: a  b}, fr: {title: c  d}}}\n---\n\
                         {path: /blog, locales: {en: {title: e  f, seo: {title: g  h}}}}";

/// Returns where two spaces in a row are told, and how much that weighs.
#[track_caller]
fn spaces(options: &str) -> Vec<String> {
    let report = report(options, TWO_PAGES);
    let findings = report.findings.iter().filter(|finding| finding.rule.id == "text/double-space");
    findings
        .zip(places("text/double-space", &report))
        .map(|(finding, place)| format!("{place}: {}", finding.diagnostic.severity.as_str()))
        .collect()
}

const ALL: [&str; 4] = [
    "/legal/terms en title: warning",
    "/legal/terms fr title: warning",
    "/blog en title: warning",
    "/blog en seo.title: warning",
];

#[test]
fn severities_are_the_projects() {
    assert_eq!(spaces("{}"), ALL);
    assert_eq!(spaces("{rules: {text/double-space: error}}"), ALL.map(|line| line.replace("warning", "error")));
    assert_eq!(
        spaces("{rules: {text/double-space: {severity: info}}}"),
        ALL.map(|line| line.replace("warning", "info"))
    );
    assert!(spaces("{rules: {text/double-space: off}}").is_empty());
    assert!(spaces("{profile: google-only}").is_empty());
    assert_eq!(spaces("{profile: strict}"), ALL.map(|line| line.replace("warning", "error")));
    assert_eq!(
        spaces("{profile: strict, rules: {text/double-space: info}}"),
        ALL.map(|line| line.replace("warning", "info"))
    );
}

#[test]
fn overrides_are_for_some_locales_and_pages() {
    let with = |overrides: &str| spaces(&format!("{{rules: {{text/double-space: {{overrides: [{overrides}]}}}}}}"));
    assert_eq!(with("{locales: [FR], severity: off}"), [ALL[0], ALL[2], ALL[3]]);
    assert_eq!(with("{paths: [/legal/**], severity: off}"), [ALL[2], ALL[3]]);
    assert_eq!(with("{locales: [fr], paths: [/blog], severity: off}"), ALL);
    // The last one that fits decides.
    assert_eq!(
        with("{paths: [/**], severity: off}, {locales: [fr], severity: error}"),
        ["/legal/terms fr title: error"]
    );
    let only = "{rules: {text/double-space: {severity: off, overrides: [{paths: [/blog], severity: info}]}}}";
    assert_eq!(spaces(only), ["/blog en title: info", "/blog en seo.title: info"]);
}

#[test]
fn thresholds_are_the_projects() {
    let title = |count: usize| format!("{{path: /a, locales: {{en: {{seo: {{title: '{}'}}}}}}}}", "—".repeat(count));
    let wide = |options: &str, count: usize| places("seo-title/too-wide", &report(options, &title(count))).len();
    assert_eq!((wide("{}", 29), wide("{}", 30)), (0, 1));
    let half = "{rules: {seo-title/too-wide: {threshold: 19.5}}}";
    assert_eq!((wide(half, 19), wide(half, 20)), (0, 1));
    let own = "{rules: {seo-title/too-wide: {overrides: [{locales: [en], threshold: 40}]}}}";
    assert_eq!((wide(own, 40), wide(own, 41)), (0, 1));
    assert_eq!((wide("{profile: yoast}", 30), wide("{profile: yoast}", 31)), (0, 1));
    assert_eq!((wide("{profile: screaming-frog}", 28), wide("{profile: screaming-frog}", 29)), (0, 1));
}

#[test]
fn entries_let_findings_pass() {
    let with = |entry: &str| {
        let options = format!("{{allow: [{{rule: text/double-space, reason: meant, {entry}}}]}}");
        (spaces(&options), report(&options, TWO_PAGES).allowed)
    };
    let rest = |kept: &[usize]| kept.iter().map(|number| ALL[*number].to_owned()).collect::<Vec<_>>();
    assert_eq!(with("page: /legal/*"), (rest(&[2, 3]), 2));
    assert_eq!(with("page: /legal/*, locale: fr"), (rest(&[0, 2, 3]), 1));
    assert_eq!(with("page: /**, field: seo.title"), (rest(&[0, 1, 2]), 1));
    assert_eq!(with("page: /legal"), (rest(&[0, 1, 2, 3]), 0));
    let other = "{allow: [{rule: text/edge-space, page: /**, reason: meant}]}";
    assert_eq!(spaces(other), ALL);
}

#[test]
fn entries_hold_through_their_day() {
    let with = |until: &str| {
        let options = format!("{{allow: [{{rule: text/double-space, page: /**, reason: meant, until: {until}}}]}}");
        let report = report(&options, TWO_PAGES);
        ["lint/allow-expired", "lint/allow-unused"].map(|rule| places(rule, &report).len())
    };
    // The tests run on 2026-11-22.
    assert_eq!(
        (with("2026-11-22"), spaces("{allow: [{rule: text/double-space, page: /**, reason: x, until: 2026-11-22}]}")),
        ([0, 0], vec![])
    );
    assert_eq!(with("2026-11-21"), [1, 0]);
    assert_eq!(spaces("{allow: [{rule: text/double-space, page: /**, reason: x, until: 2026-11-21}]}"), ALL);
}

#[test]
fn entries_that_nothing_needs_are_told() {
    let unused = |entry: &str| {
        let options = format!("{{allow: [{{rule: text/double-space, reason: meant, {entry}}}]}}");
        places("lint/allow-unused", &report(&options, TWO_PAGES)).len()
    };
    assert_eq!((unused("page: /legal/*"), unused("page: /legals/*"), unused("page: /legal/*, locale: de")), (0, 1, 1));
    let off = "{rules: {lint/allow-unused: off}, allow: [{rule: text/double-space, page: /x, reason: meant}]}";
    assert!(places("lint/allow-unused", &report(off, TWO_PAGES)).is_empty());
}

#[test]
fn terms_stay_as_they_are() {
    let page = "{path: /a, locales: {en: {title: Google Kubernetes Engine Guide}, fr: {title: Google Kubernetes Engine Guide}}}";
    let untranslated = |options: &str| places("locale/untranslated", &report(options, page)).len();
    assert_eq!(untranslated("{}"), 1);
    assert_eq!(untranslated("{do-not-translate: [google kubernetes engine]}"), 0);
    // A part of a word is no term.
    assert_eq!(untranslated("{do-not-translate: [Google, net, Eng]}"), 1);
}

#[test]
fn descriptions_in_another_script_are_errors_unless_the_project_says_otherwise() {
    let page = "{path: /a, locales: {ja: {seo: {title: How to start, description: How to start with it}}}}";
    let severities = |options: &str| {
        let report = report(options, page);
        let findings = report.findings.iter().filter(|finding| finding.rule.id == "locale/wrong-script");
        findings.map(|finding| finding.diagnostic.severity).collect::<Vec<_>>()
    };
    assert_eq!(severities("{}"), [Severity::Warning, Severity::Error]);
    assert_eq!(severities("{rules: {locale/wrong-script: info}}"), [Severity::Info; 2]);
}

#[test]
fn defaults() {
    let rows = lint::rules().map(|rule| {
        let threshold = rule.threshold.map(|threshold| {
            format!(" {}.{:03} {}", threshold.thousandths / 1000, threshold.thousandths % 1000, threshold.unit.words())
        });
        format!("{} {}{}\n", rule.id, rule.level.name(), threshold.unwrap_or_default())
    });
    assert_snapshot!(rows.collect::<String>(), @"
    page-title/missing error
    seo-title/missing warning
    seo-description/missing warning
    seo-title/too-wide warning 29.000 em
    seo-title/too-wide-mobile off 33.000 em
    seo-title/too-short off 10.000 em
    seo-title/too-long-chars off 70.000 characters
    seo-description/too-wide warning 70.400 em
    seo-description/too-short info 20.000 em
    seo-description/too-long-chars off 160.000 characters
    og-title/too-long info 70.000 characters
    og-description/too-long info 200.000 characters
    seo-description/same-as-title warning
    og/same-without-copied info
    seo-title/repeated-segment warning
    seo-title/generic warning
    seo-title/keyword-stuffing info 3.000 times
    seo-title/duplicate warning
    seo-description/duplicate warning
    seo-title/brand-cut info 29.000 em
    seo-title/boilerplate info 12.000 em
    locale/untranslated warning
    locale/missing info
    locale/stale warning
    locale/placeholder-mismatch error
    locale/wrong-script warning
    locale/wrong-language warning 40.000 characters
    locale/mixed-script-word warning
    text/bidi-control error
    text/bidi-mark warning
    text/control error
    text/newline warning
    text/invisible warning
    text/edge-space warning
    text/double-space warning
    text/nbsp off
    text/mojibake error
    text/not-nfc info
    text/html-tag warning
    text/html-entity warning
    text/markdown info
    text/unresolved-template error
    text/placeholder error
    text/ends-cut warning
    text/all-caps info 12.000 characters
    text/emoji info
    text/excess-punctuation info
    slug/shape error
    slug/non-ascii warning
    slug/underscore info
    slug/duplicate error
    slug/reserved warning
    slug/too-long info 75.000 characters
    slug/changed warning
    slug/swap warning
    slug/redirect-loop warning
    slug/not-localized off
    lint/allow-expired warning
    lint/allow-unused info
    ");
}
