//! What a rule is: its row in the table, and what it is shown.
//!
//! Must not know any rule in particular.

use super::policy::Policy;
use super::subject::{Page, Subject, Text};
use crate::diagnostic::Severity;
use crate::model::{Field, LocaleTag};
use crate::source::Location;

/// A rule: a row of the table. `docs/lint-rules.md` has its text.
#[derive(Debug)]
pub struct Rule {
    /// The name, such as `seo-title/too-wide`. It never changes, since projects and baselines hold it.
    pub id: &'static str,
    /// How much it weighs where the project does not say.
    pub level: Level,
    /// What it measures against where the project does not say.
    pub threshold: Option<Threshold>,
    /// What looks for it.
    pub(super) check: Check,
}

/// How much a rule weighs, or that it is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Off,
    On(Severity),
}

pub(super) const OFF: Level = Level::Off;
pub(super) const INFO: Level = Level::On(Severity::Info);
pub(super) const WARNING: Level = Level::On(Severity::Warning);
pub(super) const ERROR: Level = Level::On(Severity::Error);

/// What a rule measures against, in thousandths, so that fractions of an em need no floating point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    pub thousandths: u32,
    pub unit: Unit,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Widths of the letter M, 20 pixels in a title and 14 in a description.
    Em,
    /// Letters as people count them; a Chinese, Japanese or Korean one counts as two.
    Letters,
    /// Whole things, such as repetitions.
    Count,
}

/// Who looks for what is wrong, and at what.
#[derive(Debug)]
pub(super) enum Check {
    /// At each text that a manifest states, character by character. A CMS binding is one character to it, which stands
    /// for nothing else.
    Characters(&'static [Field], fn(&Case<'_>, &str) -> Option<Problem>),
    /// At each text that a manifest states, as a whole. One with a CMS binding is left out: nobody knows what it reads.
    Text(&'static [Field], fn(&Case<'_>, &str) -> Option<Problem>),
    /// At each place of a text, whether there is one or not.
    Place(&'static [Field], fn(&Case<'_>) -> Option<Problem>),
    /// At all pages together.
    Pages(fn(&Survey<'_>) -> Vec<Found>),
    /// Nobody here: the run itself finds it.
    Run,
}

/// What stands for a CMS binding in a text whose characters are looked at.
pub(super) const BINDING: char = '\u{fffc}';

/// A page, a locale and a field of it.
pub(super) struct Case<'a> {
    pub(super) subject: &'a Subject,
    pub(super) policy: &'a Policy,
    pub(super) page: &'a Page,
    pub(super) locale: &'a LocaleTag,
    pub(super) field: Field,
    /// What the rule measures against here.
    pub(super) limit: u32,
}

/// All pages, and how strict the rule is with each.
pub(super) struct Survey<'a> {
    pub(super) subject: &'a Subject,
    pub(super) policy: &'a Policy,
    pub(super) rule: &'static Rule,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) also: Vec<(Location, String)>,
    /// Where the problem is, if not where the text is stated.
    pub(super) at: Option<Location>,
    /// Weighs this much where the project says nothing of the rule.
    pub(super) severity: Option<Severity>,
}

/// What is wrong, and of which page, by its place in the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) page: usize,
    pub(super) locale: LocaleTag,
    pub(super) field: Option<Field>,
    pub(super) problem: Problem,
}

impl Case<'_> {
    /// Returns the text of this place itself, if there is one that is not empty.
    pub(super) fn own(&self) -> Option<&Text> {
        self.page.own(self.locale, self.field)
    }

    /// Returns the text of this place if the manifest states it, `""` included.
    pub(super) fn stated(&self) -> Option<&Text> {
        self.page.locales.get(self.locale)?.texts.get(&self.field).filter(|text| text.is_stated())
    }

    /// Returns what the place reads.
    pub(super) fn reads(&self, field: Field) -> Option<&Text> {
        self.page.reads(self.locale, &self.subject.locales.primary, field)
    }

    /// Returns what the primary locale reads there.
    pub(super) fn primary(&self) -> Option<&Text> {
        self.page.own(&self.subject.locales.primary, self.field)
    }

    pub(super) fn is_primary(&self) -> bool {
        *self.locale == self.subject.locales.primary
    }

    /// Returns the field in words.
    pub(super) fn words(&self) -> &'static str {
        words(self.field)
    }
}

impl Problem {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, also: Vec::new(), at: None, severity: None }
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    #[must_use]
    pub(super) fn also(mut self, location: &Location, label: impl Into<String>) -> Self {
        self.also.push((location.clone(), label.into()));
        self
    }

    #[must_use]
    pub(super) fn at(mut self, location: &Location) -> Self {
        self.at = Some(location.clone());
        self
    }

    #[must_use]
    pub(super) fn weighing(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }
}

impl Threshold {
    pub(super) const fn em(thousandths: u32) -> Option<Self> {
        Some(Self { thousandths, unit: Unit::Em })
    }

    pub(super) const fn letters(count: u32) -> Option<Self> {
        Some(Self { thousandths: count * 1000, unit: Unit::Letters })
    }

    pub(super) const fn count(count: u32) -> Option<Self> {
        Some(Self { thousandths: count * 1000, unit: Unit::Count })
    }
}

impl Unit {
    /// Returns the unit in words, for many.
    pub fn words(self) -> &'static str {
        match self {
            Self::Em => "em",
            Self::Letters => "characters",
            Self::Count => "times",
        }
    }

    /// Returns whether a part of one can be meant.
    pub fn is_divisible(self) -> bool {
        match self {
            Self::Em => true,
            Self::Letters | Self::Count => false,
        }
    }
}

impl Level {
    /// The name in the project file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On(severity) => severity.as_str(),
        }
    }
}

/// Returns the field in words.
pub(super) fn words(field: Field) -> &'static str {
    match field {
        Field::Title => "the page's name",
        Field::Slug => "the slug",
        Field::SeoTitle => "the SEO title",
        Field::SeoDescription => "the SEO description",
        Field::OpenGraphTitle | Field::OpenGraphTitleCopied => "the Open Graph title",
        Field::OpenGraphDescription | Field::OpenGraphDescriptionCopied => "the Open Graph description",
    }
}

/// Returns a number of thousandths as people write it.
pub fn decimal(thousandths: u32) -> String {
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
