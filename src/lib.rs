//! slugline keeps a Webflow site's page metadata as YAML in git and reconciles the live site with it.

pub mod sandbox;
pub mod webflow;
