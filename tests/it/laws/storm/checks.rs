//! Holds what a run has told against what really happened.

use std::collections::BTreeSet;

use slugline::apply;
use slugline::event::{Event, Mismatch, Outcome, Receipt, Standing, Stop};
use slugline::exit::Exit;
use slugline::model::{Field, Value};
use slugline::plan::{Class, Operation, Plan, Purpose};
use slugline::sandbox::{Clear, Deed, InheritedReads, LocaleKey, Merge};

use super::attempt::{Account, Ended};
use super::truth::{Sent, Truth};

/// What is known of the attempts before one.
#[derive(Debug, Clone, Default)]
pub(super) struct Past {
    /// What was recorded; none if nothing was begun.
    pub(super) receipt: Option<Receipt>,
    /// Operations of which it was not known at some time whether they had been carried out.
    pub(super) were_open: BTreeSet<usize>,
}

impl Past {
    /// Takes in what an attempt has recorded.
    pub(super) fn record(&mut self, account: &Account) {
        let mut receipt = self.receipt.take().unwrap_or_default();
        account.recorded().for_each(|event| receipt.record(event));
        let is_open = |(_, standing): &(usize, &Standing)| match standing {
            Standing::Sending | Standing::Ended(Outcome::Unknown { .. }) => true,
            Standing::Waiting | Standing::Ended(_) => false,
        };
        let open = receipt.standings.iter().enumerate().filter(is_open);
        self.were_open.extend(open.map(|(index, _)| index));
        self.receipt = Some(receipt).filter(|receipt| !receipt.standings.is_empty());
    }
}

/// Checks all that an attempt has told.
pub(super) fn check_account(truth: &Truth<'_>, account: &Account, past: &Past) {
    let so_far = past.receipt.as_ref();
    check_order(truth, account, so_far);
    match &account.ended {
        Ended::Receipt(receipt) => {
            let mut folded = so_far.cloned().unwrap_or_default();
            account.told.iter().for_each(|told| folded.record(&told.event));
            assert_eq!(folded.standings, receipt.standings, "the events add up to the receipt");
            check_receipt(truth, account, past, receipt);
            check_exit(truth, account, receipt);
        }
        Ended::Refused(error) => {
            let steps = truth.steps().iter().enumerate().filter(|(_, step)| step.request > account.after);
            let wrote = steps.into_iter().any(|(index, _)| is_write(truth, index));
            assert!(!wrote, "an error says that nothing was written: {error}");
            if let apply::Error::Stale(moved) = error {
                for moved in moved {
                    let is_meddled = truth.is_meddled(moved.address.page.as_str(), 0..truth.steps().len());
                    assert!(is_meddled || truth.has_stale_reads(), "nobody has moved {moved:?}");
                }
            }
        }
        Ended::Killed => {
            let mut recorded = so_far.cloned().unwrap_or_default();
            account.recorded().for_each(|event| recorded.record(event));
            check_receipt(truth, account, past, &recorded);
        }
    }
}

/// Returns whether a step has carried out a write of the program that changed something.
fn is_write(truth: &Truth<'_>, step: usize) -> bool {
    matches!(truth.steps()[step].deed, Deed::Wrote(_)) && truth.has_written(step)
}

/// Checks that each request was told before it was sent, and that nothing was sent that was known to be done, or that
/// needs what did not succeed.
fn check_order(truth: &Truth<'_>, account: &Account, so_far: Option<&Receipt>) {
    let mut receipt = so_far.cloned().unwrap_or_default();
    let mut told = account.told.iter().peekable();
    let writes = truth.log.iter().filter(|entry| entry.method != "GET");
    for write in writes.filter(|entry| entry.number > account.after && entry.number <= account.last) {
        while let Some(next) = told.next_if(|told| told.at < write.number) {
            check_event(truth.plan, &receipt, &next.event);
            receipt.record(&next.event);
        }
        for index in truth.operations_of(write.number) {
            let standing = &receipt.standings[*index];
            // A request that its sender has given up may arrive late.
            let is_late = write.status.is_none();
            assert!(is_late || *standing == Standing::Sending, "{write:?} while {standing:?}");
        }
    }
    told.for_each(|told| {
        check_event(truth.plan, &receipt, &told.event);
        receipt.record(&told.event);
    });
}

fn check_event(plan: &Plan, receipt: &Receipt, event: &Event) {
    if let Event::Sending { operation } = event {
        let standing = &receipt.standings[*operation];
        assert!(!standing.outcome().is_some_and(Outcome::is_final), "sent again after {standing:?}");
        for need in &plan.operations[*operation].needs {
            assert!(receipt.standings[*need].is_success(), "operation {operation} needs {need}");
        }
    }
}

/// Checks every standing of a receipt.
fn check_receipt(truth: &Truth<'_>, account: &Account, past: &Past, receipt: &Receipt) {
    for (index, (operation, standing)) in truth.plan.operations.iter().zip(&receipt.standings).enumerate() {
        let sent = truth.sent(index);
        let told = || {
            let requests: Vec<_> = sent.iter().map(|sent| sent.entry).collect();
            format!("{standing:?} with {requests:?} of {operation:#?}")
        };
        let carried_out: Vec<usize> = sent.iter().filter_map(|sent| sent.step).collect();
        let effective = truth.effective(operation, &carried_out);
        let was_open = past.were_open.contains(&index);
        // Pins are read once more at the end, to which a killed process does not come.
        if operation.has_pin && *standing == Standing::Ended(Outcome::Done) && matches!(account.ended, Ended::Killed) {
            continue;
        }
        match standing {
            Standing::Sending => {}
            Standing::Waiting => assert!(effective.is_empty(), "{}", told()),
            Standing::Ended(outcome) => {
                check_outcome(truth, operation, outcome, &sent, &carried_out, was_open, &told);
            }
        }
        check_repetition(truth, account, operation, &sent, &told);
    }
}

fn check_outcome(
    truth: &Truth<'_>,
    operation: &Operation,
    outcome: &Outcome,
    sent: &[Sent<'_>],
    carried_out: &[usize],
    was_open: bool,
    told: &dyn Fn() -> String,
) {
    let page = operation.address.page.as_str();
    let end = truth.steps().len();
    // What is ignored is not written.
    let effective = truth.effective(operation, carried_out);
    match outcome {
        Outcome::Done => {
            let Some(last) = carried_out.last().copied() else {
                // It looked carried out, because somebody else wrote the same, or what is inherited came to be the same.
                let is_open = was_open || sent.iter().any(Sent::is_open);
                let reads_so = (0..end).any(|step| bent(truth, operation, step).is_empty());
                assert!(is_open && reads_so, "nothing was written: {}", told());
                return;
            };
            let written = bent(truth, operation, last);
            assert!(written.is_empty(), "{written:?} did not take: {}", told());
            for (field, value) in &operation.body.fields {
                let now = truth.reads(truth.last_site(), &operation.address, *field);
                let is_so = now.as_ref() == Some(value) || is_reset_unseen(truth, operation, *field);
                let is_rewritten = truth.plan.operations.iter().enumerate().any(|(index, other)| {
                    let follows = truth.sent(index).iter().any(|sent| sent.step.is_some_and(|step| step > last));
                    other.address == operation.address && follows && other.body.fields.contains_key(field)
                });
                // A pin is read once more at the end, which may show the past.
                let is_shown_the_past = operation.has_pin && truth.has_stale_reads();
                let is_excused = is_rewritten || is_shown_the_past || truth.is_meddled(page, last + 1..end);
                assert!(is_so || is_excused, "{field:?} reads {now:?}: {}", told());
            }
        }
        Outcome::DidNotTake(mismatches) => {
            let last = carried_out.last().copied().unwrap_or_else(|| panic!("nothing was written: {}", told()));
            let named: Vec<Field> = mismatches.iter().map(field_of).collect();
            let unnamed: Vec<Field> =
                bent(truth, operation, last).into_iter().filter(|it| !named.contains(it)).collect();
            assert!(unnamed.is_empty(), "{unnamed:?} are not named: {}", told());
            mismatches.iter().for_each(|mismatch| check_found(truth, operation, mismatch, last, told));
        }
        Outcome::Moved(mismatches) => {
            assert!(effective.is_empty(), "it was written: {}", told());
            let is_excused = truth.is_meddled(page, 0..end) || truth.has_stale_reads();
            assert!(is_excused, "nobody has moved it: {}", told());
            mismatches.iter().for_each(|mismatch| check_found(truth, operation, mismatch, 0, told));
        }
        Outcome::Converged => {
            assert!(effective.is_empty(), "it was written: {}", told());
            let wanted = |index: usize| {
                let site = &truth.steps()[index].site;
                operation
                    .body
                    .fields
                    .iter()
                    .all(|(field, value)| truth.reads(site, &operation.address, *field).as_ref() == Some(value))
            };
            let is_behind = operation.purpose == Purpose::TemporarySlug;
            assert!(is_behind || (0..end).any(wanted), "it never read as wanted: {}", told());
        }
        Outcome::Failed { .. } | Outcome::Skipped(_) => {
            // Where reads show the past, nobody can know that what was not answered was carried out.
            let is_excused = truth.has_stale_reads() && sent.iter().any(Sent::is_open);
            assert!(effective.is_empty() || is_excused, "it was written: {}", told());
        }
        Outcome::Unknown { message } => {
            let is_unread_pin = operation.has_pin && message.contains("read again");
            // On a busy machine the client may have given up on an answer that the server gave.
            let has_given_up = message.contains("had no answer within");
            let is_open = was_open || has_given_up || sent.iter().any(Sent::is_open);
            assert!(is_unread_pin || is_open, "nothing is open: {}", told());
        }
    }
}

/// Returns the fields that were sent and read otherwise right after a step.
fn bent(truth: &Truth<'_>, operation: &Operation, step: usize) -> Vec<Field> {
    let site = &truth.steps()[step].site;
    let fields = operation.body.fields.iter();
    let bent = fields.filter(|(field, value)| truth.reads(site, &operation.address, **field).as_ref() != Some(*value));
    bent.map(|(field, _)| *field).collect()
}

/// No run changes a leaf that is not a field, whatever it meets.
fn field_of(mismatch: &Mismatch) -> Field {
    mismatch.field.as_field().unwrap_or_else(|| panic!("said to have changed: {mismatch:?}"))
}

/// Checks that what was found was really there to be read, at that step or later.
fn check_found(truth: &Truth<'_>, operation: &Operation, mismatch: &Mismatch, from: usize, told: &dyn Fn() -> String) {
    let Mismatch { field: _, expected, found } = mismatch;
    let field = field_of(mismatch);
    let was_there = truth.steps()[from..]
        .iter()
        .any(|step| truth.reads(&step.site, &operation.address, field).as_ref() == Some(found))
        // An inherited slug may be answered as nothing, which is what the receipt says then.
        || (field == Field::Slug && found.is_empty() && truth.before.switches.inherited_reads == InheritedReads::Null);
    assert!(was_there && expected != found, "{field:?} never read {found:?}: {}", told());
}

/// Checks that an operation was carried out once, unless nobody could know that it had been.
fn check_repetition(
    truth: &Truth<'_>,
    account: &Account,
    operation: &Operation,
    sent: &[Sent<'_>],
    told: &dyn Fn() -> String,
) {
    let carried_out: Vec<&Sent<'_>> = sent.iter().filter(|sent| sent.step.is_some()).collect();
    let (Some(first), Some(last)) = (carried_out.first(), carried_out.last()) else { return };
    if carried_out.len() == 1 {
        return;
    }
    // What a killed process has sent may arrive after its end.
    let began = account.told.first().map_or(account.after, |told| told.at);
    let now = carried_out.iter().filter(|sent| sent.entry.number > began);
    let known = now.rev().skip(1).filter(|sent| !sent.is_open() && sent.entry.method == "PUT").count();
    assert_eq!(known, 0, "known to be done: {}", told());
    let is_told_by_a_read = !operation.has_pin
        && operation.body.fields.iter().any(|(field, value)| operation.precondition.get(field) != Some(value));
    let between = first.step.unwrap()..last.step.unwrap();
    let is_excused = truth.is_meddled(operation.address.page.as_str(), between.clone()) || truth.has_stale_reads();
    let first_bent = bent(truth, operation, between.start);
    assert!(!is_told_by_a_read || is_excused || !first_bent.is_empty(), "carried out twice: {}", told());
}

/// Checks that the exit is the one that the truth has.
fn check_exit(truth: &Truth<'_>, account: &Account, receipt: &Receipt) {
    let exit = receipt.exit();
    let wrote = (0..truth.steps().len()).any(|step| is_write(truth, step));
    // What the server has ignored was sent all the same.
    let has_sent = truth.steps().iter().any(|step| matches!(step.deed, Deed::Wrote(_)));
    let is_success = receipt.standings.iter().all(Standing::is_success);
    let is_refused = receipt.count(Outcome::is_refusal) > 0;
    let is_open = receipt.standings.iter().any(|standing| match standing {
        Standing::Sending | Standing::Ended(Outcome::Unknown { .. }) => true,
        Standing::Waiting | Standing::Ended(_) => false,
    });
    let signal = account.told.iter().find_map(|told| match told.event {
        Event::Stopped(stop @ (Stop::Interrupted | Stop::Terminated)) => Some(stop),
        _ => None,
    });
    let is_recorded = receipt.stop != Some(Stop::Record);
    match exit {
        Exit::Ok => assert!(is_success && is_recorded && signal.is_none()),
        Exit::Partial => {
            assert!(!(is_success && is_recorded) && (has_sent || is_refused || is_open), "{receipt:#?}");
        }
        Exit::Unavailable => assert!(!is_success && !wrote && !is_refused, "{receipt:#?}"),
        Exit::Failed => assert!(!wrote && receipt.stop == Some(Stop::Record), "{receipt:#?}"),
        Exit::Interrupted | Exit::Terminated => {
            assert_eq!(signal.and_then(Stop::signal_exit), Some(exit));
        }
        Exit::Changes | Exit::Invalid | Exit::Refused | Exit::Usage => panic!("no run ends with {exit:?}"),
    }
}

/// Checks that nothing is left to be done but what the receipt names, or somebody else did.
pub(super) fn check_left(truth: &Truth<'_>, receipt: &Receipt, left: &Plan) {
    if receipt.standings.is_empty() {
        return;
    }
    for change in left.changes.iter().filter(|change| change.class == Class::Change) {
        let page = change.address.page.as_str();
        let says = |(operation, standing): (&Operation, &Standing)| {
            operation.address == change.address
                && match standing {
                    Standing::Ended(Outcome::DidNotTake(fields)) => fields.iter().any(|it| it.field == change.field),
                    Standing::Ended(Outcome::Done | Outcome::Converged) => {
                        is_reset_unseen(truth, operation, change.field)
                    }
                    Standing::Waiting | Standing::Sending | Standing::Ended(_) => true,
                }
        };
        let is_named = truth.plan.operations.iter().zip(&receipt.standings).any(says);
        let is_meddled = truth.is_meddled(page, 0..truth.steps().len());
        assert!(is_named || is_meddled, "nobody has said that this is left: {change:#?}\n{receipt:#?}");
    }
}

/// The one loss that no receipt names, as in `honesty`.
fn is_reset_unseen(truth: &Truth<'_>, operation: &Operation, field: Field) -> bool {
    let switches = truth.before.switches;
    let value = operation.body.fields.get(&field);
    let resets = switches.clear == Clear::Ignored && switches.merge == Merge::Replaces;
    resets && truth.key(&operation.address) != LocaleKey::Primary && value.is_some_and(Value::is_empty)
}
