//! Holds every answer of every test against the OpenAPI document: the path is there, its operation lists the status, and an error has
//! the envelope with a code that the operation lists.

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
    let known = ["code", "message", "requestId", "fields", "import"];
    assert!(body.keys().all(|key| known.contains(&key.as_str())), "{method} {path}: {}", answer.text);
    let text = answer.text.to_lowercase();
    for leak in ["select ", "insert into", "violates", "constraint", "diesel", "tokio", "postgres"] {
        assert!(!text.contains(leak), "{method} {path} leaks {leak:?}: {}", answer.text);
    }
}

fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.trim_end_matches('/');
    // A path without parameters wins over one with: `bulk-edit` is no entry's id.
    let matching = PATHS.iter().filter(|(pattern, _)| pattern.is_match(path));
    let (_, pattern) = matching.min_by_key(|(_, pattern)| pattern.matches('{').count())?;
    let operation = &DOCUMENT["paths"][pattern][method.as_str().to_lowercase()];
    operation.is_object().then_some(operation)
}
