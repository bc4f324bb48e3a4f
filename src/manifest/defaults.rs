//! The format of the `defaults` part of the project file; nothing but the format.
//!
//! What a default says stands in `template`, which pages it is for in `fill`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lint::value::PagePattern;
use super::page::{OpenGraphManifest, SeoManifest};

pub mod fill;
pub mod template;

/// What pages say that say nothing themselves.
///
/// `{title}`, `{slug}` and `{path}` stand for those of the page in the locale, `{name}` for a value under `vars`. Where
/// several fit, the most specific decides field by field: the one whose glob has more fixed letters, then the one that
/// names locales, then the last.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline, extend("anyOf" = [{"required": ["seo"]}, {"required": ["openGraph"]}]))]
pub struct DefaultEntry {
    /// The pages, by globs of their paths such as `/blog/**`; without them, all that have a manifest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("minItems" = 1))]
    pub paths: Vec<PagePattern>,
    /// The locales, by tag; without them, all that the page's manifest names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("minItems" = 1))]
    pub locales: Vec<String>,
    /// What search engines show.
    #[serde(default, skip_serializing_if = "SeoManifest::is_empty")]
    pub seo: SeoManifest,
    /// What social networks and messengers show when the page is shared.
    #[serde(default, rename = "openGraph", skip_serializing_if = "OpenGraphManifest::is_empty")]
    pub open_graph: OpenGraphManifest,
}
