//! Answers that repeat the token, or that hold text which is none. Such a text is neither shown, kept nor written back, and
//! the pages beside it stay usable.

use serde_json::{Value, json};

use super::program::{Project, TOKEN};
use super::server::{Reply, Request, Server};
use super::site::{Site, ok, response};
use super::{LIST, attacking, each};

/// Each spelling of the token, as it stands between the quotes of a JSON string.
fn spellings() -> Vec<String> {
    let escaped: String = TOKEN.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let percent: String = TOKEN.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let html: String = TOKEN.bytes().map(|byte| format!("&#{byte};")).collect();
    let hidden: String = TOKEN.chars().flat_map(|c| [c, '\u{200b}']).collect();
    [
        TOKEN.to_owned(),
        format!("Bearer {TOKEN} and more"),
        escaped.clone(),
        escaped.to_uppercase().replace("\\U", "\\u"),
        escaped.replace('\\', "\\\\"),
        percent,
        html,
        hidden,
        // Of the token; of `Bearer ` and the token.
        "dDBrZW4tWnU3d3FLM3hSOXZCNW5NMQ==".to_owned(),
        "QmVhcmVyIHQwa2VuLVp1N3dxSzN4Ujl2QjVuTTE".to_owned(),
    ]
    .into()
}

/// Texts that are none, as they stand between the quotes of a JSON string.
fn damaged() -> Vec<Vec<u8>> {
    let texts: [&[u8]; 6] = [b"\\ud800", b"a \\udfff b", b"\\udc00\\ud83d", b"\xff\xfe", b"a\0b", b"\xed\xa0\x80"];
    texts.map(<[u8]>::to_vec).into()
}

/// Returns a list whose page `p2` has this in place of a text in the primary locale.
fn list_with(request: &Request, pointer: &str, text: &[u8]) -> Reply {
    const MARK: &str = "REPLACED";
    let mut list = Site::default().value(request);
    if request.query("localeId").is_none() {
        *list.pointer_mut(pointer).unwrap() = MARK.into();
    }
    let json = list.to_string();
    let Some((before, after)) = json.split_once(MARK) else { return ok(&json) };
    let body = [before.as_bytes(), text, after.as_bytes()].concat();
    Reply::Send(response("200 OK", "Content-Type: application/json\r\n", body))
}

const FIELDS: [(&str, &str); 5] = [
    ("/pages/1/title", "title"),
    ("/pages/1/slug", "slug"),
    ("/pages/1/seo/title", "seo.title"),
    ("/pages/1/seo/description", "seo.description"),
    ("/pages/1/openGraph/imageUrl", "openGraph.imageUrl"),
];

#[test]
fn a_page_with_a_text_that_cannot_be_used_is_left_out() {
    let texts = spellings().into_iter().map(String::into_bytes).chain(damaged());
    let cases: Vec<_> = texts.zip(FIELDS.into_iter().cycle()).collect();
    each(cases, |(text, (pointer, field))| {
        let name = format!("{field} {}", String::from_utf8_lossy(&text));
        let site = Site::default();
        let lists = text.clone();
        let server = Server::start(move |request| {
            if request.path() == LIST { list_with(request, pointer, &lists) } else { site.answer(request) }
        });
        let project = Project::new();
        let planned = project.run(&server.url(), "plan -o plan.json");
        planned.ends(&name, 0, "2 fields to change");
        let message = format!("the page p2 is left out: its text cannot be read: `{field}` in en-US");
        assert!(planned.stderr.contains(&message), "{name}: {}", planned.stderr);
        project.run(&server.url(), "plan --format json").ends(&name, 0, "\"p1\"");
        let applied = project.run(&server.url(), "apply plan.json");
        applied.ends(&name, 0, "2 written of 2 requests");
        let written: Vec<String> = server.requests().into_iter().filter(|request| request.starts_with("PUT")).collect();
        assert_eq!(written, ["PUT /v2/pages/p1?localeId=fr", "PUT /v2/pages/p1"], "{name}");
        // What cannot be read is not described either.
        project.remove("pages/two.yaml");
        let imported = project.run(&server.url(), "import");
        imported.ends(&name, 0, "Left out the page p2");
        assert!(!project.keeps("id: p2"), "{name}");
    });
}

#[test]
fn a_text_that_breaks_after_the_plan_stops_the_apply() {
    for text in [&b"\\ud800"[..], TOKEN.as_bytes()] {
        let project = Project::new();
        let ordinary = attacking("GET", "/nowhere", |_| unreachable!());
        project.run(&ordinary.url(), "plan -o plan.json").ends("plan", 0, "2 fields to change");
        let site = Site::default();
        let text = text.to_vec();
        let server = Server::start(move |request| match (request.method.as_str(), request.path()) {
            ("GET", LIST) => list_with(request, "/pages/0/seo/title", &text),
            ("GET", "/v2/pages/p1") => {
                let mut page = site.value(request);
                page["seo"]["title"] = TOKEN.into();
                ok(&page.to_string())
            }
            _ => site.answer(request),
        });
        let ran = project.run(&server.url(), "apply plan.json");
        ran.ends("apply", 5, "cannot read `seo.title` in en-US of the page p1");
        assert!(server.requests().iter().all(|request| request.starts_with("GET")));
    }
}

#[test]
fn a_token_in_any_other_text_is_not_shown() {
    let replaced = |request: &Request, pointer: &str, value: &Value| {
        let mut answer = Site::default().value(request);
        if let Some(place) = answer.pointer_mut(pointer) {
            *place = value.clone();
        }
        ok(&answer.to_string())
    };
    let cases = [
        ("/v2/token/introspect", "/authorization", json!({"rateLimit": TOKEN, "scope": TOKEN, "id": TOKEN}), 0),
        ("/v2/token/introspect", "/authorization", json!({"authorizedTo": {"siteIds": [TOKEN]}}), 0),
        ("/v2/token/introspect", "/authorization", json!(TOKEN), 0),
        ("/v2/sites/s1", "/id", json!(TOKEN), 5),
        ("/v2/sites/s1", "/displayName", json!(TOKEN), 0),
        ("/v2/sites/s1", "/locales/primary/displayName", json!(TOKEN), 0),
        ("/v2/sites/s1", "/locales/secondary/0/tag", json!(TOKEN), 3),
        ("/v2/sites/s1", "/locales/secondary/0/id", json!(TOKEN), 5),
        ("/v2/sites/s1", "/locales/secondary/0/subdirectory", json!(TOKEN), 0),
        (LIST, "/pages/0/id", json!(TOKEN), 5),
        (LIST, "/pages/0/parentId", json!(TOKEN), 0),
        (LIST, "/pages/0/publishedPath", json!(format!("/{TOKEN}")), 0),
        (LIST, "/pages/0/localeId", json!(TOKEN), 0),
        (LIST, "/pages/0/createdOn", json!(TOKEN), 0),
        (LIST, "/pages/0", json!(TOKEN), 5),
        (LIST, "/pages/0/seo", json!(TOKEN), 0),
        (LIST, "/pages/0", json!({TOKEN: TOKEN, "id": "p1", "slug": "p1"}), 0),
        (LIST, "/pagination", json!(TOKEN), 5),
        (LIST, "/pagination/total", json!(TOKEN), 5),
    ];
    each(cases.into(), |(path, pointer, value, exit)| {
        let server = attacking("GET", path, move |request| replaced(request, pointer, &value));
        Project::new().run(&server.url(), "plan -o plan.json").ends(&format!("{path} {pointer}"), exit, "");
    });
}
