//! Rules about how much room a text takes where it is shown.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthChar as _;

use super::rule::{Case, Check, INFO, OFF, Problem, Rule, Threshold, WARNING, decimal, words};
use super::width::{self, DESCRIPTION_PIXELS, TITLE_PIXELS, Width};
use crate::model::Field;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "seo-title/too-wide",
        level: WARNING,
        threshold: Threshold::em(29_000),
        check: Check::Text(&[Field::SeoTitle], too_wide),
    },
    Rule {
        id: "seo-title/too-wide-mobile",
        level: OFF,
        threshold: Threshold::em(33_000),
        check: Check::Text(&[Field::SeoTitle], too_wide),
    },
    Rule {
        id: "seo-title/too-short",
        level: OFF,
        threshold: Threshold::em(10_000),
        check: Check::Text(&[Field::SeoTitle], too_narrow),
    },
    Rule {
        id: "seo-title/too-long-chars",
        level: OFF,
        threshold: Threshold::letters(70),
        check: Check::Text(&[Field::SeoTitle], too_long),
    },
    Rule {
        id: "seo-description/too-wide",
        level: WARNING,
        threshold: Threshold::em(70_400),
        check: Check::Text(&[Field::SeoDescription], too_wide),
    },
    Rule {
        id: "seo-description/too-short",
        level: INFO,
        threshold: Threshold::em(20_000),
        check: Check::Text(&[Field::SeoDescription], too_narrow),
    },
    Rule {
        id: "seo-description/too-long-chars",
        level: OFF,
        threshold: Threshold::letters(160),
        check: Check::Text(&[Field::SeoDescription], too_long),
    },
    Rule {
        id: "og-title/too-long",
        level: INFO,
        threshold: Threshold::letters(70),
        check: Check::Text(&[Field::OpenGraphTitle], too_long),
    },
    Rule {
        id: "og-description/too-long",
        level: INFO,
        threshold: Threshold::letters(200),
        check: Check::Text(&[Field::OpenGraphDescription], too_long),
    },
];

/// What sets the parts of a title apart.
pub(super) const SEPARATORS: [&str; 7] = [" | ", " – ", " — ", " · ", " - ", " • ", " » "];

/// How much of what is cut off a message shows.
const SHOWN: usize = 60;

fn too_wide(case: &Case<'_>, text: &str) -> Option<Problem> {
    let width = Width::of(text);
    if !width.exceeds(case.limit) {
        return None;
    }
    let (_, cut) = width::split(text, case.limit);
    let room = room(case.field, width, case.limit);
    Some(Problem::new(room).help(format!("the end is cut off: `{}`", shortened(cut))))
}

/// Says how wide a text is, and how wide it may be, in em and in pixels.
pub(super) fn room(field: Field, width: Width, limit: u32) -> String {
    let size = if field == Field::SeoDescription { DESCRIPTION_PIXELS } else { TITLE_PIXELS };
    let about = if width.is_approximate { "≈ " } else { "" };
    format!(
        "{} is {about}{} em wide ({about}{} px); {} em ({} px) are shown",
        words(field),
        tenths(width.thousandths()),
        width.pixels(size),
        decimal(limit),
        limit * size / 1000,
    )
}

fn too_narrow(case: &Case<'_>, text: &str) -> Option<Problem> {
    let width = Width::of(text);
    let about = if width.is_approximate { "≈ " } else { "" };
    let message = format!(
        "{} is only {about}{} em wide; there is room for more",
        case.words(),
        decimal(width.thousandths() / 100 * 100)
    );
    width.is_below(case.limit).then(|| Problem::new(message).help("say what readers will find on the page"))
}

fn too_long(case: &Case<'_>, text: &str) -> Option<Problem> {
    let count = letters(text);
    let limit = case.limit / 1000;
    let wide = if count > text.graphemes(true).count() as u32 { " (wide ones count as two)" } else { "" };
    let message = format!("{} has {count} characters{wide}; {limit} are shown", case.words());
    (count > limit).then(|| Problem::new(message).help("shorten it, or put what matters first"))
}

/// Counts letters as people do; one that is twice as wide counts twice.
fn letters(text: &str) -> u32 {
    let is_wide = |cluster: &str| cluster.chars().any(|letter| letter.width() == Some(2));
    text.graphemes(true).map(|cluster| if is_wide(cluster) { 2 } else { 1 }).sum()
}

/// Returns thousandths with one digit after the point, rounded up, as in `29.1`.
fn tenths(thousandths: u32) -> String {
    decimal(thousandths.div_ceil(100) * 100)
}

pub(super) fn shortened(text: &str) -> String {
    let text = text.trim();
    match text.grapheme_indices(true).nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
