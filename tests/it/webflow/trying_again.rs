//! What is sent again, when, and what is not.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use slugline::webflow::{Client, Error, OnWait, Options, WaitReason, WriteOutcome};
use tokio::sync::Notify;

use super::scripted::{Reply, Server, answer, json, page};
use super::{client, options, update};

/// Without a header, the pause is a minute of the limit.
fn limited() -> Reply {
    json("429 Too Many Requests", r#"{"code":"too_many_requests","message":"Too Many Requests"}"#)
}

#[tokio::test]
async fn a_read_rides_out_a_burst_of_faults() {
    let cut = || Reply::Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec());
    let not_whole = || json("200 OK", r#"{"id":"p1","title":"#);
    for faults in [
        [json("500 Internal Server Error", "{}"), json("502 Bad Gateway", "<h1>"), json("503 Service Unavailable", "")],
        [Reply::Cut(Vec::new()), cut(), json("408 Request Timeout", "")],
        [not_whole(), cut(), not_whole()],
    ] {
        let server = Server::start(faults.into_iter().chain([page()]));
        let client = client(&server.url);
        assert_eq!(client.reader().page("p1", None).await.unwrap().id, "p1");
        assert_eq!((client.requests(), server.requests().len()), (4, 4));
    }
}

#[tokio::test]
async fn a_read_gives_up_after_four_tries() {
    let server = Server::start((0..9).map(|_| json("503 Service Unavailable", r#"{"message":"Down"}"#)));
    let error = client(&server.url).reader().page("p1", None).await.unwrap_err();
    assert_eq!(error.to_string(), "`GET /v2/pages/p1` answered 503 service unavailable: Down");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_write_is_not_repeated_after_a_fault() {
    for status in ["500 Internal Server Error", "502 Bad Gateway", "408 Request Timeout"] {
        let server = Server::start([json(status, "{}"), page()]);
        let error = client(&server.url).writer().update_page("p1", None, &update()).await.unwrap_err();
        assert_eq!((error.outcome(), server.requests().len()), (WriteOutcome::Unknown, 1));
    }
}

#[tokio::test]
async fn a_429_is_waited_out_by_reads_and_writes() {
    let server = Server::start([limited(), page(), limited(), limited(), page()]);
    let waits = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&waits);
    let on_wait = Arc::new(move |wait| heard.lock().unwrap().push(wait));
    let client = Client::new(Options { on_wait: Some(on_wait), ..options(&server.url) }).unwrap();

    let start = Instant::now();
    client.reader().page("p1", None).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(300), "a minute of this clock has passed");
    client.writer().update_page("p1", None, &update()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(900));

    assert_eq!(server.requests().len(), 5);
    let waits = waits.lock().unwrap();
    let rests: Vec<_> = waits.iter().filter(|wait| wait.reason == WaitReason::RateLimited).collect();
    assert_eq!(rests.len(), 3, "{waits:?}");
    assert!(rests.iter().all(|wait| wait.length <= Duration::from_millis(300)), "{waits:?}");
}

#[tokio::test]
async fn retry_after_is_in_real_seconds() {
    let server = Server::start([answer("429 Too Many Requests", &["Retry-After: 1"], ""), page()]);
    let start = Instant::now();
    client(&server.url).reader().page("p1", None).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
}

/// The server's clock decides what its date means, however wrong either clock is.
#[tokio::test]
async fn a_date_in_retry_after_is_the_servers() {
    let headers = ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: Sun, 06 Nov 1994 08:49:38 GMT"];
    let server = Server::start([answer("429 Too Many Requests", &headers, ""), page()]);
    let start = Instant::now();
    client(&server.url).reader().page("p1", None).await.unwrap();
    let waited = start.elapsed();
    assert!((Duration::from_secs(1)..Duration::from_secs(60)).contains(&waited), "{waited:?}");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_429_stops_all_tasks_at_once() {
    let server = Server::start([limited(), page(), page(), page()]);
    let rests = Arc::new(Notify::new());
    let heard = Arc::clone(&rests);
    let on_wait: OnWait = Arc::new(move |_| heard.notify_one());
    let options = Options { on_wait: Some(on_wait), ..options(&server.url) };
    let client = Client::new(options).unwrap();
    let (reader, writer, update) = (client.reader(), client.writer(), update());

    let start = Instant::now();
    let others = async {
        rests.notified().await;
        let write = || writer.update_page("p1", None, &update);
        let written = tokio::join!(write(), write());
        (written, start.elapsed())
    };
    let (read, ((first, second), waited)) = tokio::join!(reader.page("p1", None), others);
    assert!(read.is_ok() && first.is_ok() && second.is_ok());
    assert!(waited >= Duration::from_millis(300), "writes wait for the end of a read's rest");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn patience_with_429_ends() {
    let server = Server::start((0..20).map(|_| answer("429 Too Many Requests", &["Retry-After: 0"], "")));
    let error = client(&server.url).writer().update_page("p1", None, &update()).await.unwrap_err();
    assert_eq!(error.to_string(), "`PUT /v2/pages/p1` answered 429 too many requests; gave up after 10 tries");
    assert!(matches!(error, Error::RateLimited { tries: 10, .. }));
    assert_eq!((error.outcome(), server.requests().len()), (WriteOutcome::Refused, 10));
}

#[tokio::test]
async fn a_write_is_not_sent_after_its_deadline() {
    let server = Server::start([limited(), page()]);
    // With a minute so long that the rest would be noticed on the busiest machine.
    let client = Client::new(Options { minute: Duration::from_secs(600), ..options(&server.url) }).unwrap();
    let start = Instant::now();

    let late = client.writer().not_after(start).update_page("p1", None, &update()).await.unwrap_err();
    assert!(matches!(late, Error::Expired { .. }), "{late}");
    assert_eq!((late.outcome(), client.requests()), (WriteOutcome::NotSent, 0));

    let soon = client.writer().not_after(start + Duration::from_secs(100));
    let limited = soon.update_page("p1", None, &update()).await.unwrap_err();
    assert!(matches!(limited, Error::Expired { .. }), "{limited}");
    assert_eq!(client.requests(), 1);
    assert!(start.elapsed() < Duration::from_secs(90), "it does not wait for what cannot be");
}

#[tokio::test]
async fn a_spent_budget_is_waited_for() {
    let told = |remaining: u32| {
        answer("200 OK", &["X-RateLimit-Limit: 3", &format!("X-RateLimit-Remaining: {remaining}")], r#"{"id":"p1"}"#)
    };
    // Somebody else has used one of three.
    let server = Server::start([told(1), told(0), told(2), told(1)]);
    let client = client(&server.url);
    let reader = client.reader();
    let start = Instant::now();
    for _ in 0..2 {
        reader.page("p1", None).await.unwrap();
    }
    for _ in 0..2 {
        reader.page("p1", None).await.unwrap();
    }
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_request_that_is_dropped_gives_its_place_back() {
    let silence = (0..2).map(|_| Reply::Silence);
    let server = Server::start(silence.chain([page()]));
    let client = Client::new(Options { requests_per_minute: Some(2), ..options(&server.url) }).unwrap();
    let reader = client.reader();
    for _ in 0..2 {
        let seen = server.requests().len();
        tokio::select! {
            _ = reader.page("p1", None) => panic!("silence is no answer"),
            () = async { while server.requests().len() == seen { tokio::task::yield_now().await } } => {}
        }
    }
    assert_eq!(reader.page("p1", None).await.unwrap().id, "p1");
}
