//! Projects.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Page;
use super::page::{oldest_first, paged_oldest_first};
use crate::access::ProjectScope;
use crate::database::schema::projects;
use crate::values::Color;
use crate::values::ids::{ClientId, ProjectId, WorkspaceId};

/// A row of `projects`.
#[derive(Clone, Debug, Queryable, Selectable, Identifiable)]
#[diesel(table_name = projects)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct Project {
    pub id: ProjectId,
    pub workspace_id: WorkspaceId,
    pub client_id: Option<ClientId>,
    pub name: String,
    pub description: Option<String>,
    pub color: String,
    pub billable: bool,
    pub archived_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub revision: i64,
    pub private: bool,
}

paged_oldest_first!(Project);

/// A project to insert.
#[derive(Debug, Insertable)]
#[diesel(table_name = projects)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewProject {
    pub id: ProjectId,
    pub workspace_id: WorkspaceId,
    pub client_id: Option<ClientId>,
    pub name: String,
    pub description: Option<String>,
    pub color: String,
    pub billable: bool,
    pub private: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Changes to a project; `None` leaves a column as it is.
#[derive(Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = projects)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct ProjectChanges {
    pub client_id: Option<Option<ClientId>>,
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub color: Option<String>,
    pub billable: Option<bool>,
    pub private: Option<bool>,
    pub archived_at: Option<Option<DateTime<Utc>>>,
}

/// Which projects to list; `None` does not filter.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProjectFilter {
    /// Only archived ones, or only others.
    pub archived: Option<bool>,
    /// Only those of a client.
    pub client: Option<ClientId>,
}

impl NewProject {
    /// Inserts; an unknown client violates `projects_client_fkey`.
    ///
    /// # Errors
    /// If the statement fails, or violates that constraint.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<Project> {
        diesel::insert_into(projects::table).values(self).returning(Project::as_returning()).get_result(conn).await
    }
}

impl Project {
    /// The projects of a scope, oldest first.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(
        conn: &mut AsyncPgConnection,
        scope: ProjectScope,
        filter: ProjectFilter,
        page: Page,
    ) -> QueryResult<Vec<Self>> {
        let mut query = projects::table.filter(scope).into_boxed();
        match filter.archived {
            Some(true) => query = query.filter(projects::archived_at.is_not_null()),
            Some(false) => query = query.filter(projects::archived_at.is_null()),
            None => {}
        }
        if let Some(client) = filter.client {
            query = query.filter(projects::client_id.eq(client));
        }
        oldest_first!(query, projects, page).select(Self::as_select()).load(conn).await
    }

    /// The colours of the newest projects of the workspace, newest first, as many as the palette has: read from the end
    /// of the index `projects_by_workspace`.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn newest_colors(conn: &mut AsyncPgConnection, workspace: WorkspaceId) -> QueryResult<Vec<String>> {
        projects::table
            .filter(projects::workspace_id.eq(workspace))
            .order((projects::created_at.desc(), projects::id.desc()))
            .limit(i64::try_from(Color::PALETTE.len()).unwrap_or(i64::MAX))
            .select(projects::color)
            .load(conn)
            .await
    }

    /// One project of a scope.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(conn: &mut AsyncPgConnection, scope: ProjectScope, id: ProjectId) -> QueryResult<Option<Self>> {
        projects::table.filter(scope).filter(projects::id.eq(id)).select(Self::as_select()).first(conn).await.optional()
    }

    /// One project, locked until the transaction ends. Every change to its category tree takes this lock first.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        id: ProjectId,
    ) -> QueryResult<Option<Self>> {
        projects::table
            .filter(projects::workspace_id.eq(workspace).and(projects::id.eq(id)))
            .select(Self::as_select())
            .for_no_key_update()
            .first(conn)
            .await
            .optional()
    }

    /// Changes the row; an unknown client violates `projects_client_fkey`.
    ///
    /// # Errors
    /// `NotFound` if the row is gone; that violation; any other error of the statement.
    pub async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        changes: &ProjectChanges,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        diesel::update(self)
            .set((changes, projects::updated_at.eq(now)))
            .returning(Self::as_returning())
            .get_result(conn)
            .await
    }

    /// Deletes the row; `categories_project_fkey` holds it back while it has categories.
    ///
    /// # Errors
    /// If the statement fails, or violates that constraint.
    pub async fn delete(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::delete(self).execute(conn).await
    }
}
