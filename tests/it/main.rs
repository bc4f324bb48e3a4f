//! Everything but units: one binary, so that it links once.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, also in the functions it calls")]

mod architecture;
mod cli;
mod csv;
mod docs;
mod edit;
mod explain;
mod fuzz;
mod galaxy;
mod hostile_server;
mod laws;
mod lint;
mod manifest;
mod plan;
mod render;
mod run;
mod sandbox;
mod webflow;
