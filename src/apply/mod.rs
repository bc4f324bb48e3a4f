//! Applies a plan: checks that the site still fits it, sends its operations in order, and tells what happens.
//!
//! Makes no choice of its own: what is sent, and what must be so before, stands in the plan. Must not know files or the
//! terminal; whoever listens gets events.

mod write;

use std::collections::VecDeque;
use std::num::NonZeroUsize;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use crate::event::{Event, Outcome, Receipt, Skip};
use crate::live;
use crate::plan::Plan;
use crate::plan::staleness::{self, Moved};
use crate::webflow::{Reader, Writer};

/// Operations in a row that the server could not be reached for, or failed at, after which nothing more is sent.
const MAX_UNAVAILABLE: u32 = 3;

/// What an apply talks to.
#[derive(Clone)]
pub struct Remote {
    /// Reads for the check, and to settle what is unknown.
    pub reader: Reader,
    /// Writes.
    pub writer: Writer,
    /// Requests under way at once, at most.
    pub concurrency: NonZeroUsize,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The site has moved since the plan was made.
    #[error("the plan is stale: the site has moved since in {} {}", .0.len(), if .0.len() == 1 { "place" } else { "places" })]
    Stale(Vec<Moved>),
    /// The site could not be read.
    #[error("failed to read the site again before the first write")]
    Read(#[from] live::Error),
}

/// Applies the plan and returns how each operation ended. An error means that nothing was written.
pub async fn apply(plan: &Plan, remote: &Remote, emit: &mut dyn FnMut(&Event)) -> Result<Receipt, Error> {
    let addresses = plan.operations.iter().map(|operation| (&operation.address, operation.locale_id.as_ref()));
    let current = live::read_again(&remote.reader, &plan.target.site, addresses, remote.concurrency).await?;
    let converged = staleness::check(plan, &current).map_err(Error::Stale)?;
    let mut run = Run { plan, remote, emit, receipt: Receipt::default(), unavailable: 0, is_stopped: false };
    run.tell(Event::Checked { operations: plan.operations.len() });
    for operation in converged {
        run.finish(operation, Outcome::Converged);
    }
    for level in levels(plan) {
        run.level(level).await;
    }
    run.check_pins().await;
    Ok(run.receipt)
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

struct Run<'a> {
    plan: &'a Plan,
    remote: &'a Remote,
    emit: &'a mut dyn FnMut(&Event),
    receipt: Receipt,
    unavailable: u32,
    is_stopped: bool,
}

impl Run<'_> {
    /// Sends the operations of a level side by side. One task does it all, so that events come one after the other and
    /// each intent is told before its request goes out.
    async fn level(&mut self, mut waiting: VecDeque<usize>) {
        let mut under_way = FuturesUnordered::new();
        loop {
            while under_way.len() < self.remote.concurrency.get()
                && let Some(index) = waiting.pop_front()
            {
                if self.receipt.outcomes[index].is_some() {
                    continue;
                }
                if let Some(skip) = self.skip(index) {
                    self.finish(index, Outcome::Skipped(skip));
                    continue;
                }
                self.tell(Event::Sending { operation: index });
                let (remote, operation) = (self.remote, &self.plan.operations[index]);
                under_way.push(async move { (index, write::write(remote, operation).await) });
            }
            let Some((index, written)) = under_way.next().await else { return };
            self.heed(&written);
            self.finish(index, written.outcome);
        }
    }

    /// Reads pinned values once more, now that the primary is written. Until then they read as wanted whether the server
    /// took them or not.
    async fn check_pins(&mut self) {
        let is_pinned = |index: &usize| {
            self.plan.operations[*index].has_pin && self.receipt.outcomes[*index] == Some(Outcome::Done)
        };
        let pinned: Vec<usize> = (0..self.plan.operations.len()).filter(is_pinned).collect();
        let operations = pinned.iter().map(|index| &self.plan.operations[*index]);
        let addresses = operations.map(|operation| (&operation.address, operation.locale_id.as_ref()));
        let Remote { reader, concurrency, writer: _ } = self.remote;
        let read = live::read_again(reader, &self.plan.target.site, addresses, *concurrency).await;
        // What cannot be read cannot be said to be lost; the next plan will tell.
        let Ok(found) = read else { return };
        for index in pinned {
            let operation = &self.plan.operations[index];
            let Some(metadata) = found.get(&operation.address) else { continue };
            // What was not sent may have followed the primary by now, as it should.
            let mut mismatches = write::mismatches(operation, metadata);
            mismatches.retain(|mismatch| operation.body.fields.contains_key(&mismatch.field));
            if !mismatches.is_empty() {
                self.finish(index, Outcome::DidNotTake(mismatches));
            }
        }
    }

    fn skip(&self, index: usize) -> Option<Skip> {
        if self.is_stopped {
            return Some(Skip::Stopped);
        }
        let succeeded = |need: &&usize| self.receipt.outcomes[**need].as_ref().is_some_and(Outcome::is_success);
        let unmet = self.plan.operations[index].needs.iter().find(|need| !succeeded(need));
        unmet.map(|need| Skip::Needs(*need))
    }

    /// Stops the run where going on cannot help: without authorization, or against a server that is down.
    fn heed(&mut self, written: &write::Written) {
        self.unavailable = if written.is_unavailable { self.unavailable + 1 } else { 0 };
        self.is_stopped |= written.is_authorization_error || self.unavailable >= MAX_UNAVAILABLE;
    }

    fn finish(&mut self, operation: usize, outcome: Outcome) {
        self.tell(Event::Finished { operation, outcome });
    }

    fn tell(&mut self, event: Event) {
        self.receipt.record(&event);
        (self.emit)(&event);
    }
}
