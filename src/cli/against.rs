//! `--base`: the commit by which `plan` and `apply` tell who has changed what.

use super::context::Workspace;
use super::failure::Failure;
use super::remarks;
use super::ui::Ui;
use crate::base::{self, Commit, Kinship, Place};
use crate::diagnostic::Diagnostic;
use crate::manifest::earlier::{self, Files};
use crate::manifest::globs::PageGlobs;
use crate::manifest::load::Loaded;
use crate::manifest::project::{FILE_NAME, Project};
use crate::model::{Base, Live};
use crate::plan::{self, Revision};
use crate::render::view::short;
use crate::revision;

/// What differences are told by, and what is done about those that somebody has made on the site.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Against {
    /// Tell by the manifests of this commit who has changed what: where the branch began, or the commit before a merge.
    #[arg(long, value_name = "REV")]
    base: Option<String>,

    /// What to do about fields that were changed on the site alone.
    #[arg(long, value_enum, value_name = "WHAT", default_value = "keep", requires = "base")]
    on_drift: OnDrift,

    /// What to do about fields that were changed on the site and in the manifests.
    #[arg(long, value_enum, value_name = "WHAT", default_value = "refuse", requires = "base")]
    on_conflict: OnConflict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum OnDrift {
    /// Show them, and leave them as they are on the site.
    #[default]
    Keep,
    /// Write what the manifests say.
    Revert,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum OnConflict {
    /// Show them, and write nothing at all.
    #[default]
    Refuse,
    /// Write what the manifests say.
    Desired,
}

/// The manifests of the base.
pub(super) struct Earlier {
    commit: Commit,
    pub(super) loaded: Loaded,
    /// What is worth knowing about them.
    remarks: Vec<Diagnostic>,
}

impl Against {
    pub(super) fn is_given(&self) -> bool {
        self.base.is_some()
    }

    pub(super) fn policy(&self) -> (plan::OnDrift, plan::OnConflict) {
        let on_drift = match self.on_drift {
            OnDrift::Keep => plan::OnDrift::Keep,
            OnDrift::Revert => plan::OnDrift::Revert,
        };
        let on_conflict = match self.on_conflict {
            OnConflict::Refuse => plan::OnConflict::Refuse,
            OnConflict::Desired => plan::OnConflict::Desired,
        };
        (on_drift, on_conflict)
    }

    /// Reads the manifests of the base, if one is given.
    pub(super) fn read(&self, workspace: &Workspace, ui: &Ui) -> Result<Option<Earlier>, Failure> {
        let Some(revision) = &self.base else { return Ok(None) };
        let (commit, kinship) = base::base(&workspace.root, revision)?;
        if let Some(note) = note(revision, &commit, &kinship) {
            ui.note(&note);
        }
        let remarks = match &kinship {
            Kinship::Named | Kinship::Behind { .. } | Kinship::Ahead => None,
            Kinship::Parted { others } => remarks::ambiguous(&commit, others, revision),
            Kinship::Unclear => Some(remarks::unclear(&commit)),
        };
        let is_same = |project: &Project| project.sites().any(|site| site == workspace.site.as_str());
        let (loaded, place) = base::manifests(&workspace.root, &commit, is_same)?;
        note_move(&commit, &place, ui);
        let mut earlier = Earlier { commit, loaded, remarks: remarks.into_iter().collect() };
        earlier.check(&place, workspace);
        earlier::adopt_ids(&mut earlier.loaded.pages, &workspace.loaded.pages);
        Ok(Some(earlier))
    }
}

/// Returns what to say of a commit that is not the one which was named, or not where one would expect it.
fn note(revision: &str, commit: &Commit, kinship: &Kinship) -> Option<String> {
    let short = short(commit.as_str());
    match kinship {
        Kinship::Named | Kinship::Unclear => None,
        Kinship::Parted { .. } => Some(format!(
            "`{revision}` has gone on since this branch began; differences are told by where they parted, {short}."
        )),
        Kinship::Behind { named } => Some(format!(
            "`{revision}` has gone on since this branch began; differences are told by where it began, {short}. To take \
             back what `{revision}` has gained, name it by its whole hash: `--base {}`.",
            named.as_str()
        )),
        Kinship::Ahead => {
            Some(format!("The base, {short}, is newer than the commit at hand; what it has gained is taken back."))
        }
    }
}

/// Says so if the project was in another folder.
pub(super) fn note_move(commit: &Commit, place: &Place, ui: &Ui) {
    let Place::Moved { from } = place else { return };
    let folder = if from.is_empty() { "at the top of the repository".to_owned() } else { format!("in `{from}`") };
    let short = short(commit.as_str());
    ui.note(&format!("The project has moved: in {short} it is {folder}, and the base is read from there."));
}

impl Earlier {
    /// Finds out how far the manifests can be gone by.
    fn check(&mut self, place: &Place, workspace: &Workspace) {
        let is_for_another_site =
            self.loaded.project.as_ref().is_some_and(|project| !project.manifest.names_site(workspace.site.as_str()));
        self.remarks.extend(remarks::unreadable(&self.commit, &self.loaded, place));
        if is_for_another_site {
            self.loaded.pages.clear();
            self.remarks.push(remarks::of_another_site(&self.commit));
        }
        if let Place::Nowhere { others } = place {
            self.remarks.push(remarks::empty(&self.commit, others));
        }
    }

    /// Returns what is worth knowing of them, given the site if it was asked.
    pub(super) fn remarks(&self, live: Option<&Live>) -> Vec<Diagnostic> {
        let lost = live.map(|live| earlier::lost_locales(self.files(), &live.site)).unwrap_or_default();
        self.remarks.iter().cloned().chain(remarks::lost_locales(&self.commit, &lost)).collect()
    }

    pub(super) fn files(&self) -> Files<'_> {
        Files { pages: &self.loaded.pages, project: self.loaded.project.as_ref() }
    }

    /// Returns what they want of the site as it is now.
    pub(super) fn base(&self, live: &Live) -> Base {
        earlier::base(self.files(), live)
    }
}

/// Returns the commit of the work tree, and the base.
pub(super) fn revision(workspace: &Workspace, earlier: Option<&Earlier>) -> Option<Revision> {
    let base = earlier.map(|earlier| earlier.commit.as_str().to_owned());
    let globs = PageGlobs::of(workspace.project());
    let would_be_read = |file: &str| file == FILE_NAME || globs.matches(file);
    let revision = revision::of(&workspace.root, &workspace.loaded.sources, would_be_read);
    revision.map(|revision| Revision { base, ..revision })
}
