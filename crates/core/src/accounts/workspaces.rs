//! Workspaces, the people in them, and the built-in ones of an installation without accounts.

use chrono::{DateTime, Utc};
use diesel::result::Error;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::{Uuid, uuid};

use super::administration;
use super::audit::{self, By, Object};
use crate::access::{Actor, Caller, Credential, Permit, Rejection, Role, RuleError, needs};
use crate::database::transaction;
use crate::jobs::{self, JobOptions, Payload};
use crate::models::{
    Invitation, Membership, NewUser, OwnWorkspace, User, UserChanges, UserSettings, Workspace, WorkspaceChanges,
};
use crate::telemetry::RULE_TARGET;
use crate::values::changes::differing;
use crate::values::ids::{UserId, WorkspaceId};
use crate::values::revision::ExpectedRevision;
use crate::values::settings::{Density, DurationFormat, FirstDayOfWeek, HourCycle, Language, Theme};
use crate::values::{DisplayName, TimeZone};

const BUILT_IN_USER: Uuid = uuid!("00000000-0000-7000-8000-000000000001");
const BUILT_IN_WORKSPACE: Uuid = uuid!("00000000-0000-7000-8000-000000000002");

/// The caller of every request under `AUTH_MODE=none`: the owner of the one workspace.
pub const BUILT_IN_CALLER: Caller = Caller {
    actor: Actor { user: UserId(BUILT_IN_USER), credential: Credential::BuiltIn },
    workspace: WorkspaceId(BUILT_IN_WORKSPACE),
    role: Role::Owner,
    leads: false,
};

/// Makes the built-in user and workspace unless they are there. Several servers may do so at once.
///
/// # Errors
/// If a statement or the commit fails.
#[tracing::instrument(target = RULE_TARGET, name = "workspaces::ensure_built_in", skip_all)]
pub async fn ensure_built_in(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<(), Error> {
    let Caller { actor: Actor { user, .. }, workspace, role, .. } = BUILT_IN_CALLER;
    transaction(conn, async |conn| {
        NewUser { id: user, name: "Me", created_at: now, updated_at: now }.ensure(conn).await?;
        Workspace::ensure(conn, workspace, "My workspace", now).await?;
        Membership::ensure(conn, workspace, user, role, now).await?;
        Ok(())
    })
    .await
}

/// Most workspaces that one user owns. A bound against requests that would fill the disk.
pub const OWNED_MAX: i64 = 100;

/// Most workspaces that a list of one's own has.
pub const LISTED_MAX: i64 = 1_000;

/// A caller with the rows behind the ids.
#[derive(Debug)]
pub struct Profile {
    /// The person.
    pub user: User,
    /// The workspace.
    pub workspace: Workspace,
    /// What the person may do there.
    pub role: Role,
}

/// Changes to a user or a workspace; `None` leaves a field as it is.
#[derive(Debug, Default)]
pub struct NamePatch {
    /// The new name.
    pub name: Option<DisplayName>,
    /// The new time zone.
    pub time_zone: Option<TimeZone>,
}

impl NamePatch {
    fn into_columns(self) -> (Option<String>, Option<String>) {
        (self.name.map(String::from), self.time_zone.map(|zone| zone.name().to_owned()))
    }
}

/// Changes to what a person has chosen of how the page shows things; `None` leaves a setting as it is, `Some(None)`
/// goes back to what the browser says.
#[derive(Clone, Copy, Debug, Default)]
#[expect(missing_docs, reason = "the types say it")]
pub struct SettingsPatch {
    pub language: Option<Option<Language>>,
    pub hour_cycle: Option<Option<HourCycle>>,
    pub first_day_of_week: Option<Option<FirstDayOfWeek>>,
    pub duration_format: Option<Option<DurationFormat>>,
    pub density: Option<Option<Density>>,
    pub theme: Option<Option<Theme>>,
    /// Whether shortcuts of a single letter do anything.
    pub single_key_shortcuts: Option<bool>,
}

impl SettingsPatch {
    /// What it changes in a user's settings.
    fn changes(self, settings: &UserSettings) -> UserChanges {
        fn text(setting: Option<Option<&'static str>>, present: &Option<String>) -> Option<Option<String>> {
            differing(setting.map(|word| word.map(str::to_owned)), present)
        }
        let Self { language, hour_cycle, first_day_of_week, duration_format, density, theme, single_key_shortcuts } =
            self;
        UserChanges {
            language: text(language.map(|to| to.map(Language::as_str)), &settings.language),
            hour_cycle: text(hour_cycle.map(|to| to.map(HourCycle::as_str)), &settings.hour_cycle),
            first_day_of_week: text(
                first_day_of_week.map(|to| to.map(FirstDayOfWeek::as_str)),
                &settings.first_day_of_week,
            ),
            duration_format: text(duration_format.map(|to| to.map(DurationFormat::as_str)), &settings.duration_format),
            density: text(density.map(|to| to.map(Density::as_str)), &settings.density),
            theme: text(theme.map(|to| to.map(Theme::as_str)), &settings.theme),
            single_key_shortcuts: differing(single_key_shortcuts, &settings.single_key_shortcuts),
            ..UserChanges::default()
        }
    }
}

/// What is special to profiles: nothing.
#[derive(Debug, thiserror::Error)]
pub enum ProfileRejection {}

impl Rejection for ProfileRejection {
    const OBJECT: &'static str = "profile";
}

/// Why a user or a workspace was not read or changed.
pub type ProfileError = RuleError<ProfileRejection>;

/// Why a workspace was not created or deleted.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceRejection {
    /// The user owns as many as one may.
    #[error("the user owns {OWNED_MAX} workspaces")]
    TooMany,
    /// The name that confirms the deletion is not the name of the workspace.
    #[error("the name is not the workspace's")]
    NotConfirmed,
    /// It is the first workspace of the installation.
    #[error("the installation's first workspace stays")]
    BuiltIn,
    /// The caller is no administrator of the installation any more.
    #[error("the caller is no administrator")]
    NotAdministrator,
}

impl Rejection for WorkspaceRejection {
    const OBJECT: &'static str = "workspace";
}

/// Why a workspace was not created or deleted.
pub type WorkspaceError = RuleError<WorkspaceRejection>;

/// An actor as a caller in a workspace; `None` where the user is no member.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "workspaces::caller", skip_all)]
pub async fn caller(
    conn: &mut AsyncPgConnection,
    actor: Actor,
    workspace: WorkspaceId,
) -> Result<Option<Caller>, Error> {
    let standing = Membership::standing(conn, workspace, actor.user).await?;
    Ok(standing.map(|(role, leads)| Caller { actor, workspace, role, leads }))
}

/// The caller's user and workspace.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "workspaces::profile", skip_all)]
pub async fn profile(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::SeeWorkspace>,
) -> Result<Profile, ProfileError> {
    let user = User::find(conn, caller.user()).await?.ok_or(Error::NotFound)?;
    let workspace = Workspace::find(conn, caller.workspace).await?.ok_or(Error::NotFound)?;
    Ok(Profile { user, workspace, role: caller.role })
}

/// The time zone in which the caller's days begin and end: their own, or else the workspace's, or else UTC.
///
/// # Errors
/// `NotFound` if there is no such user; any error of the statement.
#[tracing::instrument(target = RULE_TARGET, name = "workspaces::time_zone", skip_all)]
pub async fn time_zone(conn: &mut AsyncPgConnection, caller: Caller) -> Result<TimeZone, Error> {
    let names = User::time_zone(conn, caller.user(), caller.workspace).await?;
    // A name that this release does not know was written by a later one.
    Ok(names.into_iter().flatten().find_map(|name| TimeZone::parse(&name).ok()).unwrap_or_else(TimeZone::utc))
}

/// Changes the caller, under a lock on the row.
///
/// # Errors
/// When the user has none of the expected revisions, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "workspaces::update_user", skip_all)]
pub async fn update_user(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ChangeProfile>,
    expected: ExpectedRevision,
    patch: NamePatch,
    settings: SettingsPatch,
    now: DateTime<Utc>,
) -> Result<Profile, ProfileError> {
    let (name, time_zone) = patch.into_columns();
    transaction(conn, async |conn| {
        let user = User::lock(conn, caller.user()).await?;
        expected.check(user.revision)?;
        let changes = UserChanges {
            name: differing(name.clone(), &user.name),
            time_zone: differing(time_zone.clone().map(Some), &user.time_zone).flatten(),
            ..settings.changes(&user.settings)
        };
        if changes != UserChanges::default() {
            user.update(conn, &changes, now).await?;
        }
        profile(conn, caller.permit()?).await
    })
    .await
}

/// The workspaces in which the actor is a member, oldest first; `only` this one, if the actor's token is for no other.
///
/// # Errors
/// Those of the database.
#[tracing::instrument(target = RULE_TARGET, name = "workspaces::list", skip_all)]
pub async fn list(
    conn: &mut AsyncPgConnection,
    actor: Actor,
    only: Option<WorkspaceId>,
) -> Result<Vec<OwnWorkspace>, Error> {
    Workspace::list_of(conn, actor.user, only, LISTED_MAX).await
}

/// Makes a workspace, whose owner is the actor.
///
/// # Errors
/// When the actor owns [`OWNED_MAX`] workspaces.
#[tracing::instrument(target = RULE_TARGET, name = "workspaces::create", skip_all)]
pub async fn create(
    conn: &mut AsyncPgConnection,
    actor: Actor,
    name: &DisplayName,
    time_zone: Option<&TimeZone>,
    by: By,
    now: DateTime<Utc>,
) -> Result<Profile, WorkspaceError> {
    transaction(conn, async |conn| {
        // Of two requests of a user at once, the second one counts what the first one made.
        let user = User::lock(conn, actor.user).await?;
        if Workspace::count_owned_by(conn, actor.user).await? >= OWNED_MAX {
            return Err(WorkspaceRejection::TooMany.into());
        }
        let id = WorkspaceId::new();
        let zone = time_zone.map(TimeZone::name);
        let workspace = Workspace::insert(conn, id, name.as_str(), zone, now).await?;
        Membership::ensure(conn, id, actor.user, Role::Owner, now).await?;
        audit::record(conn, by, "workspace.created", Object::workspace(id), json!({}), now).await?;
        Ok(Profile { user, workspace, role: Role::Owner })
    })
    .await
}

/// The job that deletes the rows of a deleted workspace.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct EraseWorkspace {
    /// The workspace.
    pub workspace: WorkspaceId,
}

impl Payload for EraseWorkspace {
    const KIND: &'static str = "erase_workspace";
}

/// Deletes the caller's workspace: it has no members from now on, so no request finds it, and a job deletes its rows.
/// `name` is what the caller has typed to confirm the deletion.
///
/// # Errors
/// When the name is another one, or the workspace is the built-in one, which an installation without accounts needs.
#[tracing::instrument(target = RULE_TARGET, name = "workspaces::delete", skip_all)]
pub async fn delete(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::DeleteWorkspace>,
    name: &str,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), WorkspaceError> {
    transaction(conn, async |conn| {
        let workspace = Workspace::lock(conn, caller.workspace).await?.ok_or_else(WorkspaceError::not_found)?;
        // The caller's role may have changed since the request began.
        let present =
            self::caller(conn, caller.actor, caller.workspace).await?.ok_or_else(WorkspaceError::not_found)?;
        present.permit::<needs::DeleteWorkspace>()?;
        delete_confirmed(conn, &workspace, name, by, now).await
    })
    .await
}

/// Deletes any workspace of the installation, for an administrator, who need not be a member. `name` is what the caller
/// has typed to confirm the deletion.
///
/// # Errors
/// When the caller is no administrator any more, there is no such workspace, the name is another one, or the workspace
/// is the built-in one.
#[tracing::instrument(target = RULE_TARGET, name = "workspaces::delete_any", skip_all)]
pub async fn delete_any(
    conn: &mut AsyncPgConnection,
    caller: UserId,
    id: WorkspaceId,
    name: &str,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), WorkspaceError> {
    transaction(conn, async |conn| {
        if !administration::lock_administrators(conn, caller).await? {
            return Err(WorkspaceRejection::NotAdministrator.into());
        }
        // Its owner may have deleted it since the request began.
        let workspace = Workspace::lock(conn, id).await?.ok_or_else(WorkspaceError::not_found)?;
        delete_confirmed(conn, &workspace, name, by, now).await
    })
    .await
}

/// Deletes a locked workspace, if the name that was typed is its own.
async fn delete_confirmed(
    conn: &mut AsyncPgConnection,
    workspace: &Workspace,
    name: &str,
    by: By,
    now: DateTime<Utc>,
) -> Result<(), WorkspaceError> {
    if workspace.id == BUILT_IN_CALLER.workspace {
        return Err(WorkspaceRejection::BuiltIn.into());
    }
    if workspace.name != name {
        return Err(WorkspaceRejection::NotConfirmed.into());
    }
    delete_locked(conn, workspace.id, now).await?;
    Ok(audit::record(conn, by, "workspace.deleted", Object::workspace(workspace.id), json!({}), now).await?)
}

/// Deletes a workspace whose row is locked, in the transaction of the caller, who has checked whether it may be
/// deleted.
pub(super) async fn delete_locked(
    conn: &mut AsyncPgConnection,
    id: WorkspaceId,
    now: DateTime<Utc>,
) -> diesel::QueryResult<()> {
    Workspace::mark_deleted(conn, id, now).await?;
    Membership::end_all(conn, id, now).await?;
    Invitation::revoke_all(conn, id, now).await?;
    let key = id.to_string();
    let options = JobOptions { unique_key: Some(&key), ..JobOptions::default() };
    jobs::enqueue(conn, &EraseWorkspace { workspace: id }, options).await.map(|_| ())
}

/// Deletes a batch of rows of a deleted workspace. Returns false when no row is left, not even the workspace.
///
/// # Errors
/// If a statement fails.
pub async fn erase_batch(conn: &mut AsyncPgConnection, workspace: WorkspaceId) -> Result<bool, Error> {
    Workspace::erase_batch(conn, workspace).await
}

/// Changes the caller's workspace, under a lock on the row.
///
/// # Errors
/// When the workspace has none of the expected revisions, or the database fails.
#[tracing::instrument(target = RULE_TARGET, name = "workspaces::update_workspace", skip_all)]
pub async fn update_workspace(
    conn: &mut AsyncPgConnection,
    caller: Permit<needs::ChangeWorkspace>,
    expected: ExpectedRevision,
    patch: NamePatch,
    by: By,
    now: DateTime<Utc>,
) -> Result<Profile, ProfileError> {
    let (name, time_zone) = patch.into_columns();
    transaction(conn, async |conn| {
        let workspace = Workspace::lock(conn, caller.workspace).await?.ok_or(RuleError::NotFound("workspace"))?;
        expected.check(workspace.revision)?;
        let changes = WorkspaceChanges {
            name: differing(name.clone(), &workspace.name),
            time_zone: differing(time_zone.clone().map(Some), &workspace.time_zone).flatten(),
        };
        if changes != WorkspaceChanges::default() {
            workspace.update(conn, &changes, now).await?;
            let details = json!({"name": changes.name.is_some(), "timeZone": changes.time_zone.is_some()});
            let object = Object::workspace(caller.workspace);
            audit::record(conn, by, "workspace.changed", object, details, now).await?;
        }
        profile(conn, caller.permit()?).await
    })
    .await
}
