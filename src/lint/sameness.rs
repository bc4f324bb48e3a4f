//! Rules about pages whose texts are alike.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use super::length::SEPARATORS;
use super::rule::{Check, Found, INFO, Problem, Rule, Survey, Threshold, WARNING, words};
use super::subject::{Standing, Text};
use super::width::Width;
use crate::model::{Field, LocaleTag};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "seo-title/duplicate",
        level: WARNING,
        threshold: None,
        summary: "several pages of a locale have the same SEO title",
        text: "Readers cannot tell the pages apart in a list of results, and search engines may show one of them only. \
               Case, width and compatibility forms of letters do not count. Drafts and archived pages are left out where \
               that is known; so are texts with a CMS binding.",
        source: "https://developers.google.com/search/docs/appearance/title-link",
        check: Check::Pages(|survey| duplicates(survey, Field::SeoTitle)),
    },
    Rule {
        id: "seo-description/duplicate",
        level: WARNING,
        threshold: None,
        summary: "several pages of a locale have the same SEO description",
        text: "Google calls identical descriptions unhelpful where pages stand side by side in a result. A description \
               of the site belongs on its home page only; elsewhere, none is better than the same.",
        source: "https://developers.google.com/search/docs/appearance/snippet",
        check: Check::Pages(|survey| duplicates(survey, Field::SeoDescription)),
    },
    Rule {
        id: "seo-title/boilerplate",
        level: INFO,
        threshold: Threshold::em(12_000),
        summary: "most SEO titles of a locale end in the same long text",
        text: "Google asks for concise branding. Where more than half of the titles of a locale (five at least) end in \
               the same part, wider than 12 em, that part takes the room that tells pages apart. Told once a locale.",
        source: "https://developers.google.com/search/docs/appearance/title-link",
        check: Check::Pages(boilerplate),
    },
];

/// A site of fewer titles than this has no boilerplate yet.
const LEAST_TITLES: usize = 5;

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

fn boilerplate(survey: &Survey<'_>) -> Vec<Found> {
    let mut by_locale: BTreeMap<&LocaleTag, Vec<Place<'_>>> = BTreeMap::new();
    for (number, locale, text) in texts(survey, Field::SeoTitle) {
        by_locale.entry(locale).or_default().push((number, text));
    }
    let mut found = Vec::new();
    for (locale, titles) in by_locale.into_iter().filter(|(_, titles)| titles.len() >= LEAST_TITLES) {
        let mut endings: BTreeMap<&str, Vec<Place<'_>>> = BTreeMap::new();
        for (number, text) in &titles {
            if let Some(ending) = ending(&text.value) {
                endings.entry(ending).or_default().push((*number, text));
            }
        }
        let most = endings.into_iter().max_by_key(|(_, places)| places.len());
        let Some((ending, places)) = most.filter(|(_, places)| places.len() * 2 > titles.len()) else { continue };
        let Some((page, _)) = places.iter().find(|(_, text)| text.is_stated()) else { continue };
        let width = Width::of(ending);
        let limit = survey.limit(*page, locale);
        if limit.is_some_and(|limit| width.exceeds(limit)) {
            let (count, all) = (places.len(), titles.len());
            let message = format!("{count} of {all} SEO titles in {locale} end in `{ending}`");
            let problem = Problem::new(message).help("a shorter form leaves more room for what each page is about");
            found.push(Found { page: *page, locale: locale.clone(), field: Some(Field::SeoTitle), problem });
        }
    }
    found
}

/// Returns the last part of a title that has several.
fn ending(title: &str) -> Option<&str> {
    SEPARATORS.iter().filter_map(|separator| title.rfind(separator)).max().map(|at| title[at..].trim())
}
