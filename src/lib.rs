//! slugline keeps a Webflow site's page metadata as YAML in git and reconciles the live site with it.
//!
//! It is one pipeline of values:
//!
//! ```text
//! Manifests → Desired (+ Base) (+ Live) → Plan → render | apply → Events → Receipt
//! ```
//!
//! - [`project_dir`] is the only way to the files of a project: no name leads out of it.
//! - [`manifest`] reads the YAML that people write, with the place of every value, and collects all that is wrong.
//! - [`manifest::lower`] finds the page and the locale that each part means: [`model::Desired`].
//! - [`base`] reads the manifests of an earlier commit through git, and [`manifest::earlier`] finds the same pages in them:
//!   [`model::Base`], which tells who has changed what.
//! - [`live`] reads the site by list: [`model::Live`].
//! - [`plan::plan`] compares them. It is pure, and a plan is complete: every request body, and what must be so
//!   before it is sent.
//! - [`render`] shows a plan; [`mod@apply`] checks that the site still fits it, sends it, and tells what happens in
//!   [`event`]s, which add up to a receipt.
//!
//! [`lint::lint`] looks at the texts as they will read, and tells what a search engine or a reader would stumble over;
//! [`base`] reads the manifests of another commit, for what only a comparison tells.
//!
//! [`pull`] is the diff read the other way, and [`manifest::edit`] carries it into files without touching another byte.
//!
//! What always holds: the type that reads the remote has no method that writes; apply makes no choice; a dry run is a
//! plan that nobody applied; the same inputs give the same bytes. `webflow` and `sandbox` know nothing of the rest and
//! share no type, so that a wrong idea about the wire cannot be wrong on both sides.

// Words.
pub mod diagnostic;
pub mod exit;
pub mod model;
pub mod source;
pub mod suggest;

// The files of a project.
pub mod project_dir;

// What is wrong with texts.
pub mod lint;

// The desired side.
pub mod manifest;
pub mod child;
pub mod git;
pub mod base;
pub mod revision;

// The remote side.
pub mod live;
pub mod webflow;

// The core.
pub mod apply;
pub mod event;
pub mod import;
pub mod plan;
pub mod pull;
pub mod run;
pub mod status;
pub mod table;

// Texts.
pub mod explain;

// Views.
pub mod render;

// The shell.
pub mod cli;
pub mod sandbox;
