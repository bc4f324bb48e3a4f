//! An answer that is no success: what the API says about it, in any of the shapes that it uses.

use std::fmt;

use reqwest::StatusCode;
use serde_json::Value;

use super::excerpt::excerpt;
use super::request::RequestLine;
use super::token::Token;

/// More details than a message has room for.
const MOST_DETAILS: usize = 10;

/// An answer with a status that is no success. All its texts are cleaned and hold no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub request: RequestLine,
    pub status: u16,
    /// The API's own code, for example `resource_not_found` or `RouteNotFound`.
    pub code: Option<String>,
    /// The API's message, or the beginning of the body if it is not of the API's making. May be empty.
    pub message: String,
    /// What the API adds to the message, for example one entry a bad field.
    pub details: Vec<String>,
}

impl Answer {
    pub(super) fn read(request: RequestLine, status: u16, body: &[u8], token: &Token) -> Self {
        let text = String::from_utf8_lossy(body);
        let clean = |text: &str| excerpt(text, token);
        let object = match serde_json::from_str(&text) {
            Ok(Value::Object(object)) => object,
            Ok(_) | Err(_) => {
                return Self { request, status, code: None, message: clean(&text), details: Vec::new() };
            }
        };
        // Two shapes: `code` and `message`, or for routes `errorEnum` and `msg` with a number as `code`.
        let text_of = |names: [&str; 2]| names.iter().find_map(|name| object.get(*name)?.as_str()).map(clean);
        let details = object.get("details").and_then(Value::as_array).into_iter().flatten();
        Self {
            request,
            status,
            code: text_of(["code", "errorEnum"]),
            message: text_of(["message", "msg"]).unwrap_or_else(|| clean(&text)),
            details: details
                .take(MOST_DETAILS)
                .map(|detail| clean(&detail.as_str().map_or_else(|| detail.to_string(), str::to_owned)))
                .collect(),
        }
    }

    /// Tells whether the API says that the address itself is unknown, not what it names.
    pub(super) fn is_unknown_route(&self) -> bool {
        self.code.as_deref() == Some("RouteNotFound")
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { request, status, code: _, message, details } = self;
        write!(f, "{request} answered {status}")?;
        if let Some(reason) = StatusCode::from_u16(*status).ok().and_then(|status| status.canonical_reason()) {
            write!(f, " {}", reason.to_lowercase())?;
        }
        if !message.is_empty() {
            write!(f, ": {message}")?;
        }
        if !details.is_empty() {
            write!(f, " ({})", details.join("; "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webflow::request::Endpoint;

    fn read(status: u16, body: &str) -> Answer {
        let request = RequestLine { endpoint: Endpoint::Site, method: "GET", target: "/v2/sites/x".to_owned() };
        Answer::read(request, status, body.as_bytes(), &Token::new("s3cr3t".to_owned()).unwrap())
    }

    #[test]
    fn reads_the_documented_shape() {
        let answer = read(
            404,
            r#"{"code":"resource_not_found","message":"Requested resource not found: The site cannot be found","externalReference":null,"details":[]}"#,
        );
        assert_eq!(answer.code.as_deref(), Some("resource_not_found"));
        assert_eq!(
            answer.to_string(),
            "`GET /v2/sites/x` answered 404 not found: Requested resource not found: The site cannot be found"
        );
    }

    #[test]
    fn reads_the_shape_of_unknown_routes() {
        let answer = read(
            404,
            r#"{"msg":"Route not found: /v2/x","code":404,"name":"RouteNotFoundError","errorEnum":"RouteNotFound"}"#,
        );
        assert!(answer.is_unknown_route());
        assert_eq!(answer.to_string(), "`GET /v2/sites/x` answered 404 not found: Route not found: /v2/x");
    }

    #[test]
    fn shows_details_of_either_kind() {
        let answer = read(
            400,
            r#"{"code":"validation_error","message":"Validation Error","details":["bad slug",{"param":"seo.title"}]}"#,
        );
        assert_eq!(
            answer.to_string(),
            r#"`GET /v2/sites/x` answered 400 bad request: Validation Error (bad slug; {"param":"seo.title"})"#
        );
    }

    #[test]
    fn falls_back_to_the_body() {
        assert_eq!(
            read(502, "<h1>Bad\nGateway</h1>").to_string(),
            "`GET /v2/sites/x` answered 502 bad gateway: <h1>Bad Gateway</h1>"
        );
        assert_eq!(read(500, "").to_string(), "`GET /v2/sites/x` answered 500 internal server error");
        assert_eq!(read(599, r#"{"other":1}"#).to_string(), r#"`GET /v2/sites/x` answered 599: {"other":1}"#);
    }

    #[test]
    fn holds_no_token() {
        let answer = read(400, r#"{"code":"s3cr3t","message":"bad s3cr3t","details":["s3cr3t",{"s3cr3t":1}]}"#);
        assert!(!format!("{answer} {answer:?}").contains("s3cr3t"));
    }
}
