//! What the workspace already has of what a file brings. Queries for this module alone; they take any number of names or keys in a
//! handful of statements.
//!
//! Names are compared in PostgreSQL, by the same `fold_name()` that its unique indexes use: two opinions on which letters are equal
//! would make doubles or collide.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::key::ImportKey;
use crate::caller::Caller;
use crate::ids::{CategoryId, ClientId, ProjectId, TagId, WorkspaceId};

/// Keys asked for at a time: half a megabyte.
const KEYS_PER_STATEMENT: usize = 16_384;

#[derive(QueryableByName)]
struct KeyRow {
    #[diesel(sql_type = Binary)]
    import_key: Vec<u8>,
}

/// Those of these keys that entries of the caller have.
pub(super) async fn keys(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    keys: &[&ImportKey],
) -> QueryResult<HashSet<ImportKey>> {
    let mut known = HashSet::new();
    for keys in keys.chunks(KEYS_PER_STATEMENT) {
        let keys: Vec<&[u8]> = keys.iter().map(|key| key.as_slice()).collect();
        let rows: Vec<KeyRow> = diesel::sql_query(
            "SELECT e.import_key FROM unnest($3) AS k (import_key) JOIN time_entries e USING (import_key)
             WHERE e.workspace_id = $1 AND e.user_id = $2 AND e.import_key IS NOT NULL",
        )
        .bind::<Uuid, _>(caller.workspace)
        .bind::<Uuid, _>(caller.user)
        .bind::<Array<Binary>, _>(keys)
        .load(conn)
        .await?;
        known.extend(rows.into_iter().filter_map(|row| ImportKey::try_from(row.import_key).ok()));
    }
    Ok(known)
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
pub(super) struct Folded<'a>(HashMap<&'a str, String>);

impl<'a> Folded<'a> {
    pub(super) async fn load(conn: &mut AsyncPgConnection, names: &[&'a str]) -> QueryResult<Self> {
        let rows: Vec<FoldedRow> = diesel::sql_query(
            "SELECT n.number, fold_name(n.name) AS folded FROM unnest($1) WITH ORDINALITY AS n (name, number)",
        )
        .bind::<Array<Text>, _>(names)
        .load(conn)
        .await?;
        let name = |number: i64| usize::try_from(number - 1).ok().and_then(|index| names.get(index).copied());
        Ok(Self(rows.into_iter().filter_map(|row| Some((name(row.number)?, row.folded))).collect()))
    }

    /// A name that was loaded.
    pub(super) fn get<'b>(&'b self, name: &'b str) -> &'b str {
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

/// The clients of these names, by folded name.
pub(super) async fn clients(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    folded: &[String],
) -> QueryResult<HashMap<String, ClientId>> {
    let rows: Vec<ClientRow> = diesel::sql_query(
        "SELECT id, fold_name(name) AS folded FROM clients WHERE workspace_id = $1 AND fold_name(name) = ANY ($2)",
    )
    .bind::<Uuid, _>(workspace)
    .bind::<Array<Text>, _>(folded)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.folded, row.id)).collect())
}

#[derive(QueryableByName)]
struct TagRow {
    #[diesel(sql_type = Uuid)]
    id: TagId,
    #[diesel(sql_type = Text)]
    folded: String,
}

/// The tags of these names, by folded name.
pub(super) async fn tags(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    folded: &[String],
) -> QueryResult<HashMap<String, TagId>> {
    let rows: Vec<TagRow> = diesel::sql_query(
        "SELECT id, fold_name(name) AS folded FROM tags WHERE workspace_id = $1 AND fold_name(name) = ANY ($2)",
    )
    .bind::<Uuid, _>(workspace)
    .bind::<Array<Text>, _>(folded)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.folded, row.id)).collect())
}

/// A project that a row may mean.
#[derive(Debug, QueryableByName)]
pub(super) struct ProjectRow {
    #[diesel(sql_type = Uuid)]
    pub(super) id: ProjectId,
    #[diesel(sql_type = Nullable<Uuid>)]
    pub(super) client_id: Option<ClientId>,
    #[diesel(sql_type = Text)]
    pub(super) folded: String,
    #[diesel(sql_type = Bool)]
    pub(super) billable: bool,
}

/// The projects of these names. Names of projects may repeat: those in use come first, then the oldest.
pub(super) async fn projects(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    folded: &[String],
) -> QueryResult<Vec<ProjectRow>> {
    diesel::sql_query(
        "SELECT id, client_id, fold_name(name) AS folded, billable FROM projects
         WHERE workspace_id = $1 AND fold_name(name) = ANY ($2)
         ORDER BY archived_at IS NOT NULL, created_at, id",
    )
    .bind::<Uuid, _>(workspace)
    .bind::<Array<Text>, _>(folded)
    .load(conn)
    .await
}

#[derive(QueryableByName)]
struct CategoryRow {
    #[diesel(sql_type = Uuid)]
    id: CategoryId,
    #[diesel(sql_type = Uuid)]
    project_id: ProjectId,
    #[diesel(sql_type = Text)]
    folded: String,
}

/// The categories of these names in these projects. An import makes roots, but people move them: of several in one tree a root is
/// meant, else the oldest in use.
pub(super) async fn categories(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    projects: &[ProjectId],
    folded: &[String],
) -> QueryResult<HashMap<(ProjectId, String), CategoryId>> {
    let rows: Vec<CategoryRow> = diesel::sql_query(
        "SELECT id, project_id, fold_name(name) AS folded FROM categories
         WHERE workspace_id = $1 AND project_id = ANY ($2) AND fold_name(name) = ANY ($3)
         ORDER BY parent_category_id IS NOT NULL, archived_at IS NOT NULL, created_at, id",
    )
    .bind::<Uuid, _>(workspace)
    .bind::<Array<Uuid>, _>(projects)
    .bind::<Array<Text>, _>(folded)
    .load(conn)
    .await?;
    let mut found = HashMap::new();
    for row in rows {
        found.entry((row.project_id, row.folded)).or_insert(row.id);
    }
    Ok(found)
}
