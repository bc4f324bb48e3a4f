//! Answers that the API never describes, and what is said of them.

use std::time::Duration;

use slugline::webflow::{Client, Error, Options, WriteOutcome};

use super::scripted::{Reply, Server, answer, json, nowhere};
use super::{TOKEN, client, options, update};

/// Returns what a reader of `url` says of a page, and checks that no secret is in it.
async fn read(client: &Client) -> Error {
    let error = client.reader().page("p1", None).await.unwrap_err();
    assert_silent(&error);
    error
}

async fn write(client: &Client) -> Error {
    let error = client.writer().update_page("p1", None, &update()).await.unwrap_err();
    assert_silent(&error);
    error
}

fn assert_silent(error: &Error) {
    let shown = format!("{error} {error:?} {error:#?} {:?}", error.hint());
    for secret in [TOKEN, "s3cr3t", "t0ken"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn a_web_page_in_place_of_json() {
    let html = "<!doctype html>\n<title>\u{1b}[31mSign in\u{202e}</title>";
    let server = Server::start([answer("200 OK", &["Content-Type: text/html; charset=utf-8"], html)]);
    let client = client(&server.url);
    let error = read(&client).await;
    insta::assert_snapshot!(error, @"`GET /v2/pages/p1` answered 200 with `text/html; charset=utf-8` in place of JSON: <!doctype html> <title>[31mSign in</title>");
    assert!(error.is_unavailable());
    assert_eq!(client.requests(), 1, "a web page is not asked for twice");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start([]);
    let location = format!("Location: {}/?token={TOKEN}", elsewhere.url);
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let server = Server::start([answer(status, &[&location], ""), answer(status, &[&location], "")]);
        let error = read(&client(&server.url)).await;
        assert!(matches!(error, Error::Redirected { .. }), "{error}");
        assert!(error.to_string().contains("?token=***"), "{error}");
        assert_eq!(write(&client(&server.url)).await.outcome(), WriteOutcome::Unknown);
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn an_echo_of_the_token_is_not_repeated() {
    let escaped = TOKEN.replace('/', "\\/");
    for body in [
        format!(r#"{{"code":"{TOKEN}","message":"bad token {TOKEN}","details":["{escaped}",{{"token":"{TOKEN}"}}]}}"#),
        format!("<p>Bearer {TOKEN}</p>"),
        format!("{}{TOKEN}", "x".repeat(290)),
    ] {
        for status in
            ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "409 Conflict", "200 OK"]
        {
            let content_type = format!("Content-Type: text/{TOKEN}");
            let server = Server::start([answer(status, &[&content_type], &body)]);
            write(&client(&server.url)).await;
        }
    }
}

#[tokio::test]
async fn a_token_in_the_address_is_not_repeated() {
    let server = Server::start([json("404 Not Found", "{}")]);
    let reader = client(&server.url).reader();
    let error = reader.page("p1", Some(TOKEN)).await.unwrap_err();
    assert_silent(&error);
    assert!(error.to_string().starts_with("`GET /v2/pages/p1?localeId=***` answered 404"), "{error}");
    assert_silent(&reader.page(TOKEN, None).await.unwrap_err());
}

#[tokio::test]
async fn an_answer_of_another_shape() {
    let server = Server::start([json("200 OK", &format!(r#"{{"pages":"{TOKEN}"}}"#))]);
    let error = client(&server.url).reader().list_pages("s1", None, 0).await.unwrap_err();
    assert_silent(&error);
    insta::assert_snapshot!(error, @r#"`GET /v2/sites/s1/pages?limit=100&offset=0` answered 200 with JSON of another shape: invalid type: string "a text that is not valid or holds the API token", expected a map at line 1 column 59"#);
}

#[tokio::test]
async fn a_body_without_end_is_not_read_to_its_end() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99000000000\r\n\r\n";
    let body = [head.as_bytes(), &vec![b' '; 33_000_000]].concat();
    let server = Server::start([Reply::Cut(body)]);
    let client = client(&server.url);
    let error = read(&client).await;
    insta::assert_snapshot!(error, @"`GET /v2/pages/p1` answered with more than 32 MB");
    assert_eq!(client.requests(), 1);
}

#[tokio::test]
async fn a_large_failure_is_cut() {
    let server = Server::start([json("400 Bad Request", &"x".repeat(1_000_000))]);
    let error = read(&client(&server.url)).await;
    assert!(matches!(error, Error::Rejected(_)), "{error}");
    assert!(error.to_string().len() < 500);
}

#[tokio::test]
async fn nobody_listens() {
    let client = client(&nowhere());
    let error = write(&client).await;
    assert!(matches!(error, Error::Connect { .. }), "{error}");
    assert!(error.to_string().to_lowercase().contains("connection refused"), "{error}");
    assert_eq!((error.outcome(), error.is_unavailable()), (WriteOutcome::NotSent, true));
    assert_eq!(client.requests(), 4);
}

#[tokio::test]
async fn an_answer_that_never_comes() {
    let silent = || Server::start((0..4).map(|_| Reply::Silence));
    let options = |server: &Server| Options { request_timeout: Duration::from_millis(300), ..options(&server.url) };

    let server = silent();
    let error = write(&Client::new(options(&server)).unwrap()).await;
    insta::assert_snapshot!(error, @"`PUT /v2/pages/p1` had no answer within 0.3 s");
    assert_eq!((error.outcome(), server.requests().len()), (WriteOutcome::Unknown, 1));

    let server = silent();
    assert!(matches!(read(&Client::new(options(&server)).unwrap()).await, Error::Timeout { .. }));
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"id\"".to_vec();
    for cut in [Vec::new(), b"HTTP/1.1 20".to_vec(), head] {
        let server = Server::start([Reply::Cut(cut)]);
        let error = write(&client(&server.url)).await;
        assert!(matches!(error, Error::Interrupted { .. }), "{error}");
        assert_eq!((error.outcome(), server.requests().len()), (WriteOutcome::Unknown, 1), "a write is not repeated");
    }
}

#[tokio::test]
async fn what_is_no_id_is_not_sent() {
    let server = Server::start([]);
    let client = client(&server.url);
    for id in ["", "..", "../sites", "a/b", "a?b", "a#b", "ü", "a b"] {
        let error = client.writer().update_page(id, None, &update()).await.unwrap_err();
        assert_eq!((error.outcome(), error.status()), (WriteOutcome::NotSent, None));
    }
    assert_eq!((client.requests(), server.connections()), (0, 0));
}

#[tokio::test]
async fn a_compressed_answer_is_read() {
    // `{"id":"p1"}`, by gzip.
    let body = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 76, 81, 178, 82, 42, 48, 84, 170, 5, 0, 136, 58, 31, 216, 11, 0,
        0, 0,
    ];
    let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 31\r\n\r\n".as_slice();
    let server = Server::start([Reply::Bytes([head, &body].concat())]);
    assert_eq!(client(&server.url).reader().page("p1", None).await.unwrap().id, "p1");
}
