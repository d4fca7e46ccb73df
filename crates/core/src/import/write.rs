//! Writes a plan in bulk statements, inside the caller's transaction. Rows go to PostgreSQL as arrays, one for each column: a few
//! statements for a hundred thousand rows.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::sql_types::{Array, Binary, Bool, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::file::{Entry, ImportFile};
use super::places::Target;
use super::plan::Plan;
use crate::caller::Caller;
use crate::db::schema::{categories, clients, projects, tags};
use crate::ids::{CategoryId, ProjectId, TagId, TimeEntryId};

/// Names in one statement, which takes at most 65,535 parameters.
const NAMES_PER_STATEMENT: usize = 1_000;

/// Entries in one statement: about two megabytes, and well below a second.
const ENTRIES_PER_STATEMENT: usize = 10_000;

/// Writes everything. A name or an entry that somebody else has made since the plan violates its unique index.
pub(super) async fn write(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    file: &ImportFile,
    plan: &Plan,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    for rows in plan.places.clients.chunks(NAMES_PER_STATEMENT) {
        diesel::insert_into(clients::table).values(rows).execute(conn).await?;
    }
    for rows in plan.places.projects.chunks(NAMES_PER_STATEMENT) {
        diesel::insert_into(projects::table).values(rows).execute(conn).await?;
    }
    for rows in plan.places.categories.chunks(NAMES_PER_STATEMENT) {
        diesel::insert_into(categories::table).values(rows).execute(conn).await?;
    }
    for rows in plan.tags.chunks(NAMES_PER_STATEMENT) {
        diesel::insert_into(tags::table).values(rows).execute(conn).await?;
    }
    for fresh in plan.fresh.chunks(ENTRIES_PER_STATEMENT) {
        let mut entries = EntryColumns::default();
        let mut links = LinkColumns::default();
        for entry in fresh.iter().filter_map(|index| file.entries.get(*index)) {
            let Some(target) = plan.places.targets.get(entry.place).copied().flatten() else { continue };
            let id = entries.push(entry, target);
            links.push(id, plan.tags_of(entry));
        }
        entries.insert(conn, caller, now).await?;
        links.insert(conn, caller).await?;
    }
    Ok(())
}

/// Entries to insert, by column.
#[derive(Debug, Default)]
struct EntryColumns<'a> {
    id: Vec<TimeEntryId>,
    project_id: Vec<ProjectId>,
    category_id: Vec<CategoryId>,
    started_at: Vec<DateTime<Utc>>,
    stopped_at: Vec<DateTime<Utc>>,
    description: Vec<&'a str>,
    billable: Vec<bool>,
    import_key: Vec<&'a [u8]>,
}

impl<'a> EntryColumns<'a> {
    fn push(&mut self, entry: &'a Entry, target: Target) -> TimeEntryId {
        let id = TimeEntryId::new();
        self.id.push(id);
        self.project_id.push(target.project);
        self.category_id.push(target.category);
        self.started_at.push(entry.started_at);
        self.stopped_at.push(entry.stopped_at);
        self.description.push(&entry.description);
        self.billable.push(entry.billable.unwrap_or(target.billable));
        self.import_key.push(&entry.key);
        id
    }

    async fn insert(self, conn: &mut AsyncPgConnection, caller: Caller, now: DateTime<Utc>) -> QueryResult<usize> {
        diesel::sql_query(
            "INSERT INTO time_entries
                 (workspace_id, user_id, created_at, updated_at,
                  id, project_id, category_id, started_at, stopped_at, description, billable, import_key)
             SELECT $1, $2, $3, $3, e.*
             FROM unnest($4, $5, $6, $7, $8, $9, $10, $11) AS e",
        )
        .bind::<Uuid, _>(caller.workspace)
        .bind::<Uuid, _>(caller.user)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<Uuid>, _>(self.id)
        .bind::<Array<Uuid>, _>(self.project_id)
        .bind::<Array<Uuid>, _>(self.category_id)
        .bind::<Array<Timestamptz>, _>(self.started_at)
        .bind::<Array<Timestamptz>, _>(self.stopped_at)
        .bind::<Array<Text>, _>(self.description)
        .bind::<Array<Bool>, _>(self.billable)
        .bind::<Array<Binary>, _>(self.import_key)
        .execute(conn)
        .await
    }
}

/// Tags on entries to insert, by column.
#[derive(Debug, Default)]
struct LinkColumns {
    entry: Vec<TimeEntryId>,
    tag: Vec<TagId>,
}

impl LinkColumns {
    fn push(&mut self, entry: TimeEntryId, tags: &[TagId]) {
        self.entry.extend(tags.iter().map(|_| entry));
        self.tag.extend_from_slice(tags);
    }

    async fn insert(self, conn: &mut AsyncPgConnection, caller: Caller) -> QueryResult<usize> {
        if self.entry.is_empty() {
            return Ok(0);
        }
        diesel::sql_query(
            "INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id) SELECT $1, l.* FROM unnest($2, $3) AS l",
        )
        .bind::<Uuid, _>(caller.workspace)
        .bind::<Array<Uuid>, _>(self.entry)
        .bind::<Array<Uuid>, _>(self.tag)
        .execute(conn)
        .await
    }
}
