//! JSON Schemas of the file formats, for editors. Made from the same types that read the files.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use super::page::PageManifest;
use super::project::Project;

/// Names the schemas wherever they lie; it must not change from release to release.
const BASE: &str = "urn:slugline:schema";

/// Returns the schema of one page document.
pub fn page_schema() -> Value {
    schema::<PageManifest>("page")
}

/// Returns the schema of `slugline.yaml`.
pub fn project_schema() -> Value {
    schema::<Project>("project")
}

fn schema<T: JsonSchema>(name: &str) -> Value {
    let schema = SchemaSettings::draft2020_12()
        .for_deserialize()
        // An editor would offer the default as a value, and `null` is none here.
        .with_transform(RecursiveTransform(|schema: &mut Schema| {
            schema.remove("default");
            schema.remove("format");
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
