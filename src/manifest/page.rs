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
    extend(
        "required" = ["locales"],
        "anyOf" = [{"required": ["id"]}, {"required": ["path"]}],
        "defaultSnippets" = [{
            "label": "page",
            "description": "a page with its search texts in the primary locale",
            "body": {"path": "${1:/guide}", "locales": {"primary": {"seo": {"title": "$2", "description": "$3"}}}},
        }],
    )
)]
pub struct PageManifest {
    /// The id of the page. It decides which page is meant, and stays the same when the page moves.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ObjectId", title = "Page id")]
    pub id: Option<ObjectId>,
    /// The path of the page in the primary locale, such as `/guide-to-the-galaxy`; `/` is the home page.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "PagePath", title = "Page path")]
    pub path: Option<PagePath>,
    /// The metadata by locale. The keys are the tags of the site's locales, such as `en-US`; `primary` names the
    /// primary locale.
    #[serde(default)]
    #[schemars(
        title = "Locales",
        extend(
            "minProperties" = 1,
            "defaultSnippets" = [{
                "label": "locale",
                "description": "the search texts in a locale",
                "body": {"${1:fr-FR}": {"seo": {"title": "$2", "description": "$3"}}},
            }],
        )
    )]
    pub locales: BTreeMap<String, LocaleManifest>,
}

/// The metadata of a page in one locale.
///
/// What is left out here is not managed in this locale. A secondary locale that has no value of its own shows the
/// primary's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Metadata in a locale")]
pub struct LocaleManifest {
    /// The name of the page in the Designer. The title that search engines show is `seo: title`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", title = "Page name", example = &"Guide to the Galaxy")]
    pub title: Option<String>,
    /// The last part of the page's path. A change moves the page: the old address needs a redirect.
    ///
    /// Webflow ignores it on the home page, collection templates and utility pages, and in a secondary locale if the
    /// site's plan has no localized slugs.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", title = "Slug", example = &"guide-to-the-galaxy")]
    pub slug: Option<String>,
    /// What search engines show.
    #[serde(default, skip_serializing_if = "SeoManifest::is_empty")]
    #[schemars(
        title = "Search result",
        extend("defaultSnippets" = [{
            "label": "title and description",
            "body": {"title": "$1", "description": "$2"},
        }])
    )]
    pub seo: SeoManifest,
    /// What social networks and messengers show when the page is shared.
    #[serde(default, rename = "openGraph", skip_serializing_if = "OpenGraphManifest::is_empty")]
    #[schemars(
        title = "Social card",
        extend("defaultSnippets" = [
            {"label": "same as in search results", "body": {"titleCopied": true, "descriptionCopied": true}},
            {"label": "title and description", "body": {"title": "$1", "description": "$2"}},
        ])
    )]
    pub open_graph: OpenGraphManifest,
}

/// What search engines show.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SeoManifest {
    /// The title of the page in search results and in the browser's tab.
    ///
    /// A desktop search result has room for about 60 Latin letters, or 29 Chinese or Japanese ones. `""` clears it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", title = "Title tag", example = &"The Ultimate Guide to the Galaxy")]
    pub title: Option<String>,
    /// The text below the title in search results.
    ///
    /// There is room for about 155 Latin letters, or 70 Chinese or Japanese ones. `""` clears it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(
        with = "String",
        title = "Meta description",
        example = &"Everything you need to know about the galaxy, from Vogon poetry to the importance of towels."
    )]
    pub description: Option<String>,
}

/// What social networks and messengers show when the page is shared.
///
/// A text implies that it is not copied from `seo`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(inline, extend("allOf" = [
    {
        "if": {"required": ["title"]},
        "then": {"properties": {"titleCopied": {
            "const": false,
            "errorMessage": "`title` has a text, so it is not copied: remove `titleCopied`, or `title` to copy it",
        }}},
    },
    {
        "if": {"required": ["description"]},
        "then": {"properties": {"descriptionCopied": {
            "const": false,
            "errorMessage":
                "`description` has a text, so it is not copied: remove `descriptionCopied`, or `description` to copy it",
        }}},
    },
]))]
pub struct OpenGraphManifest {
    /// The title of the card. It implies that the title is not copied.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", title = "og:title", example = &"Explore the Cosmos with The Ultimate Guide")]
    pub title: Option<String>,
    /// Whether the title is that of `seo`: "Same as SEO title".
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool", title = "Same as SEO title")]
    pub title_copied: Option<bool>,
    /// The text of the card. It implies that the text is not copied.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", title = "og:description", example = &"Dive deep into the mysteries of the universe.")]
    pub description: Option<String>,
    /// Whether the text is that of `seo`: "Same as SEO description".
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool", title = "Same as SEO description")]
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
