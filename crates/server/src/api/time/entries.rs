//! Entries by hand: make, read, change, delete.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use clockwork_core::access::needs;
use clockwork_core::tracking::entries::{self, EntryInput, EntryPatch};
use clockwork_core::values::TrackedTime;
use clockwork_core::values::ids::TimeEntryId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{EntryView, check_order, description_patch, details, tags_patch, time};
use crate::api::fields::{FieldErrors, Patch, patch};
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{Allowed, IdempotentRequest, IfMatch, IfNoneMatch, JsonBody, Now, PathId, Pool, show};

/// A finished entry to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateEntry {
    /// Where the time goes.
    #[schema(required, value_type = Uuid)]
    category_id: Option<String>,
    /// From 1970 to 2099.
    #[schema(required, value_type = DateTime<Utc>)]
    started_at: Option<String>,
    /// Not before `startedAt`.
    #[schema(required, value_type = DateTime<Utc>)]
    stopped_at: Option<String>,
    /// At most 5,000 characters.
    #[schema(max_length = 5000)]
    description: Option<String>,
    /// At most 100.
    #[schema(value_type = Option<Vec<Uuid>>, max_items = 100)]
    tag_ids: Option<Vec<String>>,
    /// The project's default when left out.
    billable: Option<bool>,
}

impl CreateEntry {
    fn parse(self) -> ApiResult<EntryInput> {
        let mut fields = FieldErrors::new();
        let category = fields.id("categoryId", self.category_id.as_deref());
        let started_at = time(&mut fields, "startedAt", self.started_at.as_deref());
        let stopped_at = time(&mut fields, "stoppedAt", self.stopped_at.as_deref());
        check_order(&mut fields, started_at, stopped_at);
        let details = details(&mut fields, self.description.as_deref(), self.tag_ids.as_deref(), self.billable);
        let times = category.zip(started_at).zip(stopped_at);
        fields.done(times.map(|((category, started_at), stopped_at)| EntryInput {
            category,
            started_at,
            stopped_at,
            details,
        }))
    }
}

/// Changes to an entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateEntry {
    /// Where the time goes.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<Uuid>, nullable = false)]
    category_id: Patch<String>,
    /// From 1970 to 2099; not in the future while the entry runs.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<DateTime<Utc>>, nullable = false)]
    started_at: Patch<String>,
    /// Not before `startedAt`; null sets the entry running again.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    stopped_at: Patch<String>,
    /// At most 5,000 characters; null or empty for none.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, max_length = 5000)]
    description: Patch<String>,
    /// All tags of the entry, at most 100.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<Vec<Uuid>>, nullable = false, max_items = 100)]
    tag_ids: Patch<Vec<String>>,
    /// Whether it is billable.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<bool>, nullable = false)]
    billable: Patch<bool>,
}

impl UpdateEntry {
    fn parse(self) -> ApiResult<EntryPatch> {
        let mut fields = FieldErrors::new();
        let patch = EntryPatch {
            category: self.category_id.and_then(|id| fields.id("categoryId", id.as_deref())),
            started_at: fields.change("startedAt", ErrorCode::InvalidTime, self.started_at, TrackedTime::parse),
            stopped_at: fields.clearable("stoppedAt", ErrorCode::InvalidTime, self.stopped_at, TrackedTime::parse),
            description: description_patch(&mut fields, "description", self.description),
            tags: tags_patch(&mut fields, "tagIds", self.tag_ids),
            billable: fields.flag("billable", self.billable),
        };
        check_order(&mut fields, patch.started_at, patch.stopped_at.flatten());
        fields.done(Some(patch))
    }
}

/// Makes a finished entry.
#[utoipa::path(
    post,
    path = "/time/entries",
    tag = "time",
    request_body = CreateEntry,
    responses(
        (status = 201, body = EntryView),
        (status = 400, description = "invalid_id, invalid_category, invalid_tag, invalid_description, invalid_time, invalid_time_range"),
        (status = 409, description = "category_archived, project_archived"),
    )
)]
pub(crate) async fn create_entry(
    caller: Allowed<needs::TrackTime>,
    request: IdempotentRequest,
    Now(now): Now,
    JsonBody(body): JsonBody<CreateEntry>,
) -> ApiResult<HttpResponse> {
    let input = body.parse()?;
    request
        .run(caller, StatusCode::CREATED, async |conn| {
            entries::create(conn, caller.0, &input, now).await.map(EntryView::from)
        })
        .await
}

/// One entry.
#[utoipa::path(
    get,
    path = "/time/entries/{entryId}",
    tag = "time",
    responses((status = 200, body = EntryView), (status = 404, description = "not_found"))
)]
pub(crate) async fn get_entry(
    caller: Allowed<needs::SeeEntries>,
    pool: Pool,
    PathId(id): PathId<TimeEntryId>,
    if_none_match: IfNoneMatch,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let entry = entries::find(&mut conn, caller.0, id).await?;
    Ok(if_none_match.show(&EntryView::from(entry)))
}

/// Changes an entry.
#[utoipa::path(
    patch,
    path = "/time/entries/{entryId}",
    tag = "time",
    request_body = UpdateEntry,
    responses(
        (status = 200, body = EntryView),
        (status = 400, description = "invalid_category, invalid_tag, invalid_description, invalid_time, invalid_time_range"),
        (status = 404, description = "not_found"),
        (status = 409, description = "category_archived, project_archived, timer_running, former_member, viewer_member, placeholder_member, account_disabled"),
    )
)]
pub(crate) async fn update_entry(
    caller: Allowed<needs::ChangeEntries>,
    pool: Pool,
    PathId(id): PathId<TimeEntryId>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
    JsonBody(body): JsonBody<UpdateEntry>,
) -> ApiResult<HttpResponse> {
    let patch = body.parse()?;
    let mut conn = pool.0.conn().await?;
    let written = entries::edit(&mut conn, caller.0, id, expected, &patch, now).await?;
    Ok(show(&EntryView::from(written)))
}

/// Deletes an entry; for a minute, restoring brings it back.
#[utoipa::path(
    delete,
    path = "/time/entries/{entryId}",
    tag = "time",
    responses((status = 204, description = "deleted"), (status = 404, description = "not_found"))
)]
pub(crate) async fn delete_entry(
    caller: Allowed<needs::ChangeEntries>,
    pool: Pool,
    PathId(id): PathId<TimeEntryId>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    entries::delete(&mut conn, caller.0, id, expected, now).await?;
    Ok(HttpResponse::NoContent().finish())
}
