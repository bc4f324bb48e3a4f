//! The event log's format, version 1: one JSON object a line.
//!
//! Plain data for serde and schemars, apart from the events themselves, so that these can change and old runs stay
//! readable.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::{self, Event, Mismatch, Outcome, Published, Scope, Skip, Stop};
use crate::model::{Kind, Leaf, Value as ModelValue};

/// The version written. Readers refuse a newer major.
pub const FORMAT_VERSION: &str = "1.0";
/// How the versions begin that can be read.
pub(super) const MAJOR: &str = "1.";

/// A line of `events.jsonl`: something that happened, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "slugline event")]
pub struct Line {
    /// When it was recorded, ISO 8601 in UTC. For people; nothing is decided by it.
    pub at: String,
    /// What happened.
    #[serde(flatten)]
    pub entry: Entry,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Entry {
    /// A run was opened, or opened again to be resumed.
    Opened {
        /// The format's version.
        format_version: String,
        /// The run's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<String>,
        /// `apply` or `undo`.
        kind: String,
        /// The plan's digest.
        digest: String,
        /// `sandbox`, or the API's address.
        remote: String,
        /// Who opened it, as far as the surroundings say: a person, or the actor of a pipeline.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actor: Option<String>,
        /// The process.
        pid: u32,
    },
    /// The site was read again and the first write may follow.
    Began {
        /// Operations of the plan.
        operations: usize,
    },
    /// A request is about to be sent.
    Sending {
        /// The operation, by its `order` in the plan.
        operation: usize,
    },
    /// The request was not sent after all.
    Held {
        /// The operation, by its `order` in the plan.
        operation: usize,
    },
    /// It is known, or known to be unknown, how an operation ended.
    Finished {
        /// The operation, by its `order` in the plan.
        operation: usize,
        /// `done`, `converged`, `did-not-take`, `moved`, `failed`, `skipped` or `unknown`.
        outcome: String,
        /// Fields that do not read as they should.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<FieldReading>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// The way out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
        /// Whether the failure says something of all requests.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        general: bool,
        /// The operation whose success it needs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        needs: Option<usize>,
    },
    /// No new write is sent from here on.
    Stopped {
        /// `authorization`, `server-errors`, `deadline`, `interrupted`, `terminated` or `record`.
        reason: String,
    },
    /// A request to publish is about to be sent.
    Publishing {
        /// What is published.
        #[serde(flatten)]
        publication: Publication,
    },
    /// It is known, or known to be unknown, how publishing ended.
    Published {
        /// What was to be published.
        #[serde(flatten)]
        publication: Publication,
        /// `queued`, `failed`, `skipped` or `unknown`.
        outcome: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// The way out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
    },
    /// The command ended.
    Ended {
        /// The exit code.
        code: u8,
        /// Its name.
        name: String,
    },
}

/// What is published, and where to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Publication {
    /// The page, by its id; none for the whole site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// The custom domains; none for the site's `webflow.io` subdomain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
}

/// A field, or another leaf that a write must keep, that does not read as it should.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FieldReading {
    /// The field, `seo.title`, or the other leaf, `openGraph.imageUrl`.
    pub field: String,
    /// What it should read.
    pub expected: Value,
    /// What it reads.
    pub found: Value,
}

/// A field's value: text, or a flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// Text.
    Text(String),
    /// A flag.
    Flag(bool),
}

impl Entry {
    /// Returns the line's content for an event.
    pub(super) fn of(event: &Event) -> Self {
        match event {
            Event::Began { operations } => Self::Began { operations: *operations },
            Event::Sending { operation } => Self::Sending { operation: *operation },
            Event::Held { operation } => Self::Held { operation: *operation },
            Event::Finished { operation, outcome } => finished(*operation, outcome),
            Event::Stopped(stop) => Self::Stopped { reason: stop.name().to_owned() },
            Event::Publishing(publication) => Self::Publishing { publication: publication.into() },
            Event::Published(publication, ended) => published(publication, ended),
        }
    }

    /// Returns the event, if the line is one of those that a receipt is made of; or why it makes no sense.
    pub(super) fn event(self) -> Result<Option<Event>, String> {
        let event = match self {
            Self::Opened { .. } | Self::Ended { .. } => return Ok(None),
            Self::Began { operations } => Event::Began { operations },
            Self::Sending { operation } => Event::Sending { operation },
            Self::Held { operation } => Event::Held { operation },
            Self::Stopped { reason } => {
                let stop = Stop::ALL.into_iter().find(|stop| stop.name() == reason);
                Event::Stopped(stop.ok_or_else(|| format!("the reason `{reason}` is not known"))?)
            }
            Self::Publishing { publication } => Event::Publishing(publication.into()),
            Self::Published { publication, outcome, message, hint } => {
                let message = message.unwrap_or_default();
                let ended = match outcome.as_str() {
                    "queued" => Published::Queued,
                    "failed" => Published::Failed { message, hint },
                    "skipped" => Published::Skipped,
                    "unknown" => Published::Unknown { message },
                    other => return Err(format!("the outcome `{other}` is not known")),
                };
                Event::Published(publication.into(), ended)
            }
            Self::Finished { operation, outcome, fields, message, hint, general, needs } => {
                let message = message.unwrap_or_default();
                let fields = || fields.into_iter().map(mismatch).collect::<Result<Vec<_>, _>>();
                let outcome = match outcome.as_str() {
                    "done" => Outcome::Done,
                    "converged" => Outcome::Converged,
                    "did-not-take" => Outcome::DidNotTake(fields()?),
                    "moved" => Outcome::Moved(fields()?),
                    "failed" => Outcome::Failed { message, hint, is_general: general },
                    "skipped" => Outcome::Skipped(needs.map_or(Skip::Stopped, Skip::Needs)),
                    "unknown" => Outcome::Unknown { message },
                    other => return Err(format!("the outcome `{other}` is not known")),
                };
                Event::Finished { operation, outcome }
            }
        };
        Ok(Some(event))
    }
}

fn published(publication: &event::Publication, ended: &Published) -> Entry {
    let (message, hint) = match ended {
        Published::Queued | Published::Skipped => (None, None),
        Published::Failed { message, hint } => (Some(message.clone()), hint.clone()),
        Published::Unknown { message } => (Some(message.clone()), None),
    };
    Entry::Published { publication: publication.into(), outcome: ended.name().to_owned(), message, hint }
}

impl From<&event::Publication> for Publication {
    fn from(publication: &event::Publication) -> Self {
        let event::Publication { scope, domains } = publication;
        let page = match scope {
            Scope::Page(page) => Some(page.to_string()),
            Scope::Site => None,
        };
        Self { page, domains: domains.clone() }
    }
}

impl From<Publication> for event::Publication {
    fn from(publication: Publication) -> Self {
        let Publication { page, domains } = publication;
        let scope = page.map_or(Scope::Site, |page| Scope::Page(page.as_str().into()));
        Self { scope, domains }
    }
}

fn finished(operation: usize, outcome: &Outcome) -> Entry {
    let (mut fields, mut message, mut hint, mut general, mut needs) = (Vec::new(), None, None, false, None);
    match outcome {
        Outcome::Done | Outcome::Converged | Outcome::Skipped(Skip::Stopped) => {}
        Outcome::DidNotTake(mismatches) | Outcome::Moved(mismatches) => {
            fields = mismatches.iter().map(reading).collect()
        }
        Outcome::Failed { message: why, hint: way_out, is_general } => {
            (message, hint, general) = (Some(why.clone()), way_out.clone(), *is_general);
        }
        Outcome::Skipped(Skip::Needs(other)) => needs = Some(*other),
        Outcome::Unknown { message: why } => message = Some(why.clone()),
    }
    Entry::Finished { operation, outcome: outcome.name().to_owned(), fields, message, hint, general, needs }
}

fn reading(mismatch: &Mismatch) -> FieldReading {
    let value = |value: &ModelValue| match value {
        ModelValue::Text(text) => Value::Text(text.clone()),
        ModelValue::Flag(flag) => Value::Flag(*flag),
    };
    let Mismatch { field, expected, found } = mismatch;
    FieldReading { field: field.name(), expected: value(expected), found: value(found) }
}

fn mismatch(reading: FieldReading) -> Result<Mismatch, String> {
    let FieldReading { field: name, expected, found } = reading;
    let field = Leaf::from_name(&name).ok_or_else(|| format!("the field `{name}` is not known"))?;
    // Other leaves may hold anything.
    let kind = field.as_field().map(|field| field.kind());
    let value = |value: Value| match (kind, value) {
        (Some(Kind::Text) | None, Value::Text(text)) => Ok(ModelValue::Text(text)),
        (Some(Kind::Flag) | None, Value::Flag(flag)) => Ok(ModelValue::Flag(flag)),
        (Some(Kind::Text), Value::Flag(_)) | (Some(Kind::Flag), Value::Text(_)) => {
            Err(format!("`{name}` has a value of the wrong kind"))
        }
    };
    Ok(Mismatch { field, expected: value(expected)?, found: value(found)? })
}

/// Returns the JSON Schema of a line.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Line);
    schema.insert("$id".to_owned(), "urn:slugline:schema:events:1".into());
    schema.to_value()
}
