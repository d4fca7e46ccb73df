//! What an import reads and writes in bulk: the statements take any number of names, keys or rows, as arrays with one
//! element a row.
//!
//! Names are compared in PostgreSQL, by the same `fold_name()` that its unique indexes use: two opinions on which
//! letters are equal would make duplicates or collide.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};

use super::{Category, Client, NewCategory, NewClient, NewProject, NewTag, Project, Tag, TimeEntry, Workspace};
use crate::access::Caller;
use crate::database::prepared;
use crate::database::schema::{categories, clients, projects, tags};
use crate::values::ids::{CategoryId, ClientId, ProjectId, TagId, TimeEntryId, UserId, WorkspaceId};

/// Names in one statement, which takes at most 65,535 parameters.
const NAMES_PER_STATEMENT: usize = 1_000;

#[derive(QueryableByName)]
struct LockRow {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

impl Workspace {
    /// Whether this transaction is now the one that imports into the workspace, of all servers' transactions.
    pub(crate) async fn try_lock_imports(conn: &mut AsyncPgConnection, workspace: WorkspaceId) -> QueryResult<bool> {
        let row: LockRow = prepared(
            "SELECT pg_try_advisory_xact_lock(hashtextextended('clockwork import ' || $1::text, 0)) AS locked",
        )
        .bind::<Uuid, _>(workspace)
        .get_result(conn)
        .await?;
        Ok(row.locked)
    }

    /// Makes PostgreSQL use indexes in this transaction, also where its checks of foreign keys were planned for other
    /// tables. A session keeps the plans of these checks: one that was made for a hundred tags reads the whole table
    /// for each of a million rows, and a fresh table has no statistics yet. Bitmap scans stay on: where statistics say
    /// that a table is empty that is being filled, they alone keep PostgreSQL from reading all of an index for each
    /// row.
    pub(crate) async fn plan_for_bulk(conn: &mut AsyncPgConnection) -> QueryResult<()> {
        conn.batch_execute("SET LOCAL enable_seqscan = off; SET LOCAL jit = off; DISCARD PLANS").await
    }
}

#[derive(QueryableByName)]
struct NumberRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl TimeEntry {
    /// Which of these keys entries of the caller have, or of the owner at the same position, by their position.
    ///
    /// Each key is looked up in its index: OFFSET keeps PostgreSQL from making a join of it, which would read all
    /// entries of the table for each of the many statements of a large file.
    pub(crate) async fn imported(
        conn: &mut AsyncPgConnection,
        caller: Caller,
        owners: Vec<UserId>,
        keys: &[[u8; 32]],
    ) -> QueryResult<Vec<usize>> {
        let keys: Vec<&[u8]> = keys.iter().map(<[u8; 32]>::as_slice).collect();
        let rows: Vec<NumberRow> = prepared(
            "SELECT k.number FROM unnest($3, $4) WITH ORDINALITY AS k (owner, import_key, number), LATERAL (
                 SELECT FROM time_entries e
                 WHERE e.workspace_id = $1 AND e.user_id IN ($2, k.owner) AND e.import_key = k.import_key AND e.import_key IS NOT NULL
                 OFFSET 0
             ) AS imported",
        )
        .bind::<Uuid, _>(caller.workspace)
        .bind::<Uuid, _>(caller.user())
        .bind::<Array<Uuid>, _>(owners)
        .bind::<Array<Binary>, _>(keys)
        .load(conn)
        .await?;
        Ok(rows.into_iter().filter_map(|row| usize::try_from(row.number - 1).ok()).collect())
    }
}

#[derive(QueryableByName)]
struct FoldedRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Text)]
    folded: String,
}

/// Names as PostgreSQL compares them.
#[derive(Debug)]
pub(crate) struct FoldedNames<'a>(HashMap<&'a str, String>);

impl<'a> FoldedNames<'a> {
    /// Folds names.
    pub(crate) async fn load(conn: &mut AsyncPgConnection, names: Vec<&'a str>) -> QueryResult<Self> {
        let rows: Vec<FoldedRow> = prepared(
            "SELECT n.number, fold_name(n.name) AS folded FROM unnest($1) WITH ORDINALITY AS n (name, number)",
        )
        .bind::<Array<Text>, _>(names.clone())
        .load(conn)
        .await?;
        let name = |number: i64| usize::try_from(number - 1).ok().and_then(|index| names.get(index).copied());
        Ok(Self(rows.into_iter().filter_map(|row| Some((name(row.number)?, row.folded))).collect()))
    }

    /// A name that was loaded.
    pub(crate) fn get<'b>(&'b self, name: &'b str) -> &'b str {
        self.0.get(name).map_or(name, String::as_str)
    }
}

#[derive(QueryableByName)]
struct ClientRow {
    #[diesel(sql_type = Uuid)]
    id: ClientId,
    #[diesel(sql_type = Text)]
    folded: String,
}

impl Client {
    /// The clients of these names, by folded name.
    pub(crate) async fn by_names(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        folded: Vec<String>,
    ) -> QueryResult<HashMap<String, ClientId>> {
        let rows: Vec<ClientRow> = prepared(
            "SELECT id, fold_name(name) AS folded FROM clients WHERE workspace_id = $1 AND fold_name(name) = ANY ($2)",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Array<Text>, _>(folded)
        .load(conn)
        .await?;
        Ok(rows.into_iter().map(|row| (row.folded, row.id)).collect())
    }
}

#[derive(QueryableByName)]
struct TagRow {
    #[diesel(sql_type = Uuid)]
    id: TagId,
    #[diesel(sql_type = Text)]
    folded: String,
}

impl Tag {
    /// The tags of these names, by folded name.
    pub(crate) async fn by_names(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        folded: Vec<String>,
    ) -> QueryResult<HashMap<String, TagId>> {
        let rows: Vec<TagRow> = prepared(
            "SELECT id, fold_name(name) AS folded FROM tags
             WHERE workspace_id = $1 AND fold_name(name) = ANY ($2) AND deleted_at IS NULL",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Array<Text>, _>(folded)
        .load(conn)
        .await?;
        Ok(rows.into_iter().map(|row| (row.folded, row.id)).collect())
    }
}

/// A project that a row of a file may mean.
#[derive(Debug, QueryableByName)]
pub(crate) struct NamedProject {
    #[diesel(sql_type = Uuid)]
    pub(crate) id: ProjectId,
    #[diesel(sql_type = Nullable<Uuid>)]
    pub(crate) client_id: Option<ClientId>,
    #[diesel(sql_type = Text)]
    pub(crate) folded: String,
    #[diesel(sql_type = Bool)]
    pub(crate) billable: bool,
    #[diesel(sql_type = Bool)]
    pub(crate) archived: bool,
}

impl Project {
    /// The projects of these names. Names of projects may repeat: those in use come first, then the oldest.
    pub(crate) async fn by_names(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        folded: Vec<String>,
    ) -> QueryResult<Vec<NamedProject>> {
        prepared(
            "SELECT id, client_id, fold_name(name) AS folded, billable, archived_at IS NOT NULL AS archived FROM projects
             WHERE workspace_id = $1 AND fold_name(name) = ANY ($2)
             ORDER BY archived_at IS NOT NULL, created_at, id",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Array<Text>, _>(folded)
        .load(conn)
        .await
    }
}

/// A category that a row of a file may mean.
#[derive(Debug, QueryableByName)]
pub(crate) struct NamedCategory {
    #[diesel(sql_type = Uuid)]
    pub(crate) id: CategoryId,
    #[diesel(sql_type = Uuid)]
    pub(crate) project_id: ProjectId,
    #[diesel(sql_type = Text)]
    pub(crate) folded: String,
    /// Itself or one above it.
    #[diesel(sql_type = Bool)]
    pub(crate) archived: bool,
}

impl Category {
    /// The categories of these names in these projects. An import makes roots, but people move them: of several in one
    /// tree one in use comes first, among those a root, then the oldest.
    pub(crate) async fn by_names(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        projects: Vec<ProjectId>,
        folded: Vec<String>,
    ) -> QueryResult<Vec<NamedCategory>> {
        prepared(
            "SELECT c.id, c.project_id, fold_name(c.name) AS folded, branch_is_archived(c.id) AS archived
             FROM categories c
             WHERE c.workspace_id = $1 AND c.project_id = ANY ($2) AND fold_name(c.name) = ANY ($3)
             ORDER BY archived, c.parent_category_id IS NOT NULL, c.created_at, c.id",
        )
        .bind::<Uuid, _>(workspace)
        .bind::<Array<Uuid>, _>(projects)
        .bind::<Array<Text>, _>(folded)
        .load(conn)
        .await
    }
}

impl NewClient {
    /// Inserts many; a name that is taken violates `clients_name_key`.
    pub(crate) async fn insert_all(conn: &mut AsyncPgConnection, rows: &[Self]) -> QueryResult<()> {
        for rows in rows.chunks(NAMES_PER_STATEMENT) {
            diesel::insert_into(clients::table).values(rows).execute(conn).await?;
        }
        Ok(())
    }
}

impl NewProject {
    /// Inserts many; an unknown client violates `projects_client_fkey`.
    pub(crate) async fn insert_all(conn: &mut AsyncPgConnection, rows: &[Self]) -> QueryResult<()> {
        for rows in rows.chunks(NAMES_PER_STATEMENT) {
            diesel::insert_into(projects::table).values(rows).execute(conn).await?;
        }
        Ok(())
    }
}

impl NewCategory {
    /// Inserts many; may violate what [`Self::insert`] may.
    pub(crate) async fn insert_all(conn: &mut AsyncPgConnection, rows: &[Self]) -> QueryResult<()> {
        for rows in rows.chunks(NAMES_PER_STATEMENT) {
            diesel::insert_into(categories::table).values(rows).execute(conn).await?;
        }
        Ok(())
    }
}

impl NewTag {
    /// Inserts many; a name that is taken violates `tags_name_key`.
    pub(crate) async fn insert_all(conn: &mut AsyncPgConnection, rows: &[Self]) -> QueryResult<()> {
        for rows in rows.chunks(NAMES_PER_STATEMENT) {
            diesel::insert_into(tags::table).values(rows).execute(conn).await?;
        }
        Ok(())
    }
}

/// Stopped entries to insert, by column.
#[derive(Debug, Default)]
pub(crate) struct ImportedEntries<'a> {
    user_id: Vec<UserId>,
    id: Vec<TimeEntryId>,
    project_id: Vec<ProjectId>,
    category_id: Vec<CategoryId>,
    started_at: Vec<DateTime<Utc>>,
    stopped_at: Vec<DateTime<Utc>>,
    description: Vec<&'a str>,
    billable: Vec<bool>,
    import_key: Vec<[u8; 32]>,
}

/// One of [`ImportedEntries`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct ImportedEntry<'a> {
    pub(crate) user_id: UserId,
    pub(crate) project_id: ProjectId,
    pub(crate) category_id: CategoryId,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) stopped_at: DateTime<Utc>,
    pub(crate) description: &'a str,
    pub(crate) billable: bool,
    pub(crate) import_key: [u8; 32],
}

impl<'a> ImportedEntries<'a> {
    /// Appends an entry, which gets an id.
    pub(crate) fn push(&mut self, entry: ImportedEntry<'a>) -> TimeEntryId {
        let id = TimeEntryId::new();
        self.id.push(id);
        self.user_id.push(entry.user_id);
        self.project_id.push(entry.project_id);
        self.category_id.push(entry.category_id);
        self.started_at.push(entry.started_at);
        self.stopped_at.push(entry.stopped_at);
        self.description.push(entry.description);
        self.billable.push(entry.billable);
        self.import_key.push(entry.import_key);
        id
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.id.len()
    }

    /// Inserts; an entry that was imported since violates `time_entries_import_key`, a placeholder that has gone since
    /// `time_entries_member_fkey`.
    pub(crate) async fn insert(
        self,
        conn: &AsyncPgConnection,
        caller: Caller,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "INSERT INTO time_entries
                 (workspace_id, created_at, updated_at,
                  user_id, id, project_id, category_id, started_at, stopped_at, description, billable, import_key)
             SELECT $1, $2, $2, e.*
             FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11) AS e",
        )
        .bind::<Uuid, _>(caller.workspace)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<Uuid>, _>(self.user_id)
        .bind::<Array<Uuid>, _>(self.id)
        .bind::<Array<Uuid>, _>(self.project_id)
        .bind::<Array<Uuid>, _>(self.category_id)
        .bind::<Array<Timestamptz>, _>(self.started_at)
        .bind::<Array<Timestamptz>, _>(self.stopped_at)
        .bind::<Array<Text>, _>(self.description)
        .bind::<Array<Bool>, _>(self.billable)
        .bind::<Array<Binary>, _>(self.import_key)
        .execute(&mut &*conn)
        .await
    }
}

/// Tags on entries to insert, by column.
#[derive(Debug, Default)]
pub(crate) struct ImportedTags {
    entry: Vec<TimeEntryId>,
    tag: Vec<TagId>,
}

impl ImportedTags {
    /// Appends the tags of an entry.
    pub(crate) fn push(&mut self, entry: TimeEntryId, tags: &[TagId]) {
        self.entry.extend(tags.iter().map(|_| entry));
        self.tag.extend_from_slice(tags);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.tag.len()
    }

    /// Inserts; a tag that was deleted since violates `time_entry_tags_tag_fkey`.
    pub(crate) async fn insert(self, conn: &AsyncPgConnection, caller: Caller) -> QueryResult<usize> {
        if self.entry.is_empty() {
            return Ok(0);
        }
        prepared(
            "INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id) SELECT $1, l.* FROM unnest($2, $3) AS l",
        )
        .bind::<Uuid, _>(caller.workspace)
        .bind::<Array<Uuid>, _>(self.entry)
        .bind::<Array<Uuid>, _>(self.tag)
        .execute(&mut &*conn)
        .await
    }
}
