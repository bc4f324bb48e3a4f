//! Answers that are no HTTP, or HTTP that contradicts itself.

use super::program::Project;
use super::server::{Reply, Server};
use super::site::{Site, ok, response, site};
use super::{Case, LIST, attacking, case, each, run_all};

const JSON: &str = "Content-Type: application/json\r\n";
const LIST_BODY: &str = r#"{"pages":[],"pagination":{"limit":100,"offset":0,"total":0}}"#;

#[test]
fn bytes_that_are_no_http_are_an_error() {
    let raw = |name: &str, bytes: &'static [u8]| {
        case(name, 5, "GET /v2/sites/s1/pages", move |_| Reply::Close(bytes.to_vec()))
    };
    run_all(
        "GET",
        LIST,
        "plan",
        vec![
            raw("nothing", b""),
            raw("garbage", b"\0\x01\x02\xff GARBAGE \x1b[31m\r\n\r\n"),
            raw("HTTP/0.9", LIST_BODY.as_bytes()),
            raw("HTTP/9.9", b"HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
            raw("a status of letters", b"HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\n{}"),
            raw("a status of 99", b"HTTP/1.1 99 Low\r\nContent-Length: 2\r\n\r\n{}"),
            raw("a negative status", b"HTTP/1.1 -200 OK\r\nContent-Length: 2\r\n\r\n{}"),
            raw("a status of 99999", b"HTTP/1.1 99999 High\r\nContent-Length: 2\r\n\r\n{}"),
            raw("a header without colon", b"HTTP/1.1 200 OK\r\nbroken\r\nContent-Length: 2\r\n\r\n{}"),
            raw("a header with NUL", b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\n{}"),
            raw("the end in the head", b"HTTP/1.1 200 OK\r\nContent-Type: appl"),
        ],
    );
}

#[test]
fn lengths_that_are_wrong_are_an_error() {
    let with = |name: &str, headers: &'static str, body: &'static str| {
        let bytes = format!("HTTP/1.1 200 OK\r\n{JSON}{headers}\r\n{body}");
        case(name, 5, "GET /v2/sites/s1/pages", move |_| Reply::Close(bytes.clone().into_bytes()))
    };
    run_all(
        "GET",
        LIST,
        "plan",
        vec![
            with("a length too large", "Content-Length: 1000\r\n", LIST_BODY),
            with("a length too small", "Content-Length: 5\r\n", LIST_BODY),
            with("a length of zero", "Content-Length: 0\r\n", LIST_BODY),
            with("two lengths", "Content-Length: 5\r\nContent-Length: 60\r\n", LIST_BODY),
            with("a negative length", "Content-Length: -1\r\n", LIST_BODY),
            with("a length out of range", "Content-Length: 99999999999999999999999\r\n", LIST_BODY),
            with("a chunk too large", "Transfer-Encoding: chunked\r\n", "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
            with("a chunk too short", "Transfer-Encoding: chunked\r\n", "ff\r\n{}\r\n0\r\n\r\n"),
            with("a chunk too long", "Transfer-Encoding: chunked\r\n", "1\r\n{}\r\n0\r\n\r\n"),
            with("a negative chunk", "Transfer-Encoding: chunked\r\n", "-2\r\n{}\r\n0\r\n\r\n"),
            with("no last chunk", "Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n"),
            with("chunks that are none", "Transfer-Encoding: chunked\r\n", LIST_BODY),
        ],
    );
}

#[test]
fn answers_without_end_are_cut() {
    let head = format!("HTTP/1.1 200 OK\r\n{JSON}");
    let endless = |name: &str, head: String, says: &'static str, chunk: &str| {
        let chunk = chunk.repeat(65_536 / chunk.len()).into_bytes();
        // As much as it takes to exceed the largest body; heads have less room, and time is their only bound else.
        let most = if says.starts_with("more") { 40_000_000 } else { 2_000_000 };
        case(name, 5, says, move |_| Reply::Endless(head.clone().into_bytes(), chunk.clone(), most))
    };
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(4096));
    run_all(
        "GET",
        LIST,
        "plan",
        vec![
            endless("a body", format!("{head}\r\n"), "more than 32 MB", " "),
            endless("a string", format!("{head}\r\n{{\"a\":\""), "more than 32 MB", "a"),
            endless("an array", format!("{head}\r\n["), "more than 32 MB", "0,"),
            endless("chunks", format!("{head}Transfer-Encoding: chunked\r\n\r\n"), "more than 32 MB", &chunk),
            endless("a status line", "HTTP/1.1 200 ".to_owned(), "GET /v2/sites/s1/pages", "a"),
            endless("a header", format!("{head}X: "), "GET /v2/sites/s1/pages", "a"),
            endless("headers", head.clone(), "GET /v2/sites/s1/pages", "X: a\r\n"),
            endless("provisional answers", String::new(), "GET /v2/sites/s1/pages", "HTTP/1.1 100 Continue\r\n\r\n"),
            endless("early hints", String::new(), "GET /v2/sites/s1/pages", "HTTP/1.1 103 Early Hints\r\n\r\n"),
        ],
    );
}

#[test]
fn compression_hides_no_size() {
    let gzip = format!("{JSON}Content-Encoding: gzip\r\n");
    let answer = |name: &str, says: &'static str, body: Vec<u8>| {
        let bytes = response("200 OK", &gzip, body);
        case(name, 5, says, move |_| Reply::Close(bytes.clone()))
    };
    let bomb = bomb(200_000_000);
    assert!(bomb.len() < 1_300_000);
    run_all(
        "GET",
        LIST,
        "plan",
        vec![
            answer("a bomb", "more than 32 MB", bomb.clone()),
            answer("a bomb that is cut", "interrupted", bomb[..100_000].to_vec()),
            answer("no gzip at all", "interrupted", LIST_BODY.into()),
            answer("nothing", "GET /v2/sites/s1/pages", Vec::new()),
        ],
    );
}

/// Returns the gzip of so many spaces: one, and then copies of it, 258 in 13 bits.
fn bomb(length: usize) -> Vec<u8> {
    let mut bits = Vec::new();
    // The last block, with fixed codes; numbers begin with their lowest bit, codes with their highest.
    bits.extend([true, true, false]);
    let code = |bits: &mut Vec<bool>, code: u32, length: u32| {
        bits.extend((0..length).rev().map(|bit| code >> bit & 1 == 1));
    };
    code(&mut bits, 0x30 + u32::from(b' '), 8);
    for _ in 0..length / 258 {
        code(&mut bits, 0b1100_0101, 8);
        code(&mut bits, 0, 5);
    }
    let bytes = bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit)));
    [31, 139, 8, 0, 0, 0, 0, 0, 0, 255].into_iter().chain(bytes).collect()
}

#[test]
fn a_connection_that_is_reset_is_an_error() {
    let bytes = format!("HTTP/1.1 200 OK\r\n{JSON}Content-Length: 1000\r\n\r\n{{\"pages\":[");
    run_all(
        "GET",
        LIST,
        "plan",
        vec![case("a reset", 5, "GET /v2/sites/s1/pages", move |_| Reply::Reset(bytes.clone().into_bytes()))],
    );
}

#[test]
fn a_server_without_tls_gets_no_request() {
    let server = Server::start(|_| Reply::Close(b"HTTP/1.1 200 OK\r\n\r\n{}".to_vec()));
    let ran = Project::new().run(&format!("https://{}", server.address()), "plan");
    ran.ends("plain HTTP", 5, "was not sent");
    assert_eq!(server.heads().concat(), "");
}

#[test]
fn redirects_carry_the_token_nowhere() {
    let elsewhere = Server::start(|_| ok("{}"));
    let address = elsewhere.address();
    let mut cases: Vec<Case> = Vec::new();
    for status in [
        "300 Multiple Choices",
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "304 Not Modified",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
        "399 Odd",
    ] {
        for location in [
            format!("http://{address}/v2"),
            format!("https://{address}/v2"),
            format!("//{address}/v2"),
            format!("http://s1@{address}"),
            "\x1b[31m".to_owned(),
            "/v2/sites/s1/pages".to_owned(),
            String::new(),
        ] {
            let bytes =
                response(status, &format!("{JSON}Location: {location}\r\nRefresh: 0; url=http://{address}\r\n"), "");
            let says = if location.starts_with('\x1b') { "GET /v2/sites/s1" } else { "a redirect to" };
            cases.push(case(format!("{status} {location:?}"), 5, says, move |_| Reply::Close(bytes.clone())));
        }
    }
    run_all("GET", "/v2/sites/s1", "plan", cases);
    let moved = response("307 Temporary Redirect", &format!("Location: http://{address}/v2/pages/p1\r\n"), "");
    let says = "a redirect to";
    run_all("PUT", "/v2/pages/p1", "apply --yes", vec![case("a write", 6, says, move |_| Reply::Close(moved.clone()))]);
    assert_eq!((elsewhere.connections(), elsewhere.requests()), (0, Vec::new()));
}

/// A second answer on a connection, which waits for the next request. It must not pass for the answer to that.
#[test]
fn an_answer_that_nothing_asked_for_is_not_used() {
    let wrong = site().to_string().replace("\"s1\"", "\"s2\"");
    each(vec!["GET /v2/token/introspect", "GET /v2/sites/s1"], |attacked| {
        let second = response("200 OK", JSON, &wrong);
        let ordinary = Site::default();
        let server = Server::start(move |request| match ordinary.answer(request) {
            Reply::Send(first) if attacked == format!("{} {}", request.method, request.path()) => {
                Reply::Send([first, second.clone()].concat())
            }
            reply => reply,
        });
        let ran = Project::new().run(&server.url(), "plan --concurrency 1");
        // Either the connection is given up before the next request, or the answer is refused.
        assert!(ran.exit == 0 || ran.exit == 5, "{}", ran.stderr);
        assert!(!ran.stdout.contains("s2"), "{}", ran.stdout);
        assert!(ran.exit == 5 || ran.stdout.contains("2 fields to change"), "{}", ran.stdout);
    });
}

#[test]
fn statuses_without_a_body_are_no_list() {
    let answer = |status: &'static str| {
        let bytes = response(status, JSON, LIST_BODY);
        case(status, 5, "GET /v2/sites/s1/pages", move |_| Reply::Close(bytes.clone()))
    };
    run_all("GET", LIST, "plan", vec![answer("204 No Content"), answer("101 Switching Protocols")]);
}

#[test]
fn a_content_type_that_is_wrong_does_not_matter() {
    let reply = |request: &super::Request| {
        let body = Site::default().value(request).to_string();
        Reply::Send(response("200 OK", "Content-Type: image/png\r\n", body))
    };
    let server = attacking("GET", LIST, reply);
    Project::new().run(&server.url(), "plan").ends("an image", 0, "2 fields to change");
}
