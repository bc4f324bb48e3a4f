//! Request bodies: from bytes to writes, refusing exactly what the OpenAPI description refuses.
//!
//! Read by hand, so that unknown keys are ignored, `null` is no string, and every wrong field is named.

use serde_json::{Map, Value, json};

use super::document::{OpenGraph, Seo, Undocumented};
use super::wire::Answer;
use super::write::Patch;

/// The most entries of a bulk request: `maxItems` in the OpenAPI description.
const MOST_ENTRIES: usize = 100;

/// An entry of a bulk request, before its ids are looked up.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BulkEntry {
    pub(super) page: String,
    pub(super) locale_id: Option<String>,
    pub(super) patch: Patch,
}

/// The body of a publish request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PublishOrder {
    pub(super) domains: Vec<String>,
    pub(super) subdomain: bool,
    pub(super) page: Option<String>,
}

/// Reads the body of `PUT /pages/{id}`.
pub(super) fn patch(body: &[u8]) -> Result<Patch, Answer> {
    let value = parse(body)?;
    let mut reader = Reader::default();
    let patch = reader.patch(&value, "");
    reader.finish(patch)
}

/// Reads the body of `PATCH /pages`.
pub(super) fn bulk(body: &[u8]) -> Result<Vec<BulkEntry>, Answer> {
    let value = parse(body)?;
    let Some(Value::Array(entries)) = value.get("pages") else {
        return Err(Answer::malformed("pages must be an array"));
    };
    if entries.is_empty() || entries.len() > MOST_ENTRIES {
        return Err(Answer::malformed(format!("pages must have 1 to {MOST_ENTRIES} entries, not {}", entries.len())));
    }
    let mut reader = Reader::default();
    let read: Vec<BulkEntry> =
        entries.iter().enumerate().map(|(index, entry)| reader.entry(entry, &format!("pages[{index}]."))).collect();
    let read = reader.finish(read)?;
    for (index, entry) in read.iter().enumerate() {
        let same = |other: &BulkEntry| other.page == entry.page && other.locale_id == entry.locale_id;
        if read[..index].iter().any(same) {
            let message = format!("pages[{index}] repeats the id and localeId of another entry");
            return Err(Answer::malformed(message));
        }
    }
    Ok(read)
}

/// Reads one entry as the bulk endpoint does; the id may be left out.
pub(super) fn entry(value: &Value) -> Result<BulkEntry, String> {
    let mut reader = Reader { id_is_optional: true, ..Reader::default() };
    let entry = reader.entry(value, "");
    match reader.problems.first() {
        None => Ok(entry),
        Some((field, message)) => Err(format!("{field} {message}")),
    }
}

/// Reads the body of `POST /sites/{id}/publish`.
pub(super) fn publish(body: &[u8]) -> Result<PublishOrder, Answer> {
    let value = parse(body)?;
    let mut reader = Reader::default();
    let order = reader.publish(&value);
    reader.finish(order)
}

fn parse(body: &[u8]) -> Result<Value, Answer> {
    let value: Value = serde_json::from_slice(body).map_err(|error| Answer::malformed(error.to_string()))?;
    if value.is_object() { Ok(value) } else { Err(Answer::malformed("the body must be an object")) }
}

/// Returns what an object holds beside the leaves that the description has.
fn others(object: &Value, described: &[&str]) -> Undocumented {
    let leaves = object.as_object().into_iter().flatten();
    let others = leaves.filter(|(leaf, value)| !described.contains(&leaf.as_str()) && !value.is_null());
    others.map(|(leaf, value)| (leaf.clone(), value.clone())).collect()
}

/// Collects every wrong field of one body.
#[derive(Default)]
struct Reader {
    problems: Vec<(String, String)>,
    id_is_optional: bool,
}

impl Reader {
    fn finish<T>(self, value: T) -> Result<T, Answer> {
        let Some((field, message)) = self.problems.first() else {
            return Ok(value);
        };
        let summary = format!("Bad Request: Request is malformed: {field} {message}");
        let detail = |(field, message): &(String, String)| json!({"field": field, "message": message});
        let details = self.problems.iter().map(detail).collect();
        Err(Answer::detailed(400, "bad_request", summary, details))
    }

    fn wrong(&mut self, field: String, message: &str) {
        self.problems.push((field, message.to_owned()));
    }

    fn entry(&mut self, value: &Value, prefix: &str) -> BulkEntry {
        if !value.is_object() {
            self.wrong(prefix.trim_end_matches('.').to_owned(), "must be an object");
        }
        let id = self.text(value, prefix, "id");
        if id.is_none() && value.get("id").is_none() && !self.id_is_optional {
            self.wrong(format!("{prefix}id"), "is required");
        }
        let locale_id = self.text(value, prefix, "localeId");
        BulkEntry { page: id.unwrap_or_default(), locale_id, patch: self.patch(value, prefix) }
    }

    fn patch(&mut self, value: &Value, prefix: &str) -> Patch {
        Patch {
            title: self.text(value, prefix, "title"),
            slug: self.text(value, prefix, "slug"),
            seo: self.object(value, prefix, "seo").map(|seo| {
                let prefix = format!("{prefix}seo.");
                Seo {
                    title: self.text(&seo, &prefix, "title"),
                    description: self.text(&seo, &prefix, "description"),
                    undocumented: others(&seo, &["title", "description"]),
                }
            }),
            open_graph: self.object(value, prefix, "openGraph").map(|open_graph| {
                let prefix = format!("{prefix}openGraph.");
                OpenGraph {
                    title: self.text(&open_graph, &prefix, "title"),
                    title_copied: self.flag(&open_graph, &prefix, "titleCopied"),
                    description: self.text(&open_graph, &prefix, "description"),
                    description_copied: self.flag(&open_graph, &prefix, "descriptionCopied"),
                    undocumented: others(&open_graph, &["title", "titleCopied", "description", "descriptionCopied"]),
                }
            }),
        }
    }

    fn publish(&mut self, value: &Value) -> PublishOrder {
        let mut domains = Vec::new();
        match value.get("customDomains") {
            None => {}
            Some(Value::Array(ids)) if ids.iter().all(Value::is_string) => {
                domains.extend(ids.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            Some(_) => self.wrong("customDomains".to_owned(), "must be an array of strings"),
        }
        PublishOrder {
            domains,
            subdomain: self.flag(value, "", "publishToWebflowSubdomain").unwrap_or(false),
            page: self.text(value, "", "pageId"),
        }
    }

    fn text(&mut self, value: &Value, prefix: &str, key: &str) -> Option<String> {
        let found = value.get(key)?;
        if !found.is_string() {
            self.wrong(format!("{prefix}{key}"), "must be a string");
        }
        found.as_str().map(str::to_owned)
    }

    fn flag(&mut self, value: &Value, prefix: &str, key: &str) -> Option<bool> {
        let found = value.get(key)?;
        if !found.is_boolean() {
            self.wrong(format!("{prefix}{key}"), "must be a boolean");
        }
        found.as_bool()
    }

    fn object(&mut self, value: &Value, prefix: &str, key: &str) -> Option<Value> {
        let found = value.get(key)?;
        if !found.is_object() {
            self.wrong(format!("{prefix}{key}"), "must be an object");
            return Some(Value::Object(Map::new()));
        }
        Some(found.clone())
    }
}
