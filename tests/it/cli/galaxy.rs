//! The site and the manifests that most tests start from.

use serde_json::{Value as Json, json};

use super::environment::TOKEN;

/// The project file for the site.
pub(super) const PROJECT: &str = "version: 1\nsite: siteGalaxy\n";

/// A manifest that the site fits.
pub(super) const GUIDE: &str = "\
id: pgGuide
path: /guide
locales:
  en-US:
    title: Guide
    seo:
      title: The Guide
      description: All you need to know.
  fr-FR:
    title: Le guide
";

/// A manifest that changes one field.
pub(super) const GUIDE_CHANGED: &str = "\
id: pgGuide
path: /guide
locales:
  en-US:
    seo:
      title: The Ultimate Guide
";

/// Returns a site of seven pages in three locales, one page of each kind.
pub(super) fn site() -> Json {
    json!({
        "site": {"id": "siteGalaxy", "displayName": "Galaxy"},
        // No test is about the limit, and none must wait for it.
        "tokens": [{"token": TOKEN, "rateLimit": 100_000}],
        "locales": {
            "primary": {"tag": "en-US", "id": "locEn"},
            "secondary": [
                {"tag": "fr-FR", "id": "locFr", "subdirectory": "fr"},
                {"tag": "ja-JP", "id": "locJa", "subdirectory": "ja"},
            ],
        },
        "folders": [{"id": "fdBlog", "slug": "blog"}],
        "pages": [
            page("pgHome", json!({"kind": "home"}), json!({
                "primary": {"title": "Home", "seo": {"title": "Galaxy", "description": "Don't panic."}},
            })),
            page("pgGuide", json!({}), json!({
                "primary": {
                    "title": "Guide",
                    "slug": "guide",
                    "seo": {"title": "The Guide", "description": "All you need to know."},
                    "openGraph": {"title": "Explore the galaxy"},
                },
                "fr-FR": {"title": "Le guide"},
            })),
            page("pgAbout", json!({}), json!({
                "primary": {"title": "About", "slug": "about", "seo": {"title": "About us"}},
            })),
            page("pgTowel", json!({"folder": "fdBlog"}), json!({
                "primary": {"title": "Towel Day", "slug": "towel-day"},
                "fr-FR": {"title": "Jour de la serviette", "slug": "jour-de-la-serviette"},
            })),
            page("pgArticle", json!({"kind": "template"}), json!({
                "primary": {"title": "Articles", "slug": "detail_articles", "seo": {"title": BINDING}},
            })),
            page("pgMissing", json!({"kind": "utility"}), json!({
                "primary": {"title": "404", "slug": "404"},
            })),
            page("pgDraft", json!({"draft": true}), json!({
                "primary": {"title": "Restaurant", "slug": "restaurant"},
            })),
        ],
    })
}

/// The title of the collection template: for each item another one.
pub(super) const BINDING: &str = r#"{{wf {"path":"name","type":"PlainText"} }} | Galaxy"#;

/// Returns a site without localization.
pub(super) fn unlocalized_site() -> Json {
    let mut site = site();
    site.as_object_mut().unwrap().remove("locales");
    for page in site["pages"].as_array_mut().unwrap() {
        page["values"].as_object_mut().unwrap().retain(|locale, _| locale == "primary");
    }
    site
}

/// Returns the site with this many further pages `/page-1`, `/page-2`, ….
pub(super) fn site_with_pages(count: usize) -> Json {
    let mut site = site();
    let pages = site["pages"].as_array_mut().unwrap();
    for number in 1..=count {
        let values = json!({"primary": {"title": format!("Page {number}"), "slug": format!("page-{number}")}});
        pages.push(page(&format!("pg{number}"), json!({}), values));
    }
    site
}

fn page(id: &str, more: Json, values: Json) -> Json {
    let mut page = more;
    page["id"] = id.into();
    page["values"] = values;
    page
}

/// Returns the tag of a locale of the site.
pub(super) fn tag_of(id: &str) -> String {
    match id {
        "locFr" => "fr-FR".to_owned(),
        "locJa" => "ja-JP".to_owned(),
        other => other.to_owned(),
    }
}
