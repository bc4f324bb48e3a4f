//! What can go wrong with a request, as choices a caller can branch on. No error holds a secret:
//! every foreign text in it has gone through `excerpt`.

use std::time::Duration;

use super::answer::Answer;
use super::request::{Endpoint, RequestLine};

#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// 401.
    #[error("{0}")]
    NotAuthorized(Box<Answer>),
    /// 403, most often a scope that the token lacks.
    #[error("{0}")]
    Forbidden(Box<Answer>),
    /// 404.
    #[error("{0}")]
    NotFound(Box<Answer>),
    /// Any other status that is no success, most often 400.
    #[error("{0}")]
    Rejected(Box<Answer>),
    /// 429 again and again.
    #[error("{answer}; gave up after {tries} tries")]
    RateLimited { answer: Box<Answer>, tries: u32, retry_after: Option<Duration> },
    /// 5xx.
    #[error("{0}")]
    Server(Box<Answer>),
    /// 3xx. Redirects are not followed, because they would carry the token elsewhere.
    #[error("{request} answered {status}, a redirect to `{location}`")]
    Redirected { request: RequestLine, status: u16, location: String },
    /// No complete answer in time. The request may have been carried out.
    #[error("{request} had no answer within {} s", after.as_secs_f64())]
    Timeout { request: RequestLine, after: Duration },
    /// No connection, so the request was not sent.
    #[error("{request} was not sent, no connection to `{base}`: {cause}")]
    Connect { request: RequestLine, base: String, cause: String },
    /// The connection broke. The request may have been carried out.
    #[error("{request} was interrupted: {cause}")]
    Interrupted { request: RequestLine, cause: String },
    /// A success whose body is no JSON, for example the page of a proxy.
    #[error("{request} answered {status} with {} in place of JSON: {excerpt}", content_type.as_deref().map_or("something".to_owned(), |it| format!("`{it}`")))]
    NotJson { request: RequestLine, status: u16, content_type: Option<String>, excerpt: String },
    /// A success whose JSON is not what the API describes.
    #[error("{request} answered {status} with JSON of another shape: {cause}")]
    UnexpectedShape { request: RequestLine, status: u16, cause: String },
    /// A success whose JSON is that of another request, contradicts itself, or exceeds a bound.
    #[error("{request} answered {status}, but {cause}")]
    Unfit { request: RequestLine, status: u16, cause: String },
    /// A body that no page list can have.
    #[error("{request} answered with more than {} MB", limit / 1_000_000)]
    TooLarge { request: RequestLine, limit: usize },
    /// There was no turn to send a write before its deadline.
    #[error("{request} was not sent, its turn came too late")]
    Expired { request: RequestLine },
    /// A text that cannot be an id of the API, so nothing was sent.
    #[error("`{id}` cannot be an id of the Webflow API")]
    InvalidId { id: String },
    /// The client or a request could not be built.
    #[error("failed to set up the HTTP client: {cause}")]
    Setup { cause: String },
}

/// What is known of a write that returned an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    /// Surely nothing reached the server.
    NotSent,
    /// The server answered that it did nothing.
    Refused,
    /// It may have happened. Only a read can tell.
    Unknown,
}

impl Error {
    pub(super) fn of_status(answer: Answer) -> Self {
        let answer = Box::new(answer);
        match answer.status {
            401 => Self::NotAuthorized(answer),
            403 => Self::Forbidden(answer),
            404 => Self::NotFound(answer),
            429 => Self::RateLimited { answer, tries: 1, retry_after: None },
            500.. => Self::Server(answer),
            _ => Self::Rejected(answer),
        }
    }

    /// Returns what the server said, if it said that it failed.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::NotAuthorized(answer)
            | Self::Forbidden(answer)
            | Self::NotFound(answer)
            | Self::Rejected(answer)
            | Self::RateLimited { answer, tries: _, retry_after: _ }
            | Self::Server(answer) => Some(answer),
            Self::Redirected { .. }
            | Self::Timeout { .. }
            | Self::Connect { .. }
            | Self::Interrupted { .. }
            | Self::NotJson { .. }
            | Self::UnexpectedShape { .. }
            | Self::Unfit { .. }
            | Self::TooLarge { .. }
            | Self::Expired { .. }
            | Self::InvalidId { .. }
            | Self::Setup { .. } => None,
        }
    }

    /// Returns the request that failed, if one was made or tried.
    pub fn request(&self) -> Option<&RequestLine> {
        match self {
            Self::NotAuthorized(answer)
            | Self::Forbidden(answer)
            | Self::NotFound(answer)
            | Self::Rejected(answer)
            | Self::RateLimited { answer, .. }
            | Self::Server(answer) => Some(&answer.request),
            Self::Redirected { request, .. }
            | Self::Timeout { request, .. }
            | Self::Connect { request, .. }
            | Self::Interrupted { request, .. }
            | Self::NotJson { request, .. }
            | Self::UnexpectedShape { request, .. }
            | Self::Unfit { request, .. }
            | Self::TooLarge { request, .. }
            | Self::Expired { request } => Some(request),
            Self::InvalidId { .. } | Self::Setup { .. } => None,
        }
    }

    /// Returns the HTTP status of the answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Redirected { status, .. }
            | Self::NotJson { status, .. }
            | Self::UnexpectedShape { status, .. }
            | Self::Unfit { status, .. } => Some(*status),
            other => other.answer().map(|answer| answer.status),
        }
    }

    /// Tells whether the token is not good enough, so that no other request will do better.
    pub fn is_authorization(&self) -> bool {
        matches!(self, Self::NotAuthorized(_) | Self::Forbidden(_))
    }

    /// Tells whether the API could not be reached or did not behave as the API, whatever was asked.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Server(_)
            | Self::Redirected { .. }
            | Self::Timeout { .. }
            | Self::Connect { .. }
            | Self::Interrupted { .. }
            | Self::NotJson { .. }
            | Self::UnexpectedShape { .. }
            | Self::Unfit { .. }
            | Self::TooLarge { .. } => true,
            Self::Rejected(answer) => answer.status == 408,
            Self::NotAuthorized(_)
            | Self::Forbidden(_)
            | Self::NotFound(_)
            | Self::Expired { .. }
            | Self::InvalidId { .. }
            | Self::Setup { .. } => false,
        }
    }

    /// Returns what is known of a write that ended with this error.
    pub fn outcome(&self) -> WriteOutcome {
        match self {
            Self::Connect { .. } | Self::Expired { .. } | Self::InvalidId { .. } | Self::Setup { .. } => {
                WriteOutcome::NotSent
            }
            Self::NotAuthorized(_) | Self::Forbidden(_) | Self::RateLimited { .. } => WriteOutcome::Refused,
            Self::NotFound(answer) | Self::Rejected(answer) => refused_outcome(answer),
            Self::Server(_)
            | Self::Redirected { .. }
            | Self::Timeout { .. }
            | Self::Interrupted { .. }
            | Self::NotJson { .. }
            | Self::UnexpectedShape { .. }
            | Self::Unfit { .. }
            | Self::TooLarge { .. } => WriteOutcome::Unknown,
        }
    }

    /// Returns the way out, where there is one to name.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NotAuthorized(_) => {
                "the token is wrong, revoked, or of another site; a site token expires after a year without use".to_owned()
            }
            Self::Forbidden(answer) => return Some(forbidden_hint(answer)),
            Self::NotFound(answer) => return not_found_hint(answer),
            Self::RateLimited { .. } => {
                "something else uses the same token; wait a minute, or lower `--rpm` to leave it room".to_owned()
            }
            Self::Server(_) => "try again later; https://status.webflow.com tells of outages".to_owned(),
            Self::Redirected { .. } => {
                "redirects are not followed, because they would carry the token along; set the API address to the final one".to_owned()
            }
            Self::Timeout { .. } => "try again in a minute".to_owned(),
            Self::Connect { .. } | Self::Interrupted { .. } => {
                "check the network, and the proxy if there is one (`HTTPS_PROXY`, `NO_PROXY`)".to_owned()
            }
            Self::Unfit { .. } => {
                "slugline uses no answer that does not fit its request; check the API address and the proxy".to_owned()
            }
            Self::NotJson { .. } | Self::TooLarge { .. } => {
                "this is not the API answering; check the API address and the proxy".to_owned()
            }
            Self::Rejected(_)
            | Self::UnexpectedShape { .. }
            | Self::Expired { .. }
            | Self::InvalidId { .. }
            | Self::Setup { .. } => return None,
        };
        Some(hint)
    }
}

fn refused_outcome(answer: &Answer) -> WriteOutcome {
    // Nobody says whether a bulk update with one bad entry does the others.
    if answer.request.endpoint == Endpoint::UpdatePages {
        return WriteOutcome::Unknown;
    }
    match answer.status {
        // These come from a proxy that stopped waiting, not from the API.
        408 | 499 => WriteOutcome::Unknown,
        400..=498 => WriteOutcome::Refused,
        _ => WriteOutcome::Unknown,
    }
}

fn forbidden_hint(answer: &Answer) -> String {
    match answer.request.endpoint.scope() {
        Some(scope) => format!(
            "this request needs a token with the scope `{scope}`; scopes are chosen when a token is made, in the site's settings under Apps & integrations"
        ),
        None => "check that the token is meant for this site".to_owned(),
    }
}

fn not_found_hint(answer: &Answer) -> Option<String> {
    if answer.is_unknown_route() {
        return Some("the server does not know this address; check the API address and namespace".to_owned());
    }
    match answer.request.endpoint {
        Endpoint::Site | Endpoint::Pages | Endpoint::Publish => {
            Some("check the site id, and that the token is a token of that site".to_owned())
        }
        Endpoint::Page | Endpoint::UpdatePage | Endpoint::UpdatePages => {
            Some("the page may be deleted, or the token is one of another site".to_owned())
        }
        Endpoint::Introspect | Endpoint::Sites => None,
    }
}

#[cfg(test)]
mod tests;
