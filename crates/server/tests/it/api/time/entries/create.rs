//! `POST /api/time/entries`, `GET /api/time/entries/{entryId}`

use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::{Desk, NOBODY, at, entry};

#[actix_web::test]
async fn an_entry_is_made_by_hand_and_read() {
    let desk = Desk::new().await;
    let tag = desk.tag("meeting").await;
    let body = json!({
        "categoryId": desk.category, "startedAt": at(-90), "stoppedAt": at(-30), "description": "kick-off", "tagIds": [tag], "billable": true,
    });
    let made = desk.post("/api/time/entries", body).await.created();
    let mut expected = json!({
        "id": made.json["id"], "categoryId": desk.category, "projectId": desk.project,
        "userId": BUILT_IN_CALLER.user(), "startedAt": at(-90), "stoppedAt": at(-30), "durationSeconds": 3600,
        "description": "kick-off", "tagIds": [tag], "billable": true, "createdAt": at(0), "updatedAt": at(0),
        "revision": 1, "overlaps": [],
    });
    assert_eq!(made.json, expected);
    expected.as_object_mut().unwrap().remove("overlaps");

    let path = entry(&made.id());
    let read = desk.get(&path).await.ok();
    assert_eq!((&read.json, read.header("etag")), (&expected, made.header("etag")));
    let upper = desk.get(&entry(&format!("%7B{}%7D", made.id().to_uppercase()))).await.ok();
    assert_eq!(upper.json, expected, "every spelling of an id is read");
    let head = desk.send(desk.request(Method::HEAD, &path)).await.ok();
    assert_eq!((head.text.as_str(), head.header("etag")), ("", "W/\"1\""));

    desk.get(&entry(NOBODY)).await.refused(404, "not_found");
    desk.get(&entry("x")).await.refused(400, "invalid_id").names("entryId", "invalid_format");
}

#[actix_web::test]
async fn an_entry_may_be_empty_or_lie_in_the_future_but_not_end_before_it_starts() {
    let desk = Desk::new().await;
    let make = |start: Value, stop: Value| {
        desk.post("/api/time/entries", json!({"categoryId": desk.category, "startedAt": start, "stoppedAt": stop}))
    };
    assert_eq!(make(at(5), at(5)).await.created().json["durationSeconds"], 0);
    make(at(600), at(660)).await.created();
    make(at(5), at(4)).await.refused(400, "invalid_time_range").names("stoppedAt", "out_of_range");
    make(at(5), Value::Null).await.refused(400, "invalid_time").names("stoppedAt", "required");
    make(Value::Null, at(5)).await.refused(400, "invalid_time").names("startedAt", "required");
    make(json!("2100-01-01T00:00:00Z"), at(5)).await.refused(400, "invalid_time").names("startedAt", "out_of_range");
    make(at(5), json!("2026-03-02")).await.refused(400, "invalid_time").names("stoppedAt", "invalid_format");
    assert_eq!(desk.count("SELECT count(*) FROM time_entries").await, 2);
}

#[actix_web::test]
async fn an_entry_needs_a_category_that_is_there_and_not_archived() {
    let desk = Desk::new().await;
    let child = desk.subcategory(&desk.project, &desk.category, "Icons").await;
    let make = |category: &str, tags: Value| {
        let body = json!({"categoryId": category, "startedAt": at(0), "stoppedAt": at(1), "tagIds": tags});
        desk.post("/api/time/entries", body)
    };
    make(NOBODY, json!([])).await.refused(400, "invalid_category").names("categoryId", "not_found");
    make(&child, json!([NOBODY])).await.refused(400, "invalid_tag").names("tagIds", "not_found");
    make(&child, json!(["x"])).await.refused(400, "invalid_id").names("tagIds[0]", "invalid_format");
    desk.archive(&desk.category_path(), true).await;
    make(&child, json!([])).await.refused(409, "category_archived");
    desk.archive(&format!("/api/projects/{}", desk.project), true).await;
    make(&child, json!([])).await.refused(409, "project_archived");
    assert_eq!(desk.count("SELECT count(*) FROM time_entries").await, 0);
}

#[actix_web::test]
async fn a_written_entry_names_the_others_that_share_time_with_it() {
    let desk = Desk::new().await;
    let days = 24 * 60;
    let early = desk.entry(&desk.category, 0, 30).await;
    let long = desk.entry(&desk.category, -40 * days, 20).await;
    desk.entry(&desk.category, 60, 90).await;
    desk.entry(&desk.category, 40, 40).await;
    let make = |start: i64, stop: i64| {
        desk.post(
            "/api/time/entries",
            json!({"categoryId": desk.category, "startedAt": at(start), "stoppedAt": at(stop)}),
        )
    };
    let over = make(10, 60).await.created();
    assert_eq!(over.json["overlaps"], json!([early, long]), "newest first; what touches or has no length is none");
    assert_eq!(make(15, 15).await.created().json["overlaps"], json!([]), "nothing shares time with an instant");
    assert_eq!(make(-1, 0).await.created().json["overlaps"], json!([long]), "also with what began long ago");
    assert_eq!(make(-60 * days, -41 * days).await.created().json["overlaps"], json!([]));

    // What runs shares time from its start until now.
    let running = desk.post("/api/time/start", json!({"categoryId": desk.category, "startedAt": at(-5 * days)})).await;
    let running = running.created().id();
    assert_eq!(make(-4 * days, -3 * days).await.created().json["overlaps"], json!([running, long]));
    assert_eq!(make(1_000, 1_001).await.created().json["overlaps"], json!([]), "it does not reach into the future");
}

#[actix_web::test]
async fn at_most_a_hundred_overlaps_are_named() {
    let desk = Desk::new().await;
    let sql = "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
               SELECT gen_random_uuid(), workspace_id, '00000000-0000-7000-8000-000000000001', project_id, id,
                      '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', now(), now() FROM categories, generate_series(1, 120)";
    desk.execute(sql).await;
    let body = json!({"categoryId": desk.category, "startedAt": at(0), "stoppedAt": at(1)});
    let made = desk.post("/api/time/entries", body).await.created();
    assert_eq!(made.json["overlaps"].as_array().unwrap().len(), 100);
}
