//! Rules about one text: what they hit, and what is nearly that.

use serde_json::json;
use slugline::model::Field;

use super::found;

/// A rule, the locale and the field of a text, and the text.
type Row = (&'static str, &'static str, Field, String);

const NAME: Field = Field::Title;
const SLUG: Field = Field::Slug;
const TITLE: Field = Field::SeoTitle;
const DESCRIPTION: Field = Field::SeoDescription;
const CARD: Field = Field::OpenGraphTitle;
const CARD_TEXT: Field = Field::OpenGraphDescription;

fn row(rule: &'static str, locale: &'static str, field: Field, text: impl Into<String>) -> Row {
    (rule, locale, field, text.into())
}

/// Returns so many em dashes, each of which is one em wide.
fn em(count: usize) -> String {
    "—".repeat(count)
}

fn letters(count: usize) -> String {
    "a".repeat(count)
}

fn hits() -> Vec<Row> {
    let mut rows = vec![
        row("page-title/missing", "en", NAME, ""),
        row("page-title/missing", "en", NAME, " \u{a0}"),
        row("seo-title/missing", "en", TITLE, ""),
        row("seo-title/missing", "en", TITLE, "  "),
        row("seo-description/missing", "en", DESCRIPTION, ""),
        row("seo-title/too-wide", "en", TITLE, em(29) + "."),
        row("seo-title/too-wide", "ja", TITLE, "漢".repeat(29) + "."),
        row("seo-title/too-wide-mobile", "en", TITLE, em(33) + "."),
        row("seo-title/too-short", "en", TITLE, em(9) + "W"),
        row("seo-title/too-long-chars", "en", TITLE, letters(71)),
        row("seo-title/too-long-chars", "ja", TITLE, "漢".repeat(36)),
        row("seo-description/too-wide", "en", DESCRIPTION, em(70) + ".."),
        row("seo-description/too-short", "en", DESCRIPTION, em(19) + "W"),
        row("seo-description/too-long-chars", "en", DESCRIPTION, letters(161)),
        row("seo-description/too-long-chars", "ja", DESCRIPTION, "漢".repeat(81)),
        row("og-title/too-long", "en", CARD, letters(71)),
        row("og-description/too-long", "en", CARD_TEXT, letters(201)),
        row("seo-title/repeated-segment", "en", TITLE, "Pricing | Acme | ACME"),
        row("seo-title/repeated-segment", "en", TITLE, "Acme – Pricing - Acme"),
        row("seo-title/generic", "en", TITLE, "Home"),
        row("seo-title/generic", "en", TITLE, "« home page »"),
        row("seo-title/generic", "de-AT", TITLE, "Startseite"),
        row("seo-title/generic", "ja", TITLE, "ホーム"),
        row("seo-title/generic", "de", TITLE, "Untitled"),
        row("seo-title/keyword-stuffing", "en", TITLE, "Shoes, red shoes and SHOES"),
        row("seo-title/keyword-stuffing", "en", TITLE, "Soap, blue soap and SOAP"),
        row("locale/wrong-script", "ja", TITLE, "How to get started"),
        row("locale/wrong-script", "ja", DESCRIPTION, "Guide"),
        row("locale/wrong-script", "ru", DESCRIPTION, "Guide ガイド"),
        row("locale/wrong-script", "en", DESCRIPTION, "Руководство"),
        row("locale/wrong-script", "fr", TITLE, "開始方法"),
        row("locale/wrong-script", "sr-Cyrl", DESCRIPTION, "Vodič"),
        row("locale/wrong-language", "fr", DESCRIPTION, "Learn how to get started with our products in minutes."),
        row("locale/wrong-language", "de", CARD_TEXT, "Everything that you want to know about towels and why."),
        row("locale/mixed-script-word", "uk", TITLE, "Iнновації"),
        row("locale/mixed-script-word", "el", DESCRIPTION, "Η ασφάλεiας"),
        row("locale/mixed-script-word", "en", NAME, "P\u{430}ypal"),
        row("text/bidi-control", "en", TITLE, "a\u{202e}b"),
        row("text/bidi-control", "he", TITLE, "\u{2067}שלום\u{2069}"),
        row("text/bidi-mark", "en", TITLE, "a\u{200e}b"),
        row("text/bidi-mark", "en", TITLE, "a\u{61c}b"),
        row("text/control", "en", TITLE, "a\u{7}b"),
        row("text/control", "en", TITLE, "a\u{85}b"),
        row("text/newline", "en", DESCRIPTION, "a\nb"),
        row("text/newline", "en", DESCRIPTION, "a\tb"),
        row("text/newline", "en", DESCRIPTION, "a\u{2028}b"),
        row("text/invisible", "en", TITLE, "a\u{200b}b"),
        row("text/invisible", "en", TITLE, "a\u{ad}b"),
        row("text/invisible", "en", TITLE, "a\u{200d}b"),
        row("text/invisible", "de", TITLE, "a\u{e0041}b"),
        row("text/edge-space", "en", TITLE, " a"),
        row("text/edge-space", "en", TITLE, "a\u{3000}"),
        row("text/double-space", "en", TITLE, "a  b"),
        row("text/nbsp", "en", TITLE, "a\u{a0}b"),
        row("text/nbsp", "de", TITLE, "a\u{202f}b"),
        row("text/mojibake", "fr", TITLE, "CafÃ©"),
        row("text/mojibake", "en", TITLE, "itâ€™s"),
        row("text/mojibake", "en", TITLE, "a\u{fffd}"),
        row("text/mojibake", "en", TITLE, "Â© Acme"),
        row("text/not-nfc", "fr", TITLE, "cafe\u{301}"),
        row("text/html-tag", "en", DESCRIPTION, "a <b>bold</b> claim"),
        row("text/html-tag", "en", DESCRIPTION, "one</p>"),
        row("text/html-entity", "en", TITLE, "Q&amp;A"),
        row("text/html-entity", "en", TITLE, "it&#39;s"),
        row("text/html-entity", "en", TITLE, "a &lt; b"),
        row("text/html-entity", "en", TITLE, "it&#x27;s"),
        row("text/markdown", "en", TITLE, "Use `cargo`"),
        row("text/markdown", "en", TITLE, "**Bold**"),
        row("text/markdown", "en", TITLE, "See [the guide](/guide)"),
        row("text/unresolved-template", "en", TITLE, "{{ title }} | Acme"),
        row("text/unresolved-template", "en", TITLE, "Hello ${name}"),
        row("text/unresolved-template", "en", TITLE, "Hello %s"),
        row("text/unresolved-template", "en", TITLE, "[[title]]"),
        row("text/unresolved-template", "en", TITLE, "<%= title %>"),
        row("text/placeholder", "en", DESCRIPTION, "Lorem Ipsum dolor"),
        row("text/placeholder", "en", DESCRIPTION, "TODO: describe"),
        row("text/placeholder", "es", DESCRIPTION, "TBD"),
        row("text/placeholder", "en", DESCRIPTION, "XXX"),
        row("text/ends-cut", "en", DESCRIPTION, "And so on…"),
        row("text/ends-cut", "en", DESCRIPTION, "And so on..."),
        row("text/all-caps", "en", TITLE, "BUY OUR TOWELS"),
        row("text/all-caps", "ru", TITLE, "КУПИТЕ ПОЛОТЕНЦЕ"),
        row("text/all-caps", "en", TITLE, "ABCDEFGHIJKL"),
        row("text/all-caps", "en", TITLE, "ABCDEFGHIJKLabcde"),
        row("text/emoji", "en", TITLE, "Towels 🙂"),
        row("text/emoji", "en", DESCRIPTION, "☀️ Sun"),
        row("text/excess-punctuation", "en", DESCRIPTION, "Really??"),
        row("text/excess-punctuation", "en", TITLE, "Buy! Now!"),
        row("slug/shape", "en", SLUG, "About-us"),
        row("slug/shape", "en", SLUG, "about us"),
        row("slug/shape", "en", SLUG, "about--us"),
        row("slug/shape", "en", SLUG, "-about"),
        row("slug/shape", "en", SLUG, "helm-3.13"),
        row("slug/non-ascii", "en", SLUG, "über-uns"),
        row("slug/underscore", "en", SLUG, "about_us"),
        row("slug/reserved", "en", SLUG, "search"),
        row("slug/reserved", "en", SLUG, "fr"),
        row("slug/too-long", "en", SLUG, letters(76)),
    ];
    rows.extend([row("text/bidi-control", "en", TITLE, "{{wf {\"path\":\"name\"} }}\u{202e}")]);
    rows
}

fn misses() -> Vec<Row> {
    let mut rows = vec![
        row("page-title/missing", "en", NAME, "."),
        row("seo-title/missing", "en", TITLE, "."),
        row("seo-title/missing", "fr", TITLE, ""),
        row("seo-description/missing", "en", DESCRIPTION, "."),
        row("seo-title/too-wide", "en", TITLE, em(29)),
        row("seo-title/too-wide", "ja", TITLE, "漢".repeat(29)),
        row("seo-title/too-wide", "en", DESCRIPTION, em(30)),
        row("seo-title/too-wide", "en", TITLE, format!("{{{{wf {{\"path\":\"name\"}} }}}} {}", em(30))),
        row("seo-title/too-wide-mobile", "en", TITLE, em(33)),
        row("seo-title/too-short", "en", TITLE, em(10)),
        row("seo-title/too-long-chars", "en", TITLE, letters(70)),
        row("seo-title/too-long-chars", "hi", TITLE, "नि".repeat(70)),
        row("seo-title/too-long-chars", "ja", TITLE, "漢".repeat(35)),
        row("seo-description/too-wide", "en", DESCRIPTION, em(70) + "."),
        row("seo-description/too-short", "en", DESCRIPTION, em(20)),
        row("seo-description/too-long-chars", "en", DESCRIPTION, letters(160)),
        row("og-title/too-long", "en", CARD, letters(70)),
        row("og-description/too-long", "en", CARD_TEXT, letters(200)),
        row("seo-title/repeated-segment", "en", TITLE, "Acme-Pricing | Acme"),
        row("seo-title/generic", "en", TITLE, "Home of towels"),
        row("seo-title/generic", "en", TITLE, "Startseite"),
        row("seo-title/keyword-stuffing", "en", TITLE, "Shoes, red shoes"),
        row("seo-title/keyword-stuffing", "en", TITLE, "The cat, the dog and the cow"),
        row("locale/wrong-script", "ja", TITLE, "Getting started"),
        row("locale/wrong-script", "ja", DESCRIPTION, "API"),
        row("locale/wrong-script", "ja", DESCRIPTION, "Docker を始める"),
        row("locale/wrong-script", "sr", DESCRIPTION, "Vodič za početnike"),
        row("locale/wrong-script", "xx", DESCRIPTION, "Guide for all"),
        row("locale/wrong-script", "zh-TW", TITLE, "Docker 入門"),
        row("locale/wrong-language", "fr", DESCRIPTION, "Découvrez comment démarrer avec nos produits en minutes."),
        row("locale/wrong-language", "fr", DESCRIPTION, "Learn how to get started with our produ"),
        row("locale/wrong-language", "en-GB", DESCRIPTION, "Learn how to get started with our products in minutes."),
        row("locale/wrong-language", "fr", TITLE, "Learn how to get started with our products in minutes."),
        row(
            "locale/wrong-language",
            "sr",
            DESCRIPTION,
            "Bitkoin je najlakši način vršenja transakcije uz niske troškove.",
        ),
        row("locale/mixed-script-word", "uk", TITLE, "Інновації IT-компаній, USB-порт"),
        row("locale/mixed-script-word", "ru", TITLE, "SMSить"),
        row("locale/mixed-script-word", "en", TITLE, "µTorrent"),
        row("text/bidi-control", "en", TITLE, "a\u{200e}b"),
        row("text/bidi-mark", "he", TITLE, "שלום C++\u{200f}"),
        row("text/control", "en", TITLE, "a\nb\tc"),
        row("text/newline", "en", DESCRIPTION, "a b"),
        row("text/newline", "en", DESCRIPTION, "a\n"),
        row("text/invisible", "fa", TITLE, "می\u{200c}خواهم"),
        row("text/invisible", "en", TITLE, "👩\u{200d}💻"),
        row("text/edge-space", "en", TITLE, "a b"),
        row("text/double-space", "en", TITLE, "a b c"),
        row("text/double-space", "en", TITLE, "a \u{a0}b"),
        row("text/nbsp", "fr-CA", TITLE, "Pourquoi\u{a0}?"),
        row("text/mojibake", "pt", TITLE, "SÃO PAULO, Âncora, âmbar"),
        row("text/mojibake", "en", TITLE, "5 € – it’s"),
        row("text/not-nfc", "fr", TITLE, "café"),
        row("text/not-nfc", "bn", TITLE, "\u{9af}\u{9bc}"),
        row("text/html-tag", "en", DESCRIPTION, "a < b and c > d"),
        row("text/html-tag", "en", DESCRIPTION, "1 <2> 3 <- 4"),
        row("text/html-entity", "en", TITLE, "Q&A; AT&T"),
        row("text/html-entity", "en", TITLE, "a & b; c"),
        row("text/markdown", "en", TITLE, "It`s 5 * 6"),
        row("text/markdown", "en", TITLE, "A [draft] (old)"),
        row("text/unresolved-template", "en", TITLE, "{{wf {\"path\":\"name\",\"type\":\"PlainText\"} }} | Acme"),
        row("text/unresolved-template", "en", TITLE, "Hello {name}, save 20%"),
        row("text/unresolved-template", "en", TITLE, "100%sure, 5 %difference"),
        row("text/unresolved-template", "en", TITLE, "Costs $5 {net}"),
        row("text/placeholder", "es", DESCRIPTION, "TODO sobre toallas"),
        row("text/placeholder", "en", DESCRIPTION, "todo lists; Todoist; XXXL"),
        row("text/ends-cut", "en", DESCRIPTION, "And … so on."),
        row("text/ends-cut", "en", DESCRIPTION, letters(160)),
        row("text/all-caps", "en", TITLE, "ABCDEFGHIJK"),
        row("text/all-caps", "en", TITLE, "ABCDEFGabc"),
        row("text/all-caps", "en", TITLE, "ABCDEFGHIJKLMNabcdef"),
        row("text/all-caps", "ja", TITLE, "KUBERNETES SERVICE の使い方"),
        row("text/emoji", "en", TITLE, "Acme™ © 2026 → ✓"),
        row("text/emoji", "en", CARD, "Towels 🙂"),
        row("text/excess-punctuation", "es", TITLE, "¡Compra!"),
        row("text/excess-punctuation", "en", DESCRIPTION, "Buy! Now!"),
        row("text/excess-punctuation", "en", TITLE, "Why?! Because."),
        row("slug/shape", "en", SLUG, "about-us_2"),
        row("slug/shape", "en", SLUG, "über-uns"),
        row("slug/non-ascii", "en", SLUG, "uber-uns"),
        row("slug/underscore", "en", SLUG, "about-us"),
        row("slug/reserved", "en", SLUG, "searching"),
        row("slug/too-long", "en", SLUG, letters(75)),
    ];
    rows.extend([row("text/double-space", "en", TITLE, "{{wf {\"path\":\"name\"} }} | {{wf {\"a\":  1} }}")]);
    rows
}

/// Returns which rules have rows here, and on which side.
pub(super) fn rows() -> Vec<(&'static str, bool)> {
    let hits = hits().into_iter().map(|(rule, ..)| (rule, true));
    hits.chain(misses().into_iter().map(|(rule, ..)| (rule, false))).collect()
}

/// Returns a page whose only text is this, and that has the locale `fr` besides.
fn page((_, locale, field, text): &Row) -> String {
    let mut values = json!({});
    match field.keys() {
        [key] => values[*key] = json!(text),
        [object, key] => values[*object] = json!({*key: text}),
        keys => panic!("no field has the keys {keys:?}"),
    }
    let filler = json!({"path": "/filler", "locales": {"fr": {}}});
    let page = json!({"path": "/page", "locales": {*locale: values}});
    format!("{page}\n---\n{filler}\n")
}

#[test]
fn hits_are_found_at_their_place() {
    for row in hits() {
        let (rule, locale, field, text) = &row;
        let expected = format!("/page {locale} {}", field.name());
        assert_eq!(found(rule, &page(&row)), [expected], "{rule}: {text:?}");
    }
}

#[test]
fn near_misses_are_not_found() {
    for row in misses() {
        let (rule, _, _, text) = &row;
        assert!(found(rule, &page(&row)).is_empty(), "{rule}: {text:?}");
    }
}
