//! One operation: send it, compare the answer with what was sent, and settle by reading what the answer leaves open.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::{Remote, run};
use crate::event::{Mismatch, Outcome};
use crate::live::{self, Reading};
use crate::model::{Field, LocaleId, Metadata, Value};
use crate::plan::{Body, Operation, Plan, file, staleness};
use crate::webflow::{self, Moment, NextTurn, PageUpdate, Reader, WriteOutcome, Writer};

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
    Outcome(Outcome, Option<(Box<Metadata>, Moment)>),
    /// It was not sent: its turn would have come when what was read had become too old.
    TooLate,
}

/// How often a request whose outcome was unknown is sent, as long as reads show that it was not carried out.
const TRIES: u32 = 3;

/// The same, with the tries that were not sent because what was read was too old by then.
const MOST_TRIES: u32 = 8;

/// The pause before it is sent again; most of what passes by itself has passed then.
const PAUSE: Duration = Duration::from_millis(500);

/// What an operation is sent by.
pub(super) struct Sender<'a> {
    pub(super) remote: &'a Remote,
    /// The plan, for the ids of its locales.
    pub(super) plan: &'a Plan,
    /// The operation that has written the page's primary locale by now, if one has.
    pub(super) primary: Option<Operation>,
    /// No write goes out on a reading older than this, unless the write follows its read at once.
    pub(super) max_age: Duration,
    /// Whether nothing more may be sent.
    pub(super) closed: watch::Receiver<bool>,
}

impl Sender<'_> {
    /// Returns a writer for what was read then, in the turn that the read has kept, if it has.
    pub(super) fn writer(&self, read_at: Moment, next: &NextTurn) -> Writer {
        let writer = self.remote.writer.based_on(read_at, self.max_age, next).until_closed(self.closed.clone());
        match self.remote.deadline {
            Some(deadline) => writer.not_after(deadline),
            None => writer,
        }
    }

    /// Returns whether nothing more may be sent.
    fn is_over(&self) -> bool {
        *self.closed.borrow() || self.remote.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// Sends an operation. The answer's values are the verification; where there is no answer to trust, a read decides
/// whether it is done, or sent again.
pub(super) async fn write(sender: &Sender<'_>, operation: &Operation, read_at: Moment, next: &NextTurn) -> Written {
    let page = operation.address.page.as_str();
    let mut read_at = read_at;
    let mut doubt = Doubt::default();
    let mut tries = 0;
    loop {
        let sent_at = Moment::now();
        let writer = sender.writer(read_at, next);
        let error = match writer.update_page(page, locale_id(operation), &page_update(&operation.body)).await {
            Ok(answer) => return Written::answered(sender, operation, &answer, sent_at).await,
            Err(error) => error,
        };
        let is_late = matches!(error, webflow::Error::Expired { .. });
        if is_late && (doubt.is_none() || sender.is_over() || tries >= MOST_TRIES) {
            return doubt.end().unwrap_or_else(Written::too_late);
        }
        read_at = match settle(sender, operation, &error, next).await {
            // The read that settled it is the one that the next try goes out on.
            Settled::NotWritten(at) => at,
            Settled::Refused => return doubt.open().unwrap_or_else(|| Written::new(Settled::Refused, &error)),
            settled @ (Settled::Done(..) | Settled::Unknown) => {
                return Written::new(settled, doubt.last().filter(|_| is_late).unwrap_or(&error));
            }
        };
        tries += 1;
        if is_late {
            continue;
        }
        doubt.take(operation, error);
        if let Some(end) = doubt.end().filter(|_| tries >= TRIES || *sender.closed.borrow()) {
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
    fn is_none(&self) -> bool {
        self.last().is_none()
    }

    fn take(&mut self, operation: &Operation, error: webflow::Error) {
        if is_certain(operation, &error) {
            self.certain = Some(error);
        } else {
            self.open = Some(error);
        }
    }

    /// Returns how an attempt ended, one that may have been carried out if there is any.
    fn last(&self) -> Option<&webflow::Error> {
        self.open.as_ref().or(self.certain.as_ref())
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
    async fn answered(sender: &Sender<'_>, operation: &Operation, answer: &webflow::Page, sent_at: Moment) -> Self {
        if let Some(other) = other_locale(sender.plan, operation, answer) {
            let message = format!("the answer is about the page in the locale `{other}`");
            return Self { ended: Ended::Outcome(Outcome::Unknown { message }, None), trouble: Trouble::default() };
        }
        let ended = match live::readable(answer) {
            Ok(found) => {
                let found = confirmed(sender, operation, found).await;
                Ended::Outcome(verify(sender, operation, &found), Some((Box::new(found), sent_at)))
            }
            Err(error) => Ended::Outcome(Outcome::Unknown { message: error.to_string() }, None),
        };
        Self { ended, trouble: Trouble::default() }
    }

    fn too_late() -> Self {
        Self { ended: Ended::TooLate, trouble: Trouble::default() }
    }

    fn new(settled: Settled, error: &webflow::Error) -> Self {
        let ended = match settled {
            Settled::Done(outcome, found, at) => Ended::Outcome(outcome, Some((found, at))),
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
    /// It was carried out, as this reading shows, and this is how it ended.
    Done(Outcome, Box<Metadata>, Moment),
    /// It was refused, or never sent.
    Refused,
    /// It was not carried out, or makes no difference that a read could show, as of then; sending it again does no harm.
    NotWritten(Moment),
    /// Nobody can say, or the page reads as nobody expects.
    Unknown,
}

/// Decides by a read where the error leaves it open whether the request was carried out.
async fn settle(sender: &Sender<'_>, operation: &Operation, error: &webflow::Error, next: &NextTurn) -> Settled {
    match error.outcome() {
        // An earlier try may have been carried out.
        _ if matches!(error, webflow::Error::Expired { .. }) => {}
        WriteOutcome::NotSent | WriteOutcome::Refused => return Settled::Refused,
        WriteOutcome::Unknown => {}
    }
    let reader = sender.remote.reader.keeping(next);
    read(&reader, operation).await.map_or(Settled::Unknown, |reading| settled_by(sender, operation, reading))
}

async fn read(reader: &Reader, operation: &Operation) -> Option<Reading> {
    let page = reader.page_timed(operation.address.page.as_str(), locale_id(operation)).await;
    page.ok().and_then(|(page, at)| Some(Reading { metadata: live::readable(&page).ok()?, at, offset: 0 }))
}

/// Returns what the answer to a write reads. If a leaf that is not a field reads otherwise than it should, a read decides:
/// the answer need not show leaves that the API reference does not describe.
pub(super) async fn confirmed(sender: &Sender<'_>, operation: &Operation, mut found: Metadata) -> Metadata {
    if staleness::changed_extras(operation, &found).is_empty() {
        return found;
    }
    if let Some(reading) = read(&sender.remote.reader, operation).await {
        found.extras = reading.metadata.extras;
    }
    found
}

/// Decides by what was read since whether an operation was carried out.
pub(super) fn settled_by(sender: &Sender<'_>, operation: &Operation, reading: Reading) -> Settled {
    let Reading { metadata: found, at, offset: _ } = reading;
    // An operation that only pins what is inherited reads the same before and after. Taking it for done could lose the
    // value when the primary is written next, so that question comes first.
    if precondition_holds(sender, operation, &found) {
        return Settled::NotWritten(at);
    }
    match verify(sender, operation, &found) {
        outcome if has_taken(&outcome) => Settled::Done(outcome, Box::new(found), at),
        _ => Settled::Unknown,
    }
}

/// Returns whether every field reads as it should; other leaves need not.
fn has_taken(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Done => true,
        Outcome::DidNotTake(mismatches) => mismatches.iter().all(|mismatch| mismatch.field.as_field().is_none()),
        Outcome::Converged | Outcome::Moved(_) | Outcome::Failed { .. } => false,
        Outcome::Skipped(_) | Outcome::Unknown { .. } => false,
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
    }) && staleness::changed_extras(operation, found).is_empty()
}

/// Returns whether a field that was not sent reads as the primary was written because it inherits it.
fn has_followed(sender: &Sender<'_>, operation: &Operation, field: Field, found: &Value) -> bool {
    let is_sent = operation.body.fields.contains_key(&field);
    !is_sent && sender.primary.as_ref().is_some_and(|primary| staleness::has_followed(operation, primary, field, found))
}

/// Compares what a page reads with what it should read now.
pub(super) fn verify(sender: &Sender<'_>, operation: &Operation, found: &Metadata) -> Outcome {
    let mut mismatches = mismatches(operation, found);
    let follows = |field: Field, found: &Value| has_followed(sender, operation, field, found);
    mismatches.retain(|it| it.field.as_field().is_none_or(|field| !follows(field, &it.found)));
    if mismatches.is_empty() { Outcome::Done } else { Outcome::DidNotTake(mismatches) }
}

/// Returns the leaves that do not read as they should: as sent, and for the rest of the objects concerned as before.
pub(super) fn mismatches(operation: &Operation, found: &Metadata) -> Vec<Mismatch> {
    let sent = &operation.body.fields;
    // Without its text, a flag decides what the text reads: nothing, or what was underneath.
    let follows_its_flag =
        |field: &Field| !sent.contains_key(field) && field.copied_flag().is_some_and(|flag| sent.contains_key(&flag));
    let checked = operation.precondition.iter().filter(|(field, _)| !follows_its_flag(field));
    let compared = checked.map(|(field, before)| Mismatch {
        field: (*field).into(),
        expected: sent.get(field).unwrap_or(before).clone(),
        found: found.effective(*field),
    });
    let extras = staleness::changed_extras(operation, found).into_iter().map(run::mismatch);
    compared.filter(|mismatch| mismatch.expected != mismatch.found).chain(extras).collect()
}

/// Returns the body as the client sends it: as the plan shows it.
pub(super) fn page_update(body: &Body) -> PageUpdate {
    file::body(body).into()
}
