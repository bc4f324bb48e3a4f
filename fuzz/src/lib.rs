//! The properties of `tests/it/fuzz/targets`, for the fuzzer.
//!
//! The modules are those of `tests/it`, by path, so that a property has one definition and two callers.

#![expect(dead_code, reason = "the tests use more of these modules")]

#[path = "../../tests/it/render/held.rs"]
mod held;
#[path = "../../tests/it/render/markup.rs"]
mod markup;
#[path = "../../tests/it/edit/other_reader.rs"]
mod other_reader;
#[path = "../../tests/it/plan/seal.rs"]
mod seal;
#[path = "../../tests/it/laws/slugs.rs"]
mod slugs;
#[path = "../../tests/it/manifest/survival.rs"]
mod survival;
#[path = "../../tests/it/fuzz/targets/mod.rs"]
mod targets;
#[path = "../../tests/it/plan/world.rs"]
mod world;

// The names that these modules have in the tests.
mod edit {
    pub(crate) use crate::other_reader;
}

mod laws {
    pub(crate) use crate::slugs;
}

mod manifest {
    pub(crate) use crate::survival;
}

mod plan {
    pub(crate) use crate::seal::digest;
    pub(crate) use crate::world::world;
}

mod render {
    pub(crate) use crate::held;
}

/// Checks the property of a target with an input. Panics if the input does not have it.
pub fn check(target: &str, input: &[u8]) {
    targets::check(target, input);
}
