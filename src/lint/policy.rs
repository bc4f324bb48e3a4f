//! What a project wants of the rules: how much each weighs, what it measures against, and what is let pass.
//!
//! Plain values; the format of the project file stands in `manifest`. Has no clock: today comes as an argument.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::profile::Profile;
use super::rule::{Level, Rule};
use super::subject::{Page, PageName};
use crate::diagnostic::Severity;
use crate::model::{Field, LocaleTag};
use crate::source::Location;

/// What a project wants of the rules.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// What holds where the project says nothing else.
    pub profile: Profile,
    /// What the project says, by the rules' names.
    pub settings: BTreeMap<&'static str, Setting>,
    /// What is let pass.
    pub allow: Vec<Allow>,
    /// Names and terms that are the same in every language.
    pub do_not_translate: Vec<String>,
}

/// What a project says of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Setting {
    /// How much it weighs.
    pub level: Option<Level>,
    /// What it measures against, in thousandths.
    pub threshold: Option<u32>,
    /// Where it is otherwise; the last one that fits decides.
    pub overrides: Vec<Override>,
}

/// What a project says of a rule for some locales or pages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Override {
    /// Tags, or languages; none means all.
    pub locales: Vec<String>,
    /// Globs of paths; none means all.
    pub paths: Vec<String>,
    /// How much it weighs there.
    pub level: Option<Level>,
    /// What it measures against there, in thousandths.
    pub threshold: Option<u32>,
}

/// Findings that are let pass, and why.
#[derive(Debug, Clone)]
pub struct Allow {
    /// The rule.
    pub rule: &'static Rule,
    /// The id of a page, or a glob of paths.
    pub page: String,
    /// The tag of a locale, or a language; nothing means all.
    pub locale: Option<String>,
    /// The field; nothing means all.
    pub field: Option<Field>,
    /// Why; shown when the entry is no longer needed.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Where it stands.
    pub location: Location,
}

/// How a rule is to be taken in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ruling {
    pub(super) severity: Severity,
    /// Whether the project has said how much it weighs.
    pub(super) is_set: bool,
    /// What it measures against, in thousandths.
    pub(super) limit: u32,
}

/// All that a policy says of a rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stance<'a> {
    level: Level,
    limit: Option<u32>,
    is_set: bool,
    overrides: &'a [Override],
}

impl Stance<'_> {
    /// Returns how the rule is to be taken in a place; nothing if it is off there.
    pub(super) fn ruling(mut self, page: &PageName, locale: &LocaleTag) -> Option<Ruling> {
        for other in self.overrides.iter().filter(|other| other.fits(page, locale)) {
            self.is_set |= other.level.is_some();
            self.level = other.level.unwrap_or(self.level);
            self.limit = other.threshold.or(self.limit);
        }
        match self.level {
            Level::Off => None,
            Level::On(severity) => {
                Some(Ruling { severity, is_set: self.is_set, limit: self.limit.unwrap_or_default() })
            }
        }
    }
}

impl Policy {
    /// Returns how a rule is to be taken in a place; nothing if it is off there.
    pub(super) fn ruling(&self, rule: &'static Rule, page: &PageName, locale: &LocaleTag) -> Option<Ruling> {
        self.stance(rule).ruling(page, locale)
    }

    /// Returns all that is said of a rule, so that asking about many places does not look it up for each.
    pub(super) fn stance(&self, rule: &'static Rule) -> Stance<'_> {
        let setting = self.settings.get(rule.id);
        let (level, limit) = self.profile.of(rule);
        let (stated, threshold) = setting.map_or((None, None), |setting| (setting.level, setting.threshold));
        Stance {
            level: stated.unwrap_or(level),
            limit: threshold.or(limit),
            is_set: stated.is_some() || self.profile.sets(rule),
            overrides: setting.map_or(&[], |setting| &setting.overrides),
        }
    }

    /// Returns whether a rule is on anywhere.
    pub(super) fn asks(&self, rule: &'static Rule) -> bool {
        let setting = self.settings.get(rule.id);
        let anywhere = setting.is_some_and(|setting| {
            setting.overrides.iter().any(|other| other.level.is_some_and(|level| level != Level::Off))
        });
        let level = setting.and_then(|setting| setting.level).unwrap_or_else(|| self.profile.of(rule).0);
        anywhere || level != Level::Off
    }

    /// Returns how much one of the rules weighs that are about the project and not about a page.
    pub(super) fn weight(&self, rule: &'static Rule) -> Option<Severity> {
        let stated = self.settings.get(rule.id).and_then(|setting| setting.level);
        match stated.unwrap_or_else(|| self.profile.of(rule).0) {
            Level::Off => None,
            Level::On(severity) => Some(severity),
        }
    }
}

impl Override {
    fn fits(&self, page: &PageName, locale: &LocaleTag) -> bool {
        let Self { locales, paths, level: _, threshold: _ } = self;
        (locales.is_empty() || locales.iter().any(|key| is_locale(key, locale)))
            && (paths.is_empty() || paths.iter().any(|glob| is_page(glob, page)))
    }
}

impl Allow {
    /// Returns whether the entry no longer holds.
    pub fn has_expired(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// Returns whether it is about a finding of this rule at this place.
    pub(super) fn covers(&self, rule: &Rule, page: &Page, locale: Option<&LocaleTag>, field: Option<Field>) -> bool {
        self.rule.id == rule.id
            && is_page(&self.page, &page.name)
            && self.locale.as_ref().is_none_or(|key| locale.is_some_and(|locale| is_locale(key, locale)))
            && self.field.is_none_or(|allowed| field == Some(allowed))
    }
}

/// Returns whether a key means the locale: its tag in any case, or the language of it.
fn is_locale(key: &str, locale: &LocaleTag) -> bool {
    let tag = locale.as_str();
    locale.matches(key)
        || tag.get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key))
            && tag[key.len()..].starts_with('-')
}

/// Returns whether a text means the page: its id, or a glob that its path matches.
pub fn is_page(text: &str, name: &PageName) -> bool {
    let PageName { id, path } = name;
    id.as_deref() == Some(text) || path.as_ref().is_some_and(|path| fast_glob::glob_match(text, path.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_means_all_of_its_locales() {
        let locale = LocaleTag::from("pt-BR");
        for (key, fits) in
            [("pt-BR", true), ("PT-br", true), ("pt", true), ("p", false), ("pt-B", false), ("es", false)]
        {
            assert_eq!(is_locale(key, &locale), fits, "{key}");
        }
        assert!(!is_locale("pt-BR", &LocaleTag::from("pt")));
    }

    #[test]
    fn a_page_is_meant_by_id_or_path() {
        let name = PageName { id: Some("a1".to_owned()), path: Some("/legal/terms".into()) };
        for (text, fits) in [("a1", true), ("a2", false), ("/legal/*", true), ("/legal", false), ("/**", true)] {
            assert_eq!(is_page(text, &name), fits, "{text}");
        }
    }
}
