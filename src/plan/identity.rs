//! Whether a plan shows the site that it would write to. Everything that a plan derives from the site is derived again.
//!
//! A plan file can come from a stranger, and its digest only shows accidents. Pure: the site as it reads now goes in, and
//! each statement of the plan that the site contradicts comes out. Values are not compared here; see `staleness`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{Change, Operation, Plan, Purpose, Target, diff, file, order, slugs};
use crate::diagnostic::Diagnostic;
use crate::model::{
    Address, Desired, DesiredLocale, DesiredPage, Field, Live, LivePage, LocaleId, LocaleTag, NamedBy, PageId,
    PagePath, Stated, Value,
};
use crate::source::Location;

/// A statement of a plan that the site contradicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The page and locale; nothing if the statement is about the plan as a whole.
    pub address: Option<Address>,
    /// The path that the plan shows for the page.
    pub path: Option<PagePath>,
    /// The place of the operation in the plan, if the statement is one of an operation.
    pub operation: Option<usize>,
    /// What is stated.
    pub what: String,
    /// What the plan says.
    pub stated: String,
    /// What the site says.
    pub found: String,
}

/// What a plan is if it is derived from the site again.
pub(super) struct Derived {
    /// The changes, with what follows them and what they risk.
    pub(super) changes: Vec<Change>,
    operations: Vec<Operation>,
    /// Why the changes cannot be written in any order.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Derives the changes and operations of a plan from the site again. What the plan has written, or another editor has
/// written in the same way, is taken as it was before.
pub(super) fn derive(plan: &Plan, live: &Live) -> Derived {
    let live = as_planned(plan, live);
    let mut changes = plan.changes.clone();
    diff::complete(&mut changes, &live);
    let mut diagnostics = Vec::new();
    let operations = order::operations(&stated(plan), &live, &changes, &[], &mut diagnostics);
    Derived { changes, operations, diagnostics }
}

/// Returns the site with the values that the plan has read, and without what followed its writes.
fn as_planned(plan: &Plan, live: &Live) -> Live {
    let mut planned = live.clone();
    for (address, field, before) in first_readings(plan) {
        if live.site.is_primary(&address.locale) {
            for follower in followers(plan, live, address, field) {
                set(&mut planned, &follower, field, before);
            }
        }
        set(&mut planned, address, field, before);
    }
    for operation in &plan.operations {
        set_extras(&mut planned, operation);
    }
    planned
}

/// Sets the leaves that are not fields to what the operation expects. Whether they still read so is the question of
/// `staleness`.
fn set_extras(live: &mut Live, operation: &Operation) {
    let page = live.pages.get_mut(&operation.address.page);
    if let Some(locale) = page.and_then(|page| page.locales.get_mut(&operation.address.locale)) {
        let groups = operation.groups();
        locale.metadata.extras.retain(|extra, _| !groups.contains(&extra.group()));
        locale.metadata.extras.extend(operation.extras.iter().map(|(extra, value)| (extra.clone(), value.clone())));
    }
}

/// Returns what each field reads before the first operation on its page and locale.
fn first_readings(plan: &Plan) -> Vec<(&Address, Field, &Value)> {
    let mut readings: BTreeMap<(&Address, Field), &Value> = BTreeMap::new();
    for operation in &plan.operations {
        for (field, value) in &operation.precondition {
            readings.entry((&operation.address, *field)).or_insert(value);
        }
    }
    readings.into_iter().map(|((address, field), value)| (address, field, value)).collect()
}

/// Returns the locales that follow the primary locale in a field by the plan, and still read what it reads.
fn followers(plan: &Plan, live: &Live, primary: &Address, field: Field) -> Vec<Address> {
    let now = |locale: &LocaleTag| live.metadata(&primary.page, locale).map(|metadata| metadata.effective(field));
    let change = plan.changes.iter().find(|change| change.address == *primary && change.field == field);
    let followers = change.into_iter().flat_map(|change| &change.followers);
    let followers = followers.filter(|locale| now(locale) == now(&primary.locale));
    followers.map(|locale| Address { page: primary.page.clone(), locale: locale.clone() }).collect()
}

fn set(live: &mut Live, address: &Address, field: Field, value: &Value) {
    let page = live.pages.get_mut(&address.page);
    if let Some(locale) = page.and_then(|page| page.locales.get_mut(&address.locale)) {
        locale.metadata.set(field, value.clone());
    }
}

/// Returns what the operations of a plan send, as what is wanted of the site.
fn stated(plan: &Plan) -> Desired {
    let mut desired = Desired::default();
    let location = Location::whole(&"plan.json".into());
    for operation in plan.operations.iter().filter(|operation| operation.purpose == Purpose::Write) {
        let stated = |value: &Value| Stated { value: value.clone(), location: location.clone() };
        let fields = operation.body.fields.iter().map(|(field, value)| (*field, stated(value)));
        let locale = DesiredLocale { location: location.clone(), fields: fields.collect() };
        let page = desired.pages.entry(operation.address.page.clone()).or_insert_with(|| DesiredPage {
            path: operation.path.clone(),
            named_by: NamedBy::Id,
            location: location.clone(),
            locales: BTreeMap::new(),
        });
        page.locales.insert(operation.address.locale.clone(), locale);
    }
    desired
}

/// Compares the site that a plan names with the one that was read, and its environment with the project's.
pub(super) fn target(plan: &Plan, live: &Live, environment: Option<&str>) -> Vec<Mismatch> {
    let Target { site, name, environment: stated } = &plan.target;
    let shown = |environment: Option<&str>| environment.unwrap_or("none").to_owned();
    let aspects = [
        ("site", site.to_string(), live.site.id.to_string()),
        ("site name", name.clone(), live.site.name.clone()),
        ("environment", shown(stated.as_deref()), shown(environment)),
    ];
    let differing = aspects.into_iter().filter(|(_, stated, found)| stated != found);
    differing.map(|(what, stated, found)| Difference::new(what, stated, found).of_plan()).collect()
}

/// Returns the statements of a plan that the site contradicts, of the operations that are not at their end.
pub(super) fn mismatches(
    plan: &Plan,
    derived: &Derived,
    live: &Live,
    ended: Option<&BTreeSet<usize>>,
) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    let left =
        || plan.operations.iter().enumerate().filter(|(index, _)| !ended.is_some_and(|ended| ended.contains(index)));
    for (index, operation) in left() {
        let mut of_operation = place(plan, operation, live);
        if of_operation.is_empty() {
            of_operation = request(operation, derived.operations.get(index));
        }
        mismatches.extend(of_operation.into_iter().map(|it| it.of_operation(operation, index)));
    }
    let left: BTreeSet<&Address> = left().map(|(_, operation)| &operation.address).collect();
    for (stated, found) in plan.changes.iter().zip(&derived.changes) {
        if let Some(page) = live.pages.get(&stated.address.page).filter(|_| left.contains(&stated.address)) {
            if !is_at(plan, live, page, &stated.path) {
                mismatches.push(Difference::new("path", &stated.path, live.known_path(page)).of_change(stated));
            }
            mismatches.extend(effects(stated, found));
        }
    }
    mismatches
}

/// What the plan says and what the site says.
struct Difference {
    what: String,
    stated: String,
    found: String,
}

impl Difference {
    fn new(what: &str, stated: impl ToString, found: impl ToString) -> Self {
        Self { what: what.to_owned(), stated: stated.to_string(), found: found.to_string() }
    }

    fn of_plan(self) -> Mismatch {
        let Self { what, stated, found } = self;
        Mismatch { address: None, path: None, operation: None, what, stated, found }
    }

    fn of_operation(self, operation: &Operation, index: usize) -> Mismatch {
        let (address, path) = (Some(operation.address.clone()), Some(operation.path.clone()));
        Mismatch { address, path, operation: Some(index), ..self.of_plan() }
    }

    fn of_change(self, change: &Change) -> Mismatch {
        let (address, path) = (Some(change.address.clone()), Some(change.path.clone()));
        let what = format!("{}: {}", change.field.name(), self.what);
        Mismatch { address, path, what, ..self.of_plan() }
    }
}

/// Compares where an operation says that it writes with where it would.
fn place(plan: &Plan, operation: &Operation, live: &Live) -> Vec<Difference> {
    let Address { page, locale: tag } = &operation.address;
    let Some(known) = live.pages.get(page) else {
        return vec![Difference::new("page", page, "no such page")];
    };
    let Some(locale) = live.site.locales().find(|locale| locale.tag == *tag) else {
        return vec![Difference::new("locale", tag, "no such locale")];
    };
    let mut differences = Vec::new();
    let is_listed = known.locales.contains_key(tag);
    if !is_listed {
        differences.push(Difference::new("locale", tag, "the page is not listed in it"));
    }
    let id = locale.id.as_ref().filter(|_| !live.site.is_primary(tag));
    if operation.locale_id.as_ref() != id {
        let shown = |id: Option<&LocaleId>| {
            id.map_or_else(|| "none, as for the primary locale".to_owned(), ToString::to_string)
        };
        differences.push(Difference::new("locale id", shown(operation.locale_id.as_ref()), shown(id)));
    }
    if !is_at(plan, live, known, &operation.path) {
        differences.push(Difference::new("path", &operation.path, live.known_path(known)));
    }
    if operation.body.fields.contains_key(&Field::Slug) && known.kind.ignores_slug() {
        let what = format!("the slug of a {} cannot be set", known.kind.describe());
        differences.push(Difference::new("slug", "it is written", what));
    }
    differences
}

/// Returns whether a plan may show a page by this path: where the page is, where it was published last, or where the plan
/// moves it.
pub(super) fn is_at(plan: &Plan, live: &Live, page: &LivePage, path: &PagePath) -> bool {
    let now = page.slug(&live.site.primary.tag);
    let published = live.last_published_path(page);
    let mut neighbors: Vec<PagePath> = live.exact_path(page).into_iter().chain(published.clone()).collect();
    if neighbors.is_empty() {
        // The folder is not known, so only the slug can be compared.
        neighbors.push(path.clone());
    }
    if live.published_path(page).is_none() {
        neighbors.push(live.unknown_path(page));
    }
    let is_here = |slug: &str| neighbors.iter().any(|neighbor| neighbor.with_slug(slug) == *path);
    // A slug may hold a slash; then it is not the last segment.
    if is_here(now) || live.known_path(page) == *path {
        return true;
    }
    let Some((before, after)) = primary_slug(plan, live, &page.id) else { return false };
    if before == now {
        return is_here(after);
    }
    // The plan has moved the page already. The old path must be proved by the site, or be the path of no other page.
    let is_moved = now == after || slugs::is_temporary(now);
    let is_free = || live.pages.values().all(|other| live.exact_path(other).as_ref() != Some(path));
    let was_here = || is_here(before) && published.as_ref().map_or_else(is_free, |published| published == path);
    is_moved && (is_here(after) || was_here())
}

/// Returns the slugs before and after the plan's change of a page's slug in the primary locale, if there is one.
fn primary_slug<'p>(plan: &'p Plan, live: &Live, page: &PageId) -> Option<(&'p str, &'p str)> {
    let is_meant = |change: &&Change| {
        change.field == Field::Slug && change.address.page == *page && live.site.is_primary(&change.address.locale)
    };
    let change = plan.changes.iter().find(is_meant)?;
    Some((change.before.as_text()?, change.after.as_text()?))
}

/// Compares the request of an operation with the one that its changes ask for on the site.
fn request(stated: &Operation, found: Option<&Operation>) -> Vec<Difference> {
    let Some(found) = found.filter(|found| found.address == stated.address && found.purpose == stated.purpose) else {
        let named = |it: &Operation| format!("{} {} ({})", it.purpose.name(), it.path, it.address.locale);
        return vec![Difference::new("order", named(stated), found.map_or("no operation".to_owned(), named))];
    };
    let body = |operation: &Operation| Json::Object(file::body(&operation.body)).to_string();
    let aspects: [(&str, String, String); 6] = [
        ("path", stated.path.to_string(), found.path.to_string()),
        ("request body", body(stated), body(found)),
        ("precondition", file::values(&stated.precondition).to_string(), file::values(&found.precondition).to_string()),
        ("level in the order", stated.level.to_string(), found.level.to_string()),
        ("needed operations", format!("{:?}", stated.needs), format!("{:?}", found.needs)),
        ("pin", stated.has_pin.to_string(), found.has_pin.to_string()),
    ];
    let differing = aspects.into_iter().filter(|(_, stated, found)| stated != found);
    differing.map(|(what, stated, found)| Difference::new(what, stated, found)).collect()
}

/// Compares what a change shows of its consequences with what the site says of them.
fn effects(stated: &Change, found: &Change) -> Vec<Mismatch> {
    let list = |items: Vec<String>| if items.is_empty() { "none".to_owned() } else { items.join(", ") };
    let followers = |change: &Change| list(change.followers.iter().map(ToString::to_string).collect());
    let risks = |change: &Change| list(change.risks.iter().map(|risk| risk.name().to_owned()).collect());
    let redirects = |change: &Change| list(change.redirects.iter().map(|it| file::redirect(it).to_string()).collect());
    let aspects = [
        ("locales that follow", followers(stated), followers(found)),
        ("published addresses that move", redirects(stated), redirects(found)),
        ("risks", risks(stated), risks(found)),
    ];
    let differing = aspects.into_iter().filter(|(_, stated, found)| stated != found);
    differing.map(|(what, said, found)| Difference::new(what, said, found).of_change(stated)).collect()
}
