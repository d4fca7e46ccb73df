//! The wire-compatible part of the API, to the letter: what a client that was written for the public Clockwork API
//! relies on. A test that fails here has found a change that breaks such clients, however sensible it looks.

mod categories;
mod errors;
mod health;
mod projects;
mod time;
mod tolerances;

use serde_json::Value;

/// A well-formed id that nothing has.
const UNKNOWN_ID: &str = "019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10";

/// The names of an object's fields, sorted.
#[track_caller]
fn fields(object: &Value) -> Vec<&str> {
    let mut names: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// Whether a text is a version 7 UUID as the server writes them.
fn is_id(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    uuid::Uuid::try_parse(text).is_ok_and(|id| id.get_version_num() == 7 && id.hyphenated().to_string() == text)
}

/// Whether a value is a timestamp in UTC, written with `Z`.
fn is_time(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok()
}
