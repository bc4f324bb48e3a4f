//! A run under way: what is to be sent, in which order, and when it stops. Must not know how requests are made.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use super::ledger::Ledger;
use super::reads::Reads;
use super::write::{self, Sender, Trouble};
use super::{Remote, Sending};
use crate::event::{Event, Mismatch, Outcome, Receipt, Skip, Standing, Stop};
use crate::live;
use crate::model::Kind;
use crate::plan::staleness::MovedField;
use crate::plan::{Operation, Plan};

/// Operations in a row that the server could not be reached for, or failed at, after which nothing more is sent.
const MAX_UNAVAILABLE: u32 = 3;

/// How often an operation whose turn comes too late is read again before that is an error.
const MAX_LATE: u32 = 10;

/// A run under way.
pub(super) struct Run<'a, 'r> {
    pub(super) plan: &'a Plan,
    pub(super) remote: &'a Remote,
    pub(super) reads: &'a Reads<'a>,
    pub(super) ledger: Ledger<'a, 'r>,
    unavailable: u32,
    /// Operations that an earlier attempt may have carried out, or may yet. That a page reads as before is no answer: a
    /// request may be on its way still, or make no difference that a reading shows. Only an answer to another is.
    pub(super) open: BTreeSet<usize>,
    /// How often the turn of an operation came too late.
    late: BTreeMap<usize, u32>,
}

impl<'a, 'r> Run<'a, 'r> {
    pub(super) fn new(plan: &'a Plan, remote: &'a Remote, reads: &'a Reads<'a>, ledger: Ledger<'a, 'r>) -> Self {
        let is_open = |(_, standing): &(usize, &Standing)| {
            standing.may_have_written() && !standing.outcome().is_some_and(Outcome::is_final)
        };
        let open = ledger.receipt.standings.iter().enumerate().filter(is_open).map(|(index, _)| index).collect();
        Self { plan, remote, reads, ledger, unavailable: 0, open, late: BTreeMap::new() }
    }

    /// Sends what is to be sent, level by level, and returns how it ended.
    pub(super) async fn go(mut self) -> Receipt {
        if self.ledger.tell(Event::Began { operations: self.plan.operations.len() }).is_err() {
            return self.ledger.receipt;
        }
        let mut levels = levels(self.plan);
        levels.iter_mut().for_each(|level| level.retain(|index| !self.is_over(*index)));
        self.reads.arrange(self.remote, self.plan, &mut levels);
        for level in levels {
            let rest = match self.remote.sending {
                Sending::Singly => level,
                Sending::InBulk => self.in_bulk(level).await,
            };
            self.singly(rest).await;
        }
        self.check_pins().await;
        self.ledger.receipt
    }

    /// Returns what an operation is sent by now.
    pub(super) fn sender(&self, operation: &Operation) -> Sender<'a> {
        Sender {
            remote: self.remote,
            plan: self.plan,
            primary: self.written_primary(operation),
            max_age: self.reads.max_age(),
            closed: self.ledger.closed(),
        }
    }

    /// Returns the operation that has written the primary locale of a secondary operation's page, if one has; as the
    /// server took it, where it is known to have bent what it was sent.
    pub(super) fn written_primary(&self, operation: &Operation) -> Option<Operation> {
        operation.locale_id.as_ref()?;
        let of_page = self.plan.operations.iter().zip(&self.ledger.receipt.standings);
        let mut primary = of_page.filter(|(other, standing)| {
            other.address.page == operation.address.page && other.locale_id.is_none() && standing.may_have_written()
        });
        let (primary, standing) = primary.next_back()?;
        let mut primary = primary.clone();
        if let Some(Outcome::DidNotTake(mismatches)) = standing.outcome() {
            let found = mismatches.iter().filter_map(|it| Some((it.field.as_field()?, it.found.clone())));
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
            let is_done = self.ledger.receipt.standings[*index].outcome() == Some(&Outcome::Done);
            operation.has_pin && is_done && self.written_primary(operation).is_some()
        };
        let pinned: Vec<usize> = (0..plan.operations.len()).filter(is_pinned).collect();
        let operations = pinned.iter().map(|index| &plan.operations[*index]);
        let addresses = operations.map(|operation| (&operation.address, operation.locale_id.as_ref()));
        let Remote { reader, concurrency, .. } = self.remote;
        let read = tokio::select! {
            biased;
            stop = self.ledger.wanted() => {
                self.ledger.halt(stop);
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
            mismatches.retain(|mismatch| operation.body.sends(&mismatch.field));
            if !mismatches.is_empty() {
                self.finish(index, Outcome::DidNotTake(mismatches));
            }
        }
    }

    /// Returns whether an operation has an end that this run would not change.
    pub(super) fn is_over(&self, index: usize) -> bool {
        self.ledger.receipt.standings[index].outcome().is_some_and(Outcome::is_final)
    }

    /// Returns why an operation must not be sent now, if it must not.
    pub(super) fn skip(&mut self, index: usize) -> Option<Skip> {
        if let Some(stop) = self.ledger.asked() {
            self.ledger.halt(stop);
        }
        if self.ledger.receipt.stop.is_none() && self.remote.deadline.is_some_and(|deadline| Instant::now() >= deadline)
        {
            self.ledger.halt(Stop::Deadline);
        }
        if self.ledger.receipt.stop.is_some() {
            return Some(Skip::Stopped);
        }
        let unmet =
            self.plan.operations[index].needs.iter().find(|need| !self.ledger.receipt.standings[**need].is_success());
        unmet.map(|need| Skip::Needs(*need))
    }

    /// Tells that an operation was not sent after all, because its turn would have come too late. Returns whether it is
    /// worth another reading; if not, it is at its end.
    pub(super) fn hold(&mut self, index: usize) -> bool {
        // What an earlier attempt has left open stays so in the record; and if this cannot be recorded, the operation
        // counts as sent, which does no harm.
        if !self.open.contains(&index) {
            let _ = self.ledger.tell(Event::Held { operation: index });
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

    /// Returns how often the turn of an operation came too late.
    pub(super) fn times_late(&self, index: usize) -> u32 {
        self.late.get(&index).copied().unwrap_or_default()
    }

    /// Stops the run where going on cannot help: without authorization, or against a server that is down.
    pub(super) fn heed(&mut self, trouble: Trouble) {
        self.unavailable = if trouble.is_unavailable { self.unavailable + 1 } else { 0 };
        if trouble.is_authorization {
            self.ledger.halt(Stop::Authorization);
        } else if self.unavailable >= MAX_UNAVAILABLE {
            self.ledger.halt(Stop::ServerErrors);
        }
    }

    pub(super) fn finish(&mut self, operation: usize, outcome: Outcome) {
        let outcome = match outcome {
            Outcome::Skipped(_) | Outcome::Failed { .. } | Outcome::Moved(_) if self.open.contains(&operation) => {
                Outcome::Unknown { message: "an earlier attempt may have carried it out".to_owned() }
            }
            outcome => outcome,
        };
        // The ledger ends the run if this cannot be recorded.
        let _ = self.ledger.tell(Event::Finished { operation, outcome });
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
    Outcome::Moved(fields.into_iter().map(mismatch).collect())
}

pub(super) fn mismatch(MovedField { field, expected, found }: MovedField) -> Mismatch {
    Mismatch { field, expected, found }
}

pub(super) fn gone() -> Outcome {
    Outcome::Failed { message: "the page is gone".to_owned(), hint: None, is_general: false }
}

fn never_young() -> Outcome {
    Outcome::Failed {
        message: "could not write within `--max-read-age` of reading the page".to_owned(),
        hint: Some("raise `--max-read-age` or `--rpm`".to_owned()),
        is_general: true,
    }
}

/// Returns how an operation ends whose page could not be read again, and what that says of the requests to come.
pub(super) fn unread(error: &live::Error) -> (Outcome, Trouble) {
    match error {
        live::Error::Request(error) => (write::failed(error), Trouble::of(error)),
        live::Error::SameTag { .. }
        | live::Error::Shifting { .. }
        | live::Error::Unreadable { .. }
        | live::Error::Damaged { .. }
        | live::Error::OtherLocale { .. }
        | live::Error::TooMuch { .. } => {
            (Outcome::Failed { message: error.to_string(), hint: None, is_general: false }, Trouble::default())
        }
    }
}
