//! From the wire's loose types to the model's: what is missing, `null` or empty becomes one thing.
//!
//! Pure. The kind of a page is told from its other values, as the API does not say it.

use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};

use crate::model::{
    Extra, ExtraValue, Field, Folder, FolderId, Group, LiveLocale, LivePage, Locale, LocaleTag, Metadata, PageKind,
    PagePath, Site, Value,
};
use crate::webflow;

/// Slugs of the pages that Webflow itself provides, at the root of a site.
const UTILITY_SLUGS: [&str; 7] =
    ["404", "401", "search", "checkout", "paypal-checkout", "order-confirmation", "password"];

/// The longest text of a leaf that is kept as it is, in bytes.
const LONGEST_EXTRA: usize = 4096;

pub(super) fn site(site: &webflow::Site) -> Site {
    let locales = site.locales.as_ref();
    let primary = locales.and_then(|locales| locales.primary.as_ref());
    Site {
        id: site.id.as_str().into(),
        name: site.display_name.clone().or_else(|| site.short_name.clone()).unwrap_or_else(|| site.id.clone()),
        primary: primary.map_or_else(unlocalized, locale),
        secondary: locales.map(|locales| locales.secondary.iter().map(locale).collect()).unwrap_or_default(),
    }
}

/// The one locale of a site without localization.
fn unlocalized() -> Locale {
    Locale { id: None, tag: LocaleTag::PRIMARY.into(), subdirectory: String::new(), enabled: true }
}

fn locale(locale: &webflow::Locale) -> Locale {
    let subdirectory = locale.subdirectory.as_deref().unwrap_or_default();
    Locale {
        id: Some(locale.id.as_str().into()),
        tag: locale.tag.as_deref().unwrap_or(locale.id.as_str()).into(),
        subdirectory: subdirectory.trim_matches('/').to_owned(),
        enabled: locale.enabled.unwrap_or(true),
    }
}

pub(super) fn is_branch(page: &webflow::Page) -> bool {
    page.is_branch.unwrap_or(false) || text(&page.branch_id).is_some()
}

pub(super) fn page(page: &webflow::Page, locale: &Locale) -> LivePage {
    LivePage {
        id: page.id.as_str().into(),
        folder: text(&page.parent_id).map(FolderId::from),
        kind: kind(page, locale),
        draft: page.draft.unwrap_or(false),
        archived: page.archived.unwrap_or(false),
        locales: std::collections::BTreeMap::new(),
    }
}

fn kind(page: &webflow::Page, locale: &Locale) -> PageKind {
    let published = page.published_path.as_deref().unwrap_or_default().trim_matches('/');
    let is_published_home = page.published_path.is_some() && published == locale.subdirectory;
    let is_root = text(&page.parent_id).is_none();
    match text(&page.slug) {
        _ if text(&page.collection_id).is_some() => PageKind::Template,
        // Not the home page, which has no slug: this one has a slug that cannot be read.
        None if page.damaged.iter().any(|field| field == Field::Slug.name()) => PageKind::Static,
        None => PageKind::Home,
        Some(_) if is_published_home && is_root => PageKind::Home,
        Some(slug) if is_root && UTILITY_SLUGS.contains(&slug) => PageKind::Utility,
        Some(_) => PageKind::Static,
    }
}

pub(super) fn live_locale(page: &webflow::Page) -> LiveLocale {
    LiveLocale {
        metadata: metadata(page),
        published_path: text(&page.published_path).map(PagePath::from),
        damaged: damaged(page),
    }
}

/// Returns the fields of a page that have a text which cannot be used, of those that matter: also a leaf beside the
/// fields, such as the share image, which a write would lose.
pub(super) fn damaged(page: &webflow::Page) -> Vec<String> {
    let matters = |field: &&String| {
        let top = field.split('.').next().unwrap_or_default();
        matches!(top, "title" | "slug" | "seo" | "openGraph" | "parentId" | "collectionId" | "branchId")
    };
    page.damaged.iter().filter(matters).cloned().collect()
}

/// Gives a page the primary's slug where a secondary locale reads none: no page is without one but the home page, and
/// what is inherited may read as nothing.
pub(super) fn inherit_slug(page: &mut LivePage, primary: &LocaleTag) {
    let slug = page.slug(primary).to_owned();
    for values in page.locales.values_mut() {
        if values.metadata.text(Field::Slug).is_empty() {
            values.metadata.set(Field::Slug, Value::Text(slug.clone()));
        }
    }
}

/// Returns a folder; nothing if its place cannot be read, so that no path is made of half of it.
pub(super) fn folder(folder: &webflow::Page) -> Option<Folder> {
    let slug = text(&folder.slug).unwrap_or_default().to_owned();
    let parent = text(&folder.parent_id).map(FolderId::from);
    damaged(folder).is_empty().then_some(Folder { slug, parent })
}

/// Returns the values of a page as an answer has them.
pub(super) fn metadata(page: &webflow::Page) -> Metadata {
    let seo = page.seo.clone().unwrap_or_default();
    let open_graph = page.open_graph.clone().unwrap_or_default();
    let mut metadata = Metadata::default();
    for field in Field::ALL {
        let value = match field {
            Field::Title => text_value(&page.title),
            Field::Slug => text_value(&page.slug),
            Field::SeoTitle => text_value(&seo.title),
            Field::SeoDescription => text_value(&seo.description),
            Field::OpenGraphTitle => text_value(&open_graph.title),
            Field::OpenGraphTitleCopied => Value::Flag(open_graph.title_copied.unwrap_or(false)),
            Field::OpenGraphDescription => text_value(&open_graph.description),
            Field::OpenGraphDescriptionCopied => Value::Flag(open_graph.description_copied.unwrap_or(false)),
        };
        metadata.set(field, value);
    }
    metadata.extras = extras(Group::Seo, &seo.extra).chain(extras(Group::OpenGraph, &open_graph.extra)).collect();
    metadata
}

/// Returns the leaves of an object that are not fields.
fn extras(group: Group, leaves: &Map<String, Json>) -> impl Iterator<Item = (Extra, ExtraValue)> {
    leaves.iter().filter_map(move |(key, value)| Some((Extra::new(group, key)?, extra_value(value)?)))
}

/// Returns the value of such a leaf. What is too long to be sent back, or is no scalar, is known by its digest.
fn extra_value(value: &Json) -> Option<ExtraValue> {
    match value {
        Json::Null => None,
        Json::String(text) if text.is_empty() => None,
        Json::Bool(_) | Json::Number(_) => Some(ExtraValue::Scalar(value.clone())),
        Json::String(text) if text.len() <= LONGEST_EXTRA => Some(ExtraValue::Scalar(value.clone())),
        Json::String(_) | Json::Array(_) | Json::Object(_) => {
            let mut sorted = value.clone();
            sorted.sort_all_objects();
            let digest = Sha256::digest(sorted.to_string().as_bytes());
            Some(ExtraValue::Digest(digest.iter().map(|byte| format!("{byte:02x}")).collect()))
        }
    }
}

fn text_value(text: &Option<String>) -> Value {
    Value::Text(text.clone().unwrap_or_default())
}

/// Returns the text unless it is missing or empty, which mean the same.
fn text(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(open_graph: Json) -> Vec<(String, ExtraValue)> {
        let page = serde_json::from_value(json!({"id": "1", "openGraph": open_graph})).unwrap();
        metadata(&page).extras.into_iter().map(|(extra, value)| (extra.to_string(), value)).collect()
    }

    #[test]
    fn a_missing_leaf_and_an_empty_one_mean_the_same() {
        assert_eq!(read(json!({"title": "a", "imageUrl": "", "imageAssetId": null})), []);
        let scalars = json!({"imageUrl": "u", "imageWidth": 1200, "isLarge": false});
        let expected = [("imageUrl", json!("u")), ("imageWidth", json!(1200)), ("isLarge", json!(false))];
        let expected = expected.map(|(key, value)| (format!("openGraph.{key}"), ExtraValue::Scalar(value)));
        assert_eq!(read(scalars), expected);
    }

    #[test]
    fn a_damaged_leaf_matters_whether_it_is_a_field_or_not() {
        let names = ["seo.title", "openGraph.imageUrl", "seo.robots", "openGraph", "publishedPath"];
        let page = webflow::Page { damaged: names.map(str::to_owned).to_vec(), ..webflow::Page::default() };
        assert_eq!(damaged(&page), names[..4]);
    }

    #[test]
    fn what_cannot_be_sent_back_is_known_by_its_digest() {
        let digest = |value: Json| match &read(json!({"image": value}))[..] {
            [(name, ExtraValue::Digest(digest))] if name == "openGraph.image" => digest.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(digest(json!({"a": 1, "b": [{"c": 2, "d": 3}]})), digest(json!({"b": [{"d": 3, "c": 2}], "a": 1})));
        assert_ne!(digest(json!([1, 2])), digest(json!([2, 1])));
        assert_ne!(digest(json!("a".repeat(5000))), digest(json!("a".repeat(5001))));
    }
}
