//! Publishes what a run has written, once all of it is known to be as wanted.

use std::pin::pin;
use std::time::Instant;

use tokio::sync::watch;

use super::stop::{GRACE, StopSignal, at, wanted};
use super::{Record, Remote};
use crate::event::{Event, Publication, Published, Receipt, Scope, Stop};
use crate::model::SiteId;
use crate::plan::Plan;
use crate::webflow::{self, CustomDomain, PublishRequest, Site, WriteOutcome};

/// Publishes what was written: the page if there is only one, else the site. Does nothing if something is amiss, or if
/// nothing was written. The server takes one publish a minute; if that minute is not over, it is waited for.
pub async fn publish(
    plan: &Plan,
    receipt: Receipt,
    remote: &Remote,
    stop: StopSignal,
    record: &mut Record<'_>,
) -> Receipt {
    let pages = plan.operations.iter().map(|operation| &operation.address.page);
    let Some(scope) = receipt.to_publish(pages) else { return receipt };
    let mut publisher = Publisher { site: &plan.target.site, remote, stop, receipt, record };
    publisher.publish(scope).await;
    publisher.receipt
}

struct Publisher<'a, 'r> {
    site: &'a SiteId,
    remote: &'a Remote,
    stop: StopSignal,
    receipt: Receipt,
    record: &'a mut Record<'r>,
}

impl Publisher<'_, '_> {
    async fn publish(&mut self, scope: Scope) {
        let nowhere = Publication { scope: scope.clone(), domains: Vec::new() };
        let site = tokio::select! {
            biased;
            stop = wanted(&mut self.stop) => Err(stop),
            () = at(self.remote.deadline.map(Into::into)) => Err(Stop::Deadline),
            site = self.remote.reader.site(self.site.as_str()) => Ok(site),
        };
        let site = match site {
            Ok(Ok(site)) => site,
            Ok(Err(error)) => return self.tell(Event::Published(nowhere, failed(&error))),
            Err(stop) => return self.halt(stop, nowhere),
        };
        let publication = Publication { scope: scope.clone(), domains: site.custom_domains.iter().map(name).collect() };
        self.tell(Event::Publishing(publication.clone()));
        if self.receipt.stop == Some(Stop::Record) {
            return self.tell(Event::Published(publication, Published::Skipped));
        }
        match self.send(&request(scope, &site)).await {
            Some(Ok(_)) => self.tell(Event::Published(publication, Published::Queued)),
            Some(Err(webflow::Error::Expired { .. })) => {
                let stop = (*self.stop.borrow()).unwrap_or(Stop::Deadline);
                self.halt(stop, publication);
            }
            Some(Err(error)) => {
                let ended = self.settle(&site, &error).await;
                self.tell(Event::Published(publication, ended));
            }
            // It stays without an end in the record: it may have been carried out.
            None => {}
        }
    }

    /// Sends the request. Once somebody wants the end it is not sent if it has not been yet, and has some seconds left
    /// if it has; nothing is returned if it takes longer.
    async fn send(&mut self, request: &PublishRequest) -> Option<Result<webflow::Published, webflow::Error>> {
        let closed = watch::Sender::new(false);
        let writer = self.remote.writer.until_closed(closed.subscribe());
        let writer = self.remote.deadline.map_or(writer.clone(), |deadline: Instant| writer.not_after(deadline));
        let mut answer = pin!(writer.publish(self.site.as_str(), request));
        tokio::select! {
            biased;
            _ = wanted(&mut self.stop) => closed.send_replace(true),
            answer = &mut answer => return Some(answer),
        };
        tokio::time::timeout(GRACE, answer).await.ok()
    }

    /// Decides by the time of the last publish where the error leaves it open.
    async fn settle(&self, before: &Site, error: &webflow::Error) -> Published {
        match error.outcome() {
            WriteOutcome::NotSent | WriteOutcome::Refused => failed(error),
            WriteOutcome::Unknown => match self.remote.reader.site(self.site.as_str()).await {
                Ok(now) if now.last_published != before.last_published => Published::Queued,
                Ok(_) | Err(_) => Published::Unknown { message: error.to_string() },
            },
        }
    }

    fn halt(&mut self, stop: Stop, publication: Publication) {
        if self.receipt.stop.is_none() {
            self.tell(Event::Stopped(stop));
        }
        self.tell(Event::Published(publication, Published::Skipped));
    }

    fn tell(&mut self, event: Event) {
        self.receipt.record(&event);
        if (self.record)(&event).is_err() {
            self.receipt.stop.get_or_insert(Stop::Record);
        }
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
