//! `GET /api/time/usage`

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::TrackerApp;

async fn usage(tracker: &TrackerApp) -> Value {
    tracker.get("/api/time/usage").await.ok().json
}

#[actix_web::test]
async fn categories_and_tags_tell_their_time_and_when_they_were_used_last() {
    let tracker = TrackerApp::new().await;
    let empty = usage(&tracker).await;
    assert_eq!((&empty["categories"], &empty["tags"]), (&json!([]), &json!([])));
    let tag = tracker.post("/api/tags", json!({"name": "on site"})).await.created().id();
    let unused = tracker.post("/api/tags", json!({"name": "unused"})).await.created().id();
    for (start, stop, tags) in [
        ("2026-02-02T08:00:00Z", "2026-02-02T09:00:00Z", json!([tag])),
        ("2026-02-05T08:00:00Z", "2026-02-05T08:30:00Z", json!([])),
    ] {
        let body = json!({"categoryId": tracker.category, "startedAt": start, "stoppedAt": stop, "tagIds": tags});
        tracker.post("/api/time/entries", body).await.created();
    }
    let used = usage(&tracker).await;
    assert_eq!(
        used["categories"],
        json!([{"id": tracker.category, "entries": 2, "durationSeconds": 5400, "lastUsedAt": "2026-02-05T08:30:00Z"}])
    );
    assert_eq!(
        used["tags"],
        json!([{"id": tag, "entries": 1, "durationSeconds": 3600, "lastUsedAt": "2026-02-02T09:00:00Z"}]),
        "without {unused}"
    );

    tracker.post("/api/time/start", json!({"categoryId": tracker.category})).await.created();
    let running = usage(&tracker).await;
    assert_eq!(running["categories"][0]["entries"], 3);
    let instant = |value: &Value| value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    // The database has microseconds.
    let apart = instant(&running["asOf"]) - instant(&running["categories"][0]["lastUsedAt"]);
    assert!(apart.abs() < TimeDelta::milliseconds(1), "it is being used: {running}");
    tracker.delete(&format!("/api/tags/{tag}")).await.is(204);
    assert_eq!(usage(&tracker).await["tags"], json!([]), "a deleted tag is gone");
}
