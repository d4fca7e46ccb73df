//! `/api/workspaces`: those of a user. What is in one lies below its path, or below the short paths for the current
//! one.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use clockwork_core::access::{Role, needs};
use clockwork_core::accounts::workspaces;
use clockwork_core::models::Workspace;
use clockwork_core::values::{DisplayName, TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::FieldErrors;
use crate::api::routes::Routes;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{
    Allowed, Changes, JsonBody, NoParameters, Now, Pool, QueryParameters, Reads, RecentSignIn, Sender, SignedIn,
};

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config.operation(list_workspaces, __path_list_workspaces).operation(create_workspace, __path_create_workspace);
}

/// Mounts the operations on the workspace of a request.
pub fn configure_one(config: &mut impl Routes) {
    config.operation(delete_workspace, __path_delete_workspace);
}

/// A workspace of the user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OwnWorkspace)]
pub struct OwnWorkspaceView {
    id: Uuid,
    name: String,
    /// An IANA name. Null until one is chosen.
    #[schema(required)]
    time_zone: Option<String>,
    /// What the user is there: `owner`, `admin`, `manager`, `member` or `viewer`.
    role: String,
    created_at: DateTime<Utc>,
}

impl OwnWorkspaceView {
    pub(super) fn new(workspace: Workspace, role: Role) -> Self {
        Self {
            id: workspace.id.into(),
            name: workspace.name,
            time_zone: workspace.time_zone,
            role: role.to_string(),
            created_at: workspace.created_at,
        }
    }
}

/// A workspace to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateWorkspace {
    /// 1 to 255 characters.
    #[schema(required, value_type = String, min_length = 1, max_length = 255)]
    name: Option<String>,
    /// An IANA name, such as `Europe/Berlin`.
    time_zone: Option<String>,
}

impl CreateWorkspace {
    fn parse(self) -> ApiResult<(DisplayName, Option<TimeZone>)> {
        let mut fields = FieldErrors::new();
        let name = fields.required("name", ErrorCode::InvalidName, self.name.as_deref(), DisplayName::parse);
        let zone = fields.optional("timeZone", ErrorCode::InvalidTimeZone, self.time_zone.as_deref(), TimeZone::parse);
        fields.done(name.map(|name| (name, zone)))
    }
}

/// Lists the workspaces in which the user is a member, oldest first. A token for one workspace lists that one.
#[utoipa::path(
    get,
    path = "/workspaces",
    tag = "workspaces",
    responses((status = 200, body = Vec<OwnWorkspaceView>))
)]
pub(crate) async fn list_workspaces(
    user: SignedIn<Reads>,
    pool: Pool,
    _: QueryParameters<NoParameters>,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let mut views = Vec::new();
    for own in workspaces::list(&mut conn, *user, user.bound_to()).await? {
        let role = own.role()?;
        views.push(OwnWorkspaceView::new(own.workspace, role));
    }
    Ok(HttpResponse::Ok().json(views))
}

/// Makes a workspace, whose owner is the user.
#[utoipa::path(
    post,
    path = "/workspaces",
    tag = "workspaces",
    request_body = CreateWorkspace,
    responses(
        (status = 201, body = OwnWorkspaceView),
        (status = 400, description = "invalid_name, invalid_time_zone"),
        (status = 409, description = "limit_reached"),
    )
)]
pub(crate) async fn create_workspace(
    user: SignedIn<Changes>,
    sender: Sender,
    pool: Pool,
    Now(now): Now,
    JsonBody(body): JsonBody<CreateWorkspace>,
) -> ApiResult<HttpResponse> {
    let (name, zone) = body.parse()?;
    let mut conn = pool.0.conn().await?;
    let made = workspaces::create(&mut conn, *user, &name, zone.as_ref(), sender.by(*user), now).await?;
    Ok(HttpResponse::Created().json(OwnWorkspaceView::new(made.workspace, made.role)))
}

/// What confirms the deletion of a workspace.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DeleteWorkspace {
    /// The name of the workspace, as it is.
    #[schema(required, value_type = String, min_length = 1, max_length = 255)]
    name: Option<String>,
}

impl DeleteWorkspace {
    /// The name that was typed.
    pub(super) fn parse(self) -> ApiResult<DisplayName> {
        let mut fields = FieldErrors::new();
        let name = fields.required("name", ErrorCode::InvalidConfirmation, self.name.as_deref(), DisplayName::parse);
        fields.done(name)
    }
}

/// Deletes the workspace with everything in it. No request finds it from then on; its rows are deleted within minutes.
#[utoipa::path(
    delete,
    path = "/workspace",
    tag = "workspaces",
    request_body = DeleteWorkspace,
    responses(
        (status = 204, description = "deleted"),
        (status = 400, description = "invalid_confirmation"),
        (status = 409, description = "first_workspace"),
    )
)]
pub(crate) async fn delete_workspace(
    caller: Allowed<needs::DeleteWorkspace>,
    _: RecentSignIn,
    sender: Sender,
    pool: Pool,
    Now(now): Now,
    JsonBody(body): JsonBody<DeleteWorkspace>,
) -> ApiResult<HttpResponse> {
    let name = body.parse()?;
    let mut conn = pool.0.conn().await?;
    workspaces::delete(&mut conn, caller.0, name.as_str(), sender.by(caller.actor), now).await?;
    Ok(HttpResponse::NoContent().finish())
}
