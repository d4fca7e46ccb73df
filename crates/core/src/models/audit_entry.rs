//! Lines of the audit log.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use super::{PURGE_BATCH, Page, Paged, Position};
use crate::database::schema::{audit_log, users};
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

/// The filters of lines; `None` does not filter.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// The actions of this user.
    pub user: Option<UserId>,
    /// This action, such as `membership.role_changed`.
    pub action: Option<String>,
    /// At or after this instant.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// A line with the names of the users that it is about, as they are called today.
#[derive(Clone, Debug)]
pub struct NamedAuditEntry {
    /// The line.
    pub entry: AuditEntry,
    /// The name of the user who acted; `None` without one, or if the user is gone.
    pub user_name: Option<String>,
    /// The name of the user that something was done to; `None` if the object is none, or is gone.
    pub object_name: Option<String>,
}

impl Paged for NamedAuditEntry {
    fn position(&self) -> Position {
        self.entry.position()
    }
}

impl Paged for AuditEntry {
    fn position(&self) -> Position {
        Position { at: self.created_at, id: self.id.into() }
    }
}

impl AuditEntry {
    /// Adds the line.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::insert_into(audit_log::table).values(self).execute(conn).await
    }

    /// A page of the lines of a workspace that match a filter, newest first; without one those of the installation,
    /// such as sign-ins.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(
        conn: &mut AsyncPgConnection,
        workspace: Option<WorkspaceId>,
        filter: &AuditFilter,
        page: Page,
    ) -> QueryResult<Vec<Self>> {
        let mut query = audit_log::table.into_boxed();
        query = match workspace {
            Some(workspace) => query.filter(audit_log::workspace_id.eq(workspace)),
            None => query.filter(audit_log::workspace_id.is_null()),
        };
        if let Some(user) = filter.user {
            query = query.filter(audit_log::user_id.eq(user));
        }
        if let Some(action) = &filter.action {
            query = query.filter(audit_log::action.eq(action));
        }
        if let Some(from) = filter.from {
            query = query.filter(audit_log::created_at.ge(from));
        }
        if let Some(to) = filter.to {
            query = query.filter(audit_log::created_at.lt(to));
        }
        if let Some(Position { at, id }) = page.after {
            let earlier = audit_log::created_at.lt(at).or(audit_log::id.lt(id));
            query = query.filter(audit_log::created_at.le(at)).filter(earlier);
        }
        query
            .order((audit_log::created_at.desc(), audit_log::id.desc()))
            .limit(page.limit)
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// The lines with the names of users.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn with_names(conn: &mut AsyncPgConnection, lines: Vec<Self>) -> QueryResult<Vec<NamedAuditEntry>> {
        let ids = |line: &Self| [line.user_id, line.object_user()];
        let mentioned: HashSet<UserId> = lines.iter().flat_map(ids).flatten().collect();
        let names: HashMap<UserId, String> = users::table
            .filter(users::id.eq_any(mentioned))
            .select((users::id, users::name))
            .load(conn)
            .await?
            .into_iter()
            .collect();
        let name = |id: Option<UserId>| id.and_then(|id| names.get(&id).cloned());
        let named = lines.into_iter().map(|entry| NamedAuditEntry {
            user_name: name(entry.user_id),
            object_name: name(entry.object_user()),
            entry,
        });
        Ok(named.collect())
    }

    fn object_user(&self) -> Option<UserId> {
        self.object_id.filter(|_| self.object_kind == "user").map(UserId)
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
