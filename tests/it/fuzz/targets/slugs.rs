//! The order of slug changes: whatever slugs are stated, every page ends with its slug and no two pages share one on
//! the way, or the plan is refused.

use super::choices::Choices;
use crate::laws::slugs::{self, Slugs};

pub(super) fn holds(input: &[u8]) {
    let mut choices = Choices::new(input);
    let locales = 1 + choices.below(3);
    let pages = 1 + choices.below(9);
    let pages: Vec<_> =
        (0..pages).map(|_| (choices.below(2), vec![choices.chance(128), choices.chance(128)])).collect();
    let mut slugs = Slugs::new(locales, pages);
    let mut number = 0;
    while !choices.is_empty() && number < 12 {
        step(&mut slugs, &mut choices, number);
        number += 1;
    }
    slugs::holds(&slugs);
}

fn step(slugs: &mut Slugs, choices: &mut Choices<'_>, number: usize) {
    let (kind, locale, page) = (choices.below(5), choices.below(slugs.locales()), choices.below(slugs.len()));
    let new = || format!("new-{number}");
    match kind {
        0 | 1 => {
            let others = 1 + choices.below(5);
            let pages: Vec<usize> = [page].into_iter().chain((0..others).map(|_| choices.below(slugs.len()))).collect();
            slugs.rotate(&pages, locale, (kind == 1).then(new));
        }
        // The slug of any page in any locale, so that pages may be given the same.
        2 => {
            let slug = slugs.wanted(choices.below(slugs.len()), choices.below(slugs.locales()));
            slugs.state(page, locale, slug);
        }
        3 => slugs.state(page, locale, new()),
        _ => slugs.state(page, locale, slugs.wanted(page, locale)),
    }
}
