//! `slugline undo`: takes back what a run wrote.

use super::approval::{self, Approval};
use super::context::{self, Connection, Workspace};
use super::failure::Failure;
use super::output::Format;
use super::plan::show;
use super::send::{Sending, What};
use super::sentence::Sentence;
use super::ui::Ui;
use super::{Global, apply, block_on};
use crate::event::Receipt;
use crate::exit::Exit;
use crate::live;
use crate::model::Live;
use crate::plan::gate::Candidate;
use crate::plan::{self, Guard, Inputs, Limits, Plan, Policy, Provenance, invert};
use crate::render::account;
use crate::run::{self, Lock, Purpose, Recorded};

/// Restore the values that a run replaced. It is a plan like any other: shown, asked for, recorded.
#[derive(Debug, clap::Args)]
pub(crate) struct Undo {
    /// The run, by its id or how it begins; by default the newest.
    #[arg(value_name = "RUN")]
    run: Option<String>,

    /// Do not ask.
    #[arg(long)]
    yes: bool,

    /// Let a guard pass, by its name (repeatable).
    #[arg(long, value_name = "GUARD", value_parser = apply::parse_guard)]
    allow: Vec<Guard>,

    /// How to show what happened.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,

    #[command(flatten)]
    sending: Sending,
}

impl Undo {
    pub(super) fn run(self, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        let ui = &self.sending.ui(self.format, ui)?;
        let workspace = Workspace::open(global, ui)?;
        let state = context::state_folder(&workspace.root)?;
        if run::list(&state)?.is_empty() {
            return Err(run::Error::None.into());
        }
        // A run that is not there is told of before anybody is looked for to be asked.
        if let Some(id) = &self.run {
            run::read(&state, Some(id))?;
        }
        approval::check_prompt(self.yes, ui, "give `--yes`")?;
        // Held from here on, so that no run under way is taken for all that there is to undo.
        let lock = Lock::take(&state)?;
        let remote = context::remote_name(global)?;
        let recorded = match &self.run {
            Some(id) => {
                let recorded = run::read(&state, Some(id))?;
                run::check_time(&state, &recorded.id)?;
                recorded
            }
            None => run::newest_written(&state, &remote, &workspace.site)?,
        };
        recorded.check_remote(&remote)?;
        block_on(async {
            let connection = Connection::open(global, &workspace.root, ui).await?;
            let result = self.undo(global, &workspace, &connection, &recorded, lock, ui).await;
            connection.close().await;
            result
        })
    }

    async fn undo(
        &self,
        global: &Global,
        workspace: &Workspace,
        connection: &Connection,
        recorded: &Recorded,
        lock: Lock,
        ui: &Ui,
    ) -> Result<Exit, Failure> {
        ui.note(&format!("Taking back the run {}.", recorded.id));
        // What a run was allowed to write at once, its undo may take back at once.
        let limits = Limits { percent: 100, floor: usize::MAX, ceiling: usize::MAX, alike: usize::MAX };
        let approval = Approval { workspace, limits, allowed: &self.allow, format: self.format, ui };
        approval.check_site(&recorded.plan)?;
        let (plan, live) = self.plan((global, limits), workspace, connection, recorded, ui).await?;
        if plan.is_empty() && !plan.is_invalid() && self.format == Format::Text {
            ui.note("The site reads as it did before the run; there is nothing to take back.");
            return Ok(Exit::Ok);
        }
        if self.format == Format::Text {
            show(&plan, &self.allow, ui)?;
        }
        let approved = approval.approve(Candidate { plan: &plan, ended: None }, &live, &plan);
        let approved = approved.map_err(|failure| match failure.exit {
            Exit::Invalid => failure.context(format!("the run {} cannot be taken back as it is", recorded.id)),
            _ => failure,
        })?;
        self.sending.announce(&plan, ui);
        if !plan.is_empty() && !self.yes {
            approval.ask(&plan, "Undo the run by this plan?")?;
        }
        let what = What::New(approved, Purpose::Undo, Some(lock));
        let exit = self.sending.send(what, global, connection, &workspace.root, self.format, ui).await?;
        if exit == Exit::Ok && recorded.purpose == Purpose::Apply {
            let left = Sentence::from("The manifests still say what was taken back: revert the change there, or ");
            ui.propose(&left.command("pull", []).words("."));
        }
        Ok(exit)
    }

    /// Returns the plan that restores what the run replaced, and the site as it was read.
    async fn plan(
        &self,
        (global, limits): (&Global, Limits),
        workspace: &Workspace,
        connection: &Connection,
        recorded: &Recorded,
        ui: &Ui,
    ) -> Result<(Plan, Live), Failure> {
        let live = live::read(&connection.client.reader(), &recorded.plan.target.site, global.concurrency).await?;
        live::check_texts(&live, recorded.plan.operations.iter().map(|operation| &operation.address.page))?;
        let receipt = Receipt::of(&recorded.events);
        let inversion = invert::invert(&recorded.plan, &receipt, &live);
        if !inversion.moved.is_empty() {
            ui.alert(|screen, out| account::moved(&inversion.moved, screen, out));
            let message = format!("the run {} cannot be taken back: somebody has edited what it wrote", recorded.id);
            return Err(Failure::message(Exit::Refused, message)
                .fact("moved", crate::render::receipt::moved(&inversion.moved))
                .hint("nothing was written; state the values you want in the manifests, and apply them"));
        }
        let policy = Policy { limits, ..Policy::default() };
        let provenance = Provenance {
            environment: workspace.environment.clone(),
            revision: None,
            requests: connection.client.requests(),
        };
        let mut plan =
            plan::plan(Inputs { desired: &inversion.desired, base: None, live: &live, policy: &policy }, provenance);
        plan.diagnostics.extend(inversion.diagnostics);
        Ok((plan, live))
    }
}
