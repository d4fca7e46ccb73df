//! Requests at the same time, and requests whose sender has gone: what is left is as if one had come after the other.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::{join, join_all};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp, config_with, migrated_database};

/// A server with a category.
async fn prepared() -> (TestApp, String) {
    with_category(TestApp::spawn().await).await
}

async fn with_category(app: TestApp) -> (TestApp, String) {
    let project = app.project("Website").await;
    let category = app.category(&project, "Design").await;
    (app, category)
}

fn entry(id: &str) -> String {
    format!("/api/time/entries/{id}")
}

/// How many of these answers have a status.
fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status.as_u16() == status).count()
}

/// Asserts that entries follow each other without gap or overlap, and that only the last one runs.
fn assert_chained(entries: &Value) {
    let mut times: Vec<_> = entries
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["startedAt"].as_str().unwrap().to_owned(), e["stoppedAt"].as_str().unwrap_or("~").to_owned()))
        .collect();
    times.sort();
    for pair in times.windows(2) {
        assert_eq!(pair[0].1, pair[1].0, "each stop is the next start: {times:#?}");
    }
    assert_eq!(times.last().unwrap().1, "~", "the last one runs");
}

#[actix_web::test]
async fn of_many_starts_at_once_one_runs_and_none_is_lost() {
    // All of them are served, however slow the machine is.
    let database = migrated_database().await;
    let config = config_with(&database.url(), &[("DATABASE_ACQUIRE_TIMEOUT", "2m")]);
    let (app, category) = with_category(TestApp::with_config(database, config).await).await;
    let answers = join_all((0..50).map(|_| {
        // Each request sees another time, and not in the order in which they are served.
        app.advance(TimeDelta::milliseconds(1));
        app.post("/api/time/start", json!({"categoryId": category}))
    }))
    .await;
    assert_eq!(count(&answers, 201), 50);
    assert_eq!(app.count("SELECT count(*) FROM time_entries WHERE stopped_at IS NULL").await, 1);
    let entries = app.get("/api/time/entries?limit=1000").await.ok();
    assert_eq!(entries.ids().len(), 50);
    assert_chained(&entries.json);
}

#[actix_web::test]
async fn a_start_and_a_stop_at_once_leave_one_or_none_running() {
    let (app, category) = prepared().await;
    for _ in 0..10 {
        app.post("/api/time/start", json!({"categoryId": category})).await.created();
        app.advance(TimeDelta::seconds(1));
        let (started, stopped) =
            join(app.post("/api/time/start", json!({"categoryId": category})), app.act("/api/time/stop")).await;
        let (started, stopped) = (started.created().id(), stopped.ok().id());
        let active = app.get("/api/time/active").await.ok().json;
        if stopped == started {
            assert_eq!(active, Value::Null, "the stop came second");
        } else {
            assert_eq!(active["id"], started, "the stop came first");
        }
    }
}

#[actix_web::test]
async fn a_start_and_a_reopening_at_once_leave_one_running() {
    let (app, category) = prepared().await;
    for n in 0..10 {
        let finished = app.entry(&category, -n - 1, -n).await;
        let (path, reopen) = (entry(&finished), json!({"stoppedAt": null}));
        let (started, reopened) =
            join(app.post("/api/time/start", json!({"categoryId": category})), app.patch(&path, reopen)).await;
        let started = started.created().id();
        if reopened.status == StatusCode::OK {
            assert_eq!(app.get(&path).await.json["stoppedAt"], json!(app.now()), "the start stopped it");
        } else {
            reopened.refused(409, "timer_running");
        }
        assert_eq!(app.get("/api/time/active").await.ok().id(), started);
        app.delete(&entry(&started)).await.is(204);
    }
}

#[actix_web::test]
async fn one_deletion_and_one_restoration_of_an_entry_succeed() {
    let (app, category) = prepared().await;
    let id = app.entry(&category, 0, 1).await;
    let path = entry(&id);
    let deletions = join_all((0..10).map(|_| app.delete(&path))).await;
    assert_eq!((count(&deletions, 204), count(&deletions, 404)), (1, 9));
    let restore = format!("{path}/restore");
    let restorations = join_all((0..10).map(|_| app.act(&restore))).await;
    assert_eq!((count(&restorations, 200), count(&restorations, 404)), (1, 9));
    assert_eq!(app.count("SELECT count(*) FROM time_entries").await, 1);

    let mixed = join_all((0..20).map(|n| {
        let (app, path, restore) = (&app, &path, &restore);
        async move { if n % 2 == 0 { app.delete(path).await } else { app.act(restore).await } }
    }))
    .await;
    assert!(mixed.iter().all(|answer| !answer.status.is_server_error()));
    let rows = "SELECT (SELECT count(*) FROM time_entries) + (SELECT count(*) FROM deleted_time_entries)";
    assert_eq!(app.count(rows).await, 1, "it is in one of the two places");
}

#[actix_web::test]
async fn of_edits_of_the_same_copy_one_wins() {
    let (app, category) = prepared().await;
    let path = entry(&app.entry(&category, 0, 1).await);
    let answers = join_all((0..10).map(|n| {
        let body = json!({"description": n.to_string()});
        app.send(app.request(Method::PATCH, &path).header("If-Match", "\"1\"").json(&body))
    }))
    .await;
    assert_eq!((count(&answers, 200), count(&answers, 412)), (1, 9));
    let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
    let read = app.get(&path).await.ok();
    assert_eq!((&read.json["description"], read.header("etag")), (&winner.json["description"], "W/\"2\""));
}

#[actix_web::test]
async fn bulk_edits_and_deletions_in_opposite_orders_wait_for_each_other() {
    let (app, category) = prepared().await;
    let (a, b) = (app.tag("a").await, app.tag("b").await);
    let mut ids = Vec::new();
    for n in 0..20 {
        ids.push(app.entry(&category, n, n + 1).await);
    }
    let backwards: Vec<_> = ids.iter().rev().cloned().collect();
    let edits = join_all((0..20).map(|n| {
        let (ids, tag) = if n % 2 == 0 { (&ids, &a) } else { (&backwards, &b) };
        app.post("/api/time/entries/bulk-edit", json!({"ids": ids, "changes": {"description": "x", "tagIds": [tag]}}))
    }))
    .await;
    assert_eq!(count(&edits, 200), 20);
    assert_eq!(app.count("SELECT count(*) FROM time_entry_tags").await, 20, "the tags of one of them, not of both");
    assert_eq!(app.count("SELECT count(DISTINCT tag_id) FROM time_entry_tags").await, 1);

    // A tag goes at the same time as the entries that carry it.
    let (tag_path, other_path) = (format!("/api/tags/{a}"), format!("/api/tags/{b}"));
    let (entries, tags) = join(
        app.post("/api/time/entries/bulk-delete", json!({"ids": backwards})),
        join(app.delete(&tag_path), app.delete(&other_path)),
    )
    .await;
    entries.ok();
    tags.0.is(204);
    tags.1.is(204);
}

#[actix_web::test]
async fn an_edit_and_a_split_and_a_stop_at_once_leave_no_overlap() {
    let (app, category) = prepared().await;
    for _ in 0..5 {
        app.post("/api/time/start", json!({"categoryId": category})).await.created();
        let began = app.now();
        app.advance(TimeDelta::minutes(10));
        let id = app.get("/api/time/active").await.ok().id();
        let (split, patch) = (format!("{}/split", entry(&id)), entry(&id));
        let (cut, edited) = join(
            app.post(&split, json!({"at": began + TimeDelta::minutes(5)})),
            join(
                app.patch(&patch, json!({"description": "x"})),
                app.post("/api/time/start", json!({"categoryId": category})),
            ),
        )
        .await;
        cut.ok();
        edited.0.ok();
        edited.1.created();
        let from = began.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        assert_chained(&app.get(&format!("/api/time/entries?from={from}")).await.ok().json);
        app.advance(TimeDelta::minutes(1));
        app.act("/api/time/stop").await.ok();
    }
}

/// Waits until a question is answered as wanted, which must be long before any timeout of ours.
async fn until(app: &TestApp, sql: &str, wanted: i64) {
    let asking = async {
        while app.count(sql).await != wanted {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), asking).await.unwrap_or_else(|_| panic!("not in time: {sql}"));
}

#[actix_web::test]
async fn an_entry_that_is_given_a_tag_while_the_tag_goes_is_changed_by_that_as_well() {
    let (app, category) = prepared().await;
    let path = entry(&app.entry(&category, 0, 1).await);
    let tag = app.tag("a").await;
    // Another transaction has put the tag on the entry and not committed yet.
    let mut other = app.sql().await;
    let putting = other.transaction().await.unwrap();
    let put = "UPDATE time_entries SET description = 'tagged';
               INSERT INTO time_entry_tags SELECT e.workspace_id, e.id, t.id FROM time_entries e JOIN tags t USING (workspace_id)";
    putting.batch_execute(put).await.unwrap();
    let deletion = actix_web::rt::spawn(app.request(Method::DELETE, &format!("/api/tags/{tag}")).send());
    app.until_waiting(1).await;
    putting.commit().await.unwrap();
    assert_eq!(deletion.await.unwrap().unwrap().status(), StatusCode::NO_CONTENT);

    let read = app.get(&path).await.ok();
    assert_eq!((&read.json["description"], &read.json["tagIds"]), (&json!("tagged"), &json!([])));
    assert_eq!(read.header("etag"), "W/\"3\"", "the version with the tag has another revision");
}

#[actix_web::test]
async fn an_entry_whose_tag_is_just_going_is_resumed_without_it() {
    let (app, category) = prepared().await;
    let tag = app.tag("a").await;
    let body = json!({"categoryId": category, "tagIds": [tag]});
    let id = app.post("/api/time/start", body).await.created().id();
    app.advance(TimeDelta::minutes(1));
    app.act("/api/time/stop").await.ok();
    // As a deletion of the tag does that has not committed yet.
    let mut other = app.sql().await;
    let deleting = other.transaction().await.unwrap();
    deleting.batch_execute("UPDATE time_entries SET updated_at = now(); DELETE FROM tags").await.unwrap();
    let resumption = actix_web::rt::spawn(app.request(Method::POST, &format!("{}/resume", entry(&id))).send());
    app.until_waiting(1).await;
    deleting.commit().await.unwrap();
    let resumed = Answer::read(resumption.await.unwrap().unwrap()).await.created();
    assert_eq!(resumed.json["tagIds"], json!([]));
}

#[actix_web::test]
async fn a_stop_that_waits_for_a_tag_answers_with_it() {
    let (app, category) = prepared().await;
    app.tag("a").await;
    let stop = |key: &str| app.request(Method::POST, "/api/time/stop").header("Idempotency-Key", key.to_owned());
    for key in ["k", "l"] {
        app.post("/api/time/start", json!({"categoryId": category})).await.created();
        app.advance(TimeDelta::minutes(1));
        // Another transaction has put the tag on the running entry and not committed yet.
        let mut other = app.sql().await;
        let putting = other.transaction().await.unwrap();
        let put = "UPDATE time_entries SET description = 'tagged' WHERE stopped_at IS NULL;
                   INSERT INTO time_entry_tags SELECT e.workspace_id, e.id, t.id FROM time_entries e JOIN tags t USING (workspace_id)
                   WHERE e.stopped_at IS NULL";
        putting.batch_execute(put).await.unwrap();
        if key == "l" {
            // With the lock of the timer, as an edit does: the stop waits for that first.
            let all = "SELECT pg_advisory_xact_lock(('x' || translate(left(user_id::text, 18), '-', ''))::bit(64)::bigint
                # ('x' || translate(right(user_id::text, 17), '-', ''))::bit(64)::bigint # 8388356063425986560) FROM memberships";
            putting.batch_execute(all).await.unwrap();
        }
        let stopping = actix_web::rt::spawn(stop(key).send());
        app.until_waiting(1).await;
        putting.commit().await.unwrap();
        let stopped = Answer::read(stopping.await.unwrap().unwrap()).await.ok();
        assert_eq!(stopped.json["description"], json!("tagged"));
        assert_eq!(stopped.json["tagIds"].as_array().unwrap().len(), 1, "{}", stopped.text);
        let read = app.get(&entry(&stopped.id())).await.ok();
        assert_eq!((read.header("etag"), &read.json["tagIds"]), (stopped.header("etag"), &stopped.json["tagIds"]));
        assert_eq!(app.send(stop(key)).await.ok().json, stopped.json, "the stored answer is the same");
        app.advance(TimeDelta::minutes(1));
    }
}

/// How many of the server's sessions fulfil a condition.
fn sessions(condition: &str) -> String {
    format!(
        "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'clockwork-server' AND {condition}"
    )
}

#[actix_web::test]
async fn a_request_whose_sender_has_gone_is_carried_out_and_leaves_nothing_open() {
    let (app, category) = prepared().await;
    let running = app.post("/api/time/start", json!({"categoryId": category})).await.created().id();
    app.advance(TimeDelta::minutes(1));
    let start = || {
        let request = app.request(Method::POST, "/api/time/start").header("Idempotency-Key", "k");
        request.json(&json!({"categoryId": category}))
    };
    // The running entry is locked here, so that the request waits in the middle of its transaction while its sender
    // goes.
    let mut blocker = app.sql().await;
    let lock = blocker.transaction().await.unwrap();
    lock.execute("SELECT 1 FROM time_entries FOR UPDATE", &[]).await.unwrap();
    let sender = actix_web::rt::spawn(start().send());
    app.until_waiting(1).await;
    sender.abort();
    assert!(sender.await.unwrap_err().is_cancelled());
    app.get("/api/time/active").await.ok();
    lock.rollback().await.unwrap();
    until(&app, &sessions("xact_start IS NOT NULL"), 0).await;

    assert_eq!(app.get(&entry(&running)).await.ok().json["stoppedAt"], json!(app.now()));
    let retried = app.send(start()).await.created();
    assert_eq!(retried.header("idempotency-replayed"), "true", "the sender that comes back learns what became of it");
    assert_eq!(app.get("/api/time/active").await.ok().id(), retried.id());
    assert_eq!(app.count("SELECT count(*) FROM time_entries").await, 2);
}
