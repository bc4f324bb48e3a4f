//! One HTTP request from its first byte to the last byte of its answer.
//!
//! Knows HTTP and the order of things; what an answer says is decided elsewhere.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};

use super::connection::{Breaker, Phase, reached};
use super::control;
use super::faults::{Action, Due};
use super::limit::Allowance;
use super::routes::Call;
use super::server::{Shared, query};
use super::wire::Answer;

/// Far more than 100 entries of a bulk request need.
const LARGEST_BODY: usize = 4 << 20;

/// The `Retry-After` that even a 200 has in the API's documentation. Clients must not wait for it.
const RETRY_AFTER_OF_SUCCESS: u64 = 60;

/// How an answer reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivery {
    Whole,
    /// Without a header about limits.
    Bare,
    Html,
    Half,
    /// The connection breaks before the first byte.
    Lost,
    /// The connection breaks in the middle.
    Broken,
    Never,
}

/// Answers everything.
pub(super) async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    request: Request,
) -> Response {
    let since = Instant::now();
    let (parts, body) = request.into_parts();
    let body = read(body).await;
    let bytes = body.as_deref().unwrap_or_default();
    let call = Call { method: parts.method.as_str(), path: parts.uri.path(), query: query(&parts.uri), body: bytes };
    if let Some(name) = call.path.strip_prefix(control::DOOR) {
        return control::answer(&shared, call.method, name, bytes);
    }
    let (number, due) = shared.arrive(&call, parts.uri.query().unwrap_or_default());
    wait(&shared, &due).await;
    let mut delivery = delivery(&due);
    let reset_before = due.actions.contains(&Action::ResetBefore);
    let (answer, allowance) = if reset_before {
        delivery = Delivery::Lost;
        (Answer::no_route(call.method, call.path), Allowance::NONE)
    } else if body.is_some() {
        shared.answer(&call, bearer(&parts), due)
    } else {
        let too_large = "Bad Request: The body is too large";
        (Answer::error(413, "bad_request", too_large), Allowance::NONE)
    };
    let status = match delivery {
        Delivery::Lost | Delivery::Never => None,
        Delivery::Whole | Delivery::Bare | Delivery::Html | Delivery::Half | Delivery::Broken => Some(answer.status),
    };
    shared.leave(number, status, since);
    if delivery == Delivery::Never {
        reached(shared.phases.clone(), Phase::Draining).await;
    }
    deliver(&answer, allowance, delivery, breaker)
}

/// Reads a body, or returns none if it is too large. Reads to the end, so that the client gets to read the answer.
async fn read(body: Body) -> Option<Bytes> {
    let mut stream = body.into_data_stream();
    let mut read = Vec::new();
    let mut length = 0;
    while let Some(Ok(chunk)) = stream.next().await {
        length += chunk.len();
        if length <= LARGEST_BODY {
            read.extend_from_slice(&chunk);
        }
    }
    (length <= LARGEST_BODY).then(|| read.into())
}

/// Lets pass the time that faults ask for, but not beyond the end of the server.
async fn wait(shared: &Shared, due: &Due) {
    let delay = |action: &Action| match action {
        Action::Delay(milliseconds) => *milliseconds,
        _ => 0,
    };
    let milliseconds = due.actions.iter().map(delay).fold(0, u64::saturating_add);
    if milliseconds > 0 {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(milliseconds)) => {}
            () = reached(shared.phases.clone(), Phase::Draining) => {}
        }
    }
}

/// Returns what the first fault that has a say makes of the delivery.
fn delivery(due: &Due) -> Delivery {
    let say = |action: &Action| match action {
        Action::TooManyRequestsBare => Some(Delivery::Bare),
        Action::BadGateway | Action::NotJson => Some(Delivery::Html),
        Action::ResetBefore | Action::ResetAfter => Some(Delivery::Lost),
        Action::ResetMiddle => Some(Delivery::Broken),
        Action::HangAfter => Some(Delivery::Never),
        Action::Truncate => Some(Delivery::Half),
        Action::TooManyRequests(_) | Action::InternalError | Action::Unavailable | Action::Forbidden => {
            Some(Delivery::Whole)
        }
        Action::Delay(_) | Action::Edit(_) | Action::DeletePage(_) | Action::AddPage | Action::Stale => None,
    };
    due.actions.iter().find_map(say).unwrap_or(Delivery::Whole)
}

fn bearer(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn deliver(answer: &Answer, allowance: Allowance, delivery: Delivery, breaker: Breaker) -> Response {
    let mut text = match delivery {
        Delivery::Html => html(answer.status),
        Delivery::Whole | Delivery::Bare | Delivery::Half | Delivery::Lost | Delivery::Broken | Delivery::Never => {
            answer.body.to_string()
        }
    }
    .into_bytes();
    let length = text.len();
    let body = match delivery {
        Delivery::Whole | Delivery::Bare | Delivery::Html => Body::from(text),
        Delivery::Half => {
            text.truncate(length / 2);
            Body::from(text)
        }
        Delivery::Broken => {
            text.truncate(length / 2);
            broken(text, breaker)
        }
        // The answer is lost with the connection it is written to.
        Delivery::Lost | Delivery::Never => {
            breaker.reset();
            Body::from(text)
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let kind = match delivery {
        Delivery::Html => "text/html; charset=utf-8",
        Delivery::Whole | Delivery::Bare | Delivery::Half | Delivery::Lost | Delivery::Broken | Delivery::Never => {
            "application/json; charset=utf-8"
        }
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if delivery == Delivery::Broken {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    if delivery != Delivery::Bare {
        tell_limits(headers, answer, allowance);
    }
    response
}

fn tell_limits(headers: &mut axum::http::HeaderMap, answer: &Answer, allowance: Allowance) {
    headers.insert("x-ratelimit-limit", allowance.limit.into());
    headers.insert("x-ratelimit-remaining", allowance.remaining.into());
    let success = (200..300).contains(&answer.status).then_some(RETRY_AFTER_OF_SUCCESS);
    if let Some(seconds) = answer.retry_after.or(success) {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
}

/// Returns a body that ends with its connection.
fn broken(text: Vec<u8>, breaker: Breaker) -> Body {
    let sent = stream::once(async { Ok(Bytes::from(text)) });
    let end = stream::once(async move {
        // Lets the server send what it has.
        tokio::task::yield_now().await;
        breaker.reset();
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(sent.chain(end))
}

/// What something between client and server says.
fn html(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default();
    format!("<html>\n<head><title>{status} {reason}</title></head>\n<body>{reason}</body>\n</html>\n")
}
