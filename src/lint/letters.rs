//! What a character is, as far as the rules ask: emoji, invisible, a mark of direction, upright or not.
//!
//! Knows Unicode, not what is right or wrong.

use unicode_script::{Script, UnicodeScript as _};

/// Returns whether a grapheme is shown as a picture.
pub(super) fn is_emoji(cluster: &str) -> bool {
    let mut characters = cluster.chars();
    let Some(first) = characters.next() else { return false };
    // Many signs, such as `©` and digits, are pictures only if a selector asks for it.
    is_picture(first) || (cluster.contains('\u{fe0f}') && !first.is_alphabetic())
}

/// Returns whether the character is shown as a picture without being asked (Unicode's `Emoji_Presentation`, the regional
/// letters of flags, and the newer blocks whole).
fn is_picture(character: char) -> bool {
    matches!(character,
        '\u{231a}'..='\u{231b}' | '\u{23e9}'..='\u{23ec}' | '\u{23f0}' | '\u{23f3}' | '\u{25fd}'..='\u{25fe}'
        | '\u{2614}'..='\u{2615}' | '\u{2648}'..='\u{2653}' | '\u{267f}' | '\u{2693}' | '\u{26a1}'
        | '\u{26aa}'..='\u{26ab}' | '\u{26bd}'..='\u{26be}' | '\u{26c4}'..='\u{26c5}' | '\u{26ce}' | '\u{26d4}'
        | '\u{26ea}' | '\u{26f2}'..='\u{26f3}' | '\u{26f5}' | '\u{26fa}' | '\u{26fd}' | '\u{2705}'
        | '\u{270a}'..='\u{270b}' | '\u{2728}' | '\u{274c}' | '\u{274e}' | '\u{2753}'..='\u{2755}' | '\u{2757}'
        | '\u{2795}'..='\u{2797}' | '\u{27b0}' | '\u{27bf}' | '\u{2b1b}'..='\u{2b1c}' | '\u{2b50}' | '\u{2b55}'
        | '\u{1f004}' | '\u{1f0cf}' | '\u{1f18e}' | '\u{1f191}'..='\u{1f19a}' | '\u{1f1e6}'..='\u{1f1ff}'
        | '\u{1f300}'..='\u{1f64f}' | '\u{1f680}'..='\u{1f6ff}' | '\u{1f7e0}'..='\u{1f7eb}'
        | '\u{1f900}'..='\u{1f9ff}' | '\u{1fa70}'..='\u{1faff}')
}

/// Returns whether nobody sees the character, and it does nothing that a reader would miss; joiners not included.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}') || is_tag(character)
}

/// Returns whether the character is one of those that spell the flags of England, Scotland and Wales after a flag, and
/// that hide text anywhere else.
pub(super) fn is_tag(character: char) -> bool {
    matches!(character, '\u{e0000}'..='\u{e007f}')
}

/// Returns whether the character opens a stretch of another writing direction, or closes one.
pub(super) fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns whether the character is a mark of direction, which right-to-left text needs now and then.
pub(super) fn is_bidi_mark(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// Returns the script that the letter is of; nothing for what is no letter or is used by all.
pub(super) fn script(character: char) -> Option<Script> {
    match character.script() {
        Script::Common | Script::Inherited | Script::Unknown => None,
        script => character.is_alphabetic().then_some(script),
    }
}

/// Returns whether words of the script are not set apart by spaces.
pub(super) fn is_unspaced(script: Script) -> bool {
    matches!(
        script,
        Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
            | Script::Bopomofo
    )
}

/// Returns whether the script is Chinese, Japanese or Korean.
pub(super) fn is_east_asian(script: Script) -> bool {
    matches!(script, Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo)
}

/// Returns a character by its number, as Unicode writes it.
pub(super) fn number(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_from_signs() {
        for text in ["🙂", "🇫🇷", "☀️", "1️⃣", "👩‍💻", "⚡"] {
            assert!(is_emoji(text), "{text}");
        }
        for text in ["©", "™", "→", "✓", "★", "1", "☀", "é", "漢"] {
            assert!(!is_emoji(text), "{text}");
        }
    }
}
