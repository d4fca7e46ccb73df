//! Holds every answer of every test against the OpenAPI document: the path is there, its operation lists the status,
//! and an error has the envelope with a code that the operation lists.

use std::sync::LazyLock;

use actix_web::dev::ResourceDef;
use clockwork_server::openapi;
use reqwest::Method;
use serde_json::Value;

use super::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(openapi::document()).unwrap());

static PATHS: LazyLock<Vec<(ResourceDef, String)>> = LazyLock::new(|| {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths.keys().map(|path| (ResourceDef::new(path.as_str()), path.clone())).collect()
});

/// Panics when the answer breaks the contract.
#[track_caller]
pub fn check(method: &Method, path: &str, answer: &Answer) {
    if !answer.headers.contains_key("x-request-id") {
        panic!("{method} {path}: no X-Request-ID");
    }
    let error = answer.status.is_client_error() || answer.status.is_server_error();
    if error && path.starts_with("/api") {
        check_envelope(method, path, answer);
    }
    if let Some(operation) = operation(method, path) {
        let listed = &operation["responses"][answer.status.as_str()];
        assert!(listed.is_object(), "{method} {path} does not list {}: {}", answer.status, answer.text);
        if error {
            let codes = listed["description"].as_str().unwrap_or_default();
            let code = answer.json["code"].as_str().unwrap_or_default();
            assert!(codes.contains(&format!("`{code}`")), "{method} {path} lists {codes}, answered {code}");
        }
    }
}

fn check_envelope(method: &Method, path: &str, answer: &Answer) {
    let body = answer.json.as_object().unwrap_or_else(|| panic!("{method} {path}: no envelope: {}", answer.text));
    for field in ["code", "message", "requestId"] {
        assert!(body.get(field).is_some_and(Value::is_string), "{method} {path}: no {field} in {}", answer.text);
    }
    assert_eq!(answer.header("x-request-id"), body["requestId"], "{method} {path}: {}", answer.text);
    for field in body.get("fields").and_then(Value::as_array).into_iter().flatten() {
        check_limits(field);
    }
    let known = ["code", "message", "requestId", "fields", "import"];
    assert!(body.keys().all(|key| known.contains(&key.as_str())), "{method} {path}: {}", answer.text);
    let text = answer.text.to_lowercase();
    for leak in ["select ", "insert into", "violates", "constraint", "diesel", "tokio", "postgres"] {
        assert!(!text.contains(leak), "{method} {path} leaks {leak:?}: {}", answer.text);
    }
}

/// A client can write its own sentence about a field: each code that has limits comes with them as data.
fn check_limits(error: &Value) {
    let has = |name: &str| error["limits"].get(name).is_some();
    let complete = match error["code"].as_str().unwrap_or_default() {
        "too_long" => has("max"),
        "too_short" => has("min"),
        "common" | "like_address" | "wrong_code" => true,
        // What these are compared with is a stored entry, or the present.
        "out_of_range" if ["startedAt", "stoppedAt", "at", "expiresAt"].iter().any(|name| error["field"] == **name) => {
            true
        }
        "out_of_range" => has("min") || has("max") || has("earliest") || has("latest"),
        "invalid_format" => has("format") || has("allowed"),
        "control_characters" => error.get("found").is_some(),
        "required" | "empty" | "unknown_field" | "invalid_type" | "not_found" | "duplicate" => true,
        _ => false,
    };
    assert!(complete, "a code that is not known, or without its limits: {error}");
    let known = ["field", "code", "message", "limits", "found"];
    assert!(error.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{error}");
}

fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.trim_end_matches('/');
    // A path without parameters wins over one with: `bulk-edit` is no entry's id.
    let matching = PATHS.iter().filter(|(pattern, _)| pattern.is_match(path));
    let (_, pattern) = matching.min_by_key(|(_, pattern)| pattern.matches('{').count())?;
    let operation = &DOCUMENT["paths"][pattern][method.as_str().to_lowercase()];
    operation.is_object().then_some(operation)
}
