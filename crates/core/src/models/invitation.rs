//! Invitations to workspaces.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::membership::role_of;
use super::page::{oldest_first, paged_oldest_first};
use super::{PURGE_BATCH, Page};
use crate::access::Role;
use crate::database::prepared;
use crate::database::schema::invitations;
use crate::values::ids::{InvitationId, UserId, WorkspaceId};
use crate::values::secret_token::TokenDigest;

/// A row of `invitations`.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = invitations)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct Invitation {
    pub id: InvitationId,
    pub workspace_id: WorkspaceId,
    pub email: String,
    role: String,
    pub invited_by: UserId,
    pub sent_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub accepted_at: Option<DateTime<Utc>>,
    pub accepted_by: Option<UserId>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub placeholder_id: Option<UserId>,
    pub created_at: DateTime<Utc>,
    pub revision: i64,
    /// Whether its link went to the address alone.
    pub mailed: bool,
}

paged_oldest_first!(Invitation);

/// An invitation to insert.
#[derive(Debug)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewInvitation<'a> {
    pub id: InvitationId,
    pub workspace_id: WorkspaceId,
    pub email: &'a str,
    pub role: Role,
    pub token: TokenDigest,
    pub invited_by: UserId,
    pub placeholder: Option<UserId>,
    pub mailed: bool,
    pub expires_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

impl NewInvitation<'_> {
    /// Inserts the invitation.
    ///
    /// # Errors
    /// A violation of `invitations_open_address_key`, if the address has an open invitation, or of
    /// `invitations_placeholder_key`, if another one names the placeholder.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<Invitation> {
        diesel::insert_into(invitations::table)
            .values((
                invitations::id.eq(self.id),
                invitations::workspace_id.eq(self.workspace_id),
                invitations::email.eq(self.email),
                invitations::role.eq(self.role.as_str()),
                invitations::token_sha256.eq(self.token.as_bytes()),
                invitations::invited_by.eq(self.invited_by),
                invitations::placeholder_id.eq(self.placeholder),
                invitations::mailed.eq(self.mailed),
                invitations::sent_at.eq(self.now),
                invitations::expires_at.eq(self.expires_at),
                invitations::created_at.eq(self.now),
                invitations::updated_at.eq(self.now),
            ))
            .returning(Invitation::as_returning())
            .get_result(conn)
            .await
    }
}

impl Invitation {
    /// The role that the user gets in the workspace.
    ///
    /// # Errors
    /// If the table has a word that this release does not know.
    pub fn role(&self) -> QueryResult<Role> {
        role_of(&self.role)
    }

    /// The word for the role.
    #[must_use]
    pub fn role_word(&self) -> &str {
        &self.role
    }

    /// Whether it was neither accepted nor revoked. It may have expired.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.accepted_at.is_none() && self.revoked_at.is_none()
    }

    /// The open invitations of a workspace, oldest first, with the expired ones.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list_open(conn: &mut AsyncPgConnection, workspace: WorkspaceId, page: Page) -> QueryResult<Vec<Self>> {
        let query = invitations::table
            .filter(invitations::workspace_id.eq(workspace))
            .filter(invitations::accepted_at.is_null().and(invitations::revoked_at.is_null()))
            .into_boxed();
        oldest_first!(query, invitations, page).select(Self::as_select()).load(conn).await
    }

    /// Counts the open invitations of a workspace.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn count_open(conn: &mut AsyncPgConnection, workspace: WorkspaceId) -> QueryResult<i64> {
        invitations::table
            .filter(invitations::workspace_id.eq(workspace))
            .filter(invitations::accepted_at.is_null().and(invitations::revoked_at.is_null()))
            .count()
            .get_result(conn)
            .await
    }

    /// One invitation of a workspace, locked until the transaction ends.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn lock(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        id: InvitationId,
    ) -> QueryResult<Option<Self>> {
        invitations::table
            .filter(invitations::workspace_id.eq(workspace).and(invitations::id.eq(id)))
            .select(Self::as_select())
            .for_no_key_update()
            .first(conn)
            .await
            .optional()
    }

    /// The invitation with this token, in any workspace.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find_by_token(conn: &mut AsyncPgConnection, token: TokenDigest) -> QueryResult<Option<Self>> {
        invitations::table
            .filter(invitations::token_sha256.eq(token.as_bytes()))
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// The open invitations of an address that have not expired, at most `limit`, in the order of their workspaces'
    /// ids.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn open_to(
        conn: &mut AsyncPgConnection,
        email: &str,
        now: DateTime<Utc>,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        let has_address = diesel::dsl::sql::<Bool>("fold_name(email) = fold_name(").bind::<Text, _>(email).sql(")");
        invitations::table
            .filter(has_address)
            .filter(invitations::accepted_at.is_null().and(invitations::revoked_at.is_null()))
            .filter(invitations::expires_at.gt(now))
            .order(invitations::workspace_id)
            .limit(limit)
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// Whether a user has the invited address, in upper or lower case.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn is_for(&self, conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<bool> {
        prepared("SELECT 1 AS one FROM users WHERE id = $1 AND fold_name(email) = fold_name($2)")
            .bind::<Uuid, _>(user)
            .bind::<Text, _>(self.email.as_str())
            .execute(conn)
            .await
            .map(|rows| rows == 1)
    }

    /// Gives the invitation another token, inviter and expiry, and notes whether the link is mailed.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn renew(
        &self,
        conn: &mut AsyncPgConnection,
        token: TokenDigest,
        mailed: bool,
        by: UserId,
        expires_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        diesel::update(invitations::table.find(self.id))
            .set((
                invitations::token_sha256.eq(token.as_bytes()),
                invitations::mailed.eq(mailed),
                invitations::invited_by.eq(by),
                invitations::sent_at.eq(now),
                invitations::expires_at.eq(expires_at),
                invitations::updated_at.eq(now),
            ))
            .returning(Self::as_returning())
            .get_result(conn)
            .await
    }

    /// Stores the user who has accepted it.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn accept(&self, conn: &mut AsyncPgConnection, user: UserId, now: DateTime<Utc>) -> QueryResult<usize> {
        diesel::update(invitations::table.find(self.id))
            .set((
                invitations::accepted_at.eq(now),
                invitations::accepted_by.eq(user),
                invitations::placeholder_id.eq(None::<UserId>),
                invitations::updated_at.eq(now),
            ))
            .execute(conn)
            .await
    }

    /// Revokes it.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn revoke(&self, conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> QueryResult<usize> {
        diesel::update(invitations::table.find(self.id))
            .set((
                invitations::revoked_at.eq(now),
                invitations::placeholder_id.eq(None::<UserId>),
                invitations::updated_at.eq(now),
            ))
            .execute(conn)
            .await
    }

    /// Revokes the open invitations of a member of a workspace to any of these roles.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn revoke_made_by(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        inviter: UserId,
        roles: &[Role],
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        let words: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        prepared(
            "UPDATE invitations SET revoked_at = $4, placeholder_id = NULL, updated_at = $4
             WHERE workspace_id = $1 AND invited_by = $2 AND role = ANY ($3) AND accepted_at IS NULL AND revoked_at IS NULL",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(inviter)
        .bind::<Array<Text>, _>(words)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
    }

    /// Revokes the open invitations of a workspace to an address; with `before`, only those that had expired then.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn revoke_to(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        email: &str,
        before: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "UPDATE invitations SET revoked_at = $4, placeholder_id = NULL, updated_at = $4
             WHERE workspace_id = $1 AND fold_name(email) = fold_name($2) AND accepted_at IS NULL AND revoked_at IS NULL
               AND ($3::timestamptz IS NULL OR expires_at <= $3)",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Text, _>(email)
        .bind::<diesel::sql_types::Nullable<Timestamptz>, _>(before)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
    }

    /// Revokes all open invitations of a workspace.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn revoke_all(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(invitations::table)
            .filter(invitations::workspace_id.eq(workspace))
            .filter(invitations::accepted_at.is_null().and(invitations::revoked_at.is_null()))
            .set((invitations::revoked_at.eq(now), invitations::updated_at.eq(now)))
            .execute(conn)
            .await
    }

    /// Deletes a batch of the invitations that expired before `before`.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn purge(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        prepared(
            "DELETE FROM invitations WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM invitations WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))",
        )
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(PURGE_BATCH)
        .execute(conn)
        .await
    }
}
