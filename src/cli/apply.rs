//! `slugline apply`: sends what a plan says, or refuses.

use std::path::PathBuf;

use super::context::{Connection, Workspace};
use super::failure::Failure;
use super::output::{self, Format};
use super::plan::Selected;
use super::ui::Ui;
use super::{Global, block_on, show};
use crate::apply::{self, Remote};
use crate::event::{Event, Receipt};
use crate::exit::Exit;
use crate::plan::{Guard, Plan, Tripped, file, guard};
use crate::render::{receipt, text, view};

/// Send the changes of a saved plan; or plan, show, ask, and send.
#[derive(Debug, clap::Args)]
pub(crate) struct Apply {
    /// A plan saved with `slugline plan -o FILE`: exactly that is applied, or nothing.
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,

    #[command(flatten)]
    selected: Selected,

    /// Do not ask.
    #[arg(long)]
    yes: bool,

    /// Let a guard pass, by its name (repeatable).
    #[arg(long, value_name = "GUARD", value_parser = parse_guard)]
    allow: Vec<Guard>,

    /// How to show what happened.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

fn parse_guard(name: &str) -> Result<Guard, String> {
    Guard::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = Guard::ALL.iter().map(|guard| guard.name()).collect();
        format!("the guards are {}", names.join(", "))
    })
}

impl Apply {
    pub(super) fn run(self, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        if self.plan.is_none() && !self.yes && !ui.can_ask() {
            return Err(Failure::usage("nobody can be asked here: there is no terminal")
                .hint("apply a saved plan, or give `--yes`"));
        }
        if self.plan.is_some() && !(self.selected.page.is_empty() && self.selected.locale.is_empty()) {
            return Err(
                Failure::usage("a saved plan is applied whole").hint("give `--page` and `--locale` to `slugline plan`")
            );
        }
        let saved = self.plan.as_deref().map(show::read).transpose()?;
        let mut workspace = Workspace::open(global)?;
        if saved.is_none() {
            workspace.check()?;
        }
        block_on(async {
            let connection = Connection::open(global, &workspace.root, ui).await?;
            let result = self.plan_and_apply(global, &mut workspace, &connection, saved, ui).await;
            connection.close().await;
            result
        })
    }

    async fn plan_and_apply(
        &self,
        global: &Global,
        workspace: &mut Workspace,
        connection: &Connection,
        saved: Option<Plan>,
        ui: &Ui,
    ) -> Result<Exit, Failure> {
        let is_saved = saved.is_some();
        let plan = match saved {
            Some(plan) => plan,
            None => super::plan::make(global, workspace, connection, &self.selected, ui).await?,
        };
        if self.format == Format::Text {
            super::plan::show(&plan, &self.allow, Format::Text, Exit::Ok, ui)?;
        }
        if plan.is_invalid() {
            let sources = std::mem::take(&mut workspace.loaded.sources);
            return Err(Failure::invalid(plan.diagnostics.clone(), sources));
        }
        self.check_guards(&plan, workspace, ui)?;
        if !plan.is_empty() && !is_saved && !self.yes {
            self.ask(&plan, ui)?;
        }
        let remote = Remote {
            reader: connection.client.reader(),
            writer: connection.client.writer(),
            concurrency: global.concurrency,
        };
        let receipt = send(&plan, &remote, ui).await?;
        self.show_receipt(&plan, &receipt, ui)
    }

    fn ask(&self, plan: &Plan, ui: &Ui) -> Result<(), Failure> {
        if self.format == Format::Json {
            // Stdout is for the receipt; nobody says yes to what was not shown.
            ui.alert(|screen, out| text::plan(&view::PlanView::new(plan), screen, out));
        }
        if ui.ask("Apply this plan?")? {
            return Ok(());
        }
        Err(Failure::message(Exit::Refused, "not applied, as you said; nothing was written"))
    }

    fn check_guards(&self, plan: &Plan, workspace: &Workspace, ui: &Ui) -> Result<(), Failure> {
        let tripped = guard::standing(plan, &workspace.site, &self.allow);
        if tripped.is_empty() {
            return Ok(());
        }
        // The plan that was just shown has told of its own guards.
        let told: &[Tripped] = if self.format == Format::Text { &plan.guards } else { &[] };
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

    fn show_receipt(&self, plan: &Plan, receipt: &Receipt, ui: &Ui) -> Result<Exit, Failure> {
        match self.format {
            Format::Text => ui.data(|screen, out| text::receipt(plan, receipt, screen, out))?,
            Format::Json => ui.text(&output::harmless(&receipt::json(plan, receipt)))?,
        }
        Ok(receipt.exit())
    }
}

/// Applies a plan that nothing stands in the way of, telling of each write.
async fn send(plan: &Plan, remote: &Remote, ui: &Ui) -> Result<Receipt, Failure> {
    let mut ended = 0;
    let total = plan.operations.len();
    let mut tell = |event: &Event| match event {
        Event::Checked { operations } => {
            ui.detail(&format!("the site still fits the plan; {}", view::count(*operations, "write", "writes")));
        }
        Event::Sending { operation: _ } => {}
        Event::Finished { operation, outcome } => {
            ended += 1;
            let place = text::place(&plan.operations[*operation]);
            ui.note(&format!("[{ended}/{total}] {place}: {}", outcome.name()));
        }
    };
    match apply::apply(plan, remote, &mut tell).await {
        Ok(receipt) => Ok(receipt),
        Err(error) => {
            if let apply::Error::Stale(moved) = &error {
                ui.alert(|screen, out| text::moved(moved, screen, out));
            }
            Err(error.into())
        }
    }
}
