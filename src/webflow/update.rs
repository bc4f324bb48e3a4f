//! What the API is sent. A field that is `None` is left out, and keeps its value on the server.

use serde::Serialize;

/// The body of a page update.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seo: Option<SeoUpdate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_graph: Option<OpenGraphUpdate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeoUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The Open Graph part of an update. Text without its flag set to false may have no effect.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenGraphUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_copied: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description_copied: Option<bool>,
}

/// One entry of a bulk update. Without `locale_id` it is for the primary locale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BulkEntry {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale_id: Option<String>,
    #[serde(flatten)]
    pub update: PageUpdate,
}

#[derive(Debug, Serialize)]
pub(super) struct BulkUpdate<'a> {
    pub(super) pages: &'a [BulkEntry],
}

/// What to publish, and where. The API refuses a request with neither domains nor subdomain.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublishRequest {
    /// Ids of custom domains.
    pub custom_domains: Vec<String>,
    pub publish_to_webflow_subdomain: bool,
    /// One page, in all its locales. Without it the whole site, with everyone's staged work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_id: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(serde_json::to_value(PageUpdate::default()).unwrap(), json!({}));
        let update = PageUpdate {
            seo: Some(SeoUpdate { title: Some(String::new()), description: None }),
            open_graph: Some(OpenGraphUpdate { title_copied: Some(true), ..OpenGraphUpdate::default() }),
            ..PageUpdate::default()
        };
        let expected = json!({"seo": {"title": ""}, "openGraph": {"titleCopied": true}});
        assert_eq!(serde_json::to_value(update).unwrap(), expected);
    }

    #[test]
    fn a_full_update_is_spelled_as_the_api_reference_does() {
        let text = |text: &str| Some(text.to_owned());
        let update = PageUpdate {
            title: text("Guide to the Galaxy"),
            slug: text("guide-to-the-galaxy"),
            seo: Some(SeoUpdate { title: text("The Ultimate Guide"), description: text("Towels.") }),
            open_graph: Some(OpenGraphUpdate {
                title: text("Explore the Cosmos"),
                title_copied: Some(false),
                description: text("Everything galactic."),
                description_copied: Some(false),
            }),
        };
        let expected = json!({
            "title": "Guide to the Galaxy",
            "slug": "guide-to-the-galaxy",
            "seo": {"title": "The Ultimate Guide", "description": "Towels."},
            "openGraph": {
                "title": "Explore the Cosmos", "titleCopied": false,
                "description": "Everything galactic.", "descriptionCopied": false
            }
        });
        assert_eq!(serde_json::to_value(update).unwrap(), expected);
    }

    #[test]
    fn a_bulk_entry_is_flat() {
        let update = PageUpdate { slug: Some("a".to_owned()), ..PageUpdate::default() };
        let entry = |locale_id| BulkEntry { id: "1".to_owned(), locale_id, update: update.clone() };
        let entries = [entry(None), entry(Some("fr".to_owned()))];
        let expected = json!({"pages": [{"id": "1", "slug": "a"}, {"id": "1", "localeId": "fr", "slug": "a"}]});
        assert_eq!(serde_json::to_value(BulkUpdate { pages: &entries }).unwrap(), expected);
    }
}
