//! Stored answers to requests that carried an Idempotency-Key.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::query_dsl::methods::FilterDsl;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::caller::Caller;
use crate::db::schema::idempotency_keys;
use crate::idempotency::Answer;

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
    /// The JSON body; `None` when there is none.
    pub response_body: Option<Vec<u8>>,
}

impl StoredAnswer {
    /// Forgets keys made before `before`.
    pub async fn purge(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
        diesel::delete(FilterDsl::filter(idempotency_keys::table, idempotency_keys::created_at.lt(before)))
            .execute(conn)
            .await
    }

    /// Takes the key, also over from an answer made before `expired`; false when it is taken. Waits for a transaction that is
    /// just taking it.
    pub async fn claim(
        conn: &mut AsyncPgConnection,
        caller: Caller,
        key: &str,
        digest: &[u8],
        now: DateTime<Utc>,
        expired: DateTime<Utc>,
    ) -> QueryResult<bool> {
        use idempotency_keys as column;
        let claim = diesel::insert_into(idempotency_keys::table)
            .values((
                column::workspace_id.eq(caller.workspace),
                column::user_id.eq(caller.user),
                column::key.eq(key),
                column::request_digest.eq(digest),
                column::created_at.eq(now),
            ))
            .on_conflict((column::workspace_id, column::user_id, column::key))
            .do_update()
            .set((
                column::request_digest.eq(digest),
                column::response_status.eq(None::<i16>),
                column::response_etag.eq(None::<String>),
                column::response_body.eq(None::<Vec<u8>>),
                column::created_at.eq(now),
            ));
        FilterDsl::filter(claim, column::created_at.lt(expired)).execute(conn).await.map(|rows| rows == 1)
    }

    /// The answer stored under a key.
    pub async fn find(conn: &mut AsyncPgConnection, caller: Caller, key: &str) -> QueryResult<Option<Self>> {
        idempotency_keys::table
            .find((caller.workspace, caller.user, key))
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// Stores the answer of a key that was claimed in this transaction.
    pub async fn store(conn: &mut AsyncPgConnection, caller: Caller, key: &str, answer: &Answer) -> QueryResult<usize> {
        diesel::update(idempotency_keys::table.find((caller.workspace, caller.user, key)))
            .set((
                idempotency_keys::response_status.eq(answer.status),
                idempotency_keys::response_etag.eq(answer.etag.as_deref()),
                idempotency_keys::response_body.eq(answer.body.as_deref()),
            ))
            .execute(conn)
            .await
    }
}
