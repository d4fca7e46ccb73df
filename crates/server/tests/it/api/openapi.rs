//! `/api/openapi.json` and `/api/docs`, and what the document says of every operation.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::TestApp;

const SCOPE: &str = "/api/workspaces/{workspaceId}";

fn document() -> Value {
    serde_json::to_value(clockwork_server::openapi::document()).unwrap()
}

/// Every operation: path, method, description.
fn operations(document: &Value) -> Vec<(&str, Method, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| {
            (path.as_str(), Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), operation)
        })
    });
    operations.collect()
}

/// A path with an id for each parameter.
fn filled(path: &str, workspace: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{workspaceId}" => workspace,
        part if part.starts_with('{') => "019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[actix_web::test]
async fn the_document_is_served_and_is_the_committed_one() {
    let app = TestApp::spawn().await;
    let served = app.get("/api/openapi.json").await.ok();
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(served.json, document());
    let committed: Value = serde_json::from_str(include_str!("../../../../../docs/openapi.json")).unwrap();
    assert!(served.json == committed, "docs/openapi.json is not what the server says; `just openapi` writes it");
}

#[actix_web::test]
async fn the_page_and_its_assets_are_served_by_the_server_itself() {
    let app = TestApp::spawn().await;
    let page = app.get("/api/docs").await.ok();
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.header("content-type"));
    let quoted = page.text.split(['"', '\'']).filter(|part| part.ends_with(".js") || part.ends_with(".css"));
    let assets: BTreeSet<_> = quoted.collect();
    assert!(assets.len() >= 3, "{assets:?}");
    for asset in assets {
        assert!(!asset.contains("//"), "{asset} comes from elsewhere");
        app.get(&format!("/api/docs/{}", asset.trim_start_matches("./"))).await.ok();
    }
    let script = || TestApp::http_client().get(format!("{}/api/docs/swagger-ui-bundle.js", app.url));
    let plain = script().send().await.unwrap();
    assert_eq!((plain.status(), plain.headers().get("content-encoding")), (StatusCode::OK, None));
    let plain = plain.bytes().await.unwrap();
    let small = script().header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(small.headers()["content-encoding"], "gzip");
    assert!(small.headers()["vary"].to_str().unwrap().starts_with("accept-encoding"));
    let small = small.bytes().await.unwrap();
    assert!(small.starts_with(&[0x1f, 0x8b]) && small.len() < plain.len() / 2, "{} of {}", small.len(), plain.len());
    app.get("/api/docs/nope.js").await.refused(404, "not_found");
    app.get("/api/docs/..%2f..%2fCargo.toml").await.refused(404, "not_found");
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn references<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 10, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn operations_have_names_of_their_own_a_tag_and_a_sentence() {
    let document = document();
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no name"));
        assert!(names.insert(name), "{name} is the name of two operations");
        assert!(operation["summary"].as_str().is_some_and(|text| text.ends_with('.')), "{method} {path}: no sentence");
        assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{method} {path}");
    }
}

#[test]
fn every_parameter_of_a_path_is_described() {
    let document = document();
    for (path, method, operation) in operations(&document) {
        let named: BTreeSet<_> = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let described = parameters.iter().filter(|parameter| parameter["in"] == "path");
        let described: Vec<_> = described.map(|parameter| parameter["name"].as_str().unwrap()).collect();
        assert_eq!(described.iter().copied().collect::<BTreeSet<_>>(), named, "{method} {path}");
        assert_eq!(described.len(), named.len(), "{method} {path} describes one twice");
    }
}

#[test]
fn answers_say_of_each_field_whether_it_is_always_there() {
    // Fields that are left out when there is nothing to say; every other one is in every answer.
    let optional = [
        ("Category", "description"),
        ("Error", "fields"),
        ("Error", "import"),
        ("Project", "description"),
        ("TimeEntry", "overlaps"),
        ("TimeTotals", "timeZone"),
        ("TimeTotals", "days"),
        ("FieldError", "limits"),
        ("FieldError", "found"),
    ];
    let document = document();
    let answers = [
        "Me",
        "OwnWorkspace",
        "AuditLogLine",
        "Invitation",
        "SentInvitation",
        "Member",
        "ProjectMember",
        "User",
        "Settings",
        "Workspace",
        "Client",
        "Project",
        "Category",
        "Tag",
        "TimeEntry",
        "TimeTotals",
        "DayTotals",
        "Error",
        "FieldError",
    ];
    for name in answers {
        let schema = &document["components"]["schemas"][name];
        let required: BTreeSet<_> =
            schema["required"].as_array().unwrap().iter().map(|field| field.as_str().unwrap()).collect();
        for field in schema["properties"].as_object().unwrap().keys() {
            let expected = !optional.contains(&(name, field.as_str()));
            assert_eq!(required.contains(field.as_str()), expected, "{name}.{field}");
        }
    }
}

#[test]
fn every_path_exists_in_the_short_and_in_the_long_form() {
    let document = document();
    let described = operations(&document);
    for (path, method, operation) in &described {
        // What belongs to no workspace, and says who may call it.
        if operation["x-access"].is_string() || operation["x-token-scope"].is_string() {
            assert!(operation["x-capability"].is_null(), "{method} {path}");
            continue;
        }
        let other = match path.strip_prefix(SCOPE) {
            Some(rest) => format!("/api{rest}"),
            None => path.replacen("/api", SCOPE, 1),
        };
        assert!(described.iter().any(|(path, m, _)| *path == other && m == method), "{method} {path} without {other}");
    }
}

#[actix_web::test]
async fn every_operation_checks_its_caller_and_workspace() {
    let app = TestApp::spawn().await;
    let neighbour = app.neighbour().await;
    let before = app.contents().await;
    let document = document();
    let mut looked_at = 0;
    for (path, method, _) in operations(&document) {
        let body = json!({}).to_string();
        for (workspace, status, code) in [
            ("019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10", 404, "not_found"),
            (neighbour.workspace, 404, "not_found"),
            ("not-an-id", 400, "invalid_id"),
            ("%20", 400, "invalid_id"),
        ] {
            if path.starts_with(SCOPE) {
                let request = app.request(method.clone(), &filled(path, workspace));
                let answer = app.send(request.body(body.clone())).await;
                let named = answer.refused(status, code);
                if status == 404 {
                    assert_eq!(named.json["message"], "there is no such workspace", "{method} {path}");
                } else {
                    named.names("workspaceId", "invalid_format");
                }
                looked_at += 1;
            }
        }
    }
    assert!(looked_at >= 4 * 30, "{looked_at}");
    let after = app.contents().await;
    // The caller's own workspace is made, and told of, by the first request of all.
    for ((table, before), (_, after)) in before.iter().zip(&after) {
        if !["events", "memberships", "users", "workspaces"].contains(&table.as_str()) {
            assert_eq!(before, after, "{table}");
        }
    }
}

#[actix_web::test]
async fn every_path_refuses_other_methods_and_says_which_it_takes() {
    let app = TestApp::spawn().await;
    let document = document();
    let workspace = app.get("/api/me").await.ok().json["workspace"]["id"].as_str().unwrap().to_owned();
    let every = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    for (path, item) in document["paths"].as_object().unwrap() {
        let item = item.as_object().unwrap();
        let taken: Vec<_> = every.into_iter().filter(|method| item.contains_key(&method.to_lowercase())).collect();
        for wrong in every.into_iter().filter(|method| !taken.contains(method)) {
            let method = Method::from_bytes(wrong.as_bytes()).unwrap();
            let refused = app.send(app.request(method, &filled(path, &workspace))).await;
            let refused = refused.refused(405, "method_not_allowed");
            let allowed: Vec<_> = refused.header("allow").split(", ").filter(|method| *method != "HEAD").collect();
            assert_eq!(allowed, taken, "{wrong} {path}");
        }
    }
}
