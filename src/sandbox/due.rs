//! What goes wrong with a request, by a script of faults.
//!
//! Pure: decides, and leaves the doing to others. The same script meets the same requests.

use super::document::Site;
use super::faults::{Action, Fault};
use super::wire::Answer;

/// The faults of a server and how far they have come.
#[derive(Debug, Default)]
pub(super) struct Faults {
    armed: Vec<(Fault, u64)>,
    past: Option<Box<Site>>,
}

/// Everything that meets one request. Of several faults that decide about its answer, the first one does.
#[derive(Debug, Default)]
pub(super) struct Due {
    /// Milliseconds before anything is done.
    pub(super) delay: u64,
    pub(super) disturbances: Vec<Disturbance>,
    pub(super) verdict: Option<Verdict>,
    /// The site that a read is to see in place of the present one.
    pub(super) past: Option<Box<Site>>,
    /// All of them, as they are written in a script.
    pub(super) names: Vec<String>,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing is done, and there is no answer.
    ResetBefore,
    /// Nothing is done, and the answer is an error.
    Fail(Failure, Delivery),
    /// It is done, and the answer meets its fate on the way.
    Deliver(Delivery),
}

/// An error that has nothing to do with the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// With the seconds of its `Retry-After`, if it is not the usual minute.
    TooManyRequests(Option<u64>),
    InternalError,
    BadGateway,
    Unavailable,
    Forbidden,
}

/// How an answer reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
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

/// What other people do just before a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Disturbance {
    Edit(String),
    Delete(Option<String>),
    Add,
}

impl Faults {
    /// Arms a script; `site` is the present that becomes the past of stale reads.
    pub(super) fn new(faults: Vec<Fault>, site: &Site) -> Self {
        let is_stale = faults.iter().any(|fault| fault.action == Action::Stale);
        Self {
            armed: faults.into_iter().map(|fault| (fault, 0)).collect(),
            past: is_stale.then(|| Box::new(site.clone())),
        }
    }

    /// Counts a request and returns what meets it.
    pub(super) fn meet(&mut self, method: &str, path: &str) -> Due {
        let mut due = Due::default();
        let mut is_stale = false;
        for (fault, seen) in &mut self.armed {
            if !fault.matching.matches(method, path) {
                continue;
            }
            *seen += 1;
            if *seen > fault.after && *seen - fault.after <= fault.times {
                is_stale |= fault.action == Action::Stale;
                due.names.push(fault.action.clone().into());
                due.add(&fault.action);
            }
        }
        if method == "GET" && is_stale {
            due.past.clone_from(&self.past);
        }
        due
    }
}

impl Due {
    fn add(&mut self, action: &Action) {
        let verdict = match action {
            Action::Delay(milliseconds) => {
                self.delay = self.delay.saturating_add(*milliseconds);
                return;
            }
            Action::Edit(entry) => return self.disturbances.push(Disturbance::Edit(entry.clone())),
            Action::DeletePage(id) => {
                return self.disturbances.push(Disturbance::Delete(id.clone()));
            }
            Action::AddPage => return self.disturbances.push(Disturbance::Add),
            Action::Stale => return,
            Action::TooManyRequests(seconds) => Verdict::Fail(Failure::TooManyRequests(*seconds), Delivery::Whole),
            Action::TooManyRequestsBare => Verdict::Fail(Failure::TooManyRequests(None), Delivery::Bare),
            Action::InternalError => Verdict::Fail(Failure::InternalError, Delivery::Whole),
            Action::BadGateway => Verdict::Fail(Failure::BadGateway, Delivery::Html),
            Action::Unavailable => Verdict::Fail(Failure::Unavailable, Delivery::Whole),
            Action::Forbidden => Verdict::Fail(Failure::Forbidden, Delivery::Whole),
            Action::ResetBefore => Verdict::ResetBefore,
            Action::ResetAfter => Verdict::Deliver(Delivery::Lost),
            Action::ResetMiddle => Verdict::Deliver(Delivery::Broken),
            Action::HangAfter => Verdict::Deliver(Delivery::Never),
            Action::Truncate => Verdict::Deliver(Delivery::Half),
            Action::NotJson => Verdict::Deliver(Delivery::Html),
        };
        self.verdict.get_or_insert(verdict);
    }

    /// Returns how the answer reaches the client.
    pub(super) fn delivery(&self) -> Delivery {
        match self.verdict {
            None => Delivery::Whole,
            Some(Verdict::ResetBefore) => Delivery::Lost,
            Some(Verdict::Fail(_, delivery) | Verdict::Deliver(delivery)) => delivery,
        }
    }

    /// Returns the error that is answered in place of doing anything.
    pub(super) fn failure(&self) -> Option<Failure> {
        match self.verdict {
            Some(Verdict::Fail(failure, _)) => Some(failure),
            Some(Verdict::ResetBefore | Verdict::Deliver(_)) | None => None,
        }
    }
}

impl Failure {
    /// Returns the answer; `minute` is the time that a minute of the limits takes, in seconds.
    pub(super) fn answer(self, minute: u64) -> Answer {
        match self {
            Self::TooManyRequests(seconds) => Answer::too_many_requests(seconds.unwrap_or(minute)),
            Self::InternalError => Answer::error(500, "internal_error", "An Internal Error occurred"),
            // What it says is replaced by HTML on its way.
            Self::BadGateway => Answer::error(502, "internal_error", "Bad Gateway"),
            Self::Unavailable => Answer::error(503, "service_unavailable", "Service Unavailable"),
            Self::Forbidden => Answer::error(403, "forbidden", "User is not authorized to perform this action"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sandbox::sample;

    #[test]
    fn a_fault_spares_some_and_meets_some() {
        let fault = json!({"match": {"method": "put", "path": "/v2/pages/*"}, "after": 1, "times": 2, "do": "500"});
        let fault: Fault = serde_json::from_value(fault).unwrap();
        let mut faults = Faults::new(vec![fault], &sample());
        let mut met = |method, path| faults.meet(method, path).failure().map_or(0, |_| 1);
        assert_eq!((met("GET", "/v2/pages/a"), met("PUT", "/v2/pages")), (0, 0));
        let puts: Vec<usize> = (0..5).map(|_| met("PUT", "/v2/pages/a")).collect();
        assert_eq!(puts, [0, 1, 1, 0, 0]);
    }
}
