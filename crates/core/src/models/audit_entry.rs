//! Lines of the audit log.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use super::PURGE_BATCH;
use crate::database::schema::audit_log;
use crate::values::ids::{AuditEntryId, UserId, WorkspaceId};

/// A row of `audit_log`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_log)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct AuditEntry {
    pub id: AuditEntryId,
    pub created_at: DateTime<Utc>,
    pub workspace_id: Option<WorkspaceId>,
    pub actor: String,
    pub user_id: Option<UserId>,
    pub address: Option<String>,
    pub action: String,
    pub object_kind: String,
    pub object_id: Option<uuid::Uuid>,
    pub details: Value,
}

impl AuditEntry {
    /// Adds the line.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::insert_into(audit_log::table).values(self).execute(conn).await
    }

    /// Forgets a batch of lines from before `before`. The table's trigger keeps those of the last 30 days.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn purge(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        super::purge(
            conn,
            "DELETE FROM audit_log WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM audit_log WHERE created_at < LEAST($1, now() - interval '30 days')
                 ORDER BY created_at, id LIMIT $2))",
            before,
            PURGE_BATCH,
        )
        .await
    }
}
