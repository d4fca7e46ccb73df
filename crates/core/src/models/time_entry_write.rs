//! Writing single entries. Each write is one statement that also reads what its answer shows: the row, its tags, and
//! the entries that share time with it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;

use super::category::destination;
use super::time_entry_span::{reaching, stopped_reaching};
use super::{TimeEntry, deleted_tags, existing_tag};
use crate::access::EntryScope;
use crate::database::{Prepared, prepared};
use crate::models::timer_lock::LockedTimer;
use crate::values::ids::{CategoryId, ProjectId, TagId, TimeEntryId, UserId, WorkspaceId};

/// An entry that was written, with what the writer may want to know.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName, Deserialize)]
pub struct WrittenEntry {
    /// The entry as it is now.
    #[diesel(embed)]
    #[serde(flatten)]
    pub entry: TimeEntry,
    /// Other entries of the same person that share time with it, newest first; at most 100.
    #[diesel(sql_type = Array<Uuid>)]
    pub overlaps: Vec<TimeEntryId>,
}

/// An entry to insert.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewTimeEntry {
    pub id: TimeEntryId,
    pub workspace_id: WorkspaceId,
    pub user_id: UserId,
    pub category_id: CategoryId,
    pub started_at: DateTime<Utc>,
    pub stopped_at: Option<DateTime<Utc>>,
    pub description: String,
    /// The project's default when left out.
    pub billable: Option<bool>,
    pub tag_ids: Vec<TagId>,
    /// When it is created, and last updated.
    pub now: DateTime<Utc>,
    /// Also into a category that takes no new time, because it is archived or lies below one that is.
    pub even_archived: bool,
    /// Who must see the project; `None` for those who see all.
    pub viewer: Option<UserId>,
}

/// Changes to an entry; `None` leaves a column as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct TimeEntryChanges {
    pub project_id: Option<ProjectId>,
    pub category_id: Option<CategoryId>,
    pub started_at: Option<DateTime<Utc>>,
    pub stopped_at: Option<Option<DateTime<Utc>>>,
    pub description: Option<String>,
    pub billable: Option<bool>,
}

/// The columns of [`TimeEntry`] that are the table's own.
macro_rules! columns {
    () => {
        "id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, duration_seconds, description, billable,
         created_at, updated_at, revision"
    };
}
pub(super) use columns;

/// The tags of the written row `w`, as another statement has left them.
macro_rules! tags_of_w {
    () => {
        concat!(
            "ARRAY(SELECT t.tag_id FROM time_entry_tags t WHERE t.workspace_id = w.workspace_id AND t.time_entry_id = w.id
                 AND t.tag_id <> ALL (",
            deleted_tags!(),
            ") ORDER BY t.tag_id)"
        )
    };
}
pub(super) use tags_of_w;

/// The entries that share time with the written row `w`, which may be running at `$now`. They are seen as they were
/// before the statement: `$condition` leaves out what it changes.
macro_rules! overlaps_of_w {
    ($now:literal, $condition:literal) => {
        overlaps_of_w!(reaching!("w.workspace_id", "w.user_id", "w.started_at", "w.stop", $now), $condition)
    };
    ($reaching:expr, $condition:literal) => {
        concat!(
            "ARRAY(SELECT other.id FROM (",
            $reaching,
            ") AS other WHERE other.id <> w.id AND other.started_at < w.stop AND w.stop > w.started_at ",
            $condition,
            " ORDER BY other.started_at DESC, other.id DESC LIMIT 100)"
        )
    };
}
pub(super) use overlaps_of_w;

/// The same for a row `w` that ran until this statement, so that no other one runs.
macro_rules! overlaps_of_stopped_w {
    () => {
        overlaps_of_w!(stopped_reaching!("w.workspace_id", "w.user_id", "w.started_at", "w.stop", "", ""), "")
    };
}
pub(super) use overlaps_of_stopped_w;

/// Inserts one row as `w`, if its category takes new time: `$before` are CTEs that go first, `$start` is when it
/// starts, `$condition` a further condition, `$tagged` the CTE that puts the tags in `$10` on it, and `$tags` and
/// `$overlaps` the last two columns.
macro_rules! insert {
    ($before:expr, $start:expr, $condition:expr, $tagged:expr, $tags:expr, $overlaps:expr) => {
        concat!(
            "WITH ", destination!("$2", "$4", "$12"), ", ", $before, " inserted AS (
                 INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description,
                                           billable, created_at, updated_at)
                 SELECT $1, $2, $3, project_id, category_id, ", $start, ", $6, $7, coalesce($8, billable), $9, $9 FROM destination
                 WHERE ($11 OR NOT (project_archived OR branch_archived)) ", $condition, " RETURNING ", columns!(), "
             ), ", $tagged, " w AS (SELECT *, coalesce(stopped_at, $9) AS stop FROM inserted)
             SELECT ", columns!(), ", ", $tags, " AS tag_ids, ", $overlaps, " AS overlaps FROM w"
        )
    };
}

macro_rules! tagged {
    () => {
        concat!(
            "tagged AS (
                 INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
                 SELECT DISTINCT i.workspace_id, i.id, ",
            existing_tag!("t.id"),
            " FROM inserted i CROSS JOIN unnest($10) AS t (id) RETURNING tag_id
             ),"
        )
    };
}

/// The same for an entry that takes the place of the running one. That one is stopped at `$5`, or at its own start when
/// that is later, because two servers' clocks may differ; the new one starts when it ends. If it ended after `$13`,
/// nothing is inserted.
macro_rules! start {
    ($tagged:expr, $tags:expr, $overlaps:expr) => {
        insert!(
            "stopped AS (
                 UPDATE time_entries SET stopped_at = greatest(started_at, $5), updated_at = $9
                 WHERE user_id = $3 AND stopped_at IS NULL RETURNING id, stopped_at
             ),",
            "coalesce((SELECT stopped_at FROM stopped), $5)",
            "AND NOT EXISTS (SELECT FROM stopped WHERE stopped_at > $13) AND EXISTS (
                 SELECT FROM memberships m JOIN users u ON u.id = m.user_id
                 WHERE m.workspace_id = $2 AND m.user_id = $3 AND m.left_at IS NULL AND m.role <> 'viewer' AND u.disabled_at IS NULL)",
            $tagged,
            $tags,
            $overlaps
        )
    };
}

macro_rules! no_ids {
    () => {
        "'{}'::uuid[]"
    };
}

macro_rules! new_tags {
    () => {
        "ARRAY(SELECT tag_id FROM tagged ORDER BY tag_id)"
    };
}

macro_rules! overlaps_beside_stopped {
    () => {
        overlaps_of_w!("$9", "AND other.id NOT IN (SELECT id FROM stopped)")
    };
}

const INSERT: &str = insert!("", "$5", "", "", no_ids!(), overlaps_of_w!("$9", ""));
const INSERT_TAGGED: &str = insert!("", "$5", "", tagged!(), new_tags!(), overlaps_of_w!("$9", ""));
// What starts now has no length yet, so it shares time with nothing.
const START_NOW: &str = start!("", no_ids!(), no_ids!());
const START_NOW_TAGGED: &str = start!(tagged!(), new_tags!(), no_ids!());
const START_EARLIER: &str = start!("", no_ids!(), overlaps_beside_stopped!());
const START_EARLIER_TAGGED: &str = start!(tagged!(), new_tags!(), overlaps_beside_stopped!());

const STOP: &str = concat!(
    "WITH stopped AS (
         UPDATE time_entries SET stopped_at = greatest(started_at, $3), updated_at = $3
         WHERE workspace_id = $1 AND user_id = $2 AND stopped_at IS NULL RETURNING ",
    columns!(),
    "), w AS (SELECT *, stopped_at AS stop FROM stopped)
     SELECT ",
    columns!(),
    ", ",
    tags_of_w!(),
    " AS tag_ids, ",
    overlaps_of_w!("$3", ""),
    " AS overlaps FROM w"
);

const CHANGE: &str = concat!(
    "WITH changed AS (
         UPDATE time_entries
         SET project_id = coalesce($4, project_id), category_id = coalesce($5, category_id), started_at = coalesce($6, started_at),
             stopped_at = CASE WHEN $7 THEN $8 ELSE stopped_at END, description = coalesce($9, description),
             billable = coalesce($10, billable), updated_at = $11
         WHERE workspace_id = $1 AND user_id = $2 AND id = $3 RETURNING ",
    columns!(),
    "), w AS (SELECT *, coalesce(stopped_at, $11) AS stop FROM changed)
     SELECT ",
    columns!(),
    ", ",
    tags_of_w!(),
    " AS tag_ids, ",
    overlaps_of_w!("$11", ""),
    " AS overlaps FROM w"
);

const READ: &str = concat!(
    "WITH w AS (SELECT *, coalesce(stopped_at, $4) AS stop FROM time_entries WHERE workspace_id = $1 AND user_id = $2 AND id = $3)
     SELECT ",
    columns!(),
    ", ",
    tags_of_w!(),
    " AS tag_ids, ",
    overlaps_of_w!("$4", ""),
    " AS overlaps FROM w"
);

impl NewTimeEntry {
    /// Inserts an entry that does not take the place of the running one. `None` when its category does not exist or
    /// takes no new time.
    ///
    /// # Errors
    /// Violations of `time_entries_category_fkey`, `time_entry_tags_tag_fkey`, `time_entries_stop_after_start` and,
    /// when the entry runs, `time_entries_one_running_per_user`.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<Option<WrittenEntry>> {
        let sql = if self.tag_ids.is_empty() { INSERT } else { INSERT_TAGGED };
        self.bound(sql).get_result(conn).await.optional()
    }

    /// Stops the running entry of the person, in whichever workspace, and starts this one at the same instant. `None`,
    /// and the caller rolls back, when its category does not exist or takes no new time, when the running entry started
    /// later than `not_before`, or when the person is no longer a member who tracks time, or has a disabled account.
    ///
    /// # Errors
    /// Violations of `time_entries_category_fkey` and `time_entry_tags_tag_fkey`.
    pub async fn start(
        &self,
        conn: &mut AsyncPgConnection,
        _: LockedTimer,
        not_before: Option<DateTime<Utc>>,
    ) -> QueryResult<Option<WrittenEntry>> {
        let sql = match (not_before.is_none(), self.tag_ids.is_empty()) {
            (true, true) => START_NOW,
            (true, false) => START_NOW_TAGGED,
            (false, true) => START_EARLIER,
            (false, false) => START_EARLIER_TAGGED,
        };
        self.bound(sql).bind::<Nullable<Timestamptz>, _>(not_before).get_result(conn).await.optional()
    }

    fn bound(&self, sql: &'static str) -> Prepared<'_> {
        prepared(sql)
            .bind::<Uuid, _>(self.id)
            .bind::<Uuid, _>(self.workspace_id)
            .bind::<Uuid, _>(self.user_id)
            .bind::<Uuid, _>(self.category_id)
            .bind::<Timestamptz, _>(self.started_at)
            .bind::<Nullable<Timestamptz>, _>(self.stopped_at)
            .bind::<Text, _>(self.description.as_str())
            .bind::<Nullable<Bool>, _>(self.billable)
            .bind::<Timestamptz, _>(self.now)
            .bind::<Array<Uuid>, _>(self.tag_ids.as_slice())
            .bind::<Bool, _>(self.even_archived)
            .bind::<Nullable<Uuid>, _>(self.viewer)
    }
}

impl TimeEntry {
    /// Locks an entry of a scope, and the category that it will move to. False when there is no such entry.
    ///
    /// # Errors
    /// Those of [`Self::lock_all`].
    pub async fn lock(
        conn: &mut AsyncPgConnection,
        scope: EntryScope,
        id: TimeEntryId,
        destination: Option<CategoryId>,
    ) -> QueryResult<bool> {
        Ok(Self::lock_all(conn, scope, &[id], destination).await?.len() == 1)
    }

    /// Locks the entry of a user that runs in a workspace, if one does: what is read of it next is as new as the entry.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock_running(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
        _: LockedTimer,
    ) -> QueryResult<usize> {
        prepared(
            "SELECT id FROM time_entries WHERE workspace_id = $1 AND user_id = $2 AND stopped_at IS NULL FOR NO KEY UPDATE",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(user)
        .execute(conn)
        .await
    }

    /// Stops the entry of a user that runs in a workspace. Unless it is locked, the tags that are returned may be older
    /// than the entry.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn stop_running(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
        _: LockedTimer,
        now: DateTime<Utc>,
    ) -> QueryResult<Option<WrittenEntry>> {
        prepared(STOP)
            .bind::<Uuid, _>(workspace)
            .bind::<Uuid, _>(user)
            .bind::<Timestamptz, _>(now)
            .get_result(conn)
            .await
            .optional()
    }

    /// Stops the running entry of a user, in whichever workspace.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn stop_everywhere(
        conn: &mut AsyncPgConnection,
        user: UserId,
        _: LockedTimer,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "UPDATE time_entries SET stopped_at = greatest(started_at, $2), updated_at = $2 WHERE user_id = $1 AND stopped_at IS NULL",
        )
        .bind::<Uuid, _>(user)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
    }

    /// Changes a locked entry.
    ///
    /// # Errors
    /// Violations of `time_entries_category_fkey`, `time_entries_stop_after_start` and
    /// `time_entries_one_running_per_user`.
    pub async fn change(
        &self,
        conn: &mut AsyncPgConnection,
        changes: &TimeEntryChanges,
        now: DateTime<Utc>,
    ) -> QueryResult<WrittenEntry> {
        prepared(CHANGE)
            .bind::<Uuid, _>(self.workspace_id)
            .bind::<Uuid, _>(self.user_id)
            .bind::<Uuid, _>(self.id)
            .bind::<Nullable<Uuid>, _>(changes.project_id)
            .bind::<Nullable<Uuid>, _>(changes.category_id)
            .bind::<Nullable<Timestamptz>, _>(changes.started_at)
            .bind::<Bool, _>(changes.stopped_at.is_some())
            .bind::<Nullable<Timestamptz>, _>(changes.stopped_at.flatten())
            .bind::<Nullable<Text>, _>(changes.description.as_deref())
            .bind::<Nullable<Bool>, _>(changes.billable)
            .bind::<Timestamptz, _>(now)
            .get_result(conn)
            .await
    }

    /// The entry as if it had just been written.
    ///
    /// # Errors
    /// `NotFound` if the entry is gone; any error of the statement.
    pub async fn as_written(&self, conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> QueryResult<WrittenEntry> {
        prepared(READ)
            .bind::<Uuid, _>(self.workspace_id)
            .bind::<Uuid, _>(self.user_id)
            .bind::<Uuid, _>(self.id)
            .bind::<Timestamptz, _>(now)
            .get_result(conn)
            .await
    }

    /// Puts these tags, and no others, on the locked entry.
    ///
    /// # Errors
    /// A violation of `time_entry_tags_tag_fkey`, when one of them does not exist.
    pub async fn set_tags(&self, conn: &mut AsyncPgConnection, tags: &[TagId]) -> QueryResult<()> {
        prepared(concat!(
            "WITH removed AS (
                 DELETE FROM time_entry_tags WHERE workspace_id = $1 AND time_entry_id = $2 AND tag_id <> ALL ($3)
             )
             INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
             SELECT $1, $2, ",
            existing_tag!("t.id"),
            " FROM unnest($3) AS t (id) ON CONFLICT DO NOTHING",
        ))
        .bind::<Uuid, _>(self.workspace_id)
        .bind::<Uuid, _>(self.id)
        .bind::<Array<Uuid>, _>(tags)
        .execute(conn)
        .await?;
        Ok(())
    }
}
