//! Writing many entries at once.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{TimeEntry, existing_tag};
use crate::access::{EntryScope, in_scope};
use crate::database::prepared;
use crate::values::ids::{CategoryId, ProjectId, TagId, TimeEntryId, WorkspaceId};

/// Changes to several entries; `None` leaves a column as it is.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct TimeEntryBulkChanges {
    pub project_id: Option<ProjectId>,
    pub category_id: Option<CategoryId>,
    pub description: Option<String>,
    pub billable: Option<bool>,
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = Uuid)]
    id: TimeEntryId,
}

#[derive(QueryableByName)]
struct LockedRow {
    #[diesel(sql_type = BigInt)]
    revision: i64,
}

impl TimeEntry {
    /// Locks those of these entries that are in a scope, in the order of their ids so that two callers cannot wait for
    /// each other, and returns their revisions. Before them their categories are locked against deletion, together
    /// with the one that the entries will move to, in the order of the categories' ids: whatever inserts a row that
    /// refers to one of them later in the transaction does not wait any more.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for a lock than `lock_timeout`.
    pub async fn lock_all(
        conn: &mut AsyncPgConnection,
        scope: EntryScope,
        ids: &[TimeEntryId],
        destination: Option<CategoryId>,
    ) -> QueryResult<Vec<i64>> {
        // Not FOR UPDATE: the check of a category's deletion (FOR KEY SHARE) would wait for this transaction, which may
        // come to wait for it.
        let rows: Vec<LockedRow> = prepared(concat!(
            "WITH held AS MATERIALIZED (
                     SELECT c.id FROM categories c WHERE c.workspace_id = $1 AND c.id = ANY (
                         ARRAY(SELECT e.category_id FROM time_entries e WHERE ",
            in_scope!("e", "$1", "$2", "$4"),
            " AND e.id = ANY ($3)) || $5::uuid)
                     ORDER BY c.id FOR KEY SHARE
                 )
                 SELECT e.revision FROM time_entries e
                 WHERE ",
            in_scope!("e", "$1", "$2", "$4"),
            " AND e.id = ANY ($3) AND (SELECT count(*) FROM held) >= 0
                 ORDER BY e.id FOR NO KEY UPDATE"
        ))
        .bind::<Uuid, _>(scope.workspace())
        .bind::<Nullable<Uuid>, _>(scope.owner())
        .bind::<Array<Uuid>, _>(ids)
        .bind::<Bool, _>(scope.led())
        .bind::<Nullable<Uuid>, _>(destination)
        .load(conn)
        .await?;
        Ok(rows.into_iter().map(|row| row.revision).collect())
    }

    /// Changes locked entries of a scope: those that differ, and those in `touched`, which have changed otherwise. The
    /// others keep their revision.
    ///
    /// # Errors
    /// A violation of `time_entries_category_fkey`.
    pub async fn change_all(
        conn: &mut AsyncPgConnection,
        scope: EntryScope,
        ids: &[TimeEntryId],
        changes: &TimeEntryBulkChanges,
        touched: &[TimeEntryId],
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(concat!(
            "UPDATE time_entries
             SET project_id = coalesce($4, project_id), category_id = coalesce($5, category_id),
                 description = coalesce($6, description), billable = coalesce($7, billable), updated_at = $8
             WHERE ",
            in_scope!("time_entries", "$1", "$2", "$10"),
            " AND id = ANY ($3)
               AND (category_id <> $5 OR description <> $6 OR billable <> $7 OR id = ANY ($9))"
        ))
        .bind::<Uuid, _>(scope.workspace())
        .bind::<Nullable<Uuid>, _>(scope.owner())
        .bind::<Array<Uuid>, _>(ids)
        .bind::<Nullable<Uuid>, _>(changes.project_id)
        .bind::<Nullable<Uuid>, _>(changes.category_id)
        .bind::<Nullable<Text>, _>(changes.description.as_deref())
        .bind::<Nullable<Bool>, _>(changes.billable)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<Uuid>, _>(touched)
        .bind::<Bool, _>(scope.led())
        .execute(conn)
        .await
    }

    /// Puts tags on entries that may have them already, and returns the entries that gained one. A row for each tag
    /// that was put on.
    ///
    /// # Errors
    /// A violation of `time_entry_tags_tag_fkey`, when one of them does not exist.
    pub async fn add_tags(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        entries: &[TimeEntryId],
        tags: &[TagId],
    ) -> QueryResult<Vec<TimeEntryId>> {
        let rows: Vec<IdRow> = prepared(concat!(
            "INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
             SELECT $1, e.id, ",
            existing_tag!("t.id"),
            " FROM unnest($2) AS e (id) CROSS JOIN unnest($3) AS t (id)
             ON CONFLICT DO NOTHING RETURNING time_entry_id AS id",
        ))
        .bind::<Uuid, _>(workspace)
        .bind::<Array<Uuid>, _>(entries)
        .bind::<Array<Uuid>, _>(tags)
        .load(conn)
        .await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Takes tags off entries, and returns the entries that lost one: these tags, or with `others` all but these.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn remove_tags(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        entries: &[TimeEntryId],
        tags: &[TagId],
        others: bool,
    ) -> QueryResult<Vec<TimeEntryId>> {
        let rows: Vec<IdRow> = prepared(
            "DELETE FROM time_entry_tags
             WHERE workspace_id = $1 AND time_entry_id = ANY ($2) AND (tag_id = ANY ($3)) <> $4 RETURNING time_entry_id AS id",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Array<Uuid>, _>(entries)
        .bind::<Array<Uuid>, _>(tags)
        .bind::<Bool, _>(others)
        .load(conn)
        .await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// The largest number of tags on any one of these entries.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn most_tags(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        entries: &[TimeEntryId],
    ) -> QueryResult<usize> {
        #[derive(QueryableByName)]
        struct CountRow {
            #[diesel(sql_type = BigInt)]
            most: i64,
        }
        let row: CountRow = prepared(
            "SELECT coalesce(max(tags), 0) AS most FROM (
                 SELECT count(*) AS tags FROM time_entry_tags WHERE workspace_id = $1 AND time_entry_id = ANY ($2) GROUP BY time_entry_id
             ) AS tagged",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Array<Uuid>, _>(entries)
        .get_result(conn)
        .await?;
        Ok(usize::try_from(row.most).unwrap_or_default())
    }
}
