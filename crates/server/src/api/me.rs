//! `/api/me` and `/api/workspace`: the caller, the workspace, and the settings of both.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use clockwork_core::access::needs;
use clockwork_core::accounts::workspaces::{self, NamePatch, Profile, SettingsPatch};
use clockwork_core::models::UserSettings;
use clockwork_core::values::revision::ExpectedRevision;
use clockwork_core::values::settings::{Density, DurationFormat, FirstDayOfWeek, HourCycle, Language, Theme};
use clockwork_core::values::{DisplayName, TimeZone};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::{FieldErrors, Patch, patch};
use crate::api::routes::Routes;
use crate::describe::{Describe, Description};
use crate::error::{ApiError, ApiResult, ErrorCode};
use crate::extract::{
    Allowed, IfNoneMatch, JsonBody, Now, Pool, Representation, Sender, describe_if_match, expected, object, revision,
    show, weak_tag,
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
    settings: SettingsView,
}

/// What a person has chosen of how the page shows things, the same on all devices. A setting is null until it is
/// chosen: the page then goes by the browser.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Settings)]
pub struct SettingsView {
    /// A tag of BCP 47: `en` or `de`; a later release may know more.
    #[schema(required)]
    language: Option<String>,
    /// How times of day are written: `12h` or `24h`.
    #[schema(required)]
    hour_cycle: Option<String>,
    /// The day on which weeks begin, `monday` to `sunday`.
    #[schema(required)]
    first_day_of_week: Option<String>,
    /// How durations are written: `h:mm`, `h:mm:ss` or `decimal`.
    #[schema(required)]
    duration_format: Option<String>,
    /// How much room there is between things: `comfortable` or `compact`.
    #[schema(required)]
    density: Option<String>,
    /// `light` or `dark`.
    #[schema(required)]
    theme: Option<String>,
    /// Whether shortcuts of a single letter do anything.
    single_key_shortcuts: bool,
}

impl From<UserSettings> for SettingsView {
    fn from(settings: UserSettings) -> Self {
        Self {
            language: settings.language,
            hour_cycle: settings.hour_cycle,
            first_day_of_week: settings.first_day_of_week,
            duration_format: settings.duration_format,
            density: settings.density,
            theme: settings.theme,
            single_key_shortcuts: settings.single_key_shortcuts,
        }
    }
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

/// The caller and the workspace.
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
            user: UserView {
                id: user.id.into(),
                name: user.name,
                email: user.email,
                time_zone: user.time_zone,
                settings: user.settings.into(),
            },
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
    user: ExpectedRevision,
    workspace: ExpectedRevision,
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

/// Changes to a person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateMe {
    /// 1 to 255 characters.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 255)]
    name: Patch<String>,
    /// An IANA name, such as `Europe/Berlin`.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false)]
    time_zone: Patch<String>,
    /// Settings to change; the others stay.
    #[serde(default, deserialize_with = "settings")]
    #[schema(value_type = Option<UpdateSettings>, nullable = false)]
    settings: Option<UpdateSettings>,
}

fn settings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<UpdateSettings>, D::Error> {
    object(deserializer).map(Some)
}

/// Changes to what a person has chosen; null goes back to what the browser says.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateSettings {
    /// `en` or `de`.
    #[serde(deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    language: Patch<String>,
    /// `12h` or `24h`.
    #[serde(deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    hour_cycle: Patch<String>,
    /// `monday` to `sunday`.
    #[serde(deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    first_day_of_week: Patch<String>,
    /// `h:mm`, `h:mm:ss` or `decimal`.
    #[serde(deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    duration_format: Patch<String>,
    /// `comfortable` or `compact`.
    #[serde(deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    density: Patch<String>,
    /// `light` or `dark`.
    #[serde(deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    theme: Patch<String>,
    /// Whether shortcuts of a single letter do anything.
    #[serde(deserialize_with = "patch")]
    #[schema(value_type = Option<bool>, nullable = false)]
    single_key_shortcuts: Patch<bool>,
}

/// Changes to a workspace.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateWorkspace {
    /// 1 to 255 characters.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 255)]
    name: Patch<String>,
    /// An IANA name, such as `Europe/Berlin`.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, nullable = false)]
    time_zone: Patch<String>,
}

fn names(fields: &mut FieldErrors, name: Patch<String>, time_zone: Patch<String>) -> NamePatch {
    let name = fields.change("name", ErrorCode::InvalidName, name, DisplayName::parse);
    let time_zone = fields.change("timeZone", ErrorCode::InvalidTimeZone, time_zone, TimeZone::parse);
    NamePatch { name, time_zone }
}

impl UpdateMe {
    fn parse(self) -> ApiResult<(NamePatch, SettingsPatch)> {
        let mut fields = FieldErrors::new();
        let names = names(&mut fields, self.name, self.time_zone);
        let settings = self.settings.unwrap_or_default().parse(&mut fields);
        fields.done(Some((names, settings)))
    }
}

impl UpdateSettings {
    fn parse(self, fields: &mut FieldErrors) -> SettingsPatch {
        const CODE: ErrorCode = ErrorCode::InvalidSetting;
        let days = FirstDayOfWeek::parse;
        SettingsPatch {
            language: fields.clearable("settings.language", CODE, self.language, Language::parse),
            hour_cycle: fields.clearable("settings.hourCycle", CODE, self.hour_cycle, HourCycle::parse),
            first_day_of_week: fields.clearable("settings.firstDayOfWeek", CODE, self.first_day_of_week, days),
            duration_format: fields.clearable(
                "settings.durationFormat",
                CODE,
                self.duration_format,
                DurationFormat::parse,
            ),
            density: fields.clearable("settings.density", CODE, self.density, Density::parse),
            theme: fields.clearable("settings.theme", CODE, self.theme, Theme::parse),
            single_key_shortcuts: fields.flag("settings.singleKeyShortcuts", self.single_key_shortcuts),
        }
    }
}

impl UpdateWorkspace {
    fn parse(self) -> ApiResult<NamePatch> {
        let mut fields = FieldErrors::new();
        let names = names(&mut fields, self.name, self.time_zone);
        fields.done(Some(names))
    }
}

/// The caller, the workspace, and what the caller may do there.
#[utoipa::path(
    get,
    path = "/me",
    tag = "me",
    responses((status = 200, body = MeView))
)]
pub(crate) async fn get_me(
    caller: Allowed<needs::SeeWorkspace>,
    pool: Pool,
    state: actix_web::web::Data<AppState>,
    if_none_match: IfNoneMatch,
) -> ApiResult<HttpResponse> {
    let mut conn = pool.0.conn().await?;
    let profile = workspaces::profile(&mut conn, caller.0).await?;
    Ok(if_none_match.show(&MeView::new(profile, state.auth.mode.as_str())))
}

/// Changes the caller's name, time zone or settings.
#[utoipa::path(
    patch,
    path = "/me",
    tag = "me",
    request_body = UpdateMe,
    responses((status = 200, body = MeView), (status = 400, description = "invalid_name, invalid_time_zone, invalid_setting"))
)]
pub(crate) async fn update_me(
    caller: Allowed<needs::ChangeProfile>,
    pool: Pool,
    state: actix_web::web::Data<AppState>,
    if_match: IfMatchMe,
    Now(now): Now,
    JsonBody(body): JsonBody<UpdateMe>,
) -> ApiResult<HttpResponse> {
    let (names, settings) = body.parse()?;
    let mut conn = pool.0.conn().await?;
    let profile = workspaces::update_user(&mut conn, caller.0, if_match.user, names, settings, now).await?;
    Ok(show(&MeView::new(profile, state.auth.mode.as_str())))
}

/// Changes the workspace's name or time zone.
#[utoipa::path(
    patch,
    path = "/workspace",
    tag = "me",
    request_body = UpdateWorkspace,
    responses((status = 200, body = MeView), (status = 400, description = "invalid_name, invalid_time_zone"))
)]
pub(crate) async fn update_workspace(
    caller: Allowed<needs::ChangeWorkspace>,
    sender: Sender,
    pool: Pool,
    state: actix_web::web::Data<AppState>,
    if_match: IfMatchMe,
    Now(now): Now,
    JsonBody(body): JsonBody<UpdateWorkspace>,
) -> ApiResult<HttpResponse> {
    let patch = body.parse()?;
    let mut conn = pool.0.conn().await?;
    let profile =
        workspaces::update_workspace(&mut conn, caller.0, if_match.workspace, patch, sender.by(caller.actor), now)
            .await?;
    Ok(show(&MeView::new(profile, state.auth.mode.as_str())))
}
