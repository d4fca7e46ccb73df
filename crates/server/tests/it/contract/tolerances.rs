//! What existing clients get away with, and must get away with in future.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::harness::TestApp;

/// Every way to write an id.
fn spellings(id: &str) -> Vec<String> {
    let simple = id.replace('-', "");
    vec![
        id.to_owned(),
        id.to_uppercase(),
        simple.clone(),
        simple.to_uppercase(),
        format!("{{{id}}}"),
        format!("{{{}}}", id.to_uppercase()),
        format!("urn:uuid:{id}"),
        format!("urn:uuid:{}", id.to_uppercase()),
        format!("URN:UUID:{id}"),
    ]
}

#[actix_web::test]
async fn any_content_type_or_none_will_do() {
    let app = TestApp::spawn().await;
    let types = [
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json; charset=latin1",
        "nonsense",
        "multipart/form-data",
    ];
    for content_type in types {
        let request = app.request(Method::POST, "/api/projects").header(CONTENT_TYPE, content_type);
        app.send(request.body(json!({"name": content_type}).to_string())).await.created();
    }
    app.send(app.request(Method::POST, "/api/projects").body(r#"{"name":"none"}"#)).await.created();
    let project = format!("/api/projects/{}", app.project("x").await);
    app.send(app.request(Method::PATCH, &project).body(r#"{"name":"none"}"#)).await.ok();
}

#[actix_web::test]
async fn stop_takes_any_body() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("a").await, "b").await;
    for body in ["", "{}", "null", "not JSON", "{\"a\":", "[1]", "categoryId=5"] {
        app.post("/api/time/start", json!({"categoryId": category})).await.created();
        app.send(app.request(Method::POST, "/api/time/stop").body(body)).await.ok();
        app.send(app.request(Method::POST, "/api/time/stop").body(body)).await.refused(409, "no_active_timer");
    }
    app.post("/api/time/start", json!({"categoryId": category})).await.created();
    app.raw_body(&Method::POST, "/api/time/stop", "", &[0xff; 5_000]).await.ok();
}

#[actix_web::test]
async fn a_slash_may_follow_a_collection() {
    let app = TestApp::spawn().await;
    let project = app.post("/api/projects/", json!({"name": "a"})).await.created().id();
    assert_eq!(app.get("/api/projects/").await.ok().each("id"), [project.as_str()]);
    let categories = format!("/api/projects/{project}/categories/");
    let category = app.post(&categories, json!({"name": "b"})).await.created().id();
    assert_eq!(app.get(&categories).await.ok().each("id"), [category.as_str()]);
    let entry = app.post("/api/time/start/", json!({"categoryId": category})).await.created().id();
    assert_eq!(app.get(&format!("/api/time/entries/?categoryId={category}")).await.ok().ids(), [entry]);
    app.get("/api/time/active/").await.ok();
    app.act("/api/time/stop/").await.ok();
}

#[actix_web::test]
async fn ids_are_read_in_every_spelling_and_written_in_one() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let category = app.category(&project, "b").await;
    for (n, (project_spelt, category_spelt)) in spellings(&project).iter().zip(spellings(&category)).enumerate() {
        // In paths: percent-encoded as HTTP libraries do, and plain as by hand.
        assert_eq!(app.get(&format!("/api/projects/{project_spelt}")).await.ok().id(), project);
        let path = format!("/api/projects/{project_spelt}/categories/{category_spelt}");
        assert_eq!(app.get(&path).await.ok().id(), category);
        assert_eq!(app.raw(&Method::GET, &path, "", b"").await.ok().json["id"], category);
        // In bodies.
        let body = json!({"name": format!("child {n}"), "parentCategoryId": category_spelt});
        let child = app.post(&format!("/api/projects/{project}/categories"), body).await.created();
        assert_eq!(child.json["parentCategoryId"], category);
        let started = app.post("/api/time/start", json!({"categoryId": category_spelt})).await.created();
        assert_eq!(started.json["categoryId"], category);
        // In queries.
        let listed = app.get(&format!("/api/time/entries?categoryId={category_spelt}")).await.ok();
        assert_eq!(listed.each("categoryId"), vec![Value::from(category.clone()); n + 1]);
        assert_eq!(listed.json[0]["id"], started.json["id"]);
    }
}

#[actix_web::test]
async fn an_id_with_blanks_around_it_is_none() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let category = app.category(&project, "b").await;
    for blank in ["%20", "%09", "%C2%A0", "%0A"] {
        for spelt in [format!("{blank}{project}"), format!("{project}{blank}")] {
            let named = app.get(&format!("/api/projects/{spelt}")).await.refused(400, "invalid_id");
            named.names("projectId", "invalid_format");
            app.get(&format!("/api/time/entries?projectId={spelt}")).await.refused(400, "invalid_id");
        }
    }
    for spelt in [format!(" {category}"), format!("{category} ")] {
        app.post("/api/time/start", json!({"categoryId": spelt})).await.refused(400, "invalid_id");
    }
}

#[actix_web::test]
async fn a_missing_id_in_a_path_is_answered_in_the_envelope() {
    let app = TestApp::spawn().await;
    app.get("/api/projects//categories").await.refused(400, "invalid_id");
    app.post("/api/projects//categories", json!({"name": "x"})).await.refused(405, "method_not_allowed");
    app.get("/api/projects///categories//").await.refused(400, "invalid_id");
}
