//! The HTTP client of the Webflow Data API: as much of it as page metadata needs, and what a
//! long run against a limited API needs besides: pace, retries, and errors that say what happened
//! to a write.
//!
//! Knows nothing of the rest of this crate: no manifest, no plan, no terminal. Whoever reads uses a
//! [`Reader`], which cannot write; only who is handed a [`Writer`] can.

mod accept;
mod access;
mod answer;
mod base_url;
mod body;
mod bounds;
mod call;
mod client;
mod endpoints;
mod error;
mod excerpt;
mod http;
mod id;
mod json;
mod lenient;
mod moment;
mod options;
mod pace;
mod pacer;
mod request;
mod retry;
mod token;
mod transport;
mod update;
mod wire;

pub use accept::{MOST_LOCALES, MOST_PAGES};
pub use answer::Answer;
pub use base_url::{BaseUrl, InvalidBaseUrl, InvalidNamespace, Namespace};
pub use bounds::NextTurn;
pub use client::Client;
pub use endpoints::{ENTRIES_PER_UPDATE, PAGES_PER_LIST, Reader, Writer};
pub use error::{Error, WriteOutcome};
pub use moment::Moment;
pub use options::Options;
pub use pacer::{OnWait, Wait, WaitReason};
pub use request::{Endpoint, RequestLine};
pub use token::{InvalidToken, Token};
pub use update::{BulkEntry, PageUpdate, PublishRequest};
pub use wire::{
    Authorization, AuthorizedTo, CustomDomain, Introspection, Locale, Locales, OpenGraph, Page, PageList, Pagination,
    Published, Seo, Site,
};
