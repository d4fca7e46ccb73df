//! Rules of clients: their names differ, and one with projects stays.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use crate::access::{OnViolation, Permit, Rejection, RuleError, needs};
use crate::database::transaction;
use crate::models::{Client, ClientChanges, NewClient, Page};
use crate::structure::archive;
use crate::telemetry::RULE_TARGET;
use crate::values::ClientName;
use crate::values::changes::differing;
use crate::values::ids::ClientId;
use crate::values::revision::ExpectedRevision;

/// Why a client was not made, changed or deleted.
#[derive(Debug, thiserror::Error)]
pub enum ClientRejection {
    /// Another client has the name.
    #[error("there is a client of this name")]
    DuplicateName,
    /// It has projects.
    #[error("the client has projects")]
    InUse,
}

impl Rejection for ClientRejection {
    const OBJECT: &'static str = "client";
}

/// Why a client was not read, made, changed or deleted.
pub type ClientError = RuleError<ClientRejection>;

impl ClientRejection {
    /// What it means that a client cannot be written or deleted.
    fn of(constraint: &str) -> Option<Self> {
        match constraint {
            "clients_name_key" => Some(Self::DuplicateName),
            "projects_client_fkey" => Some(Self::InUse),
            _ => None,
        }
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
///
/// # Errors
/// `DuplicateName` if another client has the name; `Database` if the statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "clients::create", skip_all)]
pub async fn create(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
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
    new.insert(conn).await.on_violation(ClientRejection::of)
}

/// One client.
///
/// # Errors
/// When there is no such client.
#[tracing::instrument(target = RULE_TARGET, name = "clients::find", skip_all)]
pub async fn find(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeWorkspace>,
    id: ClientId,
) -> Result<Client, ClientError> {
    Client::find(conn, caller.workspace, id).await?.ok_or_else(ClientError::not_found)
}

/// A page of the clients, oldest first.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "clients::list", skip_all)]
pub async fn list(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeWorkspace>,
    archived: Option<bool>,
    page: Page,
) -> Result<Vec<Client>, ClientError> {
    Ok(Client::list(conn, caller.workspace, archived, page).await?)
}

/// Changes a client.
///
/// # Errors
/// `NotFound` if there is no such client; `RevisionMismatch` if it has none of the expected revisions; `DuplicateName`
/// if another client has the name; `Database` if a statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "clients::update", skip_all)]
pub async fn update(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
    id: ClientId,
    expected: ExpectedRevision,
    patch: &ClientPatch,
    now: DateTime<Utc>,
) -> Result<Client, ClientError> {
    transaction(conn, async |conn| {
        let client = Client::lock(conn, caller.workspace, id).await?.ok_or_else(ClientError::not_found)?;
        expected.check(client.revision)?;
        let changes = ClientChanges {
            name: differing(patch.name.clone().map(String::from), &client.name),
            archived_at: archive::change(patch.archived, client.archived_at, now),
        };
        if changes == ClientChanges::default() {
            return Ok(client);
        }
        client.update(conn, &changes, now).await.on_violation(ClientRejection::of)
    })
    .await
}

/// Deletes a client that has no projects.
///
/// # Errors
/// `NotFound` if there is no such client; `RevisionMismatch` if it has none of the expected revisions; `InUse` if it
/// has projects; `Database` if a statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "clients::delete", skip_all)]
pub async fn delete(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
    id: ClientId,
    expected: ExpectedRevision,
) -> Result<(), ClientError> {
    transaction(conn, async |conn| {
        let client = Client::lock(conn, caller.workspace, id).await?.ok_or_else(ClientError::not_found)?;
        expected.check(client.revision)?;
        client.delete(conn).await.on_violation(ClientRejection::of)?;
        Ok(())
    })
    .await
}
