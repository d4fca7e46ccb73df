//! Many entries at once, all or none.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use clockwork_core::access::needs;
use clockwork_core::models::timer_lock::Timers;
use clockwork_core::tracking::entries::{self, BulkChanges, EntryError, TagChange};
use clockwork_core::values::ids::TimeEntryId;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::view::{EntryView, description_patch, tag_ids, tags_patch, views};
use crate::api::fields::{FieldErrors, Patch, patch};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{Allowed, IdempotentRequest, JsonBody, Now, Pool, Representation, object};

/// Most entries in one request.
const IDS_MAX: usize = 1_000;

/// The entries that are meant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryIds {
    /// 1 to 1,000.
    #[schema(required, value_type = Vec<Uuid>, min_items = 1, max_items = 1000)]
    ids: Option<Vec<String>>,
}

/// Changes to several entries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkEdit {
    /// 1 to 1,000.
    #[schema(required, value_type = Vec<Uuid>, min_items = 1, max_items = 1000)]
    ids: Option<Vec<String>>,
    /// What to change; nothing when empty.
    #[serde(default, deserialize_with = "changes")]
    #[schema(required, value_type = BulkEditChanges)]
    changes: Option<BulkEditChanges>,
}

fn changes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BulkEditChanges>, D::Error> {
    object(deserializer).map(Some)
}

/// What changes in all of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BulkEditChanges {
    /// Where the time goes.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<Uuid>, nullable = false)]
    category_id: Patch<String>,
    /// At most 5,000 characters; null or empty for none.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, max_length = 5000)]
    description: Patch<String>,
    /// Whether they are billable.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<bool>, nullable = false)]
    billable: Patch<bool>,
    /// All tags of each entry; not together with the next two.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<Vec<Uuid>>, nullable = false, max_items = 100)]
    tag_ids: Patch<Vec<String>>,
    /// Tags that each entry gains; it may have 100 in the end.
    #[schema(value_type = Option<Vec<Uuid>>, max_items = 100)]
    add_tag_ids: Option<Vec<String>>,
    /// Tags that each entry loses.
    #[schema(value_type = Option<Vec<Uuid>>, max_items = 100)]
    remove_tag_ids: Option<Vec<String>>,
}

/// How many entries were deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deleted {
    deleted: usize,
}

impl Representation for Deleted {
    fn revision(&self) -> Option<i64> {
        None
    }
}

fn entry_ids(fields: &mut FieldErrors, ids: Option<&[String]>) -> BTreeSet<TimeEntryId> {
    let ids = ids.unwrap_or_default();
    if ids.is_empty() || ids.len() > IDS_MAX {
        let message = format!("must name 1 to {IDS_MAX} entries, names {}", ids.len());
        fields
            .refuse(ErrorCode::InvalidIds, FieldError::out_of_range("ids", 1, 1_000, message).found_number(ids.len()));
        return BTreeSet::new();
    }
    fields.ids("ids", ids).into_iter().collect()
}

impl EntryIds {
    fn parse(self) -> ApiResult<BTreeSet<TimeEntryId>> {
        let mut fields = FieldErrors::new();
        let ids = entry_ids(&mut fields, self.ids.as_deref());
        fields.done(Some(ids))
    }
}

impl BulkEdit {
    fn parse(self) -> ApiResult<(BTreeSet<TimeEntryId>, BulkChanges)> {
        let mut fields = FieldErrors::new();
        let ids = entry_ids(&mut fields, self.ids.as_deref());
        let Some(changes) = self.changes else {
            fields.refuse(ErrorCode::InvalidJson, FieldError::new("changes", "required", "is required"));
            return fields.done(None);
        };
        let adjusts = changes.add_tag_ids.is_some() || changes.remove_tag_ids.is_some();
        if changes.tag_ids.is_some() && adjusts {
            let message = "cannot be combined with addTagIds or removeTagIds";
            fields.refuse(ErrorCode::InvalidTag, FieldError::format("changes.tagIds", "alone", message));
        }
        let add = changes.add_tag_ids.map(|ids| tag_ids(&mut fields, "changes.addTagIds", &ids));
        let remove = changes.remove_tag_ids.map(|ids| tag_ids(&mut fields, "changes.removeTagIds", &ids));
        let tags = match tags_patch(&mut fields, "changes.tagIds", changes.tag_ids) {
            Some(tags) => TagChange::Set(tags),
            None => TagChange::Adjust { add: add.unwrap_or_default(), remove: remove.unwrap_or_default() },
        };
        let changes = BulkChanges {
            category: changes.category_id.and_then(|id| fields.id("changes.categoryId", id.as_deref())),
            description: description_patch(&mut fields, "changes.description", changes.description),
            billable: fields.flag("changes.billable", changes.billable),
            tags,
        };
        fields.done(Some((ids, changes)))
    }
}

/// The answer as it is, or with the entries as they are now, without those that were deleted since: the body of a
/// replay is missing if it was too large to be stored.
async fn with_entries(
    response: HttpResponse,
    pool: &Pool,
    caller: Allowed<needs::ChangeEntries>,
    ids: &BTreeSet<TimeEntryId>,
) -> ApiResult<HttpResponse> {
    if !matches!(response.body().size(), BodySize::None | BodySize::Sized(0)) {
        return Ok(response);
    }
    let ids = Vec::from_iter(ids.iter().copied());
    let mut conn = pool.0.conn().await?;
    let body = serde_json::to_vec(&views(entries::find_all(&mut conn, caller.permit()?, &ids).await?));
    let mut response = response.set_body(BoxBody::new(body.map_err(ApiError::internal)?));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// Changes entries, all or none.
#[utoipa::path(
    post,
    path = "/time/entries/bulk-edit",
    tag = "time",
    request_body = BulkEdit,
    responses(
        (status = 200, body = Vec<EntryView>),
        (status = 400, description = "invalid_ids, invalid_id, invalid_category, invalid_tag, invalid_description"),
        (status = 404, description = "not_found"),
        (status = 409, description = "category_archived, project_archived"),
    )
)]
pub(crate) async fn bulk_edit_entries(
    caller: Allowed<needs::ChangeEntries>,
    pool: Pool,
    request: IdempotentRequest,
    Now(now): Now,
    JsonBody(body): JsonBody<BulkEdit>,
) -> ApiResult<HttpResponse> {
    let (ids, changes) = body.parse()?;
    let tags = match &changes.tags {
        TagChange::Set(_) => "changes.tagIds",
        TagChange::Adjust { .. } => "changes.addTagIds",
    };
    let response = request
        .run(caller, StatusCode::OK, async |conn| {
            let edited = entries::bulk_edit(conn, caller.0, &ids, &changes, now).await.map_err(ApiError::from);
            edited
                .map(views)
                .map_err(|error| error.renaming("categoryId", "changes.categoryId").renaming("tagIds", tags))
        })
        .await?;
    with_entries(response, &pool, caller, &ids).await
}

/// Deletes entries, all or none; for a minute, restoring brings them back.
#[utoipa::path(
    post,
    path = "/time/entries/bulk-delete",
    tag = "time",
    request_body = EntryIds,
    responses(
        (status = 200, body = Deleted),
        (status = 400, description = "invalid_ids, invalid_id"),
        (status = 404, description = "not_found"),
    )
)]
pub(crate) async fn bulk_delete_entries(
    caller: Allowed<needs::ChangeEntries>,
    request: IdempotentRequest,
    Now(now): Now,
    JsonBody(body): JsonBody<EntryIds>,
) -> ApiResult<HttpResponse> {
    let ids = body.parse()?;
    let listed = Vec::from_iter(ids.iter().copied());
    request
        .run_with_timer(Timers::of_owners(caller.scope(), &listed), caller, StatusCode::OK, async |conn, timer| {
            let deleted = entries::delete_all(conn, timer, caller.0, &ids, now).await?;
            Ok::<_, EntryError>(Deleted { deleted })
        })
        .await
}

/// Brings entries back that were deleted less than a minute ago, all or none.
#[utoipa::path(
    post,
    path = "/time/entries/bulk-restore",
    tag = "time",
    request_body = EntryIds,
    responses(
        (status = 200, body = Vec<EntryView>),
        (status = 400, description = "invalid_ids, invalid_id"),
        (status = 404, description = "not_found"),
        (status = 409, description = "timer_running, entry_imported_again, former_member, viewer_member, placeholder_member, account_disabled"),
    )
)]
pub(crate) async fn bulk_restore_entries(
    caller: Allowed<needs::ChangeEntries>,
    pool: Pool,
    request: IdempotentRequest,
    Now(now): Now,
    JsonBody(body): JsonBody<EntryIds>,
) -> ApiResult<HttpResponse> {
    let ids = body.parse()?;
    let listed = Vec::from_iter(ids.iter().copied());
    let response = request
        .run_with_timer(
            Timers::of_owners_of_deleted(caller.scope(), &listed),
            caller,
            StatusCode::OK,
            async |conn, timer| entries::restore_all(conn, timer, caller.0, &ids, now).await.map(views),
        )
        .await?;
    with_entries(response, &pool, caller, &ids).await
}
