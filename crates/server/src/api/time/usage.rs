//! How much categories and tags are used.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use clockwork_core::access::needs;
use clockwork_core::models::Usage;
use clockwork_core::tracking::entries;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::ApiResult;
use crate::extract::{Allowed, Now, Pool};

/// How much the caller's entries use categories and tags. What no entry has is left out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UsageReport)]
pub struct UsageReportView {
    /// Until when running entries count.
    as_of: DateTime<Utc>,
    /// The categories. An entry counts in its own category and not in those above it.
    categories: Vec<UsageView>,
    /// The tags. An entry with several tags counts in each.
    tags: Vec<UsageView>,
}

/// How much one category or tag is used.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Usage)]
pub struct UsageView {
    /// The category or tag.
    id: Uuid,
    /// The number of entries.
    entries: i64,
    /// Their time, in whole seconds.
    duration_seconds: i64,
    /// When the last of them ended; the present, while it runs.
    last_used_at: DateTime<Utc>,
}

impl From<Usage> for UsageView {
    fn from(usage: Usage) -> Self {
        let Usage { id, entries, duration_seconds, last_used_at } = usage;
        Self { id, entries, duration_seconds, last_used_at }
    }
}

fn views(usage: Vec<Usage>) -> Vec<UsageView> {
    usage.into_iter().map(UsageView::from).collect()
}

/// How much the caller's entries use categories and tags: their number, their time, and when they were used last.
#[utoipa::path(get, path = "/time/usage", tag = "time", responses((status = 200, body = UsageReportView)))]
pub(crate) async fn get_usage(
    caller: Allowed<needs::SeeEntries>,
    pool: Pool,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let report = entries::usage(&mut conn, caller.0, now).await?;
    let (categories, tags) = (views(report.categories), views(report.tags));
    Ok(HttpResponse::Ok().json(UsageReportView { as_of: now, categories, tags }))
}
