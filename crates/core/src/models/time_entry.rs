//! Time entries and the tags on them.

use chrono::{DateTime, Utc};
use diesel::expression::{AppearsOnTable, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::caller::Caller;
use crate::db::prepared;
use crate::db::schema::{time_entries, time_entry_tags};
use crate::ids::{CategoryId, ProjectId, TagId, TimeEntryId, UserId, WorkspaceId};

/// A row of `time_entries` with the ids of its tags.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = time_entries)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct TimeEntry {
    pub id: TimeEntryId,
    pub workspace_id: WorkspaceId,
    pub user_id: UserId,
    pub project_id: ProjectId,
    pub category_id: CategoryId,
    pub started_at: DateTime<Utc>,
    pub stopped_at: Option<DateTime<Utc>>,
    pub duration_seconds: Option<i64>,
    pub description: String,
    pub billable: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub revision: i64,
    /// In the order in which the tags were made.
    #[diesel(select_expression = TagIds, select_expression_type = TagIds)]
    pub tag_ids: Vec<TagId>,
}

/// The tags of an entry: one look-up in the primary key of `time_entry_tags` for each entry, so that a list is one statement.
#[derive(Clone, Copy, Debug, QueryId)]
pub struct TagIds;

impl Expression for TagIds {
    type SqlType = sql_types::Array<sql_types::Uuid>;
}

impl AppearsOnTable<time_entries::table> for TagIds {}
impl SelectableExpression<time_entries::table> for TagIds {}

impl<G> ValidGrouping<G> for TagIds {
    type IsAggregate = is_aggregate::No;
}

impl QueryFragment<Pg> for TagIds {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "ARRAY(SELECT t.tag_id FROM time_entry_tags t \
             WHERE t.workspace_id = time_entries.workspace_id AND t.time_entry_id = time_entries.id ORDER BY t.tag_id)",
        );
        Ok(())
    }
}

/// An entry to insert.
#[derive(Clone, Debug, Insertable)]
// NULL is written as NULL, not as DEFAULT: one text for both, whose prepared form is kept.
#[diesel(table_name = time_entries, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewTimeEntry {
    pub id: TimeEntryId,
    pub workspace_id: WorkspaceId,
    pub user_id: UserId,
    pub project_id: ProjectId,
    pub category_id: CategoryId,
    pub started_at: DateTime<Utc>,
    pub stopped_at: Option<DateTime<Utc>>,
    pub description: String,
    pub billable: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Changes to an entry; `None` leaves a column as it is.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = time_entries)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct TimeEntryChanges {
    pub project_id: Option<ProjectId>,
    pub category_id: Option<CategoryId>,
    pub started_at: Option<DateTime<Utc>>,
    pub stopped_at: Option<Option<DateTime<Utc>>>,
    pub description: Option<String>,
    pub billable: Option<bool>,
    pub updated_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct StoppedRow {
    #[diesel(sql_type = sql_types::Uuid)]
    workspace_id: WorkspaceId,
    #[diesel(sql_type = sql_types::Uuid)]
    id: TimeEntryId,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    stopped_at: Option<DateTime<Utc>>,
}

impl NewTimeEntry {
    /// Inserts; a second running entry violates `time_entries_one_running_per_user`.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::insert_into(time_entries::table).values(self).execute(conn).await
    }
}

impl TimeEntry {
    /// One entry of the caller.
    pub async fn find(conn: &mut AsyncPgConnection, caller: Caller, id: TimeEntryId) -> QueryResult<Option<Self>> {
        time_entries::table
            .filter(time_entries::workspace_id.eq(caller.workspace))
            .filter(time_entries::user_id.eq(caller.user))
            .filter(time_entries::id.eq(id))
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// Those of these entries that are the caller's, newest first.
    pub async fn find_all(conn: &mut AsyncPgConnection, caller: Caller, ids: &[TimeEntryId]) -> QueryResult<Vec<Self>> {
        time_entries::table
            .filter(time_entries::workspace_id.eq(caller.workspace))
            .filter(time_entries::user_id.eq(caller.user))
            .filter(time_entries::id.eq_any(ids))
            .order((time_entries::started_at.desc(), time_entries::id.desc()))
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// Locks those of these entries that are the caller's, in the order of their ids so that two callers cannot wait for each
    /// other, and returns their revisions.
    pub async fn lock_all(conn: &mut AsyncPgConnection, caller: Caller, ids: &[TimeEntryId]) -> QueryResult<Vec<i64>> {
        time_entries::table
            .filter(time_entries::workspace_id.eq(caller.workspace))
            .filter(time_entries::user_id.eq(caller.user))
            .filter(time_entries::id.eq_any(ids))
            .order(time_entries::id)
            .select(time_entries::revision)
            .for_update()
            .load(conn)
            .await
    }

    /// The running entry of a person, in whichever workspace.
    pub async fn running(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<Self>> {
        time_entries::table
            .filter(time_entries::user_id.eq(user).and(time_entries::stopped_at.is_null()))
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// How many entries run, of everybody: as many as the index `time_entries_one_running_per_user` holds.
    pub async fn count_running(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
        time_entries::table.filter(time_entries::stopped_at.is_null()).count().get_result(conn).await
    }

    /// Stops the running entry of a person at `at`, or at its start when that is later (two servers' clocks may differ), and
    /// returns its workspace, its id and the instant.
    pub async fn stop_running(
        conn: &mut AsyncPgConnection,
        user: UserId,
        at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> QueryResult<Option<(WorkspaceId, TimeEntryId, Option<DateTime<Utc>>)>> {
        let stopped: Option<StoppedRow> = prepared(
            "UPDATE time_entries SET stopped_at = greatest(started_at, $2), updated_at = $3
             WHERE user_id = $1 AND stopped_at IS NULL RETURNING workspace_id, id, stopped_at",
        )
        .bind::<sql_types::Uuid, _>(user)
        .bind::<sql_types::Timestamptz, _>(at)
        .bind::<sql_types::Timestamptz, _>(now)
        .get_result(conn)
        .await
        .optional()?;
        Ok(stopped.map(|row| (row.workspace_id, row.id, row.stopped_at)))
    }

    /// Changes the row; may violate `time_entries_stop_after_start` or `time_entries_one_running_per_user`.
    pub async fn update(
        conn: &mut AsyncPgConnection,
        caller: Caller,
        ids: &[TimeEntryId],
        changes: &TimeEntryChanges,
    ) -> QueryResult<usize> {
        let entries = time_entries::table
            .filter(time_entries::workspace_id.eq(caller.workspace))
            .filter(time_entries::user_id.eq(caller.user))
            .filter(time_entries::id.eq_any(ids));
        diesel::update(entries).set(changes).execute(conn).await
    }

    /// Deletes entries with their tags.
    pub async fn delete_all(conn: &mut AsyncPgConnection, caller: Caller, ids: &[TimeEntryId]) -> QueryResult<usize> {
        let entries = time_entries::table
            .filter(time_entries::workspace_id.eq(caller.workspace))
            .filter(time_entries::user_id.eq(caller.user))
            .filter(time_entries::id.eq_any(ids));
        diesel::delete(entries).execute(conn).await
    }

    /// Puts these tags, and no others, on these entries.
    pub async fn set_tags(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        entries: &[TimeEntryId],
        tags: &[TagId],
    ) -> QueryResult<()> {
        diesel::delete(
            time_entry_tags::table
                .filter(time_entry_tags::workspace_id.eq(workspace))
                .filter(time_entry_tags::time_entry_id.eq_any(entries))
                .filter(diesel::dsl::not(time_entry_tags::tag_id.eq_any(tags))),
        )
        .execute(conn)
        .await?;
        Self::add_tags(conn, workspace, entries, tags).await
    }

    /// Puts tags on entries that may have them already; an unknown tag violates `time_entry_tags_tag_fkey`.
    pub async fn add_tags(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        entries: &[TimeEntryId],
        tags: &[TagId],
    ) -> QueryResult<()> {
        prepared(
            "INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
             SELECT $1, e.id, t.id FROM unnest($2) AS e (id) CROSS JOIN unnest($3) AS t (id)
             ON CONFLICT DO NOTHING",
        )
        .bind::<sql_types::Uuid, _>(workspace)
        .bind::<sql_types::Array<sql_types::Uuid>, _>(entries)
        .bind::<sql_types::Array<sql_types::Uuid>, _>(tags)
        .execute(conn)
        .await?;
        Ok(())
    }

    /// How many tags that of these entries has which has most.
    pub async fn most_tags(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        entries: &[TimeEntryId],
    ) -> QueryResult<usize> {
        let counts: Vec<i64> = time_entry_tags::table
            .filter(time_entry_tags::workspace_id.eq(workspace))
            .filter(time_entry_tags::time_entry_id.eq_any(entries))
            .group_by(time_entry_tags::time_entry_id)
            .select(diesel::dsl::count_star())
            .load(conn)
            .await?;
        Ok(counts.into_iter().max().and_then(|most| usize::try_from(most).ok()).unwrap_or_default())
    }

    /// Takes tags off entries.
    pub async fn remove_tags(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        entries: &[TimeEntryId],
        tags: &[TagId],
    ) -> QueryResult<usize> {
        diesel::delete(
            time_entry_tags::table
                .filter(time_entry_tags::workspace_id.eq(workspace))
                .filter(time_entry_tags::time_entry_id.eq_any(entries))
                .filter(time_entry_tags::tag_id.eq_any(tags)),
        )
        .execute(conn)
        .await
    }

    /// Locks the entries that carry a tag, whoever's they are, in the order of [`Self::lock_all`].
    pub async fn lock_tagged(conn: &mut AsyncPgConnection, workspace: WorkspaceId, tag: TagId) -> QueryResult<usize> {
        prepared(
            "SELECT e.id FROM time_entry_tags t JOIN time_entries e ON e.workspace_id = t.workspace_id AND e.id = t.time_entry_id
             WHERE t.workspace_id = $1 AND t.tag_id = $2 ORDER BY e.id FOR UPDATE OF e",
        )
        .bind::<sql_types::Uuid, _>(workspace)
        .bind::<sql_types::Uuid, _>(tag)
        .execute(conn)
        .await
    }

    /// Marks the entries that carry a tag as changed, whoever's they are, and locks them in the order of [`Self::lock_all`].
    pub async fn touch_tagged(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        tag: TagId,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "UPDATE time_entries SET updated_at = $3
             WHERE id IN (SELECT e.id FROM time_entry_tags t JOIN time_entries e ON e.workspace_id = t.workspace_id AND e.id = t.time_entry_id
                          WHERE t.workspace_id = $1 AND t.tag_id = $2 ORDER BY e.id FOR UPDATE OF e)",
        )
        .bind::<sql_types::Uuid, _>(workspace)
        .bind::<sql_types::Uuid, _>(tag)
        .bind::<sql_types::Timestamptz, _>(now)
        .execute(conn)
        .await
    }
}
