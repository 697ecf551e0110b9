// SPDX-License-Identifier: MIT OR Apache-2.0
//! Holds what is written against the schemas in `docs/`, which other programs rely on.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// Fails unless a document is as its schema says, and the schema describes all of it.
pub(crate) fn conforms(schema: &str, text: &str) {
    let document: Value = serde_json::from_str(text).expect("JSON");
    let mut schema = read(schema);
    // Readers pass over fields that they do not know; we must describe all that we write.
    nothing_else(&mut schema);
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let faults: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{}\n{text}", faults.join("\n"));
}

/// Whether a document is as its schema says.
pub(crate) fn takes(schema: &str, text: &str) -> bool {
    let document: Value = serde_json::from_str(text).expect("JSON");
    jsonschema::validator_for(&read(schema)).expect("a schema").is_valid(&document)
}

fn read(schema: &str) -> Value {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let text = fs::read_to_string(docs.join(format!("{schema}.schema.json"))).expect("it is in docs/");
    serde_json::from_str(&text).expect("JSON")
}

/// Forbids all that is not described, at every depth.
fn nothing_else(schema: &mut Value) {
    if let Value::Object(fields) = schema {
        if fields.contains_key("properties") {
            fields.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
        fields.values_mut().for_each(nothing_else);
    } else if let Value::Array(items) = schema {
        items.iter_mut().for_each(nothing_else);
    }
}
