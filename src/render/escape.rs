//! Makes characters visible that would otherwise move the cursor, turn the writing direction or hide, and breaks what a
//! pipeline's runner or a reader of Markdown would act on.

use std::borrow::Cow;
use std::fmt::Write as _;

/// What a GitHub runner takes for a command wherever it stands in a line of a log.
const RUNNER_COMMAND: &str = "##[";

/// Returns the text on one line, with nothing in it that a terminal would act on, or a runner that reads its log. What a
/// runner takes for a command at the start of a line is for whoever puts it there; see [`is_line_command`].
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hazard) && !text.contains(RUNNER_COMMAND) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        push(&mut out, character);
    }
    Cow::Owned(without_command(&out))
}

/// Returns the text without what a runner takes for a command in the middle of a line.
pub fn without_command(text: &str) -> String {
    text.replace(RUNNER_COMMAND, "#\\u{23}[")
}

/// Returns HTML that reads the same, without what a runner takes for a command in the middle of a line.
pub fn html_without_command(html: &str) -> String {
    html.replace(RUNNER_COMMAND, "#&#35;[")
}

/// Returns whether a runner could take what begins with the character for a command, where nothing but white space stands
/// before it in its line.
pub fn is_line_command(character: char) -> bool {
    character == ':'
}

/// Returns a text as a shell takes it for one word, and a glob for itself. Hazards are for whoever shows it.
pub fn shell_word(text: &str) -> Cow<'_, str> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/-_.:=@".contains(letter);
    // What begins with `=` is the path of a program to some shells.
    match !text.is_empty() && !text.starts_with('=') && text.chars().all(is_plain) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("'{}'", text.replace('\'', "'\\''"))),
    }
}

/// Returns a flag with its value, as a shell and the program take them.
pub fn shell_flag(flag: &str, value: &str) -> String {
    // What looks like a flag is a value only where the two are one word.
    let between = if value.starts_with('-') { '=' } else { ' ' };
    format!("{flag}{between}{}", shell_word(value))
}

/// Returns the text as code in Markdown, also in the cell of a table. In code nobody is mentioned and nothing is linked.
pub fn markdown_code(text: &str) -> String {
    format!("<code>{}</code>", markdown(text))
}

/// Returns the text as it may stand in a `<code>` element of Markdown: every mark that means something to Markdown or HTML
/// is spelled as an entity.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    let text = line(text);
    let mut characters = text.chars().peekable();
    let mut previous = ' ';
    while let Some(character) = characters.next() {
        // Some readers of Markdown look for addresses after all else; a comment keeps them from finding one.
        let is_of_address = match character {
            '@' => true,
            ':' => characters.peek() == Some(&'/'),
            '.' => matches!(previous, 'w' | 'W'),
            _ => false,
        };
        if is_of_address || is_markup(character) {
            // Writing into a String cannot fail.
            let _ = write!(out, "&#{};", character as u32);
        } else {
            out.push(character);
        }
        if is_of_address {
            out.push_str("<!-- -->");
        }
        previous = character;
    }
    out
}

/// Returns whether a text is words and numbers that no forge makes anything of: no mark of Markdown, and nothing that
/// could name a page, a person, an issue or a commit.
pub fn is_plain(text: &str) -> bool {
    let is_sentence = |character: char| character.is_ascii_alphabetic() || "-,;()%'".contains(character);
    let is_number = |word: &str| word.len() < 7 && word.trim_end_matches(|c| ",;)%".contains(c)).parse::<f32>().is_ok();
    let is_commit = |word: &str| word.len() >= 7 && word.chars().all(|character| character.is_ascii_hexdigit());
    text.split(' ')
        .map(|word| word.strip_suffix(':').unwrap_or(word))
        .all(|word| (word.chars().all(is_sentence) && !is_commit(word)) || is_number(word))
}

/// Returns whether the character means something to Markdown or HTML in the middle of a line.
fn is_markup(character: char) -> bool {
    character.is_ascii_punctuation() && !matches!(character, ',' | ';' | '.' | '?' | '\'' | '-' | '/' | '(' | ')' | '%')
}

/// Returns the text with its lines and tabs, and with nothing else in it that a terminal would act on, or a runner that
/// reads its log.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut is_blank = true;
    while let Some(character) = characters.next() {
        match character {
            '\n' | '\t' => out.push(character),
            '\r' if characters.peek() == Some(&'\n') => out.push(character),
            ':' if is_blank && characters.peek() == Some(&':') => spell(&mut out, character),
            _ => push(&mut out, character),
        }
        is_blank = character == '\n' || (is_blank && character.is_whitespace());
    }
    without_command(&out)
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
        _ if is_hazard(character) => spell(out, character),
        _ => out.push(character),
    }
}

/// Appends the number of the character in its place.
pub fn spell(out: &mut String, character: char) {
    // Writing into a String cannot fail.
    let _ = write!(out, "\\u{{{:x}}}", character as u32);
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
        assert_eq!(markdown("http://w.a, www.a: b"), "http&#58;<!-- -->//w&#46;<!-- -->a, www&#46;<!-- -->a&#58; b");
    }

    #[test]
    fn words_are_plain_and_names_are_not() {
        for text in [
            "of 12 managed page-locales",
            "links to them break; (and so on)",
            "it was: ",
            "the text is 44.2 em wide (limit 30 %), isn't it",
        ] {
            assert!(is_plain(text), "{text}");
        }
        let names =
            ["@user", "#1", "GH-1", "www.a", "http:x", "deadbeef", "1234567", "a_b_", "*a*", "a|b", "<b>", "[a]", "a1"];
        for text in names {
            assert!(!is_plain(text) && !is_plain(&format!("see {text} there")), "{text}");
        }
    }

    #[test]
    fn a_shell_takes_it_for_one_word() {
        for plain in ["/guide", "--resume=20261122T114500.123Z", "http://localhost:80/a_b", "zh-Hant@x"] {
            assert_eq!(shell_word(plain), plain);
        }
        for (text, quoted) in [("", "''"), ("=ls", "'=ls'"), ("~", "'~'"), ("a b", "'a b'"), ("it's", r"'it'\''s'")] {
            assert_eq!(shell_word(text), quoted);
        }
    }

    #[test]
    fn a_value_is_not_taken_for_a_flag() {
        assert_eq!(shell_flag("--env", "staging"), "--env staging");
        assert_eq!(shell_flag("--env", "-x y"), "--env='-x y'");
    }

    #[test]
    fn nothing_is_a_command_to_a_runner() {
        assert_eq!(line("###[error]"), "##\\u{23}[error]");
        assert_eq!(text("a\n \u{a0}::error::x\n+ ::b"), "a\n \u{a0}\\u{3a}:error::x\n+ ::b");
    }

    #[test]
    fn nothing_hazardous_stays() {
        assert_eq!(line("plain – ok 👩‍💻"), "plain – ok 👩‍💻");
        assert_eq!(line("\u{1b}[31mred"), "␛[31mred");
        assert_eq!(line("a\u{202e}b\r\n\tc\u{85}\u{7f}"), "a\\u{202e}b\\r\\n\\tc\\u{85}␡");
    }
}
