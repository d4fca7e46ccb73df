//! Who is in a project, and who leads it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::prepared;
use crate::database::schema::{memberships, project_members, users};
use crate::values::ids::{ProjectId, UserId, WorkspaceId};

/// A row of `project_members` with the name of its user.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = project_members)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct ProjectMember {
    pub user_id: UserId,
    #[diesel(select_expression = users::name)]
    pub name: String,
    pub lead: bool,
    pub created_at: DateTime<Utc>,
    pub revision: i64,
}

impl ProjectMember {
    /// The present members of a workspace who are in a project, oldest first; at most `limit`.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        project: ProjectId,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        project_members::table
            .inner_join(users::table.on(users::id.eq(project_members::user_id)))
            .inner_join(
                memberships::table.on(memberships::workspace_id
                    .eq(project_members::workspace_id)
                    .and(memberships::user_id.eq(project_members::user_id))),
            )
            .filter(project_members::workspace_id.eq(workspace).and(project_members::project_id.eq(project)))
            .filter(memberships::left_at.is_null())
            .order((project_members::created_at, project_members::user_id))
            .limit(limit)
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// One of them.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        project: ProjectId,
        user: UserId,
    ) -> QueryResult<Option<Self>> {
        project_members::table
            .inner_join(users::table.on(users::id.eq(project_members::user_id)))
            .filter(project_members::workspace_id.eq(workspace).and(project_members::project_id.eq(project)))
            .filter(project_members::user_id.eq(user))
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// How many rows a project has.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn count(conn: &mut AsyncPgConnection, workspace: WorkspaceId, project: ProjectId) -> QueryResult<i64> {
        project_members::table
            .filter(project_members::workspace_id.eq(workspace).and(project_members::project_id.eq(project)))
            .count()
            .get_result(conn)
            .await
    }

    /// Puts a present member of the workspace into a locked project, or changes whether they lead it. Returns 0 when
    /// the user is no member. The membership is locked, so that a removal comes before or after.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock of the membership than `lock_timeout`.
    pub async fn put(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        project: ProjectId,
        user: UserId,
        lead: bool,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "WITH member AS (
                 SELECT workspace_id, user_id FROM memberships WHERE workspace_id = $1 AND user_id = $3 AND left_at IS NULL FOR SHARE
             )
             INSERT INTO project_members (workspace_id, project_id, user_id, lead, created_at, updated_at)
             SELECT workspace_id, $2, user_id, $4, $5, $5 FROM member
             ON CONFLICT (workspace_id, project_id, user_id) DO UPDATE SET lead = excluded.lead, updated_at = excluded.updated_at",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(project)
        .bind::<Uuid, _>(user)
        .bind::<Bool, _>(lead)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
    }

    /// Takes a user out of a project.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        project: ProjectId,
        user: UserId,
    ) -> QueryResult<usize> {
        diesel::delete(project_members::table.find((workspace, project, user))).execute(conn).await
    }

    /// Takes a user out of all projects of a workspace.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete_all_of(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
    ) -> QueryResult<usize> {
        diesel::delete(project_members::table)
            .filter(project_members::workspace_id.eq(workspace).and(project_members::user_id.eq(user)))
            .execute(conn)
            .await
    }
}
