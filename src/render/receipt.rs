//! A receipt as JSON. The text form stands with the plan's, in `text`.

use serde_json::{Value as Json, json};

use super::account;
use crate::event::{Mismatch, Outcome, Publication, Published, Receipt, Scope, Skip, Standing, Stop};
use crate::model::PagePath;
use crate::plan::staleness::{Moved, MovedField};
use crate::plan::{Operation, Plan, file, gate};

/// Returns how each operation of the plan ended.
pub fn json(plan: &Plan, receipt: &Receipt) -> String {
    let operations: Vec<Json> = plan
        .operations
        .iter()
        .zip(&receipt.standings)
        .enumerate()
        .map(|(order, ended)| operation(order, ended))
        .collect();
    let json = json!({
        "format_version": file::FORMAT_VERSION,
        "digest": file::digest_of(plan),
        "target": {"site": plan.target.site.as_str(), "name": plan.target.name},
        "operations": operations,
        "stopped": receipt.stop.map(Stop::name),
        "publication": receipt.publication.as_ref().map(publication),
        "exit": file::exit(receipt.exit()),
    });
    format!("{json:#}\n")
}

fn operation(order: usize, (operation, standing): (&Operation, &Standing)) -> Json {
    let mut json = json!({
        "order": order,
        "page": operation.address.page.as_str(),
        "path": operation.path.as_str(),
        "locale": operation.address.locale.as_str(),
        "outcome": name(standing),
    });
    match standing.outcome() {
        Some(Outcome::Done | Outcome::Converged | Outcome::Skipped(Skip::Stopped)) | None => {}
        Some(Outcome::DidNotTake(mismatches) | Outcome::Moved(mismatches)) => {
            json["fields"] = mismatches.iter().map(mismatch).collect();
            if let Some(hint) = standing.outcome().and_then(account::way_out) {
                json["hint"] = hint.into();
            }
        }
        Some(Outcome::Failed { message, hint, is_general: _ }) => {
            json["message"] = message.as_str().into();
            json["hint"] = hint.as_deref().into();
        }
        Some(Outcome::Unknown { message }) => json["message"] = message.as_str().into(),
        Some(Outcome::Skipped(Skip::Needs(other))) => json["needs"] = (*other).into(),
    }
    json
}

fn publication((publication, ended): &(Publication, Option<Published>)) -> Json {
    let Publication { scope, domains } = publication;
    let page = match scope {
        Scope::Page(page) => Some(page.as_str()),
        Scope::Site => None,
    };
    let mut json = json!({"page": page, "domains": domains});
    // What was asked for and not heard of is as unknown as what ended so.
    json["outcome"] = ended.as_ref().map_or("unknown", Published::name).into();
    match ended {
        Some(Published::Failed { message, hint }) => {
            json["message"] = message.as_str().into();
            json["hint"] = hint.as_deref().into();
        }
        Some(Published::Unknown { message }) => json["message"] = message.as_str().into(),
        Some(Published::Queued | Published::Skipped) | None => {}
    }
    json
}

/// An operation that was sent and not heard of is as unknown as one that ended so.
fn name(standing: &Standing) -> Option<&'static str> {
    match standing {
        Standing::Waiting => None,
        Standing::Sending => Some("unknown"),
        Standing::Ended(outcome) => Some(outcome.name()),
    }
}

/// Returns what moved since a plan was made.
pub fn moved(moved: &[Moved]) -> Json {
    let place = |moved: &Moved| {
        let Moved { address, path, field } = moved;
        let mut json = json!({
            "page": address.page.as_str(),
            "path": path.as_str(),
            "locale": address.locale.as_str(),
            "field": null,
        });
        if let Some(MovedField { field, expected, found }) = field {
            json["field"] = field.name().into();
            json["expected"] = file::value(expected);
            json["found"] = file::value(found);
        }
        json
    };
    moved.iter().map(place).collect()
}

/// Returns the statements of a plan that the site contradicts.
pub fn mismatches(mismatches: &[gate::Mismatch]) -> Json {
    let mismatch = |mismatch: &gate::Mismatch| {
        let gate::Mismatch { address, path, operation, what, stated, found } = mismatch;
        json!({
            "operation": operation,
            "page": address.as_ref().map(|address| address.page.as_str()),
            "path": path.as_ref().map(PagePath::as_str),
            "locale": address.as_ref().map(|address| address.locale.as_str()),
            "what": what,
            "plan": stated,
            "site": found,
        })
    };
    mismatches.iter().map(mismatch).collect()
}

fn mismatch(mismatch: &Mismatch) -> Json {
    let Mismatch { field, expected, found } = mismatch;
    json!({"field": field.name(), "expected": file::value(expected), "found": file::value(found)})
}
