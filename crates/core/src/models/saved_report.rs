//! Saved reports.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::schema::saved_reports;
use crate::values::ids::{SavedReportId, UserId, WorkspaceId};

/// A row of `saved_reports`.
#[derive(Clone, Debug, Queryable, Selectable, Identifiable)]
#[diesel(table_name = saved_reports)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct SavedReport {
    pub id: SavedReportId,
    pub workspace_id: WorkspaceId,
    pub user_id: UserId,
    pub name: String,
    pub query: String,
    pub shared: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub revision: i64,
}

/// A report to save.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = saved_reports)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewSavedReport {
    pub id: SavedReportId,
    pub workspace_id: WorkspaceId,
    pub user_id: UserId,
    pub name: String,
    pub query: String,
    pub shared: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Changes to a saved report; `None` leaves a column as it is.
#[derive(Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = saved_reports)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct SavedReportChanges {
    pub name: Option<String>,
    pub query: Option<String>,
    pub shared: Option<bool>,
}

impl NewSavedReport {
    /// Inserts.
    ///
    /// # Errors
    /// If the statement fails, or violates a constraint of the table.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<SavedReport> {
        diesel::insert_into(saved_reports::table)
            .values(self)
            .returning(SavedReport::as_returning())
            .get_result(conn)
            .await
    }
}

impl SavedReport {
    /// Those of a user and those that are shared, the oldest first, at most so many.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        saved_reports::table
            .filter(saved_reports::workspace_id.eq(workspace))
            .filter(saved_reports::user_id.eq(user).or(saved_reports::shared))
            .order((saved_reports::created_at, saved_reports::id))
            .limit(limit)
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// How many a user has.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn count(conn: &mut AsyncPgConnection, workspace: WorkspaceId, user: UserId) -> QueryResult<i64> {
        let own = saved_reports::workspace_id.eq(workspace).and(saved_reports::user_id.eq(user));
        saved_reports::table.filter(own).count().get_result(conn).await
    }

    /// One that a user sees.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
        id: SavedReportId,
    ) -> QueryResult<Option<Self>> {
        saved_reports::table
            .filter(saved_reports::workspace_id.eq(workspace).and(saved_reports::id.eq(id)))
            .filter(saved_reports::user_id.eq(user).or(saved_reports::shared))
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// One that a user sees, locked until the transaction ends.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
        id: SavedReportId,
    ) -> QueryResult<Option<Self>> {
        saved_reports::table
            .filter(saved_reports::workspace_id.eq(workspace).and(saved_reports::id.eq(id)))
            .filter(saved_reports::user_id.eq(user).or(saved_reports::shared))
            .select(Self::as_select())
            .for_no_key_update()
            .first(conn)
            .await
            .optional()
    }

    /// Changes the row.
    ///
    /// # Errors
    /// If the statement fails, or violates a constraint of the table.
    pub async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        changes: &SavedReportChanges,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        diesel::update(self)
            .set((changes, saved_reports::updated_at.eq(now)))
            .returning(Self::as_returning())
            .get_result(conn)
            .await
    }

    /// Deletes the row.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::delete(self).execute(conn).await
    }
}
