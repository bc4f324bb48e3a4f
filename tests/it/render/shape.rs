//! The shape of SARIF, for whatever writes it.

use serde_json::{Value as Json, json};

/// Returns the part of SARIF 2.1.0 that the program uses, with nothing beside it: required keys, kinds of values, and the
/// words that the standard allows.
pub(crate) fn sarif_shape() -> Json {
    let object = |required: &[&str], properties: Json| json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false});
    let text = json!({"type": "string", "minLength": 1});
    let message = object(&["text"], json!({"text": text}));
    let number = json!({"type": "integer", "minimum": 1});
    let region = object(&["startLine"], json!({"startLine": number, "startColumn": number}));
    let uri = json!({"type": "string", "pattern": "^(?!/)[A-Za-z0-9/._~%-]+$"});
    let artifact = object(&["uri"], json!({"uri": uri, "uriBaseId": {"const": "%SRCROOT%"}}));
    let physical = object(&["artifactLocation"], json!({"artifactLocation": artifact, "region": region}));
    let location = object(&["physicalLocation"], json!({"physicalLocation": physical, "message": message}));
    let level = json!({"enum": ["none", "note", "warning", "error"]});
    let result = object(
        &["message", "ruleId", "ruleIndex", "level", "locations", "partialFingerprints"],
        json!({
            "ruleId": text, "ruleIndex": {"type": "integer", "minimum": 0}, "level": level, "message": message,
            "locations": {"type": "array", "items": location, "minItems": 1, "maxItems": 1},
            "relatedLocations": {"type": "array", "items": location, "uniqueItems": true},
            "partialFingerprints": {"type": "object", "additionalProperties": text, "minProperties": 1},
        }),
    );
    let rule = object(
        &["id"],
        json!({
            "id": text, "shortDescription": message, "fullDescription": message, "help": message,
            "helpUri": {"type": "string", "pattern": "^https://"},
        }),
    );
    let driver = object(
        &["name"],
        json!({
            "name": text, "semanticVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
            "rules": {"type": "array", "items": rule, "uniqueItems": true},
        }),
    );
    let run = object(
        &["tool", "results"],
        json!({
            "tool": object(&["driver"], json!({"driver": driver})),
            "automationDetails": object(&["id"], json!({"id": {"type": "string", "pattern": "^slugline/.+/$"}})),
            "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            "invocations": {"type": "array", "items": object(
                &["executionSuccessful"],
                json!({"executionSuccessful": {"type": "boolean"}, "toolExecutionNotifications": {"type": "array"}}),
            )},
            "results": {"type": "array", "items": result},
        }),
    );
    object(
        &["version", "runs"],
        json!({
            "$schema": {"type": "string"}, "version": {"const": "2.1.0"},
            "runs": {"type": "array", "items": run, "minItems": 1, "maxItems": 1},
        }),
    )
}
