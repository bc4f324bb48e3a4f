//! Applies a plan: checks that the site still fits it, sends its operations in order, and tells what happens.
//!
//! Makes no choice of its own: what is sent, and what must be so before, stands in the plan. Must not know files or the
//! terminal; whoever listens gets events, each intent before its request goes out.

mod reads;
mod write;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;

use self::reads::{Demand, Reads};
use self::write::{Ended, Sender, Trouble, Written};
use crate::event::{Event, Mismatch, Outcome, Receipt, Skip, Standing, Stop};
use crate::live;
use crate::plan::staleness::{self, Moved, MovedField, Verdict};
use crate::plan::{Operation, Plan};
use crate::webflow::{Reader, Writer};

/// Operations in a row that the server could not be reached for, or failed at, after which nothing more is sent.
const MAX_UNAVAILABLE: u32 = 3;

/// How often an operation whose turn comes too late is read again before that is an error.
const MAX_LATE: u32 = 5;

/// How long requests under way may take once somebody wants the run to end. GitHub kills a step 10 s after it asked.
const GRACE: Duration = Duration::from_secs(5);

/// The age of a reading after which no write may go out on it.
pub const DEFAULT_MAX_READ_AGE: Duration = Duration::from_secs(30);

/// What an apply talks to, and within which bounds.
#[derive(Clone)]
pub struct Remote {
    /// Reads for the check, and to settle what is unknown.
    pub reader: Reader,
    /// Writes.
    pub writer: Writer,
    /// Requests under way at once, at most.
    pub concurrency: NonZeroUsize,
    /// No write goes out on a reading older than this.
    pub max_read_age: Duration,
    /// No write goes out after this.
    pub deadline: Option<Instant>,
}

/// Somebody's wish that the run should end, once there is one.
pub type StopSignal = watch::Receiver<Option<Stop>>;

/// Whoever keeps the record could not; nothing more may be sent then.
#[derive(Debug)]
pub struct Unrecorded;

/// Takes in events. When it returns, the event is as safe as it can be.
pub type Record<'a> = dyn FnMut(&Event) -> Result<(), Unrecorded> + 'a;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The site has moved since the plan was made.
    #[error("the plan is stale: the site has moved since in {} {}", .0.len(), if .0.len() == 1 { "place" } else { "places" })]
    Stale(Vec<Moved>),
    /// The site could not be read.
    #[error("failed to read the site again before the first write")]
    Read(#[from] live::Error),
    /// Somebody wanted the end before the first write.
    #[error("stopped before the first write: {}", .0.describe())]
    Stopped(Stop),
}

/// Applies the plan and returns how each operation ended. An error means that nothing was written.
pub async fn apply(
    plan: &Plan,
    remote: &Remote,
    mut stop: StopSignal,
    record: &mut Record<'_>,
) -> Result<Receipt, Error> {
    let reads = read(plan, remote, &mut stop).await?;
    staleness::check(plan, &reads.all()).map_err(Error::Stale)?;
    Ok(go(plan, Receipt::default(), remote, &reads, stop, record).await)
}

/// Goes on with a run that ended before its end. What is known to be done is not sent again; what somebody else has
/// changed since is left alone.
pub async fn resume(
    plan: &Plan,
    receipt: Receipt,
    remote: &Remote,
    mut stop: StopSignal,
    record: &mut Record<'_>,
) -> Result<Receipt, Error> {
    let reads = read(plan, remote, &mut stop).await?;
    Ok(go(plan, receipt, remote, &reads, stop, record).await)
}

async fn go(
    plan: &Plan,
    receipt: Receipt,
    remote: &Remote,
    reads: &Reads<'_>,
    stop: StopSignal,
    record: &mut Record<'_>,
) -> Receipt {
    let is_closed = AtomicBool::new(false);
    let mut run = Run::new(plan, remote, reads, receipt, stop, record, &is_closed);
    run.go().await;
    run.receipt
}

/// Reads what the plan is about, unless somebody wants the end first.
async fn read<'p>(plan: &'p Plan, remote: &Remote, stop: &mut StopSignal) -> Result<Reads<'p>, Error> {
    let deadline = remote.deadline.map(Into::into);
    tokio::select! {
        biased;
        stop = wanted(stop) => Err(Error::Stopped(stop)),
        () = at(deadline) => Err(Error::Stopped(Stop::Deadline)),
        reads = Reads::of(remote, plan) => Ok(reads?),
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

struct Run<'a, 'r> {
    plan: &'a Plan,
    remote: &'a Remote,
    reads: &'a Reads<'a>,
    receipt: Receipt,
    stop_signal: StopSignal,
    record: &'a mut Record<'r>,
    unavailable: u32,
    /// Operations that an earlier attempt may have carried out, as long as nothing says that it has or has not.
    open: BTreeSet<usize>,
    /// How often the turn of an operation came too late.
    late: BTreeMap<usize, u32>,
    is_closed: &'a AtomicBool,
}

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

impl<'a, 'r> Run<'a, 'r> {
    fn new(
        plan: &'a Plan,
        remote: &'a Remote,
        reads: &'a Reads<'a>,
        receipt: Receipt,
        stop_signal: StopSignal,
        record: &'a mut Record<'r>,
        is_closed: &'a AtomicBool,
    ) -> Self {
        let is_open = |(_, standing): &(usize, &Standing)| {
            standing.may_have_written() && !standing.outcome().is_some_and(Outcome::is_final)
        };
        let open = receipt.standings.iter().enumerate().filter(is_open).map(|(index, _)| index).collect();
        let (unavailable, late) = (0, BTreeMap::new());
        Self { plan, remote, reads, receipt, stop_signal, record, unavailable, open, late, is_closed }
    }

    async fn go(&mut self) {
        if self.tell(Event::Began { operations: self.plan.operations.len() }).is_err() {
            return;
        }
        for level in levels(self.plan) {
            self.level(level).await;
        }
        self.check_pins().await;
    }

    /// Sends the operations of a level side by side. One task does it all, so that events come one after the other and
    /// each intent is told before its request goes out.
    async fn level(&mut self, mut waiting: VecDeque<usize>) {
        let mut under_way: UnderWay<'a> = FuturesUnordered::new();
        let mut grace_ends = None;
        loop {
            self.fill(&mut waiting, &mut under_way);
            let step = tokio::select! {
                biased;
                stop = wanted(&mut self.stop_signal), if grace_ends.is_none() => {
                    self.halt(stop);
                    grace_ends = Some(tokio::time::Instant::now() + GRACE);
                    continue;
                }
                // What is under way now stays without an end in the record: it may have been carried out.
                () = at(grace_ends) => return,
                step = under_way.next() => step,
            };
            let Some(step) = step else { return };
            self.take(step, &mut under_way);
        }
    }

    /// Starts as many operations as may be under way at once.
    fn fill(&mut self, waiting: &mut VecDeque<usize>, under_way: &mut UnderWay<'a>) {
        while under_way.len() < self.remote.concurrency.get()
            && let Some(index) = waiting.pop_front()
        {
            if self.receipt.standings[index].outcome().is_some_and(Outcome::is_final) {
                continue;
            }
            match self.skip(index) {
                Some(skip) => self.finish(index, Outcome::Skipped(skip)),
                None => under_way.push(self.check(index, Demand::Young)),
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
            Step::Written(index, Written { ended: Ended::TooLate, .. }) => self.hold(index, under_way),
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
        if self.tell(Event::Sending { operation: index }).is_err() {
            return self.finish(index, Outcome::Skipped(Skip::Stopped));
        }
        // It reads as before, so whatever an earlier attempt did is no question any more.
        self.open.remove(&index);
        let operation = &self.plan.operations[index];
        let sender =
            Sender { remote: self.remote, primary: self.written_primary(operation), is_closed: self.is_closed };
        under_way.push(Box::pin(async move { Step::Written(index, write::write(sender, operation, read_at).await) }));
    }

    /// Reads an operation's page again whose turn would have come too late. The read waits for a turn itself, so that
    /// the write's comes soon after it.
    fn hold(&mut self, index: usize, under_way: &mut UnderWay<'a>) {
        // If this cannot be recorded, the operation counts as sent, which does no harm.
        let _ = self.tell(Event::Held { operation: index });
        let late = self.late.entry(index).or_insert(0);
        *late += 1;
        if *late > MAX_LATE {
            return self.finish(index, never_young());
        }
        match self.skip(index) {
            Some(skip) => self.finish(index, Outcome::Skipped(skip)),
            None => under_way.push(self.check(index, Demand::New)),
        }
    }

    /// Reads again where that is due, and holds what is read against the plan.
    fn check(&self, index: usize, demand: Demand) -> LocalBoxFuture<'a, Step> {
        let (plan, remote, reads) = (self.plan, self.remote, self.reads);
        let operation = &plan.operations[index];
        let primary = self.written_primary(operation);
        let is_open = self.open.contains(&index);
        Box::pin(async move {
            let reading = match reads.fresh(remote, operation, demand).await {
                Ok(Some(reading)) => reading,
                Ok(None) => return Step::Settled(index, gone(), Trouble::default()),
                Err(error) => return unread(index, &error),
            };
            let outcome = match staleness::verdict(plan, operation, &reading.metadata, primary) {
                Verdict::Send => return Step::Ready(index, reading.at),
                // It was sent, and nobody heard of it since; now it is known.
                Verdict::Converged if is_open => Outcome::Done,
                Verdict::Converged => Outcome::Converged,
                Verdict::Moved(fields) => moved(fields),
            };
            Step::Settled(index, outcome, Trouble::default())
        })
    }

    /// Returns the operation that has written the primary locale of a secondary operation's page, if one has.
    fn written_primary(&self, operation: &Operation) -> Option<&'a Operation> {
        let plan = self.plan;
        operation.locale_id.as_ref()?;
        let of_page = plan.operations.iter().zip(&self.receipt.standings);
        let mut primary = of_page.filter(|(other, standing)| {
            other.address.page == operation.address.page && other.locale_id.is_none() && standing.may_have_written()
        });
        primary.next_back().map(|(primary, _)| primary)
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
            stop = wanted(&mut self.stop_signal) => {
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

    fn skip(&mut self, index: usize) -> Option<Skip> {
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

    /// Stops the run where going on cannot help: without authorization, or against a server that is down.
    fn heed(&mut self, trouble: Trouble) {
        self.unavailable = if trouble.is_unavailable { self.unavailable + 1 } else { 0 };
        if trouble.is_authorization {
            self.halt(Stop::Authorization);
        } else if self.unavailable >= MAX_UNAVAILABLE {
            self.halt(Stop::ServerErrors);
        }
    }

    fn halt(&mut self, stop: Stop) {
        if self.receipt.stop.is_none() {
            self.is_closed.store(true, Ordering::Relaxed);
            // A stop that cannot be recorded is a stop all the same.
            let _ = self.tell(Event::Stopped(stop));
        }
    }

    fn finish(&mut self, operation: usize, outcome: Outcome) {
        let outcome = match outcome {
            Outcome::Skipped(_) | Outcome::Failed { .. } | Outcome::Moved(_) if self.open.contains(&operation) => {
                Outcome::Unknown { message: "an earlier attempt may have carried it out".to_owned() }
            }
            outcome => outcome,
        };
        // What happened is in the receipt even if it cannot be recorded; the run ends then.
        let _ = self.tell(Event::Finished { operation, outcome });
    }

    fn tell(&mut self, event: Event) -> Result<(), Unrecorded> {
        self.receipt.record(&event);
        let recorded = (self.record)(&event);
        if recorded.is_err() {
            self.receipt.stop.get_or_insert(Stop::Record);
        }
        recorded
    }
}

/// Waits until somebody wants the run to end, for ever if nobody does.
async fn wanted(stop: &mut StopSignal) -> Stop {
    loop {
        if let Some(stop) = *stop.borrow_and_update() {
            return stop;
        }
        if stop.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Waits until that time, for ever if there is none.
async fn at(time: Option<tokio::time::Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

fn moved(fields: Vec<MovedField>) -> Outcome {
    let mismatch = |MovedField { field, expected, found }| Mismatch { field, expected, found };
    Outcome::Moved(fields.into_iter().map(mismatch).collect())
}

fn gone() -> Outcome {
    Outcome::Failed { message: "the page is gone".to_owned(), hint: None, is_general: false }
}

fn never_young() -> Outcome {
    Outcome::Failed {
        message: "its turn never came while what was read of the page was young enough".to_owned(),
        hint: Some("allow older readings with `--max-read-age`, or more requests with `--rpm`".to_owned()),
        is_general: true,
    }
}

fn unread(index: usize, error: &live::Error) -> Step {
    match error {
        live::Error::Request(error) => Step::Settled(index, write::failed(error), Trouble::of(error)),
        live::Error::Shifting { .. } | live::Error::Unreadable { .. } => {
            let outcome = Outcome::Failed { message: error.to_string(), hint: None, is_general: false };
            Step::Settled(index, outcome, Trouble::default())
        }
    }
}
