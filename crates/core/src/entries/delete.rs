//! Deleting entries, and the minute in which that can be undone.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::{EntryError, Written, written};
use crate::caller::Caller;
use crate::ids::TimeEntryId;
use crate::models::{DeletedTimeEntry, TimeEntry, User};
use crate::revision::Expected;
use crate::telemetry::RULE_TARGET;

/// How long a deletion can be undone.
pub const UNDO: TimeDelta = TimeDelta::minutes(1);

/// Deletes entries, all or none. `expected` is compared with each.
#[tracing::instrument(target = RULE_TARGET, name = "entries::delete", skip_all)]
pub async fn delete(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    ids: &BTreeSet<TimeEntryId>,
    expected: Expected,
    now: DateTime<Utc>,
) -> Result<usize, EntryError> {
    let ids = Vec::from_iter(ids.iter().copied());
    conn.transaction(async |conn| {
        let revisions = TimeEntry::lock_all(conn, caller, &ids).await?;
        if revisions.len() < ids.len() {
            return Err(EntryError::NotFound);
        }
        for revision in revisions {
            expected.check(revision)?;
        }
        DeletedTimeEntry::keep(conn, caller, &ids, now).await?;
        Ok(TimeEntry::delete_all(conn, caller, &ids).await?)
    })
    .await
}

/// Brings an entry back that was deleted at most [`UNDO`] ago.
#[tracing::instrument(target = RULE_TARGET, name = "entries::restore", skip_all)]
pub async fn restore(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    id: TimeEntryId,
    now: DateTime<Utc>,
) -> Result<Written, EntryError> {
    conn.transaction(async |conn| {
        revive(conn, caller, &[id], now).await?;
        written(conn, caller, id, now).await
    })
    .await
}

/// Brings entries back that were deleted at most [`UNDO`] ago, all or none, newest first.
#[tracing::instrument(target = RULE_TARGET, name = "entries::restore_all", skip_all)]
pub async fn restore_all(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    ids: &BTreeSet<TimeEntryId>,
    now: DateTime<Utc>,
) -> Result<Vec<TimeEntry>, EntryError> {
    let ids = Vec::from_iter(ids.iter().copied());
    conn.transaction(async |conn| {
        revive(conn, caller, &ids, now).await?;
        Ok(TimeEntry::find_all(conn, caller, &ids).await?)
    })
    .await
}

/// Moves entries back. The user is locked first, because one of them may be running.
async fn revive(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    ids: &[TimeEntryId],
    now: DateTime<Utc>,
) -> Result<(), EntryError> {
    User::lock(conn, caller.user).await?;
    if DeletedTimeEntry::lock_all(conn, caller, ids, now - UNDO).await?.len() < ids.len() {
        return Err(EntryError::NotFound);
    }
    DeletedTimeEntry::restore(conn, ids, now).await?;
    Ok(())
}

/// Forgets entries whose deletion can no longer be undone.
#[tracing::instrument(target = RULE_TARGET, name = "entries::purge_deleted", skip_all)]
pub async fn purge_deleted(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<usize, diesel::result::Error> {
    DeletedTimeEntry::purge(conn, now - UNDO).await
}
