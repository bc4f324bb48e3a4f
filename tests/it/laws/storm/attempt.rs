//! One attempt at carrying out a plan, and the account of it.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use slugline::apply::{self, DEFAULT_MAX_READ_AGE, Remote, Sending, Unrecorded};
use slugline::event::{Event, Receipt};
use slugline::plan::gate::Approved;
use slugline::webflow::Client;
use tokio::sync::{Notify, watch};

use super::case::End;
use crate::laws::world::World;

/// Hardly any trust in what was read.
const NO_AGE: Duration = Duration::from_nanos(1);

/// What is the same for all attempts of a storm.
pub(super) struct Means<'a> {
    pub(super) world: &'a World,
    pub(super) client: &'a Client,
    pub(super) plan: Approved<'a>,
    pub(super) concurrency: usize,
    pub(super) trusts_readings: bool,
    pub(super) sending: Sending,
}

/// What an attempt has told, and how it ended.
#[derive(Debug)]
pub(super) struct Account {
    /// The requests of the attempt are those after this number, up to the other.
    pub(super) after: u64,
    pub(super) last: u64,
    pub(super) told: Vec<Told>,
    pub(super) ended: Ended,
}

/// An event, and the number of the newest request by then.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) at: u64,
    pub(super) event: Event,
    pub(super) is_recorded: bool,
}

#[derive(Debug)]
pub(super) enum Ended {
    Receipt(Receipt),
    Refused(apply::Error),
    Killed,
}

impl Account {
    /// Returns what would be on disk.
    pub(super) fn recorded(&self) -> impl Iterator<Item = &Event> {
        self.told.iter().filter(|told| told.is_recorded).map(|told| &told.event)
    }

    /// Returns the receipt as far as the process got; none if nothing was begun.
    pub(super) fn receipt(&self) -> Option<&Receipt> {
        match &self.ended {
            Ended::Receipt(receipt) => Some(receipt),
            Ended::Refused(_) | Ended::Killed => None,
        }
    }
}

/// Applies the plan, or goes on from a receipt.
pub(super) async fn attempt(means: &Means<'_>, so_far: Option<Receipt>, end: End) -> Account {
    let server = &means.world.server;
    let after = server.last_request();
    let told: RefCell<Vec<Told>> = RefCell::default();
    let (stop, signal) = watch::channel(None);
    let death = Notify::new();
    let mut record = |event: &Event| {
        let number = told.borrow().len();
        let is_recorded = !matches!(end, End::Unrecorded(from) if number >= from);
        told.borrow_mut().push(Told { at: server.last_request(), event: event.clone(), is_recorded });
        match end {
            End::Killed(at) if number == at => death.notify_one(),
            End::Stopped(at, why) if number == at => drop(stop.send(Some(why))),
            End::Killed(_) | End::Stopped(..) | End::Natural | End::Deadline(_) | End::Unrecorded(_) => {}
        }
        if is_recorded { Ok(()) } else { Err(Unrecorded) }
    };
    let deadline = match end {
        End::Deadline(milliseconds) => Some(Instant::now() + Duration::from_millis(milliseconds)),
        End::Natural | End::Killed(_) | End::Stopped(..) | End::Unrecorded(_) => None,
    };
    let remote = Remote {
        reader: means.client.reader(),
        writer: means.client.writer(),
        sending: means.sending,
        concurrency: NonZeroUsize::new(means.concurrency).unwrap(),
        max_read_age: if means.trusts_readings { DEFAULT_MAX_READ_AGE } else { NO_AGE },
        deadline,
    };
    let work = async {
        match so_far {
            None => apply::apply(means.plan, &remote, signal, &mut record).await,
            Some(receipt) => apply::resume(means.plan, receipt, &remote, signal, &mut record).await,
        }
    };
    let ended = tokio::select! {
        biased;
        () = death.notified() => Ended::Killed,
        ended = work => ended.map_or_else(Ended::Refused, Ended::Receipt),
    };
    if matches!(ended, Ended::Killed) {
        // What was sent by then is on its way to the server.
        for _ in 0..30 {
            tokio::task::yield_now().await;
        }
    }
    Account { after, last: server.last_request(), told: told.into_inner(), ended }
}
