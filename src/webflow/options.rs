//! What a client can be told.

use std::fmt;
use std::time::Duration;

use super::base_url::{BaseUrl, Namespace};
use super::pacer::OnWait;
use super::token::Token;

#[derive(Clone)]
pub struct Options {
    pub base_url: BaseUrl,
    pub namespace: Namespace,
    pub token: Token,
    /// Caps the pace, whatever the server allows. Without it the server's limit holds, or 60 a
    /// minute as long as that is unknown.
    pub requests_per_minute: Option<u32>,
    /// How long one try may take, from connection to last byte.
    pub request_timeout: Duration,
    /// The minute of the rate limit, in real time: 60 s. A server whose clock runs fast has a
    /// shorter one, and backoffs shrink along with it; `Retry-After` is real seconds all the same.
    pub minute: Duration,
    /// Hears of waits for the rate limit and before retries, of a second or more.
    pub on_wait: Option<OnWait>,
}

impl Options {
    /// Returns the options for the live API.
    pub fn new(token: Token) -> Self {
        Self {
            base_url: BaseUrl::default(),
            namespace: Namespace::default(),
            token,
            requests_per_minute: None,
            request_timeout: Duration::from_secs(30),
            minute: Duration::from_secs(60),
            on_wait: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { base_url, namespace, token, requests_per_minute, request_timeout, minute, on_wait: _ } = self;
        f.debug_struct("Options")
            .field("base_url", base_url)
            .field("namespace", namespace)
            .field("token", token)
            .field("requests_per_minute", requests_per_minute)
            .field("request_timeout", request_timeout)
            .field("minute", minute)
            .finish_non_exhaustive()
    }
}
