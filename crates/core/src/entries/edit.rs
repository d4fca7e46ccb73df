//! One entry by hand: made, changed, copied, cut in two.

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::{EntryError, Written, lock, tag, trackable, written};
use crate::caller::Caller;
use crate::ids::{CategoryId, TagId, TimeEntryId};
use crate::models::{NewTimeEntry, TimeEntry, TimeEntryChanges};
use crate::revision::Expected;
use crate::telemetry::RULE_TARGET;
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
#[tracing::instrument(target = RULE_TARGET, name = "entries::create", skip_all)]
pub async fn create(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    input: EntryInput,
    now: DateTime<Utc>,
) -> Result<Written, EntryError> {
    conn.transaction(async |conn| {
        let destination = trackable(conn, caller, input.category).await?;
        let new = NewTimeEntry {
            id: TimeEntryId::new(),
            workspace_id: caller.workspace,
            user_id: caller.user,
            project_id: destination.project_id,
            category_id: destination.category_id,
            started_at: input.started_at.get(),
            stopped_at: Some(input.stopped_at.get()),
            description: input.details.description.into(),
            billable: input.details.billable.unwrap_or(destination.billable),
            created_at: now,
            updated_at: now,
        };
        new.insert(conn).await?;
        tag(conn, caller, new.id, &input.details.tags).await?;
        written(conn, caller, new.id, now).await
    })
    .await
}

/// Changes an entry.
#[tracing::instrument(target = RULE_TARGET, name = "entries::edit", skip_all)]
pub async fn edit(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    id: TimeEntryId,
    expected: Expected,
    patch: EntryPatch,
    now: DateTime<Utc>,
) -> Result<Written, EntryError> {
    conn.transaction(async |conn| {
        let entry = lock(conn, caller, id).await?;
        expected.check(entry.revision)?;
        let started_at = patch.started_at.map(TrackedTime::get);
        let stopped_at = patch.stopped_at.map(|stop| stop.map(TrackedTime::get));
        let start = started_at.unwrap_or(entry.started_at);
        match stopped_at.unwrap_or(entry.stopped_at) {
            Some(stop) if stop < start => return Err(EntryError::StopBeforeStart),
            // A start that is left alone may lie ahead of this server's clock: another server's gave it.
            None if start > now && (started_at.is_some() || stopped_at.is_some()) => {
                return Err(EntryError::StartInFuture);
            }
            _ => {}
        }
        let destination = match patch.category {
            Some(category) if category != entry.category_id => Some(trackable(conn, caller, category).await?),
            _ => None,
        };
        let changes = TimeEntryChanges {
            project_id: destination.map(|destination| destination.project_id),
            category_id: destination.map(|destination| destination.category_id),
            started_at,
            stopped_at,
            description: patch.description.map(String::from),
            billable: patch.billable,
            updated_at: now,
        };
        TimeEntry::update(conn, caller, &[id], &changes).await?;
        if let Some(tags) = patch.tags {
            TimeEntry::set_tags(conn, caller.workspace, &[id], &tags).await?;
        }
        written(conn, caller, id, now).await
    })
    .await
}

/// Copies a finished entry, times included.
#[tracing::instrument(target = RULE_TARGET, name = "entries::duplicate", skip_all)]
pub async fn duplicate(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    id: TimeEntryId,
    now: DateTime<Utc>,
) -> Result<Written, EntryError> {
    conn.transaction(async |conn| {
        let entry = lock(conn, caller, id).await?;
        if entry.stopped_at.is_none() {
            return Err(EntryError::StillRunning);
        }
        trackable(conn, caller, entry.category_id).await?;
        let copy = copy(conn, caller, &entry, entry.started_at, now).await?;
        written(conn, caller, copy, now).await
    })
    .await
}

/// Cuts an entry in two at an instant strictly inside it: the first part keeps the id, the second is new. Of a running entry the
/// second part runs on.
#[tracing::instrument(target = RULE_TARGET, name = "entries::split", skip_all)]
pub async fn split(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    id: TimeEntryId,
    at: TrackedTime,
    now: DateTime<Utc>,
) -> Result<[TimeEntry; 2], EntryError> {
    conn.transaction(async |conn| {
        let entry = lock(conn, caller, id).await?;
        let end = entry.stopped_at.unwrap_or(now);
        if at.get() <= entry.started_at || at.get() >= end {
            return Err(EntryError::SplitOutside);
        }
        let changes = TimeEntryChanges {
            project_id: None,
            category_id: None,
            started_at: None,
            stopped_at: Some(Some(at.get())),
            description: None,
            billable: None,
            updated_at: now,
        };
        TimeEntry::update(conn, caller, &[id], &changes).await?;
        let second = copy(conn, caller, &entry, at.get(), now).await?;
        let first = TimeEntry::find(conn, caller, id).await?.ok_or(EntryError::NotFound)?;
        let second = TimeEntry::find(conn, caller, second).await?.ok_or(EntryError::NotFound)?;
        Ok([first, second])
    })
    .await
}

/// Inserts a copy of an entry that starts at another instant.
async fn copy(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    entry: &TimeEntry,
    started_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<TimeEntryId, EntryError> {
    let new = NewTimeEntry {
        id: TimeEntryId::new(),
        workspace_id: entry.workspace_id,
        user_id: entry.user_id,
        project_id: entry.project_id,
        category_id: entry.category_id,
        started_at,
        stopped_at: entry.stopped_at,
        description: entry.description.clone(),
        billable: entry.billable,
        created_at: now,
        updated_at: now,
    };
    new.insert(conn).await?;
    tag(conn, caller, new.id, &entry.tag_ids).await?;
    Ok(new.id)
}
