//! `/api/projects`

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use super::{UNKNOWN_ID, fields, is_id, is_time};
use crate::harness::TestApp;

#[actix_web::test]
async fn making_a_project_answers_201_with_the_project() {
    let app = TestApp::spawn().await;
    let made = app.post("/api/projects", json!({"name": "Website", "description": "the new one"})).await.created();
    assert_eq!(made.header("content-type"), "application/json");
    assert!(is_id(&made.json["id"]), "{}", made.text);
    assert_eq!(made.json["name"], "Website");
    assert_eq!(made.json["description"], "the new one");
    assert!(is_time(&made.json["createdAt"]) && is_time(&made.json["updatedAt"]), "{}", made.text);
    for field in ["id", "name", "description", "createdAt", "updatedAt"] {
        assert!(fields(&made.json).contains(&field), "{}", made.text);
    }
}

#[actix_web::test]
async fn a_project_without_a_description_has_no_such_field() {
    let app = TestApp::spawn().await;
    for body in
        [json!({"name": "a"}), json!({"name": "b", "description": null}), json!({"name": "c", "description": " "})]
    {
        let made = app.post("/api/projects", body).await.created();
        assert!(made.json.get("description").is_none(), "{}", made.text);
    }
    for project in app.get("/api/projects").await.ok().json.as_array().unwrap() {
        assert!(project.get("description").is_none(), "{project}");
    }
}

#[actix_web::test]
async fn a_project_needs_a_name() {
    let app = TestApp::spawn().await;
    for body in
        [json!({}), json!({"name": null}), json!({"name": ""}), json!({"name": " \t "}), json!({"description": "x"})]
    {
        app.post("/api/projects", body).await.refused(400, "invalid_project_name");
    }
    for body in [
        "",
        "  ",
        "{",
        "null",
        "5",
        "\"x\"",
        "[]",
        "{} {}",
        r#"{"name":5}"#,
        r#"{"name":"x","unknown":1}"#,
        r#"{"name":"x"}{"#,
    ] {
        app.send(app.request(Method::POST, "/api/projects").body(body)).await.refused(400, "invalid_json");
    }
    assert_eq!(app.count("SELECT count(*) FROM projects").await, 0);
}

#[actix_web::test]
async fn projects_are_listed_oldest_first_and_none_is_an_empty_list() {
    let app = TestApp::spawn().await;
    assert_eq!(app.get("/api/projects").await.ok().text, "[]");
    for name in ["Zebra", "Apple", "Mango"] {
        app.project(name).await;
        app.advance(TimeDelta::seconds(1));
    }
    assert_eq!(app.get("/api/projects").await.ok().each("name"), ["Zebra", "Apple", "Mango"]);
}

#[actix_web::test]
async fn a_project_is_read_changed_and_deleted_by_its_id() {
    let app = TestApp::spawn().await;
    let made = app.post("/api/projects", json!({"name": "a", "description": "b"})).await.created();
    let path = format!("/api/projects/{}", made.id());
    assert_eq!(app.get(&path).await.ok().json, made.json);

    app.advance(TimeDelta::seconds(1));
    let changed = app.patch(&path, json!({"name": "c", "description": "d"})).await.ok();
    assert_eq!((&changed.json["name"], &changed.json["description"]), (&json!("c"), &json!("d")));
    assert_eq!(changed.json["createdAt"], made.json["createdAt"]);
    assert_ne!(changed.json["updatedAt"], made.json["updatedAt"]);
    let unnamed = app.patch(&path, json!({"description": null})).await.ok();
    assert_eq!(unnamed.json["name"], "c", "a name is optional here");
    assert!(unnamed.json.get("description").is_none());
    app.patch(&path, json!({"name": " "})).await.refused(400, "invalid_project_name");
    app.patch(&path, json!({"name": null})).await.refused(400, "invalid_project_name");
    app.patch(&path, json!({"unknown": 1})).await.refused(400, "invalid_json");

    let deleted = app.delete(&path).await.is(204);
    assert_eq!(deleted.text, "");
    app.get(&path).await.refused(404, "not_found");
}

#[actix_web::test]
async fn a_project_with_categories_stays() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let category = app.category(&project, "b").await;
    app.delete(&format!("/api/projects/{project}")).await.refused(409, "project_in_use");
    app.get(&format!("/api/projects/{project}")).await.ok();
    app.delete(&format!("/api/projects/{project}/categories/{category}")).await.is(204);
    app.delete(&format!("/api/projects/{project}")).await.is(204);
}

#[actix_web::test]
async fn an_id_is_malformed_or_unknown() {
    let app = TestApp::spawn().await;
    for (id, status, code) in [("x", 400, "invalid_id"), ("5", 400, "invalid_id"), (UNKNOWN_ID, 404, "not_found")] {
        let path = format!("/api/projects/{id}");
        app.get(&path).await.refused(status, code);
        app.patch(&path, json!({"name": "x"})).await.refused(status, code);
        app.delete(&path).await.refused(status, code);
    }
}
