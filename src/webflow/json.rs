//! Checks the JSON of an answer before it is parsed: bounds how deep it nests and how many values it has, and takes out
//! each string that no caller may use. Does not depend on what the fields mean.

use std::borrow::Cow;

use serde_json::Value;

use super::excerpt::visible;
use super::token::Token;

/// A list of pages nests four levels deep.
const MOST_LEVELS: usize = 64;
/// A list of 100 pages has about 3,000 values. Each value takes 72 bytes or more once it is parsed, so a body of the
/// largest size could otherwise take more than a gigabyte.
const MOST_VALUES: usize = 100_000;

/// What stands in place of a string that is taken out: neither a text nor an object, so that no field reads it as one.
const DAMAGED: &[u8] = b"[\"a text that is not valid or holds the API token\"]";
/// The text in it. A message shows it where no such value may stand.
const MARK: &str = "a text that is not valid or holds the API token";

/// A bound that the JSON of an answer exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TooComplex {
    #[error("it nests more than {MOST_LEVELS} levels deep")]
    Levels,
    #[error("it has more than {MOST_VALUES} values")]
    Values,
}

/// Returns the JSON with [`DAMAGED`] in place of each string that is not valid text (a lone surrogate, invalid UTF-8, a
/// raw control character) or that holds the token in any spelling. Of JSON that is invalid otherwise, parsing it fails.
pub(super) fn checked<'b>(body: &'b [u8], token: &Token) -> Result<Cow<'b, [u8]>, TooComplex> {
    let mut clean = Vec::new();
    let (mut copied, mut at) = (0, 0);
    let (mut levels, mut values) = (0_usize, 0_usize);
    while at < body.len() {
        match body[at] {
            b'"' => {
                let Some(end) = end_of_string(body, at) else { break };
                if !is_usable(&body[at..end], token) {
                    clean.extend_from_slice(&body[copied..at]);
                    // A key has no meaning here unless it is one of the API's, which need no escapes.
                    clean.extend_from_slice(if is_key(&body[end..]) { b"\"\"" } else { DAMAGED });
                    copied = end;
                }
                at = end;
                continue;
            }
            b'[' | b'{' => (levels, values) = (levels + 1, values + 1),
            b']' | b'}' => levels = levels.saturating_sub(1),
            b',' | b':' => values += 1,
            _ => {}
        }
        if levels > MOST_LEVELS {
            return Err(TooComplex::Levels);
        }
        if values > MOST_VALUES {
            return Err(TooComplex::Values);
        }
        at += 1;
    }
    if copied == 0 {
        return Ok(Cow::Borrowed(body));
    }
    clean.extend_from_slice(&body[copied..]);
    Ok(Cow::Owned(clean))
}

/// Returns whether a value is or holds a string that was taken out.
pub(super) fn is_damaged(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.values().any(is_damaged),
        Value::Array(values) => is_taken_out(value) || values.iter().any(is_damaged),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Returns whether a value stands in place of a string that was taken out.
pub(super) fn is_taken_out(value: &Value) -> bool {
    value.as_array().is_some_and(|values| matches!(values.as_slice(), [Value::String(text)] if text == MARK))
}

/// Returns where the string ends that begins at `start`, its closing quote included.
fn end_of_string(body: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match body.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn is_key(rest: &[u8]) -> bool {
    rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
}

fn is_usable(string: &[u8], token: &Token) -> bool {
    let Ok(text) = serde_json::from_slice::<String>(string) else { return false };
    // Text may show without its hidden characters later, which must not join the parts of a token.
    let visible = visible(&text);
    !token.is_in(&visible) && (visible.len() == text.len() || !token.is_in(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(body: impl AsRef<[u8]>) -> String {
        let token = Token::new("t0ken/Zu7wqK3xR9vB".to_owned()).unwrap();
        String::from_utf8(checked(body.as_ref(), &token).unwrap().into_owned()).unwrap()
    }

    const OUT: &str = r#"["a text that is not valid or holds the API token"]"#;

    #[test]
    fn keeps_what_can_be_used() {
        for body in [r#"{"a":["\ud83d\ude00","\u0000",null,1e3,"]]"]}"#, "<html>", "", "\"no end", r#""a\"#] {
            assert_eq!(clean(body), body);
        }
    }

    #[test]
    fn takes_out_strings_that_are_not_text() {
        for string in [&b"\"a \\ud800 b\""[..], b"\"\\udc00\\ud800\"", b"\"\xff\"", b"\"a\0b\"", b"\"\\x\"", b"\"\n\""]
        {
            let body = [b"{\"a\":", string, b",\"b\":\"c\"}"].concat();
            assert_eq!(clean(body), format!(r#"{{"a":{OUT},"b":"c"}}"#));
        }
        assert_eq!(clean(r#"{"\ud800" : "a"}"#), r#"{"" : "a"}"#);
    }

    #[test]
    fn takes_out_every_spelling_of_the_token() {
        for spelling in [
            "t0ken/Zu7wqK3xR9vB",
            r"t0ken\/Zu7wqK3xR9vB",
            r"\u0074\u0030ken\u002FZu7wqK3xR9vB",
            "t0ken%2fZu7wqK3xR9vB",
            r"\\u00740ken/Zu7wqK3xR9vB",
            "t0ken&#x2F;Zu7wqK3xR9vB",
            "t0\u{200b}ken/Zu7wqK3xR9vB",
            "dDBrZW4vWnU3d3FLM3hSOXZC",
        ] {
            assert_eq!(clean(format!(r#"["before {spelling} after"]"#)), format!("[{OUT}]"), "{spelling}");
        }
        assert_eq!(clean(r#"{"t0ken/Zu7wqK3xR9vB":1}"#), r#"{"":1}"#);
    }

    #[test]
    fn bounds_levels_and_values() {
        let token = Token::new("t0ken".to_owned()).unwrap();
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(checked(nested(MOST_LEVELS).as_bytes(), &token).is_ok());
        assert_eq!(checked(nested(100_000).as_bytes(), &token), Err(TooComplex::Levels));
        let list = |values: usize| format!("[{}0]", "0,".repeat(values - 2));
        assert!(checked(list(MOST_VALUES).as_bytes(), &token).is_ok());
        assert_eq!(checked(list(1_000_000).as_bytes(), &token), Err(TooComplex::Values));
        // What stands in a string does not count.
        assert!(checked(format!("\"{}\"", "[,".repeat(1_000_000)).as_bytes(), &token).is_ok());
    }

    #[test]
    fn finds_damage_at_any_depth() {
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert!(is_damaged(&value(OUT)) && is_damaged(&value(&format!(r#"[{{"a":{OUT}}}]"#))));
        assert!(!is_damaged(&value(r#"["a text"]"#)) && !is_damaged(&value(&format!("{MARK:?}"))));
    }
}
