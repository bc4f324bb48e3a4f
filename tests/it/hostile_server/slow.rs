//! Answers that take their time, and headers that ask for some. The client is used by itself here, with a short timeout
//! and a short minute.

use std::time::{Duration, Instant};

use slugline::webflow::{Client, Error, Options, Reader, Token, WriteOutcome};

use super::program::TOKEN;
use super::server::{Reply, Server};
use super::site::response;

const TIMEOUT: Duration = Duration::from_millis(300);

fn client(server: &Server) -> Client {
    let options = Options {
        base_url: server.url().parse().unwrap(),
        request_timeout: TIMEOUT,
        minute: Duration::from_millis(300),
        ..Options::new(Token::new(TOKEN.to_owned()).unwrap())
    };
    Client::new(options).unwrap()
}

async fn read(reader: &Reader) -> Result<(), Error> {
    reader.page("p1", None).await.map(drop)
}

/// The deadline is one of the whole request, however often a byte comes.
#[tokio::test]
async fn an_answer_in_drops_is_given_up_in_time() {
    for head in
        ["", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", "HTTP/1.1 500 x\r\n\r\n"]
    {
        let server = Server::start(move |_| Reply::Drip(head.into()));
        let start = Instant::now();
        let error = client(&server).writer().update_page("p1", None, &Default::default()).await.unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(20), "{head:?}: {:?}", start.elapsed());
        assert_eq!(error.outcome(), WriteOutcome::Unknown, "{head:?}: {error}");
        let error = read(&client(&server).reader()).await.unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(20), "{head:?}: {:?}", start.elapsed());
        assert!(error.is_unavailable(), "{head:?}: {error}");
        assert_eq!(server.requests().len(), 5, "{head:?}");
    }
}

/// Without a header that can be used, the pause is a minute of this clock, 0.3 s.
#[tokio::test]
async fn a_pause_that_is_no_number_is_a_minute() {
    for value in
        ["-1", "NaN", "inf", "1e999", "99999999999999999999", "soon", "", "\u{fc}", "Sun, 06 Nov 1994 08:49:37 GMT"]
    {
        let bytes = response("429 x", &format!("Retry-After: {value}\r\nDate: x\r\n"), "");
        let server = Server::start(move |_| Reply::Send(bytes.clone()));
        let start = Instant::now();
        let error = read(&client(&server).reader()).await.unwrap_err();
        assert!(matches!(error, Error::RateLimited { tries: 10, .. }), "{value}: {error}");
        assert!(start.elapsed() < Duration::from_secs(20), "{value}: {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn no_pause_at_all_is_a_growing_one() {
    let bytes = response("429 x", "Retry-After: 0\r\n", "");
    let server = Server::start(move |_| Reply::Send(bytes.clone()));
    let start = Instant::now();
    read(&client(&server).reader()).await.unwrap_err();
    // Half a second of this clock is 2.5 ms; with a minute at most: 2.5 · (1 + 2 + 4 + … + 64) + 2 · 300 ms.
    assert!(start.elapsed() >= Duration::from_millis(900), "{:?}", start.elapsed());
    assert_eq!(server.requests().len(), 10);
}

#[tokio::test]
async fn a_limit_that_none_can_be_is_ignored() {
    for value in ["0", "-1", "18446744073709551615", "4294967295", "1e9", "NaN", "", "60, 60"] {
        let headers = format!("X-RateLimit-Limit: {value}\r\nX-RateLimit-Remaining: {value}\r\n");
        let bytes = response("200 OK", &headers, r#"{"id":"p1"}"#);
        let server = Server::start(move |_| Reply::Send(bytes.clone()));
        let (client, start) = (client(&server), Instant::now());
        let reader = client.reader();
        for _ in 0..5 {
            read(&reader).await.unwrap();
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{value}: {:?}", start.elapsed());
    }
}
