//! The only way to an apply: whether a plan may be written to the site as the site reads now.
//!
//! Pure. An [`Approved`] cannot be made elsewhere, and `apply` takes nothing else. Must not know where a plan comes from: a
//! new plan, a plan file, the rest of a run and an undo are judged alike.

use std::collections::{BTreeMap, BTreeSet};

pub use super::identity::Mismatch;
use super::identity::{self, Derived};
use super::staleness::{self, Moved};
use super::{Change, Guard, Limits, Plan, Tripped, guard};
use crate::diagnostic::{self, Diagnostic};
use crate::model::{Address, Field, FolderId, Live, Metadata, SiteId};

/// A plan that may be applied.
#[derive(Debug, Clone, Copy)]
pub struct Approved<'p> {
    plan: &'p Plan,
}

impl<'p> Approved<'p> {
    /// Returns the plan.
    pub fn plan(self) -> &'p Plan {
        self.plan
    }
}

/// What the project says about a plan.
#[derive(Debug, Clone, Copy)]
pub struct Project<'a> {
    /// The site of the project.
    pub site: &'a SiteId,
    /// The environment that names the site, if the project has environments.
    pub environment: Option<&'a str>,
    /// How many page locales the manifests manage.
    pub managed: usize,
    /// Thresholds of the guards.
    pub limits: &'a Limits,
}

/// What is to be applied.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'p, 'e> {
    /// The plan.
    pub plan: &'p Plan,
    /// For a run that has begun: the operations that are at their end and are not sent again. Of the others, those are left
    /// alone whose page has been edited since. Nothing for a plan of which nothing was sent: it fits as a whole, or not.
    pub ended: Option<&'e BTreeSet<usize>>,
}

impl Candidate<'_, '_> {
    fn rest(&self) -> Plan {
        self.ended.map_or_else(|| self.plan.clone(), |ended| self.plan.rest(ended))
    }
}

/// Why a plan must not be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The plan is for another site than the project.
    WrongSite(Tripped),
    /// The plan has errors, or cannot be written in any order. Holds all that is wrong with it.
    Invalid(Vec<Diagnostic>),
    /// Fields were changed on both sides, and it is not decided which value is written.
    Conflicts(Vec<Change>),
    /// The site was edited since the plan was made, or pages are gone from it.
    Stale(Vec<Moved>),
    /// The site contradicts what the plan shows.
    Identity(Vec<Mismatch>),
    /// Guards block the plan.
    Guards(Vec<Tripped>),
}

/// Decides whether a plan may be applied to the site as it reads now.
pub fn gate<'p>(
    candidate: Candidate<'p, '_>,
    live: &Live,
    project: Project<'_>,
    allowed: &[Guard],
) -> Result<Approved<'p>, Refusal> {
    let plan = candidate.plan;
    check_site(plan, project.site, allowed)?;
    check_problems(plan)?;
    let conflicts: Vec<Change> = plan.conflicts().cloned().collect();
    if !conflicts.is_empty() {
        return Err(Refusal::Conflicts(conflicts));
    }
    let rest = candidate.rest();
    check_pages(&rest, live)?;
    if candidate.ended.is_none() {
        staleness::check(plan, &readings(plan, live)).map_err(Refusal::Stale)?;
    }
    let derived = identity::derive(plan, live);
    // The environment of another site, which was allowed, is not one of the project.
    let environment =
        if plan.target.site == *project.site { project.environment } else { plan.target.environment.as_deref() };
    let mut mismatches = identity::target(plan, live, environment);
    mismatches.extend(identity::mismatches(plan, &derived, live, candidate.ended));
    if !mismatches.is_empty() {
        return Err(Refusal::Identity(mismatches));
    }
    check_errors(&derived.diagnostics)?;
    let mut tripped = guards(&rest, &derived, project);
    tripped.retain(|tripped| !allowed.contains(&tripped.guard));
    if tripped.is_empty() { Ok(Approved { plan }) } else { Err(Refusal::Guards(tripped)) }
}

/// Returns what is left of a plan, with the guards that this trips.
pub fn rest(candidate: Candidate<'_, '_>, live: &Live, project: Project<'_>) -> Plan {
    let rest = candidate.rest();
    let guards = guards(&rest, &identity::derive(candidate.plan, live), project);
    Plan { guards, ..rest }
}

fn guards(rest: &Plan, derived: &Derived, project: Project<'_>) -> Vec<Tripped> {
    let left: BTreeSet<(&Address, Field)> = rest.changes.iter().map(|change| (&change.address, change.field)).collect();
    let is_left = |change: &&Change| left.contains(&(&change.address, change.field));
    let changes: Vec<Change> = derived.changes.iter().filter(is_left).cloned().collect();
    guard::evaluate_again(&rest.guards, project.managed, &changes, project.limits)
}

/// Checks that a plan is for the site of the project, unless another one is allowed. Needs nothing of the site, so that a
/// plan for another site can be refused before that is read.
pub fn check_site(plan: &Plan, site: &SiteId, allowed: &[Guard]) -> Result<(), Refusal> {
    match guard::wrong_site(plan, site).filter(|tripped| !allowed.contains(&tripped.guard)) {
        None => Ok(()),
        Some(tripped) => Err(Refusal::WrongSite(tripped)),
    }
}

/// Returns the folders that must be read so that the paths of a plan can be compared with those of the site.
pub fn folders_needed(plan: &Plan, live: &Live) -> BTreeSet<FolderId> {
    let pages = plan.operations.iter().filter_map(|operation| live.pages.get(&operation.address.page));
    let unpublished = pages.filter(|page| live.last_published_path(page).is_none());
    unpublished.filter_map(|page| page.folder.clone()).collect()
}

fn check_problems(plan: &Plan) -> Result<(), Refusal> {
    let mut problems: Vec<Diagnostic> = plan.problems().cloned().collect();
    diagnostic::sort(&mut problems);
    check_errors(&problems)
}

fn check_errors(problems: &[Diagnostic]) -> Result<(), Refusal> {
    if diagnostic::has_errors(problems) { Err(Refusal::Invalid(problems.to_vec())) } else { Ok(()) }
}

fn readings(plan: &Plan, live: &Live) -> BTreeMap<Address, Metadata> {
    let reading = |address: &Address| Some((address.clone(), live.metadata(&address.page, &address.locale)?.clone()));
    plan.addresses().into_iter().filter_map(reading).collect()
}

/// A branch page is none of the site's pages either: it repeats the path of another one.
fn check_pages(rest: &Plan, live: &Live) -> Result<(), Refusal> {
    let gone: Vec<Moved> = rest
        .operations
        .iter()
        .filter(|operation| !live.pages.contains_key(&operation.address.page))
        .map(|operation| Moved { address: operation.address.clone(), path: operation.path.clone(), field: None })
        .collect();
    if gone.is_empty() { Ok(()) } else { Err(Refusal::Stale(gone)) }
}
