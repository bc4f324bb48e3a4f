//! The README, held against the program: what it shows is what happens, and what it names is there.
//!
//! `SLUGLINE_UPDATE=1 cargo test` rewrites the outputs that it shows; read the difference before you commit it.

mod document;
mod stage;
mod transcript;

mod commands;
mod examples;
mod links;
mod tables;
mod tutorial;

/// What is told there is tried out as a pipeline runs it.
const PIPELINE: &str = "In a pipeline";
