//! Corrections that cannot change what a text says: nobody sees a difference.
//!
//! Pure: a text goes in and comes out. Where it is stated, and how it is written there, is somebody else's business.

use unicode_segmentation::UnicodeSegmentation as _;

use super::language;
use super::letters;
use super::rule::Rule;
use crate::model::LocaleTag;

/// Returns whether `fixed` knows what to do about findings of the rule.
pub fn exists(rule: &Rule) -> bool {
    matches!(rule.id, "text/edge-space" | "text/double-space" | "text/invisible")
}

/// Returns the text without what the rule tells of; nothing if it has nothing to correct.
pub fn fixed(rule: &Rule, locale: &LocaleTag, text: &str) -> Option<String> {
    let fixed = match rule.id {
        "text/edge-space" => text.trim().to_owned(),
        "text/double-space" => single_spaced(text),
        "text/invisible" => visible(text, locale),
        _ => return None,
    };
    (fixed != text).then_some(fixed)
}

/// Spaces at the edges are another rule's, and wider or unbreakable ones are there on purpose.
fn single_spaced(text: &str) -> String {
    let inner = text.trim_matches(' ');
    let (start, end) = (text.len() - text.trim_start_matches(' ').len(), text.trim_end_matches(' ').len());
    if inner.is_empty() {
        return text.to_owned();
    }
    let words: Vec<&str> = inner.split(' ').filter(|word| !word.is_empty()).collect();
    format!("{}{}{}", &text[..start], words.join(" "), &text[end..])
}

fn visible(text: &str, locale: &LocaleTag) -> String {
    let mut out = text.to_owned();
    while let Some(at) = invisible(&out, locale) {
        out.remove(at);
    }
    out
}

/// Returns the place of the first character that nobody sees and nobody misses.
pub(super) fn invisible(text: &str, locale: &LocaleTag) -> Option<usize> {
    let uses_joiners = language::uses_joiners(locale);
    text.grapheme_indices(true).find_map(|(start, cluster)| {
        let is_emoji = letters::is_emoji(cluster);
        let hidden = cluster.char_indices().find(|(_, character)| match character {
            '\u{200c}' | '\u{200d}' => !uses_joiners && !is_emoji,
            _ => letters::is_invisible(*character) && !(is_emoji && letters::is_tag(*character)),
        });
        hidden.map(|(at, _)| start + at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint;

    fn check(rule: &str, locale: &str, text: &str) -> Option<String> {
        fixed(lint::rule(rule).unwrap(), &LocaleTag::from(locale), text)
    }

    #[test]
    fn spaces_at_the_edges_go() {
        assert_eq!(check("text/edge-space", "en", "\u{a0} a b\n").as_deref(), Some("a b"));
        assert_eq!(check("text/edge-space", "en", "a  b"), None);
    }

    #[test]
    fn one_space_of_several_stays() {
        assert_eq!(check("text/double-space", "en", "a  b   c").as_deref(), Some("a b c"));
        assert_eq!(check("text/double-space", "en", "  a b  "), None);
        assert_eq!(check("text/double-space", "en", "a \u{a0}b\u{3000}\u{3000}c"), None);
        assert_eq!(check("text/double-space", "en", "   "), None);
    }

    #[test]
    fn invisible_characters_go_where_nobody_needs_them() {
        assert_eq!(check("text/invisible", "en", "a\u{200b}b\u{ad}c\u{feff}").as_deref(), Some("abc"));
        assert_eq!(check("text/invisible", "en", "a\u{200d}b").as_deref(), Some("ab"));
        for (locale, text) in [
            ("fa-IR", "می\u{200c}خواهم"),
            ("hi", "क\u{94d}\u{200d}ष"),
            ("en", "👩\u{200d}💻"),
            ("en", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"),
            ("en", "plain"),
        ] {
            assert_eq!(check("text/invisible", locale, text), None, "{text}");
        }
    }

    #[test]
    fn a_fix_is_found_no_more() {
        for rule in lint::rules().filter(|rule| exists(rule)) {
            for text in ["  a  b \u{200b} c ", "\u{200b}\u{200b}", " \u{feff} x"] {
                if let Some(once) = check(rule.id, "en", text) {
                    assert_eq!(check(rule.id, "en", &once), None, "{}: {text:?}", rule.id);
                }
            }
        }
    }
}
