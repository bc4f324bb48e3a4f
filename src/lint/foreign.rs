//! Rules about texts in another language or script than their locale's.

use unicode_script::Script;
use unicode_segmentation::UnicodeSegmentation as _;
use whatlang::{Detector, Lang};

use super::language;
use super::letters;
use super::locale::{TRANSLATED, without_terms};
use super::rule::{Case, Check, Problem, Rule, Threshold, WARNING};
use crate::diagnostic::Severity;
use crate::model::{Field, LocaleTag};

pub(super) const RULES: &[Rule] = &[
    Rule { id: "locale/wrong-script", level: WARNING, threshold: None, check: Check::Text(TRANSLATED, wrong_script) },
    Rule {
        id: "locale/wrong-language",
        level: WARNING,
        threshold: Threshold::letters(40),
        check: Check::Text(&[Field::SeoDescription, Field::OpenGraphDescription], wrong_language),
    },
    Rule {
        id: "locale/mixed-script-word",
        level: WARNING,
        threshold: None,
        check: Check::Characters(TRANSLATED, mixed_script_word),
    },
];

/// A text with fewer letters says nothing about its script.
const LEAST_LETTERS: usize = 4;
/// A title with fewer words may be a name.
const LEAST_TITLE_WORDS: usize = 3;
/// How sure a guess must be. On 1,288 real translations of 40 characters and more, none was taken for English above 0.4,
/// and of as many English texts, 89 % of the shortest and more than 99 % of those of 100 characters are told above 0.5.
const SURE: f64 = 0.5;
/// A slip is at most one letter in so many; a word made of two alphabets on purpose has more.
const FEW: usize = 3;

/// Returns the text without the terms that are the same everywhere; nothing if it is the primary's, word for word, which
/// `locale/untranslated` tells.
fn translation(case: &Case<'_>, text: &str) -> Option<String> {
    let is_copy = !case.is_primary() && case.primary().is_some_and(|source| source.value.trim() == text.trim());
    (!is_copy).then(|| without_terms(text, &case.policy.do_not_translate))
}

fn wrong_script(case: &Case<'_>, text: &str) -> Option<Problem> {
    let own = language::scripts(case.locale)?;
    let text = &translation(case, text)?;
    let mut found: Vec<Script> = text.chars().filter_map(letters::script).collect();
    if found.len() < LEAST_LETTERS || found.iter().any(|script| own.contains(script)) {
        return None;
    }
    let is_title = matches!(case.field, Field::Title | Field::SeoTitle | Field::OpenGraphTitle);
    let has_spaces = found.iter().all(|script| !letters::is_unspaced(*script));
    if is_title && has_spaces && text.unicode_words().count() < LEAST_TITLE_WORDS {
        return None;
    }
    found.dedup();
    let names: Vec<&str> = own.iter().map(|script| script.full_name()).collect();
    let message = format!(
        "{} in {} holds {} letters and none of {}",
        case.words(),
        case.locale,
        found[0].full_name(),
        names.join(" or ")
    );
    let problem = Problem::new(message).help("translate it, or remove it so that it follows the primary locale");
    Some(if is_title { problem } else { problem.weighing(Severity::Error) })
}

fn wrong_language(case: &Case<'_>, text: &str) -> Option<Problem> {
    let primary = &case.subject.locales.primary;
    if case.is_primary() || language::is_same(case.locale, primary) {
        return None;
    }
    let text = &translation(case, text)?;
    if (text.graphemes(true).count() as u32) < case.limit / 1000 {
        return None;
    }
    // Where the primary locale's tag says no language, English is what most texts are left in.
    let (own, other) = (language::model(case.locale)?, language::model(primary).unwrap_or(Lang::Eng));
    if own == other || !share_script(case.locale, primary) {
        return None;
    }
    let detected = Detector::with_allowlist(vec![own, other]).detect(text)?;
    (detected.lang() == other && detected.confidence() > SURE).then(|| {
        Problem::new(format!("{} in {} reads as {}", case.words(), case.locale, other.eng_name()))
            .help("translate it, or remove it so that it follows the primary locale")
    })
}

/// Returns whether two locales are written in one script; where they are not, the script tells more than the words.
fn share_script(one: &LocaleTag, other: &LocaleTag) -> bool {
    let scripts = |locale| language::scripts(locale).unwrap_or(&[Script::Latin]);
    scripts(one).iter().any(|script| scripts(other).contains(script))
}

fn mixed_script_word(case: &Case<'_>, text: &str) -> Option<Problem> {
    let word = text.unicode_words().find(|word| is_mixed(word))?;
    let foreign: Vec<String> =
        minority(word).map(|letter| format!("`{letter}` ({})", letters::number(letter))).collect();
    Some(
        Problem::new(format!("{} mixes scripts in the word `{word}`: {}", case.words(), foreign.join(", ")))
            .help("write the word again, with letters of one alphabet"),
    )
}

/// Returns whether a few letters of a word are of another alphabet, and look as if they were not.
fn is_mixed(word: &str) -> bool {
    let has = |wanted: Script| word.chars().any(|character| letters::script(character) == Some(wanted));
    if !has(Script::Latin) || !(has(Script::Cyrillic) || has(Script::Greek)) {
        return false;
    }
    let few = minority(word).count();
    let all = word.chars().filter_map(letters::script).count();
    few * FEW <= all && minority(word).all(is_confusable)
}

/// Returns the letters of the script that has fewer letters in the word.
fn minority(word: &str) -> impl Iterator<Item = char> {
    let count = |is_latin: bool| {
        let scripts = word.chars().filter_map(letters::script);
        scripts.filter(|script| (*script == Script::Latin) == is_latin).count()
    };
    let is_latin_fewer = count(true) <= count(false);
    let scripted = word.chars().filter(|letter| letters::script(*letter).is_some());
    scripted.filter(move |letter| (letters::script(*letter) == Some(Script::Latin)) == is_latin_fewer)
}

/// Returns whether the letter looks like one of another alphabet. `µTorrent` and `SMSить` mix alphabets in plain sight.
fn is_confusable(letter: char) -> bool {
    const LATIN: &str = "aceijopsxyABCEHIJKMNOPSTXYZ";
    const CYRILLIC: &str = "асеіјорѕхуАВСЕНІЈКМОРЅТХУ";
    const GREEK: &str = "αικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ";
    LATIN.contains(letter) || CYRILLIC.contains(letter) || GREEK.contains(letter)
}
