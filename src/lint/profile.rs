//! Profiles: the thresholds of other tools and of a search engine, as a start for a project's own.
//!
//! A profile is a table of exceptions to the rules' defaults.

use super::rule::{ERROR, INFO, Level, OFF, Rule, WARNING};
use crate::diagnostic::Severity;

/// A set of defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// As the rules say.
    #[default]
    Default,
    /// Only what Google itself asks for: presence, difference, language.
    GoogleOnly,
    /// The thresholds of Yoast SEO.
    Yoast,
    /// The thresholds of Screaming Frog's SEO Spider.
    ScreamingFrog,
    /// Every rule that is on weighs more.
    Strict,
}

/// A rule that a profile takes otherwise: how much it weighs, and what it measures against in thousandths.
type Exception = (&'static str, Level, Option<u32>);

/// What Google's documents on titles, snippets and languages name.
const GOOGLE: &[&str] = &[
    "page-title/missing",
    "seo-title/missing",
    "seo-title/duplicate",
    "seo-title/generic",
    "seo-title/keyword-stuffing",
    "seo-title/boilerplate",
    "seo-title/repeated-segment",
    "seo-description/missing",
    "seo-description/duplicate",
    "locale/untranslated",
    "locale/wrong-script",
    "locale/wrong-language",
    "slug/underscore",
    "slug/shape",
    "slug/duplicate",
    "lint/allow-expired",
    "lint/allow-unused",
];

/// yoastseo 3.6.0: titles of 400 to 600 pixels at 20 pixels, descriptions of 121 to 156 characters.
const YOAST: &[Exception] = &[
    ("seo-title/too-wide", WARNING, Some(30_000)),
    ("seo-title/too-short", INFO, Some(20_000)),
    ("seo-description/too-wide", OFF, None),
    ("seo-description/too-short", OFF, None),
    ("seo-description/too-long-chars", WARNING, Some(156_000)),
];

/// The limits that the SEO Spider comes with: 561 and 200 pixels at 20, 985 and 400 at 14, and counts of characters.
const SCREAMING_FROG: &[Exception] = &[
    ("seo-title/too-wide", WARNING, Some(28_050)),
    ("seo-title/too-short", INFO, Some(10_000)),
    ("seo-title/too-long-chars", WARNING, Some(60_000)),
    ("seo-description/too-wide", WARNING, Some(70_400)),
    ("seo-description/too-short", INFO, Some(28_571)),
    ("seo-description/too-long-chars", WARNING, Some(155_000)),
    ("slug/too-long", INFO, Some(115_000)),
];

/// Rules that are off by default because nobody has to care, and that whoever wants it strict does care about.
const STRICT: &[Exception] = &[
    ("seo-title/too-wide-mobile", INFO, None),
    ("seo-title/too-long-chars", INFO, None),
    ("seo-description/too-long-chars", INFO, None),
    ("locale/missing", WARNING, None),
];

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 5] = [Self::Default, Self::GoogleOnly, Self::Yoast, Self::ScreamingFrog, Self::Strict];

    /// The name in the project file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::GoogleOnly => "google-only",
            Self::Yoast => "yoast",
            Self::ScreamingFrog => "screaming-frog",
            Self::Strict => "strict",
        }
    }

    /// Returns how much a rule weighs, and what it measures against in thousandths.
    pub(super) fn of(self, rule: &Rule) -> (Level, Option<u32>) {
        let own = rule.threshold.map(|threshold| threshold.thousandths);
        if let Some((_, level, threshold)) = self.exceptions().iter().find(|(id, ..)| *id == rule.id) {
            return (*level, threshold.or(own));
        }
        let level = match self {
            Self::GoogleOnly if !GOOGLE.contains(&rule.id) => OFF,
            Self::Strict => stricter(rule.level),
            Self::Default | Self::GoogleOnly | Self::Yoast | Self::ScreamingFrog => rule.level,
        };
        (level, own)
    }

    /// Returns whether the profile says how much the rule weighs.
    pub(super) fn sets(self, rule: &Rule) -> bool {
        self.of(rule).0 != rule.level
    }

    fn exceptions(self) -> &'static [Exception] {
        match self {
            Self::Default | Self::GoogleOnly => &[],
            Self::Yoast => YOAST,
            Self::ScreamingFrog => SCREAMING_FROG,
            Self::Strict => STRICT,
        }
    }
}

fn stricter(level: Level) -> Level {
    match level {
        Level::Off => OFF,
        Level::On(Severity::Info) => WARNING,
        Level::On(Severity::Warning | Severity::Error) => ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint;

    #[test]
    fn profiles_name_rules_that_exist() {
        let exceptions = [YOAST, SCREAMING_FROG, STRICT].concat().into_iter().map(|(id, ..)| id);
        for id in exceptions.chain(GOOGLE.iter().copied()) {
            assert!(lint::rule(id).is_some(), "{id}");
        }
        let threshold = |profile: Profile, id| profile.of(lint::rule(id).unwrap());
        assert_eq!(threshold(Profile::Yoast, "seo-title/too-wide"), (WARNING, Some(30_000)));
        assert_eq!(threshold(Profile::ScreamingFrog, "seo-title/too-wide"), (WARNING, Some(28_050)));
        assert_eq!(threshold(Profile::GoogleOnly, "seo-title/too-wide"), (OFF, Some(29_000)));
        assert_eq!(threshold(Profile::Strict, "seo-title/too-wide"), (ERROR, Some(29_000)));
        assert_eq!(threshold(Profile::Strict, "slug/too-long"), (WARNING, Some(75_000)));
        assert_eq!(threshold(Profile::Strict, "text/nbsp"), (OFF, None));
    }
}
