//! Sums by groups.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, NaiveDate, Utc};
use clockwork_core::access::needs;
use clockwork_core::models::report::{Attribution, Names, Rounding, RoundingMode, RoundingUnit};
use clockwork_core::reports::export::CONTENT_ROWS_MAX;
use clockwork_core::reports::{self, BUCKETS_MAX, GROUPS_MAX, Ranged, ReportError, ReportQuery, ReportZone, Summary};
use serde::Serialize;
use utoipa::ToSchema;

use super::filters::ReportFilters;
use super::fresh::{self, Asked};
use super::query::{GroupQuery, RangeQuery, question};
use super::view::{AmountView, ReportGroupView, ReportTotalsView};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{Allowed, IfNoneMatch, Now, Pool, QueryParameters, weak_tag};

/// A report of sums.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SummaryReport)]
pub struct SummaryView {
    /// Until when running entries count.
    as_of: DateTime<Utc>,
    /// The IANA time zone in which days begin and end, or `member`.
    time_zone: String,
    /// The first day of weeks.
    first_day_of_week: &'static str,
    /// `split` or `start`.
    attribution: &'static str,
    /// The rule by which time is rounded; null without one.
    #[schema(required)]
    rounding: Option<RoundingView>,
    /// The levels of groups.
    group_by: Vec<&'static str>,
    /// Whether entries are in several groups of one level, because they have several tags. Totals count them once, so
    /// that these groups add up to more.
    groups_overlap: bool,
    #[serde(flatten)]
    sums: SumsView,
    /// The range that the report is compared with, if the request asks for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    compared: Option<SumsView>,
}

/// A rule by which time is rounded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportRounding)]
pub struct RoundingView {
    /// `up`, `down` or `nearest`.
    mode: &'static str,
    /// To multiples of so many minutes.
    minutes: u8,
    /// `entry` or `day`.
    per: &'static str,
}

/// The sums of a range.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportSums)]
pub struct SumsView {
    /// The first day.
    from_date: NaiveDate,
    /// The last day, which is part of the range.
    to_date: NaiveDate,
    /// When the range begins; with `timeZone=member`, in the first of the time zones.
    from: DateTime<Utc>,
    /// When it ends; with `timeZone=member`, in the last of them.
    to: DateTime<Utc>,
    /// The totals of all entries, each of them once.
    total: ReportTotalsView,
    /// What all of it is worth in each currency; only with `amounts=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    amounts: Option<Vec<AmountView>>,
    /// The groups of the first level.
    groups: Vec<ReportGroupView>,
}

impl From<Rounding> for RoundingView {
    fn from(Rounding { mode, minutes, unit }: Rounding) -> Self {
        let mode = match mode {
            RoundingMode::Up => "up",
            RoundingMode::Down => "down",
            RoundingMode::Nearest => "nearest",
        };
        let per = match unit {
            RoundingUnit::Entry => "entry",
            RoundingUnit::Day => "day",
        };
        Self { mode, minutes, per }
    }
}

impl SumsView {
    fn new(ranged: Ranged, names: &Names, amounts: bool) -> Self {
        let Ranged { range, from, to, levels, tree } = ranged;
        Self {
            from_date: range.from,
            to_date: range.to,
            from,
            to,
            total: tree.total.into(),
            amounts: amounts.then(|| AmountView::all(&tree.worth)),
            groups: ReportGroupView::all(tree.groups, &levels, names, amounts),
        }
    }
}

impl SummaryView {
    pub(crate) fn new(query: &ReportQuery, summary: Summary, now: DateTime<Utc>) -> Self {
        let Summary { main, compared, names } = summary;
        Self {
            as_of: now,
            time_zone: match &query.zone {
                ReportZone::One(zone) => zone.name().to_owned(),
                ReportZone::Member(_) => "member".to_owned(),
            },
            first_day_of_week: query.week.as_str(),
            attribution: match query.attribution {
                Attribution::Split => "split",
                Attribution::Start => "start",
            },
            rounding: query.rounding.map(RoundingView::from),
            group_by: query.groups.iter().map(|group| group.as_str()).collect(),
            groups_overlap: query.rows_overlap(),
            sums: SumsView::new(main, &names, query.amounts),
            compared: compared.map(|ranged| SumsView::new(ranged, &names, query.amounts)),
        }
    }
}

impl From<ReportError> for ApiError {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::TooManyBuckets(error) => {
                let message = format!("must end a range of at most {BUCKETS_MAX} days, or of hours where they are cut");
                let field = FieldError::too_long("toDate", BUCKETS_MAX, message).found_number(error.found);
                Self::field(ErrorCode::InvalidTimeRange, field)
            }
            ReportError::TooManyGroups => {
                let message = format!("must make at most {GROUPS_MAX} groups; narrow the filters, or group by less");
                Self::field(ErrorCode::ReportTooLarge, FieldError::too_long("groupBy", GROUPS_MAX, message))
            }
            ReportError::TooManyRows => {
                let message = format!("must not be pdf for more than {CONTENT_ROWS_MAX} rows; narrow the filters");
                Self::field(ErrorCode::ReportTooLarge, FieldError::too_long("format", CONTENT_ROWS_MAX, message))
            }
            ReportError::Connection(error) => error.into(),
            ReportError::Database(error) => error.into(),
        }
    }
}

/// Sums of the entries that the caller may see, by up to three levels of groups.
#[utoipa::path(
    get,
    path = "/reports/summary",
    tag = "reports",
    params(RangeQuery, GroupQuery, ReportFilters),
    responses(
        (status = 200, body = SummaryView),
        (status = 400, description = "invalid_id, invalid_time, invalid_time_range, invalid_time_zone, report_too_large"),
    )
)]
pub(crate) async fn get_summary(
    caller: Allowed<needs::SeeEntries>,
    request: HttpRequest,
    pool: Pool,
    Now(now): Now,
    if_none_match: IfNoneMatch,
    QueryParameters((range, groups, filters)): QueryParameters<(RangeQuery, GroupQuery, ReportFilters)>,
) -> ApiResult<HttpResponse> {
    let (caller, mut conn) = (caller.0, pool.0.conn().await?);
    let cursor = match fresh::check(&mut conn, caller, &question(&request, caller), &if_none_match).await? {
        Asked::Known(answer) => return Ok(answer),
        Asked::Unknown(cursor) => cursor,
    };
    let query = range.query(&mut conn, caller, filters, groups, now).await?;
    let summary = reports::summary(&mut conn, caller, &query, now).await?;
    drop(conn);
    let mut response = HttpResponse::Ok();
    // What runs grows without any change.
    let ranges = [Some(&summary.main), summary.compared.as_ref()];
    if ranges.into_iter().flatten().all(|ranged| ranged.tree.total.running == 0) {
        response.insert_header((header::ETAG, weak_tag(cursor)));
    }
    Ok(response.json(SummaryView::new(&query, summary, now)))
}
