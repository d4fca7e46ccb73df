//! Several users at once: each has a timer of their own, and sees their own entries.

use clockwork_core::caller::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{SentAs, TestApp};

#[actix_web::test]
async fn each_user_has_a_timer_of_their_own() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    let colleague = app.add_member(Role::Member).await;
    let own = app.post("/api/time/start", json!({"categoryId": category})).await.created().id();
    let start = app.request(Method::POST, "/api/time/start").json(&json!({"categoryId": category}));
    let theirs = app.send(start.sent_as(colleague)).await.created().id();
    assert_eq!(app.get("/api/time/active").await.ok().json["id"], own);
    let active = app.request(Method::GET, "/api/time/active").sent_as(colleague);
    assert_eq!(app.send(active).await.ok().json["id"], theirs);

    let foreign = app.request(Method::GET, &format!("/api/time/entries/{own}")).sent_as(colleague);
    app.send(foreign).await.refused(404, "not_found");
    let stop = app.request(Method::POST, "/api/time/stop").sent_as(colleague);
    assert_eq!(app.send(stop).await.ok().id(), theirs);
    assert_eq!(app.get("/api/time/active").await.ok().json["id"], own);
}

#[actix_web::test]
async fn a_workspace_of_others_is_not_found() {
    let app = TestApp::spawn().await;
    let stranger = app.add_workspace().await;
    let projects = format!("/api/workspaces/{}/projects", stranger.workspace);
    app.get(&projects).await.refused(404, "not_found");
    let own = app.send(app.request(Method::GET, &projects).sent_as(stranger)).await.ok();
    assert_eq!(own.json, Value::Array(Vec::new()));
}
