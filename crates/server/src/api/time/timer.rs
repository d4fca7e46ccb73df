//! The timer: start, stop, and what runs.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use clockwork_core::access::{RuleError, needs};
use clockwork_core::models::KeyedAnswer;
use clockwork_core::tracking::entries::EntryRejection;
use clockwork_core::tracking::timer::{self, StartInput};
use clockwork_core::values::TrackedTime;
use diesel_async::AsyncPgConnection;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{EntryView, details};
use crate::api::fields::FieldErrors;
use crate::error::{ApiError, ApiResult, ErrorCode};
use crate::extract::{Allowed, IdempotentRequest, JsonBody, Now, Pool};

/// A timer to start.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StartTimer {
    /// Where the time goes.
    #[schema(required, value_type = Uuid)]
    category_id: Option<String>,
    /// At most 5,000 characters.
    #[schema(max_length = 5000)]
    description: Option<String>,
    /// At most 100.
    #[schema(value_type = Option<Vec<Uuid>>, max_items = 100)]
    tag_ids: Option<Vec<String>>,
    /// The project's default when left out.
    billable: Option<bool>,
    /// Since when; now when left out. Not in the future, and not before the running entry started.
    #[schema(value_type = Option<DateTime<Utc>>)]
    started_at: Option<String>,
}

impl StartTimer {
    fn parse(self) -> ApiResult<StartInput> {
        let mut fields = FieldErrors::new();
        let category = fields.id("categoryId", self.category_id.as_deref());
        let details = details(&mut fields, self.description.as_deref(), self.tag_ids.as_deref(), self.billable);
        let started_at =
            fields.optional("startedAt", ErrorCode::InvalidTime, self.started_at.as_deref(), TrackedTime::parse);
        fields.done(category.map(|category| StartInput { category, started_at, details }))
    }
}

/// Starts a timer. The running one is stopped at the very same instant.
#[utoipa::path(
    post,
    path = "/time/start",
    tag = "time",
    request_body = StartTimer,
    responses(
        (status = 201, body = EntryView),
        (status = 400, description = "invalid_id, invalid_description, invalid_tag, invalid_time"),
        (status = 404, description = "not_found"),
        (status = 409, description = "category_archived, project_archived, starts_before_running"),
    )
)]
pub(crate) async fn start_timer(
    caller: Allowed<needs::TrackTime>,
    request: IdempotentRequest,
    Now(now): Now,
    JsonBody(body): JsonBody<StartTimer>,
) -> ApiResult<HttpResponse> {
    let input = body.parse()?;
    let at_once = async |conn: &mut AsyncPgConnection, answer: Option<KeyedAnswer<'_>>| {
        timer::start_at_once(conn, caller.0, &input, answer, now).await
    };
    request
        .run_at_once(caller, StatusCode::CREATED, at_once, async |conn, timer| {
            match timer::start(conn, timer, caller.0, &input, now).await {
                Ok(written) => Ok(EntryView::from(written)),
                // Fixed by the wire-compatible part of the API: here an unknown category is a 404, elsewhere a 400.
                Err(RuleError::Rejected(EntryRejection::CategoryNotFound)) => Err(ApiError::not_found("category")),
                Err(error) => Err(error.into()),
            }
        })
        .await
}

/// Stops the timer that runs in the workspace. The body is ignored.
#[utoipa::path(
    post,
    path = "/time/stop",
    tag = "time",
    responses((status = 200, body = EntryView), (status = 409, description = "no_active_timer"))
)]
pub(crate) async fn stop_timer(
    caller: Allowed<needs::TrackTime>,
    request: IdempotentRequest,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let at_once = async |conn: &mut AsyncPgConnection, answer: Option<KeyedAnswer<'_>>| {
        timer::stop_at_once(conn, caller.0, answer, now).await
    };
    request
        .run_at_once(caller, StatusCode::OK, at_once, async |conn, timer| {
            timer::stop(conn, timer, caller.0, now).await.map(EntryView::from)
        })
        .await
}

/// The entry that runs in the workspace, or null.
#[utoipa::path(
    get,
    path = "/time/active",
    tag = "time",
    responses((status = 200, body = Option<EntryView>))
)]
pub(crate) async fn get_active_timer(caller: Allowed<needs::SeeEntries>, pool: Pool) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    match timer::active(&mut conn, caller.0).await? {
        // Without an ETag: the next entry to run has the same revision as this one.
        Some(entry) => Ok(HttpResponse::Ok().json(EntryView::from(entry))),
        None => Ok(HttpResponse::Ok().json(None::<EntryView>)),
    }
}
