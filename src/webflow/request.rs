//! What a request is called: the endpoint, where it goes, and the line that names it in messages.

use std::fmt;

use super::base_url::Namespace;

/// The calls of the API that this client makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    Introspect,
    Sites,
    Site,
    Pages,
    Page,
    UpdatePage,
    UpdatePages,
    Publish,
}

impl Endpoint {
    /// Returns the scope that a token needs for this call, as the API reference names it.
    pub fn scope(self) -> Option<&'static str> {
        match self {
            Self::Introspect => None,
            Self::Sites | Self::Site => Some("sites:read"),
            Self::Pages | Self::Page => Some("pages:read"),
            Self::UpdatePage | Self::UpdatePages => Some("pages:write"),
            Self::Publish => Some("sites:write"),
        }
    }
}

/// A request as messages name it: method, path and query, with no secret in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLine {
    pub endpoint: Endpoint,
    pub method: &'static str,
    /// Path and query.
    pub target: String,
}

impl fmt::Display for RequestLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint: _, method, target } = self;
        write!(f, "`{method} {target}`")
    }
}

/// Where a request goes: segments below the namespace, and a query.
pub(super) struct Target {
    pub(super) endpoint: Endpoint,
    /// Where the endpoint exists in one namespace only, whatever the options say.
    pub(super) namespace: Option<Namespace>,
    pub(super) segments: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
}

impl Target {
    pub(super) fn new(endpoint: Endpoint, segments: &[&str]) -> Self {
        let segments = segments.iter().map(|segment| (*segment).to_owned()).collect();
        Self { endpoint, namespace: None, segments, query: Vec::new() }
    }

    /// Adds a parameter if it has a value.
    pub(super) fn query(mut self, name: &'static str, value: Option<&str>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_owned())));
        self
    }

    pub(super) fn in_namespace(self, namespace: Namespace) -> Self {
        Self { namespace: Some(namespace), ..self }
    }
}
