//! What the server refuses or bends is said field by field, nothing else changes, and nothing is lost because of it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::select;
use slugline::event::{Event, Mismatch, Outcome, Standing};
use slugline::exit::Exit;
use slugline::model::{Field, Value};
use slugline::plan::{Operation, Plan, Purpose};
use slugline::sandbox::{Clear, LocaleKey, Site, Switches};

use super::cases;
use super::edits::{Edit, Stated, apply, bold_edits};
use super::expected::{self, Spot};
use super::project::{Layout, Project, stated_at};
use super::reading::{self, reads};
use super::sites::{site, willing_switches};
use super::world::{World, block_on, codes};

fn unwilling_switches() -> impl Strategy<Value = Switches> {
    (willing_switches(), select(Clear::ALL)).prop_map(|(switches, clear)| Switches { clear, ..switches })
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn what_does_not_take_is_named(
        site in site(16), edits in bold_edits(), switches in unwilling_switches(), localized_slugs in any::<bool>()
    ) {
        block_on(apply_and_compare(Site { switches, localized_slugs, ..site.0 }, &edits));
    }
}

async fn apply_and_compare(site: Site, edits: &[Edit]) {
    let world = World::new(site.clone()).await;
    let mut stated = apply(&site, Stated::new(), edits);
    expected::state_what_cannot_be_told(&site, &mut stated);
    let project = Project::new(&site, &stated, &BTreeMap::new(), Layout::FileEach);
    let plan = world.plan(&project.load()).await;
    if codes(&plan.diagnostics) == BTreeSet::from(["slug-order"]) {
        return;
    }
    if plan.is_invalid() {
        assert!(expected::has_slug_clash(&site, &stated), "{:#?}", plan.diagnostics);
        assert_eq!(codes(&plan.diagnostics), BTreeSet::from(["slug-taken"]));
        return;
    }

    // One request at a time, so that each outcome can be held against what the request has done.
    let mut before = site.clone();
    let mut check = |event: &Event| {
        if let Event::Finished { operation, outcome } = event {
            let after = world.server.site();
            check_outcome(&before, &after, &plan.operations[*operation], outcome);
            before = after;
        }
    };
    let receipt = world.apply(&plan, 1, &mut check).await.expect("the site is as it was");

    let after = world.server.site();
    expected::check_extras(&site, &after);
    let unmet = expected::unmet(&after, &stated);
    let outcomes: Vec<&Outcome> = receipt.standings.iter().filter_map(Standing::outcome).collect();
    assert_eq!(outcomes.len(), plan.operations.len());
    let unnamed = unnamed(&site, &plan, &outcomes, &unmet);
    assert!(unnamed.is_empty(), "the receipt does not say that these do not read as stated: {unnamed:?}");
    if !unmet.is_empty() {
        assert_ne!(receipt.exit(), Exit::Ok);
    }
    let wanted = |spot: &Spot| &stated[&(spot.0.clone(), spot.1.clone())][&spot.2];
    let met_before = |spot: &Spot| reads(&site, site.page(&spot.0).unwrap(), &spot.1, spot.2) == *wanted(spot);
    let lost = unmet.iter().filter(|spot| met_before(spot) && !is_ignored_by_the_server(&site, &stated, spot));
    let lost: Vec<&Spot> = lost.collect();
    assert!(lost.is_empty(), "read as stated before: {lost:?}");
}

/// Checks one outcome against the site before and after it.
fn check_outcome(before: &Site, after: &Site, operation: &Operation, outcome: &Outcome) {
    let page = operation.address.page.as_str();
    let key = reading::key(before, operation.address.locale.as_str());
    let read = |site: &Site, field: Field| reads(site, site.page(page).unwrap(), &key, field);
    let address = (page.to_owned(), key.clone());
    match outcome {
        Outcome::Done | Outcome::DidNotTake(_) => {
            expected::check_only_changed(before, after, Some(&address));
            let named: BTreeSet<Field> = match outcome {
                Outcome::DidNotTake(mismatches) => mismatches
                    .iter()
                    .map(|Mismatch { field, .. }| field.as_field().expect("no other leaf changes"))
                    .collect(),
                _ => BTreeSet::new(),
            };
            let sent = &operation.body.fields;
            let bent = sent.iter().filter(|(field, value)| read(after, **field) != **value).map(|(field, _)| *field);
            let bent: BTreeSet<Field> = bent.collect();
            assert!(named.is_superset(&bent), "{bent:?} read otherwise, {named:?} are named: {operation:#?}");
            // What else is named was sent and is not there, or has changed without having been sent.
            let own = reading::own(after.page(page).unwrap(), &key);
            let is_missing = |field: &Field| sent.contains_key(field) && own.get(field) != sent.get(field);
            let has_changed = |field: &Field| read(before, *field) != read(after, *field);
            assert!(named.difference(&bent).all(|field| is_missing(field) || has_changed(field)), "{outcome:?}");
        }
        Outcome::Failed { .. } | Outcome::Skipped(_) | Outcome::Converged | Outcome::Moved(_) => {
            expected::check_only_changed(before, after, None);
        }
        Outcome::Unknown { .. } => panic!("every request was answered"),
    }
}

/// Returns what does not read as stated without the receipt saying so.
fn unnamed<'s>(site: &Site, plan: &Plan, outcomes: &[&Outcome], unmet: &'s BTreeSet<Spot>) -> Vec<&'s Spot> {
    let says = |spot: &Spot| {
        plan.operations.iter().zip(outcomes).any(|(operation, outcome)| {
            let address = &operation.address;
            let is_here = address.page.as_str() == spot.0 && reading::key(site, address.locale.as_str()) == spot.1;
            is_here
                && match outcome {
                    Outcome::DidNotTake(mismatches) => {
                        // A page stuck under its temporary slug is named by the operation that was skipped then.
                        operation.purpose == Purpose::Write
                            && mismatches.iter().any(|mismatch| mismatch.field == spot.2)
                    }
                    Outcome::Failed { .. } | Outcome::Skipped(_) | Outcome::Moved(_) => true,
                    Outcome::Done | Outcome::Converged | Outcome::Unknown { .. } => false,
                }
        })
    };
    unmet.iter().filter(|spot| !says(spot)).collect()
}

/// What a secondary locale states as it is must be written to stay while its primary changes, and with any write beside it
/// where the server resets what is left out. If the server ignores that (`""`, or a slug on a site without localized
/// slugs), nothing can keep the value; the receipt names it.
fn is_ignored_by_the_server(site: &Site, stated: &Stated, (page, key, field): &Spot) -> bool {
    let value = stated_at(stated, page, key).and_then(|values| values.get(field));
    let is_ignored_clear = site.switches.clear != Clear::Empties && value.is_some_and(Value::is_empty);
    let is_ignored_slug = !site.localized_slugs && *field == Field::Slug;
    *key != LocaleKey::Primary && (is_ignored_clear || is_ignored_slug)
}
