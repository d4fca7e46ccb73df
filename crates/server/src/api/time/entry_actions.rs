//! What else can be done with one entry: restore, resume, duplicate, split.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use clockwork_core::access::needs;
use clockwork_core::models::timer_lock::Timers;
use clockwork_core::tracking::{entries, timer};
use clockwork_core::values::ids::TimeEntryId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{EntryView, time, views};
use crate::api::fields::FieldErrors;
use crate::error::ApiResult;
use crate::extract::{Allowed, IdempotentRequest, JsonBody, Now, PathId};

/// Brings an entry back that was deleted less than a minute ago.
#[utoipa::path(
    post,
    path = "/time/entries/{entryId}/restore",
    tag = "time",
    responses(
        (status = 200, body = EntryView),
        (status = 404, description = "not_found"),
        (status = 409, description = "timer_running, entry_imported_again, former_member, viewer_member, placeholder_member, account_disabled"),
    )
)]
pub(crate) async fn restore_entry(
    caller: Allowed<needs::ChangeEntries>,
    request: IdempotentRequest,
    PathId(id): PathId<TimeEntryId>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    request
        .run_with_timer(
            Timers::of_owners_of_deleted(caller.scope(), &[id]),
            caller,
            StatusCode::OK,
            async |conn, timer| entries::restore(conn, timer, caller.0, id, now).await.map(EntryView::from),
        )
        .await
}

/// Starts a new entry like this one: same category, description, tags and billable.
#[utoipa::path(
    post,
    path = "/time/entries/{entryId}/resume",
    tag = "time",
    responses(
        (status = 201, body = EntryView),
        (status = 400, description = "invalid_category"),
        (status = 404, description = "not_found"),
        (status = 409, description = "category_archived, project_archived"),
    )
)]
pub(crate) async fn resume_entry(
    caller: Allowed<needs::TrackTime>,
    request: IdempotentRequest,
    PathId(id): PathId<TimeEntryId>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    request
        .run_with_timer(Timers::Of(caller.user()), caller, StatusCode::CREATED, async |conn, timer| {
            timer::resume(conn, timer, caller.0, id, now).await.map(EntryView::from)
        })
        .await
}

/// Copies a finished entry, times included.
#[utoipa::path(
    post,
    path = "/time/entries/{entryId}/duplicate",
    tag = "time",
    responses(
        (status = 201, body = EntryView),
        (status = 400, description = "invalid_category"),
        (status = 404, description = "not_found"),
        (status = 409, description = "entry_running, category_archived, project_archived"),
    )
)]
pub(crate) async fn duplicate_entry(
    caller: Allowed<needs::ChangeEntries>,
    request: IdempotentRequest,
    PathId(id): PathId<TimeEntryId>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    request
        .run_with_timer(Timers::of_owners(caller.scope(), &[id]), caller, StatusCode::CREATED, async |conn, timer| {
            entries::duplicate(conn, timer, caller.0, id, now).await.map(EntryView::from)
        })
        .await
}

/// Where to cut an entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitEntry {
    /// Strictly between the start and the stop; for a running entry, before now.
    #[schema(required, value_type = DateTime<Utc>)]
    at: Option<String>,
}

/// Cuts an entry in two. The first part keeps the id; of a running entry the second part runs on.
#[utoipa::path(
    post,
    path = "/time/entries/{entryId}/split",
    tag = "time",
    request_body = SplitEntry,
    responses(
        (status = 200, body = Vec<EntryView>, description = "first and second part"),
        (status = 400, description = "invalid_time"),
        (status = 404, description = "not_found"),
    )
)]
pub(crate) async fn split_entry(
    caller: Allowed<needs::ChangeEntries>,
    request: IdempotentRequest,
    PathId(id): PathId<TimeEntryId>,
    Now(now): Now,
    JsonBody(body): JsonBody<SplitEntry>,
) -> ApiResult<HttpResponse> {
    let mut fields = FieldErrors::new();
    let at = time(&mut fields, "at", body.at.as_deref());
    let at = fields.done(at)?;
    request
        .run_with_timer(Timers::of_owners(caller.scope(), &[id]), caller, StatusCode::OK, async |conn, timer| {
            entries::split(conn, timer, caller.0, id, at, now).await.map(views)
        })
        .await
}
