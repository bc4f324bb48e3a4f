//! The order of slug changes. No server is needed for that.

use proptest::prelude::*;
use proptest::sample::Index;

use super::cases;
use super::slugs::{Slugs, holds};

#[derive(Debug, Clone)]
enum Move {
    /// The pages exchange their slugs in a ring.
    Ring(Vec<Index>),
    /// Each takes the slug of the next, the last a new one.
    Chain(Vec<Index>),
    /// The slug is stated as it is.
    State(Index),
}

fn moves() -> impl Strategy<Value = Vec<(Index, Move)>> {
    let pages = || proptest::collection::vec(any::<Index>(), 1..6);
    let one = prop_oneof![
        3 => pages().prop_map(Move::Ring),
        3 => pages().prop_map(Move::Chain),
        1 => any::<Index>().prop_map(Move::State),
    ];
    proptest::collection::vec((any::<Index>(), one), 1..6)
}

fn slugs(locales: impl Strategy<Value = usize>) -> impl Strategy<Value = Slugs> {
    let pages = proptest::collection::vec((0..2_usize, proptest::collection::vec(any::<bool>(), 2)), 1..9);
    (locales, pages, moves()).prop_map(|(locales, pages, moves)| {
        let mut slugs = Slugs::new(locales, pages);
        for (number, (locale, one)) in moves.iter().enumerate() {
            make(&mut slugs, locale.index(locales), one, number);
        }
        slugs
    })
}

fn make(slugs: &mut Slugs, locale: usize, one: &Move, number: usize) {
    let pages = |indices: &[Index]| indices.iter().map(|index| index.index(slugs.len())).collect::<Vec<usize>>();
    match one {
        Move::Ring(indices) => slugs.rotate(&pages(indices), locale, None),
        Move::Chain(indices) => slugs.rotate(&pages(indices), locale, Some(format!("new-{number}-{locale}"))),
        Move::State(index) => {
            let page = index.index(slugs.len());
            slugs.state(page, locale, slugs.wanted(page, locale));
        }
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn no_slug_is_taken_before_it_is_free(slugs in slugs(1..=3_usize)) {
        holds(&slugs);
    }

    #[test]
    fn each_ring_costs_one_more_write_and_nothing_else_does(slugs in slugs(Just(1_usize))) {
        prop_assert!(!slugs.has_clash());
        holds(&slugs);
    }
}
