//! `/api/administration`: what the administrators of an installation see and do. These operations belong to no
//! workspace, and none of them shows what a user tracks.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use clockwork_core::accounts::administration::{self, AccountChange, AccountSummary};
use clockwork_core::models::{Job, Page};
use clockwork_core::values::ids::{JobId, UserId};
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub mod audit_log;
pub mod diagnostics;
pub mod workspaces;

use super::lists::{self, LIMIT_DEFAULT, List, PageQuery};
use crate::api::routes::Routes;
use crate::error::ApiResult;
use crate::extract::{
    Administrator, FromQuery, JsonBody, NoParameters, Now, PathId, PathParameter, QueryParameters, RecentAdministrator,
    Sender, UnreadParameters,
};
use crate::state::AppState;

/// Most jobs that a list has.
const JOBS_MAX: i64 = 1_000;

/// The page that chooses a new password.
const RESET_PAGE: &str = "reset";

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_users, __path_list_users)
        .operation(update_user, __path_update_user)
        .operation(create_reset_link, __path_create_reset_link)
        .operation(list_jobs, __path_list_jobs)
        .operation(retry_job, __path_retry_job)
        .operation(delete_job, __path_delete_job);
    workspaces::configure(config);
    audit_log::configure(config);
    diagnostics::configure(config);
}

/// An account, as administrators of the installation see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccountSummary)]
pub struct AccountSummaryView {
    id: Uuid,
    name: String,
    /// The address that the user signs in with.
    #[schema(required)]
    email: Option<String>,
    /// Whether the user runs the installation.
    administrator: bool,
    /// Since when the user cannot sign in; null for one who can.
    #[schema(required)]
    disabled_at: Option<DateTime<Utc>>,
    /// When the account is deleted, as its user has asked.
    #[schema(required)]
    deletion_due_at: Option<DateTime<Utc>>,
    has_password: bool,
    /// Whether the account is linked with a provider of single sign-on.
    has_single_sign_on: bool,
    has_second_factor: bool,
    /// The number of workspaces in which the user is a member.
    workspaces: i64,
    /// When one of the user's sessions was last used, to the minute; null without a session.
    #[schema(required)]
    last_seen_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl From<AccountSummary> for AccountSummaryView {
    fn from(row: AccountSummary) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            email: row.email,
            administrator: row.administrator,
            disabled_at: row.disabled_at,
            deletion_due_at: row.deletion_due_at,
            has_password: row.has_password,
            has_single_sign_on: row.has_single_sign_on,
            has_second_factor: row.has_second_factor,
            workspaces: row.workspaces,
            last_seen_at: row.last_seen_at,
            created_at: row.created_at,
        }
    }
}

/// Changes to an account; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateAccount {
    /// Whether the user can sign in. One who cannot has no sessions, and no timer runs.
    disabled: Option<bool>,
    /// Whether the user runs the installation.
    administrator: Option<bool>,
}

/// Which accounts or workspaces to list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct TextQuery {
    /// Those with this text in their name, in any case; accounts also by their address.
    q: Option<String>,
}

impl FromQuery for TextQuery {
    fn from_query(parameters: &mut UnreadParameters) -> ApiResult<Self> {
        let q = parameters.text("q")?.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(Self { q })
    }
}

/// A link with which a user chooses a new password.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ResetLink)]
pub struct ResetLinkView {
    /// The link, for the caller to pass on. It works once, for an hour. Null if mail is set up: then only the message
    /// to the user has it.
    #[schema(required)]
    link: Option<String>,
}

/// A job: work that no request waits for. What it is about is not shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Job)]
pub struct JobView {
    id: Uuid,
    /// Such as `send_mail`.
    kind: String,
    /// `dead` (has failed for good), `running` or `waiting`.
    state: &'static str,
    /// When it is due.
    run_at: DateTime<Utc>,
    /// How often it was tried.
    attempts: i32,
    /// Why the last attempt failed; without personal data.
    #[schema(required)]
    last_error: Option<String>,
    created_at: DateTime<Utc>,
}

impl From<Job> for JobView {
    fn from(row: Job) -> Self {
        let state = match (row.failed_at, row.locked_until) {
            (Some(_), _) => "dead",
            (None, Some(_)) => "running",
            (None, None) => "waiting",
        };
        Self {
            id: row.id.into(),
            kind: row.kind,
            state,
            run_at: row.run_at,
            attempts: row.attempts,
            last_error: row.last_error,
            created_at: row.created_at,
        }
    }
}

/// A user of the installation in a path, whatever workspaces they are in.
#[derive(Clone, Copy, Debug)]
pub struct AnyUser(UserId);

impl From<Uuid> for AnyUser {
    fn from(id: Uuid) -> Self {
        Self(UserId(id))
    }
}

impl PathParameter for AnyUser {
    const NAME: &'static str = "userId";
}

struct Users {
    text: Option<String>,
}

impl List for Users {
    type Row = AccountSummary;
    type View = AccountSummaryView;

    async fn read(&mut self, conn: &mut AsyncPgConnection, page: Page) -> ApiResult<Vec<AccountSummary>> {
        Ok(administration::list(conn, self.text.as_deref(), page).await?)
    }
}

/// Lists the accounts of the installation, the oldest first, 100 unless a limit is given.
#[utoipa::path(
    get,
    path = "/administration/users",
    tag = "administration",
    params(TextQuery, PageQuery),
    responses(
        (status = 200, body = Vec<AccountSummaryView>, headers(
            ("X-Next-Cursor" = String, description = "where the next page begins; absent on the last"),
            ("Link" = String, description = "the next page, `rel=\"next\"` (RFC 8288); absent on the last"),
        )),
        (status = 400, description = "invalid_limit, invalid_cursor"),
    )
)]
pub(crate) async fn list_users(
    _: Administrator,
    request: HttpRequest,
    state: Data<AppState>,
    QueryParameters((users, page)): QueryParameters<(TextQuery, PageQuery)>,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let conn = state.db.conn().await?;
    lists::answer(&request, &state.db, conn, Users { text: users.q }, page.or_limit(LIMIT_DEFAULT)).await
}

/// Changes an account: whether its user can sign in, and whether they run the installation.
#[utoipa::path(
    patch,
    path = "/administration/users/{userId}",
    tag = "administration",
    request_body = UpdateAccount,
    responses(
        (status = 200, body = AccountSummaryView),
        (status = 404, description = "not_found"),
        (status = 409, description = "own_account, last_administrator"),
    )
)]
pub(crate) async fn update_user(
    caller: RecentAdministrator,
    PathId(AnyUser(user)): PathId<AnyUser>,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
    JsonBody(UpdateAccount { disabled, administrator }): JsonBody<UpdateAccount>,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let change = AccountChange { disabled, administrator };
    let by = sender.by(caller.actor);
    let changed = administration::change(&mut conn, caller.user(), user, change, by, now).await?;
    state.credentials.forget();
    Ok(HttpResponse::Ok().json(AccountSummaryView::from(changed)))
}

/// Makes a link with which a user chooses a new password. Earlier links stop working.
#[utoipa::path(
    post,
    path = "/administration/users/{userId}/reset-link",
    tag = "administration",
    responses(
        (status = 201, body = ResetLinkView),
        (status = 403, description = "passwords_disabled"),
        (status = 404, description = "not_found"),
        (status = 409, description = "account_disabled, signs_in_elsewhere, no_email"),
    )
)]
pub(crate) async fn create_reset_link(
    caller: RecentAdministrator,
    PathId(AnyUser(user)): PathId<AnyUser>,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.password_accounts()?;
    let mut conn = state.db.conn().await?;
    let link = |token: &str| state.mailer.links().to(&format!("{RESET_PAGE}#token={token}"));
    let (notify, by) = (state.notify.as_ref(), sender.by(caller.actor));
    let link = administration::reset_link(&mut conn, notify, &link, caller.user(), user, by, now).await?;
    Ok(HttpResponse::Created().json(ResetLinkView { link }))
}

/// Lists the jobs of the installation, those that are due first; at most a thousand.
#[utoipa::path(
    get,
    path = "/administration/jobs",
    tag = "administration",
    responses((status = 200, body = Vec<JobView>))
)]
pub(crate) async fn list_jobs(
    _: Administrator,
    _: QueryParameters<NoParameters>,
    state: Data<AppState>,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let jobs = Job::list(&mut conn, None, JOBS_MAX).await?;
    Ok(HttpResponse::Ok().json(jobs.into_iter().map(JobView::from).collect::<Vec<_>>()))
}

/// Has a job that has failed for good tried again. One that has not, or that another job has replaced, is not found.
#[utoipa::path(
    post,
    path = "/administration/jobs/{jobId}/retry",
    tag = "administration",
    responses((status = 204), (status = 404, description = "not_found"))
)]
pub(crate) async fn retry_job(
    caller: Administrator,
    job: PathId<JobId>,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let by = sender.by(caller.actor);
    administration::retry_job(&mut conn, job.0, by, now).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Deletes a job that has failed for good: what it was to do is not done.
#[utoipa::path(
    delete,
    path = "/administration/jobs/{jobId}",
    tag = "administration",
    responses((status = 204), (status = 404, description = "not_found"))
)]
pub(crate) async fn delete_job(
    caller: RecentAdministrator,
    job: PathId<JobId>,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    administration::delete_job(&mut conn, job.0, sender.by(caller.actor), now).await?;
    Ok(HttpResponse::NoContent().finish())
}
