//! What is left of a plan once some of its operations are at their end.

use std::collections::{BTreeMap, BTreeSet};

use super::{Guard, Operation, Plan, Purpose};
use crate::model::{Address, Field};

impl Plan {
    /// Returns the plan of the operations that are not at their end, for people: with the changes that these write, and
    /// without the guards that count changes. The gate evaluates those again.
    #[must_use]
    pub fn rest(&self, ended: &BTreeSet<usize>) -> Self {
        let left: Vec<usize> = (0..self.operations.len()).filter(|index| !ended.contains(index)).collect();
        let places: BTreeMap<usize, usize> = left.iter().enumerate().map(|(place, index)| (*index, place)).collect();
        let operation = |index: &usize| {
            let operation = self.operations[*index].clone();
            Operation {
                needs: operation.needs.iter().filter_map(|need| places.get(need).copied()).collect(),
                ..operation
            }
        };
        let operations: Vec<Operation> = left.iter().map(operation).collect();
        let writes = operations.iter().filter(|operation| operation.purpose == Purpose::Write);
        let written: BTreeSet<(&Address, Field)> =
            writes.flat_map(|write| write.body.fields.keys().map(|field| (&write.address, *field))).collect();
        let is_left = |address: &Address, field: Field| written.contains(&(address, field));
        Self {
            changes: self.changes.iter().filter(|it| is_left(&it.address, it.field)).cloned().collect(),
            findings: self.findings.iter().filter(|it| is_left(&it.address, it.field)).cloned().collect(),
            guards: self.guards.iter().filter(|tripped| tripped.guard == Guard::LostPages).cloned().collect(),
            operations: operations.clone(),
            ..self.clone()
        }
    }
}
