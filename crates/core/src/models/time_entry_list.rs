//! Lists of entries, newest first, in pages.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::time_entry::TagIds;
use super::time_entry_filter::{Selected, push_order, query_by_text};
use super::{Page, Paged, Position, TimeEntry, TimeEntryFilter};
use crate::access::EntryScope;

impl Paged for TimeEntry {
    fn position(&self) -> Position {
        Position { at: self.started_at, id: self.id.into() }
    }
}

/// A page of entries.
struct ListQuery<'a> {
    selected: Selected<'a>,
    page: Page,
}

impl QueryFragment<Pg> for ListQuery<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT time_entries.id, time_entries.workspace_id, time_entries.user_id, time_entries.project_id, time_entries.category_id,
                    time_entries.started_at, time_entries.stopped_at, time_entries.duration_seconds, time_entries.description,
                    time_entries.billable, time_entries.created_at, time_entries.updated_at, time_entries.revision, ",
        );
        TagIds.walk_ast(out.reborrow())?;
        out.push_sql(" AS tag_ids FROM ");
        self.selected.walk_ast(out.reborrow())?;
        push_order(&self.page, &mut out)
    }
}

query_by_text!(ListQuery);

impl TimeEntry {
    /// A page of the entries of a scope that pass the filter, newest first.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(
        conn: &mut AsyncPgConnection,
        scope: EntryScope,
        filter: &TimeEntryFilter,
        page: Page,
    ) -> QueryResult<Vec<Self>> {
        ListQuery { selected: Selected::page(scope, filter, page), page }.load(conn).await
    }
}
