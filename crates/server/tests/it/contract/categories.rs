//! `/api/projects/{projectId}/categories`

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{UNKNOWN_ID, fields, is_id, is_time};
use crate::harness::TestApp;

/// An app with a project, and the path of its categories.
async fn with_project() -> (TestApp, String, String) {
    let app = TestApp::spawn().await;
    let project = app.project("Project").await;
    let path = format!("/api/projects/{project}/categories");
    (app, project, path)
}

#[actix_web::test]
async fn making_a_category_answers_201_with_the_category() {
    let (app, project, path) = with_project().await;
    let root = app.post(&path, json!({"name": "Root", "description": "d", "parentCategoryId": null})).await.created();
    assert!(
        is_id(&root.json["id"]) && is_time(&root.json["createdAt"]) && is_time(&root.json["updatedAt"]),
        "{}",
        root.text
    );
    assert_eq!(root.json["projectId"], project);
    assert_eq!(root.json["name"], "Root");
    assert_eq!(root.json["description"], "d");
    assert_eq!(root.json.get("parentCategoryId"), Some(&Value::Null), "null for a root, and always there");

    let child = app.post(&path, json!({"name": "Child", "parentCategoryId": root.id()})).await.created();
    assert_eq!(child.json["parentCategoryId"], root.id());
    assert!(!fields(&child.json).contains(&"description"), "{}", child.text);
    for field in ["id", "projectId", "parentCategoryId", "name", "createdAt", "updatedAt"] {
        assert!(fields(&child.json).contains(&field), "{}", child.text);
    }
}

#[actix_web::test]
async fn a_category_needs_a_name_a_project_and_a_parent_of_that_project() {
    let (app, _, path) = with_project().await;
    let elsewhere = app.category(&app.project("Other").await, "x").await;
    for body in [json!({}), json!({"name": null}), json!({"name": ""}), json!({"name": "  ", "parentCategoryId": null})]
    {
        app.post(&path, body).await.refused(400, "invalid_category_name");
    }
    for body in ["", "[]", "null", r#"{"name":"x","parent":null}"#, r#"{"name":["x"]}"#, r#"{"name":"x"} {}"#] {
        app.send(app.request(Method::POST, &path).body(body)).await.refused(400, "invalid_json");
    }
    let with_parent = |id: &str| json!({"name": "x", "parentCategoryId": id});
    app.post(&path, with_parent("x")).await.refused(400, "invalid_id");
    app.post(&path, with_parent(UNKNOWN_ID)).await.refused(400, "invalid_parent");
    app.post(&path, with_parent(&elsewhere)).await.refused(400, "cross_project_parent");
    app.post("/api/projects/x/categories", json!({"name": "x"})).await.refused(400, "invalid_id");
    app.post(&format!("/api/projects/{UNKNOWN_ID}/categories"), json!({"name": "x"})).await.refused(404, "not_found");
    assert_eq!(app.get(&path).await.ok().text, "[]");
}

#[actix_web::test]
async fn siblings_have_different_names() {
    let (app, project, path) = with_project().await;
    let root = app.category(&project, "Root").await;
    app.subcategory(&project, &root, "Child").await;
    app.post(&path, json!({"name": "Root"})).await.refused(409, "duplicate_category_name");
    app.post(&path, json!({"name": "Child", "parentCategoryId": root})).await.refused(409, "duplicate_category_name");
    let other = app.category(&project, "Child").await;
    app.patch(&format!("{path}/{other}"), json!({"name": "Root"})).await.refused(409, "duplicate_category_name");
    app.patch(&format!("{path}/{other}"), json!({"parentCategoryId": root}))
        .await
        .refused(409, "duplicate_category_name");
}

#[actix_web::test]
async fn categories_are_listed_oldest_first_and_none_is_an_empty_list() {
    let (app, project, path) = with_project().await;
    assert_eq!(app.get(&path).await.ok().text, "[]");
    for name in ["Zebra", "Apple", "Mango"] {
        app.category(&project, name).await;
        app.advance(TimeDelta::seconds(1));
    }
    assert_eq!(app.get(&path).await.ok().each("name"), ["Zebra", "Apple", "Mango"]);
    app.get("/api/projects/x/categories").await.refused(400, "invalid_id");
    app.get(&format!("/api/projects/{UNKNOWN_ID}/categories")).await.refused(404, "not_found");
}

#[actix_web::test]
async fn a_category_is_read_changed_moved_and_deleted() {
    let (app, project, path) = with_project().await;
    let parent = app.category(&project, "Parent").await;
    let made = app.post(&path, json!({"name": "a", "description": "b"})).await.created();
    let one = format!("{path}/{}", made.id());
    assert_eq!(app.get(&one).await.ok().json, made.json);

    app.advance(TimeDelta::seconds(1));
    let moved = app.patch(&one, json!({"name": "c", "parentCategoryId": parent})).await.ok();
    assert_eq!((&moved.json["name"], &moved.json["parentCategoryId"]), (&json!("c"), &json!(parent)));
    assert_eq!(moved.json["description"], "b");
    assert_ne!(moved.json["updatedAt"], made.json["updatedAt"]);
    let root = app.patch(&one, json!({"parentCategoryId": null})).await.ok();
    assert_eq!(root.json["parentCategoryId"], Value::Null);
    app.patch(&one, json!({"name": ""})).await.refused(400, "invalid_category_name");
    app.patch(&one, json!({"parentCategoryId": "x"})).await.refused(400, "invalid_id");
    app.patch(&one, json!({"parentCategoryId": UNKNOWN_ID})).await.refused(400, "invalid_parent");
    app.patch(&one, json!({"unknown": 1})).await.refused(400, "invalid_json");
    assert_eq!(app.delete(&one).await.is(204).text, "");
    app.get(&one).await.refused(404, "not_found");
}

#[actix_web::test]
async fn a_category_is_never_below_itself_and_never_changes_its_project() {
    let (app, project, path) = with_project().await;
    let root = app.category(&project, "Root").await;
    let child = app.subcategory(&project, &root, "Child").await;
    let grandchild = app.subcategory(&project, &child, "Grandchild").await;
    let elsewhere = app.category(&app.project("Other").await, "x").await;
    for parent in [&root, &child, &grandchild] {
        app.patch(&format!("{path}/{root}"), json!({"parentCategoryId": parent})).await.refused(409, "category_cycle");
    }
    let body = json!({"parentCategoryId": elsewhere});
    app.patch(&format!("{path}/{root}"), body).await.refused(400, "cross_project_parent");
    app.patch(&format!("{path}/{root}"), json!({"projectId": UNKNOWN_ID})).await.refused(400, "invalid_json");
}

#[actix_web::test]
async fn a_category_of_another_project_is_not_found() {
    let (app, project, path) = with_project().await;
    let mine = app.category(&project, "Mine").await;
    let elsewhere = app.category(&app.project("Other").await, "x").await;
    let unknown = |id: &str| format!("{path}/{id}");
    for (path, status, code) in [
        (unknown(&elsewhere), 404, "not_found"),
        (unknown(UNKNOWN_ID), 404, "not_found"),
        (unknown("x"), 400, "invalid_id"),
        (format!("/api/projects/{UNKNOWN_ID}/categories/{mine}"), 404, "not_found"),
        (format!("/api/projects/x/categories/{mine}"), 400, "invalid_id"),
    ] {
        app.get(&path).await.refused(status, code);
        app.patch(&path, json!({"name": "x"})).await.refused(status, code);
        app.delete(&path).await.refused(status, code);
    }
}

#[actix_web::test]
async fn a_category_with_entries_stays_and_children_are_lifted() {
    let (app, project, path) = with_project().await;
    let root = app.category(&project, "Root").await;
    let middle = app.subcategory(&project, &root, "Middle").await;
    let leaf = app.subcategory(&project, &middle, "Leaf").await;
    app.entry(&leaf, 0, 10).await;
    app.delete(&format!("{path}/{leaf}")).await.refused(409, "category_in_use");
    app.delete(&format!("{path}/{middle}")).await.is(204);
    assert_eq!(app.get(&format!("{path}/{leaf}")).await.ok().json["parentCategoryId"], root);
    app.delete(&format!("{path}/{root}")).await.is(204);
    assert_eq!(app.get(&format!("{path}/{leaf}")).await.ok().json["parentCategoryId"], Value::Null);
}
