//! What a page looks like in a search result and as a social card: which texts are shown there, and where they are cut.
//!
//! Knows values and widths, not how a preview is drawn. The plan tells only what is near a change; what it does not tell is
//! not guessed.

use unicode_segmentation::UnicodeSegmentation as _;

use super::review::Surroundings;
use super::view::LocaleView;
use crate::lint;
use crate::lint::width::{self, DESCRIPTION_PIXELS, TITLE_PIXELS, Width};
use crate::model::{Field, Value};
use crate::plan::Class;

/// What a phone shows of a description: about 680 pixels at 14, over three lines.
const PHONE_DESCRIPTION_EM: u32 = 48_600;
/// The width of `…`.
const ELLIPSIS: u32 = 1_000;
/// How far back a cut goes for the end of a word; texts without spaces are cut between two letters.
const WORD: usize = 24;

/// Both sides of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides<T> {
    /// As it is.
    pub before: T,
    /// As it will be.
    pub after: T,
}

/// The texts of a search result; nothing where the plan does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchResult<'a> {
    /// The SEO title.
    pub title: Option<&'a str>,
    /// The SEO description.
    pub description: Option<&'a str>,
}

/// The texts of a social card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card<'a> {
    /// The title.
    pub title: CardText<'a>,
    /// The description.
    pub description: CardText<'a>,
}

/// A text of a social card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardText<'a> {
    /// This one.
    Text(&'a str),
    /// That of the search result, which the plan does not tell.
    Copied,
    /// The plan does not tell.
    Untold,
}

/// Where a text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The title of a search result.
    Title,
    /// The title of a search result on a phone.
    PhoneTitle,
    /// The description of a search result.
    Description,
    /// The description of a search result on a phone.
    PhoneDescription,
    /// The title of a social card.
    CardTitle,
    /// The description of a social card.
    CardDescription,
}

/// A text where it is shown: what is seen, and what is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut<'a> {
    /// What is seen, an ellipsis aside.
    pub shown: &'a str,
    /// What is not; empty if all of it is seen.
    pub lost: &'a str,
}

/// How much room a text takes of what there is, in pixels or characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What it takes.
    pub taken: u32,
    /// What there is.
    pub limit: u32,
    /// Whether a part of it is set in a font whose widths are not known.
    pub is_approximate: bool,
}

/// Returns the search result, if a text that is shown in it changes.
pub fn search_result<'a>(locale: &LocaleView<'a>, surroundings: &Surroundings<'a>) -> Option<Sides<SearchResult<'a>>> {
    if !changes(locale, &[Field::SeoTitle, Field::SeoDescription]) {
        return None;
    }
    let title = texts(locale, surroundings, Field::SeoTitle);
    let description = texts(locale, surroundings, Field::SeoDescription);
    Some(Sides {
        before: SearchResult { title: title.before, description: description.before },
        after: SearchResult { title: title.after, description: description.after },
    })
}

/// Returns the social card, if a text of its own changes, or whether it has one.
pub fn card<'a>(locale: &LocaleView<'a>, surroundings: &Surroundings<'a>) -> Option<Sides<Card<'a>>> {
    let own = [
        Field::OpenGraphTitle,
        Field::OpenGraphTitleCopied,
        Field::OpenGraphDescription,
        Field::OpenGraphDescriptionCopied,
    ];
    if !changes(locale, &own) {
        return None;
    }
    let title = card_texts(locale, surroundings, Field::OpenGraphTitle, Field::SeoTitle);
    let description = card_texts(locale, surroundings, Field::OpenGraphDescription, Field::SeoDescription);
    Some(Sides {
        before: Card { title: title.before, description: description.before },
        after: Card { title: title.after, description: description.after },
    })
}

fn changes(locale: &LocaleView<'_>, fields: &[Field]) -> bool {
    locale.fields.iter().any(|field| match field.change.class {
        Class::Pinned => false,
        Class::Change | Class::New | Class::Drift | Class::Conflict => fields.contains(&field.change.field),
    })
}

fn texts<'a>(locale: &LocaleView<'a>, surroundings: &Surroundings<'a>, field: Field) -> Sides<Option<&'a str>> {
    let values = surroundings.values(locale, field);
    Sides {
        before: values.and_then(|(before, _)| before.as_text()),
        after: values.and_then(|(_, after)| after.as_text()),
    }
}

fn card_texts<'a>(
    locale: &LocaleView<'a>,
    surroundings: &Surroundings<'a>,
    own: Field,
    copied: Field,
) -> Sides<CardText<'a>> {
    let flags = own.copied_flag().and_then(|flag| surroundings.values(locale, flag));
    let own = texts(locale, surroundings, own);
    let copied = texts(locale, surroundings, copied);
    let choose = |flag: Option<&Value>, own: Option<&'a str>, copied: Option<&'a str>| match (
        flag.and_then(Value::as_flag),
        own,
        copied,
    ) {
        (Some(true), _, Some(copied)) => CardText::Text(copied),
        (Some(true), _, None) => CardText::Copied,
        (_, Some(own), _) => CardText::Text(own),
        (_, None, _) => CardText::Untold,
    };
    Sides {
        before: choose(flags.map(|(before, _)| before), own.before, copied.before),
        after: choose(flags.map(|(_, after)| after), own.after, copied.after),
    }
}

impl Place {
    /// Returns what there is room for, in thousandths of an em, or of characters.
    fn limit(self) -> u32 {
        let of =
            |rule: &str| lint::rule(rule).and_then(|rule| rule.threshold).map_or(u32::MAX, |limit| limit.thousandths);
        match self {
            Self::Title => of("seo-title/too-wide"),
            Self::PhoneTitle => of("seo-title/too-wide-mobile"),
            Self::Description => of("seo-description/too-wide"),
            Self::PhoneDescription => PHONE_DESCRIPTION_EM,
            Self::CardTitle => of("og-title/too-long"),
            Self::CardDescription => of("og-description/too-long"),
        }
    }

    /// Returns the size of the font, where width counts and not the number of characters.
    fn pixels(self) -> Option<u32> {
        match self {
            Self::Title | Self::PhoneTitle => Some(TITLE_PIXELS),
            Self::Description | Self::PhoneDescription => Some(DESCRIPTION_PIXELS),
            Self::CardTitle | Self::CardDescription => None,
        }
    }

    /// Returns where a phone shows the same text, if that is another place.
    pub fn on_phone(self) -> Option<Self> {
        match self {
            Self::Title => Some(Self::PhoneTitle),
            Self::Description => Some(Self::PhoneDescription),
            Self::PhoneTitle | Self::PhoneDescription | Self::CardTitle | Self::CardDescription => None,
        }
    }

    /// Returns what room is counted in.
    pub fn unit(self) -> &'static str {
        if self.pixels().is_some() { "px" } else { "characters" }
    }

    /// Returns what is seen of a text, and what is cut off.
    pub fn cut(self, text: &str) -> Cut<'_> {
        let all = Cut { shown: text, lost: "" };
        // Nobody knows what a binding will read.
        if text.contains("{{wf ") {
            return all;
        }
        let (shown, _) = match self.pixels() {
            Some(_) if !Width::of(text).exceeds(self.limit()) => return all,
            Some(_) => width::split(text, self.limit() - ELLIPSIS),
            None => match text.grapheme_indices(true).nth((self.limit() / 1000) as usize) {
                None => return all,
                Some((at, _)) => text.split_at(at),
            },
        };
        let cut = at_word(text, shown);
        Cut { shown: text[..cut].trim_end(), lost: text[cut..].trim_start() }
    }

    /// Returns how much room a text takes.
    pub fn room(self, text: &str) -> Room {
        match self.pixels() {
            Some(size) => {
                let width = Width::of(text);
                let limit = self.limit() / 100 * size / 10;
                Room { taken: width.pixels(size), limit, is_approximate: width.is_approximate }
            }
            None => {
                Room { taken: text.graphemes(true).count() as u32, limit: self.limit() / 1000, is_approximate: false }
            }
        }
    }
}

/// Returns where a text is cut that is seen so far: after the last word that is seen whole, where there is one near.
fn at_word(text: &str, shown: &str) -> usize {
    if text[shown.len()..].starts_with(char::is_whitespace) {
        return shown.len();
    }
    match shown.rfind(char::is_whitespace) {
        Some(space) if shown.len() - space <= WORD => space,
        Some(_) | None => shown.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_after_a_word() {
        let text = "The ultimate guide to everything there is to know about towels, tea and travelling";
        let Cut { shown, lost } = Place::Title.cut(text);
        assert_eq!(
            (shown, lost),
            ("The ultimate guide to everything there is to know about towels,", "tea and travelling")
        );
        assert!(Width::of(shown).pixels(TITLE_PIXELS) <= 560);
        assert_eq!(Place::Description.cut(text), Cut { shown: text, lost: "" });
    }

    #[test]
    fn a_text_without_spaces_is_cut_between_letters() {
        let text = "漢".repeat(40);
        let Cut { shown, lost } = Place::Title.cut(&text);
        assert_eq!((shown.chars().count(), lost.chars().count()), (28, 12));
        assert_eq!(Place::Title.room(&text), Room { taken: 800, limit: 580, is_approximate: false });
    }

    #[test]
    fn a_social_card_counts_letters() {
        let text = "👩‍👩‍👧‍👦".repeat(80);
        let Cut { shown, lost } = Place::CardTitle.cut(&text);
        assert_eq!((shown.graphemes(true).count(), lost.graphemes(true).count()), (70, 10));
        assert_eq!(Place::CardTitle.room(&text).taken, 80);
    }

    #[test]
    fn nobody_knows_how_long_a_binding_is() {
        let text = "{{wf name }} ".repeat(40);
        assert_eq!(Place::Title.cut(&text).lost, "");
    }
}
