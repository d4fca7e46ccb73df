//! `/api/workspaces/{workspaceId}`: the same routes once more, isolated from other workspaces.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Neighbour, TestApp};

#[actix_web::test]
async fn the_long_form_of_a_path_is_the_short_one() {
    let app = TestApp::spawn().await;
    let workspace = app.get("/api/me").await.ok().json["workspace"]["id"].as_str().unwrap().to_owned();
    for workspace in [workspace.clone(), workspace.to_uppercase(), format!("urn:uuid:{workspace}")] {
        let base = format!("/api/workspaces/{workspace}");
        let project = app.post(&format!("{base}/projects"), json!({"name": "a"})).await.created().id();
        assert_eq!(app.get(&format!("/api/projects/{project}")).await.ok().json["name"], "a");
        let long = app.get(&format!("{base}/projects/{project}")).await.ok();
        assert_eq!(long.id(), project);
        app.patch(&format!("{base}/projects/{project}"), json!({"name": "b"})).await.ok();
        app.delete(&format!("{base}/projects/{project}")).await.is(204);
        assert_eq!(app.get(&format!("{base}/me")).await.ok().json["workspace"]["name"], "My workspace");
    }
}

#[actix_web::test]
async fn another_workspace_is_not_there() {
    let app = TestApp::spawn().await;
    let neighbour = app.neighbour().await;
    for path in ["me", "projects", "categories", "clients", "tags", "time/entries", "time/active", "time/overlaps"] {
        app.get(&format!("/api/workspaces/{}/{path}", neighbour.workspace)).await.refused(404, "not_found");
        app.get(&format!("/api/workspaces/x/{path}"))
            .await
            .refused(400, "invalid_id")
            .names("workspaceId", "invalid_format");
    }
}

#[actix_web::test]
async fn nothing_of_another_workspace_is_listed() {
    let app = TestApp::spawn().await;
    let Neighbour { client, category, project, tag, .. } = app.neighbour().await;
    for path in [
        "/api/projects".to_owned(),
        "/api/categories".to_owned(),
        "/api/clients".to_owned(),
        "/api/tags".to_owned(),
        "/api/time/entries".to_owned(),
        "/api/time/overlaps".to_owned(),
        format!("/api/projects?clientId={client}"),
        format!("/api/time/entries?categoryId={category}"),
        format!("/api/time/entries?categoryId={category}&includeSubcategories=true"),
        format!("/api/time/entries?projectId={project}"),
        format!("/api/time/entries?clientId={client}"),
        format!("/api/time/entries?tagId={tag}"),
        "/api/time/entries?q=Neighbour".to_owned(),
    ] {
        assert_eq!(app.get(&path).await.ok().text, "[]", "{path}");
    }
}

#[actix_web::test]
async fn nothing_of_another_workspace_is_read_changed_or_deleted() {
    let app = TestApp::spawn().await;
    let neighbour = app.neighbour().await;
    let mine = app.project("Mine").await;
    let before = app.contents().await;
    let Neighbour { client, project, category, tag, entry, .. } = neighbour;
    for path in [
        format!("/api/projects/{project}"),
        format!("/api/projects/{project}/categories/{category}"),
        format!("/api/projects/{mine}/categories/{category}"),
        format!("/api/clients/{client}"),
        format!("/api/tags/{tag}"),
        format!("/api/time/entries/{entry}"),
    ] {
        app.get(&path).await.refused(404, "not_found");
        app.patch(&path, json!({})).await.refused(404, "not_found");
        app.delete(&path).await.refused(404, "not_found");
    }
    let categories = format!("/api/projects/{project}/categories");
    app.get(&categories).await.refused(404, "not_found");
    app.post(&categories, json!({"name": "x"})).await.refused(404, "not_found");
    for action in ["restore", "resume", "duplicate"] {
        app.act(&format!("/api/time/entries/{entry}/{action}")).await.refused(404, "not_found");
    }
    let at = json!({"at": "2026-03-02T08:10:00Z"});
    app.post(&format!("/api/time/entries/{entry}/split"), at).await.refused(404, "not_found");
    app.post("/api/time/entries/bulk-delete", json!({"ids": [entry]})).await.refused(404, "not_found");
    app.post("/api/time/entries/bulk-restore", json!({"ids": [entry]})).await.refused(404, "not_found");
    let edit = json!({"ids": [entry], "changes": {"billable": true}});
    app.post("/api/time/entries/bulk-edit", edit).await.refused(404, "not_found");
    assert_eq!(app.contents().await, before);
}

#[actix_web::test]
async fn nothing_of_another_workspace_is_referred_to() {
    let app = TestApp::spawn().await;
    let neighbour = app.neighbour().await;
    let project = app.project("Mine").await;
    let category = app.category(&project, "Mine").await;
    let entry = app.entry(&category, 0, 10).await;
    let before = app.contents().await;
    let (start, stop) = ("2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z");
    let categories = format!("/api/projects/{project}/categories");
    let cases: Vec<(Method, String, Value, u16, &str)> = vec![
        (
            Method::POST,
            "/api/projects".into(),
            json!({"name": "x", "clientId": neighbour.client}),
            400,
            "invalid_client",
        ),
        (
            Method::PATCH,
            format!("/api/projects/{project}"),
            json!({"clientId": neighbour.client}),
            400,
            "invalid_client",
        ),
        (
            Method::POST,
            categories.clone(),
            json!({"name": "x", "parentCategoryId": neighbour.category}),
            400,
            "invalid_parent",
        ),
        (
            Method::PATCH,
            format!("{categories}/{category}"),
            json!({"parentCategoryId": neighbour.category}),
            400,
            "invalid_parent",
        ),
        (Method::POST, "/api/time/start".into(), json!({"categoryId": neighbour.category}), 404, "not_found"),
        (
            Method::POST,
            "/api/time/start".into(),
            json!({"categoryId": category, "tagIds": [neighbour.tag]}),
            400,
            "invalid_tag",
        ),
        (
            Method::POST,
            "/api/time/entries".into(),
            json!({"categoryId": neighbour.category, "startedAt": start, "stoppedAt": stop}),
            400,
            "invalid_category",
        ),
        (
            Method::PATCH,
            format!("/api/time/entries/{entry}"),
            json!({"categoryId": neighbour.category}),
            400,
            "invalid_category",
        ),
        (Method::PATCH, format!("/api/time/entries/{entry}"), json!({"tagIds": [neighbour.tag]}), 400, "invalid_tag"),
        (
            Method::POST,
            "/api/time/entries/bulk-edit".into(),
            json!({"ids": [entry], "changes": {"categoryId": neighbour.category}}),
            400,
            "invalid_category",
        ),
        (
            Method::POST,
            "/api/time/entries/bulk-edit".into(),
            json!({"ids": [entry], "changes": {"addTagIds": [neighbour.tag]}}),
            400,
            "invalid_tag",
        ),
    ];
    for (method, path, body, status, code) in cases {
        app.send(app.request(method, &path).json(&body)).await.refused(status, code);
    }
    assert_eq!(app.contents().await, before);
}

#[actix_web::test]
async fn a_name_of_another_workspace_is_free() {
    let app = TestApp::spawn().await;
    app.neighbour().await;
    app.post("/api/clients", json!({"name": "Neighbour"})).await.created();
    app.post("/api/tags", json!({"name": "Neighbour"})).await.created();
}
