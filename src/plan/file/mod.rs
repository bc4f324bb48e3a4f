//! The saved plan: versioned JSON with a digest.
//!
//! The only way in and out of the format. Must not know files; text goes in and out.

mod coherence;
mod convert;
pub mod format;
mod header;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};

pub use self::header::Header;

use self::format::PlanFile;
use super::{Body, Change, Plan, Redirect, Tripped};
use crate::diagnostic::Diagnostic;
use crate::exit::Exit;
use crate::model::{Field, Value};
use crate::source::Location;

/// The version written. Readers refuse a newer major and ignore what a newer minor adds.
pub const FORMAT_VERSION: &str = "1.3";
const MAJOR: u32 = 1;

/// Bytes of a plan file, at most.
pub const MAX_BYTES: u64 = 256 << 20;

/// Keys that do not count for the digest: they tell how and when a plan was made, not what it does.
const VOLATILE: [&str; 4] = ["digest", "source", "live", "exit"];

/// Why a text is not a plan that can be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no JSON.
    #[error("not a plan file: no JSON at line {}, column {}", .0.line(), .0.column())]
    NotJson(serde_json::Error),
    /// It is what a failed command wrote in place of a plan.
    #[error("not a plan file, but the report of a command that failed")]
    FailedPlan,
    /// It is JSON, but not a plan.
    #[error("not a plan file: it has no `format_version`")]
    NotAPlan,
    /// A newer program has written it.
    #[error("the plan has format version `{0}`; this program reads {MAJOR}.x")]
    NewerVersion(String),
    /// The version is no version.
    #[error("the plan's format version `{0}` is not of the form `1.0`")]
    BadVersion(String),
    /// A part of it is missing or of the wrong kind.
    #[error("the plan file is damaged: {path}: {message}")]
    Damaged {
        /// The path of keys.
        path: String,
        /// What is wrong there.
        message: String,
    },
    /// It was edited.
    #[error("the plan's digest does not fit its content; it was changed after it was made")]
    Digest,
}

impl Error {
    fn damaged(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Damaged { path: path.into(), message: message.into() }
    }

    /// Returns the way out.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NewerVersion(_) => "use the newer version of slugline that made it, or plan again",
            Self::NotJson(_)
            | Self::FailedPlan
            | Self::NotAPlan
            | Self::BadVersion(_)
            | Self::Damaged { .. }
            | Self::Digest => "make a new one with `slugline plan -o FILE`",
        }
    }
}

/// Returns how a command ended, as every JSON output says it.
pub fn exit(exit: Exit) -> serde_json::Value {
    serde_json::json!(convert::exit_to_file(exit))
}

/// Returns the plan as the text of a file: pretty JSON, the same for the same plan, with a newline at the end.
pub fn encode(plan: &Plan, exit: Exit) -> String {
    let mut json = serde_json::to_value(convert::to_file(plan, exit)).expect("the format has text keys only");
    json["digest"] = Json::String(digest(&json));
    let mut text = serde_json::to_string_pretty(&json).expect("a JSON value can be printed");
    text.push('\n');
    text
}

/// Reads a plan from the text of a file.
pub fn decode(text: &str) -> Result<Plan, Error> {
    let json: Json = serde_json::from_str(text).map_err(Error::NotJson)?;
    let version = json.get("format_version").and_then(Json::as_str).ok_or(Error::NotAPlan)?;
    check_version(version)?;
    if json.get("error").is_some() {
        return Err(Error::FailedPlan);
    }
    let stated = json.get("digest").and_then(Json::as_str).ok_or_else(|| Error::damaged("digest", "it is missing"))?;
    if stated != digest(&json) {
        return Err(Error::Digest);
    }
    let file: PlanFile = serde_path_to_error::deserialize(&json).map_err(|error| malformed(&error))?;
    let plan = convert::from_file(file)?;
    coherence::check(&plan)?;
    Ok(plan)
}

fn malformed(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let path = match error.path().to_string() {
        path if path == "." => "the top level".to_owned(),
        path => path,
    };
    Error::damaged(path, error.inner().to_string())
}

/// Returns the plan's digest.
pub fn digest_of(plan: &Plan) -> String {
    let json = serde_json::to_value(convert::to_file(plan, Exit::Ok)).expect("the format has text keys only");
    digest(&json)
}

/// Returns a diagnostic as it stands in the format.
pub fn diagnostic(diagnostic: &Diagnostic) -> Json {
    serde_json::to_value(convert::diagnostic_to_file(diagnostic)).expect("the format has text keys only")
}

/// Returns a change that is not written as it stands in the format.
pub fn kept(change: &Change) -> Json {
    serde_json::to_value(convert::change_to_file(change, false)).expect("the format has text keys only")
}

/// Returns a tripped guard as it stands in the format.
pub fn guard(tripped: &Tripped) -> Json {
    serde_json::to_value(convert::guard_to_file(tripped)).expect("the format has text keys only")
}

/// Returns a value as it stands in the format.
pub fn value(value: &Value) -> Json {
    serde_json::to_value(convert::value_to_file(value)).expect("a value is text or a flag")
}

/// Returns a place as it stands in the format.
pub fn location(location: &Location) -> Json {
    serde_json::to_value(convert::location_to_file(location)).expect("a place is a text and two numbers")
}

/// Returns a request body as it stands in the format, which is as the API takes it.
pub fn body(body: &Body) -> Map<String, Json> {
    convert::nest(body)
}

/// Returns values by field as they stand in the format.
pub fn values(values: &BTreeMap<Field, Value>) -> Json {
    values.iter().map(|(field, of_field)| (field.name().to_owned(), value(of_field))).collect()
}

/// Returns an address that moves as it stands in the format.
pub fn redirect(redirect: &Redirect) -> Json {
    serde_json::to_value(convert::redirect_to_file(redirect)).expect("the format has text keys only")
}

/// Returns the JSON Schema of the format.
pub fn schema() -> Json {
    let mut schema = schemars::schema_for!(PlanFile);
    schema.insert("$id".to_owned(), format!("urn:slugline:schema:plan:{MAJOR}").into());
    schema.to_value()
}

fn check_version(version: &str) -> Result<(), Error> {
    let major = version.split_once('.').and_then(|(major, minor)| {
        minor.parse::<u32>().ok()?;
        major.parse::<u32>().ok()
    });
    match major {
        None => Err(Error::BadVersion(version.to_owned())),
        Some(major) if major > MAJOR => Err(Error::NewerVersion(version.to_owned())),
        Some(_) => Ok(()),
    }
}

fn digest(plan: &Json) -> String {
    let mut text = String::new();
    canonical(plan, true, &mut text);
    let hash = Sha256::digest(text.as_bytes());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// Writes JSON with sorted keys and no spaces, without the volatile keys of the top level.
fn canonical(value: &Json, is_top: bool, text: &mut String) {
    match value {
        Json::Object(map) => {
            let mut keys: Vec<&String> =
                map.keys().filter(|key| !(is_top && VOLATILE.contains(&key.as_str()))).collect();
            keys.sort();
            text.push('{');
            for (index, key) in keys.into_iter().enumerate() {
                separate(index, text);
                text.push_str(&Json::String(key.clone()).to_string());
                text.push(':');
                canonical(&map[key], false, text);
            }
            text.push('}');
        }
        Json::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(index, text);
                canonical(item, false, text);
            }
            text.push(']');
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => text.push_str(&value.to_string()),
    }
}

fn separate(index: usize, text: &mut String) {
    if index > 0 {
        text.push(',');
    }
}
