//! A receipt as JSON. The text form stands with the plan's, in `text`.

use serde_json::{Value as Json, json};

use crate::event::{Mismatch, Outcome, Receipt, Skip};
use crate::model::Value;
use crate::plan::{Operation, Plan, file};

/// Returns how each operation of the plan ended.
pub fn json(plan: &Plan, receipt: &Receipt) -> String {
    let operations: Vec<Json> = plan
        .operations
        .iter()
        .zip(&receipt.outcomes)
        .enumerate()
        .map(|(order, ended)| operation(order, ended))
        .collect();
    let exit = receipt.exit();
    let json = json!({
        "format_version": file::FORMAT_VERSION,
        "digest": file::digest_of(plan),
        "target": {"site": plan.target.site.as_str(), "name": plan.target.name},
        "operations": operations,
        "exit": {"code": exit.code(), "name": exit.name()},
    });
    format!("{json:#}\n")
}

fn operation(order: usize, (operation, outcome): (&Operation, &Option<Outcome>)) -> Json {
    let mut json = json!({
        "order": order,
        "page": operation.address.page.as_str(),
        "path": operation.path.as_str(),
        "locale": operation.address.locale.as_str(),
        "outcome": outcome.as_ref().map(Outcome::name),
    });
    match outcome {
        Some(Outcome::Done | Outcome::Converged | Outcome::Skipped(Skip::Stopped)) | None => {}
        Some(Outcome::DidNotTake(mismatches)) => {
            json["fields"] = mismatches.iter().map(mismatch).collect();
        }
        Some(Outcome::Failed { message, is_general: _ } | Outcome::Unknown { message }) => {
            json["message"] = message.as_str().into();
        }
        Some(Outcome::Skipped(Skip::Needs(other))) => json["needs"] = (*other).into(),
    }
    json
}

fn mismatch(mismatch: &Mismatch) -> Json {
    let Mismatch { field, expected, found } = mismatch;
    json!({"field": field.name(), "expected": value(expected), "found": value(found)})
}

fn value(value: &Value) -> Json {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Flag(flag) => (*flag).into(),
    }
}
