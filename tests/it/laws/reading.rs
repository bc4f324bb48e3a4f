//! What a sandbox's document means: which values a page has of its own in a locale, and what a reader gets.
//!
//! Written without the sandbox's code and without the client's, so that both can be held against it.

use std::collections::BTreeMap;

use slugline::model::{Field, Kind, Value};
use slugline::sandbox::{InheritedReads, LocaleKey, Metadata, OpenGraph, Page, PageKind, Seo, Site, Undocumented};

/// Values of a page in a locale; what is not there is not set, or not stated.
pub(crate) type Values = BTreeMap<Field, Value>;

/// Returns the values that a page has of its own in a locale.
pub(crate) fn own(page: &Page, key: &LocaleKey) -> Values {
    let Some(Metadata { title, slug, seo, open_graph, last_updated: _ }) = page.values.get(key) else {
        return Values::new();
    };
    let Seo { title: seo_title, description: seo_description, undocumented: _ } = seo;
    let OpenGraph {
        title: card_title,
        title_copied,
        description: card_description,
        description_copied,
        undocumented: _,
    } = open_graph;
    let texts = [
        (Field::Title, title),
        (Field::Slug, slug),
        (Field::SeoTitle, seo_title),
        (Field::SeoDescription, seo_description),
        (Field::OpenGraphTitle, card_title),
        (Field::OpenGraphDescription, card_description),
    ];
    let flags = [(Field::OpenGraphTitleCopied, title_copied), (Field::OpenGraphDescriptionCopied, description_copied)];
    let texts = texts.into_iter().filter_map(|(field, text)| Some((field, Value::Text(text.clone()?))));
    texts.chain(flags.into_iter().filter_map(|(field, flag)| Some((field, Value::Flag((*flag)?))))).collect()
}

/// Returns what a page has of its own in a locale that no field is about: the share image, and what else the API reference
/// does not describe.
pub(crate) fn own_extras(page: &Page, key: &LocaleKey) -> [Undocumented; 2] {
    let own = page.values.get(key).cloned().unwrap_or_default();
    [own.seo.undocumented, own.open_graph.undocumented]
}

/// Returns what a field means to a reader: Open Graph text is nothing while it is copied, and a slug that reads as
/// nothing is the primary's, since no page is without one.
pub(crate) fn reads(site: &Site, page: &Page, key: &LocaleKey, field: Field) -> Value {
    let is_home_slug = field == Field::Slug && page.kind == PageKind::Home;
    let is_copied = field.copied_flag().is_some_and(|flag| reads(site, page, key, flag) == Value::Flag(true));
    if is_home_slug || is_copied {
        return Value::Text(String::new());
    }
    let inherits =
        field == Field::Slug || field.kind() == Kind::Flag || site.switches.inherited_reads == InheritedReads::Primary;
    let inherited = inherits.then(|| own(page, &LocaleKey::Primary).remove(&field)).flatten();
    own(page, key).remove(&field).or(inherited).unwrap_or_else(|| match field.kind() {
        Kind::Text => Value::Text(String::new()),
        // A flag that was never set means "copied".
        Kind::Flag => Value::Flag(true),
    })
}

/// Returns all that a reader gets for a page in a locale.
pub(crate) fn all_reads(site: &Site, page: &Page, key: &LocaleKey) -> Values {
    Field::ALL.into_iter().map(|field| (field, reads(site, page, key, field))).collect()
}

/// Returns the slug that counts in a locale, also where it is inherited and reads as nothing.
pub(crate) fn slug(page: &Page, key: &LocaleKey) -> String {
    let slug = own(page, key).remove(&Field::Slug).or_else(|| own(page, &LocaleKey::Primary).remove(&Field::Slug));
    let slug = slug.filter(|_| page.kind != PageKind::Home);
    slug.as_ref().and_then(Value::as_text).unwrap_or_default().to_owned()
}

/// Returns whether the slug of a page can be set at all.
pub(crate) fn has_free_slug(page: &Page) -> bool {
    page.kind == PageKind::Static && page.branch.is_none()
}

/// Returns the tag that names a locale in a manifest.
pub(crate) fn tag(site: &Site, key: &LocaleKey) -> String {
    match (key, &site.locales) {
        (LocaleKey::Primary, Some(locales)) => locales.primary.tag.clone(),
        (LocaleKey::Primary, None) => "primary".to_owned(),
        (LocaleKey::Secondary(tag), _) => tag.clone(),
    }
}

/// Returns the locale of that tag.
pub(crate) fn key(site: &Site, name: &str) -> LocaleKey {
    let found = site.locale_keys().into_iter().find(|key| tag(site, key) == name);
    found.expect("the tag is one of the site's")
}
