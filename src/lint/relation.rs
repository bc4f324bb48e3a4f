//! Rules about what a title says, by itself and beside the other texts of its page.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation as _;

use super::generic::GENERIC;
use super::language;
use super::length::SEPARATORS;
use super::rule::{Case, Check, INFO, Problem, Rule, Threshold, WARNING};
use super::sameness::folded;
use crate::model::Field;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "seo-description/same-as-title",
        level: WARNING,
        threshold: None,
        check: Check::Text(&[Field::SeoDescription], same_as_title),
    },
    Rule {
        id: "og/same-without-copied",
        level: INFO,
        threshold: None,
        check: Check::Text(&[Field::OpenGraphTitle, Field::OpenGraphDescription], same_without_copied),
    },
    Rule {
        id: "seo-title/repeated-segment",
        level: WARNING,
        threshold: None,
        check: Check::Text(&[Field::SeoTitle], repeated_segment),
    },
    Rule { id: "seo-title/generic", level: WARNING, threshold: None, check: Check::Text(&[Field::SeoTitle], generic) },
    Rule {
        id: "seo-title/keyword-stuffing",
        level: INFO,
        threshold: Threshold::count(3),
        check: Check::Text(&[Field::SeoTitle], keyword_stuffing),
    },
];

/// Letters of the shortest word whose repetition counts.
const LONG_WORD: usize = 4;

fn same_as_title(case: &Case<'_>, text: &str) -> Option<Problem> {
    // An Open Graph title does not stand beside the description; the page's name does where there is no SEO title.
    let title = case.reads(Field::SeoTitle).or_else(|| case.reads(Field::Title))?;
    (folded(text) == folded(&title.value)).then(|| {
        Problem::new("the SEO description is the same as the title")
            .also(&title.location, "the title")
            .help("say what readers will find on the page, or write `\"\"` to clear it")
    })
}

fn same_without_copied(case: &Case<'_>, text: &str) -> Option<Problem> {
    let (seo, flag) = match case.field {
        Field::OpenGraphTitle => (Field::SeoTitle, "titleCopied"),
        _ => (Field::SeoDescription, "descriptionCopied"),
    };
    let seo = case.reads(seo).filter(|seo| seo.value == text)?;
    Some(
        Problem::new(format!("{} is the same as the SEO text, but will not follow it", case.words()))
            .also(&seo.location, "the SEO text")
            .help(format!("write `{flag}: true` in its place")),
    )
}

fn repeated_segment(_: &Case<'_>, text: &str) -> Option<Problem> {
    let mut parts: Vec<&str> = vec![text];
    for separator in SEPARATORS {
        parts = parts.into_iter().flat_map(|part| part.split(separator)).collect();
    }
    let mut seen: Vec<String> = Vec::new();
    for part in parts.into_iter().map(str::trim).filter(|part| !part.is_empty()) {
        let key = folded(part);
        if seen.contains(&key) {
            return Some(Problem::new(format!("the SEO title says `{part}` twice")).help("remove one of the two"));
        }
        seen.push(key);
    }
    None
}

fn generic(case: &Case<'_>, text: &str) -> Option<Problem> {
    let title = folded(text.trim_matches(|character: char| !character.is_alphanumeric()));
    let language = language::of(case.locale);
    let known = GENERIC.iter().filter(|(of, _)| *of == "en" || Some(*of) == language);
    let is_generic = known.flat_map(|(_, titles)| titles.iter()).any(|generic| *generic == title);
    is_generic.then(|| {
        Problem::new(format!("the SEO title `{text}` could be that of any page"))
            .help("name what the page is about, and whose it is")
    })
}

fn keyword_stuffing(case: &Case<'_>, text: &str) -> Option<Problem> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for word in text.unicode_words().filter(|word| word.chars().count() >= LONG_WORD) {
        *counts.entry(folded(word)).or_default() += 1;
    }
    let (word, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (count >= case.limit / 1000).then(|| {
        Problem::new(format!("the SEO title says `{word}` {count} times")).help("once is enough; say something else")
    })
}
