//! What holds for all sites, writes and switches.

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

use super::document::{LocaleKey, OpenGraph, Page, PageKind, Seo, Site};
use super::generate::{Shape, generate};
use super::site::Reading;
use super::switches::{Merge, Switches};
use super::write::{Entry, Patch};

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().expect("a time")
}

fn text() -> impl Strategy<Value = Option<String>> {
    let texts = ["", "a", "B", " padded ", "about", "ä–🚀", "{{wf {\"path\":\"name\"} }}", "a-2"];
    proptest::option::weighted(0.6, select(texts.map(str::to_owned).to_vec()))
}

fn flag() -> impl Strategy<Value = Option<bool>> {
    proptest::option::of(any::<bool>())
}

fn image() -> impl Strategy<Value = Option<&'static str>> {
    proptest::option::weighted(0.3, select(vec!["", "https://example.com/a.png"]))
}

prop_compose! {
    fn seo()(title in text(), description in text()) -> Seo {
        Seo { title, description, ..Seo::default() }
    }
}

prop_compose! {
    fn open_graph()(
        title in text(), title_copied in flag(), description in text(), description_copied in flag(), image in image()
    ) -> OpenGraph {
        let undocumented = image.map(|url| ("imageUrl".to_owned(), json!(url))).into_iter().collect();
        OpenGraph { title, title_copied, description, description_copied, undocumented }
    }
}

prop_compose! {
    fn patch()(
        title in text(),
        slug in text(),
        seo in proptest::option::of(seo()),
        open_graph in proptest::option::of(open_graph()),
    ) -> Patch {
        Patch { title, slug, seo, open_graph }
    }
}

fn site() -> impl Strategy<Value = Site> {
    (1..25_usize, 1..4_usize, 0..50_u64).prop_map(|(pages, locales, seed)| generate(Shape { pages, locales, seed }))
}

fn writes() -> impl Strategy<Value = Vec<(Index, Index, Patch)>> {
    proptest::collection::vec((any::<Index>(), any::<Index>(), patch()), 1..12)
}

fn entry(site: &Site, (page, locale, patch): &(Index, Index, Patch)) -> Entry {
    let locale = locale.get(&site.locale_keys()).clone();
    Entry { page: page.get(&site.pages).id.clone(), locale, patch: patch.clone() }
}

fn read(site: &Site, entry: &Entry) -> Reading {
    site.read(site.page(&entry.page).expect("a page"), &entry.locale)
}

/// Slugs only count where they are not ignored, flags and text only where they do not hide each other.
fn check_taken(before: &Reading, after: &Reading, entry: &Entry, page: &Page) {
    let Patch { title, slug, seo, open_graph } = &entry.patch;
    assert_eq!(after.title, title.clone().or(before.title.clone()));
    let slug = slug.clone().filter(|_| page.kind == PageKind::Static);
    assert_eq!(after.slug, slug.or(before.slug.clone()));
    let seo = seo.clone().unwrap_or_default();
    assert_eq!(after.seo_title, seo.title.or(before.seo_title.clone()));
    assert_eq!(after.seo_description, seo.description.or(before.seo_description.clone()));
    let open_graph = open_graph.clone().unwrap_or_default();
    let implied = open_graph.title.as_ref().map(|_| false);
    let copied = open_graph.title_copied.or(implied).unwrap_or(before.title_copied);
    assert_eq!(after.title_copied, copied);
    match open_graph.title {
        Some(text) if !copied => assert_eq!(after.open_graph_title, Some(text)),
        None if !copied && !before.title_copied => {
            assert_eq!(after.open_graph_title, before.open_graph_title);
        }
        Some(_) | None if copied => assert_eq!(after.open_graph_title, None),
        Some(_) | None => {}
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(mut site in site(), writes in writes()) {
        for write in &writes {
            let entry = entry(&site, write);
            let before = read(&site, &entry);
            if site.write(&entry, now()).is_ok() {
                let page = site.page(&entry.page).expect("a page");
                check_taken(&before, &read(&site, &entry), &entry, page);
            }
        }
    }

    #[test]
    fn a_refused_write_changes_nothing(
        mut site in site(), writes in writes(), switches in select(Switches::all())
    ) {
        site.switches = switches;
        for write in &writes {
            let before = site.clone();
            if site.write(&entry(&site, write), now()).is_err() {
                prop_assert_eq!(&site, &before);
            }
        }
    }

    #[test]
    fn a_write_touches_one_page_and_moves_no_published_path(
        mut site in site(), writes in writes(), switches in select(Switches::all())
    ) {
        site.switches = switches;
        for write in &writes {
            let before = site.clone();
            let entry = entry(&site, write);
            // Whether it was refused does not matter here.
            let _ = site.write(&entry, now());
            for (old, new) in before.pages.iter().zip(&site.pages) {
                prop_assert!(old == new || new.id == entry.page);
                for key in site.locale_keys() {
                    prop_assert_eq!(before.published_path(old, &key), site.published_path(new, &key));
                }
            }
        }
    }

    #[test]
    fn a_written_site_is_still_a_document(
        mut site in site(), writes in writes(), switches in select(Switches::all())
    ) {
        site.switches = switches;
        let entries: Vec<Entry> = writes.iter().map(|write| entry(&site, write)).collect();
        site.write_all(&entries, now());
        prop_assert_eq!(Site::from_json(&site.to_json()).expect("a site"), site);
    }

    #[test]
    fn publishing_shows_what_is_staged(mut site in site(), writes in writes()) {
        for write in &writes {
            let _ = site.write(&entry(&site, write), now());
        }
        site.publish(None, &[], now());
        for page in site.pages.iter().filter(|page| !page.draft && !page.archived) {
            let primary = LocaleKey::Primary;
            prop_assert_eq!(site.published_path(page, &primary), Some(site.staged_path(page, &primary)));
        }
        prop_assert!(site.pages.iter().all(|page| page.published_paths.is_empty() || page.draft || page.archived));
    }

    #[test]
    fn whole_objects_mean_the_same_merged_or_replaced(mut site in site(), writes in writes()) {
        for write in &writes {
            let mut entry = entry(&site, write);
            let text = |text: &str| Some(text.to_owned());
            entry.patch.seo = Some(Seo { title: text("S"), description: text("D"), ..Seo::default() });
            entry.patch.open_graph = Some(OpenGraph {
                title: Some("O".to_owned()),
                title_copied: Some(false),
                description: None,
                description_copied: Some(true),
                ..OpenGraph::default()
            });
            let mut replaced = site.clone();
            replaced.switches.merge = Merge::Replaces;
            let merged = site.write(&entry, now());
            prop_assert_eq!(merged, replaced.write(&entry, now()));
            prop_assert_eq!(read(&site, &entry), read(&replaced, &entry));
        }
    }
}
