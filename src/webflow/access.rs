//! Splits the transport in two: a half that sends GET and nothing else, and a half that changes
//! things. Who holds the first cannot get at the second.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use super::accept;
use super::bounds::{Bounds, NextTurn};
use super::error::Error;
use super::moment::Moment;
use super::request::Target;
use super::retry::Kind;
use super::transport::{Accept, Transport};

#[derive(Clone)]
pub(super) struct Reads {
    transport: Transport,
    /// Where each read keeps a place for the write that follows.
    keeps: Option<NextTurn>,
}

impl Reads {
    pub(super) fn new(transport: Transport) -> Self {
        Self { transport, keeps: None }
    }

    pub(super) fn keeping(&self, next: &NextTurn) -> Self {
        Self { transport: self.transport.clone(), keeps: Some(next.clone()) }
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
    ) -> Result<(T, Moment), Error> {
        let call = self.transport.call(Method::GET, target, None)?;
        self.transport.send(Kind::Read, &call, &Bounds::default(), self.keeps.as_ref(), accept).await
    }

    pub(super) fn learn_limit(&self, limit: u32) {
        self.transport.learn_limit(limit);
    }

    pub(super) fn available(&self) -> u32 {
        self.transport.available()
    }

    pub(super) fn limit(&self) -> u32 {
        self.transport.limit()
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
        self.within(Bounds { deadline: Some(deadline), ..self.bounds.clone() })
    }

    pub(super) fn based_on(&self, read_at: Moment, max_age: Duration, next: &NextTurn) -> Self {
        self.within(Bounds { reading: Some((read_at, max_age)), next: next.clone(), ..self.bounds.clone() })
    }

    pub(super) fn until_closed(&self, closed: watch::Receiver<bool>) -> Self {
        self.within(Bounds { closed: Some(closed), ..self.bounds.clone() })
    }

    fn within(&self, bounds: Bounds) -> Self {
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
        Ok(self.transport.send(Kind::Write, &call, &self.bounds, None, accept).await?.0)
    }
}
