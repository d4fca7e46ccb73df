//! Categories: trees within projects.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::page::{oldest_first, paged_oldest_first};
use super::{CategoryScope, Page};
use crate::access::{CategoriesIn, ProjectScope};
use crate::database::prepared;
use crate::database::schema::categories;
use crate::values::ids::{CategoryId, ProjectId, WorkspaceId};

/// A row of `categories`.
#[derive(Clone, Debug, Queryable, Selectable, Identifiable)]
#[diesel(table_name = categories)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct Category {
    pub id: CategoryId,
    pub workspace_id: WorkspaceId,
    pub project_id: ProjectId,
    pub parent_category_id: Option<CategoryId>,
    pub name: String,
    pub description: Option<String>,
    pub color: Option<String>,
    pub archived_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub revision: i64,
    pub position: Option<i32>,
}

paged_oldest_first!(Category);

/// A category to insert.
#[derive(Debug, Insertable)]
#[diesel(table_name = categories)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct NewCategory {
    pub id: CategoryId,
    pub workspace_id: WorkspaceId,
    pub project_id: ProjectId,
    pub parent_category_id: Option<CategoryId>,
    pub name: String,
    pub description: Option<String>,
    pub color: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Changes to a category; `None` leaves a column as it is.
#[derive(Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = categories)]
#[expect(missing_docs, reason = "columns; migrations/ says what they mean")]
pub struct CategoryChanges {
    pub parent_category_id: Option<Option<CategoryId>>,
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub color: Option<Option<String>>,
    pub archived_at: Option<Option<DateTime<Utc>>>,
    pub position: Option<Option<i32>>,
}

#[derive(QueryableByName)]
struct ScopeRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: CategoryId,
    #[diesel(sql_type = sql_types::Uuid)]
    project_id: ProjectId,
}

/// A category as a place for new time.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Destination {
    /// The category.
    #[diesel(sql_type = sql_types::Uuid)]
    pub category_id: CategoryId,
    /// Its project.
    #[diesel(sql_type = sql_types::Uuid)]
    pub project_id: ProjectId,
    /// The project's default for new entries.
    #[diesel(sql_type = sql_types::Bool)]
    pub billable: bool,
    /// Whether the project is archived.
    #[diesel(sql_type = sql_types::Bool)]
    pub project_archived: bool,
    /// Whether the category or one of its ancestors is archived.
    #[diesel(sql_type = sql_types::Bool)]
    pub branch_archived: bool,
}

impl NewCategory {
    /// Inserts the row.
    ///
    /// # Errors
    /// Violations of `categories_sibling_name_key`, `categories_parent_fkey` and `categories_project_fkey`; any other
    /// error of the statement.
    pub async fn insert(&self, conn: &mut AsyncPgConnection) -> QueryResult<Category> {
        diesel::insert_into(categories::table).values(self).returning(Category::as_returning()).get_result(conn).await
    }

    /// Inserts rows in one statement, and returns them in their order.
    ///
    /// # Errors
    /// Those of [`Self::insert`].
    pub async fn insert_siblings(conn: &mut AsyncPgConnection, rows: &[Self]) -> QueryResult<Vec<Category>> {
        diesel::insert_into(categories::table).values(rows).returning(Category::as_returning()).get_results(conn).await
    }
}

/// A CTE that is the [`Destination`] of a category in a workspace, both SQL expressions; empty when there is none, or
/// `$viewer`, who may be null, does not see its project.
macro_rules! destination {
    ($workspace:literal, $category:literal, $viewer:literal) => {
        // Most categories are roots or lie one below: what is above is only looked at where there is something.
        concat!(
            "destination AS (
                 SELECT c.id AS category_id, p.id AS project_id, p.billable, p.archived_at IS NOT NULL AS project_archived,
                        c.archived_at IS NOT NULL
                            OR (c.parent_category_id IS NOT NULL AND branch_is_archived(c.parent_category_id)) AS branch_archived
                 FROM categories c JOIN projects p ON p.id = c.project_id
                 WHERE c.workspace_id = ", $workspace, " AND c.id = ", $category, " AND ", $crate::access::project_in_scope!("p", $viewer), "
             )"
        )
    };
}
pub(super) use destination;

impl Category {
    /// Categories of the projects of a scope, or of one of them, oldest first.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn list(
        conn: &mut AsyncPgConnection,
        scope: ProjectScope,
        project: Option<ProjectId>,
        archived: Option<bool>,
        page: Page,
    ) -> QueryResult<Vec<Self>> {
        let mut query = categories::table.filter(CategoriesIn(scope)).into_boxed();
        if let Some(project) = project {
            query = query.filter(categories::project_id.eq(project));
        }
        match archived {
            Some(true) => query = query.filter(categories::archived_at.is_not_null()),
            Some(false) => query = query.filter(categories::archived_at.is_null()),
            None => {}
        }
        oldest_first!(query, categories, page).select(Self::as_select()).load(conn).await
    }

    /// One category, of whichever project of a scope.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn find(conn: &mut AsyncPgConnection, scope: ProjectScope, id: CategoryId) -> QueryResult<Option<Self>> {
        categories::table
            .filter(CategoriesIn(scope))
            .filter(categories::id.eq(id))
            .select(Self::as_select())
            .first(conn)
            .await
            .optional()
    }

    /// One category, locked until the transaction ends.
    ///
    /// # Errors
    /// If the statement fails, or waits longer for the lock than `lock_timeout`.
    pub async fn lock(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        id: CategoryId,
    ) -> QueryResult<Option<Self>> {
        categories::table
            .filter(categories::workspace_id.eq(workspace).and(categories::id.eq(id)))
            .select(Self::as_select())
            .for_no_key_update()
            .first(conn)
            .await
            .optional()
    }

    /// What new time needs to know of a category: in one statement, because every start of a timer asks.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn destination(
        conn: &mut AsyncPgConnection,
        scope: ProjectScope,
        id: CategoryId,
    ) -> QueryResult<Option<Destination>> {
        prepared(concat!("WITH ", destination!("$1", "$2", "$3"), " SELECT * FROM destination"))
            .bind::<sql_types::Uuid, _>(scope.workspace)
            .bind::<sql_types::Uuid, _>(id)
            .bind::<sql_types::Nullable<sql_types::Uuid>, _>(scope.viewer)
            .get_result(conn)
            .await
            .optional()
    }

    /// The category, alone or with all below it, and their project. `None` when there is no such category.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn scope(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        id: CategoryId,
        subcategories: bool,
    ) -> QueryResult<Option<CategoryScope>> {
        let rows: Vec<ScopeRow> = prepared(
            "WITH RECURSIVE subtree AS (
                 SELECT c.id, c.project_id FROM categories c WHERE c.workspace_id = $1 AND c.id = $2
                 UNION ALL
                 SELECT c.id, c.project_id FROM categories c
                 JOIN subtree s ON c.project_id = s.project_id AND c.parent_category_id = s.id
                 WHERE c.workspace_id = $1 AND $3
             ) SELECT id, project_id FROM subtree",
        )
        .bind::<sql_types::Uuid, _>(workspace)
        .bind::<sql_types::Uuid, _>(id)
        .bind::<sql_types::Bool, _>(subcategories)
        .load(conn)
        .await?;
        let project = rows.iter().map(|row| row.project_id).next();
        let categories = rows.into_iter().map(|row| row.id).collect();
        Ok(project.map(|project| CategoryScope { project, categories }))
    }

    /// The categories of some projects, each with the one above it.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn parents(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        projects: &[ProjectId],
    ) -> QueryResult<Vec<(CategoryId, Option<CategoryId>)>> {
        categories::table
            .filter(categories::workspace_id.eq(workspace).and(categories::project_id.eq_any(projects)))
            .select((categories::id, categories::parent_category_id))
            .load(conn)
            .await
    }

    /// Categories with all that are below them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn subtrees(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        categories: &[CategoryId],
    ) -> QueryResult<Vec<CategoryId>> {
        let rows: Vec<ScopeRow> = prepared(
            "WITH RECURSIVE subtree AS (
                 SELECT c.id, c.project_id FROM categories c WHERE c.workspace_id = $1 AND c.id = ANY ($2)
                 UNION
                 SELECT c.id, c.project_id FROM categories c
                 JOIN subtree s ON c.project_id = s.project_id AND c.parent_category_id = s.id
                 WHERE c.workspace_id = $1
             ) SELECT id, project_id FROM subtree",
        )
        .bind::<sql_types::Uuid, _>(workspace)
        .bind::<sql_types::Array<sql_types::Uuid>, _>(categories)
        .load(conn)
        .await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Changes the row; may violate `categories_sibling_name_key`, `categories_parent_fkey`,
    /// `categories_not_own_parent` or `categories_acyclic`.
    ///
    /// # Errors
    /// `NotFound` if the row is gone; any error of the statement, of which the rule expects violations of the
    /// constraints above.
    pub async fn update(
        &self,
        conn: &mut AsyncPgConnection,
        changes: &CategoryChanges,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        diesel::update(self)
            .set((changes, categories::updated_at.eq(now)))
            .returning(Self::as_returning())
            .get_result(conn)
            .await
    }

    /// Which of these names, by their places from 0, the children of a category or the roots of a project cannot get:
    /// because one has it, or because it is the same as one before.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn taken_names(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        project: ProjectId,
        parent: Option<CategoryId>,
        names: &[String],
    ) -> QueryResult<Vec<usize>> {
        #[derive(QueryableByName)]
        struct TakenRow {
            #[diesel(sql_type = sql_types::BigInt)]
            number: i64,
        }
        // The hashes are those of categories_sibling_name_key.
        let rows: Vec<TakenRow> = prepared(
            "SELECT w.number FROM (
                 SELECT fold_name(n.name) AS folded, n.number,
                        row_number() OVER (PARTITION BY fold_name(n.name) ORDER BY n.number) AS turn
                 FROM unnest($4) WITH ORDINALITY AS n (name, number)
             ) w WHERE w.turn > 1 OR EXISTS (
                 SELECT FROM categories c
                 WHERE c.workspace_id = $1 AND c.project_id = $2 AND c.parent_category_id IS NOT DISTINCT FROM $3
                     AND hashtextextended(fold_name(c.name), 0) = hashtextextended(w.folded, 0)
                     AND hashtextextended(fold_name(c.name), 1) = hashtextextended(w.folded, 1)
             ) ORDER BY w.number",
        )
        .bind::<sql_types::Uuid, _>(workspace)
        .bind::<sql_types::Uuid, _>(project)
        .bind::<sql_types::Nullable<sql_types::Uuid>, _>(parent)
        .bind::<sql_types::Array<sql_types::Text>, _>(names.to_vec())
        .load(conn)
        .await?;
        Ok(rows.into_iter().filter_map(|row| usize::try_from(row.number - 1).ok()).collect())
    }

    /// The children of a category, or the roots of a project, that have one of these names, oldest first.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn named(
        conn: &mut AsyncPgConnection,
        scope: ProjectScope,
        project: ProjectId,
        parent: Option<CategoryId>,
        names: &[String],
    ) -> QueryResult<Vec<Self>> {
        categories::table
            .filter(CategoriesIn(scope))
            .filter(categories::project_id.eq(project).and(categories::name.eq_any(names)))
            .filter(categories::parent_category_id.is_not_distinct_from(parent))
            .order((categories::created_at, categories::id))
            .select(Self::as_select())
            .load(conn)
            .await
    }

    /// Deletes the row and hangs its children one level higher, in one statement: a child may take the name of the
    /// parent that goes. A name that another sibling has there violates `categories_sibling_name_key`;
    /// `time_entries_category_fkey` holds the row back while it has entries.
    ///
    /// # Errors
    /// If the statement fails, or violates one of the two constraints.
    pub async fn delete_lifting_children(
        &self,
        conn: &mut AsyncPgConnection,
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "WITH gone AS (
                 DELETE FROM categories WHERE workspace_id = $1 AND project_id = $2 AND id = $3 RETURNING id, parent_category_id
             )
             UPDATE categories c SET parent_category_id = gone.parent_category_id, position = NULL, updated_at = $4
             FROM gone WHERE c.workspace_id = $1 AND c.project_id = $2 AND c.parent_category_id = gone.id",
        )
        .bind::<sql_types::Uuid, _>(self.workspace_id)
        .bind::<sql_types::Uuid, _>(self.project_id)
        .bind::<sql_types::Uuid, _>(self.id)
        .bind::<sql_types::Timestamptz, _>(now)
        .execute(conn)
        .await
    }

    /// Deletes the row and all below it, in one statement that locks them in the order of their ids.
    /// `time_entries_category_fkey` holds all of them back while one has entries.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn delete_subtree(&self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        prepared(
            "WITH RECURSIVE subtree AS (
                 SELECT c.id FROM categories c WHERE c.workspace_id = $1 AND c.project_id = $2 AND c.id = $3
                 UNION ALL
                 SELECT c.id FROM categories c JOIN subtree s ON c.parent_category_id = s.id
                 WHERE c.workspace_id = $1 AND c.project_id = $2
             ), locked AS MATERIALIZED (
                 SELECT c.id FROM categories c WHERE c.id IN (SELECT s.id FROM subtree s) ORDER BY c.id FOR UPDATE
             )
             DELETE FROM categories c USING locked l WHERE c.workspace_id = $1 AND c.project_id = $2 AND c.id = l.id",
        )
        .bind::<sql_types::Uuid, _>(self.workspace_id)
        .bind::<sql_types::Uuid, _>(self.project_id)
        .bind::<sql_types::Uuid, _>(self.id)
        .execute(conn)
        .await
    }

    /// Deletes all categories of a project, locked in the order of their ids; `time_entries_category_fkey` holds them
    /// back while one has entries.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn delete_all(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        project: ProjectId,
    ) -> QueryResult<usize> {
        prepared(
            "WITH locked AS MATERIALIZED (
                 SELECT c.id FROM categories c WHERE c.workspace_id = $1 AND c.project_id = $2 ORDER BY c.id FOR UPDATE
             )
             DELETE FROM categories c USING locked l WHERE c.workspace_id = $1 AND c.project_id = $2 AND c.id = l.id",
        )
        .bind::<sql_types::Uuid, _>(workspace)
        .bind::<sql_types::Uuid, _>(project)
        .execute(conn)
        .await
    }

    /// How many of these categories lie below `parent`; below none, how many are roots.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn count_children(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        project: ProjectId,
        parent: Option<CategoryId>,
        ids: &[CategoryId],
    ) -> QueryResult<i64> {
        categories::table
            .filter(categories::workspace_id.eq(workspace).and(categories::project_id.eq(project)))
            .filter(categories::parent_category_id.is_not_distinct_from(parent))
            .filter(categories::id.eq_any(ids))
            .count()
            .get_result(conn)
            .await
    }

    /// Gives the children of `parent` their places in the order of `ids`; those that are not among these lose theirs.
    /// Rows that have their place already are not written.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn order_children(
        conn: &mut AsyncPgConnection,
        workspace: WorkspaceId,
        project: ProjectId,
        parent: Option<CategoryId>,
        ids: &[CategoryId],
        now: DateTime<Utc>,
    ) -> QueryResult<usize> {
        prepared(
            "UPDATE categories c SET position = wanted.place, updated_at = $5
             FROM (
                 SELECT sibling.id, named.place::integer AS place FROM categories sibling
                 LEFT JOIN unnest($4) WITH ORDINALITY AS named (id, place) ON named.id = sibling.id
                 WHERE sibling.workspace_id = $1 AND sibling.project_id = $2
                   AND sibling.parent_category_id IS NOT DISTINCT FROM $3
             ) AS wanted
             WHERE c.workspace_id = $1 AND c.project_id = $2 AND c.id = wanted.id
               AND c.position IS DISTINCT FROM wanted.place",
        )
        .bind::<sql_types::Uuid, _>(workspace)
        .bind::<sql_types::Uuid, _>(project)
        .bind::<sql_types::Nullable<sql_types::Uuid>, _>(parent)
        .bind::<sql_types::Array<sql_types::Uuid>, _>(ids)
        .bind::<sql_types::Timestamptz, _>(now)
        .execute(conn)
        .await
    }
}
