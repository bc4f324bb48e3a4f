//! Many operations in one request. What is not known to have taken that way is left to be sent one by one.
//!
//! Nobody says whether the server does all entries of a bulk update or none when one of them is bad, nor in which order:
//! so only operations of one level share a request, and after any answer but a 200 a read decides of each of them.

use std::collections::{BTreeSet, VecDeque};

use super::reads::Needed;
use super::run::{self, Run};
use super::singly::settled;
use super::write::{self, Sender, Settled, Trouble};
use crate::event::{Event, Outcome, Skip};
use crate::live::{self, Reading};
use crate::model::{LocaleId, Metadata};
use crate::plan::{Operation, Plan, staleness};
use crate::webflow::{self, BulkEntry, ENTRIES_PER_UPDATE, Moment, NextTurn, WriteOutcome};

/// What became of a bulk request.
enum Sent {
    /// It was answered; and a moment before it was sent.
    Answered(Vec<webflow::Page>, Moment),
    /// It failed.
    Failed(webflow::Error),
    /// Its turn would have come too late.
    TooLate,
    /// Nothing more can be said of it.
    Over,
}

impl Run<'_, '_> {
    /// Sends the operations of a level, as many in a request as it takes. Returns those that are to be sent one by one.
    pub(super) async fn in_bulk(&mut self, mut level: VecDeque<usize>) -> VecDeque<usize> {
        let mut singly = VecDeque::new();
        level.retain(|index| !self.is_over(*index));
        while !level.is_empty() {
            let some = level.drain(..level.len().min(ENTRIES_PER_UPDATE)).collect();
            singly.extend(self.chunk(some).await);
        }
        singly
    }

    /// Sends the operations of one request, and returns those of them that are to be sent one by one.
    async fn chunk(&mut self, mut chunk: Vec<usize>) -> Vec<usize> {
        // The lists are read right before each request. What is read from here on will do for all of its operations, however
        // many stand in other parts of the lists.
        let mut needed = Needed::AfterTheLastWrite;
        loop {
            let next = NextTurn::default();
            let (ready, read_at) = self.ready(chunk, needed, &next).await;
            // A request of its own does as well for a single one, and is no beta.
            if ready.len() < 2 {
                return ready;
            }
            match self.send_chunk(&ready, read_at, &next).await {
                Sent::Answered(pages, at) => return self.take_answers(&ready, &pages, at).await,
                Sent::Failed(error) => return self.take_failure(&ready, &error).await,
                Sent::Over => return Vec::new(),
                Sent::TooLate => {
                    chunk = ready.into_iter().filter(|index| self.hold(*index)).collect();
                    needed = Needed::After(Moment::now());
                }
            }
        }
    }

    /// Holds operations against what their pages read. Returns those that may be sent, and since when that is known.
    async fn ready(&mut self, chunk: Vec<usize>, needed: Needed, next: &NextTurn) -> (Vec<usize>, Moment) {
        let (mut ready, mut oldest) = (Vec::new(), Moment::now());
        let mut failure: Option<live::Error> = None;
        for index in chunk {
            if let Some(skip) = self.skip(index) {
                self.finish(index, Outcome::Skipped(skip));
                continue;
            }
            let reading = match &failure {
                // What cannot be read is not asked for once more for each of a hundred.
                Some(error) => Err(error.clone()),
                None => match self.read(index, needed, next).await {
                    Some(reading) => reading,
                    None => {
                        self.finish(index, Outcome::Skipped(Skip::Stopped));
                        continue;
                    }
                },
            };
            failure = reading.as_ref().err().cloned();
            if let Some(at) = self.judge(index, reading) {
                ready.push(index);
                oldest = oldest.min(at);
            }
        }
        (ready, oldest)
    }

    /// Returns what the page of an operation reads, which is nothing if it is gone; or nothing at all if somebody wants
    /// the end and it takes too long.
    async fn read(
        &mut self,
        index: usize,
        needed: Needed,
        next: &NextTurn,
    ) -> Option<Result<Option<Reading>, live::Error>> {
        let (plan, remote, reads) = (self.plan, self.remote, self.reads);
        let reading = self.ledger.within_grace(reads.get(remote, &plan.operations[index], needed, next)).await;
        if let Some(Err(error)) = &reading {
            let (_, trouble) = run::unread(error);
            self.heed(trouble);
        }
        reading
    }

    /// Holds an operation against what its page reads. Returns when that was read if the operation may be sent on it;
    /// otherwise the operation is at its end.
    fn judge(&mut self, index: usize, reading: Result<Option<Reading>, live::Error>) -> Option<Moment> {
        let (plan, operation) = (self.plan, &self.plan.operations[index]);
        let outcome = match reading {
            Ok(Some(Reading { metadata, at, offset: _ })) => {
                let verdict = staleness::verdict(plan, operation, &metadata, self.written_primary(operation).as_ref());
                let Some(outcome) = settled(verdict, self.open.contains(&index)) else { return Some(at) };
                outcome
            }
            Ok(None) => run::gone(),
            Err(error) => run::unread(&error).0,
        };
        self.finish(index, outcome);
        None
    }

    /// Sends operations in one request, each intent told before.
    async fn send_chunk(&mut self, ready: &[usize], read_at: Moment, next: &NextTurn) -> Sent {
        for index in ready {
            if let Some(skip) = self.skip(*index).or_else(|| self.tell_intent(*index)) {
                // None of them goes out; those told before would count as sent otherwise.
                for index in ready {
                    self.finish(*index, Outcome::Skipped(skip));
                }
                return Sent::Over;
            }
        }
        let plan = self.plan;
        let entries: Vec<BulkEntry> = ready.iter().map(|index| entry(&plan.operations[*index])).collect();
        let max_age = self.remote.max_read_age;
        let writer = Sender { max_age, ..self.sender(&plan.operations[ready[0]]) }.writer(read_at, next);
        self.reads.write();
        let sent_at = Moment::now();
        match self.ledger.within_grace(writer.update_pages(&entries)).await {
            Some(Ok(pages)) => Sent::Answered(pages, sent_at),
            Some(Err(webflow::Error::Expired { .. })) => Sent::TooLate,
            Some(Err(error)) => Sent::Failed(error),
            // It stays without an end in the record: it may have been carried out.
            None => Sent::Over,
        }
    }

    fn tell_intent(&mut self, index: usize) -> Option<Skip> {
        self.ledger.tell(Event::Sending { operation: index }).is_err().then_some(Skip::Stopped)
    }

    /// Takes the answers in. What the answer has not, a read decides; what it shows as it was before goes one by one.
    async fn take_answers(&mut self, ready: &[usize], pages: &[webflow::Page], sent_at: Moment) -> Vec<usize> {
        self.heed(Trouble::default());
        let plan = self.plan;
        let secondary = secondary_ids(plan);
        let (mut singly, mut unanswered) = (Vec::new(), Vec::new());
        for index in ready.iter().copied() {
            let operation = &plan.operations[index];
            let found = answer_for(operation, pages, &secondary).and_then(|page| live::readable(page).ok());
            match found {
                Some(found) => singly.extend(self.verify(index, found, sent_at).await),
                None => unanswered.push(index),
            }
        }
        let message = "the answer to the bulk request does not have it";
        singly.extend(self.settle(&unanswered, message, write::is_told_by_a_read).await);
        singly
    }

    /// Takes in that the request failed.
    async fn take_failure(&mut self, ready: &[usize], error: &webflow::Error) -> Vec<usize> {
        match error.outcome() {
            WriteOutcome::NotSent => {
                self.heed(Trouble::of(error));
                ready.iter().for_each(|index| self.finish(*index, write::failed(error)));
                Vec::new()
            }
            // Whether that is so of all writes, or of the beta endpoint alone, the first single one will tell.
            WriteOutcome::Refused => ready.to_vec(),
            WriteOutcome::Unknown => {
                self.heed(Trouble::of(error));
                self.settle(ready, &error.to_string(), |operation| write::is_certain(operation, error)).await
            }
        }
    }

    /// Compares an answer with what was sent. Returns the operation if its page is as it was before.
    async fn verify(&mut self, index: usize, found: Metadata, at: Moment) -> Option<usize> {
        let operation = &self.plan.operations[index];
        let sender = self.sender(operation);
        let confirmed = self.ledger.within_grace(write::confirmed(&sender, operation, found.clone())).await;
        let found = confirmed.unwrap_or(found);
        let outcome = write::verify(&sender, operation, &found);
        let is_unmoved = outcome != Outcome::Done && write::precondition_holds(&sender, operation, &found);
        self.reads.learn(&operation.address, found, at);
        if is_unmoved {
            // It was sent and answered; should its own request never go out, nobody may say that nothing was.
            self.open.insert(index);
            return Some(index);
        }
        self.finish(index, outcome);
        None
    }

    /// Decides by reading what became of operations. Returns those that the server has not carried out: they go one by
    /// one, and are an open question until then unless `is_certain`.
    async fn settle(&mut self, sent: &[usize], why: &str, is_certain: impl Fn(&Operation) -> bool) -> Vec<usize> {
        let needed = Needed::After(Moment::now());
        let mut singly = Vec::new();
        let mut is_readable = true;
        for index in sent.iter().copied() {
            let operation = &self.plan.operations[index];
            let reading = if is_readable { self.read(index, needed, &NextTurn::default()).await } else { None };
            is_readable = matches!(reading, Some(Ok(_)));
            let settled = reading.and_then(Result::ok).flatten();
            let settled = settled.map(|reading| write::settled_by(&self.sender(operation), operation, reading));
            match settled {
                Some(Settled::NotWritten(_)) => {
                    if !is_certain(operation) {
                        self.open.insert(index);
                    }
                    singly.push(index);
                }
                Some(Settled::Done(outcome, ..)) => self.finish(index, outcome),
                Some(Settled::Unknown | Settled::Refused) | None => {
                    self.finish(index, Outcome::Unknown { message: why.to_owned() });
                }
            }
        }
        singly
    }
}

fn entry(operation: &Operation) -> BulkEntry {
    BulkEntry {
        id: operation.address.page.to_string(),
        locale_id: operation.locale_id.as_ref().map(ToString::to_string),
        update: write::page_update(&operation.body),
    }
}

/// Returns the ids of the secondary locales that the plan is about.
fn secondary_ids(plan: &Plan) -> BTreeSet<&str> {
    plan.operations.iter().filter_map(|operation| operation.locale_id.as_ref()).map(LocaleId::as_str).collect()
}

/// Returns the answer for an operation, if there is exactly one. In the documented answers the primary locale goes
/// without its id in one place and with it in another.
fn answer_for<'p>(
    operation: &Operation,
    pages: &'p [webflow::Page],
    secondary: &BTreeSet<&str>,
) -> Option<&'p webflow::Page> {
    let is_meant = |page: &&webflow::Page| {
        let locale = page.locale_id.as_deref();
        let is_locale = match &operation.locale_id {
            Some(wanted) => locale == Some(wanted.as_str()),
            None => locale.is_none_or(|id| !secondary.contains(id)),
        };
        page.id == operation.address.page.as_str() && is_locale
    };
    let mut meant = pages.iter().filter(is_meant);
    meant.next().filter(|_| meant.next().is_none())
}
