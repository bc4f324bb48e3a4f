//! Rules about translations beside the text that they translate.

use std::collections::BTreeSet;

use unicode_segmentation::UnicodeSegmentation as _;

use super::language;
use super::rule::{Case, Check, ERROR, Found, INFO, Problem, Rule, Survey, WARNING};
use super::sameness::folded;
use super::subject::{Before, Text};
use crate::model::Field;

pub(super) const RULES: &[Rule] = &[
    Rule { id: "locale/untranslated", level: WARNING, threshold: None, check: Check::Text(TRANSLATED, untranslated) },
    Rule { id: "locale/missing", level: INFO, threshold: None, check: Check::Pages(missing) },
    Rule { id: "locale/stale", level: WARNING, threshold: None, check: Check::Text(TRANSLATED, stale) },
    Rule {
        id: "locale/placeholder-mismatch",
        level: ERROR,
        threshold: None,
        check: Check::Text(TRANSLATED, placeholder_mismatch),
    },
];

/// What is translated.
pub(super) const TRANSLATED: &[Field] =
    &[Field::Title, Field::SeoTitle, Field::SeoDescription, Field::OpenGraphTitle, Field::OpenGraphDescription];

/// What people find a page by, and so what a required locale should say itself.
const EXPECTED: [Field; 2] = [Field::SeoTitle, Field::SeoDescription];

/// A text with fewer words may be a name.
const LEAST_WORDS: usize = 3;
/// One word of so many letters is no name.
const LEAST_LETTERS: usize = 20;

/// Returns the primary text that a stated translation stands for.
fn source<'a>(case: &Case<'a>) -> Option<&'a Text> {
    let primary = &case.subject.locales.primary;
    (!case.is_primary() && !language::is_same(case.locale, primary)).then(|| case.page.own(primary, case.field))?
}

fn untranslated(case: &Case<'_>, text: &str) -> Option<Problem> {
    let source = source(case).filter(|source| source.value.trim() == text.trim())?;
    let rest = without_terms(text, &case.policy.do_not_translate);
    let letters = rest.chars().filter(|character| character.is_alphabetic()).count();
    if rest.unicode_words().count() < LEAST_WORDS && letters < LEAST_LETTERS {
        return None;
    }
    Some(
        Problem::new(format!("{} in {} is not translated", case.words(), case.locale))
            .also(&source.location, "the same text in the primary locale")
            .help("translate it, or remove it so that it follows the primary locale"),
    )
}

/// Returns the text in lower case, without the terms that stay as they are.
pub(super) fn without_terms(text: &str, terms: &[String]) -> String {
    let mut rest = text.to_lowercase();
    for term in terms.iter().map(|term| term.trim().to_lowercase()).filter(|term| !term.is_empty()) {
        rest = without_term(&rest, &term);
    }
    rest
}

/// A term stands between other characters than letters: `art` is no part of `start`.
fn without_term(text: &str, term: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(term) {
        let (before, after) = (&rest[..at], &rest[at + term.len()..]);
        let touches = |neighbor: Option<char>| neighbor.is_some_and(char::is_alphanumeric);
        out.push_str(before);
        if touches(before.chars().next_back()) || touches(after.chars().next()) {
            out.push_str(term);
        } else {
            out.push(' ');
        }
        rest = after;
    }
    out + rest
}

fn stale(case: &Case<'_>, translation: &str) -> Option<Problem> {
    let source = source(case)?;
    let (before, is_known) = match &source.before {
        Before::Was(before) => (before, true),
        Before::OnSite(before) => (before, false),
        Before::Unknown | Before::Absent => return None,
    };
    let letters = |text: &str| folded(text).chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
    if case.own()?.has_changed()? || letters(before) == letters(&source.value) {
        return None;
    }
    // What the site reads may be somebody's edit that is taken back; the translation is of another text then.
    let [message, label, was, is] = match is_known {
        true => ["still translates the earlier text", "this has changed", "it was", "now"],
        false => {
            ["stays, while the text of the primary locale changes", "this changes", "on the site that is now", "here"]
        }
    };
    let help = format!("{was}: `{before}`, {is}: `{}`, the translation: `{translation}`", source.value);
    let problem = Problem::new(format!("{} in {} {message}", case.words(), case.locale));
    Some(problem.also(&source.location, label).help(help))
}

fn placeholder_mismatch(case: &Case<'_>, text: &str) -> Option<Problem> {
    let source = source(case).filter(|source| !super::run::has_binding(&source.value))?;
    let (wanted, found) = (placeholders(&source.value), placeholders(text));
    if wanted == found {
        return None;
    }
    let list = |names: BTreeSet<&str>| names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let lacking = list(wanted.difference(&found).copied().collect());
    let extra = list(found.difference(&wanted).copied().collect());
    let problem = Problem::new(match (lacking.as_str(), extra.as_str()) {
        (lacking, "") => format!("{} in {} lacks {lacking}", case.words(), case.locale),
        ("", extra) => format!("{} in {} has {extra}, which its source has not", case.words(), case.locale),
        (lacking, extra) => format!("{} in {} has {extra} in place of {lacking}", case.words(), case.locale),
    });
    Some(problem.also(&source.location, "the source").help("placeholders stay as they are in every language"))
}

/// Returns the `{names}` of a text, with their braces.
fn placeholders(text: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for (start, _) in text.match_indices('{') {
        let Some(length) = text[start..].find('}') else { break };
        let name = &text[start + 1..start + length];
        let is_name = !name.is_empty()
            && name.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | ':'));
        // What stands in double braces is a template's, and another rule's business.
        if is_name && !text[..start].ends_with('{') {
            found.insert(&text[start..=start + length]);
        }
    }
    found
}

fn missing(survey: &Survey<'_>) -> Vec<Found> {
    let locales = &survey.subject.locales;
    let mut found = Vec::new();
    for (number, page) in survey.subject.pages.iter().enumerate() {
        for locale in &locales.required {
            let about = |field, problem| Found { page: number, locale: locale.clone(), field, problem };
            let Some(key) = page.locales.get(locale).and_then(|values| values.location.as_ref()) else {
                // Whoever asked the site has told already.
                if !locales.is_site_known {
                    let problem = Problem::new(format!("the page does not state the required locale {locale}"));
                    let help =
                        format!("add `{locale}:` under `locales`, or take it out of `required` in slugline.yaml");
                    found.push(about(None, problem.at(&page.location).help(help)));
                }
                continue;
            };
            if *locale == locales.primary || language::is_same(locale, &locales.primary) {
                continue;
            }
            for field in EXPECTED {
                if page.own(locale, field).is_none() && page.own(&locales.primary, field).is_some() {
                    let message =
                        format!("{} has no {locale} text; the primary locale's is read", super::rule::words(field));
                    let problem = Problem::new(message).at(key).help("translate it");
                    found.push(about(Some(field), problem));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_names_in_single_braces() {
        let found = |text| placeholders(text).into_iter().collect::<Vec<_>>();
        assert_eq!(found("Hello {name}, {count} new {name}"), ["{count}", "{name}"]);
        assert!(found("{} {a b} {{wf}} { x } {").is_empty());
    }
}
