//! The sandbox as a client sees it: HTTP on loopback.

mod client;
mod document;
mod endpoints;
mod faults;
