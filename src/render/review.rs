//! What a reviewer looks at first: addresses that move, values that are lost, the riskiest pages.
//!
//! Every output for reviewers has this order. Must not know any output format.

use std::collections::BTreeMap;

use super::problems::Counts;
use super::view::{FieldView, KeptView, LocaleView, PageView, PlanView, count};
use crate::model::{Address, Field, LocaleTag, Value};
use crate::plan::{Change, Class, Operation, Purpose, Redirect, Risk};

/// Returns the published addresses that move, each with the slug that moves it.
pub fn redirects<'a>(view: &'a PlanView<'a>) -> impl Iterator<Item = (&'a FieldView<'a>, &'a Redirect)> {
    fields(view).flat_map(|field| field.change.redirects.iter().map(move |redirect| (field, redirect)))
}

/// Returns the values that are lost.
pub fn cleared<'a>(view: &'a PlanView<'a>) -> impl Iterator<Item = &'a FieldView<'a>> {
    fields(view).filter(|field| field.change.risks.contains(&Risk::Blanking))
}

/// Returns the slugs that change where the site was not asked, so that nobody knows which addresses move with them.
pub fn unasked_slugs<'a>(view: &'a PlanView<'a>) -> impl Iterator<Item = &'a FieldView<'a>> {
    fields(view).filter(|field| is_unasked_slug(field.change))
}

fn is_unasked_slug(change: &Change) -> bool {
    change.risks.contains(&Risk::SlugChange) && change.redirects.is_empty()
}

/// Returns whether the change is told in full where what moves or is lost is listed.
pub fn is_listed(change: &Change) -> bool {
    change.risks.contains(&Risk::SlugChange) || change.risks.contains(&Risk::Blanking)
}

/// Returns the fields that change, in the plan's order.
pub(super) fn fields<'a>(view: &'a PlanView<'a>) -> impl Iterator<Item = &'a FieldView<'a>> {
    view.pages.iter().flat_map(fields_of)
}

fn fields_of<'p, 'a>(page: &'p PageView<'a>) -> impl Iterator<Item = &'p FieldView<'a>> {
    page.locales.iter().flat_map(|locale| &locale.fields)
}

/// Returns how much the lint has to say of fields, in words; nothing if that is nothing.
pub fn findings<'a>(fields: impl Iterator<Item = &'a FieldView<'a>>) -> Option<String> {
    let mut counts = Counts::default();
    fields.flat_map(|field| &field.findings).for_each(|finding| counts.add(finding.severity));
    counts.words()
}

/// Returns how much the lint has to say of the plan, in words.
fn all_findings(view: &PlanView<'_>) -> Option<String> {
    findings(fields(view))
}

/// Returns the pages, riskiest first, then those of which the lint says the worst, else in the plan's order.
pub fn ranked<'a>(view: &'a PlanView<'a>) -> Vec<&'a PageView<'a>> {
    let mut pages: Vec<&PageView<'_>> = view.pages.iter().collect();
    pages.sort_by_key(|page| {
        let risk = risks(page).next();
        let finding = fields_of(page).flat_map(|field| &field.findings).map(|finding| finding.severity).min();
        (risk.is_none(), risk, finding.is_none(), finding)
    });
    pages
}

/// Returns the risks of a page, worst first.
pub fn risks(page: &PageView<'_>) -> impl Iterator<Item = Risk> {
    let of = |risk: &Risk| fields_of(page).any(|field| field.change.risks.contains(risk));
    let risks: Vec<Risk> = Risk::ALL.into_iter().filter(of).collect();
    risks.into_iter()
}

/// Returns what asks to be looked at, each in a few words, worst first.
pub fn points(view: &PlanView<'_>) -> Vec<String> {
    let mut points = Vec::new();
    let conflicts = kept_fields(&view.conflicts);
    if conflicts > 0 {
        points.push(format!("{}: changed in the manifests and on the site", count(conflicts, "conflict", "conflicts")));
    }
    for risk in Risk::ALL {
        let number = count_risk(view, risk);
        if number > 0 {
            points.push(format!("{number} {}", risk_words(risk, number, view.plan.is_offline)));
        }
    }
    let drift = kept_fields(&view.drift);
    if drift > 0 {
        points.push(format!("{} changed on the site and kept", count(drift, "value was", "values were")));
    }
    points.extend(all_findings(view).map(|findings| format!("{findings} of the lint")));
    points
}

fn kept_fields(views: &[KeptView<'_>]) -> usize {
    views.iter().map(|view| view.fields.len()).sum()
}

/// Returns how many changes of the plan have the risk.
fn count_risk(view: &PlanView<'_>, risk: Risk) -> usize {
    fields(view).filter(|field| field.change.risks.contains(&risk)).count()
}

/// Returns what a risk means, so many times.
fn risk_words(risk: Risk, number: usize, is_offline: bool) -> &'static str {
    match (risk, number) {
        (Risk::SlugChange, 1) if is_offline => "slug changes; if its page is published, the address moves",
        (Risk::SlugChange, _) if is_offline => "slugs change; where a page is published, its address moves",
        (Risk::SlugChange, 1) => "published slug changes",
        (Risk::SlugChange, _) => "published slugs change",
        (Risk::Blanking, 1) => "value is cleared",
        (Risk::Blanking, _) => "values are cleared",
        (Risk::BindingOverwrite, 1) => "CMS binding is overwritten",
        (Risk::BindingOverwrite, _) => "CMS bindings are overwritten",
        (Risk::LocaleOff, 1) => "change is in a locale that is switched off",
        (Risk::LocaleOff, _) => "changes are in locales that are switched off",
    }
}

/// What should be said of a change beside its values.
#[derive(Debug, Clone, Copy)]
pub enum Remark<'a> {
    /// It is written only because the primary locale changes.
    Pinned,
    /// Other locales move along.
    Followed(&'a [LocaleTag]),
    /// A CMS binding goes.
    BindingOverwritten,
    /// The locale is switched off.
    LocaleOff,
}

impl Remark<'_> {
    /// Returns the remark in words; the names of locales, which are foreign, stand between the two parts.
    pub fn words(self) -> [&'static str; 2] {
        match self {
            Self::Pinned => ["pinned: it reads the same as the primary locale, which this plan changes", ""],
            Self::Followed([_]) => ["moves along in ", ", which inherits it"],
            Self::Followed(_) => ["moves along in ", ", which inherit it"],
            Self::BindingOverwritten => ["replaces a CMS binding", ""],
            Self::LocaleOff => ["this locale is switched off on the site", ""],
        }
    }

    /// Returns the locales that it names.
    pub fn locales(&self) -> &[LocaleTag] {
        match self {
            Self::Followed(locales) => locales,
            Self::Pinned | Self::BindingOverwritten | Self::LocaleOff => &[],
        }
    }
}

/// Returns what should be said of a change beside its values.
pub fn remarks(change: &Change) -> Vec<Remark<'_>> {
    let mut remarks = Vec::new();
    if change.class == Class::Pinned {
        remarks.push(Remark::Pinned);
    }
    if !change.followers.is_empty() {
        remarks.push(Remark::Followed(&change.followers));
    }
    for risk in &change.risks {
        match risk {
            // Both are told with the values.
            Risk::SlugChange | Risk::Blanking => {}
            Risk::BindingOverwrite => remarks.push(Remark::BindingOverwritten),
            Risk::LocaleOff => remarks.push(Remark::LocaleOff),
        }
    }
    remarks
}

/// Returns the slug that a page goes through for a while.
pub fn temporary_slug(operation: &Operation) -> &str {
    operation.body.fields.get(&Field::Slug).and_then(Value::as_text).unwrap_or_default()
}

/// The values of page-locales around a change, as far as the plan knows them.
#[derive(Debug)]
pub struct Surroundings<'a> {
    writes: BTreeMap<&'a Address, &'a Operation>,
    /// What locales come to read that move along with the primary.
    followed: BTreeMap<(Address, Field), &'a Value>,
}

impl<'a> Surroundings<'a> {
    /// Looks them up in the preconditions of the plan.
    pub fn new(view: &PlanView<'a>) -> Self {
        let writes = view.plan.operations.iter().filter(|operation| operation.purpose == Purpose::Write);
        let mut followed = BTreeMap::new();
        for change in &view.plan.changes {
            for locale in &change.followers {
                let follower = Address { page: change.address.page.clone(), locale: locale.clone() };
                followed.insert((follower, change.field), &change.after);
            }
        }
        Self { writes: writes.map(|operation| (&operation.address, operation)).collect(), followed }
    }

    /// Returns what a field reads before and after; nothing if the plan does not tell.
    pub fn values(&self, locale: &LocaleView<'a>, field: Field) -> Option<(&'a Value, &'a Value)> {
        let changed = locale.fields.iter().find(|candidate| candidate.change.field == field);
        if let Some(FieldView { change, .. }) = changed {
            return Some((&change.before, &change.after));
        }
        let address = &locale.fields.first()?.change.address;
        let before = self.writes.get(address)?.precondition.get(&field)?;
        Some((before, self.followed.get(&(address.clone(), field)).copied().unwrap_or(before)))
    }
}
