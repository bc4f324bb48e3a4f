//! Rules about texts that still show how they were made: tags, entities, templates, drafts.

use unicode_segmentation::UnicodeSegmentation as _;

use super::language;
use super::locale::TRANSLATED;
use super::rule::{Case, Check, ERROR, INFO, Problem, Rule, WARNING};
use crate::model::Field;

pub(super) const RULES: &[Rule] = &[
    Rule { id: "text/html-tag", level: WARNING, threshold: None, check: Check::Characters(TRANSLATED, html_tag) },
    Rule { id: "text/html-entity", level: WARNING, threshold: None, check: Check::Characters(TRANSLATED, html_entity) },
    Rule { id: "text/markdown", level: INFO, threshold: None, check: Check::Characters(TRANSLATED, markdown) },
    Rule {
        id: "text/unresolved-template",
        level: ERROR,
        threshold: None,
        check: Check::Characters(TRANSLATED, unresolved_template),
    },
    Rule { id: "text/placeholder", level: ERROR, threshold: None, check: Check::Characters(TRANSLATED, placeholder) },
    Rule { id: "text/ends-cut", level: WARNING, threshold: None, check: Check::Text(TRANSLATED, ends_cut) },
];

/// Words of whoever has not written the text yet; only in capitals, as in `TODO: describe`.
const DRAFT_WORDS: [&str; 4] = ["TODO", "TBD", "FIXME", "XXX"];
/// Languages in which `TODO` is an ordinary word.
const TODO_IS_A_WORD: [&str; 4] = ["es", "pt", "it", "gl"];
/// Lengths at which tools cut.
const CUTS: [usize; 4] = [60, 70, 155, 160];

fn html_tag(case: &Case<'_>, text: &str) -> Option<Problem> {
    let tag = text.match_indices('<').find_map(|(start, _)| {
        let rest = &text[start + 1..];
        let name = rest.strip_prefix('/').unwrap_or(rest);
        let length = rest.find('>')?;
        // Another `<` before the `>` means that this one is a sign, as in `a < b and <b>`.
        let is_tag = name.starts_with(|first: char| first.is_ascii_alphabetic()) && !rest[..length].contains('<');
        is_tag.then(|| &text[start..=start + 1 + length])
    })?;
    Some(Problem::new(format!("{} holds the HTML tag `{tag}`", case.words())).help("write the text without it"))
}

fn html_entity(case: &Case<'_>, text: &str) -> Option<Problem> {
    let entity = text.match_indices('&').find_map(|(start, _)| {
        let name = &text[start + 1..];
        let length = name.find(';').filter(|length| (2..=10).contains(length))?;
        let name = &name[..length];
        let is_number = name.strip_prefix('#').is_some_and(|number| {
            let digits = number.strip_prefix(['x', 'X']).unwrap_or(number);
            !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_hexdigit())
        });
        let is_name = name.chars().all(|letter| letter.is_ascii_alphanumeric())
            && name.starts_with(|first: char| first.is_ascii_alphabetic());
        (is_number || is_name).then(|| &text[start..start + length + 2])
    })?;
    let message = format!("{} holds the HTML entity `{entity}`", case.words());
    Some(Problem::new(message).help("write the character itself; Webflow encodes it"))
}

fn markdown(case: &Case<'_>, text: &str) -> Option<Problem> {
    let is_pair = |mark: &str| text.matches(mark).count() > 1;
    let is_link = text.match_indices("](").any(|(at, _)| text[..at].contains('[') && text[at..].contains(')'));
    let what = match () {
        () if is_pair("`") => "backticks",
        () if is_pair("**") => "`**`",
        () if is_link => "a link in brackets",
        () => return None,
    };
    Some(Problem::new(format!("{} holds Markdown: {what}", case.words())).help("write plain text"))
}

fn unresolved_template(case: &Case<'_>, text: &str) -> Option<Problem> {
    let opened = ["{{", "${", "[[", "<%"].into_iter().find(|mark| text.contains(mark));
    // A placeholder of printf stands alone; `100 %sicher` is a slip of another kind.
    let is_printf = |(at, mark): (usize, &str)| {
        let follows = text[at + mark.len()..].chars().next();
        let precedes = text[..at].chars().next_back();
        !follows.is_some_and(char::is_alphanumeric)
            && !precedes.is_some_and(|before| before.is_alphanumeric() || before == '%')
    };
    let printf = ["%s", "%d"].into_iter().find(|mark| text.match_indices(mark).any(is_printf));
    let mark = opened.or(printf)?;
    let message = format!("{} holds `{mark}`, which nothing fills in", case.words());
    Some(Problem::new(message).help("write the text that belongs there"))
}

fn placeholder(case: &Case<'_>, text: &str) -> Option<Problem> {
    let is_word = language::of(case.locale).is_some_and(|language| TODO_IS_A_WORD.contains(&language));
    let lorem = text.to_lowercase().contains("lorem ipsum").then_some("lorem ipsum");
    let draft = || {
        let words = text.unicode_words().filter_map(|word| DRAFT_WORDS.into_iter().find(|draft| *draft == word));
        words.into_iter().find(|word| !(is_word && *word == "TODO"))
    };
    let word = lorem.or_else(draft)?;
    Some(Problem::new(format!("{} still says `{word}`", case.words())).help("write the text"))
}

fn ends_cut(case: &Case<'_>, text: &str) -> Option<Problem> {
    let text = text.trim_end();
    if text.ends_with('…') || text.ends_with("...") {
        let message = format!("{} ends in an ellipsis", case.words());
        return Some(Problem::new(message).help("finish the sentence; what is too long is cut where it is shown"));
    }
    let length = text.graphemes(true).count();
    if !CUTS.contains(&length) || !text.ends_with(char::is_alphanumeric) {
        return None;
    }
    let others = [Field::SeoTitle, Field::SeoDescription, Field::OpenGraphTitle, Field::OpenGraphDescription];
    let whole = others.into_iter().filter_map(|field| case.reads(field)).find(|other| {
        let rest = other.value.trim().strip_prefix(text);
        rest.is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
    })?;
    let message = format!("{} is cut in the middle of a word, after {length} characters", case.words());
    Some(Problem::new(message).also(&whole.location, "here it goes on").help("write it out, or end it after a word"))
}
