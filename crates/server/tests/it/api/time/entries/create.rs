//! `POST /api/time/entries`, `GET /api/time/entries/{entryId}`

use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::{TrackerApp, UNKNOWN_ID, at, entry};

#[actix_web::test]
async fn an_entry_is_made_by_hand_and_read() {
    let tracker = TrackerApp::new().await;
    let tag = tracker.tag("meeting").await;
    let body = json!({
        "categoryId": tracker.category, "startedAt": at(-90), "stoppedAt": at(-30), "description": "kick-off", "tagIds": [tag], "billable": true,
    });
    let made = tracker.post("/api/time/entries", body).await.created();
    let mut expected = json!({
        "id": made.json["id"], "categoryId": tracker.category, "projectId": tracker.project,
        "userId": BUILT_IN_CALLER.user(), "startedAt": at(-90), "stoppedAt": at(-30), "durationSeconds": 3600,
        "description": "kick-off", "tagIds": [tag], "billable": true, "createdAt": at(0), "updatedAt": at(0),
        "revision": 1, "overlaps": [],
    });
    assert_eq!(made.json, expected);
    expected.as_object_mut().unwrap().remove("overlaps");

    let path = entry(&made.id());
    let read = tracker.get(&path).await.ok();
    assert_eq!((&read.json, read.header("etag")), (&expected, made.header("etag")));
    let upper = tracker.get(&entry(&format!("%7B{}%7D", made.id().to_uppercase()))).await.ok();
    assert_eq!(upper.json, expected, "every spelling of an id is read");
    let head = tracker.send(tracker.request(Method::HEAD, &path)).await.ok();
    assert_eq!((head.text.as_str(), head.header("etag")), ("", "W/\"1\""));

    tracker.get(&entry(UNKNOWN_ID)).await.refused(404, "not_found");
    tracker.get(&entry("x")).await.refused(400, "invalid_id").names("entryId", "invalid_format");
}

#[actix_web::test]
async fn an_entry_may_be_empty_or_lie_in_the_future_but_not_end_before_it_starts() {
    let tracker = TrackerApp::new().await;
    let make = |start: Value, stop: Value| {
        tracker
            .post("/api/time/entries", json!({"categoryId": tracker.category, "startedAt": start, "stoppedAt": stop}))
    };
    assert_eq!(make(at(5), at(5)).await.created().json["durationSeconds"], 0);
    make(at(600), at(660)).await.created();
    make(at(5), at(4)).await.refused(400, "invalid_time_range").names("stoppedAt", "out_of_range");
    make(at(5), Value::Null).await.refused(400, "invalid_time").names("stoppedAt", "required");
    make(Value::Null, at(5)).await.refused(400, "invalid_time").names("startedAt", "required");
    make(json!("2100-01-01T00:00:00Z"), at(5)).await.refused(400, "invalid_time").names("startedAt", "out_of_range");
    make(at(5), json!("2026-03-02")).await.refused(400, "invalid_time").names("stoppedAt", "invalid_format");
    assert_eq!(tracker.count("SELECT count(*) FROM time_entries").await, 2);
}

#[actix_web::test]
async fn an_entry_needs_a_category_that_is_there_and_not_archived() {
    let tracker = TrackerApp::new().await;
    let child = tracker.subcategory(&tracker.project, &tracker.category, "Icons").await;
    let make = |category: &str, tags: Value| {
        let body = json!({"categoryId": category, "startedAt": at(0), "stoppedAt": at(1), "tagIds": tags});
        tracker.post("/api/time/entries", body)
    };
    make(UNKNOWN_ID, json!([])).await.refused(400, "invalid_category").names("categoryId", "not_found");
    make(&child, json!([UNKNOWN_ID])).await.refused(400, "invalid_tag").names("tagIds", "not_found");
    make(&child, json!(["x"])).await.refused(400, "invalid_id").names("tagIds[0]", "invalid_format");
    tracker.archive(&tracker.category_path(), true).await;
    make(&child, json!([])).await.refused(409, "category_archived");
    tracker.archive(&format!("/api/projects/{}", tracker.project), true).await;
    make(&child, json!([])).await.refused(409, "project_archived");
    assert_eq!(tracker.count("SELECT count(*) FROM time_entries").await, 0);
}

#[actix_web::test]
async fn a_written_entry_names_the_others_that_share_time_with_it() {
    let tracker = TrackerApp::new().await;
    let days = 24 * 60;
    let early = tracker.entry(&tracker.category, 0, 30).await;
    let long = tracker.entry(&tracker.category, -40 * days, 20).await;
    tracker.entry(&tracker.category, 60, 90).await;
    tracker.entry(&tracker.category, 40, 40).await;
    let make = |start: i64, stop: i64| {
        tracker.post(
            "/api/time/entries",
            json!({"categoryId": tracker.category, "startedAt": at(start), "stoppedAt": at(stop)}),
        )
    };
    let over = make(10, 60).await.created();
    assert_eq!(over.json["overlaps"], json!([early, long]), "newest first; what touches or has no length is none");
    assert_eq!(make(15, 15).await.created().json["overlaps"], json!([]), "nothing shares time with an instant");
    assert_eq!(make(-1, 0).await.created().json["overlaps"], json!([long]), "also with what began long ago");
    assert_eq!(make(-60 * days, -41 * days).await.created().json["overlaps"], json!([]));

    // What runs shares time from its start until now.
    let running =
        tracker.post("/api/time/start", json!({"categoryId": tracker.category, "startedAt": at(-5 * days)})).await;
    let running = running.created().id();
    assert_eq!(make(-4 * days, -3 * days).await.created().json["overlaps"], json!([running, long]));
    assert_eq!(make(1_000, 1_001).await.created().json["overlaps"], json!([]), "it does not reach into the future");
}

#[actix_web::test]
async fn at_most_a_hundred_overlaps_are_named() {
    let tracker = TrackerApp::new().await;
    let sql = "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
               SELECT gen_random_uuid(), workspace_id, '00000000-0000-7000-8000-000000000001', project_id, id,
                      '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', now(), now() FROM categories, generate_series(1, 120)";
    tracker.execute(sql).await;
    let body = json!({"categoryId": tracker.category, "startedAt": at(0), "stoppedAt": at(1)});
    let made = tracker.post("/api/time/entries", body).await.created();
    assert_eq!(made.json["overlaps"].as_array().unwrap().len(), 100);
}
