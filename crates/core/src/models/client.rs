//! Clients: the customers of projects.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Page;
use super::page::{oldest_first, paged_oldest_first};
use crate::database::schema::clients;
use crate::values::ids::{ClientId, WorkspaceId};

/// A row of `clients`.
#[derive(Clone, Debug, Queryable, Selectable, Identifiable)]
#[diesel(table_name = clients)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct Client {
    pub id: ClientId,
    pub workspace_id: WorkspaceId,
    pub name: String,
    pub archived_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub revision: i64,
}

paged_oldest_first!(Client);

/// A client to insert.
#[derive(Debug, Insertable)]
#[diesel(table_name = clients)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewClient {
    pub id: ClientId,
    pub workspace_id: WorkspaceId,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Changes to a client; `None` leaves a column as it is.
#[derive(Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = clients)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct ClientChanges {
    pub name: Option<String>,
    pub archived_at: Option<Option<DateTime<Utc>>>,
}

impl NewClient {
    /// Inserts; a name that is taken violates `clients_name_key`.
    ///
    /// # Errors
    /// If the statement fails, or violates that constraint.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<Client> {
        diesel::insert_into(clients::table).values(self).returning(Client::as_returning()).get_result(conn).await
    }
}

impl Client {
    /// Clients of a workspace, oldest first; only (un)archived ones when `archived` says so.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        archived: Option<bool>,
        page: Page,
    ) -> QueryResult<Vec<Self>> {
        let mut query = clients::table.filter(clients::workspace_id.eq(workspace)).into_boxed();
        match archived {
            Some(true) => query = query.filter(clients::archived_at.is_not_null()),
            Some(false) => query = query.filter(clients::archived_at.is_null()),
            None => {}
        }
        oldest_first!(query, clients, page).select(Self::as_select()).load(conn).await
    }

    /// One client.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(conn: &mut AsyncPgConnection, workspace: WorkspaceId, id: ClientId) -> QueryResult<Option<Self>> {
        clients::table
            .filter(clients::workspace_id.eq(workspace).and(clients::id.eq(id)))
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// One client, locked until the transaction ends.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock(conn: &mut AsyncPgConnection, workspace: WorkspaceId, id: ClientId) -> QueryResult<Option<Self>> {
        clients::table
            .filter(clients::workspace_id.eq(workspace).and(clients::id.eq(id)))
            .select(Self::as_select())
            .for_no_key_update()
            .first(conn)
            .await
            .optional()
    }

    /// Changes the row.
    ///
    /// # Errors
    /// `NotFound` if the row is gone; a violation of `clients_name_key` if another client has the name; any other error
    /// of the statement.
    pub async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        changes: &ClientChanges,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        diesel::update(self)
            .set((changes, clients::updated_at.eq(now)))
            .returning(Self::as_returning())
            .get_result(conn)
            .await
    }

    /// Deletes the row; `projects_client_fkey` holds it back while it has projects.
    ///
    /// # Errors
    /// If the statement fails, or violates that constraint.
    pub async fn delete(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::delete(self).execute(conn).await
    }
}
