//! Whether an answer fits the request that it came for: a server, a cache or a proxy may answer with another page, or
//! with more than any site has. Pure; returns what is wrong in words that continue "… answered 200, but".

use std::collections::BTreeMap;

use super::wire::{Locale, Page, PageList, Site};

/// The longest list of pages that is read in one locale. The largest sites of Webflow have a tenth of it.
pub const MOST_PAGES: u32 = 100_000;
/// The most locales of a site. Each costs a list of pages.
pub const MOST_LOCALES: usize = 200;

/// Accepts any answer.
pub(super) fn any<T>(_: &T) -> Result<(), String> {
    Ok(())
}

/// Accepts a site if it is the one asked for and no two of its locales have the same id.
pub(super) fn site(wanted: &str, site: &Site) -> Result<(), String> {
    if site.id != wanted {
        return Err(format!("the answer is about the site `{}`", site.id));
    }
    let Some(locales) = &site.locales else { return Ok(()) };
    if locales.secondary.len() >= MOST_LOCALES {
        return Err(format!("the site has {} locales, at most {MOST_LOCALES} are read", locales.secondary.len() + 1));
    }
    let mut ids = BTreeMap::new();
    for locale in locales.primary.iter().chain(&locales.secondary) {
        let Locale { id, .. } = locale;
        let tag = locale.tag.as_deref().unwrap_or(id);
        if let Some(other) = ids.insert(id.as_str(), tag) {
            return Err(format!("the locales `{other}` and `{tag}` have the same id, `{id}`"));
        }
    }
    Ok(())
}

/// Accepts a list of pages of a length that is read.
pub(super) fn list(list: &PageList) -> Result<(), String> {
    match list.pagination {
        Some(pagination) if pagination.total > MOST_PAGES => {
            Err(format!("the list has {} pages, at most {MOST_PAGES} are read in a locale", pagination.total))
        }
        Some(_) | None => Ok(()),
    }
}

/// Accepts a page if it is the one asked for, in the locale asked for. An answer may leave its locale out.
pub(super) fn page(wanted: &str, locale_id: Option<&str>, page: &Page) -> Result<(), String> {
    if page.id != wanted {
        return Err(format!("the answer is about the page `{}`", page.id));
    }
    match (locale_id, page.locale_id.as_deref()) {
        (Some(wanted), Some(found)) if wanted != found => {
            Err(format!("the answer is about the page in the locale `{found}`"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn checked(locales: Value) -> Result<(), String> {
        site("s1", &serde_json::from_value(json!({"id": "s1", "locales": locales})).unwrap())
    }

    #[test]
    fn accepts_a_site_whose_locales_differ() {
        assert_eq!(checked(Value::Null), Ok(()));
        let locales = json!({"primary": {"id": "en", "tag": "en-US"}, "secondary": [{"id": "fr"}, {"id": "de"}]});
        assert_eq!(checked(locales), Ok(()));
    }

    #[test]
    fn refuses_two_locales_with_one_id() {
        let locales = |second: Value| json!({"primary": {"id": "en", "tag": "en-US"}, "secondary": [second]});
        let id = checked(locales(json!({"id": "en", "tag": "fr-FR"}))).unwrap_err();
        assert_eq!(id, "the locales `en-US` and `fr-FR` have the same id, `en`");
    }

    #[test]
    fn refuses_another_site_and_too_many_locales() {
        let other: Site = serde_json::from_value(json!({"id": "s2"})).unwrap();
        assert_eq!(site("s1", &other), Err("the answer is about the site `s2`".to_owned()));
        let secondary: Vec<Value> = (0..MOST_LOCALES).map(|number| json!({"id": format!("l{number}")})).collect();
        assert!(checked(json!({"secondary": secondary})).unwrap_err().contains("at most 200"));
    }

    #[test]
    fn refuses_another_page_and_another_locale() {
        let answer = |json: Value| serde_json::from_value::<Page>(json).unwrap();
        assert_eq!(page("a", Some("fr"), &answer(json!({"id": "a", "localeId": "fr"}))), Ok(()));
        assert_eq!(page("a", Some("fr"), &answer(json!({"id": "a"}))), Ok(()));
        assert_eq!(page("a", None, &answer(json!({"id": "a", "localeId": "en"}))), Ok(()));
        assert!(page("a", None, &answer(json!({"id": "b"}))).is_err());
        assert!(page("a", Some("fr"), &answer(json!({"id": "a", "localeId": "de"}))).is_err());
    }
}
