//! Entries that were just deleted, kept for the undo.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::PURGE_BATCH;
use super::WrittenEntry;
use super::time_entry_span::{reaching, stopped_reaching};
use super::time_entry_write::{columns, overlaps_of_w};
use crate::access::{EntryScope, in_scope};
use crate::database::prepared;
use crate::values::ids::TimeEntryId;

/// The statements about `deleted_time_entries`. No row of it is ever read.
#[derive(Debug)]
pub struct DeletedTimeEntry;

impl DeletedTimeEntry {
    /// Moves entries of a scope here with their tags. They must be locked by [`TimeEntry::lock_all`], with their
    /// categories: a category's deletion waits for both.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn keep(
        conn: &mut AsyncPgConnection,
        scope: EntryScope,
        ids: &[TimeEntryId],
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            concat!("WITH deleted AS (
                 DELETE FROM time_entries e WHERE ", in_scope!("e", "$1", "$2", "$5"), " AND e.id = ANY ($3)
                 RETURNING e.id, e.workspace_id, e.user_id, e.project_id, e.category_id, e.started_at, e.stopped_at, e.description,
                     e.billable,
                     ARRAY(SELECT t.tag_id FROM time_entry_tags t WHERE t.workspace_id = e.workspace_id AND t.time_entry_id = e.id)
                         AS tag_ids,
                     e.import_key, e.created_at, e.updated_at, e.revision
             )
             INSERT INTO deleted_time_entries
                 (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, billable,
                  tag_ids, import_key, created_at, updated_at, revision, deleted_at)
             SELECT id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, billable,
                    tag_ids, import_key, created_at, updated_at, revision, $4
             FROM deleted"),
        )
        .bind::<Uuid, _>(scope.workspace())
        .bind::<Nullable<Uuid>, _>(scope.owner())
        .bind::<Array<Uuid>, _>(ids)
        .bind::<Timestamptz, _>(now)
        .bind::<Bool, _>(scope.led())
        .execute(conn)
        .await
    }

    /// Locks the categories of those of these deleted entries that are in a scope, in the order of their ids: before
    /// the entries, as when a category is deleted.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for a lock than `lock_timeout`.
    pub async fn lock_categories(
        conn: &mut AsyncPgConnection,
        scope: EntryScope,
        ids: &[TimeEntryId],
    ) -> QueryResult<()> {
        prepared(concat!(
            "SELECT c.id FROM categories c
             WHERE c.id IN (SELECT d.category_id FROM deleted_time_entries d WHERE ",
            in_scope!("d", "$1", "$2", "$4"),
            " AND d.id = ANY ($3))
             ORDER BY c.id FOR KEY SHARE OF c"
        ))
        .bind::<Uuid, _>(scope.workspace())
        .bind::<Nullable<Uuid>, _>(scope.owner())
        .bind::<Array<Uuid>, _>(ids)
        .bind::<Bool, _>(scope.led())
        .execute(conn)
        .await?;
        Ok(())
    }

    /// Locks those of these entries that are in a scope and were deleted since `since`, and counts them.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for a lock than `lock_timeout`.
    pub async fn lock_all(
        conn: &mut AsyncPgConnection,
        scope: EntryScope,
        ids: &[TimeEntryId],
        since: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(concat!(
            "SELECT d.id FROM deleted_time_entries d
             WHERE ",
            in_scope!("d", "$1", "$2", "$5"),
            " AND d.id = ANY ($3) AND d.deleted_at >= $4 ORDER BY d.id FOR UPDATE"
        ))
        .bind::<Uuid, _>(scope.workspace())
        .bind::<Nullable<Uuid>, _>(scope.owner())
        .bind::<Array<Uuid>, _>(ids)
        .bind::<Timestamptz, _>(since)
        .bind::<Bool, _>(scope.led())
        .execute(conn)
        .await
    }

    /// Moves locked rows back among the live entries, with those of their tags that still exist. A tag that is just
    /// being deleted is waited for.
    ///
    /// # Errors
    /// Violations of `time_entries_one_running_per_user` and `time_entries_import_key`.
    pub async fn restore(
        conn: &mut AsyncPgConnection,
        ids: &[TimeEntryId],
        now: DateTime<Utc>,
    ) -> QueryResult<Vec<WrittenEntry>> {
        prepared(concat!(
            "WITH deleted AS (
                 DELETE FROM deleted_time_entries WHERE id = ANY ($1) RETURNING *
             ), restored AS (
                 INSERT INTO time_entries
                     (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, billable,
                      import_key, created_at, updated_at, revision)
                 SELECT id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, billable,
                        import_key, created_at, $2, revision + 1
                 FROM deleted RETURNING ",
            columns!(),
            "), kept AS (
                 SELECT d.workspace_id, d.id, t.id AS tag_id
                 FROM deleted d JOIN tags t ON t.workspace_id = d.workspace_id AND t.id = ANY (d.tag_ids) AND t.deleted_at IS NULL
                 ORDER BY t.id FOR KEY SHARE OF t
             ), tagged AS (
                 INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id) SELECT workspace_id, id, tag_id FROM kept
                 RETURNING time_entry_id, tag_id
             ), w AS (SELECT *, coalesce(stopped_at, $2) AS stop FROM restored)
             SELECT ",
            columns!(),
            ", ARRAY(SELECT tag_id FROM tagged WHERE time_entry_id = w.id ORDER BY tag_id) AS tag_ids, ",
            overlaps_of_w!("$2", ""),
            " AS overlaps FROM w ORDER BY started_at DESC, id DESC"
        ))
        .bind::<Array<Uuid>, _>(ids)
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await
    }

    /// Forgets a batch of what was deleted before `before`. Rows that another transaction has locked, to restore
    /// or to forget them, are left.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn purge(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        prepared(
            "DELETE FROM deleted_time_entries WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM deleted_time_entries WHERE deleted_at < $1
                 ORDER BY deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED))",
        )
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(PURGE_BATCH)
        .execute(conn)
        .await
    }
}
