//! Requests that may be sent twice: the answer is stored in the transaction of its effect, and replayed.
//!
//! The key is stored together with the answer, as the last statement, and looked up only when that fails or the effect
//! is refused: a first request, which nearly all are, pays one statement. A repeated request does its work again, is
//! rolled back by the primary key of the stored answers, and is answered with what the first one stored. Of two
//! requests at the same time one waits there for the other.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::result::Error;
use diesel_async::AsyncPgConnection;

use crate::database::constraint::violated;
use crate::database::transaction::{begin, commit, roll_back, transaction_from, with_retries};
use crate::database::{Begin, DatabaseFailure};
use crate::models::timer_lock::{LockedTimer, Timers};
pub use crate::models::{Answer, IdempotencyKey, KeyOwner, STORED_BODY_MAX};
use crate::models::{StoredAnswer, WrittenEntry};
use crate::telemetry::RULE_TARGET;

/// How long an answer is replayed.
pub const RETENTION: TimeDelta = TimeDelta::hours(24);

/// What became of a request with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It had its effect, which was committed together with this answer.
    First(Answer),
    /// It had its effect before, and was answered so.
    Replay(Answer),
    /// The same, and the answer shows this entry.
    ReplayEntry {
        /// The HTTP status.
        status: i16,
        /// The entry as it was written.
        written: Box<WrittenEntry>,
    },
    /// The key was used for another request; nothing has happened.
    OtherRequest,
}

/// Runs `effect` once for a key, in a transaction, and stores its answer in the same. Without a key it only runs it.
///
/// # Errors
/// Those of `effect`: then nothing is stored, and the key may be used again. Those of the database.
pub async fn run<E, F>(
    conn: &mut AsyncPgConnection,
    owner: KeyOwner,
    key: Option<&IdempotencyKey>,
    now: DateTime<Utc>,
    effect: F,
) -> Result<Outcome, E>
where
    E: DatabaseFailure,
    F: AsyncFn(&mut AsyncPgConnection) -> Result<Answer, E>,
{
    run_from(conn, &Begin::Plain, owner, key, now, effect).await
}

/// The same for an effect that needs timers locked.
///
/// # Errors
/// Those of [`run`], and of waiting too long for the lock.
pub async fn run_with_timer<E, F>(
    conn: &mut AsyncPgConnection,
    timers: Timers<'_>,
    owner: KeyOwner,
    key: Option<&IdempotencyKey>,
    now: DateTime<Utc>,
    effect: F,
) -> Result<Outcome, E>
where
    E: DatabaseFailure,
    F: AsyncFn(&mut AsyncPgConnection, LockedTimer) -> Result<Answer, E>,
{
    let (begin, timer) = LockedTimer::begin(timers);
    run_from(conn, &begin, owner, key, now, async |conn| effect(conn, timer).await).await
}

async fn run_from<E, F>(
    conn: &mut AsyncPgConnection,
    first: &Begin,
    owner: KeyOwner,
    key: Option<&IdempotencyKey>,
    now: DateTime<Utc>,
    effect: F,
) -> Result<Outcome, E>
where
    E: DatabaseFailure,
    F: AsyncFn(&mut AsyncPgConnection) -> Result<Answer, E>,
{
    let Some(key) = key else {
        return transaction_from(conn, first, effect).await.map(Outcome::First);
    };
    loop {
        let attempt = with_retries(async || attempt(conn, first, owner, key, now, &effect).await).await?;
        match attempt {
            Attempt::Done(outcome) => return Ok(outcome),
            // The next attempt finds the key free, or taken by another request a moment ago.
            Attempt::KeyExpired => StoredAnswer::forget_before(conn, owner, &key.key, now - RETENTION).await?,
        };
    }
}

enum Attempt {
    Done(Outcome),
    KeyExpired,
}

async fn attempt<E, F>(
    conn: &mut AsyncPgConnection,
    first: &Begin,
    owner: KeyOwner,
    key: &IdempotencyKey,
    now: DateTime<Utc>,
    effect: &F,
) -> Result<Attempt, E>
where
    E: DatabaseFailure,
    F: AsyncFn(&mut AsyncPgConnection) -> Result<Answer, E>,
{
    begin(conn, first).await?;
    let answer = match effect(conn).await {
        Ok(answer) => answer,
        Err(error) => {
            roll_back(conn).await;
            if error.is_retryable() {
                return Err(error);
            }
            // A repeated request is refused where the first one has already had its effect.
            return match stored(conn, owner, key, now).await? {
                Some(Attempt::Done(outcome)) => Ok(Attempt::Done(outcome)),
                _ => Err(error),
            };
        }
    };
    match StoredAnswer::insert(conn, owner, key, &answer, now).await {
        Ok(_) => {
            commit(conn).await?;
            Ok(Attempt::Done(Outcome::First(answer)))
        }
        Err(error) => {
            roll_back(conn).await;
            match violated(&error) {
                Some("idempotency_keys_pkey") => stored(conn, owner, key, now).await?.ok_or_else(|| error.into()),
                _ => Err(error.into()),
            }
        }
    }
}

/// What is stored for the key; `None` when nothing is.
async fn stored(
    conn: &mut AsyncPgConnection,
    owner: KeyOwner,
    key: &IdempotencyKey,
    now: DateTime<Utc>,
) -> Result<Option<Attempt>, Error> {
    let Some(stored) = StoredAnswer::find(conn, owner, &key.key).await? else { return Ok(None) };
    if stored.created_at < now - RETENTION {
        return Ok(Some(Attempt::KeyExpired));
    }
    if stored.request_digest != key.digest {
        return Ok(Some(Attempt::Done(Outcome::OtherRequest)));
    }
    let outcome = match (stored.response_status, stored.entry_status, stored.entry) {
        (Some(status), _, _) => {
            Outcome::Replay(Answer { status, etag: stored.response_etag, body: stored.response_body })
        }
        (None, Some(status), Some(entry)) => {
            let written = serde_json::from_value(entry).map_err(|error| Error::DeserializationError(error.into()))?;
            Outcome::ReplayEntry { status, written }
        }
        _ => Outcome::OtherRequest,
    };
    Ok(Some(Attempt::Done(outcome)))
}

/// Forgets a batch of answers that are no longer replayed.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "idempotency::purge", skip_all)]
pub async fn purge(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<usize, Error> {
    StoredAnswer::purge(conn, now - RETENTION).await
}
