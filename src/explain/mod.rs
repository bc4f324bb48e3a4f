//! The long texts: why something is told, and what to do about it, for every name that the program says.
//!
//! Words only; the rules of the lint bring theirs along. A test proves that no name is without a text.

mod exits;
mod files;
mod guards;
mod site;

use crate::lint::{self, Rule};

/// Something that can be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    /// As the program says it: `seo-title/too-wide`, `unknown-key`, `mass-update`, `invalid`.
    pub name: &'static str,
    pub kind: Kind,
    /// What it is, in a line.
    pub summary: &'static str,
    /// Why, and what to do.
    pub text: &'static str,
    /// Where that is from: addresses, or a chapter of this project, set apart by spaces.
    pub source: &'static str,
}

/// What a name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Rule,
    Problem,
    Guard,
    Exit,
}

impl Kind {
    /// Returns the kind in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Rule => "lint rule",
            Self::Problem => "problem",
            Self::Guard => "guard",
            Self::Exit => "exit code",
        }
    }
}

/// What is known of a name: the name, a line, a text, the sources.
type Row = (&'static str, &'static str, &'static str, &'static str);

/// Returns everything that can be explained.
pub fn topics() -> Vec<Topic> {
    let rules = lint::rules().map(rule);
    let rows = |kind: Kind, rows: &'static [Row]| {
        rows.iter().map(move |(name, summary, text, source)| Topic { name, kind, summary, text, source })
    };
    rules
        .chain(rows(Kind::Problem, files::ROWS))
        .chain(rows(Kind::Problem, site::ROWS))
        .chain(rows(Kind::Guard, guards::ROWS))
        .chain(rows(Kind::Exit, exits::ROWS))
        .collect()
}

/// Returns what a name or the number of an exit code means.
pub fn topic(name: &str) -> Option<Topic> {
    let name = exits::name(name).unwrap_or(name);
    topics().into_iter().find(|topic| topic.name == name)
}

fn rule(rule: &'static Rule) -> Topic {
    Topic { name: rule.id, kind: Kind::Rule, summary: rule.summary, text: rule.text, source: rule.source }
}
