//! Guards: counted against thresholds, let pass by name only.

use slugline::exit::Exit;
use slugline::model::{Field, PageId};
use slugline::plan::gate::{Candidate, Project, Refusal, gate};
use slugline::plan::{Guard, Limits, Plan, Successor, file};

use super::{World, world};

fn tripped(world: &World) -> Vec<Guard> {
    world.plan().guards.iter().map(|tripped| tripped.guard).collect()
}

fn many(pages: usize, changed: usize) -> World {
    let mut world = world();
    for number in 0..pages {
        let id = format!("p{number:03}");
        let title = if number < changed { format!("new {id}") } else { id.clone() };
        world.page(&id).wants(&id, "en", Field::Title, title.as_str());
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
    world.policy.limits = Limits { percent: 0, floor: 2, ceiling: 200, ..Limits::default() };
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
        let site = site.into();
        let project = Project { site: &site, environment: None, managed: 1, limits: &Limits::default() };
        match gate(Candidate { plan: &plan, ended: None }, &world.live, project, allowed) {
            Ok(_) => Vec::new(),
            Err(Refusal::WrongSite(tripped)) => vec![tripped.guard],
            Err(Refusal::Guards(tripped)) => tripped.iter().map(|tripped| tripped.guard).collect(),
            Err(refusal) => panic!("{refusal:#?}"),
        }
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
    assert_eq!(successors(&plan), [[Successor::Nobody; 3], [Successor::Page; 3]].concat());
}

fn successors(plan: &Plan) -> Vec<Successor> {
    plan.changes.iter().flat_map(|change| &change.redirects).map(|redirect| redirect.successor).collect()
}

/// A draft has no address yet: until it is published, whoever comes to the old one is better sent on.
#[test]
fn a_redirect_helps_until_the_draft_that_takes_the_old_address_is_published() {
    let swap = || {
        let mut world = world();
        for (page, slug) in [("a", "b"), ("b", "a")] {
            world.page(page).wants(page, "en", Field::Slug, slug);
        }
        world
    };
    let follow = |successor: Successor| vec![successor; 3];
    assert_eq!(successors(&swap().plan()), [Successor::Page; 6]);
    let mut world = swap();
    let page = world.live.pages.get_mut(&"b".into()).unwrap();
    page.locales.values_mut().for_each(|locale| locale.published_path = None);
    assert_eq!(successors(&world.plan()), follow(Successor::Page), "it is published with the next publish");
    world.live.pages.get_mut(&"b".into()).unwrap().draft = true;
    let plan = world.plan();
    assert_eq!(successors(&plan), follow(Successor::Draft));
    let read = file::decode(&file::encode(&plan, Exit::Ok)).unwrap();
    assert_eq!(successors(&read), follow(Successor::Draft));
}

/// Nobody will ever see it there, whether it is a draft or not.
#[test]
fn a_page_that_is_archived_is_in_no_redirects_way() {
    let mut world = world();
    for (page, slug) in [("a", "c"), ("b", "a")] {
        world.page(page).wants(page, "en", Field::Slug, slug);
    }
    assert_eq!(successors(&world.plan()), [[Successor::Page; 3], [Successor::Nobody; 3]].concat());
    let is_live = |world: &mut World, draft: bool, path: Option<&str>| {
        let page = world.live.pages.get_mut(&"b".into()).unwrap();
        (page.archived, page.draft) = (true, draft);
        page.locales.values_mut().for_each(|locale| locale.published_path = path.map(Into::into));
    };
    for (draft, path) in [(false, None), (true, None), (false, Some("/b")), (true, Some("/b"))] {
        is_live(&mut world, draft, path);
        let successors = successors(&world.plan());
        assert!(successors.len() >= 3, "{draft} {path:?}");
        assert!(successors.iter().all(|it| *it == Successor::Nobody), "{draft} {path:?}: {successors:?}");
    }
}

/// The old address is the published one, whatever slug has been set since without publishing it.
#[test]
fn a_page_takes_the_address_that_another_was_published_to_and_has_left_unpublished() {
    let mut world = world();
    world.page("a").page("b").reads_everywhere("a", Field::Slug, "mid");
    world.wants("a", "en", Field::Slug, "c").wants("b", "en", Field::Slug, "a");
    for (draft, successor) in [(false, Successor::Page), (true, Successor::Draft)] {
        let page = world.live.pages.get_mut(&"b".into()).unwrap();
        page.draft = draft;
        page.locales.values_mut().for_each(|locale| locale.published_path = None);
        assert_eq!(successors(&world.plan()), [successor; 3]);
    }
    // Nobody is sent to the slug in between, so whoever takes it hides nothing.
    world.wants("b", "en", Field::Slug, "mid");
    assert_eq!(successors(&world.plan()), [Successor::Nobody; 3]);
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

/// Pages that all get the same text.
fn alike(pages: usize, locale: &str, field: Field, text: &str) -> World {
    let mut world = world();
    for number in 0..pages {
        let id = format!("p{number}");
        world.page(&id).wants(&id, locale, field, text);
    }
    world
}

#[test]
fn one_text_on_five_pages_trips_and_on_four_does_not() {
    let texts =
        [Field::Title, Field::SeoTitle, Field::SeoDescription, Field::OpenGraphTitle, Field::OpenGraphDescription];
    for field in texts {
        assert!(tripped(&alike(4, "en", field, "same")).is_empty(), "{}", field.name());
        assert_eq!(tripped(&alike(5, "en", field, "same")), [Guard::DuplicateValue], "{}", field.name());
        assert_eq!(tripped(&alike(5, "fr", field, "same")), [Guard::DuplicateValue], "{}", field.name());
    }
}

#[test]
fn only_a_new_text_of_one_field_in_one_locale_counts_as_the_same() {
    let mut world = alike(4, "en", Field::SeoTitle, "same");
    world.page("other").wants("other", "fr", Field::SeoTitle, "same").wants("other", "en", Field::Title, "same");
    world.page("already").reads_everywhere("already", Field::SeoTitle, "same");
    world.wants("already", "en", Field::SeoTitle, "same");
    assert!(tripped(&world).is_empty());
    // To clear is another guard's business.
    let mut cleared = alike(5, "en", Field::SeoTitle, "");
    (0..5).for_each(|number| {
        cleared.reads_everywhere(&format!("p{number}"), Field::SeoTitle, "set");
    });
    assert_eq!(tripped(&cleared), [Guard::Blanking]);
}

#[test]
fn each_repeated_text_is_named_before_a_second_page_of_the_same() {
    let mut world = alike(6, "en", Field::SeoTitle, "one");
    for number in 0..5 {
        world.wants(
            &format!("p{number}"),
            "en",
            Field::SeoDescription,
            "a text of more than forty characters, to be cut",
        );
    }
    let tripped = world.plan().guards[0].clone();
    assert_eq!((tripped.count, tripped.limit), (11, 4));
    let cut = "a text of more than forty characters, to…";
    let second = format!("/p0 @ en: seo.description \"{cut}\" on 5 pages");
    assert_eq!(
        tripped.worst,
        ["/p0 @ en: seo.title \"one\" on 6 pages", &second, "/p1 @ en: seo.title \"one\" on 6 pages"]
    );
}

#[test]
fn more_than_a_quarter_of_the_described_pages_lost_trips() {
    for (described, lost, trips) in [
        (4, 1, false),
        (3, 1, true),
        (8, 2, false),
        (8, 3, true),
        (1, 1, true),
        (100, 25, false),
        (100, 26, true),
        (0, 0, false),
    ] {
        let mut world = world();
        for number in 0..described - lost {
            let id = format!("p{number}");
            world.page(&id).wanted(&id, "en", Field::Title, id.as_str());
        }
        let base = world.base.get_or_insert_default();
        base.lost = (0..lost).map(|number| format!("/lost-{number:02}")).collect();
        assert_eq!(tripped(&world) == [Guard::LostPages], trips, "{lost} of {described}");
        world.base = None;
        assert!(tripped(&world).is_empty(), "without a base nothing is known to be lost");
    }
}
