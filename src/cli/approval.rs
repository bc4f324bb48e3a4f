//! Whether a plan may be applied, for `apply`, `apply --resume` and `undo` alike: the gate, and what people see of it.

use super::Global;
use super::context::{Connection, Workspace};
use super::failure::Failure;
use super::output::Format;
use super::ui::Ui;
use crate::exit::Exit;
use crate::live;
use crate::model::Live;
use crate::plan::gate::{self, Approved, Candidate, Project, Refusal};
use crate::plan::{Guard, Limits, Plan, Tripped};
use crate::render::{account, text, view};
use crate::source::Sources;

/// What decides whether a plan may be applied, and where that is shown.
pub(super) struct Approval<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) limits: Limits,
    pub(super) allowed: &'a [Guard],
    pub(super) format: Format,
    pub(super) ui: &'a Ui,
}

impl Approval<'_> {
    /// Passes the plan through the gate. `shown` is the plan as it was shown.
    pub(super) fn approve<'p>(
        &self,
        candidate: Candidate<'p, '_>,
        live: &Live,
        shown: &Plan,
    ) -> Result<Approved<'p>, Failure> {
        if !candidate.plan.is_invalid() {
            self.ui.diagnostics(&candidate.plan.diagnostics, &Sources::default());
        }
        gate::gate(candidate, live, self.project(), self.allowed).map_err(|refusal| self.refuse(refusal, shown))
    }

    /// Fails if the plan is for another site than the project, before anything of that site is read.
    pub(super) fn check_site(&self, plan: &Plan) -> Result<(), Failure> {
        let checked = gate::check_site(plan, &self.workspace.site, self.allowed);
        checked.map_err(|refusal| self.refuse(refusal, plan))
    }

    /// Returns what is left of a plan, with the guards that this trips.
    pub(super) fn rest(&self, candidate: Candidate<'_, '_>, live: &Live) -> Plan {
        gate::rest(candidate, live, self.project())
    }

    fn project(&self) -> Project<'_> {
        Project {
            site: &self.workspace.site,
            environment: self.workspace.environment.as_deref(),
            managed: self.workspace.managed(),
            limits: &self.limits,
        }
    }

    fn refuse(&self, refusal: Refusal, shown: &Plan) -> Failure {
        match &refusal {
            Refusal::WrongSite(tripped) => self.show_guards(std::slice::from_ref(tripped), shown),
            Refusal::Guards(tripped) => self.show_guards(tripped, shown),
            Refusal::Stale(moved) => self.ui.alert(|screen, out| account::moved(moved, screen, out)),
            Refusal::Identity(found) => self.ui.alert(|screen, out| account::mismatches(found, screen, out)),
            Refusal::Invalid(_) | Refusal::Conflicts(_) => {}
        }
        refusal.into()
    }

    /// Shows the guards that the plan has not shown.
    fn show_guards(&self, tripped: &[Tripped], shown: &Plan) {
        let are_shown: &[Tripped] = if self.format == Format::Text { &shown.guards } else { &[] };
        let others: Vec<Tripped> = tripped.iter().filter(|tripped| !are_shown.contains(tripped)).cloned().collect();
        self.ui.alert(|screen, out| text::guards(&others, screen, out));
    }

    /// Asks whether a plan is applied.
    pub(super) fn ask(&self, plan: &Plan, question: &str) -> Result<(), Failure> {
        if self.format == Format::Json {
            // Stdout is for the receipt; a plan that was not shown cannot be agreed to.
            self.ui.alert(|screen, out| text::plan(&view::PlanView::new(plan), self.ui.flags(), screen, out));
        }
        if self.ui.ask(question)? {
            return Ok(());
        }
        Err(Failure::message(Exit::Refused, "not applied, as you said; nothing was written"))
    }
}

/// Fails if a question could not be answered.
pub(super) fn check_prompt(yes: bool, ui: &Ui, hint: &'static str) -> Result<(), Failure> {
    if yes || ui.can_ask() {
        return Ok(());
    }
    Err(Failure::usage("nobody can be asked here: there is no terminal").hint(hint))
}

/// Reads the site of a plan, with the folders that its paths need.
pub(super) async fn read(plan: &Plan, global: &Global, connection: &Connection) -> Result<Live, Failure> {
    let reader = connection.client.reader();
    let mut live = live::read(&reader, &plan.target.site, global.concurrency).await?;
    live::check_texts(&live, plan.operations.iter().map(|operation| &operation.address.page))?;
    let folders = gate::folders_needed(plan, &live);
    live::read_folders(&reader, &mut live, folders, global.concurrency).await?;
    Ok(live)
}
