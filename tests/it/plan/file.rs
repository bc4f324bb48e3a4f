//! The saved plan: reads back as it was, and refuses what it does not understand.

use proptest::prelude::*;
use slugline::exit::Exit;
use slugline::model::Field;
use slugline::plan::file::{self, Error};

use super::{World, world};

fn eventful() -> World {
    let mut world = world();
    for (page, slug) in [("a", "b"), ("b", "a")] {
        world.page(page).wants(page, "en", Field::Slug, slug);
    }
    world.reads_everywhere("a", Field::SeoTitle, "old").wants("a", "en", Field::SeoTitle, "");
    world.wants("a", "fr", Field::SeoTitle, "old").wants("b", "es", Field::OpenGraphTitle, "og");
    world.wants("b", "en", Field::OpenGraphDescriptionCopied, true);
    world
}

#[test]
fn a_plan_reads_back_as_it_was() {
    let plan = eventful().plan();
    assert!(!plan.guards.is_empty());
    let text = file::encode(&plan, Exit::Ok);
    assert_eq!(file::decode(&text).unwrap(), plan);
    assert_eq!(file::encode(&plan, Exit::Ok), text);
}

/// Few are told apart and many in one sentence; how many there are is a value of its own, whatever is said.
#[test]
fn how_much_is_not_managed_any_more_reads_back() {
    for released in [0, 1, 2, 10, 11, 40] {
        let mut world = world();
        for number in 0..released {
            let page = format!("page-{number}");
            world.page(&page).wanted(&page, "en", Field::SeoTitle, "A title");
        }
        let plan = world.plan();
        assert_eq!(plan.released, released);
        let text = file::encode(&plan, Exit::Ok);
        assert_eq!(file::decode(&text).unwrap(), plan);
        assert_eq!(text.contains("\"released\""), released > 0, "{text}");
    }
}

#[test]
fn the_committed_schema_is_fresh_and_fits() {
    let schema = file::schema();
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    let path = crate::manifest::root().join("schema/plan.schema.json");
    crate::manifest::expect(&path, &text).unwrap();
    let plan: serde_json::Value = serde_json::from_str(&file::encode(&eventful().plan(), Exit::Ok)).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap().validate(&plan).unwrap();
}

fn decode_with(change: impl FnOnce(&mut serde_json::Value)) -> Result<slugline::plan::Plan, Error> {
    let mut json: serde_json::Value = serde_json::from_str(&file::encode(&eventful().plan(), Exit::Ok)).unwrap();
    change(&mut json);
    file::decode(&json.to_string())
}

#[test]
fn an_edited_plan_is_refused() {
    let edited = decode_with(|json| json["operations"][0]["body"]["slug"] = "elsewhere".into());
    assert!(matches!(edited, Err(Error::Digest)), "{edited:?}");
    let edited = decode_with(|json| json["target"]["site"] = "elsewhere".into());
    assert!(matches!(edited, Err(Error::Digest)));
}

#[test]
fn how_a_plan_was_made_does_not_count() {
    assert!(decode_with(|json| json["live"]["requests"] = 7.into()).is_ok());
    assert!(decode_with(|json| json["exit"]["code"] = 2.into()).is_ok());
}

#[test]
fn versions_are_heeded() {
    let newer = decode_with(|json| json["format_version"] = "2.0".into());
    assert!(matches!(newer, Err(Error::NewerVersion(version)) if version == "2.0"));
    let odd = decode_with(|json| json["format_version"] = "new".into());
    assert!(matches!(odd, Err(Error::BadVersion(_))));
    assert!(matches!(file::decode("{}"), Err(Error::NotAPlan)));
    assert!(matches!(file::decode("plan"), Err(Error::NotJson(_))));
}

proptest! {
    #[test]
    fn any_text_survives(before in "\\PC*", after in any::<String>()) {
        let mut world = world();
        world.page("a").reads_everywhere("a", Field::SeoTitle, before.as_str());
        world.wants("a", "en", Field::SeoTitle, after.as_str());
        let plan = world.plan();
        prop_assert_eq!(file::decode(&file::encode(&plan, Exit::Ok)).unwrap(), plan);
    }
}
