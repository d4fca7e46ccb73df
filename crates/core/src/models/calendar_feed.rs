//! Secret addresses under which calendars read a member's entries.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Bytea, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::membership::standing;
use crate::access::Role;
use crate::database::prepared;
use crate::database::schema::calendar_feeds;
use crate::values::ids::{UserId, WorkspaceId};
use crate::values::secret_token::TokenDigest;

/// A feed that is valid, and its owner, who is a present member.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct OpenedFeed {
    /// The workspace.
    #[diesel(sql_type = Uuid)]
    pub workspace: WorkspaceId,
    /// The member.
    #[diesel(sql_type = Uuid)]
    pub owner: UserId,
    /// What the member is in the workspace.
    #[diesel(sql_type = Text)]
    pub role: Role,
    /// Whether the member leads a project.
    #[diesel(sql_type = Bool)]
    pub leads: bool,
}

/// The statements about `calendar_feeds`.
#[derive(Debug)]
pub struct CalendarFeed;

impl CalendarFeed {
    /// When the feed of a member was made; `None` without one.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn created_at(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
    ) -> QueryResult<Option<DateTime<Utc>>> {
        let feed = calendar_feeds::table.find((workspace, user));
        feed.select(calendar_feeds::created_at).first(conn).await.optional()
    }

    /// Makes the feed of a member, or gives it another secret: of two at once, the later one holds.
    ///
    /// # Errors
    /// If the statement fails, or there is no such member.
    pub async fn put(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        user: UserId,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::insert_into(calendar_feeds::table)
            .values((
                calendar_feeds::workspace_id.eq(workspace),
                calendar_feeds::user_id.eq(user),
                calendar_feeds::token_sha256.eq(digest.as_bytes()),
                calendar_feeds::created_at.eq(now),
            ))
            .on_conflict((calendar_feeds::workspace_id, calendar_feeds::user_id))
            .do_update()
            .set((calendar_feeds::token_sha256.eq(digest.as_bytes()), calendar_feeds::created_at.eq(now)))
            .execute(conn)
            .await
    }

    /// Deletes the feed of a member.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete(conn: &mut AsyncPgConnection, workspace: WorkspaceId, user: UserId) -> QueryResult<usize> {
        diesel::delete(calendar_feeds::table.find((workspace, user))).execute(conn).await
    }

    /// The feed with a secret, in one statement with everything that decides whether it opens: its workspace is there,
    /// and its owner is a present member whose account is not disabled.
    ///
    /// # Errors
    /// If the statement fails, or the table has a role that this release does not know.
    pub async fn open(conn: &mut AsyncPgConnection, digest: TokenDigest) -> QueryResult<Option<OpenedFeed>> {
        prepared(concat!(
            "SELECT f.workspace_id AS workspace, f.user_id AS owner, ",
            standing!(),
            " FROM calendar_feeds f
             JOIN memberships m ON m.workspace_id = f.workspace_id AND m.user_id = f.user_id AND m.left_at IS NULL
             JOIN users u ON u.id = f.user_id AND u.disabled_at IS NULL
             JOIN workspaces w ON w.id = f.workspace_id AND w.deleted_at IS NULL
             WHERE f.token_sha256 = $1",
        ))
        .bind::<Bytea, _>(digest.0.to_vec())
        .get_result(conn)
        .await
        .optional()
    }
}
