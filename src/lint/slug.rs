//! Rules about slugs and the addresses that they make.

use std::collections::BTreeMap;

use super::language;
use super::rule::{Case, Check, ERROR, Found, INFO, OFF, Problem, Rule, Survey, Threshold, WARNING};
use super::subject::{Before, Page, Standing, Text};
use crate::model::{Field, LocaleTag, PagePath};

pub(super) const RULES: &[Rule] = &[
    Rule { id: "slug/shape", level: ERROR, threshold: None, check: Check::Text(SLUG, shape) },
    Rule { id: "slug/non-ascii", level: WARNING, threshold: None, check: Check::Text(SLUG, non_ascii) },
    Rule { id: "slug/underscore", level: INFO, threshold: None, check: Check::Text(SLUG, underscore) },
    Rule { id: "slug/duplicate", level: ERROR, threshold: None, check: Check::Pages(duplicates) },
    Rule { id: "slug/reserved", level: WARNING, threshold: None, check: Check::Text(SLUG, reserved) },
    Rule { id: "slug/too-long", level: INFO, threshold: Threshold::letters(75), check: Check::Text(SLUG, too_long) },
    Rule { id: "slug/changed", level: WARNING, threshold: None, check: Check::Text(SLUG, changed) },
    Rule { id: "slug/swap", level: WARNING, threshold: None, check: Check::Pages(swaps) },
    Rule { id: "slug/redirect-loop", level: WARNING, threshold: None, check: Check::Pages(reused) },
    Rule { id: "slug/not-localized", level: OFF, threshold: None, check: Check::Place(SLUG, not_localized) },
];

const SLUG: &[Field] = &[Field::Slug];

/// What Webflow keeps at the root of a site for itself.
const RESERVED: [&str; 7] = ["search", "401", "404", "checkout", "order-confirmation", "robots.txt", "sitemap.xml"];

/// Characters of a whole path that are still fine; the threshold of Screaming Frog.
const LONGEST_PATH: usize = 115;

/// Returns whether the page has the slug already, so that the server takes it, and changing it would break links.
fn is_settled(case: &Case<'_>, slug: &str) -> bool {
    let before = case.own().map(|text| &text.before);
    match before {
        Some(Before::Was(before) | Before::OnSite(before)) => before == slug,
        Some(Before::Absent | Before::Unknown) | None => {
            case.page.name.path.as_ref().is_some_and(|path| path.slug() == slug)
        }
    }
}

fn shape(case: &Case<'_>, slug: &str) -> Option<Problem> {
    if is_settled(case, slug) {
        return None;
    }
    let is_fine = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || !letter.is_ascii();
    let wrong = slug.chars().find(|letter| !is_fine(*letter) && !matches!(letter, '-' | '_'));
    let parts_are_whole = slug.split(['-', '_']).all(|part| !part.is_empty());
    // Files that Webflow itself serves have a dot, and are told as reserved.
    let message = match wrong {
        Some(letter) if letter.is_ascii_uppercase() => format!("the slug `{slug}` has capitals"),
        Some(' ') => format!("the slug `{slug}` has spaces"),
        Some(letter) => format!("the slug `{slug}` has a `{letter}`"),
        None if !parts_are_whole => format!("the slug `{slug}` has a hyphen or underscore too many"),
        None => return None,
    };
    let suggestion = slugged(slug);
    let problem = Problem::new(message);
    Some(if suggestion.is_empty() {
        problem.help("a slug has lower-case letters and digits, with single hyphens between them")
    } else {
        problem.help(format!("write `{suggestion}`"))
    })
}

/// Returns the text as a slug.
fn slugged(text: &str) -> String {
    let lower = text.to_lowercase();
    let parts = lower.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    parts.map(|part| part.trim_matches('_')).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

fn non_ascii(case: &Case<'_>, slug: &str) -> Option<Problem> {
    let letter = slug.chars().find(|letter| !letter.is_ascii()).filter(|_| !is_settled(case, slug))?;
    let message = format!("the slug `{slug}` has the letter `{letter}`, which is not ASCII");
    Some(Problem::new(message).help("Webflow may change or refuse it; write it with the letters a to z"))
}

fn underscore(case: &Case<'_>, slug: &str) -> Option<Problem> {
    (slug.contains('_') && !is_settled(case, slug)).then(|| {
        Problem::new(format!("the slug `{slug}` has an underscore"))
            .help(format!("search engines read `{}` as separate words", slug.replace('_', "-")))
    })
}

fn reserved(case: &Case<'_>, slug: &str) -> Option<Problem> {
    let path = case.page.name.path.as_ref();
    // In a folder nothing is reserved, and a page that is there already is one of Webflow's own.
    if path.is_some_and(PagePath::is_nested) || is_settled(case, slug) || case.page.standing == Standing::Utility {
        return None;
    }
    let of_locale = case.subject.locales.subdirectories.contains(slug);
    (of_locale || RESERVED.contains(&slug)).then(|| {
        let owner = if of_locale { "is where a locale's pages live" } else { "is one of Webflow's own" };
        Problem::new(format!("the slug `{slug}` {owner}")).help("choose another one")
    })
}

fn too_long(case: &Case<'_>, slug: &str) -> Option<Problem> {
    if is_settled(case, slug) {
        return None;
    }
    let limit = (case.limit / 1000) as usize;
    let length = slug.chars().count();
    let path = case.page.name.path.as_ref().map_or(0, |path| path.with_slug(slug).as_str().chars().count());
    let message = match () {
        () if length > limit => format!("the slug has {length} characters; {limit} are plenty"),
        () if path > LONGEST_PATH => format!("the path has {path} characters; {LONGEST_PATH} are plenty"),
        () => return None,
    };
    Some(Problem::new(message).help("leave out words that the page can be told by without"))
}

fn changed(case: &Case<'_>, slug: &str) -> Option<Problem> {
    let before = before(case.own()?)?;
    let path = case.page.name.path.as_ref();
    let full = |slug: &str| path.map_or_else(|| slug.to_owned(), |path| path.with_slug(slug).to_string());
    Some(Problem::new(format!("the slug changes from `{before}` to `{slug}`")).help(format!(
        "once published, redirect `{}` to `{}`",
        full(before),
        full(slug)
    )))
}

/// Returns the slug that the page had, if it had another one.
fn before(slug: &Text) -> Option<&str> {
    match &slug.before {
        Before::Was(before) | Before::OnSite(before) if !before.is_empty() && *before != slug.value => Some(before),
        Before::Unknown | Before::Absent | Before::Was(_) | Before::OnSite(_) => None,
    }
}

fn not_localized(case: &Case<'_>) -> Option<Problem> {
    let primary = &case.subject.locales.primary;
    if case.is_primary() || language::is_same(case.locale, primary) || language::of(case.locale) == Some("en") {
        return None;
    }
    let source = case.primary()?;
    let is_same = case.own().is_none_or(|own| own.value == source.value);
    is_same.then(|| {
        Problem::new(format!("the slug in {} is the primary locale's, `{}`", case.locale, source.value))
            .help("write one in the language of the locale")
    })
}

/// A page's slug in a locale.
struct Claim<'a> {
    page: usize,
    /// Stated or inherited, or else the end of the page's path.
    slug: &'a str,
}

/// Returns the slugs of all pages whose folder is known, by locale and folder.
fn claims<'s>(survey: &Survey<'s>) -> BTreeMap<(&'s LocaleTag, &'s str), Vec<Claim<'s>>> {
    let subject = survey.subject;
    let mut all: BTreeMap<_, Vec<Claim<'_>>> = BTreeMap::new();
    let mut tags: Vec<&LocaleTag> = subject.pages.iter().flat_map(|page| page.locales.keys()).collect();
    tags.sort_unstable();
    tags.dedup();
    for (number, page) in subject.pages.iter().enumerate() {
        let Some(path) = page.name.path.as_ref().filter(|path| path.as_str() != PagePath::HOME) else { continue };
        for locale in &tags {
            let text = page.reads(locale, &subject.locales.primary, Field::Slug);
            let slug = text.map_or(path.slug(), |text| text.value.as_str());
            all.entry((*locale, folder(path))).or_default().push(Claim { page: number, slug });
        }
    }
    all
}

fn folder(path: &PagePath) -> &str {
    path.as_str().rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn duplicates(survey: &Survey<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for ((locale, folder), claims) in claims(survey) {
        let mut by_slug: BTreeMap<&str, Vec<&Claim<'_>>> = BTreeMap::new();
        for claim in &claims {
            by_slug.entry(claim.slug).or_default().push(claim);
        }
        for (slug, claims) in by_slug.into_iter().filter(|(_, claims)| claims.len() > 1) {
            // Told where a locale states it: one that inherits the clash has none of its own.
            let own = claims.iter().filter_map(|claim| Some((claim, own(survey, claim.page, locale)?)));
            for (claim, text) in own {
                let other = claims.iter().find(|other| other.page != claim.page);
                let Some(other) = other.map(|other| &survey.subject.pages[other.page]) else { continue };
                let message = format!("`{}` would have the address `{folder}/{slug}` too", other.name.as_str());
                let problem = Problem::new(message).also(&other.location, "the other page").help("choose another slug");
                let at = problem.at(&text.location);
                found.push(Found { page: claim.page, locale: locale.clone(), field: Some(Field::Slug), problem: at });
            }
        }
    }
    found
}

/// Returns the slug that a page states in a locale.
fn own<'s>(survey: &Survey<'s>, page: usize, locale: &LocaleTag) -> Option<&'s Text> {
    survey.subject.pages[page].own(locale, Field::Slug).filter(|text| text.is_stated())
}

/// A page that moves to an address which another page leaves.
struct Move<'a> {
    page: usize,
    locale: &'a LocaleTag,
    text: &'a Text,
    /// The page that leaves, and whether it goes where this one comes from.
    leaver: &'a Page,
    is_exchange: bool,
}

fn moves<'s>(survey: &Survey<'s>) -> Vec<Move<'s>> {
    let mut moves = Vec::new();
    for ((locale, _), claims) in claims(survey) {
        let moving = |claim: &Claim<'s>| {
            let text = own(survey, claim.page, locale)?;
            Some((claim.page, text, before(text)?))
        };
        let moving: Vec<_> = claims.iter().filter_map(moving).collect();
        for (page, text, old) in &moving {
            let leaver = moving.iter().find(|(other, _, left)| other != page && *left == text.value);
            if let Some((other, other_text, _)) = leaver {
                let is_exchange = other_text.value == *old;
                moves.push(Move { page: *page, locale, text, leaver: &survey.subject.pages[*other], is_exchange });
            }
        }
    }
    moves
}

fn swaps(survey: &Survey<'_>) -> Vec<Found> {
    let swaps = moves(survey).into_iter().filter(|moved| moved.is_exchange);
    let swaps = swaps.map(|moved| {
        let message = format!("this page and `{}` exchange their slugs", moved.leaver.name.as_str());
        let help = "once both are published, each old address leads to the other page, and no redirect can help";
        moved.found(Problem::new(message).help(help))
    });
    swaps.collect()
}

fn reused(survey: &Survey<'_>) -> Vec<Found> {
    let reused = moves(survey).into_iter().filter(|moved| !moved.is_exchange);
    let reused = reused.map(|moved| {
        let message = format!("the slug `{}` was that of `{}`", moved.text.value, moved.leaver.name.as_str());
        moved.found(Problem::new(message).help("old links lead to the wrong page, and a redirect there would loop"))
    });
    reused.collect()
}

impl Move<'_> {
    fn found(&self, problem: Problem) -> Found {
        let problem = problem.at(&self.text.location).also(&self.leaver.location, "the other page");
        Found { page: self.page, locale: self.locale.clone(), field: Some(Field::Slug), problem }
    }
}
