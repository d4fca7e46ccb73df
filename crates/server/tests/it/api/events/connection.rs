//! The connection of a stream: its headers, slow and closed readers, and its end.

use std::time::{Duration, Instant};

use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use clockwork_core::events::{Message, StreamIntervals};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::WORKSPACE;
use crate::harness::{Stream, TestApp};

async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[actix_web::test]
async fn nothing_between_server_and_client_may_keep_pieces_back() {
    let app = TestApp::spawn().await;
    let request = TestApp::http_client().get(format!("{}/api/events", app.url)).header("Accept-Encoding", "br, gzip");
    let mut response = request.send().await.unwrap();
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(header("content-type").as_deref(), Some("text/event-stream"));
    assert_eq!(header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(header("x-accel-buffering").as_deref(), Some("no"));
    assert!(header("content-encoding").is_none_or(|encoding| encoding == "identity"));
    let first = response.chunk().await.unwrap().unwrap();
    assert!(std::str::from_utf8(&first).unwrap().starts_with("retry: "), "{first:?}");
}

#[actix_web::test]
async fn head_is_answered_without_a_stream() {
    let app = TestApp::spawn().await;
    let answer = app.send(app.request(Method::HEAD, "/api/events")).await.ok();
    assert_eq!((answer.header("content-type"), answer.text.as_str()), ("text/event-stream", ""));
    assert_eq!(app.events.open(), 0);
}

#[actix_web::test]
async fn a_client_that_knows_only_http_1_0_reads_until_the_end() {
    let app = TestApp::spawn().await;
    let mut connection = app.connect().await;
    connection.write_all(b"GET /api/events HTTP/1.0\r\n\r\n").await.unwrap();
    let mut read = String::new();
    let mut buffer = [0; 4_096];
    until("the greeting", async || app.events.open() == 1).await;
    app.events.close_all();
    loop {
        let count = connection.read(&mut buffer).await.unwrap();
        if count == 0 {
            break;
        }
        read.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
    let (head, body) = read.split_once("\r\n\r\n").unwrap();
    assert!(!head.to_lowercase().contains("chunked"), "{head}");
    assert!(body.starts_with("retry: 1000\n") && body.contains("event: ready\n"), "{body}");
}

#[actix_web::test]
async fn a_header_that_is_no_text_is_refused() {
    let app = TestApp::spawn().await;
    let garbage = reqwest::header::HeaderValue::from_bytes(b"\xff").unwrap();
    let refused = app.send(app.request(Method::GET, "/api/events").header("Last-Event-ID", garbage)).await;
    refused.refused(400, "invalid_header").names("Last-Event-ID", "invalid_format");
    app.get("/api/events?since=1").await.refused(400, "invalid_query");
}

#[actix_web::test]
async fn a_closed_stream_leaves_nothing_behind() {
    // A client that has gone is noticed by what is written to it.
    let app =
        TestApp::with_intervals(StreamIntervals { heartbeat: Duration::from_millis(50), ..StreamIntervals::default() })
            .await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        streams.push(app.stream(None).await);
    }
    assert_eq!(app.events.open(), 5);
    streams.truncate(2);
    until("three have left", async || app.events.open() == 2).await;
    streams.clear();
    until("all have left", async || app.events.open() == 0).await;
    // A stream without events, too.
    let mut silent = app.connect().await;
    silent.write_all(b"GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    until("one is there", async || app.events.open() == 1).await;
    drop(silent);
    until("it has left", async || app.events.open() == 0).await;
}

#[actix_web::test]
async fn a_silent_stream_beats_and_its_place_moves_on() {
    let app =
        TestApp::with_intervals(StreamIntervals { heartbeat: Duration::from_millis(50), ..StreamIntervals::default() })
            .await;
    app.get("/api/me").await.ok();
    let mut stream = app.stream(None).await;
    stream.changes().await;
    let first = stream.event().await;
    assert_eq!((first.name.as_str(), &first.data), ("heartbeat", &json!({})));
    let neighbour = app.neighbour().await;
    app.execute(&format!("UPDATE tags SET name = 'Another' WHERE id = '{}'", neighbour.tag)).await;
    while stream.event().await.id == first.id {}
}

#[actix_web::test]
async fn a_stream_does_not_last_for_ever() {
    let app =
        TestApp::with_intervals(StreamIntervals { lifetime: Duration::from_millis(200), ..StreamIntervals::default() })
            .await;
    let mut stream = app.stream(None).await;
    let mut last = stream.event().await;
    while let Some(event) = stream.next().await {
        last = event;
    }
    assert!(last.retry.is_some(), "{last:?}");
    until("it is over", async || app.events.open() == 0).await;
}

#[actix_web::test]
async fn a_stream_ends_when_its_user_loses_access() {
    let app = TestApp::spawn().await;
    app.get("/api/me").await.ok();
    let mut stream = app.stream(None).await;
    stream.changes().await;
    app.execute("UPDATE memberships SET role = 'viewer'").await;
    assert_eq!(stream.changes().await[0]["kind"], "membership");
    assert!(stream.event().await.retry.is_some());
    assert_eq!(stream.next().await, None);
}

#[actix_web::test]
async fn at_the_end_every_stream_is_told_when_to_come_back() {
    let app = TestApp::spawn().await;
    app.get("/api/me").await.ok();
    let mut streams = Vec::new();
    for _ in 0..8 {
        let mut stream = app.stream(None).await;
        stream.changes().await;
        streams.push(stream);
    }
    app.events.close_all();
    let mut pauses = Vec::new();
    for stream in &mut streams {
        pauses.push(stream.event().await.retry.unwrap());
        assert_eq!(stream.next().await, None);
    }
    pauses.sort_unstable();
    pauses.dedup();
    assert!(pauses.len() == 8 && pauses[0] >= 1_000 && pauses[7] <= 5_000, "{pauses:?}");
    until("all are over", async || app.events.open() == 0).await;
    // A stream that is opened during shutdown ends at once.
    let mut late = app.stream(None).await;
    while late.next().await.is_some() {}
}

/// A subscription that does not read costs a queue of bounded length; when that is full it is told to reload
/// everything.
#[actix_web::test]
async fn a_client_that_does_not_read_receives_a_reset() {
    let app = TestApp::spawn().await;
    app.get("/api/me").await.ok();
    let mut slow = app.events.subscribe(BUILT_IN_CALLER, None).await.unwrap();
    assert!(matches!(slow.next().await, Message::Changes(_)));
    let mut quick = app.stream(None).await;
    quick.changes().await;
    // Fewer changes than a queue holds, and then more, each hundred told to the other stream before the next, so that
    // they do not come together.
    let hundred = async |quick: &mut Stream, number: u32| {
        let tags = format!(
            "INSERT INTO tags (id, workspace_id, name, created_at, updated_at)
             SELECT gen_random_uuid(), '{WORKSPACE}', 'Tag ' || n || ' of {number}', now(), now() FROM generate_series(1, 100) AS n"
        );
        app.execute(&tags).await;
        app.events.wake();
        assert_eq!(quick.changes().await.len(), 100);
    };
    for number in 0..45 {
        hundred(&mut quick, number).await;
    }
    let Message::Changes(changes) = slow.next().await else { panic!("it has fallen behind too soon") };
    assert_eq!(changes.events().len(), 4_500);
    for number in 45..100 {
        hundred(&mut quick, number).await;
    }
    assert!(matches!(slow.next().await, Message::Reset));
    // What is behind the reset is not told again, and what comes after it is.
    let tag = app.tag("After").await;
    let Message::Changes(changes) = slow.next().await else { panic!("no changes") };
    let ids: Vec<_> = changes.events().iter().map(|change| change.object.unwrap().to_string()).collect();
    assert_eq!(ids, [tag]);
}
