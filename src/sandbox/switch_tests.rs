//! Every value of every switch, on the pure part.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::body;
use super::document::{LocaleKey, Site};
use super::sample::sample;
use super::switches::{
    Bulk, Clear, Copied, CopiedText, InheritedReads, Merge, Normalize, ShareImage, SlugTaken, Switches, Updated,
};
use super::wire;
use super::write::{Entry, Refusal};

const GALAXY: &str = "6596da6045e56dee495bcbba";
const ABOUT: &str = "6596da6045e56dee495bcb04";
const PRIMARY: LocaleKey = LocaleKey::Primary;

fn french() -> LocaleKey {
    LocaleKey::Secondary("fr-FR".to_owned())
}

fn japanese() -> LocaleKey {
    LocaleKey::Secondary("ja-JP".to_owned())
}

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().expect("a time")
}

fn site(switches: Switches) -> Site {
    Site { switches, ..sample() }
}

fn entry(page: &str, locale: LocaleKey, patch: &Value) -> Entry {
    let patch = body::patch(patch.to_string().as_bytes()).expect("a patch");
    Entry { page: page.to_owned(), locale, patch }
}

fn write(site: &mut Site, page: &str, locale: LocaleKey, patch: &Value) -> Result<Value, Refusal> {
    site.write(&entry(page, locale.clone(), patch), now())?;
    Ok(read(site, page, &locale))
}

fn read(site: &Site, page: &str, locale: &LocaleKey) -> Value {
    wire::page(site, site.page(page).expect("a page"), locale)
}

#[test]
fn merge_merges() {
    let mut site = site(Switches { merge: Merge::Merges, ..Switches::default() });
    let before = read(&site, GALAXY, &PRIMARY);
    let patch = json!({"seo": {"title": "T"}, "openGraph": {"description": "D"}});
    let after = write(&mut site, GALAXY, PRIMARY, &patch).unwrap();
    assert_eq!(after["seo"], json!({"title": "T", "description": before["seo"]["description"]}));
    assert_eq!(after["openGraph"]["title"], before["openGraph"]["title"]);
}

#[test]
fn merge_replaces() {
    let mut site = site(Switches { merge: Merge::Replaces, ..Switches::default() });
    let after = write(&mut site, GALAXY, PRIMARY, &json!({"seo": {"title": "T"}})).unwrap();
    assert_eq!(after["seo"], json!({"title": "T"}), "empty in the primary locale");
    assert_eq!(after["openGraph"]["titleCopied"], false, "an object that was not sent stays");
    let patch = json!({"openGraph": {"description": "D", "descriptionCopied": false}});
    let after = write(&mut site, GALAXY, PRIMARY, &patch).unwrap();
    let expected = json!({"title": null, "titleCopied": true, "description": "D", "descriptionCopied": false});
    assert_eq!(after["openGraph"], expected);

    let patch = json!({"seo": {"title": "Titre", "description": "Texte"}});
    write(&mut site, GALAXY, french(), &patch).unwrap();
    let after = write(&mut site, GALAXY, french(), &json!({"seo": {"description": "E"}})).unwrap();
    assert_eq!(after["seo"], json!({"title": "T", "description": "E"}), "inherited elsewhere");
    assert_eq!(after["title"], "Guide de la galaxie", "no leaf of the object");
}

#[test]
fn inherited_reads() {
    let primary = site(Switches { inherited_reads: InheritedReads::Primary, ..Switches::default() });
    let page = read(&primary, GALAXY, &japanese());
    assert_eq!((&page["title"], &page["slug"]), (&json!("Guide to the Galaxy"), &json!("guide-to-the-galaxy")));
    let null = site(Switches { inherited_reads: InheritedReads::Null, ..Switches::default() });
    let page = read(&null, GALAXY, &japanese());
    assert_eq!((&page["title"], &page["slug"]), (&Value::Null, &Value::Null));
    assert_eq!(page["seo"], json!({"title": null, "description": null}));
    assert_eq!(page["openGraph"]["title"], Value::Null);
    assert_eq!(page["openGraph"]["titleCopied"], false);
    assert_eq!(page["publishedPath"], "/ja/guide-to-the-galaxy", "the page is where it is");
    assert_eq!(read(&null, GALAXY, &french())["seo"]["title"], "Le guide ultime de la galaxie");
    assert_eq!(read(&null, GALAXY, &PRIMARY), read(&primary, GALAXY, &PRIMARY));
}

#[test]
fn clear() {
    let patch = json!({"seo": {"title": "", "description": "D"}});
    for locale in [PRIMARY, french()] {
        let mut empties = site(Switches { clear: Clear::Empties, ..Switches::default() });
        let page = write(&mut empties, GALAXY, locale.clone(), &patch).unwrap();
        assert_eq!(page["seo"], json!({"title": "", "description": "D"}));

        let mut ignored = site(Switches { clear: Clear::Ignored, ..Switches::default() });
        let before = read(&ignored, GALAXY, &locale);
        let page = write(&mut ignored, GALAXY, locale.clone(), &patch).unwrap();
        assert_eq!(page["seo"], json!({"title": before["seo"]["title"], "description": "D"}));

        let mut refused = site(Switches { clear: Clear::Refused, ..Switches::default() });
        let before = refused.clone();
        assert_eq!(write(&mut refused, GALAXY, locale, &patch), Err(Refusal::Empty("seo.title")));
        assert_eq!(refused, before);
    }
    let mut empties = site(Switches::default());
    assert_eq!(write(&mut empties, GALAXY, PRIMARY, &json!({"slug": ""})), Err(Refusal::Empty("slug")));
}

#[test]
fn copied() {
    let patch = json!({"openGraph": {"title": "T"}});
    for locale in [PRIMARY, french()] {
        let mut sets_false = site(Switches { copied: Copied::SetsFalse, ..Switches::default() });
        let page = write(&mut sets_false, ABOUT, locale.clone(), &patch).unwrap();
        let open_graph = &page["openGraph"];
        assert_eq!((&open_graph["title"], &open_graph["titleCopied"]), (&json!("T"), &json!(false)));
        assert_eq!(open_graph["descriptionCopied"], true);

        let mut left = site(Switches { copied: Copied::Left, ..Switches::default() });
        let page = write(&mut left, ABOUT, locale.clone(), &patch).unwrap();
        let open_graph = &page["openGraph"];
        assert_eq!((&open_graph["title"], &open_graph["titleCopied"]), (&Value::Null, &json!(true)));
        let patch = json!({"openGraph": {"title": "T", "titleCopied": false}});
        let page = write(&mut left, ABOUT, locale, &patch).unwrap();
        assert_eq!(page["openGraph"]["title"], "T");
    }
}

#[test]
fn the_flag_wins_over_text() {
    let mut site = site(Switches::default());
    let patch = json!({"openGraph": {"title": "T", "titleCopied": true}});
    let page = write(&mut site, GALAXY, PRIMARY, &patch).unwrap();
    let open_graph = &page["openGraph"];
    assert_eq!((&open_graph["title"], &open_graph["titleCopied"]), (&Value::Null, &json!(true)));
}

#[test]
fn copied_text() {
    let null = site(Switches { copied_text: CopiedText::Null, ..Switches::default() });
    assert_eq!(read(&null, ABOUT, &PRIMARY)["openGraph"]["title"], Value::Null);
    let mut seo = site(Switches { copied_text: CopiedText::Seo, ..Switches::default() });
    let open_graph = read(&seo, ABOUT, &french())["openGraph"].clone();
    assert_eq!((&open_graph["title"], &open_graph["titleCopied"]), (&json!("About"), &json!(true)));
    assert_eq!(open_graph["description"], Value::Null, "there is none to copy");
    let page = write(&mut seo, ABOUT, french(), &json!({"seo": {"title": "À propos"}})).unwrap();
    assert_eq!(page["openGraph"]["title"], "À propos");
    assert_eq!(read(&seo, GALAXY, &PRIMARY)["openGraph"]["title"], "Explore the Cosmos with The Ultimate Guide");
}

#[test]
fn slug_taken() {
    let patch = json!({"slug": "about-us"});
    let with = |slug_taken| site(Switches { slug_taken, ..Switches::default() });
    let taken = "about-us".to_owned();
    let mut conflict = with(SlugTaken::Conflict);
    let refusal = write(&mut conflict, GALAXY, PRIMARY, &patch);
    assert_eq!(refusal, Err(Refusal::SlugConflict(taken.clone())));
    let mut bad_request = with(SlugTaken::BadRequest);
    assert_eq!(write(&mut bad_request, GALAXY, PRIMARY, &patch), Err(Refusal::SlugInvalid(taken)));
    let mut suffix = with(SlugTaken::Suffix);
    assert_eq!(write(&mut suffix, GALAXY, PRIMARY, &patch).unwrap()["slug"], "about-us-2");
    let own = write(&mut suffix, ABOUT, PRIMARY, &patch).unwrap();
    assert_eq!(own["slug"], "about-us", "its own slug is not taken");
}

#[test]
fn slugs_are_apart_in_every_locale() {
    let mut site = site(Switches::default());
    let page = write(&mut site, GALAXY, japanese(), &json!({"slug": "guide-de-la-galaxie"}));
    assert_eq!(page.unwrap()["slug"], "guide-de-la-galaxie", "taken in French only");
    let inherited = write(&mut site, GALAXY, french(), &json!({"slug": "about-us"}));
    assert_eq!(inherited, Err(Refusal::SlugConflict("about-us".to_owned())));
}

#[test]
fn normalize() {
    let patch = json!({"title": " A b ", "slug": "A-B", "seo": {"title": "\tT\n"}});
    let after = |normalize| {
        let mut site = site(Switches { normalize, ..Switches::default() });
        let page = write(&mut site, ABOUT, PRIMARY, &patch).unwrap();
        [page["title"].clone(), page["slug"].clone(), page["seo"]["title"].clone()]
    };
    assert_eq!(after(Normalize::AsSent), [" A b ", "A-B", "\tT\n"]);
    assert_eq!(after(Normalize::Trimmed), ["A b", "A-B", "T"]);
    assert_eq!(after(Normalize::LowerCaseSlugs), [" A b ", "a-b", "\tT\n"]);
}

#[test]
fn bulk() {
    let entries = [
        entry(ABOUT, PRIMARY, &json!({"title": "One"})),
        entry("nowhere", PRIMARY, &json!({"title": "Two"})),
        entry(GALAXY, french(), &json!({"title": "Three"})),
    ];
    for (bulk, written, titles) in [
        (Bulk::AllOrNothing, vec![], ["About us", "Guide de la galaxie"]),
        (Bulk::UntilFirstBad, vec![0], ["One", "Guide de la galaxie"]),
        (Bulk::EveryGood, vec![0, 2], ["One", "Three"]),
    ] {
        let mut site = site(Switches { bulk, ..Switches::default() });
        let outcome = site.write_all(&entries, now());
        assert_eq!((outcome.written, outcome.refused), (written, Some(Refusal::UnknownPage)));
        let read = [read(&site, ABOUT, &PRIMARY)["title"].clone(), read(&site, GALAXY, &french())["title"].clone()];
        assert_eq!(read, titles);
    }
}

#[test]
fn updated() {
    let times = |updated| {
        let mut site = site(Switches { updated, ..Switches::default() });
        write(&mut site, GALAXY, french(), &json!({"title": "T"})).unwrap();
        [PRIMARY, french(), japanese()].map(|key| read(&site, GALAXY, &key)["lastUpdated"].clone())
    };
    let (old, new) = ("2024-03-11T10:42:00.000Z", "2026-11-22T10:00:00.000Z");
    assert_eq!(times(Updated::Page), [new, new, new]);
    assert_eq!(times(Updated::Locale), [old, new, old]);
}

/// The sample with a share image and another leaf that the API reference does not describe.
fn illustrated(share_image: ShareImage, merge: Merge) -> Site {
    let mut site = site(Switches { share_image, merge, ..Switches::default() });
    let page = site.pages.iter_mut().find(|page| page.id == GALAXY).expect("a page");
    let own = page.values.get_mut(&PRIMARY).expect("values");
    let leaves = json!({"imageUrl": "https://example.com/a.png", "imageAssetId": "a1", "imageWidth": 1200});
    own.open_graph.undocumented = serde_json::from_value(leaves).expect("leaves");
    site
}

fn image(page: &Value) -> [&Value; 3] {
    ["imageUrl", "imageAssetId", "imageWidth"].map(|leaf| &page["openGraph"][leaf])
}

#[test]
fn share_image() {
    let (url, other) = (json!("https://example.com/a.png"), json!("https://example.com/b.png"));
    let (asset, width, null) = (json!("a1"), json!(1200), Value::Null);
    let title = json!({"openGraph": {"title": "T"}});
    for merge in [Merge::Merges, Merge::Replaces] {
        let mut absent = illustrated(ShareImage::Absent, merge);
        let before = absent.clone();
        let both = json!({"openGraph": {"title": "T", "imageUrl": "b", "imageAssetId": 2}});
        let page = write(&mut absent, GALAXY, PRIMARY, &both).unwrap();
        assert_eq!(page["openGraph"].as_object().unwrap().len(), 4, "no such leaf");
        let leaves = |site: &Site| site.page(GALAXY).unwrap().own(&PRIMARY).open_graph.undocumented.clone();
        assert_eq!(leaves(&absent), leaves(&before));

        let mut kept = illustrated(ShareImage::Kept, merge);
        assert_eq!(image(&read(&kept, GALAXY, &japanese())), [&url, &asset, &width], "inherited");
        assert_eq!(image(&read(&kept, ABOUT, &PRIMARY)), [&null; 3]);
        assert_eq!(image(&write(&mut kept, GALAXY, PRIMARY, &title).unwrap()), [&url, &asset, &width]);
        let set = json!({"openGraph": {"imageUrl": other, "imageHeight": 1}});
        assert_eq!(image(&write(&mut kept, GALAXY, PRIMARY, &set).unwrap()), [&other, &null, &width]);
        assert_eq!(read(&kept, GALAXY, &PRIMARY)["openGraph"]["imageHeight"], null, "unknown keys are ignored");

        let mut dropped = illustrated(ShareImage::Dropped, merge);
        let same = json!({"openGraph": {"title": "T", "imageUrl": url}});
        assert_eq!(image(&write(&mut dropped, GALAXY, PRIMARY, &same).unwrap()), [&url, &asset, &null]);
        assert_eq!(image(&write(&mut dropped, GALAXY, french(), &title).unwrap()), [&url, &asset, &null], "inherited");
        assert_eq!(
            image(&write(&mut dropped, GALAXY, PRIMARY, &json!({"title": "T"})).unwrap()),
            [&url, &asset, &null]
        );
        assert_eq!(image(&write(&mut dropped, GALAXY, PRIMARY, &title).unwrap()), [&null; 3]);

        for bad in [json!({"imageUrl": url, "imageAssetId": asset}), json!({"imageUrl": ""}), json!({"imageUrl": 1})] {
            let refusal = write(&mut dropped, GALAXY, PRIMARY, &json!({"openGraph": bad}));
            assert!(matches!(refusal, Err(Refusal::Image(_))), "{bad}");
        }
    }
}

#[test]
fn every_write_moves_the_time() {
    let mut site = site(Switches::default());
    let first = write(&mut site, GALAXY, PRIMARY, &json!({})).unwrap();
    let second = write(&mut site, GALAXY, PRIMARY, &json!({})).unwrap();
    assert_eq!(first["lastUpdated"], "2026-11-22T10:00:00.000Z");
    assert_eq!(second["lastUpdated"], "2026-11-22T10:00:00.001Z");
}
