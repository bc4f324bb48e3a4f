//! Operations one by one: each is checked against a young reading, sent, and settled, some side by side.

use std::collections::VecDeque;
use std::time::Instant;

use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;

use super::reads::{self, Since};
use super::run::{self, Run};
use super::stop::{GRACE, at};
use super::write::{self, Ended, Trouble, Written};
use crate::event::{Event, Outcome, Skip, Standing};
use crate::plan::staleness::{self, Verdict};

/// A stage that an operation has come through.
enum Step {
    /// It may be sent, on what was read then.
    Ready(usize, Instant),
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
                None => under_way.push(self.check(index, reads::young(self.remote))),
            }
        }
    }

    fn take(&mut self, step: Step, under_way: &mut UnderWay<'a>) {
        match step {
            Step::Settled(index, outcome, trouble) => {
                self.heed(trouble);
                self.finish(index, outcome);
            }
            Step::Ready(index, read_at) => self.send(index, read_at, under_way),
            Step::Written(index, Written { ended: Ended::TooLate, .. }) => {
                // The read waits for a turn itself, so that the write's comes soon after it.
                if self.hold(index) {
                    under_way.push(self.check(index, Some(Instant::now())));
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

    fn send(&mut self, index: usize, read_at: Instant, under_way: &mut UnderWay<'a>) {
        // Much may have happened while it was read again.
        if let Some(skip) = self.skip(index) {
            return self.finish(index, Outcome::Skipped(skip));
        }
        if self.ledger.tell(Event::Sending { operation: index }).is_err() {
            return self.finish(index, Outcome::Skipped(Skip::Stopped));
        }
        let operation = &self.plan.operations[index];
        let sender = self.sender(operation);
        under_way.push(Box::pin(async move { Step::Written(index, write::write(&sender, operation, read_at).await) }));
    }

    /// Reads again where that is due, and holds what is read against the plan.
    fn check(&self, index: usize, since: Since) -> LocalBoxFuture<'a, Step> {
        let (plan, remote, reads) = (self.plan, self.remote, self.reads);
        let operation = &plan.operations[index];
        let primary = self.written_primary(operation);
        let is_open = self.open.contains(&index);
        Box::pin(async move {
            let reading = match reads.fresh(remote, operation, since).await {
                Ok(Some(reading)) => reading,
                Ok(None) => return Step::Settled(index, run::gone(), Trouble::default()),
                Err(error) => {
                    let (outcome, trouble) = run::unread(&error);
                    return Step::Settled(index, outcome, trouble);
                }
            };
            let verdict = staleness::verdict(plan, operation, &reading.metadata, primary.as_ref());
            match settled(verdict, is_open) {
                None => Step::Ready(index, reading.at),
                Some(outcome) => Step::Settled(index, outcome, Trouble::default()),
            }
        })
    }
}

/// Returns how an operation ends for which this was read, unless it is to be sent.
pub(super) fn settled(verdict: Verdict, is_open: bool) -> Option<Outcome> {
    match verdict {
        Verdict::Send => None,
        // It was sent, and nobody heard of it since; now it is known.
        Verdict::Converged if is_open => Some(Outcome::Done),
        Verdict::Converged => Some(Outcome::Converged),
        Verdict::Moved(fields) => Some(run::moved(fields)),
    }
}
