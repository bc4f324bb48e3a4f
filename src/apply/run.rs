//! A run under way: its receipt, what is told of it, and when it stops. Must not know how requests are made.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::pin::pin;
use std::time::Instant;

use tokio::sync::watch;

use super::reads::Reads;
use super::stop::{self, GRACE, StopSignal};
use super::write::{self, Sender, Trouble};
use super::{Record, Remote, Sending, Unrecorded};
use crate::event::{Event, Mismatch, Outcome, Receipt, Skip, Standing, Stop};
use crate::live;
use crate::model::Kind;
use crate::plan::staleness::MovedField;
use crate::plan::{Operation, Plan};

/// Operations in a row that the server could not be reached for, or failed at, after which nothing more is sent.
const MAX_UNAVAILABLE: u32 = 3;

/// How often an operation whose turn comes too late is read again before that is an error.
const MAX_LATE: u32 = 5;

/// A run under way.
pub(super) struct Run<'a, 'r> {
    pub(super) plan: &'a Plan,
    pub(super) remote: &'a Remote,
    pub(super) reads: &'a Reads<'a>,
    pub(super) receipt: Receipt,
    pub(super) stop_signal: StopSignal,
    record: &'a mut Record<'r>,
    unavailable: u32,
    /// Operations that an earlier attempt may have carried out, or may yet. That a page reads as before is no answer: a
    /// request may be on its way still, or make no difference that a reading shows. Only an answer to another is.
    pub(super) open: BTreeSet<usize>,
    /// How often the turn of an operation came too late.
    late: BTreeMap<usize, u32>,
    /// Becomes true once nothing more may be sent.
    closed: watch::Sender<bool>,
}

impl<'a, 'r> Run<'a, 'r> {
    pub(super) fn new(
        plan: &'a Plan,
        remote: &'a Remote,
        reads: &'a Reads<'a>,
        receipt: Receipt,
        stop_signal: StopSignal,
        record: &'a mut Record<'r>,
    ) -> Self {
        let is_open = |(_, standing): &(usize, &Standing)| {
            standing.may_have_written() && !standing.outcome().is_some_and(Outcome::is_final)
        };
        let open = receipt.standings.iter().enumerate().filter(is_open).map(|(index, _)| index).collect();
        let (unavailable, late, closed) = (0, BTreeMap::new(), watch::Sender::new(false));
        Self { plan, remote, reads, receipt, stop_signal, record, unavailable, open, late, closed }
    }

    /// Sends what is to be sent, level by level, and returns how it ended.
    pub(super) async fn go(mut self) -> Receipt {
        if self.tell(Event::Began { operations: self.plan.operations.len() }).is_err() {
            return self.receipt;
        }
        for level in levels(self.plan) {
            let rest = match self.remote.sending {
                Sending::Singly => level,
                Sending::InBulk => self.in_bulk(level).await,
            };
            self.singly(rest).await;
        }
        self.check_pins().await;
        self.receipt
    }

    /// Returns what an operation is sent by now.
    pub(super) fn sender(&self, operation: &Operation) -> Sender<'a> {
        Sender { remote: self.remote, primary: self.written_primary(operation), closed: self.closed.subscribe() }
    }

    /// Returns the operation that has written the primary locale of a secondary operation's page, if one has; as the
    /// server took it, where it is known to have bent what it was sent.
    pub(super) fn written_primary(&self, operation: &Operation) -> Option<Operation> {
        operation.locale_id.as_ref()?;
        let of_page = self.plan.operations.iter().zip(&self.receipt.standings);
        let mut primary = of_page.filter(|(other, standing)| {
            other.address.page == operation.address.page && other.locale_id.is_none() && standing.may_have_written()
        });
        let (primary, standing) = primary.next_back()?;
        let mut primary = primary.clone();
        if let Some(Outcome::DidNotTake(mismatches)) = standing.outcome() {
            let found = mismatches.iter().map(|mismatch| (mismatch.field, mismatch.found.clone()));
            primary.body.fields.extend(found.filter(|(field, _)| field.kind() == Kind::Text));
        }
        Some(primary)
    }

    /// Reads pinned values once more, now that the primary is written. Until then they read as wanted whether the server
    /// took them or not.
    async fn check_pins(&mut self) {
        let plan = self.plan;
        let is_pinned = |index: &usize| {
            let operation = &plan.operations[*index];
            let is_done = self.receipt.standings[*index].outcome() == Some(&Outcome::Done);
            operation.has_pin && is_done && self.written_primary(operation).is_some()
        };
        let pinned: Vec<usize> = (0..plan.operations.len()).filter(is_pinned).collect();
        let operations = pinned.iter().map(|index| &plan.operations[*index]);
        let addresses = operations.map(|operation| (&operation.address, operation.locale_id.as_ref()));
        let Remote { reader, concurrency, .. } = self.remote;
        let read = tokio::select! {
            biased;
            stop = stop::wanted(&mut self.stop_signal) => {
                self.halt(stop);
                None
            }
            read = live::read_again(reader, &plan.target.site, addresses, *concurrency) => read.ok(),
        };
        for index in pinned {
            let operation = &plan.operations[index];
            let Some(reading) = read.as_ref().and_then(|found| found.get(&operation.address)) else {
                let message = "it could not be read again after the primary locale was written".to_owned();
                self.finish(index, Outcome::Unknown { message });
                continue;
            };
            // What was not sent may have followed the primary by now, as it should.
            let mut mismatches = write::mismatches(operation, &reading.metadata);
            mismatches.retain(|mismatch| operation.body.fields.contains_key(&mismatch.field));
            if !mismatches.is_empty() {
                self.finish(index, Outcome::DidNotTake(mismatches));
            }
        }
    }

    /// Returns whether an operation has an end that this run would not change.
    pub(super) fn is_over(&self, index: usize) -> bool {
        self.receipt.standings[index].outcome().is_some_and(Outcome::is_final)
    }

    /// Returns why an operation must not be sent now, if it must not.
    pub(super) fn skip(&mut self, index: usize) -> Option<Skip> {
        let asked = *self.stop_signal.borrow();
        if let Some(stop) = asked {
            self.halt(stop);
        }
        if self.receipt.stop.is_none() && self.remote.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            self.halt(Stop::Deadline);
        }
        if self.receipt.stop.is_some() {
            return Some(Skip::Stopped);
        }
        let unmet = self.plan.operations[index].needs.iter().find(|need| !self.receipt.standings[**need].is_success());
        unmet.map(|need| Skip::Needs(*need))
    }

    /// Tells that an operation was not sent after all, because its turn would have come too late. Returns whether it is
    /// worth another reading; if not, it is at its end.
    pub(super) fn hold(&mut self, index: usize) -> bool {
        // What an earlier attempt has left open stays so in the record; and if this cannot be recorded, the operation
        // counts as sent, which does no harm.
        if !self.open.contains(&index) {
            let _ = self.tell(Event::Held { operation: index });
        }
        let late = self.late.entry(index).or_insert(0);
        *late += 1;
        if *late > MAX_LATE {
            self.finish(index, never_young());
            return false;
        }
        match self.skip(index) {
            Some(skip) => {
                self.finish(index, Outcome::Skipped(skip));
                false
            }
            None => true,
        }
    }

    /// Waits for what is under way. Once somebody wants the end, it has some seconds left; nothing is returned if it
    /// takes longer.
    pub(super) async fn within_grace<T>(&mut self, under_way: impl Future<Output = T>) -> Option<T> {
        let mut under_way = pin!(under_way);
        tokio::select! {
            biased;
            stop = stop::wanted(&mut self.stop_signal) => self.halt(stop),
            done = &mut under_way => return Some(done),
        }
        tokio::time::timeout(GRACE, under_way).await.ok()
    }

    /// Stops the run where going on cannot help: without authorization, or against a server that is down.
    pub(super) fn heed(&mut self, trouble: Trouble) {
        self.unavailable = if trouble.is_unavailable { self.unavailable + 1 } else { 0 };
        if trouble.is_authorization {
            self.halt(Stop::Authorization);
        } else if self.unavailable >= MAX_UNAVAILABLE {
            self.halt(Stop::ServerErrors);
        }
    }

    pub(super) fn halt(&mut self, stop: Stop) {
        if self.receipt.stop.is_none() {
            self.closed.send_replace(true);
            // A stop that cannot be recorded is a stop all the same.
            let _ = self.tell(Event::Stopped(stop));
        }
    }

    pub(super) fn finish(&mut self, operation: usize, outcome: Outcome) {
        let outcome = match outcome {
            Outcome::Skipped(_) | Outcome::Failed { .. } | Outcome::Moved(_) if self.open.contains(&operation) => {
                Outcome::Unknown { message: "an earlier attempt may have carried it out".to_owned() }
            }
            outcome => outcome,
        };
        // What happened is in the receipt even if it cannot be recorded; the run ends then.
        let _ = self.tell(Event::Finished { operation, outcome });
    }

    pub(super) fn tell(&mut self, event: Event) -> Result<(), Unrecorded> {
        self.receipt.record(&event);
        let recorded = (self.record)(&event);
        if recorded.is_err() {
            self.receipt.stop.get_or_insert(Stop::Record);
            self.closed.send_replace(true);
        }
        recorded
    }
}

/// Returns the operations by level. A plan has them in the order of their levels.
fn levels(plan: &Plan) -> Vec<VecDeque<usize>> {
    let mut levels: Vec<VecDeque<usize>> = Vec::new();
    for (index, operation) in plan.operations.iter().enumerate() {
        let is_new = index == 0 || plan.operations[index - 1].level != operation.level;
        if is_new {
            levels.push(VecDeque::new());
        }
        levels.last_mut().expect("the first operation opens a level").push_back(index);
    }
    levels
}

pub(super) fn moved(fields: Vec<MovedField>) -> Outcome {
    let mismatch = |MovedField { field, expected, found }| Mismatch { field, expected, found };
    Outcome::Moved(fields.into_iter().map(mismatch).collect())
}

pub(super) fn gone() -> Outcome {
    Outcome::Failed { message: "the page is gone".to_owned(), hint: None, is_general: false }
}

fn never_young() -> Outcome {
    Outcome::Failed {
        message: "its turn never came while what was read of the page was young enough".to_owned(),
        hint: Some("allow older readings with `--max-read-age`, or more requests with `--rpm`".to_owned()),
        is_general: true,
    }
}

/// Returns how an operation ends whose page could not be read again, and what that says of the requests to come.
pub(super) fn unread(error: &live::Error) -> (Outcome, Trouble) {
    match error {
        live::Error::Request(error) => (write::failed(error), Trouble::of(error)),
        live::Error::Shifting { .. } | live::Error::Unreadable { .. } => {
            (Outcome::Failed { message: error.to_string(), hint: None, is_general: false }, Trouble::default())
        }
    }
}
