//! What somebody may have meant by a key that does not exist.

use crate::suggest::distance;

/// Returns the way out for an unknown key, given the keys that its place allows.
pub(super) fn for_key(key: &str, allowed: &[&str]) -> String {
    if is_secret(key) {
        return "a token is never written into a file: set `WEBFLOW_TOKEN`, and revoke this one".to_owned();
    }
    if let Some(home) = belongs_elsewhere(key, allowed) {
        return home;
    }
    match closest(key, allowed) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => listed(allowed),
    }
}

/// Returns whether a key by this name holds something that must not be shown.
pub(super) fn is_secret(key: &str) -> bool {
    let key = folded(key);
    ["token", "secret", "password", "apikey"].iter().any(|word| key.contains(word))
}

/// Returns whether the way out for an unknown key would be one of the keys.
pub(in crate::manifest) fn suggests(key: &str, keys: &[&str]) -> bool {
    closest(key, keys).is_some()
}

/// Keys that other tools and the API's own documentation suggest, in the form of `folded`, and what they are here.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("og", "openGraph"),
    ("opengraphs", "openGraph"),
    ("social", "openGraph"),
    ("meta", "seo"),
    ("metadata", "seo"),
    ("desc", "description"),
    ("metadescription", "description"),
    ("metatitle", "title"),
    ("name", "title"),
    ("url", "path"),
    ("pageid", "id"),
    ("siteid", "site"),
    ("lang", "locales"),
    ("langs", "locales"),
    ("languages", "locales"),
    ("translations", "locales"),
    ("env", "environments"),
    ("envs", "environments"),
    ("files", "pages"),
    ("globs", "pages"),
];

/// Returns the place of a key that exists, but not here.
fn belongs_elsewhere(key: &str, allowed: &[&str]) -> Option<String> {
    let folded = folded(key);
    let in_locale = allowed.contains(&"openGraph");
    let in_page = allowed.contains(&"locales") && allowed.contains(&"path");
    if in_locale {
        return match folded.as_str() {
            "description" | "desc" | "metadescription" | "seodescription" => {
                Some(format!("`{key}` belongs under `seo`, as `seo: {{description: …}}`"))
            }
            "seotitle" | "metatitle" => Some(format!("`{key}` belongs under `seo`, as `seo: {{title: …}}`")),
            "ogtitle" | "opengraphtitle" => {
                Some(format!("`{key}` belongs under `openGraph`, as `openGraph: {{title: …}}`"))
            }
            "ogdescription" | "opengraphdescription" => {
                Some(format!("`{key}` belongs under `openGraph`, as `openGraph: {{description: …}}`"))
            }
            "titlecopied" | "descriptioncopied" => Some(format!("`{key}` belongs under `openGraph`")),
            "id" | "path" => Some(format!("`{key}` belongs to the page, beside `locales`")),
            _ => None,
        };
    }
    if in_page && matches!(folded.as_str(), "title" | "slug" | "seo" | "opengraph" | "description") {
        return Some(format!(
            "`{key}` belongs under a locale, as `locales: {{en-US: {{…}}}}`; `primary` names the primary locale"
        ));
    }
    if in_page && (looks_like_locale(key) || folded == "primary") {
        return Some(format!("`{key}` belongs under `locales`"));
    }
    None
}

/// Returns the allowed key that this one is most like, if any is like it at all.
fn closest<'a>(key: &str, allowed: &[&'a str]) -> Option<&'a str> {
    let wanted = folded(key);
    let other_name = OTHER_NAMES
        .iter()
        .filter(|(other, _)| *other == wanted)
        .find_map(|(_, name)| allowed.iter().find(|allowed| *allowed == name));
    if let Some(name) = other_name {
        return Some(name);
    }
    let limit = (wanted.chars().count() / 3).max(1);
    allowed
        .iter()
        .map(|name| (distance(&wanted, &folded(name)), *name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

fn listed(allowed: &[&str]) -> String {
    let names: Vec<String> = allowed.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "no key is allowed here".to_owned(),
        [only] => format!("the only key allowed here is {only}"),
        [first @ .., last] => format!("the keys allowed here are {} and {last}", first.join(", ")),
    }
}

/// Returns the key without what spellings differ in: case, `_` and `-`.
fn folded(key: &str) -> String {
    key.chars().filter(|character| !matches!(character, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// Returns whether the key has the form of a language tag, such as `en` or `zh-Hant-TW`.
fn looks_like_locale(key: &str) -> bool {
    let mut parts = key.split(['-', '_']);
    let is_language = parts.next().is_some_and(|language| {
        // A language of three letters is rarer than a misspelt key, unless a region follows.
        let lengths = if key.len() == 3 { 2..=2 } else { 2..=3 };
        lengths.contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    is_language
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCALE: &[&str] = &["title", "slug", "seo", "openGraph"];
    const PAGE: &[&str] = &["id", "path", "locales"];

    #[test]
    fn misspellings() {
        for (key, meant) in [
            ("titel", "title"),
            ("Title", "title"),
            ("sulg", "slug"),
            ("open_graph", "openGraph"),
            ("opengraph", "openGraph"),
            ("og", "openGraph"),
            ("SEO", "seo"),
        ] {
            assert_eq!(for_key(key, LOCALE), format!("did you mean `{meant}`?"), "{key}");
        }
        assert_eq!(for_key("locale", PAGE), "did you mean `locales`?");
        assert_eq!(for_key("ID", PAGE), "did you mean `id`?");
    }

    #[test]
    fn misplaced() {
        assert!(for_key("description", LOCALE).contains("belongs under `seo`"));
        assert!(for_key("fr-FR", PAGE).contains("belongs under `locales`"));
        assert!(for_key("seo", PAGE).contains("belongs under a locale"));
    }

    #[test]
    fn nothing_like_it() {
        assert_eq!(for_key("wibble", PAGE), "the keys allowed here are `id`, `path` and `locales`");
    }
}
