//! What the API sends, as it sends it. Sources: the OpenAPI description of Webflow and recorded
//! answers, which are null in places where the description promises text. Must not know what the
//! values mean for anyone; the rest of the program has its own types.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::{Map, Value};

use super::id;
use super::lenient::{self, Fields};

/// A page, or a folder, in one locale. Times are ISO 8601 texts in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    pub id: String,
    pub site_id: Option<String>,
    /// The folder that holds the page.
    pub parent_id: Option<String>,
    /// The collection whose template the page is.
    pub collection_id: Option<String>,
    pub title: Option<String>,
    /// Null or empty on the home page.
    pub slug: Option<String>,
    pub created_on: Option<String>,
    pub last_updated: Option<String>,
    pub archived: Option<bool>,
    pub draft: Option<bool>,
    pub can_branch: Option<bool>,
    pub is_branch: Option<bool>,
    pub branch_id: Option<String>,
    pub seo: Option<Seo>,
    pub open_graph: Option<OpenGraph>,
    /// Null on a site without localization, and at times for the primary locale.
    pub locale_id: Option<String>,
    pub published_path: Option<String>,
    /// Fields that came with another type than described, as paths (`seo.title`). They read as
    /// missing here, and must not be taken for empty.
    pub unreadable: Vec<String>,
    /// Fields whose text is not valid or holds the token, as paths. They read as missing here too, and no text stands
    /// for them.
    pub damaged: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seo {
    pub title: Option<String>,
    pub description: Option<String>,
    /// What else it holds: leaves that the API reference does not describe.
    pub extra: Map<String, Value>,
}

/// Open Graph text. While a `copied` flag is set, the text is that of `seo`, and reads as null or
/// as that text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenGraph {
    pub title: Option<String>,
    pub title_copied: Option<bool>,
    pub description: Option<String>,
    pub description_copied: Option<bool>,
    /// What else it holds: leaves that the API reference does not describe, such as `imageUrl`.
    pub extra: Map<String, Value>,
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::new(Map::deserialize(deserializer)?);
        let id: String = fields.take("id").ok_or_else(|| D::Error::custom("a page without `id`"))?;
        let parent_id: Option<String> = fields.take("parentId");
        let parent_id = parent_id.filter(|id| !id.is_empty());
        let page = Self {
            parent_id: parent_id.map(|parent| id::checked(parent, "the `parentId` of a page")).transpose()?,
            id: id::checked(id, "the id of a page")?,
            site_id: fields.take("siteId"),
            collection_id: fields.take("collectionId"),
            title: fields.take("title"),
            slug: fields.take("slug"),
            created_on: fields.take("createdOn"),
            last_updated: fields.take("lastUpdated"),
            archived: fields.take("archived"),
            draft: fields.take("draft"),
            can_branch: fields.take("canBranch"),
            is_branch: fields.take("isBranch"),
            branch_id: fields.take("branchId"),
            seo: fields.take_object("seo", |seo| Seo {
                title: seo.take("title"),
                description: seo.take("description"),
                extra: seo.take_rest(),
            }),
            open_graph: fields.take_object("openGraph", |open_graph| OpenGraph {
                title: open_graph.take("title"),
                title_copied: open_graph.take("titleCopied"),
                description: open_graph.take("description"),
                description_copied: open_graph.take("descriptionCopied"),
                extra: open_graph.take_rest(),
            }),
            locale_id: fields.take("localeId"),
            published_path: fields.take("publishedPath"),
            unreadable: Vec::new(),
            damaged: Vec::new(),
        };
        let (unreadable, damaged) = fields.left_out();
        Ok(Self { unreadable, damaged, ..page })
    }
}

/// One part of the list of pages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PageList {
    pub pages: Vec<Page>,
    /// Not lenient: with a number of pages that cannot be read, a part could pass for the whole list.
    #[serde(default)]
    pub pagination: Option<Pagination>,
}

/// Where a part of a list lies in the whole. Counts pages, not requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Pagination {
    pub limit: u32,
    pub offset: u32,
    pub total: u32,
}

/// The answer to a bulk update.
#[derive(Debug, Deserialize)]
pub(super) struct UpdatedPages {
    pub(super) pages: Vec<Page>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SiteList {
    pub(super) sites: Vec<Site>,
}

/// A site. Times are ISO 8601 texts in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Site {
    #[serde(deserialize_with = "id::one")]
    pub id: String,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub workspace_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub display_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub short_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub time_zone: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub created_on: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub last_updated: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub last_published: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    pub custom_domains: Vec<CustomDomain>,
    /// Missing on a site without localization.
    #[serde(default)]
    pub locales: Option<Locales>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomDomain {
    #[serde(deserialize_with = "id::one")]
    pub id: String,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub url: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub last_published: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Locales {
    #[serde(default)]
    pub primary: Option<Locale>,
    #[serde(default, deserialize_with = "lenient::list")]
    pub secondary: Vec<Locale>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Locale {
    /// The `localeId` of pages.
    #[serde(deserialize_with = "id::one")]
    pub id: String,
    /// For collection items only; pages do not know it.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub cms_locale_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub enabled: Option<bool>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub display_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub redirect: Option<bool>,
    /// The first part of the locale's paths, empty for the primary.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub subdirectory: Option<String>,
    /// A BCP 47 tag such as `fr-FR`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub tag: Option<String>,
}

/// What a token is and may do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Introspection {
    pub authorization: Authorization,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorization {
    #[serde(default, deserialize_with = "lenient::optional")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub grant_type: Option<String>,
    /// Requests a minute.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub rate_limit: Option<u32>,
    /// For example `pages:read`. Empty if the API did not say.
    #[serde(default, rename = "scope", deserialize_with = "scopes")]
    pub scopes: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub authorized_to: AuthorizedTo,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizedTo {
    #[serde(default, deserialize_with = "id::list")]
    pub site_ids: Vec<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    pub workspace_ids: Vec<String>,
}

/// What was queued by a publish request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Published {
    #[serde(default, deserialize_with = "lenient::list")]
    pub custom_domains: Vec<CustomDomain>,
    #[serde(default, deserialize_with = "lenient::optional")]
    pub publish_to_webflow_subdomain: Option<bool>,
    /// `site` or `page`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub publish_scope: Option<String>,
}

fn null_as_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads scopes as one text with commas, as described, or as a list.
fn scopes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let scopes = match Value::deserialize(deserializer)? {
        Value::String(text) => text.split([',', ' ']).map(str::to_owned).collect(),
        Value::Array(values) => values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    };
    Ok(scopes.into_iter().filter(|scope: &String| !scope.is_empty()).collect())
}

#[cfg(test)]
mod tests;
