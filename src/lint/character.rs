//! Rules about single characters that nobody meant to write.

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::fix;
use super::language;
use super::letters;
use super::locale::TRANSLATED;
use super::rule::{Case, Check, ERROR, INFO, OFF, Problem, Rule, WARNING};

pub(super) const RULES: &[Rule] = &[
    Rule { id: "text/bidi-control", level: ERROR, threshold: None, check: Check::Characters(TRANSLATED, bidi_control) },
    Rule { id: "text/bidi-mark", level: WARNING, threshold: None, check: Check::Characters(TRANSLATED, bidi_mark) },
    Rule { id: "text/control", level: ERROR, threshold: None, check: Check::Characters(TRANSLATED, control) },
    Rule { id: "text/newline", level: WARNING, threshold: None, check: Check::Characters(TRANSLATED, newline) },
    Rule { id: "text/invisible", level: WARNING, threshold: None, check: Check::Characters(TRANSLATED, invisible) },
    Rule { id: "text/edge-space", level: WARNING, threshold: None, check: Check::Characters(TRANSLATED, edge_space) },
    Rule {
        id: "text/double-space",
        level: WARNING,
        threshold: None,
        check: Check::Characters(TRANSLATED, double_space),
    },
    Rule { id: "text/nbsp", level: OFF, threshold: None, check: Check::Characters(TRANSLATED, nbsp) },
    Rule { id: "text/mojibake", level: ERROR, threshold: None, check: Check::Characters(TRANSLATED, mojibake) },
    Rule { id: "text/not-nfc", level: INFO, threshold: None, check: Check::Characters(TRANSLATED, not_nfc) },
];

fn found(text: &str, is_wrong: impl Fn(char) -> bool) -> Option<String> {
    text.chars().find(|character| is_wrong(*character)).map(letters::number)
}

fn bidi_control(case: &Case<'_>, text: &str) -> Option<Problem> {
    let number = found(text, letters::is_bidi_control)?;
    let message = format!("{} holds {number}, which turns the writing direction", case.words());
    Some(Problem::new(message).help("remove the character; write the text again if you cannot see it"))
}

fn bidi_mark(case: &Case<'_>, text: &str) -> Option<Problem> {
    if language::is_right_to_left(case.locale) {
        return None;
    }
    let number = found(text, letters::is_bidi_mark)?;
    let message = format!("{} holds the mark of direction {number}", case.words());
    Some(Problem::new(message).help("remove the character; write the text again if you cannot see it"))
}

fn control(case: &Case<'_>, text: &str) -> Option<Problem> {
    let number = found(text, |character| character.is_control() && !is_line_break_or_tab(character))?;
    let message = format!("{} holds the control character {number}", case.words());
    Some(Problem::new(message).help("remove the character; write the text again if you cannot see it"))
}

fn is_line_break_or_tab(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}')
}

fn newline(case: &Case<'_>, text: &str) -> Option<Problem> {
    let what = match text.trim().chars().find(|character| is_line_break_or_tab(*character))? {
        '\t' => "a tab",
        _ => "a line break",
    };
    let message = format!("{} holds {what}", case.words());
    Some(Problem::new(message).help("a block scalar with `>-` joins its lines; one with `|` keeps them"))
}

fn invisible(case: &Case<'_>, text: &str) -> Option<Problem> {
    let at = fix::invisible(text, case.locale)?;
    let number = text[at..].chars().next().map(letters::number)?;
    let message = format!("{} holds the invisible character {number}", case.words());
    Some(Problem::new(message).help("remove the character; write the text again if you cannot see it"))
}

fn edge_space(case: &Case<'_>, text: &str) -> Option<Problem> {
    let is_at_start = text.starts_with(char::is_whitespace);
    let message = match (is_at_start, text.ends_with(char::is_whitespace)) {
        (false, false) => return None,
        (true, _) => format!("{} begins with white space", case.words()),
        (false, true) => format!("{} ends with white space", case.words()),
    };
    Some(Problem::new(message).help("remove the white space at the edges"))
}

fn double_space(case: &Case<'_>, text: &str) -> Option<Problem> {
    let message = format!("{} holds several spaces in a row", case.words());
    text.trim().contains("  ").then(|| Problem::new(message).help("leave one of them"))
}

fn nbsp(case: &Case<'_>, text: &str) -> Option<Problem> {
    if language::of(case.locale) == Some("fr") {
        return None;
    }
    let number = found(text, |character| matches!(character, '\u{a0}' | '\u{202f}'))?;
    let message = format!("{} holds {number}, a space that does not break", case.words());
    Some(Problem::new(message).help("write an ordinary space, unless a line must not break there"))
}

fn mojibake(case: &Case<'_>, text: &str) -> Option<Problem> {
    let is_garbled = |(at, first): (usize, char)| match first {
        '\u{fffd}' => true,
        // The first byte of a Latin letter of two bytes, then its second as Latin-1 or Windows-1252 reads it.
        'Ã' | 'Â' => is_second(&text[at + first.len_utf8()..]),
        'â' => text[at..].starts_with("â€"),
        _ => false,
    };
    let (at, _) = text.char_indices().find(|place| is_garbled(*place))?;
    let shown: String = text[at..].chars().take(3).collect();
    let message = format!("{} was read in the wrong encoding: `{shown}`", case.words());
    Some(Problem::new(message).help("take the text from its source again, as UTF-8"))
}

/// Returns whether a text goes on as a garbled letter would: closing marks may well end a word in capitals.
fn is_second(rest: &str) -> bool {
    let mut characters = rest.chars();
    match characters.next() {
        Some('…' | '»' | '”' | '’' | '–' | '—' | '›' | '“' | '‘') => {
            characters.next().is_some_and(char::is_alphabetic)
        }
        Some(second) => is_second_byte(second),
        None => false,
    }
}

/// Returns whether the character is what a byte of 0x80 to 0xBF reads as, and cannot well follow `Ã` or `Â` in a word.
fn is_second_byte(character: char) -> bool {
    matches!(character, '\u{80}'..='\u{9f}' | '\u{a0}'..='\u{bf}' | '€' | '‚' | 'ƒ' | '„' | '…' | '†' | '‡' | 'ˆ' | '‰'
        | '‹' | 'Œ' | '‘' | '’' | '“' | '”' | '•' | '–' | '—' | '˜' | '™' | '›' | 'œ' | 'Ÿ')
}

fn not_nfc(case: &Case<'_>, text: &str) -> Option<Problem> {
    if is_nfc(text) {
        return None;
    }
    // What composes to fewer characters was written apart; what Unicode excludes from composition only gets longer.
    let mark = text.chars().find(|character| is_combining_mark(*character))?;
    (text.nfc().count() < text.chars().count()).then(|| {
        let message = format!("{} has an accent as a character of its own ({})", case.words(), letters::number(mark));
        Problem::new(message).help("write the accented letter as one character (NFC)")
    })
}
