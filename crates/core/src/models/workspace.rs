//! Workspaces.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::PURGE_BATCH;
use super::event_log::many_rows;
use super::membership::role_of;
use crate::access::Role;
use crate::database::prepared;
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

/// A workspace with what a user is there.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = workspaces)]
pub struct OwnWorkspace {
    /// The workspace.
    #[diesel(embed)]
    pub workspace: Workspace,
    #[diesel(select_expression = memberships::role)]
    role: String,
}

impl OwnWorkspace {
    /// What the user is there.
    ///
    /// # Errors
    /// When the table has a word that this release does not know.
    pub fn role(&self) -> QueryResult<Role> {
        role_of(&self.role)
    }
}

/// A statement that deletes at most `$2` rows of the workspace `$1`, if the workspace is marked as deleted.
macro_rules! erase {
    ($table:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE ctid = ANY (ARRAY(
                 SELECT r.ctid FROM ",
            $table,
            " r JOIN workspaces w ON w.id = r.workspace_id AND w.deleted_at IS NOT NULL
                 WHERE r.workspace_id = $1 LIMIT $2))"
        )
    };
}

/// The statements that erase a workspace. A table comes before the tables that its rows refer to.
const ERASE: [&str; 12] = [
    erase!("deleted_time_entries"),
    // With one event for each user instead of one for each entry.
    concat!(erase!("time_entries"), " AND ", many_rows!(), " IS NOT NULL"),
    erase!("tags"),
    // All categories of a project at once: they refer to each other, and PostgreSQL checks that when the statement
    // ends.
    "DELETE FROM categories WHERE project_id IN (
         SELECT c.project_id FROM categories c JOIN workspaces w ON w.id = c.workspace_id AND w.deleted_at IS NOT NULL
         WHERE c.workspace_id = $1 LIMIT greatest($2 / 1000, 1))",
    erase!("project_members"),
    erase!("projects"),
    erase!("clients"),
    erase!("invitations"),
    erase!("idempotency_keys"),
    erase!("report_schedules"),
    erase!("memberships"),
    "DELETE FROM workspaces WHERE id = $1 AND deleted_at IS NOT NULL AND $2 > 0",
];

impl Workspace {
    /// The workspaces in which a user is a member, oldest first, or `only` one of them; at most `limit`.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list_of(
        conn: &mut AsyncPgConnection,
        user: UserId,
        only: Option<WorkspaceId>,
        limit: i64,
    ) -> QueryResult<Vec<OwnWorkspace>> {
        let mut query = workspaces::table
            .inner_join(memberships::table.on(memberships::workspace_id.eq(workspaces::id)))
            .filter(memberships::user_id.eq(user).and(memberships::left_at.is_null()))
            .order((workspaces::created_at, workspaces::id))
            .limit(limit)
            .select(OwnWorkspace::as_select())
            .into_boxed();
        if let Some(only) = only {
            query = query.filter(workspaces::id.eq(only));
        }
        query.load(conn).await
    }

    /// In how many workspaces a user is an owner.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn count_owned_by(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
        memberships::table
            .filter(memberships::user_id.eq(user).and(memberships::role.eq(Role::Owner.as_str())))
            .filter(memberships::left_at.is_null())
            .count()
            .get_result(conn)
            .await
    }

    /// Inserts a workspace unless there is one of this id.
    ///
    /// # Errors
    /// If the statement fails.
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

    /// Inserts a workspace.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn insert(
        conn: &mut AsyncPgConnection,
        id: WorkspaceId,
        name: &str,
        time_zone: Option<&str>,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        diesel::insert_into(workspaces::table)
            .values((
                workspaces::id.eq(id),
                workspaces::name.eq(name),
                workspaces::time_zone.eq(time_zone),
                workspaces::created_at.eq(now),
                workspaces::updated_at.eq(now),
            ))
            .returning(Self::as_returning())
            .get_result(conn)
            .await
    }

    /// One workspace.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(conn: &mut AsyncPgConnection, id: WorkspaceId) -> QueryResult<Option<Self>> {
        workspaces::table.find(id).select(Self::as_select()).first(conn).await.optional()
    }

    /// One workspace, unless it is deleted; the row is locked until the transaction ends. Every change of its members
    /// takes this lock before it looks at them.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock(conn: &mut AsyncPgConnection, id: WorkspaceId) -> QueryResult<Option<Self>> {
        workspaces::table
            .find(id)
            .filter(workspaces::deleted_at.is_null())
            .select(Self::as_select())
            .for_no_key_update()
            .first(conn)
            .await
            .optional()
    }

    /// Marks a workspace as deleted.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn mark_deleted(conn: &mut AsyncPgConnection, id: WorkspaceId, now: DateTime<Utc>) -> QueryResult<usize> {
        diesel::update(workspaces::table.find(id))
            .set((workspaces::deleted_at.eq(now), workspaces::updated_at.eq(now)))
            .execute(conn)
            .await
    }

    /// Deletes a batch of the rows of a workspace that is marked as deleted, and at last the workspace. Returns false
    /// when no row is left. A workspace that is not marked keeps its rows.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn erase_batch(conn: &mut AsyncPgConnection, id: WorkspaceId) -> QueryResult<bool> {
        for statement in ERASE {
            let erased = prepared(statement)
                .bind::<sql_types::Uuid, _>(id)
                .bind::<sql_types::BigInt, _>(PURGE_BATCH)
                .execute(conn)
                .await?;
            if erased > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Changes the workspace.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        changes: &WorkspaceChanges,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(self).set((changes, workspaces::updated_at.eq(now))).execute(conn).await
    }
}
