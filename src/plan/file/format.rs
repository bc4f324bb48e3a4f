//! The plan file's format, version 1: plain data for serde and schemars.
//!
//! Mirrors the plan without being it, so that the core can change and old files stay readable.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What `slugline plan --format json` and `slugline plan -o FILE` write: the changes a plan consists of, the requests
/// that make them, and what must be so before they are sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "slugline plan")]
pub struct PlanFile {
    /// The format's version, `major.minor`. A minor step only adds; a reader refuses a newer major.
    pub format_version: String,
    /// `sha256:` and the SHA-256 over everything but `digest`, `source`, `live` and `exit`, as JSON with sorted keys.
    pub digest: String,
    /// The site that the plan is for.
    pub target: Target,
    /// The commit of the manifests, if they lie in a git repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Whether it compares two commits and knows nothing of the site; such a plan cannot be applied.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub offline: bool,
    /// What was read from the site.
    pub live: Live,
    /// Counts.
    pub summary: Summary,
    /// The fields that change; then those that somebody has changed on the site and that are kept as they are.
    pub changes: Vec<Change>,
    /// The requests, in order.
    pub operations: Vec<Operation>,
    /// Guards that the plan trips; `apply` refuses until each is allowed by name.
    pub guards: Vec<Guard>,
    /// What is wrong or worth knowing; then what the lint says of the fields that change.
    pub diagnostics: Vec<Diagnostic>,
    /// How the command ended that made the plan.
    pub exit: Exit,
}

/// The site that the plan is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Target")]
pub struct Target {
    /// The site's id.
    pub site: String,
    /// The site's name.
    pub name: String,
    /// The project's environment, if it has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// The full hash.
    pub commit: String,
    /// Whether what was read differed from it: the project file, or a manifest.
    pub dirty: bool,
    /// The full hash of the commit that differences are told by; missing without `--base`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
}

/// What was read from the site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Live {
    /// Pages of the site, branch pages left out.
    pub pages: usize,
    /// Locales of the site.
    pub locales: usize,
    /// Requests sent to read it.
    pub requests: u64,
}

/// Counts of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Fields that are written.
    pub changes: usize,
    /// Of these, fields that read as wanted but are written so that they stay.
    pub pinned: usize,
    /// Of these, fields that the base does not state.
    #[serde(default)]
    pub new: usize,
    /// Fields that were changed on the site alone, kept or written.
    #[serde(default)]
    pub drift: usize,
    /// Fields that were changed on both sides, decided or not.
    #[serde(default)]
    pub conflicts: usize,
    /// Fields that read otherwise than wanted and are not written.
    #[serde(default)]
    pub kept: usize,
    /// Requests that write.
    pub operations: usize,
    /// Pages written.
    pub pages: usize,
    /// Page-locales written.
    pub page_locales: usize,
    /// Page-locales that the manifests manage, of those selected by `--page` and `--locale`.
    pub managed_page_locales: usize,
    /// Pages, or parts of them, that the base states and the manifests do not any more; missing if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<usize>,
}

/// One field of one page in one locale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The page's id; its path in an offline plan if the manifest names no id.
    pub page: String,
    /// The page's path in the primary locale.
    pub path: String,
    /// The locale's tag.
    pub locale: String,
    /// The field, `seo.title`.
    pub field: String,
    /// `change`: changed in the manifest; without a base, manifest and site differ. `drift`: changed on the site alone.
    /// `conflict`: changed on both sides. `new`: not stated in the base. `pinned`: written so that it stays when the
    /// primary locale changes.
    pub class: String,
    /// Whether it is written. Drift and conflicts are not, unless that was asked for.
    #[serde(default = "yes")]
    pub written: bool,
    /// What the base states; missing if it does not, or if there is no base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Value>,
    /// What it reads now; in an offline plan, what the base states.
    pub before: Value,
    /// What the manifest states: what it will read, if it is written.
    pub after: Value,
    /// For an Open Graph text or its flag that was changed on the site: what the two say together; else missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Cards>,
    /// Where the manifest says so.
    pub source: Location,
    /// `slug-change`, `blanking`, `binding-overwrite`, `locale-off`.
    pub risks: Vec<String>,
    /// Secondary locales that inherit the field and will move along.
    pub followers: Vec<String>,
    /// For a slug: the published addresses that move with it.
    pub redirects: Vec<Redirect>,
}

/// Every change of a plan was written before drift was known.
fn yes() -> bool {
    true
}

/// An Open Graph text and its flag on all sides, named as those of the change itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cards {
    /// As the base states them; missing if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Card>,
    /// As the site has them.
    pub before: Card,
    /// As the manifest states them.
    pub after: Card,
}

/// An Open Graph text and its flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Card {
    /// Whether it reads as the SEO field does.
    pub copied: bool,
    /// The text of its own; missing if it is copied, or if nothing is said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// An address that moves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Redirect {
    /// The locale's tag.
    pub locale: String,
    /// The published path.
    pub from: String,
    /// The path after the next publish.
    pub to: String,
    /// Whether another page of the plan moves to the old path, so that nothing can redirect from it.
    #[serde(default)]
    pub reused: bool,
    /// Whether a draft of the plan moves to the old path, so that a redirect helps until the draft is published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reused_by_draft: bool,
}

/// A field's value: text, or a flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// Text; empty where nothing is set.
    Text(String),
    /// A flag.
    Flag(bool),
}

/// A place in a file of the project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// Path from the project's folder.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One request that writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Operation {
    /// Its place in the plan, from 0.
    pub order: usize,
    /// Operations of a lower level go first.
    pub level: u32,
    /// Operations that must have succeeded, by `order`.
    pub needs: Vec<usize>,
    /// The page's id.
    pub page: String,
    /// The page's path in the primary locale.
    pub path: String,
    /// The locale's tag.
    pub locale: String,
    /// The locale's id; missing for the primary locale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale_id: Option<String>,
    /// `write`, or `temporary-slug` where pages exchange slugs.
    pub purpose: String,
    /// Whether it holds a pinned value and is sent even if everything reads as wanted.
    pub pins: bool,
    /// The request's body.
    #[schemars(with = "BTreeMap<String, Json>")]
    pub body: serde_json::Map<String, Json>,
    /// What the fields concerned must read before it is sent.
    pub precondition: BTreeMap<String, Value>,
    /// What the leaves of `seo` and `openGraph` that slugline does not manage, such as the share image, must read before
    /// it is sent and after. The body holds them as they were read, so that the server does not drop them: one leaf of the
    /// share image, and in a secondary locale none that equals the primary's. An object, a list or a long text stands here
    /// as its SHA-256, `{"sha256": "…"}`, and is not sent. Missing if there are none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Json>,
}

/// A guard that the plan trips.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Guard {
    /// The name for `--allow`.
    pub name: String,
    /// How many there are of what it counts.
    pub count: usize,
    /// How many it lets pass.
    pub limit: usize,
    /// What that means.
    pub message: String,
    /// Up to three examples.
    pub worst: Vec<String>,
}

/// A problem, and where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    /// Its code.
    pub code: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// What is wrong.
    pub message: String,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// For what the lint says of a field that changes: the page, as in `changes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// The locale's tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Exit {
    /// The exit code.
    pub code: u8,
    /// Its name.
    pub name: String,
}
