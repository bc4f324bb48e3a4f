//! How wide a text is in a search result: Arial, in whole font units, the same on every machine.
//!
//! No kerning: it makes a title narrower by half a pixel on average, so leaving it out errs on the strict side. Knows
//! characters, not what a width is held against.

use unicode_script::{Script, UnicodeScript as _};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthChar as _;

use super::advances::{RUNS, UNITS_PER_EM};
use super::letters;

/// The width of a text in font units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Width {
    units: u32,
    /// Whether a part of it is set in another font than Arial, so that it is the mean of its script.
    pub is_approximate: bool,
}

/// What a character takes that has no glyph in Arial, by script, in thousandths of an em. Means over real titles set
/// by Chromium in the Noto fonts; see `benches/widths.py`.
const SCRIPT_MEANS: [(Script, u32); 6] = [
    (Script::Arabic, 473),
    (Script::Bengali, 560),
    (Script::Devanagari, 506),
    (Script::Hangul, 920),
    (Script::Thai, 500),
    (Script::Latin, 556),
];

/// The same for all other scripts: the width of most Latin letters and of digits.
const OTHER_MEAN: u32 = 556;

/// Font pixels that a title has in a desktop search result, for people who think in them.
pub const TITLE_PIXELS: u32 = 20;
/// The same of a description.
pub const DESCRIPTION_PIXELS: u32 = 14;

impl Width {
    /// Measures a text.
    pub fn of(text: &str) -> Self {
        text.graphemes(true).map(grapheme).fold(Self::default(), Self::plus)
    }

    /// Returns whether it is wider than so many thousandths of an em.
    pub fn exceeds(self, limit: u32) -> bool {
        u64::from(self.units) * 1000 > u64::from(limit) * u64::from(UNITS_PER_EM)
    }

    /// Returns whether it is narrower than so many thousandths of an em.
    pub fn is_below(self, limit: u32) -> bool {
        u64::from(self.units) * 1000 < u64::from(limit) * u64::from(UNITS_PER_EM)
    }

    /// Returns the width in thousandths of an em, rounded up, so that what exceeds a limit also reads larger.
    pub fn thousandths(self) -> u32 {
        clipped((u64::from(self.units) * 125).div_ceil(u64::from(UNITS_PER_EM / 8)))
    }

    /// Returns the width in pixels at a font size, rounded to the nearest.
    pub fn pixels(self, size: u32) -> u32 {
        clipped((u64::from(self.units) * u64::from(size) + u64::from(UNITS_PER_EM / 2)) / u64::from(UNITS_PER_EM))
    }

    fn plus(self, other: Self) -> Self {
        Self {
            units: self.units.saturating_add(other.units),
            is_approximate: self.is_approximate || other.is_approximate,
        }
    }
}

/// A text of a file's length can be wider than the number that people are shown.
fn clipped(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Splits a text at the last grapheme that fits into so many thousandths of an em.
pub fn split(text: &str, limit: u32) -> (&str, &str) {
    let mut width = Width::default();
    for (at, cluster) in text.grapheme_indices(true) {
        width = width.plus(grapheme(cluster));
        if width.exceeds(limit) {
            return text.split_at(at);
        }
    }
    (text, "")
}

fn grapheme(cluster: &str) -> Width {
    if letters::is_emoji(cluster) {
        // A family of five with joiners is one picture.
        return Width { units: UNITS_PER_EM, is_approximate: true };
    }
    cluster.chars().map(character).fold(Width::default(), Width::plus)
}

fn character(character: char) -> Width {
    let columns = character.width().unwrap_or(0);
    if columns == 0 || letters::is_invisible(character) {
        return Width::default();
    }
    if let Some(units) = advance(character) {
        return Width { units, is_approximate: false };
    }
    let thousandths = match character {
        // Half-width katakana stands in the same cell as a Latin letter of a fixed-width font.
        '\u{ff61}'..='\u{ff9f}' => 500,
        _ => match mean(character.script()) {
            Some(mean) => mean,
            None if columns == 2 => return Width { units: UNITS_PER_EM, is_approximate: false },
            None => OTHER_MEAN,
        },
    };
    Width { units: (thousandths * UNITS_PER_EM).div_ceil(1000), is_approximate: true }
}

fn mean(script: Script) -> Option<u32> {
    SCRIPT_MEANS.iter().find(|(known, _)| *known == script).map(|(_, mean)| *mean)
}

/// Returns the character's advance in Arial, if it has a glyph there.
fn advance(character: char) -> Option<u32> {
    let code = u16::try_from(u32::from(character)).ok()?;
    if let Some(units) = ASCII.get(usize::from(code).wrapping_sub(ASCII_START)) {
        return Some(u32::from(*units));
    }
    let (runs, _) = RUNS.as_chunks::<3>();
    let after = runs.partition_point(|[start, ..]| *start <= code);
    let [start, count, units] = runs.get(after.checked_sub(1)?)?;
    (code - start < *count).then_some(u32::from(*units))
}

const ASCII_START: usize = 0x20;

/// The advances of printable ASCII, which most text is.
const ASCII: [u16; 95] = {
    let mut table = [0; 95];
    let mut at = 0;
    while at + 2 < RUNS.len() {
        let mut code = RUNS[at] as usize;
        while code < (RUNS[at] + RUNS[at + 1]) as usize && code - ASCII_START < table.len() {
            table[code - ASCII_START] = RUNS[at + 2];
            code += 1;
        }
        at += 3;
        // The runs are sorted, and what follows ASCII is looked up as needed.
        if RUNS[at] as usize >= ASCII_START + table.len() {
            break;
        }
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str) -> u32 {
        Width::of(text).units
    }

    #[test]
    fn widths_are_those_of_the_font() {
        let known =
            [('i', 455), ('W', 1933), ('@', 2079), (' ', 569), ('—', 2048), ('é', 1139), ('e', 1139), ('~', 1196)];
        for (character, expected) in known {
            assert_eq!(units(&character.to_string()), expected, "{character}");
        }
        assert_eq!(units("ie"), 455 + 1139);
        assert!(!Width::of("Où – “так” – και").is_approximate);
    }

    #[test]
    fn every_run_is_sorted_and_apart() {
        let (runs, rest) = RUNS.as_chunks::<3>();
        assert!(rest.is_empty());
        for pair in runs.windows(2) {
            assert!(pair[0][0] + pair[0][1] <= pair[1][0], "{pair:?}");
        }
        assert!(ASCII.iter().all(|units| *units > 0));
    }

    #[test]
    fn pixels_are_rounded() {
        assert_eq!(Width::of(&"W".repeat(40)).pixels(TITLE_PIXELS), 755);
        assert_eq!(Width::of(&"i".repeat(40)).pixels(TITLE_PIXELS), 178);
        assert_eq!(Width::of(&"漢".repeat(30)).pixels(TITLE_PIXELS), 600);
        assert!(!Width::of("漢字かな").is_approximate);
    }

    #[test]
    fn what_is_one_picture_is_one_em() {
        for text in ["👩‍👩‍👧‍👦", "👍🏽", "🇫🇷", "☀️"] {
            assert_eq!(units(text), UNITS_PER_EM, "{text}");
            assert!(Width::of(text).is_approximate, "{text}");
        }
        assert_eq!(units("©"), 1509);
        assert_eq!(units("1"), 1139);
    }

    #[test]
    fn marks_and_what_nobody_sees_take_no_room() {
        assert_eq!(units("e\u{301}"), units("e"));
        assert_eq!(units("a\u{200b}\u{ad}\u{2060}b"), units("ab"));
    }

    #[test]
    fn other_scripts_take_their_mean() {
        for (text, thousandths) in [("한", 920), ("ก", 500), ("क", 506), ("ক", 560), ("ب", 473), ("ﾊ", 500), ("ა", 556)]
        {
            assert_eq!(units(text), (thousandths * UNITS_PER_EM).div_ceil(1000), "{text}");
            assert!(Width::of(text).is_approximate, "{text}");
        }
    }

    #[test]
    fn limits_are_met_exactly() {
        let em = Width::of("—");
        assert!(!em.exceeds(1000) && em.exceeds(999));
        assert!(!em.is_below(1000) && em.is_below(1001));
        assert_eq!(em.thousandths(), 1000);
    }

    #[test]
    fn a_text_is_split_between_graphemes() {
        assert_eq!(split("———", 2000), ("——", "—"));
        assert_eq!(split("———", 2999), ("——", "—"));
        assert_eq!(split("👩‍👩‍👧‍👦👍🏽", 1500), ("👩‍👩‍👧‍👦", "👍🏽"));
        assert_eq!(split("short", 9000), ("short", ""));
    }
}
