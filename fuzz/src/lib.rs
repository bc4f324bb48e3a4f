//! What the tests hold outputs against, for whatever the fuzzer comes up with. The checks are those of `tests/it`, by
//! path, so that there is one answer to what may not happen.

#![expect(dead_code, reason = "the tests use more of it")]

use std::sync::{Arc, LazyLock};

use slugline::manifest::yaml;

use held::Plain;

#[path = "../../tests/it/render/held.rs"]
mod held;
#[path = "../../tests/it/render/markup.rs"]
mod markup;
#[path = "../../tests/it/manifest/survival.rs"]
mod survival;
#[path = "../../tests/it/plan/world.rs"]
mod world;

/// As the tests know it.
mod plan {
    pub(crate) use crate::world::world;
}

static PLAIN: LazyLock<Plain> = LazyLock::new(Plain::new);

/// A text stands everywhere a site, a manifest or a plan file could have put one, and is shown in every format.
pub fn hostile_text(text: &str) {
    PLAIN.holds(text);
}

/// A manifest, and a project file of the same bytes, are read, and everything that is wrong with them is drawn.
pub fn manifest(bytes: &[u8]) {
    survival::survives(bytes.to_vec());
    if let Ok(text) = std::str::from_utf8(bytes) {
        for document in yaml::parse(&Arc::from("page.yaml"), text).documents {
            survival::points_at_itself(&document, text);
        }
    }
}
