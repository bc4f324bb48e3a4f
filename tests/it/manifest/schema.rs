//! The schemas: fresh on disk, and of one mind with the program.

use std::sync::Arc;

use serde_json::Value;
use slugline::diagnostic::{self, Diagnostic};
use slugline::manifest::read;
use slugline::manifest::schema::{page_schema, page_schema_for, project_schema};

#[test]
fn committed_schemas_are_fresh() {
    for (name, schema) in [("page", page_schema()), ("project", project_schema())] {
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let file = super::root().join(format!("schema/{name}.schema.json"));
        super::expect(&file, &text).unwrap();
    }
}

#[test]
fn schemas_are_schemas() {
    for schema in [page_schema(), project_schema()] {
        jsonschema::meta::validate(&schema).unwrap();
    }
}

/// What a table of cases says: which texts are valid, which are not, and which are no YAML to begin with.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    good: Vec<String>,
    bad: Vec<String>,
    #[serde(default)]
    broken: Vec<String>,
}

/// Holds the program and a schema against a table. Editors are held against the same one by `tests/e2e/editor`.
fn check(name: &str, schema: &Value, problems: fn(&str) -> Vec<Diagnostic>) {
    let path = super::root().join(format!("tests/cases/schema/{name}.yaml"));
    let table: Table = serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(schema).unwrap();
    let rated = |texts: &[String], is_valid: bool| {
        for text in texts {
            let problems = problems(text);
            assert_eq!(!diagnostic::has_errors(&problems), is_valid, "program: {text}\n{problems:?}");
            assert_eq!(validator.is_valid(&json(text)), is_valid, "schema: {text}");
        }
    };
    rated(&table.good, true);
    rated(&table.bad, false);
    for text in &table.broken {
        assert!(diagnostic::has_errors(&problems(text)), "program: {text}");
    }
}

#[test]
fn page_schema_agrees_with_the_program() {
    check("page", &page_schema(), |text| read::pages(&Arc::from("page.yaml"), text).1);
}

#[test]
fn page_schema_for_a_site_knows_its_locales_and_takes_others_too() {
    let schema = page_schema_for(["en-US", "fr-FR"]);
    let known = schema["properties"]["locales"]["properties"].as_object().unwrap();
    assert_eq!(known.keys().collect::<Vec<_>>(), ["en-US", "fr-FR"]);
    check("page", &schema, |text| read::pages(&Arc::from("page.yaml"), text).1);
}

#[test]
fn project_schema_agrees_with_the_program() {
    check("project", &project_schema(), |text| read::project(&Arc::from("slugline.yaml"), text).1);
}

fn json(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}
