//! Which events a scope shows. The predicate is said three times, because two of them run in PostgreSQL:
//! `EntryScope::includes` in Rust, `event_in_scope!` in a statement, and the function `read_events` of the migrations.

use std::collections::BTreeSet;
use std::time::Duration;

use clockwork_core::access::{EntryScope, Role};
use clockwork_core::database::Db;
use clockwork_core::events::{Change, Event, Kind, LogCursor};
use clockwork_core::models::EventLog;
use clockwork_core::values::ids::{UserId, WorkspaceId};
use uuid::Uuid;

use crate::harness::{TestApp, config};

const KINDS: [Kind; 8] = [
    Kind::Entry,
    Kind::Client,
    Kind::Project,
    Kind::Category,
    Kind::Tag,
    Kind::User,
    Kind::Workspace,
    Kind::Membership,
];

/// One event of each kind and change, for each of these workspaces and users.
fn events(workspaces: &[WorkspaceId], users: &[Option<UserId>]) -> Vec<Event> {
    let mut events = Vec::new();
    for kind in KINDS {
        for change in [Change::Created, Change::Updated, Change::Deleted] {
            for workspace in workspaces {
                for user in users {
                    events.push(Event {
                        transaction: 0,
                        workspace: *workspace,
                        user: *user,
                        kind,
                        change,
                        object: Some(Uuid::from_u128(events.len() as u128 + 1)),
                        revision: Some(1),
                        timer: kind == Kind::Entry,
                    });
                }
            }
        }
    }
    events
}

fn insert(event: &Event) -> String {
    let word = |value: serde_json::Value| value.as_str().unwrap().to_owned();
    let user = event.user.map_or("NULL".to_owned(), |user| format!("'{user}'"));
    format!(
        "INSERT INTO events (workspace_id, user_id, kind, change, object_id, revision, timer)
         VALUES ('{}', {user}, '{}', '{}', '{}', 1, {});",
        event.workspace,
        word(serde_json::to_value(event.kind).unwrap()),
        word(serde_json::to_value(event.change).unwrap()),
        event.object.unwrap(),
        event.timer,
    )
}

/// The inserted events of a page; what the server itself has written meanwhile has other ids.
fn objects<'a>(events: impl IntoIterator<Item = &'a Event>, inserted: &BTreeSet<Uuid>) -> BTreeSet<Uuid> {
    events.into_iter().filter_map(|event| event.object).filter(|id| inserted.contains(id)).collect()
}

#[actix_web::test]
async fn rust_and_sql_agree_about_the_events_of_every_scope() {
    let app = TestApp::spawn().await;
    let owner = app.as_owner().await.caller;
    let colleague = app.add_member(Role::Member).await;
    let stranger = app.add_workspace().await;
    // A cursor with a transaction that still runs: its events are found by another branch of `read_events`.
    let running = app.sql().await;
    running.batch_execute("BEGIN; SELECT pg_current_xact_id()").await.unwrap();
    let db = Db::connect(&config(&app.database.url()).database).unwrap();
    let cursor = {
        let mut stream = app.stream(None).await;
        app.tag("Cursor").await;
        while stream.last_id.is_none() {
            stream.changes().await;
        }
        LogCursor::parse(stream.last_id.as_deref().unwrap()).unwrap()
    };

    let all = events(
        &[owner.workspace, stranger.workspace],
        &[None, Some(owner.user()), Some(colleague.user()), Some(stranger.user())],
    );
    let inserted: BTreeSet<Uuid> = all.iter().filter_map(|event| event.object).collect();
    let (early, late) = all.split_at(all.len() / 2);
    running.batch_execute(&early.iter().map(insert).collect::<String>()).await.unwrap();
    running.batch_execute("COMMIT").await.unwrap();
    app.execute(&late.iter().map(insert).collect::<String>()).await;

    let mut shown = 0;
    for workspace in [owner.workspace, stranger.workspace] {
        let owned = [owner, colleague, stranger].map(|caller| EntryScope::own(workspace, caller.user()));
        for scope in owned.into_iter().chain([EntryScope::all_members(workspace)]) {
            let expected = objects(all.iter().filter(|event| event.is_in(scope)), &inserted);
            let mut conn = db.conn().await.unwrap();
            let since = EventLog::since(&mut conn, scope, &cursor).await.unwrap();
            assert_eq!(objects(&since.events, &inserted), expected, "read_events, {scope:?}");
            let recent = EventLog::recent(&mut conn, scope, Duration::from_secs(60)).await.unwrap();
            assert_eq!(objects(&recent.events, &inserted), expected, "event_in_scope, {scope:?}");
            assert!(!since.truncated && !recent.truncated);
            shown += expected.len();
        }
    }
    // A quarter of each workspace's events is shared, a quarter each user's own.
    assert_eq!(shown, 2 * (3 * 48 + 96));
}
