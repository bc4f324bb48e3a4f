//! What happens during an apply, one event at a time, and the receipt that they add up to.
//!
//! Pure values: a receipt is a fold over events, so that it can be made again from a record of them. Must not know who
//! listens.

use crate::exit::Exit;
use crate::model::{Field, Value};

/// Something that happened while a plan was applied. Operations are named by their place in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The site was read again and still fits the plan.
    Checked {
        /// Operations that the plan has.
        operations: usize,
    },
    /// A request is about to be sent.
    Sending {
        /// Which one.
        operation: usize,
    },
    /// It is known, or known to be unknown, how an operation ended.
    Finished {
        /// Which one.
        operation: usize,
        /// How.
        outcome: Outcome,
    },
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
    /// Nothing was written.
    Failed {
        /// Why.
        message: String,
        /// The way out.
        hint: Option<String>,
        /// Whether it says something of all requests (authorization, network, server) and not of this one.
        is_general: bool,
    },
    /// Nothing was sent, because of another operation.
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

/// A field that does not read as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The field.
    pub field: Field,
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
            Self::DidNotTake(_) | Self::Failed { .. } | Self::Skipped(_) | Self::Unknown { .. } => false,
        }
    }

    /// Returns whether the site may have been changed.
    pub fn may_have_written(&self) -> bool {
        match self {
            Self::Done | Self::DidNotTake(_) | Self::Unknown { .. } => true,
            Self::Converged | Self::Failed { .. } | Self::Skipped(_) => false,
        }
    }

    /// Returns whether the server refused this operation and would take others, so that trying again is no use.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Failed { message: _, hint: _, is_general } => !is_general,
            Self::Done | Self::Converged | Self::DidNotTake(_) | Self::Skipped(_) | Self::Unknown { .. } => false,
        }
    }

    /// The name in JSON and in text.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Converged => "converged",
            Self::DidNotTake(_) => "did-not-take",
            Self::Failed { .. } => "failed",
            Self::Skipped(_) => "skipped",
            Self::Unknown { .. } => "unknown",
        }
    }
}

/// How each operation of a plan ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// The outcomes, by the operation's place in the plan; nothing for one that has not ended.
    pub outcomes: Vec<Option<Outcome>>,
}

impl Receipt {
    /// Takes in one more event.
    pub fn record(&mut self, event: &Event) {
        match event {
            Event::Checked { operations } => self.outcomes.resize(*operations, None),
            Event::Sending { operation: _ } => {}
            Event::Finished { operation, outcome } => {
                if let Some(place) = self.outcomes.get_mut(*operation) {
                    *place = Some(outcome.clone());
                }
            }
        }
    }

    /// Returns the number of operations that ended in a way.
    pub fn count(&self, is_counted: impl Fn(&Outcome) -> bool) -> usize {
        self.outcomes.iter().flatten().filter(|outcome| is_counted(outcome)).count()
    }

    /// Returns the exit that tells the truth about the run.
    pub fn exit(&self) -> Exit {
        if self.outcomes.iter().all(|outcome| outcome.as_ref().is_some_and(Outcome::is_success)) {
            Exit::Ok
        } else if self.count(|outcome| outcome.may_have_written() || outcome.is_refusal()) > 0 {
            Exit::Partial
        } else {
            Exit::Unavailable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(outcomes: Vec<Outcome>) -> Receipt {
        let mut receipt = Receipt::default();
        receipt.record(&Event::Checked { operations: outcomes.len() });
        for (operation, outcome) in outcomes.into_iter().enumerate() {
            receipt.record(&Event::Finished { operation, outcome });
        }
        receipt
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
        assert_eq!(receipt(vec![Outcome::Unknown { message: String::new() }]).exit(), Exit::Partial);
        assert_eq!(receipt(vec![failed(true), Outcome::Skipped(Skip::Needs(0))]).exit(), Exit::Unavailable);
        assert_eq!(receipt(vec![failed(false)]).exit(), Exit::Partial);
    }

    #[test]
    fn an_operation_without_an_end_is_no_success() {
        let mut receipt = Receipt::default();
        receipt.record(&Event::Checked { operations: 1 });
        receipt.record(&Event::Sending { operation: 0 });
        assert_eq!(receipt.exit(), Exit::Unavailable);
    }
}
