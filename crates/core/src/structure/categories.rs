//! Rules of category trees: one project for life, no cycles, siblings of different names, and one with entries stays.
//!
//! Every change of a tree first locks its project, so that two changes come one after the other.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use crate::access::{OnViolation, Permit, ProjectScope, Rejection, RuleError, needs};
use crate::database::transaction;
use crate::models::{Category, CategoryChanges, NewCategory, Page, Project};
use crate::structure::archive;
use crate::telemetry::RULE_TARGET;
use crate::values::changes::differing;
use crate::values::ids::{CategoryId, ProjectId, WorkspaceId};
use crate::values::revision::ExpectedRevision;
use crate::values::{CategoryName, Color, Description};

/// Why a category was not made, changed or deleted.
#[derive(Debug, thiserror::Error)]
pub enum CategoryRejection {
    /// The parent does not exist.
    #[error("no such parent category")]
    ParentNotFound,
    /// The parent belongs to another project.
    #[error("the parent category belongs to another project")]
    CrossProjectParent,
    /// The new parent is the category itself or lies below it.
    #[error("a category cannot be moved below itself")]
    Cycle,
    /// A sibling has the name.
    #[error("there is a category of this name at this place")]
    DuplicateName,
    /// Of several categories to make, those of these places, from 0, have names that siblings have, or that one before
    /// them has.
    #[error("there are categories of these names at this place")]
    DuplicateNames(Vec<usize>),
    /// It has time entries.
    #[error("the category has time entries")]
    InUse,
    /// Categories that are to be put in order do not lie at the place that is meant.
    #[error("one of the categories lies at another place")]
    NotSiblings,
}

impl Rejection for CategoryRejection {
    const OBJECT: &'static str = "category";
}

/// Why a category was not read, made, changed or deleted.
pub type CategoryError = RuleError<CategoryRejection>;

impl CategoryRejection {
    /// What it means that a category cannot be written.
    fn of_write(constraint: &str) -> Option<Self> {
        match constraint {
            "categories_sibling_name_key" => Some(Self::DuplicateName),
            "categories_acyclic" | "categories_not_own_parent" => Some(Self::Cycle),
            _ => None,
        }
    }

    /// What it means that a category cannot be deleted, or its children cannot go to its parent.
    fn of_deletion(constraint: &str) -> Option<Self> {
        match constraint {
            "categories_sibling_name_key" => Some(Self::DuplicateName),
            "time_entries_category_fkey" => Some(Self::InUse),
            _ => None,
        }
    }
}

/// A category to make.
#[derive(Debug)]
pub struct CategoryInput {
    /// Its name.
    pub name: CategoryName,
    /// What it is about.
    pub description: Description,
    /// Below which category; `None` makes a root.
    pub parent: Option<CategoryId>,
    /// Its colour; `None` means the project's.
    pub color: Option<Color>,
}

/// Changes to a category; `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Debug, Default)]
pub struct CategoryPatch {
    /// The new name.
    pub name: Option<CategoryName>,
    /// The new description; an empty one clears it.
    pub description: Option<Description>,
    /// The new parent; the subtree moves along.
    pub parent: Option<Option<CategoryId>>,
    /// The new colour.
    pub color: Option<Option<Color>>,
    /// Whether it is archived.
    pub archived: Option<bool>,
}

/// Makes a category.
///
/// # Errors
/// `NotFound` if there is no such project; `ParentNotFound`, `CrossProjectParent` or `DuplicateName` if the input does
/// not fit; `Database` if a statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "categories::create", skip_all)]
pub async fn create(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
    project: ProjectId,
    input: &CategoryInput,
    now: DateTime<Utc>,
) -> Result<Category, CategoryError> {
    transaction(conn, async |conn| {
        lock_project(conn, caller.workspace, project).await?;
        check_parent(conn, caller.workspace, project, input.parent).await?;
        let new = NewCategory {
            id: CategoryId::new(),
            workspace_id: caller.workspace,
            project_id: project,
            parent_category_id: input.parent,
            name: input.name.clone().into(),
            description: input.description.clone().into_option(),
            color: input.color.clone().map(String::from),
            created_at: now,
            updated_at: now,
        };
        new.insert(conn).await.on_violation(CategoryRejection::of_write)
    })
    .await
}

/// Most categories that are made at once: so many changes of one statement are told one by one to those who look on.
pub const CREATED_AT_ONCE_MAX: usize = 100;

/// One of several categories to make at a place.
#[derive(Debug)]
pub struct SiblingInput {
    /// Its name.
    pub name: CategoryName,
    /// What it is about.
    pub description: Description,
    /// Its colour; `None` means the project's.
    pub color: Option<Color>,
}

/// Makes categories at one place, below a category or as roots, all or none. Returns them in their order.
///
/// # Errors
/// Those of [`create`], and `DuplicateNames` with each name that is taken.
#[tracing::instrument(target = RULE_TARGET, name = "categories::create_all", skip_all)]
pub async fn create_all(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
    project: ProjectId,
    parent: Option<CategoryId>,
    inputs: &[SiblingInput],
    now: DateTime<Utc>,
) -> Result<Vec<Category>, CategoryError> {
    transaction(conn, async |conn| {
        let workspace = caller.workspace;
        lock_project(conn, workspace, project).await?;
        check_parent(conn, workspace, project, parent).await?;
        let names: Vec<String> = inputs.iter().map(|input| input.name.clone().into()).collect();
        let taken = Category::taken_names(conn, workspace, project, parent, &names).await?;
        if !taken.is_empty() {
            return Err(CategoryRejection::DuplicateNames(taken).into());
        }
        let new = |(input, name): (&SiblingInput, String)| NewCategory {
            id: CategoryId::new(),
            workspace_id: workspace,
            project_id: project,
            parent_category_id: parent,
            name,
            description: input.description.clone().into_option(),
            color: input.color.clone().map(String::from),
            created_at: now,
            updated_at: now,
        };
        let rows: Vec<NewCategory> = inputs.iter().zip(names).map(new).collect();
        NewCategory::insert_siblings(conn, &rows).await.on_violation(CategoryRejection::of_write)
    })
    .await
}

/// The categories of these names at one place, oldest first; those that were renamed, moved or deleted are not there.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "categories::named", skip_all)]
pub async fn named(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeWorkspace>,
    project: ProjectId,
    parent: Option<CategoryId>,
    inputs: &[SiblingInput],
) -> Result<Vec<Category>, CategoryError> {
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone().into()).collect();
    Ok(Category::named(conn, caller.project_scope(), project, parent, &names).await?)
}

/// One category of a project.
///
/// # Errors
/// When the project has no such category.
#[tracing::instrument(target = RULE_TARGET, name = "categories::find", skip_all)]
pub async fn find(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeWorkspace>,
    project: ProjectId,
    id: CategoryId,
) -> Result<Category, CategoryError> {
    let category = Category::find(conn, caller.project_scope(), id).await?;
    category.filter(|category| category.project_id == project).ok_or_else(CategoryError::not_found)
}

/// A page of the categories of a project, or of all projects, oldest first.
///
/// # Errors
/// When there is no such project.
#[tracing::instrument(target = RULE_TARGET, name = "categories::list", skip_all)]
pub async fn list(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeWorkspace>,
    project: Option<ProjectId>,
    archived: Option<bool>,
    page: Page,
) -> Result<Vec<Category>, CategoryError> {
    if let Some(project) = project {
        Project::find(conn, caller.project_scope(), project).await?.ok_or(CategoryError::NotFound("project"))?;
    }
    Ok(Category::list(conn, caller.project_scope(), project, archived, page).await?)
}

/// Changes a category, and moves it with its subtree when it gets another parent.
///
/// # Errors
/// `NotFound` if the project has no such category; `RevisionMismatch` if it has none of the expected revisions;
/// `ParentNotFound`, `CrossProjectParent`, `Cycle` or `DuplicateName` if the patch does not fit; `Database` if a
/// statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "categories::update", skip_all)]
pub async fn update(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
    project: ProjectId,
    id: CategoryId,
    expected: ExpectedRevision,
    patch: &CategoryPatch,
    now: DateTime<Utc>,
) -> Result<Category, CategoryError> {
    transaction(conn, async |conn| {
        let category = lock(conn, caller.workspace, project, id, expected).await?;
        check_parent(conn, caller.workspace, project, patch.parent.flatten()).await?;
        let changes = CategoryChanges {
            parent_category_id: differing(patch.parent, &category.parent_category_id),
            name: differing(patch.name.clone().map(String::from), &category.name),
            description: differing(patch.description.clone().map(Description::into_option), &category.description),
            color: differing(patch.color.clone().map(|color| color.map(String::from)), &category.color),
            archived_at: archive::change(patch.archived, category.archived_at, now),
            position: None,
        };
        // Its place among its siblings stays behind.
        let position = changes.parent_category_id.and(category.position).map(|_| None);
        let changes = CategoryChanges { position, ..changes };
        if changes == CategoryChanges::default() {
            return Ok(category);
        }
        category.update(conn, &changes, now).await.on_violation(CategoryRejection::of_write)
    })
    .await
}

/// What becomes of the categories below one that is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// The children go to the parent of the category.
    Lift,
    /// They are deleted as well, so that none of them may have time entries.
    Delete,
}

/// Deletes a category that has no time entries.
///
/// # Errors
/// When there is none, when it was changed since, when it or one that is deleted with it has time entries, or when a
/// child cannot be lifted because its name is taken there.
#[tracing::instrument(target = RULE_TARGET, name = "categories::delete", skip_all)]
pub async fn delete(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
    project: ProjectId,
    id: CategoryId,
    expected: ExpectedRevision,
    below: Below,
    now: DateTime<Utc>,
) -> Result<(), CategoryError> {
    transaction(conn, async |conn| {
        let category = lock(conn, caller.workspace, project, id, expected).await?;
        match below {
            Below::Lift => category.delete_lifting_children(conn, now).await,
            Below::Delete => category.delete_subtree(conn).await,
        }
        .on_violation(CategoryRejection::of_deletion)?;
        Ok(())
    })
    .await
}

/// Puts the children of a category, or the roots of a project, in an order. Those that are not named follow by their
/// names.
///
/// # Errors
/// When there is no such project or parent, or when one of the categories lies at another place: it may have been moved
/// since they were read.
#[tracing::instrument(target = RULE_TARGET, name = "categories::order", skip_all)]
pub async fn order(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
    project: ProjectId,
    parent: Option<CategoryId>,
    ids: &[CategoryId],
    now: DateTime<Utc>,
) -> Result<(), CategoryError> {
    transaction(conn, async |conn| {
        let workspace = caller.workspace;
        lock_project(conn, workspace, project).await?;
        check_parent(conn, workspace, project, parent).await?;
        let found = Category::count_children(conn, workspace, project, parent, ids).await?;
        if usize::try_from(found) != Ok(ids.len()) {
            return Err(CategoryRejection::NotSiblings.into());
        }
        Category::order_children(conn, workspace, project, parent, ids, now).await?;
        Ok(())
    })
    .await
}

async fn lock_project(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    project: ProjectId,
) -> Result<(), CategoryError> {
    let project = Project::lock(conn, workspace, project).await?;
    project.map(|_| ()).ok_or(CategoryError::NotFound("project"))
}

async fn lock(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    project: ProjectId,
    id: CategoryId,
    expected: ExpectedRevision,
) -> Result<Category, CategoryError> {
    lock_project(conn, workspace, project).await?;
    let category = Category::lock(conn, workspace, id).await?;
    let category = category.filter(|c| c.project_id == project).ok_or_else(CategoryError::not_found)?;
    expected.check(category.revision)?;
    Ok(category)
}

/// Tells the two ways apart in which a parent can be wrong; the foreign key alone would report one.
async fn check_parent(
    conn: &mut AsyncPgConnection,
    workspace: WorkspaceId,
    project: ProjectId,
    parent: Option<CategoryId>,
) -> Result<(), CategoryError> {
    let Some(parent) = parent else { return Ok(()) };
    let scope = ProjectScope::everything(workspace);
    let parent = Category::find(conn, scope, parent).await?.ok_or(CategoryRejection::ParentNotFound)?;
    if parent.project_id == project { Ok(()) } else { Err(CategoryRejection::CrossProjectParent.into()) }
}
