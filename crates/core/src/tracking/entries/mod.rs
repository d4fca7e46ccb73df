//! Rules of time entries: made, edited, deleted and brought back by hand. The timer itself is in
//! [`crate::tracking::timer`].
//!
//! One entry per user runs at a time. The database guarantees it; a transaction that may start or stop an entry locks
//! the user's timer first, so that two such requests come one after the other instead of one of them failing.

mod bulk;
mod delete;
mod edit;
mod error;
mod list;
mod overlaps;
mod totals;
mod usage;

use diesel_async::AsyncPgConnection;

pub use bulk::{BulkChanges, TagChange, bulk_edit};
pub use delete::{UNDO, delete, delete_all, purge_deleted, restore, restore_all};
pub use edit::{EntryDetails, EntryInput, EntryPatch, create, duplicate, edit, split};
pub use error::{EntryError, EntryRejection};
pub use list::{find, find_all, list};
pub use overlaps::{OVERLAPS_MAX, OVERLAPS_SINCE, Overlap, overlaps};
pub use totals::{DAYS_MAX, Day, TooManyDays, days, total, totals_by_day};
pub use usage::{UsageReport, usage};

use crate::access::{Capability, Permit, ProjectScope, needs};
pub use crate::models::WrittenEntry;
use crate::models::timer_lock::LockedTimer;
use crate::models::{Category, CategoryScope, Destination, Membership, TimeEntry};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::{CategoryId, TimeEntryId, UserId};

/// Most tags that one entry may carry. More is a mistake, and every list would carry it along.
pub const TAGS_MAX: usize = 100;

/// Locks an entry that the caller may change, and the category that it will move to, and reads the entry.
pub(crate) async fn lock(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ChangeEntries>,
    id: TimeEntryId,
    destination: Option<CategoryId>,
) -> Result<TimeEntry, EntryError> {
    if !TimeEntry::lock(conn, caller.scope(), id, destination).await? {
        return Err(not_changeable(conn, caller, &[id]).await?);
    }
    // A statement of its own: what the lock was waited for may have changed the tags, which the first one's snapshot
    // does not see.
    TimeEntry::find(conn, caller.scope(), id).await?.ok_or_else(EntryError::not_found)
}

/// Why the caller cannot change all of these entries: one of them is not to be seen, or can only be seen.
async fn not_changeable(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ChangeEntries>,
    ids: &[TimeEntryId],
) -> Result<EntryError, EntryError> {
    let seen = caller.permit::<needs::SeeEntries>()?.scope();
    if seen == caller.scope() || TimeEntry::find_all(conn, seen, ids).await?.len() < ids.len() {
        return Ok(EntryError::not_found());
    }
    Ok(EntryError::Forbidden(Capability::ChangeEntries))
}

/// Checks that the owner of an entry that is about to run is a member who tracks time, and whose account is not
/// disabled. The transaction has locked the owner's timer, and so do the removal of a member, a change to a role that
/// does not track time and the disabling of an account, so the answer holds until the transaction ends.
pub(crate) async fn check_owner_tracks(
    conn: &mut AsyncPgConnection,
    _: LockedTimer,
    caller: UserId,
    entry: &TimeEntry,
) -> Result<(), EntryError> {
    if entry.user_id.is_placeholder() {
        return Err(EntryRejection::OwnerIsPlaceholder.into());
    }
    let is_own = entry.user_id == caller;
    match Membership::role_and_disabled(conn, entry.workspace_id, entry.user_id).await? {
        Some((role, false)) if role.tracks_time() => Ok(()),
        Some((_, false)) if is_own => Err(EntryError::Forbidden(Capability::TrackTime)),
        // Neither has a workspace left to be told about.
        _ if is_own => Err(EntryError::NotFound("workspace")),
        Some((_, false)) => Err(EntryRejection::OwnerIsViewer.into()),
        Some((_, true)) => Err(EntryRejection::OwnerDisabled.into()),
        None => Err(EntryRejection::OwnerLeft.into()),
    }
}

/// Checks that new time may go to a category: neither it nor an ancestor nor the project is archived.
pub(crate) async fn trackable(
    conn: &mut AsyncPgConnection,
    scope: ProjectScope,
    id: CategoryId,
) -> Result<Destination, EntryError> {
    let destination = Category::destination(conn, scope, id).await?.ok_or(EntryRejection::CategoryNotFound)?;
    if destination.project_archived {
        return Err(EntryRejection::ProjectArchived.into());
    }
    if destination.branch_archived {
        return Err(EntryRejection::CategoryArchived.into());
    }
    Ok(destination)
}

/// What a list is narrowed to by a category, alone or with all below it; none when there is no such category.
///
/// # Errors
/// If the statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "entries::category_scope", skip_all)]
pub async fn category_scope(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    id: CategoryId,
    subcategories: bool,
) -> Result<Option<CategoryScope>, diesel::result::Error> {
    Category::scope(conn, caller.workspace, id, subcategories).await
}
