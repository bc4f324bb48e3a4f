//! `--base`: the commit by which `plan` and `apply` tell who has changed what.

use std::path::Path;

use super::context::Workspace;
use super::failure::Failure;
use super::ui::Ui;
use crate::base::{self, Commit, Kinship};
use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::earlier::{self, Files};
use crate::manifest::load::Loaded;
use crate::model::{Base, Live};
use crate::plan::{self, Revision, codes};
use crate::render::view::{count, short};
use crate::revision;

/// How many problems of a base are named; it cannot be mended any more.
const NAMED_PROBLEMS: usize = 3;

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
    pub(super) remarks: Vec<Diagnostic>,
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
        let short = short(commit.as_str());
        let mut remarks = Vec::new();
        match kinship {
            Kinship::Named => {}
            Kinship::Parted => ui.note(&format!(
                "`{revision}` has gone on since this branch began; differences are told by where they parted, {short}."
            )),
            Kinship::Unclear => remarks.push(unclear(short)),
        }
        let loaded = base::manifests(&workspace.root, &commit)?;
        let mut earlier = Earlier { commit, loaded, remarks };
        earlier.check(workspace);
        earlier::adopt_ids(&mut earlier.loaded.pages, &workspace.loaded.pages);
        Ok(Some(earlier))
    }
}

impl Earlier {
    /// Finds out how far the manifests can be gone by.
    fn check(&mut self, workspace: &Workspace) {
        let short = short(self.commit.as_str());
        let errors = self.loaded.diagnostics.iter().filter(|problem| problem.severity == Severity::Error);
        let errors: Vec<&Diagnostic> = errors.collect();
        if !errors.is_empty() {
            let what = count(errors.len(), "problem", "problems");
            let named: Vec<String> = errors.iter().take(NAMED_PROBLEMS).map(|problem| told(problem)).collect();
            let more = if errors.len() > named.len() { "; …" } else { "" };
            let message = format!("{what} in the manifests of {short}: {}{more}", named.join("; "));
            let help = "what cannot be understood there counts as not stated: where the manifests state it now, it is new, \
                        and written over whatever the site has";
            self.remarks.push(Diagnostic::warning(codes::BASE_UNREADABLE, message).help(help));
        }
        let message = match &self.loaded.project {
            None if errors.is_empty() => format!("the project is not in {short}"),
            Some(project) if !project.manifest.names_site(workspace.site.as_str()) => {
                self.loaded.pages.clear();
                format!("the project of {short} is for another site")
            }
            None | Some(_) => return,
        };
        let help = "every field counts as new, and is written where the site reads otherwise";
        self.remarks.push(Diagnostic::info(codes::BASE_EMPTY, message).help(help));
    }

    pub(super) fn files(&self) -> Files<'_> {
        Files { pages: &self.loaded.pages, project: self.loaded.project.as_ref() }
    }

    /// Returns what they want of the site as it is now.
    pub(super) fn base(&self, live: &Live) -> Base {
        earlier::base(self.files(), live)
    }
}

fn unclear(short: &str) -> Diagnostic {
    let message = format!("the clone is shallow, so nobody can tell whether {short} is where the two parted");
    let help =
        "if others have merged there since, this plan reads as if it took that back; fetch the history to be sure";
    Diagnostic::warning(codes::BASE_UNCLEAR, message).help(help)
}

/// Returns the commit of the work tree, and the one that differences are told by.
pub(super) fn revision(root: &Path, earlier: Option<&Earlier>) -> Option<Revision> {
    let base = earlier.map(|earlier| earlier.commit.as_str().to_owned());
    revision::of(root).map(|revision| Revision { base, ..revision })
}

/// Returns a problem with its place in a line; the place is in a text that nobody has before their eyes.
fn told(problem: &Diagnostic) -> String {
    match &problem.at {
        Some(at) => format!("{at}: {}", problem.message),
        None => problem.message.clone(),
    }
}
