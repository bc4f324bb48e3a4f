//! What the API is sent. A field that is left out keeps its value on the server.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The body of a page update: the JSON object as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageUpdate(Map<String, Value>);

impl From<Map<String, Value>> for PageUpdate {
    fn from(body: Map<String, Value>) -> Self {
        Self(body)
    }
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
    fn a_bulk_entry_is_flat() {
        let update: PageUpdate = serde_json::from_value(json!({"slug": "a"})).unwrap();
        let entry = |locale_id| BulkEntry { id: "1".to_owned(), locale_id, update: update.clone() };
        let entries = [entry(None), entry(Some("fr".to_owned()))];
        let expected = json!({"pages": [{"id": "1", "slug": "a"}, {"id": "1", "localeId": "fr", "slug": "a"}]});
        assert_eq!(serde_json::to_value(BulkUpdate { pages: &entries }).unwrap(), expected);
    }
}
