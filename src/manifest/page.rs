//! The format of a page manifest; nothing but the format.
//!
//! An absent key is `None`: not managed. An empty text clears the value. The two must never become one.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::value::{ObjectId, PagePath};

/// One page and what its metadata should be, locale by locale.
///
/// A key that is left out is not managed: neither compared nor written. `""` clears a value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "slugline page",
    extend("required" = ["locales"], "anyOf" = [{"required": ["id"]}, {"required": ["path"]}])
)]
pub struct PageManifest {
    /// The id of the page. It decides which page is meant, and stays the same when the page moves.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ObjectId")]
    pub id: Option<ObjectId>,
    /// The path of the page in the primary locale, such as `/guide-to-the-galaxy`; `/` is the home page.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "PagePath")]
    pub path: Option<PagePath>,
    /// The metadata by locale. The keys are the tags of the site's locales, such as `en-US`; `primary` names the
    /// primary locale.
    #[serde(default)]
    #[schemars(extend("minProperties" = 1))]
    pub locales: BTreeMap<String, LocaleManifest>,
}

/// The metadata of a page in one locale.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocaleManifest {
    /// The name of the page in the Designer. The title that search engines show is `seo: title`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub title: Option<String>,
    /// The last part of the page's path.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub slug: Option<String>,
    /// What search engines show.
    #[serde(default, skip_serializing_if = "SeoManifest::is_empty")]
    pub seo: SeoManifest,
    /// What social networks and messengers show when the page is shared.
    #[serde(default, rename = "openGraph", skip_serializing_if = "OpenGraphManifest::is_empty")]
    pub open_graph: OpenGraphManifest,
}

/// What search engines show.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SeoManifest {
    /// The title of the page in search results and in the browser's tab.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub title: Option<String>,
    /// The text below the title in search results.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub description: Option<String>,
}

/// What social networks and messengers show when the page is shared.
///
/// A text implies that it is not copied from `seo`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(inline, extend("allOf" = [
    {"not": {"required": ["title", "titleCopied"], "properties": {"titleCopied": {"const": true}}}},
    {"not": {"required": ["description", "descriptionCopied"], "properties": {"descriptionCopied": {"const": true}}}},
]))]
pub struct OpenGraphManifest {
    /// The title of the card.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub title: Option<String>,
    /// Whether the title is that of `seo`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub title_copied: Option<bool>,
    /// The text of the card.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub description: Option<String>,
    /// Whether the text is that of `seo`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub description_copied: Option<bool>,
}

impl SeoManifest {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl OpenGraphManifest {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads a value that must not be null: serde alone would take null for an absent key.
pub(super) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
