//! Everything that can go wrong on request, and the side door that asks for it.

use std::time::Duration;

use serde_json::{Value, json};
use slugline::sandbox::{Action, Fault, Options, Server, Site, Switches, sample};

use super::client::Client;

const GALAXY: &str = "6596da6045e56dee495bcbba";
const ABOUT: &str = "6596da6045e56dee495bcb04";
const SITE: &str = "6258612d1ee792848f805dcf";
const FRENCH: &str = "653fd9af6a07fc9cfd7a5e56";

async fn served() -> (Server, Client) {
    let server = Server::start(sample(), Options::default()).await.expect("a free port");
    let client = Client::new(server.url(), &server.site());
    (server, client)
}

fn page(id: &str) -> String {
    format!("/v2/pages/{id}")
}

fn put(action: Action) -> Vec<Fault> {
    vec![Fault::new("PUT", "/v2/pages/*", action)]
}

fn title(server: &Server, id: &str) -> String {
    let site: Value = serde_json::from_str(&server.site().to_json()).expect("JSON");
    let pages = site["pages"].as_array().expect("pages");
    let page = pages.iter().find(|page| page["id"] == id).expect("a page");
    page["values"]["primary"]["title"].as_str().expect("a title").to_owned()
}

#[tokio::test]
async fn errors_come_in_place_of_the_write() {
    let (server, client) = served().await;
    for (action, status, code) in [
        (Action::TooManyRequests(Some(7)), 429, json!("too_many_requests")),
        (Action::TooManyRequestsBare, 429, json!("too_many_requests")),
        (Action::InternalError, 500, json!("internal_error")),
        (Action::BadGateway, 502, Value::Null),
        (Action::Unavailable, 503, json!("service_unavailable")),
        (Action::Forbidden, 403, json!("forbidden")),
    ] {
        server.set_faults(put(action.clone()));
        let answer = client.put(&page(ABOUT), json!({"title": "T"})).await;
        assert_eq!((answer.status, &answer.body["code"]), (status, &code));
        let is_bare = action == Action::TooManyRequestsBare;
        assert_eq!((answer.limit.is_none(), answer.remaining.is_none()), (is_bare, is_bare));
        assert_eq!(answer.retry_after, (action == Action::TooManyRequests(Some(7))).then_some(7));
    }
    assert_eq!(server.site(), sample());
    let statuses: Vec<Option<u16>> = server.log().iter().map(|entry| entry.status).collect();
    assert_eq!(statuses, [429, 429, 500, 502, 503, 403].map(Some));
}

#[tokio::test]
async fn faults_come_in_bursts_and_end() {
    let (server, client) = served().await;
    let burst = Fault { after: 1, times: 2, ..Fault::new("GET", "/v2/**", Action::Forbidden) };
    server.set_faults(vec![burst]);
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(client.get("/v2/sites").await.status);
    }
    assert_eq!(statuses, [200, 403, 403, 200, 200]);
}

#[tokio::test]
async fn resets_break_the_connection_before_after_and_in_the_middle() {
    let (server, client) = served().await;
    for (action, status, expected) in [
        (Action::ResetBefore, None, "About us"),
        (Action::ResetAfter, None, "after"),
        (Action::ResetMiddle, Some(200), "middle"),
    ] {
        server.set_faults(put(action.clone()));
        let body = json!({"title": expected}).to_string();
        let result = client.try_send("PUT", &page(ABOUT), &body).await;
        assert!(result.is_err(), "{action:?}");
        assert_eq!(title(&server, ABOUT), expected);
        assert_eq!(server.log().last().unwrap().status, status);
    }
    assert_eq!(server.log().len(), 3, "nobody has tried again unasked");
    assert_eq!(client.get("/v2/sites").await.status, 200);
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let (server, _client) = served().await;
    server.set_faults(vec![Fault::new("GET", "/**", Action::ResetAfter)]);
    let address = server.url().strip_prefix("http://").unwrap().to_owned();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = b"GET /v2/sites HTTP/1.1\r\nhost: sandbox\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut stream, request).await.unwrap();
    let mut bytes = Vec::new();
    let error = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut bytes).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert!(bytes.is_empty());
}

#[tokio::test]
async fn answers_can_be_garbled() {
    let (server, client) = served().await;
    server.set_faults(put(Action::Truncate));
    let answer = client.put(&page(ABOUT), json!({"title": "half"})).await;
    assert_eq!((answer.status, &answer.body), (200, &Value::Null));
    assert!(answer.text.starts_with("{\"id\""));
    assert_eq!(title(&server, ABOUT), "half");
    server.set_faults(put(Action::NotJson));
    let answer = client.put(&page(ABOUT), json!({"title": "html"})).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text.starts_with("<html>"));
    assert_eq!(title(&server, ABOUT), "html");
}

/// Waits for what must come, however slow the machine is.
async fn until(mut condition: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(tokio::time::Instant::now() < deadline, "it never came");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn an_answer_that_never_comes_ends_with_the_server() {
    let (server, client) = served().await;
    server.set_faults(put(Action::HangAfter));
    let asking = tokio::spawn(async move {
        let body = json!({"title": "hang"}).to_string();
        client.try_send("PUT", &page(ABOUT), &body).await
    });
    until(|| server.log().len() == 1 && title(&server, ABOUT) == "hang").await;
    assert!(!asking.is_finished());
    assert_eq!(server.log()[0].status, None);
    server.stop().await;
    assert!(asking.await.unwrap().is_err());
}

#[tokio::test]
async fn a_dropped_server_ends_too() {
    let (server, client) = served().await;
    let long = Fault::new("GET", "/**", Action::Delay(3_600_000));
    server.set_faults(vec![long]);
    let asking = tokio::spawn(async move { client.try_send("GET", "/v2/sites", "").await });
    until(|| server.log().len() == 1).await;
    drop(server);
    // It may be answered in a hurry or be cut off, but it must end.
    let _ = asking.await.unwrap();
}

#[tokio::test]
async fn answers_can_be_late() {
    let (server, client) = served().await;
    server.set_faults(put(Action::Delay(30)));
    client.put(&page(ABOUT), json!({"title": "late"})).await;
    assert!(server.log()[0].milliseconds >= 30);
}

#[tokio::test]
async fn someone_else_edits_between_two_requests() {
    let (server, client) = served().await;
    let edit = |entry: Value| serde_json::from_value::<Action>(json!({ "edit": entry })).unwrap();
    let french = json!({"id": GALAXY, "localeId": FRENCH, "seo": {"title": "Autre"}});
    server.set_faults(vec![
        Fault::new("GET", "/v2/pages/*", edit(json!({"title": "Other"}))),
        Fault { after: 1, ..Fault::new("GET", "/v2/pages/*", edit(french)) },
    ]);
    assert_eq!(client.get(&page(ABOUT)).await.body["title"], "Other");
    let answer = client.get(&format!("{}?localeId={FRENCH}", page(GALAXY))).await;
    assert_eq!(answer.body["seo"]["title"], "Autre");
    assert_eq!(title(&server, ABOUT), "Other");
}

#[tokio::test]
async fn a_page_is_deleted_in_the_middle() {
    let (server, client) = served().await;
    server.set_faults(put(Action::DeletePage(None)));
    assert_eq!(client.put(&page(ABOUT), json!({"title": "T"})).await.status, 404);
    assert!(server.site().page(ABOUT).is_none());
}

#[tokio::test]
async fn lists_shift_while_they_are_read() {
    let (server, client) = served().await;
    let list = |offset: usize| format!("/v2/sites/{SITE}/pages?limit=4&offset={offset}");
    let ids = |body: &Value| -> Vec<String> {
        let pages = body["pages"].as_array().unwrap();
        pages.iter().map(|page| page["id"].as_str().unwrap().to_owned()).collect()
    };
    let whole = ids(&client.get(&format!("/v2/sites/{SITE}/pages")).await.body);
    let shift = |action| Fault { after: 1, ..Fault::new("GET", "/v2/sites/*/pages", action) };

    server.set_faults(vec![shift(Action::AddPage)]);
    let first = client.get(&list(0)).await.body;
    let second = client.get(&list(4)).await.body;
    assert_eq!((&first["pagination"]["total"], &second["pagination"]["total"]), (&json!(7), &json!(8)));
    assert_eq!(ids(&second)[0], whole[3], "one is there twice");

    server.set_faults(vec![shift(Action::DeletePage(Some(whole[0].clone())))]);
    let first = ids(&client.get(&list(0)).await.body);
    let second = ids(&client.get(&list(4)).await.body);
    assert!(!first.contains(&whole[3]) && !second.contains(&whole[3]), "one is missed");
}

#[tokio::test]
async fn lists_and_single_reads_disagree_for_a_while() {
    let (server, client) = served().await;
    let list = format!("/v2/sites/{SITE}/pages");
    server.set_faults(vec![Fault { times: 2, ..Fault::new("GET", "/v2/sites/*/pages", Action::Stale) }]);
    client.put(&page(ABOUT), json!({"title": "New"})).await;
    let mut titles = Vec::new();
    for _ in 0..3 {
        titles.push(client.get(&list).await.body["pages"][4]["title"].clone());
    }
    assert_eq!(titles, ["About us", "About us", "New"]);
    assert_eq!(client.get(&page(ABOUT)).await.body["title"], "New");
}

#[tokio::test]
async fn a_storm_passes() {
    let (server, client) = served().await;
    server.set_faults(Fault::storm(11, 40));
    let mut failed = 0;
    for _ in 0..60 {
        match client.try_send("GET", "/v2/sites", "").await {
            Ok(answer) if answer.status == 200 && answer.body.is_object() => {}
            Ok(_) | Err(_) => failed += 1,
        }
    }
    assert!((3..40).contains(&failed), "{failed}");
    let statuses: Vec<Option<u16>> = server.log().iter().map(|entry| entry.status).collect();
    assert!(statuses.contains(&None) && statuses[statuses.len() - 10..].iter().all(|status| *status == Some(200)));
}

#[tokio::test]
async fn the_side_door_shows_and_sets_the_state() {
    let (server, client) = served().await;
    let anonymous = client.with_token(None);
    let state = anonymous.get("/_sandbox/state").await;
    assert_eq!(Site::from_json(&state.text).unwrap(), sample());
    client.put(&page(ABOUT), json!({"title": "T"})).await;
    assert_ne!(anonymous.get("/_sandbox/state").await.text, state.text);
    let answer = anonymous.send("PUT", "/_sandbox/state", &state.text).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    assert_eq!(server.site(), sample());
    let answer = anonymous.put("/_sandbox/state", json!({"site": {"id": "a"}, "page": []})).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body["error"].as_str().unwrap().contains("unknown field `page`"), "{answer:?}");
    assert_eq!(server.log().len(), 1, "the door is not logged");
}

#[tokio::test]
async fn the_side_door_shows_and_clears_the_log() {
    let (server, client) = served().await;
    client.put(&page(ABOUT), json!({"title": "T"})).await;
    let log = client.get("/_sandbox/log").await.body;
    let milliseconds = log[0]["milliseconds"].clone();
    let digest = log[0]["bodyDigest"].clone();
    let entry = json!({
        "number": 1,
        "method": "PUT",
        "path": page(ABOUT),
        "query": "",
        "status": 200,
        "milliseconds": milliseconds,
        "bodyDigest": digest,
    });
    assert_eq!(log, json!([entry]));
    assert_eq!(client.send("DELETE", "/_sandbox/log", "").await.status, 204);
    assert!(server.log().is_empty());
}

#[tokio::test]
async fn the_side_door_sets_switches_and_faults() {
    let (server, client) = served().await;
    let switches = json!({"clear": "400", "bulk": "everyGood"});
    assert_eq!(client.put("/_sandbox/switches", switches).await.status, 204);
    let answer = client.put(&page(ABOUT), json!({"title": ""})).await;
    assert_eq!((answer.status, &answer.body["code"]), (400, &json!("validation_error")));
    let entries = json!({"pages": [{"id": "nowhere"}, {"id": ABOUT, "title": "T"}]});
    let answer = client.patch("/beta/pages", entries.clone()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["pages"].as_array().unwrap().len(), 1);
    assert_eq!(answer.body["pages"][0]["id"], ABOUT);
    server.set_switches(Switches::default());
    assert_eq!(client.patch("/beta/pages", entries).await.status, 404);

    let script = json!([
        {"match": {"method": "GET", "path": "/v2/sites"}, "after": 0, "times": 1, "do": "503"},
        {"do": "delay:1"},
        {"match": {"path": "/v2/pages/*"}, "do": {"edit": {"title": "Edited"}}},
    ]);
    assert_eq!(client.put("/_sandbox/faults", script).await.status, 204);
    assert_eq!(client.get("/v2/sites").await.status, 503);
    assert_eq!(client.get(&page(ABOUT)).await.body["title"], "Edited");
    let storm = json!({"seed": 1, "requests": 5});
    assert_eq!(client.put("/_sandbox/faults", storm).await.status, 204);
    assert_eq!(client.put("/_sandbox/faults", json!([])).await.status, 204);

    for (path, body) in [
        ("/_sandbox/switches", json!({"clear": "sometimes"})),
        ("/_sandbox/switches", json!({"unknown": 1})),
        ("/_sandbox/faults", json!([{"do": "nothing"}])),
        ("/_sandbox/faults", json!([{"match": {"where": 1}, "do": "500"}])),
        ("/_sandbox/faults", json!({"seed": 1})),
    ] {
        let answer = client.put(path, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.body["error"].is_string());
    }
    assert_eq!(client.get("/_sandbox/nowhere").await.status, 404);
}
