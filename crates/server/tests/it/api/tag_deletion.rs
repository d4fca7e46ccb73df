//! Deleting a tag that is on many entries: gone at once, taken off in batches.

use clockwork_core::database::Db;
use clockwork_core::structure::tags;
use futures_util::future::join_all;
use serde_json::json;

use super::time::entries::pages::fill;
use super::time::{TrackerApp, entry};
use crate::harness::{TestApp, config};

/// Puts a tag on all entries.
async fn put_on_all(app: &TestApp, tag: &str) {
    let sql = format!(
        "INSERT INTO time_entry_tags SELECT workspace_id, id, '{tag}' FROM time_entries ON CONFLICT DO NOTHING"
    );
    app.execute(&sql).await;
}

/// Marks a tag as a deletion does whose server dies right after it.
async fn mark(app: &TestApp, tag: &str) {
    app.execute(&format!("UPDATE tags SET name = gen_random_uuid()::text, deleted_at = now() WHERE id = '{tag}'"))
        .await;
}

fn pool(app: &TestApp) -> Db {
    Db::connect(&config(&app.database.url()).database).unwrap()
}

/// Finishes all deletions, as another server does.
async fn finish(app: &TestApp, db: &Db) {
    while app.count("SELECT count(*) FROM tags WHERE deleted_at IS NOT NULL").await > 0 {
        tags::finish_one(db, app.now()).await.unwrap();
    }
}

#[actix_web::test]
async fn a_tag_on_many_entries_is_gone_at_once_and_its_entries_follow() {
    let tracker = TrackerApp::new().await;
    fill(&tracker, 2_500, 3).await;
    let (gone, kept) = (tracker.tag("Gone").await, tracker.tag("Kept").await);
    put_on_all(&tracker, &gone).await;
    put_on_all(&tracker, &kept).await;
    // The entry that comes last is locked, so the deletion cannot be finished yet.
    let mut other = tracker.sql().await;
    let lock = other.transaction().await.unwrap();
    let last = "SELECT id::text FROM time_entries ORDER BY id DESC LIMIT 1 FOR UPDATE";
    let last: String = lock.query_one(last, &[]).await.unwrap().get(0);
    let path = format!("/api/tags/{gone}");
    tracker.delete(&path).await.is(204);

    let unfinished = format!("SELECT count(*) FROM time_entry_tags WHERE tag_id = '{gone}'");
    assert!(tracker.count(&unfinished).await >= 500);
    tracker.get(&path).await.refused(404, "not_found");
    tracker.patch(&path, json!({"name": "Again"})).await.refused(404, "not_found");
    tracker.delete(&path).await.refused(404, "not_found");
    assert_eq!(tracker.get("/api/tags").await.ok().each("name"), ["Kept"]);
    assert_eq!(tracker.get(&format!("/api/time/entries?tagId={gone}")).await.ok().text, "[]");
    assert_eq!(tracker.get(&format!("/api/time/entries?tagId={kept}&tagId={gone}")).await.ok().text, "[]");
    assert_eq!(tracker.read(&last).await.json["tagIds"], json!([kept]));
    let listed = tracker.get("/api/time/entries?limit=1000").await.ok();
    assert!(listed.each("tagIds").iter().all(|tags| *tags == json!([kept])));
    tracker.post("/api/tags", json!({"name": "gone"})).await.created();
    let body = json!({"categoryId": tracker.category, "tagIds": [kept, gone]});
    tracker.post("/api/time/start", body).await.refused(400, "invalid_tag").names("tagIds", "not_found");

    lock.rollback().await.unwrap();
    finish(&tracker, &pool(&tracker)).await;
    assert_eq!(tracker.count(&unfinished).await, 0);
    assert_eq!(tracker.count("SELECT count(*) FROM time_entries WHERE revision <> 2").await, 0, "each is changed once");
    let told =
        format!("SELECT count(*) FROM events WHERE kind = 'tag' AND change = 'deleted' AND object_id = '{gone}'");
    assert_eq!(tracker.count(&told).await, 1);
}

#[actix_web::test]
async fn several_servers_finish_deletions_together() {
    let tracker = TrackerApp::new().await;
    fill(&tracker, 3_000, 3).await;
    for number in 0..5 {
        let tag = tracker.tag(&format!("tag {number}")).await;
        put_on_all(&tracker, &tag).await;
        mark(&tracker, &tag).await;
    }
    let db = pool(&tracker);
    join_all((0..4).map(|_| finish(&tracker, &db))).await;
    assert_eq!(tracker.count("SELECT count(*) FROM tags").await, 0);
    assert_eq!(tracker.count("SELECT count(*) FROM time_entry_tags").await, 0);
    assert_eq!(tracker.count("SELECT count(*) FROM time_entries WHERE revision <> 6").await, 0, "once for each tag");
}

#[actix_web::test]
async fn a_batch_that_another_server_has_finished_is_not_changed_again() {
    let tracker = TrackerApp::new().await;
    fill(&tracker, 3_000, 3).await;
    // A statement passes over these, which takes so long that another server finishes a batch between its snapshot and
    // its lock of the last tag.
    let older = "INSERT INTO tags (id, workspace_id, name, created_at, updated_at, deleted_at)
                 SELECT gen_random_uuid(), id, gen_random_uuid()::text, now(), now(), now() - interval '1 day'
                 FROM workspaces, generate_series(1, 20000)";
    tracker.execute(older).await;
    let mut other = tracker.sql().await;
    let lock = other.transaction().await.unwrap();
    lock.execute("SELECT id FROM tags FOR UPDATE", &[]).await.unwrap();
    let tag = tracker.tag("last").await;
    put_on_all(&tracker, &tag).await;
    mark(&tracker, &tag).await;
    let db = pool(&tracker);
    let left = format!("SELECT count(*) FROM tags WHERE id = '{tag}'");
    let finish = async || {
        while tracker.count(&left).await > 0 {
            tags::finish_one(&db, tracker.now()).await.unwrap();
        }
    };
    join_all((0..4).map(|_| finish())).await;
    assert_eq!(tracker.count("SELECT count(*) FROM time_entries WHERE revision <> 2").await, 0, "each is changed once");
}

#[actix_web::test]
async fn what_is_made_from_entries_with_a_deleted_tag_has_it_no_more() {
    let tracker = TrackerApp::new().await;
    let (gone, kept) = (tracker.tag("gone").await, tracker.tag("kept").await);
    let (made, deleted) =
        (tracker.entry(&tracker.category, 0, 10).await, tracker.entry(&tracker.category, 20, 30).await);
    put_on_all(&tracker, &gone).await;
    put_on_all(&tracker, &kept).await;
    tracker.delete(&entry(&deleted)).await.is(204);
    mark(&tracker, &gone).await;
    for (path, status) in [
        (format!("{}/restore", entry(&deleted)), 200),
        (format!("{}/duplicate", entry(&made)), 201),
        (format!("{}/resume", entry(&made)), 201),
    ] {
        assert_eq!(tracker.act(&path).await.is(status).json["tagIds"], json!([kept]), "{path}");
    }
    let changed = tracker.patch(&entry(&made), json!({"description": "changed"})).await.ok();
    assert_eq!(changed.json["tagIds"], json!([kept]));
    let bulk = json!({"ids": [made, deleted], "changes": {"addTagIds": [gone]}});
    tracker.post("/api/time/entries/bulk-edit", bulk).await.refused(400, "invalid_tag");
    finish(&tracker, &pool(&tracker)).await;
    assert_eq!(tracker.count("SELECT count(*) FROM tags").await, 1);
}
