//! `/api/projects`

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::TestApp;

#[actix_web::test]
async fn a_project_is_made_read_changed_listed_and_deleted() {
    let app = TestApp::spawn().await;
    assert_eq!(app.get("/api/projects").await.ok().json, json!([]));

    let made = app.post("/api/projects", json!({"name": "  Website ", "description": "the new one"})).await.created();
    let project = format!("/api/projects/{}", made.id());
    assert_eq!(made.json["name"], "Website");
    assert_eq!(made.json["description"], "the new one");
    assert_eq!(made.json["createdAt"], made.json["updatedAt"]);
    assert_eq!(made.json["createdAt"], "2026-03-02T09:00:00.123456Z");
    assert_eq!(app.get(&project).await.ok().json, made.json);

    app.advance(TimeDelta::seconds(1));
    let changed = app.patch(&project, json!({"name": "Site"})).await.ok();
    assert_eq!(changed.json["name"], "Site");
    assert_eq!(changed.json["description"], "the new one", "what a patch leaves out stays");
    assert_eq!(changed.json["updatedAt"], "2026-03-02T09:00:01.123456Z");
    let cleared = app.patch(&project, json!({"description": null})).await.ok();
    assert_eq!(cleared.json.get("description"), None, "absent when there is none");

    app.project("Second").await;
    assert_eq!(app.get("/api/projects").await.ok().each("name"), ["Site", "Second"]);
    app.delete(&project).await.is(204);
    app.get(&project).await.refused(404, "not_found");
    assert_eq!(app.count("SELECT count(*) FROM projects").await, 1);
}

#[actix_web::test]
async fn a_project_has_a_colour_a_client_and_a_default_for_billable() {
    let app = TestApp::spawn().await;
    let client = app.post("/api/clients", json!({"name": "Acme"})).await.created().id();
    let body = json!({"name": "a", "color": "#A0B1C2", "clientId": client, "billable": true});
    let made = app.post("/api/projects", body).await.created();
    assert_eq!(made.json["color"], "#a0b1c2", "in lower case");
    assert_eq!(made.json["clientId"], client);
    assert_eq!(made.json["billable"], true);
    assert_eq!(made.json["archived"], false);

    let path = format!("/api/projects/{}", made.id());
    let changed = app.patch(&path, json!({"color": "#ffffff", "clientId": null, "billable": false})).await.ok();
    assert_eq!(changed.json["color"], "#ffffff");
    assert_eq!(changed.json.get("clientId"), Some(&Value::Null));
    assert_eq!(changed.json["billable"], false);
    let again = app.patch(&path, json!({"clientId": client})).await.ok();
    assert_eq!(again.json["clientId"], client);
}

#[actix_web::test]
async fn a_colour_left_out_is_chosen_and_consecutive_ones_differ() {
    let app = TestApp::spawn().await;
    let mut colors = Vec::new();
    for body in [json!({"name": "a"}), json!({"name": "b", "color": null}), json!({"name": "c", "clientId": null})] {
        let color = app.post("/api/projects", body).await.created().json["color"].clone();
        assert!(color.as_str().unwrap().starts_with('#'));
        assert!(!colors.contains(&color), "{colors:?} has {color} already");
        colors.push(color);
    }
}

#[actix_web::test]
async fn projects_of_one_name_may_be_several() {
    let app = TestApp::spawn().await;
    let (one, two) = (app.project("Same").await, app.project("Same").await);
    assert_eq!(app.get("/api/projects").await.ok().ids(), [one, two]);
}

#[actix_web::test]
async fn projects_are_archived_brought_back_and_filtered() {
    let app = TestApp::spawn().await;
    let client = app.post("/api/clients", json!({"name": "Acme"})).await.created().id();
    let old = app.post("/api/projects", json!({"name": "Old", "clientId": client})).await.created().id();
    let new = app.project("New").await;
    let path = format!("/api/projects/{old}");
    assert_eq!(app.patch(&path, json!({"archived": true})).await.ok().json["archived"], true);
    assert_eq!(app.patch(&path, json!({"archived": true})).await.ok().json["archived"], true, "twice is once");
    for (query, expected) in [
        ("", vec![old.clone(), new.clone()]),
        ("?archived=true", vec![old.clone()]),
        ("?archived=false", vec![new.clone()]),
        (&format!("?clientId={client}"), vec![old.clone()]),
        (&format!("?clientId={client}&archived=false"), vec![]),
    ] {
        assert_eq!(app.get(&format!("/api/projects{query}")).await.ok().ids(), expected, "{query}");
    }
    assert_eq!(app.patch(&path, json!({"archived": false})).await.ok().json["archived"], false);
    assert_eq!(app.get("/api/projects?archived=true").await.ok().json, json!([]));
}

#[actix_web::test]
async fn an_archived_project_takes_no_new_time() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let category = app.category(&project, "b").await;
    app.patch(&format!("/api/projects/{project}"), json!({"archived": true})).await.ok();
    app.post("/api/time/start", json!({"categoryId": category})).await.refused(409, "project_archived");
    app.patch(&format!("/api/projects/{project}"), json!({"archived": false})).await.ok();
    app.post("/api/time/start", json!({"categoryId": category})).await.created();
}

#[actix_web::test]
async fn each_bad_field_is_named() {
    let app = TestApp::spawn().await;
    let made = format!("/api/projects/{}", app.project("a").await);
    for (field, value, code, field_code) in [
        ("name", json!("x".repeat(256)), "invalid_project_name", "too_long"),
        ("name", json!("a\u{7}b"), "invalid_project_name", "control_characters"),
        ("description", json!("x".repeat(5_001)), "invalid_description", "too_long"),
        ("description", json!("\u{0}"), "invalid_description", "control_characters"),
        ("color", json!("red"), "invalid_color", "invalid_format"),
        ("clientId", json!("x"), "invalid_id", "invalid_format"),
        ("clientId", json!("019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10"), "invalid_client", "not_found"),
    ] {
        let mut body = json!({"name": "a"});
        body[field] = value;
        app.post("/api/projects", body.clone()).await.refused(400, code).names(field, field_code);
        app.patch(&made, body).await.refused(400, code).names(field, field_code);
    }
    let all = json!({"name": " ", "description": "\u{1}", "color": "x", "clientId": "y"});
    let refused = app.post("/api/projects", all).await.refused(400, "invalid_project_name");
    let named: Vec<_> = refused.json["fields"].as_array().unwrap().iter().map(|f| f["field"].clone()).collect();
    assert_eq!(named, ["name", "description", "color", "clientId"], "a form can show all mistakes at once");
    assert_eq!(app.count("SELECT count(*) FROM projects").await, 1);
}

#[actix_web::test]
async fn the_longest_texts_fit() {
    let app = TestApp::spawn().await;
    let (name, description) = ("ü".repeat(255), "漢".repeat(5_000));
    let made = app.post("/api/projects", json!({"name": name, "description": description})).await.created();
    assert_eq!(made.json["name"], name);
    assert_eq!(made.json["description"], description);
}
