//! Failures at Sentry: what went wrong and where, and not a word of it.

use nix::sys::signal::Signal;
use serde_json::Value;
use tokio_postgres::NoTls;

use super::{Delivery, Receiver};
use crate::harness::{Process, TestApp, absent_database, migrated_database};

/// The events in what was delivered. An envelope is lines of JSON: its head, then a head and an event.
fn events(deliveries: &[Delivery]) -> Vec<Value> {
    let lines = deliveries.iter().map(|delivery| String::from_utf8(delivery.body.to_vec()).unwrap());
    let events = lines.map(|text| serde_json::from_str(text.lines().nth(2).unwrap()).unwrap());
    events.collect()
}

#[actix_web::test]
async fn an_answer_of_500_is_reported_by_kind_and_place() {
    let (database, sentry) = (migrated_database().await, Receiver::start());
    let dsn = format!("http://hunter2@{}/42", sentry.address);
    let mut process = Process::start(&std::env::temp_dir(), &[("DATABASE_URL", &database.url()), ("SENTRY_DSN", &dsn)]);
    let (admin, connection) = tokio_postgres::connect(&database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let client = TestApp::http_client();
    let get = |path: &str| client.get(format!("{}{path}", process.url)).header("x-request-id", "broken").send();
    assert_eq!(get("/api/projects").await.unwrap().status(), 200);
    assert_eq!(get("/api/nothing").await.unwrap().status(), 404);
    admin.batch_execute("ALTER TABLE projects RENAME TO moved").await.unwrap();
    let made = client.post(format!("{}/api/projects", process.url)).header("x-request-id", "broken");
    assert_eq!(made.json(&serde_json::json!({"name": "Ada"})).send().await.unwrap().status(), 500);
    process.signal(Signal::SIGTERM);
    assert_eq!(process.wait().code(), Some(0));

    let deliveries = sentry.deliveries();
    let [event] = <[Value; 1]>::try_from(events(&deliveries)).unwrap();
    assert_eq!(deliveries[0].path, "/api/42/envelope/");
    assert!(deliveries[0].headers.contains("sentry_key=hunter2"), "{}", deliveries[0].headers);
    assert_eq!(event["exception"]["values"][0]["value"], "database: Unknown");
    assert_eq!(event["transaction"], "/api/projects");
    assert_eq!(event["environment"], "development");
    let tags = &event["tags"];
    assert_eq!(
        (&tags["method"], &tags["status"], &tags["request_id"]),
        (&"POST".into(), &"500".into(), &"broken".into())
    );
    for word in ["relation", "moved", "Ada", "hunter2", "127.0.0.1"] {
        assert!(!event.to_string().contains(word), "{word} in {event}");
    }
    assert!(!format!("{:?}", process.log).contains("hunter2"));
}

#[actix_web::test]
async fn a_database_that_is_away_is_one_report() {
    let sentry = Receiver::start();
    let dsn = format!("http://key@{}/1", sentry.address);
    let mut process =
        Process::start(&std::env::temp_dir(), &[("DATABASE_URL", &absent_database()), ("SENTRY_DSN", &dsn)]);
    for _ in 0..5 {
        let answer = TestApp::http_client().get(format!("{}/api/projects", process.url)).send().await.unwrap();
        assert_eq!(answer.status(), 503);
    }
    process.signal(Signal::SIGTERM);
    assert_eq!(process.wait().code(), Some(0));
    let [event] = <[Value; 1]>::try_from(events(&sentry.deliveries())).unwrap();
    assert_eq!(event["exception"]["values"][0]["value"], "database: unreachable");
}
