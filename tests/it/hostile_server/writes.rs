//! Answers to a write. What does not verify it leaves its outcome open, and a read decides.

use serde_json::{Value, json};

use super::program::{Project, TOKEN};
use super::server::{Reply, Request};
use super::site::{Site, response};
use super::{Case, attacking, case, run_all};

const JSON: &str = "Content-Type: application/json\r\n";

/// How the program ends on an answer, given the two things that a server can have done about the request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Server {
    Wrote,
    DidNothing,
}

/// Returns the page as a write to it is answered, changed.
fn page(change: impl Fn(&mut Value)) -> Vec<u8> {
    let mut page = json!({
        "id": "p1", "title": "p1", "slug": "p1", "localeId": null,
        "seo": {"title": "New one", "description": "About"},
        "openGraph": {"title": null, "titleCopied": true, "description": null, "descriptionCopied": true}
    });
    change(&mut page);
    response("200 OK", JSON, page.to_string())
}

/// Applies the plan against a server that gives this answer to the write of the page in the primary locale.
fn run(server: Server, cases: Vec<(&'static str, i32, &'static str, Vec<u8>, bool)>) {
    super::each(cases, |(name, exit, says, bytes, is_reset)| {
        let site = Site::default();
        let url = super::Server::start(move |request: &Request| {
            let is_attacked = request.method == "PUT" && request.target == "/v2/pages/p1";
            if !is_attacked {
                return site.answer(request);
            }
            if server == Server::Wrote {
                site.answer(request);
            }
            if is_reset { Reply::Reset(bytes.clone()) } else { Reply::Close(bytes.clone()) }
        });
        let project = Project::new();
        let ran = project.run(&url.url(), "apply --yes");
        ran.ends(name, exit, says);
        assert!(ran.stdout.contains("/p1 @ en-US") == (exit != 0), "{name}: {}", ran.stdout);
    });
}

/// Answers that say nothing of what was done, if they are believed at all.
fn unclear() -> Vec<(&'static str, Vec<u8>, bool)> {
    let ok = |body: &str| response("200 OK", JSON, body);
    vec![
        ("another page", page(|page| page["id"] = "p2".into()), false),
        ("no page", ok("{}"), false),
        ("nothing", ok(""), false),
        ("null", ok("null"), false),
        ("a list", ok("[]"), false),
        ("HTML", response("200 OK", "Content-Type: text/html\r\n", "<html>::error::</html>"), false),
        ("no content", response("204 No Content", JSON, ""), false),
        ("a part", [&page(|_| ())[..150]].concat(), false),
        ("a reset", [&page(|_| ())[..150]].concat(), true),
        ("garbage", b"\0\xff\r\n\r\n".to_vec(), false),
        ("a redirect", response("302 Found", "Location: /v2/pages/p2\r\n", ""), false),
        ("500", response("500 \x1b[31m", "", "::error::"), false),
        ("nested", ok(&"[".repeat(100_000)), false),
        ("values", ok(&format!("[{}0]", "0,".repeat(1_000_000))), false),
    ]
}

#[test]
fn a_write_that_was_done_is_found_by_a_read() {
    run(
        Server::Wrote,
        unclear().into_iter().map(|(name, bytes, reset)| (name, 0, "2 written of 2 requests", bytes, reset)).collect(),
    );
}

#[test]
fn a_write_that_was_not_done_is_not_taken_for_done() {
    let cases = unclear().into_iter().map(|(name, bytes, reset)| (name, 6, "1 written", bytes, reset));
    run(Server::DidNothing, cases.collect());
}

#[test]
fn an_answer_about_another_locale_or_with_other_values_verifies_nothing() {
    let answer = |name, says, change: fn(&mut Value)| (name, 6, says, page(change), false);
    for server in [Server::Wrote, Server::DidNothing] {
        run(
            server,
            vec![
                answer("another locale", "in the locale `fr`", |page| page["localeId"] = "fr".into()),
                answer("another title", "did not take", |page| page["seo"]["title"] = "Other".into()),
                answer("a lost description", "did not take", |page| page["seo"]["description"] = Value::Null),
                answer("another type", "seo.title", |page| page["seo"]["title"] = json!(["New one"])),
                answer("the token", "cannot read seo.title", |page| page["seo"]["title"] = TOKEN.into()),
                answer("hostile text", "did not take", |page| {
                    page["seo"]["title"] = "\u{1b}[31m\n::error::\n##[error]\u{202e}\0".into();
                }),
            ],
        );
    }
}

#[test]
fn an_answer_of_another_locale_does_not_verify_a_secondary_locale() {
    let server = attacking("PUT", "/v2/pages/p1", |request| {
        let mut page = Site::default().value(request);
        page["localeId"] = "en".into();
        super::site::ok(&page.to_string())
    });
    let ran = Project::new().run(&server.url(), "apply --yes");
    ran.ends("a write in fr-FR", 6, "the answer is about the page in the locale `en`");
}

#[test]
fn a_refusal_is_a_message_and_no_more() {
    let mut cases: Vec<Case> = Vec::new();
    for status in ["400 x", "401 x", "403 x", "404 x", "409 x", "410 x"] {
        for text in
            ["\n::error::a\n##[error]b\n##vso[x]c\x1b[2J\u{202e}".to_owned(), TOKEN.to_owned(), "y".repeat(3_000_000)]
        {
            let bytes = response(status, "Content-Type: text/plain\r\n", &text);
            let name = format!("{status} {}", &text[..5]);
            // Both writes are refused; without authorization nothing at all can be written.
            let exit = if matches!(&status[..3], "401" | "403") { 5 } else { 6 };
            cases.push(case(name, exit, "answered 4", move |_| Reply::Close(bytes.clone())));
        }
    }
    run_all("PUT", "/v2/pages/p1", "apply --yes", cases);
}
