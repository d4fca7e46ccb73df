//! Entries that were just deleted, kept for the undo.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::caller::Caller;
use crate::db::prepared;
use crate::db::schema::deleted_time_entries;
use crate::ids::TimeEntryId;

/// The statements about `deleted_time_entries`. No row of it is ever read.
#[derive(Debug)]
pub struct DeletedTimeEntry;

impl DeletedTimeEntry {
    /// Copies the caller's entries here; they must be locked, and are deleted next.
    pub async fn keep(
        conn: &mut AsyncPgConnection,
        caller: Caller,
        ids: &[TimeEntryId],
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "INSERT INTO deleted_time_entries
                 (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, billable,
                  tag_ids, import_key, created_at, updated_at, revision, deleted_at)
             SELECT e.id, e.workspace_id, e.user_id, e.project_id, e.category_id, e.started_at, e.stopped_at, e.description,
                    e.billable,
                    ARRAY(SELECT t.tag_id FROM time_entry_tags t WHERE t.workspace_id = e.workspace_id AND t.time_entry_id = e.id),
                    e.import_key, e.created_at, e.updated_at, e.revision, $4
             FROM time_entries e
             WHERE e.workspace_id = $1 AND e.user_id = $2 AND e.id = ANY ($3)",
        )
        .bind::<sql_types::Uuid, _>(caller.workspace)
        .bind::<sql_types::Uuid, _>(caller.user)
        .bind::<sql_types::Array<sql_types::Uuid>, _>(ids)
        .bind::<sql_types::Timestamptz, _>(now)
        .execute(conn)
        .await
    }

    /// Locks those of these entries that the caller deleted since `since`, and returns which they are.
    pub async fn lock_all(
        conn: &mut AsyncPgConnection,
        caller: Caller,
        ids: &[TimeEntryId],
        since: DateTime<Utc>,
    ) -> QueryResult<Vec<TimeEntryId>> {
        deleted_time_entries::table
            .filter(deleted_time_entries::workspace_id.eq(caller.workspace))
            .filter(deleted_time_entries::user_id.eq(caller.user))
            .filter(deleted_time_entries::id.eq_any(ids))
            .filter(deleted_time_entries::deleted_at.ge(since))
            .order(deleted_time_entries::id)
            .select(deleted_time_entries::id)
            .for_update()
            .load(conn)
            .await
    }

    /// Moves locked rows back among the live entries, with those of their tags that still exist. May violate
    /// `time_entries_one_running_per_user` or `time_entries_import_key`.
    pub async fn restore(conn: &mut AsyncPgConnection, ids: &[TimeEntryId], now: DateTime<Utc>) -> QueryResult<usize> {
        prepared(
            "INSERT INTO time_entries
                 (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, billable,
                  import_key, created_at, updated_at, revision)
             SELECT id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, billable,
                    import_key, created_at, $2, revision + 1
             FROM deleted_time_entries WHERE id = ANY ($1)",
        )
        .bind::<sql_types::Array<sql_types::Uuid>, _>(ids)
        .bind::<sql_types::Timestamptz, _>(now)
        .execute(conn)
        .await?;
        prepared(
            "INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
             SELECT t.workspace_id, d.id, t.id
             FROM deleted_time_entries d JOIN tags t ON t.workspace_id = d.workspace_id AND t.id = ANY (d.tag_ids)
             WHERE d.id = ANY ($1)",
        )
        .bind::<sql_types::Array<sql_types::Uuid>, _>(ids)
        .execute(conn)
        .await?;
        diesel::delete(deleted_time_entries::table.filter(deleted_time_entries::id.eq_any(ids))).execute(conn).await
    }

    /// Forgets what was deleted before `before`.
    pub async fn purge(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        diesel::delete(deleted_time_entries::table.filter(deleted_time_entries::deleted_at.lt(before)))
            .execute(conn)
            .await
    }
}
