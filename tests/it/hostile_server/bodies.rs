//! Answers whose HTTP is right and whose content is not: no JSON, JSON of another shape or size, ids that are none, and
//! failures that want to be more than a message.

use serde_json::{Value, json};

use super::program::{Project, TOKEN};
use super::server::Reply;
use super::site::{Site, ok, response, site};
use super::{Case, LIST, attacking, case, run_all};

fn body(name: impl Into<String>, exit: i32, says: &'static str, body: impl Into<Vec<u8>>) -> Case {
    let bytes = response("200 OK", "Content-Type: application/json\r\n", body.into());
    case(name, exit, says, move |_| Reply::Send(bytes.clone()))
}

/// Returns a list with one page that has these values besides.
fn list_with(values: Value) -> String {
    let mut page = json!({"id": "p1", "title": "p1", "slug": "p1", "seo": {"title": "One"}});
    page.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
    json!({"pages": [page], "pagination": {"limit": 100, "offset": 0, "total": 1}}).to_string()
}

#[test]
fn what_is_no_json_is_an_error() {
    let utf16: Vec<u8> = "{\"pages\":[]}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let json = |name: &str, bytes: &[u8]| body(name, 5, "in place of JSON", bytes);
    run_all(
        "GET",
        LIST,
        "plan",
        vec![
            json("nothing", b""),
            json("HTML", b"<html>::error::</html>"),
            json("a part", br#"{"pages":[{"id":"p1""#),
            json("more than one value", br#"{"pages":[]}{"pages":[]}"#),
            json("NaN", br#"{"pages":[NaN]}"#),
            json("a number out of range", br#"{"pages":[{"id":"p1","a":1e999}]}"#),
            json("a byte order mark", b"\xef\xbb\xbf{\"pages\":[]}"),
            json("UTF-16", &utf16),
            json("NUL", b"{\"pages\":[]\0}"),
            json("invalid UTF-8", b"{\"pages\":[]\xff}"),
            json("one quote", b"{\"pages\":[\"]}"),
        ],
    );
}

#[test]
fn json_of_another_shape_is_an_error() {
    let shape = |text: &str| body(text.chars().take(60).collect::<String>(), 5, "JSON of another shape", text);
    let total =
        |total: &str| shape(&format!(r#"{{"pages":[],"pagination":{{"limit":100,"offset":0,"total":{total}}}}}"#));
    run_all(
        "GET",
        LIST,
        "plan",
        vec![
            shape("null"),
            shape("[]"),
            shape("0"),
            shape("\"pages\""),
            shape(&"\"".repeat(999_999)),
            shape("{}"),
            shape(r#"{"pages":null}"#),
            shape(r#"{"pages":{}}"#),
            shape(r#"{"pages":[null]}"#),
            shape(r#"{"pages":[[]]}"#),
            shape(r#"{"pages":[{}]}"#),
            shape(r#"{"pages":[{"id":null}]}"#),
            shape(r#"{"pages":[{"id":["p1"]}]}"#),
            shape(r#"{"pages":[],"pages":[]}"#),
            shape(r#"{"pages":[],"pagination":[]}"#),
            total("-1"),
            total("\"2\""),
            total("1.5"),
            total("1e99"),
            total("4294967296"),
            total("18446744073709551616"),
            total("[]"),
        ],
    );
}

#[test]
fn json_out_of_all_bounds_is_an_error() {
    let nested = |open: &str, close: &str| format!("{{\"pages\":{}{}}}", open.repeat(100_000), close.repeat(100_000));
    let many = |item: &str| format!("{{\"pages\":[{}0]}}", format!("{item},").repeat(5_000_000));
    let site_with = |secondary: Vec<Value>| {
        let mut site = site();
        site["locales"]["secondary"] = secondary.into();
        site.to_string()
    };
    run_all(
        "GET",
        LIST,
        "plan",
        vec![
            body("arrays", 5, "nests more than 64 levels deep", nested("[", "]")),
            body("objects", 5, "nests more than 64 levels deep", nested("{\"a\":", "}")),
            body("numbers", 5, "has more than 100000 values", many("0")),
            body("texts", 5, "has more than 100000 values", many("\"\"")),
            body("objects in a row", 5, "has more than 100000 values", many("{}")),
            body("keys", 5, "has more than 100000 values", format!("{{{}\"a\":0}}", "\"a\":0,".repeat(2_000_000))),
            body("a long text", 5, "more than 32 MB", list_with(json!({"title": "a".repeat(33_000_000)}))),
            body("an unread text", 0, "", list_with(json!({"other": "a".repeat(9_000_000)})).replace("p1", "p2")),
        ]
        .into_iter()
        .filter(|case| !case.says.is_empty())
        .collect(),
    );
    let locales: Vec<Value> = (0..10_000).map(|number| json!({"id": format!("l{number}")})).collect();
    run_all("GET", "/v2/sites/s1", "plan", vec![body("locales", 5, "at most 200 are read", site_with(locales))]);
}

#[test]
fn duplicate_keys_have_one_meaning() {
    let page = r#"{"id":"p2","id":"p1","title":"a","slug":"p1","seo":{"title":"One","title":"Une"}}"#;
    let list = format!(r#"{{"pages":[{page}],"pagination":{{"limit":100,"offset":0,"total":1}}}}"#);
    let project = Project::new();
    project.write("pages/two.yaml", "id: p1\nlocales:\n  en-US:\n    seo:\n      title: Une\n");
    project.remove("pages/one.yaml");
    let server = attacking("GET", LIST, move |_| ok(&list));
    let ran = project.run(&server.url(), "plan");
    assert!(ran.exit == 0 || ran.exit == 3, "{}", ran.stderr);
}

#[test]
fn ids_that_are_none_are_an_error() {
    let bad = [
        "",
        ".",
        "..",
        "../sites/s2",
        "p1/x",
        "p1?x=1",
        "p1#x",
        "p1%2f",
        "p 1",
        "p\n1",
        "p\u{1b}[31m1",
        "p\0",
        "ü",
        "\u{202e}p1",
        &"a".repeat(65),
        &"a".repeat(1_000_000),
    ];
    let (mut pages, mut parents, mut sites) = (Vec::new(), Vec::new(), Vec::new());
    for id in bad {
        let name: String = format!("{id:?}").chars().take(40).collect();
        pages.push(body(&name, 5, "cannot be the id of a page", list_with(json!({"id": id}))));
        if !id.is_empty() {
            let parent = list_with(json!({"parentId": id}));
            parents.push(body(&name, 5, "cannot be the `parentId` of a page", parent));
        }
        let mut site = site();
        site["locales"]["secondary"][0]["id"] = id.into();
        sites.push(body(&name, 5, "cannot be an id, expected 1 to 64 letters", site.to_string()));
    }
    sites.push(body("another site", 5, "the answer is about the site `s2`", json!({"id": "s2"}).to_string()));
    // All of these are final; none is tried again.
    run_all("GET", LIST, "plan", pages);
    run_all("GET", LIST, "plan", parents);
    run_all("GET", "/v2/sites/s1", "plan", sites);
}

#[test]
fn locales_that_cannot_be_told_apart_are_an_error() {
    let with = |name: &str, exit: i32, says: &'static str, locale: Value| {
        let mut site = site();
        site["locales"]["secondary"].as_array_mut().unwrap().push(locale);
        body(name, exit, says, site.to_string())
    };
    let same_id = "the locales `fr-FR` and `de-DE` have the same id, `fr`";
    run_all(
        "GET",
        "/v2/sites/s1",
        "plan",
        vec![
            with("one id", 5, same_id, json!({"id": "fr", "tag": "de-DE"})),
            with("the primary's id", 5, "have the same id, `en`", json!({"id": "en", "tag": "de-DE"})),
            with("one tag", 3, "two locales with the tag `FR-fr`: `fr` and `de`", json!({"id": "de", "tag": "FR-fr"})),
            with("the primary's tag", 3, "two locales with the tag `en-US`", json!({"id": "de", "tag": "en-US"})),
        ],
    );
}

#[test]
fn a_list_of_another_locale_is_an_error() {
    let server = attacking("GET", LIST, |request| {
        let mut list = Site::default().value(request);
        list["pages"][0]["localeId"] = if request.query("localeId").is_none() { "fr" } else { "en" }.into();
        ok(&list.to_string())
    });
    let ran = Project::new().run(&server.url(), "plan");
    ran.ends("a list", 5, "has the page p1 in another locale");
}

#[test]
fn failures_are_messages_and_no_more() {
    let texts = [
        "::error::annotation\n::set-output name=a::b\n##[error]x\n##vso[task.setvariable variable=a]b".to_owned(),
        "\x1b[2J\x1b]0;title\x07\x1b[31mred\u{202e}\u{200b}\0".to_owned(),
        format!("Bearer {TOKEN}"),
        "x".repeat(5_000_000),
        json!({"code": "::error::", "message": "\n::error::\u{1b}[31m", "details": ["\n##[error]", {"a": "\n::error::"}]}).to_string(),
        json!({"message": "a", "details": vec!["a".repeat(200); 200]}).to_string(),
        json!({"code": [TOKEN], "message": {"a": TOKEN}, "msg": TOKEN}).to_string(),
        "[".repeat(60_000),
    ];
    let mut cases = Vec::new();
    for status in [
        "400 ::error::",
        "401 \x1b[31m",
        "402 x",
        "403 ##[error]",
        "404 x",
        "409 x",
        "410 x",
        "418 x",
        "499 x",
        "450 x",
    ] {
        for (number, text) in texts.iter().enumerate() {
            let bytes = response(status, "Content-Type: text/plain\r\n", text);
            let says = if status.contains('\x1b') { "GET /v2/sites/s1" } else { "answered 4" };
            cases.push(case(format!("{status:?} {number}"), 5, says, move |_| Reply::Close(bytes.clone())));
        }
    }
    for (status, text) in
        [("500 x", 0), ("502 x", 1), ("503 x", 2), ("504 x", 3), ("599 x", 4), ("600 x", 5), ("999 x", 6)]
    {
        let bytes = response(status, "", &texts[text]);
        cases.push(case(status, 5, "`GET /v2/sites/s1` answered", move |_| Reply::Close(bytes.clone())));
    }
    run_all("GET", "/v2/sites/s1", "plan", cases);
}
