//! Reading entries: one, several, and lists.

use diesel_async::AsyncPgConnection;

use super::EntryError;
use crate::access::{EntryScope, Permit, needs};
use crate::models::{Members, Page, TimeEntry, TimeEntryFilter};
use crate::telemetry::RULE_TARGET;
use crate::values::ids::TimeEntryId;

/// One entry that the caller may see.
///
/// # Errors
/// When there is no such entry, or the caller may not see it.
#[tracing::instrument(target = RULE_TARGET, name = "entries::find", skip_all)]
pub async fn find(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    id: TimeEntryId,
) -> Result<TimeEntry, EntryError> {
    TimeEntry::find(conn, caller.scope(), id).await?.ok_or_else(EntryError::not_found)
}

/// Those of these entries that the caller may see, newest first.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "entries::find_all", skip_all)]
pub async fn find_all(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    ids: &[TimeEntryId],
) -> Result<Vec<TimeEntry>, EntryError> {
    Ok(TimeEntry::find_all(conn, caller.scope(), ids).await?)
}

/// The entries that a filter chooses from: the caller's own, unless it is about others'.
pub(super) fn scope_of(caller: Permit<needs::SeeEntries>, filter: &TimeEntryFilter) -> EntryScope {
    match filter.members {
        Members::Own => caller.own_scope(),
        Members::Some(_) | Members::All => caller.scope(),
    }
}

/// A page of the entries that the caller sees and that pass the filter, newest first.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "entries::list", skip_all)]
pub async fn list(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    filter: &TimeEntryFilter,
    page: Page,
) -> Result<Vec<TimeEntry>, EntryError> {
    Ok(TimeEntry::list(conn, scope_of(caller, filter), filter, page).await?)
}
