//! Slugs: freed before they are taken, in every locale that a write moves.

use slugline::model::Field;
use slugline::plan::Purpose;

use super::{operations, world};

#[test]
fn a_chain_goes_from_its_end() {
    let mut world = world();
    for (page, slug) in [("a", "b"), ("b", "c"), ("c", "d")] {
        world.page(page).wants(page, "en", Field::Slug, slug);
    }
    let plan = world.plan();
    assert_eq!(operations(&plan), ["0 c@en slug=d", "1 b@en slug=c", "2 a@en slug=b"]);
    assert_eq!(plan.operations[2].needs, [1]);
}

#[test]
fn a_swap_takes_one_temporary_slug() {
    let mut world = world();
    for (page, slug) in [("a", "b"), ("b", "a")] {
        world.page(page).wants(page, "en", Field::Slug, slug);
    }
    let plan = world.plan();
    assert_eq!(operations(&plan), ["0 a@en slug=slugline-tmp-a", "1 b@en slug=a", "2 a@en slug=b"]);
    assert_eq!(plan.operations[0].purpose, Purpose::TemporarySlug);
    assert_eq!(plan.operations[2].needs, [0, 1]);
    assert_eq!(plan.operations[2].precondition[&Field::Slug], "slugline-tmp-a".into());
}

#[test]
fn a_page_that_waits_for_a_cycle_needs_no_temporary_slug() {
    let mut world = world();
    for (page, slug) in [("a", "b"), ("b", "c"), ("c", "b2"), ("d", "e"), ("e", "d")] {
        world.page(page).wants(page, "en", Field::Slug, slug);
    }
    let temporary = world.plan().operations.iter().filter(|it| it.purpose == Purpose::TemporarySlug).count();
    assert_eq!(temporary, 1);
}

#[test]
fn slugs_of_other_folders_and_locales_do_not_matter() {
    let mut world = world();
    world.page("a").page_in("b", Some("folder")).page("c");
    world.reads("c", "fr", Field::Slug, "other").wants("a", "en", Field::Slug, "b").wants("a", "fr", Field::Slug, "c");
    let plan = world.plan();
    assert!(!plan.is_invalid(), "{:?}", plan.diagnostics);
}

#[test]
fn a_slug_that_stays_taken_is_an_error() {
    let mut world = world();
    world.page("a").page("b").wants("a", "en", Field::Slug, "b");
    let plan = world.plan();
    assert_eq!(plan.diagnostics[0].code.as_str(), "slug-taken");
    assert!(plan.diagnostics[0].message.contains("`/b`"), "{}", plan.diagnostics[0].message);
}

#[test]
fn a_locale_that_inherits_its_slug_moves_along_and_may_collide() {
    let mut world = world();
    world.page("a").page("b").reads("b", "fr", Field::Slug, "x");
    world.wants("a", "en", Field::Slug, "x").wants("b", "en", Field::Title, "b");
    let plan = world.plan();
    assert_eq!(plan.diagnostics.len(), 1, "{:?}", plan.diagnostics);
    assert!(plan.diagnostics[0].message.contains("taken in fr"));
}

#[test]
fn a_secondary_slug_waits_for_a_primary_that_frees_it() {
    let mut world = world();
    world.page("a").page("b");
    world.wants("a", "fr", Field::Slug, "b").wants("b", "en", Field::Slug, "c");
    let plan = world.plan();
    assert_eq!(operations(&plan), ["0 b@en slug=c", "1 a@fr slug=b"]);
}
