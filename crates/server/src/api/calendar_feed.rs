//! `/api/calendar-feed`: the secret address of one's own entries, and `/api/calendar-feeds/{feedToken}`, which
//! calendars read.

use std::future::{Ready, ready};

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev};
use chrono::{DateTime, Utc};
use clockwork_core::access::needs;
use clockwork_core::reports::{self, FeedError};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::api::routes::Routes;
use crate::describe::{Describe, Description};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Allowed, Anyone, IfNoneMatch, NoParameters, Now, Pool, QueryParameters, Sender, weak_tag};
use crate::state::AppState;

/// Mounts the operations of a workspace.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(get_calendar_feed, __path_get_calendar_feed)
        .operation(create_calendar_feed, __path_create_calendar_feed)
        .operation(revoke_calendar_feed, __path_revoke_calendar_feed);
}

/// Mounts what calendars read.
pub fn configure_global(config: &mut impl Routes) {
    config.operation(read_calendar_feed, __path_read_calendar_feed);
}

/// A calendar feed, without its address.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CalendarFeed)]
pub struct CalendarFeedView {
    /// When its address was made.
    created_at: DateTime<Utc>,
}

/// A calendar feed that was just made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewCalendarFeed)]
pub struct NewCalendarFeedView {
    /// The address for calendars. No other operation shows it.
    url: String,
    created_at: DateTime<Utc>,
}

/// The secret part of the address of a feed.
pub(crate) struct FeedToken(String);

impl FromRequest for FeedToken {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Ok(Self(req.match_info().get("feedToken").unwrap_or_default().to_owned())))
    }
}

impl Describe for FeedToken {
    fn describe(operation: &mut Description) {
        operation.path_text("feedToken", "the secret of the address");
    }
}

impl From<FeedError> for ApiError {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::NotFound => Self::not_found("calendar feed"),
            FeedError::Attempt(error) => error.into(),
            FeedError::Report(error) => error.into(),
            FeedError::Database(error) => error.into(),
        }
    }
}

/// When the address of one's own calendar feed was made.
#[utoipa::path(
    get, path = "/calendar-feed", tag = "reports",
    responses((status = 200, body = CalendarFeedView), (status = 404, description = "not_found"))
)]
pub(crate) async fn get_calendar_feed(
    caller: Allowed<needs::SeeEntries>,
    _: QueryParameters<NoParameters>,
    pool: Pool,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let created_at = reports::calendar_feed(&mut conn, caller.0).await?;
    let created_at = created_at.ok_or_else(|| ApiError::not_found("calendar feed"))?;
    Ok(HttpResponse::Ok().json(CalendarFeedView { created_at }))
}

/// Makes the address of one's own calendar feed, with the entries of the last 90 days. The address before stops
/// working. The new one is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/calendar-feed", tag = "reports",
    responses((status = 201, body = NewCalendarFeedView))
)]
pub(crate) async fn create_calendar_feed(
    caller: Allowed<needs::TrackTime>,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let mut conn = state.db.conn().await?;
    let secret = reports::create_calendar_feed(&mut conn, caller.0, sender.by(caller.actor), now).await?;
    let url = state.mailer.links().to(&format!("api/calendar-feeds/{}", secret.reveal()));
    Ok(HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(NewCalendarFeedView { url, created_at: now }))
}

/// Revokes one's own calendar feed: its address stops working. A viewer may, who has made it as a member.
#[utoipa::path(
    delete, path = "/calendar-feed", tag = "reports",
    responses((status = 204, description = "revoked"), (status = 404, description = "not_found"))
)]
pub(crate) async fn revoke_calendar_feed(
    caller: Allowed<needs::ChangeProfile>,
    sender: Sender,
    pool: Pool,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    if reports::revoke_calendar_feed(&mut conn, caller.0, sender.by(caller.actor), now).await? {
        return Ok(HttpResponse::NoContent().finish());
    }
    Err(ApiError::not_found("calendar feed"))
}

/// A calendar of the entries of the member whose address it is: those of the last 90 days that have ended, 5,000 at
/// most, each with an identifier that never changes.
#[utoipa::path(
    get, path = "/calendar-feeds/{feedToken}", tag = "reports",
    responses(
        (status = 200, content_type = "text/calendar", body = String, description = "events of RFC 5545"),
        (status = 404, description = "not_found"),
        (status = 429, description = "too_many_attempts"),
    )
)]
pub(crate) async fn read_calendar_feed(
    _: Anyone,
    token: FeedToken,
    _: QueryParameters<NoParameters>,
    sender: Sender,
    pool: Pool,
    Now(now): Now,
    if_none_match: IfNoneMatch,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let calendar = reports::open_calendar_feed(&mut conn, &token.0, sender.address, now).await?;
    drop(conn);
    let digest: String = hex::encode(Sha256::digest(&calendar)).chars().take(32).collect();
    let mut response = if if_none_match.texts().any(|known| known == digest) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((header::ETAG, weak_tag(&digest)))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")))
        .content_type("text/calendar; charset=utf-8");
    if if_none_match.texts().any(|known| known == digest) {
        return Ok(response.finish());
    }
    Ok(response.body(calendar))
}
