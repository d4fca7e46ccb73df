//! Servers and their database: replicas hear each other, and whatever happens to the connection that listens, nothing
//! is missed.

use std::time::{Duration, Instant};

use clockwork_core::events::StreamIntervals;
use reqwest::Method;

use super::insert_tag;
use crate::harness::{Stream, TestApp};

/// The connections of servers that read the log.
pub(super) const LISTENERS: &str =
    "FROM pg_stat_activity WHERE application_name = 'clockwork-server-events' AND datname = current_database()";

pub(super) fn tag_id(number: u32) -> String {
    format!("0e000000-0000-7000-8000-{number:012}")
}

/// Waits until as many connections listen.
pub(super) async fn until_listening(client: &tokio_postgres::Client, count: i64) {
    let begun = Instant::now();
    while client.query_one(&format!("SELECT count(*) {LISTENERS}"), &[]).await.unwrap().get::<_, i64>(0) != count {
        assert!(begun.elapsed() < Duration::from_secs(60), "not {count} listen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[actix_web::test]
async fn two_servers_tell_of_each_other_s_changes_with_one_connection_each() {
    let app = TestApp::spawn().await;
    let other = app.another_server().await;
    app.get("/api/me").await.ok();
    let mut here = app.stream(None).await;
    let mut there = Stream::open(&other.url, None).await;
    let mut there_too = Stream::open(&other.url, None).await;
    here.changes().await;
    there.changes().await;
    there_too.changes().await;
    until_listening(&app.sql().await, 2).await;

    let tag = app.tag("Made here").await;
    for stream in [&mut here, &mut there, &mut there_too] {
        assert_eq!(stream.ids(1).await, [tag.as_str()]);
    }
    let body = serde_json::json!({"name": "Made there"});
    let made = TestApp::http_client().request(Method::POST, format!("{}/api/tags", other.url)).json(&body);
    let made: serde_json::Value = made.send().await.unwrap().json().await.unwrap();
    assert_eq!(here.ids(1).await, [made["id"].as_str().unwrap()]);
    assert_eq!(there.ids(1).await, [made["id"].as_str().unwrap()]);
}

#[actix_web::test]
async fn a_listening_connection_that_is_cut_off_misses_nothing() {
    let app = TestApp::spawn().await;
    app.get("/api/me").await.ok();
    let mut stream = app.stream(None).await;
    stream.changes().await;
    let client = app.sql().await;
    for number in 1..=5 {
        until_listening(&client, 1).await;
        let cut = format!("SELECT count(pg_terminate_backend(pid)) {LISTENERS}");
        assert_eq!(client.query_one(&cut, &[]).await.unwrap().get::<_, i64>(0), 1);
        let id = tag_id(number);
        client.batch_execute(&insert_tag(&id, &format!("Tag {number}"))).await.unwrap();
        assert_eq!(stream.ids(1).await, [id]);
    }
    stream.has_nothing_more(&app).await;
}

#[actix_web::test]
async fn while_the_database_is_away_streams_stay_and_nothing_is_missed() {
    let app = TestApp::with_intervals(StreamIntervals {
        heartbeat: Duration::from_millis(100),
        ..StreamIntervals::default()
    })
    .await;
    app.get("/api/me").await.ok();
    let mut stream = app.stream(None).await;
    stream.changes().await;
    let writer = app.sql().await;
    let allow = async |connections: i32| {
        let limit = format!("ALTER DATABASE \"{}\" CONNECTION LIMIT {connections}", app.database.name());
        writer.batch_execute(&limit).await.unwrap();
    };

    allow(0).await;
    writer.batch_execute(&format!("SELECT pg_terminate_backend(pid) {LISTENERS}")).await.unwrap();
    until_listening(&writer, 0).await;
    for number in 1..=3 {
        writer.batch_execute(&insert_tag(&tag_id(number), &format!("Tag {number}"))).await.unwrap();
    }
    // Several attempts to come back fail meanwhile.
    for _ in 0..10 {
        assert_eq!(stream.event().await.name, "heartbeat");
    }
    allow(-1).await;
    assert_eq!(stream.ids(3).await, [tag_id(1), tag_id(2), tag_id(3)]);
    stream.has_nothing_more(&app).await;
}

#[actix_web::test]
async fn what_other_programs_write_is_found_by_the_poll() {
    let intervals = StreamIntervals { poll: Duration::from_millis(200), ..StreamIntervals::default() };
    let app = TestApp::with_intervals(intervals).await;
    app.get("/api/me").await.ok();
    let mut stream = app.stream(None).await;
    stream.changes().await;
    for number in 1..=3 {
        app.execute(&insert_tag(&tag_id(number), &format!("Tag {number}"))).await;
        assert_eq!(stream.ids(1).await, [tag_id(number)]);
    }
    stream.has_nothing_more(&app).await;
}

#[actix_web::test]
async fn a_log_with_another_name_resets_every_subscription() {
    let app =
        TestApp::with_intervals(StreamIntervals { poll: Duration::from_millis(200), ..StreamIntervals::default() })
            .await;
    app.get("/api/me").await.ok();
    let mut stream = app.stream(None).await;
    stream.changes().await;
    let before = stream.last_id.clone().unwrap();
    // As after a failover or a restore, which end every connection.
    app.execute(&format!(
        "CREATE OR REPLACE FUNCTION event_log_name() RETURNS text LANGUAGE sql RETURN 'abcdef';
         SELECT pg_terminate_backend(pid) {LISTENERS}"
    ))
    .await;
    let event = stream.event().await;
    assert_eq!(event.name, "reset");
    assert!(event.id.unwrap().starts_with("abcdef-"));
    stream.has_nothing_more(&app).await;
    let mut resumed = app.stream(Some(&before)).await;
    assert_eq!(resumed.event().await.name, "reset");
}

#[actix_web::test]
async fn streams_hold_no_connection_of_the_pool() {
    let mut streams = Vec::new();
    let app = TestApp::spawn().await;
    for _ in 0..60 {
        streams.push(app.stream(None).await);
    }
    app.get("/api/projects").await.ok();
    assert_eq!(app.events.open(), 60);
    let of_pool = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'clockwork-server' AND datname = current_database()
                   AND state <> 'idle'";
    assert_eq!(app.count(of_pool).await, 0);
}
