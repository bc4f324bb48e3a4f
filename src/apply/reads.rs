//! What is known of the page-locales a plan is about, and since when. No write may go out on knowledge that is too old.
//!
//! Reads by list: one request refreshes everything on the same list page. Must not decide what is sent.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::Remote;
use crate::live::{self, Reading};
use crate::model::{Address, LocaleId, Metadata, SiteId};
use crate::plan::{Operation, Plan};

/// Since when a reading must have been made; any time will do if nothing is said.
pub(super) type Since = Option<Instant>;

/// Returns since when a reading must have been made for a write now.
pub(super) fn young(remote: &Remote) -> Since {
    Instant::now().checked_sub(remote.max_read_age)
}

fn is_since(reading: &Reading, since: Since) -> bool {
    since.is_none_or(|since| reading.at >= since)
}

/// The newest readings.
#[derive(Debug)]
pub(super) struct Reads<'a> {
    site: &'a SiteId,
    known: Mutex<BTreeMap<Address, Reading>>,
    /// When the last write of ours to a page was answered. A list that was asked for before may show what was before.
    answered: Mutex<BTreeMap<Address, Instant>>,
    /// Held while a list is read again, so that all who find the same part of it too old wait for one request.
    reading: tokio::sync::Mutex<()>,
}

impl<'a> Reads<'a> {
    /// Reads everything that a plan is about.
    pub(super) async fn of(remote: &Remote, plan: &'a Plan) -> Result<Self, live::Error> {
        let operations = plan.operations.iter();
        let addresses = operations.map(|operation| (&operation.address, operation.locale_id.as_ref()));
        let site = &plan.target.site;
        let known = live::read_again(&remote.reader, site, addresses, remote.concurrency).await?;
        let reads =
            Self { site, known: Mutex::new(known), answered: Mutex::default(), reading: tokio::sync::Mutex::new(()) };
        reads.complete(remote, plan).await?;
        Ok(reads)
    }

    /// Asks for each page that no list had, which may be gone or only have been passed over while the list shifted.
    async fn complete(&self, remote: &Remote, plan: &Plan) -> Result<(), live::Error> {
        for operation in &plan.operations {
            let is_known = self.known().contains_key(&operation.address);
            if !is_known {
                self.read_alone(remote, &operation.address, operation.locale_id.as_ref(), 0).await?;
            }
        }
        Ok(())
    }

    /// Returns what everything reads.
    pub(super) fn all(&self) -> BTreeMap<Address, Metadata> {
        self.known().iter().map(|(address, reading)| (address.clone(), reading.metadata.clone())).collect()
    }

    /// Returns what the operation's page reads; nothing if it is gone. What is known is good enough if it was read since
    /// then.
    pub(super) async fn fresh(
        &self,
        remote: &Remote,
        operation: &Operation,
        since: Since,
    ) -> Result<Option<Reading>, live::Error> {
        let known = self.known().get(&operation.address).cloned();
        match known {
            None => self.read_alone(remote, &operation.address, operation.locale_id.as_ref(), 0).await,
            Some(known) if is_since(&known, since) => Ok(Some(known)),
            Some(known) => self.refresh(remote, operation, since, known.offset).await,
        }
    }

    /// Forgets what is known of a page, since something has happened to it that nobody saw.
    pub(super) fn forget(&self, address: &Address) {
        self.known().remove(address);
    }

    /// Takes in what the answer to a write reads, which was sent then.
    pub(super) fn learn(&self, address: &Address, metadata: Metadata, sent_at: Instant) {
        self.answered().insert(address.clone(), Instant::now());
        let mut known = self.known();
        match known.get_mut(address) {
            Some(known) if known.at <= sent_at => (known.metadata, known.at) = (metadata, sent_at),
            // Read while the write was under way: nobody knows which of the two is newer, so it is read once more.
            Some(_) => drop(known.remove(address)),
            None => {}
        }
    }

    /// Reads the part of the list again that had the page, unless that has been done since.
    async fn refresh(
        &self,
        remote: &Remote,
        operation: &Operation,
        since: Since,
        offset: u32,
    ) -> Result<Option<Reading>, live::Error> {
        let address = &operation.address;
        let locale = operation.locale_id.as_ref();
        let is_new = |known: &Reading| is_since(known, since);
        {
            // It is held over a request on purpose: whoever comes second shall find what the first has read.
            let _reading = self.reading.lock().await;
            if let Some(reading) = self.known().get(address).filter(|known| is_new(known)).cloned() {
                return Ok(Some(reading));
            }
            let part = live::read_part(&remote.reader, self.site, &address.locale, locale, offset).await?;
            self.learn_all(part);
        }
        let known = self.known().get(address).cloned();
        match known.filter(is_new) {
            Some(reading) => Ok(Some(reading)),
            // The list has shifted; ask for the page alone.
            None => self.read_alone(remote, address, locale, offset).await,
        }
    }

    fn learn_all(&self, part: Vec<(Address, Reading)>) {
        let answered = self.answered();
        let mut known = self.known();
        for (found, reading) in part {
            let is_of_before = answered.get(&found).is_some_and(|answered| reading.at < *answered);
            // What the plan is not about needs no keeping.
            if let Some(known) = known.get_mut(&found).filter(|known| known.at <= reading.at && !is_of_before) {
                *known = reading;
            }
        }
    }

    async fn read_alone(
        &self,
        remote: &Remote,
        address: &Address,
        locale: Option<&LocaleId>,
        offset: u32,
    ) -> Result<Option<Reading>, live::Error> {
        let reading = live::read_page(&remote.reader, address, locale, offset).await?;
        match &reading {
            Some(reading) => self.known().insert(address.clone(), reading.clone()),
            None => self.known().remove(address),
        };
        Ok(reading)
    }

    fn answered(&self) -> MutexGuard<'_, BTreeMap<Address, Instant>> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Address, Reading>> {
        // Nothing that holds it can panic halfway through a change.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
