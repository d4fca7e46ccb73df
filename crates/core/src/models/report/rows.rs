//! Entries of a report, each with its time in the range.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryResult, QueryableByName};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::super::time_entry_filter::query_by_text;
use super::super::{Page, Paged, Position, deleted_tags};
use super::parts::{Parts, Placed, counts_in, instant_of_part, push_calendar, push_ends};
use super::{Calendars, ReportPlan, RoundingUnit};
use crate::values::ids::{CategoryId, ProjectId, TagId, TimeEntryId, UserId};

/// What the pieces of an entry are worth together.
const WORTH: &str = ", min(piece.currency) AS currency, sum(piece.rounded * piece.hourly)::text AS worth,
    sum(piece.seconds * piece.hourly_cost)::text AS cost";
/// The same columns without money.
const NO_WORTH: &str = ", NULL::text AS currency, NULL::text AS worth, NULL::text AS cost";

/// An entry of a report.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct ReportEntry {
    /// The entry.
    #[diesel(sql_type = SqlUuid)]
    pub id: TimeEntryId,
    /// The member.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: UserId,
    /// Its project.
    #[diesel(sql_type = SqlUuid)]
    pub project_id: ProjectId,
    /// Its category.
    #[diesel(sql_type = SqlUuid)]
    pub category_id: CategoryId,
    /// When it began, also if that is before the range.
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    /// When it ended; `None` while it runs.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub stopped_at: Option<DateTime<Utc>>,
    /// Its description.
    #[diesel(sql_type = Text)]
    pub description: String,
    /// Whether it is billable.
    #[diesel(sql_type = Bool)]
    pub billable: bool,
    /// Its tags, in the order in which they were made.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub tag_ids: Vec<TagId>,
    /// Its time in the range, in whole seconds.
    #[diesel(sql_type = BigInt)]
    pub seconds: i64,
    /// The same, rounded by the rule of the report.
    #[diesel(sql_type = BigInt)]
    pub rounded: i64,
    /// The currency of what the client pays.
    #[diesel(sql_type = Nullable<Text>)]
    pub currency: Option<String>,
    /// Seconds times rates: what the client pays. A number in a text, which may have more than 64 bits; `None` if the
    /// plan leaves money out.
    #[diesel(sql_type = Nullable<Text>)]
    pub worth: Option<String>,
    /// The same of what the member costs.
    #[diesel(sql_type = Nullable<Text>)]
    pub cost: Option<String>,
}

impl Paged for ReportEntry {
    fn position(&self) -> Position {
        Position { at: self.started_at, id: self.id.into() }
    }
}

/// Reads entries from the cursor that [`ReportRows::declare`] has opened.
///
/// # Errors
/// Those of the database.
pub(crate) async fn fetch(conn: &mut AsyncPgConnection, rows: u16) -> QueryResult<Vec<ReportEntry>> {
    diesel::sql_query(format!("FETCH FORWARD {rows} FROM report_entries")).load(conn).await
}

/// The question for the entries of a report.
pub struct ReportRows<'a> {
    source: Source<'a>,
    page: Page,
}

/// Where the entries and their sums come from.
enum Source<'a> {
    /// Each entry by itself: pages are read in order, and no further.
    Pages(Placed<'a>),
    /// The same without a page: for a cursor, and where some entries of a page have no time that counts, which is so of
    /// members with ranges of their own, and in hours or days of the week that are left out.
    Each(Placed<'a>),
    /// Bundles of entries are rounded together, so that all of them are looked at.
    Bundles(Parts<'a>),
}

impl<'a> ReportRows<'a> {
    /// A page of the entries of a plan, newest first.
    #[must_use]
    pub fn new(plan: &'a ReportPlan<'a>, page: Page) -> Self {
        let source = match plan.rounding.map(|rounding| rounding.unit) {
            Some(RoundingUnit::Day) => Source::Bundles(Parts::new(plan)),
            _ if matches!(plan.calendars, Calendars::ByMember { .. }) || plan.calendars.leaves_out() => {
                Source::Each(Placed::newest(plan))
            }
            _ => Source::Pages(Placed::page(plan, page)),
        };
        Self { source, page }
    }

    /// All entries of a plan, newest first, for a cursor.
    #[must_use]
    pub fn all(plan: &'a ReportPlan<'a>) -> Self {
        let source = match plan.rounding.map(|rounding| rounding.unit) {
            Some(RoundingUnit::Day) => Source::Bundles(Parts::new(plan)),
            _ => Source::Each(Placed::newest(plan)),
        };
        Self { source, page: Page { after: None, limit: i64::MAX } }
    }

    /// Opens a cursor on the entries. The connection must be in a transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn declare(self, conn: &mut AsyncPgConnection) -> QueryResult<()> {
        DeclareCursor(RowsQuery(self)).execute(conn).await.map(drop)
    }

    /// Asks.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn load(self, conn: &mut AsyncPgConnection) -> QueryResult<Vec<ReportEntry>> {
        RowsQuery(self).load(conn).await
    }

    fn push_each<'b>(placed: &'b Placed<'_>, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let plan = placed.plan;
        placed.walk_ast(out.reborrow())?;
        let rounded = plan.rounding.map_or_else(
            || "part.upto - part.before".to_owned(),
            |rounding| format!("{} - {}", rounding.sql("part.upto"), rounding.sql("part.before")),
        );
        out.push_sql(
            " CROSS JOIN LATERAL (SELECT sum(piece.seconds)::bigint AS seconds, sum(piece.rounded)::bigint AS rounded",
        );
        out.push_sql(if plan.money.is_some() { WORTH } else { NO_WORTH });
        out.push_sql(" FROM (SELECT part.seconds, part.rounded");
        if let Some(money) = plan.money {
            out.push_sql(", ");
            money.push_columns("part", out)?;
        }
        let at = instant_of_part(plan.attribution, "bucket.number");
        out.push_sql(&format!(
            " FROM (SELECT entry.user_id, entry.project_id, entry.category_id, entry.billable, {at} AS at,
                           part.upto - part.before AS seconds, {rounded} AS rounded
                    FROM generate_series(entry.first, entry.last) AS bucket (number)"
        ));
        push_calendar(plan.calendars, "entry.user_id", out)?;
        push_ends(plan.attribution, "bucket.number", out);
        out.push_sql(&counts_in(plan.calendars, "bucket.number"));
        out.push_sql(") AS part");
        if let Some(money) = plan.money {
            money.push_joins(plan.scope.workspace_ref(), "part", out)?;
        }
        out.push_sql(") AS piece) AS sums");
        Ok(())
    }

    fn push_bundles<'b>(parts: &'b Parts<'_>, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "(SELECT piece.id, piece.user_id, piece.project_id, piece.category_id, piece.started_at, piece.stopped_at,
                     piece.description, piece.billable, sum(piece.seconds)::bigint AS seconds,
                     sum(piece.rounded)::bigint AS rounded",
        );
        let plan = parts.plan();
        out.push_sql(if plan.money.is_some() { WORTH } else { NO_WORTH });
        out.push_sql(" FROM (SELECT part.*");
        if let Some(money) = plan.money {
            out.push_sql(", ");
            money.push_columns("part", out)?;
        }
        out.push_sql(" FROM ");
        parts.walk_ast(out.reborrow())?;
        if let Some(money) = plan.money {
            money.push_joins(plan.scope.workspace_ref(), "part", out)?;
        }
        out.push_sql(
            ") AS piece GROUP BY 1, 2, 3, 4, 5, 6, 7, 8) AS entry
             CROSS JOIN LATERAL (SELECT entry.seconds, entry.rounded, entry.currency, entry.worth, entry.cost) AS sums",
        );
        Ok(())
    }

    /// Appends what else decides about an entry, beside its own columns: that it has time that counts, and that it
    /// comes after the page before.
    fn push_conditions<'b>(&'b self, leaves_out: bool, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // The sum of no part is null.
        out.push_sql(if leaves_out { " WHERE sums.seconds IS NOT NULL" } else { "" });
        if let Some(Position { at, id }) = &self.page.after {
            out.push_sql(if leaves_out { " AND " } else { " WHERE " });
            out.push_sql("entry.started_at <= ");
            out.push_bind_param::<Timestamptz, _>(at)?;
            out.push_sql(" AND (entry.started_at < ");
            out.push_bind_param::<Timestamptz, _>(at)?;
            out.push_sql(" OR entry.id < ");
            out.push_bind_param::<SqlUuid, _>(id)?;
            out.push_sql(")");
        }
        Ok(())
    }
}

struct RowsQuery<'a>(ReportRows<'a>);

struct DeclareCursor<'a>(RowsQuery<'a>);

impl QueryFragment<Pg> for DeclareCursor<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("DECLARE report_entries NO SCROLL CURSOR FOR ");
        self.0.walk_ast(out)
    }
}

impl QueryFragment<Pg> for RowsQuery<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql(
            "SELECT entry.id, entry.user_id, entry.project_id, entry.category_id, entry.started_at, entry.stopped_at,
                    entry.description, entry.billable, sums.seconds, sums.rounded,
                    sums.currency, sums.worth, sums.cost,
                    ARRAY(SELECT t.tag_id FROM time_entry_tags t WHERE t.workspace_id = ",
        );
        let plan = match &self.0.source {
            Source::Pages(placed) | Source::Each(placed) => placed.plan,
            Source::Bundles(parts) => parts.plan(),
        };
        out.push_bind_param::<SqlUuid, _>(plan.scope.workspace_ref())?;
        out.push_sql(" AND t.time_entry_id = entry.id AND t.tag_id <> ALL (");
        out.push_sql(deleted_tags!());
        out.push_sql(") ORDER BY t.tag_id) AS tag_ids FROM ");
        match &self.0.source {
            Source::Pages(placed) | Source::Each(placed) => ReportRows::push_each(placed, &mut out)?,
            Source::Bundles(parts) => ReportRows::push_bundles(parts, &mut out)?,
        }
        if !matches!(self.0.source, Source::Pages(_)) {
            self.0.push_conditions(plan.calendars.leaves_out(), &mut out)?;
        }
        out.push_sql(" ORDER BY entry.started_at DESC, entry.id DESC");
        if self.0.page.limit == i64::MAX {
            return Ok(());
        }
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.0.page.limit)
    }
}

query_by_text!(RowsQuery);
query_by_text!(DeclareCursor);
