//! What really happened, by the sandbox's own record: which requests were carried out for which operation, what anybody
//! could read when, and who changed what.
//!
//! Works without the code under test.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use slugline::model::{Address, Field, LocaleId, Value};
use slugline::plan::{Operation, Plan, file};
use slugline::sandbox::{Deed, History, LocaleKey, LogEntry, Site, Step};

use super::weather::locale_id;
use crate::laws::reading;

/// The sandbox's record of a storm from its plan on, and what it means.
pub(super) struct Truth<'a> {
    pub(super) before: &'a Site,
    pub(super) plan: &'a Plan,
    pub(super) log: &'a [LogEntry],
    history: &'a History,
    /// The operations that each write is for.
    meant: BTreeMap<u64, Vec<usize>>,
}

/// A page and the id of a locale, none for the primary.
type Place<'a> = (&'a str, Option<&'a str>);

/// A request for an operation, alone or among others.
pub(super) struct Sent<'a> {
    pub(super) entry: &'a LogEntry,
    /// The step that carried it out, by its place in the history, if it was.
    pub(super) step: Option<usize>,
}

impl<'a> Truth<'a> {
    pub(super) fn new(before: &'a Site, plan: &'a Plan, history: &'a History, log: &'a [LogEntry]) -> Self {
        let mut operations: BTreeMap<Place<'_>, Vec<(usize, Json)>> = BTreeMap::new();
        for (index, Operation { address, locale_id, body, .. }) in plan.operations.iter().enumerate() {
            let place = (address.page.as_str(), locale_id.as_ref().map(LocaleId::as_str));
            operations.entry(place).or_default().push((index, Json::Object(file::body(body))));
        }
        let index_of = |Write { page, locale, body }: Write| {
            let of_page = operations.get(&(page.as_str(), locale.as_deref()));
            of_page.into_iter().flatten().find(|(_, other)| *other == body).map(|(index, _)| *index)
        };
        let writes = log.iter().filter(|entry| entry.method != "GET");
        let meant = writes.map(|entry| {
            let body = history.bodies.get(&entry.number).map_or(Json::Null, |body| serde_json::from_str(body).unwrap());
            let found = Write::of(entry, body).into_iter().map(index_of).collect::<Option<Vec<usize>>>();
            (entry.number, found.unwrap_or_else(|| panic!("not as the plan has it: {entry:?}")))
        });
        Self { before, plan, log, history, meant: meant.collect() }
    }

    /// Returns the requests for an operation, by its place in the plan, one after the other.
    pub(super) fn sent(&self, index: usize) -> Vec<Sent<'a>> {
        let meant = self.meant.iter().filter(|(_, indices)| indices.contains(&index));
        let entries = meant.filter_map(|(number, _)| self.entry(*number));
        entries.map(|entry| Sent { entry, step: self.step_of(entry.number, index) }).collect()
    }

    /// Returns the steps among these that have changed something for an operation.
    pub(super) fn effective(&self, operation: &Operation, steps: &[usize]) -> Vec<usize> {
        let key = self.key(&operation.address);
        let own = |site: &Site| site.page(operation.address.page.as_str()).map(|page| reading::own(page, &key));
        let steps = steps.iter().copied();
        steps.filter(|step| own(self.site_before(*step)) != own(&self.steps()[*step].site)).collect()
    }

    /// Returns whether a step of the program has changed something.
    pub(super) fn has_written(&self, step: usize) -> bool {
        let indices = self.operations_of(self.steps()[step].request).iter();
        let mut operations = indices.map(|index| &self.plan.operations[*index]);
        operations.any(|operation| !self.effective(operation, &[step]).is_empty())
    }

    /// Returns the operations that a write is for.
    pub(super) fn operations_of(&self, request: u64) -> &[usize] {
        self.meant.get(&request).map_or(&[], Vec::as_slice)
    }

    pub(super) fn entry(&self, request: u64) -> Option<&'a LogEntry> {
        let index = self.log.binary_search_by_key(&request, |entry| entry.number).ok()?;
        self.log.get(index)
    }

    fn step_of(&self, request: u64, index: usize) -> Option<usize> {
        let address = &self.plan.operations[index].address;
        let place = (address.page.to_string(), self.key(address));
        self.steps().iter().position(|step| {
            step.request == request && matches!(&step.deed, Deed::Wrote(places) if places.contains(&place))
        })
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
    pub(super) fn shows_the_present(&self, step: &Step) -> bool {
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

    /// Returns what a page has of its own in a field; nothing if it inherits it or is gone.
    pub(super) fn own(&self, site: &Site, address: &Address, field: Field) -> Option<Value> {
        let page = site.page(address.page.as_str())?;
        reading::own(page, &self.key(address)).remove(&field)
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

/// What a request wants to write: all of it, or an entry.
struct Write {
    page: String,
    locale: Option<String>,
    body: Json,
}

impl Write {
    fn of(entry: &LogEntry, body: Json) -> Vec<Self> {
        if let Some(page) = entry.path.strip_prefix("/v2/pages/") {
            let locale = entry.query.strip_prefix("localeId=").map(str::to_owned);
            return vec![Self { page: page.to_owned(), locale, body }];
        }
        let entries = body["pages"].as_array().cloned().unwrap_or_default();
        let mut writes = Vec::new();
        for mut body in entries {
            let fields = body.as_object_mut().unwrap();
            let mut take = |key: &str| fields.shift_remove(key).and_then(|id| id.as_str().map(str::to_owned));
            let (page, locale) = (take("id").unwrap(), take("localeId"));
            writes.push(Self { page, locale, body });
        }
        writes
    }
}

impl Sent<'_> {
    /// Returns whether whoever sent it cannot know from the answer what became of it.
    pub(super) fn is_open(&self) -> bool {
        // Nobody says whether a bulk update with one bad entry does the others, or answers for all of them.
        if self.entry.method == "PATCH" {
            return true;
        }
        let is_garbled = !self.entry.faults.iter().all(|fault| is_harmless(fault) || fault.starts_with("429"));
        self.entry.status.is_none_or(|status| status >= 500) || is_garbled
    }
}
