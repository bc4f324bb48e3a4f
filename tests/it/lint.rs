//! The lint: each rule hits what it is for, and lets pass what is nearly that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::{Date, date};
use slugline::diagnostic::has_errors;
use slugline::lint::{self, Report};
use slugline::manifest::lint::policy::policy;
use slugline::manifest::lint::subject::{AsItWas, Known, subject};
use slugline::manifest::read;

mod earlier;

mod pages;

mod policies;

mod robust;

mod texts;

/// The day on which all tests run.
const TODAY: Date = date(2026, 11, 22);

/// Returns what is found in manifests, under the `lint` part of a project whose primary locale is `en`.
#[track_caller]
fn report(options: &str, manifests: &str) -> Report {
    compared(options, manifests, None)
}

/// The same, compared with earlier manifests.
#[track_caller]
fn compared(options: &str, manifests: &str, earlier: Option<&str>) -> Report {
    let text = format!("version: 1\nsite: a1\nlocales: {{primary: en, required: [en, fr, en-GB]}}\nlint: {options}\n");
    let (project, problems) = read::project(&Arc::from("slugline.yaml"), &text);
    assert!(!has_errors(&problems), "{problems:#?}");
    let parse = |text: &str| {
        let (pages, problems) = read::pages(&Arc::from("pages.yaml"), text);
        assert!(!has_errors(&problems), "{problems:#?}\n{text}");
        pages
    };
    let (documents, earlier) = (parse(manifests), earlier.map(parse));
    let project = project.unwrap();
    let earlier = earlier.as_deref().map(|documents| AsItWas { documents, project: Some(&project) });
    let known = Known { documents: &documents, project: Some(&project), site: None, earlier };
    lint::lint(&subject(known), &policy(&project).0, TODAY)
}

/// Returns where a rule finds something: page, locale and field, with how it is told.
#[track_caller]
fn found(rule: &str, manifests: &str) -> Vec<String> {
    let report = report(&format!("{{rules: {{{rule}: warning}}}}"), manifests);
    places(rule, &report)
}

fn places(rule: &str, report: &Report) -> Vec<String> {
    let findings = report.findings.iter().filter(|finding| finding.rule.id == rule);
    findings
        .map(|finding| {
            let page = finding.page.as_ref().map_or("-", |page| page.as_str());
            let locale = finding.locale.as_ref().map_or("-", |locale| locale.as_str());
            let field = finding.field.map_or("-", |field| field.name());
            format!("{page} {locale} {field}")
        })
        .collect()
}

/// No rule is without a case on either side.
#[test]
fn every_rule_has_a_hit_and_a_near_miss() {
    let mut sides: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
    let all = texts::rows().into_iter().chain(pages::rows()).chain(earlier::rows()).chain(policies::rows());
    for (rule, is_hit) in all {
        assert!(lint::rule(rule).is_some(), "there is no rule {rule}");
        sides.entry(rule).or_default().insert(is_hit);
    }
    for rule in lint::rules() {
        assert_eq!(sides.get(rule.id).map_or(0, BTreeSet::len), 2, "{} lacks a hit or a near miss", rule.id);
    }
}

#[test]
fn rules_say_what_they_are() {
    let mut ids = BTreeSet::new();
    for rule in lint::rules() {
        assert!(ids.insert(rule.id), "{} stands twice", rule.id);
        assert!(rule.id.split('/').count() == 2, "{}", rule.id);
        let topic = slugline::explain::topic(rule.id).expect("every rule has a section in docs/lint-rules.md");
        assert!(topic.summary.len() < 100, "{}", rule.id);
    }
}
