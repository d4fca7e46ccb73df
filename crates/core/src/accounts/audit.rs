//! The audit log: who did what, on what, from where.
//!
//! A rule records what it does in its own transaction, so that the line is there exactly when the change is. Details
//! hold values before and after of what concerns access; never a secret, a password, a name or an address of a person,
//! which are found by the ids.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::Value;
use uuid::Uuid;

use crate::access::{Actor, Credential, Permit, needs};
use crate::models::{AuditEntry, AuditFilter, Page};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::{AuditEntryId, UserId, WorkspaceId};

/// Who does something, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct By {
    actor: &'static str,
    user: Option<UserId>,
    address: Option<IpAddr>,
}

impl By {
    /// The user of a request.
    #[must_use]
    pub fn actor(actor: Actor, address: Option<IpAddr>) -> Self {
        let kind = match actor.credential {
            Credential::BuiltIn => "built_in",
            Credential::Session => "session",
            Credential::Token(_) => "token",
        };
        Self { actor: kind, user: Some(actor.user), address }
    }

    /// A request without a user, such as one that signs in. The user is the one that it is about, if there is one.
    #[must_use]
    pub fn anonymous(user: Option<UserId>, address: Option<IpAddr>) -> Self {
        Self { actor: "anonymous", user, address }
    }

    /// A command on the machine, such as `server create-owner`.
    #[must_use]
    pub fn command() -> Self {
        Self { actor: "command", user: None, address: None }
    }

    /// A background job.
    #[must_use]
    pub fn job() -> Self {
        Self { actor: "job", user: None, address: None }
    }
}

/// What something is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object {
    workspace: Option<WorkspaceId>,
    kind: &'static str,
    id: Option<Uuid>,
}

impl Object {
    /// An account.
    #[must_use]
    pub fn user(id: UserId) -> Self {
        Self { workspace: None, kind: "user", id: Some(id.0) }
    }

    /// A workspace itself.
    #[must_use]
    pub fn workspace(id: WorkspaceId) -> Self {
        Self { workspace: Some(id), kind: "workspace", id: Some(id.0) }
    }

    /// Something in a workspace; the kind is one word in lower case, such as `membership`.
    #[must_use]
    pub fn in_workspace(workspace: WorkspaceId, kind: &'static str, id: impl Into<Uuid>) -> Self {
        Self { workspace: Some(workspace), kind, id: Some(id.into()) }
    }

    /// Something of the installation; the kind is one word in lower case, such as `session`.
    #[must_use]
    pub fn of_installation(kind: &'static str, id: Option<Uuid>) -> Self {
        Self { workspace: None, kind, id }
    }
}

/// A page of the lines of the caller's workspace that match a filter, newest first.
///
/// # Errors
/// If the statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "audit::list", skip_all)]
pub async fn list(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeAuditLog>,
    filter: &AuditFilter,
    page: Page,
) -> QueryResult<Vec<AuditEntry>> {
    AuditEntry::list(conn, Some(caller.workspace), filter, page).await
}

/// A page of the lines that belong to no workspace and match a filter, newest first: sign-ins, accounts, jobs. For
/// administrators of the installation.
///
/// # Errors
/// If the statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "audit::list_of_installation", skip_all)]
pub async fn list_of_installation(
    conn: &mut AsyncPgConnection,
    filter: &AuditFilter,
    page: Page,
) -> QueryResult<Vec<AuditEntry>> {
    AuditEntry::list(conn, None, filter, page).await
}

/// Adds a line, in the transaction of the caller. The action is of the form `<object>.<what happened>`, such as
/// `membership.role_changed`.
///
/// # Errors
/// Those of the database.
pub async fn record(
    conn: &mut AsyncPgConnection,
    by: By,
    action: &'static str,
    object: Object,
    details: Value,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let By { actor, user, address } = by;
    let entry = AuditEntry {
        id: AuditEntryId::new(),
        created_at: now,
        workspace_id: object.workspace,
        actor: actor.to_owned(),
        user_id: user,
        address: address.map(|address| address.to_string()),
        action: action.to_owned(),
        object_kind: object.kind.to_owned(),
        object_id: object.id,
        details,
    };
    entry.insert(conn).await.map(|_| ())
}
