//! Time entries and the tags on them.

use chrono::{DateTime, Utc};
use diesel::expression::{AppearsOnTable, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;

use super::deleted_tags;
use crate::access::{Caller, EntryScope};
use crate::database::schema::time_entries;
use crate::values::ids::{CategoryId, ProjectId, TagId, TimeEntryId, UserId, WorkspaceId};

/// A row of `time_entries` with the ids of its tags.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, QueryableByName, Selectable, Identifiable, Deserialize)]
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
    #[diesel(select_expression = TagIds, select_expression_type = TagIds, sql_type = sql_types::Array<sql_types::Uuid>)]
    pub tag_ids: Vec<TagId>,
}

/// The tags of an entry, but for those that are being deleted: one look-up in the primary key of `time_entry_tags` for
/// each entry, so that a list is one statement.
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
        out.push_sql(concat!(
            "ARRAY(SELECT t.tag_id FROM time_entry_tags t \
             WHERE t.workspace_id = time_entries.workspace_id AND t.time_entry_id = time_entries.id AND t.tag_id <> ALL (",
            deleted_tags!(),
            ") ORDER BY t.tag_id)",
        ));
        Ok(())
    }
}

impl TimeEntry {
    /// One entry of a scope.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(conn: &mut AsyncPgConnection, scope: EntryScope, id: TimeEntryId) -> QueryResult<Option<Self>> {
        time_entries::table
            .filter(scope)
            .filter(time_entries::id.eq(id))
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// Those of these entries that are in a scope, newest first.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find_all(
        conn: &mut AsyncPgConnection,
        scope: EntryScope,
        ids: &[TimeEntryId],
    ) -> QueryResult<Vec<Self>> {
        time_entries::table
            .filter(scope)
            .filter(time_entries::id.eq_any(ids))
            .order((time_entries::started_at.desc(), time_entries::id.desc()))
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// The caller's entry that runs in their workspace.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn running(conn: &mut AsyncPgConnection, caller: Caller) -> QueryResult<Option<Self>> {
        time_entries::table
            .filter(time_entries::workspace_id.eq(caller.workspace))
            .filter(time_entries::user_id.eq(caller.user()).and(time_entries::stopped_at.is_null()))
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// How many entries run, of all users: as many as the index `time_entries_one_running_per_user` holds.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn count_running(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
        time_entries::table.filter(time_entries::stopped_at.is_null()).count().get_result(conn).await
    }
}
