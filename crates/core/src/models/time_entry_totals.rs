//! Totals of entries: how many, and how much of their time is in a range, in all and by day.
//!
//! Seconds of an entry are whole and counted from its start: the part between two instants has the seconds that are
//! complete at the second instant, less those that are complete at the first. So the parts of an entry add up to its
//! `duration_seconds`, the days to the range, and the entries to the total, whatever fractions of a second starts and
//! stops have.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Timestamptz};
use diesel::{QueryResult, QueryableByName};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::time_entry_filter::{Selected, query_by_text};
use super::{TimeEntry, TimeEntryFilter, TimeRange};
use crate::access::EntryScope;

/// How many entries, and how much time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName)]
pub struct TimeTotals {
    /// The number of entries.
    #[diesel(sql_type = BigInt)]
    pub entries: i64,
    /// How many of them run.
    #[diesel(sql_type = BigInt)]
    pub running: i64,
    /// Their time, in whole seconds.
    #[diesel(sql_type = BigInt)]
    pub duration_seconds: i64,
    /// The billable part of it.
    #[diesel(sql_type = BigInt)]
    pub billable_seconds: i64,
}

/// Totals of one day, and what they add to those of the whole range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct DayTotals {
    /// Its number, from 1.
    #[diesel(sql_type = Integer)]
    pub day: i32,
    /// The totals of the day.
    #[diesel(embed)]
    pub totals: TimeTotals,
    /// How many of its entries have no time in an earlier day of the range.
    #[diesel(sql_type = BigInt)]
    pub first_entries: i64,
    /// The same of those that run.
    #[diesel(sql_type = BigInt)]
    pub first_running: i64,
}

/// The selected entries as `entry`, and their ends in `until`.
struct Ending<'a> {
    selected: Selected<'a>,
    now: DateTime<Utc>,
}

impl QueryFragment<Pg> for Ending<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "(SELECT time_entries.started_at, time_entries.stopped_at, time_entries.duration_seconds, time_entries.billable FROM ",
        );
        self.selected.walk_ast(out.reborrow())?;
        out.push_sql(") AS entry CROSS JOIN LATERAL (SELECT coalesce(entry.stopped_at, greatest(entry.started_at, ");
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(")) AS stop) AS until");
        Ok(())
    }
}

/// The whole seconds of `entry` between two instants. Most entries lie between them, and then the table has the number.
macro_rules! seconds_between {
    ($from:literal, $to:literal) => {
        concat!(
            "CASE WHEN entry.started_at >= ",
            $from,
            " AND entry.stopped_at <= ",
            $to,
            " THEN entry.duration_seconds
                  ELSE (floor(extract(epoch FROM least(until.stop, ",
            $to,
            ") - entry.started_at))
                        - floor(extract(epoch FROM greatest(entry.started_at, ",
            $from,
            ") - entry.started_at)))::bigint END"
        )
    };
}

/// The sums of `part.seconds`.
const SUMS: &str = "coalesce(sum(part.seconds), 0)::bigint AS duration_seconds,
    coalesce(sum(part.seconds) FILTER (WHERE entry.billable), 0)::bigint AS billable_seconds FROM ";

/// Totals of a range, or of all time.
struct TotalQuery<'a> {
    entries: Ending<'a>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
}

impl QueryFragment<Pg> for TotalQuery<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) AS entries, count(*) FILTER (WHERE entry.stopped_at IS NULL) AS running, ");
        out.push_sql(SUMS);
        self.entries.walk_ast(out.reborrow())?;
        out.push_sql(" CROSS JOIN (SELECT coalesce(");
        out.push_bind_param::<Nullable<Timestamptz>, _>(&self.from)?;
        out.push_sql(", '-infinity') AS start, coalesce(");
        out.push_bind_param::<Nullable<Timestamptz>, _>(&self.to)?;
        out.push_sql(", 'infinity') AS stop) AS bounds CROSS JOIN LATERAL (SELECT ");
        out.push_sql(seconds_between!("bounds.start", "bounds.stop"));
        out.push_sql(" AS seconds) AS part");
        Ok(())
    }
}

/// Totals of days. Each entry is put into the days that it has time in by a binary search of their borders.
struct DaysQuery<'a> {
    entries: Ending<'a>,
    borders: &'a [DateTime<Utc>],
}

impl QueryFragment<Pg> for DaysQuery<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT part.day, count(*) AS entries, count(*) FILTER (WHERE entry.stopped_at IS NULL) AS running,
                    count(*) FILTER (WHERE part.day = days.first) AS first_entries,
                    count(*) FILTER (WHERE part.day = days.first AND entry.stopped_at IS NULL) AS first_running, ",
        );
        out.push_sql(SUMS);
        self.entries.walk_ast(out.reborrow())?;
        out.push_sql(" CROSS JOIN (SELECT ");
        out.push_bind_param::<Array<Timestamptz>, _>(&self.borders)?;
        // The instants of an entry are those before its stop; one without length has that of its start. A day that a
        // time zone skipped has none.
        out.push_sql(
            " AS borders) AS range
             CROSS JOIN LATERAL (SELECT
                 width_bucket(greatest(entry.started_at, range.borders[1]), range.borders) AS first,
                 width_bucket(greatest(entry.started_at, range.borders[1],
                                       least(until.stop, range.borders[cardinality(range.borders)]) - interval '1 microsecond'),
                              range.borders) AS last
             ) AS days
             CROSS JOIN LATERAL generate_series(days.first, days.last) AS number (day)
             CROSS JOIN LATERAL (SELECT number.day, ",
        );
        out.push_sql(seconds_between!("range.borders[number.day]", "range.borders[number.day + 1]"));
        out.push_sql(
            " AS seconds) AS part
             WHERE range.borders[part.day] < range.borders[part.day + 1] GROUP BY part.day ORDER BY part.day",
        );
        Ok(())
    }
}

query_by_text!(TotalQuery);
query_by_text!(DaysQuery);

impl TimeEntry {
    /// Totals of the entries of a scope that pass the filter: of their time in the range that the filter has, or of all
    /// their time. Running entries reach until `now`.
    pub async fn total(
        conn: &mut AsyncPgConnection,
        scope: EntryScope,
        filter: &TimeEntryFilter,
        now: DateTime<Utc>,
    ) -> QueryResult<TimeTotals> {
        let entries = Ending { selected: Selected::all(scope, filter), now };
        let TimeRange { from, to, .. } = filter.overlap.unwrap_or_else(|| TimeRange::always(now));
        TotalQuery { entries, from, to }.get_result(conn).await
    }

    /// Totals of the days between `borders`, which are in order: the start of each day, and the end of the last. The
    /// filter's range must be that of all days together. Days without entries are left out.
    pub async fn totals_by_day(
        conn: &mut AsyncPgConnection,
        scope: EntryScope,
        filter: &TimeEntryFilter,
        borders: &[DateTime<Utc>],
        now: DateTime<Utc>,
    ) -> QueryResult<Vec<DayTotals>> {
        let entries = Ending { selected: Selected::all(scope, filter), now };
        DaysQuery { entries, borders }.load(conn).await
    }
}
