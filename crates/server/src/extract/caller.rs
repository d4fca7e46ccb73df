//! Who calls, and in which workspace.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use clockwork_core::accounts::workspaces::{self, BUILT_IN_CALLER};
use clockwork_core::values::ids::WorkspaceId;

use super::path_id::parse_id;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// The caller of a route that belongs to a workspace. Under `AUTH_MODE=none` it is the built-in owner; accounts will change this
/// extractor and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Caller(pub clockwork_core::access::caller::Caller);

impl Deref for Caller {
    type Target = clockwork_core::access::caller::Caller;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let state = AppState::of(&req)?;
            let caller = match state.identify_caller.as_ref().and_then(|identify| identify(&req)) {
                Some(caller) => caller,
                None => built_in(state).await?,
            };
            if let Some(workspace) = req.match_info().get("workspaceId")
                && WorkspaceId(parse_id("workspaceId", workspace)?) != caller.workspace
            {
                return Err(ApiError::not_found("workspace"));
            }
            req.extensions_mut().insert(Self(caller));
            Ok(Self(caller))
        })
    }
}

/// The built-in caller, whose rows are made when the first request needs them: at start the database may not be there yet.
async fn built_in(state: &AppState) -> ApiResult<clockwork_core::access::caller::Caller> {
    if !state.built_in.is_known() {
        let mut conn = state.db.conn().await?;
        workspaces::ensure_built_in(&mut conn, state.clock.now()).await?;
        state.built_in.set_known();
    }
    Ok(BUILT_IN_CALLER)
}
