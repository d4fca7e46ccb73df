//! Entries as the API shows them, and the fields that several operations read.

use chrono::{DateTime, Utc};
use clockwork_core::models::TimeEntry;
use clockwork_core::tracking::entries::{EntryDetails, TAGS_MAX, WrittenEntry};
use clockwork_core::values::ids::TagId;
use clockwork_core::values::{Description, TrackedTime};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::fields::{FieldErrors, Patch};
use crate::error::{ErrorCode, FieldError};
use crate::extract::Representation;

/// A stretch of tracked time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TimeEntry)]
pub struct EntryView {
    id: Uuid,
    /// Whose it is: a member, who may have left.
    user_id: Uuid,
    category_id: Uuid,
    project_id: Uuid,
    started_at: DateTime<Utc>,
    /// Null while it runs.
    #[schema(required)]
    stopped_at: Option<DateTime<Utc>>,
    /// Whole seconds, cut; null while it runs.
    #[schema(required)]
    duration_seconds: Option<i64>,
    /// Empty when there is none.
    description: String,
    /// Oldest tag first.
    tag_ids: Vec<Uuid>,
    billable: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// Other entries of the same member that share time with it, newest first, at most 100. Only in answers to writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    overlaps: Option<Vec<Uuid>>,
    /// The number in the ETag of the entry; `If-Match` takes it as `W/"<revision>"`.
    revision: i64,
}

impl From<TimeEntry> for EntryView {
    fn from(row: TimeEntry) -> Self {
        Self {
            id: row.id.into(),
            user_id: row.user_id.into(),
            category_id: row.category_id.into(),
            project_id: row.project_id.into(),
            started_at: row.started_at,
            stopped_at: row.stopped_at,
            duration_seconds: row.duration_seconds,
            description: row.description,
            tag_ids: row.tag_ids.into_iter().map(Uuid::from).collect(),
            billable: row.billable,
            created_at: row.created_at,
            updated_at: row.updated_at,
            overlaps: None,
            revision: row.revision,
        }
    }
}

impl From<WrittenEntry> for EntryView {
    fn from(written: WrittenEntry) -> Self {
        let overlaps = written.overlaps.into_iter().map(Uuid::from).collect();
        Self { overlaps: Some(overlaps), ..written.entry.into() }
    }
}

impl Representation for EntryView {
    fn revision(&self) -> Option<i64> {
        Some(self.revision)
    }
}

/// Entries as a list.
pub(super) fn views(rows: impl IntoIterator<Item = TimeEntry>) -> Vec<EntryView> {
    rows.into_iter().map(EntryView::from).collect()
}

/// Reads a timestamp.
pub(super) fn time(fields: &mut FieldErrors, name: &str, text: Option<&str>) -> Option<TrackedTime> {
    fields.required(name, ErrorCode::InvalidTime, text, TrackedTime::parse)
}

/// Reads a stop, which must not lie before the start.
pub(super) fn check_order(fields: &mut FieldErrors, start: Option<TrackedTime>, stop: Option<TrackedTime>) {
    if let (Some(start), Some(stop)) = (start, stop)
        && stop < start
    {
        let message = "must not lie before startedAt";
        let error = FieldError::untimely("stoppedAt", Some(start.get()), None, message);
        fields.refuse(ErrorCode::InvalidTimeRange, error);
    }
}

/// Reads the ids of tags.
pub(super) fn tag_ids(fields: &mut FieldErrors, name: &str, texts: &[String]) -> Vec<TagId> {
    if texts.len() > TAGS_MAX {
        let message = format!("must have at most {TAGS_MAX} tags, has {}", texts.len());
        fields.refuse(ErrorCode::InvalidTag, FieldError::too_long(name, TAGS_MAX, message).found_number(texts.len()));
        return Vec::new();
    }
    fields.ids(name, texts)
}

/// Reads the tags of a patch, which cannot be null.
pub(super) fn tags_patch(fields: &mut FieldErrors, name: &str, patch: Patch<Vec<String>>) -> Option<Vec<TagId>> {
    let Some(texts) = patch? else {
        fields.refuse(ErrorCode::InvalidTag, FieldError::new(name, "required", "must be a list, if there at all"));
        return None;
    };
    Some(tag_ids(fields, name, &texts))
}

/// Reads a description of a patch, which null clears.
pub(super) fn description_patch(fields: &mut FieldErrors, name: &str, patch: Patch<String>) -> Option<Description> {
    fields.clearable(name, ErrorCode::InvalidDescription, patch, Description::parse).map(Option::unwrap_or_default)
}

/// Reads what a new entry is about.
pub(super) fn details(
    fields: &mut FieldErrors,
    description: Option<&str>,
    tags: Option<&[String]>,
    billable: Option<bool>,
) -> EntryDetails {
    let description = fields
        .optional("description", ErrorCode::InvalidDescription, description, Description::parse)
        .unwrap_or_default();
    let tags = tags.map(|texts| tag_ids(fields, "tagIds", texts)).unwrap_or_default();
    EntryDetails { description, tags, billable }
}
