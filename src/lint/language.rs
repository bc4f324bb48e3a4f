//! What a locale's tag says of its texts: the language, the scripts it is written in, the direction.
//!
//! Knows tags and scripts, not texts.

use unicode_script::Script;
use whatlang::Lang;

use crate::model::LocaleTag;

/// Returns the language of a locale's tag, in lower case; nothing for `primary`, which says none.
pub(super) fn of(locale: &LocaleTag) -> Option<&'static str> {
    let language = locale.as_str().split(['-', '_']).next().unwrap_or_default();
    LANGUAGES.iter().map(|row| row.code).find(|code| code.eq_ignore_ascii_case(language))
}

/// Returns the scripts that texts of a locale may be in; nothing if that is not known.
pub(super) fn scripts(locale: &LocaleTag) -> Option<&'static [Script]> {
    let named = locale.as_str().split(['-', '_']).skip(1).find_map(|part| {
        let known = SUBTAGS.iter().find(|(name, _)| name.eq_ignore_ascii_case(part));
        known.map(|(_, scripts)| *scripts)
    });
    named.or_else(|| row(locale).map(|row| row.scripts))
}

/// Returns the model that tells the language from others; nothing if there is none.
pub(super) fn model(locale: &LocaleTag) -> Option<Lang> {
    row(locale)?.model
}

/// Returns whether texts of the locale run from right to left.
pub fn is_right_to_left(locale: &LocaleTag) -> bool {
    scripts(locale).is_some_and(|scripts| {
        scripts.iter().any(|script| matches!(script, Script::Arabic | Script::Hebrew | Script::Thaana | Script::Syriac))
    })
}

/// Returns whether joiners without width (U+200C, U+200D) are part of how the locale's language is written.
pub(super) fn uses_joiners(locale: &LocaleTag) -> bool {
    let is_joined = |script: &Script| {
        matches!(
            script,
            Script::Arabic
                | Script::Bengali
                | Script::Devanagari
                | Script::Gujarati
                | Script::Gurmukhi
                | Script::Kannada
                | Script::Khmer
                | Script::Malayalam
                | Script::Myanmar
                | Script::Sinhala
                | Script::Tamil
                | Script::Telugu
        )
    };
    scripts(locale).is_some_and(|scripts| scripts.iter().any(is_joined))
}

/// Returns whether two locales are of one language, as `en-GB` and `en-US` are.
pub(super) fn is_same(one: &LocaleTag, other: &LocaleTag) -> bool {
    let language = |tag: &LocaleTag| tag.as_str().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    language(one) == language(other)
}

fn row(locale: &LocaleTag) -> Option<&'static Row> {
    let code = of(locale)?;
    LANGUAGES.iter().find(|row| row.code == code)
}

struct Row {
    code: &'static str,
    scripts: &'static [Script],
    model: Option<Lang>,
}

const fn language(code: &'static str, scripts: &'static [Script], model: Option<Lang>) -> Row {
    Row { code, scripts, model }
}

const LATIN: &[Script] = &[Script::Latin];
const CYRILLIC: &[Script] = &[Script::Cyrillic];
const ARABIC: &[Script] = &[Script::Arabic];
const DEVANAGARI: &[Script] = &[Script::Devanagari];
const HEBREW: &[Script] = &[Script::Hebrew];
const CHINESE: &[Script] = &[Script::Han, Script::Bopomofo];
const JAPANESE: &[Script] = &[Script::Han, Script::Hiragana, Script::Katakana];
const KOREAN: &[Script] = &[Script::Hangul, Script::Han];
const CYRILLIC_OR_LATIN: &[Script] = &[Script::Cyrillic, Script::Latin];
const ARABIC_OR_LATIN: &[Script] = &[Script::Arabic, Script::Latin];

/// Scripts that a tag may name, as in `sr-Latn`.
const SUBTAGS: &[(&str, &[Script])] = &[
    ("Latn", LATIN),
    ("Cyrl", CYRILLIC),
    ("Arab", ARABIC),
    ("Deva", DEVANAGARI),
    ("Hans", CHINESE),
    ("Hant", CHINESE),
    ("Hebr", HEBREW),
    ("Grek", &[Script::Greek]),
    ("Guru", &[Script::Gurmukhi]),
];

/// The languages by their code. One that people write in two scripts has both.
const LANGUAGES: &[Row] = &[
    language("af", LATIN, Some(Lang::Afr)),
    language("am", &[Script::Ethiopic], Some(Lang::Amh)),
    language("ar", ARABIC, Some(Lang::Ara)),
    language("az", CYRILLIC_OR_LATIN, Some(Lang::Aze)),
    language("be", CYRILLIC, Some(Lang::Bel)),
    language("bg", CYRILLIC, Some(Lang::Bul)),
    language("bn", &[Script::Bengali], Some(Lang::Ben)),
    language("bs", CYRILLIC_OR_LATIN, None),
    language("ca", LATIN, Some(Lang::Cat)),
    language("cs", LATIN, Some(Lang::Ces)),
    language("cy", LATIN, Some(Lang::Cym)),
    language("da", LATIN, Some(Lang::Dan)),
    language("de", LATIN, Some(Lang::Deu)),
    language("el", &[Script::Greek], Some(Lang::Ell)),
    language("en", LATIN, Some(Lang::Eng)),
    language("eo", LATIN, Some(Lang::Epo)),
    language("es", LATIN, Some(Lang::Spa)),
    language("et", LATIN, Some(Lang::Est)),
    language("eu", LATIN, None),
    language("fa", ARABIC, Some(Lang::Pes)),
    language("fi", LATIN, Some(Lang::Fin)),
    language("fil", LATIN, Some(Lang::Tgl)),
    language("fr", LATIN, Some(Lang::Fra)),
    language("ga", LATIN, None),
    language("gl", LATIN, None),
    language("gu", &[Script::Gujarati], Some(Lang::Guj)),
    language("he", HEBREW, Some(Lang::Heb)),
    language("hi", DEVANAGARI, Some(Lang::Hin)),
    language("hr", LATIN, Some(Lang::Hrv)),
    language("hu", LATIN, Some(Lang::Hun)),
    language("hy", &[Script::Armenian], Some(Lang::Hye)),
    language("id", LATIN, Some(Lang::Ind)),
    language("is", LATIN, None),
    language("it", LATIN, Some(Lang::Ita)),
    language("ja", JAPANESE, Some(Lang::Jpn)),
    language("ka", &[Script::Georgian], Some(Lang::Kat)),
    language("kk", CYRILLIC_OR_LATIN, None),
    language("km", &[Script::Khmer], Some(Lang::Khm)),
    language("kn", &[Script::Kannada], Some(Lang::Kan)),
    language("ko", KOREAN, Some(Lang::Kor)),
    language("ku", ARABIC_OR_LATIN, None),
    language("ky", CYRILLIC, None),
    language("lo", &[Script::Lao], None),
    language("lt", LATIN, Some(Lang::Lit)),
    language("lv", LATIN, Some(Lang::Lav)),
    language("mk", CYRILLIC, Some(Lang::Mkd)),
    language("ml", &[Script::Malayalam], Some(Lang::Mal)),
    language("mn", CYRILLIC, None),
    language("mr", DEVANAGARI, Some(Lang::Mar)),
    language("ms", LATIN, None),
    language("my", &[Script::Myanmar], Some(Lang::Mya)),
    language("nb", LATIN, Some(Lang::Nob)),
    language("ne", DEVANAGARI, Some(Lang::Nep)),
    language("nl", LATIN, Some(Lang::Nld)),
    language("nn", LATIN, None),
    language("no", LATIN, Some(Lang::Nob)),
    language("pa", &[Script::Gurmukhi, Script::Arabic], Some(Lang::Pan)),
    language("pl", LATIN, Some(Lang::Pol)),
    language("ps", ARABIC, None),
    language("pt", LATIN, Some(Lang::Por)),
    language("ro", LATIN, Some(Lang::Ron)),
    language("ru", CYRILLIC, Some(Lang::Rus)),
    language("si", &[Script::Sinhala], Some(Lang::Sin)),
    language("sk", LATIN, Some(Lang::Slk)),
    language("sl", LATIN, Some(Lang::Slv)),
    language("sq", LATIN, None),
    // The model knows Serbian in Cyrillic letters only, and would take it for any other language in Latin ones.
    language("sr", CYRILLIC_OR_LATIN, None),
    language("sv", LATIN, Some(Lang::Swe)),
    language("sw", LATIN, None),
    language("ta", &[Script::Tamil], Some(Lang::Tam)),
    language("te", &[Script::Telugu], Some(Lang::Tel)),
    language("tg", CYRILLIC, None),
    language("th", &[Script::Thai], Some(Lang::Tha)),
    language("tk", LATIN, Some(Lang::Tuk)),
    language("tl", LATIN, Some(Lang::Tgl)),
    language("tr", LATIN, Some(Lang::Tur)),
    language("uk", CYRILLIC, Some(Lang::Ukr)),
    language("ur", ARABIC, Some(Lang::Urd)),
    language("uz", CYRILLIC_OR_LATIN, Some(Lang::Uzb)),
    language("vi", LATIN, Some(Lang::Vie)),
    language("yi", HEBREW, Some(Lang::Yid)),
    language("zh", CHINESE, Some(Lang::Cmn)),
    language("zu", LATIN, Some(Lang::Zul)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_say_language_script_and_direction() {
        let tag = |text: &str| LocaleTag::from(text);
        assert_eq!((of(&tag("FR-ca")), of(&tag("zh_Hant")), of(&tag("primary"))), (Some("fr"), Some("zh"), None));
        assert_eq!(scripts(&tag("sr")), Some(CYRILLIC_OR_LATIN));
        assert_eq!(scripts(&tag("sr-Latn-RS")), Some(LATIN));
        assert_eq!(scripts(&tag("xx")), None);
        assert!(is_right_to_left(&tag("he")) && is_right_to_left(&tag("ar-AE")) && !is_right_to_left(&tag("fr")));
        assert!(is_same(&tag("en-GB"), &tag("EN")) && !is_same(&tag("en"), &tag("es")));
    }

    #[test]
    fn each_language_stands_once() {
        assert!(LANGUAGES.windows(2).all(|pair| pair[0].code < pair[1].code));
    }
}
