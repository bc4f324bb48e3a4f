//! slugline keeps a Webflow site's page metadata as YAML in git and reconciles the live site with it.

pub mod sandbox;
pub mod webflow;
pub mod diagnostic;
pub mod manifest;
pub mod render;
pub mod source;
