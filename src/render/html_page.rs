//! A page in HTML: its changes in each locale, and what search results and social cards will show.
//!
//! A preview stands only where a text changes that is shown in it. Knows one page, not the report.

use maud::{Markup, html};

use super::html;
use super::html_change::{direction, field_row, language, text};
use super::preview::{self, Card, CardText, Cut, Place, Room, SearchResult, Sides};
use super::review::Surroundings;
use super::text::shortened;
use super::view::{LocaleView, PageView};
use crate::model::{Field, LocaleTag, PagePath};

/// What all pages of a report have in common.
pub(super) struct Setting<'s, 'a> {
    /// The site's name.
    pub(super) site: &'s str,
    /// What the plan knows around its changes.
    pub(super) surroundings: &'s Surroundings<'a>,
    /// Whether previews are open that show nothing alarming.
    pub(super) is_open: bool,
}

/// Where a preview is from.
#[derive(Clone, Copy)]
struct From<'a> {
    site: &'a str,
    path: Sides<&'a PagePath>,
    locale: &'a LocaleTag,
}

/// Returns a page, with the number under which it is found.
pub(super) fn article<'a>(page: &PageView<'a>, number: usize, setting: &Setting<'_, 'a>) -> Markup {
    html! {
        article #{ "page-" (number) } aria-labelledby={ "page-" (number) "-path" } {
            div.path-line {
                h3.path #{ "page-" (number) "-path" } { bdi { (text(page.path.as_str())) } }
                (html::risks(page))
            }
            @for locale in &page.locales { (in_locale(page, locale, setting)) }
        }
    }
}

fn in_locale<'a>(page: &PageView<'a>, locale: &LocaleView<'a>, setting: &Setting<'_, 'a>) -> Markup {
    let slug = setting.surroundings.values(locale, Field::Slug).and_then(|(_, after)| after.as_text());
    let moved = slug.map_or_else(|| page.path.clone(), |slug| page.path.with_slug(slug));
    let from = From { site: setting.site, path: Sides { before: page.path, after: &moved }, locale: locale.tag };
    html! {
        h4 { span.tag { (text(locale.tag.as_str())) } span.vh { " of " (text(page.path.as_str())) } }
        table.fields {
            thead.vh { tr { th scope="col" { "Field" } th scope="col" { "Change" } } }
            tbody { @for field in &locale.fields { (field_row(field)) } }
        }
        @if let Some(sides) = preview::search_result(locale, setting.surroundings) {
            (search_results(sides, from, setting.is_open))
        }
        @if let Some(sides) = preview::card(locale, setting.surroundings) {
            (cards(sides, from, setting.is_open))
        }
    }
}

fn search_results(sides: Sides<SearchResult<'_>>, from: From<'_>, is_open: bool) -> Markup {
    let SearchResult { title, description } = sides.after;
    let measured = [(Place::Title, title), (Place::Description, description)];
    let on_phone = [(Place::PhoneTitle, title), (Place::PhoneDescription, description)];
    let is_any_cut = |places: &[(Place, Option<&str>)]| places.iter().any(|(place, text)| is_cut(*place, *text));
    let (is_cut, is_cut_on_phone) = (is_any_cut(&measured), is_any_cut(&on_phone));
    html! {
        details.preview open[is_open || is_cut] {
            summary {
                "Search result"
                @if is_cut {
                    ": " strong { "the end is cut off" }
                } @else if is_cut_on_phone {
                    ": the end is cut off on a phone"
                }
            }
            (result_pair(sides.after, from, from.path.after, "After"))
            (rooms(&[("Title", Place::Title, title), ("Description", Place::Description, description)]))
            details {
                summary { "Before" }
                (result_pair(sides.before, from, from.path.before, "Before"))
            }
        }
    }
}

fn is_cut(place: Place, text: Option<&str>) -> bool {
    text.is_some_and(|text| !place.cut(text).lost.is_empty())
}

fn result_pair(result: SearchResult<'_>, from: From<'_>, path: &PagePath, when: &str) -> Markup {
    html! {
        div.cards {
            figure.desktop {
                figcaption { (when) ", on a desktop" }
                (search_result(result, from, path, [Place::Title, Place::Description]))
            }
            figure.phone {
                figcaption { (when) ", on a phone" }
                (search_result(result, from, path, [Place::PhoneTitle, Place::PhoneDescription]))
            }
        }
    }
}

fn search_result(
    result: SearchResult<'_>,
    from: From<'_>,
    path: &PagePath,
    [title, description]: [Place; 2],
) -> Markup {
    html! {
        div.result lang=[language(from.locale)] dir=(direction(from.locale)) {
            div.from {
                span.icon {}
                b { (text(from.site)) }
                span { bdi { (breadcrumb(path)) } }
            }
            p.title { (seen(title, result.title, "no SEO title")) }
            p.text { (seen(description, result.description, "no SEO description")) }
        }
    }
}

/// Returns the path as a search result has it: `… › guide › towel-day`.
fn breadcrumb(path: &PagePath) -> String {
    let segments = path.as_str().split('/').filter(|segment| !segment.is_empty());
    std::iter::once("…").chain(segments).map(|segment| text(segment).into_owned()).collect::<Vec<_>>().join(" › ")
}

fn cards(sides: Sides<Card<'_>>, from: From<'_>, is_open: bool) -> Markup {
    let words = |text: CardText<'_>| match text {
        CardText::Text(text) => Some(text.to_owned()),
        CardText::Copied | CardText::Untold => None,
    };
    let (title, description) = (words(sides.after.title), words(sides.after.description));
    let is_cut = is_cut(Place::CardTitle, title.as_deref()) || is_cut(Place::CardDescription, description.as_deref());
    html! {
        details.preview open[is_open || is_cut] {
            summary { "Social card" @if is_cut { ": " strong { "the end is cut off" } } }
            div.cards {
                figure.card { figcaption { "After" } (card(sides.after, from)) }
                figure.card { figcaption { "Before" } (card(sides.before, from)) }
            }
            (rooms(&[
                ("Title", Place::CardTitle, title.as_deref()),
                ("Description", Place::CardDescription, description.as_deref()),
            ]))
        }
    }
}

fn card(card: Card<'_>, from: From<'_>) -> Markup {
    html! {
        div.social lang=[language(from.locale)] dir=(direction(from.locale)) {
            div.image lang="en" dir="ltr" { span { "image" } }
            div.words {
                p.text { (text(from.site)) }
                p.title { (card_text(Place::CardTitle, card.title, "SEO title")) }
                p.text { (card_text(Place::CardDescription, card.description, "SEO description")) }
            }
        }
    }
}

fn card_text(place: Place, words: CardText<'_>, source: &str) -> Markup {
    html! {
        @match words {
            CardText::Text(words) => (seen(place, Some(words), "empty")),
            CardText::Copied => span.none lang="en" dir="ltr" { "same as the " (source) },
            CardText::Untold => span.none lang="en" dir="ltr" { "as it is" },
        }
    }
}

/// Returns a text as it is seen at a place, and what is cut off, struck through.
fn seen(place: Place, words: Option<&str>, nothing: &str) -> Markup {
    html! {
        @match words {
            None => span.none lang="en" dir="ltr" { "as it is" },
            Some("") => span.none lang="en" dir="ltr" { (nothing) },
            Some(words) => {
                @let Cut { shown, lost } = place.cut(words);
                (text(&shortened(shown)))
                @if !lost.is_empty() {
                    " … " s.lost { span.vh lang="en" { "cut off: " } (text(&shortened(lost))) }
                }
            }
        }
    }
}

/// Says how much room texts take of what there is.
fn rooms(texts: &[(&str, Place, Option<&str>)]) -> Markup {
    html! {
        ul.rooms {
            @for (name, place, words) in texts {
                @if let Some(words) = words.filter(|words| !words.is_empty() && !words.contains("{{wf ")) {
                    @let Room { taken, limit, is_approximate } = place.room(words);
                    li {
                        (name) " "
                        meter aria-label={ (name) ", room taken" } min="0" high=(limit) optimum="0" max=(limit.max(taken)) value=(taken) {}
                        " " @if is_approximate { "≈ " } (taken) " of " (limit) " " (place.unit())
                        @if taken > limit { ", " span.over { "too long" } } @else if place.on_phone().is_some_and(|phone| is_cut(phone, Some(words))) {
                            ", fits on a desktop; the end is cut off on a phone"
                        } @else { ", fits" }
                    }
                }
            }
        }
    }
}
