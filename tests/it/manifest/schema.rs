//! The schemas: fresh on disk, and of one mind with the program.

use std::sync::Arc;

use serde_json::Value;
use slugline::diagnostic;
use slugline::manifest::read;
use slugline::manifest::schema::{page_schema, project_schema};

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

#[test]
fn page_schema_agrees_with_the_program() {
    let validator = jsonschema::validator_for(&page_schema()).unwrap();
    for (text, is_valid) in [
        ("{path: /a, locales: {en: {}}}", true),
        ("{id: a1, locales: {en: {title: x, slug: '', seo: {title: x, description: y}}}}", true),
        ("{path: /, locales: {en: {openGraph: {title: x, titleCopied: false}}}}", true),
        ("{path: /, locales: {en: {openGraph: {titleCopied: true, description: x}}}}", true),
        ("{path: /, locales: {en: {openGraph: {title: x, titleCopied: true}}}}", false),
        ("{path: /, locales: {en: {openGraph: {description: '', descriptionCopied: true}}}}", false),
        ("{path: /, locales: {en: {openGraph: {titleCopied: 'true'}}}}", false),
        ("{locales: {en: {}}}", false),
        ("{path: /a}", false),
        ("{path: /a, locales: {}}", false),
        ("{path: /a, locales: }", false),
        ("{path: /a, locales: {en: }}", false),
        ("{path: /a, locales: {en: {seo: }}}", false),
        ("{path: /a, locales: {en: {title: }}}", false),
        ("{path: /a, locales: {en: {title: 404}}}", false),
        ("{path: /a, locales: {en: {title: true}}}", false),
        ("{path: /a, locales: {en: {title: [a]}}}", false),
        ("{path: /a, locales: {en: {titel: x}}}", false),
        ("{path: /a, locales: {en: {seo: {keywords: x}}}}", false),
        ("{path: /a, locales: {en: {openGraph: {image: x}}}}", false),
        ("{path: a, locales: {en: {}}}", false),
        ("{path: /a/, locales: {en: {}}}", false),
        ("{path: /a//b, locales: {en: {}}}", false),
        ("{path: '/a?b', locales: {en: {}}}", false),
        ("{path: '/a b', locales: {en: {}}}", false),
        ("{id: '', locales: {en: {}}}", false),
        ("{id: a-b, locales: {en: {}}}", false),
        ("{id: 12, locales: {en: {}}}", false),
        ("{id: , path: /a, locales: {en: {}}}", false),
        ("[]", false),
        ("text", false),
    ] {
        let (_, problems) = read::pages(&Arc::from("page.yaml"), text);
        assert_eq!(!diagnostic::has_errors(&problems), is_valid, "program: {text}\n{problems:?}");
        assert_eq!(validator.is_valid(&json(text)), is_valid, "schema: {text}");
    }
}

#[test]
fn project_schema_agrees_with_the_program() {
    let validator = jsonschema::validator_for(&project_schema()).unwrap();
    for (text, is_valid) in [
        ("{version: 1, site: a1}", true),
        ("{version: 1, environments: {staging: {site: a1}}}", true),
        (
            "{version: 1, site: a1, pages: [a.yaml], locales: {required: [en]}, guards: {mass-update: {percent: 0}}}",
            true,
        ),
        ("{version: 1, site: a1, guards: {mass-update: {percent: 100, floor: 10, ceiling: 200}}}", true),
        ("{version: 1, site: a1, locales: {}}", true),
        ("{site: a1}", false),
        ("{version: 2, site: a1}", false),
        ("{version: '1', site: a1}", false),
        ("{version: 1}", false),
        ("{version: 1, site: a1, environments: {staging: {site: a1}}}", false),
        ("{version: 1, environments: {}}", false),
        ("{version: 1, environments: {staging: {}}}", false),
        ("{version: 1, environments: {staging: a1}}", false),
        ("{version: 1, site: }", false),
        ("{version: 1, site: ''}", false),
        ("{version: 1, site: a1, pages: }", false),
        ("{version: 1, site: a1, pages: []}", false),
        ("{version: 1, site: a1, pages: ['']}", false),
        ("{version: 1, site: a1, pages: [/etc/*]}", false),
        ("{version: 1, site: a1, pages: [../a]}", false),
        ("{version: 1, site: a1, pages: ['!a']}", false),
        ("{version: 1, site: a1, pages: a.yaml}", false),
        ("{version: 1, site: a1, locales: {required: [1]}}", false),
        ("{version: 1, site: a1, guards: {mass-update: {percent: 101}}}", false),
        ("{version: 1, site: a1, guards: {mass-update: {floor: -1}}}", false),
        ("{version: 1, site: a1, guards: {mass_update: {}}}", false),
        ("{version: 1, site: a1, lint: {}}", false),
    ] {
        let (_, problems) = read::project(&Arc::from("slugline.yaml"), text);
        assert_eq!(!diagnostic::has_errors(&problems), is_valid, "program: {text}\n{problems:?}");
        assert_eq!(validator.is_valid(&json(text)), is_valid, "schema: {text}");
    }
}

fn json(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}
