//! What goes over the wire: the JSON of sites, pages, tokens and errors, nulls and gaps as in life.
//!
//! Shares nothing with the client on purpose. Knows nothing of HTTP beyond status numbers.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::document::{Folder, IMAGE_LEAVES, Locale, LocaleKey, Page, PageKind, Site, Token};
use super::file::object_id;
use super::history::Deed;
use super::site::Reading;
use super::switches::ShareImage;

/// An answer before it becomes HTTP.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
    /// Seconds, where the answer says when to come back.
    pub(super) retry_after: Option<u64>,
    /// Whether the site is another one now.
    pub(super) changed: bool,
    /// The pages and locales that were written.
    pub(super) wrote: Vec<(String, LocaleKey)>,
}

impl Answer {
    pub(super) fn ok(body: Value) -> Self {
        Self { status: 200, body, retry_after: None, changed: false, wrote: Vec::new() }
    }

    pub(super) fn error(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self::detailed(status, code, message, Vec::new())
    }

    pub(super) fn detailed(status: u16, code: &str, message: impl Into<String>, details: Vec<Value>) -> Self {
        let message: String = message.into();
        let body = json!({"code": code, "message": message, "externalReference": null, "details": details});
        Self { body, status, ..Self::ok(Value::Null) }
    }

    /// The documented 400, with what is wrong.
    pub(super) fn malformed(what: impl AsRef<str>) -> Self {
        Self::error(400, "bad_request", format!("Bad Request: Request is malformed: {}", what.as_ref()))
    }

    pub(super) fn not_found(what: &str) -> Self {
        let message = format!("Requested resource not found: The {what} cannot be found");
        Self::error(404, "resource_not_found", message)
    }

    pub(super) fn not_authorized() -> Self {
        Self::error(401, "not_authorized", "Request not authorized")
    }

    pub(super) fn too_many_requests(retry_after: u64) -> Self {
        Self { retry_after: Some(retry_after), ..Self::error(429, "too_many_requests", "Too many requests") }
    }

    /// Errors of routes have a shape of their own.
    pub(super) fn no_route(method: &str, path: &str) -> Self {
        let body = json!({
            "msg": format!("Route not found: {method} {path}"),
            "code": 404,
            "name": "RouteNotFoundError",
            "errorEnum": "RouteNotFound",
        });
        Self { status: 404, ..Self::ok(body) }
    }

    pub(super) fn changing(self) -> Self {
        Self { changed: true, ..self }
    }

    /// Returns what became of the request.
    pub(super) fn deed(&self) -> Deed {
        match self.status {
            _ if !self.wrote.is_empty() => Deed::Wrote(self.wrote.clone()),
            200..=299 => Deed::Read,
            _ => Deed::Nothing,
        }
    }

    pub(super) fn writing(self, wrote: Vec<(String, LocaleKey)>) -> Self {
        Self { changed: !wrote.is_empty(), wrote, ..self }
    }
}

/// Returns a page as every endpoint shows it.
pub(super) fn page(site: &Site, page: &Page, key: &LocaleKey) -> Value {
    let Reading {
        title,
        slug,
        seo_title,
        seo_description,
        seo_undocumented,
        open_graph_title,
        title_copied,
        open_graph_description,
        description_copied,
        open_graph_undocumented,
        last_updated,
        published_path,
    } = site.read(page, key);
    let mut seo = Map::from_iter([("title".to_owned(), json!(seo_title))]);
    // A description that was never written is not in the primary locale's answer at all.
    if seo_description.is_some() || *key != LocaleKey::Primary {
        seo.insert("description".to_owned(), json!(seo_description));
    }
    seo.extend(seo_undocumented);
    let mut open_graph = json!({
        "title": open_graph_title,
        "titleCopied": title_copied,
        "description": open_graph_description,
        "descriptionCopied": description_copied,
    });
    if site.switches.share_image != ShareImage::Absent {
        for leaf in IMAGE_LEAVES {
            open_graph[leaf] = Value::Null;
        }
    }
    for (leaf, value) in open_graph_undocumented {
        open_graph[leaf] = value;
    }
    json!({
        "id": page.id,
        "siteId": site.id(),
        "parentId": page.folder,
        "collectionId": collection_id(page),
        "title": title,
        "slug": slug,
        "createdOn": time(page.created_on),
        "lastUpdated": time(last_updated),
        "archived": page.archived,
        "draft": page.draft,
        "canBranch": can_branch(page),
        "isBranch": page.branch.is_some(),
        "branchId": page.branch,
        "seo": seo,
        "openGraph": open_graph,
        "localeId": site.locale(key).map(|locale| &locale.id),
        "publishedPath": published_path,
    })
}

/// Returns a folder as `GET /pages/{id}` shows it: a page without content.
pub(super) fn folder(site: &Site, folder: &Folder, key: &LocaleKey) -> Value {
    let Folder { id, parent, slug, title } = folder;
    let created = time(site.identity.created_on);
    json!({
        "id": id,
        "siteId": site.id(),
        "parentId": parent,
        "collectionId": null,
        "title": title.as_ref().unwrap_or(slug),
        "slug": slug,
        "createdOn": created,
        "lastUpdated": created,
        "archived": false,
        "draft": false,
        "canBranch": false,
        "isBranch": false,
        "branchId": null,
        "seo": {},
        "openGraph": {},
        "localeId": site.locale(key).map(|locale| &locale.id),
        "publishedPath": null,
    })
}

/// Returns the site; `locales` is not there at all without localization.
pub(super) fn site(site: &Site) -> Value {
    let identity = &site.identity;
    let updated = identity.last_updated.unwrap_or(identity.created_on);
    let domains: Vec<Value> = identity.custom_domains.iter().map(domain).collect();
    let mut body = json!({
        "id": identity.id,
        "workspaceId": object_id(&format!("workspace of {}", identity.id)),
        "displayName": identity.display_name,
        "shortName": identity.short_name,
        "previewUrl": format!("https://screenshots.webflow.com/sites/{}/preview.png", identity.id),
        "timeZone": identity.time_zone,
        "createdOn": time(identity.created_on),
        "lastUpdated": time(updated),
        "lastPublished": identity.last_published.map(time),
        "parentFolderId": null,
        "customDomains": domains,
    });
    if let Some(locales) = &site.locales {
        let mut primary = locale(&locales.primary);
        primary["redirect"] = json!(false);
        let secondary: Vec<Value> = locales.secondary.iter().map(locale).collect();
        body["locales"] = json!({"primary": primary, "secondary": secondary});
    }
    body["dataCollectionEnabled"] = json!(false);
    body["dataCollectionType"] = json!("disabled");
    body
}

pub(super) fn domain(domain: &super::document::Domain) -> Value {
    json!({"id": domain.id, "url": domain.url, "lastPublished": domain.last_published.map(time)})
}

/// Returns what a token may do; a site token has no `application`.
pub(super) fn authorization(site: &Site, token: &Token, limit: u32, now: Timestamp) -> Value {
    json!({
        "authorization": {
            "id": object_id(&format!("authorization {}", token.token)),
            "createdOn": time(site.identity.created_on),
            "lastUsed": time(now),
            "grantType": "client_credentials",
            "rateLimit": limit,
            "scope": token.scopes.join(","),
            "authorizedTo": {"siteIds": [site.id()], "workspaceIds": [], "userIds": []},
        },
    })
}

/// Always with milliseconds, as the server writes it.
fn time(time: Timestamp) -> String {
    format!("{time:.3}")
}

fn locale(locale: &Locale) -> Value {
    json!({
        "id": locale.id,
        "cmsLocaleId": locale.cms_locale_id,
        "enabled": locale.enabled,
        "displayName": locale.display_name,
        "displayImageId": null,
        "subdirectory": locale.subdirectory.as_deref().unwrap_or_default(),
        "tag": locale.tag,
    })
}

fn collection_id(page: &Page) -> Option<String> {
    match page.kind {
        PageKind::Template => Some(object_id(&format!("collection of {}", page.id))),
        PageKind::Static | PageKind::Home | PageKind::Utility => None,
    }
}

fn can_branch(page: &Page) -> bool {
    match page.kind {
        PageKind::Static | PageKind::Home => page.branch.is_none(),
        PageKind::Template | PageKind::Utility => false,
    }
}
