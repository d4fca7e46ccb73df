//! Entries of a report, each with its time in the range.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryResult, QueryableByName};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::super::time_entry_filter::query_by_text;
use super::super::{Page, Paged, Position, deleted_tags};
use super::parts::{Parts, Placed, push_calendar, push_ends};
use super::{Calendars, ReportPlan, RoundingUnit};
use crate::values::ids::{CategoryId, ProjectId, TagId, TimeEntryId, UserId};

/// An entry of a report.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct ReportEntry {
    /// The entry.
    #[diesel(sql_type = SqlUuid)]
    pub id: TimeEntryId,
    /// Whose it is.
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
}

impl Paged for ReportEntry {
    fn position(&self) -> Position {
        Position { at: self.started_at, id: self.id.into() }
    }
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
    /// The same of members with ranges of their own: some entries of a page of the widest range are in none.
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
            _ if matches!(plan.calendars, Calendars::ByMember { .. }) => Source::Each(Placed::new(plan, None)),
            _ => Source::Pages(Placed::new(plan, Some(page))),
        };
        Self { source, page }
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
        out.push_sql(&format!(
            " CROSS JOIN LATERAL (SELECT sum(part.upto - part.before)::bigint AS seconds, sum({rounded})::bigint AS rounded
                  FROM generate_series(entry.first, entry.last) AS bucket (number)"
        ));
        push_calendar(plan.calendars, "entry.user_id", out)?;
        push_ends(plan.attribution, "bucket.number", out);
        out.push_sql(") AS sums");
        Ok(())
    }

    fn push_bundles<'b>(parts: &'b Parts<'_>, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "(SELECT part.id, part.user_id, part.project_id, part.category_id, part.started_at, part.stopped_at,
                     part.description, part.billable, sum(part.seconds)::bigint AS seconds, sum(part.rounded)::bigint AS rounded
              FROM ",
        );
        parts.walk_ast(out.reborrow())?;
        out.push_sql(" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8) AS entry CROSS JOIN LATERAL (SELECT entry.seconds, entry.rounded) AS sums");
        Ok(())
    }

    fn push_after<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if let Some(Position { at, id }) = &self.page.after {
            out.push_sql(" WHERE entry.started_at <= ");
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

impl QueryFragment<Pg> for RowsQuery<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql(
            "SELECT entry.id, entry.user_id, entry.project_id, entry.category_id, entry.started_at, entry.stopped_at,
                    entry.description, entry.billable, sums.seconds, sums.rounded,
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
            self.0.push_after(&mut out)?;
        }
        out.push_sql(" ORDER BY entry.started_at DESC, entry.id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.0.page.limit)
    }
}

query_by_text!(RowsQuery);
