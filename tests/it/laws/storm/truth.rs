//! What really happened, by the sandbox's own record: which requests were carried out for which operation, what anybody
//! could read when, and who changed what.
//!
//! Works without the code under test.

use slugline::model::{Address, Field, Value};
use slugline::plan::{Operation, Plan, file};
use slugline::sandbox::{Deed, History, LocaleKey, LogEntry, Site, Step};

use super::weather::locale_id;
use crate::laws::reading;

/// The record of a storm from its plan on.
pub(super) struct Truth<'a> {
    pub(super) before: &'a Site,
    pub(super) plan: &'a Plan,
    pub(super) history: &'a History,
    pub(super) log: &'a [LogEntry],
}

/// A request for an operation.
pub(super) struct Sent<'a> {
    pub(super) entry: &'a LogEntry,
    /// The step that carried it out, by its place in the history, if it was.
    pub(super) step: Option<usize>,
}

impl<'a> Truth<'a> {
    /// Returns the requests for an operation, one after the other.
    pub(super) fn sent(&self, operation: &Operation) -> Vec<Sent<'a>> {
        let entries = self.log.iter().filter(|entry| self.is_for(entry, operation));
        entries.map(|entry| Sent { entry, step: self.step_of(entry.number) }).collect()
    }

    /// Returns the operation that a request is for.
    pub(super) fn operation_of(&self, request: u64) -> Option<usize> {
        let entry = self.entry(request)?;
        self.plan.operations.iter().position(|operation| self.is_for(entry, operation))
    }

    pub(super) fn entry(&self, request: u64) -> Option<&'a LogEntry> {
        self.log.iter().find(|entry| entry.number == request)
    }

    fn is_for(&self, entry: &LogEntry, operation: &Operation) -> bool {
        let query = operation.locale_id.as_ref().map(|id| format!("localeId={id}")).unwrap_or_default();
        let is_put = entry.method == "PUT" && entry.query == query;
        is_put && entry.path.strip_prefix("/v2/pages/") == Some(operation.address.page.as_str()) && {
            let body = self.history.bodies.get(&entry.number).map(|body| serde_json::from_str(body).unwrap());
            body == Some(file::body(&operation.body))
        }
    }

    fn step_of(&self, request: u64) -> Option<usize> {
        self.steps().iter().position(|step| step.request == request && matches!(step.deed, Deed::Wrote(_)))
    }

    pub(super) fn steps(&self) -> &'a [Step] {
        &self.history.steps
    }

    /// Returns the site as it was just before a step.
    pub(super) fn site_before(&self, step: usize) -> &'a Site {
        let last = self.steps()[..step].iter().rfind(|step| self.shows_the_present(step));
        last.map_or(self.before, |step| &step.site)
    }

    /// Returns whether the site of a step was the present one; a read may have been shown the past.
    fn shows_the_present(&self, step: &Step) -> bool {
        let is_stale =
            || self.entry(step.request).is_some_and(|entry| entry.faults.iter().any(|fault| fault == "stale"));
        step.deed != Deed::Read || !is_stale()
    }

    /// Returns whether somebody was shown the past.
    pub(super) fn has_stale_reads(&self) -> bool {
        self.log.iter().any(|entry| entry.faults.iter().any(|fault| fault == "stale"))
    }

    /// Returns the site as it is in the end.
    pub(super) fn last_site(&self) -> &'a Site {
        self.site_before(self.steps().len())
    }

    pub(super) fn key(&self, address: &Address) -> LocaleKey {
        reading::key(self.before, address.locale.as_str())
    }

    /// Returns what a field reads; nothing if the page is gone.
    pub(super) fn reads(&self, site: &Site, address: &Address, field: Field) -> Option<Value> {
        let page = site.page(address.page.as_str())?;
        Some(reading::reads(site, page, &self.key(address), field))
    }

    /// Returns whether someone else changed a page within these steps, or deleted it.
    pub(super) fn is_meddled(&self, page: &str, steps: std::ops::Range<usize>) -> bool {
        steps.into_iter().any(|index| {
            let step = &self.steps()[index];
            step.deed == Deed::SomeoneElse && {
                let (was, is) = (self.site_before(index).page(page), step.site.page(page));
                was.map(|page| &page.values) != is.map(|page| &page.values)
            }
        })
    }

    /// Returns whether a step showed a page in a locale to the program: it was read, and the answer was not lost.
    pub(super) fn showed(&self, step: &Step, address: &Address) -> bool {
        let Some(entry) = self.entry(step.request).filter(|_| step.deed == Deed::Read) else { return false };
        let id = locale_id(self.before, &self.key(address)).unwrap_or_default();
        let asked = entry.query.split('&').find_map(|pair| pair.strip_prefix("localeId=")).unwrap_or_default();
        let is_list = entry.path.ends_with("/pages");
        let is_it = is_list || entry.path.strip_prefix("/v2/pages/") == Some(address.page.as_str());
        let is_whole = entry.status == Some(200) && entry.faults.iter().all(|fault| is_harmless(fault));
        asked == id && is_it && is_whole
    }
}

/// Returns whether a request that met this was carried out and answered in full.
fn is_harmless(fault: &str) -> bool {
    ["delay", "edit", "delete-page", "add-page", "stale"].iter().any(|harmless| fault.starts_with(harmless))
}

impl Sent<'_> {
    /// Returns whether whoever sent it cannot know from the answer what became of it.
    pub(super) fn is_open(&self) -> bool {
        let is_garbled = !self.entry.faults.iter().all(|fault| is_harmless(fault) || fault.starts_with("429"));
        self.entry.status.is_none_or(|status| status >= 500) || is_garbled
    }
}
