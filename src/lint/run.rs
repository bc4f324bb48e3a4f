//! Asks every rule about every text, and lets pass what the project allows.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;

use super::length;
use super::policy::{Allow, Policy};
use super::rule::{BINDING, Case, Check, Found, INFO, Problem, Rule, Survey, WARNING};
use super::subject::{Origin, Page, PageName, Subject};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::model::{Field, LocaleTag};
use crate::source::Location;

pub(super) const RULES: &[Rule] = &[
    Rule { id: "lint/allow-expired", level: WARNING, threshold: None, check: Check::Run },
    Rule { id: "lint/allow-unused", level: INFO, threshold: None, check: Check::Run },
];

/// Pairs of rules of which the first says more of the same.
const SUPERSEDED: [(&str, &str); 1] = [("seo-title/brand-cut", "seo-title/too-wide")];

/// Something that a rule finds wrong.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// What to tell, and where.
    pub diagnostic: Diagnostic,
    /// The page; nothing if it is about the project file.
    pub page: Option<PageName>,
    /// The locale.
    pub locale: Option<LocaleTag>,
    /// The field.
    pub field: Option<Field>,
    /// The text that it is about; empty if there is none.
    pub value: String,
    /// Whether an earlier commit, if there is one to compare with, did not say the same.
    pub is_new: bool,
}

/// What a lint finds.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Sorted by place.
    pub findings: Vec<Finding>,
    /// How many were let pass.
    pub allowed: usize,
}

/// Lints all pages. Today decides which entries of `allow` still hold.
pub fn lint(subject: &Subject, policy: &Policy, today: Date) -> Report {
    let used = vec![false; policy.allow.len()];
    let mut linter = Linter { subject, policy, today, used, told: BTreeSet::new(), report: Report::default() };
    for rule in super::rules().filter(|rule| policy.asks(rule)) {
        match &rule.check {
            Check::Characters(fields, check) => linter.texts(rule, fields, masked, *check),
            Check::Text(fields, check) => linter.texts(rule, fields, whole, *check),
            Check::Place(fields, check) => linter.places(rule, fields, *check),
            Check::Pages(check) => {
                for found in check(&Survey { subject, policy, rule }) {
                    linter.keep(rule, found);
                }
            }
            Check::Run => {}
        }
    }
    linter.entries();
    let Linter { told, mut report, .. } = linter;
    report.findings.retain(|finding| !is_superseded(finding, &told));
    report.findings.sort_by(|one, other| {
        let key = |finding: &Finding| (finding.diagnostic.at.clone(), finding.rule.id);
        key(one).cmp(&key(other)).then_with(|| one.diagnostic.message.cmp(&other.diagnostic.message))
    });
    report
}

struct Linter<'a> {
    subject: &'a Subject,
    policy: &'a Policy,
    today: Date,
    /// Which entries of `allow` have let something pass.
    used: Vec<bool>,
    /// Where a rule that says more has told what another one would say.
    told: BTreeSet<(&'static str, PageName, LocaleTag)>,
    report: Report,
}

impl<'a> Linter<'a> {
    /// Asks about each text that is stated, in the form that the rule wants it.
    fn texts(
        &mut self,
        rule: &'static Rule,
        fields: &[Field],
        form: fn(&str) -> Option<Cow<'_, str>>,
        check: fn(&Case<'_>, &str) -> Option<Problem>,
    ) {
        self.each(rule, fields, |case| {
            let text = case.own().filter(|text| text.is_stated())?;
            // A text that stands in two fields is told of once.
            let twin = twin(case.field).filter(|twin| fields.contains(twin));
            if twin.and_then(|twin| case.page.own(case.locale, twin)).is_some_and(|twin| twin.value == text.value) {
                return None;
            }
            let value = form(&text.value)?;
            Some((check(case, &value)?, text.location.clone()))
        });
    }

    fn places(&mut self, rule: &'static Rule, fields: &[Field], check: fn(&Case<'_>) -> Option<Problem>) {
        self.each(rule, fields, |case| {
            // What no manifest states is nobody's to mend here.
            let key = case.page.locales.get(case.locale)?.location.as_ref()?;
            let location = case.stated().map_or(key, |text| &text.location);
            Some((check(case)?, location.clone()))
        });
    }

    fn each(
        &mut self,
        rule: &'static Rule,
        fields: &[Field],
        mut ask: impl FnMut(&Case<'a>) -> Option<(Problem, Location)>,
    ) {
        let (subject, policy) = (self.subject, self.policy);
        let stance = policy.stance(rule);
        for (number, page) in subject.pages.iter().enumerate() {
            for locale in page.locales.keys() {
                let Some(ruling) = stance.ruling(&page.name, locale) else { continue };
                for field in fields.iter().copied() {
                    let case = Case { subject, policy, page, locale, field, limit: ruling.limit };
                    if let Some((mut problem, location)) = ask(&case) {
                        problem.at.get_or_insert(location);
                        self.keep(rule, Found { page: number, locale: locale.clone(), field: Some(field), problem });
                    }
                }
            }
        }
    }

    /// Keeps what was found, unless the project lets it pass.
    fn keep(&mut self, rule: &'static Rule, found: Found) {
        let Found { page: number, locale, field, problem } = found;
        let page = &self.subject.pages[number];
        let Some(ruling) = self.policy.ruling(rule, &page.name, &locale) else { return };
        for (_, milder) in SUPERSEDED.iter().filter(|(says_more, _)| *says_more == rule.id) {
            self.told.insert((milder, page.name.clone(), locale.clone()));
        }
        if self.is_allowed(rule, page, &locale, field) {
            self.report.allowed += 1;
            return;
        }
        let text = field.and_then(|field| page.locales.get(&locale)?.texts.get(&field));
        let Problem { message, help, also, at, severity } = problem;
        let severity = severity.filter(|_| !ruling.is_set).unwrap_or(ruling.severity);
        let at = at.or_else(|| text.map(|text| text.location.clone()));
        // A default stands in one place for many pages, so that the place alone says little.
        let message = match text.filter(|text| text.origin == Origin::Template) {
            Some(text) => {
                format!("{message} (`{}` in {locale}: `{}`)", page.name.as_str(), length::shortened(&text.value))
            }
            None => message,
        };
        self.report.findings.push(Finding {
            rule,
            diagnostic: Diagnostic { code: Code::new(rule.id), severity, message, at, also, help, left_out: 0 },
            page: Some(page.name.clone()),
            is_new: page.is_touched(Some(&locale), field) || moves_along(rule, page, self.subject, field),
            locale: Some(locale),
            field,
            value: text.map(|text| text.value.clone()).unwrap_or_default(),
        });
    }

    fn is_allowed(&mut self, rule: &Rule, page: &Page, locale: &LocaleTag, field: Option<Field>) -> bool {
        let today = self.today;
        let covers = |allow: &Allow| !allow.has_expired(today) && allow.covers(rule, page, Some(locale), field);
        let mut is_allowed = false;
        for (allow, used) in self.policy.allow.iter().zip(&mut self.used).filter(|(allow, _)| covers(allow)) {
            *used = true;
            is_allowed |= !allow.reason.is_empty();
        }
        is_allowed
    }

    /// Tells of entries that no longer hold, and of those that nothing needs.
    fn entries(&mut self) {
        for (number, allow) in self.policy.allow.iter().enumerate() {
            let (rule, message, help) = if allow.has_expired(self.today) {
                let until = allow.until.map(|until| until.to_string()).unwrap_or_default();
                let message = format!("this entry held until {until}");
                (&RULES[0], message, "mend what it was for, or give it a new date")
            } else if !self.used[number] {
                (&RULES[1], "this entry lets nothing pass".to_owned(), "remove it")
            } else {
                continue;
            };
            if let Some(severity) = self.policy.weight(rule) {
                let help = format!("{help}; its reason was: {}", allow.reason);
                self.report.findings.push(about_entry(rule, severity, &message, &help, allow));
            }
        }
    }
}

fn is_superseded(finding: &Finding, told: &BTreeSet<(&'static str, PageName, LocaleTag)>) -> bool {
    let (Some(page), Some(locale)) = (&finding.page, &finding.locale) else { return false };
    !told.is_empty() && told.contains(&(finding.rule.id, page.clone(), locale.clone()))
}

fn about_entry(rule: &'static Rule, severity: Severity, message: &str, help: &str, allow: &Allow) -> Finding {
    let code = Code::new(rule.id);
    let (message, help) = (message.to_owned(), Some(help.to_owned()));
    Finding {
        rule,
        diagnostic: Diagnostic {
            code,
            severity,
            message,
            at: Some(allow.location.clone()),
            also: Vec::new(),
            help,
            left_out: 0,
        },
        page: None,
        locale: None,
        field: None,
        value: format!("{} {}", allow.rule.id, allow.page),
        is_new: true,
    }
}

/// Returns the field that people read in place of another one, if there is one.
fn twin(field: Field) -> Option<Field> {
    match field {
        Field::Title | Field::OpenGraphTitle => Some(Field::SeoTitle),
        Field::OpenGraphDescription => Some(Field::SeoDescription),
        Field::Slug
        | Field::SeoTitle
        | Field::SeoDescription
        | Field::OpenGraphTitleCopied
        | Field::OpenGraphDescriptionCopied => None,
    }
}

/// Returns whether a finding about a translation comes of a change of its source.
fn moves_along(rule: &Rule, page: &Page, subject: &Subject, field: Option<Field>) -> bool {
    rule.id.starts_with("locale/") && page.is_touched(Some(&subject.locales.primary), field)
}

/// Returns the text with a sign in place of each CMS binding.
fn masked(text: &str) -> Option<Cow<'_, str>> {
    if !has_binding(text) {
        return Some(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(OPEN) {
        out.push_str(&rest[..start]);
        out.push(BINDING);
        // Two forms: JSON, closed by `} }}`, and the same with a backslash before the first brace.
        rest = rest[start..].find("}}").map_or("", |end| &rest[start + end + 2..]);
    }
    Some(Cow::Owned(out + rest))
}

/// Returns the text, unless a part of it is filled in by Webflow.
fn whole(text: &str) -> Option<Cow<'_, str>> {
    (!has_binding(text)).then_some(Cow::Borrowed(text))
}

const OPEN: &str = "{{wf ";

/// Returns whether Webflow fills in a part of the text.
pub(super) fn has_binding(text: &str) -> bool {
    text.contains(OPEN)
}

impl Survey<'_> {
    /// Returns what the rule measures against for a page in a locale; nothing if it is off there.
    pub(super) fn limit(&self, page: usize, locale: &LocaleTag) -> Option<u32> {
        let name = &self.subject.pages[page].name;
        self.policy.ruling(self.rule, name, locale).map(|ruling| ruling.limit)
    }
}
