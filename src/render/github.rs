//! Problems as annotations of a GitHub workflow.
//!
//! A runner acts on lines that start with `::`, so that nothing foreign may reach the start of one: text is on one line
//! and escaped as the Actions toolkit does it.

use std::io::{self, Write};

use super::escape;
use super::problems::{Problem, worst_first};
use super::view::count;
use crate::diagnostic::Severity;

/// Annotations of a level that GitHub shows of a step; the rest vanishes without a word.
const MOST: usize = 10;

/// Writes annotations, worst first. File names begin at the top of the repository, which the prefix leads down from.
pub fn annotations(problems: &[Problem], prefix: &str, out: &mut dyn Write) -> io::Result<()> {
    let sorted = worst_first(problems);
    for (severity, command, one, many) in [
        (Severity::Error, "error", "error", "errors"),
        (Severity::Warning, "warning", "warning", "warnings"),
        (Severity::Info, "notice", "info", "infos"),
    ] {
        let level: Vec<&&Problem> = sorted.iter().filter(|problem| problem.diagnostic.severity == severity).collect();
        let shown = if level.len() > MOST { MOST - 1 } else { level.len() };
        for problem in &level[..shown] {
            annotation(problem, command, prefix, out)?;
        }
        if shown < level.len() {
            let more = count(level.len() - shown, one, many);
            writeln!(out, "::{command} title=slugline::and {more} more; `slugline validate` lists them all")?;
        }
    }
    Ok(())
}

fn annotation(problem: &Problem, command: &str, prefix: &str, out: &mut dyn Write) -> io::Result<()> {
    let diagnostic = &problem.diagnostic;
    write!(out, "::{command} ")?;
    if let Some(at) = &diagnostic.at {
        write!(out, "file={},", property(&format!("{prefix}{}", at.file)))?;
        if at.line > 0 {
            write!(out, "line={},col={},", at.line, at.column.max(1))?;
        }
    }
    write!(out, "title={}::{}", property(diagnostic.code.as_str()), message(&diagnostic.message))?;
    if let Some(help) = &diagnostic.help {
        // A line break of ours: inside the message, it is one only to whoever reads the annotation.
        write!(out, "%0A{}", message(help))?;
    }
    writeln!(out)
}

fn message(text: &str) -> String {
    escape::line(text).replace('%', "%25")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
