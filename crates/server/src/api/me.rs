//! `/api/me` and `/api/workspace`: who calls, where, and the settings of both.

use actix_web::{HttpResponse, get, patch};
use clockwork_core::values::{DisplayName, TimeZone};
use clockwork_core::workspaces::{self, NamePatch, Profile};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::{Fields, Patch, patch};
use crate::api::routes::Routes;
use crate::app::AppState;
use crate::error::{ApiResult, ErrorCode};
use crate::extract::{Caller, Db, Json, Now};

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config.service(get_me).service(update_me).service(update_workspace);
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub struct UserView {
    id: Uuid,
    name: String,
    /// Null when there is none.
    #[schema(required)]
    email: Option<String>,
    /// An IANA name: where the person's days begin and end. Null until one is chosen.
    #[schema(required)]
    time_zone: Option<String>,
}

/// A workspace.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Workspace)]
pub struct WorkspaceView {
    id: Uuid,
    name: String,
    /// An IANA name. Null until one is chosen.
    #[schema(required)]
    time_zone: Option<String>,
}

/// Who calls, and where.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Me)]
pub struct MeView {
    user: UserView,
    workspace: WorkspaceView,
    /// `owner`, `admin`, `manager`, `member` or `viewer`.
    role: String,
    /// `none` or `accounts`.
    auth_mode: String,
}

impl MeView {
    fn new(profile: Profile, auth_mode: &str) -> Self {
        let Profile { user, workspace, role } = profile;
        Self {
            user: UserView { id: user.id.into(), name: user.name, email: user.email, time_zone: user.time_zone },
            workspace: WorkspaceView { id: workspace.id.into(), name: workspace.name, time_zone: workspace.time_zone },
            role: role.to_string(),
            auth_mode: auth_mode.to_owned(),
        }
    }
}

/// Changes to a person or a workspace.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateName {
    /// 1 to 255 characters.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 255)]
    name: Patch<String>,
    /// An IANA name, such as `Europe/Berlin`.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false)]
    time_zone: Patch<String>,
}

impl UpdateName {
    fn parse(self) -> ApiResult<NamePatch> {
        let mut fields = Fields::new();
        let name = fields.change("name", ErrorCode::InvalidName, self.name, DisplayName::parse);
        let time_zone = fields.change("timeZone", ErrorCode::InvalidTimeZone, self.time_zone, TimeZone::parse);
        fields.done(Some(NamePatch { name, time_zone }))
    }
}

/// Who calls, in which workspace, and what they may do there.
#[utoipa::path(tag = "me", responses((status = 200, body = MeView)))]
#[get("/me")]
pub(crate) async fn get_me(caller: Caller, db: Db, state: actix_web::web::Data<AppState>) -> ApiResult<HttpResponse> {
    let mut conn = db.0.conn().await?;
    let profile = workspaces::profile(&mut conn, caller.0).await?;
    Ok(HttpResponse::Ok().json(MeView::new(profile, state.auth_mode.as_str())))
}

/// Changes the caller's name or time zone.
#[utoipa::path(
    tag = "me",
    request_body = UpdateName,
    responses((status = 200, body = MeView), (status = 400, description = "invalid_name, invalid_time_zone"))
)]
#[patch("/me")]
pub(crate) async fn update_me(
    caller: Caller,
    db: Db,
    state: actix_web::web::Data<AppState>,
    Now(now): Now,
    Json(body): Json<UpdateName>,
) -> ApiResult<HttpResponse> {
    let patch = body.parse()?;
    let mut conn = db.0.conn().await?;
    let profile = workspaces::update_user(&mut conn, caller.0, patch, now).await?;
    Ok(HttpResponse::Ok().json(MeView::new(profile, state.auth_mode.as_str())))
}

/// Changes the workspace's name or time zone.
#[utoipa::path(
    tag = "me",
    request_body = UpdateName,
    responses((status = 200, body = MeView), (status = 400, description = "invalid_name, invalid_time_zone"))
)]
#[patch("/workspace")]
pub(crate) async fn update_workspace(
    caller: Caller,
    db: Db,
    state: actix_web::web::Data<AppState>,
    Now(now): Now,
    Json(body): Json<UpdateName>,
) -> ApiResult<HttpResponse> {
    let patch = body.parse()?;
    let mut conn = db.0.conn().await?;
    let profile = workspaces::update_workspace(&mut conn, caller.0, patch, now).await?;
    Ok(HttpResponse::Ok().json(MeView::new(profile, state.auth_mode.as_str())))
}
