//! Deleting entries, and the minute in which that can be undone.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::EntryError;
use crate::caller::Caller;
use crate::ids::TimeEntryId;
use crate::models::{DeletedTimeEntry, TimeEntry, User};
use crate::revision::Expected;

/// How long a deletion can be undone.
pub const UNDO: TimeDelta = TimeDelta::minutes(1);

/// Deletes entries, all or none. `expected` is compared with each.
pub async fn delete(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    ids: &BTreeSet<TimeEntryId>,
    expected: Expected,
    now: DateTime<Utc>,
) -> Result<usize, EntryError> {
    let ids = Vec::from_iter(ids.iter().copied());
    conn.transaction(async |conn| {
        if TimeEntry::lock_all(conn, caller, &ids).await?.len() < ids.len() {
            return Err(EntryError::NotFound);
        }
        for entry in TimeEntry::find_all(conn, caller, &ids).await? {
            expected.check(entry.revision)?;
        }
        DeletedTimeEntry::keep(conn, caller, &ids, now).await?;
        Ok(TimeEntry::delete_all(conn, caller, &ids).await?)
    })
    .await
}

/// Brings back entries that were deleted less than [`UNDO`] ago, all or none, newest first.
pub async fn restore(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    ids: &BTreeSet<TimeEntryId>,
    now: DateTime<Utc>,
) -> Result<Vec<TimeEntry>, EntryError> {
    let ids = Vec::from_iter(ids.iter().copied());
    conn.transaction(async |conn| {
        User::lock(conn, caller.user).await?;
        if DeletedTimeEntry::lock_all(conn, caller, &ids, now - UNDO).await?.len() < ids.len() {
            return Err(EntryError::NotFound);
        }
        DeletedTimeEntry::restore(conn, &ids, now).await?;
        Ok(TimeEntry::find_all(conn, caller, &ids).await?)
    })
    .await
}

/// Forgets entries whose deletion can no longer be undone.
pub async fn purge_deleted(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<usize, diesel::result::Error> {
    DeletedTimeEntry::purge(conn, now - UNDO).await
}
