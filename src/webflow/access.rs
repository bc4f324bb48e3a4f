//! Splits the transport in two: a half that sends GET and nothing else, and a half that changes
//! things. Who holds the first cannot get at the second.

use std::time::Instant;

use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use super::accept;
use super::error::Error;
use super::request::Target;
use super::retry::Kind;
use super::transport::{Accept, Bounds, Transport};

#[derive(Clone)]
pub(super) struct Reads(Transport);

impl Reads {
    pub(super) fn new(transport: Transport) -> Self {
        Self(transport)
    }

    /// Returns the answer if it is one that `accept` takes.
    pub(super) async fn get<T: DeserializeOwned>(&self, target: &Target, accept: Accept<'_, T>) -> Result<T, Error> {
        Ok(self.get_timed(target, accept).await?.0)
    }

    /// Returns the answer, and a moment before the request that it answers was sent: after any wait for a turn.
    pub(super) async fn get_timed<T: DeserializeOwned>(
        &self,
        target: &Target,
        accept: Accept<'_, T>,
    ) -> Result<(T, Instant), Error> {
        let call = self.0.call(Method::GET, target, None)?;
        self.0.send(Kind::Read, &call, &Bounds::default(), accept).await
    }

    pub(super) fn learn_limit(&self, limit: u32) {
        self.0.learn_limit(limit);
    }
}

#[derive(Clone)]
pub(super) struct Writes {
    transport: Transport,
    bounds: Bounds,
}

impl Writes {
    pub(super) fn new(transport: Transport) -> Self {
        Self { transport, bounds: Bounds::default() }
    }

    pub(super) fn not_after(&self, deadline: Instant) -> Self {
        let bounds = Bounds { deadline: Some(deadline), ..self.bounds.clone() };
        Self { transport: self.transport.clone(), bounds }
    }

    pub(super) fn until_closed(&self, closed: watch::Receiver<bool>) -> Self {
        let bounds = Bounds { closed: Some(closed), ..self.bounds.clone() };
        Self { transport: self.transport.clone(), bounds }
    }

    /// Returns the answer if it is one that `accept` takes; so do the other methods.
    pub(super) async fn put<T: DeserializeOwned>(
        &self,
        target: &Target,
        body: &impl Serialize,
        accept: Accept<'_, T>,
    ) -> Result<T, Error> {
        self.send(Method::PUT, target, body, accept).await
    }

    pub(super) async fn patch<T: DeserializeOwned>(&self, target: &Target, body: &impl Serialize) -> Result<T, Error> {
        self.send(Method::PATCH, target, body, &accept::any).await
    }

    pub(super) async fn post<T: DeserializeOwned>(&self, target: &Target, body: &impl Serialize) -> Result<T, Error> {
        self.send(Method::POST, target, body, &accept::any).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        target: &Target,
        body: &impl Serialize,
        accept: Accept<'_, T>,
    ) -> Result<T, Error> {
        let body = serde_json::to_vec(body).map_err(|error| Error::Setup { cause: error.to_string() })?;
        let call = self.transport.call(method, target, Some(body))?;
        Ok(self.transport.send(Kind::Write, &call, &self.bounds, accept).await?.0)
    }
}
