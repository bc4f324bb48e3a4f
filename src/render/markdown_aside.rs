//! What is told of a plan beside its changes, in Markdown: what is wrong, and what only warns.
//!
//! Knows how much there is of it, not how much room the comment has.

use std::fmt::Write as _;

use super::markdown_change::{MAX_NAME, MAX_PATH, code, said};
use super::review::{self, Group};
use super::view::PlanView;
use crate::diagnostic::Diagnostic;

/// Numbers up to which what is alike is listed; of more, the first few. Nobody reads the second dozen of a kind, and none of it
/// may take the room of what changes.
const MOST_ALIKE: [usize; 3] = [10, 3, 0];
/// What is listed of more than the most.
const FEW_ALIKE: usize = 3;

/// What stands in nobody's way.
pub(super) struct Asides {
    pub(super) count: usize,
    /// The section with fewer and fewer words; none if nothing is to be told.
    pub(super) versions: Vec<String>,
}

impl Asides {
    pub(super) fn new(view: &PlanView<'_>) -> Self {
        let groups = review::asides(view);
        let section = |most: usize| {
            let kinds: String = groups.iter().map(|group| of_kind(group, most)).collect();
            format!("\n#### Warnings\n\n{kinds}")
        };
        let most = if groups.is_empty() { &[][..] } else { &MOST_ALIKE };
        Self { count: number(&groups), versions: most.iter().copied().map(section).collect() }
    }

    /// Only counts what there is.
    pub(super) fn untold(view: &PlanView<'_>) -> Self {
        Self { count: number(&review::asides(view)), versions: Vec::new() }
    }

    /// Returns how many bytes the most that fits into so many has.
    pub(super) fn bytes_within(&self, room: usize) -> usize {
        self.versions.iter().map(String::len).find(|bytes| *bytes <= room).unwrap_or_default()
    }
}

fn number(groups: &[Group<'_>]) -> usize {
    groups.iter().map(|group| group.members.len()).sum()
}

/// Returns the first of what is alike, below how much of it there is if that is more.
fn of_kind(Group { members }: &Group<'_>, most: usize) -> String {
    let shown = if members.len() <= most { members.len() } else { most.min(FEW_ALIKE) };
    let mut out = String::new();
    if let Some(first) = members.first().filter(|_| shown < members.len()) {
        let (severity, name) = (first.severity.as_str(), code(first.code.as_str(), MAX_NAME));
        let times = if members.len() == 1 { "time" } else { "times" };
        let among = if shown > 0 { format!("; the first {shown}:") } else { String::new() };
        // Writing into a String cannot fail.
        let _ = writeln!(out, "- {severity} {name} {} {times}{among}", members.len());
    }
    out.extend(members.iter().take(shown).copied().map(problem));
    out
}

/// Returns something wrong, or worth knowing, as an item of a list.
pub(super) fn problem(diagnostic: &Diagnostic) -> String {
    let at = diagnostic.at.as_ref().map(|at| format!("{} ", code(&at.to_string(), MAX_PATH)));
    let help = diagnostic.help.as_ref().map(|help| format!("<br><sub>{}</sub>", said(help)));
    format!(
        "- {} {} {}{}{}\n",
        diagnostic.severity.as_str(),
        code(diagnostic.code.as_str(), MAX_NAME),
        at.unwrap_or_default(),
        said(&diagnostic.message),
        help.unwrap_or_default()
    )
}
