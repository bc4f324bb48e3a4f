//! One operation: send it, compare the answer with what was sent, and settle by reading what the answer leaves open.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::Remote;
use crate::event::{Mismatch, Outcome};
use crate::live::{self, Reading};
use crate::model::{Field, LocaleId, Metadata, Value};
use crate::plan::{Body, Operation, Plan, staleness};
use crate::webflow::{self, OpenGraphUpdate, PageUpdate, SeoUpdate, WriteOutcome, Writer};

/// How an operation ended, and what that says about the ones to come.
pub(super) struct Written {
    pub(super) ended: Ended,
    pub(super) trouble: Trouble,
}

/// What an operation's end says about the requests to come.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Trouble {
    pub(super) is_authorization: bool,
    pub(super) is_unavailable: bool,
}

/// How sending an operation ended.
pub(super) enum Ended {
    /// With an outcome, and what the page was last seen to read, and when, if it was seen.
    Outcome(Outcome, Option<(Box<Metadata>, Instant)>),
    /// It was not sent: its turn would have come when what was read had become too old.
    TooLate,
}

/// How often a request whose outcome was unknown is sent, as long as reads show that it was not carried out.
const TRIES: u32 = 3;

/// A reading made for a write is good for that long, however young readings have to be; else no write could ever go out.
const LEAST_AGE: Duration = Duration::from_secs(5);

/// The pause before it is sent again; most of what passes by itself has passed then.
const PAUSE: Duration = Duration::from_millis(500);

/// What an operation is sent by.
pub(super) struct Sender<'a> {
    pub(super) remote: &'a Remote,
    /// The plan, for the ids of its locales.
    pub(super) plan: &'a Plan,
    /// The operation that has written the page's primary locale by now, if one has.
    pub(super) primary: Option<Operation>,
    /// Whether nothing more may be sent.
    pub(super) closed: watch::Receiver<bool>,
}

impl Sender<'_> {
    /// Returns a writer for what was read then.
    pub(super) fn writer(&self, read_at: Instant) -> Writer {
        let young_until = read_at + self.remote.max_read_age.max(LEAST_AGE);
        let not_after = self.remote.deadline.map_or(young_until, |deadline| deadline.min(young_until));
        self.remote.writer.not_after(not_after).until_closed(self.closed.clone())
    }
}

/// Sends an operation. The answer's values are the verification; where there is no answer to trust, a read decides
/// whether it is done, or sent again.
pub(super) async fn write(sender: &Sender<'_>, operation: &Operation, read_at: Instant) -> Written {
    let page = operation.address.page.as_str();
    let mut read_at = read_at;
    let mut doubt = Doubt::default();
    let mut tries = 0;
    loop {
        let sent_at = Instant::now();
        let writer = sender.writer(read_at);
        let error = match writer.update_page(page, locale_id(operation), &page_update(&operation.body)).await {
            Ok(answer) => return Written::answered(sender, operation, &answer, sent_at),
            Err(webflow::Error::Expired { .. }) => return doubt.end().unwrap_or_else(Written::too_late),
            Err(error) => error,
        };
        read_at = match settle(sender, operation, &error).await {
            // The read that settled it is the one that the next try goes out on.
            Settled::NotWritten(at) => at,
            Settled::Refused => return doubt.open().unwrap_or_else(|| Written::new(Settled::Refused, &error)),
            settled @ (Settled::Done(..) | Settled::Unknown) => return Written::new(settled, &error),
        };
        doubt.take(operation, error);
        tries += 1;
        if let Some(end) = doubt.end().filter(|_| tries == TRIES || *sender.closed.borrow()) {
            return end;
        }
        tokio::time::sleep(PAUSE * tries).await;
    }
}

/// What is not known of the attempts so far, none of which a read has shown to be carried out.
#[derive(Default)]
struct Doubt {
    /// The last attempt that may have been, or may be yet.
    open: Option<webflow::Error>,
    /// The last attempt that surely was not.
    certain: Option<webflow::Error>,
}

impl Doubt {
    fn take(&mut self, operation: &Operation, error: webflow::Error) {
        if is_certain(operation, &error) {
            self.certain = Some(error);
        } else {
            self.open = Some(error);
        }
    }

    /// Returns the end of an operation of which an attempt may have been carried out.
    fn open(&self) -> Option<Written> {
        self.open.as_ref().map(|error| Written::new(Settled::Unknown, error))
    }

    /// Returns the end of an operation that is not sent again, if it ever was.
    fn end(&self) -> Option<Written> {
        self.open().or_else(|| self.certain.as_ref().map(|error| Written::new(Settled::Refused, error)))
    }
}

impl Written {
    fn answered(sender: &Sender<'_>, operation: &Operation, answer: &webflow::Page, sent_at: Instant) -> Self {
        if let Some(other) = other_locale(sender.plan, operation, answer) {
            let message = format!("the answer is about the page in the locale `{other}`");
            return Self { ended: Ended::Outcome(Outcome::Unknown { message }, None), trouble: Trouble::default() };
        }
        let ended = match live::readable(answer) {
            Ok(found) => Ended::Outcome(verify(sender, operation, &found), Some((Box::new(found), sent_at))),
            Err(error) => Ended::Outcome(Outcome::Unknown { message: error.to_string() }, None),
        };
        Self { ended, trouble: Trouble::default() }
    }

    fn too_late() -> Self {
        Self { ended: Ended::TooLate, trouble: Trouble::default() }
    }

    fn new(settled: Settled, error: &webflow::Error) -> Self {
        let ended = match settled {
            Settled::Done(found, at) => Ended::Outcome(Outcome::Done, Some((found, at))),
            Settled::Refused | Settled::NotWritten(_) => Ended::Outcome(failed(error), None),
            Settled::Unknown => Ended::Outcome(Outcome::Unknown { message: error.to_string() }, None),
        };
        Self { ended, trouble: Trouble::of(error) }
    }
}

impl Trouble {
    /// Returns what an error says about the requests to come.
    pub(super) fn of(error: &webflow::Error) -> Self {
        Self { is_authorization: error.is_authorization(), is_unavailable: error.is_unavailable() }
    }
}

/// Returns the secondary locale that an answer is about where the primary was written. The client checks the page, and
/// the locale of a secondary operation; which id is the primary's, only a plan can exclude.
fn other_locale<'p>(plan: &Plan, operation: &Operation, answer: &'p webflow::Page) -> Option<&'p str> {
    let found = answer.locale_id.as_deref().filter(|_| operation.locale_id.is_none())?;
    plan.operations.iter().any(|other| locale_id(other) == Some(found)).then_some(found)
}

fn locale_id(operation: &Operation) -> Option<&str> {
    operation.locale_id.as_ref().map(LocaleId::as_str)
}

/// What is known of a request that ended with an error.
pub(super) enum Settled {
    /// It was carried out, as this reading shows.
    Done(Box<Metadata>, Instant),
    /// It was refused, or never sent.
    Refused,
    /// It was not carried out, or makes no difference that a read could show, as of then; sending it again does no harm.
    NotWritten(Instant),
    /// Nobody can say, or the page reads as nobody expects.
    Unknown,
}

/// Decides by a read where the error leaves it open whether the request was carried out.
async fn settle(sender: &Sender<'_>, operation: &Operation, error: &webflow::Error) -> Settled {
    match error.outcome() {
        WriteOutcome::NotSent | WriteOutcome::Refused => return Settled::Refused,
        WriteOutcome::Unknown => {}
    }
    let page = sender.remote.reader.page_timed(operation.address.page.as_str(), locale_id(operation)).await;
    let reading =
        page.ok().and_then(|(page, at)| Some(Reading { metadata: live::readable(&page).ok()?, at, offset: 0 }));
    reading.map_or(Settled::Unknown, |reading| settled_by(sender, operation, reading))
}

/// Decides by what was read since whether an operation was carried out.
pub(super) fn settled_by(sender: &Sender<'_>, operation: &Operation, reading: Reading) -> Settled {
    let Reading { metadata: found, at, offset: _ } = reading;
    // An operation that only pins what is inherited reads the same before and after. Taking it for done could lose the
    // value when the primary is written next, so that question comes first.
    if precondition_holds(sender, operation, &found) {
        Settled::NotWritten(at)
    } else if verify(sender, operation, &found) == Outcome::Done {
        Settled::Done(Box::new(found), at)
    } else {
        Settled::Unknown
    }
}

/// Returns whether an operation that ended with this error was surely not carried out if a read does not show it. What
/// reads the same before and after may have been, what was not answered may be carried out yet, and a success that came
/// garbled, or a gateway's word, says nothing of what the server did.
pub(super) fn is_certain(operation: &Operation, error: &webflow::Error) -> bool {
    let is_a_no = |status: u16| matches!(status, 400..=501 | 503);
    is_told_by_a_read(operation) && error.status().is_some_and(is_a_no)
}

/// Returns whether a read tells if the operation was carried out: not if it only pins what is inherited.
pub(super) fn is_told_by_a_read(operation: &Operation) -> bool {
    operation.body.fields.iter().any(|(field, value)| operation.precondition.get(field) != Some(value))
}

pub(super) fn failed(error: &webflow::Error) -> Outcome {
    Outcome::Failed {
        message: error.to_string(),
        hint: error.hint(),
        is_general: error.is_authorization() || error.is_unavailable(),
    }
}

pub(super) fn precondition_holds(sender: &Sender<'_>, operation: &Operation, found: &Metadata) -> bool {
    let mut readings = operation.precondition.iter().map(|(field, before)| (*field, before, found.effective(*field)));
    readings.all(|(field, before, found)| {
        staleness::is_unmoved(field, before, &found) || has_followed(sender, operation, field, &found)
    })
}

/// Returns whether a field that was not sent reads as the primary was written because it inherits it.
fn has_followed(sender: &Sender<'_>, operation: &Operation, field: Field, found: &Value) -> bool {
    let is_sent = operation.body.fields.contains_key(&field);
    !is_sent && sender.primary.as_ref().is_some_and(|primary| staleness::has_followed(operation, primary, field, found))
}

/// Compares what a page reads with what it should read now.
pub(super) fn verify(sender: &Sender<'_>, operation: &Operation, found: &Metadata) -> Outcome {
    let mut mismatches = mismatches(operation, found);
    mismatches.retain(|mismatch| !has_followed(sender, operation, mismatch.field, &mismatch.found));
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
pub(super) fn page_update(body: &Body) -> PageUpdate {
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
    use crate::model::Kind;
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
