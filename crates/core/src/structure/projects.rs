//! Rules of projects: a client of the workspace or none, and one with categories stays.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use crate::access::{OnViolation, Permit, Rejection, RuleError, needs};
use crate::accounts::audit::{self, By, Object};
use crate::database::transaction;
use crate::models::{Category, NewProject, Page, Project, ProjectChanges, ProjectFilter};
use crate::structure::archive;
use crate::telemetry::RULE_TARGET;
use crate::values::changes::differing;
use crate::values::ids::{ClientId, ProjectId};
use crate::values::revision::ExpectedRevision;
use crate::values::{Color, Description, ProjectName};

/// Why a project was not made, changed or deleted.
#[derive(Debug, thiserror::Error)]
pub enum ProjectRejection {
    /// The workspace has no such client.
    #[error("no such client")]
    ClientNotFound,
    /// It has categories.
    #[error("the project has categories")]
    InUse,
    /// One of its categories has time entries.
    #[error("a category of the project has time entries")]
    Tracked,
}

impl Rejection for ProjectRejection {
    const OBJECT: &'static str = "project";
}

/// Why a project was not read, made, changed or deleted.
pub type ProjectError = RuleError<ProjectRejection>;

impl ProjectRejection {
    /// What it means that a project cannot be written.
    fn of_write(constraint: &str) -> Option<Self> {
        (constraint == "projects_client_fkey").then_some(Self::ClientNotFound)
    }

    /// What it means that a project cannot be deleted.
    fn of_deletion(constraint: &str) -> Option<Self> {
        match constraint {
            "categories_project_fkey" => Some(Self::InUse),
            "time_entries_category_fkey" => Some(Self::Tracked),
            _ => None,
        }
    }
}

/// A project to make.
#[derive(Debug)]
pub struct ProjectInput {
    /// Its name; several projects may have the same.
    pub name: ProjectName,
    /// What it is about.
    pub description: Description,
    /// Its colour; one of the palette when none is given.
    pub color: Option<Color>,
    /// The client; `None` for an internal project.
    pub client: Option<ClientId>,
    /// Whether new entries are billable.
    pub billable: bool,
    /// Whether only its members see it, beside those whose role sees all projects.
    pub private: bool,
}

/// Changes to a project; `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Debug, Default)]
pub struct ProjectPatch {
    /// The new name.
    pub name: Option<ProjectName>,
    /// The new description; an empty one clears it.
    pub description: Option<Description>,
    /// The new colour.
    pub color: Option<Color>,
    /// The client; `None` for an internal project.
    pub client: Option<Option<ClientId>>,
    /// Whether new entries are billable.
    pub billable: Option<bool>,
    /// Whether only its members see it.
    pub private: Option<bool>,
    /// Whether it is archived.
    pub archived: Option<bool>,
}

/// Makes a project.
///
/// # Errors
/// `ClientNotFound` if there is no such client; `Database` if a statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "projects::create", skip_all)]
pub async fn create(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
    input: &ProjectInput,
    now: DateTime<Utc>,
) -> Result<Project, ProjectError> {
    let color = match input.color.clone() {
        Some(color) => color,
        None => Color::from_palette(Color::number_after(&Project::newest_colors(conn, caller.workspace).await?)),
    };
    let new = NewProject {
        id: ProjectId::new(),
        workspace_id: caller.workspace,
        client_id: input.client,
        name: input.name.clone().into(),
        description: input.description.clone().into_option(),
        color: color.into(),
        billable: input.billable,
        private: input.private,
        created_at: now,
        updated_at: now,
    };
    new.insert(conn).await.on_violation(ProjectRejection::of_write)
}

/// One project.
///
/// # Errors
/// When there is no such project.
#[tracing::instrument(target = RULE_TARGET, name = "projects::find", skip_all)]
pub async fn find(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeWorkspace>,
    id: ProjectId,
) -> Result<Project, ProjectError> {
    Project::find(conn, caller.project_scope(), id).await?.ok_or_else(ProjectError::not_found)
}

/// A page of the projects, oldest first.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "projects::list", skip_all)]
pub async fn list(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeWorkspace>,
    filter: ProjectFilter,
    page: Page,
) -> Result<Vec<Project>, ProjectError> {
    Ok(Project::list(conn, caller.project_scope(), filter, page).await?)
}

/// Changes a project.
///
/// # Errors
/// `NotFound` if there is no such project; `RevisionMismatch` if it has none of the expected revisions;
/// `ClientNotFound` if there is no such client; `Database` if a statement fails.
#[tracing::instrument(target = RULE_TARGET, name = "projects::update", skip_all)]
pub async fn update(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
    id: ProjectId,
    expected: ExpectedRevision,
    patch: &ProjectPatch,
    by: By,
    now: DateTime<Utc>,
) -> Result<Project, ProjectError> {
    transaction(conn, async |conn| {
        let project = Project::lock(conn, caller.workspace, id).await?.ok_or_else(ProjectError::not_found)?;
        expected.check(project.revision)?;
        let changes = ProjectChanges {
            client_id: differing(patch.client, &project.client_id),
            name: differing(patch.name.clone().map(String::from), &project.name),
            description: differing(patch.description.clone().map(Description::into_option), &project.description),
            color: differing(patch.color.clone().map(String::from), &project.color),
            billable: differing(patch.billable, &project.billable),
            private: differing(patch.private, &project.private),
            archived_at: archive::change(patch.archived, project.archived_at, now),
        };
        if changes == ProjectChanges::default() {
            return Ok(project);
        }
        if let Some(private) = changes.private {
            let object = Object::in_workspace(caller.workspace, "project", id);
            let details = json!({"before": project.private, "after": private});
            audit::record(conn, by, "project.privacy_changed", object, details, now).await?;
        }
        project.update(conn, &changes, now).await.on_violation(ProjectRejection::of_write)
    })
    .await
}

/// Deletes a project that has no categories, or with `categories` also these, if none of them has time entries.
///
/// # Errors
/// When there is none, when it was changed since, or when it has categories or time entries that hold it back.
#[tracing::instrument(target = RULE_TARGET, name = "projects::delete", skip_all)]
pub async fn delete(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ManageProjects>,
    id: ProjectId,
    expected: ExpectedRevision,
    categories: bool,
) -> Result<(), ProjectError> {
    transaction(conn, async |conn| {
        let project = Project::lock(conn, caller.workspace, id).await?.ok_or_else(ProjectError::not_found)?;
        expected.check(project.revision)?;
        if categories {
            let deleted = Category::delete_all(conn, caller.workspace, id).await;
            deleted.on_violation(ProjectRejection::of_deletion)?;
        }
        project.delete(conn).await.on_violation(ProjectRejection::of_deletion)?;
        Ok(())
    })
    .await
}
