//! Guards: counted against thresholds, let pass by name only.

use slugline::model::{Field, PageId};
use slugline::plan::{Guard, Limits, guard};

use super::{World, world};

fn tripped(world: &World) -> Vec<Guard> {
    world.plan().guards.iter().map(|tripped| tripped.guard).collect()
}

fn many(pages: usize, changed: usize) -> World {
    let mut world = world();
    for number in 0..pages {
        let id = format!("p{number:03}");
        let title = if number < changed { "new" } else { id.as_str() };
        world.page(&id).wants(&id, "en", Field::Title, title);
    }
    world
}

#[test]
fn mass_update_heeds_floor_percent_and_ceiling() {
    for (pages, changed, trips) in
        [(10, 10, false), (11, 11, true), (100, 30, false), (100, 31, true), (700, 200, false), (700, 201, true)]
    {
        assert_eq!(tripped(&many(pages, changed)) == [Guard::MassUpdate], trips, "{changed} of {pages}");
    }
}

#[test]
fn mass_update_is_configurable_and_names_the_busiest() {
    let mut world = many(20, 3);
    world.policy.limits = Limits { percent: 0, floor: 2, ceiling: 200 };
    let plan = world.plan();
    assert_eq!((plan.guards[0].count, plan.guards[0].limit), (3, 2));
    assert_eq!(plan.guards[0].worst, ["/p000 @ en: 1 field", "/p001 @ en: 1 field", "/p002 @ en: 1 field"]);
}

#[test]
fn blanking_a_set_value_trips_and_an_empty_one_does_not() {
    let mut world = world();
    world.page("a").wants("a", "en", Field::SeoTitle, "");
    assert!(tripped(&world).is_empty());
    world.reads_everywhere("a", Field::SeoTitle, "set");
    assert_eq!(tripped(&world), [Guard::Blanking]);
}

#[test]
fn a_binding_may_be_moved_but_not_lost() {
    let mut world = world();
    world.page("a").reads_everywhere("a", Field::SeoTitle, r#"{{wf {"path":"name","type":"PlainText"} }}"#);
    world.wants("a", "en", Field::SeoTitle, r#"{{wf {"path":"name","type":"PlainText"} }} | Site"#);
    assert!(tripped(&world).is_empty());
    world.wants("a", "en", Field::SeoTitle, "plain");
    assert_eq!(tripped(&world), [Guard::BindingOverwrite]);
}

#[test]
fn a_published_slug_trips_and_prints_its_redirect() {
    let mut world = world();
    world.page("a").wants("a", "fr", Field::Slug, "b");
    let plan = world.plan();
    assert_eq!(plan.guards[0].worst, ["/a @ fr: /fr/a → /fr/b"]);
    for values in world.live.pages.get_mut(&PageId::from("a")).unwrap().locales.values_mut() {
        values.published_path = None;
    }
    assert!(tripped(&world).is_empty());
}

#[test]
fn what_stands_in_the_way_is_what_is_not_allowed() {
    let mut world = world();
    world.page("a").reads_everywhere("a", Field::SeoTitle, "set").wants("a", "en", Field::SeoTitle, "");
    let plan = world.plan();
    let standing = |site: &str, allowed: &[Guard]| -> Vec<Guard> {
        guard::standing(&plan, &site.into(), allowed).iter().map(|tripped| tripped.guard).collect()
    };
    assert_eq!(standing("site", &[]), [Guard::Blanking]);
    assert!(standing("site", &[Guard::Blanking]).is_empty());
    assert_eq!(standing("other", &[Guard::Blanking]), [Guard::WrongSite]);
}

#[test]
fn a_copied_text_that_is_given_up_for_nothing_trips() {
    let mut world = world();
    world.page("a").reads_everywhere("a", Field::SeoDescription, "shown");
    world.reads_everywhere("a", Field::OpenGraphDescriptionCopied, true);
    world.wants("a", "en", Field::OpenGraphDescription, "");
    assert_eq!(tripped(&world), [Guard::Blanking]);
    world.wants("a", "en", Field::OpenGraphDescription, "own");
    assert!(tripped(&world).is_empty());
}

#[test]
fn nothing_redirects_from_an_address_that_another_page_takes() {
    let mut world = world();
    for (page, slug) in [("a", "b"), ("b", "c")] {
        world.page(page).wants(page, "en", Field::Slug, slug);
    }
    let plan = world.plan();
    let reused: Vec<_> = plan.changes.iter().map(|change| change.redirects[0].is_reused).collect();
    assert_eq!(reused, [false, true]);
}

#[test]
fn a_slug_of_several_segments_or_words_is_an_error() {
    for slug in ["a/b", "About us", "a?b", "a#b", "a\tb"] {
        let mut world = world();
        world.page("a").wants("a", "en", Field::Slug, slug);
        let diagnostics = world.plan().diagnostics;
        assert_eq!(diagnostics[0].code.as_str(), "invalid-slug", "{slug}");
    }
}
