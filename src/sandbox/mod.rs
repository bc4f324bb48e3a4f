//! A simulated Webflow: what a newcomer runs first, and what the examples and the tests talk to.
//!
//! It speaks HTTP on loopback and shares no type with the client, so that a wrong idea about the wire cannot be wrong
//! on both sides. It knows nothing of the rest of this crate. A site is one JSON document ([`Site`]); reading, writing
//! and publishing it are plain functions; the server adds connections, a clock and a file.

mod document;
mod file;
mod locate;
mod site;
mod switches;
mod write;

mod dice;
mod generate;
mod sample;
mod words;

mod body;
mod limit;
mod routes;
mod wire;

mod designer;
mod disturb;
mod due;
mod faults;

mod connection;
mod control;
mod handle;
mod history;
mod log;
mod server;

#[cfg(test)]
mod law_tests;
#[cfg(test)]
mod switch_tests;

pub use designer::{Edit, EditError, Edited};
pub use document::{
    Domain, Folder, Identity, Locale, LocaleKey, Locales, Metadata, OpenGraph, Page, PageKind, Seo, Site, Token,
    Undocumented,
};
pub use faults::{Action, Fault, Match};
pub use file::Error;
pub use generate::{Shape, generate};
pub use history::{Deed, History, Step};
pub use log::LogEntry;
pub use sample::sample;
pub use server::{Options, Save, Server, now};
pub use switches::{
    Bulk, Clear, Copied, CopiedText, InheritedReads, Merge, Normalize, ShareImage, SlugTaken, Switches, Updated,
};
