//! Rules about the tone of a text.

use unicode_segmentation::UnicodeSegmentation as _;

use super::letters;
use super::locale::TRANSLATED;
use super::rule::{Case, Check, INFO, Problem, Rule, Threshold};
use crate::model::Field;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "text/all-caps",
        level: INFO,
        threshold: Threshold::letters(12),
        check: Check::Characters(TRANSLATED, all_caps),
    },
    Rule {
        id: "text/emoji",
        level: INFO,
        threshold: None,
        check: Check::Characters(&[Field::SeoTitle, Field::SeoDescription], emoji),
    },
    Rule {
        id: "text/excess-punctuation",
        level: INFO,
        threshold: None,
        check: Check::Characters(TRANSLATED, excess_punctuation),
    },
];

/// The share of capitals, in percent, above which a text counts as written in capitals.
const MOST_CAPITALS: usize = 70;

fn all_caps(case: &Case<'_>, text: &str) -> Option<Problem> {
    if text.chars().filter_map(letters::script).any(letters::is_east_asian) {
        return None;
    }
    let upper = text.chars().filter(|letter| letter.is_uppercase()).count();
    let cased = upper + text.chars().filter(|letter| letter.is_lowercase()).count();
    let is_long = cased >= (case.limit / 1000) as usize;
    (is_long && upper * 100 > cased * MOST_CAPITALS)
        .then(|| Problem::new(format!("{} is written in capitals", case.words())).help("write it as a sentence"))
}

fn emoji(case: &Case<'_>, text: &str) -> Option<Problem> {
    let emoji = text.graphemes(true).find(|cluster| letters::is_emoji(cluster))?;
    Some(Problem::new(format!("{} holds the emoji `{emoji}`", case.words())).help("search results may drop it"))
}

fn excess_punctuation(case: &Case<'_>, text: &str) -> Option<Problem> {
    let marks = |text: &str| text.replace(['！', '¡'], "!").replace('？', "?");
    let plain = marks(text);
    let row = ["!!", "??"].into_iter().find(|row| plain.contains(row));
    let is_title = matches!(case.field, Field::Title | Field::SeoTitle | Field::OpenGraphTitle);
    // Spanish sets one at either end of a sentence, which is one exclamation.
    let shouts = text.matches(['!', '！']).count();
    let what = match row {
        Some(row) => format!("`{row}`"),
        None if is_title && shouts > 1 => format!("{shouts} exclamation marks"),
        None => return None,
    };
    Some(Problem::new(format!("{} holds {what}", case.words())).help("one is enough"))
}
