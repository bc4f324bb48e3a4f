//! The API token: kept out of every message, and of every text that a server sends back.
//! Must not know where a token comes from.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// Shorter parts of a token's base64 stand in other texts by chance.
const SHORTEST_BASE64: usize = 8;

/// A Webflow API token. Prints as `***`; the memory is wiped on drop.
#[derive(Clone)]
pub struct Token {
    text: SecretString,
    /// What the base64 of any text has in common that holds the token.
    base64: Vec<SecretString>,
    /// What a spelling of the token begins with.
    firsts: Vec<u8>,
}

/// Why a text cannot be a token. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    #[error("the API token is empty")]
    Empty,
    #[error("the API token holds a character that no token has (a space, a line break or a non-ASCII character)")]
    NotHeaderSafe,
}

impl Token {
    /// Returns the token without the white space around it, or an error if nothing is left or
    /// what is left could not stand in an HTTP header.
    pub fn new(text: String) -> Result<Self, InvalidToken> {
        let text = SecretString::from(text);
        let trimmed = text.expose_secret().trim();
        if trimmed.is_empty() {
            return Err(InvalidToken::Empty);
        }
        if !trimmed.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidToken::NotHeaderSafe);
        }
        let base64 = base64_of(trimmed);
        let spellings = base64.iter().map(ExposeSecret::expose_secret).chain([trimmed, "\\", "%", "&"]);
        let firsts = spellings.filter_map(|spelling| spelling.bytes().next()).collect();
        Ok(Self { text: SecretString::from(trimmed), base64, firsts })
    }

    /// Returns the value of the `Authorization` header, marked as sensitive.
    pub(super) fn header(&self) -> Result<HeaderValue, InvalidToken> {
        let text = SecretString::from(format!("Bearer {}", self.text.expose_secret()));
        let mut value = HeaderValue::from_str(text.expose_secret()).map_err(|_| InvalidToken::NotHeaderSafe)?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Returns the text with each spelling of the token replaced by `***`: as it is, in base64, or with any of its
    /// characters escaped as in JSON, a URL or HTML.
    pub fn redact(&self, text: &str) -> String {
        let mut redacted = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            match self.spelled(rest) {
                Some(length) => {
                    redacted.push_str("***");
                    rest = &rest[length..];
                }
                None => {
                    redacted.push(first);
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
        redacted
    }

    /// Returns whether the text holds a spelling of the token.
    pub fn is_in(&self, text: &str) -> bool {
        self.find_in(text).is_some()
    }

    /// Returns the byte offset of the first spelling of the token in the text.
    pub fn find_in(&self, text: &str) -> Option<usize> {
        text.char_indices().map(|(at, _)| at).find(|at| self.spelled(&text[*at..]).is_some())
    }

    /// Returns how many bytes at the start of the text spell the token, if they do.
    fn spelled(&self, text: &str) -> Option<usize> {
        // Most texts hold neither the token nor an escape.
        let first = text.as_bytes().first()?;
        if !self.firsts.contains(first) {
            return None;
        }
        let base64 = self.base64.iter().map(ExposeSecret::expose_secret).find(|base64| text.starts_with(*base64));
        base64.map(str::len).or_else(|| {
            let secret = self.text.expose_secret();
            // A character of the token may be the one that an escape begins with.
            [escape_or_character, character_or_escape].into_iter().find_map(|step| {
                secret.bytes().try_fold(0, |length, byte| Some(length + step(&text.as_bytes()[length..], byte)?))
            })
        })
    }
}

fn escape_or_character(text: &[u8], byte: u8) -> Option<usize> {
    escape(text, byte).or_else(|| character(text, byte))
}

fn character_or_escape(text: &[u8], byte: u8) -> Option<usize> {
    character(text, byte).or_else(|| escape(text, byte))
}

fn character(text: &[u8], byte: u8) -> Option<usize> {
    (text.first() == Some(&byte)).then_some(1)
}

/// Returns the length of the escape at the start of the text if it means this ASCII character: `\/`, `\u002f`, `\x2f`,
/// `%2f`, `&#47;` or `&#x2f;`.
fn escape(text: &[u8], byte: u8) -> Option<usize> {
    let hex = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|it| it.is_ascii_hexdigit()));
        u32::from_str_radix(digits?, 16).ok()
    };
    let coded = |range: std::ops::Range<usize>| {
        let end = range.end;
        (hex(text.get(range)?)? == u32::from(byte)).then_some(end)
    };
    match text {
        [b'\\', b'u', ..] => coded(2..6),
        [b'\\', b'x', ..] => coded(2..4),
        [b'\\', escaped, ..] => (*escaped == byte).then_some(2),
        [b'%', ..] => coded(1..3),
        [b'&', b'#', rest @ ..] => {
            let end = rest.iter().take(8).position(|byte| *byte == b';')?;
            let code = match &rest[..end] {
                [b'x' | b'X', digits @ ..] => hex(digits),
                digits => std::str::from_utf8(digits).ok()?.parse().ok(),
            };
            (code? == u32::from(byte)).then_some(end + 3)
        }
        _ => None,
    }
}

/// Returns what the base64 of a text holds wherever in the text the token stands: three bytes are four characters, so
/// there are three ways, and the first and the last characters depend on what stands beside the token.
fn base64_of(token: &str) -> Vec<SecretString> {
    let mut spellings = Vec::new();
    for before in 0..3 {
        let bytes = [&b"\0\0"[..before], token.as_bytes()].concat();
        let own = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let encoded = SecretString::from(engine.encode(&bytes));
            let spelling = &encoded.expose_secret()[own.clone()];
            let is_new = spellings.iter().all(|known: &SecretString| known.expose_secret() != spelling);
            if spelling.len() >= SHORTEST_BASE64 && is_new {
                spellings.push(SecretString::from(spelling));
            }
        }
    }
    spellings
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_be_a_token_without_saying_it() {
        assert_eq!(Token::new(" \n".to_owned()).unwrap_err(), InvalidToken::Empty);
        for text in ["sec ret", "sec\nret", "secrét", "sec\u{0}ret"] {
            let error = Token::new(text.to_owned()).unwrap_err();
            assert_eq!(error, InvalidToken::NotHeaderSafe);
            assert!(!format!("{error} {error:?}").contains("sec"));
        }
    }

    #[test]
    fn prints_as_stars() {
        let token = Token::new(" 0123secret\n".to_owned()).unwrap();
        assert_eq!(format!("{token} {token:?}"), "*** ***");
        let header = token.header().unwrap();
        assert_eq!(header.to_str().unwrap(), "Bearer 0123secret");
        assert!(!format!("{header:?}").contains("secret"));
    }

    #[test]
    fn is_taken_out_of_foreign_text_in_every_spelling() {
        let token = Token::new(r#"a/b"c+d"#.to_owned()).unwrap();
        let text = r#"raw a/b"c+d, json a/b\"c+d, slashes a\/b\"c+d, url a%2Fb%22c%2Bd"#;
        assert_eq!(token.redact(text), "raw ***, json ***, slashes ***, url ***");
        let text = r#"lower %61%2fb%22c%2bd, code \u0061\u002Fb\"c+d, hex \x61/b\x22c+d, html a&#47;b&#x22;c+d"#;
        assert_eq!(token.redact(text), "lower ***, code ***, hex ***, html ***");
    }

    #[test]
    fn is_found_where_it_holds_the_character_of_an_escape() {
        for secret in [r"a\\b", r"a\b", "a%2fb", r"\u0061", "a&#47;"] {
            let token = Token::new(secret.to_owned()).unwrap();
            let json = serde_json::to_string(secret).unwrap();
            assert_eq!(token.redact(&format!("x{secret}y {json}")), "x***y \"***\"", "{secret}");
        }
    }

    #[test]
    fn is_found_in_base64_wherever_it_stands() {
        let token = Token::new("0123456789abcdef>?".to_owned()).unwrap();
        for text in ["", "a", "ab", "Bearer "].map(|before| format!("{before}0123456789abcdef>?, after")) {
            for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
                let encoded = engine.encode(&text);
                assert!(token.is_in(&encoded) && !token.redact(&encoded).contains("MzQ1Njc4"), "{encoded}");
            }
        }
        assert!(!token.is_in("0123456789abcdef") && !token.is_in(""));
    }
}
