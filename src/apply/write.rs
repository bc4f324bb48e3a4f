//! One operation: send it, compare the answer with what was sent, and settle by reading what the answer leaves open.

use std::time::{Duration, Instant};

use super::Remote;
use crate::event::{Mismatch, Outcome};
use crate::live;
use crate::model::{Field, LocaleId, Metadata};
use crate::plan::{Body, Operation, staleness};
use crate::webflow::{self, OpenGraphUpdate, PageUpdate, SeoUpdate, WriteOutcome};

/// How an operation ended, and what that says about the ones to come.
pub(super) struct Written {
    pub(super) ended: Ended,
    pub(super) is_authorization_error: bool,
    pub(super) is_unavailable: bool,
}

/// How sending an operation ended.
pub(super) enum Ended {
    /// With an outcome, and what the page was last seen to read.
    Outcome(Outcome, Option<Box<Metadata>>),
    /// It was not sent: its turn would have come when what was read had become too old.
    TooLate,
}

/// How often a request whose outcome was unknown is sent, as long as reads show that it was not carried out.
const TRIES: u32 = 3;

/// The pause before it is sent again; most of what passes by itself has passed then.
const PAUSE: Duration = Duration::from_millis(500);

/// Sends an operation. The answer's values are the verification; where there is no answer to trust, a read decides
/// whether it is done, or sent again.
pub(super) async fn write(remote: &Remote, operation: &Operation, read_at: Instant) -> Written {
    let mut not_after = read_at + remote.max_read_age;
    let mut tries = 1;
    loop {
        let writer = remote.writer.not_after(remote.deadline.map_or(not_after, |deadline| deadline.min(not_after)));
        let page = operation.address.page.as_str();
        let error = match writer.update_page(page, locale_id(operation), &page_update(&operation.body)).await {
            Ok(answer) => return Written::answered(operation, &answer),
            Err(webflow::Error::Expired { .. }) => return Written::too_late(),
            Err(error) => error,
        };
        let settled_at = Instant::now();
        let settled = settle(remote, operation, &error).await;
        if !matches!(settled, Settled::NotWritten) {
            return Written::new(settled.outcome(&error), Some(&error));
        }
        if tries == TRIES {
            // What reads the same before and after may have been carried out all the same.
            let settled = if is_told_by_a_read(operation) { settled } else { Settled::Unknown };
            return Written::new(settled.outcome(&error), Some(&error));
        }
        tokio::time::sleep(PAUSE * tries).await;
        // The read that settled it is the one that the next try goes out on.
        not_after = settled_at + remote.max_read_age;
        tries += 1;
    }
}

impl Written {
    fn answered(operation: &Operation, answer: &webflow::Page) -> Self {
        let (outcome, found) = match live::readable(answer) {
            Ok(found) => (verify(operation, &found), Some(Box::new(found))),
            Err(error) => (Outcome::Unknown { message: error.to_string() }, None),
        };
        Self { ended: Ended::Outcome(outcome, found), is_authorization_error: false, is_unavailable: false }
    }

    fn too_late() -> Self {
        Self { ended: Ended::TooLate, is_authorization_error: false, is_unavailable: false }
    }

    fn new(outcome: Outcome, error: Option<&webflow::Error>) -> Self {
        Self {
            ended: Ended::Outcome(outcome, None),
            is_authorization_error: error.is_some_and(webflow::Error::is_authorization),
            is_unavailable: error.is_some_and(webflow::Error::is_unavailable),
        }
    }
}

fn locale_id(operation: &Operation) -> Option<&str> {
    operation.locale_id.as_ref().map(LocaleId::as_str)
}

/// What is known of a request that ended with an error.
enum Settled {
    /// It was carried out.
    Done,
    /// It was refused, or never sent.
    Refused,
    /// It was not carried out, or makes no difference that a read could show; sending it again does no harm.
    NotWritten,
    /// Nobody can say, or the page reads as nobody expects.
    Unknown,
}

impl Settled {
    fn outcome(self, error: &webflow::Error) -> Outcome {
        match self {
            Self::Done => Outcome::Done,
            Self::Refused | Self::NotWritten => failed(error),
            Self::Unknown => Outcome::Unknown { message: error.to_string() },
        }
    }
}

/// Decides by a read where the error leaves it open whether the request was carried out.
async fn settle(remote: &Remote, operation: &Operation, error: &webflow::Error) -> Settled {
    match error.outcome() {
        WriteOutcome::NotSent | WriteOutcome::Refused => return Settled::Refused,
        WriteOutcome::Unknown => {}
    }
    let page = remote.reader.page(operation.address.page.as_str(), locale_id(operation)).await;
    let Some(found) = page.ok().and_then(|page| live::readable(&page).ok()) else { return Settled::Unknown };
    // An operation that only pins what is inherited reads the same before and after. Taking it for done could lose the
    // value when the primary is written next, so that question comes first.
    if precondition_holds(operation, &found) {
        Settled::NotWritten
    } else if verify(operation, &found) == Outcome::Done {
        Settled::Done
    } else {
        Settled::Unknown
    }
}

/// Returns whether a read tells if the operation was carried out: not if it only pins what is inherited.
fn is_told_by_a_read(operation: &Operation) -> bool {
    operation.body.fields.iter().any(|(field, value)| operation.precondition.get(field) != Some(value))
}

pub(super) fn failed(error: &webflow::Error) -> Outcome {
    Outcome::Failed {
        message: error.to_string(),
        hint: error.hint(),
        is_general: error.is_authorization() || error.is_unavailable(),
    }
}

fn precondition_holds(operation: &Operation, found: &Metadata) -> bool {
    operation.precondition.iter().all(|(field, before)| staleness::is_unmoved(*field, before, &found.effective(*field)))
}

/// Compares what a page reads with what it should read now.
fn verify(operation: &Operation, found: &Metadata) -> Outcome {
    let mismatches = mismatches(operation, found);
    if mismatches.is_empty() { Outcome::Done } else { Outcome::DidNotTake(mismatches) }
}

/// Returns the fields that do not read as they should: as sent, and for the rest of the objects concerned as before.
pub(super) fn mismatches(operation: &Operation, found: &Metadata) -> Vec<Mismatch> {
    let sent = &operation.body.fields;
    // Without its text, a flag decides what the text reads: nothing, or what was underneath.
    let follows_its_flag =
        |field: &Field| !sent.contains_key(field) && field.copied_flag().is_some_and(|flag| sent.contains_key(&flag));
    let checked = operation.precondition.iter().filter(|(field, _)| !follows_its_flag(field));
    let compared = checked.map(|(field, before)| Mismatch {
        field: *field,
        expected: sent.get(field).unwrap_or(before).clone(),
        found: found.effective(*field),
    });
    compared.filter(|mismatch| mismatch.expected != mismatch.found).collect()
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::{Kind, Value};
    use crate::plan::file;

    #[test]
    fn what_is_shown_is_what_is_sent() {
        let mut fields = BTreeMap::new();
        for (number, field) in Field::ALL.into_iter().enumerate() {
            let value = match field.kind() {
                Kind::Text => format!("text {number}").as_str().into(),
                Kind::Flag => Value::Flag(number % 3 == 0),
            };
            fields.insert(field, value);
            let body = Body { fields: fields.clone() };
            assert_eq!(serde_json::to_value(page_update(&body)).unwrap(), file::body(&body));
        }
    }
}
