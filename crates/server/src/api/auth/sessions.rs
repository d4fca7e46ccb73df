//! The sessions of the caller.

use actix_web::HttpResponse;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use clockwork_core::accounts::sessions::{self, Session};
use clockwork_core::values::ids::SessionId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::routes::Routes;
use crate::error::ApiResult;
use crate::extract::{NoParameters, Now, PathId, QueryParameters, Sender, SessionUser};
use crate::state::AppState;

/// Mounts the operations.
pub fn configure(config: &mut impl Routes) {
    config
        .operation(list_sessions, __path_list_sessions)
        .operation(end_other_sessions, __path_end_other_sessions)
        .refuse_other_methods("/auth/sessions/end-others")
        .operation(end_session, __path_end_session);
}

/// A session of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub struct SessionListView {
    id: Uuid,
    /// Whether it is the one that asks.
    current: bool,
    /// What the browser calls itself.
    user_agent: String,
    /// From where it was begun.
    #[schema(required)]
    address: Option<String>,
    /// The provider that it was begun with; null for a password.
    #[schema(required)]
    provider: Option<String>,
    created_at: DateTime<Utc>,
    /// To the minute.
    last_seen_at: DateTime<Utc>,
    /// The latest end.
    expires_at: DateTime<Utc>,
}

impl SessionListView {
    fn new(session: Session, current: Option<SessionId>) -> Self {
        Self {
            id: session.id.into(),
            current: Some(session.id) == current,
            user_agent: session.user_agent,
            address: session.address,
            provider: session.provider,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
        }
    }
}

/// The sessions of the caller, the last seen first; at most a hundred.
#[utoipa::path(
    get,
    path = "/auth/sessions",
    tag = "auth",
    responses((status = 200, body = Vec<SessionListView>))
)]
pub(crate) async fn list_sessions(
    caller: SessionUser,
    _: QueryParameters<NoParameters>,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let idle_since = state.credentials.limits().idle_since(now);
    let found = Session::list(&mut conn, caller.user(), now, idle_since).await?;
    let current = caller.session_id();
    let list: Vec<_> = found.into_iter().map(|session| SessionListView::new(session, current)).collect();
    Ok(HttpResponse::Ok().json(list))
}

/// Ends all sessions of the caller but this one.
#[utoipa::path(
    post,
    path = "/auth/sessions/end-others",
    tag = "auth",
    responses((status = 204))
)]
pub(crate) async fn end_other_sessions(
    caller: SessionUser,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let by = sender.by(caller.actor);
    sessions::end_others_by(&mut conn, caller.user(), caller.session_id(), by, now).await?;
    state.credentials.forget();
    Ok(HttpResponse::NoContent().finish())
}

/// Ends a session of the caller.
#[utoipa::path(
    delete,
    path = "/auth/sessions/{sessionId}",
    tag = "auth",
    responses((status = 204), (status = 404, description = "not_found"))
)]
pub(crate) async fn end_session(
    caller: SessionUser,
    id: PathId<SessionId>,
    sender: Sender,
    state: Data<AppState>,
    Now(now): Now,
) -> ApiResult<HttpResponse> {
    state.accounts()?;
    let mut conn = state.db.conn().await?;
    let ended = sessions::end_one(&mut conn, caller.user(), id.0, sender.by(caller.actor), now).await?;
    state.credentials.forget();
    if ended { Ok(HttpResponse::NoContent().finish()) } else { Err(crate::error::ApiError::not_found("session")) }
}
