//! Whatever the texts are, the lint comes to an end, says the same twice, and says nothing that acts on a terminal.

use proptest::prelude::*;
use serde_json::json;
use slugline::lint::{self, fix};
use slugline::model::LocaleTag;

use super::report;

/// Texts of the pieces that rules look for, so that they meet in every order.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{{wf {\"path\":\"a\"} }}".to_owned()),
        Just("{{".to_owned()),
        Just("}}".to_owned()),
        Just("{{wf ".to_owned()),
        Just("{name}".to_owned()),
        Just("<b".to_owned()),
        Just(">".to_owned()),
        Just("&amp".to_owned()),
        Just(";".to_owned()),
        Just(" | ".to_owned()),
        Just(" - ".to_owned()),
        Just("  ".to_owned()),
        Just("\u{200d}".to_owned()),
        Just("\u{200b}".to_owned()),
        Just("👩\u{200d}💻".to_owned()),
        Just("e\u{301}".to_owned()),
        Just("Ã".to_owned()),
        Just("â€".to_owned()),
        Just("漢字".to_owned()),
        Just("Пр".to_owned()),
        Just("![](".to_owned()),
        Just("…".to_owned()),
        "\\PC{0,8}",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_linted(one in text(), two in text(), slug in text(), locale in prop::sample::select(vec!["fr", "ja", "ar", "sr"])) {
        // The parser has its own word on texts that YAML does not allow.
        let values = |title: &str, description: &str| json!({
            "title": title, "slug": slug, "seo": {"title": title, "description": description},
            "openGraph": {"title": description, "description": title},
        });
        let page = json!({"path": "/a", "locales": {"en": values(&one, &two), locale: values(&two, &one)}});
        let manifests = format!("{page}\n---\n{}\n", page.to_string().replacen("/a", "/b", 1));
        let all: Vec<String> = lint::rules().map(|rule| format!("{}: info", rule.id)).collect();
        let options = format!("{{rules: {{{}}}}}", all.join(", "));
        let tell = || {
            let findings = report(&options, &manifests).findings;
            findings.into_iter().map(|finding| format!("{:?}", finding.diagnostic)).collect::<Vec<_>>()
        };
        prop_assert_eq!(tell(), tell());
    }

    /// What a fix takes away is nothing that anybody sees.
    #[test]
    fn fixes_leave_what_is_seen(text in text(), locale in prop::sample::select(vec!["en", "fa", "hi", "ja"])) {
        let locale = LocaleTag::from(locale);
        let seen = |text: &str| {
            let is_seen = |c: &char| !c.is_whitespace() && !matches!(*c,
                '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
            text.chars().filter(is_seen).collect::<String>()
        };
        for rule in lint::rules() {
            if let Some(fixed) = fix::fixed(rule, &locale, &text) {
                prop_assert!(fix::exists(rule));
                prop_assert_eq!(seen(&fixed), seen(&text));
                prop_assert!(fixed.len() < text.len());
                prop_assert_eq!(fix::fixed(rule, &locale, &fixed), None);
            }
        }
    }
}
