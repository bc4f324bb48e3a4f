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

/// The newest readings.
#[derive(Debug)]
pub(super) struct Reads<'a> {
    site: &'a SiteId,
    known: Mutex<BTreeMap<Address, Reading>>,
}

impl<'a> Reads<'a> {
    /// Reads everything that a plan is about.
    pub(super) async fn of(remote: &Remote, plan: &'a Plan) -> Result<Self, live::Error> {
        let operations = plan.operations.iter();
        let addresses = operations.map(|operation| (&operation.address, operation.locale_id.as_ref()));
        let site = &plan.target.site;
        let known = live::read_again(&remote.reader, site, addresses, remote.concurrency).await?;
        Ok(Self { site, known: Mutex::new(known) })
    }

    /// Returns what everything reads.
    pub(super) fn all(&self) -> BTreeMap<Address, Metadata> {
        self.known().iter().map(|(address, reading)| (address.clone(), reading.metadata.clone())).collect()
    }

    /// Returns what the operation's page reads, from a reading that is young enough for a write; nothing if the page is
    /// gone.
    pub(super) async fn fresh(&self, remote: &Remote, operation: &Operation) -> Result<Option<Reading>, live::Error> {
        let known = self.known().get(&operation.address).cloned();
        let Some(known) = known else { return Ok(None) };
        if known.at.elapsed() < remote.max_read_age {
            return Ok(Some(known));
        }
        self.refresh(remote, operation, known.offset).await
    }

    /// Takes in what the answer to a write reads.
    pub(super) fn learn(&self, address: &Address, metadata: Metadata, at: Instant) {
        if let Some(known) = self.known().get_mut(address) {
            (known.metadata, known.at) = (metadata, at);
        }
    }

    async fn refresh(
        &self,
        remote: &Remote,
        operation: &Operation,
        offset: u32,
    ) -> Result<Option<Reading>, live::Error> {
        let address = &operation.address;
        let locale = operation.locale_id.as_ref();
        let part = live::read_part(&remote.reader, self.site, &address.locale, locale, offset).await?;
        {
            let mut known = self.known();
            for (found, reading) in part {
                // What the plan is not about needs no keeping.
                if let Some(known) = known.get_mut(&found) {
                    *known = reading;
                }
            }
        }
        let known = self.known().get(address).cloned();
        match known.filter(|known| known.at.elapsed() < remote.max_read_age) {
            Some(reading) => Ok(Some(reading)),
            // The list has shifted, or the pace made the read itself too old; ask for the page alone.
            None => self.read_alone(remote, address, locale, offset).await,
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
        if let Some(reading) = &reading {
            self.known().insert(address.clone(), reading.clone());
        }
        Ok(reading)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Address, Reading>> {
        // Nothing that holds it can panic halfway through a change.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
