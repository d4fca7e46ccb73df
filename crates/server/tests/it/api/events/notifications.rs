//! How servers learn of commits: of their own at once, of each other's by notifications that no commit waits for.
//!
//! The servers of these tests poll the log once an hour, so that what they tell they were told of.

use std::time::Duration;

use clockwork_core::access::{Actor, Caller, Role};
use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use clockwork_core::events::{Message, StreamIntervals, Subscription};
use clockwork_core::values::ids::UserId;
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::poll_fn;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client, NoTls};

use super::database::{LISTENERS, tag_id, until_listening};
use super::{WORKSPACE, insert_tag};
use crate::harness::{Stream, TestApp};

const HOUR: Duration = Duration::from_secs(3_600);

fn without_polls() -> StreamIntervals {
    StreamIntervals { poll: HOUR, poll_without_notifications: HOUR, ..StreamIntervals::default() }
}

/// A client that listens as the servers do, and the payloads that it receives.
async fn listener(app: &TestApp) -> (Client, mpsc::UnboundedReceiver<String>) {
    let (client, mut connection) = tokio_postgres::connect(&app.database.url(), NoTls).await.unwrap();
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut messages = poll_fn(|context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(notification) = message {
                let _ = sender.send(notification.payload().to_owned());
            }
        }
    });
    client.batch_execute("LISTEN clockwork_events").await.unwrap();
    (client, receiver)
}

/// How many notifications have been sent before this one.
async fn count_until_now(client: &Client, received: &mut mpsc::UnboundedReceiver<String>) -> usize {
    client.batch_execute("NOTIFY clockwork_events, 'end'").await.unwrap();
    let mut count = 0;
    while received.recv().await.unwrap() != "end" {
        count += 1;
    }
    count
}

async fn make_tag(url: &str, name: &str) -> String {
    let request = TestApp::http_client().request(Method::POST, format!("{url}/api/tags")).json(&json!({"name": name}));
    let tag: Value = request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
    tag["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn no_commit_sends_a_notification() {
    let app = TestApp::with_intervals(without_polls()).await;
    app.get("/api/me").await.ok();
    // Jobs are few, and no request of the timer adds one.
    let triggers = "SELECT count(*) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
         WHERE NOT t.tgisinternal AND p.prosrc ~* 'notify' AND t.tgrelid <> 'jobs'::regclass";
    assert_eq!(app.count(triggers).await, 0);
    let (client, mut received) = listener(&app).await;
    for number in 1..=5 {
        app.execute(&insert_tag(&tag_id(number), &format!("Tag {number}"))).await;
    }
    assert_eq!(app.count("SELECT count(*) FROM events WHERE kind = 'tag'").await, 5);
    assert_eq!(count_until_now(&client, &mut received).await, 0);
}

#[actix_web::test]
async fn a_burst_of_writes_is_one_notification() {
    let app = TestApp::with_intervals(StreamIntervals { notification: HOUR, ..without_polls() }).await;
    app.get("/api/me").await.ok();
    let mut stream = app.stream(None).await;
    stream.changes().await;
    let (client, mut received) = listener(&app).await;

    let names: Vec<_> = (0..20).map(|number| format!("Tag {number}")).collect();
    join_all(names.iter().map(|name| app.tag(name))).await;
    stream.ids(names.len()).await;
    // When this one is told, the notification of the first has been sent.
    stream.has_nothing_more(&app).await;
    assert_eq!(count_until_now(&client, &mut received).await, 1);
}

#[actix_web::test]
async fn one_notification_in_each_interval_is_enough_for_all_writes() {
    let app = TestApp::with_intervals(without_polls()).await;
    app.get("/api/me").await.ok();
    let mut stream = app.stream(None).await;
    stream.changes().await;
    let (client, mut received) = listener(&app).await;
    let begun = std::time::Instant::now();
    for round in 0..4 {
        let names: Vec<_> = (0..16).map(|number| format!("Tag {number} of {round}")).collect();
        join_all(names.iter().map(|name| app.tag(name))).await;
        stream.ids(names.len()).await;
    }
    let count = count_until_now(&client, &mut received).await;
    let intervals = begun.elapsed().as_millis() / app.events.intervals().notification.as_millis();
    assert!(count >= 1 && count as u128 <= intervals + 1, "{count} in {intervals} intervals");
}

#[actix_web::test]
async fn rejected_requests_and_reads_send_no_notification() {
    let app = TestApp::with_intervals(without_polls()).await;
    app.get("/api/me").await.ok();
    app.execute(&insert_tag(&tag_id(1), "Taken")).await;
    let mut stream = app.stream(None).await;
    stream.changes().await;
    let (client, mut received) = listener(&app).await;
    app.get("/api/tags").await.ok();
    app.post("/api/tags", json!({"name": "taken"})).await.refused(409, "duplicate_tag_name");
    app.post("/api/tags", json!({"name": ""})).await.is(400);
    // Time enough for one that should not be sent.
    tokio::time::sleep(app.events.intervals().notification * 3).await;
    assert_eq!(count_until_now(&client, &mut received).await, 0);
}

#[actix_web::test]
async fn a_server_tells_its_own_writes_without_a_notification_or_a_poll() {
    let app = TestApp::with_intervals(StreamIntervals { notification: HOUR, ..without_polls() }).await;
    app.get("/api/me").await.ok();
    let mut stream = app.stream(None).await;
    stream.changes().await;
    for _ in 0..5 {
        stream.has_nothing_more(&app).await;
    }
    let tag = app.tag("Changed and deleted").await;
    assert_eq!(stream.ids(1).await, [tag.as_str()]);
    let path = format!("/api/tags/{tag}");
    app.patch(&path, json!({"name": "Another name"})).await.ok();
    assert_eq!(stream.changes().await[0]["change"], "updated");
    app.delete(&path).await.is(204);
    assert_eq!(stream.changes().await[0]["change"], "deleted");
}

#[actix_web::test]
async fn what_one_server_writes_is_told_by_the_other_through_a_notification() {
    let app = TestApp::with_intervals(without_polls()).await;
    let other = app.another_server_with_intervals(without_polls()).await;
    app.get("/api/me").await.ok();
    let mut here = app.stream(None).await;
    here.changes().await;
    // The other has no stream yet, and so far no connection of this kind: its first commit opens one.
    let made = make_tag(&other.url, "Made by a server without streams").await;
    assert_eq!(here.ids(1).await, [made]);
    for number in 0..10 {
        let made = make_tag(&other.url, &format!("Made there {number}")).await;
        assert_eq!(here.ids(1).await, [made]);
    }
    let mut there = Stream::open(&other.url, here.last_id.as_deref()).await;
    for number in 0..10 {
        let made = app.tag(&format!("Made here {number}")).await;
        assert_eq!(here.ids(1).await, [made.as_str()]);
        assert_eq!(there.ids(1).await, [made.as_str()]);
    }
}

#[actix_web::test]
async fn servers_whose_connections_were_cut_off_find_and_tell_what_was_written_meanwhile() {
    let app = TestApp::with_intervals(without_polls()).await;
    let other = app.another_server_with_intervals(without_polls()).await;
    app.get("/api/me").await.ok();
    let mut here = app.stream(None).await;
    let mut there = Stream::open(&other.url, None).await;
    here.changes().await;
    there.changes().await;
    let client = app.sql().await;
    for number in 1..=5 {
        until_listening(&client, 2).await;
        client.batch_execute(&format!("SELECT pg_terminate_backend(pid) {LISTENERS}")).await.unwrap();
        let made = make_tag(&other.url, &format!("Tag {number}")).await;
        assert_eq!(here.ids(1).await, [made.as_str()]);
        assert_eq!(there.ids(1).await, [made.as_str()]);
    }
}

/// The next change must be of this one thing.
async fn is_told(subscription: &mut Subscription, id: &str) {
    let Message::Changes(changes) = subscription.next().await else { panic!("no changes") };
    let ids: Vec<_> = changes.events().iter().filter_map(|change| change.object).map(|id| id.to_string()).collect();
    assert_eq!(ids, [id]);
}

#[actix_web::test]
async fn what_concerns_one_user_wakes_no_other_user_s_subscription() {
    let app = TestApp::with_intervals(without_polls()).await;
    let project = app.project("Project").await;
    let category = app.category(&project, "Category").await;
    let colleague = "0c000000-0000-7000-8000-000000000001";
    app.execute(&format!(
        "INSERT INTO users (id, name, created_at, updated_at) VALUES ('{colleague}', 'Colleague', now(), now());
         INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at)
         VALUES ('{WORKSPACE}', '{colleague}', 'member', now(), now());"
    ))
    .await;
    let user = UserId(colleague.parse().unwrap());
    let mut mine = app.events.subscribe(BUILT_IN_CALLER, None).await.unwrap();
    let mut theirs = app
        .events
        .subscribe(Caller { actor: Actor::signed_in(user), role: Role::Member, ..BUILT_IN_CALLER }, None)
        .await
        .unwrap();
    for subscription in [&mut mine, &mut theirs] {
        assert!(matches!(subscription.next().await, Message::Changes(_)));
    }
    // From here on the listener has read all that was written before.
    let tag = app.tag("First").await;
    is_told(&mut mine, &tag).await;
    is_told(&mut theirs, &tag).await;

    let before = app.events.deliveries();
    for number in 0..5 {
        let entry = app.entry(&category, number * 10, number * 10 + 5).await;
        is_told(&mut mine, &entry).await;
    }
    assert_eq!(app.events.deliveries() - before, 5);
    let tag = app.tag("Second").await;
    is_told(&mut mine, &tag).await;
    is_told(&mut theirs, &tag).await;
    assert_eq!(app.events.deliveries() - before, 7);
    drop((mine, theirs));
    app.tag("Third").await;
    assert_eq!((app.events.open(), app.events.deliveries() - before), (0, 7));
}
