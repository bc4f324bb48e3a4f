//! Makes characters visible that would otherwise move the cursor, turn the writing direction or hide, and breaks what a
//! pipeline's runner or a reader of Markdown would act on.

use std::borrow::Cow;
use std::fmt::Write as _;

/// How a line of a log begins that opens a group (Buildkite) or a fold (Travis CI). White space before it disables it.
const GROUP_STARTS: [&str; 6] = ["--- ", "+++ ", "~~~ ", "^^^ +++", "travis_fold:", "travis_time:"];

/// Returns the text on one line, with nothing in it that a terminal would act on, or a runner that reads its log. What a
/// runner takes for a command at the start of a line is for whoever puts it there; see [`is_line_command`].
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hazard) && commands(text).next().is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        push(&mut out, character);
    }
    Cow::Owned(without_command(&out))
}

/// Returns where runner commands begin that are recognized anywhere in a line, each as the offset of its second `#`:
/// `##[error]` (GitHub, Azure Pipelines), `##vso[task.setvariable …]` (Azure Pipelines) and `##teamcity[buildStatus …]`.
pub fn commands(text: &str) -> impl Iterator<Item = usize> + '_ {
    let is_name = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
    text.match_indices('[').filter_map(move |(bracket, _)| {
        let marks = text[..bracket].trim_end_matches(is_name);
        marks.ends_with("##").then(|| marks.len() - 1)
    })
}

/// Returns the text with the second `#` of each runner command spelled as given.
pub fn replace_commands(text: &str, spelled: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for mark in commands(text) {
        out.push_str(&text[copied..mark]);
        out.push_str(spelled);
        copied = mark + 1;
    }
    out + &text[copied..]
}

/// Returns the text without runner commands that are recognized anywhere in a line.
pub fn without_command(text: &str) -> String {
    replace_commands(text, "\\u{23}")
}

/// Returns HTML of the same meaning without runner commands that are recognized anywhere in a line.
pub fn html_without_command(html: &str) -> String {
    replace_commands(html, "&#35;")
}

/// Returns JSON of the same meaning in which no string holds a character that acts on a terminal, or a runner command.
/// JSON has neither outside of its strings, except for line breaks.
pub fn json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if character != '\n' && is_hazard(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                // Writing into a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    replace_commands(&out, "\\u0023")
}

/// Returns whether the line opens a group or a fold in the log of a runner.
pub fn opens_group(line: &str) -> bool {
    GROUP_STARTS.iter().any(|start| line.starts_with(start))
}

/// Returns whether text that is printed as it is, such as a table, would act on a terminal or on a runner.
pub fn acts_on_a_log(text: &str) -> bool {
    let is_active = |line: &str| line.trim_start().starts_with("::") || opens_group(line);
    let has_control = text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t'));
    has_control || commands(text).next().is_some() || text.split(['\n', '\r']).any(is_active)
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

/// Returns the text as [`text`] does, for output whose lines can begin with foreign text: none of them opens a group.
pub fn log(foreign: &str) -> String {
    let mut out = String::with_capacity(foreign.len());
    for line in text(foreign).split_inclusive('\n') {
        let mut characters = line.chars();
        match characters.next() {
            Some(first) if opens_group(line) => {
                spell(&mut out, first);
                out.push_str(characters.as_str());
            }
            _ => out.push_str(line),
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
        assert_eq!(line("a ##vso[task.x]##TeamCity[y] b"), "a #\\u{23}vso[task.x]#\\u{23}TeamCity[y] b");
        for harmless in ["# #vso[x]", "##vso x[", "##é[x]", "#vso[x]", "##"] {
            assert_eq!(line(harmless), harmless);
        }
        assert_eq!(html_without_command("<i>##vso[x]</i>"), "<i>#&#35;vso[x]</i>");
        assert_eq!(json("\"##vso[x]\u{1b}\""), "\"#\\u0023vso[x]\\u001b\"");
        assert_eq!(log("--- x\n+++ y\n - - z\n"), "\\u{2d}-- x\n\\u{2b}++ y\n - - z\n");
        assert_eq!(text("a\n \u{a0}::error::x\n+ ::b"), "a\n \u{a0}\\u{3a}:error::x\n+ ::b");
    }

    #[test]
    fn detects_raw_text_that_acts_on_a_log() {
        for text in ["a\n ::error::x", "a,##vso[x]", "a\u{1b}[0m", "a\r--- x", "travis_fold:start:x"] {
            assert!(acts_on_a_log(text), "{text:?}");
        }
        for text in ["page,path\r\n1,a :: b\r\n", "\u{feff}a --- b\tc", "# #["] {
            assert!(!acts_on_a_log(text), "{text:?}");
        }
    }

    #[test]
    fn nothing_hazardous_stays() {
        assert_eq!(line("plain – ok 👩‍💻"), "plain – ok 👩‍💻");
        assert_eq!(line("\u{1b}[31mred"), "␛[31mred");
        assert_eq!(line("a\u{202e}b\r\n\tc\u{85}\u{7f}"), "a\\u{202e}b\\r\\n\\tc\\u{85}␡");
    }
}
