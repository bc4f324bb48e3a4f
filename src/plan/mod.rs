//! The plan: everything that would be written, and why, as one complete value.
//!
//! [`plan`] is pure: what is wanted, what is there and the policy go in; the same inputs give the same plan. Must not
//! know how a plan is shown, saved or applied, and must not read anything by itself.

mod body;
mod card;
pub mod codes;
mod diff;
pub mod file;
pub mod gate;
mod guard;
mod identity;
pub mod invert;
pub mod offline;
mod order;
mod released;
mod rest;
mod risk;
mod sides;
mod slugs;
pub mod staleness;

use std::collections::{BTreeMap, BTreeSet};

pub use body::Body;
pub use card::{Card, Cards};
pub use diff::Selection;
pub use guard::{Guard, Limits, Tripped};

use self::diff::Differences;
use self::released::Released;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::model::{
    Address, Base, Desired, Extras, Field, Group, Live, LocaleId, LocaleTag, PageId, PagePath, SiteId, Value,
};
use crate::source::Location;

/// What would be written to a site, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The site it is for.
    pub target: Target,
    /// The commit of the manifests, if they lie in a git repository.
    pub revision: Option<Revision>,
    /// Whether it compares two commits and knows nothing of the site, so that it cannot be applied.
    pub is_offline: bool,
    /// What was read to make it.
    pub live: ReadSummary,
    /// How many page-locales the manifests manage, of those that are selected.
    pub managed: usize,
    /// The fields that change, by path, locale and field.
    pub changes: Vec<Change>,
    /// The fields that somebody has changed on the site and that stay as they are there, in the same order. With a
    /// conflict among them, the plan is not fit to be applied.
    pub kept: Vec<Change>,
    /// The writes, in order.
    pub operations: Vec<Operation>,
    /// The guards that it trips.
    pub guards: Vec<Tripped>,
    /// How many pages, or parts of them, the manifests have let go of since the base.
    pub released: usize,
    /// What is wrong or worth knowing. With an error among them, the plan is not fit to be applied.
    pub diagnostics: Vec<Diagnostic>,
    /// What the lint says of the texts that it writes. An error among them stands in the way as well.
    pub findings: Vec<Finding>,
}

/// Something that the lint says of a field that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The page and locale.
    pub address: Address,
    /// The field.
    pub field: Field,
    /// What it says.
    pub diagnostic: Diagnostic,
}

/// The site that a plan is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The site's id.
    pub site: SiteId,
    /// The site's name.
    pub name: String,
    /// The environment of the project file that names the site, if it has environments.
    pub environment: Option<String>,
}

/// A commit of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The full hash.
    pub commit: String,
    /// Whether what was read differed from it: the project file, or a manifest.
    pub dirty: bool,
    /// The full hash of the commit that differences are told by, if there is one.
    pub base: Option<String>,
}

/// How much was read to make a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadSummary {
    /// Pages of the site, branch pages left out.
    pub pages: usize,
    /// Locales of the site.
    pub locales: usize,
    /// Requests sent.
    pub requests: u64,
}

/// One field of one page in one locale that reads otherwise than wanted, or is pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it is.
    pub address: Address,
    /// The page's path, for people.
    pub path: PagePath,
    /// The field.
    pub field: Field,
    /// Why it is told.
    pub class: Class,
    /// What the base says, if there is one and it says anything.
    pub base: Option<Value>,
    /// What it reads now, as the API means it.
    pub before: Value,
    /// What it will read.
    pub after: Value,
    /// For an Open Graph text or its flag that somebody has changed on the site: what the two say together. Each alone may
    /// well read the same on two sides.
    pub cards: Option<Cards>,
    /// Where the manifest says so.
    pub source: Location,
    /// What a reviewer should look at twice.
    pub risks: BTreeSet<Risk>,
    /// Secondary locales that read the same, state nothing and so will most likely move along.
    pub followers: Vec<LocaleTag>,
    /// For a slug: the published addresses that move with it, in this locale and in those that follow.
    pub redirects: Vec<Redirect>,
}

/// An address that moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The locale whose address it is.
    pub locale: LocaleTag,
    /// The published path, with the locale's subdirectory.
    pub from: PagePath,
    /// The same with the new slug, after the next publish.
    pub to: PagePath,
    /// Who moves to the old address.
    pub successor: Successor,
}

/// Who moves to the address that a page leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Successor {
    /// Nobody, as far as the plan knows, or a page that is archived and so never published.
    Nobody,
    /// A page that goes live there with the next publish, so that nothing can redirect from it.
    Page,
    /// A draft: a redirect helps until that is published.
    Draft,
}

/// Why a field reads otherwise than wanted, or is written though it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The manifest says something new; without a base, manifest and site differ.
    Change,
    /// The manifest says as before, and somebody has changed it on the site.
    Drift,
    /// The manifest says something new, and somebody has changed it on the site to something else.
    Conflict,
    /// The manifest has begun to say anything.
    New,
    /// The site reads as wanted, but only because the primary locale does, which this plan changes.
    Pinned,
}

/// What a reviewer should look at twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// A published address changes; or a slug, where the site was not asked whether the page is published.
    SlugChange,
    /// A set title or description becomes empty.
    Blanking,
    /// A `{{wf …}}` binding is replaced by plain text.
    BindingOverwrite,
    /// The locale is switched off on the site.
    LocaleOff,
}

/// One request: the managed fields of a page in a locale that differ, and what must be so before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The page and locale.
    pub address: Address,
    /// The page's path, for people.
    pub path: PagePath,
    /// The locale's id; none for the primary locale, which is addressed by leaving the id out.
    pub locale_id: Option<LocaleId>,
    /// What it is for.
    pub purpose: Purpose,
    /// Whether it holds a pinned value, so that it is sent even if everything reads as wanted.
    pub has_pin: bool,
    /// Operations of a lower level go first; those of one level may go side by side.
    pub level: u32,
    /// Operations, by their place in the plan, without whose success this one must not be sent.
    pub needs: Vec<usize>,
    /// What is sent.
    pub body: Body,
    /// What the fields concerned must read before it is sent, as the API means them. Holds every field of the objects
    /// in the body, sent or not, so that nobody's edit is replaced unread.
    pub precondition: BTreeMap<Field, Value>,
    /// What the leaves of these objects that are not fields must read, before it is sent and after.
    pub extras: Extras,
}

/// What an operation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It writes what the manifests state.
    Write,
    /// It moves a page to a temporary slug, so that pages can exchange theirs.
    TemporarySlug,
}

/// Everything a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// What the manifests want.
    pub desired: &'a Desired,
    /// What those of an earlier commit wanted; without it, every difference is a change.
    pub base: Option<&'a Base>,
    /// What the site has.
    pub live: &'a Live,
    /// Thresholds and selection.
    pub policy: &'a Policy,
}

/// What the user decides about planning.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// Thresholds of the guards.
    pub limits: Limits,
    /// The pages and locales to plan for.
    pub selection: Selection,
    /// What to do about what was changed on the site alone.
    pub on_drift: OnDrift,
    /// What to do about what was changed on both sides.
    pub on_conflict: OnConflict,
}

/// What to do about a field that somebody has changed on the site, and that the manifests have left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnDrift {
    /// Tell, and leave it as it is there.
    #[default]
    Keep,
    /// Write what the manifest says.
    Revert,
}

/// What to do about a field that was changed on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnConflict {
    /// Tell, and write nothing at all.
    #[default]
    Refuse,
    /// Write what the manifest says.
    Desired,
}

impl Policy {
    /// Returns whether a field of this class is written.
    pub fn writes(&self, class: Class) -> bool {
        match class {
            Class::Change | Class::New | Class::Pinned => true,
            Class::Drift => self.on_drift == OnDrift::Revert,
            Class::Conflict => self.on_conflict == OnConflict::Desired,
        }
    }
}

/// Where a plan comes from and what it is for; goes into the plan as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The environment chosen, if the project has environments.
    pub environment: Option<String>,
    /// The commit of the manifests.
    pub revision: Option<Revision>,
    /// Requests sent to read the site.
    pub requests: u64,
}

/// Compares what is wanted with what is there and returns everything that needs to be written.
pub fn plan(inputs: Inputs<'_>, provenance: Provenance) -> Plan {
    let Inputs { desired, base, live, policy } = inputs;
    let mut diagnostics = Vec::new();
    let Differences { written: changes, kept } = diff::differences(inputs, &mut diagnostics);
    let operations = order::operations(desired, live, &changes, &kept, &mut diagnostics);
    let released = base.map(|base| released::released(desired, base, &policy.selection));
    let Released { count: released, told } = released.unwrap_or_default();
    diagnostics.extend(told);
    let guards = guard::evaluate(desired.page_locales(), base, &changes, &policy.limits);
    diagnostic::sort(&mut diagnostics);
    Plan {
        target: Target {
            site: live.site.id.clone(),
            name: live.site.name.clone(),
            environment: provenance.environment,
        },
        revision: provenance.revision,
        is_offline: false,
        live: ReadSummary {
            pages: live.pages.len(),
            locales: live.site.locales().count(),
            requests: provenance.requests,
        },
        managed: diff::selected(inputs),
        changes,
        kept,
        operations,
        guards,
        released,
        diagnostics,
        findings: Vec::new(),
    }
}

impl Plan {
    /// Returns whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Returns whether an error stands in the way of applying it.
    pub fn is_invalid(&self) -> bool {
        self.problems().any(|problem| problem.severity == Severity::Error)
    }

    /// Returns what is wrong or worth knowing of the plan as a whole, and what else stands in its way.
    pub fn problems(&self) -> impl Iterator<Item = &Diagnostic> {
        let findings = self.findings.iter().map(|finding| &finding.diagnostic);
        self.diagnostics.iter().chain(findings.filter(|finding| finding.severity == Severity::Error))
    }

    /// Returns whether no later operation sends the field of the same page and locale, and this one does.
    pub fn last_to_send(&self, operation: &Operation, field: Field) -> bool {
        let sends = |other: &&Operation| other.address == operation.address && other.body.fields.contains_key(&field);
        self.operations.iter().rfind(sends).is_some_and(|last| std::ptr::eq(last, operation))
    }

    /// Returns the fields that were changed on both sides and are not decided, so that it must not be applied.
    pub fn conflicts(&self) -> impl Iterator<Item = &Change> {
        self.kept.iter().filter(|change| change.class == Class::Conflict)
    }

    /// Returns the page-locales that it writes.
    pub fn addresses(&self) -> BTreeSet<&Address> {
        self.operations.iter().map(|operation| &operation.address).collect()
    }

    /// Returns the pages that it writes.
    pub fn pages(&self) -> BTreeSet<&PageId> {
        self.operations.iter().map(|operation| &operation.address.page).collect()
    }
}

impl Operation {
    /// Returns the objects that it writes.
    pub fn groups(&self) -> BTreeSet<Group> {
        self.body.fields.keys().map(|field| field.group()).collect()
    }
}

impl Change {
    /// Returns the locales whose slug moves with this one: its own first, then those that follow.
    fn slug_locales(&self) -> impl Iterator<Item = &LocaleTag> {
        std::iter::once(&self.address.locale).chain(&self.followers)
    }
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 5] = [Self::Change, Self::Drift, Self::Conflict, Self::New, Self::Pinned];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Drift => "drift",
            Self::Conflict => "conflict",
            Self::New => "new",
            Self::Pinned => "pinned",
        }
    }
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 2] = [Self::Write, Self::TemporarySlug];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::TemporarySlug => "temporary-slug",
        }
    }
}

impl Risk {
    /// Every risk, worst first.
    pub const ALL: [Self; 4] = [Self::SlugChange, Self::Blanking, Self::BindingOverwrite, Self::LocaleOff];

    /// The name in JSON; that of the guard where there is one.
    pub fn name(self) -> &'static str {
        match self {
            Self::SlugChange => "slug-change",
            Self::Blanking => "blanking",
            Self::BindingOverwrite => "binding-overwrite",
            Self::LocaleOff => "locale-off",
        }
    }
}
