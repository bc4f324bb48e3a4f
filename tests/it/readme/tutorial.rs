//! The story of a change: a history in git and on the site, from beginning to end, as the README tells it.

use super::stage::Stage;
use super::{document, transcript};

pub(super) const SECTION: &str = "A change, from branch to site and back";

#[test]
fn each_step_answers_as_it_is_told() {
    let blocks = document::blocks_of(SECTION, "console");
    transcript::play(&blocks, &mut Stage::new());
}
