//! The deletion of the caller's account.

use actix_web::HttpResponse;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use clockwork_core::accounts::deletion::{self, Fate, Preview};
use clockwork_core::models::SharedWorkspace;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::routes::Routes;
use crate::error::ApiResult;
use crate::extract::{Now, RecentSessionUser, Sender, SessionUser};
use crate::state::AppState;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(get_account_deletion, __path_get_account_deletion)
        .operation(request_account_deletion, __path_request_account_deletion)
        .operation(undo_account_deletion, __path_undo_account_deletion);
}

/// What the deletion of the account does.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AccountDeletion)]
pub struct DeletionView {
    /// When the account is deleted; null when its deletion was not requested. Until then it can be undone.
    #[schema(required)]
    due_at: Option<DateTime<Utc>>,
    /// Whether the account is the only administrator of the installation, and so cannot be deleted.
    last_administrator: bool,
    /// What becomes of the user's workspaces; at most the first thousand.
    workspaces: Vec<WorkspaceFateView>,
}

/// What becomes of a workspace.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WorkspaceFate)]
pub struct WorkspaceFateView {
    id: Uuid,
    name: String,
    /// `stays`: it keeps the entries of the user, of a former member without a name. `deleted`: the user is alone
    /// there. `needs_owner`: the user is its last owner, and the account cannot be deleted before it has another one.
    fate: String,
}

impl From<(SharedWorkspace, Fate)> for WorkspaceFateView {
    fn from((workspace, fate): (SharedWorkspace, Fate)) -> Self {
        let fate = match fate {
            Fate::Stays => "stays",
            Fate::Deleted => "deleted",
            Fate::NeedsOwner => "needs_owner",
        };
        Self { id: workspace.id.into(), name: workspace.name, fate: fate.to_owned() }
    }
}

impl From<Preview> for DeletionView {
    fn from(preview: Preview) -> Self {
        Self {
            due_at: preview.due_at,
            last_administrator: preview.last_administrator,
            workspaces: preview.workspaces.into_iter().map(WorkspaceFateView::from).collect(),
        }
    }
}

/// What the deletion of the caller's account would do, and whether it was requested.
#[utoipa::path(
    get,
    path = "/auth/deletion",
    tag = "auth",
    responses((status = 200, body = DeletionView))
)]
pub(crate) async fn get_account_deletion(caller: SessionUser, state: Data<AppState>) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let preview = deletion::preview(&mut *state.db.conn().await?, caller.user()).await?;
    Ok(HttpResponse::Ok().json(DeletionView::from(preview)))
}

/// Requests the deletion of the caller's account, which takes place in a week. All other sessions end. A second request
/// changes nothing.
#[utoipa::path(
    post,
    path = "/auth/deletion",
    tag = "auth",
    responses(
        (status = 202, body = DeletionView),
        (status = 409, description = "last_owner, last_administrator"),
    )
)]
pub(crate) async fn request_account_deletion(
    caller: RecentSessionUser,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let by = sender.by(caller.actor);
    let notify = state.notify.as_ref();
    let preview = deletion::request(&mut conn, notify, caller.user(), caller.session_id(), by, now).await?;
    state.credentials.forget();
    Ok(HttpResponse::Accepted().json(DeletionView::from(preview)))
}

/// Undoes the deletion of the caller's account. Without a request, nothing happens.
#[utoipa::path(
    delete,
    path = "/auth/deletion",
    tag = "auth",
    responses((status = 204))
)]
pub(crate) async fn undo_account_deletion(
    caller: SessionUser,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    deletion::undo(&mut conn, caller.user(), sender.by(caller.actor), now).await?;
    Ok(HttpResponse::NoContent().finish())
}
