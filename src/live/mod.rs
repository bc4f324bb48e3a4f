//! Reads the live site: the site itself, then its pages by list, a locale at a time, bounded.
//!
//! Never one request a page. Has a reader only, so it cannot write. Must not know manifests.

mod convert;
mod lists;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use futures_util::future::try_join_all;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use convert::metadata;
use lists::{Lists, MOST_PARTS, total};

use crate::model::{
    Address, Field, Folder, FolderId, Live, LivePage, Locale, LocaleId, LocaleTag, Metadata, PageId, Site, SiteId,
};
use crate::webflow::{self, MOST_PAGES, Moment, Page, Reader};

/// Folders within folders; nothing real is nested this deep, and a folder that contained itself would never end.
const MAX_DEPTH: usize = 64;

/// The most folders that are read, one request each. At 60 requests a minute that is half an hour.
const MOST_FOLDERS: usize = 2_000;

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
    /// A text of a page is not valid, or holds the token.
    #[error("cannot read {} of the page {page}: the text is not valid or holds the API token", .fields.join(", "))]
    Damaged {
        /// The page's id.
        page: String,
        /// The fields, as paths.
        fields: Vec<String>,
    },
    /// Pages were added or removed between the requests of one list, again and again.
    #[error("the list of pages in {locale} kept changing while it was read")]
    Shifting {
        /// The locale's tag.
        locale: String,
    },
    /// A list has a page of another locale.
    #[error("the list of pages in {locale} has the page {page} in another locale")]
    OtherLocale {
        /// The page's id.
        page: String,
        /// The tag of the list's locale.
        locale: String,
    },
    /// The site has more of something than any real site.
    #[error("the site has more than {limit} {what}, and slugline reads no more than that")]
    TooMuch {
        /// What it has too much of, with the place.
        what: String,
        /// How much is read.
        limit: usize,
    },
}

/// Reads the site and all its pages in all its locales: one request for the site and one for each 100 pages a locale.
pub async fn read(reader: &Reader, site: &SiteId, concurrency: NonZeroUsize) -> Result<Live, Error> {
    let site = convert::site(&reader.site(site.as_str()).await?);
    check_tags(&site)?;
    let locales: Vec<Locale> = site.locales().cloned().collect();
    let lists = Lists::new(reader, &site, concurrency);
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
    for level in 0.. {
        wanted.retain(|folder| !live.folders.contains_key(folder));
        if wanted.is_empty() {
            break;
        }
        if level == MAX_DEPTH {
            return Err(Error::TooMuch { what: "levels of folders".to_owned(), limit: MAX_DEPTH });
        }
        if live.folders.len() + wanted.len() > MOST_FOLDERS {
            return Err(Error::TooMuch { what: "folders".to_owned(), limit: MOST_FOLDERS });
        }
        let reads = wanted.iter().map(|id| async move {
            let folder = convert::folder(&reader.page(id.as_str(), None).await?);
            Ok::<_, Error>(folder.map(|folder| (id.clone(), folder)))
        });
        let folders: Vec<Option<_>> = stream::iter(reads).buffered(concurrency.get()).try_collect().await?;
        let folders: Vec<(FolderId, Folder)> = folders.into_iter().flatten().collect();
        wanted = folders.iter().filter_map(|(_, folder)| folder.parent.clone()).collect();
        live.folders.extend(folders);
    }
    Ok(())
}

/// Fails if one of these pages has a text that cannot be used: nothing can be compared with it.
pub fn check_texts<'p>(live: &Live, pages: impl IntoIterator<Item = &'p PageId>) -> Result<(), Error> {
    let mut pages = pages.into_iter().filter_map(|id| live.pages.get(id)).filter(|page| page.is_damaged());
    pages
        .next()
        .map_or(Ok(()), |page| Err(Error::Damaged { page: page.id.to_string(), fields: vec![page.damaged_fields()] }))
}

/// What a page read in a locale, when, and where in the list it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The values.
    pub metadata: Metadata,
    /// A moment before the request was sent; what happened since is not in it.
    pub at: Moment,
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
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    let mut offset = 0;
    // All of them are in one locale.
    let Some(tag) = missing.first().map(|address| address.locale.clone()) else { return Ok(found) };
    for _ in 0..MOST_PARTS {
        let Part { ids, readings, is_last } = read_list(reader, site, &tag, locale, offset).await?;
        offset += ids.len() as u32;
        let known = seen.len();
        seen.extend(ids);
        found.extend(readings.into_iter().filter(|(address, _)| missing.remove(address)));
        // A part without a page that is new is the end as well: the server repeats itself.
        if missing.is_empty() || is_last || seen.len() == known {
            return Ok(found);
        }
        if seen.len() > MOST_PAGES as usize {
            break;
        }
    }
    Err(Error::TooMuch { what: format!("pages in {tag}"), limit: MOST_PAGES as usize })
}

/// One part of a locale's list.
struct Part {
    /// The pages, those included that cannot be read.
    ids: Vec<PageId>,
    /// What those read that can be.
    readings: Vec<(Address, Reading)>,
    is_last: bool,
}

/// Reads one part of a locale's list again.
pub async fn read_part(
    reader: &Reader,
    site: &SiteId,
    tag: &LocaleTag,
    locale: Option<&LocaleId>,
    offset: u32,
) -> Result<Vec<(Address, Reading)>, Error> {
    Ok(read_list(reader, site, tag, locale, offset).await?.readings)
}

/// Returns a part of a list. A page that cannot be read is an error only where it is asked for alone.
async fn read_list(
    reader: &Reader,
    site: &SiteId,
    tag: &LocaleTag,
    locale: Option<&LocaleId>,
    offset: u32,
) -> Result<Part, Error> {
    let (list, at) = reader.list_pages_timed(site.as_str(), locale.map(LocaleId::as_str), offset).await?;
    let is_last = list.pages.is_empty() || offset + list.pages.len() as u32 >= total(&list);
    let readings = list.pages.iter().filter_map(|page| {
        let address = Address { page: page.id.as_str().into(), locale: tag.clone() };
        Some((address, Reading { metadata: readable(page).ok()?, at, offset }))
    });
    let ids = list.pages.iter().map(|page| page.id.as_str().into());
    Ok(Part { ids: ids.collect(), readings: readings.collect(), is_last })
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

/// Returns what a page reads, unless a value that matters cannot be read.
pub fn readable(page: &Page) -> Result<Metadata, Error> {
    check_type(page)?;
    let fields = convert::damaged(page);
    if fields.is_empty() { Ok(metadata(page)) } else { Err(Error::Damaged { page: page.id.clone(), fields }) }
}

/// Fails if a value that matters has another type than the API describes.
fn check_type(page: &Page) -> Result<(), Error> {
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
