//! One operation: send it, compare the answer with what was sent, and settle by reading what the answer leaves open.

use super::Remote;
use crate::event::{Mismatch, Outcome};
use crate::live;
use crate::model::{Field, Metadata, Value};
use crate::plan::{Body, Operation};
use crate::webflow::{self, OpenGraphUpdate, PageUpdate, SeoUpdate, WriteOutcome};

/// How an operation ended, and what that says about the ones to come.
pub(super) struct Written {
    pub(super) outcome: Outcome,
    pub(super) is_authorization_error: bool,
    pub(super) is_server_error: bool,
}

/// Sends an operation. The answer's values are the verification; where there is no answer to trust, a read decides.
pub(super) async fn write(remote: &Remote, operation: &Operation) -> Written {
    let page = operation.address.page.as_str();
    let locale = operation.locale_id.as_ref().map(|id| id.as_str());
    match remote.writer.update_page(page, locale, &page_update(&operation.body)).await {
        Ok(answer) => Written {
            outcome: verify(operation, &live::metadata(&answer)),
            is_authorization_error: false,
            is_server_error: false,
        },
        Err(error) => Written {
            is_authorization_error: error.is_authorization(),
            is_server_error: error.status().is_some_and(|status| status >= 500),
            outcome: settle(remote, operation, &error).await,
        },
    }
}

/// Decides by a read where the error leaves it open whether the request was carried out.
async fn settle(remote: &Remote, operation: &Operation, error: &webflow::Error) -> Outcome {
    match error.outcome() {
        WriteOutcome::NotSent | WriteOutcome::Refused => return failed(error),
        WriteOutcome::Unknown => {}
    }
    if !is_told_by_a_read(operation) {
        return Outcome::Unknown { message: error.to_string() };
    }
    let locale = operation.locale_id.as_ref().map(|id| id.as_str());
    let Ok(page) = remote.reader.page(operation.address.page.as_str(), locale).await else {
        return Outcome::Unknown { message: error.to_string() };
    };
    let found = live::metadata(&page);
    match verify(operation, &found) {
        Outcome::Done => Outcome::Done,
        _ if precondition_holds(operation, &found) => failed(error),
        _ => Outcome::Unknown { message: error.to_string() },
    }
}

/// Returns whether a read tells if the operation was carried out. One that only pins what is inherited reads the same
/// before and after, so that taking it for done could lose the value when the primary is written next.
fn is_told_by_a_read(operation: &Operation) -> bool {
    operation.body.fields.iter().any(|(field, value)| operation.precondition.get(field) != Some(value))
}

fn failed(error: &webflow::Error) -> Outcome {
    Outcome::Failed {
        message: error.to_string(),
        hint: error.hint(),
        is_general: error.is_authorization() || error.is_unavailable(),
    }
}

fn precondition_holds(operation: &Operation, found: &Metadata) -> bool {
    operation.precondition.iter().all(|(field, value)| found.effective(*field) == *value)
}

/// Compares what a page reads with what it should read now: what was sent, and for the rest of the objects concerned
/// what they read before.
fn verify(operation: &Operation, found: &Metadata) -> Outcome {
    let expected = |field: &Field, before: &Value| operation.body.fields.get(field).unwrap_or(before).clone();
    // Without its text, a flag decides what the text reads: nothing, or what was underneath.
    let follows_its_flag = |field: &Field| {
        let sent = &operation.body.fields;
        !sent.contains_key(field) && field.copied_flag().is_some_and(|flag| sent.contains_key(&flag))
    };
    let mismatches: Vec<Mismatch> = operation
        .precondition
        .iter()
        .filter(|(field, _)| !follows_its_flag(field))
        .map(|(field, before)| Mismatch {
            field: *field,
            expected: expected(field, before),
            found: found.effective(*field),
        })
        .filter(|mismatch| mismatch.expected != mismatch.found)
        .collect();
    if mismatches.is_empty() { Outcome::Done } else { Outcome::DidNotTake(mismatches) }
}

/// Returns the body as the client sends it.
fn page_update(body: &Body) -> PageUpdate {
    let mut update = PageUpdate::default();
    for (field, value) in &body.fields {
        let seo = SeoUpdate::default;
        let open_graph = OpenGraphUpdate::default;
        let (text, flag) = (value.as_text().map(str::to_owned), value.as_flag());
        match field {
            Field::Title => update.title = text,
            Field::Slug => update.slug = text,
            Field::SeoTitle => update.seo.get_or_insert_with(seo).title = text,
            Field::SeoDescription => update.seo.get_or_insert_with(seo).description = text,
            Field::OpenGraphTitle => update.open_graph.get_or_insert_with(open_graph).title = text,
            Field::OpenGraphTitleCopied => update.open_graph.get_or_insert_with(open_graph).title_copied = flag,
            Field::OpenGraphDescription => update.open_graph.get_or_insert_with(open_graph).description = text,
            Field::OpenGraphDescriptionCopied => {
                update.open_graph.get_or_insert_with(open_graph).description_copied = flag;
            }
        }
    }
    update
}
