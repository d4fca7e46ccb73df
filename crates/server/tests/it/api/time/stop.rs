//! `POST /api/time/stop`

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use super::{TrackerApp, at, minute};

#[actix_web::test]
async fn stopping_ends_the_running_entry_once() {
    let tracker = TrackerApp::new().await;
    tracker.act("/api/time/stop").await.refused(409, "no_active_timer");
    let started = tracker.start().await;
    tracker.advance(TimeDelta::milliseconds(90_999));
    let stopped = tracker.act("/api/time/stop").await.ok();
    assert_eq!(stopped.id(), started.id());
    assert_eq!(stopped.json["stoppedAt"], json!(minute(0) + TimeDelta::milliseconds(90_999)));
    assert_eq!(stopped.json["durationSeconds"], 90, "cut, not rounded");
    assert_eq!(stopped.json["overlaps"], json!([]));
    assert_eq!(stopped.header("etag"), "W/\"2\"");
    tracker.act("/api/time/stop").await.refused(409, "no_active_timer");
    assert_eq!(tracker.get("/api/time/active").await.ok().text, "null");
}

#[actix_web::test]
async fn a_body_is_not_looked_at() {
    let tracker = TrackerApp::new().await;
    tracker.start().await;
    let request = tracker.request(Method::POST, "/api/time/stop").body("not JSON");
    tracker.send(request).await.ok();
    tracker.start().await;
    tracker.post("/api/time/stop", json!({"anything": [1, 2]})).await.ok();
}

#[actix_web::test]
async fn stopping_names_what_shares_time() {
    let tracker = TrackerApp::new().await;
    tracker.start().await;
    let meanwhile = tracker.entry(&tracker.category, 5, 10).await;
    let after = tracker.entry(&tracker.category, 20, 30).await;
    tracker.advance(TimeDelta::minutes(20));
    assert_eq!(tracker.act("/api/time/stop").await.ok().json["overlaps"], json!([meanwhile]));
    let longer = tracker.patch(&super::entry(&after), json!({"startedAt": at(19)})).await.ok();
    assert_eq!(longer.json["overlaps"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn durations_are_the_databases_and_cut_to_whole_seconds() {
    let tracker = TrackerApp::new().await;
    for (microseconds, seconds) in
        [(0, 0), (1, 0), (999_999, 0), (1_000_000, 1), (59_999_999, 59), (86_400_000_000, 86_400)]
    {
        let stop = minute(0) + TimeDelta::microseconds(microseconds);
        let body = json!({"categoryId": tracker.category, "startedAt": at(0), "stoppedAt": stop});
        let made = tracker.post("/api/time/entries", body).await.created();
        assert_eq!(made.json["durationSeconds"], seconds, "{microseconds} µs");
        assert_eq!(made.json["stoppedAt"], json!(stop), "no microsecond is lost");
    }
    let generated = "SELECT count(*) FROM information_schema.columns
                     WHERE table_name = 'time_entries' AND column_name = 'duration_seconds' AND is_generated = 'ALWAYS'";
    assert_eq!(tracker.count(generated).await, 1);
    let finer =
        json!({"categoryId": tracker.category, "startedAt": "2026-03-02T09:00:00.123456999Z", "stoppedAt": at(1)});
    assert_eq!(
        tracker.post("/api/time/entries", finer).await.created().json["startedAt"],
        at(0),
        "nanoseconds are cut"
    );
}
