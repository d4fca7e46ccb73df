//! `/api/projects/{projectId}/members`: who is in a project, and who leads it.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use clockwork_core::access::needs;
use clockwork_core::models::ProjectMember;
use clockwork_core::structure::project_members;
use clockwork_core::values::ids::{ProjectId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::routes::Routes;
use crate::error::ApiResult;
use crate::extract::{Allowed, JsonBody, NoParameters, Now, PathId, Pool, QueryParameters, Sender};

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_project_members, __path_list_project_members)
        .operation(put_project_member, __path_put_project_member)
        .operation(remove_project_member, __path_remove_project_member);
}

/// A member of a project.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProjectMember)]
pub struct ProjectMemberView {
    /// The user's id.
    id: Uuid,
    name: String,
    /// Whether the member sees and changes the entries of all members in the project.
    lead: bool,
    created_at: DateTime<Utc>,
}

impl From<ProjectMember> for ProjectMemberView {
    fn from(row: ProjectMember) -> Self {
        Self { id: row.user_id.into(), name: row.name, lead: row.lead, created_at: row.created_at }
    }
}

/// What a member is in a project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PutProjectMember {
    /// Whether the member sees and changes the entries of all members in the project; `false` when left out.
    lead: Option<bool>,
}

/// Lists the members of a project, oldest first.
#[utoipa::path(
    get,
    path = "/projects/{projectId}/members",
    tag = "projects",
    responses((status = 200, body = Vec<ProjectMemberView>), (status = 404, description = "not_found"))
)]
pub(crate) async fn list_project_members(
    caller: Allowed<needs::SeeWorkspace>,
    pool: Pool,
    PathId(project): PathId<ProjectId>,
    _: QueryParameters<NoParameters>,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let members = project_members::list(&mut conn, caller.0, project).await?;
    Ok(HttpResponse::Ok().json(members.into_iter().map(ProjectMemberView::from).collect::<Vec<_>>()))
}

/// Puts a member of the workspace into a project, or says whether they lead it.
#[utoipa::path(
    put,
    path = "/projects/{projectId}/members/{memberId}",
    tag = "projects",
    request_body = PutProjectMember,
    responses(
        (status = 200, body = ProjectMemberView),
        (status = 404, description = "not_found"),
        (status = 409, description = "limit_reached, placeholder_member"),
    )
)]
pub(crate) async fn put_project_member(
    caller: Allowed<needs::ManageProjects>,
    sender: Sender,
    pool: Pool,
    PathId(project): PathId<ProjectId>,
    PathId(user): PathId<UserId>,
    Now(now): Now,
    JsonBody(body): JsonBody<PutProjectMember>,
) -> ApiResult<HttpResponse> {
    let lead = body.lead.unwrap_or_default();
    let mut conn = pool.0.conn().await?;
    let member = project_members::put(&mut conn, caller.0, project, user, lead, sender.by(caller.actor), now).await?;
    Ok(HttpResponse::Ok().json(ProjectMemberView::from(member)))
}

/// Takes a member out of a project. What they tracked there stays theirs.
#[utoipa::path(
    delete,
    path = "/projects/{projectId}/members/{memberId}",
    tag = "projects",
    responses((status = 204, description = "removed"), (status = 404, description = "not_found"))
)]
pub(crate) async fn remove_project_member(
    caller: Allowed<needs::ManageProjects>,
    sender: Sender,
    pool: Pool,
    PathId(project): PathId<ProjectId>,
    PathId(user): PathId<UserId>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    project_members::remove(&mut conn, caller.0, project, user, sender.by(caller.actor), now).await?;
    Ok(HttpResponse::NoContent().finish())
}
