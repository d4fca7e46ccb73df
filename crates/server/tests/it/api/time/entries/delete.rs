//! `DELETE /api/time/entries/{entryId}`, `POST /api/time/entries/{entryId}/restore`

use chrono::TimeDelta;
use serde_json::json;

use super::super::{TrackerApp, UNKNOWN_ID, at, entry};

fn restore(id: &str) -> String {
    format!("{}/restore", entry(id))
}

#[actix_web::test]
async fn a_deletion_can_be_undone_for_a_minute() {
    let tracker = TrackerApp::new().await;
    for (seconds, possible) in [(0, true), (60, true), (61, false)] {
        let id = tracker.entry(&tracker.category, 0, 60).await;
        tracker.delete(&entry(&id)).await.is(204);
        tracker.get(&entry(&id)).await.refused(404, "not_found");
        tracker.advance(TimeDelta::seconds(seconds));
        let answer = tracker.act(&restore(&id)).await;
        if possible {
            assert_eq!(answer.ok().id(), id);
            tracker.read(&id).await;
        } else {
            answer.refused(404, "not_found");
            tracker.get(&entry(&id)).await.refused(404, "not_found");
        }
    }
}

#[actix_web::test]
async fn an_entry_comes_back_as_it_was() {
    let tracker = TrackerApp::new().await;
    let tag = tracker.tag("meeting").await;
    let body = json!({
        "categoryId": tracker.category, "startedAt": at(0), "stoppedAt": at(60), "description": "kick-off", "tagIds": [tag], "billable": true,
    });
    let made = tracker.post("/api/time/entries", body).await.created();
    let id = made.id();
    tracker.delete(&entry(&id)).await.is(204);
    let meanwhile = tracker.entry(&tracker.category, 30, 90).await;
    tracker.advance(TimeDelta::seconds(10));
    let restored = tracker.act(&restore(&id)).await.ok();

    let mut expected = made.json.clone();
    expected["updatedAt"] = json!(tracker.now());
    expected["overlaps"] = json!([meanwhile]);
    expected["revision"] = restored.json["revision"].clone();
    assert_eq!(restored.header("etag"), format!("W/\"{}\"", restored.json["revision"]));
    assert_eq!(restored.json, expected);
    assert_ne!(restored.header("etag"), made.header("etag"), "an ETag from before the deletion is stale");
    assert_eq!(tracker.read(&id).await.header("etag"), restored.header("etag"));
    tracker.act(&restore(&id)).await.refused(404, "not_found");
    assert_eq!(tracker.count("SELECT count(*) FROM deleted_time_entries").await, 0);
}

#[actix_web::test]
async fn what_was_never_deleted_cannot_be_restored() {
    let tracker = TrackerApp::new().await;
    let id = tracker.entry(&tracker.category, 0, 60).await;
    tracker.act(&restore(&id)).await.refused(404, "not_found");
    tracker.act(&restore(UNKNOWN_ID)).await.refused(404, "not_found");
    tracker.act(&restore("x")).await.refused(400, "invalid_id");
    tracker.delete(&entry(&id)).await.is(204);
    tracker.delete(&entry(&id)).await.refused(404, "not_found");
}

#[actix_web::test]
async fn a_tag_that_was_deleted_meanwhile_does_not_come_back() {
    let tracker = TrackerApp::new().await;
    let (gone, kept) = (tracker.tag("gone").await, tracker.tag("kept").await);
    let body = json!({"categoryId": tracker.category, "startedAt": at(0), "stoppedAt": at(1), "tagIds": [gone, kept]});
    let id = tracker.post("/api/time/entries", body).await.created().id();
    tracker.delete(&entry(&id)).await.is(204);
    tracker.delete(&format!("/api/tags/{gone}")).await.is(204);
    assert_eq!(tracker.act(&restore(&id)).await.ok().json["tagIds"], json!([kept]));
}

#[actix_web::test]
async fn an_entry_whose_category_was_deleted_meanwhile_is_gone_for_good() {
    let tracker = TrackerApp::new().await;
    let id = tracker.entry(&tracker.category, 0, 1).await;
    tracker.delete(&tracker.category_path()).await.refused(409, "category_in_use");
    tracker.delete(&entry(&id)).await.is(204);
    tracker.delete(&tracker.category_path()).await.is(204);
    tracker.act(&restore(&id)).await.refused(404, "not_found");
}

#[actix_web::test]
async fn what_ran_runs_on_unless_another_does() {
    let tracker = TrackerApp::new().await;
    let first = tracker.start().await.id();
    tracker.delete(&entry(&first)).await.is(204);
    let second = tracker.start().await.id();
    tracker.act(&restore(&first)).await.refused(409, "timer_running");
    tracker.delete(&entry(&second)).await.is(204);
    let restored = tracker.act(&restore(&first)).await.ok();
    assert_eq!(restored.json["stoppedAt"], json!(null));
    assert_eq!(tracker.get("/api/time/active").await.ok().id(), first);
}
