//! Entries, cut at the borders of the buckets.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, Bool, Integer, Timestamptz, Uuid};

use super::super::Page;
use super::super::time_entry_filter::Selected;
use super::{Attribution, Calendar, Calendars, ReportPlan, RoundingUnit};

/// The columns of an entry that reports use.
const COLUMNS: &str = "time_entries.id, time_entries.user_id, time_entries.project_id, time_entries.category_id,
    time_entries.started_at, time_entries.stopped_at, time_entries.duration_seconds, time_entries.billable,
    time_entries.description";

/// Appends the calendars as a FROM item `calendar`, with `borders`, a column for each group of time (`column0` …), what
/// counts an entry once (`earlier0` …) and, if not all time counts, which does (`counted`). `user` is the member's
/// column.
pub(super) fn push_calendar<'b>(
    calendars: &'b Calendars,
    user: &str,
    out: &mut AstPass<'_, 'b, Pg>,
) -> QueryResult<()> {
    match calendars {
        // Parameters stand in place of its columns: PostgreSQL inlines a subquery without a table.
        Calendars::One(calendar) => {
            out.push_sql(" CROSS JOIN (SELECT ");
            push_columns(calendar, true, out)?;
            out.push_sql(") AS calendar");
        }
        Calendars::ByMember { calendars, members, numbers } => {
            out.push_sql(" LEFT JOIN ROWS FROM (unnest(");
            out.push_bind_param::<Array<Uuid>, _>(members)?;
            out.push_sql("), unnest(");
            out.push_bind_param::<Array<Integer>, _>(numbers)?;
            out.push_sql(")) AS zone (user_id, number) ON zone.user_id = ");
            out.push_sql(user);
            out.push_sql(" JOIN (");
            for (number, calendar) in calendars.iter().enumerate() {
                out.push_sql(if number == 0 { "SELECT 0 AS number, " } else { " UNION ALL SELECT " });
                if number > 0 {
                    out.push_sql(&format!("{number}, "));
                }
                push_columns(calendar, number == 0, out)?;
            }
            out.push_sql(") AS calendar ON calendar.number = coalesce(zone.number, 0)");
        }
    }
    Ok(())
}

fn push_columns<'b>(calendar: &'b Calendar, is_named: bool, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
    let name = |out: &mut AstPass<'_, 'b, Pg>, name: String| {
        if is_named {
            out.push_sql(&name);
        }
    };
    out.push_bind_param::<Array<Timestamptz>, _>(&calendar.borders)?;
    name(out, " AS borders".to_owned());
    for (number, column) in calendar.columns.iter().enumerate() {
        out.push_sql(", ");
        out.push_bind_param::<Array<Integer>, _>(column)?;
        name(out, format!(" AS column{number}"));
    }
    for (number, earlier) in calendar.earlier.iter().enumerate() {
        let Some(earlier) = earlier else { continue };
        out.push_sql(", ");
        out.push_bind_param::<Array<Integer>, _>(earlier)?;
        name(out, format!(" AS earlier{number}"));
    }
    if let Some(counted) = &calendar.counted {
        out.push_sql(", ");
        out.push_bind_param::<Array<Bool>, _>(counted)?;
        name(out, " AS counted".to_owned());
    }
    Ok(())
}

/// The entries of a plan as `entry`, with their end (`ends_at`) and the numbers of the first and the last bucket that
/// they count in.
pub(super) struct Placed<'a> {
    pub(super) plan: &'a ReportPlan<'a>,
    selected: Selected<'a>,
}

impl<'a> Placed<'a> {
    /// All entries of the plan, in no order.
    pub(super) fn all(plan: &'a ReportPlan<'a>) -> Self {
        Self { plan, selected: Selected::all(plan.scope, plan.filter) }
    }

    /// All entries of the plan, newest first.
    pub(super) fn newest(plan: &'a ReportPlan<'a>) -> Self {
        Self { plan, selected: Selected::newest(plan.scope, plan.filter) }
    }

    /// A page of the entries of the plan, newest first.
    pub(super) fn page(plan: &'a ReportPlan<'a>, page: Page) -> Self {
        Self { plan, selected: Selected::page(plan.scope, plan.filter, page) }
    }
}

impl QueryFragment<Pg> for Placed<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let plan = self.plan;
        out.push_sql("(SELECT ");
        out.push_sql(COLUMNS);
        out.push_sql(", until.ends_at");
        let one = plan.calendars.is_one_bucket();
        match plan.attribution {
            _ if one => out.push_sql(", 1 AS first, 1 AS last"),
            Attribution::Start => out.push_sql(
                ", width_bucket(time_entries.started_at, calendar.borders) AS first,
                   width_bucket(time_entries.started_at, calendar.borders) AS last",
            ),
            // The instants of an entry are those before its end; one without length has that of its start.
            Attribution::Split => out.push_sql(
                ", width_bucket(greatest(time_entries.started_at, calendar.borders[1]), calendar.borders) AS first,
                   width_bucket(greatest(time_entries.started_at, calendar.borders[1],
                       least(until.ends_at, calendar.borders[cardinality(calendar.borders)]) - interval '1 microsecond'),
                       calendar.borders) AS last",
            ),
        }
        out.push_sql(" FROM ");
        self.selected.walk_ast(out.reborrow())?;
        out.push_sql(
            " CROSS JOIN LATERAL (SELECT coalesce(time_entries.stopped_at, greatest(time_entries.started_at, ",
        );
        out.push_bind_param::<Timestamptz, _>(&plan.now)?;
        out.push_sql(")) AS ends_at) AS until");
        if !one {
            push_calendar(plan.calendars, "time_entries.user_id", &mut out)?;
        }
        if matches!(plan.calendars, Calendars::ByMember { .. }) {
            // The range of all time zones together is wider than that of each.
            out.push_sql(" WHERE time_entries.started_at < calendar.borders[cardinality(calendar.borders)] AND (");
            if plan.attribution == Attribution::Split {
                out.push_sql("until.ends_at > calendar.borders[1] OR ");
            }
            out.push_sql("time_entries.started_at >= calendar.borders[1])");
        }
        out.push_sql(") AS entry");
        Ok(())
    }
}

/// Appends the ends of the part of `entry` in bucket `number`, as seconds since the start of the entry: `part.upto`
/// and `part.before`. Most entries lie in one bucket, and then the table has the number.
pub(super) fn push_ends(attribution: Attribution, number: &str, out: &mut AstPass<'_, '_, Pg>) {
    out.push_sql(" CROSS JOIN LATERAL (SELECT ");
    match attribution {
        Attribution::Start => out.push_sql(
            "coalesce(entry.duration_seconds, floor(extract(epoch FROM entry.ends_at - entry.started_at))::bigint) AS upto,
             0::bigint AS before",
        ),
        Attribution::Split => {
            let (from, to) = (format!("calendar.borders[{number}]"), format!("calendar.borders[{number} + 1]"));
            out.push_sql(&format!(
                "CASE WHEN entry.stopped_at <= {to} THEN entry.duration_seconds
                      ELSE floor(extract(epoch FROM least(entry.ends_at, {to}) - entry.started_at))::bigint END AS upto,
                 CASE WHEN entry.started_at >= {from} THEN 0::bigint
                      ELSE floor(extract(epoch FROM {from} - entry.started_at))::bigint END AS before"
            ));
        }
    }
    out.push_sql(") AS part");
}

/// The instant at which the part of `entry` in a bucket begins: the rate that holds then holds for all of it.
pub(super) fn instant_of_part(attribution: Attribution, number: &str) -> String {
    match attribution {
        Attribution::Start => "entry.started_at".to_owned(),
        Attribution::Split => format!("greatest(entry.started_at, calendar.borders[{number}])"),
    }
}

/// The condition that the time in a bucket counts; nothing where all of it does.
pub(super) fn counts_in(calendars: &Calendars, number: &str) -> String {
    if calendars.leaves_out() { format!(" WHERE calendar.counted[{number}]") } else { String::new() }
}

/// The parts of the entries of a plan as `part`: the entry's columns, the bucket (`number`, and `first`), `seconds`,
/// `rounded` if the plan rounds, and the columns of the calendar.
pub(super) struct Parts<'a> {
    placed: Placed<'a>,
}

impl<'a> Parts<'a> {
    /// The parts of all entries of the plan.
    pub(super) fn new(plan: &'a ReportPlan<'a>) -> Self {
        Self { placed: Placed::all(plan) }
    }

    /// The plan.
    pub(super) fn plan(&self) -> &'a ReportPlan<'a> {
        self.placed.plan
    }
}

impl QueryFragment<Pg> for Parts<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let plan = self.placed.plan;
        let by_day = plan.rounding.filter(|rounding| rounding.unit == RoundingUnit::Day);
        let leaves_out = plan.calendars.leaves_out();
        if let Some(rounding) = by_day {
            // The parts of a day's bundle are rounded one after the other, so that they add up to the rounded bundle.
            let (upto, before) = (rounding.sql("part.upto_here"), rounding.sql("(part.upto_here - part.seconds)"));
            let days = plan.calendars.first().map_or(0, |calendar| calendar.columns.len().saturating_sub(1));
            out.push_sql(&format!(
                "(SELECT part.*, {upto} - {before} AS rounded FROM (SELECT part.*, (sum(part.seconds) OVER (
                      PARTITION BY part.column{days}, part.user_id, part.project_id, part.description
                      ORDER BY part.started_at, part.id, part.number))::bigint AS upto_here FROM "
            ));
        }
        // What does not count of a bundle is left out when the bundle has been rounded: the rest is what it is in
        // groups.
        let counts = if by_day.is_some() { String::new() } else { counts_in(plan.calendars, "entry.number") };
        out.push_sql("(SELECT entry.*, part.upto - part.before AS seconds, ");
        out.push_sql(instant_of_part(plan.attribution, "entry.number").as_str());
        out.push_sql(" AS at");
        if let (Some(rounding), None) = (plan.rounding, by_day) {
            out.push_sql(&format!(", {} - {} AS rounded", rounding.sql("part.upto"), rounding.sql("part.before")));
        }
        if let Some(calendar) = plan.calendars.first() {
            for column in 0..calendar.columns.len() {
                out.push_sql(&format!(", calendar.column{column}[entry.number] AS column{column}"));
            }
            for (number, earlier) in calendar.earlier.iter().enumerate() {
                match earlier {
                    Some(_) => out.push_sql(&format!(
                        ", coalesce(calendar.earlier{number}[entry.number] < entry.first, false) AS once{number}"
                    )),
                    None => out.push_sql(&format!(", entry.number = entry.first AS once{number}")),
                }
            }
            if leaves_out {
                out.push_sql(", calendar.counted[entry.number] AS counted");
            }
        }
        // As an output column the series makes a row for each number without a table of its own for each entry.
        let one = plan.calendars.is_one_bucket();
        out.push_sql(if one {
            " FROM (SELECT entry.*, 1 AS number FROM "
        } else {
            " FROM (SELECT entry.*, generate_series(entry.first, entry.last) AS number FROM "
        });
        self.placed.walk_ast(out.reborrow())?;
        out.push_sql(") AS entry");
        push_calendar(plan.calendars, "entry.user_id", &mut out)?;
        push_ends(plan.attribution, "entry.number", &mut out);
        out.push_sql(&counts);
        out.push_sql(") AS part");
        if by_day.is_some() {
            out.push_sql(if leaves_out { ") AS part WHERE part.counted) AS part" } else { ") AS part) AS part" });
        }
        Ok(())
    }
}
