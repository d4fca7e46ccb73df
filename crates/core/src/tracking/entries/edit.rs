//! One entry by hand: made, changed, copied, cut in two.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use super::{EntryError, EntryRejection, WrittenEntry, check_owner_tracks, lock, trackable};
use crate::access::{OnViolation, Permit, ProjectScope, needs};
use crate::database::transaction;
use crate::models::timer_lock::{LockedTimer, Timers, with_timers};
use crate::models::{NewTimeEntry, TimeEntry, TimeEntryChanges};
use crate::telemetry::RULE_TARGET;
use crate::values::changes::differing;
use crate::values::ids::{CategoryId, TagId, TimeEntryId};
use crate::values::revision::ExpectedRevision;
use crate::values::{Description, TrackedTime};

/// What an entry is about, beside its category and its times.
#[derive(Clone, Debug, Default)]
pub struct EntryDetails {
    /// What was done.
    pub description: Description,
    /// The tags on it.
    pub tags: Vec<TagId>,
    /// Whether it is billable; `None` takes the project's default.
    pub billable: Option<bool>,
}

/// A finished entry to make.
#[derive(Clone, Debug)]
pub struct EntryInput {
    /// Where the time goes.
    pub category: CategoryId,
    /// When it started.
    pub started_at: TrackedTime,
    /// When it stopped.
    pub stopped_at: TrackedTime,
    /// What it is about.
    pub details: EntryDetails,
}

/// Changes to an entry; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct EntryPatch {
    /// Where the time goes.
    pub category: Option<CategoryId>,
    /// When it started.
    pub started_at: Option<TrackedTime>,
    /// When it stopped; `Some(None)` sets it running.
    pub stopped_at: Option<Option<TrackedTime>>,
    /// What was done.
    pub description: Option<Description>,
    /// The tags on it, all of them.
    pub tags: Option<Vec<TagId>>,
    /// Whether it is billable.
    pub billable: Option<bool>,
}

/// Makes a finished entry.
///
/// # Errors
/// When the category or a tag does not exist, or the category takes no new time.
#[tracing::instrument(target = RULE_TARGET, name = "entries::create", skip_all)]
pub async fn create(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::TrackTime>,
    input: &EntryInput,
    now: DateTime<Utc>,
) -> Result<WrittenEntry, EntryError> {
    transaction(conn, async |conn| {
        let new = NewTimeEntry {
            id: TimeEntryId::new(),
            workspace_id: caller.workspace,
            user_id: caller.user(),
            category_id: input.category,
            started_at: input.started_at.get(),
            stopped_at: Some(input.stopped_at.get()),
            description: input.details.description.as_str().to_owned(),
            billable: input.details.billable,
            tag_ids: input.details.tags.clone(),
            now,
            even_archived: false,
            viewer: caller.project_scope().viewer,
        };
        insert(conn, &new).await
    })
    .await
}

/// Inserts an entry that does not take the place of the running one, and says why if it cannot be.
async fn insert(conn: &mut AsyncPgConnection, new: &NewTimeEntry) -> Result<WrittenEntry, EntryError> {
    match new.insert(conn).await.on_violation(EntryRejection::of_write)? {
        Some(written) => Ok(written),
        None => {
            let scope = ProjectScope { workspace: new.workspace_id, viewer: new.viewer };
            trackable(conn, scope, new.category_id).await?;
            Err(EntryRejection::CategoryNotFound.into())
        }
    }
}

/// Changes an entry. A patch that changes nothing leaves its revision as it is.
///
/// # Errors
/// When the entry, the category or a tag does not exist, the entry was changed meanwhile, its times are impossible, or
/// it would run on for a former member.
#[tracing::instrument(target = RULE_TARGET, name = "entries::edit", skip_all)]
pub async fn edit(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ChangeEntries>,
    id: TimeEntryId,
    expected: ExpectedRevision,
    patch: &EntryPatch,
    now: DateTime<Utc>,
) -> Result<WrittenEntry, EntryError> {
    with_timers(conn, Timers::of_owners(caller.scope(), &[id]), async |conn, timer| {
        let entry = lock(conn, caller, id, patch.category).await?;
        expected.check(entry.revision)?;
        let started_at = patch.started_at.map(TrackedTime::get);
        let stopped_at = patch.stopped_at.map(|stop| stop.map(TrackedTime::get));
        let start = started_at.unwrap_or(entry.started_at);
        match stopped_at.unwrap_or(entry.stopped_at) {
            Some(stop) if stop < start => return Err(EntryRejection::StopBeforeStart.into()),
            // A start that is left alone may lie ahead of this server's clock: another server's gave it.
            None if start > now && (started_at.is_some() || stopped_at.is_some()) => {
                return Err(EntryRejection::StartInFuture.into());
            }
            _ => {}
        }
        if stopped_at == Some(None) && entry.stopped_at.is_some() {
            check_owner_tracks(conn, timer, caller.user(), &entry).await?;
        }
        let destination = match patch.category {
            Some(category) if category != entry.category_id => {
                Some(trackable(conn, caller.project_scope(), category).await?)
            }
            _ => None,
        };
        let changes = TimeEntryChanges {
            project_id: destination.map(|destination| destination.project_id),
            category_id: destination.map(|destination| destination.category_id),
            started_at: differing(started_at, &entry.started_at),
            stopped_at: differing(stopped_at, &entry.stopped_at),
            description: differing(patch.description.clone().map(String::from), &entry.description),
            billable: differing(patch.billable, &entry.billable),
        };
        let tags = patch.tags.as_deref().filter(|tags| !is_same_set(tags, &entry.tag_ids));
        if let Some(tags) = tags {
            entry.set_tags(conn, tags).await.on_violation(EntryRejection::of_tagging)?;
        } else if changes == TimeEntryChanges::default() {
            return Ok(entry.as_written(conn, now).await?);
        }
        entry.change(conn, &changes, now).await.on_violation(EntryRejection::of_write)
    })
    .await
}

/// Whether two lists have the same tags, in whichever order and however often.
fn is_same_set(some: &[TagId], others: &[TagId]) -> bool {
    BTreeSet::from_iter(some) == BTreeSet::from_iter(others)
}

/// Copies a finished entry, times included.
///
/// # Errors
/// When the entry does not exist, or is running, or its category takes no new time.
#[tracing::instrument(target = RULE_TARGET, name = "entries::duplicate", skip_all)]
pub async fn duplicate(
    conn: &mut AsyncPgConnection,
    _: LockedTimer,
    caller: Permit<needs::ChangeEntries>,
    id: TimeEntryId,
    now: DateTime<Utc>,
) -> Result<WrittenEntry, EntryError> {
    let entry = lock(conn, caller, id, None).await?;
    if entry.stopped_at.is_none() {
        return Err(EntryRejection::StillRunning.into());
    }
    let start = entry.started_at;
    let viewer = caller.project_scope().viewer;
    insert(conn, &NewTimeEntry { even_archived: false, viewer, ..copy(entry, start, now) }).await
}

/// Cuts an entry in two at an instant strictly inside it: the first part keeps the id, the second is new. Of a running
/// entry the second part runs on.
///
/// # Errors
/// When the entry does not exist, or `at` lies outside of it or at one of its ends.
#[tracing::instrument(target = RULE_TARGET, name = "entries::split", skip_all)]
pub async fn split(
    conn: &mut AsyncPgConnection,
    _: LockedTimer,
    caller: Permit<needs::ChangeEntries>,
    id: TimeEntryId,
    at: TrackedTime,
    now: DateTime<Utc>,
) -> Result<[TimeEntry; 2], EntryError> {
    let entry = lock(conn, caller, id, None).await?;
    let end = entry.stopped_at.unwrap_or(now);
    if at.get() <= entry.started_at || at.get() >= end {
        return Err(EntryRejection::SplitOutside.into());
    }
    let changes = TimeEntryChanges { stopped_at: Some(Some(at.get())), ..TimeEntryChanges::default() };
    let first = entry.change(conn, &changes, now).await.on_violation(EntryRejection::of_write)?;
    let second = insert(conn, &copy(entry, at.get(), now)).await?;
    Ok([first.entry, second.entry])
}

/// A copy of an entry that starts at another instant. It may go where no new time goes, and to a project that its owner
/// no longer sees: the time is the entry's.
fn copy(entry: TimeEntry, started_at: DateTime<Utc>, now: DateTime<Utc>) -> NewTimeEntry {
    NewTimeEntry {
        id: TimeEntryId::new(),
        workspace_id: entry.workspace_id,
        user_id: entry.user_id,
        category_id: entry.category_id,
        started_at,
        stopped_at: entry.stopped_at,
        description: entry.description,
        billable: Some(entry.billable),
        tag_ids: entry.tag_ids,
        now,
        even_archived: true,
        viewer: None,
    }
}
