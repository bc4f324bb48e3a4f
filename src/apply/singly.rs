//! Operations one by one: each is checked against a young reading, sent, and settled, some side by side.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;

use super::reads::Needed;
use super::run::{self, Run};
use super::stop::{GRACE, at};
use super::write::{self, Ended, Sender, Trouble, Written};
use crate::event::{Event, Outcome, Skip, Standing};
use crate::plan::staleness::{self, Verdict};
use crate::webflow::{Moment, NextTurn};

/// How often the turn of an operation comes too late before its write may wait longer.
const PATIENCE: u32 = 3;

/// A stage that an operation has come through.
enum Step {
    /// It may be sent on what was read then, in the turn that the read has kept, if it has.
    Ready(usize, Moment, NextTurn),
    /// It needs no sending, or must not be sent.
    Settled(usize, Outcome, Trouble),
    /// It was sent, or its turn came too late.
    Written(usize, Written),
}

type UnderWay<'a> = FuturesUnordered<LocalBoxFuture<'a, Step>>;

impl<'a> Run<'a, '_> {
    /// Sends the operations of a level side by side. One task does it all, so that events come one after the other and
    /// each intent is told before its request goes out.
    pub(super) async fn singly(&mut self, mut waiting: VecDeque<usize>) {
        let level: Vec<usize> = waiting.iter().copied().collect();
        let mut under_way: UnderWay<'a> = FuturesUnordered::new();
        let mut grace_ends = None;
        loop {
            self.fill(&mut waiting, &mut under_way);
            let step = tokio::select! {
                biased;
                stop = self.ledger.wanted(), if grace_ends.is_none() => {
                    self.ledger.halt(stop);
                    grace_ends = Some(tokio::time::Instant::now() + GRACE);
                    continue;
                }
                // What was sent and not answered stays without an end in the record: it may have been carried out.
                () = at(grace_ends) => return self.leave(&level),
                step = under_way.next() => step,
            };
            let Some(step) = step else { return };
            self.take(step, &mut under_way);
        }
    }

    /// Tells of the operations that nothing was sent for that they will not be.
    fn leave(&mut self, level: &[usize]) {
        for index in level {
            if self.ledger.receipt.standings[*index] == Standing::Waiting {
                self.finish(*index, Outcome::Skipped(Skip::Stopped));
            }
        }
    }

    /// Starts as many operations as may be under way at once.
    fn fill(&mut self, waiting: &mut VecDeque<usize>, under_way: &mut UnderWay<'a>) {
        while under_way.len() < self.remote.concurrency.get()
            && let Some(index) = waiting.pop_front()
        {
            if self.is_over(index) {
                continue;
            }
            match self.skip(index) {
                Some(skip) => self.finish(index, Outcome::Skipped(skip)),
                None => under_way.push(self.check(index, Needed::Young)),
            }
        }
    }

    fn take(&mut self, step: Step, under_way: &mut UnderWay<'a>) {
        match step {
            Step::Settled(index, outcome, trouble) => {
                self.heed(trouble);
                self.finish(index, outcome);
            }
            Step::Ready(index, read_at, next) => self.send(index, read_at, next, under_way),
            Step::Written(index, Written { ended: Ended::TooLate, .. }) => {
                if self.hold(index) {
                    under_way.push(self.check(index, self.needed_when_late(index)));
                }
            }
            Step::Written(index, Written { ended: Ended::Outcome(outcome, seen), trouble }) => {
                self.heed(trouble);
                let address = &self.plan.operations[index].address;
                match seen {
                    Some((found, at)) => self.reads.learn(address, *found, at),
                    None => self.reads.forget(address),
                }
                self.finish(index, outcome);
            }
        }
    }

    /// Returns which reading an operation needs whose turn came too late. Of those that share the read of a list, only one
    /// has its turn right after it; at the second time each reads its page alone.
    fn needed_when_late(&self, index: usize) -> Needed {
        if self.times_late(index) > 1 || self.reads.is_page_by_page() {
            Needed::Alone
        } else {
            Needed::After(Moment::now())
        }
    }

    /// Returns the age at which an operation's reading is too old. Where others leave hardly any room in the rate limit, a
    /// write hardly ever follows its read at once; it may wait as long as readings may be old then.
    fn max_age(&self, index: usize) -> Duration {
        if self.times_late(index) < PATIENCE { self.reads.max_age() } else { self.remote.max_read_age }
    }

    fn send(&mut self, index: usize, read_at: Moment, next: NextTurn, under_way: &mut UnderWay<'a>) {
        // Much may have happened while it was read again.
        if let Some(skip) = self.skip(index) {
            return self.finish(index, Outcome::Skipped(skip));
        }
        if self.ledger.tell(Event::Sending { operation: index }).is_err() {
            return self.finish(index, Outcome::Skipped(Skip::Stopped));
        }
        let operation = &self.plan.operations[index];
        let sender = Sender { max_age: self.max_age(index), ..self.sender(operation) };
        self.reads.write();
        under_way.push(Box::pin(async move {
            Step::Written(index, write::write(&sender, operation, read_at, &next).await)
        }));
    }

    /// Reads again where that is due, and holds what is read against the plan.
    fn check(&self, index: usize, needed: Needed) -> LocalBoxFuture<'a, Step> {
        let (plan, remote, reads) = (self.plan, self.remote, self.reads);
        let operation = &plan.operations[index];
        let primary = self.written_primary(operation);
        let is_open = self.open.contains(&index);
        Box::pin(async move {
            let next = NextTurn::default();
            let reading = match reads.get(remote, operation, needed, &next).await {
                Ok(Some(reading)) => reading,
                Ok(None) => return Step::Settled(index, run::gone(), Trouble::default()),
                Err(error) => {
                    let (outcome, trouble) = run::unread(&error);
                    return Step::Settled(index, outcome, trouble);
                }
            };
            let verdict = staleness::verdict(plan, operation, &reading.metadata, primary.as_ref());
            match settled(verdict, is_open) {
                None => Step::Ready(index, reading.at, next),
                Some(outcome) => Step::Settled(index, outcome, Trouble::default()),
            }
        })
    }
}

/// Returns how an operation ends for which this was read, unless it is to be sent.
pub(super) fn settled(verdict: Verdict, is_open: bool) -> Option<Outcome> {
    match verdict {
        Verdict::Send => None,
        // It was sent, and nothing was known of it since; now it is.
        Verdict::Converged(changed) if is_open && changed.is_empty() => Some(Outcome::Done),
        Verdict::Converged(changed) if is_open => {
            Some(Outcome::DidNotTake(changed.into_iter().map(run::mismatch).collect()))
        }
        Verdict::Converged(_) => Some(Outcome::Converged),
        Verdict::Moved(fields) => Some(run::moved(fields)),
    }
}
