//! Undo is a plan: what a run replaced becomes what is wanted.
//!
//! Pure. Restores what the run left, and nothing that somebody has edited since. Must not know how a run is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::staleness::{Moved, MovedField};
use super::{Operation, Plan, codes, identity};
use crate::diagnostic::Diagnostic;
use crate::event::{Outcome, Receipt, Standing};
use crate::model::{
    Address, Desired, DesiredLocale, DesiredPage, Field, Live, Metadata, NamedBy, PagePath, Stated, Value,
};
use crate::source::Location;

/// What an undo wants, and what stands in its way.
#[derive(Debug, Default)]
pub struct Inversion {
    /// What the site shall read again.
    pub desired: Desired,
    /// What cannot be restored, to be said before anything is written.
    pub diagnostics: Vec<Diagnostic>,
    /// What somebody has edited since the run.
    pub moved: Vec<Moved>,
}

/// What a run did to a page in a locale.
struct Trace {
    path: PagePath,
    is_primary: bool,
    /// What was read before the first write.
    before: BTreeMap<Field, Value>,
    /// What the writes may have left, the last of them first.
    left: BTreeMap<Field, Vec<Value>>,
    /// What was sent.
    sent: BTreeSet<Field>,
}

/// Returns the values that a run replaced as what is wanted of the site.
pub fn invert(plan: &Plan, receipt: &Receipt, live: &Live) -> Inversion {
    let mut traces = traces(plan, receipt);
    let places: BTreeMap<(&Address, Field), &Location> =
        plan.changes.iter().map(|change| ((&change.address, change.field), &change.source)).collect();
    let mut inversion = Inversion::default();
    let paths = paths(plan, &traces, live);
    for (address, path) in paths {
        traces.entry(address).and_modify(|trace| trace.path = path);
    }
    for (address, trace) in &traces {
        let Some(now) = live.metadata(&address.page, &address.locale) else {
            inversion.moved.push(Moved { address: (*address).clone(), path: trace.path.clone(), field: None });
            continue;
        };
        let restored = inversion.restored(address, trace, now);
        if !trace.is_primary {
            inversion.warn_of_inheritance(address, trace, &restored, &traces, live);
        }
        if !restored.is_empty() {
            inversion.want(address, trace, restored, &places);
        }
    }
    inversion
}

/// Returns the paths of the pages that have moved since the run: the recorded path may be that of another page by now. The
/// path that the undo restores with the slug is kept.
fn paths<'p>(plan: &Plan, traces: &BTreeMap<&'p Address, Trace>, live: &Live) -> Vec<(&'p Address, PagePath)> {
    let moved = traces.iter().filter_map(|(address, trace)| {
        let page = live.pages.get(&address.page)?;
        let known = live.known_path(page);
        let primary = Address { page: address.page.clone(), locale: live.site.primary.tag.clone() };
        let slug = traces.get(&primary).and_then(|trace| trace.before.get(&Field::Slug)?.as_text());
        let is_restored = slug.is_some_and(|slug| known.with_slug(slug) == trace.path);
        let is_kept = is_restored || identity::is_at(plan, live, page, &trace.path);
        (!is_kept).then_some((*address, known))
    });
    moved.collect()
}

/// Follows the writes of a run, page by page and locale by locale.
fn traces<'p>(plan: &'p Plan, receipt: &Receipt) -> BTreeMap<&'p Address, Trace> {
    let mut traces: BTreeMap<&Address, Trace> = BTreeMap::new();
    let written = plan.operations.iter().zip(&receipt.standings).filter(|(_, standing)| standing.may_have_written());
    for (operation, standing) in written {
        let trace = traces.entry(&operation.address).or_insert_with(|| Trace {
            path: operation.path.clone(),
            is_primary: operation.locale_id.is_none(),
            before: BTreeMap::new(),
            left: BTreeMap::new(),
            sent: BTreeSet::new(),
        });
        trace.follow(operation, standing);
    }
    traces
}

impl Trace {
    fn follow(&mut self, operation: &Operation, standing: &Standing) {
        let found: BTreeMap<Field, &Value> = match standing.outcome() {
            Some(Outcome::DidNotTake(mismatches)) => {
                let fields = mismatches.iter().filter_map(|it| Some((it.field.as_field()?, &it.found)));
                fields.collect()
            }
            Some(_) | None => BTreeMap::new(),
        };
        for (field, before) in &operation.precondition {
            self.before.entry(*field).or_insert_with(|| before.clone());
            let sent = operation.body.fields.get(field).cloned();
            // Text that is not sent is given up when its flag is set.
            let given_up =
                field.copied_flag().filter(|flag| operation.body.fields.get(flag) == Some(&Value::Flag(true)));
            let after = sent.or_else(|| given_up.map(|_| Value::unset(field.kind()))).unwrap_or_else(|| before.clone());
            let after = found.get(field).map_or(after, |found| (*found).clone());
            self.left.entry(*field).or_default().insert(0, after);
        }
        self.sent.extend(operation.body.fields.keys());
    }
}

impl Inversion {
    /// Returns the fields of a page-locale that must read as before.
    fn restored(&mut self, address: &Address, trace: &Trace, now: &Metadata) -> BTreeMap<Field, Value> {
        let mut restored = BTreeMap::new();
        for (field, before) in &trace.before {
            let (now, left) = (now.effective(*field), &trace.left[field]);
            if now == *before {
                // Stated, though nothing is to be done: what the run has kept by sending it, the undo must keep as well.
                if trace.sent.contains(field) {
                    restored.insert(*field, before.clone());
                }
                continue;
            }
            if left.contains(&now) {
                restored.insert(*field, before.clone());
            } else if left.iter().any(|value| value != before) {
                self.moved.push(Moved {
                    address: address.clone(),
                    path: trace.path.clone(),
                    field: Some(MovedField { field: (*field).into(), expected: left[0].clone(), found: now }),
                });
            }
        }
        self.pair(trace, restored)
    }

    /// Makes Open Graph text and its flag one choice again.
    fn pair(&self, trace: &Trace, mut restored: BTreeMap<Field, Value>) -> BTreeMap<Field, Value> {
        for text in [Field::OpenGraphTitle, Field::OpenGraphDescription] {
            let Some(flag) = text.copied_flag() else { continue };
            if !(restored.contains_key(&text) || restored.contains_key(&flag)) {
                continue;
            }
            let (Some(before_text), Some(before_flag)) = (trace.before.get(&text), trace.before.get(&flag)) else {
                continue;
            };
            restored.insert(flag, before_flag.clone());
            if *before_flag == Value::Flag(true) {
                restored.remove(&text);
            } else {
                restored.insert(text, before_text.clone());
            }
        }
        restored
    }

    /// A value that read as the primary's, or as nothing, was inherited as far as the API lets one tell. Once one is
    /// written there is no way back to inheriting it.
    fn warn_of_inheritance(
        &mut self,
        address: &Address,
        trace: &Trace,
        restored: &BTreeMap<Field, Value>,
        traces: &BTreeMap<&Address, Trace>,
        live: &Live,
    ) {
        let primary = Address { page: address.page.clone(), locale: live.site.primary.tag.clone() };
        let primary_before = |field: &Field| {
            let written = traces.get(&primary).and_then(|trace| trace.before.get(field)).cloned();
            written.or_else(|| live.primary_metadata(&address.page).map(|metadata| metadata.effective(*field)))
        };
        let is_lost = |field: &&Field| {
            let before = trace.before.get(field);
            before.is_some_and(|before| before.is_empty() || primary_before(field).as_ref() == Some(before))
        };
        // What the run has written, and what the undo will.
        let own: BTreeSet<Field> = trace.sent.iter().chain(restored.keys()).copied().collect();
        let lost: Vec<&str> = own.iter().filter(is_lost).map(|field| field.name()).collect();
        if !lost.is_empty() {
            let message = format!(
                "{} @ {}: {} will read as before, but no longer follow the primary locale",
                trace.path,
                address.locale,
                lost.join(", ")
            );
            let help = "the API cannot restore inheritance; use \"Reset to original\" in the Designer";
            self.diagnostics.push(Diagnostic::warning(codes::INHERITANCE_LOST, message).help(help));
        }
    }

    fn want(
        &mut self,
        address: &Address,
        trace: &Trace,
        restored: BTreeMap<Field, Value>,
        places: &BTreeMap<(&Address, Field), &Location>,
    ) {
        let place = |field: Field| {
            let stated = places.get(&(address, field)).map(|location| (*location).clone());
            stated.unwrap_or_else(|| Location::whole(&Arc::from("plan.json")))
        };
        let location = place(*restored.keys().next().expect("something is restored"));
        let fields = restored.into_iter().map(|(field, value)| (field, Stated { value, location: place(field) }));
        let locale = DesiredLocale { location: location.clone(), fields: fields.collect() };
        let page = self.desired.pages.entry(address.page.clone()).or_insert_with(|| DesiredPage {
            path: trace.path.clone(),
            named_by: NamedBy::Id,
            location,
            locales: BTreeMap::new(),
        });
        page.locales.insert(address.locale.clone(), locale);
    }
}
