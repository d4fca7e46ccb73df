//! Several users at once: each has a timer of their own, and sees their own entries.

use clockwork_core::access::Role;
use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
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

#[actix_web::test]
async fn a_timer_in_one_workspace_is_stopped_from_there_or_by_a_start_elsewhere() {
    let app = TestApp::spawn().await;
    let here = app.category(&app.project("Website").await, "Design").await;
    let owner = app.add_workspace().await;
    let there = app.join(BUILT_IN_CALLER.user(), owner.workspace, Role::Member).await;
    let sent = async |method: Method, path: &str, body: Value| {
        app.send(app.request(method, path).json(&body).sent_as(there)).await
    };
    let owner = app.acting_as(owner);
    let project = owner.post("/api/projects", json!({"name": "Shop"})).await.created().id();
    let categories = format!("/api/projects/{project}/categories");
    let category = owner.post(&categories, json!({"name": "Stock"})).await.created().id();

    let first = app.post("/api/time/start", json!({"categoryId": here})).await.created().id();
    let active = app.request(Method::GET, "/api/time/active").sent_as(there);
    assert_eq!(app.send(active).await.ok().json, Value::Null, "what runs elsewhere is not shown");
    sent(Method::POST, "/api/time/stop", Value::Null).await.refused(409, "no_active_timer");
    assert_eq!(app.get("/api/time/active").await.ok().json["id"], first, "and not stopped");

    let second = sent(Method::POST, "/api/time/start", json!({"categoryId": category})).await.created().id();
    assert_eq!(app.get("/api/time/active").await.ok().json, Value::Null, "one timer for each user");
    let stopped = app.get(&format!("/api/time/entries/{first}")).await.ok().json;
    assert_eq!(stopped["stoppedAt"], json!(app.now()));
    app.act("/api/time/stop").await.refused(409, "no_active_timer");
    assert_eq!(sent(Method::POST, "/api/time/stop", Value::Null).await.ok().id(), second);
}
