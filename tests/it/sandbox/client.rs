//! A client that hides nothing.

use std::sync::Once;

use serde_json::Value;
use slugline::sandbox::Site;

/// Talks to one server with one token.
pub(super) struct Client {
    url: String,
    token: Option<String>,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) limit: Option<u64>,
    pub(super) remaining: Option<u64>,
    pub(super) retry_after: Option<u64>,
    /// Null if it is no JSON.
    pub(super) body: Value,
    pub(super) text: String,
}

impl Client {
    pub(super) fn new(url: &str, site: &Site) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Another test of this process may have been first.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { url: url.to_owned(), token: Some(site.token().to_owned()), http }
    }

    pub(super) fn with_token(&self, token: Option<&str>) -> Self {
        Self { url: self.url.clone(), token: token.map(str::to_owned), http: self.http.clone() }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    pub(super) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, &body.to_string()).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, &body.to_string()).await
    }

    pub(super) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send("PATCH", path, &body.to_string()).await
    }

    pub(super) async fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        self.try_send(method, path, body).await.expect("an answer")
    }

    /// Returns the error of a connection that broke.
    pub(super) async fn try_send(&self, method: &str, path: &str, body: &str) -> reqwest::Result<Answer> {
        let method = method.parse().expect("a method");
        let mut request = self.http.request(method, format!("{}{path}", self.url)).body(body.to_owned());
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await?;
        let number = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()?.parse().ok());
        let (limit, remaining) = (number("x-ratelimit-limit"), number("x-ratelimit-remaining"));
        let (status, retry_after) = (response.status().as_u16(), number("retry-after"));
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or_default();
        Ok(Answer { status, limit, remaining, retry_after, body, text })
    }
}
