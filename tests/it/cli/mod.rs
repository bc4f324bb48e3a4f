//! The program as its users see it: what goes in, what comes out, and what is written where.
//!
//! Each case is one snapshot of exit code, files changed, writes sent, stdout and stderr.

mod base;
mod bulk;
mod defaults;
mod csv;
mod environment;
mod galaxy;

#[cfg(unix)]
mod confined_files;
mod files;
mod forged;
mod guards;
mod hostile;
#[cfg(unix)]
mod hostile_repository;
mod images;
mod import;
mod inheritance;
mod limits;
mod log;
mod manifests;
mod output;
mod pages;
pub(crate) mod plan_files;
#[cfg(unix)]
mod proposed;
mod publish;
mod pull;
mod remote;
mod sandbox;
mod secrets;
mod show;
mod slug_order;
mod slugs;
mod stale;
mod status;
mod usage;
mod validate;
mod writes;
