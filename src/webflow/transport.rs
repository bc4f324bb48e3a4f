//! Sends requests: waits for a turn, sends, reads the answer within bounds, and sends again where
//! `retry` says so. Must not know what the calls mean.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::{Method, Response};
use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::base_url::{BaseUrl, Namespace};
use super::body::{self, End};
use super::bounds::{Bounds, NextTurn};
use super::call::Call;
use super::error::Error;
use super::excerpt::excerpt;
use super::http;
use super::json;
use super::moment::Moment;
use super::options::Options;
use super::pace::Quota;
use super::pacer::{Pacer, Place, Reserved, TooLate};
use super::request::Target;
use super::retry::{self, Decision, Failed, Failure, Kind};
use super::token::Token;

/// A list of 100 pages with the longest texts seen is well under one megabyte.
const LARGEST_BODY: usize = 32_000_000;
/// Enough of a failure's body for its message.
const LARGEST_FAILURE: usize = 65_536;

#[derive(Clone)]
pub(super) struct Transport {
    shared: Arc<Shared>,
    pacer: Arc<Pacer>,
}

/// Returns what is wrong with an answer for the request that it came for.
pub(super) type Accept<'a, T> = &'a (dyn Fn(&T) -> Result<(), String> + Sync);

struct Shared {
    http: reqwest::Client,
    base_url: BaseUrl,
    namespace: Namespace,
    token: Token,
    timeout: Duration,
    sent: AtomicU64,
}

impl Transport {
    pub(super) fn new(options: Options) -> Result<Self, Error> {
        let http = http::client(&options)?;
        let Options { base_url, namespace, token, requests_per_minute, request_timeout, minute, on_wait } = options;
        let pacer = Pacer::new(minute, requests_per_minute, on_wait);
        let sent = AtomicU64::new(0);
        let shared = Shared { http, base_url, namespace, token, timeout: request_timeout, sent };
        Ok(Self { shared: Arc::new(shared), pacer })
    }

    pub(super) fn requests(&self) -> u64 {
        self.shared.sent.load(Ordering::Relaxed)
    }

    pub(super) fn learn_limit(&self, limit: u32) {
        self.pacer.learn_limit(limit);
    }

    pub(super) fn call(&self, method: Method, target: &Target, body: Option<Vec<u8>>) -> Result<Call, Error> {
        let Shared { http: _, base_url, namespace, token, timeout: _, sent: _ } = &*self.shared;
        Call::new(base_url, *namespace, token, method, target, body)
    }

    /// Returns how many requests the rate limit leaves of this minute.
    pub(super) fn available(&self) -> u32 {
        self.pacer.available()
    }

    /// Returns how many requests a minute may go out.
    pub(super) fn limit(&self) -> u32 {
        self.pacer.limit()
    }

    /// Sends a call until it succeeds or must not be sent again. Returns the answer and when its request was sent. Keeps
    /// a place for the next request in `keeps`, if that is given.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        kind: Kind,
        call: &Call,
        bounds: &Bounds,
        keeps: Option<&NextTurn>,
        accept: Accept<'_, T>,
    ) -> Result<(T, Moment), Error> {
        let mut failed = Failed::default();
        loop {
            let mut error = match self.send_once(call, bounds, keeps, accept).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let mut asked = None;
            if let Error::RateLimited { answer: _, tries, retry_after } = &mut error {
                failed.limited += 1;
                *tries = failed.limited;
                asked = *retry_after;
            } else {
                failed.otherwise += 1;
            }
            match retry::decide(kind, failure(&error), failed, asked, jitter(), self.pacer.minute()) {
                Decision::GiveUp => return Err(error),
                Decision::After(length) => self.pacer.back_off(length).await,
                // The next turn comes when the rest is over.
                Decision::AfterPause(length) => self.pacer.rest(length),
            }
        }
    }

    async fn send_once<T: DeserializeOwned>(
        &self,
        call: &Call,
        bounds: &Bounds,
        keeps: Option<&NextTurn>,
        accept: Accept<'_, T>,
    ) -> Result<(T, Moment), Error> {
        let line = || call.line.clone();
        let places = tokio::select! {
            biased;
            () = bounds.close() => Err(TooLate),
            places = self.places(bounds, keeps) => places,
        };
        let (mut place, kept) = places.map_err(|TooLate| Error::Expired { request: line() })?;
        self.shared.sent.fetch_add(1, Ordering::Relaxed);
        let sent_at = Moment::now();
        let mut response = self.request(call).send().await.map_err(|error| self.lost(call, error))?;
        let status = response.status().as_u16();
        place.hear(quota(status, response.headers()));
        match status {
            200..=299 => {
                let (body, end) = body::read(&mut response, LARGEST_BODY).await;
                match end {
                    End::Whole => {
                        let value = self.decode(call, &response, &body)?;
                        accept(&value).map_err(|cause| self.unfit(call, status, &cause))?;
                        if let (Some(keeps), Some(mut kept)) = (keeps, kept) {
                            kept.answered();
                            keeps.keep(Some(kept));
                        }
                        Ok((value, sent_at))
                    }
                    End::TooLarge => Err(Error::TooLarge { request: line(), limit: LARGEST_BODY }),
                    End::Broken(error) => Err(self.lost(call, error)),
                }
            }
            300..=399 => {
                let location = self.header(response.headers(), &LOCATION).unwrap_or_default();
                Err(Error::Redirected { request: line(), status, location })
            }
            _ => Err(self.refused(call, status, &mut response).await),
        }
    }

    /// Waits for a place, and for the one to keep.
    async fn places(&self, bounds: &Bounds, keeps: Option<&NextTurn>) -> Result<(Place, Option<Reserved>), TooLate> {
        let Some(keeps) = keeps else { return Ok((self.pacer.place(bounds).await?, None)) };
        // A place that is still kept could be the one that is waited for.
        keeps.keep(None);
        self.pacer.pair(bounds).await
    }

    fn request(&self, call: &Call) -> reqwest::RequestBuilder {
        let request = self.shared.http.request(call.method.clone(), call.url.clone());
        match &call.body {
            Some(body) => request.header(CONTENT_TYPE, "application/json").body(body.clone()),
            None => request,
        }
    }

    fn decode<T: DeserializeOwned>(&self, call: &Call, response: &Response, body: &[u8]) -> Result<T, Error> {
        let (request, status) = (call.line.clone(), response.status().as_u16());
        let body = json::checked(body, &self.shared.token);
        let body = body.map_err(|error| self.unfit(call, status, &error.to_string()))?;
        serde_json::from_slice(&body).map_err(|error| {
            if error.is_data() {
                return Error::UnexpectedShape { request, status, cause: self.excerpt(&error.to_string()) };
            }
            let content_type = self.header(response.headers(), &CONTENT_TYPE);
            Error::NotJson { request, status, content_type, excerpt: self.excerpt(&String::from_utf8_lossy(&body)) }
        })
    }

    fn unfit(&self, call: &Call, status: u16, cause: &str) -> Error {
        Error::Unfit { request: call.line.clone(), status, cause: self.excerpt(cause) }
    }

    async fn refused(&self, call: &Call, status: u16, response: &mut Response) -> Error {
        // The status is what counts; as much of the body as came will do for the message.
        let (body, _) = body::read(response, LARGEST_FAILURE).await;
        let answer = Answer::read(call.line.clone(), status, &body, &self.shared.token);
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let (asked, server_time) = (header(RETRY_AFTER), header(DATE).and_then(retry::http_date));
        match Error::of_status(answer) {
            Error::RateLimited { answer, tries, retry_after: _ } => {
                let retry_after =
                    asked.and_then(|value| retry::retry_after(value, server_time.unwrap_or_else(Timestamp::now)));
                Error::RateLimited { answer, tries, retry_after }
            }
            other => other,
        }
    }

    /// Returns the error of a request whose answer did not come, or not whole.
    fn lost(&self, call: &Call, error: reqwest::Error) -> Error {
        let request = call.line.clone();
        let cause = self.excerpt(&http::cause(&error));
        // A timeout while connecting is both, and surely sent nothing.
        if error.is_connect() {
            Error::Connect { request, base: self.excerpt(&self.shared.base_url.to_string()), cause }
        } else if error.is_timeout() {
            Error::Timeout { request, after: self.shared.timeout }
        } else if error.is_builder() {
            Error::Setup { cause }
        } else {
            Error::Interrupted { request, cause }
        }
    }

    fn header(&self, headers: &HeaderMap, name: &HeaderName) -> Option<String> {
        headers.get(name).map(|value| self.excerpt(&String::from_utf8_lossy(value.as_bytes())))
    }

    fn excerpt(&self, text: &str) -> String {
        excerpt(text, &self.shared.token)
    }
}

fn failure(error: &Error) -> Failure {
    match error {
        Error::NotAuthorized(answer)
        | Error::Forbidden(answer)
        | Error::NotFound(answer)
        | Error::Rejected(answer)
        | Error::Server(answer)
        | Error::RateLimited { answer, tries: _, retry_after: _ } => Failure::Status(answer.status),
        Error::Redirected { request: _, status, location: _ } => Failure::Status(*status),
        Error::Connect { .. } => Failure::NotSent,
        Error::Timeout { .. } | Error::Interrupted { .. } => Failure::Broken,
        // What says it is JSON and does not parse was cut on the way. A page of HTML will be the same next time.
        Error::NotJson { request: _, status: _, content_type, excerpt: _ } => match content_type {
            Some(content_type) if content_type.contains("json") => Failure::Broken,
            Some(_) | None => Failure::Final,
        },
        Error::UnexpectedShape { .. }
        | Error::Unfit { .. }
        | Error::TooLarge { .. }
        | Error::Expired { .. }
        | Error::InvalidId { .. }
        | Error::Setup { .. } => Failure::Final,
    }
}

fn quota(status: u16, headers: &HeaderMap) -> Quota {
    let number = |name| headers.get(name)?.to_str().ok()?.trim().parse().ok();
    let limit = number("x-ratelimit-limit").filter(|limit| *limit > 0);
    // With a 429 nothing remains, but how long that is so is the matter of `Retry-After`.
    let remaining = if status == 429 { None } else { number("x-ratelimit-remaining") };
    Quota { limit, remaining }
}

/// Returns a number from 0 to 1 that differs between processes and calls.
fn jitter() -> f64 {
    // The keys of a `RandomState` are random, which is enough to spread retries.
    f64::from(u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}
