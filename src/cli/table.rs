//! `slugline import --csv`: a table back into the manifests.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::Global;
use super::context::Workspace;
use super::failure::Failure;
use super::files;
use super::rewrite::Rewrite;
use super::ui::Ui;
use crate::diagnostic;
use crate::exit::Exit;
use crate::manifest::edit::Edit;
use crate::render::problems::Counts;
use crate::render::view;
use crate::source::Sources;
use crate::table;

/// Bytes of a table, at most.
const MAX_BYTES: u64 = 256 << 20;

/// Reads a table and writes what it says into the manifests, or shows that as a patch.
pub(super) fn import(global: &Global, csv: &Path, is_dry: bool, ui: &Ui) -> Result<Exit, Failure> {
    let mut workspace = Workspace::open(global, ui)?;
    workspace.check()?;
    let text = text(csv)?;
    let file: Arc<str> = csv.display().to_string().into();
    let order = locales(&workspace);
    let known: BTreeSet<String> = order.iter().cloned().collect();
    let (edits, mut diagnostics) = table::read(&file, &text, &workspace.loaded.pages, &known);
    if diagnostic::has_errors(&diagnostics) {
        let errors = diagnostics.iter().collect::<Counts>().errors;
        let error = anyhow::anyhow!("{} in the table; nothing was written", view::count(errors, "error", "errors"));
        return Err(Failure { error, ..Failure::invalid(diagnostics, Sources::default()) });
    }
    let mut rewrite = Rewrite::default();
    let refused = rewrite.apply(&workspace.loaded, edits.iter(), &order);
    let failed = if is_dry { Vec::new() } else { rewrite.write(&workspace.root, &workspace.loaded) };
    if is_dry {
        ui.text(&rewrite.patch(&workspace.loaded))?;
    }
    diagnostics.extend(refused.values().cloned());
    ui.diagnostics(&diagnostics, &workspace.loaded.sources);
    for (file, error) in &failed {
        ui.error(&anyhow::anyhow!("failed to write `{file}`: {error}"), None);
    }
    let is_done = |(index, edit): &(usize, &Edit)| {
        !refused.contains_key(index) && failed.iter().all(|(file, _)| *file != edit.document.file)
    };
    let done: Vec<&Edit> = edits.iter().enumerate().filter(is_done).map(|(_, edit)| edit).collect();
    if !is_dry {
        report(&done, ui);
    }
    Ok(if refused.is_empty() && failed.is_empty() { Exit::Ok } else { Exit::Partial })
}

fn report(done: &[&Edit], ui: &Ui) {
    if done.is_empty() {
        return ui.note("Nothing to change: the manifests say what the table says.");
    }
    let files: BTreeSet<&str> = done.iter().map(|edit| &*edit.document.file).collect();
    let keys = view::count(done.len(), "key", "keys");
    ui.note(&format!("Changed {keys} in {}.", view::count(files.len(), "manifest", "manifests")));
    let removed = done.iter().filter(|edit| edit.to.is_none()).count();
    if removed > 0 {
        let keys = view::count(removed, "of them is", "of them are");
        ui.note(&format!("{keys} gone, since the cells are empty: those values are not managed any more."));
    }
}

fn text(csv: &Path) -> Result<String, Failure> {
    let bytes = files::read(csv, MAX_BYTES).map_err(|error| {
        Failure::new(Exit::Usage, error).context(format!("failed to read the table `{}`", csv.display()))
    })?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::message(Exit::Invalid, format!("the table `{}` is no UTF-8", csv.display()))
            .hint("save it as \"CSV UTF-8\"; nothing was written")
    })
}

/// Returns the locales that the project knows: those that it requires, in their order, then those of the manifests.
fn locales(workspace: &Workspace) -> Vec<String> {
    let mut locales: Vec<String> =
        workspace.project().map(|project| project.locales.required.clone()).unwrap_or_default();
    for key in workspace.loaded.pages.iter().flat_map(|page| page.locales_in_order()) {
        if !locales.iter().any(|known| known.eq_ignore_ascii_case(key)) {
            locales.push(key.to_owned());
        }
    }
    locales
}
