//! Does the site still fit the plan? What was read again goes in, what moved since comes out.
//!
//! Must not know how the site was read, or what is done about it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Operation, Plan, Purpose};
use crate::model::{Address, Field, Metadata, PagePath, Value};

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

/// A field's values when the plan was made and now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedField {
    /// The field.
    pub field: Field,
    /// What it read when the plan was made.
    pub expected: Value,
    /// What it reads now.
    pub found: Value,
}

/// Returns the operations that need not be sent, since everything reads as they want it; or everything that moved.
pub fn check(plan: &Plan, current: &BTreeMap<Address, Metadata>) -> Result<BTreeSet<usize>, Vec<Moved>> {
    let mut expected = current.clone();
    let mut converged = BTreeSet::new();
    let mut moved = Vec::new();
    for (index, operation) in plan.operations.iter().enumerate() {
        let Some(state) = expected.get_mut(&operation.address) else {
            if !moved.iter().any(|moved: &Moved| moved.address == operation.address) {
                moved.push(gone(operation));
            }
            continue;
        };
        if is_behind(plan, operation, state) || is_converged(operation, state) {
            converged.insert(index);
            continue;
        }
        moved.extend(moves(operation, state));
        // A later operation on the same page and locale meets what this one leaves.
        for (field, value) in &operation.body.fields {
            state.set(*field, value.clone());
        }
    }
    if moved.is_empty() { Ok(converged) } else { Err(moved) }
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

fn moves(operation: &Operation, state: &Metadata) -> Vec<Moved> {
    let mut moved = Vec::new();
    for (field, before) in &operation.precondition {
        let found = state.effective(*field);
        if !is_unmoved(*field, before, &found) && operation.body.fields.get(field) != Some(&found) {
            moved.push(Moved {
                address: operation.address.clone(),
                path: operation.path.clone(),
                field: Some(MovedField { field: *field, expected: before.clone(), found }),
            });
        }
    }
    moved
}

/// Returns whether a field reads as it did. A slug that is inherited may read as nothing.
pub fn is_unmoved(field: Field, before: &Value, found: &Value) -> bool {
    found == before || (field == Field::Slug && found.is_empty())
}

fn gone(operation: &Operation) -> Moved {
    Moved { address: operation.address.clone(), path: operation.path.clone(), field: None }
}
