//! `/api/clients`

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::TestApp;

#[actix_web::test]
async fn a_client_is_made_read_changed_listed_and_deleted() {
    let app = TestApp::spawn().await;
    assert_eq!(app.get("/api/clients").await.ok().text, "[]");
    let made = app.post("/api/clients", json!({"name": "  Acme "})).await.created();
    assert_eq!(made.json["name"], "Acme");
    assert_eq!(made.json["archived"], false);
    let path = format!("/api/clients/{}", made.id());
    assert_eq!(app.get(&path).await.ok().json, made.json);
    app.advance(TimeDelta::seconds(1));
    let changed = app.patch(&path, json!({"name": "Acme & Sons"})).await.ok();
    assert_eq!(changed.json["name"], "Acme & Sons");
    assert_eq!(changed.json["createdAt"], made.json["createdAt"]);
    assert_eq!(changed.json["updatedAt"], "2026-03-02T09:00:01.123456Z");
    assert_eq!(app.patch(&path, json!({})).await.ok().json["name"], "Acme & Sons");
    app.post("/api/clients", json!({"name": "Aardvark"})).await.created();
    assert_eq!(app.get("/api/clients").await.ok().each("name"), ["Acme & Sons", "Aardvark"], "oldest first");
    app.delete(&path).await.is(204);
    app.get(&path).await.refused(404, "not_found");
    app.delete(&path).await.refused(404, "not_found");
    app.patch(&path, json!({"name": "x"})).await.refused(404, "not_found");
}

#[actix_web::test]
async fn no_two_clients_have_the_same_name() {
    let app = TestApp::spawn().await;
    let acme = app.post("/api/clients", json!({"name": "Acme"})).await.created().id();
    let other = app.post("/api/clients", json!({"name": "Other"})).await.created().id();
    for name in ["Acme", "ACME", " acme "] {
        app.post("/api/clients", json!({"name": name})).await.refused(409, "duplicate_client_name");
        app.patch(&format!("/api/clients/{other}"), json!({"name": name})).await.refused(409, "duplicate_client_name");
    }
    let renamed = app.patch(&format!("/api/clients/{acme}"), json!({"name": "ACME"})).await.ok();
    assert_eq!(renamed.json["name"], "ACME", "its own name in other letters");
    app.post("/api/clients", json!({"name": "Ängström"})).await.created();
    app.post("/api/clients", json!({"name": "äNGSTRÖM"})).await.refused(409, "duplicate_client_name");
}

#[actix_web::test]
async fn clients_are_archived_brought_back_and_filtered() {
    let app = TestApp::spawn().await;
    let old = app.post("/api/clients", json!({"name": "Old"})).await.created().id();
    let new = app.post("/api/clients", json!({"name": "New"})).await.created().id();
    assert_eq!(app.patch(&format!("/api/clients/{old}"), json!({"archived": true})).await.ok().json["archived"], true);
    for (query, expected) in [
        ("", vec![old.clone(), new.clone()]),
        ("?archived=true", vec![old.clone()]),
        ("?archived=false", vec![new.clone()]),
        ("?archived=", vec![old.clone(), new.clone()]),
    ] {
        assert_eq!(app.get(&format!("/api/clients{query}")).await.ok().ids(), expected, "{query}");
    }
    assert_eq!(
        app.patch(&format!("/api/clients/{old}"), json!({"archived": false})).await.ok().json["archived"],
        false
    );
    app.get("/api/clients?archived=yes").await.refused(400, "invalid_query").names("archived", "invalid_format");
    app.get("/api/clients?archived=true&archived=true")
        .await
        .refused(400, "invalid_query")
        .names("archived", "invalid_format");
    app.get("/api/clients?archivd=true").await.refused(400, "invalid_query").names("archivd", "unknown_field");
}

#[actix_web::test]
async fn a_client_with_projects_stays() {
    let app = TestApp::spawn().await;
    let client = app.post("/api/clients", json!({"name": "Acme"})).await.created().id();
    let project = app.post("/api/projects", json!({"name": "a", "clientId": client})).await.created().id();
    let path = format!("/api/clients/{client}");
    app.delete(&path).await.refused(409, "client_in_use");
    let freed = app.patch(&format!("/api/projects/{project}"), json!({"clientId": null})).await.ok();
    assert_eq!(freed.json["clientId"], Value::Null);
    app.delete(&path).await.is(204);
}

#[actix_web::test]
async fn each_bad_field_is_named() {
    let app = TestApp::spawn().await;
    let path = format!("/api/clients/{}", app.post("/api/clients", json!({"name": "a"})).await.created().id());
    for (value, code) in [
        (json!(null), "required"),
        (json!(" "), "empty"),
        (json!("x".repeat(256)), "too_long"),
        (json!("a\nb"), "control_characters"),
    ] {
        let body = json!({"name": value});
        app.post("/api/clients", body.clone()).await.refused(400, "invalid_client_name").names("name", code);
        app.patch(&path, body).await.refused(400, "invalid_client_name").names("name", code);
    }
    app.post("/api/clients", json!({})).await.refused(400, "invalid_client_name").names("name", "required");
    app.patch(&path, json!({"archived": null})).await.refused(400, "invalid_json").names("archived", "invalid_type");
    app.patch(&path, json!({"archived": "yes"})).await.refused(400, "invalid_json").names("archived", "invalid_type");
    assert_eq!(app.get("/api/clients").await.ok().each("name"), ["a"]);
}
