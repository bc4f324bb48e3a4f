//! Applies a plan: checks that the site still fits it, sends its operations in order, and tells what happens.
//!
//! Makes no choice of its own: what is sent, and what must be so before, stands in the plan. Must not know files or the
//! terminal; whoever listens gets events, each intent before its request goes out.

mod run;

mod bulk;
mod ledger;
mod publish;
mod reads;
mod singly;
mod stop;
mod window;
mod write;

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use self::ledger::Ledger;
use self::reads::Reads;
use self::run::Run;
use self::stop::{at, wanted};
use crate::event::{Event, Receipt, Stop};
use crate::live;
use crate::plan::Plan;
use crate::plan::gate::Approved;
use crate::plan::staleness::{self, Moved};
use crate::webflow::{Reader, Writer};

pub use self::publish::publish;
pub use self::stop::StopSignal;

/// The age of a reading after which no write may go out on it.
pub const DEFAULT_MAX_READ_AGE: Duration = Duration::from_secs(30);

/// What an apply talks to, and within which bounds.
#[derive(Clone)]
pub struct Remote {
    /// Reads for the check, and to settle what is unknown.
    pub reader: Reader,
    /// Writes.
    pub writer: Writer,
    /// How operations are sent.
    pub sending: Sending,
    /// Requests under way at once, at most.
    pub concurrency: NonZeroUsize,
    /// No write goes out on a reading older than this.
    pub max_read_age: Duration,
    /// No write goes out after this.
    pub deadline: Option<Instant>,
}

/// How operations are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sending {
    /// A request each.
    #[default]
    Singly,
    /// Many in one request of the beta API, and one by one what did not take that way.
    InBulk,
}

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

/// Applies an approved plan and returns how each operation ended. An error means that nothing was written.
pub async fn apply(
    approved: Approved<'_>,
    remote: &Remote,
    mut stop: StopSignal,
    record: &mut Record<'_>,
) -> Result<Receipt, Error> {
    let plan = approved.plan();
    let reads = read(plan, remote, &mut stop).await?;
    staleness::check(plan, &reads.all()).map_err(Error::Stale)?;
    Ok(Run::new(plan, remote, &reads, Ledger::new(Receipt::default(), stop, record)).go().await)
}

/// Goes on with a run that ended before its end. What is known to be done is not sent again; what somebody else has
/// changed since is left alone.
pub async fn resume(
    approved: Approved<'_>,
    receipt: Receipt,
    remote: &Remote,
    mut stop: StopSignal,
    record: &mut Record<'_>,
) -> Result<Receipt, Error> {
    let plan = approved.plan();
    let reads = read(plan, remote, &mut stop).await?;
    Ok(Run::new(plan, remote, &reads, Ledger::new(receipt, stop, record)).go().await)
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
