//! A baseline: what the lint found once, and is not told of again. A file of the project, made to be reviewed.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::files;
use super::sentence::Sentence;
use crate::exit::Exit;
use crate::render::escape;
use crate::render::problems::Problem;

/// The version of the format.
const VERSION: u32 = 1;
/// Bytes of a baseline, at most.
const MAX_BYTES: u64 = 64 << 20;

/// What a baseline lists.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Baseline {
    version: u32,
    findings: Vec<Entry>,
}

/// A finding that is known. Only the fingerprint counts; the rest is for people.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fingerprint: String,
    rule: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

/// How many findings a baseline knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Known {
    /// That are still there.
    pub(super) present: usize,
    /// That are gone, so that the baseline may be written anew.
    pub(super) stale: usize,
}

impl Baseline {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let name = path.display();
        let hint = || Sentence::from("make one with ").command("validate", ["--write-baseline", "FILE"]);
        let text = files::read_text(path, MAX_BYTES).map_err(|error| {
            Failure::new(Exit::Invalid, error).context(format!("failed to read the baseline `{name}`")).hint(hint())
        })?;
        let baseline: Self = serde_json::from_str(&text).map_err(|error| {
            Failure::new(Exit::Invalid, error).context(format!("`{name}` is no baseline")).hint(hint())
        })?;
        match baseline.version {
            VERSION => Ok(baseline),
            other => {
                let message =
                    format!("the baseline `{name}` has the version {other}, and this program reads {VERSION}");
                Err(Failure::message(Exit::Invalid, message).hint(hint()))
            }
        }
    }

    /// Takes what is known out of the problems. What is gone can be told only where all pages were looked at.
    pub(super) fn take(&self, problems: &mut Vec<Problem>, is_whole: bool) -> Known {
        let mut entries: BTreeMap<&str, bool> =
            self.findings.iter().map(|entry| (entry.fingerprint.as_str(), false)).collect();
        let mut present = 0;
        problems.retain(|problem| {
            let Some(seen) = entries.get_mut(problem.fingerprint.as_str()).filter(|_| problem.rule.is_some()) else {
                return true;
            };
            (*seen, present) = (true, present + 1);
            false
        });
        let stale = entries.values().filter(|seen| !**seen).count();
        Known { present, stale: if is_whole { stale } else { 0 } }
    }
}

/// Writes what the lint found, and returns how much that is. What is wrong without it stays wrong.
pub(super) fn write(path: &Path, problems: &[Problem]) -> Result<usize, Failure> {
    let findings = problems.iter().filter_map(|problem| {
        let Problem { diagnostic: _, rule, page, locale, field, fingerprint, rank: _, is_touched: _ } = problem;
        Some(Entry {
            fingerprint: fingerprint.clone(),
            rule: (*rule)?.id.to_owned(),
            page: page.clone(),
            locale: locale.clone(),
            field: field.map(str::to_owned),
        })
    });
    let mut findings: Vec<Entry> = findings.collect();
    // By what people look for, so that a finding that comes or goes is one line of a review.
    findings.sort_by(|one, other| {
        let key = |entry: &Entry| {
            (
                entry.page.clone(),
                entry.rule.clone(),
                entry.locale.clone(),
                entry.field.clone(),
                entry.fingerprint.clone(),
            )
        };
        key(one).cmp(&key(other))
    });
    let count = findings.len();
    let entries: Vec<String> = findings
        .iter()
        .map(|entry| serde_json::to_string(entry).map(|entry| format!("    {entry}")))
        .collect::<Result<_, _>>()
        .map_err(anyhow::Error::from)?;
    let list = if entries.is_empty() { "[]".to_owned() } else { format!("[\n{}\n  ]", entries.join(",\n")) };
    let text = format!("{{\n  \"version\": {VERSION},\n  \"findings\": {list}\n}}\n");
    files::replace(path, &escape::json(&text))
        .map_err(|error| Failure::from(error).context(format!("failed to write the baseline `{}`", path.display())))?;
    Ok(count)
}
