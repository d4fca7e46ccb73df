//! Workspaces, as the administrators of an installation see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Page;
use super::page::paged_oldest_first;
use crate::database::prepared;
use crate::values::ids::WorkspaceId;

/// A workspace, and who is in it. Nothing of what its members track.
#[derive(Clone, Debug, QueryableByName)]
pub struct WorkspaceSummary {
    /// The workspace.
    #[diesel(sql_type = Uuid)]
    pub id: WorkspaceId,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// How many members have an account.
    #[diesel(sql_type = BigInt)]
    pub members: i64,
    /// The names of its owners, at most ten, those who have been members for longest first.
    #[diesel(sql_type = Array<Text>)]
    pub owners: Vec<String>,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

paged_oldest_first!(WorkspaceSummary);

impl WorkspaceSummary {
    /// A page of workspaces, the oldest first; with a text only those that have it in their name, in any case. Each
    /// page reads the names of all workspaces, of which an installation has thousands and not millions.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(conn: &mut AsyncPgConnection, text: Option<&str>, page: Page) -> QueryResult<Vec<Self>> {
        prepared(
            "SELECT w.id, w.name, w.created_at,
                 (SELECT count(*) FROM memberships m
                  WHERE m.workspace_id = w.id AND m.left_at IS NULL AND NOT is_placeholder_id(m.user_id)) AS members,
                 ARRAY(SELECT u.name FROM memberships m JOIN users u ON u.id = m.user_id
                       WHERE m.workspace_id = w.id AND m.left_at IS NULL AND m.role = 'owner'
                       ORDER BY m.created_at, u.id LIMIT 10) AS owners
             FROM workspaces w
             WHERE w.deleted_at IS NULL AND ($1::text IS NULL OR strpos(fold_name(w.name), fold_name($1)) > 0)
                 AND ($2::timestamptz IS NULL OR (w.created_at, w.id) > ($2, $3))
             ORDER BY w.created_at, w.id LIMIT $4",
        )
        .bind::<Nullable<Text>, _>(text.map(str::to_owned))
        .bind::<Nullable<Timestamptz>, _>(page.after.map(|position| position.at))
        .bind::<Nullable<Uuid>, _>(page.after.map(|position| position.id))
        .bind::<BigInt, _>(page.limit)
        .load(conn)
        .await
    }
}
