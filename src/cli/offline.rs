//! `slugline plan --offline`: git against git, for whoever may not have the token.

use std::collections::BTreeSet;

use super::against::{self, Earlier};
use super::context::Workspace;
use super::failure::Failure;
use super::lint;
use super::plan::{Selected, check_selection};
use crate::manifest::earlier::{self, Files, WithoutSite};
use crate::model::{Desired, LocaleTag};
use crate::plan::offline::{self, Commits};
use crate::plan::{Plan, Selection, Target};

/// Compares the manifests with those of the base.
pub(super) fn make(workspace: &Workspace, earlier: &Earlier, selected: &Selected) -> Result<Plan, Failure> {
    let now = Files { pages: &workspace.loaded.pages, project: workspace.loaded.project.as_ref() };
    let WithoutSite { desired, base, primary, remarks } = earlier::without_site(now, earlier.files());
    let selection = selection(selected, [&desired, &base.desired], &primary)?;
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
    plan.diagnostics.extend(earlier.remarks(None).into_iter().chain(remarks));
    lint::look(&workspace.loaded, Some(earlier), None, &mut plan);
    Ok(plan)
}

fn selection(selected: &Selected, sides: [&Desired; 2], primary: &LocaleTag) -> Result<Selection, Failure> {
    let mut selection = Selection { pages: selected.page.clone(), ..Selection::default() };
    let pages = sides.into_iter().flat_map(|side| side.pages.values());
    let tags: BTreeSet<&LocaleTag> = pages.flat_map(|page| page.locales.keys()).collect();
    for key in &selected.locale {
        // The word for it means the primary locale here as everywhere, whichever tag it has.
        let is_meant = |tag: &&&LocaleTag| match key.eq_ignore_ascii_case(LocaleTag::PRIMARY) {
            true => **tag == primary,
            false => tag.matches(key),
        };
        let Some(tag) = tags.iter().find(is_meant) else {
            let known: Vec<&str> = tags.iter().map(|tag| tag.as_str()).collect();
            return Err(Failure::usage(format!("no manifest states the locale `{key}`"))
                .hint(format!("they state {}", known.join(", "))));
        };
        selection.locales.insert((*tag).clone());
    }
    Ok(selection)
}
