//! Requests that may be sent twice: the answer is stored in the transaction of its effect, and replayed.
//!
//! The caller opens with [`begin`], does the work on the same connection and closes with [`finish`] or [`abandon`]. The rules' own
//! transactions become savepoints inside.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::result::Error;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, TransactionManager};

use crate::caller::Caller;
use crate::models::StoredAnswer;
use crate::telemetry::RULE_TARGET;

/// How long an answer is replayed.
pub const RETENTION: TimeDelta = TimeDelta::hours(24);

/// What is kept of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status, 200 to 299.
    pub status: i16,
    /// The ETag header, if there was one.
    pub etag: Option<String>,
    /// The JSON body, if there was one.
    pub body: Option<Vec<u8>>,
}

/// What a key means for a request.
#[derive(Debug)]
pub enum Claim {
    /// The request is the first: a transaction is open now.
    First,
    /// It was answered before: no transaction is open.
    Replay(Answer),
    /// The key was used for another request: no transaction is open.
    OtherRequest,
}

/// Opens a transaction and claims the key. Waits for a request that is just being answered under it.
#[tracing::instrument(target = RULE_TARGET, name = "idempotency::begin", skip_all)]
pub async fn begin(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    key: &str,
    digest: &[u8],
    now: DateTime<Utc>,
) -> Result<Claim, Error> {
    AnsiTransactionManager::begin_transaction(conn).await?;
    let claim = claim(conn, caller, key, digest, now).await;
    if !matches!(claim, Ok(Claim::First)) {
        AnsiTransactionManager::rollback_transaction(conn).await?;
    }
    claim
}

async fn claim(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    key: &str,
    digest: &[u8],
    now: DateTime<Utc>,
) -> Result<Claim, Error> {
    if StoredAnswer::claim(conn, caller, key, digest, now, now - RETENTION).await? {
        return Ok(Claim::First);
    }
    let stored = StoredAnswer::find(conn, caller, key).await?.ok_or(Error::NotFound)?;
    Ok(match stored.response_status {
        Some(status) if stored.request_digest == digest => {
            Claim::Replay(Answer { status, etag: stored.response_etag, body: stored.response_body })
        }
        _ => Claim::OtherRequest,
    })
}

/// Stores the answer and commits it together with its effect.
#[tracing::instrument(target = RULE_TARGET, name = "idempotency::finish", skip_all)]
pub async fn finish(conn: &mut AsyncPgConnection, caller: Caller, key: &str, answer: &Answer) -> Result<(), Error> {
    let stored = StoredAnswer::store(conn, caller, key, answer).await;
    if let Err(error) = stored {
        AnsiTransactionManager::rollback_transaction(conn).await?;
        return Err(error);
    }
    AnsiTransactionManager::commit_transaction(conn).await
}

/// Undoes the claim with everything else: a refused request leaves nothing behind, and may be sent again.
#[tracing::instrument(target = RULE_TARGET, name = "idempotency::abandon", skip_all)]
pub async fn abandon(conn: &mut AsyncPgConnection) -> Result<(), Error> {
    AnsiTransactionManager::rollback_transaction(conn).await
}

/// Forgets answers that are no longer replayed.
#[tracing::instrument(target = RULE_TARGET, name = "idempotency::purge", skip_all)]
pub async fn purge(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<usize, Error> {
    StoredAnswer::purge(conn, now - RETENTION).await
}
