//! The envelope, request ids, unknown routes and wrong methods.

use reqwest::Method;
use serde_json::json;

use super::{UNKNOWN_ID, fields};
use crate::harness::TestApp;

#[actix_web::test]
async fn every_error_has_code_message_and_request_id() {
    let app = TestApp::spawn().await;
    for answer in [
        app.get("/api/projects/x").await.is(400),
        app.get(&format!("/api/projects/{UNKNOWN_ID}")).await.is(404),
        app.get("/api/time/entries?from=x").await.is(400),
        app.send(app.request(Method::POST, "/api/projects").body("{")).await.is(400),
        app.get("/api/nope").await.is(404),
        app.delete("/api/projects").await.is(405),
        app.act("/api/time/stop").await.is(409),
    ] {
        assert_eq!(answer.header("content-type"), "application/json");
        let known = ["code", "fields", "message", "requestId"];
        assert!(fields(&answer.json).iter().all(|field| known.contains(field)), "{}", answer.text);
        assert!(!answer.json["message"].as_str().unwrap().is_empty(), "{}", answer.text);
        assert_eq!(answer.json["requestId"], answer.header("x-request-id"));
    }
    let refused = app.post("/api/projects", json!({"name": ""})).await.refused(400, "invalid_project_name");
    assert_eq!(fields(&refused.json["fields"][0]), ["code", "field", "message"]);
}

#[actix_web::test]
async fn a_request_id_is_taken_when_it_is_sane() {
    let app = TestApp::spawn().await;
    let longest = "x".repeat(128);
    for id in ["a", "019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10", "{\"quoted\":1}", "~!@#$%^&*()", &longest] {
        for path in ["/api/projects", "/api/nope"] {
            let answer = app.send(app.request(Method::GET, path).header("X-Request-ID", id)).await;
            assert_eq!(answer.header("x-request-id"), id);
        }
    }
}

#[actix_web::test]
async fn a_request_id_is_made_when_there_is_none_or_none_that_is_sane() {
    let app = TestApp::spawn().await;
    let first = app.get("/api/nope").await;
    let second = app.get("/api/nope").await;
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    assert!(uuid::Uuid::try_parse(first.header("x-request-id")).is_ok());
    let too_long = "x".repeat(129);
    for id in ["two words", "tab\there", "", &too_long] {
        let answer = app.send(app.request(Method::GET, "/api/nope").header("X-Request-ID", id)).await;
        assert!(uuid::Uuid::try_parse(answer.header("x-request-id")).is_ok(), "{id:?}");
    }
    let latin1 = app.raw(&Method::GET, "/api/nope", "", b"").await;
    assert!(uuid::Uuid::try_parse(latin1.header("x-request-id")).is_ok());
}

#[actix_web::test]
async fn an_unknown_route_is_404_in_the_envelope() {
    let app = TestApp::spawn().await;
    let unknown =
        ["/api", "/api/", "/api/nope", "/api/projects/a/b/c/d", "/api/time", "/api/time/nope", "/api/workspaces/x"];
    for path in unknown {
        for method in [Method::GET, Method::POST, Method::PATCH, Method::DELETE, Method::PUT] {
            app.send(app.request(method, path)).await.refused(404, "not_found");
        }
    }
}

#[actix_web::test]
async fn a_wrong_method_is_405_with_those_that_are_right() {
    let app = TestApp::spawn().await;
    let project = format!("/api/projects/{UNKNOWN_ID}");
    let categories = format!("{project}/categories");
    let category = format!("{categories}/{UNKNOWN_ID}");
    for (path, wrong, allow) in [
        ("/api/projects", Method::DELETE, "GET, HEAD, POST"),
        ("/api/projects/", Method::PUT, "GET, HEAD, POST"),
        ("/%61pi/projects", Method::PUT, "GET, HEAD, POST"),
        (&project, Method::POST, "GET, HEAD, PATCH, DELETE"),
        (&categories, Method::PATCH, "GET, HEAD, POST"),
        (&category, Method::PUT, "GET, HEAD, PATCH, DELETE"),
        ("/api/time/start", Method::GET, "POST"),
        ("/api/time/stop", Method::GET, "POST"),
        ("/api/time/active", Method::POST, "GET, HEAD"),
        ("/api/time/entries", Method::DELETE, "GET, HEAD, POST"),
        ("/api/openapi.json", Method::POST, "GET, HEAD"),
        ("/api/docs", Method::DELETE, "GET, HEAD"),
        ("/api/docs/index.html", Method::POST, "GET, HEAD"),
    ] {
        for method in [wrong, Method::OPTIONS, Method::from_bytes(b"PROPFIND").unwrap()] {
            let refused = app.send(app.request(method.clone(), path)).await.refused(405, "method_not_allowed");
            assert_eq!(refused.header("allow"), allow, "{method} {path}");
        }
    }
}
