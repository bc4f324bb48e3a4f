//! What really happened to a site, whatever anybody was told of it: step by step, in the order in which the site saw it.
//!
//! For tests that hold what a client believes against the truth. Kept only on demand, since it has the site as it was
//! after every step.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::document::{LocaleKey, Site};

/// Everything that happened since the server was started.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub steps: Vec<Step>,
    /// The bodies of all requests that had one, carried out or not, by the request's number.
    pub bodies: BTreeMap<u64, String>,
}

/// Something that happened to the site.
#[derive(Debug, Clone)]
pub struct Step {
    /// The number of the request in the log.
    pub request: u64,
    pub deed: Deed,
    /// The site after it; of a read, the site that was shown.
    pub site: Arc<Site>,
}

/// What a step was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// The request was carried out and changed nothing.
    Read,
    /// The request was carried out and wrote these pages in these locales.
    Wrote(Vec<(String, LocaleKey)>),
    /// The request was not carried out: it was refused, or met a fault.
    Nothing,
    /// Just before the request was carried out, someone else changed the site.
    SomeoneElse,
}

impl History {
    /// Adds a step after which the site is this one.
    pub(super) fn add(&mut self, request: u64, deed: Deed, site: &Site) {
        let last = self.steps.last().map(|step| &step.site);
        let site = match last.filter(|last| ***last == *site) {
            Some(last) => Arc::clone(last),
            None => Arc::new(site.clone()),
        };
        self.steps.push(Step { request, deed, site });
    }
}
