//! From the `lint` part of a project file to what the rules go by, and what is wrong with it beyond its form.

use super::super::codes;
use super::super::read::ProjectDocument;
use super::super::yaml::Node;
use super::value::{PagePattern, ThresholdNumber, did_you_mean};
use super::{AllowEntry, Lint, RuleOptions, RuleOverride};
use crate::diagnostic::{Diagnostic, Problems, Severity};
use crate::lint::policy::{Allow, Override, Policy, Setting};
use crate::lint::rule::Rule;
use crate::lint::{self};
use crate::source::Location;

/// Entries of `allow` that are compared with each finding; more are an error.
pub(in crate::manifest) const MAX_ALLOWED: usize = 10_000;

/// Returns what the rules go by, and what cannot be meant. Without a project, the defaults.
pub fn policy(project: &ProjectDocument) -> (Policy, Vec<Diagnostic>) {
    let mut reader = Reader { project, problems: Problems::default() };
    let Lint { profile, rules, allow, do_not_translate } = &project.manifest.lint;
    let mut policy = Policy {
        profile: profile.as_ref().map(|profile| profile.0).unwrap_or_default(),
        do_not_translate: do_not_translate.clone(),
        ..Policy::default()
    };
    for (id, setting) in rules {
        let at = project.key_location_of(&["lint", "rules", id]);
        if let Some(rule) = reader.rule(id, &at) {
            policy.settings.insert(rule.id, reader.setting(rule, &setting.options));
        }
    }
    for (number, entry) in allow.iter().enumerate().take(MAX_ALLOWED) {
        policy.allow.extend(reader.allow(entry, number));
    }
    (policy, reader.problems.into_diagnostics(&project.location.file))
}

struct Reader<'a> {
    project: &'a ProjectDocument,
    problems: Problems,
}

impl Reader<'_> {
    fn rule(&mut self, id: &str, at: &Location) -> Option<&'static Rule> {
        let rule = lint::rule(id);
        if rule.is_none() {
            self.problems.report(Severity::Error, || {
                let known = lint::rules().map(|rule| rule.id).collect();
                let help = match did_you_mean(id, known) {
                    help if help.starts_with("did") => help,
                    _ => "`slugline explain` lists the rules".to_owned(),
                };
                let message = format!("there is no rule `{id}`");
                Diagnostic::error(codes::UNKNOWN_RULE, message).at(at.clone()).help(help)
            });
        }
        rule
    }

    fn setting(&mut self, rule: &'static Rule, options: &RuleOptions) -> Setting {
        let RuleOptions { severity, threshold, overrides } = options;
        let keys = ["lint", "rules", rule.id];
        let node = self.project.node(&keys);
        let threshold = self.threshold(rule, *threshold, node);
        let items = self.project.node(&["lint", "rules", rule.id, "overrides"]).map_or(&[][..], |node| node.items());
        let overrides =
            overrides.iter().enumerate().map(|(number, other)| self.other(rule, other, items.get(number))).collect();
        Setting { level: severity.as_ref().map(|severity| severity.0), threshold, overrides }
    }

    fn other(&mut self, rule: &'static Rule, other: &RuleOverride, node: Option<&Node>) -> Override {
        let RuleOverride { locales, paths, severity, threshold } = other;
        let mut refuse = |message: &str, help: &str| {
            let at = self.place(node);
            self.problems.push(Diagnostic::error(codes::INVALID_VALUE, message).at(at).help(help));
        };
        if locales.is_empty() && paths.is_empty() {
            refuse("this override is for everything", "name `locales` or `paths`, or write it beside `overrides`");
        }
        if severity.is_none() && threshold.is_none() {
            refuse("this override changes nothing", "write a `severity` or a `threshold`");
        }
        Override {
            locales: locales.clone(),
            paths: paths.iter().map(|PagePattern(glob)| glob.clone()).collect(),
            level: severity.as_ref().map(|severity| severity.0),
            threshold: self.threshold(rule, *threshold, node),
        }
    }

    /// Returns the threshold if the rule has one, and takes such a number for it.
    fn threshold(&mut self, rule: &Rule, stated: Option<ThresholdNumber>, node: Option<&Node>) -> Option<u32> {
        let ThresholdNumber(thousandths) = stated?;
        let (message, help) = match rule.threshold {
            None => (format!("the rule `{}` measures nothing", rule.id), "remove `threshold`".to_owned()),
            Some(own) if !own.unit.is_divisible() && thousandths % 1000 != 0 => (
                format!("the rule `{}` counts {}", rule.id, own.unit.words()),
                format!("write a whole number, such as {}", own.thousandths / 1000),
            ),
            Some(_) => return Some(thousandths),
        };
        let at = self.place(node.and_then(|node| node.get("threshold")).or(node));
        self.problems.push(Diagnostic::error(codes::INVALID_VALUE, message).at(at).help(help));
        None
    }

    fn allow(&mut self, entry: &AllowEntry, number: usize) -> Option<Allow> {
        let AllowEntry { rule, page, locale, field, reason, until } = entry;
        let node = self.project.node(&["lint", "allow"]).and_then(|node| node.items().get(number));
        let rule = self.rule(rule.as_ref()?, &self.place(node.and_then(|node| node.get("rule"))));
        // Whoever read the file has told what is missing.
        let (rule, PagePattern(page), reason) = (rule?, page.as_ref()?, reason.as_ref()?);
        Some(Allow {
            rule,
            page: page.clone(),
            locale: locale.clone(),
            field: field.as_ref().map(|field| field.0),
            reason: reason.0.clone(),
            until: until.as_ref().map(|day| day.0),
            location: self.place(node),
        })
    }

    fn place(&self, node: Option<&Node>) -> Location {
        let file = &self.project.location.file;
        node.map_or_else(|| Location::whole(file), |node| node.span.within(file))
    }
}
