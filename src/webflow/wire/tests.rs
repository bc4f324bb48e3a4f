//! The examples of the OpenAPI description, a recorded answer, and what neither promises.

use serde_json::json;

use super::*;

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn page(value: Value) -> Page {
    serde_json::from_value(value).unwrap()
}

/// The page of the API reference.
fn example_page() -> Value {
    json!({
        "id": "6596da6045e56dee495bcbba", "siteId": "6258612d1ee792848f805dcf",
        "parentId": null, "collectionId": null,
        "title": "Guide to the Galaxy", "slug": "guide-to-the-galaxy",
        "createdOn": "2024-03-11T10:42:00.000Z", "lastUpdated": "2024-03-11T10:42:42.000Z",
        "archived": false, "draft": false, "canBranch": false, "isBranch": true,
        "branchId": "68026fa68ef6dc744c75b833",
        "seo": {"title": "The Ultimate Hitchhiker's Guide to the Galaxy", "description": "Everything, towels included."},
        "openGraph": {
            "title": "Explore the Cosmos with The Ultimate Guide", "titleCopied": false,
            "description": "Dive deep.", "descriptionCopied": false
        },
        "localeId": "653fd9af6a07fc9cfd7a5e57", "publishedPath": "/en-us/guide-to-the-galaxy"
    })
}

#[test]
fn reads_a_page_of_the_reference() {
    let expected = Page {
        id: "6596da6045e56dee495bcbba".to_owned(),
        site_id: text("6258612d1ee792848f805dcf"),
        parent_id: None,
        collection_id: None,
        title: text("Guide to the Galaxy"),
        slug: text("guide-to-the-galaxy"),
        created_on: text("2024-03-11T10:42:00.000Z"),
        last_updated: text("2024-03-11T10:42:42.000Z"),
        archived: Some(false),
        draft: Some(false),
        can_branch: Some(false),
        is_branch: Some(true),
        branch_id: text("68026fa68ef6dc744c75b833"),
        seo: Some(Seo {
            title: text("The Ultimate Hitchhiker's Guide to the Galaxy"),
            description: text("Everything, towels included."),
            ..Seo::default()
        }),
        open_graph: Some(OpenGraph {
            title: text("Explore the Cosmos with The Ultimate Guide"),
            title_copied: Some(false),
            description: text("Dive deep."),
            description_copied: Some(false),
            ..OpenGraph::default()
        }),
        locale_id: text("653fd9af6a07fc9cfd7a5e57"),
        published_path: text("/en-us/guide-to-the-galaxy"),
        unreadable: Vec::new(),
        damaged: Vec::new(),
    };
    assert_eq!(page(example_page()), expected);
}

#[test]
fn reads_a_list_of_the_reference() {
    let list = json!({"pages": [example_page(), example_page()], "pagination": {"limit": 20, "offset": 0, "total": 2}});
    let list: PageList = serde_json::from_value(list).unwrap();
    assert_eq!(list.pages.len(), 2);
    assert_eq!(list.pagination, Some(Pagination { limit: 20, offset: 0, total: 2 }));
}

#[test]
fn reads_a_recorded_home_page_with_its_nulls() {
    let home = page(json!({
        "id": "690a6ad118713a7e3b856b86", "siteId": "690a6acf18713a7e3b856b21", "title": "Home",
        "slug": null, "parentId": null, "collectionId": null,
        "createdOn": "2025-11-04T21:06:25.279Z", "lastUpdated": "2026-02-23T15:53:18.252Z",
        "archived": false, "draft": false, "canBranch": true, "isBranch": false, "branchId": null,
        "seo": {"title": "Naftiko", "description": "Embrace your API legacy."},
        "openGraph": {"title": null, "titleCopied": true, "description": null, "descriptionCopied": true},
        "publishedPath": "/", "localeId": null
    }));
    assert_eq!((home.slug, home.locale_id, home.published_path), (None, None, text("/")));
    let expected = OpenGraph { title_copied: Some(true), description_copied: Some(true), ..OpenGraph::default() };
    assert_eq!(home.open_graph, Some(expected));
    assert!(home.unreadable.is_empty());
}

#[test]
fn reads_a_bulk_answer_of_the_reference() {
    let mut french = example_page();
    french["localeId"] = json!("653fd9af6a07fc9cfd7a5e57");
    french["openGraph"] = json!({
        "title": "Le guide ultime de la galaxie", "titleCopied": true,
        "description": "Tout ce qu'un voyageur…", "descriptionCopied": true
    });
    let updated: UpdatedPages = serde_json::from_value(json!({"pages": [example_page(), french]})).unwrap();
    let open_graph = updated.pages[1].open_graph.as_ref().unwrap();
    assert_eq!(
        (open_graph.title_copied, open_graph.title.as_deref()),
        (Some(true), Some("Le guide ultime de la galaxie"))
    );
}

#[test]
fn a_page_needs_an_id_and_nothing_else() {
    assert_eq!(page(json!({"id": "1"})), Page { id: "1".to_owned(), ..Page::default() });
    let unknown = page(json!({"id": "1", "new": {"a": [1]}, "seo": {"new": 1}, "openGraph": null}));
    let seo = Seo { extra: Map::from_iter([("new".to_owned(), json!(1))]), ..Seo::default() };
    assert_eq!(unknown, Page { id: "1".to_owned(), seo: Some(seo), ..Page::default() });
    for broken in [json!({}), json!({"id": null}), json!({"id": 1}), json!(null), json!("1")] {
        assert!(serde_json::from_value::<Page>(broken).is_err());
    }
}

#[test]
fn a_field_of_another_type_is_missing_and_named() {
    let page = page(json!({
        "id": "1", "title": ["a"], "slug": 404, "draft": "no", "seo": {"title": {"text": "a"}, "description": "b"},
        "openGraph": "none"
    }));
    assert_eq!((page.title, page.slug, page.draft, page.open_graph), (None, None, None, None));
    assert_eq!(page.seo, Some(Seo { description: text("b"), ..Seo::default() }));
    assert_eq!(page.unreadable, ["title", "slug", "draft", "seo.title", "openGraph"]);
}

#[test]
fn keeps_leaves_that_the_reference_does_not_describe() {
    let image = json!({"imageUrl": "https://example.com/a.png", "imageAssetId": null, "imageWidth": 1200});
    let page = page(json!({"id": "1", "seo": {"title": "a", "robots": {"index": false}}, "openGraph": image}));
    let extra = |leaves: Value| leaves.as_object().cloned().unwrap();
    assert_eq!(page.seo.unwrap().extra, extra(json!({"robots": {"index": false}})));
    let expected = json!({"imageUrl": "https://example.com/a.png", "imageWidth": 1200});
    assert_eq!(page.open_graph.unwrap().extra, extra(expected));
    assert!(page.unreadable.is_empty());
}

#[test]
fn an_object_with_too_many_leaves_or_a_bad_name_is_damaged() {
    let many: Map<String, Value> = (0..65).map(|number| (format!("leaf{number}"), json!(number))).collect();
    let long = Map::from_iter([("a".repeat(65), json!(1))]);
    let escape = Map::from_iter([("\u{1b}[31m".to_owned(), json!(1))]);
    let empty = Map::from_iter([(String::new(), json!(1))]);
    for leaves in [many, long, escape, empty] {
        let page = page(json!({"id": "1", "openGraph": leaves}));
        assert_eq!(page.damaged, ["openGraph"]);
        assert_eq!(page.open_graph, Some(OpenGraph::default()));
    }
}

#[test]
fn reads_the_site_of_the_reference() {
    let site: Site = serde_json::from_value(json!({
        "id": "42e98c9a982ac9b8b742", "workspaceId": "42e63e98c9a982ac9b8b742",
        "displayName": "The Hitchhiker's Guide to the Galaxy", "shortName": "hitchhikers-guide",
        "previewUrl": "https://screenshots.webflow.com/sites/x.png", "timeZone": "America/Los_Angeles",
        "createdOn": "1979-10-12T12:00:00.000Z", "lastUpdated": "2023-04-02T12:42:00.000Z",
        "lastPublished": "2023-04-02T12:42:00.000Z", "parentFolderId": "1as2d3f4g5h6j7k8l9z0x1c2v3b4n5m6",
        "customDomains": [{"id": "589a331aa51e760df7ccb89d", "url": "hitchhikersguide.galaxy"}],
        "locales": {
            "primary": {
                "id": "653fd9af6a07fc9cfd7a5e57", "cmsLocaleId": "653ad57de882f528b32e810e", "enabled": false,
                "displayName": "English (United States)", "displayImageId": null, "redirect": true,
                "subdirectory": "", "tag": "en-US"
            },
            "secondary": [{
                "id": "653fd9af6a07fc9cfd7a5e56", "cmsLocaleId": "653fd9af6a07fc9cfd7a5e5d", "enabled": true,
                "displayName": "French (France)", "displayImageId": null, "subdirectory": "fr-fr", "tag": "fr-FR"
            }]
        },
        "dataCollectionEnabled": true, "dataCollectionType": "always"
    }))
    .unwrap();
    assert_eq!(site.short_name.as_deref(), Some("hitchhikers-guide"));
    assert_eq!(site.custom_domains[0].url.as_deref(), Some("hitchhikersguide.galaxy"));
    let locales = site.locales.unwrap();
    let primary = locales.primary.unwrap();
    assert_eq!((primary.subdirectory, primary.tag, primary.redirect), (text(""), text("en-US"), Some(true)));
    let french = &locales.secondary[0];
    assert_eq!((french.id.as_str(), french.tag.as_deref()), ("653fd9af6a07fc9cfd7a5e56", Some("fr-FR")));
    assert_eq!((french.enabled, french.redirect), (Some(true), None));
}

#[test]
fn a_site_without_localization_has_no_locales() {
    for site in [json!({"id": "1"}), json!({"id": "1", "locales": null, "customDomains": null, "lastPublished": null})]
    {
        let site: Site = serde_json::from_value(site).unwrap();
        assert_eq!((site.locales, site.custom_domains), (None, Vec::new()));
    }
    let empty: Site =
        serde_json::from_value(json!({"id": "1", "locales": {"primary": null, "secondary": null}})).unwrap();
    assert_eq!(empty.locales, Some(Locales::default()));
}

#[test]
fn a_locale_that_cannot_be_read_is_an_error_and_not_left_out() {
    let site = json!({"id": "1", "locales": {"secondary": [{"tag": "fr-FR"}]}});
    assert!(serde_json::from_value::<Site>(site).is_err());
}

#[test]
fn reads_the_introspection_of_the_reference() {
    let introspection: Introspection = serde_json::from_value(json!({
        "authorization": {
            "id": "55818d58616600637b9a5786", "createdOn": "2016-10-03T23:12:00.755Z",
            "lastUsed": "2016-10-10T21:41:12.736Z", "grantType": "authorization_code", "rateLimit": 60,
            "scope": "assets:read,assets:write",
            "authorizedTo": {
                "siteIds": ["62f3b1f7eafac55d0c64ef91"], "workspaceIds": ["52f3b1f7eafac55d0c64ef91"],
                "userIds": ["545bbecb7bdd6769632504a7"]
            }
        },
        "application": {"id": "55131cd036c09f7d07883dfc", "displayName": "My Amazing App"}
    }))
    .unwrap();
    let authorization = introspection.authorization;
    assert_eq!(authorization.rate_limit, Some(60));
    assert_eq!(authorization.scopes, ["assets:read", "assets:write"]);
    assert_eq!(authorization.authorized_to.site_ids, ["62f3b1f7eafac55d0c64ef91"]);
}

#[test]
fn reads_a_bare_introspection() {
    for authorization in [
        json!({}),
        json!({"scope": null, "authorizedTo": null, "rateLimit": "60"}),
        json!({"scope": "", "authorizedTo": {"siteIds": null}}),
    ] {
        let read: Introspection = serde_json::from_value(json!({"authorization": authorization})).unwrap();
        assert_eq!(read.authorization, Authorization::default());
    }
    let list: Authorization = serde_json::from_value(json!({"scope": ["pages:read", "sites:read"]})).unwrap();
    assert_eq!(list.scopes, ["pages:read", "sites:read"]);
}

#[test]
fn reads_what_a_publish_request_queued() {
    let published: Published = serde_json::from_value(json!({
        "customDomains": [{"id": "589a331aa51e760df7ccb89d", "url": "test-api-domain.com", "lastPublished": null}],
        "publishToWebflowSubdomain": false, "publishScope": "page"
    }))
    .unwrap();
    assert_eq!(published.publish_scope.as_deref(), Some("page"));
    assert_eq!(published.custom_domains.len(), 1);
}

#[test]
fn an_unknown_leaf_that_was_taken_out_is_named() {
    let out = json!(["a text that is not valid or holds the API token"]);
    let page = page(json!({"id": "1", "seo": {"": 1, "title": "a"}, "openGraph": {"imageUrl": out, "imageWidth": 1}}));
    assert_eq!(page.damaged, ["seo", "openGraph.imageUrl"]);
    assert!(page.unreadable.is_empty());
}
