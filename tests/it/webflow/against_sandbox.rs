//! The client against the simulated Webflow, which shares no type with it.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use slugline::sandbox::{self, Server, Shape};
use slugline::webflow::{
    BulkEntry, Client, Error, Options, PAGES_PER_LIST, PageUpdate, PublishRequest, Token, WriteOutcome,
};

/// A minute of the sandbox takes a second.
const SPEED: f64 = 60.0;

async fn start(site: sandbox::Site) -> Server {
    let options = sandbox::Options { speed: SPEED, ..sandbox::Options::default() };
    Server::start(site, options).await.unwrap()
}

fn connect(server: &Server, token: &str) -> Client {
    let token = Token::new(token.to_owned()).unwrap();
    let minute = Duration::from_secs_f64(60.0 / SPEED);
    let base_url = server.url().parse().unwrap();
    Client::new(Options { base_url, minute, ..Options::new(token) }).unwrap()
}

fn client(server: &Server) -> Client {
    connect(server, server.site().token())
}

fn limited(server: &Server) -> usize {
    server.log().iter().filter(|entry| entry.status == Some(429)).count()
}

fn update(body: Value) -> PageUpdate {
    serde_json::from_value(body).unwrap()
}

fn seo_title(title: &str) -> PageUpdate {
    update(json!({"seo": {"title": title}}))
}

/// Sends that many reads, some at a time.
async fn send(client: &Client, page: &str, count: usize) {
    let reader = client.reader();
    let requests = stream::iter(0..count).map(|_| reader.page(page, None)).buffer_unordered(8);
    requests.for_each(async |answer| drop(answer.unwrap())).await;
}

#[tokio::test]
async fn reads_agree_with_each_other() {
    let server = start(sandbox::sample()).await;
    let reader = client(&server).reader();
    let authorization = reader.introspect().await.unwrap().authorization;
    assert_eq!(authorization.rate_limit, Some(120));
    assert!(authorization.scopes.iter().any(|scope| scope == "pages:write"));

    let site = reader.site(&authorization.authorized_to.site_ids[0]).await.unwrap();
    assert_eq!(reader.sites().await.unwrap(), std::slice::from_ref(&site));
    let locales = site.locales.unwrap();
    assert_eq!(locales.secondary.len(), 2);
    for locale in [None, Some(locales.secondary[0].id.as_str())] {
        let list = reader.list_pages(&site.id, locale, 0).await.unwrap();
        assert_eq!(list.pages.len(), usize::try_from(list.pagination.unwrap().total).unwrap());
        for page in &list.pages {
            assert_eq!(page.unreadable, [""; 0]);
            assert_eq!(reader.page(&page.id, locale).await.unwrap(), *page);
        }
    }
}

#[tokio::test]
async fn a_large_list_comes_in_parts() {
    let server = start(sandbox::generate(Shape { pages: 250, locales: 2, seed: 1 })).await;
    let reader = client(&server).reader();
    let mut ids = std::collections::BTreeSet::new();
    for offset in (0..250).step_by(usize::try_from(PAGES_PER_LIST).unwrap()) {
        let list = reader.list_pages(server.site().id(), None, offset).await.unwrap();
        assert_eq!(list.pagination.unwrap().total, 250);
        ids.extend(list.pages.into_iter().map(|page| page.id));
    }
    assert_eq!(ids.len(), 250);
}

#[tokio::test]
async fn a_folder_is_no_listed_page_but_can_be_read() {
    let server = start(sandbox::sample()).await;
    let folder = server.site().folders[0].id.clone();
    let reader = client(&server).reader();
    let list = reader.list_pages(server.site().id(), None, 0).await.unwrap();
    assert!(list.pages.iter().all(|page| page.id != folder));
    assert_eq!(reader.page(&folder, None).await.unwrap().slug.as_deref(), Some("guide"));
}

#[tokio::test]
async fn an_update_is_what_is_read_afterwards() {
    let server = start(sandbox::sample()).await;
    let client = client(&server);
    let site = client.reader().site(server.site().id()).await.unwrap();
    let french = site.locales.unwrap().secondary[0].id.clone();
    let page = "6596da6045e56dee495bcbba";
    let text = |text: &str| Some(text.to_owned());
    let update = update(json!({
        "title": "Le guide",
        "seo": {"title": "Le guide ultime"},
        "openGraph": {"title": "Explorez « tout »", "titleCopied": false},
    }));
    let updated = client.writer().update_page(page, Some(&french), &update).await.unwrap();
    assert_eq!(updated.title, text("Le guide"));
    assert_eq!(updated.seo.as_ref().unwrap().title, text("Le guide ultime"));
    assert_eq!(updated.open_graph.as_ref().unwrap().title, text("Explorez « tout »"));
    assert_eq!(client.reader().page(page, Some(&french)).await.unwrap(), updated);
    assert_ne!(client.reader().page(page, None).await.unwrap().title, updated.title);
}

#[tokio::test]
async fn bulk_updates_and_publishing_work() {
    let server = start(sandbox::sample()).await;
    let client = client(&server);
    let site = client.reader().site(server.site().id()).await.unwrap();
    let locale_id = site.locales.unwrap().secondary[0].id.clone();
    let page = "6596da6045e56dee495bcbba".to_owned();
    let entries = [
        BulkEntry { id: page.clone(), locale_id: None, update: seo_title("A") },
        BulkEntry { id: page.clone(), locale_id: Some(locale_id), update: seo_title("B") },
    ];
    let updated = client.writer().update_pages(&entries).await.unwrap();
    let mut titles: Vec<_> = updated.into_iter().filter_map(|page| page.seo?.title).collect();
    titles.sort();
    assert_eq!(titles, ["A", "B"]);

    let request =
        PublishRequest { publish_to_webflow_subdomain: true, page_id: Some(page), ..PublishRequest::default() };
    let published = client.writer().publish(server.site().id(), &request).await.unwrap();
    assert_eq!(published.publish_scope.as_deref(), Some("page"));
    // One a minute: the second one waits for its turn.
    client.writer().publish(server.site().id(), &request).await.unwrap();
    assert_eq!(limited(&server), 1);
}

#[tokio::test]
async fn refusals_say_why_and_what_to_do() {
    let mut site = sandbox::sample();
    site.tokens[0].scopes = vec!["sites:read".to_owned(), "pages:read".to_owned()];
    let server = start(site).await;
    let client = client(&server);
    let none = "000000000000000000000000";
    let errors = [
        connect(&server, "wrong").reader().sites().await.unwrap_err(),
        client.reader().site(none).await.unwrap_err(),
        client.reader().page(none, None).await.unwrap_err(),
        client.writer().update_page(none, None, &seo_title("A")).await.unwrap_err(),
    ];
    assert!(errors[0].is_authorization() && errors[3].is_authorization());
    assert_eq!(errors[3].outcome(), WriteOutcome::Refused);
    let shown = errors.map(|error| format!("{error}\nhint: {}", error.hint().unwrap()));
    insta::assert_snapshot!(shown.join("\n"), @"
    `GET /v2/sites` answered 401 unauthorized: Request not authorized
    hint: the token is wrong, revoked, or of another site; a site token expires after a year without use
    `GET /v2/sites/000000000000000000000000` answered 404 not found: Requested resource not found: The site cannot be found
    hint: check the site id, and that the token is a token of that site
    `GET /v2/pages/000000000000000000000000` answered 404 not found: Requested resource not found: The page cannot be found
    hint: the page may be deleted, or the token is one of another site
    `PUT /v2/pages/000000000000000000000000` answered 403 forbidden: Provided access token is valid, but is missing the required scopes (pages:write)
    hint: this request needs a token with the scope `pages:write`; scopes are chosen when a token is made, in the site's settings under Apps & integrations
    ");
}

#[tokio::test]
async fn a_wrong_address_is_told_from_a_missing_page() {
    let server = start(sandbox::sample()).await;
    let options = Options {
        base_url: format!("{}/api", server.url()).parse().unwrap(),
        ..Options::new(Token::new(server.site().token().to_owned()).unwrap())
    };
    let error = Client::new(options).unwrap().reader().sites().await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error}");
    assert!(error.hint().unwrap().contains("API address"));
}

#[tokio::test]
async fn a_long_run_uses_the_limit_and_provokes_no_429() {
    let server = start(sandbox::sample()).await;
    let client = client(&server);
    let start = Instant::now();
    send(&client, "6596da6045e56dee495bcbba", 420).await;
    // The first 120 at once, then three minutes for the rest, which are seconds here. That it is no slower is tested
    // without a clock.
    let elapsed = start.elapsed().as_secs_f64();
    assert_eq!((limited(&server), client.requests()), (0, 420));
    assert!(elapsed >= 3.0, "{elapsed} s");
}

#[tokio::test]
async fn a_second_process_leaves_alone_what_the_first_has_used() {
    let server = start(sandbox::sample()).await;
    let page = "6596da6045e56dee495bcbba";
    send(&client(&server), page, 100).await;
    send(&client(&server), page, 60).await;
    assert_eq!(limited(&server), 0);
}

#[tokio::test]
async fn the_cap_of_the_user_holds() {
    let server = start(sandbox::sample()).await;
    let options = Options {
        base_url: server.url().parse().unwrap(),
        minute: Duration::from_secs(1),
        requests_per_minute: Some(10),
        ..Options::new(Token::new(server.site().token().to_owned()).unwrap())
    };
    let client = Client::new(options).unwrap();
    let start = Instant::now();
    send(&client, "6596da6045e56dee495bcbba", 25).await;
    assert!(start.elapsed().as_secs_f64() >= 2.0);
}
