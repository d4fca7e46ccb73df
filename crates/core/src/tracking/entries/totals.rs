//! How much time entries have: in a range, and in each of its days.

use chrono::{DateTime, Days, NaiveDate, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use super::list::scope_of;
use crate::access::{Permit, needs};
use crate::models::report::{Attribution, Calendar, Calendars, GroupColumn, ReportPlan, ReportSums, TimeTotals};
use crate::models::{TimeEntryFilter, TimeRange};
use crate::telemetry::RULE_TARGET;
use crate::values::{TimeZone, TrackedTime};

/// The largest number of days that totals are given for, each alone: a year in whole weeks, and a month.
pub const DAYS_MAX: usize = 400;

/// A day of a range, as long as its time zone makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its date.
    pub date: NaiveDate,
    /// When it begins, or when the range does.
    pub from: DateTime<Utc>,
    /// When the next one begins, or when the range ends.
    pub to: DateTime<Utc>,
}

/// A range has more than [`DAYS_MAX`] days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the range has {found} days, which is more than {DAYS_MAX}")]
pub struct TooManyDays {
    /// How many it has.
    pub found: usize,
}

/// The days of a range by the clocks of a time zone, the first and the last cut to the range. None when the range is
/// empty.
///
/// # Errors
/// When there are more than [`DAYS_MAX`].
pub fn days(zone: &TimeZone, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Day>, TooManyDays> {
    if from >= to {
        return Ok(Vec::new());
    }
    let (first, last) = (zone.local(from).date(), zone.local(to).date());
    // A range that ends where a day begins has nothing of that day.
    let last = if zone.start_of_day(last) < to { last } else { last.pred_opt().unwrap_or(last) };
    let found = usize::try_from((last - first).num_days() + 1).unwrap_or_default().max(1);
    if found > DAYS_MAX {
        return Err(TooManyDays { found });
    }
    let mut days = Vec::with_capacity(found);
    let mut begin = from;
    for date in first.iter_days().take(found) {
        let end = date.checked_add_days(Days::new(1)).map_or(to, |next| zone.start_of_day(next));
        // The clock may show the date before again after midnight; days follow one another all the same.
        let end = if days.len() + 1 == found { to } else { end.clamp(begin, to) };
        days.push(Day { date, from: begin, to: end });
        begin = end;
    }
    Ok(days)
}

/// Totals of the entries that the caller sees and that pass the filter, of their time in the filter's range or of all
/// their time.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "entries::total", skip_all)]
pub async fn total(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    filter: &TimeEntryFilter,
    now: DateTime<Utc>,
) -> QueryResult<TimeTotals> {
    let TimeRange { from, to, .. } = filter.overlap.unwrap_or_else(|| TimeRange::always(now));
    let (begin, end) = TrackedTime::bounds();
    let calendars = Calendars::One(Calendar::whole(from.unwrap_or(begin), to.unwrap_or(end), 0));
    let plan = plan(caller, filter, &calendars, now);
    let rows = ReportSums::new(&plan, &[], 1).load(conn).await?;
    Ok(rows.first().map(|row| row.share(0, None)).unwrap_or_default())
}

/// The same of each of the days, which follow one another, and of all of them together. They take the place of the
/// filter's range.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "entries::totals_by_day", skip_all)]
pub async fn totals_by_day(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeEntries>,
    filter: TimeEntryFilter,
    days: &[Day],
    now: DateTime<Utc>,
) -> QueryResult<(TimeTotals, Vec<TimeTotals>)> {
    let mut by_day = vec![TimeTotals::default(); days.len()];
    let mut total = TimeTotals::default();
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok((total, by_day)) };
    let range = TimeRange { from: Some(first.from), to: Some(last.to), now };
    let filter = TimeEntryFilter { overlap: Some(range), ..filter };
    let calendars = Calendars::One(calendar(days, last.to));
    let plan = plan(caller, &filter, &calendars, now);
    let limit = i64::try_from(days.len()).unwrap_or(i64::MAX);
    for row in ReportSums::new(&plan, &[GroupColumn::Bucket(0)], limit).load(conn).await? {
        total += row.share(0, None);
        let index = row.key1.as_deref().and_then(|number| number.parse::<usize>().ok());
        if let Some(day) = index.and_then(|index| by_day.get_mut(index)) {
            *day = row.share(1, None);
        }
    }
    Ok((total, by_day))
}

/// The days that have time in them: one that a time zone skipped has none.
fn calendar(days: &[Day], end: DateTime<Utc>) -> Calendar {
    let long = (0..).zip(days).filter(|(_, day)| day.from < day.to);
    let (column, mut borders): (Vec<i32>, Vec<_>) = long.map(|(number, day)| (number, day.from)).unzip();
    borders.push(end);
    let earlier = vec![None, Some(vec![0; column.len()])];
    Calendar { borders, columns: vec![column], earlier, counted: None }
}

fn plan<'a>(
    caller: Permit<needs::SeeEntries>,
    filter: &'a TimeEntryFilter,
    calendars: &'a Calendars,
    now: DateTime<Utc>,
) -> ReportPlan<'a> {
    let scope = scope_of(caller, filter);
    ReportPlan { scope, filter, calendars, attribution: Attribution::Split, rounding: None, money: None, now }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn hours(zone: &str, from: &str, to: &str) -> Vec<(String, f64)> {
        let zone = TimeZone::parse(zone).expect("a time zone");
        let days = days(&zone, utc(from), utc(to)).expect("not too many");
        assert!(days.windows(2).all(|pair| pair[0].to == pair[1].from), "{days:?}");
        #[expect(clippy::cast_precision_loss, reason = "a few days")]
        let hours = |day: &Day| (day.to - day.from).num_minutes() as f64 / 60.0;
        days.iter().map(|day| (day.date.to_string(), hours(day))).collect()
    }

    fn expected(days: &[(&str, f64)]) -> Vec<(String, f64)> {
        days.iter().map(|(date, hours)| ((*date).to_owned(), *hours)).collect()
    }

    #[test]
    fn days_are_as_long_as_the_clocks_make_them() {
        assert_eq!(
            hours("Europe/Berlin", "2026-03-27T23:00:00Z", "2026-03-29T22:00:00Z"),
            expected(&[("2026-03-28", 24.0), ("2026-03-29", 23.0)])
        );
        assert_eq!(
            hours("America/New_York", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
            expected(&[("2026-11-01", 25.0)])
        );
        assert_eq!(
            hours("Australia/Lord_Howe", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z"),
            expected(&[("2026-10-04", 23.5)])
        );
        assert_eq!(
            hours("Pacific/Apia", "2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z"),
            expected(&[("2011-12-29", 24.0), ("2011-12-30", 0.0), ("2011-12-31", 24.0)])
        );
    }

    #[test]
    fn the_first_and_the_last_day_are_cut_to_the_range() {
        assert_eq!(
            hours("Asia/Kathmandu", "2026-11-26T12:15:00Z", "2026-11-27T20:15:00Z"),
            expected(&[("2026-11-26", 6.0), ("2026-11-27", 24.0), ("2026-11-28", 2.0)])
        );
        assert_eq!(hours("UTC", "2026-11-26T12:00:00Z", "2026-11-26T13:00:00Z"), expected(&[("2026-11-26", 1.0)]));
        assert_eq!(hours("UTC", "2026-11-26T12:00:00Z", "2026-11-26T12:00:00Z"), expected(&[]));
    }

    #[test]
    fn a_range_may_have_a_year_of_days_and_not_ten() {
        let utc_zone = TimeZone::utc();
        let of = |to: &str| days(&utc_zone, utc("2025-01-01T00:00:00Z"), utc(to)).map(|days| days.len());
        assert_eq!(of("2026-02-05T00:00:00Z"), Ok(400));
        assert_eq!(of("2026-02-05T00:00:00.000001Z"), Err(TooManyDays { found: 401 }));
        assert_eq!(of("2035-01-01T00:00:00Z"), Err(TooManyDays { found: 3652 }));
    }
}
