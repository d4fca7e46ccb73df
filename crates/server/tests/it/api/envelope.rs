//! What all answers have in common: request ids, HEAD, methods, and what is said when we fail.

use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, web};
use clockwork_core::build_info::deployment;
use clockwork_core::values::clock::Clock;
use clockwork_server::middleware::{panic, request_id};
use futures_util::FutureExt;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Answer, TestApp, absent_database, application, config, start_of_test};

/// The middleware that stands between a handler and its caller, around a handler that fails as no handler of ours
/// should.
async fn answer_of(handler: fn() -> HttpResponse) -> Answer {
    let server = HttpServer::new(move || {
        App::new()
            .route("/api/broken", web::get().to(move || std::future::ready(()).map(move |()| handler())))
            .wrap(from_fn(panic::catch))
            .wrap(from_fn(request_id::assign))
    });
    let server = server.workers(1).bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/api/broken", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let request = TestApp::http_client().get(url).header("X-Request-ID", "a-request");
    let answer = Answer::read(request.send().await.unwrap()).await;
    handle.stop(false).await;
    answer
}

#[actix_web::test]
async fn a_panic_is_a_500_in_the_envelope_that_tells_nothing() {
    for handler in [|| panic!("the secret is 42"), || panic!("{} is the secret", 42)] as [fn() -> HttpResponse; 2] {
        let answer = answer_of(handler).await.refused(500, "internal_error");
        assert_eq!(answer.json["requestId"], "a-request");
        assert_eq!(answer.header("x-request-id"), "a-request");
        assert!(!answer.text.contains("42"), "{}", answer.text);
    }
}

#[actix_web::test]
async fn without_a_database_the_answer_is_503_with_retry_after() {
    let application = application(&config(&absent_database()), Clock::new(start_of_test));
    let (url, handle) = (format!("http://{}/api/projects", application.address()), application.handle());
    let running = actix_web::rt::spawn(application.run());
    let client = TestApp::http_client();
    for request in [client.get(&url), client.post(&url).body(r#"{"name":"x"}"#)] {
        let answer = Answer::read(request.send().await.unwrap()).await.refused(503, "unavailable");
        assert!(answer.header("retry-after").parse::<u32>().is_ok(), "{:?}", answer.headers);
        assert!(!answer.text.contains("nobody"), "{}", answer.text);
    }
    handle.stop(false).await;
    running.await.unwrap().unwrap();
}

#[actix_web::test]
async fn head_is_answered_like_get_without_the_body() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    for path in
        ["/api/projects", &format!("/api/projects/{project}"), "/api/time/active", "/api/projects/x", "/api/nope"]
    {
        let get = app.raw(&Method::GET, path, "", b"").await;
        let head =
            app.exchange(format!("HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).await;
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.text, "", "{path}");
        for header in ["content-type", "content-length", "etag"] {
            assert_eq!(head.headers.get(header), get.headers.get(header), "{path}: {header}");
        }
    }
    let refused = app.exchange(b"HEAD /api/time/stop HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[actix_web::test]
async fn every_answer_says_which_version_gave_it() {
    let app = TestApp::spawn().await;
    for path in ["/api/projects", "/api/projects/x", "/api/nope"] {
        assert_eq!(app.get(path).await.header("x-deployment-version"), deployment(), "{path}");
    }
}

#[actix_web::test]
async fn single_objects_have_an_etag_and_are_spared_and_guarded_by_it() {
    let app = TestApp::spawn().await;
    let project = app.project("a").await;
    let client = app.post("/api/clients", json!({"name": "a"})).await.created().id();
    let category = app.category(&project, "a").await;
    let tag = app.tag("a").await;
    for path in [
        format!("/api/projects/{project}/categories/{category}"),
        format!("/api/projects/{project}"),
        format!("/api/clients/{client}"),
        format!("/api/tags/{tag}"),
    ] {
        let read = app.get(&path).await.ok();
        let (first, text) = (read.header("etag").to_owned(), read.text.clone());
        let strong = first.strip_prefix("W/").expect("answers differ in their bytes, so no tag is strong").to_owned();
        for known in [first.clone(), strong, format!("\"x\", {first}"), "*".to_owned()] {
            let spared = app.send(app.request(Method::GET, &path).header("If-None-Match", known)).await.is(304);
            assert_eq!((spared.text.as_str(), spared.header("etag")), ("", first.as_str()));
        }
        let other = app.send(app.request(Method::GET, &path).header("If-None-Match", "\"x\"")).await.ok();
        assert_eq!(other.text, text);

        let change = |tag: &str, name: &str| {
            app.send(app.request(Method::PATCH, &path).header("If-Match", tag).json(&json!({"name": name})))
        };
        let second = change(&first, "b").await.ok().header("etag").to_owned();
        assert_ne!(second, first);
        change(&first, "c").await.refused(412, "precondition_failed");
        change("*", "d").await.ok();
        for garbage in ["x", "", "\"\"", "\"x\"", "1", "\"1", "\"1\", 2", "\"99999999999999999999\""] {
            change(garbage, "e").await.refused(400, "invalid_header").names("If-Match", "invalid_format");
        }
        assert_eq!(app.get(&path).await.ok().json["name"], "d");
        let delete = |tag: &str| app.send(app.request(Method::DELETE, &path).header("If-Match", tag));
        delete(&first).await.refused(412, "precondition_failed");
        let now = app.get(&path).await.ok().header("etag").to_owned();
        delete(&now).await.is(204);
    }
}
