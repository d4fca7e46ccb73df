//! `POST /api/time/start`

use chrono::TimeDelta;
use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use serde_json::{Value, json};

use super::{TrackerApp, UNKNOWN_ID, at, minute};

#[actix_web::test]
async fn a_timer_starts_now_with_everything_that_was_said_about_it() {
    let tracker = TrackerApp::new().await;
    let (urgent, remote) = (tracker.tag("urgent").await, tracker.tag("remote").await);
    let body = json!({
        "categoryId": tracker.category, "description": " first draft\r\nand more ", "tagIds": [remote, urgent, remote], "billable": true,
    });
    let started = tracker.post("/api/time/start", body).await.created();
    let expected = json!({
        "id": started.json["id"], "categoryId": tracker.category, "projectId": tracker.project,
        "userId": BUILT_IN_CALLER.user(), "startedAt": at(0), "stoppedAt": null, "durationSeconds": null,
        "description": "first draft\nand more", "tagIds": [urgent, remote], "billable": true,
        "createdAt": at(0), "updatedAt": at(0), "revision": 1, "overlaps": [],
    });
    assert_eq!(started.json, expected);
    assert_eq!(started.header("etag"), "W/\"1\"");

    let read = tracker.read(&started.id()).await.json;
    assert_eq!(read.get("overlaps"), None, "only answers to writes have it");
    assert_eq!(read["tagIds"], json!([urgent, remote]));
}

#[actix_web::test]
async fn starting_stops_the_running_entry_at_the_very_same_instant() {
    let tracker = TrackerApp::new().await;
    let first = tracker.start().await.id();
    tracker.advance(TimeDelta::minutes(25) + TimeDelta::microseconds(7));
    let second = tracker.start().await;

    let first = tracker.read(&first).await.json;
    assert_eq!(first["stoppedAt"], second.json["startedAt"]);
    assert_eq!(second.json["startedAt"], json!(minute(25) + TimeDelta::microseconds(7)));
    assert_eq!(first["durationSeconds"], 25 * 60);
    assert_eq!(first["updatedAt"], second.json["startedAt"]);
    assert_eq!(second.json["overlaps"], json!([]), "they touch");
    assert_eq!(tracker.get("/api/time/active").await.ok().id(), second.id());
}

#[actix_web::test]
async fn a_start_in_the_past_ends_the_running_entry_there() {
    let tracker = TrackerApp::new().await;
    let first = tracker.start().await.id();
    tracker.advance(TimeDelta::minutes(40));
    let body = json!({"categoryId": tracker.category, "startedAt": at(25)});
    let second = tracker.post("/api/time/start", body).await.created();
    assert_eq!(second.json["startedAt"], at(25));
    assert_eq!(second.json["createdAt"], at(40));
    let first = tracker.read(&first).await.json;
    assert_eq!((&first["stoppedAt"], &first["durationSeconds"]), (&at(25), &json!(25 * 60)));
}

#[actix_web::test]
async fn a_start_in_the_past_without_a_running_entry_names_what_it_overlaps() {
    let tracker = TrackerApp::new().await;
    let before = tracker.entry(&tracker.category, -60, -30).await;
    let within = tracker.entry(&tracker.category, -20, -10).await;
    let body = json!({"categoryId": tracker.category, "startedAt": at(-15)});
    let started = tracker.post("/api/time/start", body).await.created();
    assert_eq!(started.json["startedAt"], at(-15));
    assert_eq!(started.json["overlaps"], json!([within]));
    let body = json!({"categoryId": tracker.category, "startedAt": "2026-03-02T10:00:00.123456+01:00"});
    assert_eq!(tracker.post("/api/time/start", body).await.created().json["startedAt"], at(0), "any offset is read");
    assert_eq!(tracker.read(&before).await.json["stoppedAt"], at(-30), "what is finished stays");
}

#[actix_web::test]
async fn a_start_before_the_running_entry_is_refused_and_changes_nothing() {
    let tracker = TrackerApp::new().await;
    let running = tracker.start().await;
    tracker.advance(TimeDelta::minutes(10));
    for (start, allowed) in [(minute(0) - TimeDelta::microseconds(1), false), (minute(0), true)] {
        let answer = tracker.post("/api/time/start", json!({"categoryId": tracker.category, "startedAt": start})).await;
        if allowed {
            answer.created();
        } else {
            answer.refused(409, "starts_before_running");
            assert_eq!(tracker.get("/api/time/active").await.json["id"], running.json["id"]);
        }
    }
    let read = tracker.read(&running.id()).await.json;
    assert_eq!((&read["stoppedAt"], &read["durationSeconds"]), (&at(0), &json!(0)), "it gave way as it began");
}

#[actix_web::test]
async fn a_timer_cannot_start_in_the_future() {
    let tracker = TrackerApp::new().await;
    let running = tracker.start().await.id();
    let body = json!({"categoryId": tracker.category, "startedAt": minute(0) + TimeDelta::microseconds(1)});
    tracker.post("/api/time/start", body).await.refused(400, "invalid_time").names("startedAt", "out_of_range");
    assert_eq!(tracker.get("/api/time/active").await.ok().id(), running);
}

#[actix_web::test]
async fn billable_comes_from_the_project_unless_it_is_said() {
    let tracker = TrackerApp::new().await;
    let project = tracker.post("/api/projects", json!({"name": "Paid", "billable": true})).await.created().id();
    let paid = tracker.category(&project, "Work").await;
    for (category, said, billable) in [
        (&tracker.category, Value::Null, false),
        (&tracker.category, json!(true), true),
        (&paid, Value::Null, true),
        (&paid, json!(false), false),
    ] {
        let started =
            tracker.post("/api/time/start", json!({"categoryId": category, "billable": said})).await.created();
        assert_eq!(started.json["billable"], billable);
        let body = json!({"categoryId": category, "billable": said, "startedAt": at(-2), "stoppedAt": at(-1)});
        assert_eq!(tracker.post("/api/time/entries", body).await.created().json["billable"], billable);
    }
}

#[actix_web::test]
async fn a_start_that_is_refused_leaves_the_running_entry_alone() {
    let tracker = TrackerApp::new().await;
    let running = tracker.start().await.id();
    tracker.advance(TimeDelta::minutes(5));
    let start = |body: Value| tracker.post("/api/time/start", body);

    start(json!({"categoryId": UNKNOWN_ID})).await.refused(404, "not_found");
    start(json!({"categoryId": "x"})).await.refused(400, "invalid_id").names("categoryId", "invalid_format");
    start(json!({})).await.refused(400, "invalid_id").names("categoryId", "invalid_format");
    let unknown_tag = json!({"categoryId": tracker.category, "tagIds": [UNKNOWN_ID]});
    start(unknown_tag).await.refused(400, "invalid_tag").names("tagIds", "not_found");
    let too_many = json!({"categoryId": tracker.category, "tagIds": vec![UNKNOWN_ID; 101]});
    start(too_many).await.refused(400, "invalid_tag").names("tagIds", "too_long");

    let child = tracker.subcategory(&tracker.project, &tracker.category, "Icons").await;
    let grandchild = tracker.subcategory(&tracker.project, &child, "Arrows").await;
    let project = format!("/api/projects/{}", tracker.project);
    for (path, code) in [(tracker.category_path(), "category_archived"), (project, "project_archived")] {
        tracker.archive(&path, true).await;
        for category in [&tracker.category, &child, &grandchild] {
            start(json!({"categoryId": category})).await.refused(409, code);
        }
        tracker.archive(&path, false).await;
    }

    let active = tracker.get("/api/time/active").await.ok();
    assert_eq!((active.id(), &active.json["startedAt"]), (running, &at(0)));
    assert_eq!(tracker.count("SELECT count(*) FROM time_entries").await, 1);
}

#[actix_web::test]
async fn a_clock_that_goes_back_breaks_nothing() {
    let tracker = TrackerApp::new().await;
    let first = tracker.start().await.id();
    // As when the next request reaches another server, whose clock is behind.
    tracker.advance(TimeDelta::minutes(-5));
    let second = tracker.start().await;
    assert_eq!(second.json["startedAt"], at(0), "the next entry begins where the last one ended");
    let first = tracker.read(&first).await.json;
    assert_eq!((&first["stoppedAt"], &first["durationSeconds"]), (&at(0), &json!(0)));

    let past = json!({"categoryId": tracker.category, "startedAt": at(-6)});
    tracker.post("/api/time/start", past).await.refused(409, "starts_before_running");

    // What runs can be described although it starts in the future of this server.
    let path = super::entry(&second.id());
    let described = tracker.patch(&path, json!({"description": "at work"})).await.ok();
    assert_eq!((&described.json["description"], &described.json["startedAt"]), (&json!("at work"), &at(0)));

    let stopped = tracker.act("/api/time/stop").await.ok();
    assert_eq!((&stopped.json["stoppedAt"], &stopped.json["durationSeconds"]), (&at(0), &json!(0)));
}
