//! Law 3: an undo restores what every page-locale reads. Where inheritance cannot be restored, that is said before
//! anything is written, field by field, and it is so nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Map;
use slugline::apply;
use slugline::event::{Event, Outcome, Receipt};
use slugline::model::{Field, Kind, Value};
use slugline::plan::invert::{Inversion, invert};
use slugline::plan::staleness::Moved;
use slugline::plan::{Inputs, Operation, Plan, Policy, Provenance, file, plan};
use slugline::sandbox::{InheritedReads, LocaleKey, LogEntry, Merge, Page, ShareImage, Site, Switches};

use crate::laws::cases;
use crate::laws::edits::{Edit, Stated, apply as state, edits};
use crate::laws::expected;
use crate::laws::project::{Layout, Project, imported};
use crate::laws::reading::{all_reads, key, own, reads, tag};
use crate::laws::sites::{Shown, site};
use crate::laws::world::{World, block_on, is_read};

/// What somebody else writes; no generated text is like it.
const INTRUSION: &str = "Written by somebody else";

/// A page's path, a locale and a field: what a warning about inheritance names.
type Named = (String, String, String);

/// Everything that a run depends on.
#[derive(Debug, Clone)]
pub(super) struct Case {
    site: Shown,
    starts_from_import: bool,
    edits: Vec<Edit>,
    concurrency: usize,
}

pub(super) fn case() -> impl Strategy<Value = Case> {
    (site(12), any::<bool>(), edits(), 1..5_usize).prop_map(|(site, starts_from_import, edits, concurrency)| Case {
        site,
        starts_from_import,
        edits,
        concurrency,
    })
}

/// Returns the combinations of what an undo can least afford to be wrong about.
fn switches() -> impl Strategy<Value = Switches> {
    use proptest::sample::select;
    (select(Merge::ALL), select(InheritedReads::ALL), select(ShareImage::ALL)).prop_map(
        |(merge, inherited_reads, share_image)| Switches { merge, inherited_reads, share_image, ..Switches::default() },
    )
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn an_undo_restores_what_everything_reads(case in case(), switches in switches()) {
        block_on(async {
            let Some(run) = Run::of(&case, switches).await else { return };
            run.undo_restores().await;
        });
    }

    #[test]
    fn an_undo_of_an_undo_restores_what_was_applied(case in case(), switches in switches()) {
        block_on(async {
            let Some(run) = Run::of(&case, switches).await else { return };
            run.undo_of_undo_restores().await;
        });
    }

    #[test]
    fn what_somebody_has_edited_since_is_not_taken_back(case in case(), switches in switches(), which in any::<Index>()) {
        block_on(async {
            let Some(run) = Run::of(&case, switches).await else { return };
            run.edit_is_seen(&which).await;
        });
    }
}

/// Plans a case; returns nothing if the plan has nothing to send or cannot be made.
async fn planned(case: &Case, switches: Switches) -> Option<(World, Site, Plan)> {
    let before = Site { switches, ..case.site.0.clone() };
    let world = World::new(before.clone()).await;
    let start = match case.starts_from_import {
        true => imported(&before, &world.import().await.1),
        false => Stated::new(),
    };
    let mut stated = state(&before, start, &case.edits);
    stated.retain(|_, values| !values.is_empty());
    expected::state_what_cannot_be_told(&before, &mut stated);
    let project = Project::new(&before, &stated, &BTreeMap::new(), Layout::FileEach);
    let plan = world.plan(&project.load()).await;
    let is_sendable = !plan.is_invalid() && !plan.is_empty();
    is_sendable.then_some((world, before, plan))
}

/// Takes back what a server that does not clear texts has made of a case. What does not read as before then is named, with
/// what it reads; everything else does.
pub(super) async fn undo_tells_what_it_cannot_restore(case: &Case, switches: Switches) {
    let Some((world, before, plan)) = planned(case, switches).await else { return };
    let receipt = world.apply(&plan, case.concurrency, &mut |_| {}).await.expect("nobody else was here");
    let live = world.read().await;
    let inversion = invert(&plan, &receipt, &live);
    assert!(inversion.moved.is_empty(), "nobody else was here: {:#?}\n{:#?}", inversion.moved, plan.operations);
    let inputs = Inputs { desired: &inversion.desired, base: None, live: &live, policy: &Policy::default() };
    let undo = slugline::plan::plan(inputs, Provenance { environment: None, revision: None, requests: 0 });
    assert!(!undo.is_invalid(), "{:#?}\nto take back {:#?}", undo.diagnostics, plan.operations);
    let undone = world.apply(&undo, case.concurrency, &mut |_| {}).await.expect("nobody else was here");

    let restored = world.server.site();
    expected::check_extras(&before, &restored);
    let is_named = |page: &str, key: &LocaleKey, field: Field, is: Option<&Value>| {
        let mut ended = undo.operations.iter().zip(&undone.standings).filter(|(operation, _)| {
            let address = &operation.address;
            address.page.as_str() == page && address.locale.as_str() == tag(&before, key)
        });
        ended.any(|(_, standing)| names(standing.outcome(), field, is))
    };
    for (old, new, key) in page_locales(&before, &restored) {
        for field in Field::ALL {
            let (was, is) = (reads(&before, old, &key, field), reads(&restored, new, &key, field));
            // What is inherited reads as its primary does, which may have been written afterwards, or not at all.
            let is_inherited = key != LocaleKey::Primary && !own(new, &key).contains_key(&field);
            let found = Some(&is).filter(|_| !is_inherited);
            let is_told = is_named(&old.id, &key, field, found)
                || (is_inherited && is_named(&old.id, &LocaleKey::Primary, field, Some(&is)));
            assert!(
                was == is || is_told,
                "{} {field:?} in {key:?} was {was:?} and is {is:?}:\n{:#?}\n{:#?}\n{:#?}\n{:#?}",
                old.id,
                plan.operations,
                receipt.standings,
                undo.operations,
                undone.standings
            );
        }
    }
}

/// Returns whether an outcome says that a field does not read as it should, and how it reads if that is asked for.
fn names(outcome: Option<&Outcome>, field: Field, is: Option<&Value>) -> bool {
    match outcome {
        Some(Outcome::DidNotTake(mismatches)) => {
            mismatches.iter().any(|mismatch| mismatch.field == field && is.is_none_or(|is| mismatch.found == *is))
        }
        Some(Outcome::Failed { .. } | Outcome::Skipped(_)) => true,
        Some(Outcome::Done | Outcome::Converged | Outcome::Moved(_) | Outcome::Unknown { .. }) | None => false,
    }
}

/// A plan that was applied in full.
pub(super) struct Run {
    world: World,
    concurrency: usize,
    before: Site,
    after: Site,
    plan: Plan,
    receipt: Receipt,
}

impl Run {
    /// Plans and applies; returns nothing if the plan has nothing to send or cannot be made.
    pub(super) async fn of(case: &Case, switches: Switches) -> Option<Self> {
        let (world, before, plan) = planned(case, switches).await?;
        let receipt = carry_out(&world, &plan, case.concurrency).await;
        let after = world.server.site();
        expected::check_extras(&before, &after);
        world.take_log();
        Some(Self { world, concurrency: case.concurrency, before, after, plan, receipt })
    }

    pub(super) async fn undo_restores(&self) {
        let inversion = self.inversion(&self.plan, &self.receipt).await;
        let undo = self.plan_of(&inversion).await;
        assert!(self.world.take_log().iter().all(is_read), "making an undo writes nothing");
        carry_out(&self.world, &undo, self.concurrency).await;

        let restored = self.world.server.site();
        expected::check_extras(&self.before, &restored);
        check_reads(&self.before, &restored);
        let lost = self.lost_inheritance(&restored);
        let announced = announced(&inversion);
        let unannounced: Vec<&Named> = lost.difference(&announced).collect();
        assert!(unannounced.is_empty(), "no longer inherited, and nobody said so: {unannounced:#?}\n{undo:#?}");
        for named in announced.difference(&lost) {
            assert!(self.looked_inherited(named), "said to be lost, and is not: {named:?}");
        }
        self.check_owners(&restored);
    }

    async fn undo_of_undo_restores(&self) {
        let undo = self.plan_of(&self.inversion(&self.plan, &self.receipt).await).await;
        let receipt = carry_out(&self.world, &undo, self.concurrency).await;
        let redo = self.plan_of(&self.inversion(&undo, &receipt).await).await;
        carry_out(&self.world, &redo, self.concurrency).await;
        check_reads(&self.after, &self.world.server.site());
    }

    async fn edit_is_seen(&self, which: &Index) {
        let texts = |operation: &Operation| -> Vec<Field> {
            let sent = operation.body.fields.keys().copied();
            sent.filter(|field| field.kind() == Kind::Text && *field != Field::Slug).collect()
        };
        let written: Vec<(&Operation, Field)> = self
            .plan
            .operations
            .iter()
            .flat_map(|operation| texts(operation).into_iter().map(move |field| (operation, field)))
            .collect();
        if written.is_empty() {
            return;
        }
        let (operation, field) = *which.get(&written);
        let undo = self.plan_of(&self.inversion(&self.plan, &self.receipt).await).await;
        self.intrude(operation, field).await;
        let edited = self.world.server.site();
        self.world.take_log();

        let inversion = self.inversion(&self.plan, &self.receipt).await;
        let is_it = |moved: &Moved| {
            moved.address == operation.address
                && moved.field.as_ref().is_some_and(|moved| moved.field == field && moved.found == INTRUSION.into())
        };
        // What the run sent for a sibling's sake left it as it was, so that there is nothing to take back.
        let is_replaced = operation.precondition.get(&field) != operation.body.fields.get(&field);
        assert!(!is_replaced || inversion.moved.iter().any(is_it), "{field:?} of {operation:#?}: {inversion:#?}");
        // An undo that was planned before the edit finds out when it is applied.
        let undoes = |undo: &&Operation| undo.address == operation.address && undo.body.fields.contains_key(&field);
        if undo.operations.iter().any(|operation| undoes(&operation)) {
            let ended = self.world.apply(&undo, self.concurrency, &mut |_| {}).await;
            assert!(matches!(&ended, Err(apply::Error::Stale(moved)) if moved.iter().any(is_it)), "{ended:#?}");
        }
        assert!(self.world.take_log().iter().all(is_read));
        assert_eq!(self.world.server.site(), edited);
    }

    /// Writes a text that an operation has written, as another client would. The rest of its object goes along, so that a
    /// server that replaces objects changes nothing else.
    async fn intrude(&self, operation: &Operation, field: Field) {
        let mut body = file::body(&operation.body);
        match field.keys() {
            [key] => body = Map::from_iter([((*key).to_owned(), INTRUSION.into())]),
            [object, key] => {
                body.retain(|name, _| name == object);
                body[*object][*key] = INTRUSION.into();
                if let Some(flag) = field.copied_flag() {
                    body[*object][flag.keys()[1]] = false.into();
                }
            }
            _ => panic!("fields have one key or two"),
        }
        let (page, locale) = (operation.address.page.as_str(), operation.locale_id.as_ref().map(|id| id.as_str()));
        self.world.client.writer().update_page(page, locale, &body.into()).await.unwrap();
    }

    /// Inverts a run against the site as it is; nobody has edited it.
    async fn inversion(&self, plan: &Plan, receipt: &Receipt) -> Inversion {
        let live = self.world.read().await;
        invert(plan, receipt, &live)
    }

    async fn plan_of(&self, inversion: &Inversion) -> Plan {
        assert!(
            inversion.moved.is_empty(),
            "nobody else was here: {:#?}\n{:#?}",
            inversion.moved,
            self.plan.operations
        );
        let live = self.world.read().await;
        let inputs = Inputs { desired: &inversion.desired, base: None, live: &live, policy: &Policy::default() };
        let undo = plan(inputs, Provenance { environment: None, revision: None, requests: 0 });
        assert!(!undo.is_invalid(), "{:#?}\nto take back {:#?}", undo.diagnostics, self.plan.operations);
        undo
    }

    /// Returns what was inherited before the run and is a value of its own now.
    fn lost_inheritance(&self, restored: &Site) -> BTreeSet<Named> {
        let mut lost = BTreeSet::new();
        for (old, new, key) in page_locales(&self.before, restored) {
            let (was, is) = (own(old, &key), own(new, &key));
            let owned: Vec<&Field> = is.keys().filter(|field| !was.contains_key(field)).collect();
            if key != LocaleKey::Primary && !owned.is_empty() {
                let path = self.path(&old.id);
                lost.extend(owned.iter().map(|f| (path.clone(), tag(&self.before, &key), f.name().to_owned())));
            }
        }
        lost
    }

    /// Returns whether a field read as its primary's or as nothing before the run, so that nobody can tell whether it was inherited.
    fn looked_inherited(&self, (path, locale, field): &Named) -> bool {
        let key = key(&self.before, locale);
        let field = Field::ALL.into_iter().find(|candidate| candidate.name() == field).unwrap();
        let mut pages = self.before.pages.iter().filter(|page| self.has_path(&page.id, path));
        pages.any(|page| {
            let read = reads(&self.before, page, &key, field);
            read.is_empty() || read == reads(&self.before, page, &LocaleKey::Primary, field)
        })
    }

    /// Checks that what was a page-locale's own is so still, unless it read as inherited.
    fn check_owners(&self, restored: &Site) {
        for (old, new, key) in page_locales(&self.before, restored) {
            let (was, is) = (own(old, &key), own(new, &key));
            for (field, value) in was.iter().filter(|(field, _)| !is.contains_key(field)) {
                let read = reads(&self.before, old, &key, *field);
                let primary = reads(&self.before, old, &LocaleKey::Primary, *field);
                let cannot_be_told = key == LocaleKey::Primary || read == primary || read.is_empty();
                assert!(cannot_be_told, "{} of {} in {key:?} was {value:?}", field.name(), old.id);
            }
        }
    }

    fn path(&self, page: &str) -> String {
        let operation = self.plan.operations.iter().find(|operation| operation.address.page.as_str() == page);
        operation.map_or_else(|| format!("a page that was not planned, {page}"), |operation| operation.path.to_string())
    }

    fn has_path(&self, page: &str, path: &str) -> bool {
        self.path(page) == path
    }
}

/// Applies a plan that the server is willing to carry out in full.
async fn carry_out(world: &World, plan: &Plan, concurrency: usize) -> Receipt {
    let mut events: Vec<Event> = Vec::new();
    let ended = world.apply(plan, concurrency, &mut |event| events.push(event.clone())).await;
    let receipt = ended.expect("nobody else was here");
    assert_eq!(Receipt::of(&events), receipt);
    for (operation, standing) in plan.operations.iter().zip(&receipt.standings) {
        assert_eq!(standing.outcome(), Some(&Outcome::Done), "{operation:#?}\nof {plan:#?}");
    }
    let puts = |log: Vec<LogEntry>| log.iter().filter(|entry| entry.method == "PUT").count();
    assert_eq!(puts(world.take_log()), plan.operations.len());
    receipt
}

/// Checks that every page-locale reads the same on both.
#[track_caller]
fn check_reads(wanted: &Site, found: &Site) {
    for (old, new, key) in page_locales(wanted, found) {
        assert_eq!(all_reads(found, new, &key), all_reads(wanted, old, &key), "{} in {key:?}", old.id);
    }
}

fn page_locales<'s>(one: &'s Site, other: &'s Site) -> impl Iterator<Item = (&'s Page, &'s Page, LocaleKey)> {
    let pages = one.pages.iter().map(|page| (page, other.page(&page.id).expect("the page is still there")));
    let keys = one.locale_keys();
    pages.flat_map(move |(old, new)| keys.clone().into_iter().map(move |key| (old, new, key)))
}

/// Returns what the warnings about inheritance name: `/path @ fr-FR: title, slug will read as before, but …`.
fn announced(inversion: &Inversion) -> BTreeSet<Named> {
    let mut announced = BTreeSet::new();
    for warning in inversion.diagnostics.iter().filter(|diagnostic| diagnostic.code.as_str() == "inheritance-lost") {
        let (address, rest) = warning.message.split_once(": ").unwrap();
        let (path, locale) = address.split_once(" @ ").unwrap();
        let (fields, _) = rest.split_once(" will read as before, but ").unwrap();
        announced.extend(fields.split(", ").map(|field| (path.to_owned(), locale.to_owned(), field.to_owned())));
    }
    announced
}
