//! README.md and docs/*.md against the program: each command runs, each shown output is real, each link leads somewhere.
//!
//! `SLUGLINE_UPDATE=1 cargo test` rewrites the shown outputs. Read the difference before you commit it.

mod document;
mod stage;
mod transcript;

mod commands;
mod examples;
pub(crate) mod links;
mod picture;
mod security;
mod tables;
mod tutorial;

/// The document whose code blocks are run by the tests of the CI recipes instead.
const CI: &str = "docs/ci.md";
