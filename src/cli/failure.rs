//! A command that did not do what was asked: the exit, what to say, and the way out.

use super::sentence::Sentence;
use crate::diagnostic::{self, Diagnostic};
use crate::exit::Exit;
use crate::plan::gate::{Mismatch, Refusal};
use crate::plan::staleness::Moved;
use crate::plan::{Change, Plan, Tripped};
use crate::render::problems::Counts;
use crate::render::{receipt, view};
use crate::source::Sources;
use crate::{apply, base, live, plan, run, webflow};

/// Why a command ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) error: anyhow::Error,
    pub(crate) hint: Option<Sentence>,
    /// Problems in the user's files, shown before the error.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The texts for their excerpts.
    pub(crate) sources: Sources,
    /// What JSON tells beside it.
    pub(crate) facts: Vec<(&'static str, serde_json::Value)>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit,
            error: error.into(),
            hint: None,
            diagnostics: Vec::new(),
            sources: Sources::default(),
            facts: Vec::new(),
        }
    }

    pub(crate) fn message(exit: Exit, message: impl std::fmt::Display) -> Self {
        Self::new(exit, anyhow::anyhow!("{message}"))
    }

    pub(crate) fn usage(message: impl std::fmt::Display) -> Self {
        Self::message(Exit::Usage, message)
    }

    /// Returns the failure that undecided conflicts are, if the plan has any.
    pub(crate) fn of_conflicts(plan: &Plan) -> Option<Self> {
        let conflicts: Vec<Change> = plan.conflicts().cloned().collect();
        (!conflicts.is_empty()).then(|| Self::conflicts(&conflicts))
    }

    fn conflicts(conflicts: &[Change]) -> Self {
        let what = match conflicts.len() {
            1 => "1 field was".to_owned(),
            number => format!("{number} fields were"),
        };
        let message = format!("{what} changed in the manifests and on the site as well; nothing was written");
        let hint = "take the live values over with the `slugline pull` that the plan names, or write the manifests' with \
                    `--on-conflict desired`";
        let conflicts: Vec<_> = conflicts.iter().map(plan::file::kept).collect();
        Self::message(Exit::Refused, message).fact("conflicts", conflicts.into()).hint(hint)
    }

    /// Returns the failure that the problems of a plan are.
    pub(crate) fn of_plan(plan: &Plan, sources: Sources) -> Self {
        let mut problems: Vec<Diagnostic> = plan.problems().cloned().collect();
        diagnostic::sort(&mut problems);
        Self::invalid(problems, sources)
    }

    /// Returns the failure that problems in the user's files are.
    pub(crate) fn invalid(mut diagnostics: Vec<Diagnostic>, sources: Sources) -> Self {
        diagnostic::bound(&mut diagnostics);
        let error = anyhow::anyhow!("{} in the project's files; nothing was written", errors(&diagnostics));
        Self { diagnostics, sources, ..Self::new(Exit::Invalid, error) }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<Sentence>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub(crate) fn fact(mut self, name: &'static str, value: serde_json::Value) -> Self {
        self.facts.push((name, value));
        self
    }

    #[must_use]
    pub(crate) fn context(mut self, context: String) -> Self {
        self.error = self.error.context(context);
        self
    }
}

fn errors(diagnostics: &[Diagnostic]) -> String {
    view::count(diagnostics.iter().collect::<Counts>().errors, "error", "errors")
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::new(Exit::Failed, error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(Exit::Failed, error)
    }
}

impl From<webflow::Error> for Failure {
    fn from(error: webflow::Error) -> Self {
        let hint = error.hint().map(Sentence::from);
        Self { hint, ..Self::new(Exit::Unavailable, error) }
    }
}

impl From<base::Error> for Failure {
    fn from(error: base::Error) -> Self {
        let hint = error.hint();
        Self::new(Exit::Usage, error).hint(hint)
    }
}

impl From<live::Error> for Failure {
    fn from(error: live::Error) -> Self {
        match error {
            live::Error::Request(error) => error.into(),
            live::Error::Shifting { .. } => {
                Self::new(Exit::Unavailable, error).hint("somebody is adding or removing pages; try again in a minute")
            }
            live::Error::SameTag { .. } => Self::new(Exit::Invalid, error)
                .hint("nothing was written; give one of them another tag in the site's settings under Localization"),
            live::Error::Damaged { .. } => {
                Self::new(Exit::Unavailable, error).hint("enter the text again in the Designer, and plan again")
            }
            live::Error::OtherLocale { .. } | live::Error::TooMuch { .. } => Self::new(Exit::Unavailable, error)
                .hint("check the API address and the proxy: this does not look like the Webflow API"),
            live::Error::Unreadable { .. } => Self::new(Exit::Unavailable, error)
                .hint("the API may have changed; look for a newer version of slugline"),
        }
    }
}

impl From<plan::file::Error> for Failure {
    fn from(error: plan::file::Error) -> Self {
        let hint = error.hint();
        Self::new(Exit::Invalid, error).hint(hint)
    }
}

impl From<run::Error> for Failure {
    fn from(error: run::Error) -> Self {
        let (exit, hint) = match &error {
            run::Error::Locked(_) => (Exit::Refused, "nothing was written; wait for it to end".into()),
            run::Error::File { .. } => {
                (Exit::Failed, "nothing was written; the record of a run is kept before anything is sent".into())
            }
            run::Error::Unknown(_) | run::Error::None | run::Error::NothingWritten => {
                let hint = Sentence::default().command("log", []);
                (Exit::Usage, hint.words(" lists the runs of this project; they are kept in its .slugline/runs"))
            }
            run::Error::Ambiguous { .. } => {
                (Exit::Usage, Sentence::from("give more of the id; ").command("log", []).words(" lists the runs"))
            }
            run::Error::OtherRemote { .. } => {
                (Exit::Usage, "give or leave out `--sandbox` or `--api-url` as the run did".into())
            }
            run::Error::Future(id) => {
                let folder = format!(".slugline/runs/{id}");
                (
                    Exit::Refused,
                    format!("nothing was written; remove the folder {folder} if you do not trust it").into(),
                )
            }
            run::Error::Superseded { .. } => {
                let hint = Sentence::from("nothing was written; ").command("plan", []);
                let hint = hint.words(" shows what is left to do, and ").command("apply", []);
                (Exit::Refused, hint.words(" does it"))
            }
            run::Error::Damaged { .. } | run::Error::Plan(_) | run::Error::NewerVersion(_) => {
                let hint = Sentence::from("nothing was written; run ").command("plan", []);
                (Exit::Invalid, hint.words(" to see what is left to do"))
            }
        };
        Self::new(exit, error).hint(hint)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::WrongSite(tripped) => Self::guards(&[tripped]),
            Refusal::Guards(tripped) => Self::guards(&tripped),
            Refusal::Invalid(diagnostics) => {
                let number = errors(&diagnostics);
                let message = format!("{number} in the plan; nothing was written");
                Self { diagnostics, ..Self::message(Exit::Invalid, message) }
            }
            Refusal::Conflicts(conflicts) => Self::conflicts(&conflicts),
            Refusal::Stale(moved) => Self::stale(&apply::Error::Stale(moved.clone()), &moved),
            Refusal::Identity(mismatches) => Self::identity(&mismatches),
        }
    }
}

impl Failure {
    fn guards(tripped: &[Tripped]) -> Self {
        let names: Vec<&str> = tripped.iter().map(|tripped| tripped.guard.name()).collect();
        let what = if names.len() == 1 { "guard" } else { "guards" };
        let allow: Vec<String> = names.iter().map(|name| format!("--allow {name}")).collect();
        let message = format!("refused by the {what} {}; nothing was written", names.join(", "));
        Self::message(Exit::Refused, message)
            .fact("guards", tripped.iter().map(plan::file::guard).collect())
            .hint(format!("if this is meant, add `{}`", allow.join(" ")))
    }

    fn identity(mismatches: &[Mismatch]) -> Self {
        let number = view::count(mismatches.len(), "statement", "statements");
        let message = format!("the plan does not match the site in {number}; nothing was written");
        Self::message(Exit::Refused, message)
            .fact("mismatches", receipt::mismatches(mismatches))
            .hint("if the site was edited after the plan was made, make a new plan; otherwise do not trust this plan")
    }

    fn stale(error: &apply::Error, moved: &[Moved]) -> Self {
        Self::message(Exit::Refused, error)
            .fact("moved", receipt::moved(moved))
            .hint("nothing was written; plan again, or take the live values into the manifests")
    }
}

impl From<apply::Error> for Failure {
    fn from(error: apply::Error) -> Self {
        match error {
            apply::Error::Read(error) => {
                Self::from(error).context("failed to read the site again before the first write".to_owned())
            }
            apply::Error::Stopped(stop) => {
                let exit = stop.signal_exit().unwrap_or(Exit::Unavailable);
                Self::new(exit, error).hint("nothing was written")
            }
            apply::Error::Stale(ref moved) => Self::stale(&error, moved),
        }
    }
}
