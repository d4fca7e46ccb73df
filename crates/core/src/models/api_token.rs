//! Tokens of programs.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bytea, Nullable, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::PURGE_BATCH;
use super::membership::standing;
use super::session::{Presented, membership};
use crate::database::prepared;
use crate::database::schema::api_tokens;
use crate::values::ids::{ApiTokenId, UserId, WorkspaceId};
use crate::values::secret_token::TokenDigest;

/// A row of `api_tokens`, without its secret.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = api_tokens)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct ApiToken {
    pub id: ApiTokenId,
    pub user_id: UserId,
    pub workspace_id: Option<WorkspaceId>,
    pub name: String,
    pub scope: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A token to insert.
#[derive(Debug, Insertable)]
#[diesel(table_name = api_tokens)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewApiToken<'a> {
    pub id: ApiTokenId,
    pub user_id: UserId,
    pub workspace_id: Option<WorkspaceId>,
    pub name: &'a str,
    pub token_sha256: &'a [u8],
    pub scope: &'a str,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl NewApiToken<'_> {
    /// Inserts the token.
    ///
    /// # Errors
    /// If the statement fails, or the user or the workspace does not exist.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<ApiToken> {
        diesel::insert_into(api_tokens::table).values(self).returning(ApiToken::as_returning()).get_result(conn).await
    }
}

impl ApiToken {
    /// Whose a token is, in one statement, which also notes the use if the last one noted is from `seen_before` or
    /// earlier.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn present(
        conn: &mut AsyncPgConnection,
        digest: TokenDigest,
        workspace: Option<WorkspaceId>,
        now: DateTime<Utc>,
        seen_before: DateTime<Utc>,
    ) -> QueryResult<Option<Presented>> {
        // A token for one workspace that is used in another one finds no membership.
        prepared(concat!(
            "WITH t AS (
                 SELECT t.id, t.user_id, t.workspace_id, t.scope, t.created_at, t.last_used_at, u.administrator
                 FROM api_tokens t JOIN users u ON u.id = t.user_id AND u.disabled_at IS NULL
                 WHERE t.token_sha256 = $1 AND t.expires_at > $2
             ), seen AS (
                 UPDATE api_tokens SET last_used_at = $2 WHERE id = (
                     SELECT id FROM api_tokens WHERE id = (SELECT id FROM t WHERE last_used_at IS NULL OR last_used_at <= $3)
                     FOR NO KEY UPDATE SKIP LOCKED)
             )
             SELECT t.id, t.user_id, t.created_at AS since, t.scope, t.workspace_id AS bound_to, t.administrator,
                    m.workspace_id, m.role, m.leads
             FROM t ",
            membership!("t.user_id AND (t.workspace_id IS NULL OR m.workspace_id = t.workspace_id)", "$4::uuid")
        ))
        .bind::<Bytea, _>(digest.0.to_vec())
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(seen_before)
        .bind::<Nullable<Uuid>, _>(workspace)
        .get_result(conn)
        .await
        .optional()
    }

    /// The tokens of a user, the newest first.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<Self>> {
        api_tokens::table
            .filter(api_tokens::user_id.eq(user))
            .order((api_tokens::created_at.desc(), api_tokens::id.desc()))
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// How many a user has.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn count(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
        api_tokens::table.filter(api_tokens::user_id.eq(user)).count().get_result(conn).await
    }

    /// Deletes one token of a user.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn delete(conn: &mut AsyncPgConnection, user: UserId, id: ApiTokenId) -> QueryResult<usize> {
        let token = api_tokens::table.filter(api_tokens::user_id.eq(user).and(api_tokens::id.eq(id)));
        diesel::delete(token).execute(conn).await
    }

    /// Forgets a batch of tokens that ended before `before`.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn purge(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        super::purge(
            conn,
            "DELETE FROM api_tokens WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM api_tokens WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            before,
            PURGE_BATCH,
        )
        .await
    }
}
