//! `slugline plan --offline`: git against git, for whoever may not have the token.

use super::against::{self, Earlier};
use super::context::Workspace;
use super::failure::Failure;
use super::lint;
use super::plan::{Selected, check_selection};
use crate::manifest::earlier::{self, Files};
use crate::model::{Desired, LocaleTag};
use crate::plan::offline::{self, Commits};
use crate::plan::{Plan, Selection, Target};

/// Compares the manifests with those of the base.
pub(super) fn make(workspace: &Workspace, earlier: &Earlier, selected: &Selected) -> Result<Plan, Failure> {
    let now = Files { pages: &workspace.loaded.pages, project: workspace.loaded.project.as_ref() };
    let (desired, base) = earlier::without_site(now, earlier.files());
    let selection = selection(selected, &desired)?;
    check_selection(&selection, &desired)?;
    let target = Target {
        site: workspace.site.clone(),
        // Only the site knows its name.
        name: workspace.site.to_string(),
        environment: workspace.environment.clone(),
    };
    let limits = workspace.limits();
    let commits = Commits { desired: &desired, base: &base, selection: &selection, limits: &limits };
    let mut plan = offline::plan(commits, target, against::revision(workspace, Some(earlier)));
    plan.diagnostics.extend(earlier.remarks(None));
    lint::look(&workspace.loaded, Some(earlier), None, &mut plan);
    Ok(plan)
}

fn selection(selected: &Selected, desired: &Desired) -> Result<Selection, Failure> {
    let mut selection = Selection { pages: selected.page.clone(), ..Selection::default() };
    let mut tags: Vec<&LocaleTag> = desired.pages.values().flat_map(|page| page.locales.keys()).collect();
    tags.sort();
    tags.dedup();
    for key in &selected.locale {
        let Some(tag) = tags.iter().find(|tag| tag.matches(key)) else {
            let known: Vec<&str> = tags.iter().map(|tag| tag.as_str()).collect();
            return Err(Failure::usage(format!("no manifest states the locale `{key}`"))
                .hint(format!("they state {}", known.join(", "))));
        };
        selection.locales.insert((*tag).clone());
    }
    Ok(selection)
}
