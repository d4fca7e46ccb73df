//! Links and codes that work once.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bytea, Jsonb, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use super::PURGE_BATCH;
use crate::database::prepared;
use crate::database::schema::one_time_tokens;
use crate::values::ids::{OneTimeTokenId, UserId};
use crate::values::secret_token::TokenDigest;

/// A token to insert.
#[derive(Debug, Insertable)]
#[diesel(table_name = one_time_tokens)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewOneTimeToken<'a> {
    pub id: OneTimeTokenId,
    pub purpose: &'a str,
    pub token_sha256: &'a [u8],
    pub user_id: Option<UserId>,
    pub payload: Value,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// What a token was for.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Redeemed {
    /// The user that it was made for; `None` where no user was known.
    #[diesel(sql_type = Nullable<Uuid>)]
    pub user_id: Option<UserId>,
    /// What was kept with it.
    #[diesel(sql_type = Jsonb)]
    pub payload: Value,
}

impl NewOneTimeToken<'_> {
    /// Inserts the token.
    ///
    /// # Errors
    /// If the statement fails, or the user does not exist.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        diesel::insert_into(one_time_tokens::table).values(self).execute(conn).await
    }

    /// Takes a token: one statement, so that of two requests with the same token at once one gets it. The other waits
    /// for the first one's transaction, and gets it if that is rolled back.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for another request with the token than `lock_timeout`.
    pub async fn redeem(
        conn: &mut AsyncPgConnection,
        purpose: &str,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> QueryResult<Option<Redeemed>> {
        prepared(
            "UPDATE one_time_tokens SET used_at = $3
             WHERE token_sha256 = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3
             RETURNING user_id, payload",
        )
        .bind::<Bytea, _>(digest.0.to_vec())
        .bind::<Text, _>(purpose.to_owned())
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await
        .optional()
    }

    /// What a token is for, without taking it.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn peek(
        conn: &mut AsyncPgConnection,
        purpose: &str,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> QueryResult<Option<Redeemed>> {
        prepared(
            "SELECT user_id, payload FROM one_time_tokens
             WHERE token_sha256 = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3",
        )
        .bind::<Bytea, _>(digest.0.to_vec())
        .bind::<Text, _>(purpose.to_owned())
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await
        .optional()
    }

    /// Makes the tokens of a user for one purpose useless; without a user, those of no user.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn revoke(conn: &mut AsyncPgConnection, purpose: &str, user: Option<UserId>) -> QueryResult<usize> {
        prepared("DELETE FROM one_time_tokens WHERE purpose = $1 AND user_id IS NOT DISTINCT FROM $2::uuid")
            .bind::<Text, _>(purpose.to_owned())
            .bind::<Nullable<Uuid>, _>(user)
            .execute(conn)
            .await
    }

    /// Forgets a batch of tokens that ended before `before`.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn purge(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        super::purge(
            conn,
            "DELETE FROM one_time_tokens WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM one_time_tokens WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            before,
            PURGE_BATCH,
        )
        .await
    }
}
