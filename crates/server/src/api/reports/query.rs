//! What a report asks, as a query string: the same for every kind of report.

use actix_web::HttpRequest;
use chrono::{DateTime, NaiveDate, Utc};
use clockwork_core::access::{Permit, needs};
use clockwork_core::build_info;
use clockwork_core::models::report::{Attribution, Rounding, RoundingUnit};
use clockwork_core::reports::{
    self, AttributionWord, ComparisonWord, DateRange, Group, ReportQuery, ReportZone, RoundingModeWord,
    RoundingUnitWord, Sort,
};
use clockwork_core::values::settings::FirstDayOfWeek;
use clockwork_core::values::{InvalidValue, TimeZone, time_zone};
use diesel_async::AsyncPgConnection;
use utoipa::IntoParams;

use super::filters::{ReportFilters, number};
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};
use crate::extract::{FromQuery, UnreadParameters};

/// The word for the time zone of each member.
const MEMBER_ZONE: &str = "member";
/// Most levels of groups.
const GROUPS_MAX: usize = 3;
/// Most levels of categories that can be told apart.
const DEPTH_MAX: i64 = 100;
/// The steps to which time is rounded, in minutes: those that divide an hour.
const STEP_MAX: i64 = 60;

/// Which days a report is about, and how their time is counted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct RangeQuery {
    /// The first day. Every report needs it.
    from_date: Option<NaiveDate>,
    /// The last day, which is part of the range. Every report needs it.
    to_date: Option<NaiveDate>,
    /// The IANA time zone in which days begin and end, or `member`: that of the member whose entry it is. The person's
    /// when left out, or else the workspace's, or else UTC.
    #[param(value_type = Option<String>)]
    time_zone: Option<ZoneWord>,
    /// The first day of weeks, such as `monday`; the person's when left out.
    #[param(value_type = Option<String>)]
    first_day_of_week: Option<FirstDayOfWeek>,
    /// `split` (if left out): an entry counts in each day with its time there. `start`: all of it counts where it
    /// began.
    #[param(value_type = Option<String>)]
    attribution: Option<AttributionWord>,
    /// `none` (if left out), `up`, `down` or `nearest`: how time is rounded, beside the exact time.
    #[param(value_type = Option<String>)]
    round: Option<RoundingModeWord>,
    /// To multiples of so many minutes, which divide an hour. 15 if left out.
    #[param(minimum = 1, maximum = 60)]
    round_to: Option<i64>,
    /// What is rounded: each `entry` (if left out), or what a member tracked on a `day` in one project with one
    /// description.
    #[param(value_type = Option<String>)]
    round_per: Option<RoundingUnitWord>,
    /// Whether the answer has amounts, which needs the capability `see_amounts`.
    amounts: Option<bool>,
}

/// The time zone of a report.
#[derive(Debug)]
enum ZoneWord {
    /// That of the member whose entry it is.
    Member,
    /// One for all.
    One(TimeZone),
}

/// How a report is grouped.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct GroupQuery {
    /// A level of groups: `project`, `category`, `client`, `member`, `tag`, `billable`, `description`, `day`, `week`,
    /// `month`, `quarter`, `year`, `weekday` or `hour`. Repeated for up to three levels.
    #[param(required = false, max_items = 3, value_type = Vec<String>)]
    group_by: Vec<Group>,
    /// How many levels of categories are told apart; what is below counts for the one above it.
    #[param(minimum = 1, maximum = 100)]
    category_depth: Option<i64>,
    /// The order of groups: `name`, `time`, `billable` or `amount`, with `-` backwards. If left out, stretches of time
    /// are in their order and all others by time, the largest first.
    #[param(value_type = Option<String>)]
    sort: Option<Sort>,
    /// Whether stretches of time without entries are there as well.
    fill_empty: Option<bool>,
    /// With what the report is compared: the `previous` range, or the same a `year` before.
    #[param(value_type = Option<String>)]
    compare: Option<ComparisonWord>,
}

/// Reads a word that may be left out.
pub(super) fn optional<T>(
    parameters: &mut UnreadParameters,
    name: &str,
    parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
) -> ApiResult<Option<T>> {
    parameters.one(name)?.map(|text| parsed(name, &text, parse)).transpose()
}

fn parsed<T>(name: &str, text: &str, parse: impl FnOnce(&str) -> Result<T, InvalidValue>) -> ApiResult<T> {
    parse(text).map_err(|error| ApiError::field(ErrorCode::InvalidQuery, FieldError::invalid(name, &error, text)))
}

impl FromQuery for RangeQuery {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        let (from_date, to_date) = parameters.dates("fromDate", "toDate")?;
        let zone = |text: String| match text.as_str() {
            MEMBER_ZONE => Ok(ZoneWord::Member),
            text => TimeZone::parse(text).map(ZoneWord::One).map_err(|error| {
                ApiError::field(ErrorCode::InvalidTimeZone, FieldError::invalid("timeZone", &error, text))
            }),
        };
        let time_zone = parameters.one("timeZone")?.map(zone).transpose()?;
        let round_to = number(parameters, "roundTo", 1, STEP_MAX)?;
        if let Some(minutes) = round_to
            && STEP_MAX % minutes != 0
        {
            let message = "must divide an hour: 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 or 60";
            let field = FieldError::out_of_range("roundTo", 1, STEP_MAX, message).found(&minutes.to_string());
            return Err(ApiError::field(ErrorCode::InvalidQuery, field));
        }
        Ok(Self {
            from_date,
            to_date,
            time_zone,
            first_day_of_week: optional(parameters, "firstDayOfWeek", FirstDayOfWeek::parse)?,
            attribution: optional(parameters, "attribution", AttributionWord::parse)?,
            round: optional(parameters, "round", RoundingModeWord::parse)?,
            round_to,
            round_per: optional(parameters, "roundPer", RoundingUnitWord::parse)?,
            amounts: parameters.flag("amounts")?,
        })
    }
}

impl FromQuery for GroupQuery {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        let mut group_by = Vec::new();
        for text in parameters.all("groupBy") {
            let group = parsed("groupBy", &text, Group::parse)?;
            if group_by.contains(&group) {
                let field = FieldError::format("groupBy", "once", "must name each group once").found(&text);
                return Err(ApiError::field(ErrorCode::InvalidQuery, field));
            }
            group_by.push(group);
        }
        if group_by.len() > GROUPS_MAX {
            let message = format!("must be given at most {GROUPS_MAX} times, is given {} times", group_by.len());
            let field = FieldError::too_long("groupBy", GROUPS_MAX, message).found_number(group_by.len());
            return Err(ApiError::field(ErrorCode::InvalidQuery, field));
        }
        Ok(Self {
            group_by,
            category_depth: number(parameters, "categoryDepth", 1, DEPTH_MAX)?,
            sort: optional(parameters, "sort", Sort::parse)?,
            fill_empty: parameters.flag("fillEmpty")?,
            compare: optional(parameters, "compare", ComparisonWord::parse)?,
        })
    }
}

impl RangeQuery {
    fn range(&self) -> ApiResult<DateRange> {
        let required = |name: &str| {
            let field = FieldError::new(name, "required", "is required");
            ApiError::field(ErrorCode::InvalidTimeRange, field)
        };
        let from = self.from_date.ok_or_else(|| required("fromDate"))?;
        let to = self.to_date.ok_or_else(|| required("toDate"))?;
        Ok(DateRange { from, to })
    }

    fn rounding(&self) -> Option<Rounding> {
        let mode = self.round.and_then(RoundingModeWord::mode)?;
        let minutes = self.round_to.and_then(|minutes| u8::try_from(minutes).ok()).unwrap_or(15);
        let unit = self.round_per.map_or(RoundingUnit::Entry, RoundingUnit::from);
        Some(Rounding { mode, minutes, unit })
    }

    /// The query: one statement for what it leaves out, and one for categories with what is below them.
    pub(super) async fn query(
        self,
        conn: &mut AsyncPgConnection,
        caller: Permit<needs::SeeEntries>,
        filters: ReportFilters,
        groups: GroupQuery,
        now: DateTime<Utc>,
    ) -> ApiResult<ReportQuery> {
        let range = self.range()?;
        let rounding = self.rounding();
        let amounts = self.amounts == Some(true);
        if amounts {
            caller.permit::<needs::SeeAmounts>()?;
        }
        let by_member = matches!(self.time_zone, Some(ZoneWord::Member));
        if let (true, Some(name)) = (by_member, filters.times_of_day()) {
            let field = FieldError::format(name, "alone", "must not be given together with timeZone=member");
            return Err(ApiError::field(ErrorCode::InvalidQuery, field));
        }
        let (zone, week) = match (self.time_zone, self.first_day_of_week) {
            (Some(ZoneWord::One(zone)), Some(week)) => (zone, week),
            (word, week) => {
                let defaults = reports::defaults(conn, caller).await?;
                let zone = match word {
                    Some(ZoneWord::One(zone)) => zone,
                    Some(ZoneWord::Member) => defaults.workspace_zone,
                    None => defaults.zone,
                };
                (zone, week.unwrap_or(defaults.week))
            }
        };
        let times = filters.times_of_week();
        let filter = filters.filter(conn, caller, &zone, now).await?;
        Ok(ReportQuery {
            range,
            zone: if by_member { ReportZone::Member(zone) } else { ReportZone::One(zone) },
            week,
            attribution: self.attribution.map_or(Attribution::Split, Attribution::from),
            filter,
            times,
            groups: groups.group_by,
            category_depth: groups.category_depth.and_then(|depth| usize::try_from(depth).ok()),
            sort: groups.sort,
            fill_empty: groups.fill_empty == Some(true),
            comparison: groups.compare,
            rounding,
            amounts,
        })
    }
}

/// Everything that the answer to a request depends on beside the database.
pub(super) fn question(request: &HttpRequest, caller: Permit<needs::SeeEntries>) -> String {
    let (path, query) = (request.match_pattern().unwrap_or_default(), request.query_string());
    let asked = format!("{path}?{query} {} {} {:?}", caller.workspace, caller.user(), caller.scope());
    asked_of(build_info::deployment(), time_zone::rules(), &asked)
}

/// A question with the release that answers it, and its rules of time zones: another one may answer otherwise.
fn asked_of(release: &str, rules: &str, asked: &str) -> String {
    format!("{release} {rules} {asked}")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;

    use super::*;

    #[test]
    fn another_release_and_other_rules_of_time_zones_make_another_question() {
        let asked = |release, rules| asked_of(release, rules, "/api/reports/summary?fromDate=2026-03-01");
        let now = asked("1.4.0", "2026a");
        assert_eq!(now, asked("1.4.0", "2026a"));
        assert_ne!(now, asked("1.4.1", "2026a"));
        assert_ne!(now, asked("1.4.0", "2026b"));
        let request = TestRequest::with_uri("/api/reports/summary?fromDate=2026-03-01").to_http_request();
        let here = question(&request, BUILT_IN_CALLER.permit().unwrap());
        assert!(here.starts_with(&asked_of(build_info::deployment(), time_zone::rules(), "")), "{here}");
        assert!(here.contains("fromDate=2026-03-01"), "{here}");
    }
}
