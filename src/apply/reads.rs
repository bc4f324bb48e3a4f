//! What is known of the page locales a plan is about, and since when. No write may go out on knowledge that is too old.
//!
//! Reads by list where one request refreshes many pages, else page by page. Must not decide what is sent.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Remote;
use super::window::{Group, Rule};
use crate::live::{self, Reading};
use crate::model::{Address, LocaleTag, Metadata, SiteId};
use crate::plan::{Operation, Plan};
use crate::webflow::{Moment, NextTurn};

/// Which reading an operation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    /// One that the run's rule finds young enough.
    Young,
    /// One from after the last write, that is young enough by its age.
    AfterTheLastWrite,
    /// One from after this moment.
    After(Moment),
    /// One of the page alone, made now.
    Alone,
}

/// A part of a list: a locale, and the offset of the request.
type Part = (LocaleTag, u32);

/// The newest readings.
#[derive(Debug)]
pub(super) struct Reads<'a> {
    site: &'a SiteId,
    max_read_age: Duration,
    known: Mutex<BTreeMap<Address, Reading>>,
    /// When the last write of ours to a page was answered. A list that was asked for before may show what was before.
    answered: Mutex<BTreeMap<Address, Moment>>,
    /// What the run has sent.
    sent: Mutex<Sent>,
    /// Held while a list is read again, so that all who find the same part of it too old wait for one request.
    reading: tokio::sync::Mutex<()>,
}

/// What makes readings old.
#[derive(Debug)]
struct Sent {
    rule: Rule,
    /// When the last request was sent.
    last: Option<Moment>,
    /// When the last writes were sent, oldest first, as many as the rule counts.
    writes: VecDeque<Moment>,
}

impl Sent {
    fn write(&mut self, at: Moment) {
        self.last = Some(at);
        let counted = match self.rule {
            Rule::NextRequest => 1,
            Rule::Writes(most) => most.max(1),
        };
        self.writes.push_back(at);
        while self.writes.len() > counted {
            self.writes.pop_front();
        }
    }

    /// Returns the moment before which a reading is too old by the rule.
    fn horizon(&self) -> Option<Moment> {
        match self.rule {
            Rule::NextRequest => self.last,
            Rule::Writes(most) => self.writes.front().filter(|_| self.writes.len() >= most).copied(),
        }
    }
}

impl<'a> Reads<'a> {
    /// Reads everything that a plan is about.
    pub(super) async fn of(remote: &Remote, plan: &'a Plan) -> Result<Self, live::Error> {
        let operations = plan.operations.iter();
        let addresses = operations.map(|operation| (&operation.address, operation.locale_id.as_ref()));
        let site = &plan.target.site;
        let known = live::read_again(&remote.reader, site, addresses, remote.concurrency).await?;
        let last = known.values().map(|reading| reading.at).max();
        let reads = Self {
            site,
            max_read_age: remote.max_read_age,
            known: Mutex::new(known),
            answered: Mutex::default(),
            sent: Mutex::new(Sent { rule: Rule::NextRequest, last, writes: VecDeque::new() }),
            reading: tokio::sync::Mutex::new(()),
        };
        reads.complete(remote, plan).await?;
        Ok(reads)
    }

    /// Asks for each page that no list had, which may be gone or only have been passed over while the list shifted.
    async fn complete(&self, remote: &Remote, plan: &Plan) -> Result<(), live::Error> {
        for operation in &plan.operations {
            let is_known = self.known().contains_key(&operation.address);
            if !is_known {
                self.read_alone(remote, operation, 0, &NextTurn::default()).await?;
            }
        }
        Ok(())
    }

    /// Chooses the rule for a run of these levels, and puts operations of the same part of a list side by side if the
    /// rule reads by list.
    pub(super) fn arrange(&self, remote: &Remote, plan: &Plan, levels: &mut [VecDeque<usize>]) {
        let parts = self.parts(plan);
        let mut by_part: Vec<VecDeque<usize>> = levels.to_vec();
        for level in &mut by_part {
            level.make_contiguous().sort_by_key(|index| parts[*index]);
        }
        let in_order = by_part.iter().flatten().map(|index| parts[*index]);
        let rule = Rule::of(&groups(in_order), remote.reader.available(), remote.reader.limit());
        self.sent().rule = rule;
        if rule != Rule::NextRequest {
            levels.clone_from_slice(&by_part);
        }
    }

    /// Returns the part of a list that each operation's page is in, by a number.
    fn parts(&self, plan: &Plan) -> Vec<usize> {
        let known = self.known();
        let part = |operation: &Operation| -> Part {
            let offset = known.get(&operation.address).map_or(0, |reading| reading.offset);
            (operation.address.locale.clone(), offset)
        };
        let parts: Vec<Part> = plan.operations.iter().map(part).collect();
        let distinct: Vec<&Part> = parts.iter().collect::<BTreeSet<_>>().into_iter().collect();
        parts.iter().map(|part| distinct.binary_search(&part).unwrap_or_default()).collect()
    }

    /// Returns what everything reads.
    pub(super) fn all(&self) -> BTreeMap<Address, Metadata> {
        self.known().iter().map(|(address, reading)| (address.clone(), reading.metadata.clone())).collect()
    }

    /// Returns the age at which no write may go out on a reading.
    pub(super) fn max_age(&self) -> Duration {
        self.sent().rule.max_age(self.max_read_age)
    }

    /// Returns whether each page is read alone.
    pub(super) fn is_page_by_page(&self) -> bool {
        self.sent().rule == Rule::NextRequest
    }

    /// Returns what the operation's page reads; nothing if it is gone. A read that this takes keeps a place in `next`.
    pub(super) async fn get(
        &self,
        remote: &Remote,
        operation: &Operation,
        needed: Needed,
        next: &NextTurn,
    ) -> Result<Option<Reading>, live::Error> {
        let known = self.known().get(&operation.address).cloned();
        let Some(known) = known else { return self.read_alone(remote, operation, 0, next).await };
        if self.is_good(&known, needed) {
            return Ok(Some(known));
        }
        let is_alone = needed == Needed::Alone || (needed == Needed::Young && self.is_page_by_page());
        if is_alone {
            return self.read_alone(remote, operation, known.offset, next).await;
        }
        self.refresh(remote, operation, needed, known.offset, next).await
    }

    fn is_good(&self, reading: &Reading, needed: Needed) -> bool {
        let sent = self.sent();
        let (horizon, most) = match needed {
            Needed::Alone => return false,
            Needed::After(moment) => return reading.at >= moment,
            Needed::Young => (sent.horizon(), sent.rule.max_age(self.max_read_age)),
            Needed::AfterTheLastWrite => (sent.writes.back().copied(), self.max_read_age),
        };
        horizon.is_none_or(|horizon| reading.at >= horizon) && reading.at.age() <= most
    }

    /// Forgets what is known of a page, since something has happened to it that nobody saw.
    pub(super) fn forget(&self, address: &Address) {
        self.known().remove(address);
    }

    /// Takes note that a write is about to be sent.
    pub(super) fn write(&self) {
        self.sent().write(Moment::now());
    }

    /// Takes note that what was read before is no longer the last thing that happened, and returns the present.
    fn begin(&self) -> Moment {
        let now = Moment::now();
        self.sent().last = Some(now);
        now
    }

    /// Takes in what the answer to a write reads, which was sent then.
    pub(super) fn learn(&self, address: &Address, metadata: Metadata, sent_at: Moment) {
        // The answer is no reading for the next write to the page, which has its own.
        let now = self.begin();
        self.answered().insert(address.clone(), now);
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
        needed: Needed,
        offset: u32,
        next: &NextTurn,
    ) -> Result<Option<Reading>, live::Error> {
        let address = &operation.address;
        let locale = operation.locale_id.as_ref();
        let began;
        {
            // It is held over a request on purpose: whoever comes second shall find what the first has read.
            let _reading = self.reading.lock().await;
            if let Some(reading) = self.known().get(address).filter(|known| self.is_good(known, needed)).cloned() {
                return Ok(Some(reading));
            }
            began = self.begin();
            let reader = remote.reader.keeping(next);
            let part = live::read_part(&reader, self.site, &address.locale, locale, offset).await?;
            self.learn_all(part);
        }
        let known = self.known().get(address).cloned();
        match known.filter(|known| known.at >= began) {
            Some(reading) => Ok(Some(reading)),
            // The list has shifted; ask for the page alone.
            None => self.read_alone(remote, operation, offset, next).await,
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
        operation: &Operation,
        offset: u32,
        next: &NextTurn,
    ) -> Result<Option<Reading>, live::Error> {
        let Operation { address, locale_id, .. } = operation;
        self.begin();
        let reader = remote.reader.keeping(next);
        let reading = live::read_page(&reader, address, locale_id.as_ref(), offset).await?;
        match &reading {
            Some(reading) => self.known().insert(address.clone(), reading.clone()),
            None => self.known().remove(address),
        };
        Ok(reading)
    }

    fn answered(&self) -> MutexGuard<'_, BTreeMap<Address, Moment>> {
        lock(&self.answered)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Address, Reading>> {
        lock(&self.known)
    }

    fn sent(&self) -> MutexGuard<'_, Sent> {
        lock(&self.sent)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that holds one can panic halfway through a change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the operations in a row that are in the same part.
fn groups(parts: impl Iterator<Item = usize>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for part in parts {
        match groups.last_mut() {
            Some(group) if group.part == part => group.operations += 1,
            _ => groups.push(Group { part, operations: 1 }),
        }
    }
    groups
}
