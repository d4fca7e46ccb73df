//! Writes a plan in bulk statements, inside the caller's transaction. Rows go to PostgreSQL as arrays, one for each
//! column.

use std::mem;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use super::file::ImportFile;
use super::plan::Plan;
use crate::access::Caller;
use crate::models::{
    ImportedEntries, ImportedEntry, ImportedTags, NewCategory, NewClient, NewProject, NewTag, Workspace,
};

/// Rows in one statement, entries and tags counted apart: about a megabyte, which stays within PostgreSQL's `work_mem`
/// when the triggers look at it, and some tenths of a second, far from any `statement_timeout`. Larger ones are no
/// faster and take memory.
const ROWS_PER_STATEMENT: usize = 5_000;

/// Writes everything. A name or an entry that was made since the plan violates its unique index.
pub(super) async fn write(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    file: &ImportFile,
    plan: &Plan,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    NewClient::insert_all(conn, &plan.places.clients).await?;
    NewProject::insert_all(conn, &plan.places.projects).await?;
    NewCategory::insert_all(conn, &plan.places.categories).await?;
    NewTag::insert_all(conn, &plan.tags).await?;
    Workspace::plan_for_bulk(conn).await?;
    let (mut entries, mut tags) = (ImportedEntries::default(), ImportedTags::default());
    for (entry, known) in file.entries.iter().zip(&plan.known) {
        let target = plan.places.targets.get(entry.place).copied().flatten();
        let (false, Some(target)) = (*known, target) else { continue };
        let id = entries.push(ImportedEntry {
            project_id: target.project,
            category_id: target.category,
            started_at: entry.started_at,
            stopped_at: entry.stopped_at,
            description: entry.description,
            billable: entry.billable.unwrap_or(target.billable),
            import_key: entry.key,
        });
        tags.push(id, plan.tags_of(&entry));
        if entries.len() >= ROWS_PER_STATEMENT || tags.len() >= 4 * ROWS_PER_STATEMENT {
            mem::take(&mut entries).insert(conn, caller, now).await?;
            mem::take(&mut tags).insert(conn, caller).await?;
        }
    }
    entries.insert(conn, caller, now).await?;
    tags.insert(conn, caller).await?;
    Ok(())
}
