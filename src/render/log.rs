//! The runs of a project as a table.

use std::io::{self, Write};

use serde_json::{Value as Json, json};
use unicode_width::UnicodeWidthStr as _;

use super::escape;
use super::print::{Line, Look, Screen};

/// A run, as a row of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub run: String,
    /// When it began, ISO 8601 in UTC.
    pub at: String,
    /// `apply` or `undo`.
    pub kind: &'static str,
    /// Where it wrote.
    pub remote: String,
    /// Who ran it, if that is known.
    pub actor: Option<String>,
    /// The commit of the manifests and whether the work tree differed from it, if they lie in git.
    pub commit: Option<(String, bool)>,
    /// Operations that were written.
    pub written: usize,
    /// Operations of which nobody knows whether they were carried out.
    pub open: usize,
    /// Operations of the plan.
    pub operations: usize,
    /// How publishing ended, if it was asked for.
    pub published: Option<&'static str>,
    /// The code and the name of the exit; nothing if the process died.
    pub exit: Option<(u8, String)>,
    /// Why it cannot be read, if it cannot.
    pub problem: Option<String>,
}

/// How many digits of a commit are shown.
const COMMIT_DIGITS: usize = 10;

/// Writes the table for a terminal.
pub fn text(entries: &[Entry], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let head = ["run", "kind", "by", "commit", "written", "ended", "at"].map(str::to_owned);
    let rows: Vec<[String; 7]> = std::iter::once(head).chain(entries.iter().map(cells)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
    for (number, row) in rows.iter().enumerate() {
        let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell}{:1$}  ", "", width - cell.width()));
        let text = padded.collect::<String>() + &row[6];
        let look = if number == 0 { Look::Strong } else { Look::Plain };
        Line::indented(0).hanging(4).with(look, text.trim_end()).print(screen, out)?;
    }
    Ok(())
}

fn cells(entry: &Entry) -> [String; 7] {
    if let Some(problem) = &entry.problem {
        let rest = || String::new();
        let ended = escape::line(problem).into_owned();
        return [entry.run.clone(), rest(), rest(), rest(), rest(), ended, rest()];
    }
    let commit = entry.commit.as_ref().map_or_else(
        || "-".to_owned(),
        |(commit, is_dirty)| {
            let digits: String = commit.chars().take(COMMIT_DIGITS).collect();
            if *is_dirty { digits + "+" } else { digits }
        },
    );
    let written = match entry.open {
        0 => format!("{} of {}", entry.written, entry.operations),
        open => format!("{} of {}, {open} unknown", entry.written, entry.operations),
    };
    let ended = entry.exit.as_ref().map_or("died", |(_, name)| name.as_str());
    let ended = match entry.published {
        Some(published) => format!("{ended}, publishing {published}"),
        None => ended.to_owned(),
    };
    let harmless = |text: &str| escape::line(text).into_owned();
    let actor = entry.actor.as_deref().map_or_else(|| "-".to_owned(), harmless);
    [entry.run.clone(), entry.kind.to_owned(), actor, commit, written, ended, harmless(&entry.remote)]
}

/// Returns a run for programs.
pub fn json(entry: &Entry) -> Json {
    let Entry { run, at, kind, remote, actor, commit, written, open, operations, published, exit, problem } = entry;
    if let Some(problem) = problem {
        return json!({"run": run, "at": at, "problem": problem});
    }
    json!({
        "run": run,
        "at": at,
        "kind": kind,
        "remote": remote,
        "actor": actor,
        "commit": commit.as_ref().map(|(commit, _)| commit),
        "dirty": commit.as_ref().map(|(_, is_dirty)| is_dirty),
        "operations": operations,
        "written": written,
        "unknown": open,
        "publication": published,
        "exit": exit.as_ref().map(|(code, name)| json!({"code": code, "name": name})),
    })
}
