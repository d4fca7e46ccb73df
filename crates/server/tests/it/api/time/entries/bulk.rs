//! `POST /api/time/entries/bulk-edit`, `/bulk-delete` and `/bulk-restore`

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::{TrackerApp, UNKNOWN_ID, at, entry};

const EDIT: &str = "/api/time/entries/bulk-edit";
const DELETE: &str = "/api/time/entries/bulk-delete";
const RESTORE: &str = "/api/time/entries/bulk-restore";

/// Three entries, oldest first.
async fn three(tracker: &TrackerApp) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(tracker.entry(&tracker.category, n * 10, n * 10 + 5).await);
    }
    ids
}

#[actix_web::test]
async fn every_field_changes_in_all_of_them() {
    let tracker = TrackerApp::new().await;
    let ids = three(&tracker).await;
    let elsewhere = tracker.project("Shop").await;
    let cart = tracker.category(&elsewhere, "Cart").await;
    tracker.advance(TimeDelta::minutes(1));
    let changes = json!({"categoryId": cart, "description": " same ", "billable": true});
    let changed = tracker.post(EDIT, json!({"ids": [ids[0], ids[2], ids[0]], "changes": changes})).await.ok();
    assert_eq!(changed.ids(), [ids[2].as_str(), ids[0].as_str()], "newest first, each once");
    for (field, value) in [
        ("categoryId", json!(cart)),
        ("projectId", json!(elsewhere)),
        ("description", json!("same")),
        ("billable", json!(true)),
        ("updatedAt", at(1)),
    ] {
        assert_eq!(changed.each(field), [value.clone(), value], "{field}");
    }
    assert_eq!(changed.json[1], tracker.read(&ids[0]).await.json);
    let untouched = tracker.read(&ids[1]).await;
    assert_eq!((untouched.header("etag"), &untouched.json["description"]), ("W/\"1\"", &json!("")));

    let cleared = tracker.post(EDIT, json!({"ids": ids, "changes": {"description": null}})).await.ok();
    assert_eq!(cleared.each("description"), ["", "", ""]);
    assert_eq!(cleared.each("billable"), [true, false, true], "what is absent stays");
}

#[actix_web::test]
async fn tags_are_set_or_added_and_removed() {
    let tracker = TrackerApp::new().await;
    let ids = three(&tracker).await;
    let (a, b, c) = (tracker.tag("a").await, tracker.tag("b").await, tracker.tag("c").await);
    tracker.patch(&entry(&ids[0]), json!({"tagIds": [a, b]})).await.ok();
    let edit = async |changes: Value| {
        let answer = tracker.post(EDIT, json!({"ids": ids, "changes": changes})).await.ok();
        let mut tags = answer.each("tagIds");
        tags.reverse();
        tags
    };
    assert_eq!(
        edit(json!({"addTagIds": [c, a]})).await,
        [json!([a, b, c]), json!([a, c]), json!([a, c])],
        "a tag that is there already does no harm"
    );
    assert_eq!(edit(json!({"removeTagIds": [a]})).await, [json!([b, c]), json!([c]), json!([c])]);
    assert_eq!(edit(json!({"addTagIds": [a], "removeTagIds": [c]})).await, [json!([a, b]), json!([a]), json!([a])]);
    assert_eq!(edit(json!({"tagIds": [b]})).await, [json!([b]), json!([b]), json!([b])]);
    assert_eq!(edit(json!({"tagIds": []})).await, [json!([]), json!([]), json!([])]);

    let both = json!({"ids": ids, "changes": {"tagIds": [a], "addTagIds": [b]}});
    tracker.post(EDIT, both).await.refused(400, "invalid_tag").names("changes.tagIds", "invalid_format");
}

#[actix_web::test]
async fn no_entry_gains_more_than_a_hundred_tags() {
    let tracker = TrackerApp::new().await;
    let ids = three(&tracker).await;
    let make = "INSERT INTO tags (id, workspace_id, name, created_at, updated_at)
                SELECT gen_random_uuid(), id, 'tag ' || n, now(), now() FROM workspaces, generate_series(1, 101) AS n";
    tracker.execute(make).await;
    let tags = tracker.get("/api/tags").await.ok().ids();
    let add = |tags: &[String]| tracker.post(EDIT, json!({"ids": ids, "changes": {"addTagIds": tags}}));
    tracker.patch(&entry(&ids[1]), json!({"tagIds": tags[..1]})).await.ok();
    add(&tags[1..]).await.refused(400, "invalid_tag").names("changes.addTagIds", "too_long");
    assert_eq!(tracker.count("SELECT count(*) FROM time_entry_tags").await, 1, "none gains any");
    add(&tags[1..100]).await.ok();
    add(&tags[99..]).await.refused(400, "invalid_tag").names("changes.addTagIds", "too_long");
    let exchange = json!({"addTagIds": tags[100..], "removeTagIds": tags[..1]});
    tracker.post(EDIT, json!({"ids": [ids[1]], "changes": exchange})).await.ok();
}

#[actix_web::test]
async fn an_edit_changes_all_or_none() {
    let tracker = TrackerApp::new().await;
    let ids = three(&tracker).await;
    let tag = tracker.tag("a").await;
    let archived = tracker.category(&tracker.project, "Archived").await;
    tracker.archive(&format!("/api/projects/{}/categories/{archived}", tracker.project), true).await;
    let edit = |ids: Value, changes: Value| tracker.post(EDIT, json!({"ids": ids, "changes": changes}));

    let stranger = json!([ids[0], UNKNOWN_ID, ids[1]]);
    edit(stranger, json!({"description": "x"})).await.refused(404, "not_found");
    for field in ["addTagIds", "tagIds"] {
        let refused = edit(json!(ids), json!({"description": "x", field: [tag, UNKNOWN_ID]})).await;
        refused.refused(400, "invalid_tag").names(&format!("changes.{field}"), "not_found");
    }
    edit(json!(ids), json!({"description": "x", "categoryId": UNKNOWN_ID}))
        .await
        .refused(400, "invalid_category")
        .names("changes.categoryId", "not_found");
    edit(json!(ids), json!({"description": "x", "categoryId": archived})).await.refused(409, "category_archived");
    edit(json!([ids[0], "x"]), json!({"description": "x"}))
        .await
        .refused(400, "invalid_id")
        .names("ids[1]", "invalid_format");
    edit(json!(ids), json!({"categoryId": null}))
        .await
        .refused(400, "invalid_id")
        .names("changes.categoryId", "invalid_format");
    edit(json!(ids), json!({"startedAt": at(0)})).await.refused(400, "invalid_json");
    tracker.post(EDIT, json!({"ids": ids})).await.refused(400, "invalid_json");
    assert_eq!(tracker.count("SELECT count(*) FROM time_entries WHERE revision > 1 OR description <> ''").await, 0);
    assert_eq!(tracker.count("SELECT count(*) FROM time_entry_tags").await, 0);
}

#[actix_web::test]
async fn a_deletion_and_its_undo_take_all_or_none() {
    let tracker = TrackerApp::new().await;
    let ids = three(&tracker).await;
    tracker.post(DELETE, json!({"ids": [ids[0], UNKNOWN_ID]})).await.refused(404, "not_found");
    tracker.read(&ids[0]).await;
    assert_eq!(tracker.post(DELETE, json!({"ids": [ids[0], ids[1], ids[1]]})).await.ok().json, json!({"deleted": 2}));
    assert_eq!(tracker.count("SELECT count(*) FROM time_entries").await, 1);

    tracker.post(RESTORE, json!({"ids": [ids[0], ids[2]]})).await.refused(404, "not_found");
    tracker.get(&entry(&ids[0])).await.refused(404, "not_found");
    let restored = tracker.post(RESTORE, json!({"ids": [ids[0], ids[1]]})).await.ok();
    assert_eq!(restored.ids(), [ids[1].as_str(), ids[0].as_str()]);
    tracker.post(RESTORE, json!({"ids": [ids[0]]})).await.refused(404, "not_found");

    tracker.post(DELETE, json!({"ids": [ids[0]]})).await.ok();
    tracker.advance(TimeDelta::seconds(30));
    tracker.post(DELETE, json!({"ids": [ids[1]]})).await.ok();
    tracker.advance(TimeDelta::seconds(31));
    tracker.post(RESTORE, json!({"ids": [ids[0], ids[1]]})).await.refused(404, "not_found");
    tracker.post(RESTORE, json!({"ids": [ids[1]]})).await.ok();
}

#[actix_web::test]
async fn a_running_entry_is_not_restored_beside_another() {
    let tracker = TrackerApp::new().await;
    let finished = tracker.entry(&tracker.category, -10, -5).await;
    let running = tracker.start().await.id();
    tracker.post(DELETE, json!({"ids": [finished, running]})).await.ok();
    tracker.start().await;
    tracker.post(RESTORE, json!({"ids": [finished, running]})).await.refused(409, "timer_running");
    tracker.get(&entry(&finished)).await.refused(404, "not_found");
    tracker.act("/api/time/stop").await.ok();
    tracker.post(RESTORE, json!({"ids": [finished, running]})).await.ok();
    assert_eq!(tracker.get("/api/time/active").await.ok().id(), running);
}

#[actix_web::test]
async fn a_thousand_at_once_and_no_more() {
    let tracker = TrackerApp::new().await;
    let sql = "INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
               SELECT gen_random_uuid(), workspace_id, '00000000-0000-7000-8000-000000000001', project_id, id,
                      '2026-03-01'::timestamptz + n * interval '1 minute', '2026-03-01'::timestamptz + (n + 1) * interval '1 minute', now(), now()
               FROM categories, generate_series(1, 1001) AS n";
    tracker.execute(sql).await;
    let mut ids = tracker.get("/api/time/entries?billable=false").await.ok().ids();
    let tag = tracker.tag("a").await;
    for path in [EDIT, DELETE, RESTORE] {
        for ids in [&ids[..], &[]] {
            let mut body = json!({"ids": ids});
            if path == EDIT {
                body["changes"] = json!({"description": "x"});
            }
            tracker.post(path, body).await.refused(400, "invalid_ids").names("ids", "out_of_range");
        }
    }
    ids.truncate(1_000);
    let edited =
        tracker.post(EDIT, json!({"ids": ids, "changes": {"description": "x", "addTagIds": [tag]}})).await.ok();
    assert_eq!(edited.ids(), ids);
    assert_eq!(tracker.post(DELETE, json!({"ids": ids})).await.ok().json, json!({"deleted": 1_000}));
    let restored = tracker.post(RESTORE, json!({"ids": ids})).await.ok();
    assert_eq!(restored.ids(), ids);
    assert!(restored.each("tagIds").iter().all(|tags| *tags == json!([tag])));
}
