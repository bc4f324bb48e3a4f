//! Rules about pages whose texts are alike.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use super::length::{self, SEPARATORS};
use super::rule::{Check, Found, INFO, Problem, Rule, Survey, Threshold, WARNING, words};
use super::subject::{Standing, Text};
use super::width::Width;
use crate::model::{Field, LocaleTag};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "seo-title/duplicate",
        level: WARNING,
        threshold: None,
        check: Check::Pages(|survey| duplicates(survey, Field::SeoTitle)),
    },
    Rule {
        id: "seo-description/duplicate",
        level: WARNING,
        threshold: None,
        check: Check::Pages(|survey| duplicates(survey, Field::SeoDescription)),
    },
    Rule { id: "seo-title/brand-cut", level: INFO, threshold: Threshold::em(29_000), check: Check::Pages(brand_cut) },
    Rule {
        id: "seo-title/boilerplate",
        level: INFO,
        threshold: Threshold::em(12_000),
        check: Check::Pages(boilerplate),
    },
];

/// A site of fewer titles than this has no boilerplate yet.
const LEAST_TITLES: usize = 5;
/// What fewer titles end in is no brand, but the end of a sentence.
const LEAST_BRANDED: usize = 3;

/// Returns a text without what people do not see as a difference: case, compatibility forms, runs of white space.
pub(super) fn folded(text: &str) -> String {
    let folded = text.nfkc().collect::<String>().to_lowercase();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text of a page, by the page's place in the subject.
type Place<'a> = (usize, &'a Text);

fn duplicates(survey: &Survey<'_>, field: Field) -> Vec<Found> {
    let mut alike: BTreeMap<(&LocaleTag, String), Vec<Place<'_>>> = BTreeMap::new();
    for (number, locale, text) in texts(survey, field) {
        alike.entry((locale, folded(&text.value))).or_default().push((number, text));
    }
    let mut found = Vec::new();
    for ((locale, _), places) in alike.iter().filter(|(_, places)| places.len() > 1) {
        for (at, (number, _)) in places.iter().enumerate().filter(|(_, (_, text))| text.is_stated()) {
            let (other, other_text) = places[usize::from(at == 0)];
            let other_page = survey.subject.pages[other].name.as_str();
            let message = match places.len() - 1 {
                1 => format!("{} is the same as that of `{other_page}`", words(field)),
                others => format!("{} is the same as those of {others} other pages", words(field)),
            };
            let problem = Problem::new(message).help("say what is different about this page");
            let problem = match other_text.is_stated() {
                true => problem.also(&other_text.location, format!("of `{other_page}`")),
                false => problem,
            };
            found.push(Found { page: *number, locale: (*locale).clone(), field: Some(field), problem });
        }
    }
    found
}

/// Returns the locales' own texts of the field, of pages that are seen.
fn texts<'s>(survey: &Survey<'s>, field: Field) -> impl Iterator<Item = (usize, &'s LocaleTag, &'s Text)> {
    let pages = survey.subject.pages.iter().enumerate();
    pages.filter(|(_, page)| page.standing == Standing::Public).flat_map(move |(number, page)| {
        let texts = page.locales.keys().filter_map(move |locale| Some((locale, page.own(locale, field)?)));
        texts
            .filter(|(_, text)| !super::run::has_binding(&text.value))
            .map(move |(locale, text)| (number, locale, text))
    })
}

/// The titles of a locale, and which of them end in the same part.
struct Titles<'a> {
    locale: &'a LocaleTag,
    count: usize,
    endings: BTreeMap<&'a str, Vec<Place<'a>>>,
}

fn titles<'s>(survey: &Survey<'s>) -> Vec<Titles<'s>> {
    let mut by_locale: BTreeMap<&LocaleTag, Titles<'_>> = BTreeMap::new();
    for (number, locale, text) in texts(survey, Field::SeoTitle) {
        let new = Titles { locale, count: 0, endings: BTreeMap::new() };
        let titles = by_locale.entry(locale).or_insert(new);
        titles.count += 1;
        if let Some((_, ending)) = parts(&text.value) {
            titles.endings.entry(ending).or_default().push((number, text));
        }
    }
    by_locale.into_values().collect()
}

fn brand_cut(survey: &Survey<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for Titles { locale, endings, .. } in titles(survey) {
        for (page, text) in endings.values().filter(|places| places.len() >= LEAST_BRANDED).flatten() {
            let (Some(limit), Some((front, brand))) = (survey.limit(*page, locale), parts(&text.value)) else {
                continue;
            };
            let width = Width::of(&text.value);
            if text.is_stated() && width.exceeds(limit) && !Width::of(front).exceeds(limit) {
                let room = length::room(Field::SeoTitle, width, limit);
                let message = format!("{room}; only the last part `{}` is cut", length::shortened(brand));
                let problem =
                    Problem::new(message).help("what stands before it fits; a shorter form of it would fit too");
                found.push(Found { page: *page, locale: locale.clone(), field: Some(Field::SeoTitle), problem });
            }
        }
    }
    found
}

fn boilerplate(survey: &Survey<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for Titles { locale, count, endings } in titles(survey).into_iter().filter(|titles| titles.count >= LEAST_TITLES) {
        let most = endings.into_iter().max_by_key(|(_, places)| places.len());
        let Some((ending, places)) = most.filter(|(_, places)| places.len() * 2 > count) else { continue };
        let Some((page, _)) = places.iter().find(|(_, text)| text.is_stated()) else { continue };
        if survey.limit(*page, locale).is_some_and(|limit| Width::of(ending).exceeds(limit)) {
            let message = format!("{} of {count} SEO titles in {locale} end in `{ending}`", places.len());
            let problem = Problem::new(message).help("a shorter form leaves more room for what each page is about");
            found.push(Found { page: *page, locale: locale.clone(), field: Some(Field::SeoTitle), problem });
        }
    }
    found
}

/// Returns what stands before the last separator of a title, and what follows it.
fn parts(title: &str) -> Option<(&str, &str)> {
    let places = SEPARATORS.iter().filter_map(|separator| Some((title.rfind(separator)?, separator.len())));
    let (at, length) = places.max()?;
    Some((title[..at].trim_end(), title[at + length..].trim()))
}
