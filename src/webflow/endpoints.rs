//! The calls of the API, one method each. A `Reader` holds a transport that sends GET and nothing
//! else, so that reading code cannot write, not even by mistake in here.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::accept;
use super::access::{Reads, Writes};
use super::base_url::Namespace;
use super::bounds::NextTurn;
use super::error::Error;
use super::moment::Moment;
use super::request::{Endpoint, Target};
use super::update::{BulkEntry, BulkUpdate, PageUpdate, PublishRequest};
use super::wire::{Introspection, Page, PageList, Published, Site, SiteList, UpdatedPages};

/// How many pages a list request asks for, the most the API gives.
pub const PAGES_PER_LIST: u32 = 100;

/// How many entries a bulk update takes, see <https://developers.webflow.com/home/changelog/2026/3/11>.
pub const ENTRIES_PER_UPDATE: usize = 100;

/// Reads. Failures that may pass are tried again, four times in all.
#[derive(Clone)]
pub struct Reader {
    reads: Reads,
}

impl Reader {
    pub(super) fn new(reads: Reads) -> Self {
        Self { reads }
    }

    /// Returns a reader whose requests each wait until the rate limit has room for another request as well, and keep
    /// that place in `next` for the write that follows.
    pub fn keeping(&self, next: &NextTurn) -> Self {
        Self { reads: self.reads.keeping(next) }
    }

    /// Returns how many requests the rate limit leaves of this minute.
    pub fn available(&self) -> u32 {
        self.reads.available()
    }

    /// Returns how many requests a minute can go out.
    pub fn limit(&self) -> u32 {
        self.reads.limit()
    }

    /// Returns what the token is and may do, and paces the client by the rate limit it names.
    /// Needs no scope. The API reference doubts that this works for every kind of token, so a
    /// failure other than 401 need not stop anyone.
    pub async fn introspect(&self) -> Result<Introspection, Error> {
        let target = Target::new(Endpoint::Introspect, &["token", "introspect"]);
        let introspection: Introspection = self.reads.get(&target, &accept::any).await?;
        if let Some(limit) = introspection.authorization.rate_limit {
            self.reads.learn_limit(limit);
        }
        Ok(introspection)
    }

    /// Returns the sites that the token reaches, one for a site token.
    pub async fn sites(&self) -> Result<Vec<Site>, Error> {
        let list: SiteList = self.reads.get(&Target::new(Endpoint::Sites, &["sites"]), &accept::any).await?;
        Ok(list.sites)
    }

    /// Returns a site with its locales.
    pub async fn site(&self, site: &str) -> Result<Site, Error> {
        self.reads.get(&Target::new(Endpoint::Site, &["sites", site]), &|found| accept::site(site, found)).await
    }

    /// Returns up to [`PAGES_PER_LIST`] pages in one locale, the primary without `locale_id`.
    /// `offset` counts pages. Folders are not in the list.
    pub async fn list_pages(&self, site: &str, locale_id: Option<&str>, offset: u32) -> Result<PageList, Error> {
        Ok(self.list_pages_timed(site, locale_id, offset).await?.0)
    }

    /// Returns a part of the list as [`Self::list_pages`] does, and a moment before its request was sent.
    pub async fn list_pages_timed(
        &self,
        site: &str,
        locale_id: Option<&str>,
        offset: u32,
    ) -> Result<(PageList, Moment), Error> {
        let target = Target::new(Endpoint::Pages, &["sites", site, "pages"])
            .query("limit", Some(&PAGES_PER_LIST.to_string()))
            .query("offset", Some(&offset.to_string()))
            .query("localeId", locale_id);
        self.reads.get_timed(&target, &accept::list).await
    }

    /// Returns a page, or a folder, in one locale.
    pub async fn page(&self, page: &str, locale_id: Option<&str>) -> Result<Page, Error> {
        Ok(self.page_timed(page, locale_id).await?.0)
    }

    /// Returns a page as [`Self::page`] does, and a moment before its request was sent.
    pub async fn page_timed(&self, page: &str, locale_id: Option<&str>) -> Result<(Page, Moment), Error> {
        let target = Target::new(Endpoint::Page, &["pages", page]).query("localeId", locale_id);
        self.reads.get_timed(&target, &|found| accept::page(page, locale_id, found)).await
    }
}

/// Writes. A write is sent again only if it surely did not happen; for any other failure
/// [`Error::outcome`] says what is known.
#[derive(Clone)]
pub struct Writer {
    writes: Writes,
}

impl Writer {
    pub(super) fn new(writes: Writes) -> Self {
        Self { writes }
    }

    /// Returns a writer that sends nothing after `deadline`. A write whose turn, also after a 429,
    /// comes later is not sent and ends with [`Error::Expired`], as soon as that is known.
    pub fn not_after(&self, deadline: Instant) -> Self {
        Self { writes: self.writes.not_after(deadline) }
    }

    /// Returns a writer for values that were read at `read_at`: a write whose turn, also after a 429, comes when they are
    /// older than `max_age` is not sent and ends with [`Error::Expired`]. A write for which the read has kept a place in
    /// `next` is sent at once instead.
    pub fn based_on(&self, read_at: Moment, max_age: Duration, next: &NextTurn) -> Self {
        Self { writes: self.writes.based_on(read_at, max_age, next) }
    }

    /// Returns a writer that sends nothing more once `closed` is true: what waits for its turn then ends with
    /// [`Error::Expired`] at once.
    pub fn until_closed(&self, closed: watch::Receiver<bool>) -> Self {
        Self { writes: self.writes.until_closed(closed) }
    }

    /// Updates a page in one locale and returns it as the server now has it.
    pub async fn update_page(&self, page: &str, locale_id: Option<&str>, update: &PageUpdate) -> Result<Page, Error> {
        let target = Target::new(Endpoint::UpdatePage, &["pages", page]).query("localeId", locale_id);
        self.writes.put(&target, update, &|found| accept::page(page, locale_id, found)).await
    }

    /// Updates 1 to [`ENTRIES_PER_UPDATE`] entries of one site and returns them, in no promised order. After most
    /// errors, a 400 included, it is open which entries took; [`Error::outcome`] knows.
    pub async fn update_pages(&self, entries: &[BulkEntry]) -> Result<Vec<Page>, Error> {
        // The endpoint is in beta only, <https://developers.webflow.com/home/changelog/2026/3/11>.
        let target = Target::new(Endpoint::UpdatePages, &["pages"]).in_namespace(Namespace::Beta);
        let updated: UpdatedPages = self.writes.patch(&target, &BulkUpdate { pages: entries }).await?;
        Ok(updated.pages)
    }

    /// Queues a publish. The API takes one a minute and answers 429 otherwise, which is waited for.
    pub async fn publish(&self, site: &str, request: &PublishRequest) -> Result<Published, Error> {
        self.writes.post(&Target::new(Endpoint::Publish, &["sites", site, "publish"]), request).await
    }
}
