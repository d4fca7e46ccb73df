//! Many entries changed at once, all or none.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::{EntryError, TAGS_MAX, trackable};
use crate::caller::Caller;
use crate::ids::{CategoryId, TagId, TimeEntryId};
use crate::models::{TimeEntry, TimeEntryChanges};
use crate::telemetry::RULE_TARGET;
use crate::values::Description;

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

/// Changes entries, all or none, and returns them newest first.
#[tracing::instrument(target = RULE_TARGET, name = "entries::bulk_edit", skip_all)]
pub async fn bulk_edit(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    ids: &BTreeSet<TimeEntryId>,
    changes: BulkChanges,
    now: DateTime<Utc>,
) -> Result<Vec<TimeEntry>, EntryError> {
    let ids = Vec::from_iter(ids.iter().copied());
    conn.transaction(async |conn| {
        if TimeEntry::lock_all(conn, caller, &ids).await?.len() < ids.len() {
            return Err(EntryError::NotFound);
        }
        let destination = match changes.category {
            Some(category) => Some(trackable(conn, caller, category).await?),
            None => None,
        };
        let row = TimeEntryChanges {
            project_id: destination.map(|destination| destination.project_id),
            category_id: destination.map(|destination| destination.category_id),
            started_at: None,
            stopped_at: None,
            description: changes.description.map(String::from),
            billable: changes.billable,
            updated_at: now,
        };
        TimeEntry::update(conn, caller, &ids, &row).await?;
        match changes.tags {
            TagChange::Set(tags) => TimeEntry::set_tags(conn, caller.workspace, &ids, &tags).await?,
            TagChange::Adjust { add, remove } => {
                TimeEntry::remove_tags(conn, caller.workspace, &ids, &remove).await?;
                TimeEntry::add_tags(conn, caller.workspace, &ids, &add).await?;
                // The entries are locked, so nobody else adds to what is counted here.
                if !add.is_empty() && TimeEntry::most_tags(conn, caller.workspace, &ids).await? > TAGS_MAX {
                    return Err(EntryError::TooManyTags);
                }
            }
        }
        Ok(TimeEntry::find_all(conn, caller, &ids).await?)
    })
    .await
}
