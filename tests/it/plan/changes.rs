//! Which fields change, and what is sent for them.

use slugline::model::{Field, PageKind};
use slugline::plan::{Class, Risk};

use super::{operations, world};

#[test]
fn only_managed_fields_that_differ_are_sent() {
    let mut world = world();
    world.page("a").page("b").reads_everywhere("a", Field::SeoTitle, "old");
    world.wants("a", "en", Field::Title, "a").wants("a", "en", Field::SeoTitle, "new");
    let plan = world.plan();
    assert_eq!(operations(&plan), ["0 a@en seo.title=new"]);
    assert_eq!(plan.changes.len(), 1);
    assert_eq!(plan.changes[0].followers.len(), 2);
}

#[test]
fn missing_and_empty_are_the_same() {
    let mut world = world();
    world.page("a").wants("a", "en", Field::SeoDescription, "");
    assert!(world.plan().is_empty());
}

#[test]
fn open_graph_text_does_not_count_while_it_is_copied() {
    let mut world = world();
    world.page("a").reads_everywhere("a", Field::OpenGraphTitle, "same");
    world.reads_everywhere("a", Field::OpenGraphTitleCopied, true);
    world.wants("a", "en", Field::OpenGraphTitle, "same");
    let plan = world.plan();
    let fields: Vec<Field> = plan.changes.iter().map(|change| change.field).collect();
    assert_eq!(fields, [Field::OpenGraphTitle, Field::OpenGraphTitleCopied]);
}

#[test]
fn a_value_that_is_stated_and_inherited_is_pinned_when_the_primary_changes() {
    let mut world = world();
    world.page("a").reads_everywhere("a", Field::SeoTitle, "old");
    world.wants("a", "en", Field::SeoTitle, "new").wants("a", "fr", Field::SeoTitle, "old");
    let plan = world.plan();
    assert_eq!(operations(&plan), ["0 a@fr seo.title=old", "1 a@en seo.title=new"]);
    assert_eq!(plan.operations[1].needs, [0]);
    let classes: Vec<Class> = plan.changes.iter().map(|change| change.class).collect();
    assert_eq!(classes, [Class::Change, Class::Pinned]);
    assert_eq!(plan.changes[0].followers, ["es".into()]);
}

#[test]
fn a_value_of_its_own_is_not_pinned() {
    let mut world = world();
    world.page("a").reads_everywhere("a", Field::SeoTitle, "old").reads("a", "fr", Field::SeoTitle, "vieux");
    world.wants("a", "en", Field::SeoTitle, "new").wants("a", "fr", Field::SeoTitle, "vieux");
    assert_eq!(operations(&world.plan()), ["0 a@en seo.title=new"]);
}

#[test]
fn pins_are_written_even_if_only_the_primary_is_selected() {
    let mut world = world();
    world.page("a").reads_everywhere("a", Field::SeoTitle, "old");
    world.wants("a", "en", Field::SeoTitle, "new").wants("a", "fr", Field::SeoTitle, "old");
    world.policy.selection.locales.insert("en".into());
    assert_eq!(world.plan().operations.len(), 2);
    world.policy.selection.pages.push("/other".to_owned());
    assert!(world.plan().is_empty());
}

#[test]
fn secondary_locales_go_before_the_primary() {
    let mut world = world();
    world.page("a");
    for locale in ["en", "es", "fr"] {
        world.wants("a", locale, Field::SeoTitle, format!("{locale} title").as_str());
    }
    let plan = world.plan();
    assert_eq!(
        operations(&plan),
        ["0 a@fr seo.title=fr title", "0 a@es seo.title=es title", "1 a@en seo.title=en title"]
    );
    // A translation that fails is no reason to hold the primary back.
    assert!(plan.operations[2].needs.is_empty());
}

#[test]
fn a_locale_that_is_off_is_written_and_said() {
    let mut world = world();
    world.page("a").wants("a", "fr", Field::Title, "à");
    world.live.site.secondary[0].enabled = false;
    let plan = world.plan();
    assert!(plan.changes[0].risks.contains(&Risk::LocaleOff));
    assert_eq!(plan.operations.len(), 1);
}

#[test]
fn slugs_that_cannot_be_written_are_errors() {
    for kind in [PageKind::Home, PageKind::Template, PageKind::Utility] {
        let mut world = world();
        world.page("a").wants("a", "en", Field::Slug, "b").wants("a", "en", Field::Title, "A");
        world.live.pages.values_mut().for_each(|page| page.kind = kind);
        let plan = world.plan();
        assert_eq!(plan.diagnostics[0].code.as_str(), "ignored-slug");
        assert!(plan.is_invalid());
        assert_eq!(operations(&plan), ["0 a@en title=A"]);
    }
}
