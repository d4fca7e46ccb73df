//! `DELETE /api/time/entries/{entryId}`, `POST /api/time/entries/{entryId}/restore`

use chrono::TimeDelta;
use serde_json::json;

use super::super::{Desk, NOBODY, at, entry};

fn restore(id: &str) -> String {
    format!("{}/restore", entry(id))
}

#[actix_web::test]
async fn a_deletion_can_be_undone_for_a_minute() {
    let desk = Desk::new().await;
    for (seconds, possible) in [(0, true), (60, true), (61, false)] {
        let id = desk.entry(&desk.category, 0, 60).await;
        desk.delete(&entry(&id)).await.is(204);
        desk.get(&entry(&id)).await.refused(404, "not_found");
        desk.advance(TimeDelta::seconds(seconds));
        let answer = desk.act(&restore(&id)).await;
        if possible {
            assert_eq!(answer.ok().id(), id);
            desk.read(&id).await;
        } else {
            answer.refused(404, "not_found");
            desk.get(&entry(&id)).await.refused(404, "not_found");
        }
    }
}

#[actix_web::test]
async fn an_entry_comes_back_as_it_was() {
    let desk = Desk::new().await;
    let tag = desk.tag("meeting").await;
    let body = json!({
        "categoryId": desk.category, "startedAt": at(0), "stoppedAt": at(60), "description": "kick-off", "tagIds": [tag], "billable": true,
    });
    let made = desk.post("/api/time/entries", body).await.created();
    let id = made.id();
    desk.delete(&entry(&id)).await.is(204);
    let meanwhile = desk.entry(&desk.category, 30, 90).await;
    desk.advance(TimeDelta::seconds(10));
    let restored = desk.act(&restore(&id)).await.ok();

    let mut expected = made.json.clone();
    expected["updatedAt"] = json!(desk.now());
    expected["overlaps"] = json!([meanwhile]);
    expected["revision"] = restored.json["revision"].clone();
    assert_eq!(restored.header("etag"), format!("W/\"{}\"", restored.json["revision"]));
    assert_eq!(restored.json, expected);
    assert_ne!(restored.header("etag"), made.header("etag"), "what somebody holds from before is old");
    assert_eq!(desk.read(&id).await.header("etag"), restored.header("etag"));
    desk.act(&restore(&id)).await.refused(404, "not_found");
    assert_eq!(desk.count("SELECT count(*) FROM deleted_time_entries").await, 0);
}

#[actix_web::test]
async fn what_was_never_deleted_cannot_be_restored() {
    let desk = Desk::new().await;
    let id = desk.entry(&desk.category, 0, 60).await;
    desk.act(&restore(&id)).await.refused(404, "not_found");
    desk.act(&restore(NOBODY)).await.refused(404, "not_found");
    desk.act(&restore("x")).await.refused(400, "invalid_id");
    desk.delete(&entry(&id)).await.is(204);
    desk.delete(&entry(&id)).await.refused(404, "not_found");
}

#[actix_web::test]
async fn a_tag_that_was_deleted_meanwhile_does_not_come_back() {
    let desk = Desk::new().await;
    let (gone, kept) = (desk.tag("gone").await, desk.tag("kept").await);
    let body = json!({"categoryId": desk.category, "startedAt": at(0), "stoppedAt": at(1), "tagIds": [gone, kept]});
    let id = desk.post("/api/time/entries", body).await.created().id();
    desk.delete(&entry(&id)).await.is(204);
    desk.delete(&format!("/api/tags/{gone}")).await.is(204);
    assert_eq!(desk.act(&restore(&id)).await.ok().json["tagIds"], json!([kept]));
}

#[actix_web::test]
async fn an_entry_whose_category_was_deleted_meanwhile_is_gone_for_good() {
    let desk = Desk::new().await;
    let id = desk.entry(&desk.category, 0, 1).await;
    desk.delete(&desk.category_path()).await.refused(409, "category_in_use");
    desk.delete(&entry(&id)).await.is(204);
    desk.delete(&desk.category_path()).await.is(204);
    desk.act(&restore(&id)).await.refused(404, "not_found");
}

#[actix_web::test]
async fn what_ran_runs_on_unless_another_does() {
    let desk = Desk::new().await;
    let first = desk.start().await.id();
    desk.delete(&entry(&first)).await.is(204);
    let second = desk.start().await.id();
    desk.act(&restore(&first)).await.refused(409, "timer_running");
    desk.delete(&entry(&second)).await.is(204);
    let restored = desk.act(&restore(&first)).await.ok();
    assert_eq!(restored.json["stoppedAt"], json!(null));
    assert_eq!(desk.get("/api/time/active").await.ok().id(), first);
}
