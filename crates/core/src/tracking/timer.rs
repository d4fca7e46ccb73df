//! The timer: one running entry per person, and the instants at which it changes hands.
//!
//! A start or a stop is one statement where nothing is in its way. All else runs in a transaction that has locked the
//! timer, see [`crate::models::timer_lock`].

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::access::{Caller, Capability, OnViolation, Permit, needs};
use crate::database::DatabaseFailure;
use crate::database::constraint::violated;
use crate::models::timer_lock::LockedTimer;
use crate::models::{KeyedAnswer, Membership, NewTimeEntry, TimeEntry};
use crate::telemetry::RULE_TARGET;
use crate::tracking::entries::{EntryDetails, EntryError, EntryRejection, WrittenEntry, trackable};
use crate::values::ids::{CategoryId, TimeEntryId};
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

/// Starts an entry in one statement, which stores the answer under the key of the request. `None`, and nothing has
/// happened, when that takes more: then [`start`] does it, or says what is wrong.
///
/// # Errors
/// Those of a database that cannot answer.
#[tracing::instrument(target = RULE_TARGET, name = "tracking::start_at_once", skip_all)]
pub async fn start_at_once(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::TrackTime>,
    input: &StartInput,
    answer: Option<KeyedAnswer<'_>>,
    now: DateTime<Utc>,
) -> Result<Option<WrittenEntry>, EntryError> {
    if input.started_at.is_some() || !input.details.tags.is_empty() {
        return Ok(None);
    }
    let new = new_running(*caller, input, now);
    unless_refused(new.start_at_once(conn, answer).await)
}

/// Stops the running entry in one statement, in the same way.
///
/// # Errors
/// Those of a database that cannot answer.
#[tracing::instrument(target = RULE_TARGET, name = "tracking::stop_at_once", skip_all)]
pub async fn stop_at_once(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::TrackTime>,
    answer: Option<KeyedAnswer<'_>>,
    now: DateTime<Utc>,
) -> Result<Option<WrittenEntry>, EntryError> {
    unless_refused(TimeEntry::stop_at_once(conn, *caller, answer, now).await)
}

/// What a statement has written; `None` when a constraint refused it, or a deadlock ended it.
fn unless_refused(written: QueryResult<Option<WrittenEntry>>) -> Result<Option<WrittenEntry>, EntryError> {
    match written {
        Err(error) if violated(&error).is_some() || error.is_retryable() => Ok(None),
        written => Ok(written?),
    }
}

fn new_running(caller: Caller, input: &StartInput, now: DateTime<Utc>) -> NewTimeEntry {
    NewTimeEntry {
        id: TimeEntryId::new(),
        workspace_id: caller.workspace,
        user_id: caller.user(),
        category_id: input.category,
        started_at: input.started_at.map_or(now, TrackedTime::get),
        stopped_at: None,
        description: input.details.description.as_str().to_owned(),
        billable: input.details.billable,
        tag_ids: input.details.tags.clone(),
        now,
        even_archived: false,
        viewer: caller.project_scope().viewer,
    }
}

/// Starts an entry, and stops the running one at the very same instant.
///
/// # Errors
/// When the category does not exist or takes no new time, or the start lies in the future or before the running
/// entry's.
#[tracing::instrument(target = RULE_TARGET, name = "tracking::start", skip_all)]
pub async fn start(
    conn: &mut AsyncPgConnection,
    timer: LockedTimer,
    caller: Permit<needs::TrackTime>,
    input: &StartInput,
    now: DateTime<Utc>,
) -> Result<WrittenEntry, EntryError> {
    let not_before = input.started_at.map(TrackedTime::get);
    if not_before.is_some_and(|start| start > now) {
        trackable(conn, caller.project_scope(), input.category).await?;
        return Err(EntryRejection::StartInFuture.into());
    }
    let new = new_running(*caller, input, now);
    match new.start(conn, timer, not_before).await.on_violation(EntryRejection::of_write)? {
        Some(started) => Ok(started),
        None => {
            trackable(conn, caller.project_scope(), input.category).await?;
            // The caller may have left, or been made a viewer, since the request began.
            match Membership::role_and_disabled(conn, caller.workspace, caller.user()).await? {
                Some((role, false)) if role.tracks_time() => Err(EntryRejection::StartsBeforeRunning.into()),
                Some((_, false)) => Err(EntryError::Forbidden(Capability::TrackTime)),
                _ => Err(EntryError::NotFound("workspace")),
            }
        }
    }
}

/// Stops the entry that runs in the caller's workspace.
///
/// # Errors
/// When none runs there.
#[tracing::instrument(target = RULE_TARGET, name = "tracking::stop", skip_all)]
pub async fn stop(
    conn: &mut AsyncPgConnection,
    timer: LockedTimer,
    caller: Permit<needs::TrackTime>,
    now: DateTime<Utc>,
) -> Result<WrittenEntry, EntryError> {
    TimeEntry::lock_running(conn, caller.workspace, caller.user(), timer).await?;
    TimeEntry::stop_running(conn, caller.workspace, caller.user(), timer, now)
        .await?
        .ok_or_else(|| EntryRejection::NoActiveTimer.into())
}

/// Starts a new entry of the caller like one that the caller may see: same category, description, tags and billable.
///
/// # Errors
/// When the entry does not exist, or its category takes no new time.
#[tracing::instrument(target = RULE_TARGET, name = "tracking::resume", skip_all)]
pub async fn resume(
    conn: &mut AsyncPgConnection,
    timer: LockedTimer,
    caller: Permit<needs::TrackTime>,
    id: TimeEntryId,
    now: DateTime<Utc>,
) -> Result<WrittenEntry, EntryError> {
    let scope = caller.permit::<needs::SeeEntries>()?.scope();
    // Locked, so that what it carries does not go while the copy is made.
    if !TimeEntry::lock(conn, scope, id, None).await? {
        return Err(EntryError::not_found());
    }
    let entry = TimeEntry::find(conn, scope, id).await?.ok_or_else(EntryError::not_found)?;
    let details = EntryDetails {
        description: Description::parse(&entry.description).unwrap_or_default(),
        tags: entry.tag_ids,
        billable: Some(entry.billable),
    };
    start(conn, timer, caller, &StartInput { category: entry.category_id, started_at: None, details }, now).await
}

/// The caller's entry that runs in the workspace.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "tracking::active", skip_all)]
pub async fn active(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
) -> Result<Option<TimeEntry>, EntryError> {
    Ok(TimeEntry::running(conn, *caller).await?)
}

/// How many timers run, of all users. For the monitoring: no caller sees it.
///
/// # Errors
/// If the statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "tracking::count_running", skip_all)]
pub async fn count_running(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    TimeEntry::count_running(conn).await
}
