//! What is generated from the table of capabilities.

use std::time::Duration;

use clockwork_core::access::{EntryScope, Role};
use clockwork_core::database::Db;
use clockwork_core::models::{EventLog, TimeEntry};
use clockwork_core::values::ids::{TimeEntryId, UserId, WorkspaceId};
use serde_json::json;

use crate::harness::{TestApp, config};

#[test]
fn the_page_about_access_is_the_committed_one() {
    let committed = include_str!("../../../../../docs/ACCESS.md");
    assert!(
        clockwork_server::access_page::text() == committed,
        "docs/ACCESS.md is out of date; `just openapi` writes it"
    );
}

#[actix_web::test]
async fn the_database_and_the_program_know_the_same_roles() {
    let app = TestApp::spawn().await;
    for role in Role::ALL {
        let member = app.acting_as(app.add_member(role).await);
        assert_eq!(member.get("/api/me").await.ok().json["role"], role.as_str());
    }
    let refused = "UPDATE memberships SET role = 'root'";
    assert_eq!(app.violates(refused).await, "memberships_role_valid");
}

/// The scope in Rust, in diesel's statements and in the text of others: one predicate.
#[actix_web::test]
async fn a_scope_finds_the_same_entries_in_rust_and_in_sql() {
    let app = TestApp::spawn().await;
    let category = app.category(&app.project("Website").await, "Design").await;
    let (one, other) = (app.as_member().await, app.as_member().await);
    let mut entries = Vec::new();
    for member in [one, other] {
        let start = json!({"categoryId": category});
        let id = member.post("/api/time/start", start).await.created().id();
        entries.push((member.caller.user(), id));
    }
    let (workspace, elsewhere) = (one.caller.workspace, WorkspaceId::new());
    let scopes = [
        EntryScope::own(workspace, one.caller.user()),
        EntryScope::own(workspace, UserId::new()),
        EntryScope::all_members(workspace),
        EntryScope::own(elsewhere, one.caller.user()),
        EntryScope::all_members(elsewhere),
    ];
    let db = Db::connect(&config(&app.database.url()).database).unwrap();
    let mut conn = db.conn().await.unwrap();
    let ids: Vec<_> = entries.iter().map(|(_, id)| TimeEntryId(id.parse().unwrap())).collect();
    let recent = Duration::from_secs(3_600);
    let all = EventLog::recent(&mut conn, EntryScope::all_members(workspace), recent).await.unwrap().events;
    assert!(all.len() > 4, "{all:?}");
    for scope in scopes {
        let expected = entries.iter().filter(|(owner, _)| scope.includes(workspace, Some(*owner))).count();
        let found = TimeEntry::find_all(&mut conn, scope, &ids).await.unwrap();
        assert_eq!(found.len(), expected, "{scope:?}");
        let locked = TimeEntry::lock_all(&mut conn, scope, &ids, None).await.unwrap();
        assert_eq!(locked.len(), expected, "{scope:?}");
        let told = EventLog::recent(&mut conn, scope, recent).await.unwrap().events;
        assert_eq!(told.len(), all.iter().filter(|event| event.is_in(scope)).count(), "{scope:?}");
    }
}
