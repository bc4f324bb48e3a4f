//! Whether the parts of a plan file tell the same story: what is sent is what is shown, and what is risky is guarded.
//!
//! The digest shows that a file was not changed by accident; whoever means harm computes it anew. A plan is reviewed by its
//! changes, and applied by its operations.

use std::collections::{BTreeMap, BTreeSet};

use super::Error;
use crate::model::{Address, Extra, ExtraValue, Field, Value};
use crate::plan::{Card, Cards, Change, Class, Operation, Plan, Purpose, body, guard, risk};

/// Fails at the first thing that is sent without being shown, or shown without being sent, or risky without being guarded.
pub(super) fn check(plan: &Plan) -> Result<(), Error> {
    if !plan.is_offline {
        check_needs(plan)?;
        check_addresses(plan)?;
        check_operations(plan)?;
    }
    check_cards(plan)?;
    check_findings(plan)?;
    check_guards(plan)
}

/// An operation that waited for itself or for a later one would never be sent.
fn check_needs(plan: &Plan) -> Result<(), Error> {
    let waits = |(index, operation): (usize, &Operation)| operation.needs.iter().any(|need| *need >= index);
    match plan.operations.iter().enumerate().position(waits) {
        None => Ok(()),
        Some(index) => Err(Error::damaged(format!("operations[{index}].needs"), "it needs one that is not before it")),
    }
}

/// A page and locale is written once, and moved to a temporary slug at most once before.
fn check_addresses(plan: &Plan) -> Result<(), Error> {
    let mut seen: BTreeMap<&Address, Purpose> = BTreeMap::new();
    for (index, Operation { address, purpose, .. }) in plan.operations.iter().enumerate() {
        let is_expected = match seen.insert(address, *purpose) {
            None => true,
            Some(before) => before == Purpose::TemporarySlug && *purpose == Purpose::Write,
        };
        if !is_expected {
            return Err(Error::damaged(
                format!("operations[{index}]"),
                "another operation writes this page and locale",
            ));
        }
    }
    Ok(())
}

/// What a plan shows that it writes to a page in a locale.
type Shown<'p> = BTreeMap<(&'p Address, Field), &'p Change>;

fn check_operations(plan: &Plan) -> Result<(), Error> {
    let shown: Shown<'_> = plan.changes.iter().map(|change| ((&change.address, change.field), change)).collect();
    if shown.len() < plan.changes.len() {
        return Err(Error::damaged("changes", "a field changes twice"));
    }
    let mut moved_away: BTreeMap<&Address, &Value> = BTreeMap::new();
    let mut sent: BTreeSet<(&Address, Field)> = BTreeSet::new();
    for (index, operation) in plan.operations.iter().enumerate() {
        check_extras(index, operation)?;
        for (field, value) in &operation.body.fields {
            let change = shown.get(&(&operation.address, *field)).copied();
            let is_told = match operation.purpose {
                Purpose::Write => {
                    is_told(operation, *field, value, change, moved_away.get(&operation.address).copied())
                }
                Purpose::TemporarySlug => {
                    *field == Field::Slug && change.is_some_and(|change| reads(operation, change))
                }
            };
            if !is_told {
                let path = format!("operations[{index}].body.{}", field.name());
                return Err(Error::damaged(path, "it is sent, and no change of the plan says so"));
            }
            match operation.purpose {
                Purpose::Write => drop(sent.insert((&operation.address, *field))),
                Purpose::TemporarySlug => drop(moved_away.insert(&operation.address, value)),
            }
        }
    }
    let unsent = plan.changes.iter().position(|change| !sent.contains(&(&change.address, change.field)));
    match unsent {
        None => Ok(()),
        Some(index) => Err(Error::damaged(format!("changes[{index}]"), "no operation of the plan sends it")),
    }
}

/// A leaf that is not a field is sent as it reads, so that it is kept, and beside fields of its object. In the primary
/// locale, where nothing is inherited, none is left out.
fn check_extras(index: usize, operation: &Operation) -> Result<(), Error> {
    let Operation { body, extras, .. } = operation;
    let groups = operation.groups();
    let damaged = |extra: &Extra, message: &str| {
        let (object, key) = (extra.group().key(), extra.key());
        Err(Error::damaged(format!("operations[{index}].body.{object}.{key}"), message))
    };
    let image = body::image_leaf(extras);
    for (extra, value) in &body.extras {
        if extras.get(extra) != Some(value) || !groups.contains(&extra.group()) {
            return damaged(extra, "it is sent, and is not what the page reads");
        }
        if extra.is_image() && image != Some(extra) {
            return damaged(extra, "it is sent beside another leaf of the share image");
        }
    }
    let is_due = |(extra, value): &(&Extra, &ExtraValue)| {
        value.as_scalar().is_some() && groups.contains(&extra.group()) && (!extra.is_image() || image == Some(*extra))
    };
    let is_left_out = |extra: &&Extra| operation.locale_id.is_none() && !body.extras.contains_key(*extra);
    let due = extras.iter().filter(is_due).map(|(extra, _)| extra);
    match due.into_iter().find(is_left_out) {
        None => Ok(()),
        Some(extra) => damaged(extra, "it is not sent, so the server could drop it"),
    }
}

/// Returns whether a value is what a change says, in the place of what it says; or else what reads so already, which goes
/// along so that the server does not drop it.
fn is_told(
    operation: &Operation,
    field: Field,
    value: &Value,
    change: Option<&Change>,
    moved_away: Option<&Value>,
) -> bool {
    let Some(change) = change else { return operation.precondition.get(&field) == Some(value) };
    // The page has its temporary slug by then.
    let moved_away = moved_away.filter(|_| field == Field::Slug);
    let reads =
        moved_away.map_or_else(|| reads(operation, change), |slug| operation.precondition.get(&field) == Some(slug));
    change.after == *value && reads
}

fn reads(operation: &Operation, change: &Change) -> bool {
    operation.precondition.get(&change.field) == Some(&change.before)
}

/// Where a change has a card, that is what is told of it in place of its values.
fn check_cards(plan: &Plan) -> Result<(), Error> {
    let mut halves: BTreeMap<(&Address, Field), &Cards> = BTreeMap::new();
    for (index, change) in plan.changes.iter().chain(&plan.kept).enumerate() {
        let Some(cards) = &change.cards else { continue };
        let damaged = |message: &str| Err(Error::damaged(format!("changes[{index}].card"), message));
        let is_touched = matches!(change.class, Class::Drift | Class::Conflict);
        let text = change.field.copied_flag().map(|_| change.field).or(change.field.flagged_text());
        let Some(text) = text.filter(|_| is_touched) else {
            return damaged("it is for what was changed on the site of an Open Graph text");
        };
        if !is_true(change, cards) {
            return damaged("it says otherwise than the values");
        }
        if *halves.entry((&change.address, text)).or_insert(cards) != cards {
            return damaged("it says otherwise than that of the other half");
        }
    }
    Ok(())
}

/// Returns whether cards say on every side what the values of their change do.
fn is_true(change: &Change, cards: &Cards) -> bool {
    let Change { base, before, after, .. } = change;
    let is_base_true = match (&cards.base, base) {
        (Some(card), Some(value)) => fits(card, value),
        // The base may say that a text is not copied, and leave the text to others.
        (Some(card), None) => *card == Card::Unstated && change.field.copied_flag().is_some(),
        (None, base) => base.is_none(),
    };
    is_base_true && fits(&cards.before, before) && fits(&cards.after, after)
}

/// Returns whether a card may have a value as its text or its flag. A text that is copied counts as none.
fn fits(card: &Card, value: &Value) -> bool {
    match (card, value) {
        (card, Value::Flag(is_copied)) => (*card == Card::Copied) == *is_copied,
        (Card::Copied, Value::Text(text)) => text.is_empty(),
        (Card::Own(own), Value::Text(text)) => own == text,
        (Card::Unstated, Value::Text(_)) => false,
    }
}

/// What the lint says is shown at the change that it is about.
fn check_findings(plan: &Plan) -> Result<(), Error> {
    let changes: BTreeSet<_> = plan.changes.iter().map(|change| (&change.address, change.field)).collect();
    match plan.findings.iter().find(|finding| !changes.contains(&(&finding.address, finding.field))) {
        None => Ok(()),
        Some(_) => Err(Error::damaged("diagnostics", "one is about a field that does not change")),
    }
}

fn check_guards(plan: &Plan) -> Result<(), Error> {
    let is_none = |change: &Change| change.class == Class::Pinned && change.before != change.after;
    if let Some(index) = plan.changes.iter().position(is_none) {
        return Err(Error::damaged(format!("changes[{index}].class"), "what is pinned reads as wanted already"));
    }
    let is_idle = |change: &Change| change.class != Class::Pinned && change.before == change.after;
    if let Some(index) = plan.changes.iter().position(is_idle) {
        return Err(Error::damaged(format!("changes[{index}].after"), "the change changes nothing"));
    }
    if let Some(index) = plan.changes.iter().position(|change| !risk::of_values(change).is_subset(&change.risks)) {
        return Err(Error::damaged(format!("changes[{index}].risks"), "its values are riskier than it says"));
    }
    let stated: BTreeSet<_> = plan.guards.iter().map(|tripped| tripped.guard).collect();
    match guard::risky(&plan.changes).into_iter().find(|tripped| !stated.contains(&tripped.guard)) {
        None => Ok(()),
        Some(tripped) => Err(Error::damaged("guards", format!("`{}` is missing", tripped.guard.name()))),
    }
}
