//! Whether the server can do its work.

use std::sync::Arc;
use std::time::Duration;

use clockwork_core::database::Db;
use clockwork_core::database::migrations::MigrationSet;
use clockwork_core::operations::background_metrics::BackgroundMetrics;
use clockwork_core::operations::health::{CACHED_FOR, Health, HealthCheck};
use clockwork_core::values::clock::Clock;
use clockwork_devdb::testing;
use clockwork_server::app::Application;
use clockwork_server::state::AppState;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::json;

use super::{ask, without_database};
use crate::harness::{Answer, TestApp, config, migrated_database};

const READY: [&str; 3] = ["/readyz", "/health/ready", "/ready"];

#[actix_web::test]
async fn ready_with_the_state_of_each_part() {
    let app = TestApp::spawn().await;
    for path in READY {
        let answer = ask(&app, path).await.ok();
        assert_eq!(answer.json["status"], "ready", "{path}");
        for check in ["database", "migrations"] {
            assert_eq!(answer.json["checks"][check]["status"], "up", "{}", answer.text);
            assert!(answer.json["checks"][check]["latency_ms"].as_f64().unwrap() > 0.0);
            assert!(answer.json["checks"][check].get("error").is_none());
        }
        assert_eq!(answer.json["checks"]["jobs"]["status"], "up", "{}", answer.text);
        assert!(answer.json.get("error").is_none());
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(ask(&app, "/health/startup").await.ok().json["status"], "started");
}

#[actix_web::test]
async fn not_ready_while_a_migration_is_missing() {
    let app = TestApp::with_database(testing::server().await.unwrap().empty().await.unwrap()).await;
    let first = MigrationSet::load(None).unwrap().all()[0].name.clone();
    for (path, status) in [("/readyz", "degraded"), ("/health/ready", "degraded"), ("/ready", "not ready")] {
        let answer = ask(&app, path).await.is(503);
        assert_eq!(answer.json["status"], status);
        assert_eq!(answer.json["checks"]["database"]["status"], "up");
        let check = &answer.json["checks"]["migrations"];
        assert_eq!(check["status"], "down");
        let error = check["error"].as_str().unwrap();
        assert!(error.contains("this version needs migrations that are not applied"), "{error}");
        assert!(error.contains(&first) && error.contains("migrator up"), "{error}");
        assert_eq!(answer.json.get("error"), (path == "/ready").then_some(check.get("error").unwrap()));
    }
    assert_eq!(ask(&app, "/health/startup").await.is(503).json["status"], "starting");
    ask(&app, "/livez").await.ok();
    ask(&app, "/healthz").await.ok();
}

#[actix_web::test]
async fn ready_as_soon_as_the_migrations_are_applied() {
    let app = TestApp::with_database(testing::server().await.unwrap().empty().await.unwrap()).await;
    ask(&app, "/readyz").await.is(503);
    crate::harness::migrate(&app.database.url()).await.unwrap();
    tokio::time::sleep(CACHED_FOR).await;
    ask(&app, "/readyz").await.ok();
    ask(&app, "/health/startup").await.ok();
}

#[actix_web::test]
async fn a_newer_schema_is_good_enough() {
    let app = TestApp::spawn().await;
    let (client, connection) = tokio_postgres::connect(&app.database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("INSERT INTO __diesel_schema_migrations VALUES ('29991231235959')").await.unwrap();
    ask(&app, "/readyz").await.ok();
}

#[actix_web::test]
async fn without_a_database_it_says_so_and_nothing_of_the_driver_s() {
    let app = without_database().await;
    for path in READY {
        let answer = ask(&app, path).await.is(503);
        assert_eq!(answer.json["checks"]["database"]["status"], "down");
        assert_eq!(answer.json["checks"]["database"]["error"], "it cannot be reached");
        assert_eq!(answer.json["checks"]["migrations"]["status"], "down");
        for secret in ["refused", "os error", "127.0.0.1", "clockwork:", "secret"] {
            assert!(!answer.text.contains(secret), "{secret} in {}", answer.text);
        }
    }
    assert_eq!(ask(&app, "/ready").await.is(503).json["error"], "database: it cannot be reached");
    ask(&app, "/health/startup").await.is(503);
}

#[actix_web::test]
async fn once_started_it_stays_so_when_the_database_goes_away() {
    let app = TestApp::spawn().await;
    ask(&app, "/health/startup").await.ok();
    let name = app.database.name();
    let admin = testing::server().await.unwrap().url("postgres");
    let (client, connection) = tokio_postgres::connect(&admin, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    tokio::time::sleep(CACHED_FOR).await;
    ask(&app, "/readyz").await.is(503);
    ask(&app, "/health/startup").await.ok();
    ask(&app, "/livez").await.ok();
}

#[actix_web::test]
async fn many_probes_are_one_look() {
    let database = migrated_database().await;
    let db = Db::connect(&config(&database.url()).database).unwrap();
    let health = Health::new(db, MigrationSet::load(None).unwrap(), BackgroundMetrics::new());
    let reports = futures_util::future::join_all((0..50).map(|_| health.report())).await;
    assert!(reports.iter().all(|report| Arc::ptr_eq(report, &reports[0])), "one looked, the others waited");
    assert!(Arc::ptr_eq(&reports[0], &health.report().await), "remembered");
    tokio::time::sleep(CACHED_FOR + Duration::from_millis(50)).await;
    assert!(!Arc::ptr_eq(&reports[0], &health.report().await), "looked again");
}

#[actix_web::test]
async fn a_database_that_does_not_answer_is_not_waited_for() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://clockwork:secret@{}/clockwork?sslmode=disable", silent.local_addr().unwrap());
    let app = TestApp::with_config(migrated_database().await, config(&url)).await;
    // The pool would have waited for five seconds, and said something else.
    let answer = ask(&app, "/readyz").await.is(503);
    assert_eq!(answer.json["checks"]["database"]["error"], "it did not answer within a second");
}

#[actix_web::test]
async fn ready_while_all_connections_are_in_use_and_requests_wait() {
    let database = migrated_database().await;
    let mut config = config(&database.url());
    (config.database.max_conns, config.database.acquire_timeout) = (2, Duration::from_secs(60));
    let app = TestApp::with_config(database, config).await;
    app.get("/api/projects").await.ok();
    let (blocker, connection) = tokio_postgres::connect(&app.database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    blocker.batch_execute("BEGIN; LOCK TABLE projects IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let client = TestApp::http_client();
    let waiting: Vec<_> =
        (0..5).map(|_| tokio::spawn(client.get(format!("{}/api/projects", app.url)).send())).collect();
    let begun = std::time::Instant::now();
    while !app.metrics.text().await.unwrap().contains("database_pool_waiting 3") {
        assert!(begun.elapsed() < Duration::from_secs(30), "{}", app.metrics.text().await.unwrap());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for _ in 0..3 {
        tokio::time::sleep(CACHED_FOR).await;
        let answer = ask(&app, "/readyz").await.ok();
        let check = &answer.json["checks"]["connection_pool"];
        assert_eq!(check["status"], "down", "{}", answer.text);
        assert_eq!(check["error"], "all 2 connections are in use, and 3 requests wait for one");
        assert_eq!(answer.json["checks"]["database"]["status"], "up");
        assert_eq!(answer.json["checks"]["migrations"]["status"], "up");
        ask(&app, "/healthz").await.ok();
        // Nor does a scrape wait for the requests.
        let scrape = app.metrics.text().await.unwrap();
        assert!(scrape.contains("clockwork_ready 1") && scrape.contains("clockwork_timers_running 0"), "{scrape}");
    }
    blocker.batch_execute("ROLLBACK").await.unwrap();
    for request in waiting {
        assert_eq!(request.await.unwrap().unwrap().status(), 200);
    }
    tokio::time::sleep(CACHED_FOR).await;
    assert_eq!(ask(&app, "/readyz").await.ok().json["checks"]["connection_pool"]["status"], "up");
}

#[actix_web::test]
async fn a_probe_whose_connection_was_lost_asks_on_a_new_one() {
    let app = TestApp::spawn().await;
    let (admin, connection) = tokio_postgres::connect(&app.database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    for _ in 0..3 {
        ask(&app, "/readyz").await.ok();
        let probe = "application_name = 'clockwork-server-probe' AND datname = current_database()";
        let terminate = format!("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE {probe}");
        assert_eq!(admin.query_one(&terminate, &[]).await.unwrap().get::<_, i64>(0), 1);
        tokio::time::sleep(CACHED_FOR).await;
    }
}

/// Something beside the database that is never in order.
struct Broken {
    critical: bool,
}

impl HealthCheck for Broken {
    fn name(&self) -> &'static str {
        "weather"
    }

    fn critical(&self) -> bool {
        self.critical
    }

    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        async { Err("it rains".to_owned()) }.boxed()
    }
}

#[actix_web::test]
async fn what_is_not_critical_is_told_and_only_what_is_critical_makes_it_unready() {
    for (critical, status, word) in [(false, 200, "ready"), (true, 503, "not ready")] {
        let database = migrated_database().await;
        let config = config(&database.url());
        let db = Db::connect(&config.database).unwrap();
        let background = BackgroundMetrics::new();
        let health = Health::new(db.clone(), MigrationSet::load(None).unwrap(), background.clone());
        let health = Arc::new(health.also(Arc::new(Broken { critical })));
        let state = AppState::new(db, Clock::system(), &config.auth, health, background);
        let application = Application::build(&config, state).unwrap();
        let url = format!("http://{}/ready", application.address());
        actix_web::rt::spawn(application.run());
        let answer = Answer::read(TestApp::http_client().get(url).send().await.unwrap()).await.is(status);
        assert_eq!(answer.json["status"], word);
        assert_eq!(answer.json["error"], if critical { json!("weather: it rains") } else { json!(null) });
        assert_eq!(answer.json["checks"]["weather"]["status"], "down");
        assert_eq!(answer.json["checks"]["weather"]["error"], "it rains");
        assert_eq!(answer.json["checks"]["database"]["status"], "up");
    }
}
