//! Deleting entries, and the minute in which that can be undone.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncPgConnection;

use super::{EntryError, EntryRejection, WrittenEntry, check_owner_tracks, not_changeable};
use crate::access::{OnViolation, Permit, needs};
use crate::models::timer_lock::{LockedTimer, Timers, with_timers};
use crate::models::{DeletedTimeEntry, TimeEntry, announce_bulk_change};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::TimeEntryId;
use crate::values::revision::ExpectedRevision;

/// How long a deletion can be undone.
pub const UNDO: TimeDelta = TimeDelta::minutes(1);

/// Deletes an entry.
///
/// # Errors
/// When it does not exist, or was changed meanwhile.
#[tracing::instrument(target = RULE_TARGET, name = "entries::delete", skip_all)]
pub async fn delete(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ChangeEntries>,
    id: TimeEntryId,
    expected: ExpectedRevision,
    now: DateTime<Utc>,
) -> Result<(), EntryError> {
    with_timers(conn, Timers::of_owners(caller.scope(), &[id]), async |conn, timer| {
        delete_locked(conn, timer, caller, &[id], expected, now).await.map(drop)
    })
    .await
}

/// Deletes entries, all or none.
///
/// # Errors
/// When one of them does not exist.
#[tracing::instrument(target = RULE_TARGET, name = "entries::delete_all", skip_all)]
pub async fn delete_all(
    conn: &mut AsyncPgConnection,
    timer: LockedTimer,
    caller: Permit<needs::ChangeEntries>,
    ids: &BTreeSet<TimeEntryId>,
    now: DateTime<Utc>,
) -> Result<usize, EntryError> {
    let ids = Vec::from_iter(ids.iter().copied());
    delete_locked(conn, timer, caller, &ids, ExpectedRevision::Any, now).await
}

/// Deletes entries inside a transaction that has locked their owners' timers. What is kept of them refers to the
/// memberships of the owners, and the claim of a placeholder locks that membership before the entries: without the
/// timer, which the claim locks first, the two could wait for each other.
async fn delete_locked(
    conn: &mut AsyncPgConnection,
    _: LockedTimer,
    caller: Permit<needs::ChangeEntries>,
    ids: &[TimeEntryId],
    expected: ExpectedRevision,
    now: DateTime<Utc>,
) -> Result<usize, EntryError> {
    let revisions = TimeEntry::lock_all(conn, caller.scope(), ids, None).await?;
    if revisions.len() < ids.len() {
        return Err(not_changeable(conn, caller, ids).await?);
    }
    for revision in revisions {
        expected.check(revision)?;
    }
    Ok(DeletedTimeEntry::keep(conn, caller.scope(), ids, now).await?)
}

/// Restores an entry that was deleted at most [`UNDO`] ago.
///
/// # Errors
/// When there is none to restore, another entry is running, the entry was imported again, or it would run on for a
/// former member.
#[tracing::instrument(target = RULE_TARGET, name = "entries::restore", skip_all)]
pub async fn restore(
    conn: &mut AsyncPgConnection,
    timer: LockedTimer,
    caller: Permit<needs::ChangeEntries>,
    id: TimeEntryId,
    now: DateTime<Utc>,
) -> Result<WrittenEntry, EntryError> {
    let restored = restore_locked(conn, timer, caller, &[id], now).await?;
    restored.into_iter().next().ok_or_else(EntryError::not_found)
}

/// Restores entries that were deleted at most [`UNDO`] ago, all or none, newest first.
///
/// # Errors
/// Those of [`restore`], of any of them.
#[tracing::instrument(target = RULE_TARGET, name = "entries::restore_all", skip_all)]
pub async fn restore_all(
    conn: &mut AsyncPgConnection,
    timer: LockedTimer,
    caller: Permit<needs::ChangeEntries>,
    ids: &BTreeSet<TimeEntryId>,
    now: DateTime<Utc>,
) -> Result<Vec<TimeEntry>, EntryError> {
    let ids = Vec::from_iter(ids.iter().copied());
    let restored = restore_locked(conn, timer, caller, &ids, now).await?;
    Ok(restored.into_iter().map(|written| written.entry).collect())
}

/// Moves entries back, inside a transaction. Locks are taken in the order in which the deletion of a category takes
/// them.
async fn restore_locked(
    conn: &mut AsyncPgConnection,
    timer: LockedTimer,
    caller: Permit<needs::ChangeEntries>,
    ids: &[TimeEntryId],
    now: DateTime<Utc>,
) -> Result<Vec<WrittenEntry>, EntryError> {
    let scope = caller.scope();
    DeletedTimeEntry::lock_categories(conn, scope, ids).await?;
    if DeletedTimeEntry::lock_all(conn, scope, ids, now - UNDO).await? < ids.len() {
        return Err(EntryError::not_found());
    }
    announce_bulk_change(conn, ids.len()).await?;
    let restored = DeletedTimeEntry::restore(conn, ids, now).await.on_violation(EntryRejection::of_restore)?;
    for running in restored.iter().filter(|written| written.entry.stopped_at.is_none()) {
        check_owner_tracks(conn, timer, caller.user(), &running.entry).await?;
    }
    Ok(restored)
}

/// Forgets a batch of entries whose deletion can no longer be undone.
///
/// # Errors
/// If the statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "entries::purge_deleted", skip_all)]
pub async fn purge_deleted(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<usize, diesel::result::Error> {
    DeletedTimeEntry::purge(conn, now - UNDO).await
}
