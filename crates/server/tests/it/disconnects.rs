//! Clients that close their connection before the answer.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_postgres::{Client, NoTls};

use crate::harness::{Process, TestApp, config, migrated_database, until_waiting};
use crate::metrics::Scrape;

/// Holds what `GET /api/projects` reads until it is told to release it.
async fn blocker(database_url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(database_url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("BEGIN; LOCK TABLE projects IN ACCESS EXCLUSIVE MODE").await.unwrap();
    client
}

/// A server that has answered once, whose statements may wait for ever.
async fn app_without_timeouts(max_conns: u16) -> TestApp {
    let database = migrated_database().await;
    let mut config = config(&database.url());
    (config.database.max_conns, config.database.statement_timeout) = (max_conns, Duration::ZERO);
    let app = TestApp::with_config(database, config).await;
    app.get("/api/clients").await.ok();
    app
}

/// Sends a request that has to wait.
async fn ask_for_projects(url: &str) -> TcpStream {
    let mut connection = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    let head = "GET /api/projects HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Request-Id: waits\r\n\r\n";
    connection.write_all(head.as_bytes()).await.unwrap();
    connection
}

/// Closes a connection with a reset, as the system does for a process that is killed with data unread, and proxies that
/// time out.
fn reset(connection: &TcpStream) {
    connection.set_zero_linger().unwrap();
}

#[actix_web::test]
async fn a_request_whose_client_resets_the_connection_leaves_nothing_running() {
    let app = app_without_timeouts(1).await;
    let _blocker = blocker(&app.database.url()).await;
    let connection = ask_for_projects(&app.url).await;
    app.until_waiting(1).await;
    reset(&connection);
    drop(connection);
    // The pool's only connection would be busy, and what is asked of it would wait behind the statement.
    let next = tokio::time::timeout(Duration::from_secs(60), app.get("/api/clients")).await;
    next.expect("it must not wait behind a request that is gone").ok();
    app.until_waiting(0).await;

    let labels = [("method", "GET"), ("path", "/api/projects"), ("status", "499")];
    let scrape = Scrape::of(&app).await;
    for name in ["http_requests_total", "http_request_duration_seconds_count"] {
        assert_eq!(scrape.value(name, &labels), Some(1.0), "{name}: {}", scrape.text);
    }
    assert_eq!(scrape.value("http_requests_in_flight", &[]), Some(0.0));
}

#[actix_web::test]
async fn a_request_that_was_broken_off_is_a_line_of_the_log() {
    let database = migrated_database().await;
    let url = database.url();
    let mut server = tokio::task::spawn_blocking(move || {
        Process::start(&std::env::temp_dir(), &[("DATABASE_URL", &url), ("DATABASE_MIN_IDLE", "0")])
    })
    .await
    .unwrap();
    TestApp::http_client().get(format!("{}/api/projects", server.url)).send().await.unwrap();
    let _blocker = blocker(&database.url()).await;
    let connection = ask_for_projects(&server.url).await;
    until_waiting(&database.url(), 1).await;
    reset(&connection);
    drop(connection);
    let line = loop {
        let line = server.wait_for_line("request");
        if line["request_id"] == "waits" {
            break line;
        }
    };
    assert_eq!(line["status"], 499, "{line}");
    assert_eq!((&line["method"], &line["route"]), (&"GET".into(), &"/api/projects".into()), "{line}");
    assert!(line["duration_ms"].as_f64().unwrap() > 0.0, "{line}");
}

#[actix_web::test]
async fn a_client_that_has_finished_sending_still_gets_its_answer() {
    let app = app_without_timeouts(5).await;
    let blocker = blocker(&app.database.url()).await;
    let mut connection = ask_for_projects(&app.url).await;
    app.until_waiting(1).await;
    connection.shutdown().await.unwrap();
    // The server has seen that when another request is answered.
    app.get("/api/clients").await.ok();
    app.until_waiting(1).await;
    blocker.batch_execute("ROLLBACK").await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
