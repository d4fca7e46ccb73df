//! Rules of clients: their names differ, and one with projects stays.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use crate::access::caller::Caller;
use crate::database::{DatabaseFailure, OnViolation, transaction};
use crate::models::{Client, ClientChanges, NewClient};
use crate::structure::archive;
use crate::telemetry::RULE_TARGET;
use crate::values::ClientName;
use crate::values::changes::differing;
use crate::values::ids::ClientId;
use crate::values::revision::{Expected, Stale};

/// Why a client was not made, changed or deleted.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The workspace has no such client.
    #[error("no such client")]
    NotFound,
    /// It was changed since the caller read it.
    #[error("the client was changed by somebody else")]
    Stale,
    /// Another client has the name.
    #[error("there is a client of this name")]
    DuplicateName,
    /// It has projects.
    #[error("the client has projects")]
    InUse,
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] diesel::result::Error),
}

impl From<diesel::result::Error> for ClientError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error)
    }
}

impl DatabaseFailure for ClientError {
    fn database_error(&self) -> Option<&diesel::result::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl ClientError {
    /// What it means that a client cannot be written or deleted.
    fn of(constraint: &str) -> Option<Self> {
        match constraint {
            "clients_name_key" => Some(Self::DuplicateName),
            "projects_client_fkey" => Some(Self::InUse),
            _ => None,
        }
    }
}

impl From<Stale> for ClientError {
    fn from(_: Stale) -> Self {
        Self::Stale
    }
}

/// Changes to a client; `None` leaves a field as it is.
#[derive(Debug, Default)]
pub struct ClientPatch {
    /// The new name.
    pub name: Option<ClientName>,
    /// Whether it is archived.
    pub archived: Option<bool>,
}

/// Makes a client.
#[tracing::instrument(target = RULE_TARGET, name = "clients::create", skip_all)]
pub async fn create(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    name: ClientName,
    now: DateTime<Utc>,
) -> Result<Client, ClientError> {
    let new = NewClient {
        id: ClientId::new(),
        workspace_id: caller.workspace,
        name: name.into(),
        created_at: now,
        updated_at: now,
    };
    new.insert(conn).await.on_violation(ClientError::of)
}

/// Changes a client.
#[tracing::instrument(target = RULE_TARGET, name = "clients::update", skip_all)]
pub async fn update(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    id: ClientId,
    expected: Expected,
    patch: &ClientPatch,
    now: DateTime<Utc>,
) -> Result<Client, ClientError> {
    transaction(conn, async |conn| {
        let client = Client::lock(conn, caller.workspace, id).await?.ok_or(ClientError::NotFound)?;
        expected.check(client.revision)?;
        let changes = ClientChanges {
            name: differing(patch.name.clone().map(String::from), &client.name),
            archived_at: archive::change(patch.archived, client.archived_at, now),
        };
        if changes == ClientChanges::default() {
            return Ok(client);
        }
        client.update(conn, &changes, now).await.on_violation(ClientError::of)
    })
    .await
}

/// Deletes a client that has no projects.
#[tracing::instrument(target = RULE_TARGET, name = "clients::delete", skip_all)]
pub async fn delete(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    id: ClientId,
    expected: Expected,
) -> Result<(), ClientError> {
    transaction(conn, async |conn| {
        let client = Client::lock(conn, caller.workspace, id).await?.ok_or(ClientError::NotFound)?;
        expected.check(client.revision)?;
        client.delete(conn).await.on_violation(ClientError::of)?;
        Ok(())
    })
    .await
}
