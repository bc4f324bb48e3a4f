//! Law 14: what a plan shows is what apply writes, also for a plan file from a stranger.
//!
//! Every value of a plan file is changed, removed and swapped with others of its key, and the digest is computed again. Each
//! of these files is refused with nothing written, or what is written is exactly what the file shows.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use slugline::exit::Exit;
use slugline::model::{
    Desired, DesiredLocale, DesiredPage, Field, Live, LivePage, LocaleTag, NamedBy, PageId, PageKind, PagePath, Stated,
    Value,
};
use slugline::plan::{Guard, Plan, file};
use slugline::sandbox::{Shape, ShareImage, Site, Switches, generate};
use slugline::source::Location;

use super::sample;
use super::world::{World, block_on, is_read, plan_desired};
use crate::plan::digest;

/// Mutations in an ordinary run.
const ORDINARY: usize = 120;

#[test]
fn a_plan_file_from_a_stranger_writes_what_it_shows() {
    let switches = Switches { share_image: ShareImage::Dropped, ..Switches::default() };
    let site = Site { switches, ..generate(Shape { pages: 14, locales: 3, seed: 14 }) };
    let live = block_on(async { World::new(site.clone()).await.read().await });
    let plan = plan_desired(&desired(&live), &live);
    assert!(plan.operations.iter().filter(|it| !it.body.extras.is_empty()).count() >= 2, "{plan:#?}");
    assert!(plan.operations.len() >= 6 && plan.guards.iter().any(|it| it.guard == Guard::SlugChange), "{plan:#?}");
    let original: Json = serde_json::from_str(&file::encode(&plan, Exit::Ok)).unwrap();
    assert!(judge(&site, &live, &original), "the plan itself is applied");
    let (mut refused, mut applied) = (0, 0);
    for (name, mut forged) in sample(mutations(&original), ORDINARY) {
        forged["digest"] = digest(&forged).into();
        let is_applied = std::panic::catch_unwind(|| judge(&site, &live, &forged));
        let is_applied = is_applied.unwrap_or_else(|_| panic!("{name}"));
        *if is_applied { &mut applied } else { &mut refused } += 1;
    }
    assert!(refused > ORDINARY / 3 && applied > 0, "{refused} refused, {applied} applied");
}

/// Returns texts for some pages, in the primary locale and in others, and a new slug for one that is published.
fn desired(live: &Live) -> Desired {
    let primary = &live.site.primary.tag;
    let secondary = &live.site.secondary[0].tag;
    let is_plain = |page: &&LivePage| page.kind == PageKind::Static && !page.draft && !page.archived;
    let mut desired = Desired::default();
    for (number, page) in live.pages.values().filter(is_plain).take(4).enumerate() {
        let text = |name: &str| Value::from(format!("{name} {number}").as_str());
        let mut of_primary = BTreeMap::from([(Field::Title, text("Title")), (Field::SeoTitle, text("Search title"))]);
        if page.published_path(primary).is_some() {
            of_primary.insert(Field::Slug, format!("slug-{number}").as_str().into());
        }
        let of_secondary = BTreeMap::from([
            (Field::SeoDescription, text("Description")),
            (Field::OpenGraphTitle, text("Card")),
            (Field::OpenGraphTitleCopied, false.into()),
        ]);
        let locales = [(primary, of_primary), (secondary, of_secondary)];
        desired.pages.insert(page.id.clone(), wanted(live.known_path(page), locales));
    }
    desired
}

fn wanted(path: PagePath, locales: [(&LocaleTag, BTreeMap<Field, Value>); 2]) -> DesiredPage {
    let location = Location::whole(&"pages.yaml".into());
    let stated = |value: Value| Stated { value, location: location.clone() };
    let locales = locales.map(|(tag, fields)| {
        let fields = fields.into_iter().map(|(field, value)| (field, stated(value))).collect();
        (tag.clone(), DesiredLocale { location: location.clone(), fields })
    });
    DesiredPage { path, named_by: NamedBy::Id, location: location.clone(), locales: locales.into() }
}

/// Applies a plan file with the guards allowed that it shows. Returns whether it was applied.
fn judge(site: &Site, live: &Live, json: &Json) -> bool {
    let Ok(plan) = file::decode(&json.to_string()) else { return false };
    block_on(async {
        let world = World::new(site.clone()).await;
        let shown: Vec<Guard> = plan.guards.iter().map(|tripped| tripped.guard).collect();
        if world.approve_with(&plan, &shown).await.is_err() {
            assert!(world.take_log().iter().all(is_read), "the gate writes nothing");
            return false;
        }
        let Ok(receipt) = world.apply(&plan, 1, &mut |_| {}).await else {
            assert!(world.take_log().iter().all(is_read), "a stale plan writes nothing");
            return false;
        };
        assert!(receipt.is_success(), "{receipt:#?}");
        check_written(&plan, live, &world.read().await);
        true
    })
}

/// Checks that the site reads as before, but for what the plan shows. Pages are found by the paths that it shows.
fn check_written(plan: &Plan, before: &Live, after: &Live) {
    let mut expected: BTreeMap<(&PageId, &LocaleTag, Field), Value> = BTreeMap::new();
    for (id, page) in &before.pages {
        for (tag, values) in &page.locales {
            expected.extend(Field::ALL.map(|field| ((id, tag, field), values.metadata.effective(field))));
        }
    }
    for change in &plan.changes {
        let mut pages = before.pages.values().filter(|page| before.known_path(page) == change.path);
        let (Some(page), None) = (pages.next(), pages.next()) else { panic!("`{}` is not one page", change.path) };
        for tag in change.followers.iter().chain([&change.address.locale]) {
            let place = expected.get_mut(&(&page.id, tag, change.field));
            *place.unwrap_or_else(|| panic!("no locale `{tag}`")) = change.after.clone();
        }
    }
    for ((id, tag, field), value) in expected {
        let found = after.metadata(id, tag).unwrap().effective(field);
        assert_eq!(found, value, "{} of {id} in {tag}", field.name());
    }
    for (id, page) in &before.pages {
        for (tag, values) in &page.locales {
            assert_eq!(after.metadata(id, tag).unwrap().extras, values.metadata.extras, "share image of {id} in {tag}");
        }
    }
}

/// Returns a document for each change of each value: removed, changed, and as any other value of the same key.
fn mutations(original: &Json) -> Vec<(String, Json)> {
    let mut pointers = Vec::new();
    walk(original, String::new(), &mut pointers);
    let mut mutations = Vec::new();
    for pointer in pointers.iter().filter(|pointer| !pointer.starts_with("/digest")) {
        let value = original.pointer(pointer).unwrap();
        let key = |pointer: &str| pointer.rsplit('/').find(|part| part.parse::<usize>().is_err()).map(str::to_owned);
        let others = pointers.iter().filter(|other| key(other) == key(pointer));
        let mut others: Vec<Json> = others.map(|other| original.pointer(other).unwrap().clone()).collect();
        others.extend(changed(value));
        others.sort_by_key(Json::to_string);
        others.dedup();
        for other in others.into_iter().filter(|other| other != value) {
            let mut forged = original.clone();
            *forged.pointer_mut(pointer).unwrap() = other.clone();
            mutations.push((format!("{pointer} = {other}"), forged));
        }
        let mut forged = original.clone();
        remove(&mut forged, pointer);
        mutations.push((format!("{pointer} removed"), forged));
    }
    mutations
}

fn walk(value: &Json, pointer: String, pointers: &mut Vec<String>) {
    match value {
        Json::Object(map) => map.iter().for_each(|(key, value)| walk(value, format!("{pointer}/{key}"), pointers)),
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| walk(value, format!("{pointer}/{index}"), pointers));
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
    if !pointer.is_empty() {
        pointers.push(pointer);
    }
}

fn changed(value: &Json) -> Vec<Json> {
    match value {
        Json::String(text) => vec![json!(format!("{text}x")), json!("")],
        Json::Number(number) => vec![json!(number.as_u64().unwrap() + 1), json!(0)],
        Json::Bool(flag) => vec![json!(!flag)],
        Json::Array(_) => vec![json!([])],
        Json::Object(_) => vec![json!({})],
        Json::Null => Vec::new(),
    }
}

fn remove(json: &mut Json, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match json.pointer_mut(parent).unwrap() {
        Json::Object(map) => drop(map.remove(key)),
        Json::Array(items) => drop(items.remove(key.parse::<usize>().unwrap())),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => unreachable!("it has parts"),
    }
}
