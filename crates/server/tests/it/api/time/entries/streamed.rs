//! `GET /api/time/entries` without `limit`: everything, as it is read.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use super::super::{TrackerApp, entry};
use super::pages::fill;
use crate::harness::{TestApp, config_with, migrated_database};

const EVERYTHING: &str = "/api/time/entries?from=2026-01-01T00:00:00Z";

/// A tracker whose server has one connection to the database.
async fn desk_with_one_connection() -> TrackerApp {
    let database = migrated_database().await;
    let config = config_with(&database.url(), &[("DATABASE_MAX_CONNS", "1")]);
    TrackerApp::at(TestApp::with_config(database, config).await).await
}

async fn ids_in_order(tracker: &TrackerApp) -> Vec<String> {
    let sql = "SELECT id::text FROM time_entries ORDER BY started_at DESC, id DESC";
    tracker.sql().await.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[actix_web::test]
async fn a_long_list_has_every_entry_once_and_in_order() {
    let tracker = TrackerApp::new().await;
    fill(&tracker, 30_123, 7).await;
    tracker.execute("UPDATE time_entries SET description = repeat('ä\"', 2500) WHERE id::text < '04'").await;
    let all = ids_in_order(&tracker).await;
    let answer = tracker.get(EVERYTHING).await.ok();
    assert_eq!((answer.header("content-type"), answer.header("transfer-encoding")), ("application/json", "chunked"));
    assert_eq!((answer.header("link"), answer.header("content-length")), ("", ""));
    assert_eq!(answer.ids(), all);
    let head = tracker.send(tracker.request(Method::HEAD, EVERYTHING)).await.ok();
    assert_eq!((head.text.as_str(), head.header("content-type")), ("", "application/json"));

    // A client that knows no chunks gets the same, and the end of the connection tells where it ends.
    let request = format!("GET {EVERYTHING} HTTP/1.0\r\nHost: clockwork\r\n\r\n");
    let old = tracker.exchange(request.as_bytes()).await.ok();
    assert_eq!(old.header("transfer-encoding"), "");
    assert_eq!(old.ids(), all);
}

#[actix_web::test]
async fn a_short_list_is_answered_in_one_piece() {
    let tracker = TrackerApp::new().await;
    fill(&tracker, 249, 7).await;
    let answer = tracker.get(EVERYTHING).await.ok();
    assert_eq!(answer.ids().len(), 249);
    assert_eq!(answer.header("content-length"), answer.text.len().to_string());
    // As many as are read at first, and one more.
    for more in 1..3 {
        tracker.entry(&tracker.category, more, more + 1).await;
        let answer = tracker.get(EVERYTHING).await.ok();
        assert_eq!((answer.ids(), answer.header("transfer-encoding")), (ids_in_order(&tracker).await, "chunked"));
    }
}

#[actix_web::test]
async fn entries_that_change_while_they_are_listed_come_once() {
    let tracker = TrackerApp::new().await;
    fill(&tracker, 60_000, 3).await;
    let before = ids_in_order(&tracker).await;
    let response = tracker.request(Method::GET, EVERYTHING).send().await.unwrap();
    let mut body = response.bytes_stream();
    let mut text = body.next().await.unwrap().unwrap().to_vec();
    // The newest, which are sent, become the oldest; some of the others change in other ways.
    let (moved, edited, deleted) = (&before[..20], &before[59_000..59_010], &before[59_100..59_110]);
    for id in moved {
        tracker.patch(&entry(id), json!({"startedAt": "2026-02-01T00:00:00Z"})).await.ok();
    }
    for id in edited {
        tracker.patch(&entry(id), json!({"description": "edited"})).await.ok();
    }
    tracker.post("/api/time/entries/bulk-delete", json!({"ids": deleted})).await.ok();
    while let Some(piece) = body.next().await {
        text.extend(piece.unwrap());
    }
    let entries: Vec<Value> = serde_json::from_slice(&text).unwrap();
    let ids: Vec<_> = entries.iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect();
    let expected: Vec<_> = before.iter().filter(|id| !deleted.contains(id)).cloned().collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "none comes twice");
    assert_eq!(ids, expected);
    let shown = entries.iter().filter(|entry| entry["description"] == "edited").count();
    assert_eq!(shown, edited.len(), "what was not sent yet is shown as it is when it is sent");
}

#[actix_web::test]
async fn a_client_that_does_not_read_on_holds_no_connection() {
    let tracker = desk_with_one_connection().await;
    fill(&tracker, 60_000, 3).await;
    let all = ids_in_order(&tracker).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut slow = socket.connect(tracker.url.trim_start_matches("http://").parse().unwrap()).await.unwrap();
    let request = format!("GET {EVERYTHING} HTTP/1.1\r\nHost: clockwork\r\nConnection: close\r\n\r\n");
    slow.write_all(request.as_bytes()).await.unwrap();
    let mut begun = vec![0; 1_000];
    slow.read_exact(&mut begun).await.unwrap();
    // More is to come than the buffers of both sides hold, so the server waits for this client in the middle of the
    // list.
    for _ in 0..20 {
        tracker.get("/api/me").await.ok();
    }
    tracker.get(&entry(&all[59_999])).await.ok();
    slow.read_to_end(&mut begun).await.unwrap();
    let text = String::from_utf8(begun).unwrap();
    assert!(text.ends_with("0\r\n\r\n"), "the list is answered to its end");
    assert_eq!(text.matches("\"categoryId\"").count(), 60_000);
}

#[actix_web::test]
async fn a_list_that_cannot_be_read_on_is_broken_off_and_never_taken_for_whole() {
    let tracker = TrackerApp::new().await;
    fill(&tracker, 40_000, 3).await;
    let response = tracker.request(Method::GET, EVERYTHING).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut body = response.bytes_stream();
    body.next().await.unwrap().unwrap();
    tracker.execute("ALTER TABLE time_entry_tags RENAME TO elsewhere").await;
    let mut failed = false;
    while let Some(piece) = body.next().await {
        failed |= piece.is_err();
    }
    assert!(failed, "the body must not end as if it were whole");
    tracker.get(EVERYTHING).await.refused(500, "internal_error");
}
