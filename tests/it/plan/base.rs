//! Three ways: who has changed a field since the base, and what is done about it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use slugline::exit::Exit;
use slugline::model::{Base, Field, Value};
use slugline::plan::{Change, Class, Guard, OnConflict, OnDrift, Plan, file};

use super::{World, operations, world};
use crate::laws::cases;

/// What is said of a field, by whether the base states it, base = desired, base = live and desired = live: the class,
/// and whether it is written when asked for nothing, for drift to be reverted, and for conflicts to be written.
///
/// A row without a class is one in which nothing is to be told. The rows that contradict themselves are left out.
const TABLE: [Row; 7] = [
    ((true, true, true, true), None, [false, false, false]),
    ((true, false, false, true), None, [false, false, false]),
    ((true, false, true, false), Some(Class::Change), [true, true, true]),
    ((true, true, false, false), Some(Class::Drift), [false, true, false]),
    ((true, false, false, false), Some(Class::Conflict), [false, false, true]),
    ((false, false, false, false), Some(Class::New), [true, true, true]),
    ((false, false, false, true), None, [false, false, false]),
];

type Row = ((bool, bool, bool, bool), Option<Class>, [bool; 3]);

/// What the user asks for, in the order of the last column of the table.
const WISHES: [(OnDrift, OnConflict); 3] =
    [(OnDrift::Keep, OnConflict::Refuse), (OnDrift::Revert, OnConflict::Refuse), (OnDrift::Keep, OnConflict::Desired)];

fn expected<T: PartialEq>(base: Option<&T>, desired: &T, live: &T) -> (Option<Class>, [bool; 3]) {
    let case = (base.is_some(), base == Some(desired), base == Some(live), desired == live);
    let row = TABLE.iter().find(|(row, ..)| *row == case);
    let (_, class, written) = row.unwrap_or_else(|| panic!("the table has no row for {case:?}"));
    (*class, *written)
}

/// One field on three sides; not every page has it in the base.
#[derive(Debug, Clone)]
struct Sides<T> {
    base: Option<T>,
    desired: T,
    live: T,
}

/// The choice of an Open Graph text: one of its own, or that of the SEO fields.
#[derive(Debug, Clone, PartialEq)]
enum Card {
    Copied,
    Own(&'static str),
}

fn text() -> BoxedStrategy<&'static str> {
    prop_oneof![Just(""), Just("a"), Just("b"), Just("c")].boxed()
}

fn slug() -> BoxedStrategy<&'static str> {
    prop_oneof![Just("a"), Just("b"), Just("c")].boxed()
}

fn card() -> BoxedStrategy<Card> {
    prop_oneof![1 => Just(Card::Copied), 3 => text().prop_map(Card::Own)].boxed()
}

fn sides<T: Clone + std::fmt::Debug + 'static>(value: BoxedStrategy<T>) -> impl Strategy<Value = Sides<T>> {
    (proptest::option::weighted(0.8, value.clone()), value.clone(), value).prop_map(|(base, desired, live)| Sides {
        base,
        desired,
        live,
    })
}

/// What a page is about in one locale.
#[derive(Debug, Clone)]
struct Case {
    texts: BTreeMap<Field, Sides<&'static str>>,
    cards: BTreeMap<Field, Sides<Card>>,
}

fn case() -> impl Strategy<Value = Case> {
    let texts = (sides(text()), sides(slug()), sides(text()), sides(text()));
    let cards = (sides(card()), sides(card()));
    (texts, cards).prop_map(|((title, slug, seo_title, seo_description), (first, second))| Case {
        texts: BTreeMap::from([
            (Field::Title, title),
            (Field::Slug, slug),
            (Field::SeoTitle, seo_title),
            (Field::SeoDescription, seo_description),
        ]),
        cards: BTreeMap::from([(Field::OpenGraphTitle, first), (Field::OpenGraphDescription, second)]),
    })
}

impl Card {
    /// Returns what a manifest states, and what a page reads.
    fn values(&self, text: Field) -> Vec<(Field, Value)> {
        let flag = text.copied_flag().unwrap();
        match self {
            Self::Copied => vec![(flag, true.into())],
            Self::Own(own) => vec![(text, (*own).into())],
        }
    }
}

/// Pages of their own folders, so that slugs are in nobody's way.
fn world_of(cases: &[(usize, Case)]) -> World {
    let mut world = world();
    for (number, (locale, case)) in cases.iter().enumerate() {
        let (id, locale) = (format!("p{number}"), super::world::LOCALES[*locale]);
        world.page_in(&id, Some(&id));
        for (field, Sides { base, desired, live }) in &case.texts {
            world.reads(&id, locale, *field, *live).wants(&id, locale, *field, *desired);
            base.iter().for_each(|base| {
                world.wanted(&id, locale, *field, *base);
            });
        }
        for (field, Sides { base, desired, live }) in &case.cards {
            for (field, value) in live.values(*field) {
                world.reads(&id, locale, field, value);
            }
            for (field, value) in desired.values(*field) {
                world.wants(&id, locale, field, value);
            }
            for (field, value) in base.iter().flat_map(|base| base.values(*field)) {
                world.wanted(&id, locale, field, value);
            }
        }
    }
    world.base.get_or_insert_default();
    world
}

/// Checks one field of a plan against the table.
fn check(plan: &Plan, (page, locale, fields): (&str, &str, &[Field]), class: Option<Class>, is_written: bool) {
    let is_here = |change: &&Change| {
        change.address.page.as_str() == page
            && change.address.locale.as_str() == locale
            && fields.contains(&change.field)
    };
    let written: Vec<Class> = plan.changes.iter().filter(is_here).map(|change| change.class).collect();
    let kept: Vec<Class> = plan.kept.iter().filter(is_here).map(|change| change.class).collect();
    let told: BTreeSet<Class> = written.iter().chain(&kept).copied().collect();
    assert_eq!(told, class.into_iter().collect(), "{fields:?} of {page}");
    assert_eq!(
        (written.is_empty(), kept.is_empty()),
        (!is_written, class.is_none() || is_written),
        "{fields:?} of {page}"
    );
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn every_field_is_classed_and_written_as_the_table_says(
        pages in proptest::collection::vec((0..3_usize, case()), 1..6)
    ) {
        let mut world = world_of(&pages);
        for (wish, (on_drift, on_conflict)) in WISHES.into_iter().enumerate() {
            (world.policy.on_drift, world.policy.on_conflict) = (on_drift, on_conflict);
            let plan = world.plan();
            prop_assert!(!plan.is_invalid(), "{:?}", plan.diagnostics);
            for (number, (locale, case)) in pages.iter().enumerate() {
                let (id, locale) = (format!("p{number}"), super::world::LOCALES[*locale]);
                for (field, Sides { base, desired, live }) in &case.texts {
                    let (class, written) = expected(base.as_ref(), desired, live);
                    check(&plan, (&id, locale, &[*field]), class, written[wish]);
                }
                for (text, Sides { base, desired, live }) in &case.cards {
                    let (class, written) = expected(base.as_ref(), desired, live);
                    check(&plan, (&id, locale, &[*text, text.copied_flag().unwrap()]), class, written[wish]);
                }
            }
            check_kept(&world, &plan);
            let text = file::encode(&plan, Exit::Ok);
            prop_assert_eq!(file::decode(&text).unwrap(), plan);
        }
    }

    #[test]
    fn an_empty_base_makes_everything_new_and_none_makes_it_a_change(
        pages in proptest::collection::vec((0..3_usize, case()), 1..4)
    ) {
        let mut world = world_of(&pages);
        world.base = Some(Base::default());
        let new = world.plan();
        prop_assert!(new.kept.is_empty() && new.changes.iter().all(|change| change.class == Class::New));
        world.base = None;
        let changed = world.plan();
        prop_assert!(changed.kept.is_empty() && changed.changes.iter().all(|change| change.class == Class::Change));
        prop_assert_eq!(new.operations, changed.operations);
    }
}

/// Checks that what is kept is sent as it reads or not at all, and is expected to be so.
fn check_kept(world: &World, plan: &Plan) {
    for change in &plan.kept {
        let live = world.live.metadata(&change.address.page, &change.address.locale).unwrap();
        for operation in plan.operations.iter().filter(|operation| operation.address == change.address) {
            let sent = operation.body.fields.get(&change.field);
            assert!(sent.is_none_or(|sent| sent == live.get(change.field)), "{change:#?} in {operation:#?}");
            let expected = operation.precondition.get(&change.field);
            assert!(expected.is_none_or(|expected| *expected == live.effective(change.field)));
        }
    }
}

/// A page whose SEO title somebody has changed on the site since the base.
fn drifted() -> World {
    let mut world = world();
    world.page("a").page("b").reads_everywhere("a", Field::SeoTitle, "live");
    world.wanted("a", "en", Field::SeoTitle, "old").wants("a", "en", Field::SeoTitle, "old");
    world
}

#[test]
fn what_is_kept_goes_along_as_it_reads() {
    let mut world = drifted();
    world.reads_everywhere("a", Field::SeoDescription, "before");
    world.wanted("a", "en", Field::SeoDescription, "before").wants("a", "en", Field::SeoDescription, "after");
    let plan = world.plan();
    assert_eq!(operations(&plan), ["0 a@en seo.title=live seo.description=after"]);
    assert_eq!(plan.operations[0].precondition[&Field::SeoTitle], "live".into());
    assert_eq!(plan.kept.len(), 1);
    world.policy.on_drift = OnDrift::Revert;
    assert_eq!(operations(&world.plan()), ["0 a@en seo.title=old seo.description=after"]);
}

#[test]
fn a_primary_that_is_kept_pins_nothing() {
    let mut world = drifted();
    world.wanted("a", "fr", Field::SeoTitle, "live").wants("a", "fr", Field::SeoTitle, "live");
    assert!(world.plan().is_empty());
    world.policy.on_drift = OnDrift::Revert;
    let plan = world.plan();
    assert_eq!(operations(&plan), ["0 a@fr seo.title=live", "1 a@en seo.title=old"]);
    let classes: Vec<Class> = plan.changes.iter().map(|change| change.class).collect();
    assert_eq!(classes, [Class::Drift, Class::Pinned]);
}

#[test]
fn a_translation_that_is_kept_and_reads_as_the_primary_moves_along() {
    let mut world = world();
    world.page("a").reads_everywhere("a", Field::SeoTitle, "old");
    world.wanted("a", "en", Field::SeoTitle, "old").wants("a", "en", Field::SeoTitle, "new");
    world.wanted("a", "fr", Field::SeoTitle, "vieux").wants("a", "fr", Field::SeoTitle, "vieux");
    let plan = world.plan();
    assert_eq!(operations(&plan), ["0 a@en seo.title=new"]);
    assert_eq!(plan.changes[0].followers, ["fr".into(), "es".into()]);
    assert_eq!(plan.kept[0].class, Class::Drift);
}

#[test]
fn a_slug_that_is_kept_occupies_its_name_and_leaves_the_other() {
    let mut world = world();
    world.page("a").page("b");
    world.reads("a", "en", Field::Slug, "live").wanted("a", "en", Field::Slug, "a").wants("a", "en", Field::Slug, "a");
    world.wanted("b", "en", Field::Slug, "b").wants("b", "en", Field::Slug, "live");
    let plan = world.plan();
    assert_eq!(plan.diagnostics[0].code.as_str(), "slug-taken");
    // In the other locales, where it is not stated, the name of the page is still its own.
    world.wants("b", "en", Field::Slug, "free");
    assert!(!world.plan().is_invalid());
    world.policy.on_drift = OnDrift::Revert;
    world.wants("b", "en", Field::Slug, "live");
    let plan = world.plan();
    assert_eq!(operations(&plan), ["0 a@en slug=a", "1 b@en slug=live"]);
}

#[test]
fn a_card_is_one_choice() {
    let mut world = world();
    world.page("a").reads_everywhere("a", Field::OpenGraphTitle, "edited on the site");
    world.wanted("a", "en", Field::OpenGraphTitle, "old").wants("a", "en", Field::OpenGraphTitleCopied, true);
    // To copy would give up a text that nobody has seen.
    let plan = world.plan();
    assert_eq!((plan.changes.len(), plan.kept[0].class), (0, Class::Conflict));
    world.policy.on_conflict = OnConflict::Desired;
    assert_eq!(operations(&world.plan()), ["0 a@en openGraph.titleCopied=true openGraph.descriptionCopied=false"]);
}

#[test]
fn guards_count_what_is_written() {
    let mut world = world();
    world.page("a").reads_everywhere("a", Field::SeoTitle, "set by somebody");
    world.wanted("a", "en", Field::SeoTitle, "").wants("a", "en", Field::SeoTitle, "");
    assert!(world.plan().guards.is_empty());
    world.policy.on_drift = OnDrift::Revert;
    assert_eq!(world.plan().guards[0].guard, Guard::Blanking);
}
