//! The end of deleted tags. A tag may be on a million entries, each of which is changed by its deletion, so the request
//! only marks it; the entries follow in batches, each a short statement of its own. Every server may do that at once: a
//! batch locks its tag, and one that is locked is left to the server that works on it. A server that dies leaves the
//! mark, and the next round goes on.

use chrono::{DateTime, Utc};
use diesel::result::Error;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::database::{Db, DbError};
use crate::models::DeletedTag;
use crate::values::ids::TagId;

/// Entries that one statement changes: some 50 ms of work, during which these are locked.
const BATCH: i64 = 1_000;

/// Whether all entries of a deleted tag have been changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// Nothing is left of the tag.
    Finished,
    /// The job in `operations` does the rest.
    Unfinished,
}

/// What one step did.
enum Step {
    /// So many entries were changed.
    Changed(i64),
    /// Nothing is left of the tag.
    Finished,
    /// Another connection works on the tag, or there is none.
    Nothing,
}

/// One batch, of this tag or of the one that was deleted first; at last the row itself.
async fn step(conn: &mut AsyncPgConnection, only: Option<TagId>, now: DateTime<Utc>) -> Result<Step, Error> {
    let Some((tag, entries)) = DeletedTag::take_off(conn, only, BATCH, now).await? else { return Ok(Step::Nothing) };
    if entries > 0 {
        return Ok(Step::Changed(entries));
    }
    let deleted = conn
        .transaction(async |conn| {
            // A request that has found the tag before it was marked may be putting it on an entry. Once the row is
            // locked, that is committed, and the next statement sees it.
            tag.lock_against_use(conn).await?;
            tag.finish(conn).await
        })
        .await?;
    Ok(if deleted > 0 { Step::Finished } else { Step::Changed(0) })
}

/// Finishes the deletion of a tag on few entries, so that the answer to the request comes after all of it.
pub(super) async fn finish_small(
    conn: &mut AsyncPgConnection,
    tag: TagId,
    now: DateTime<Utc>,
) -> Result<Deletion, Error> {
    let mut left = BATCH;
    while left > 0 {
        match step(conn, Some(tag), now).await? {
            Step::Changed(entries) => left -= entries.max(1),
            Step::Finished => return Ok(Deletion::Finished),
            Step::Nothing => break,
        }
    }
    Ok(Deletion::Unfinished)
}

/// Does one step of the deletion that has waited longest; false when there is none that no other server works on.
///
/// # Errors
/// When the database fails or is not there; a later step does the same work.
pub async fn finish_one(db: &Db, now: DateTime<Utc>) -> Result<bool, StepError> {
    let mut conn = db.conn().await?;
    Ok(!matches!(step(&mut conn, None, now).await?, Step::Nothing))
}

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// There is no connection.
    #[error(transparent)]
    Connection(#[from] DbError),
    /// A statement failed.
    #[error(transparent)]
    Statement(#[from] Error),
}
