//! The tutorial: each command is run in order, and prints what is shown.

use super::stage::Stage;
use super::{document, transcript};

pub(super) const FILE: &str = "docs/tutorial.md";

#[test]
fn each_step_prints_what_is_shown() {
    let mut blocks = document::blocks();
    blocks.retain(|block| block.file == FILE && block.language == "console");
    assert!(blocks.len() > 5, "the tutorial has too few steps");
    transcript::play(&blocks, &mut Stage::new());
}
