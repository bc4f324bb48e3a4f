//! How a text is written so that every reader, of YAML 1.1 or 1.2, reads exactly that text.
//!
//! Plain only where no reader can see anything else in it. What hides or turns the writing direction is escaped, so
//! that a reviewer sees it.

use std::fmt::Write as _;

/// Returns the text as a scalar whose further lines, if it takes any, are indented by `indent` spaces.
pub fn scalar(text: &str, indent: usize) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if is_literal(text) {
        literal(text, indent)
    } else {
        quoted(text)
    }
}

/// Returns the text as a key, which stands on one line.
pub(in crate::manifest) fn key(text: &str) -> String {
    match is_plain(text) {
        true => text.to_owned(),
        false => quoted(text),
    }
}

/// Words that are a boolean or a null to some reader, in any mixture of cases.
const RESERVED: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// Returns whether no reader can take the text for anything but itself. May say no without need.
pub(in crate::manifest) fn is_plain(text: &str) -> bool {
    starts_like_text(text)
        && !RESERVED.contains(&text.to_ascii_lowercase().as_str())
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && !text.ends_with(char::is_whitespace)
        && text.chars().all(is_shown)
}

/// Returns whether the text begins as no number, date, indicator or document marker does.
fn starts_like_text(text: &str) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    // A path: no reader has anything else that starts with a slash.
    if first == '/' {
        return true;
    }
    if !first.is_ascii_digit() {
        return first.is_alphabetic();
    }
    is_hexadecimal_id(text) || holds_word(text)
}

/// Returns whether this is an id such as `63c720f9347c2139b248e552`: no reader has numbers with such letters unless
/// they start with 0, but `63e552` is one.
fn is_hexadecimal_id(text: &str) -> bool {
    !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E'))
}

/// Returns whether a word of two letters follows a space: dates with a time zone have but one letter.
fn holds_word(text: &str) -> bool {
    text.split(' ').skip(1).any(|word| {
        let mut letters = word.chars();
        let mut is_letter = || letters.next().is_some_and(char::is_alphabetic);
        is_letter() && is_letter()
    })
}

/// Returns whether the character is printed, on one line, and stays where it is.
///
/// Joiners stay: emoji and several scripts are written with them.
pub(in crate::manifest) fn is_shown(character: char) -> bool {
    !matches!(character,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
        && character as u32 & 0xfffe != 0xfffe
}

/// Returns whether a literal block gives back the text: no line starts or ends with space, and the text does not end
/// with a line break.
fn is_literal(text: &str) -> bool {
    let mut lines = text.split('\n').peekable();
    let first = lines.peek().copied().unwrap_or_default();
    text.contains('\n')
        && !first.is_empty()
        && !text.ends_with('\n')
        && lines.all(|line| {
            !line.starts_with(char::is_whitespace) && !line.ends_with(char::is_whitespace) && line.chars().all(is_shown)
        })
}

fn literal(text: &str, indent: usize) -> String {
    let mut out = String::from("|-");
    for line in text.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(line);
        }
    }
    out
}

pub(in crate::manifest) fn quoted(text: &str) -> String {
    let single = single_quoted(text).filter(|_| text.contains(['"', '\\']));
    single.unwrap_or_else(|| double_quoted(text))
}

/// Returns the text in single quotes, which know no escapes, if it needs none.
pub(in crate::manifest) fn single_quoted(text: &str) -> Option<String> {
    let is_simple = text.chars().all(is_shown) && !text.starts_with('\u{a0}') && !text.ends_with('\u{a0}');
    is_simple.then(|| format!("'{}'", text.replace('\'', "''")))
}

/// Returns the text in double quotes, which can hold any.
pub(in crate::manifest) fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let last = text.chars().count().saturating_sub(1);
    for (index, character) in text.chars().enumerate() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Inside a text a no-break space is typography; at its ends nobody would see it.
            '\u{a0}' if index == 0 || index == last => out.push_str("\\u00A0"),
            _ if is_shown(character) => out.push(character),
            _ => escape(&mut out, character),
        }
    }
    out.push('"');
    out
}

fn escape(out: &mut String, character: char) {
    let code = character as u32;
    let _ = match code {
        0..=0xffff => write!(out, "\\u{code:04X}"),
        _ => write!(out, "\\U{code:08X}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain() {
        for text in [
            "Guide",
            "It's here",
            "a:b",
            "a#b",
            "C# – «été»",
            "Привет",
            "日本語",
            "10 Ways to Win",
            "a {b} [c], d",
            "63c720f9347c2139b248e552",
            "pages/**/*.{yaml,yml}",
            "x",
            "/",
            "/guide",
            "Yes!",
            "12:30 Uhr",
            "1 – Über uns",
        ] {
            assert_eq!(scalar(text, 2), text);
        }
    }

    #[test]
    fn not_plain() {
        for text in [
            "no",
            "On",
            "NULL",
            "y",
            "404",
            "1e3",
            "63e552",
            "0x1F",
            "12:30",
            "2001-12-14 21:59:43 Z",
            "a: b",
            "a #b",
            "a:",
            "a ",
            " a",
            "-a",
            "/a: b",
            "été\u{a0}",
        ] {
            assert!(scalar(text, 2).starts_with('"'), "{text}");
        }
        assert_eq!(scalar(r#"{{wf {"path":"slug"} }}"#, 2), r#"'{{wf {"path":"slug"} }}'"#);
        assert_eq!(scalar("a\u{202e}b", 2), r#""a\u202Eb""#);
        assert_eq!(scalar("", 2), r#""""#);
    }

    #[test]
    fn several_lines() {
        assert_eq!(scalar("a\n\nb: c", 4), "|-\n    a\n\n    b: c");
        assert_eq!(scalar("a\n", 4), r#""a\n""#);
        assert_eq!(scalar("a\n b", 4), r#""a\n b""#);
        assert_eq!(scalar("a\r\nb", 4), r#""a\r\nb""#);
    }
}
