//! Edits of somebody else are never overwritten by a program that had been shown them, and what it shows itself is young.

use slugline::event::Event;
use slugline::model::Field;
use slugline::plan::Operation;
use slugline::sandbox::{Deed, LogEntry, Site, Step};

use super::attempt::Account;
use super::truth::Truth;

/// What became of the edits that somebody else made beside the run.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Edits {
    pub(super) made: u64,
    /// Replaced by a write that had been sent, or that went out on a reading young enough, when the edit came.
    pub(super) between_read_and_write: u64,
}

/// Checks that no write has replaced what somebody else wrote and the program had been shown by then.
pub(super) fn check_edits(truth: &Truth<'_>, accounts: &[Account], concurrency: usize) -> Edits {
    let mut edits = Edits::default();
    for (index, step) in truth.steps().iter().enumerate() {
        edits.made += u64::from(step.deed == Deed::SomeoneElse);
        let Deed::Wrote(_) = &step.deed else { continue };
        for operation in truth.operations_of(step.request).iter().map(|index| &truth.plan.operations[*index]) {
            for edit in Field::ALL.iter().filter_map(|field| replaced_edit(truth, operation, *field, index)) {
                check_unread(truth, accounts, concurrency, operation, edit, index);
                edits.between_read_and_write += 1;
            }
        }
    }
    edits
}

/// Returns the step of somebody else's edit that a write has replaced by another value.
fn replaced_edit(truth: &Truth<'_>, operation: &Operation, field: Field, write: usize) -> Option<usize> {
    let own = |site: &Site| truth.own(site, &operation.address, field);
    let was = own(truth.site_before(write))?;
    // What reads as the plan knows it is nobody's news.
    let is_known = operation.precondition.get(&field) == Some(&was);
    if is_known || own(&truth.steps()[write].site).as_ref() == Some(&was) {
        return None;
    }
    let changed = |index: &usize| {
        let step = &truth.steps()[*index];
        step.deed != Deed::Read && own(truth.site_before(*index)).as_ref() != Some(&was)
    };
    let edit = (0..write).rev().find(changed)?;
    (truth.steps()[edit].deed == Deed::SomeoneElse).then_some(edit)
}

/// Checks that the program had not been shown an edit when it sent a write.
fn check_unread(
    truth: &Truth<'_>,
    accounts: &[Account],
    concurrency: usize,
    operation: &Operation,
    edit: usize,
    write: usize,
) {
    let request = truth.steps()[write].request;
    let account = accounts.iter().find(|account| account.after < request && request <= account.last);
    let account = account.expect("every write belongs to an attempt");
    let began = account.told.iter().find(|told| matches!(told.event, Event::Began { .. })).map(|told| told.at);
    // Side by side, a list may be on its way while a write that needs it not is sent.
    let came_first = |step: &&Step| {
        let is_alone = || truth.entry(step.request).is_some_and(|entry| entry.path.starts_with("/v2/pages/"));
        let is_of_the_attempt = step.request > account.after;
        is_of_the_attempt && (concurrency == 1 || is_alone() || began.is_some_and(|began| step.request <= began))
    };
    let steps = truth.steps()[edit..write].iter().filter(came_first);
    let seen = steps.rev().find(|step| truth.showed(step, &operation.address));
    if let Some(seen) = seen.filter(|seen| truth.shows_the_present(seen)) {
        let shown = seen.request;
        panic!("request {request} has overwritten an edit that request {shown} had shown: {operation:#?}");
    }
}

/// Checks that a program that sends one request at a time has read each page again since its last write. A write that was refused for the sake of the rate limit is the same one, sent again.
pub(super) fn check_readings(truth: &Truth<'_>) {
    let is_write = |entry: &&LogEntry| entry.method != "GET" && entry.status != Some(429);
    let mut last = 0;
    for write in truth.log.iter().filter(is_write) {
        for operation in truth.operations_of(write.number).iter().map(|index| &truth.plan.operations[*index]) {
            let since = truth.steps().iter().filter(|step| last < step.request && step.request < write.number);
            let is_read = since.into_iter().any(|step| truth.showed(step, &operation.address));
            let since: Vec<_> = truth.log.iter().filter(|entry| (last..write.number).contains(&entry.number)).collect();
            assert!(is_read, "{write:?} was sent on an old reading: {operation:#?} after {since:#?}");
        }
        last = write.number;
    }
}
