//! Entries of other members: read and changed with the capability, under the lock of the owner's timer.

use chrono::TimeDelta;
use clockwork_core::access::TokenScope;
use clockwork_core::values::ids::UserId;
use serde_json::json;
use tokio_postgres::Client;

use crate::harness::{As, TestApp, start_of_test};

fn at(minutes: i64) -> serde_json::Value {
    json!(start_of_test() + TimeDelta::minutes(minutes))
}

/// A category, and a finished entry of a member there.
async fn entry_of_a_member<'a>(app: &'a TestApp) -> (String, As<'a>, String) {
    let category = app.category(&app.project("Website").await, "Design").await;
    let member = app.as_member().await;
    let body = json!({"categoryId": category, "startedAt": at(-60), "stoppedAt": at(-30)});
    let entry = member.post("/api/time/entries", body).await.created().id();
    (category, member, entry)
}

async fn owner_of(app: &TestApp, entry: &str) -> String {
    let row =
        app.sql().await.query_one("SELECT user_id::text FROM time_entries WHERE id = $1::text::uuid", &[&entry]).await;
    row.unwrap().get(0)
}

#[actix_web::test]
async fn a_manager_changes_the_entries_of_a_member_and_they_stay_the_member_s() {
    let app = TestApp::spawn().await;
    let (_, member, entry) = entry_of_a_member(&app).await;
    let (manager, user) = (app.as_manager().await, member.caller.user().to_string());
    let path = format!("/api/time/entries/{entry}");
    assert_eq!(manager.get(&path).await.ok().id(), entry);
    assert_eq!(manager.patch(&path, json!({"description": "Corrected"})).await.ok().json["description"], "Corrected");
    let copy = manager.act(&format!("{path}/duplicate")).await.created().id();
    let parts = manager.post(&format!("{path}/split"), json!({"at": at(-45)})).await.ok().ids();
    let edit = json!({"ids": [&entry, &copy], "changes": {"billable": true}});
    assert_eq!(manager.post("/api/time/entries/bulk-edit", edit).await.ok().each("billable"), [true, true]);
    for id in [&entry, &copy, &parts[1]] {
        assert_eq!(owner_of(&app, id).await, user, "an edit does not change the owner");
    }
    manager.delete(&format!("/api/time/entries/{copy}")).await.is(204);
    manager.act(&format!("/api/time/entries/{copy}/restore")).await.ok();
    let both = json!({"ids": [&entry, &copy]});
    assert_eq!(manager.post("/api/time/entries/bulk-delete", both.clone()).await.ok().json["deleted"], 2);
    assert_eq!(manager.post("/api/time/entries/bulk-restore", both).await.ok().ids().len(), 2);
    assert_eq!(owner_of(&app, &copy).await, user);
    // Resuming starts the manager's own timer.
    let resumed = manager.act(&format!("{path}/resume")).await.created().id();
    assert_eq!(owner_of(&app, &resumed).await, manager.caller.user().to_string());
    assert_eq!(member.get("/api/time/active").await.ok().text, "null");
}

#[actix_web::test]
async fn what_one_may_not_see_is_404_and_what_one_may_only_see_is_403() {
    let app = TestApp::spawn().await;
    let (_, member, entry) = entry_of_a_member(&app).await;
    let (viewer, colleague, manager) = (app.as_viewer().await, app.as_member().await, app.as_manager().await);
    let path = format!("/api/time/entries/{entry}");
    colleague.get(&path).await.refused(404, "not_found");
    colleague.patch(&path, json!({})).await.refused(404, "not_found");
    viewer.get(&path).await.ok();
    viewer.patch(&path, json!({})).await.refused(403, "forbidden");
    // A token that only tracks opens its user's own entries; the others can be seen all the same.
    let tracker = manager.with_token(TokenScope::Track);
    tracker.get(&path).await.ok();
    let edit = json!({"ids": [&entry], "changes": {"billable": true}});
    for answer in [
        tracker.patch(&path, json!({"description": "x"})).await,
        tracker.delete(&path).await,
        tracker.act(&format!("{path}/duplicate")).await,
        tracker.post(&format!("{path}/split"), json!({"at": at(-45)})).await,
        tracker.post("/api/time/entries/bulk-edit", edit).await,
        tracker.post("/api/time/entries/bulk-delete", json!({"ids": [&entry]})).await,
    ] {
        assert!(answer.refused(403, "forbidden").text.contains("change_entries"));
    }
    let absent = "/api/time/entries/019aa5b6-54c4-7d21-a0c9-6a7d6c7a2f10";
    tracker.delete(absent).await.refused(404, "not_found");
    assert_eq!(member.get(&path).await.ok().json["description"], "");
    assert_eq!(manager.get("/api/time/entries").await.ok().json, json!([]), "lists are the caller's own");
}

/// The number of the advisory lock of a user's timer, written down a second time.
pub(super) fn lock_of(user: UserId) -> i64 {
    let (high, low) = user.0.as_u64_pair();
    (high ^ low ^ 0x7469_6d65_7200_0000).cast_signed()
}

/// How many requests wait for a lock of a timer.
pub(super) async fn waiting(sql: &Client) -> i64 {
    let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    sql.query_one(waiting, &[]).await.unwrap().get(0)
}

#[actix_web::test]
async fn an_edit_waits_for_the_timer_of_the_entry_s_owner_and_for_no_other() {
    let app = TestApp::spawn().await;
    let (category, member, entry) = entry_of_a_member(&app).await;
    let manager = app.as_manager().await;
    let path = format!("/api/time/entries/{entry}");
    let deleted = manager.act(&format!("{path}/duplicate")).await.created().id();
    let deleted_path = format!("/api/time/entries/{deleted}");
    manager.delete(&deleted_path).await.is(204);

    let holder = app.sql().await;
    let lock = format!("BEGIN; SELECT pg_advisory_xact_lock({})", lock_of(member.caller.user()));
    holder.batch_execute(&lock).await.unwrap();
    // The manager's own timer is free.
    manager.post("/api/time/start", json!({"categoryId": category})).await.created();
    let restore = format!("{deleted_path}/restore");
    let both = async {
        let reopen = manager.patch(&path, json!({"stoppedAt": null}));
        let (reopened, restored) = futures_util::join!(reopen, manager.act(&restore));
        (reopened.ok().id(), restored.ok().id())
    };
    let release = async {
        let watcher = app.sql().await;
        while waiting(&watcher).await < 2 {
            tokio::task::yield_now().await;
        }
        holder.batch_execute("COMMIT").await.unwrap();
    };
    let (ids, ()) = futures_util::join!(both, release);
    assert_eq!(ids, (entry.clone(), deleted));
    assert_eq!(member.get("/api/time/active").await.ok().id(), entry, "it is the member's timer that runs");
    assert_ne!(manager.get("/api/time/active").await.ok().id(), entry);
}

/// The claim of a placeholder holds its timer, then its membership, then its entries; a deletion locks the entries, and
/// then, by a foreign key, the membership.
#[actix_web::test]
async fn a_deletion_waits_for_the_timer_of_the_entry_s_owner_before_it_locks_the_entry() {
    let app = TestApp::spawn().await;
    let (_, member, first) = entry_of_a_member(&app).await;
    let manager = app.as_manager().await;
    let second = manager.act(&format!("/api/time/entries/{first}/duplicate")).await.created().id();
    app.execute(&format!("UPDATE time_entries SET user_id = '{}' WHERE id = '{second}'", member.caller.user())).await;

    let holder = app.sql().await;
    let lock = format!("BEGIN; SELECT pg_advisory_xact_lock({})", lock_of(member.caller.user()));
    holder.batch_execute(&lock).await.unwrap();
    let path = format!("/api/time/entries/{first}");
    let both = async {
        let several = manager.post("/api/time/entries/bulk-delete", json!({"ids": [&second]}));
        futures_util::join!(manager.delete(&path), several)
    };
    let release = async {
        let watcher = app.sql().await;
        let all_wait = async {
            while waiting(&watcher).await < 2 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), all_wait).await.expect("both wait for the timer");
        holder.batch_execute("SELECT FROM time_entries FOR UPDATE NOWAIT; COMMIT").await.unwrap();
    };
    let ((one, several), ()) = futures_util::join!(both, release);
    one.is(204);
    assert_eq!(several.ok().json["deleted"], 1);
}

#[actix_web::test]
async fn restoring_entries_of_several_owners_locks_all_their_timers() {
    let app = TestApp::spawn().await;
    let (category, one, first) = entry_of_a_member(&app).await;
    let (other, manager) = (app.as_member().await, app.as_manager().await);
    let body = json!({"categoryId": category, "startedAt": at(-60), "stoppedAt": at(-30)});
    let second = other.post("/api/time/entries", body).await.created().id();
    let both = json!({"ids": [&first, &second]});
    manager.post("/api/time/entries/bulk-delete", both.clone()).await.ok();
    for member in [one, other] {
        let holder = app.sql().await;
        let lock = format!("BEGIN; SELECT pg_advisory_xact_lock({})", lock_of(member.caller.user()));
        holder.batch_execute(&lock).await.unwrap();
        let release = async {
            let watcher = app.sql().await;
            while waiting(&watcher).await < 1 {
                tokio::task::yield_now().await;
            }
            holder.batch_execute("COMMIT").await.unwrap();
        };
        let restore = manager.post("/api/time/entries/bulk-restore", both.clone());
        let (restored, ()) = futures_util::join!(restore, release);
        assert_eq!(restored.ok().ids().len(), 2);
        manager.post("/api/time/entries/bulk-delete", both.clone()).await.ok();
    }
}
