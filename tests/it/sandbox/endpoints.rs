//! Every endpoint and every documented error.

use serde_json::{Value, json};
use slugline::sandbox::{LogEntry, Options, Save, Server, Shape, Site, generate, sample};

use super::client::{Answer, Client};

const HOME: &str = "6596da6045e56dee495bcb01";
const GALAXY: &str = "6596da6045e56dee495bcbba";
const TOWEL: &str = "6596da6045e56dee495bcbad";
const ABOUT: &str = "6596da6045e56dee495bcb04";
const TEMPLATE: &str = "6596da6045e56dee495bcb05";
const NOT_FOUND: &str = "6596da6045e56dee495bcb06";
const DRAFT: &str = "6596da6045e56dee495bcb07";
const FOLDER: &str = "64f1c0de0000000000000001";
const SITE: &str = "6258612d1ee792848f805dcf";
const ENGLISH: &str = "653fd9af6a07fc9cfd7a5e57";
const FRENCH: &str = "653fd9af6a07fc9cfd7a5e56";
const JAPANESE: &str = "654112a3a525b2739d97664c";

async fn served(site: Site) -> (Server, Client) {
    let server = Server::start(site, Options::default()).await.expect("a free port");
    let client = Client::new(server.url(), &server.site());
    (server, client)
}

/// Changes the document of the sample before it is read.
fn sample_with(change: impl FnOnce(&mut Value)) -> Site {
    let mut document: Value = serde_json::from_str(&sample().to_json()).expect("JSON");
    change(&mut document);
    Site::from_json(&document.to_string()).expect("a site")
}

#[tokio::test]
async fn introspect_tells_limit_scopes_and_site() {
    let (_server, client) = served(sample()).await;
    let answer = client.get("/v2/token/introspect").await;
    assert_eq!(answer.status, 200);
    let authorization = &answer.body["authorization"];
    assert_eq!(authorization["rateLimit"], 120);
    assert_eq!(authorization["grantType"], "client_credentials");
    assert_eq!(authorization["scope"], "sites:read,sites:write,pages:read,pages:write");
    assert_eq!(authorization["authorizedTo"]["siteIds"], json!([SITE]));
    assert!(answer.body.get("application").is_none());
    assert!(authorization["lastUsed"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn sites_have_the_documented_keys() {
    let (_server, client) = served(sample()).await;
    let site = client.get(&format!("/v2/sites/{SITE}")).await;
    assert_eq!(site.status, 200);
    let keys: Vec<&String> = site.body.as_object().unwrap().keys().collect();
    insta::assert_debug_snapshot!(keys, @r#"
    [
        "id",
        "workspaceId",
        "displayName",
        "shortName",
        "previewUrl",
        "timeZone",
        "createdOn",
        "lastUpdated",
        "lastPublished",
        "parentFolderId",
        "customDomains",
        "locales",
        "dataCollectionEnabled",
        "dataCollectionType",
    ]
    "#);
    let primary = &site.body["locales"]["primary"];
    assert_eq!((&primary["tag"], &primary["subdirectory"]), (&json!("en-US"), &json!("")));
    assert!(primary["redirect"].is_boolean());
    assert_eq!(site.body["locales"]["secondary"][0]["subdirectory"], "fr");
    assert!(site.body["locales"]["secondary"][0].get("redirect").is_none());
    let sites = client.get("/beta/sites").await;
    assert_eq!(sites.body, json!({"sites": [site.body]}));
}

#[tokio::test]
async fn a_page_is_shown_as_documented() {
    let (_server, client) = served(sample()).await;
    let answer = client.get(&format!("/v2/pages/{GALAXY}")).await;
    assert_eq!(
        answer.body,
        json!({
            "id": GALAXY,
            "siteId": SITE,
            "parentId": null,
            "collectionId": null,
            "title": "Guide to the Galaxy",
            "slug": "guide-to-the-galaxy",
            "createdOn": "2024-03-11T10:42:00.000Z",
            "lastUpdated": "2024-03-11T10:42:00.000Z",
            "archived": false,
            "draft": false,
            "canBranch": true,
            "isBranch": false,
            "branchId": null,
            "seo": {
                "title": "The Ultimate Hitchhiker's Guide to the Galaxy",
                "description": "Everything you need to know about the galaxy, from avoiding Vogon poetry to the importance of towels."
            },
            "openGraph": {
                "title": "Explore the Cosmos with The Ultimate Guide",
                "titleCopied": false,
                "description": "Dive deep into the mysteries of the universe with your guide to everything galactic.",
                "descriptionCopied": false
            },
            "localeId": ENGLISH,
            "publishedPath": "/guide-to-the-galaxy"
        })
    );
}

#[tokio::test]
async fn nulls_are_as_in_life() {
    let (_server, client) = served(sample()).await;
    let home = client.get(&format!("/v2/pages/{HOME}?localeId={FRENCH}")).await.body;
    assert_eq!(home["slug"], Value::Null);
    assert_eq!(home["publishedPath"], "/fr");
    let copied = json!({"title": null, "titleCopied": true, "description": null, "descriptionCopied": true});
    assert_eq!(home["openGraph"], copied);
    let about = client.get(&format!("/v2/pages/{ABOUT}")).await.body;
    assert!(about["seo"].get("description").is_none());
    let draft = client.get(&format!("/v2/pages/{DRAFT}")).await.body;
    assert_eq!((&draft["draft"], &draft["publishedPath"]), (&json!(true), &Value::Null));

    let (server, client) = served(generate(Shape { pages: 3, locales: 1, seed: 1 })).await;
    let id = server.site().id().to_owned();
    assert!(client.get(&format!("/v2/sites/{id}")).await.body.get("locales").is_none());
    let pages = client.get(&format!("/v2/sites/{id}/pages")).await.body;
    assert_eq!(pages["pages"][0]["localeId"], Value::Null);
}

#[tokio::test]
async fn lists_are_paged_and_sorted_by_creation() {
    let site = generate(Shape { pages: 230, locales: 2, seed: 5 });
    let (server, client) = served(site).await;
    let path = format!("/v2/sites/{}/pages", server.site().id());
    let first = client.get(&path).await.body;
    assert_eq!(first["pagination"], json!({"limit": 100, "offset": 0, "total": 230}));
    assert_eq!(first["pages"].as_array().unwrap().len(), 100);
    let last = client.get(&format!("{path}?limit=100&offset=200")).await.body;
    assert_eq!(last["pages"].as_array().unwrap().len(), 30);
    let few = client.get(&format!("{path}?limit=7&offset=3&localeId=")).await.body;
    assert_eq!(few["pages"].as_array().unwrap()[..], first["pages"].as_array().unwrap()[3..10]);
    let beyond = client.get(&format!("{path}?offset=1000")).await.body;
    assert_eq!(beyond["pages"], json!([]));
    let created: Vec<&str> =
        first["pages"].as_array().unwrap().iter().map(|page| page["createdOn"].as_str().unwrap()).collect();
    assert!(created.is_sorted());
    let has = |key: &str| first["pages"].as_array().unwrap().iter().any(|page| !page[key].is_null());
    assert!(has("collectionId") && has("branchId") && has("parentId"));
    for query in ["limit=0", "limit=101", "limit=-1", "limit=x", "offset=-1", "offset=1.5", "localeId=nowhere"] {
        let answer = client.get(&format!("{path}?{query}")).await;
        assert_eq!((answer.status, &answer.body["code"]), (400, &json!("bad_request")), "{query}");
    }
}

#[tokio::test]
async fn the_beta_filters_and_sorts_lists() {
    let (_server, client) = served(sample()).await;
    let ids = async |query: &str| -> Vec<String> {
        let body = client.get(&format!("/beta/sites/{SITE}/pages?{query}")).await.body;
        let pages = body["pages"].as_array().expect("pages");
        pages.iter().map(|page| page["id"].as_str().expect("an id").to_owned()).collect()
    };
    client.put(&format!("/v2/pages/{ABOUT}"), json!({"title": "T"})).await;
    assert_eq!(ids("sortBy=lastUpdated&sortOrder=desc").await[..2], [ABOUT, DRAFT]);
    assert_eq!(ids("sortOrder=desc&limit=2").await, [DRAFT, TEMPLATE]);
    let query = "createdOn[gte]=2024-03-11T10:42:00.000Z&createdOn[lte]=2024-06-01T00:00:00Z";
    assert_eq!(ids(query).await, [GALAXY, TOWEL]);
    assert_eq!(ids("lastUpdated[gte]=2026-01-01T00:00:00Z").await, [ABOUT, DRAFT]);
    for query in ["sortBy=title", "sortOrder=up", "createdOn[gte]=yesterday"] {
        let answer = client.get(&format!("/beta/sites/{SITE}/pages?{query}")).await;
        assert_eq!((answer.status, &answer.body["code"]), (400, &json!("bad_request")));
    }
    let stable = client.get(&format!("/v2/sites/{SITE}/pages?sortOrder=desc")).await.body;
    assert_eq!(stable["pages"][0]["id"], HOME, "v2 does not know these parameters");
}

#[tokio::test]
async fn a_page_in_a_list_and_a_page_alone_are_the_same() {
    let (server, client) = served(generate(Shape { pages: 40, locales: 3, seed: 8 })).await;
    let site = client.get(&format!("/v2/sites/{}", server.site().id())).await.body;
    let locale = site["locales"]["secondary"][1]["id"].as_str().unwrap();
    let list = client.get(&format!("/v2/sites/{}/pages?localeId={locale}", server.site().id())).await.body;
    for page in list["pages"].as_array().unwrap() {
        let id = page["id"].as_str().unwrap();
        assert_eq!(client.get(&format!("/beta/pages/{id}?localeId={locale}")).await.body, *page);
    }
}

#[tokio::test]
async fn folders_are_not_listed_but_answer() {
    let (_server, client) = served(sample()).await;
    let list = client.get(&format!("/v2/sites/{SITE}/pages")).await.body;
    let ids: Vec<&str> = list["pages"].as_array().unwrap().iter().map(|page| page["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [HOME, NOT_FOUND, GALAXY, TOWEL, ABOUT, TEMPLATE, DRAFT]);
    let folder = client.get(&format!("/v2/pages/{FOLDER}")).await.body;
    assert_eq!((&folder["slug"], &folder["title"]), (&json!("guide"), &json!("Guide")));
    assert_eq!(client.put(&format!("/v2/pages/{FOLDER}"), json!({"title": "x"})).await.status, 404);
    assert_eq!(list["pages"][3]["parentId"], FOLDER);
    assert_eq!(list["pages"][3]["publishedPath"], "/guide/towel-day");
}

#[tokio::test]
async fn a_put_returns_the_page_and_leaves_the_rest() {
    let (_server, client) = served(sample()).await;
    let path = format!("/v2/pages/{GALAXY}");
    let before = client.get(&path).await.body;
    let answer = client.put(&path, json!({"seo": {"title": "New"}, "unknown": [1], "draft": true})).await;
    assert_eq!(answer.status, 200);
    let mut expected = before.clone();
    expected["seo"]["title"] = json!("New");
    expected["lastUpdated"] = answer.body["lastUpdated"].clone();
    assert_eq!(answer.body, expected);
    assert_ne!(answer.body["lastUpdated"], before["lastUpdated"]);
    assert_eq!(client.get(&path).await.body, expected);
    let same = client.put(&format!("{path}?localeId={ENGLISH}"), json!({})).await;
    assert_eq!((same.status, &same.body["localeId"]), (200, &json!(ENGLISH)));
}

#[tokio::test]
async fn a_secondary_locale_inherits_until_it_is_written() {
    let (_server, client) = served(sample()).await;
    let french = format!("/v2/pages/{ABOUT}?localeId={FRENCH}");
    let japanese = format!("/v2/pages/{ABOUT}?localeId={JAPANESE}");
    assert_eq!(client.get(&french).await.body["seo"]["title"], "About");
    client.put(&french, json!({"seo": {"title": "À propos"}})).await;
    client.put(&format!("/v2/pages/{ABOUT}"), json!({"seo": {"title": "About the Guide"}, "title": "The Guide"})).await;
    let french = client.get(&french).await.body;
    assert_eq!((&french["seo"]["title"], &french["title"]), (&json!("À propos"), &json!("The Guide")));
    assert_eq!(client.get(&japanese).await.body["seo"]["title"], "About the Guide");
}

#[tokio::test]
async fn slugs_are_ignored_where_the_changelog_says_so() {
    let (_server, client) = served(sample()).await;
    for (page, slug) in [(HOME, Value::Null), (TEMPLATE, json!("detail_articles")), (NOT_FOUND, json!("404"))] {
        let answer = client.put(&format!("/v2/pages/{page}"), json!({"slug": "other", "title": "T"})).await;
        assert_eq!((answer.status, &answer.body["slug"], &answer.body["title"]), (200, &slug, &json!("T")));
    }
    let french = format!("/v2/pages/{GALAXY}?localeId={FRENCH}");
    assert_eq!(client.put(&french, json!({"slug": "autre"})).await.body["slug"], "autre");

    let (_server, client) = served(sample_with(|site| site["localizedSlugs"] = json!(false))).await;
    let answer = client.put(&french, json!({"slug": "autre"})).await;
    assert_eq!((answer.status, &answer.body["slug"]), (200, &json!("guide-de-la-galaxie")));
}

#[tokio::test]
async fn a_slug_of_another_page_or_folder_is_refused() {
    let (_server, client) = served(sample()).await;
    for slug in ["about-us", "guide"] {
        let answer = client.put(&format!("/v2/pages/{GALAXY}"), json!({"slug": slug})).await;
        assert_eq!((answer.status, &answer.body["code"]), (409, &json!("conflict")));
    }
    let elsewhere = client.put(&format!("/v2/pages/{TOWEL}"), json!({"slug": "about-us"})).await;
    assert_eq!((elsewhere.status, &elsewhere.body["slug"]), (200, &json!("about-us")));
}

#[tokio::test]
async fn writes_are_staged_until_publish() {
    let (_server, client) = served(sample()).await;
    let path = format!("/v2/pages/{ABOUT}");
    let published = client.get(&format!("/v2/sites/{SITE}")).await.body["lastPublished"].clone();
    let written = client.put(&path, json!({"slug": "who-we-are"})).await.body;
    assert_eq!((&written["slug"], &written["publishedPath"]), (&json!("who-we-are"), &json!("/about-us")));
    let site = client.get(&format!("/v2/sites/{SITE}")).await.body;
    assert_eq!((&site["lastPublished"], &site["lastUpdated"]), (&published, &written["lastUpdated"]));

    let order = json!({"publishToWebflowSubdomain": true, "customDomains": ["589a331aa51e760df7ccb89d"]});
    let answer = client.post(&format!("/v2/sites/{SITE}/publish"), order.clone()).await;
    assert_eq!((answer.status, &answer.body["publishScope"]), (202, &json!("site")));
    assert_eq!(answer.body["publishToWebflowSubdomain"], true);
    assert_eq!(answer.body["customDomains"][0]["url"], "hitchhikersguide.galaxy");
    assert_eq!(client.get(&path).await.body["publishedPath"], "/who-we-are");
    assert_ne!(client.get(&format!("/v2/sites/{SITE}")).await.body["lastPublished"], published);

    let again = client.post(&format!("/v2/sites/{SITE}/publish"), order).await;
    assert_eq!((again.status, &again.body["code"]), (429, &json!("too_many_requests")));
    assert!((1..=60).contains(&again.retry_after.unwrap()));
}

#[tokio::test]
async fn one_page_can_be_published_alone() {
    let (_server, client) = served(sample()).await;
    client.put(&format!("/v2/pages/{ABOUT}"), json!({"slug": "a"})).await;
    client.put(&format!("/v2/pages/{GALAXY}"), json!({"slug": "g"})).await;
    let order = json!({"publishToWebflowSubdomain": true, "pageId": ABOUT});
    let answer = client.post(&format!("/v2/sites/{SITE}/publish"), order).await;
    assert_eq!((answer.status, &answer.body["publishScope"]), (202, &json!("page")));
    assert_eq!(client.get(&format!("/v2/pages/{ABOUT}")).await.body["publishedPath"], "/a");
    assert_eq!(client.get(&format!("/v2/pages/{GALAXY}")).await.body["publishedPath"], "/guide-to-the-galaxy");
}

#[tokio::test]
async fn a_publish_must_say_where_to() {
    let (_server, client) = served(sample()).await;
    let path = format!("/v2/sites/{SITE}/publish");
    for (order, status, code) in [
        (json!({}), 400, "no_domains"),
        (json!({"customDomains": [], "publishToWebflowSubdomain": false}), 400, "no_domains"),
        (json!({"customDomains": ["nowhere"]}), 400, "invalid_domain"),
        (json!({"customDomains": "nowhere"}), 400, "bad_request"),
        (json!({"publishToWebflowSubdomain": 1}), 400, "bad_request"),
        (json!({"publishToWebflowSubdomain": true, "pageId": "nowhere"}), 404, "resource_not_found"),
    ] {
        let answer = client.post(&path, order.clone()).await;
        assert_eq!((answer.status, &answer.body["code"]), (status, &json!(code)), "{order}");
    }
}

#[tokio::test]
async fn the_bulk_endpoint_writes_both_kinds_of_locale() {
    let (_server, client) = served(sample()).await;
    let request = json!({"pages": [
        {"id": ABOUT, "title": "Who"},
        {"id": ABOUT, "localeId": FRENCH, "title": "Qui", "seo": {"description": "D"}},
    ]});
    let answer = client.patch("/beta/pages", request.clone()).await;
    assert_eq!(answer.status, 200);
    let titles: Vec<&Value> = answer.body["pages"].as_array().unwrap().iter().map(|page| &page["title"]).collect();
    assert_eq!(titles, ["Who", "Qui"]);
    assert_eq!(answer.body["pages"][0]["localeId"], Value::Null);
    assert_eq!(answer.body["pages"][1]["localeId"], FRENCH);
    assert_eq!(client.patch("/v2/pages", request).await.body["errorEnum"], "RouteNotFound");
}

#[tokio::test]
async fn bulk_requests_that_the_description_refuses() {
    let (server, client) = served(sample()).await;
    let entry = |index: usize| json!({"id": format!("p{index}"), "title": "T"});
    for request in [
        json!({}),
        json!([]),
        json!({"pages": {}}),
        json!({"pages": []}),
        json!({"pages": (0..101).map(entry).collect::<Vec<_>>()}),
        json!({"pages": [1]}),
        json!({"pages": [{"title": "T"}]}),
        json!({"pages": [{"id": 1}]}),
        json!({"pages": [{"id": ABOUT, "localeId": ENGLISH}]}),
        json!({"pages": [{"id": ABOUT, "localeId": "nowhere"}]}),
        json!({"pages": [{"id": ABOUT}, {"id": GALAXY}, {"id": ABOUT, "title": "T"}]}),
        json!({"pages": [{"id": ABOUT, "seo": {"title": 1}}]}),
    ] {
        let answer = client.patch("/beta/pages", request.clone()).await;
        assert_eq!((answer.status, &answer.body["code"]), (400, &json!("bad_request")), "{request}");
    }
    assert_eq!(client.patch("/beta/pages", json!({"pages": [entry(1)]})).await.status, 404);
    assert_eq!(server.site(), sample());
}

#[tokio::test]
async fn bodies_of_the_wrong_type_are_refused_with_the_field() {
    let (server, client) = served(sample()).await;
    let path = format!("/v2/pages/{ABOUT}");
    for (body, field) in [
        (json!({"title": null}), "title"),
        (json!({"slug": 1}), "slug"),
        (json!({"seo": "x"}), "seo"),
        (json!({"seo": {"description": true}}), "seo.description"),
        (json!({"openGraph": {"title": []}}), "openGraph.title"),
        (json!({"openGraph": {"titleCopied": "true"}}), "openGraph.titleCopied"),
    ] {
        let answer = client.put(&path, body).await;
        assert_eq!((answer.status, &answer.body["code"]), (400, &json!("bad_request")));
        assert_eq!(answer.body["details"][0]["field"], field);
        assert_eq!(answer.body["externalReference"], Value::Null);
    }
    for body in ["", "{", "[]", "\"x\"", "null"] {
        let answer = client.send("PUT", &path, body).await;
        assert_eq!((answer.status, &answer.body["code"]), (400, &json!("bad_request")), "{body}");
    }
    assert_eq!(server.site(), sample());
}

#[tokio::test]
async fn bodies_beyond_all_measure_are_refused() {
    let (_server, client) = served(sample()).await;
    let answer = client.put(&format!("/v2/pages/{ABOUT}"), json!({"title": "x".repeat(5 << 20)})).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn tokens_and_scopes_are_checked() {
    let site = sample_with(|site| {
        site["tokens"] = json!([
            {"token": "reader", "scopes": ["pages:read"]},
            {"token": "writer", "scopes": ["pages:write"]},
        ]);
    });
    let (server, reader) = served(site).await;
    let list = format!("/v2/sites/{SITE}/pages");
    for token in [None, Some("wrong")] {
        let answer = reader.with_token(token).get(&list).await;
        let body = json!({"code": "not_authorized", "message": "Request not authorized", "externalReference": null, "details": []});
        assert_eq!((answer.status, answer.body), (401, body));
        assert_eq!(answer.limit, Some(60));
    }
    let writer = reader.with_token(Some("writer"));
    let page = format!("/v2/pages/{ABOUT}");
    let publish = format!("/v2/sites/{SITE}/publish");
    let forbidden = |answer: Answer| assert_eq!((answer.status, &answer.body["code"]), (403, &json!("missing_scopes")));
    assert_eq!(reader.get(&list).await.status, 200);
    assert_eq!(reader.get("/v2/token/introspect").await.status, 200);
    forbidden(reader.get("/v2/sites").await);
    forbidden(reader.get(&format!("/v2/sites/{SITE}")).await);
    forbidden(reader.put(&page, json!({})).await);
    forbidden(reader.patch("/beta/pages", json!({"pages": [{"id": ABOUT}]})).await);
    forbidden(reader.post(&publish, json!({})).await);
    forbidden(writer.get(&page).await);
    assert_eq!(writer.put(&page, json!({})).await.status, 200);
    drop(server);
}

#[tokio::test]
async fn unknown_ids_and_routes_have_errors_of_their_own() {
    let (_server, client) = served(sample()).await;
    for path in ["/v2/sites/nowhere", "/v2/sites/nowhere/pages", "/v2/pages/nowhere"] {
        let answer = client.get(path).await;
        assert_eq!((answer.status, &answer.body["code"]), (404, &json!("resource_not_found")), "{path}");
    }
    for (method, path) in [("GET", "/v2/nowhere"), ("GET", "/"), ("DELETE", "/v2/sites"), ("GET", "/v3/sites")] {
        let answer = client.send(method, path, "").await;
        let body = json!({
            "msg": format!("Route not found: {method} {path}"),
            "code": 404,
            "name": "RouteNotFoundError",
            "errorEnum": "RouteNotFound",
        });
        assert_eq!((answer.status, answer.body), (404, body));
    }
}

#[tokio::test]
async fn every_answer_says_how_much_is_left() {
    let site = sample_with(|site| site["tokens"] = json!([{"token": "t", "rateLimit": 3}]));
    let (_server, client) = served(site).await;
    let mut seen = Vec::new();
    for path in ["/v2/sites", "/v2/pages/nowhere", "/nowhere", "/v2/sites"] {
        let answer = client.get(path).await;
        seen.push((answer.status, answer.limit, answer.remaining));
        match answer.status {
            // The trap of the documentation's own example.
            200 => assert_eq!(answer.retry_after, Some(60)),
            429 => assert!((1..=60).contains(&answer.retry_after.unwrap())),
            _ => assert_eq!(answer.retry_after, None),
        }
    }
    let limit = Some(3);
    assert_eq!(seen, [(200, limit, Some(2)), (404, limit, Some(1)), (404, limit, Some(0)), (429, limit, Some(0)),]);
}

#[tokio::test]
async fn a_faster_clock_makes_shorter_minutes() {
    let site = sample_with(|site| site["tokens"] = json!([{"token": "t", "rateLimit": 1}]));
    // A minute takes a millisecond, so each request falls into a minute of its own sooner or later.
    let options = Options { speed: 60_000.0, ..Options::default() };
    let server = Server::start(site, options).await.unwrap();
    let client = Client::new(server.url(), &server.site());
    for _ in 0..3 {
        while client.get("/v2/sites").await.status == 429 {}
    }
    let order = json!({"publishToWebflowSubdomain": true});
    for _ in 0..2 {
        while client.post(&format!("/v2/sites/{SITE}/publish"), order.clone()).await.status == 429 {}
    }
}

#[tokio::test]
async fn without_limits_nothing_is_counted() {
    let site = sample_with(|site| site["tokens"] = json!([{"token": "t", "rateLimit": 1}]));
    let options = Options { limit: false, ..Options::default() };
    let server = Server::start(site, options).await.unwrap();
    let client = Client::new(server.url(), &server.site());
    for _ in 0..5 {
        assert_eq!(client.get("/v2/sites").await.status, 200);
    }
    let answer = client.get("/v2/token/introspect").await;
    assert_eq!(answer.body["authorization"]["rateLimit"].as_u64(), answer.limit);
    assert!(answer.limit.unwrap() > 100_000);
}

#[tokio::test]
async fn requests_are_logged() {
    let (server, client) = served(sample()).await;
    client.get("/v2/sites?a=1").await;
    client.put(&format!("/v2/pages/{ABOUT}"), json!({"title": "T"})).await;
    let log = server.log();
    let LogEntry { number, method, path, query, status, body_digest, .. } = &log[0];
    assert_eq!((*number, method.as_str(), path.as_str(), query.as_str()), (1, "GET", "/v2/sites", "a=1"));
    assert_eq!((*status, body_digest), (Some(200), &None));
    assert_eq!(log[1].number, 2);
    assert_eq!(log[1].body_digest.as_ref().unwrap().len(), 64);
    server.clear_log();
    client.get("/v2/sites").await;
    assert_eq!(server.log().iter().map(|entry| entry.number).collect::<Vec<_>>(), [3]);
}

fn keep_in(file: std::path::PathBuf) -> Save {
    Save::new(move |text| std::fs::write(&file, text))
}

#[tokio::test]
async fn a_change_is_in_the_file_before_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.json");
    let options = Options { save: Some(keep_in(file.clone())), ..Options::default() };
    let server = Server::start(sample(), options).await.unwrap();
    let client = Client::new(server.url(), &server.site());
    client.get("/v2/sites").await;
    assert!(!file.exists());
    client.put(&format!("/v2/pages/{ABOUT}"), json!({"title": "T"})).await;
    let saved = Site::from_json(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(saved, server.site());
    assert_ne!(saved, sample());
    drop(folder);
    let answer = client.put(&format!("/v2/pages/{ABOUT}"), json!({"title": "U"})).await;
    assert_eq!((answer.status, &answer.body["code"]), (500, &json!("internal_error")));
}

#[tokio::test]
async fn a_stopped_server_is_gone() {
    let (server, client) = served(sample()).await;
    client.put(&format!("/v2/pages/{ABOUT}"), json!({"title": "T"})).await;
    let url = server.url().strip_prefix("http://").unwrap().to_owned();
    // A client that has begun to ask must not keep it alive.
    let mut idle = tokio::net::TcpStream::connect(&url).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut idle, b"GET /v2/si").await.unwrap();
    let site = server.stop().await;
    assert_eq!(site.page(ABOUT).unwrap().values[&slugline::sandbox::LocaleKey::Primary].title.as_deref(), Some("T"));
    assert!(tokio::net::TcpStream::connect(&url).await.is_err());
}

#[tokio::test]
async fn a_wrong_speed_is_refused() {
    for speed in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(Server::start(sample(), Options { speed, ..Options::default() }).await.is_err());
    }
}
