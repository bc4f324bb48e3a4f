//! JSON Schemas of the file formats, for editors. Made from the same types that read the files.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::page::PageManifest;
use super::project::Project;

/// Names the schemas wherever they lie; it must not change from release to release.
const BASE: &str = "urn:slugline:schema";

/// Returns the schema of one page document.
pub fn page_schema() -> Value {
    page_schema_for(["primary"])
}

/// Returns the schema of one page document for a site with these locales, so that an editor offers their tags.
pub fn page_schema_for<'t>(locales: impl IntoIterator<Item = &'t str>) -> Value {
    let mut schema = schema::<PageManifest>("page");
    let known: Map<String, Value> =
        locales.into_iter().map(|tag| (tag.to_owned(), json!({"$ref": "#/$defs/LocaleManifest"}))).collect();
    schema["properties"]["locales"]["properties"] = known.into();
    schema
}

/// Returns the schema of `slugline.yaml`.
pub fn project_schema() -> Value {
    schema::<Project>("project")
}

/// Returns the text with its paragraphs on one line each.
fn unwrapped(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

fn schema<T: JsonSchema>(name: &str) -> Value {
    let schema = SchemaSettings::draft2020_12()
        .for_deserialize()
        // An editor would offer the default as a value, and `null` is none here.
        .with_transform(RecursiveTransform(|schema: &mut Schema| {
            schema.remove("default");
            schema.remove("format");
            // Editors show this one formatted; the lines of a comment in the code are none of theirs.
            if let Some(description) = schema.get("description").and_then(Value::as_str).map(unwrapped) {
                schema.insert("description".to_owned(), description.clone().into());
                schema.insert("markdownDescription".to_owned(), description.into());
            }
        }))
        .into_generator()
        .into_root_schema_for::<T>();
    let mut out = json!({
        "$schema": null,
        "$id": format!("{BASE}:{name}:1"),
    });
    if let (Some(out), Value::Object(schema)) = (out.as_object_mut(), schema.to_value()) {
        out.extend(schema);
    }
    out
}
