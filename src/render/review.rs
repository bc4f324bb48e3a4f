//! What a reviewer looks at first: addresses that move, values that are lost, the riskiest pages.
//!
//! Every output for reviewers has this order. Must not know any output format.

use std::collections::BTreeMap;

use super::problems::Counts;
use super::view::{FieldView, KeptView, LocaleView, PageView, PlanView, count};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint;
use crate::model::{Address, Field, LocaleTag, Value};
use crate::plan::{Change, Class, Guard, Operation, Purpose, Redirect, Risk, Successor, Tripped};

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

/// Returns how much the lint has to say of a page, in words: of what changes, and of what is left behind by it.
pub fn page_findings(page: &PageView<'_>) -> Option<String> {
    of_page(page).collect::<Counts>().words()
}

fn of_page<'p>(page: &'p PageView<'_>) -> impl Iterator<Item = &'p Diagnostic> {
    let at_changes = fields_of(page).flat_map(|field| &field.findings);
    at_changes.chain(&page.beside).copied()
}

/// Returns how much the lint has to say of the plan, in words.
fn all_findings(view: &PlanView<'_>) -> Option<String> {
    let at_changes = fields(view).flat_map(|field| &field.findings).copied();
    at_changes.chain(view.beside()).collect::<Counts>().words()
}

/// Returns the errors, which stand in the way of applying the plan.
pub fn errors<'a>(view: &'a PlanView<'_>) -> impl Iterator<Item = &'a Diagnostic> {
    view.plan.problems().filter(|problem| problem.severity == Severity::Error)
}

/// What is worth knowing of a plan and stands in nobody's way, of one kind.
#[derive(Debug)]
pub struct Group<'a> {
    /// Never empty; all have the same code and severity.
    pub members: Vec<&'a Diagnostic>,
}

/// Returns what is told of the plan beside its changes and stands in nobody's way, by kind: what is about the plan before what
/// the lint says, warnings before what is only worth knowing.
pub fn asides<'a>(view: &'a PlanView<'_>) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<_, Vec<&Diagnostic>> = BTreeMap::new();
    for problem in view.plan.problems().filter(|problem| problem.severity != Severity::Error) {
        let kind = (problem.severity, is_of_lint(problem), &problem.code);
        groups.entry(kind).or_default().push(problem);
    }
    groups.into_values().map(|members| Group { members }).collect()
}

/// Returns whether the lint says so.
pub(super) fn is_of_lint(diagnostic: &Diagnostic) -> bool {
    lint::rule(diagnostic.code.as_str()).is_some()
}

/// Returns the pages, riskiest first, then those of which the lint says the worst, else in the plan's order.
pub fn ranked<'a>(view: &'a PlanView<'a>) -> Vec<&'a PageView<'a>> {
    let mut pages: Vec<&PageView<'_>> = view.pages.iter().collect();
    pages.sort_by_cached_key(|page| {
        let risk = risks(page).next();
        let finding = of_page(page).map(|finding| finding.severity).min();
        (overrides(page).next().is_none(), risk.is_none(), risk, finding.is_none(), finding)
    });
    pages
}

/// Returns whether something of a page should be looked at twice.
pub fn is_risky(page: &PageView<'_>) -> bool {
    risks(page).next().is_some() || overrides(page).next().is_some()
}

/// Returns the risks of a page, worst first.
pub fn risks(page: &PageView<'_>) -> impl Iterator<Item = Risk> {
    let of = |risk: &Risk| fields_of(page).any(|field| field.change.risks.contains(risk));
    let risks: Vec<Risk> = Risk::ALL.into_iter().filter(of).collect();
    risks.into_iter()
}

/// How an edit on the site is written over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Override {
    /// The manifests have changed as well.
    Conflict,
    /// The manifests say as before.
    Drift,
}

impl Override {
    /// Every way, worst first.
    pub const ALL: [Self; 2] = [Self::Conflict, Self::Drift];

    /// Returns how the change writes over an edit on the site, if it does.
    pub fn of(change: &Change) -> Option<Self> {
        match change.class {
            Class::Conflict => Some(Self::Conflict),
            Class::Drift => Some(Self::Drift),
            Class::Change | Class::New | Class::Pinned => None,
        }
    }

    /// Returns what the change does, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Conflict => "writes over what was changed on the site as well",
            Self::Drift => "takes back what was changed on the site",
        }
    }

    /// Returns the flag by which it was decided.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Conflict => "--on-conflict desired",
            Self::Drift => "--on-drift revert",
        }
    }

    /// Returns what so many changes do, to read on from their number.
    fn point(self, number: usize) -> &'static str {
        match (self, number) {
            (Self::Conflict, 1) => "change writes over what was changed on the site as well",
            (Self::Conflict, _) => "changes write over what was changed on the site as well",
            (Self::Drift, 1) => "change takes back what was changed on the site",
            (Self::Drift, _) => "changes take back what was changed on the site",
        }
    }
}

/// Returns how a page's changes write over edits on the site, each way once, worst first.
pub fn overrides(page: &PageView<'_>) -> impl Iterator<Item = Override> {
    let ways = Override::ALL.into_iter();
    ways.filter(|way| fields_of(page).any(|field| Override::of(field.change) == Some(*way)))
}

/// What asks to be looked at, in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Our own words and numbers, without a mark of any format.
    pub words: String,
    /// An error stands in the way; anything else should be looked at.
    pub severity: Severity,
}

/// Returns what asks to be looked at, worst first.
pub fn points(view: &PlanView<'_>) -> Vec<Point> {
    let mut points = Vec::new();
    let mut add = |severity: Severity, number: usize, words: String| {
        points.extend((number > 0).then_some(Point { words, severity }));
    };
    let errors = errors(view).count();
    add(Severity::Error, errors, count(errors, "error", "errors"));
    let conflicts = kept_fields(&view.conflicts);
    let words = format!("{}: changed in the manifests and on the site", count(conflicts, "conflict", "conflicts"));
    add(Severity::Error, conflicts, words);
    if let Some(words) = standing_guards(view) {
        add(Severity::Warning, 1, words);
    }
    for way in Override::ALL {
        let number = fields(view).filter(|field| Override::of(field.change) == Some(way)).count();
        add(Severity::Warning, number, format!("{number} {}", way.point(number)));
    }
    for risk in Risk::ALL {
        let number = count_risk(view, risk);
        add(Severity::Warning, number, format!("{number} {}", risk_words(risk, number, view.plan.is_offline)));
    }
    let drift = kept_fields(&view.drift);
    let words = format!("{} changed on the site and kept", count(drift, "field was", "fields were"));
    add(Severity::Warning, drift, words);
    if let Some(findings) = all_findings(view) {
        add(Severity::Warning, 1, format!("{findings} of the lint"));
    }
    points
}

/// Returns the guards that stand in the way, by name, with what each has counted; nothing if there is none.
pub fn standing_guards(view: &PlanView<'_>) -> Option<String> {
    let standing: Vec<Guard> = view.standing().collect();
    let tripped = view.plan.guards.iter().filter(|tripped| standing.contains(&tripped.guard));
    let named: Vec<String> =
        tripped.map(|Tripped { guard, count, .. }| format!("{} ({count})", guard.name())).collect();
    let words = match named.len() {
        0 => return None,
        1 => "1 guard stands in the way".to_owned(),
        number => format!("{number} guards stand in the way"),
    };
    Some(format!("{words}: {}", named.join(", ")))
}

fn kept_fields(views: &[KeptView<'_>]) -> usize {
    views.iter().map(|view| view.fields.len()).sum()
}

/// Returns how much of the plan has the risk: as the guards count it, an address each where it is known to move.
fn count_risk(view: &PlanView<'_>, risk: Risk) -> usize {
    let risky = fields(view).filter(|field| field.change.risks.contains(&risk));
    match risk {
        Risk::SlugChange => risky.map(|field| field.change.redirects.len().max(1)).sum(),
        Risk::Blanking | Risk::BindingOverwrite | Risk::LocaleOff => risky.count(),
    }
}

/// Returns what a risk means, so many times.
fn risk_words(risk: Risk, number: usize, is_offline: bool) -> &'static str {
    match (risk, number) {
        (Risk::SlugChange, 1) if is_offline => "slug changes; if its page is published, the address moves",
        (Risk::SlugChange, _) if is_offline => "slugs change; where a page is published, its address moves",
        (Risk::SlugChange, 1) => "published address changes",
        (Risk::SlugChange, _) => "published addresses change",
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
    /// An edit on the site goes.
    Overrides(Override),
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
            Self::Overrides(way) => [way.words(), ""],
            Self::BindingOverwritten => ["replaces a CMS binding", ""],
            Self::LocaleOff => ["this locale is switched off on the site", ""],
        }
    }

    /// Returns the locales that it names.
    pub fn locales(&self) -> &[LocaleTag] {
        match self {
            Self::Followed(locales) => locales,
            Self::Pinned | Self::Overrides(_) | Self::BindingOverwritten | Self::LocaleOff => &[],
        }
    }
}

/// Returns what should be said of a change beside its values.
pub fn remarks(change: &Change) -> Vec<Remark<'_>> {
    let mut remarks = Vec::new();
    if change.class == Class::Pinned {
        remarks.push(Remark::Pinned);
    }
    remarks.extend(Override::of(change).map(Remark::Overrides));
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

/// Returns whether an old address needs a redirect, in words.
pub fn redirect_words(successor: Successor) -> &'static str {
    match successor {
        Successor::Nobody => "needed",
        Successor::Page => "not possible: another page moves to the old address",
        Successor::Draft => "needed until the draft that moves to the old address is published",
    }
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
