//! `slugline apply`: sends what a plan says, or refuses.

use std::path::PathBuf;

use super::against::{Against, Earlier};
use super::context::{self, Connection, Workspace};
use super::failure::Failure;
use super::output::Format;
use super::plan::{Selected, Wish};
use super::send::{Sending, What};
use super::sentence::Sentence;
use super::ui::Ui;
use super::{Global, block_on, show};
use crate::event::Receipt;
use crate::exit::Exit;
use crate::model::SiteId;
use crate::plan::{Guard, Plan, Tripped, file, guard};
use crate::render::{text, view};
use crate::run::{self, Caller, Purpose, Recorded};
use crate::source::Sources;

/// Send the changes of a saved plan; or plan, show, ask, and send.
#[derive(Debug, clap::Args)]
pub(crate) struct Apply {
    /// A plan saved with `slugline plan -o FILE`: exactly that is applied, or nothing.
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,

    #[command(flatten)]
    selected: Selected,

    #[command(flatten)]
    against: Against,

    /// Do not ask.
    #[arg(long)]
    yes: bool,

    /// Let a guard pass, by its name (repeatable).
    #[arg(long, value_name = "GUARD", value_parser = parse_guard)]
    allow: Vec<Guard>,

    /// Go on with a run that ended before its end: the one named, or the newest.
    #[arg(long, value_name = "RUN", num_args = 0..=1, require_equals = true, default_missing_value = "",
        conflicts_with_all = ["plan", "page", "locale", "base"])]
    resume: Option<String>,

    #[command(flatten)]
    sending: Sending,

    /// How to show what happened.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

pub(super) fn parse_guard(name: &str) -> Result<Guard, String> {
    Guard::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = Guard::ALL.iter().map(|guard| guard.name()).collect();
        format!("the guards are {}", names.join(", "))
    })
}

impl Apply {
    pub(super) fn run(self, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        let ui = &self.sending.ui(self.format, ui)?;
        if let Some(run) = &self.resume {
            return self.resume(Some(run.as_str()).filter(|run| !run.is_empty()), global, ui);
        }
        if self.plan.is_none() && !self.yes && !ui.can_ask() {
            return Err(Failure::usage("nobody can be asked here: there is no terminal")
                .hint("apply a saved plan, or give `--yes`"));
        }
        if self.plan.is_some() && !(self.selected.page.is_empty() && self.selected.locale.is_empty()) {
            return Err(
                Failure::usage("a saved plan is applied whole").hint("give `--page` and `--locale` to `slugline plan`")
            );
        }
        if self.plan.is_some() && self.against.is_given() {
            return Err(Failure::usage("a saved plan knows its base already")
                .hint("give `--base`, `--on-drift` and `--on-conflict` to `slugline plan`"));
        }
        let saved = self.plan.as_deref().map(show::read).transpose()?;
        check_online(saved.as_ref())?;
        let mut workspace = Workspace::open(global)?;
        if saved.is_none() {
            workspace.check()?;
        }
        let earlier = self.against.read(&workspace, ui)?;
        block_on(async {
            let connection = Connection::open(global, &workspace.root, ui).await?;
            let result = self.plan_and_apply(global, &mut workspace, &connection, (saved, earlier), ui).await;
            connection.close().await;
            result
        })
    }

    async fn plan_and_apply(
        &self,
        global: &Global,
        workspace: &mut Workspace,
        connection: &Connection,
        (saved, earlier): (Option<Plan>, Option<Earlier>),
        ui: &Ui,
    ) -> Result<Exit, Failure> {
        tell_of_unfinished(global, workspace, ui)?;
        let is_saved = saved.is_some();
        let plan = match saved {
            Some(plan) => plan,
            None => {
                let wish = Wish { selected: &self.selected, against: &self.against, earlier: earlier.as_ref() };
                super::plan::make(global, workspace, connection, wish, ui).await?
            }
        };
        if self.format == Format::Text {
            super::plan::show(&plan, &self.allow, ui)?;
        }
        if plan.is_invalid() {
            let sources = std::mem::take(&mut workspace.loaded.sources);
            return Err(Failure::of_plan(&plan, sources));
        }
        ui.diagnostics(&plan.diagnostics, &Sources::default());
        Failure::of_conflicts(&plan).map_or(Ok(()), Err)?;
        check_guards(&plan, &workspace.site, &self.allow, self.format, ui)?;
        self.sending.announce(&plan, ui);
        if !plan.is_empty() && !is_saved && !self.yes {
            ask(&plan, "Apply this plan?", self.format, ui)?;
        }
        let what = What::New(&plan, Purpose::Apply, None);
        self.sending.send(what, global, connection, &workspace.root, self.format, ui).await
    }

    /// Goes on with a recorded run. Nobody is asked: what is sent was agreed to when the run began.
    fn resume(&self, run: Option<&str>, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        let workspace = Workspace::open(global)?;
        let state = context::state_folder(&workspace.root)?;
        let (remote, actor) = (context::remote_name(global)?, context::actor());
        let caller = Caller { remote: &remote, actor: actor.as_deref() };
        let (run, recorded) = run::reopen(&state, run, caller)?;
        let receipt = Receipt::of(&recorded.events);
        // The guards of the plan were let pass when the run began; that of the project is asked again.
        let allowed: Vec<Guard> = Guard::ALL
            .into_iter()
            .filter(|guard| *guard != Guard::WrongSite)
            .chain(self.allow.iter().copied())
            .collect();
        check_guards(&recorded.plan, &workspace.site, &allowed, self.format, ui)?;
        if receipt.is_success() && !receipt.standings.is_empty() {
            ui.note(&format!("The run {} is done; there is nothing more to write.", recorded.id));
        }
        self.sending.announce(&recorded.plan, ui);
        block_on(async {
            let connection = Connection::open(global, &workspace.root, ui).await?;
            let what = What::Rest(&recorded.plan, Box::new(run), receipt);
            let result = self.sending.send(what, global, &connection, &workspace.root, self.format, ui).await;
            connection.close().await;
            result
        })
    }
}

/// Fails if a plan was made without the site.
fn check_online(plan: Option<&Plan>) -> Result<(), Failure> {
    match plan {
        Some(plan) if plan.is_offline => Err(Failure::message(
            Exit::Invalid,
            "the plan compares two commits and knows nothing of the site; there is nothing in it to send",
        )
        .hint(show::make_plan().words(", without `--offline`"))),
        Some(_) | None => Ok(()),
    }
}

/// Says so if the newest run that has written here never got to its end: an undo of a new one would take back half.
fn tell_of_unfinished(global: &Global, workspace: &Workspace, ui: &Ui) -> Result<(), Failure> {
    let state = context::state_folder(&workspace.root)?;
    let newest = run::newest_written(&state, &context::remote_name(global)?, &workspace.site);
    if let Ok(Recorded { id, exit: None, .. }) = newest {
        let resumed = Sentence::from(format!("The run {id} never got to its end. "));
        let resumed = resumed.command("apply", [&format!("--resume={id}")]);
        ui.propose(&resumed.words(" goes on with it; what a new run writes is taken back apart from it."));
    }
    Ok(())
}

/// Asks whether a plan that was shown shall be sent.
pub(super) fn ask(plan: &Plan, question: &str, format: Format, ui: &Ui) -> Result<(), Failure> {
    if format == Format::Json {
        // Stdout is for the receipt; nobody says yes to what was not shown.
        ui.alert(|screen, out| text::plan(&view::PlanView::new(plan), ui.flags(), screen, out));
    }
    if ui.ask(question)? {
        return Ok(());
    }
    Err(Failure::message(Exit::Refused, "not applied, as you said; nothing was written"))
}

/// Fails if a guard stands in the way.
pub(super) fn check_guards(
    plan: &Plan,
    site: &SiteId,
    allowed: &[Guard],
    format: Format,
    ui: &Ui,
) -> Result<(), Failure> {
    let tripped = guard::standing(plan, site, allowed);
    if tripped.is_empty() {
        return Ok(());
    }
    // The plan that was just shown has told of its own guards.
    let told: &[Tripped] = if format == Format::Text { &plan.guards } else { &[] };
    let untold: Vec<Tripped> = tripped.iter().filter(|tripped| !told.contains(tripped)).cloned().collect();
    ui.alert(|screen, out| text::guards(&untold, screen, out));
    let names: Vec<&str> = tripped.iter().map(|tripped| tripped.guard.name()).collect();
    let what = if names.len() == 1 { "guard" } else { "guards" };
    let allow: Vec<String> = names.iter().map(|name| format!("--allow {name}")).collect();
    let message = format!("refused by the {what} {}; nothing was written", names.join(", "));
    Err(Failure::message(Exit::Refused, message)
        .fact("guards", tripped.iter().map(file::guard).collect())
        .hint(format!("if this is meant, add `{}`", allow.join(" "))))
}
