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
use super::due::{Delivery, Verdict};
use super::limit::Allowance;
use super::routes::Call;
use super::server::{Shared, query};
use super::wire::Answer;

/// Far more than 100 entries of a bulk request need.
const LARGEST_BODY: usize = 4 << 20;

/// The `Retry-After` that even a 200 has in the API's documentation. Clients must not wait for it.
const RETRY_AFTER_OF_SUCCESS: u64 = 60;

/// Answers everything.
pub(super) async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    request: Request,
) -> Response {
    let since = Instant::now();
    let (parts, body) = request.into_parts();
    let is_control = parts.uri.path().starts_with(control::DOOR);
    // A whole site is a large body.
    let body = read(body, if is_control { usize::MAX } else { LARGEST_BODY }).await;
    let call =
        Call { method: parts.method.as_str(), path: parts.uri.path(), query: query(&parts.uri), body: body.as_deref() };
    if let Some(name) = call.path.strip_prefix(control::DOOR) {
        return control::answer(&shared, call.method, name, body.as_deref().unwrap_or_default());
    }
    let (number, due) = shared.arrive(&call, parts.uri.query().unwrap_or_default());
    wait(&shared, due.delay).await;
    let delivery = due.delivery();
    let (answer, allowance) = if due.verdict == Some(Verdict::ResetBefore) {
        (Answer::no_route(call.method, call.path), Allowance::NONE)
    } else {
        shared.answer(number, &call, bearer(&parts), due)
    };
    let is_answered = !matches!(delivery, Delivery::Lost | Delivery::Never);
    let status = is_answered.then_some(answer.status);
    shared.leave(number, status, since);
    if delivery == Delivery::Never {
        reached(shared.phases.clone(), Phase::Draining).await;
    }
    deliver(&answer, allowance, delivery, breaker)
}

/// Reads a body, or returns none if it is too large. Reads to the end, so that the client gets to read the answer.
async fn read(body: Body, most: usize) -> Option<Bytes> {
    let mut stream = body.into_data_stream();
    let mut read = Vec::new();
    let mut length = 0;
    while let Some(Ok(chunk)) = stream.next().await {
        length += chunk.len();
        if length <= most {
            read.extend_from_slice(&chunk);
        }
    }
    (length <= most).then(|| read.into())
}

/// Lets time pass, but not beyond the end of the server.
async fn wait(shared: &Shared, milliseconds: u64) {
    if milliseconds > 0 {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(milliseconds)) => {}
            () = reached(shared.phases.clone(), Phase::Draining) => {}
        }
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn deliver(answer: &Answer, allowance: Allowance, delivery: Delivery, breaker: Breaker) -> Response {
    let is_html = delivery == Delivery::Html;
    let text = if is_html { html(answer.status) } else { answer.body.to_string() };
    let kind = if is_html { "text/html; charset=utf-8" } else { "application/json; charset=utf-8" };
    let mut bytes = text.into_bytes();
    let length = bytes.len();
    let body = match delivery {
        Delivery::Whole | Delivery::Bare | Delivery::Html => Body::from(bytes),
        Delivery::Half => {
            bytes.truncate(length / 2);
            Body::from(bytes)
        }
        Delivery::Broken => {
            bytes.truncate(length / 2);
            broken(bytes, breaker)
        }
        // The answer is lost with the connection it is written to.
        Delivery::Lost | Delivery::Never => {
            breaker.reset();
            Body::from(bytes)
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
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
