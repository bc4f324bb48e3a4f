//! Publishes what a run has written, once all of it is known to be as wanted.

use super::ledger::Ledger;
use super::stop::{GRACE, StopSignal, at};
use super::{Record, Remote, write};
use crate::event::{Event, Mismatch, Outcome, Publication, Published, Receipt, Scope, Stop};
use crate::live;
use crate::plan::gate::Approved;
use crate::plan::{Operation, Plan};
use crate::webflow::{self, CustomDomain, PublishRequest, Site, WriteOutcome};

/// Publishes what was written: the page if there is only one, else the site. Does nothing if something is amiss, or if
/// nothing was written. The server takes one publish a minute; if that minute is not over, it is waited for.
pub async fn publish(
    approved: Approved<'_>,
    receipt: Receipt,
    remote: &Remote,
    stop: StopSignal,
    record: &mut Record<'_>,
) -> Receipt {
    let plan = approved.plan();
    let pages = plan.operations.iter().map(|operation| &operation.address.page);
    let Some(scope) = receipt.to_publish(pages) else { return receipt };
    let mut publisher = Publisher { plan, remote, ledger: Ledger::new(receipt, stop, record) };
    publisher.publish(scope).await;
    publisher.ledger.receipt
}

struct Publisher<'a, 'r> {
    plan: &'a Plan,
    remote: &'a Remote,
    ledger: Ledger<'a, 'r>,
}

/// Why nothing is published.
enum Refusal {
    Stopped(Stop),
    Request(webflow::Error),
    Read(live::Error),
    /// So many values read otherwise than they were written.
    Moved(usize),
}

impl Publisher<'_, '_> {
    async fn publish(&mut self, scope: Scope) {
        let nowhere = Publication { scope: scope.clone(), domains: Vec::new() };
        let site = match self.look().await {
            Ok(site) => site,
            Err(Refusal::Stopped(stop)) => return self.halt(stop, nowhere),
            Err(Refusal::Request(error)) => return self.tell(Event::Published(nowhere, failed(&error))),
            Err(Refusal::Read(error)) => {
                let ended = Published::Failed { message: error.to_string(), hint: None };
                return self.tell(Event::Published(nowhere, ended));
            }
            Err(Refusal::Moved(count)) => return self.tell(Event::Published(nowhere, moved(count))),
        };
        let publication = Publication { scope: scope.clone(), domains: site.custom_domains.iter().map(name).collect() };
        self.tell(Event::Publishing(publication.clone()));
        if self.ledger.receipt.stop == Some(Stop::Record) {
            return self.tell(Event::Published(publication, Published::Skipped));
        }
        match self.send(&request(scope, &site)).await {
            Some(Ok(_)) => self.tell(Event::Published(publication, Published::Queued)),
            Some(Err(webflow::Error::Expired { .. })) => self.halt(Stop::Deadline, publication),
            Some(Err(error)) => {
                let ended = self.settle(&publication.scope, &site, &error).await;
                self.tell(Event::Published(publication, ended));
            }
            // It stays without an end in the record: it may have been carried out.
            None => {}
        }
    }

    /// Reads the site, and once more what was written: what is made public is what was meant, however long ago that was
    /// written and whoever has been there since.
    async fn look(&mut self) -> Result<Site, Refusal> {
        if let Some(stop) = self.ledger.receipt.stop {
            return Err(Refusal::Stopped(stop));
        }
        let (plan, remote) = (self.plan, self.remote);
        let standings = plan.operations.iter().zip(&self.ledger.receipt.standings);
        let done = standings.filter(|(_, standing)| standing.outcome() == Some(&Outcome::Done));
        let done: Vec<&Operation> = done.map(|(operation, _)| operation).collect();
        let look = async {
            let addresses = done.iter().map(|operation| (&operation.address, operation.locale_id.as_ref()));
            let read = live::read_again(&remote.reader, &plan.target.site, addresses, remote.concurrency).await;
            let read = read.map_err(Refusal::Read)?;
            let count = done.iter().map(|operation| {
                // What a later operation sends to the same page is held against that one.
                let is_last = |field| plan.last_to_send(operation, field);
                let found = read.get(&operation.address).map(|reading| write::mismatches(operation, &reading.metadata));
                // Leaves that are not fields are not the plan's business.
                let is_moved = |mismatch: &&Mismatch| mismatch.field.as_field().is_some_and(is_last);
                found.map_or(1, |found| found.iter().filter(is_moved).count())
            });
            match count.sum() {
                0 => remote.reader.site(plan.target.site.as_str()).await.map_err(Refusal::Request),
                count => Err(Refusal::Moved(count)),
            }
        };
        tokio::select! {
            biased;
            stop = self.ledger.wanted() => Err(Refusal::Stopped(stop)),
            () = at(remote.deadline.map(Into::into)) => Err(Refusal::Stopped(Stop::Deadline)),
            site = look => site,
        }
    }

    /// Sends the request. Once somebody wants the end it is not sent if it has not been yet, and has some seconds left
    /// if it has; nothing is returned if it takes longer.
    async fn send(&mut self, request: &PublishRequest) -> Option<Result<webflow::Published, webflow::Error>> {
        let writer = self.remote.writer.until_closed(self.ledger.closed());
        let writer = self.remote.deadline.map_or(writer.clone(), |deadline| writer.not_after(deadline));
        self.ledger.within_grace(writer.publish(self.plan.target.site.as_str(), request)).await
    }

    /// Decides by the time of the last publish where the error leaves it open. Any publish of the site since takes what
    /// was written along; of a page, nobody can tell whose it was.
    async fn settle(&mut self, scope: &Scope, before: &Site, error: &webflow::Error) -> Published {
        match error.outcome() {
            WriteOutcome::NotSent | WriteOutcome::Refused => return failed(error),
            WriteOutcome::Unknown => {}
        }
        let unknown = Published::Unknown { message: error.to_string() };
        let read = self.remote.reader.site(self.plan.target.site.as_str());
        let now = tokio::time::timeout(GRACE, read).await;
        match (scope, now) {
            (Scope::Site, Ok(Ok(now))) if now.last_published != before.last_published => Published::Queued,
            (Scope::Site | Scope::Page(_), _) => unknown,
        }
    }

    fn halt(&mut self, stop: Stop, publication: Publication) {
        self.ledger.halt(stop);
        self.tell(Event::Published(publication, Published::Skipped));
    }

    fn tell(&mut self, event: Event) {
        // The ledger keeps that it could not be recorded, and nothing is sent after that.
        let _ = self.ledger.tell(event);
    }
}

/// Returns the request that publishes to the custom domains, or to the site's own subdomain if there are none.
fn request(scope: Scope, site: &Site) -> PublishRequest {
    PublishRequest {
        custom_domains: site.custom_domains.iter().map(|domain| domain.id.clone()).collect(),
        publish_to_webflow_subdomain: site.custom_domains.is_empty(),
        page_id: match scope {
            Scope::Page(page) => Some(page.to_string()),
            Scope::Site => None,
        },
    }
}

fn name(domain: &CustomDomain) -> String {
    domain.url.clone().unwrap_or_else(|| domain.id.clone())
}

fn failed(error: &webflow::Error) -> Published {
    Published::Failed { message: error.to_string(), hint: error.hint() }
}

fn moved(count: usize) -> Published {
    let values = if count == 1 { "a value reads" } else { "some values read" };
    Published::Failed {
        message: format!("{values} otherwise by now than when it was written"),
        hint: Some("somebody has been there since; `slugline plan` shows what differs".to_owned()),
    }
}
