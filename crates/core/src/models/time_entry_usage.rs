//! How much a person uses categories and tags.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{BigInt, Timestamptz, Uuid};
use diesel::{QueryResult, QueryableByName};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::time_entry_filter::{Selected, query_by_text};
use super::{TimeEntry, TimeEntryFilter};
use crate::access::EntryScope;

/// How much one category or tag is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Usage {
    /// The category or tag.
    #[diesel(sql_type = Uuid)]
    pub id: uuid::Uuid,
    /// The number of entries.
    #[diesel(sql_type = BigInt)]
    pub entries: i64,
    /// Their time, in whole seconds; running entries count until now.
    #[diesel(sql_type = BigInt)]
    pub duration_seconds: i64,
    /// When the last of them ended; now, while it runs.
    #[diesel(sql_type = Timestamptz)]
    pub last_used_at: DateTime<Utc>,
}

/// What entries are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Category,
    Tag,
}

struct UsageQuery<'a> {
    entries: Selected<'a>,
    by: By,
    now: DateTime<Utc>,
}

impl QueryFragment<Pg> for UsageQuery<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let id = match self.by {
            By::Category => "time_entries.category_id",
            By::Tag => "carried.tag_id",
        };
        out.push_sql("SELECT ");
        out.push_sql(id);
        out.push_sql(
            " AS id, count(*) AS entries, max(until.stop) AS last_used_at,
               sum(coalesce(time_entries.duration_seconds,
                            floor(extract(epoch FROM until.stop - time_entries.started_at))))::bigint AS duration_seconds
             FROM ",
        );
        self.entries.walk_ast(out.reborrow())?;
        out.push_sql(
            " CROSS JOIN LATERAL (SELECT coalesce(time_entries.stopped_at, greatest(time_entries.started_at, ",
        );
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(")) AS stop) AS until");
        if self.by == By::Tag {
            out.push_sql(
                " JOIN time_entry_tags carried ON carried.workspace_id = time_entries.workspace_id
                    AND carried.time_entry_id = time_entries.id
                  JOIN tags ON tags.id = carried.tag_id AND tags.deleted_at IS NULL",
            );
        }
        out.push_sql(" GROUP BY ");
        out.push_sql(id);
        Ok(())
    }
}

query_by_text!(UsageQuery);

impl TimeEntry {
    /// How much the categories are used by the entries of a scope; those without entries are left out.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn usage_of_categories(
        conn: &mut AsyncPgConnection,
        scope: EntryScope,
        now: DateTime<Utc>,
    ) -> QueryResult<Vec<Usage>> {
        let all = TimeEntryFilter::default();
        UsageQuery { entries: Selected::all(scope, &all), by: By::Category, now }.load(conn).await
    }

    /// The same of the tags.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn usage_of_tags(
        conn: &mut AsyncPgConnection,
        scope: EntryScope,
        now: DateTime<Utc>,
    ) -> QueryResult<Vec<Usage>> {
        let all = TimeEntryFilter::default();
        UsageQuery { entries: Selected::all(scope, &all), by: By::Tag, now }.load(conn).await
    }
}
