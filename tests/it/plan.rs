//! The planner: pure, so that a site and what is wanted of it are a few lines each.

mod base;
mod changes;
mod file;
mod guards;
mod order;
mod seal;
mod world;

use slugline::model::Value;
use slugline::plan::{self, Plan};

pub(crate) use seal::digest;
pub(crate) use world::{World, world};

/// Returns the operations as `0 page@locale {field=value}`, with their level.
fn operations(plan: &Plan) -> Vec<String> {
    let show = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        Value::Flag(flag) => flag.to_string(),
    };
    let body = |operation: &plan::Operation| {
        let fields = operation.body.fields.iter();
        fields.map(|(field, value)| format!("{}={}", field.name(), show(value))).collect::<Vec<_>>().join(" ")
    };
    plan.operations
        .iter()
        .map(|operation| {
            let plan::Operation { address, level, .. } = operation;
            format!("{level} {}@{} {}", address.page, address.locale, body(operation))
        })
        .collect()
}
