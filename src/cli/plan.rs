//! `slugline plan`: what would change.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::against::{Against, Earlier};
use super::context::{self, Connection, Workspace};
use super::failure::Failure;
use super::files::Target;
use super::lint;
use super::output::{self, Shown};
use super::sentence::Sentence;
use super::ui::Ui;
use super::{Global, against, block_on, files, invocation, offline};
use crate::base;
use crate::diagnostic;
use crate::exit::Exit;
use crate::live;
use crate::manifest::lower;
use crate::model::{Desired, Live};
use crate::plan::{self, Guard, Inputs, Policy, Provenance, Selection};
use crate::render::{escape, text, view};

/// Show what would change on the site; write nothing to it.
#[derive(Debug, clap::Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    selected: Selected,

    #[command(flatten)]
    against: Against,

    /// Compare with the base alone, without the site: no token, no network, and nothing that can be applied.
    #[arg(long, requires = "base", conflicts_with_all = ["on_drift", "on_conflict"])]
    offline: bool,

    /// Save the plan, for `slugline show` and `slugline apply`.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    pub(super) shown: Shown,

    /// End with 2 if there are changes, 0 if there are none.
    #[arg(long)]
    detailed_exitcode: bool,
}

/// Which pages and locales a command is about.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Selected {
    /// Only pages whose path matches the glob, such as '/blog/**', or the page of that id (repeatable).
    #[arg(long, value_name = "GLOB")]
    pub(super) page: Vec<String>,

    /// Only this locale, by its tag (repeatable).
    #[arg(long, value_name = "TAG")]
    pub(super) locale: Vec<String>,
}

impl Plan {
    pub(super) fn run(self, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        if self.output.as_deref() == Some(Path::new("-")) {
            return Err(Failure::usage("`-o -` names no file").hint("`--format json` writes the plan to stdout"));
        }
        if let Some(path) = &self.output {
            check_output(path)?;
        }
        let mut workspace = Workspace::open(global, ui)?;
        workspace.check()?;
        let earlier = self.against.read(&workspace, ui)?;
        if let Some(earlier) = earlier.as_ref().filter(|_| self.offline) {
            let plan = without_tokens(offline::make(&workspace, earlier, &self.selected)?, ui)?;
            return self.finish(&workspace, &plan, ui);
        }
        block_on(async {
            let connection = Connection::open(global, &workspace.root, ui).await?;
            let wish = Wish { selected: &self.selected, against: &self.against, earlier: earlier.as_ref() };
            let made = make(global, &mut workspace, &connection, wish, ui).await;
            connection.close().await;
            self.finish(&workspace, &made?.0, ui)
        })
    }

    fn finish(&self, workspace: &Workspace, plan: &plan::Plan, ui: &Ui) -> Result<Exit, Failure> {
        let exit = output::plan_exit(plan, self.detailed_exitcode);
        if let Some(path) = &self.output {
            files::replace(path, &escape::json(&plan::file::encode(plan, exit)))
                .with_context(|| format!("failed to write the plan to `{}`", path.display()))?;
        }
        output::show(plan, self.shown, exit, || base::prefix(&workspace.root).unwrap_or_default(), ui)?;
        if let Some(path) = &self.output {
            ui.propose(&match exit {
                Exit::Invalid => "Saved, to be shown; with errors in it, it cannot be applied.".into(),
                Exit::Refused => "Saved, to be shown; with conflicts in it, it cannot be applied.".into(),
                _ if plan.is_offline => "Saved, to be shown; without the site, it cannot be applied.".into(),
                _ => {
                    let sentence = Sentence::from("Saved. ").command("apply", [&invocation::path(path)]);
                    sentence.words(" sends exactly this.")
                }
            });
        }
        if exit == Exit::Invalid {
            // The plan itself is on stdout; why it cannot be applied goes with the excerpts.
            let failure = Failure::of_plan(plan, workspace.loaded.sources.clone());
            ui.diagnostics(&failure.diagnostics, &failure.sources);
            ui.error(&failure.error, None);
            return Ok(exit);
        }
        ui.diagnostics(&plan.diagnostics, &workspace.loaded.sources);
        if let Some(failure) = Failure::of_conflicts(plan) {
            ui.error(&failure.error, failure.hint.as_ref());
        }
        Ok(exit)
    }
}

/// Refuses a file that holds something else, before anybody is asked for a plan; and a place where no file can be.
fn check_output(path: &Path) -> Result<(), Failure> {
    let name = path.display();
    match Target::of(path) {
        Target::Folder => {
            return Err(Failure::usage(format!("`{name}` is a folder, and no place for a plan"))
                .hint(format!("name a file in it, such as `-o {}`", path.join("plan.json").display())));
        }
        // A device such as /dev/stdout is written to and not replaced.
        Target::Special => return Ok(()),
        Target::File => {
            let bytes = files::read(path, plan::file::MAX_BYTES)
                .map_err(|error| Failure::new(Exit::Usage, error).context(format!("failed to read `{name}`")))?;
            if !bytes.trim_ascii().is_empty() && !is_plan_file(&bytes) {
                return Err(Failure::usage(format!("`{name}` holds something else than a plan, and stays as it is"))
                    .hint("give the plan a file of its own, or remove that one"));
            }
        }
        Target::Missing => {}
    }
    files::check_folder(path).map_err(|error| {
        Failure::new(Exit::Usage, error)
            .context(format!("failed to write the plan to `{name}`"))
            .hint("name a file in a folder that is there and can be written to")
    })
}

/// Returns whether it was written as a plan file once, by whatever version, or in place of one.
fn is_plan_file(bytes: &[u8]) -> bool {
    let json: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
    // The receipt of an apply has a digest as well, that of its plan.
    let is_plan = json.get("digest").is_some() && json.get("changes").is_some();
    json.get("format_version").is_some() && (is_plan || json.get("error").is_some())
}

/// What a plan shall be about.
#[derive(Clone, Copy)]
pub(super) struct Wish<'a> {
    pub(super) selected: &'a Selected,
    pub(super) against: &'a Against,
    pub(super) earlier: Option<&'a Earlier>,
}

/// Reads the site and plans. Returns the plan, and the site as it was read.
pub(super) async fn make(
    global: &Global,
    workspace: &mut Workspace,
    connection: &Connection,
    wish: Wish<'_>,
    ui: &Ui,
) -> Result<(plan::Plan, Live), Failure> {
    let Wish { selected, against, earlier } = wish;
    let mut live = context::read_live(connection, workspace, global.concurrency).await?;
    if let Some(earlier) = earlier {
        let folders = lower::folders_needed(&earlier.loaded.pages, &earlier.loaded.terms(), &live);
        live::read_folders(&connection.client.reader(), &mut live, folders, global.concurrency).await?;
    }
    let requests = connection.client.requests();
    ui.detail(&format!(
        "read {} in {} with {}",
        view::count(live.pages.len(), "page", "pages"),
        view::count(live.site.locales().count(), "locale", "locales"),
        view::count(requests as usize, "request", "requests"),
    ));
    let desired = workspace.lower(&live, ui)?;
    let base = earlier.map(|earlier| earlier.base(&live));
    let (on_drift, on_conflict) = against.policy();
    let policy = Policy { limits: workspace.limits(), selection: selection(selected, &live)?, on_drift, on_conflict };
    check_selection(&policy.selection, &desired)?;
    let revision = against::revision(workspace, earlier);
    let provenance = Provenance { environment: workspace.environment.clone(), revision, requests };
    let inputs = Inputs { desired: &desired, base: base.as_ref(), live: &live, policy: &policy };
    let mut plan = plan::plan(inputs, provenance);
    plan.diagnostics.extend(earlier.iter().flat_map(|earlier| earlier.remarks(Some(&live))));
    diagnostic::sort(&mut plan.diagnostics);
    lint::look(&workspace.loaded, earlier, Some((&desired, &live)), &mut plan);
    Ok((without_tokens(plan, ui)?, live))
}

/// Fails if a value of the plan holds a token, which no file does as a whole: templates may put it together.
fn without_tokens(plan: plan::Plan, ui: &Ui) -> Result<plan::Plan, Failure> {
    ui.secrets().check("the plan", &plan::file::encode(&plan, Exit::Ok))?;
    Ok(plan)
}

pub(super) fn selection(selected: &Selected, live: &Live) -> Result<Selection, Failure> {
    let mut selection = Selection { pages: selected.page.clone(), ..Selection::default() };
    for key in &selected.locale {
        let locale = live.site.locale(key).ok_or_else(|| {
            Failure::usage(format!("the site has no locale `{key}`")).hint(lower::locale_help(key, &live.site))
        })?;
        selection.locales.insert(locale.tag.clone());
    }
    Ok(selection)
}

/// A glob that selects nothing is more likely a slip than a wish, and would pass for "nothing to change".
pub(super) fn check_selection(selection: &Selection, desired: &Desired) -> Result<(), Failure> {
    for glob in &selection.pages {
        let alone = Selection { pages: vec![glob.clone()], ..Selection::default() };
        if !desired.pages.iter().any(|(id, page)| alone.has_page(id, &page.path)) {
            return Err(Failure::usage(format!("no page that the manifests describe matches `--page {glob}`"))
                .hint("the glob is matched against whole paths, such as `/blog/**`, or is a page's id"));
        }
    }
    Ok(())
}

/// Writes a plan to stdout for people, with guards that they have let pass.
pub(super) fn show(plan: &plan::Plan, allowed: &[Guard], ui: &Ui) -> Result<(), Failure> {
    let view = view::PlanView::new(plan).allowing(allowed);
    ui.data(|screen, out| text::plan(&view, ui.flags(), screen, out))?;
    Ok(())
}
