//! Rules of time entries: made, edited, deleted and brought back by hand. The timer itself is in [`crate::tracking`].
//!
//! One entry per user runs at a time. The database guarantees it; whoever sets an entry running locks the user first, so that
//! two such requests come one after the other instead of one of them failing.

mod bulk;
mod delete;
mod edit;
mod error;
mod overlaps;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

pub use bulk::{BulkChanges, TagChange, bulk_edit};
pub use delete::{UNDO, delete, purge_deleted, restore, restore_all};
pub use edit::{EntryDetails, EntryInput, EntryPatch, create, duplicate, edit, split};
pub use error::EntryError;
pub use overlaps::{OVERLAPS_MAX, OVERLAPS_SINCE, Overlap, overlaps};

use crate::caller::Caller;
use crate::ids::{CategoryId, TagId, TimeEntryId};
use crate::models::{Category, CategoryScope, Destination, TimeEntry, User};
use crate::telemetry::RULE_TARGET;

/// Most tags that one entry may carry. More is a mistake, and every list would carry it along.
pub const TAGS_MAX: usize = 100;

/// At most so many overlapping entries are named in the answer to a write.
const OVERLAPS_NAMED: i64 = 100;

/// An entry that was written, with what the writer may want to know.
#[derive(Clone, Debug)]
pub struct Written {
    /// The entry as it is now.
    pub entry: TimeEntry,
    /// Other entries of the same person that share time with it, newest first; at most 100.
    pub overlaps: Vec<TimeEntryId>,
}

/// Reads an entry back in the transaction that wrote it.
pub(crate) async fn written(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    id: TimeEntryId,
    now: DateTime<Utc>,
) -> Result<Written, EntryError> {
    let entry = TimeEntry::find(conn, caller, id).await?.ok_or(EntryError::NotFound)?;
    let overlaps = entry.overlapping(conn, now, OVERLAPS_NAMED).await?;
    Ok(Written { entry, overlaps })
}

/// Locks the user, then the entry, and reads it. The user too, because the change may concern what is running.
pub(crate) async fn lock(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    id: TimeEntryId,
) -> Result<TimeEntry, EntryError> {
    User::lock(conn, caller.user).await?;
    TimeEntry::lock_all(conn, caller, &[id]).await?;
    TimeEntry::find(conn, caller, id).await?.ok_or(EntryError::NotFound)
}

/// Checks that new time may go to a category: neither it nor an ancestor nor the project is archived.
pub(crate) async fn trackable(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    id: CategoryId,
) -> Result<Destination, EntryError> {
    let destination = Category::destination(conn, caller.workspace, id).await?.ok_or(EntryError::CategoryNotFound)?;
    if destination.project_archived {
        return Err(EntryError::ProjectArchived);
    }
    if destination.branch_archived {
        return Err(EntryError::CategoryArchived);
    }
    Ok(destination)
}

/// Puts tags on an entry that has none yet.
pub(crate) async fn tag(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    entry: TimeEntryId,
    tags: &[TagId],
) -> Result<(), EntryError> {
    if !tags.is_empty() {
        TimeEntry::add_tags(conn, caller.workspace, &[entry], tags).await?;
    }
    Ok(())
}

/// What a list is narrowed to by a category, alone or with all below it; none when there is no such category.
#[tracing::instrument(target = RULE_TARGET, name = "entries::category_scope", skip_all)]
pub async fn category_scope(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    id: CategoryId,
    subcategories: bool,
) -> Result<Option<CategoryScope>, diesel::result::Error> {
    let Some(category) = Category::find(conn, caller.workspace, id).await? else { return Ok(None) };
    let categories = if subcategories { category.subtree(conn).await? } else { vec![id] };
    Ok(Some(CategoryScope { project: category.project_id, categories }))
}
