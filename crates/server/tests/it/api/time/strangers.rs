//! What belongs to another person, or lies in another workspace, is neither seen nor changed.

use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use serde_json::json;

use super::{TrackerApp, at, entry};

const COLLEAGUE_ENTRY: &str = "00000000-0000-7000-8000-0000000000e1";
const COLLEAGUE_RUNNING: &str = "00000000-0000-7000-8000-0000000000e2";
const ELSEWHERE_ENTRY: &str = "00000000-0000-7000-8000-0000000000e3";
const COLLEAGUE_DELETED: &str = "00000000-0000-7000-8000-0000000000e4";
const ELSEWHERE_PROJECT: &str = "00000000-0000-7000-8000-0000000000f1";
const ELSEWHERE_CATEGORY: &str = "00000000-0000-7000-8000-0000000000f2";
const ELSEWHERE_TAG: &str = "00000000-0000-7000-8000-0000000000f3";
const ELSEWHERE: &str = "00000000-0000-7000-8000-0000000000f0";

/// A colleague in the same workspace with a finished, a running and a deleted entry; and another workspace in which the
/// caller has an entry.
async fn strangers() -> TrackerApp {
    let tracker = TrackerApp::new().await;
    let sql = format!(
        "INSERT INTO users (id, name, created_at, updated_at) VALUES ('00000000-0000-7000-8000-0000000000b1', 'Colleague', now(), now());
         INSERT INTO workspaces (id, name, created_at, updated_at) VALUES ('{ELSEWHERE}', 'Elsewhere', now(), now());
         INSERT INTO memberships (workspace_id, user_id, role, created_at, updated_at) VALUES
             ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-0000000000b1', 'member', now(), now()),
             ('{ELSEWHERE}', '00000000-0000-7000-8000-000000000001', 'owner', now(), now());
         INSERT INTO projects (id, workspace_id, name, color, created_at, updated_at)
             VALUES ('{ELSEWHERE_PROJECT}', '{ELSEWHERE}', 'Secret', '#000000', now(), now());
         INSERT INTO categories (id, workspace_id, project_id, name, created_at, updated_at)
             VALUES ('{ELSEWHERE_CATEGORY}', '{ELSEWHERE}', '{ELSEWHERE_PROJECT}', 'Secret', now(), now());
         INSERT INTO tags (id, workspace_id, name, created_at, updated_at) VALUES ('{ELSEWHERE_TAG}', '{ELSEWHERE}', 'secret', now(), now());
         INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
             SELECT e.id::uuid, c.workspace_id, '00000000-0000-7000-8000-0000000000b1', c.project_id, c.id, '2026-03-02T08:00:00Z', e.stop, now(), now()
             FROM categories c, (VALUES ('{COLLEAGUE_ENTRY}', '2026-03-02T10:00:00Z'::timestamptz), ('{COLLEAGUE_RUNNING}', NULL)) AS e (id, stop)
             WHERE c.id = '{category}';
         INSERT INTO deleted_time_entries (id, workspace_id, user_id, project_id, category_id, started_at, description, billable, tag_ids, created_at,
                                           updated_at, revision, deleted_at)
             SELECT '{COLLEAGUE_DELETED}', c.workspace_id, '00000000-0000-7000-8000-0000000000b1', c.project_id, c.id, '2026-03-02T07:00:00Z', '', false,
                    '{{}}', now(), now(), 1, '2026-03-02T09:00:00Z' FROM categories c WHERE c.id = '{category}';
         INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, created_at, updated_at)
             VALUES ('{ELSEWHERE_ENTRY}', '{ELSEWHERE}', '00000000-0000-7000-8000-000000000001', '{ELSEWHERE_PROJECT}', '{ELSEWHERE_CATEGORY}',
                     '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', now(), now())",
        category = tracker.category
    );
    tracker.execute(&sql).await;
    tracker
}

/// All rows of others, as one text.
async fn theirs(tracker: &TrackerApp) -> String {
    let sql = "SELECT string_agg(e::text, E'\\n' ORDER BY e.id) FROM time_entries e
               WHERE user_id = '00000000-0000-7000-8000-0000000000b1' OR workspace_id = '00000000-0000-7000-8000-0000000000f0'";
    tracker.sql().await.query_one(sql, &[]).await.unwrap().get(0)
}

/// A member sees and changes their own entries alone; an owner those of all members of the workspace, and none
/// elsewhere.
#[actix_web::test]
async fn entries_of_others_cannot_be_reached_by_id() {
    let tracker = strangers().await;
    let before = theirs(&tracker).await;
    let member = tracker.as_member().await;
    let owner = tracker.acting_as(BUILT_IN_CALLER);
    let all = vec![COLLEAGUE_ENTRY, COLLEAGUE_RUNNING, ELSEWHERE_ENTRY, COLLEAGUE_DELETED];
    for (sender, foreign) in [(member, all), (owner, vec![ELSEWHERE_ENTRY])] {
        let body = json!({"categoryId": tracker.category, "startedAt": at(0), "stoppedAt": at(1)});
        let mine = sender.post("/api/time/entries", body).await.created().id();
        for id in foreign {
            let path = entry(id);
            sender.get(&path).await.refused(404, "not_found");
            sender.patch(&path, json!({"description": "mine"})).await.refused(404, "not_found");
            sender.delete(&path).await.refused(404, "not_found");
            for action in ["resume", "duplicate", "restore"] {
                sender.act(&format!("{path}/{action}")).await.refused(404, "not_found");
            }
            sender.post(&format!("{path}/split"), json!({"at": at(1)})).await.refused(404, "not_found");
            let body = json!({"ids": [mine, id], "changes": {"description": "mine"}});
            sender.post("/api/time/entries/bulk-edit", body).await.refused(404, "not_found");
            sender.post("/api/time/entries/bulk-delete", json!({"ids": [mine, id]})).await.refused(404, "not_found");
            sender.post("/api/time/entries/bulk-restore", json!({"ids": [id]})).await.refused(404, "not_found");
        }
        assert_eq!(tracker.read(&mine).await.json["description"], "");
    }
    assert_eq!(theirs(&tracker).await, before);
    assert_eq!(tracker.count("SELECT count(*) FROM deleted_time_entries").await, 1);
}

#[actix_web::test]
async fn lists_and_the_timer_are_the_callers_alone() {
    let tracker = strangers().await;
    let before = theirs(&tracker).await;
    for list in [
        "/api/time/entries".to_owned(),
        "/api/time/entries?running=true".to_owned(),
        format!("/api/time/entries?categoryId={}&includeSubcategories=true", tracker.category),
        format!("/api/time/entries?categoryId={ELSEWHERE_CATEGORY}&includeSubcategories=true"),
        format!("/api/time/entries?projectId={ELSEWHERE_PROJECT}"),
        "/api/time/overlaps".to_owned(),
    ] {
        assert_eq!(tracker.get(&list).await.ok().json, json!([]), "{list}");
    }
    assert_eq!(
        tracker.get("/api/time/active").await.ok().text,
        "null",
        "that a colleague's timer runs is none of mine"
    );
    tracker.act("/api/time/stop").await.refused(409, "no_active_timer");
    let body = json!({"categoryId": tracker.category, "startedAt": at(-30)});
    let started = tracker.post("/api/time/start", body).await.created();
    assert_eq!(started.json["overlaps"], json!([]));
    assert_eq!(tracker.get("/api/time/overlaps").await.ok().json, json!([]));
    tracker.act("/api/time/stop").await.ok();
    assert_eq!(theirs(&tracker).await, before, "the other users' timers still run");
}

#[actix_web::test]
async fn nothing_of_another_workspace_can_be_used() {
    let tracker = strangers().await;
    let mine = tracker.entry(&tracker.category, 0, 1).await;
    tracker.post("/api/time/start", json!({"categoryId": ELSEWHERE_CATEGORY})).await.refused(404, "not_found");
    let tagged = json!({"categoryId": tracker.category, "tagIds": [ELSEWHERE_TAG]});
    tracker.post("/api/time/start", tagged).await.refused(400, "invalid_tag");
    let times = json!({"categoryId": ELSEWHERE_CATEGORY, "startedAt": at(0), "stoppedAt": at(1)});
    tracker.post("/api/time/entries", times).await.refused(400, "invalid_category");
    tracker.patch(&entry(&mine), json!({"categoryId": ELSEWHERE_CATEGORY})).await.refused(400, "invalid_category");
    tracker.patch(&entry(&mine), json!({"tagIds": [ELSEWHERE_TAG]})).await.refused(400, "invalid_tag");
    let bulk = |changes| tracker.post("/api/time/entries/bulk-edit", json!({"ids": [mine], "changes": changes}));
    bulk(json!({"categoryId": ELSEWHERE_CATEGORY})).await.refused(400, "invalid_category");
    bulk(json!({"addTagIds": [ELSEWHERE_TAG]})).await.refused(400, "invalid_tag");
    assert_eq!(tracker.get(&format!("/api/time/entries?tagId={ELSEWHERE_TAG}")).await.ok().json, json!([]));
    let colleague = tracker.as_member().await;
    colleague.get(&format!("/api/workspaces/{ELSEWHERE}/time/entries")).await.refused(404, "not_found");
    tracker.get("/api/workspaces/x/time/active").await.refused(400, "invalid_id");
    assert_eq!(tracker.count("SELECT count(*) FROM time_entries WHERE revision > 1").await, 0);
}
