//! Does the site still fit the plan? What was read again goes in, what moved since comes out.
//!
//! Must not know how the site was read, or what is done about it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Operation, Plan, Purpose};
use crate::model::{Address, Extra, ExtraValue, Field, Leaf, Metadata, PagePath, Value};

/// A field that reads neither as it did when the plan was made nor as the plan wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The page and locale.
    pub address: Address,
    /// The page's path, for people.
    pub path: PagePath,
    /// What moved; nothing if the whole page is gone.
    pub field: Option<MovedField>,
}

/// The values of a field, or of another leaf, when the plan was made and now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedField {
    /// The field or leaf.
    pub field: Leaf,
    /// What it read when the plan was made.
    pub expected: Value,
    /// What it reads now.
    pub found: Value,
}

/// What a reading means for an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The page reads as when the plan was made.
    Send,
    /// The page reads as the operation wants it; these leaves that are not fields have changed since the plan was made.
    Converged(Vec<MovedField>),
    /// Somebody else has changed these fields.
    Moved(Vec<MovedField>),
}

/// Returns what a reading means for an operation. `primary` is the operation that has written the page's primary locale
/// by now, if there is one: what inherits has moved with it.
pub fn verdict(plan: &Plan, operation: &Operation, reading: &Metadata, primary: Option<&Operation>) -> Verdict {
    if is_behind(plan, operation, reading) || is_converged(operation, reading) {
        return Verdict::Converged(changed_extras(operation, reading));
    }
    let mut moved = moves(operation, reading);
    moved.retain(|(field, _, found)| !primary.is_some_and(|primary| has_followed(operation, primary, *field, found)));
    let moved = moved.into_iter().map(|(field, expected, found)| MovedField { field: field.into(), expected, found });
    let moved: Vec<MovedField> = moved.chain(changed_extras(operation, reading)).collect();
    if moved.is_empty() { Verdict::Send } else { Verdict::Moved(moved) }
}

/// Returns whether a field reads as the primary was written because it inherits it.
pub fn has_followed(operation: &Operation, primary: &Operation, field: Field, found: &Value) -> bool {
    let looked_inherited = operation.precondition.get(&field) == primary.precondition.get(&field);
    let sent = &primary.body.fields;
    // Text that is not sent is given up when its flag is set.
    let is_given_up = |flag: Field| sent.get(&flag) == Some(&Value::Flag(true)) && found.is_empty();
    looked_inherited && (sent.get(&field) == Some(found) || field.copied_flag().is_some_and(is_given_up))
}

/// Returns everything that has moved since the plan was made, if anything has.
pub fn check(plan: &Plan, current: &BTreeMap<Address, Metadata>) -> Result<(), Vec<Moved>> {
    let mut expected = current.clone();
    let mut moved = Vec::new();
    for operation in &plan.operations {
        let Some(state) = expected.get_mut(&operation.address) else {
            if !moved.iter().any(|moved: &Moved| moved.address == operation.address) {
                moved.push(gone(operation));
            }
            continue;
        };
        match verdict(plan, operation, state, None) {
            Verdict::Converged(_) => continue,
            Verdict::Send => {}
            Verdict::Moved(fields) => moved.extend(fields.into_iter().map(|field| Moved {
                address: operation.address.clone(),
                path: operation.path.clone(),
                field: Some(field),
            })),
        }
        // A later operation on the same page and locale meets what this one leaves.
        for (field, value) in &operation.body.fields {
            state.set(*field, value.clone());
        }
    }
    if moved.is_empty() { Ok(()) } else { Err(moved) }
}

/// Returns whether a temporary slug is no longer needed: the page has it, or has its final one, already.
fn is_behind(plan: &Plan, operation: &Operation, state: &Metadata) -> bool {
    let slug = state.get(Field::Slug);
    match operation.purpose {
        Purpose::Write => false,
        Purpose::TemporarySlug => {
            let same_address = plan.operations.iter().filter(|other| other.address == operation.address);
            same_address.filter_map(|other| other.body.fields.get(&Field::Slug)).any(|wanted| wanted == slug)
        }
    }
}

fn is_converged(operation: &Operation, state: &Metadata) -> bool {
    let wanted = &operation.body.fields;
    let differs_from_before = wanted.iter().any(|(field, value)| operation.precondition.get(field) != Some(value));
    let reads_as_wanted = wanted.iter().all(|(field, value)| state.effective(*field) == *value);
    // A pinned value reads as wanted by definition, and must be written all the same.
    differs_from_before && reads_as_wanted && !operation.has_pin
}

/// Returns the fields that have moved, with what was expected and what was found.
fn moves(operation: &Operation, state: &Metadata) -> Vec<(Field, Value, Value)> {
    let readings =
        operation.precondition.iter().map(|(field, before)| (*field, before.clone(), state.effective(*field)));
    let has_moved = |(field, expected, found): &(Field, Value, Value)| {
        let is_wanted = operation.body.fields.get(field) == Some(found);
        !is_unmoved(*field, expected, found) && !is_wanted
    };
    readings.filter(has_moved).collect()
}

/// Returns the leaves that are not fields, of the objects that an operation writes, that read otherwise than when the plan
/// was made: another value, none, or one that was not there.
pub fn changed_extras(operation: &Operation, found: &Metadata) -> Vec<MovedField> {
    let groups = operation.groups();
    let here = found.extras.keys().filter(|extra| groups.contains(&extra.group()));
    let all: BTreeSet<&Extra> = operation.extras.keys().chain(here).collect();
    let readings = all.into_iter().map(|extra| (extra, operation.extras.get(extra), found.extras.get(extra)));
    let changed = readings.filter(|(_, expected, found)| expected != found);
    let changed = changed.map(|(extra, expected, found)| MovedField {
        field: Leaf::Extra(extra.clone()),
        expected: ExtraValue::shown(expected),
        found: ExtraValue::shown(found),
    });
    changed.collect()
}

/// Returns whether a field reads as it did. A slug that is inherited may read as nothing.
pub fn is_unmoved(field: Field, before: &Value, found: &Value) -> bool {
    found == before || (field == Field::Slug && found.is_empty())
}

fn gone(operation: &Operation) -> Moved {
    Moved { address: operation.address.clone(), path: operation.path.clone(), field: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Body;

    fn operation(locale: &str, before: &[(Field, Value)], sent: &[(Field, Value)]) -> Operation {
        Operation {
            address: Address { page: "a".into(), locale: locale.into() },
            path: PagePath::from("/a"),
            locale_id: (locale != "en-US").then(|| locale.into()),
            purpose: Purpose::Write,
            has_pin: false,
            level: 0,
            needs: Vec::new(),
            body: Body { fields: sent.iter().cloned().collect(), ..Body::default() },
            precondition: before.iter().cloned().collect(),
            extras: Default::default(),
        }
    }

    #[test]
    fn text_follows_a_primary_that_copies_it_from_now_on() {
        use Field::{OpenGraphTitle as Text, OpenGraphTitleCopied as Copied};
        let before = [(Text, Value::from("same")), (Copied, false.into())];
        let primary = operation("en-US", &before, &[(Copied, true.into())]);
        let secondary = operation("fr-FR", &before, &[]);
        assert!(has_followed(&secondary, &primary, Copied, &true.into()));
        assert!(has_followed(&secondary, &primary, Text, &"".into()));
        assert!(!has_followed(&secondary, &primary, Text, &"other".into()));
        let own = [(Text, Value::from("own")), (Copied, false.into())];
        assert!(!has_followed(&operation("fr-FR", &own, &[]), &primary, Text, &"".into()));
    }
}
