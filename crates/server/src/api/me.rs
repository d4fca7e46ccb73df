//! `/api/me` and `/api/workspace`: who calls, where, and the settings of both.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use clockwork_core::access::needs;
use clockwork_core::accounts::workspaces::{self, NamePatch, Profile};
use clockwork_core::values::revision::Expected;
use clockwork_core::values::{DisplayName, TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::{Fields, Patch, patch};
use crate::api::routes::Routes;
use crate::describe::{Describe, Description};
use crate::error::{ApiError, ApiResult, ErrorCode};
use crate::extract::{
    Allowed, Db, IfNoneMatch, Json, Now, Representation, describe_if_match, expected, revision, show, weak_tag,
};
use crate::state::AppState;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(get_me, __path_get_me)
        .operation(update_me, __path_update_me)
        .operation(update_workspace, __path_update_workspace);
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
    #[serde(skip)]
    revisions: Revisions,
}

/// The revisions of what a [`MeView`] shows.
#[derive(Debug)]
struct Revisions {
    user: i64,
    workspace: i64,
}

impl MeView {
    fn new(profile: Profile, auth_mode: &str) -> Self {
        let Profile { user, workspace, role } = profile;
        Self {
            revisions: Revisions { user: user.revision, workspace: workspace.revision },
            user: UserView { id: user.id.into(), name: user.name, email: user.email, time_zone: user.time_zone },
            workspace: WorkspaceView { id: workspace.id.into(), name: workspace.name, time_zone: workspace.time_zone },
            role: role.to_string(),
            auth_mode: auth_mode.to_owned(),
        }
    }
}

impl Representation for MeView {
    fn revision(&self) -> Option<i64> {
        None
    }

    /// `W/"<revision of the user>.<revision of the workspace>.<role>"`: all that may change.
    fn entity_tag(&self) -> Option<String> {
        let Revisions { user, workspace } = self.revisions;
        Some(weak_tag(format_args!("{user}.{workspace}.{}", self.role)))
    }
}

/// `If-Match` with tags of `GET /api/me`. A change of the user compares the user's revision alone, a change of the
/// workspace the workspace's, so that neither holds back the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IfMatchMe {
    user: Expected,
    workspace: Expected,
}

impl FromRequest for IfMatchMe {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = || {
            let user = expected(req, |text| Some(parts(text)?.user))?;
            let workspace = expected(req, |text| Some(parts(text)?.workspace))?;
            Ok(Self { user, workspace })
        };
        ready(read())
    }
}

/// What [`IfMatchMe`] is, as a regular expression.
const IF_MATCH: &str = r#"^(\*|(W/)?"[0-9]{1,18}\.[0-9]{1,18}\.[a-z]+")$"#;

impl Describe for IfMatchMe {
    fn describe(operation: &mut Description) {
        describe_if_match(operation, IF_MATCH);
    }
}

/// The revisions in the text of a tag.
fn parts(text: &str) -> Option<Revisions> {
    let (user, rest) = text.split_once('.')?;
    let (workspace, _role) = rest.split_once('.')?;
    Some(Revisions { user: revision(user)?, workspace: revision(workspace)? })
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
#[utoipa::path(
    get,
    path = "/me",
    tag = "me",
    responses((status = 200, body = MeView))
)]
pub(crate) async fn get_me(
    caller: Allowed<needs::SeeWorkspace>,
    db: Db,
    state: actix_web::web::Data<AppState>,
    if_none_match: IfNoneMatch,
) -> ApiResult<HttpResponse> {
    let mut conn = db.0.conn().await?;
    let profile = workspaces::profile(&mut conn, caller.0).await?;
    Ok(if_none_match.show(&MeView::new(profile, state.auth_mode.as_str())))
}

/// Changes the caller's name or time zone.
#[utoipa::path(
    patch,
    path = "/me",
    tag = "me",
    request_body = UpdateName,
    responses((status = 200, body = MeView), (status = 400, description = "invalid_name, invalid_time_zone"))
)]
pub(crate) async fn update_me(
    caller: Allowed<needs::ChangeProfile>,
    db: Db,
    state: actix_web::web::Data<AppState>,
    if_match: IfMatchMe,
    Now(now): Now,
    Json(body): Json<UpdateName>,
) -> ApiResult<HttpResponse> {
    let patch = body.parse()?;
    let mut conn = db.0.conn().await?;
    let profile = workspaces::update_user(&mut conn, caller.0, if_match.user, patch, now).await?;
    Ok(show(&MeView::new(profile, state.auth_mode.as_str())))
}

/// Changes the workspace's name or time zone.
#[utoipa::path(
    patch,
    path = "/workspace",
    tag = "me",
    request_body = UpdateName,
    responses((status = 200, body = MeView), (status = 400, description = "invalid_name, invalid_time_zone"))
)]
pub(crate) async fn update_workspace(
    caller: Allowed<needs::ChangeWorkspace>,
    db: Db,
    state: actix_web::web::Data<AppState>,
    if_match: IfMatchMe,
    Now(now): Now,
    Json(body): Json<UpdateName>,
) -> ApiResult<HttpResponse> {
    let patch = body.parse()?;
    let mut conn = db.0.conn().await?;
    let profile = workspaces::update_workspace(&mut conn, caller.0, if_match.workspace, patch, now).await?;
    Ok(show(&MeView::new(profile, state.auth_mode.as_str())))
}
