//! The parts of entries, summed by groups.

use std::ops::AddAssign;

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Uuid};
use diesel::{QueryResult, QueryableByName};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::super::deleted_tags;
use super::super::time_entry_filter::query_by_text;
use super::parts::Parts;
use super::{Calendars, GroupColumn, ReportPlan};

/// The sums of one group: of all parts that have the same keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, QueryableByName)]
pub struct SumRow {
    /// What the parts have in common, as text; null is none, such as no client.
    #[diesel(sql_type = Nullable<Text>)]
    pub key1: Option<String>,
    /// The second key.
    #[diesel(sql_type = Nullable<Text>)]
    pub key2: Option<String>,
    /// The third key.
    #[diesel(sql_type = Nullable<Text>)]
    pub key3: Option<String>,
    /// How many entries the group adds to the total, to the group of its first key, of its first two and so on. An
    /// entry that is in several groups is counted in the first of them.
    #[diesel(sql_type = Array<BigInt>)]
    pub entries: Vec<i64>,
    /// The same of entries that run.
    #[diesel(sql_type = Array<BigInt>)]
    pub running: Vec<i64>,
    /// Seconds, billable seconds, rounded seconds and rounded billable seconds.
    #[diesel(sql_type = Array<BigInt>)]
    pub seconds: Vec<i64>,
    /// The same, each part counted in one of its tags alone; empty if no key is a tag.
    #[diesel(sql_type = Array<BigInt>)]
    pub once: Vec<i64>,
    /// The currency of what clients pay; `None` without one, or if the plan leaves money out.
    #[diesel(sql_type = Nullable<Text>)]
    pub currency: Option<String>,
    /// Seconds times rates: what clients pay, what members cost, and the same with each part counted in one of its tags
    /// alone. Empty if the plan leaves money out.
    #[diesel(sql_type = Array<Text>)]
    pub worth: Vec<String>,
}

/// The question for the sums of groups.
pub struct ReportSums<'a> {
    parts: Parts<'a>,
    plan: &'a ReportPlan<'a>,
    columns: &'a [GroupColumn],
    limit: i64,
}

impl<'a> ReportSums<'a> {
    /// Sums by at most three columns, of at most so many groups. Without columns there is one group, of everything.
    #[must_use]
    pub fn new(plan: &'a ReportPlan<'a>, columns: &'a [GroupColumn], limit: i64) -> Self {
        Self { parts: Parts::new(plan), plan, columns, limit }
    }

    /// Asks. In no order.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn load(self, conn: &mut AsyncPgConnection) -> QueryResult<Vec<SumRow>> {
        SumsQuery(self).load(conn).await
    }

    fn tag(&self) -> Option<usize> {
        self.columns.iter().position(|column| *column == GroupColumn::Tag)
    }

    /// Whether connections keep the prepared statement: of totals and the week strip, which are asked all the time.
    fn is_usual(&self) -> bool {
        matches!(self.plan.calendars, Calendars::One(_))
            && !self.plan.calendars.leaves_out()
            && self.plan.rounding.is_none()
            && self.plan.money.is_none()
            && matches!(self.columns, [] | [GroupColumn::Bucket(0)])
    }

    /// The condition that counts an entry once in the group of the first `level` keys.
    fn counted(&self, level: usize) -> String {
        match self.tag() {
            Some(tag) if level <= tag => format!("piece.once{level} AND piece.is_first_tag"),
            _ => format!("piece.once{level}"),
        }
    }

    fn push_key<'b>(column: GroupColumn, out: &mut AstPass<'_, 'b, Pg>) {
        match column {
            GroupColumn::Project => out.push_sql("part.project_id"),
            GroupColumn::Category(None) => out.push_sql("part.category_id"),
            GroupColumn::Category(Some(_)) => out.push_sql("folded.counts_for"),
            GroupColumn::Client => out.push_sql("project.client_id"),
            GroupColumn::Member => out.push_sql("part.user_id"),
            GroupColumn::Tag => out.push_sql("tag.tag_id"),
            GroupColumn::Billable => out.push_sql("part.billable"),
            GroupColumn::Description => out.push_sql("part.description"),
            GroupColumn::Bucket(number) => out.push_sql(&format!("part.column{number}")),
        }
    }

    /// Appends the join that finds the category for which the time of a part counts: `folded.counts_for`. The tree is
    /// walked once for a statement, from its roots, and parts are joined by a hash.
    fn push_fold<'b>(&'b self, depth: &'b i32, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let workspace = self.plan.scope.workspace_ref();
        out.push_sql(
            " JOIN (WITH RECURSIVE folded AS (
                  SELECT c.id, c.id AS counts_for, 1 AS depth FROM categories c WHERE c.workspace_id = ",
        );
        out.push_bind_param::<Uuid, _>(workspace)?;
        out.push_sql(
            " AND c.parent_category_id IS NULL
                  UNION ALL
                  SELECT c.id, CASE WHEN f.depth < ",
        );
        out.push_bind_param::<Integer, _>(depth)?;
        out.push_sql(
            " THEN c.id ELSE f.counts_for END, f.depth + 1
                  FROM folded f JOIN categories c ON c.parent_category_id = f.id WHERE c.workspace_id = ",
        );
        out.push_bind_param::<Uuid, _>(workspace)?;
        out.push_sql(") SELECT DISTINCT ON (id) id, counts_for FROM folded) AS folded ON folded.id = part.category_id");
        Ok(())
    }

    /// What the parts are worth, as numbers in texts: they may have more than 64 bits.
    fn push_worth(&self, out: &mut AstPass<'_, '_, Pg>) {
        if self.plan.money.is_none() {
            out.push_sql("NULL::text AS currency, '{}'::text[] AS worth");
            return;
        }
        let rounded = if self.plan.rounding.is_some() { "piece.rounded" } else { "piece.seconds" };
        let once = self.tag().map(|_| " FILTER (WHERE piece.is_first_tag)").unwrap_or_default();
        let sums = [
            (rounded, "hourly", ""),
            ("piece.seconds", "hourly_cost", ""),
            (rounded, "hourly", once),
            ("piece.seconds", "hourly_cost", once),
        ];
        let sums = sums
            .map(|(seconds, hourly, filter)| format!("(coalesce(sum({seconds} * piece.{hourly}){filter}, 0))::text"));
        out.push_sql(&format!("piece.currency, ARRAY[{}] AS worth", sums.join(", ")));
    }

    /// The four sums of the parts for which `condition` holds, as an array.
    fn push_seconds(&self, condition: Option<&str>, out: &mut AstPass<'_, '_, Pg>) {
        let rounded = if self.plan.rounding.is_some() { "piece.rounded" } else { "piece.seconds" };
        let mut separator = "ARRAY[";
        for (seconds, is_billable) in
            [("piece.seconds", false), ("piece.seconds", true), (rounded, false), (rounded, true)]
        {
            let billable = is_billable.then_some("piece.billable");
            let conditions: Vec<&str> = [billable, condition].into_iter().flatten().collect();
            out.push_sql(separator);
            out.push_sql(&format!("coalesce(sum({seconds})"));
            if !conditions.is_empty() {
                out.push_sql(&format!(" FILTER (WHERE {})", conditions.join(" AND ")));
            }
            out.push_sql(", 0)");
            separator = ", ";
        }
        out.push_sql("]::bigint[]");
    }
}

struct SumsQuery<'a>(ReportSums<'a>);

impl QueryFragment<Pg> for SumsQuery<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let ReportSums { parts, plan, columns, limit } = &self.0;
        if !self.0.is_usual() {
            out.unsafe_to_cache_prepared();
        }
        out.push_sql("SELECT ");
        for number in 1..=3 {
            let key = if number <= columns.len() { format!("piece.key{number}") } else { "NULL".to_owned() };
            out.push_sql(&format!("{key}::text AS key{number}, "));
        }
        for (name, condition) in [("entries", ""), ("running", " AND piece.stopped_at IS NULL")] {
            let counts = (0..=columns.len()).map(|level| {
                let counted = self.0.counted(level);
                format!("count(*) FILTER (WHERE {counted}{condition})")
            });
            out.push_sql(&format!("ARRAY[{}]::bigint[] AS {name}, ", counts.collect::<Vec<_>>().join(", ")));
        }
        self.0.push_seconds(None, &mut out);
        out.push_sql(" AS seconds, ");
        match self.0.tag() {
            Some(_) => self.0.push_seconds(Some("piece.is_first_tag"), &mut out),
            None => out.push_sql("'{}'::bigint[]"),
        }
        out.push_sql(" AS once, ");
        self.0.push_worth(&mut out);
        out.push_sql(" FROM (SELECT part.*");
        for (number, column) in columns.iter().enumerate() {
            out.push_sql(", ");
            ReportSums::push_key(*column, &mut out);
            out.push_sql(&format!(" AS key{}", number + 1));
        }
        if self.0.tag().is_some() {
            out.push_sql(", coalesce(tag.is_first, true) AS is_first_tag");
        }
        if let Some(money) = plan.money {
            out.push_sql(", ");
            money.push_columns("part", &mut out)?;
        }
        out.push_sql(" FROM ");
        parts.walk_ast(out.reborrow())?;
        if let Some(money) = plan.money {
            money.push_joins(plan.scope.workspace_ref(), "part", &mut out)?;
        } else if columns.contains(&GroupColumn::Client) {
            out.push_sql(" JOIN projects AS project ON project.workspace_id = ");
            out.push_bind_param::<Uuid, _>(plan.scope.workspace_ref())?;
            out.push_sql(" AND project.id = part.project_id");
        }
        for column in *columns {
            if let GroupColumn::Category(Some(depth)) = column {
                self.0.push_fold(depth, &mut out)?;
            }
        }
        if self.0.tag().is_some() {
            out.push_sql(
                " LEFT JOIN LATERAL (SELECT t.tag_id, row_number() OVER (ORDER BY t.tag_id) = 1 AS is_first
                      FROM time_entry_tags t WHERE t.workspace_id = ",
            );
            out.push_bind_param::<Uuid, _>(plan.scope.workspace_ref())?;
            out.push_sql(" AND t.time_entry_id = part.id AND t.tag_id <> ALL (");
            out.push_sql(deleted_tags!());
            out.push_sql(")) AS tag ON true");
        }
        out.push_sql(") AS piece");
        let currency = plan.money.map(|_| "piece.currency".to_owned());
        let keys: Vec<String> =
            (1..=columns.len()).map(|number| format!("piece.key{number}")).chain(currency).collect();
        if keys.is_empty() {
            return Ok(());
        }
        out.push_sql(&format!(" GROUP BY {} LIMIT ", keys.join(", ")));
        out.push_bind_param::<BigInt, _>(limit)
    }
}

query_by_text!(SumsQuery);

/// How many entries, and how much time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeTotals {
    /// The number of entries.
    pub entries: i64,
    /// How many of them run.
    pub running: i64,
    /// Their time, in whole seconds.
    pub duration_seconds: i64,
    /// The billable part of it.
    pub billable_seconds: i64,
    /// Their time, rounded by the rule of the report; the exact time if there is none.
    pub rounded_seconds: i64,
    /// The billable part of that.
    pub rounded_billable_seconds: i64,
}

impl AddAssign for TimeTotals {
    fn add_assign(&mut self, other: Self) {
        self.entries += other.entries;
        self.running += other.running;
        self.duration_seconds += other.duration_seconds;
        self.billable_seconds += other.billable_seconds;
        self.rounded_seconds += other.rounded_seconds;
        self.rounded_billable_seconds += other.rounded_billable_seconds;
    }
}

impl SumRow {
    /// The keys.
    #[must_use]
    pub fn keys(&self) -> [Option<&str>; 3] {
        [&self.key1, &self.key2, &self.key3].map(Option::as_deref)
    }

    /// What clients pay and what members cost, as seconds times rates, that the group adds to the group of its first
    /// `level` keys; see [`Self::share`].
    #[must_use]
    pub fn worth(&self, level: usize, tag: Option<usize>) -> (i128, i128) {
        let first = if tag.is_some_and(|tag| level <= tag) { 2 } else { 0 };
        let at = |number: usize| self.worth.get(number).and_then(|text| text.parse().ok()).unwrap_or_default();
        (at(first), at(first + 1))
    }

    /// What the group adds to the group of its first `level` keys, of which the one of this number, from 0, is a tag.
    #[must_use]
    pub fn share(&self, level: usize, tag: Option<usize>) -> TimeTotals {
        let at = |list: &[i64], number: usize| list.get(number).copied().unwrap_or_default();
        let seconds = if tag.is_some_and(|tag| level <= tag) { &self.once } else { &self.seconds };
        TimeTotals {
            entries: at(&self.entries, level),
            running: at(&self.running, level),
            duration_seconds: at(seconds, 0),
            billable_seconds: at(seconds, 1),
            rounded_seconds: at(seconds, 2),
            rounded_billable_seconds: at(seconds, 3),
        }
    }
}
