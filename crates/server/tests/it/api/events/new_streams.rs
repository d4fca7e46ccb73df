//! Streams that begin without a cursor: what was changed while a page was loading.

use std::time::Duration;

use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use clockwork_core::database::Db;
use clockwork_core::events::{Hub, StreamIntervals};

use super::WORKSPACE;
use crate::harness::{TestApp, absent_database, config_with};

/// Rows of the log as if so many things had been changed a while ago, each by a statement of one transaction.
fn insert_events(count: u32, age: &str) -> String {
    format!(
        "INSERT INTO events (workspace_id, kind, change, object_id, created_at)
         SELECT '{WORKSPACE}', 'tag', 'updated', gen_random_uuid(), now() - interval '{age}' FROM generate_series(1, {count})"
    )
}

#[actix_web::test]
async fn a_stream_begins_where_the_server_was_a_while_ago() {
    // Not even a moment ago: where it is now.
    let intervals = StreamIntervals { lookback: Duration::ZERO, ..StreamIntervals::default() };
    let app = TestApp::with_intervals(intervals).await;
    app.get("/api/me").await.ok();
    let mut first = app.stream(None).await;
    // When the second is told, the position after the first is known.
    for name in ["First", "Second"] {
        let tag = app.tag(name).await;
        assert_eq!(first.ids(1).await, [tag]);
    }
    let earlier = app.get("/api/tags").await.ok().json;
    let earlier = earlier.as_array().unwrap().iter().find(|tag| tag["name"] == "First").unwrap()["id"].clone();

    let mut second = app.stream(None).await;
    let after = app.tag("After").await;
    let mut told = Vec::new();
    while !told.contains(&after) {
        told.extend(second.ids(1).await);
    }
    assert!(!told.iter().any(|id| earlier == id.as_str()), "{told:?}");
}

#[actix_web::test]
async fn a_server_that_has_just_begun_tells_the_last_minute_from_the_log() {
    let app = TestApp::spawn().await;
    app.get("/api/me").await.ok();
    app.execute(&insert_events(900, "2 minutes")).await;
    let tag = app.tag("New").await;
    let mut stream = app.stream(None).await;
    let told = stream.changes().await;
    let kinds: Vec<_> = told.iter().map(|change| &change["kind"]).collect();
    assert_eq!(kinds, ["workspace", "membership", "tag"]);
    assert_eq!(told[2]["id"], tag.as_str());
    stream.has_nothing_more(&app).await;
}

#[actix_web::test]
async fn a_server_that_has_just_begun_looks_at_a_bounded_part_of_the_log() {
    let app = TestApp::spawn().await;
    app.get("/api/me").await.ok();
    app.execute(&insert_events(1_001, "2 minutes")).await;
    let mut stream = app.stream(None).await;
    let event = stream.event().await;
    assert_eq!((event.name.as_str(), event.id.is_some()), ("reset", true));
    stream.has_nothing_more(&app).await;
}

#[actix_web::test]
async fn a_transaction_is_told_as_a_whole_however_long_it_took() {
    let app = TestApp::spawn().await;
    app.get("/api/me").await.ok();
    let transaction = format!("BEGIN; {}; {}; COMMIT", insert_events(2, "2 minutes"), insert_events(1, "1 second"));
    app.execute("UPDATE events SET created_at = now() - interval '3 minutes'").await;
    app.execute(&transaction).await;
    assert_eq!(app.stream(None).await.changes().await.len(), 3);
}

#[actix_web::test]
async fn a_subscription_that_fails_leaves_nothing_behind() {
    let config = config_with(&absent_database(), &[("DATABASE_ACQUIRE_TIMEOUT", "200ms")]);
    let hub = Hub::new(Db::connect(&config.database).unwrap(), StreamIntervals::default());
    hub.subscribe(BUILT_IN_CALLER, None).await.unwrap_err();
    assert_eq!(hub.open(), 0);
}
