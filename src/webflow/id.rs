//! Which texts can be an id of the API. Ids go into URLs, file names and messages, so each is checked where it enters.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// Ids have 24 characters in practice.
const LONGEST: usize = 64;

/// Returns whether a text can be an id: 1 to 64 ASCII letters, digits, `-` or `_`.
pub(super) fn is_id(text: &str) -> bool {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(is_safe)
}

/// Returns the text if it can be the id of `what`.
pub(super) fn checked<E: Error>(text: String, what: &str) -> Result<String, E> {
    if is_id(&text) {
        return Ok(text);
    }
    // So much that what was expected has room in the message.
    let shown: String = text.chars().take(LONGEST).collect();
    let message = format!("`{shown}` cannot be {what}, expected 1 to {LONGEST} letters, digits, `-` or `_`");
    Err(E::custom(message))
}

/// Reads an id.
pub(super) fn one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    checked(String::deserialize(deserializer)?, "an id")
}

/// Reads a list of ids, empty if it is null.
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let ids: Vec<String> = Option::deserialize(deserializer)?.unwrap_or_default();
    ids.into_iter().map(|id| checked(id, "an id")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_short_texts_of_safe_characters() {
        for id in ["6596da6045e56dee495bcbba", "a", "a-b_C", &"x".repeat(64)] {
            assert!(is_id(id), "{id}");
        }
        for text in ["", "..", "a/b", "a?b", "a#b", "a%2e", "a b", "a\nb", "a\u{0}", "ü", &"x".repeat(65)] {
            assert!(!is_id(text), "{text:?}");
        }
    }
}
