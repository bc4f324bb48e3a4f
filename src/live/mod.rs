//! Reads the live site: the site itself, then its pages by list, a locale at a time, bounded.
//!
//! Never one request a page. Has a reader only, so it cannot write. Must not know manifests.

mod convert;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::time::Instant;

use futures_util::future::try_join_all;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::sync::Semaphore;

use convert::metadata;

use crate::model::{
    Address, Field, Folder, FolderId, Live, LivePage, Locale, LocaleId, LocaleTag, Metadata, PageId, Site, SiteId,
};
use crate::webflow::{self, PAGES_PER_LIST, Page, PageList, Reader};

/// How often a locale's list is read when it shifts under the reader, before that is an error.
const ATTEMPTS: usize = 3;

/// Folders within folders; nothing real is nested this deep, and a folder that contained itself would never end.
const MAX_DEPTH: usize = 64;

/// Why the site could not be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A request failed.
    #[error(transparent)]
    Request(#[from] webflow::Error),
    /// A value has another type than the API describes; taking it for empty would be wrong.
    #[error("the page {page} answers with something unreadable in {}", .fields.join(", "))]
    Unreadable {
        /// The page's id.
        page: String,
        /// The fields, as paths.
        fields: Vec<String>,
    },
    /// A manifest names a locale by its tag, so no two may have the same.
    #[error("the site has two locales with the tag `{tag}`: {}", .ids.join(" and "))]
    SameTag {
        /// The tag.
        tag: String,
        /// The ids of the locales.
        ids: [String; 2],
    },
    /// Pages were added or removed between the requests of one list, again and again.
    #[error("the list of pages in {locale} kept changing while it was read")]
    Shifting {
        /// The locale's tag.
        locale: String,
    },
}

/// Reads the site and all its pages in all its locales: one request for the site and one for each 100 pages a locale.
pub async fn read(reader: &Reader, site: &SiteId, concurrency: NonZeroUsize) -> Result<Live, Error> {
    let site = convert::site(&reader.site(site.as_str()).await?);
    check_tags(&site)?;
    let locales: Vec<Locale> = site.locales().cloned().collect();
    let lists = Lists { reader, site: &site, gate: Semaphore::new(concurrency.get()) };
    let lists: Vec<Vec<Page>> = try_join_all(locales.iter().map(|locale| lists.locale(locale))).await?;

    let mut pages: BTreeMap<PageId, LivePage> = BTreeMap::new();
    for (locale, list) in locales.iter().zip(&lists) {
        for page in list.iter().filter(|page| !convert::is_branch(page)) {
            let id = PageId::from(page.id.as_str());
            let known = pages.entry(id).or_insert_with(|| convert::page(page, locale));
            known.locales.insert(locale.tag.clone(), convert::live_locale(page));
        }
    }
    pages.values_mut().for_each(|page| convert::inherit_slug(page, &site.primary.tag));
    Ok(Live { site, pages, folders: BTreeMap::new() })
}

fn check_tags(site: &Site) -> Result<(), Error> {
    let mut known: BTreeMap<String, &Locale> = BTreeMap::new();
    for locale in site.locales() {
        let tag = locale.tag.to_string();
        if let Some(other) = known.insert(tag.to_lowercase(), locale) {
            let id = |locale: &Locale| locale.id.as_ref().map_or_else(|| "no id".to_owned(), |id| format!("`{id}`"));
            return Err(Error::SameTag { tag, ids: [id(other), id(locale)] });
        }
    }
    Ok(())
}

/// Reads the folders and the folders they lie in, which no list holds: one request each, once.
pub async fn read_folders(
    reader: &Reader,
    live: &mut Live,
    wanted: BTreeSet<FolderId>,
    concurrency: NonZeroUsize,
) -> Result<(), Error> {
    let mut wanted = wanted;
    for _ in 0..MAX_DEPTH {
        wanted.retain(|folder| !live.folders.contains_key(folder));
        if wanted.is_empty() {
            break;
        }
        let reads = wanted.iter().map(|id| async move {
            let folder = convert::folder(&reader.page(id.as_str(), None).await?);
            Ok::<(FolderId, Folder), Error>((id.clone(), folder))
        });
        let folders: Vec<(FolderId, Folder)> = stream::iter(reads).buffered(concurrency.get()).try_collect().await?;
        wanted = folders.iter().filter_map(|(_, folder)| folder.parent.clone()).collect();
        live.folders.extend(folders);
    }
    Ok(())
}

/// What a page read in a locale, when, and where in the list it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The values.
    pub metadata: Metadata,
    /// A moment before the request was sent; what happened since is not in it.
    pub at: Instant,
    /// The offset of the list request that held it.
    pub offset: u32,
}

/// Reads pages again in the locales given, by list, and no further into a list than needed.
pub async fn read_again(
    reader: &Reader,
    site: &SiteId,
    addresses: impl IntoIterator<Item = (&Address, Option<&LocaleId>)>,
    concurrency: NonZeroUsize,
) -> Result<BTreeMap<Address, Reading>, Error> {
    let mut wanted: BTreeMap<Option<&LocaleId>, BTreeSet<&Address>> = BTreeMap::new();
    for (address, locale) in addresses {
        wanted.entry(locale).or_default().insert(address);
    }
    let reads = wanted.into_iter().map(|(locale, addresses)| read_addresses(reader, site, locale, addresses));
    let found: Vec<Vec<(Address, Reading)>> = stream::iter(reads).buffered(concurrency.get()).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

async fn read_addresses(
    reader: &Reader,
    site: &SiteId,
    locale: Option<&LocaleId>,
    addresses: BTreeSet<&Address>,
) -> Result<Vec<(Address, Reading)>, Error> {
    let mut missing = addresses;
    let mut found = Vec::new();
    let mut offset = 0;
    // All of them are in one locale.
    let Some(tag) = missing.first().map(|address| address.locale.clone()) else { return Ok(found) };
    while !missing.is_empty() {
        let (part, is_last) = read_list(reader, site, &tag, locale, offset).await?;
        offset += part.len() as u32;
        found.extend(part.into_iter().filter(|(address, _)| missing.remove(address)));
        if is_last {
            break;
        }
    }
    Ok(found)
}

/// Reads one part of a locale's list again.
pub async fn read_part(
    reader: &Reader,
    site: &SiteId,
    tag: &LocaleTag,
    locale: Option<&LocaleId>,
    offset: u32,
) -> Result<Vec<(Address, Reading)>, Error> {
    Ok(read_list(reader, site, tag, locale, offset).await?.0)
}

/// Returns a part of a list, and whether it is the last one.
async fn read_list(
    reader: &Reader,
    site: &SiteId,
    tag: &LocaleTag,
    locale: Option<&LocaleId>,
    offset: u32,
) -> Result<(Vec<(Address, Reading)>, bool), Error> {
    let (list, at) = reader.list_pages_timed(site.as_str(), locale.map(LocaleId::as_str), offset).await?;
    let is_last = list.pages.is_empty() || offset + list.pages.len() as u32 >= total(&list);
    let readings = list.pages.iter().map(|page| {
        let address = Address { page: page.id.as_str().into(), locale: tag.clone() };
        Ok((address, Reading { metadata: readable(page)?, at, offset }))
    });
    Ok((readings.collect::<Result<_, Error>>()?, is_last))
}

/// Reads one page alone; nothing if it is gone. For a page that a list no longer has where it was.
pub async fn read_page(
    reader: &Reader,
    address: &Address,
    locale: Option<&LocaleId>,
    offset: u32,
) -> Result<Option<Reading>, Error> {
    match reader.page_timed(address.page.as_str(), locale.map(LocaleId::as_str)).await {
        Ok((page, at)) => Ok(Some(Reading { metadata: readable(&page)?, at, offset })),
        Err(webflow::Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Reads lists, so many at once over all locales.
struct Lists<'a> {
    reader: &'a Reader,
    site: &'a Site,
    gate: Semaphore,
}

impl Lists<'_> {
    /// Reads one locale's list. The offsets of a list shift when a page is added or removed meanwhile, so the whole is
    /// checked for gaps and repetitions, and read again if it has any.
    async fn locale(&self, locale: &Locale) -> Result<Vec<Page>, Error> {
        let id = locale.id.as_ref().filter(|_| !self.site.is_primary(&locale.tag));
        for _ in 0..ATTEMPTS {
            let first = self.part(id, 0).await?;
            let total = total(&first);
            let offsets = (0..total).step_by(PAGES_PER_LIST as usize).skip(1);
            let rest = try_join_all(offsets.map(|offset| self.part(id, offset))).await?;
            let is_stable = rest.iter().all(|list| self::total(list) == total);
            let pages: Vec<Page> = std::iter::once(first).chain(rest).flat_map(|list| list.pages).collect();
            let distinct: BTreeSet<&str> = pages.iter().map(|page| page.id.as_str()).collect();
            if is_stable && distinct.len() == total as usize && pages.len() == distinct.len() {
                pages.iter().try_for_each(check_readable)?;
                return Ok(pages);
            }
        }
        Err(Error::Shifting { locale: locale.tag.to_string() })
    }

    async fn part(&self, locale: Option<&LocaleId>, offset: u32) -> Result<PageList, Error> {
        let _turn = self.gate.acquire().await.expect("the gate is never closed");
        Ok(self.reader.list_pages(self.site.id.as_str(), locale.map(LocaleId::as_str), offset).await?)
    }
}

/// Returns what a page reads, unless a value that matters has another type than the API describes.
pub fn readable(page: &Page) -> Result<Metadata, Error> {
    check_readable(page)?;
    Ok(metadata(page))
}

/// Returns how many pages the whole list has. An answer that does not say is taken as the whole.
fn total(list: &PageList) -> u32 {
    list.pagination.map_or(list.pages.len() as u32, |pagination| pagination.total)
}

/// Fails if a value that matters cannot be read.
fn check_readable(page: &Page) -> Result<(), Error> {
    let matters = |field: &&String| Field::from_name(field).is_some() || *field == "seo" || *field == "openGraph";
    let fields: Vec<String> = page.unreadable.iter().filter(matters).cloned().collect();
    if fields.is_empty() { Ok(()) } else { Err(Error::Unreadable { page: page.id.clone(), fields }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(id: &str, tag: &str) -> Locale {
        Locale { id: Some(id.into()), tag: tag.into(), subdirectory: String::new(), enabled: true }
    }

    #[test]
    fn refuses_two_locales_with_one_tag() {
        let mut site = Site {
            id: "site".into(),
            name: "Site".to_owned(),
            primary: locale("loc1", "en-US"),
            secondary: vec![locale("loc2", "fr-FR")],
        };
        assert!(check_tags(&site).is_ok());
        site.secondary.push(locale("loc3", "FR-fr"));
        let error = check_tags(&site).unwrap_err();
        assert_eq!(error.to_string(), "the site has two locales with the tag `FR-fr`: `loc2` and `loc3`");
    }
}
