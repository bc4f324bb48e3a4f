//! A request before it is sent: URL, body, and the line that names it. Checks what goes into the
//! URL. Must not know how a request is sent.

use reqwest::{Method, Url};

use super::base_url::{BaseUrl, Namespace};
use super::error::Error;
use super::excerpt::excerpt;
use super::id::is_id;
use super::request::{RequestLine, Target};
use super::token::Token;

/// A request, ready to be sent any number of times.
pub(super) struct Call {
    pub(super) line: RequestLine,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Vec<u8>>,
}

impl Call {
    pub(super) fn new(
        base_url: &BaseUrl,
        namespace: Namespace,
        token: &Token,
        method: Method,
        target: &Target,
        body: Option<Vec<u8>>,
    ) -> Result<Self, Error> {
        let mut path = vec![target.namespace.unwrap_or(namespace).segment()];
        for segment in &target.segments {
            if !is_id(segment) {
                return Err(Error::InvalidId { id: excerpt(segment, token) });
            }
            path.push(segment);
        }
        let mut url = base_url.join(&path);
        if !target.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&target.query);
        }
        let shown = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let line = RequestLine { endpoint: target.endpoint, method: name(&method), target: excerpt(&shown, token) };
        Ok(Self { line, method, url, body })
    }
}

fn name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        _ => "POST",
    }
}
