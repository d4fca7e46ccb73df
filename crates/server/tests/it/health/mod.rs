//! `/livez`, `/readyz`, `/health`, `/healthz` and their other names.

mod readiness;

use clockwork_core::VERSION;
use clockwork_core::build_info::deployment;
use clockwork_core::values::time_zone::rules;
use reqwest::{Client, Method};

use crate::harness::{Answer, TestApp, config, migrated_database};

/// Asks for a probe; they are no part of the OpenAPI document.
async fn ask(app: &TestApp, path: &str) -> Answer {
    Answer::read(TestApp::http_client().get(format!("{}{path}", app.url)).send().await.unwrap()).await
}

/// A server whose database URL has a port without a listener.
async fn without_database() -> TestApp {
    let database = migrated_database().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = config(&format!("postgres://clockwork:secret@127.0.0.1:{port}/clockwork?sslmode=disable"));
    TestApp::with_config(database, config).await
}

#[actix_web::test]
async fn liveness_tells_of_the_process_whatever_the_database_does() {
    for app in [TestApp::spawn().await, without_database().await] {
        for (path, status) in [("/livez", "alive"), ("/health/live", "alive"), ("/health", "ok")] {
            let answer = ask(&app, path).await.ok();
            assert_eq!(answer.json["status"], status, "{path}");
            assert_eq!(answer.json["version"], VERSION);
            assert_eq!(answer.json["time_zone_rules"], rules());
            assert_eq!(answer.json["timestamp"], "2026-03-02T09:00:00.123456Z");
            assert!(answer.json["uptime_seconds"].as_u64().unwrap() < 60);
            assert_eq!(answer.json.as_object().unwrap().len(), 5, "{}", answer.text);
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }
}

#[actix_web::test]
async fn healthz_answers_as_the_first_clockwork_did() {
    let app = TestApp::spawn().await;
    for path in ["/healthz", "/api/health"] {
        let answer = ask(&app, path).await.ok();
        assert_eq!(answer.text, r#"{"ok":true,"db":"up","time":"2026-03-02T09:00:00.123456Z"}"#);
    }
    let app = without_database().await;
    for path in ["/healthz", "/api/health"] {
        let answer = ask(&app, path).await.is(503);
        assert_eq!(answer.text, r#"{"ok":false,"db":"down","time":"2026-03-02T09:00:00.123456Z"}"#);
    }
}

#[actix_web::test]
async fn probes_answer_head_and_refuse_other_methods() {
    let app = TestApp::spawn().await;
    let client: Client = TestApp::http_client();
    for path in ["/livez", "/readyz", "/ready", "/health", "/health/startup", "/healthz", "/api/health"] {
        let url = format!("{}{path}", app.url);
        let head = client.request(Method::HEAD, &url).send().await.unwrap();
        assert_eq!(head.status(), 200, "{path}");
        assert_eq!(head.text().await.unwrap(), "");
        let post = Answer::read(client.post(&url).send().await.unwrap()).await.refused(405, "method_not_allowed");
        assert_eq!(post.header("allow"), "GET, HEAD", "{path}");
    }
}

/// Operations L3.
#[actix_web::test]
async fn every_answer_names_the_version_that_gave_it() {
    let app = TestApp::spawn().await;
    let client: Client = TestApp::http_client();
    for (method, path, status) in [
        (Method::GET, "/livez", 200),
        (Method::HEAD, "/livez", 200),
        (Method::POST, "/livez", 405),
        (Method::GET, "/api/projects", 200),
        (Method::GET, "/api/projects/none", 400),
        (Method::POST, "/api/projects", 400),
        (Method::GET, "/api/nothing", 404),
        (Method::GET, "/assets/nothing.js", 404),
        (Method::DELETE, "/", 405),
        (Method::GET, "/api/docs", 302),
    ] {
        let client = if status == 302 {
            Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
        } else {
            client.clone()
        };
        let answer = client.request(method.clone(), format!("{}{path}", app.url)).send().await.unwrap();
        assert_eq!(answer.status(), status, "{method} {path}");
        assert_eq!(answer.headers()["x-deployment-version"], deployment(), "{method} {path}");
    }
}
