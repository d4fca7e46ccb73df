//! Stored answers to requests that carried an Idempotency-Key.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::query_dsl::methods::FilterDsl;
use diesel::sql_types::{BigInt, Bytea, Nullable, SmallInt, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::PURGE_BATCH;
use crate::access::Caller;
use crate::database::prepared;
use crate::database::schema::idempotency_keys;
use crate::values::ids::{UserId, WorkspaceId};

/// Largest body that is stored, in bytes. What shows one entry or two is smaller by the limits on their texts; a list
/// of entries may be a hundred times as large.
pub const STORED_BODY_MAX: usize = 64 * 1024;

/// A key, and what tells its request from others.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    /// The key, 1 to 255 visible ASCII characters.
    pub key: String,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
}

/// Whose a key is: a member's, in their workspace. The same key of another owner is another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyOwner {
    workspace: WorkspaceId,
    user: UserId,
}

impl From<Caller> for KeyOwner {
    fn from(caller: Caller) -> Self {
        Self { workspace: caller.workspace, user: caller.user() }
    }
}

/// What is kept of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status, 200 to 299.
    pub status: i16,
    /// The ETag header, if there was one.
    pub etag: Option<String>,
    /// The JSON body. A replay has none if the body was larger than [`STORED_BODY_MAX`]: then what it showed has to be
    /// read again.
    pub body: Option<Vec<u8>>,
}

impl Answer {
    /// The body, unless it is too large to be stored.
    fn stored_body(&self) -> Option<&[u8]> {
        self.body.as_deref().filter(|body| body.len() <= STORED_BODY_MAX)
    }
}

/// The answer that a key stands for.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
pub struct StoredAnswer {
    /// SHA-256 of the request that the answer belongs to.
    pub request_digest: Vec<u8>,
    /// The HTTP status.
    pub response_status: Option<i16>,
    /// The ETag header; `None` when there is none.
    pub response_etag: Option<String>,
    /// The JSON body; `None` when it was too large.
    pub response_body: Option<Vec<u8>>,
    /// When the request was answered.
    pub created_at: DateTime<Utc>,
    /// The HTTP status of an answer that shows one entry, and was stored by the statement that wrote the entry.
    pub entry_status: Option<i16>,
    /// That entry, as [`WrittenEntry`](super::WrittenEntry).
    pub entry: Option<serde_json::Value>,
}

impl StoredAnswer {
    /// Forgets a batch of keys made before `before`. A key that is just being taken over, or that another server is
    /// just forgetting, is left.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn purge(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        prepared(
            "DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM idempotency_keys WHERE created_at < $1
                 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))",
        )
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(PURGE_BATCH)
        .execute(conn)
        .await
    }

    /// The answer stored under a key.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(conn: &mut AsyncPgConnection, owner: KeyOwner, key: &str) -> QueryResult<Option<Self>> {
        let KeyOwner { workspace, user } = owner;
        idempotency_keys::table.find((workspace, user, key)).select(Self::as_select()).first(conn).await.optional()
    }

    /// Forgets the answer stored under a key, if it was stored before `before`.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn forget_before(
        conn: &mut AsyncPgConnection,
        owner: KeyOwner,
        key: &str,
        before: DateTime<Utc>,
    ) -> QueryResult<usize> {
        let KeyOwner { workspace, user } = owner;
        let stored = idempotency_keys::table.find((workspace, user, key));
        diesel::delete(FilterDsl::filter(stored, idempotency_keys::created_at.lt(before))).execute(conn).await
    }

    /// Stores an answer. Waits for another transaction that has just stored one under the key.
    ///
    /// # Errors
    /// A violation of `idempotency_keys_pkey` when there is an answer under the key.
    pub async fn insert(
        conn: &mut AsyncPgConnection,
        owner: KeyOwner,
        key: &IdempotencyKey,
        answer: &Answer,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        let KeyOwner { workspace, user } = owner;
        prepared(
            "INSERT INTO idempotency_keys
                 (workspace_id, user_id, key, request_digest, response_status, response_etag, response_body, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Uuid, _>(user)
        .bind::<Text, _>(key.key.as_str())
        .bind::<Bytea, _>(key.digest.as_slice())
        .bind::<SmallInt, _>(answer.status)
        .bind::<Nullable<Text>, _>(answer.etag.as_deref())
        .bind::<Nullable<Bytea>, _>(answer.stored_body())
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await
    }
}
