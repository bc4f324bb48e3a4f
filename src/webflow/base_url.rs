//! Where the API is: the base URL, with what it may not be, and the namespace below it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

/// The root of the API, without namespace and without trailing slash. `https` anywhere, `http`
/// on this machine only, because the token goes over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a text cannot be a base URL. Holds no more of it than scheme and host, because what else
/// is in it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBaseUrl {
    #[error("the API address is not a URL: {0}")]
    NotAUrl(String),
    #[error("the API address has the scheme `{0}`, and only `https` is allowed")]
    Scheme(String),
    #[error("the API address uses plain `http` to `{0}`, which is allowed on this machine only (localhost, 127.0.0.1)")]
    PlainHttp(String),
    #[error("the API address may hold no user name and no password")]
    UserInfo,
    #[error("the API address may hold no query and no fragment")]
    QueryOrFragment,
}

impl BaseUrl {
    /// Returns the URL of the live API.
    pub const LIVE: &'static str = "https://api.webflow.com";

    /// Tells whether the URL leads to this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    pub(super) fn is_plain_http(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// Returns the URL of `segments` below the base. Each segment is percent-encoded.
    pub(super) fn join(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

impl Default for BaseUrl {
    fn default() -> Self {
        Self::LIVE.parse().expect("a valid constant, checked by a test")
    }
}

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text.trim()).map_err(|error| InvalidBaseUrl::NotAUrl(error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidBaseUrl::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidBaseUrl::QueryOrFragment);
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            "http" => Err(InvalidBaseUrl::PlainHttp(url.host_str().unwrap_or_default().to_owned())),
            other => Err(InvalidBaseUrl::Scheme(other.to_owned())),
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The part of the API that requests go to. Bulk updates exist in `beta` only and go there in
/// any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Namespace {
    #[default]
    V2,
    Beta,
}

impl Namespace {
    pub(super) fn segment(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::Beta => "beta",
        }
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.segment())
    }
}

/// A text that names no namespace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no API namespace, the choice is `v2` or `beta`")]
pub struct InvalidNamespace(String);

impl FromStr for Namespace {
    type Err = InvalidNamespace;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "v2" => Ok(Self::V2),
            "beta" => Ok(Self::Beta),
            other => Err(InvalidNamespace(other.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_https_anywhere_and_http_on_this_machine() {
        for (text, shown) in [
            ("https://api.webflow.com", "https://api.webflow.com"),
            ("https://proxy.example/webflow/", "https://proxy.example/webflow"),
            ("http://localhost:8080/", "http://localhost:8080"),
            ("http://127.0.0.1:1", "http://127.0.0.1:1"),
            ("http://127.9.9.9", "http://127.9.9.9"),
            ("http://[::1]:9", "http://[::1]:9"),
        ] {
            assert_eq!(text.parse::<BaseUrl>().unwrap().to_string(), shown);
        }
        assert_eq!(BaseUrl::default().to_string(), BaseUrl::LIVE);
        assert!(!BaseUrl::default().is_loopback());
    }

    #[test]
    fn refuses_the_rest_without_showing_secrets() {
        for text in [
            "http://api.webflow.com",
            "http://localhost.evil.example",
            "http://128.0.0.1",
            "http://[::2]",
            "ftp://localhost",
            "https://user:hunter2@api.webflow.com",
            "https://hunter2@api.webflow.com",
            "https://api.webflow.com?token=hunter2",
            "https://api.webflow.com#hunter2",
            "api.webflow.com/hunter2",
            "",
        ] {
            let error = text.parse::<BaseUrl>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn joins_encoded_segments_below_its_own_path() {
        let base: BaseUrl = "https://proxy.example/webflow/".parse().unwrap();
        assert_eq!(base.join(&["v2", "pages", "a/b?c"]).as_str(), "https://proxy.example/webflow/v2/pages/a%2Fb%3Fc");
        assert_eq!(BaseUrl::default().join(&["v2", "sites"]).as_str(), "https://api.webflow.com/v2/sites");
    }

    #[test]
    fn namespaces_read_back() {
        for namespace in [Namespace::V2, Namespace::Beta] {
            assert_eq!(namespace.to_string().parse(), Ok(namespace));
        }
        assert_eq!(
            "v3".parse::<Namespace>().unwrap_err().to_string(),
            "`v3` is no API namespace, the choice is `v2` or `beta`"
        );
    }
}
