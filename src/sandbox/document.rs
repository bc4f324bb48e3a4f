//! The site as one JSON document: what it holds and what is assumed where it is silent.
//!
//! The nouns only. Knows nothing of the wire, of the clock, or of how a site is read and written.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::switches::Switches;

/// A whole simulated site. Made by [`Site::from_json`], which also checks it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Site {
    #[serde(rename = "site")]
    pub identity: Identity,
    #[serde(default = "Token::only")]
    pub tokens: Vec<Token>,
    /// Absent on a site without localization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locales: Option<Locales>,
    /// Whether the plan of the site lets a secondary locale have slugs of its own.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub localized_slugs: bool,
    #[serde(default, skip_serializing_if = "Switches::is_default")]
    pub switches: Switches,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<Folder>,
    #[serde(default)]
    pub pages: Vec<Page>,
}

/// The site itself, without its content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Identity {
    pub id: String,
    #[serde(default = "Identity::default_display_name")]
    pub display_name: String,
    /// The name of its Webflow subdomain.
    #[serde(default = "Identity::default_short_name")]
    pub short_name: String,
    #[serde(default = "Identity::default_time_zone")]
    pub time_zone: String,
    #[serde(default = "epoch")]
    pub created_on: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_published: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custom_domains: Vec<Domain>,
}

/// A domain of the owner that the site can be published to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Domain {
    pub id: String,
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_published: Option<Timestamp>,
}

/// A token of the site, what it may do and how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Token {
    pub token: String,
    #[serde(default = "Token::all_scopes")]
    pub scopes: Vec<String>,
    /// Requests a minute: 60 or 120 in life, by the plan of the site.
    #[serde(default = "Token::default_rate_limit")]
    pub rate_limit: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Locales {
    pub primary: Locale,
    #[serde(default)]
    pub secondary: Vec<Locale>,
}

/// A locale; all but the tag can be left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Locale {
    pub tag: String,
    /// The `localeId` of the pages endpoints.
    #[serde(default)]
    pub id: String,
    /// The id that only the CMS endpoints know.
    #[serde(default)]
    pub cms_locale_id: String,
    #[serde(default)]
    pub display_name: String,
    /// The first part of its paths: empty for the primary locale, else the tag in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdirectory: Option<String>,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub enabled: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Folder {
    pub id: String,
    /// The id of the folder around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    pub slug: String,
    /// As the slug, where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Page {
    pub id: String,
    #[serde(default, skip_serializing_if = "PageKind::is_static")]
    pub kind: PageKind,
    /// The id of its folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub draft: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub archived: bool,
    /// The id of the branch, on a page that is a branch of another page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    #[serde(default = "epoch")]
    pub created_on: Timestamp,
    /// As `createdOn`, where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<Timestamp>,
    /// Whether visitors see it. Left out: unless it is a draft or archived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<bool>,
    /// The paths that visitors see, where a slug has been written but not yet published.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub published_paths: BTreeMap<LocaleKey, String>,
    /// A secondary locale holds only values of its own; all else is inherited.
    pub values: BTreeMap<LocaleKey, Metadata>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PageKind {
    #[default]
    Static,
    Home,
    /// The page that shows each item of a collection.
    Template,
    /// Not found, password and the like.
    Utility,
}

/// Names a locale of the site in the document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum LocaleKey {
    Primary,
    /// By its tag.
    Secondary(String),
}

/// The values that a locale of a page has of its own.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    #[serde(default, skip_serializing_if = "Seo::is_empty")]
    pub seo: Seo,
    #[serde(default, skip_serializing_if = "OpenGraph::is_empty")]
    pub open_graph: OpenGraph,
    /// Moves only while `switches.updated` is `locale`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seo {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub undocumented: Undocumented,
}

/// Text is never kept beside a flag that is true; a flag that is nowhere set means true.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenGraph {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_copied: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description_copied: Option<bool>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub undocumented: Undocumented,
}

/// Leaves that the API reference does not describe, by their keys in the API's object: `imageUrl` and `imageAssetId` of
/// the share image, and any others. The switch `shareImage` decides what the API does with them.
pub type Undocumented = BTreeMap<String, Value>;

/// The leaves of the share image. They belong together: a locale inherits both or none.
pub(super) const IMAGE_LEAVES: [&str; 2] = ["imageUrl", "imageAssetId"];

pub(super) fn is_image(leaf: &str) -> bool {
    IMAGE_LEAVES.contains(&leaf)
}

/// The word for the primary locale in the document.
const PRIMARY: &str = "primary";

impl From<String> for LocaleKey {
    fn from(text: String) -> Self {
        if text == PRIMARY { Self::Primary } else { Self::Secondary(text) }
    }
}

impl From<LocaleKey> for String {
    fn from(key: LocaleKey) -> Self {
        match key {
            LocaleKey::Primary => PRIMARY.to_owned(),
            LocaleKey::Secondary(tag) => tag,
        }
    }
}

impl Identity {
    fn default_display_name() -> String {
        "Sandbox".to_owned()
    }

    fn default_short_name() -> String {
        "sandbox".to_owned()
    }

    fn default_time_zone() -> String {
        "Etc/UTC".to_owned()
    }
}

impl Token {
    fn only() -> Vec<Self> {
        let token = "sandbox-token".to_owned();
        vec![Self { token, scopes: Self::all_scopes(), rate_limit: Self::default_rate_limit() }]
    }

    /// Returns the scopes of all that the sandbox can do.
    pub(super) fn all_scopes() -> Vec<String> {
        ["sites:read", "sites:write", "pages:read", "pages:write"].map(str::to_owned).to_vec()
    }

    /// The limit of the Starter and Basic plans.
    pub(super) fn default_rate_limit() -> u32 {
        60
    }
}

impl PageKind {
    fn is_static(&self) -> bool {
        *self == Self::Static
    }
}

impl Seo {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl OpenGraph {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The time of everything that the document gives no time for: any fixed time will do.
fn epoch() -> Timestamp {
    "2024-01-01T00:00:00Z".parse().expect("a constant in RFC 3339")
}

fn yes() -> bool {
    true
}

fn is_true(value: &bool) -> bool {
    *value
}

fn is_false(value: &bool) -> bool {
    !*value
}
