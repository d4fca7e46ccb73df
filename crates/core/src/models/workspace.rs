//! Workspaces and who belongs to them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::Role;
use crate::database::schema::{memberships, workspaces};
use crate::values::ids::{UserId, WorkspaceId};

/// A row of `workspaces`.
#[derive(Clone, Debug, Queryable, Selectable, Identifiable)]
#[diesel(table_name = workspaces)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct Workspace {
    pub id: WorkspaceId,
    pub name: String,
    pub time_zone: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub revision: i64,
}

/// Changes to a workspace; `None` leaves a column as it is.
#[derive(Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = workspaces)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct WorkspaceChanges {
    pub name: Option<String>,
    pub time_zone: Option<String>,
}

impl Workspace {
    /// Inserts a workspace unless there is one of this id.
    pub async fn ensure(
        conn: &mut AsyncPgConnection,
        id: WorkspaceId,
        name: &str,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::insert_into(workspaces::table)
            .values((
                workspaces::id.eq(id),
                workspaces::name.eq(name),
                workspaces::created_at.eq(now),
                workspaces::updated_at.eq(now),
            ))
            .on_conflict(workspaces::id)
            .do_nothing()
            .execute(conn)
            .await
    }

    /// One workspace.
    pub async fn find(conn: &mut AsyncPgConnection, id: WorkspaceId) -> QueryResult<Option<Self>> {
        workspaces::table.find(id).select(Self::as_select()).first(conn).await.optional()
    }

    /// One workspace; the row is locked until the transaction ends.
    pub async fn lock(conn: &mut AsyncPgConnection, id: WorkspaceId) -> QueryResult<Self> {
        workspaces::table.find(id).select(Self::as_select()).for_no_key_update().first(conn).await
    }

    /// Changes the workspace.
    pub async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        changes: &WorkspaceChanges,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(self).set((changes, workspaces::updated_at.eq(now))).execute(conn).await
    }
}

/// The statements about `memberships`.
#[derive(Debug)]
pub struct Membership;

impl Membership {
    /// What a user is in a workspace; `None` where the user is no member, or no longer.
    pub async fn role(conn: &mut AsyncPgConnection, workspace: WorkspaceId, user: UserId) -> QueryResult<Option<Role>> {
        let word: Option<String> = memberships::table
            .filter(memberships::workspace_id.eq(workspace).and(memberships::user_id.eq(user)))
            .filter(memberships::left_at.is_null())
            .select(memberships::role)
            .first(conn)
            .await
            .optional()?;
        // The table's CHECK knows the words that Role does.
        word.map(|word| Role::parse(&word).ok_or_else(|| unknown_role(&word))).transpose()
    }

    /// Inserts a membership unless there is one.
    pub async fn ensure(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
        role: Role,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::insert_into(memberships::table)
            .values((
                memberships::workspace_id.eq(workspace),
                memberships::user_id.eq(user),
                memberships::role.eq(role.as_str()),
                memberships::created_at.eq(now),
                memberships::updated_at.eq(now),
            ))
            .on_conflict((memberships::workspace_id, memberships::user_id))
            .do_nothing()
            .execute(conn)
            .await
    }
}

fn unknown_role(word: &str) -> diesel::result::Error {
    diesel::result::Error::DeserializationError(format!("{word} is not a role").into())
}
