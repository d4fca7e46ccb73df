//! Many entries changed at once, all or none.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use super::{EntryError, EntryRejection, TAGS_MAX, not_changeable, trackable};
use crate::access::{OnViolation, Permit, needs};
use crate::database::transaction;
use crate::models::{TimeEntry, TimeEntryBulkChanges, announce_bulk_change};
use crate::telemetry::RULE_TARGET;
use crate::values::Description;
use crate::values::ids::{CategoryId, TagId, TimeEntryId, WorkspaceId};

/// What happens to the tags of entries.
#[derive(Clone, Debug)]
pub enum TagChange {
    /// They have these and no others.
    Set(Vec<TagId>),
    /// They gain some and lose some.
    Adjust {
        /// Put on all of them.
        add: Vec<TagId>,
        /// Taken off all of them.
        remove: Vec<TagId>,
    },
}

/// Changes to several entries; `None` leaves a field as it is.
#[derive(Clone, Debug)]
pub struct BulkChanges {
    /// Where the time goes.
    pub category: Option<CategoryId>,
    /// What was done.
    pub description: Option<Description>,
    /// Whether they are billable.
    pub billable: Option<bool>,
    /// Their tags.
    pub tags: TagChange,
}

/// Changes entries, all or none, and returns them newest first. An entry in which nothing changes keeps its revision.
///
/// # Errors
/// When an entry, the category or a tag does not exist, the category takes no new time, or an entry would have too many
/// tags.
#[tracing::instrument(target = RULE_TARGET, name = "entries::bulk_edit", skip_all)]
pub async fn bulk_edit(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ChangeEntries>,
    ids: &BTreeSet<TimeEntryId>,
    changes: &BulkChanges,
    now: DateTime<Utc>,
) -> Result<Vec<TimeEntry>, EntryError> {
    let ids = Vec::from_iter(ids.iter().copied());
    transaction(conn, async |conn| {
        if TimeEntry::lock_all(conn, caller.scope(), &ids, changes.category).await?.len() < ids.len() {
            return Err(not_changeable(conn, caller, &ids).await?);
        }
        let destination = match changes.category {
            Some(category) => Some(trackable(conn, caller.project_scope(), category).await?),
            None => None,
        };
        let row = TimeEntryBulkChanges {
            project_id: destination.map(|destination| destination.project_id),
            category_id: destination.map(|destination| destination.category_id),
            description: changes.description.clone().map(String::from),
            billable: changes.billable,
        };
        let retagged = change_tags(conn, caller.workspace, &ids, &changes.tags).await?;
        announce_bulk_change(conn, ids.len()).await?;
        TimeEntry::change_all(conn, caller.scope(), &ids, &row, &retagged, now)
            .await
            .on_violation(EntryRejection::of_write)?;
        Ok(TimeEntry::find_all(conn, caller.scope(), &ids).await?)
    })
    .await
}

/// Changes the tags of locked entries, and returns those whose tags have changed.
async fn change_tags(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    ids: &[TimeEntryId],
    change: &TagChange,
) -> Result<Vec<TimeEntryId>, EntryError> {
    let (added, removed, others) = match change {
        TagChange::Set(tags) => (tags, tags, true),
        TagChange::Adjust { add, remove } => (add, remove, false),
    };
    let mut changed = Vec::new();
    if others || !removed.is_empty() {
        changed = TimeEntry::remove_tags(conn, workspace, ids, removed, others).await?;
    }
    if !added.is_empty() {
        let gained = TimeEntry::add_tags(conn, workspace, ids, added).await;
        changed.extend(gained.on_violation(EntryRejection::of_tagging)?);
        // The entries are locked, so no other request adds to what is counted here.
        if TimeEntry::most_tags(conn, workspace, ids).await? > TAGS_MAX {
            return Err(EntryRejection::TooManyTags.into());
        }
    }
    changed.sort_unstable();
    changed.dedup();
    Ok(changed)
}
