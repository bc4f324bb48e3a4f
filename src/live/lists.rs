//! Reads the lists of pages, one for each locale, within bounds that hold whatever the server answers: what is requested
//! and kept is in proportion to what was received.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Map, Value as Json};
use tokio::sync::Semaphore;

use super::{Error, check_type};
use crate::model::{Locale, LocaleId, Site};
use crate::webflow::{MOST_PAGES, PAGES_PER_LIST, Page, PageList, Reader};

/// How often a locale's list is read when it shifts under the reader, before that is an error.
const ATTEMPTS: usize = 3;

/// The most requests for one list: enough for the longest one from a server that gives half of what is asked for.
pub(super) const MOST_PARTS: usize = 2 * (MOST_PAGES / PAGES_PER_LIST) as usize;

/// The most memory for all pages that are received, in bytes: about 100,000 pages, each of them counted per locale.
const MOST_MEMORY: usize = 256_000_000;

/// What a page takes in a locale beside its texts once it is compared, in bytes.
const COMPARED: usize = 1_500;

/// Reads lists, so many at once over all locales.
pub(super) struct Lists<'a> {
    reader: &'a Reader,
    site: &'a Site,
    concurrency: NonZeroUsize,
    gate: Semaphore,
    /// The bytes that the pages received so far take.
    memory: AtomicUsize,
}

/// A list that changed while it was read, or that the server does not count right.
struct Shifted;

impl<'a> Lists<'a> {
    pub(super) fn new(reader: &'a Reader, site: &'a Site, concurrency: NonZeroUsize) -> Self {
        let gate = Semaphore::new(concurrency.get());
        Self { reader, site, concurrency, gate, memory: AtomicUsize::new(0) }
    }

    /// Reads one locale's list. The offsets of a list shift when a page is added or removed meanwhile, so the whole is
    /// checked for gaps and repetitions, and read again if it has any.
    pub(super) async fn locale(&self, locale: &Locale) -> Result<Vec<Page>, Error> {
        for _ in 0..ATTEMPTS {
            if let Ok(pages) = self.attempt(locale).await? {
                pages.iter().try_for_each(check_type)?;
                self.check_locale(locale, &pages)?;
                return Ok(pages);
            }
        }
        Err(Error::Shifting { locale: locale.tag.to_string() })
    }

    /// Reads a list once, as far as it holds together. Each part must be of the same whole and bring only new pages.
    async fn attempt(&self, locale: &Locale) -> Result<Result<Vec<Page>, Shifted>, Error> {
        let id = locale.id.as_ref().filter(|_| !self.site.is_primary(&locale.tag));
        let first = self.part(id, 0).await?;
        let total = total(&first);
        // As many as a part has, which may be fewer than were asked for.
        let step = first.pages.len().max(1);
        let offsets = (0..total).step_by(step).skip(1);
        if offsets.len() >= MOST_PARTS {
            return Err(Error::TooMuch {
                what: format!("parts of the list of pages in {}", locale.tag),
                limit: MOST_PARTS,
            });
        }
        let rest = stream::iter(offsets.map(|offset| self.part(id, offset))).buffered(self.concurrency.get());
        let mut parts = stream::iter([Ok(first)]).chain(rest);
        let (mut pages, mut ids) = (Vec::new(), BTreeSet::new());
        while let Some(part) = parts.try_next().await? {
            let is_whole = part.pages.len() == step || pages.len() + part.pages.len() == total as usize;
            let is_new = part.pages.iter().all(|page| ids.insert(page.id.clone()));
            if self::total(&part) != total || !is_whole || !is_new {
                return Ok(Err(Shifted));
            }
            pages.extend(part.pages);
        }
        Ok(if pages.len() == total as usize { Ok(pages) } else { Err(Shifted) })
    }

    /// Fails if a page is of another locale than its list. The server may leave the locale out.
    fn check_locale(&self, locale: &Locale, pages: &[Page]) -> Result<(), Error> {
        let others = self.site.locales().filter(|other| other.tag != locale.tag);
        let others: BTreeSet<&str> = others.filter_map(|other| other.id.as_ref()).map(LocaleId::as_str).collect();
        let found = pages.iter().find(|page| page.locale_id.as_deref().is_some_and(|id| others.contains(id)));
        found.map_or(Ok(()), |page| Err(Error::OtherLocale { page: page.id.clone(), locale: locale.tag.to_string() }))
    }

    async fn part(&self, locale: Option<&LocaleId>, offset: u32) -> Result<PageList, Error> {
        let list = {
            let _turn = self.gate.acquire().await.expect("the gate is never closed");
            self.reader.list_pages(self.site.id.as_str(), locale.map(LocaleId::as_str), offset).await?
        };
        let added = list.pages.iter().map(memory).sum();
        if self.memory.fetch_add(added, Ordering::Relaxed) + added > MOST_MEMORY {
            return Err(Error::TooMuch { what: "bytes of metadata".to_owned(), limit: MOST_MEMORY });
        }
        Ok(list)
    }
}

/// Returns how many pages the whole list has. An answer that does not say is taken as the whole.
pub(super) fn total(list: &PageList) -> u32 {
    list.pagination.map_or(list.pages.len() as u32, |pagination| pagination.total)
}

/// Returns how many bytes a page takes, as it is received and as it is compared.
fn memory(page: &Page) -> usize {
    let own = [&page.title, &page.slug, &page.published_path, &page.locale_id, &page.site_id, &page.parent_id];
    let rest = [&page.collection_id, &page.branch_id, &page.created_on, &page.last_updated];
    let seo = page.seo.iter().flat_map(|seo| [&seo.title, &seo.description]);
    let open_graph = page.open_graph.iter().flat_map(|open_graph| [&open_graph.title, &open_graph.description]);
    let texts = own.into_iter().chain(rest).chain(seo).chain(open_graph).flatten();
    let seo_extra = page.seo.iter().map(|seo| &seo.extra);
    let extra = seo_extra.chain(page.open_graph.iter().map(|open_graph| &open_graph.extra));
    let leaves: usize = extra.map(memory_of_leaves).sum();
    size_of::<Page>() + COMPARED + 2 * (texts.map(String::len).sum::<usize>() + leaves)
}

fn memory_of_leaves(leaves: &Map<String, Json>) -> usize {
    leaves.iter().map(|(key, value)| size_of::<String>() + key.len() + memory_of_value(value)).sum()
}

/// Returns how many bytes a value takes. The parser bounds how deep values nest.
fn memory_of_value(value: &Json) -> usize {
    let inner = match value {
        Json::Null | Json::Bool(_) | Json::Number(_) => 0,
        Json::String(text) => text.len(),
        Json::Array(values) => values.iter().map(memory_of_value).sum(),
        Json::Object(leaves) => memory_of_leaves(leaves),
    };
    size_of::<Json>() + inner
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_memory_of_a_page_includes_leaves_that_are_not_described() {
        let page = |open_graph: Json| {
            let page = serde_json::from_value(json!({"id": "1", "seo": {}, "openGraph": open_graph}));
            memory(&page.unwrap())
        };
        let empty = page(json!({}));
        assert!(page(json!({"image": "a".repeat(1000)})) >= empty + 1000);
        assert!(page(json!({"image": {"sizes": vec![1; 1000]}})) >= empty + 1000 * size_of::<Json>());
    }
}
