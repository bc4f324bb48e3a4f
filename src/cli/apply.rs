//! `slugline apply`: sends what a plan says, or refuses.

use std::path::PathBuf;

use super::against::{Against, Earlier};
use super::approval::{self, Approval};
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
use crate::plan::gate::Candidate;
use crate::plan::{Guard, Plan};
use crate::run::{self, Held, Purpose, Recorded};

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
        approval::check_prompt(self.yes || self.plan.is_some(), ui, "apply a saved plan, or give `--yes`")?;
        if self.plan.is_some() && !(self.selected.page.is_empty() && self.selected.locale.is_empty()) {
            return Err(
                Failure::usage("a saved plan is applied whole").hint("give `--page` and `--locale` to `slugline plan`")
            );
        }
        if self.plan.is_some() && self.against.is_given() {
            return Err(Failure::usage("a saved plan knows its base already")
                .hint("give `--base`, `--on-drift` and `--on-conflict` to `slugline plan`"));
        }
        let saved = self.plan.as_deref().map(|path| show::read(path, ui)).transpose()?;
        check_online(saved.as_ref())?;
        let mut workspace = Workspace::open(global, ui)?;
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
        let (plan, live) = match saved {
            Some(plan) => (plan, None),
            None => {
                let wish = Wish { selected: &self.selected, against: &self.against, earlier: earlier.as_ref() };
                let (plan, live) = super::plan::make(global, workspace, connection, wish, ui).await?;
                (plan, Some(live))
            }
        };
        if self.format == Format::Text {
            super::plan::show(&plan, &self.allow, ui)?;
        }
        if plan.is_invalid() {
            let sources = std::mem::take(&mut workspace.loaded.sources);
            return Err(Failure::of_plan(&plan, sources));
        }
        let approval = self.approval(workspace, ui);
        let live = match live {
            Some(live) => live,
            None => {
                approval.check_site(&plan)?;
                approval::read(&plan, global, connection).await?
            }
        };
        let candidate = Candidate { plan: &plan, ended: None };
        let approved = approval.approve(candidate, &live, &plan)?;
        self.sending.announce(&plan, ui);
        if !plan.is_empty() && !is_saved && !self.yes {
            approval.ask(&plan, "Apply this plan?")?;
        }
        let what = What::New(approved, Purpose::Apply, None);
        self.sending.send(what, global, connection, &workspace.root, self.format, ui).await
    }

    fn approval<'a>(&'a self, workspace: &'a Workspace, ui: &'a Ui) -> Approval<'a> {
        Approval { workspace, limits: workspace.limits(), allowed: &self.allow, format: self.format, ui }
    }

    /// Resumes a recorded run. What is left is shown, judged and confirmed like a new plan: the record may come from another
    /// machine, and what it says of an earlier confirmation proves nothing.
    fn resume(&self, run: Option<&str>, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        let workspace = Workspace::open(global, ui)?;
        approval::check_prompt(self.yes, ui, "give `--yes`")?;
        let state = context::state_folder(&workspace.root)?;
        let remote = context::remote_name(global)?;
        let (held, recorded) = run::hold(&state, run, &remote)?;
        self.approval(&workspace, ui).check_site(&recorded.plan)?;
        block_on(async {
            let connection = Connection::open(global, &workspace.root, ui).await?;
            let result = self.send_rest(global, &workspace, &connection, (held, &recorded), ui).await;
            connection.close().await;
            result
        })
    }

    async fn send_rest(
        &self,
        global: &Global,
        workspace: &Workspace,
        connection: &Connection,
        (held, recorded): (Held, &Recorded),
        ui: &Ui,
    ) -> Result<Exit, Failure> {
        let approval = self.approval(workspace, ui);
        let (plan, receipt) = (&recorded.plan, Receipt::of(&recorded.events));
        let ended = receipt.ended();
        // A run that never began is judged like a new one.
        let candidate = Candidate { plan, ended: Some(&ended).filter(|_| !receipt.standings.is_empty()) };
        let live = approval::read(plan, global, connection).await?;
        let rest = approval.rest(candidate, &live);
        if receipt.is_success() && !receipt.standings.is_empty() {
            ui.note(&format!("The run {} is done; there is nothing more to write.", recorded.id));
        } else if self.format == Format::Text {
            ui.note(&format!("What is left of the run {}:", recorded.id));
            super::plan::show(&rest, &self.allow, ui)?;
        }
        let approved = approval.approve(candidate, &live, &rest)?;
        self.sending.announce(plan, ui);
        if !self.yes && (!rest.is_empty() || self.sending.publishes()) {
            approval.ask(&rest, "Resume the run by this plan?")?;
        }
        let run = held.open(recorded, context::actor().as_deref())?;
        let what = What::Rest(approved, Box::new(run), receipt);
        self.sending.send(what, global, connection, &workspace.root, self.format, ui).await
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
