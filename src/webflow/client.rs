//! The client: one token, one pace, one pool of connections, however often it is cloned.

use std::fmt;

use super::access::{Reads, Writes};
use super::endpoints::{Reader, Writer};
use super::error::Error;
use super::options::Options;
use super::transport::Transport;

#[derive(Clone)]
pub struct Client {
    transport: Transport,
}

impl Client {
    /// Returns a client. Sends nothing yet. Fails if TLS cannot be set up.
    pub fn new(options: Options) -> Result<Self, Error> {
        Ok(Self { transport: Transport::new(options)? })
    }

    /// Returns the part of the client that cannot write.
    pub fn reader(&self) -> Reader {
        Reader::new(Reads::new(self.transport.clone()))
    }

    /// Returns the part of the client that writes.
    pub fn writer(&self) -> Writer {
        Writer::new(Writes::new(self.transport.clone()))
    }

    /// Returns how many requests were sent so far, retries included.
    pub fn requests(&self) -> u64 {
        self.transport.requests()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("requests", &self.requests()).finish_non_exhaustive()
    }
}
