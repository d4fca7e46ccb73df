//! People.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::schema::{memberships, users, workspaces};
use crate::values::ids::{UserId, WorkspaceId};

/// A row of `users`.
#[derive(Clone, Debug, Queryable, Selectable, Identifiable)]
#[diesel(table_name = users)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub email: Option<String>,
    pub time_zone: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub revision: i64,
    #[diesel(embed)]
    pub settings: UserSettings,
}

/// How the page shows things to a user; `None` is not chosen.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct UserSettings {
    pub language: Option<String>,
    pub hour_cycle: Option<String>,
    pub first_day_of_week: Option<String>,
    pub duration_format: Option<String>,
    pub density: Option<String>,
    pub theme: Option<String>,
    pub single_key_shortcuts: bool,
}

/// A user to insert.
#[derive(Debug, Insertable)]
#[diesel(table_name = users)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewUser<'a> {
    pub id: UserId,
    pub name: &'a str,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Changes to a user; `None` leaves a column as it is.
#[derive(Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = users)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct UserChanges {
    pub name: Option<String>,
    pub time_zone: Option<String>,
    pub language: Option<Option<String>>,
    pub hour_cycle: Option<Option<String>>,
    pub first_day_of_week: Option<Option<String>>,
    pub duration_format: Option<Option<String>>,
    pub density: Option<Option<String>>,
    pub theme: Option<Option<String>>,
    pub single_key_shortcuts: Option<bool>,
}

impl NewUser<'_> {
    /// Inserts unless there is a user of this id.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn ensure(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::insert_into(users::table).values(self).on_conflict(users::id).do_nothing().execute(conn).await
    }
}

impl User {
    /// One user.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<Option<Self>> {
        users::table.find(id).select(Self::as_select()).first(conn).await.optional()
    }

    /// The names of the user's time zone and of the workspace's, each if there is one.
    ///
    /// # Errors
    /// `NotFound` if there is no such user; any error of the statement.
    pub async fn time_zone(
        conn: &mut AsyncPgConnection,
        id: UserId,
        workspace: WorkspaceId,
    ) -> QueryResult<[Option<String>; 2]> {
        let of_workspace = workspaces::table.find(workspace).select(workspaces::time_zone).single_value();
        let (own, shared): (Option<String>, Option<String>) =
            users::table.find(id).select((users::time_zone, of_workspace)).first(conn).await?;
        Ok([own, shared])
    }

    /// The names of the user's time zone and of the workspace's, and the first day of the user's weeks.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn report_defaults(
        conn: &mut AsyncPgConnection,
        id: UserId,
        workspace: WorkspaceId,
    ) -> QueryResult<(Option<String>, Option<String>, Option<String>)> {
        let of_workspace = workspaces::table.find(workspace).select(workspaces::time_zone).single_value();
        users::table.find(id).select((users::time_zone, of_workspace, users::first_day_of_week)).first(conn).await
    }

    /// The names of the time zones of the members of a workspace who have chosen one, also of those who left.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn time_zones(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
    ) -> QueryResult<Vec<(UserId, String)>> {
        let members = memberships::table.filter(memberships::workspace_id.eq(workspace)).select(memberships::user_id);
        users::table
            .filter(users::id.eq_any(members))
            .filter(users::time_zone.is_not_null())
            .select((users::id, users::time_zone.assume_not_null()))
            .order(users::id)
            .load(conn)
            .await
    }

    /// One user; the row is locked until the transaction ends.
    ///
    /// # Errors
    /// `NotFound` if there is no such user; any error of the statement, such as a wait longer than `lock_timeout`.
    pub async fn lock(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<Self> {
        users::table.find(id).select(Self::as_select()).for_no_key_update().first(conn).await
    }

    /// Changes the user.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        changes: &UserChanges,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(self).set((changes, users::updated_at.eq(now))).execute(conn).await
    }
}
