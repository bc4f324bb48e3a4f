//! A small site that answers as the API does, for the requests that a case does not attack.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::server::{Reply, Request};

/// The manifests of the project: one page with a change to write, one as it is.
pub(super) const FILES: &[(&str, &str)] = &[
    ("slugline.yaml", "version: 1\nsite: s1\n"),
    (
        "pages/one.yaml",
        "id: p1\nlocales:\n  en-US:\n    seo:\n      title: New one\n  fr-FR:\n    seo:\n      title: Un\n",
    ),
    ("pages/two.yaml", "id: p2\nlocales:\n  en-US:\n    seo:\n      title: Two\n"),
];

/// The SEO titles that were written, by target.
#[derive(Default)]
pub(super) struct Site {
    written: Mutex<BTreeMap<(String, Option<String>), String>>,
}

impl Site {
    /// Answers a request as the API does.
    pub(super) fn answer(&self, request: &Request) -> Reply {
        ok(&self.value(request).to_string())
    }

    pub(super) fn value(&self, request: &Request) -> Value {
        let locale = request.query("localeId");
        match request.path().split('/').skip(2).collect::<Vec<_>>().as_slice() {
            ["token", "introspect"] => json!({"authorization": {"rateLimit": 100_000}}),
            ["sites", "s1"] => site(),
            ["sites", "s1", "pages"] => json!({
                "pages": [self.page("p1", locale), self.page("p2", locale)],
                "pagination": {"limit": 100, "offset": 0, "total": 2}
            }),
            ["pages", id] => {
                if request.method == "PUT" {
                    let body: Value = serde_json::from_str(&request.body).unwrap();
                    let key = ((*id).to_owned(), locale.map(str::to_owned));
                    self.written.lock().unwrap().insert(key, body["seo"]["title"].as_str().unwrap().to_owned());
                }
                self.page(id, locale)
            }
            other => panic!("the program requests {other:?}"),
        }
    }

    fn page(&self, id: &str, locale: Option<&str>) -> Value {
        let title = match (id, locale) {
            ("p1", None) => "One",
            ("p1", Some(_)) => "Une",
            _ => "Two",
        };
        let key = (id.to_owned(), locale.map(str::to_owned));
        let title = self.written.lock().unwrap().get(&key).cloned().unwrap_or_else(|| title.to_owned());
        let image = (id == "p2").then_some("https://cdn.example/two.png");
        json!({
            "id": id, "siteId": "s1", "parentId": null, "title": id, "slug": id, "localeId": locale,
            "seo": {"title": title, "description": "About"},
            "openGraph": {
                "title": null, "titleCopied": true, "description": null, "descriptionCopied": true, "imageUrl": image
            },
            "archived": false, "draft": false, "publishedPath": format!("/{id}")
        })
    }
}

pub(super) fn site() -> Value {
    json!({"id": "s1", "displayName": "Site", "locales": {
        "primary": {"id": "en", "tag": "en-US", "subdirectory": ""},
        "secondary": [{"id": "fr", "tag": "fr-FR", "subdirectory": "fr"}]
    }})
}

pub(super) fn ok(body: &str) -> Reply {
    Reply::Send(response("200 OK", "Content-Type: application/json\r\n", body))
}

/// Returns a well-formed response.
pub(super) fn response(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}
