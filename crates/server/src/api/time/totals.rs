//! How much time entries have: of a filter, and of each day of a range.

use actix_web::HttpResponse;
use chrono::{DateTime, NaiveDate, Utc};
use clockwork_core::access::{Permit, needs};
use clockwork_core::models::TimeRange;
use clockwork_core::models::report::TimeTotals;
use clockwork_core::tracking::entries::{self, DAYS_MAX, Day};
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::entry_query::EntriesQuery;
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{Allowed, FromQuery, Now, Pool, QueryParameters, UnreadParameters};

/// How totals are divided.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct TotalsQuery {
    /// Also of each day of the range, which then needs both ends and at most 400 days.
    days: Option<bool>,
}

impl FromQuery for TotalsQuery {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        Ok(Self { days: parameters.flag("days")? })
    }
}

/// How many entries there are, and how much of their time is in the range.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TimeTotals)]
pub struct TotalsView {
    /// Until when running entries count.
    as_of: DateTime<Utc>,
    /// Where the range begins; null when it has no beginning.
    #[schema(required)]
    from: Option<DateTime<Utc>>,
    /// Where the range ends; null when it has no end. It is not part of the range.
    #[schema(required)]
    to: Option<DateTime<Utc>>,
    /// The number of entries, each of them once.
    entries: i64,
    /// How many of them run.
    running: i64,
    /// Their time in the range, in whole seconds: the sum of all days.
    duration_seconds: i64,
    /// The billable part of it.
    billable_seconds: i64,
    /// The IANA time zone in which the days begin and end; only with `days=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    time_zone: Option<&'static str>,
    /// Each day of the range in order, those without entries as well; only with `days=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    days: Option<Vec<DayTotalsView>>,
}

/// The entries of a day, and their time in it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DayTotals)]
pub struct DayTotalsView {
    date: NaiveDate,
    /// When the day begins: where the range does, if that is later.
    from: DateTime<Utc>,
    /// When the next day begins, or where the range ends.
    to: DateTime<Utc>,
    /// The number of entries with time in the day.
    entries: i64,
    /// How many of them run.
    running: i64,
    /// Their time in the day, in whole seconds.
    duration_seconds: i64,
    /// The billable part of it.
    billable_seconds: i64,
}

impl TotalsView {
    fn new(totals: TimeTotals, range: TimeRange) -> Self {
        let TimeTotals { entries, running, duration_seconds, billable_seconds, .. } = totals;
        let TimeRange { from, to, now } = range;
        let (time_zone, days) = (None, None);
        Self { as_of: now, from, to, entries, running, duration_seconds, billable_seconds, time_zone, days }
    }
}

impl DayTotalsView {
    fn new(day: Day, totals: TimeTotals) -> Self {
        let TimeTotals { entries, running, duration_seconds, billable_seconds, .. } = totals;
        let Day { date, from, to } = day;
        Self { date, from, to, entries, running, duration_seconds, billable_seconds }
    }
}

/// Totals of the entries that pass the filters, the caller's own unless `member` asks for others: their number, and
/// their time in the range, or all their time if there is no range.
#[utoipa::path(
    get,
    path = "/time/totals",
    tag = "time",
    params(EntriesQuery, TotalsQuery),
    responses(
        (status = 200, body = TotalsView),
        (status = 400, description = "invalid_id, invalid_time, invalid_time_range, invalid_time_zone"),
    )
)]
pub(crate) async fn get_totals(
    caller: Allowed<needs::SeeEntries>,
    pool: Pool,
    Now(now): Now,
    QueryParameters((query, division)): QueryParameters<(EntriesQuery, TotalsQuery)>,
) -> ApiResult<HttpResponse> {
    let (caller, mut conn) = (caller.0, pool.0.conn().await?);
    let totals = if division.days == Some(true) {
        by_day(&mut conn, caller, query, now).await?
    } else {
        let range = query.range(&mut conn, caller, now).await?;
        let totals = match query.filter(&mut conn, caller, range).await? {
            Some(filter) => entries::total(&mut conn, caller, &filter, now).await?,
            None => TimeTotals::default(),
        };
        TotalsView::new(totals, range.unwrap_or_else(|| TimeRange::always(now)))
    };
    Ok(HttpResponse::Ok().json(totals))
}

async fn by_day(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    query: EntriesQuery,
    now: DateTime<Utc>,
) -> ApiResult<TotalsView> {
    let zone = query.zone(conn, caller).await?;
    let range = query.range_in(&zone, now);
    let ends = query.range_names();
    let (Some(from), Some(to)) = (range.from, range.to) else {
        let name = if range.from.is_none() { ends.0 } else { ends.1 };
        let field = FieldError::new(name, "required", "is required with days=true");
        return Err(ApiError::field(ErrorCode::InvalidTimeRange, field));
    };
    let days = entries::days(&zone, from, to).map_err(|error| {
        let message = format!("must end a range of at most {DAYS_MAX} days, ends one of {}", error.found);
        let field = FieldError::too_long(ends.1, DAYS_MAX, message).found_number(error.found);
        ApiError::field(ErrorCode::InvalidTimeRange, field)
    })?;
    let (total, each) = match query.filter(conn, caller, Some(range)).await? {
        Some(filter) => entries::totals_by_day(conn, caller, filter, &days, now).await?,
        None => (TimeTotals::default(), vec![TimeTotals::default(); days.len()]),
    };
    let days = days.into_iter().zip(each).map(|(day, totals)| DayTotalsView::new(day, totals)).collect();
    Ok(TotalsView { time_zone: Some(zone.name()), days: Some(days), ..TotalsView::new(total, range) })
}
