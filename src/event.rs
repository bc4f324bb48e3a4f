//! What happens during a run, one event at a time, and the receipt that they add up to.
//!
//! Pure values: a receipt is a fold over events, so that it can be made again from a record of them. Must not know who
//! listens.

mod publication;

use std::collections::BTreeSet;

use crate::exit::Exit;
use crate::model::{Leaf, Value};

pub use publication::{Publication, Published, Scope};

/// Something that happened while a plan was applied. Operations are named by their place in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The site was read again, and the first write may follow. A run that is resumed begins again.
    Began {
        /// Operations that the plan has.
        operations: usize,
    },
    /// A request is about to be sent.
    Sending {
        /// Which operation it is for.
        operation: usize,
    },
    /// The request was not sent after all: its turn would have come too late.
    Held {
        /// Which operation it was for.
        operation: usize,
    },
    /// It is known, or known to be unknown, how an operation ended.
    Finished {
        /// Which one.
        operation: usize,
        /// How.
        outcome: Outcome,
    },
    /// No new write is sent from here on.
    Stopped(Stop),
    /// A request to publish is about to be sent.
    Publishing(Publication),
    /// It is known, or known to be unknown, how publishing ended.
    Published(Publication, Published),
}

impl Event {
    /// Returns whether the event can be one of a plan with so many operations.
    pub fn fits(&self, operations: usize) -> bool {
        match self {
            Self::Began { operations: number } => *number == operations,
            Self::Finished { operation, outcome: Outcome::Skipped(Skip::Needs(other)) } => {
                *operation < operations && *other < operations
            }
            Self::Sending { operation } | Self::Held { operation } | Self::Finished { operation, .. } => {
                *operation < operations
            }
            Self::Stopped(_) | Self::Publishing(_) | Self::Published(..) => true,
        }
    }
}

/// Why a run sends nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The token is not good enough, or no longer.
    Authorization,
    /// The server failed several times in a row.
    ServerErrors,
    /// The time given for the whole run is over.
    Deadline,
    /// SIGINT: Ctrl-C was pressed.
    Interrupted,
    /// SIGTERM, or SIGHUP where the terminal was closed: the system or the pipeline wants it to end.
    Terminated,
    /// What happens can no longer be recorded.
    Record,
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Written, and the answer reads as sent.
    Done,
    /// Nothing was sent: the site read as wanted already.
    Converged,
    /// Written, but some fields read otherwise.
    DidNotTake(Vec<Mismatch>),
    /// Nothing was sent: somebody else has changed these fields since the plan was made.
    Moved(Vec<Mismatch>),
    /// Nothing was written.
    Failed {
        /// Why.
        message: String,
        /// The way out.
        hint: Option<String>,
        /// Whether it says something of all requests (authorization, network, server) and not of this one.
        is_general: bool,
    },
    /// Nothing was sent, because of another operation or since the run was stopped.
    Skipped(Skip),
    /// The request was sent and nobody can say whether it was carried out.
    Unknown {
        /// Why.
        message: String,
    },
}

/// Why an operation was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// An operation that it needs did not succeed.
    Needs(usize),
    /// The run was stopped before its turn.
    Stopped,
}

/// A field, or another leaf that a write must keep, that does not read as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The field or leaf.
    pub field: Leaf,
    /// What it should read.
    pub expected: Value,
    /// What it reads.
    pub found: Value,
}

impl Outcome {
    /// Returns whether what the operation wants is so now.
    pub fn is_success(&self) -> bool {
        match self {
            Self::Done | Self::Converged => true,
            Self::DidNotTake(_) | Self::Moved(_) | Self::Failed { .. } => false,
            Self::Skipped(_) | Self::Unknown { .. } => false,
        }
    }

    /// Returns whether the site may have been changed.
    pub fn may_have_written(&self) -> bool {
        match self {
            Self::Done | Self::DidNotTake(_) | Self::Unknown { .. } => true,
            Self::Converged | Self::Moved(_) | Self::Failed { .. } | Self::Skipped(_) => false,
        }
    }

    /// Returns whether this operation met with a refusal that others need not meet, so that trying again is no use.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Moved(_) => true,
            Self::Failed { message: _, hint: _, is_general } => !is_general,
            Self::Done | Self::Converged | Self::DidNotTake(_) | Self::Skipped(_) | Self::Unknown { .. } => false,
        }
    }

    /// Returns whether the run has an answer to it that resuming would not change.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Done | Self::Converged | Self::DidNotTake(_) => true,
            Self::Moved(_) | Self::Failed { .. } | Self::Skipped(_) | Self::Unknown { .. } => false,
        }
    }

    /// The name in JSON and in text.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Converged => "converged",
            Self::DidNotTake(_) => "did-not-take",
            Self::Moved(_) => "moved",
            Self::Failed { .. } => "failed",
            Self::Skipped(_) => "skipped",
            Self::Unknown { .. } => "unknown",
        }
    }
}

impl Stop {
    /// Every reason.
    pub const ALL: [Self; 6] =
        [Self::Authorization, Self::ServerErrors, Self::Deadline, Self::Interrupted, Self::Terminated, Self::Record];

    /// Returns the exit of a run that was ended by a signal, whatever had been written by then.
    pub fn signal_exit(self) -> Option<Exit> {
        match self {
            Self::Interrupted => Some(Exit::Interrupted),
            Self::Terminated => Some(Exit::Terminated),
            Self::Authorization | Self::ServerErrors | Self::Deadline | Self::Record => None,
        }
    }

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::ServerErrors => "server-errors",
            Self::Deadline => "deadline",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
            Self::Record => "record",
        }
    }

    /// The reason in words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Authorization => "the token is not accepted",
            Self::ServerErrors => "the server failed several times in a row",
            Self::Deadline => "the time given with `--timeout` is over",
            Self::Interrupted => "interrupted",
            Self::Terminated => "told to end",
            Self::Record => "what happens can no longer be recorded",
        }
    }
}

/// How far an operation has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Standing {
    /// Nothing was sent for it.
    #[default]
    Waiting,
    /// A request was about to be sent, and nothing was heard of it since.
    Sending,
    /// It ended.
    Ended(Outcome),
}

impl Standing {
    /// Returns how the operation ended, if it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        match self {
            Self::Waiting | Self::Sending => None,
            Self::Ended(outcome) => Some(outcome),
        }
    }

    /// Returns whether what the operation wants is so now.
    pub fn is_success(&self) -> bool {
        self.outcome().is_some_and(Outcome::is_success)
    }

    /// Returns whether the site may have been changed.
    pub fn may_have_written(&self) -> bool {
        match self {
            Self::Waiting => false,
            Self::Sending => true,
            Self::Ended(outcome) => outcome.may_have_written(),
        }
    }
}

/// How far each operation of a plan has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// The operations, by their place in the plan.
    pub standings: Vec<Standing>,
    /// Why the run sent nothing more, if it was stopped.
    pub stop: Option<Stop>,
    /// What was to be published, if anything was, and how that ended, if it has.
    pub publication: Option<(Publication, Option<Published>)>,
}

impl Receipt {
    /// Returns the receipt of these events.
    pub fn of<'e>(events: impl IntoIterator<Item = &'e Event>) -> Self {
        let mut receipt = Self::default();
        events.into_iter().for_each(|event| receipt.record(event));
        receipt
    }

    /// Takes in one more event.
    pub fn record(&mut self, event: &Event) {
        match event {
            Event::Began { operations } => {
                self.standings.resize(*operations, Standing::Waiting);
                self.stop = None;
            }
            Event::Sending { operation } => self.set(*operation, Standing::Sending),
            Event::Held { operation } => self.set(*operation, Standing::Waiting),
            Event::Finished { operation, outcome } => self.set(*operation, Standing::Ended(outcome.clone())),
            Event::Stopped(stop) => self.stop = Some(*stop),
            Event::Publishing(publication) => self.publication = Some((publication.clone(), None)),
            Event::Published(publication, ended) => self.publication = Some((publication.clone(), Some(ended.clone()))),
        }
    }

    fn set(&mut self, operation: usize, standing: Standing) {
        if let Some(place) = self.standings.get_mut(operation) {
            *place = standing;
        }
    }

    /// Returns the number of operations that ended in a way.
    pub fn count(&self, is_counted: impl Fn(&Outcome) -> bool) -> usize {
        self.standings.iter().filter_map(Standing::outcome).filter(|outcome| is_counted(outcome)).count()
    }

    /// Returns the operations that are at an end that a resumed run would not change.
    pub fn ended(&self) -> BTreeSet<usize> {
        let all = self.standings.iter().enumerate();
        all.filter(|(_, standing)| standing.outcome().is_some_and(Outcome::is_final)).map(|(index, _)| index).collect()
    }

    /// Returns whether everything that the plan wants is so.
    pub fn is_success(&self) -> bool {
        self.standings.iter().all(Standing::is_success)
    }

    /// Returns whether what was to be published, if anything was, is on its way to the public.
    fn is_published(&self) -> bool {
        self.publication.as_ref().is_none_or(|(_, ended)| *ended == Some(Published::Queued))
    }

    /// Returns the exit that tells the truth about the run.
    pub fn exit(&self) -> Exit {
        self.stop.and_then(Stop::signal_exit).unwrap_or_else(|| self.result())
    }

    fn result(&self) -> Exit {
        let is_settled =
            |standing: &Standing| standing.may_have_written() || standing.outcome().is_some_and(Outcome::is_refusal);
        // What the record does not hold cannot be resumed or taken back.
        if self.is_success() && self.stop != Some(Stop::Record) {
            if self.is_published() { Exit::Ok } else { Exit::Partial }
        } else if self.standings.iter().any(is_settled) {
            Exit::Partial
        } else if self.stop == Some(Stop::Record) {
            Exit::Failed
        } else {
            Exit::Unavailable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(outcomes: Vec<Outcome>) -> Receipt {
        let began = Event::Began { operations: outcomes.len() };
        let ended = outcomes.into_iter().enumerate();
        let ended = ended.map(|(operation, outcome)| Event::Finished { operation, outcome });
        Receipt::of(&[began].into_iter().chain(ended).collect::<Vec<_>>())
    }

    fn failed(is_general: bool) -> Outcome {
        Outcome::Failed { message: "no".to_owned(), hint: None, is_general }
    }

    #[test]
    fn the_exit_tells_whether_anything_was_written() {
        assert_eq!(receipt(vec![]).exit(), Exit::Ok);
        assert_eq!(receipt(vec![Outcome::Done, Outcome::Converged]).exit(), Exit::Ok);
        assert_eq!(receipt(vec![Outcome::Done, failed(true)]).exit(), Exit::Partial);
        assert_eq!(receipt(vec![Outcome::DidNotTake(vec![])]).exit(), Exit::Partial);
        assert_eq!(receipt(vec![Outcome::Moved(vec![])]).exit(), Exit::Partial);
        assert_eq!(receipt(vec![Outcome::Unknown { message: String::new() }]).exit(), Exit::Partial);
        assert_eq!(receipt(vec![failed(true), Outcome::Skipped(Skip::Needs(0))]).exit(), Exit::Unavailable);
        assert_eq!(receipt(vec![failed(false)]).exit(), Exit::Partial);
    }

    #[test]
    fn an_operation_without_an_end_may_have_written() {
        let mut receipt = Receipt::of(&[Event::Began { operations: 2 }]);
        assert_eq!(receipt.exit(), Exit::Unavailable);
        receipt.record(&Event::Sending { operation: 0 });
        assert_eq!(receipt.exit(), Exit::Partial);
        receipt.record(&Event::Stopped(Stop::Interrupted));
        assert_eq!(receipt.exit(), Exit::Interrupted);
    }

    #[test]
    fn a_run_that_begins_again_is_not_stopped_any_more() {
        let began = Event::Began { operations: 1 };
        let events = [began.clone(), Event::Stopped(Stop::Deadline), began];
        assert_eq!(Receipt::of(&events).stop, None);
    }
}
