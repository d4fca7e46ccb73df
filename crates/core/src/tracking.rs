//! The timer: one running entry per person, and the instants at which it changes hands.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::caller::Caller;
use crate::entries::{EntryDetails, EntryError, Written, lock, tag, trackable, written};
use crate::ids::{CategoryId, TimeEntryId};
use crate::models::{NewTimeEntry, TimeEntry, User};
use crate::telemetry::RULE_TARGET;
use crate::values::{Description, TrackedTime};

/// A timer to start.
#[derive(Clone, Debug)]
pub struct StartInput {
    /// Where the time goes.
    pub category: CategoryId,
    /// Since when; `None` means now. Not in the future.
    pub started_at: Option<TrackedTime>,
    /// What it is about.
    pub details: EntryDetails,
}

/// Starts an entry, and stops the running one at the very same instant.
#[tracing::instrument(target = RULE_TARGET, name = "tracking::start", skip_all)]
pub async fn start(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    input: StartInput,
    now: DateTime<Utc>,
) -> Result<Written, EntryError> {
    conn.transaction(async |conn| begin(conn, caller, input, now).await).await
}

/// Stops the running entry.
#[tracing::instrument(target = RULE_TARGET, name = "tracking::stop", skip_all)]
pub async fn stop(conn: &mut AsyncPgConnection, caller: Caller, now: DateTime<Utc>) -> Result<Written, EntryError> {
    conn.transaction(async |conn| {
        User::lock(conn, caller.user).await?;
        let stopped = TimeEntry::stop_running(conn, caller.user, now, now).await?;
        let (workspace, id, _) = stopped.ok_or(EntryError::NoActiveTimer)?;
        written(conn, Caller { workspace, ..caller }, id, now).await
    })
    .await
}

/// Starts a new entry like an earlier one: same category, description, tags and billable.
#[tracing::instrument(target = RULE_TARGET, name = "tracking::resume", skip_all)]
pub async fn resume(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    id: TimeEntryId,
    now: DateTime<Utc>,
) -> Result<Written, EntryError> {
    conn.transaction(async |conn| {
        // Locked, so that what it carries does not go while the copy is made.
        let entry = lock(conn, caller, id).await?;
        let details = EntryDetails {
            description: Description::parse(&entry.description).unwrap_or_default(),
            tags: entry.tag_ids,
            billable: Some(entry.billable),
        };
        begin(conn, caller, StartInput { category: entry.category_id, started_at: None, details }, now).await
    })
    .await
}

/// How many timers run, of everybody. For the monitoring: no caller is told.
#[tracing::instrument(target = RULE_TARGET, name = "tracking::count_running", skip_all)]
pub async fn count_running(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    TimeEntry::count_running(conn).await
}

/// The start of an entry, inside a transaction.
async fn begin(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    input: StartInput,
    now: DateTime<Utc>,
) -> Result<Written, EntryError> {
    // Two starts at once come one after the other: the second stops what the first began.
    User::lock(conn, caller.user).await?;
    let destination = trackable(conn, caller, input.category).await?;
    let wanted = input.started_at.map(TrackedTime::get);
    if wanted.is_some_and(|wanted| wanted > now) {
        return Err(EntryError::StartInFuture);
    }
    let stopped = TimeEntry::stop_running(conn, caller.user, wanted.unwrap_or(now), now).await?;
    let handover = stopped.and_then(|(_, _, stopped_at)| stopped_at);
    if let (Some(wanted), Some(handover)) = (wanted, handover)
        && wanted < handover
    {
        return Err(EntryError::StartsBeforeRunning);
    }
    let new = NewTimeEntry {
        id: TimeEntryId::new(),
        workspace_id: caller.workspace,
        user_id: caller.user,
        project_id: destination.project_id,
        category_id: destination.category_id,
        started_at: handover.or(wanted).unwrap_or(now),
        stopped_at: None,
        description: input.details.description.into(),
        billable: input.details.billable.unwrap_or(destination.billable),
        created_at: now,
        updated_at: now,
    };
    new.insert(conn).await?;
    tag(conn, caller, new.id, &input.details.tags).await?;
    written(conn, caller, new.id, now).await
}
