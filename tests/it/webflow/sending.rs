//! What goes over the wire when all is well.

use slugline::webflow::{BulkEntry, Namespace, Options, PublishRequest};

use super::scripted::{Server, answer, json, page};
use super::{TOKEN, client, options, update};

/// Returns the first line of each request.
fn lines(server: &Server) -> Vec<String> {
    server.requests().iter().map(|request| request.lines().next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_call_goes_to_its_endpoint() {
    let server = Server::start([
        json("200 OK", r#"{"authorization":{"rateLimit":120}}"#),
        json("200 OK", r#"{"sites":[]}"#),
        json("200 OK", r#"{"id":"s1"}"#),
        json("200 OK", r#"{"pages":[]}"#),
        json("200 OK", r#"{"pages":[]}"#),
        page(),
        page(),
        json("200 OK", r#"{"pages":[{"id":"p1"}]}"#),
        json("202 Accepted", r#"{"publishScope":"page"}"#),
    ]);
    let client = client(&server.url);
    let (reader, writer) = (client.reader(), client.writer());

    assert_eq!(reader.introspect().await.unwrap().authorization.rate_limit, Some(120));
    assert_eq!(reader.sites().await.unwrap(), []);
    assert_eq!(reader.site("s1").await.unwrap().id, "s1");
    assert_eq!(reader.list_pages("s1", None, 0).await.unwrap().pages, []);
    reader.list_pages("s1", Some("fr"), 100).await.unwrap();
    assert_eq!(reader.page("p1", None).await.unwrap().title.as_deref(), Some("Home"));
    writer.update_page("p1", Some("fr"), &update()).await.unwrap();
    let entry = BulkEntry { id: "p1".to_owned(), locale_id: None, update: update() };
    assert_eq!(writer.update_pages(&[entry]).await.unwrap().len(), 1);
    let request = PublishRequest { page_id: Some("p1".to_owned()), ..PublishRequest::default() };
    assert_eq!(writer.publish("s1", &request).await.unwrap().publish_scope.as_deref(), Some("page"));

    insta::assert_snapshot!(lines(&server).join("\n"), @r"
    GET /v2/token/introspect HTTP/1.1
    GET /v2/sites HTTP/1.1
    GET /v2/sites/s1 HTTP/1.1
    GET /v2/sites/s1/pages?limit=100&offset=0 HTTP/1.1
    GET /v2/sites/s1/pages?limit=100&offset=100&localeId=fr HTTP/1.1
    GET /v2/pages/p1 HTTP/1.1
    PUT /v2/pages/p1?localeId=fr HTTP/1.1
    PATCH /beta/pages HTTP/1.1
    POST /v2/sites/s1/publish HTTP/1.1
    ");
    assert_eq!(client.requests(), 9);
    assert_eq!(server.connections(), 1, "connections are used again");
}

#[tokio::test]
async fn a_write_carries_token_and_body() {
    let server = Server::start([page()]);
    client(&server.url).writer().update_page("p1", None, &update()).await.unwrap();
    let request = server.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, r#"{"seo":{"title":"New"}}"#);
    for header in [
        format!("authorization: Bearer {TOKEN}"),
        "accept: application/json".to_owned(),
        "content-type: application/json".to_owned(),
        format!("user-agent: slugline/{}", env!("CARGO_PKG_VERSION")),
        "accept-encoding: gzip".to_owned(),
    ] {
        assert!(head.lines().any(|line| line == header), "{header} is not in\n{head}");
    }
}

#[tokio::test]
async fn the_namespace_and_the_path_of_the_base_are_kept() {
    let server = Server::start([page()]);
    let base_url = format!("{}/proxy/", server.url).parse().unwrap();
    let options = Options { base_url, namespace: Namespace::Beta, ..options(&server.url) };
    slugline::webflow::Client::new(options).unwrap().reader().page("p1", Some("a&b=c")).await.unwrap();
    assert_eq!(lines(&server), ["GET /proxy/beta/pages/p1?localeId=a%26b%3Dc HTTP/1.1"]);
}

#[tokio::test]
async fn retry_after_on_a_success_means_nothing() {
    let headers = ["Retry-After: 60", "X-RateLimit-Limit: 60", "X-RateLimit-Remaining: 59"];
    let reply = || answer("200 OK", &headers, r#"{"id":"p1"}"#);
    let server = Server::start([reply(), reply()]);
    // With a minute so long that a wait would not go unnoticed on the busiest machine.
    let options = Options { minute: std::time::Duration::from_secs(3_600), ..options(&server.url) };
    let reader = slugline::webflow::Client::new(options).unwrap().reader();
    let start = std::time::Instant::now();
    reader.page("p1", None).await.unwrap();
    reader.page("p1", None).await.unwrap();
    assert!(start.elapsed().as_secs() < 50);
}
