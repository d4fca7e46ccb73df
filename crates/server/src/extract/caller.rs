//! Who calls, and in which workspace.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use clockwork_core::accounts::workspaces::{self, BUILT_IN_CALLER};
use clockwork_core::values::ids::WorkspaceId;

use super::path_id::parse_id;
use crate::app::AppState;
use crate::error::{ApiError, ApiResult};

/// Names the caller of a request, or leaves it to the configured [`AuthMode`](clockwork_core::config::AuthMode). Tests and benchmarks
/// act as several users by it.
pub type IdentifyCaller = dyn Fn(&HttpRequest) -> Option<clockwork_core::access::caller::Caller> + Send + Sync;

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
        state.built_in.known();
    }
    Ok(BUILT_IN_CALLER)
}

/// Whether the built-in user and workspace are known to be in the database, so that not every request has to look.
#[derive(Debug, Default)]
pub(crate) struct BuiltIn(AtomicBool);

impl BuiltIn {
    fn is_known(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn known(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn doubt(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// After a failure without an explanation the next request looks again: somebody may have put another database, or an empty one, in the
/// place of the one there was.
pub(crate) async fn doubt_after_failure(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let response = next.call(req).await?;
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        AppState::of(response.request())?.built_in.doubt();
    }
    Ok(response)
}
