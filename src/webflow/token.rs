//! The API token: kept out of every message, and of every text that a server sends back.
//! Must not know where a token comes from.

use std::fmt;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// A Webflow API token. Prints as `***`; the memory is wiped on drop.
#[derive(Clone)]
pub struct Token(SecretString);

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
        Ok(Self(SecretString::from(trimmed)))
    }

    /// Returns the value of the `Authorization` header, marked as sensitive.
    pub(super) fn header(&self) -> Result<HeaderValue, InvalidToken> {
        let text = SecretString::from(format!("Bearer {}", self.0.expose_secret()));
        let mut value = HeaderValue::from_str(text.expose_secret()).map_err(|_| InvalidToken::NotHeaderSafe)?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Returns the text with the token, as it is, as JSON or as a URL spells it, replaced by `***`.
    pub(super) fn redact(&self, text: &str) -> String {
        let secret = self.0.expose_secret();
        let json = secret.replace('\\', "\\\\").replace('"', "\\\"");
        let slashes = json.replace('/', "\\/");
        let spellings = [slashes.as_str(), json.as_str(), secret];
        let redacted = spellings.iter().fold(text.to_owned(), |text, spelling| text.replace(spelling, "***"));
        redacted.replace(&percent_encoded(secret), "***")
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
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
    }
}
