//! Rules of tags: their names differ.

mod deletion;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use crate::access::{OnViolation, Permit, Rejection, RuleError, needs};
use crate::database::transaction;
use crate::models::{NewTag, Page, Tag, TagChanges};
use crate::telemetry::RULE_TARGET;
use crate::values::changes::differing;
use crate::values::ids::TagId;
use crate::values::revision::ExpectedRevision;
use crate::values::{Color, TagName};

pub use deletion::{Deletion, StepError, finish_one};

/// Why a tag was not made, changed or deleted.
#[derive(Debug, thiserror::Error)]
pub enum TagRejection {
    /// Another tag has the name.
    #[error("there is a tag of this name")]
    DuplicateName,
}

impl Rejection for TagRejection {
    const OBJECT: &'static str = "tag";
}

/// Why a tag was not read, made, changed or deleted.
pub type TagError = RuleError<TagRejection>;

impl TagRejection {
    /// What it means that a tag cannot be written.
    fn of_write(constraint: &str) -> Option<Self> {
        (constraint == "tags_name_key").then_some(Self::DuplicateName)
    }
}

/// Changes to a tag; `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Debug, Default)]
pub struct TagPatch {
    /// The new name.
    pub name: Option<TagName>,
    /// The new colour.
    pub color: Option<Option<Color>>,
}

/// Makes a tag.
///
/// # Errors
/// `DuplicateName` if another tag has the name; `Database` if the statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "tags::create", skip_all)]
pub async fn create(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageTags>,
    name: TagName,
    color: Option<Color>,
    now: DateTime<Utc>,
) -> Result<Tag, TagError> {
    let new = NewTag {
        id: TagId::new(),
        workspace_id: caller.workspace,
        name: name.into(),
        color: color.map(String::from),
        created_at: now,
        updated_at: now,
    };
    new.insert(conn).await.on_violation(TagRejection::of_write)
}

/// One tag.
///
/// # Errors
/// When there is no such tag.
#[tracing::instrument(target = RULE_TARGET, name = "tags::find", skip_all)]
pub async fn find(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeWorkspace>,
    id: TagId,
) -> Result<Tag, TagError> {
    Tag::find(conn, caller.workspace, id).await?.ok_or_else(TagError::not_found)
}

/// A page of the tags, oldest first.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "tags::list", skip_all)]
pub async fn list(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeWorkspace>,
    page: Page,
) -> Result<Vec<Tag>, TagError> {
    Ok(Tag::list(conn, caller.workspace, page).await?)
}

/// Changes a tag.
///
/// # Errors
/// `NotFound` if there is no such tag; `RevisionMismatch` if it has none of the expected revisions; `DuplicateName` if
/// another tag has the name; `Database` if a statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "tags::update", skip_all)]
pub async fn update(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageTags>,
    id: TagId,
    expected: ExpectedRevision,
    patch: &TagPatch,
    now: DateTime<Utc>,
) -> Result<Tag, TagError> {
    transaction(conn, async |conn| {
        let tag = Tag::lock(conn, caller.workspace, id).await?.ok_or_else(TagError::not_found)?;
        expected.check(tag.revision)?;
        let changes = TagChanges {
            name: differing(patch.name.clone().map(String::from), &tag.name),
            color: differing(patch.color.clone().map(|color| color.map(String::from)), &tag.color),
        };
        if changes == TagChanges::default() {
            return Ok(tag);
        }
        tag.update(conn, &changes, now).await.on_violation(TagRejection::of_write)
    })
    .await
}

/// Deletes a tag, also from all entries that carry it, which are thereby changed. From here on no request sees it, and
/// its name is free. If many entries carry it, they are changed later, by the job that finishes deletions.
///
/// # Errors
/// When there is no such tag, it has none of the expected revisions, or the database fails; then nothing is deleted.
#[tracing::instrument(target = RULE_TARGET, name = "tags::delete", skip_all)]
pub async fn delete(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageTags>,
    id: TagId,
    expected: ExpectedRevision,
    now: DateTime<Utc>,
) -> Result<Deletion, TagError> {
    transaction(conn, async |conn| {
        let tag = Tag::lock(conn, caller.workspace, id).await?.ok_or_else(TagError::not_found)?;
        expected.check(tag.revision)?;
        tag.mark_deleted(conn, now).await?;
        Ok::<_, TagError>(())
    })
    .await?;
    // The tag is deleted now whatever happens: what fails here is done again by the job.
    Ok(deletion::finish_small(conn, id, now).await.unwrap_or_else(|error| {
        tracing::info!(%error, "tag deletion postponed: entries could not be changed at once");
        Deletion::Unfinished
    }))
}
