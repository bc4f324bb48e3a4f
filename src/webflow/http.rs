//! The HTTP client under the transport: how it is built, and what its errors mean. Must not know
//! the API beyond its token.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Certificate, ClientBuilder, redirect, retry};

use super::error::Error;
use super::options::Options;

/// A server that takes longer to accept a connection is down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Shorter than servers commonly keep idle connections, so that a write seldom meets one that is just being closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

pub(super) fn client(options: &Options) -> Result<reqwest::Client, Error> {
    // An error means that a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    if options.base_url.is_plain_http() {
        // Nothing here will speak TLS, and reading the system's certificates takes time.
        return builder(options)?.tls_certs_only([]).build().map_err(setup);
    }
    // A machine without a certificate store (a bare container) fails here, and gets Mozilla's.
    builder(options)?.build().or_else(|_| builder(options)?.tls_certs_only(mozilla_roots()?).build().map_err(setup))
}

fn builder(options: &Options) -> Result<ClientBuilder, Error> {
    let mut headers = HeaderMap::new();
    let authorization = options.token.header().map_err(|error| Error::Setup { cause: error.to_string() })?;
    headers.insert(AUTHORIZATION, authorization);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let builder = reqwest::Client::builder()
        .user_agent(concat!("slugline/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .http1_only()
        .gzip(true)
        .redirect(redirect::Policy::none())
        // Whether to send again is decided by `retry`, which knows what a write is.
        .retry(retry::never())
        .connect_timeout(CONNECT_TIMEOUT.min(options.request_timeout))
        .timeout(options.request_timeout)
        .pool_idle_timeout(IDLE_TIMEOUT);
    // A proxy cannot reach this machine's loopback, but proxy variables catch it.
    Ok(if options.base_url.is_loopback() { builder.no_proxy() } else { builder })
}

fn mozilla_roots() -> Result<Vec<Certificate>, Error> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|der| Certificate::from_der(der).map_err(setup)).collect()
}

fn setup(error: reqwest::Error) -> Error {
    Error::Setup { cause: error.without_url().to_string() }
}

/// Returns the innermost reasons of an error, without the layers that only say where it arose.
pub(super) fn cause(error: &reqwest::Error) -> String {
    let mut reasons = Vec::new();
    let mut source = error.source();
    while let Some(reason) = source {
        let text = reason.to_string();
        if !text.starts_with("client error (") && !reasons.contains(&text) {
            reasons.push(text);
        }
        source = reason.source();
    }
    if reasons.is_empty() { "the connection failed".to_owned() } else { reasons.join(": ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webflow::{BaseUrl, Token};

    fn options(base_url: &str) -> Options {
        let token = Token::new("s3cr3t".to_owned()).unwrap();
        Options { base_url: base_url.parse().unwrap(), ..Options::new(token) }
    }

    #[test]
    fn builds_for_the_live_api_and_for_loopback() {
        for base_url in [BaseUrl::LIVE, "http://127.0.0.1:1", "https://localhost"] {
            let client = client(&options(base_url)).unwrap();
            assert!(!format!("{client:?}").contains("s3cr3t"));
        }
    }

    #[test]
    fn builds_with_the_bundled_certificates() {
        let options = options(BaseUrl::LIVE);
        client(&options).unwrap();
        builder(&options).unwrap().tls_certs_only(mozilla_roots().unwrap()).build().unwrap();
    }
}
