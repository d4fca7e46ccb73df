//! Writes a plan in bulk statements, inside the caller's transaction. Rows go to PostgreSQL as arrays, one for each
//! column.

use std::pin::pin;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::FutureExt as _;
use futures_util::future::join;

use super::file::{Entry, ImportFile};
use super::plan::Plan;
use crate::access::Caller;
use crate::models::{
    ImportedEntries, ImportedEntry, ImportedTags, NewCategory, NewClient, NewImportedPerson, NewPlaceholder,
    NewProject, NewTag, Placeholder, Workspace,
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
    let people = &plan.people;
    NewPlaceholder::insert_all(conn, caller.workspace, &people.placeholders, now).await?;
    NewImportedPerson::insert_all(conn, caller.workspace, &people.remembered, now).await?;
    if !people.extended.is_empty() {
        Placeholder::bring_back(conn, caller.workspace, &people.extended, now).await?;
    }
    NewClient::insert_all(conn, &plan.places.clients).await?;
    NewProject::insert_all(conn, &plan.places.projects).await?;
    NewCategory::insert_all(conn, &plan.places.categories).await?;
    NewTag::insert_all(conn, &plan.tags).await?;
    Workspace::plan_for_bulk(conn).await?;
    let conn = &*conn;
    let mut batches = Batches { entries: file.entries.iter().zip(&plan.known), plan };
    let mut next = batches.next();
    while let Some(Batch { entries, tags }) = next {
        // Both statements are sent at once, and while PostgreSQL works at them the next two are put together.
        let mut inserting = pin!(join(entries.insert(conn, caller, now), tags.insert(conn, caller)));
        let inserted = inserting.as_mut().now_or_never();
        next = batches.next();
        let (entries, tags) = match inserted {
            Some(inserted) => inserted,
            None => inserting.await,
        };
        // Where the entries were refused, the tags were only because of that.
        entries?;
        tags?;
    }
    Ok(())
}

/// What is inserted at a time.
#[derive(Default)]
struct Batch<'a> {
    entries: ImportedEntries<'a>,
    tags: ImportedTags,
}

/// The new entries of a file, in batches.
struct Batches<'a, I> {
    entries: I,
    plan: &'a Plan,
}

impl<'a, I: Iterator<Item = (Entry<'a>, &'a bool)>> Iterator for Batches<'a, I> {
    type Item = Batch<'a>;

    fn next(&mut self) -> Option<Batch<'a>> {
        let mut batch = Batch::default();
        for (entry, known) in self.entries.by_ref() {
            let target = self.plan.places.targets.get(entry.place).copied().flatten();
            let (false, Some(target), Some(owner)) = (*known, target, self.plan.owner_of(&entry)) else { continue };
            let id = batch.entries.push(ImportedEntry {
                user_id: owner,
                project_id: target.project,
                category_id: target.category,
                started_at: entry.started_at,
                stopped_at: entry.stopped_at,
                description: entry.description,
                billable: entry.billable.unwrap_or(target.billable),
                import_key: entry.key,
            });
            batch.tags.push(id, self.plan.tags_of(&entry));
            if batch.entries.len() >= ROWS_PER_STATEMENT || batch.tags.len() >= 4 * ROWS_PER_STATEMENT {
                break;
            }
        }
        (batch.entries.len() > 0).then_some(batch)
    }
}
