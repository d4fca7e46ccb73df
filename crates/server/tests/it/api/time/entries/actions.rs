//! `POST /api/time/entries/{entryId}/resume`, `/duplicate` and `/split`

use chrono::TimeDelta;
use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use serde_json::{Value, json};

use super::super::{TrackerApp, UNKNOWN_ID, at, entry, minute};

/// An entry from minute 0 to 60 with everything on it.
async fn full(tracker: &TrackerApp) -> (String, Value) {
    let tags = json!([tracker.tag("meeting").await, tracker.tag("remote").await]);
    let body = json!({
        "categoryId": tracker.category, "startedAt": at(0), "stoppedAt": at(60), "description": "kick-off", "tagIds": tags, "billable": true,
    });
    (tracker.post("/api/time/entries", body).await.created().id(), tags)
}

#[actix_web::test]
async fn resuming_starts_a_new_entry_like_the_old_one() {
    let tracker = TrackerApp::new().await;
    let (id, tags) = full(&tracker).await;
    let running = tracker.start().await.id();
    tracker.advance(TimeDelta::minutes(90));
    let resumed = tracker.act(&format!("{}/resume", entry(&id))).await.created();
    let expected = json!({
        "id": resumed.json["id"], "categoryId": tracker.category, "projectId": tracker.project,
        "userId": BUILT_IN_CALLER.user(), "startedAt": at(90), "stoppedAt": null, "durationSeconds": null,
        "description": "kick-off", "tagIds": tags, "billable": true, "createdAt": at(90), "updatedAt": at(90),
        "revision": 1, "overlaps": [],
    });
    assert_eq!(resumed.json, expected);
    assert_ne!(resumed.id(), id);
    assert_eq!(tracker.read(&running).await.json["stoppedAt"], at(90), "the running one stops at the same instant");
    assert_eq!(tracker.read(&id).await.json["stoppedAt"], at(60));

    tracker.advance(TimeDelta::minutes(1));
    let again = tracker.act(&format!("{}/resume", entry(&resumed.id()))).await.created();
    assert_eq!(
        tracker.read(&resumed.id()).await.json["stoppedAt"],
        again.json["startedAt"],
        "also what runs can be resumed"
    );
}

#[actix_web::test]
async fn a_duplicate_has_the_same_times() {
    let tracker = TrackerApp::new().await;
    let (id, tags) = full(&tracker).await;
    tracker.advance(TimeDelta::minutes(5));
    let copy = tracker.act(&format!("{}/duplicate", entry(&id))).await.created();
    let expected = json!({
        "id": copy.json["id"], "categoryId": tracker.category, "projectId": tracker.project,
        "userId": BUILT_IN_CALLER.user(), "startedAt": at(0), "stoppedAt": at(60), "durationSeconds": 3600,
        "description": "kick-off", "tagIds": tags, "billable": true, "createdAt": at(5), "updatedAt": at(5),
        "revision": 1, "overlaps": [id],
    });
    assert_eq!(copy.json, expected);
    let running = tracker.start().await.id();
    tracker.act(&format!("{}/duplicate", entry(&running))).await.refused(409, "entry_running");
}

#[actix_web::test]
async fn nothing_new_goes_to_an_archived_category() {
    let tracker = TrackerApp::new().await;
    let (id, _) = full(&tracker).await;
    for (path, code) in [
        (tracker.category_path(), "category_archived"),
        (format!("/api/projects/{}", tracker.project), "project_archived"),
    ] {
        tracker.archive(&path, true).await;
        for action in ["resume", "duplicate"] {
            tracker.act(&format!("{}/{action}", entry(&id))).await.refused(409, code);
        }
        let cut = tracker.post(&format!("{}/split", entry(&id)), json!({"at": at(30)})).await.ok();
        let rest = cut.ids().remove(1);
        tracker.delete(&entry(&rest)).await.is(204);
        tracker.patch(&entry(&id), json!({"stoppedAt": at(60)})).await.ok();
        tracker.archive(&path, false).await;
    }
    assert_eq!(tracker.count("SELECT count(*) FROM time_entries").await, 1);
}

#[actix_web::test]
async fn what_is_not_there_cannot_be_acted_on() {
    let tracker = TrackerApp::new().await;
    for action in ["resume", "duplicate"] {
        tracker.act(&format!("{}/{action}", entry(UNKNOWN_ID))).await.refused(404, "not_found");
        tracker.act(&format!("{}/{action}", entry("x"))).await.refused(400, "invalid_id");
    }
    tracker.post(&format!("{}/split", entry(UNKNOWN_ID)), json!({"at": at(0)})).await.refused(404, "not_found");
    tracker.post(&format!("{}/split", entry("x")), json!({"at": at(0)})).await.refused(400, "invalid_id");
}

#[actix_web::test]
async fn a_finished_entry_is_cut_in_two() {
    let tracker = TrackerApp::new().await;
    let (id, tags) = full(&tracker).await;
    tracker.advance(TimeDelta::minutes(5));
    let cut = minute(20) + TimeDelta::microseconds(1);
    let parts = tracker.post(&format!("{}/split", entry(&id)), json!({"at": cut})).await.ok().json;
    let second = parts[1]["id"].clone();
    let part = |id: &Value, start: Value, stop: Value, seconds: i64, created: Value, revision: i64| {
        json!({
            "id": id, "categoryId": tracker.category, "projectId": tracker.project,
            "userId": BUILT_IN_CALLER.user(), "startedAt": start, "stoppedAt": stop, "durationSeconds": seconds,
            "description": "kick-off", "tagIds": tags, "billable": true, "createdAt": created, "updatedAt": at(5),
            "revision": revision,
        })
    };
    let expected =
        json!([part(&json!(id), at(0), json!(cut), 1200, at(0), 2), part(&second, json!(cut), at(60), 2399, at(5), 1)]);
    assert_eq!(parts, expected);
    assert_eq!(tracker.get("/api/time/entries?limit=10").await.ok().json, json!([expected[1], expected[0]]));
}

#[actix_web::test]
async fn of_a_running_entry_the_second_part_runs_on() {
    let tracker = TrackerApp::new().await;
    let id = tracker.start().await.id();
    tracker.advance(TimeDelta::minutes(30));
    let path = format!("{}/split", entry(&id));
    let split = |at: Value| tracker.post(&path, json!({"at": at}));
    for outside in [at(0), at(30), at(31), at(-1)] {
        split(outside).await.refused(400, "invalid_time").names("at", "out_of_range");
    }
    let parts = split(at(10)).await.ok();
    assert_eq!(parts.each("stoppedAt"), [at(10), Value::Null]);
    assert_eq!(parts.each("startedAt"), [at(0), at(10)]);
    let active = tracker.get("/api/time/active").await.ok().id();
    assert_eq!(parts.ids(), [id, active]);
}

#[actix_web::test]
async fn a_cut_lies_strictly_inside() {
    let tracker = TrackerApp::new().await;
    let (id, _) = full(&tracker).await;
    let path = format!("{}/split", entry(&id));
    let split = |body: Value| tracker.post(&path, body);
    for outside in [at(0), at(60), at(-1), at(61)] {
        split(json!({"at": outside})).await.refused(400, "invalid_time").names("at", "out_of_range");
    }
    split(json!({"at": "noon"})).await.refused(400, "invalid_time").names("at", "invalid_format");
    split(json!({})).await.refused(400, "invalid_time").names("at", "required");
    assert_eq!(tracker.count("SELECT count(*) FROM time_entries").await, 1);
    split(json!({"at": minute(0) + TimeDelta::microseconds(1)})).await.ok();
    let instant = tracker.entry(&tracker.category, 5, 5).await;
    tracker.post(&format!("{}/split", entry(&instant)), json!({"at": at(5)})).await.refused(400, "invalid_time");
}
