//! Makes characters visible that would otherwise move the cursor, turn the writing direction or hide.

use std::borrow::Cow;
use std::fmt::Write as _;

/// What a runner of workflows takes for a command wherever it stands in a line.
const COMMAND: &str = "##[";

/// Returns the text on one line, with nothing in it that a terminal would act on.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hazard) && !text.contains(COMMAND) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.replace(COMMAND, "##\u{200b}[").chars() {
        push(&mut out, character);
    }
    Cow::Owned(out)
}

/// Returns the text as code in Markdown, also in the cell of a table. In code nobody is mentioned and nothing is linked;
/// every mark is spelled as an entity, so that it means nothing to Markdown or HTML.
pub fn markdown_code(text: &str) -> String {
    let mut out = "<code>".to_owned();
    for character in line(text).chars() {
        match character {
            // Some readers of Markdown look for addresses after all else; a comment keeps them from finding one.
            '@' => out.push_str("&#64;<!-- -->"),
            _ if character.is_ascii_punctuation() => {
                let _ = write!(out, "&#{};", character as u32);
            }
            _ => out.push(character),
        }
    }
    out.push_str("</code>");
    out
}

/// Returns a line that no runner of workflows takes for a command: those begin with `::`, or with `##[` anywhere.
fn tamed(line: &str) -> String {
    let line = line.replace(COMMAND, "##\u{200b}[");
    match line.find("::") {
        Some(at) if line[..at].trim().is_empty() => format!("{}:\u{200b}{}", &line[..at], &line[at + 1..]),
        _ => line,
    }
}

/// Returns the text with its lines and tabs, and with nothing else in it that a terminal would act on.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let tamed: String = text.split_inclusive('\n').map(tamed).collect();
    let mut characters = tamed.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' | '\t' => out.push(character),
            '\r' if characters.peek() == Some(&'\n') => out.push(character),
            _ => push(&mut out, character),
        }
    }
    out
}

/// Appends the character, spelled out if it is hazardous.
pub fn push(out: &mut String, character: char) {
    match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        // The Unicode block of control pictures has the order of the control characters.
        '\0'..='\u{1f}' => out.extend(char::from_u32(0x2400 + character as u32)),
        '\u{7f}' => out.push('\u{2421}'),
        _ if is_hazard(character) => {
            let _ = write!(out, "\\u{{{:x}}}", character as u32);
        }
        _ => out.push(character),
    }
}

/// Returns whether the character acts on what is around it, or is a mark that nobody sees.
pub fn is_hazard(character: char) -> bool {
    character.is_control()
        || is_bidi_control(character)
        || matches!(character,
            '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns whether the character turns the direction in which the text around it is shown.
fn is_bidi_control(character: char) -> bool {
    matches!(character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mark_means_anything_to_markdown() {
        assert_eq!(markdown_code("a|b `c`"), "<code>a&#124;b &#96;c&#96;</code>");
        assert_eq!(markdown_code("<b>\n"), "<code>&#60;b&#62;&#92;n</code>");
        assert_eq!(markdown_code("@me"), "<code>&#64;<!-- -->me</code>");
    }

    #[test]
    fn no_line_is_a_command_of_a_workflow() {
        assert_eq!(line("a ##[stop-commands]x"), "a ##\\u{200b}[stop-commands]x");
        assert_eq!(text("a\n  ::add-mask::x\n"), "a\n  :\\u{200b}:add-mask::x\n");
        assert_eq!(text("std::fs\n+::x"), "std::fs\n+::x");
    }

    #[test]
    fn nothing_hazardous_stays() {
        assert_eq!(line("plain – ok 👩‍💻"), "plain – ok 👩‍💻");
        assert_eq!(line("\u{1b}[31mred"), "␛[31mred");
        assert_eq!(line("a\u{202e}b\r\n\tc\u{85}\u{7f}"), "a\\u{202e}b\\r\\n\\tc\\u{85}␡");
    }
}
