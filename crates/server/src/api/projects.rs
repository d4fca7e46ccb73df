//! `/api/projects`: what holds categories.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use clockwork_core::access::{Permit, needs};
use clockwork_core::models::{Page, Project, ProjectFilter};
use clockwork_core::structure::projects::{self, ProjectInput, ProjectPatch};
use clockwork_core::values::ids::{ClientId, ProjectId};
use clockwork_core::values::{Color, Description, ProjectName};
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::fields::{FieldErrors, Patch, patch};
use crate::api::lists::{self, List, PageQuery};
use crate::api::routes::Routes;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{
    Allowed, FromQuery, IdempotentRequest, IfMatch, IfNoneMatch, JsonBody, Now, PathId, Pool, QueryParameters,
    Representation, Sender, UnreadParameters, show,
};

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_projects, __path_list_projects)
        .operation(create_project, __path_create_project)
        .operation(get_project, __path_get_project)
        .operation(update_project, __path_update_project)
        .operation(delete_project, __path_delete_project);
}

/// What holds categories.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Project)]
pub struct ProjectView {
    id: Uuid,
    name: String,
    /// Absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<String>,
    /// `#rrggbb`.
    color: String,
    /// The client; null for an internal project.
    #[schema(required)]
    client_id: Option<Uuid>,
    /// Whether new entries are billable.
    billable: bool,
    /// Whether only its members see it, beside those whose role sees all projects.
    private: bool,
    archived: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The number in the ETag of the project; `If-Match` takes it as `W/"<revision>"`.
    revision: i64,
}

impl From<Project> for ProjectView {
    fn from(row: Project) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            description: row.description,
            color: row.color,
            client_id: row.client_id.map(Uuid::from),
            billable: row.billable,
            private: row.private,
            archived: row.archived_at.is_some(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            revision: row.revision,
        }
    }
}

impl Representation for ProjectView {
    fn revision(&self) -> Option<i64> {
        Some(self.revision)
    }
}

/// A project to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateProject {
    /// 1 to 255 characters.
    #[schema(required, value_type = String, min_length = 1, max_length = 255)]
    name: Option<String>,
    /// At most 5,000 characters.
    #[schema(max_length = 5000)]
    description: Option<String>,
    /// `#rrggbb`; one of the palette when left out.
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    color: Option<String>,
    /// The client.
    #[schema(format = Uuid)]
    client_id: Option<String>,
    /// Whether new entries are billable.
    billable: Option<bool>,
    /// Whether only its members see it, beside those whose role sees all projects; `false` when left out.
    private: Option<bool>,
}

impl CreateProject {
    fn parse(self) -> ApiResult<ProjectInput> {
        let mut fields = FieldErrors::new();
        let name = fields.required("name", ErrorCode::InvalidProjectName, self.name.as_deref(), ProjectName::parse);
        let description = fields.optional(
            "description",
            ErrorCode::InvalidDescription,
            self.description.as_deref(),
            Description::parse,
        );
        let color = fields.optional("color", ErrorCode::InvalidColor, self.color.as_deref(), Color::parse);
        let client = self.client_id.and_then(|id| fields.id("clientId", Some(&id)));
        let (billable, private) = (self.billable.unwrap_or_default(), self.private.unwrap_or_default());
        let description = description.unwrap_or_default();
        fields.done(name.map(|name| ProjectInput { name, description, color, client, billable, private }))
    }
}

/// Changes to a project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateProject {
    /// 1 to 255 characters.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 255)]
    name: Patch<String>,
    /// At most 5,000 characters; null or empty for none.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, max_length = 5000)]
    description: Patch<String>,
    /// `#rrggbb`.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false, pattern = "^#[0-9a-fA-F]{6}$")]
    color: Patch<String>,
    /// The client; null for an internal project.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<Uuid>)]
    client_id: Patch<String>,
    /// Whether new entries are billable.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<bool>, nullable = false)]
    billable: Patch<bool>,
    /// Whether only its members see it.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<bool>, nullable = false)]
    private: Patch<bool>,
    /// An archived project is hidden from pickers and takes no new time.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<bool>, nullable = false)]
    archived: Patch<bool>,
}

impl UpdateProject {
    fn parse(self) -> ApiResult<ProjectPatch> {
        let mut fields = FieldErrors::new();
        let patch = ProjectPatch {
            name: fields.change("name", ErrorCode::InvalidProjectName, self.name, ProjectName::parse),
            description: fields
                .clearable("description", ErrorCode::InvalidDescription, self.description, Description::parse)
                .map(Option::unwrap_or_default),
            color: fields.change("color", ErrorCode::InvalidColor, self.color, Color::parse),
            client: self.client_id.map(|id| id.and_then(|id| fields.id("clientId", Some(&id)))),
            billable: fields.flag("billable", self.billable),
            private: fields.flag("private", self.private),
            archived: fields.flag("archived", self.archived),
        };
        fields.done(Some(patch))
    }
}

/// Which ones to list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct ProjectsFilter {
    /// Only archived ones (`true`) or only others (`false`).
    pub archived: Option<bool>,
    /// Only those of a client.
    pub client_id: Option<Uuid>,
}

impl FromQuery for ProjectsFilter {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        Ok(Self { archived: parameters.flag("archived")?, client_id: parameters.id("clientId")? })
    }
}

/// What to delete with a project.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct DeletionQuery {
    /// Also its categories. None of them may have time entries.
    include_categories: Option<bool>,
}

impl FromQuery for DeletionQuery {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        Ok(Self { include_categories: parameters.flag("includeCategories")? })
    }
}

struct Projects {
    caller: Permit<needs::SeeWorkspace>,
    filter: ProjectFilter,
}

impl List for Projects {
    type Row = Project;
    type View = ProjectView;

    async fn read(&mut self, conn: &mut AsyncPgConnection, page: Page) -> ApiResult<Vec<Project>> {
        Ok(projects::list(conn, self.caller, self.filter, page).await?)
    }
}

/// Lists projects, oldest first.
#[utoipa::path(
    get,
    path = "/projects",
    tag = "projects",
    params(ProjectsFilter, PageQuery),
    responses(
        (status = 200, body = Vec<ProjectView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_limit, invalid_cursor, invalid_id"),
    )
)]
pub(crate) async fn list_projects(
    caller: Allowed<needs::SeeWorkspace>,
    request: HttpRequest,
    pool: Pool,
    QueryParameters((filter, page)): QueryParameters<(ProjectsFilter, PageQuery)>,
) -> ApiResult<HttpResponse> {
    let filter = ProjectFilter { archived: filter.archived, client: filter.client_id.map(ClientId::from) };
    let conn = pool.0.conn().await?;
    lists::answer(&request, &pool.0, conn, Projects { caller: caller.0, filter }, page).await
}

/// Makes a project.
#[utoipa::path(
    post,
    path = "/projects",
    tag = "projects",
    request_body = CreateProject,
    responses(
        (status = 201, body = ProjectView),
        (status = 400, description = "invalid_project_name, invalid_description, invalid_color, invalid_id, invalid_client"),
    )
)]
pub(crate) async fn create_project(
    caller: Allowed<needs::ManageProjects>,
    request: IdempotentRequest,
    Now(now): Now,
    JsonBody(body): JsonBody<CreateProject>,
) -> ApiResult<HttpResponse> {
    let input = body.parse()?;
    request
        .run(caller, StatusCode::CREATED, async |conn| {
            projects::create(conn, caller.0, &input, now).await.map(ProjectView::from)
        })
        .await
}

/// One project.
#[utoipa::path(
    get,
    path = "/projects/{projectId}",
    tag = "projects",
    responses((status = 200, body = ProjectView), (status = 404, description = "not_found"))
)]
pub(crate) async fn get_project(
    caller: Allowed<needs::SeeWorkspace>,
    pool: Pool,
    PathId(id): PathId<ProjectId>,
    if_none_match: IfNoneMatch,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let row = projects::find(&mut conn, caller.0, id).await?;
    Ok(if_none_match.show(&ProjectView::from(row)))
}

/// Changes a project.
#[utoipa::path(
    patch,
    path = "/projects/{projectId}",
    tag = "projects",
    request_body = UpdateProject,
    responses(
        (status = 200, body = ProjectView),
        (status = 400, description = "invalid_project_name, invalid_description, invalid_color, invalid_client"),
        (status = 404, description = "not_found"),
    )
)]
pub(crate) async fn update_project(
    caller: Allowed<needs::ManageProjects>,
    sender: Sender,
    pool: Pool,
    PathId(id): PathId<ProjectId>,
    IfMatch(expected): IfMatch,
    Now(now): Now,
    JsonBody(body): JsonBody<UpdateProject>,
) -> ApiResult<HttpResponse> {
    let patch = body.parse()?;
    let mut conn = pool.0.conn().await?;
    let row = projects::update(&mut conn, caller.0, id, expected, &patch, sender.by(caller.actor), now).await?;
    Ok(show(&ProjectView::from(row)))
}

/// Deletes a project that has no categories, or with categories that have no time entries.
#[utoipa::path(
    delete,
    path = "/projects/{projectId}",
    tag = "projects",
    params(DeletionQuery),
    responses(
        (status = 204, description = "deleted"),
        (status = 404, description = "not_found"),
        (status = 409, description = "project_in_use"),
    )
)]
pub(crate) async fn delete_project(
    caller: Allowed<needs::ManageProjects>,
    pool: Pool,
    PathId(id): PathId<ProjectId>,
    IfMatch(expected): IfMatch,
    QueryParameters(deletion): QueryParameters<DeletionQuery>,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    projects::delete(&mut conn, caller.0, id, expected, deletion.include_categories == Some(true)).await?;
    Ok(HttpResponse::NoContent().finish())
}
