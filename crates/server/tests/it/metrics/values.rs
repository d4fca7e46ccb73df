//! What the metrics count.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use clockwork_core::database::Db;
use reqwest::Method;
use serde_json::json;

use super::Scrape;
use crate::harness::{TestApp, config, migrated_database};

fn requests(scrape: &Scrape, method: &str, path: &str, status: &str) -> f64 {
    let labels = [("method", method), ("path", path), ("status", status)];
    let total = scrape.value("http_requests_total", &labels).unwrap_or_default();
    let timed = scrape.value("http_request_duration_seconds_count", &labels).unwrap_or_default();
    assert!((total - timed).abs() < f64::EPSILON, "{method} {path} {status}: {total} counted, {timed} timed");
    total
}

#[actix_web::test]
async fn requests_count_by_method_template_and_status() {
    let app = TestApp::spawn().await;
    let project = app.project("Project").await;
    app.get(&format!("/api/projects/{project}")).await.ok();
    app.get("/api/projects/nonsense").await.is(400);
    let workspace = app.get("/api/me").await.ok().json["workspace"]["id"].as_str().unwrap().to_owned();
    app.get(&format!("/api/workspaces/{workspace}/projects/{project}")).await.ok();
    app.delete("/api/projects").await.is(405);
    let client = TestApp::http_client();
    let status = async |method: Method, path: &str| {
        client.request(method, format!("{}{path}", app.url)).send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(Method::HEAD, "/livez").await, 200);
    assert_eq!(status(Method::GET, "/api/no/such/path").await, 404);
    assert_eq!(status(Method::GET, "/assets/nothing.js").await, 404);
    assert_eq!(status(Method::from_bytes(b"BREW").unwrap(), "/livez").await, 405);

    let scrape = Scrape::of(&app).await;
    for (method, path, status, expected) in [
        ("POST", "/api/projects", "201", 1.0),
        ("GET", "/api/projects/{projectId}", "200", 2.0),
        ("GET", "/api/projects/{projectId}", "400", 1.0),
        ("DELETE", "/api/projects", "405", 1.0),
        ("GET", "/livez", "200", 1.0),
        ("GET", "unmatched", "404", 2.0),
        ("OTHER", "/livez", "405", 1.0),
    ] {
        assert!(
            (requests(&scrape, method, path, status) - expected).abs() < 0.5,
            "{method} {path} {status}: {}",
            scrape.text
        );
    }
    assert_eq!(scrape.value("http_requests_in_flight", &[]), Some(0.0));
}

#[actix_web::test]
async fn the_page_and_its_files_are_one_label_each() {
    let dist = tempfile::tempdir().unwrap();
    std::fs::create_dir(dist.path().join("assets")).unwrap();
    for file in ["index.html", "favicon.svg", "assets/a.js", "assets/b.js"] {
        std::fs::write(dist.path().join(file), "x").unwrap();
    }
    let database = migrated_database().await;
    let mut config = config(&database.url());
    config.static_files.dir = dist.path().to_owned();
    let app = TestApp::with_config(database, config).await;
    let client = TestApp::http_client();
    for path in ["/", "/reports/week", "/anything", "/favicon.svg", "/assets/a.js", "/assets/b.js"] {
        let answer = client.get(format!("{}{path}", app.url)).header("accept", "text/html").send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    let scrape = Scrape::of(&app).await;
    assert!((requests(&scrape, "GET", "client", "200") - 3.0).abs() < 0.5, "{}", scrape.text);
    assert!((requests(&scrape, "GET", "static", "200") - 3.0).abs() < 0.5, "{}", scrape.text);
}

#[actix_web::test]
async fn a_request_is_in_flight_until_it_is_answered_or_given_up() {
    let app = TestApp::spawn().await;
    let (blocker, connection) = tokio_postgres::connect(&app.database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    blocker.batch_execute("BEGIN; LOCK TABLE projects IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let request = tokio::spawn(TestApp::http_client().get(format!("{}/api/projects", app.url)).send());
    let begun = Instant::now();
    let until = async |name: &str, labels: &[(&str, &str)], expected: f64| {
        while Scrape::of(&app).await.value(name, labels) != Some(expected) {
            assert!(begun.elapsed() < Duration::from_secs(60), "{name} does not become {expected}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    until("http_requests_in_flight", &[], 1.0).await;
    until("database_pool_connections", &[("state", "in_use")], 1.0).await;
    request.abort();
    until("http_requests_in_flight", &[], 0.0).await;
    drop(blocker);
    until("database_pool_connections", &[("state", "in_use")], 0.0).await;
}

#[actix_web::test]
async fn statements_are_timed_by_kind() {
    let app = TestApp::spawn().await;
    let project = app.project("Project").await;
    let category = app.category(&project, "Category").await;
    app.post("/api/time/start", json!({"categoryId": category})).await.created();
    app.patch(&format!("/api/projects/{project}"), json!({"name": "Other"})).await.ok();
    app.post("/api/time/start", json!({"categoryId": uuid::Uuid::nil()})).await;
    let scrape = Scrape::of(&app).await;
    for kind in ["select", "insert", "update", "begin", "commit", "rollback"] {
        let count = scrape.value("database_query_duration_seconds_count", &[("query_type", kind)]);
        assert!(count >= Some(1.0), "{kind}: {}", scrape.text);
    }
    let begun = scrape.value("database_query_duration_seconds_count", &[("query_type", "begin")]);
    let ended = ["commit", "rollback"]
        .map(|kind| scrape.value("database_query_duration_seconds_count", &[("query_type", kind)]).unwrap_or_default());
    assert_eq!(begun, Some(ended.iter().sum()), "each transaction that began has ended");
    assert!(scrape.value("database_pool_wait_seconds_count", &[]) >= Some(5.0));
}

#[actix_web::test]
async fn the_pool_tells_its_state_and_why_it_had_nothing_to_give() {
    let database = migrated_database().await;
    let mut config = config(&database.url());
    config.database.max_conns = 2;
    config.database.acquire_timeout = Duration::from_secs(3);
    let db = Db::connect(&config.database).unwrap();
    let registry = prometheus::Registry::new();
    db.register_metrics(&registry).unwrap();
    let scrape = || Scrape::parse(prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap());
    let state = |scrape: &Scrape| {
        ["idle", "in_use"].map(|state| scrape.value("database_pool_connections", &[("state", state)]).unwrap())
    };
    assert_eq!((state(&scrape()), scrape().value("database_pool_connections_max", &[])), ([0.0, 0.0], Some(2.0)));
    let taken = (db.conn().await.unwrap(), db.conn().await.unwrap());
    assert_eq!(state(&scrape()), [0.0, 2.0]);
    assert!(db.conn().await.is_err());
    let failures = |kind| scrape().value("database_pool_acquire_failures_total", &[("kind", kind)]);
    assert_eq!(failures("exhausted"), Some(1.0));
    assert!(scrape().value("database_pool_wait_seconds_sum", &[]) >= Some(3.0), "waiting in vain is waiting");
    drop(taken);
    assert_eq!(state(&scrape()), [2.0, 0.0]);
    db.close().await;
    assert!(db.conn().await.is_err());
    assert_eq!((failures("closed"), failures("unreachable"), failures("timeout")), (Some(1.0), Some(0.0), Some(0.0)));
}

#[actix_web::test]
async fn running_timers_are_counted_in_the_whole_database_now_and_then() {
    let app = TestApp::spawn().await;
    let project = app.project("Project").await;
    let category = app.category(&project, "Category").await;
    app.post("/api/time/start", json!({"categoryId": category})).await.created();
    let scrape = Scrape::of(&app).await;
    assert_eq!(scrape.value("clockwork_timers_running", &[]), Some(1.0));
    assert_eq!(scrape.value("clockwork_migrations_pending", &[]), Some(0.0));
    app.advance(TimeDelta::minutes(1));
    app.post("/api/time/stop", json!({})).await.ok();
    assert_eq!(Scrape::of(&app).await.value("clockwork_timers_running", &[]), Some(1.0), "not asked again at once");
}

#[actix_web::test]
async fn an_import_is_a_job_that_ends_in_one_of_three_ways() {
    let app = TestApp::spawn().await;
    let import = async |file: String| {
        let part = reqwest::multipart::Part::text(file).file_name("a.csv");
        let form = reqwest::multipart::Form::new().part("file", part);
        app.send(app.request(Method::POST, "/api/imports").multipart(form)).await.status.as_u16()
    };
    let header =
        "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags";
    let file =
        |day: &str| format!("{header}\nMe,me@example.com,,P,,,No,{day},10:00:00,2026-01-01,11:00:00,01:00:00,\n");
    assert_eq!(import(file("2026-01-01")).await, 200);
    assert_eq!(import(file("never")).await, 400);
    let scrape = Scrape::of(&app).await;
    let ended = |outcome| scrape.value("job_duration_seconds_count", &[("queue", "import"), ("outcome", outcome)]);
    assert_eq!((ended("succeeded"), ended("refused"), ended("failed")), (Some(1.0), Some(1.0), None));
    assert_eq!(scrape.value("job_queue_length", &[("queue", "import")]), Some(0.0));
    let last = scrape.value("job_last_success_timestamp_seconds", &[("queue", "import")]);
    #[expect(clippy::cast_precision_loss, reason = "seconds of this century")]
    let now = app.now().timestamp() as f64;
    assert_eq!(last, Some(now));
}
