//! Problems, and what a plan asks to be looked at, as SARIF 2.1.0, for code scanning and editors.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::concerns::concerns;
use super::escape;
use super::problems::{Problem, worst_first};
use super::view::PlanView;
use crate::diagnostic::Severity;
use crate::explain::{self, Topic};
use crate::manifest::project::FILE_NAME;
use crate::source::Location;

/// Results of a run that GitHub keeps; it refuses the whole file when there are 25,000.
const MOST_RESULTS: usize = 5_000;

/// Names the fingerprint in `partialFingerprints`; another way to compute it gets another name.
const FINGERPRINT: &str = "slugline/v1";

/// Returns the log of what a plan asks to be looked at.
pub fn plan(view: &PlanView<'_>, prefix: &str) -> Json {
    log(&plan_category(view.plan.target.environment.as_deref()), &concerns(view), prefix)
}

/// Returns the category of what is told of plans for an environment.
pub fn plan_category(environment: Option<&str>) -> String {
    environment.map_or_else(|| "plan".to_owned(), |environment| format!("plan/{environment}"))
}

/// Returns the log. File names begin at the top of the repository, which the prefix leads down from. The category keeps
/// what several commands upload for a commit apart; else each would replace the others'.
pub fn log(category: &str, problems: &[Problem], prefix: &str) -> Json {
    let sorted = worst_first(problems);
    let shown = &sorted[..sorted.len().min(MOST_RESULTS)];
    let rules: BTreeSet<&str> = shown.iter().map(|problem| problem.diagnostic.code.as_str()).collect();
    let numbers: BTreeMap<&str, usize> = rules.iter().enumerate().map(|(number, id)| (*id, number)).collect();
    let results: Vec<Json> = shown.iter().map(|problem| result(problem, &numbers, prefix)).collect();
    let mut invocation = json!({"executionSuccessful": true});
    if shown.len() < sorted.len() {
        let text = format!(
            "{} of {} results are left out, the least important ones",
            sorted.len() - shown.len(),
            sorted.len()
        );
        invocation["toolExecutionNotifications"] = json!([{"level": "note", "message": {"text": text}}]);
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "slugline",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_iter().map(descriptor).collect::<Vec<_>>(),
            }},
            "automationDetails": {"id": format!("slugline/{}/", escape::line(category))},
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation],
            "results": results,
        }],
    })
}

/// Returns the log of a command that came to no result.
pub fn failure(category: &str, problems: &[Problem], prefix: &str) -> Json {
    let mut log = log(category, problems, prefix);
    log["runs"][0]["invocations"][0]["executionSuccessful"] = json!(false);
    log
}

/// Returns the description of a rule or code. GitHub requires all three texts; a plan file of a newer version may have names
/// that are unknown here.
fn descriptor(id: &str) -> Json {
    let Some(topic) = explain::topic(id) else {
        return json!({"id": escape::line(id), "shortDescription": {"text": escape::line(id)}});
    };
    let Topic { summary, text, .. } = topic;
    let mut descriptor = json!({
        "id": id,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": text},
        "help": {"text": format!("{text} More: `slugline explain {id}`.")},
    });
    if let Some(address) = topic.sources().find(|source| source.starts_with("https://")) {
        descriptor["helpUri"] = json!(address);
    }
    descriptor
}

fn result(problem: &Problem, numbers: &BTreeMap<&str, usize>, prefix: &str) -> Json {
    let diagnostic = &problem.diagnostic;
    let help = diagnostic.help.as_ref().map(|help| format!("\n{}", escape::line(help))).unwrap_or_default();
    let mut result = json!({
        "ruleId": escape::line(diagnostic.code.as_str()),
        "ruleIndex": numbers[diagnostic.code.as_str()],
        "level": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        },
        "message": {"text": plain(&format!("{}{help}", escape::line(&diagnostic.message)))},
        "partialFingerprints": {FINGERPRINT: problem.fingerprint},
    });
    // Code scanning takes no result without a place; what is about a plan as a whole stands where its guards are set.
    let at = diagnostic.at.clone().unwrap_or_else(|| Location::whole(&FILE_NAME.into()));
    result["locations"] = json!([location(&at, prefix)]);
    if !diagnostic.also.is_empty() {
        let related = diagnostic.also.iter().map(|(at, label)| {
            let mut location = location(at, prefix);
            location["message"] = json!({"text": plain(&escape::line(label))});
            location
        });
        result["relatedLocations"] = related.collect();
    }
    result
}

fn location(at: &Location, prefix: &str) -> Json {
    let mut place = json!({
        "artifactLocation": {"uri": uri(&format!("{prefix}{}", at.file)), "uriBaseId": "%SRCROOT%"},
    });
    if at.line > 0 {
        place["region"] = json!({"startLine": at.line, "startColumn": at.column.max(1)});
    }
    json!({"physicalLocation": place})
}

/// Returns a file name as a relative URI.
fn uri(file: &str) -> String {
    let mut out = String::with_capacity(file.len());
    for byte in file.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => out.push(byte.into()),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Returns the text as a message that means nothing but itself: SARIF knows links in brackets and places in braces.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '[' | ']' => out.extend(['\\', character]),
            '{' | '}' => out.extend([character, character]),
            _ => out.push(character),
        }
    }
    out
}
