//! The caller of a request, and the workspace.

use actix_web::HttpRequest;
use clockwork_core::access::{Actor, Caller};
use clockwork_core::accounts::workspaces::{self, BUILT_IN_CALLER};
use clockwork_core::values::ids::WorkspaceId;

use super::path_id::parse_id;
use crate::error::{ApiError, ApiResult};
use crate::identity;
use crate::state::{AppState, Identity};

/// The caller of a request in the workspace of its path.
pub(super) async fn of(req: &HttpRequest) -> ApiResult<Caller> {
    let state = AppState::of(req)?;
    let identity = identity::of(req).await?;
    if matches!(identity, Identity::Unknown) {
        return Err(ApiError::unauthenticated());
    }
    let named = match req.match_info().get("workspaceId") {
        Some(text) => Some(WorkspaceId(parse_id("workspaceId", text)?)),
        None => None,
    };
    match identity {
        Identity::Unknown => Err(ApiError::unauthenticated()),
        Identity::Actor(actor, default) => member(state, actor, named.unwrap_or(default)).await,
        // The owner was looked up together with the workspace of the path. Should that have been read as another one,
        // or as none, the request does not act there.
        Identity::Owner(owner) => {
            let caller = owner.caller.filter(|caller| named.is_none_or(|named| named == caller.workspace));
            caller.ok_or_else(|| ApiError::not_found("workspace"))
        }
        Identity::Caller(caller) => {
            if caller == BUILT_IN_CALLER {
                ensure_built_in(state).await?;
            }
            match named {
                Some(named) if named != caller.workspace => member(state, caller.actor, named).await,
                _ => Ok(caller),
            }
        }
    }
}

/// The user of a request that is about no workspace, and the only workspace that the token of the request is for.
pub(super) async fn actor_of(req: &HttpRequest) -> ApiResult<(Actor, Option<WorkspaceId>)> {
    let state = AppState::of(req)?;
    match identity::of(req).await? {
        Identity::Unknown => Err(ApiError::unauthenticated()),
        Identity::Actor(actor, _) => Ok((actor, None)),
        Identity::Owner(owner) => Ok((owner.actor, owner.bound_to)),
        Identity::Caller(caller) => {
            if caller == BUILT_IN_CALLER {
                ensure_built_in(state).await?;
            }
            Ok((caller.actor, None))
        }
    }
}

/// The actor as a member of a workspace.
async fn member(state: &AppState, actor: Actor, workspace: WorkspaceId) -> ApiResult<Caller> {
    let mut conn = state.db.conn().await?;
    let caller = workspaces::caller(&mut conn, actor, workspace).await?;
    caller.ok_or_else(|| ApiError::not_found("workspace"))
}

/// Makes the rows of the built-in caller when the first request needs them: at start the database may not be there yet.
async fn ensure_built_in(state: &AppState) -> ApiResult<()> {
    if !state.built_in.is_known() {
        let mut conn = state.db.conn().await?;
        workspaces::ensure_built_in(&mut conn, state.clock.now()).await?;
        state.built_in.set_known();
    }
    Ok(())
}
