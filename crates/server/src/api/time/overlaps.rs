//! Which entries share time.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use clockwork_core::access::needs;
use clockwork_core::tracking::entries::{self, Overlap};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::error::ApiResult;
use crate::extract::{Allowed, FromQuery, Now, Pool, QueryParameters, UnreadParameters};

/// Two entries that share time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Overlap)]
pub struct OverlapView {
    /// The entry that started first.
    first_id: Uuid,
    /// The entry that started while the first ran.
    second_id: Uuid,
    /// Since when both ran.
    started_at: DateTime<Utc>,
    /// Until when both ran; now, if both still run.
    stopped_at: DateTime<Utc>,
    /// Whole seconds, cut.
    duration_seconds: i64,
}

impl From<Overlap> for OverlapView {
    fn from(overlap: Overlap) -> Self {
        Self {
            first_id: overlap.first.into(),
            second_id: overlap.second.into(),
            started_at: overlap.started_at,
            stopped_at: overlap.stopped_at,
            duration_seconds: (overlap.stopped_at - overlap.started_at).num_seconds(),
        }
    }
}

/// A range of time.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OverlapsQuery {
    /// Only what reaches beyond this instant; 366 days before `to`, or before now, when left out.
    from: Option<DateTime<Utc>>,
    /// Only what starts at or before this instant.
    to: Option<DateTime<Utc>>,
}

impl FromQuery for OverlapsQuery {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        let (from, to) = parameters.range()?;
        Ok(Self { from, to })
    }
}

/// Lists the pairs of the caller's entries that share time, by the start of that time; at most 1,000.
#[utoipa::path(
    get,
    path = "/time/overlaps",
    tag = "time",
    params(OverlapsQuery),
    responses(
        (status = 200, body = Vec<OverlapView>),
        (status = 400, description = "invalid_time, invalid_time_range"),
    )
)]
pub(crate) async fn list_overlaps(
    caller: Allowed<needs::SeeEntries>,
    pool: Pool,
    Now(now): Now,
    QueryParameters(range): QueryParameters<OverlapsQuery>,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let overlaps = entries::overlaps(&mut conn, caller.0, range.from, range.to, now).await?;
    Ok(HttpResponse::Ok().json(overlaps.into_iter().map(OverlapView::from).collect::<Vec<_>>()))
}
