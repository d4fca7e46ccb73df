//! Live updates begin with the commit of a request: this is the one place that says so, for every operation that
//! writes.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use clockwork_core::events::Hub;

use crate::state::AppState;

/// Wakes the hub when a request is over that may have written something.
///
/// # Errors
/// Those of the handler and of the inner middleware.
pub async fn after_write(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if req.method().is_safe() {
        return next.call(req).await;
    }
    let mut wake = WakeOnDrop(Some(AppState::of(req.request())?.events.clone()));
    let response = next.call(req).await?;
    // A rejected request has written nothing. After a 5xx it is not known.
    if response.status().is_client_error() {
        wake.0 = None;
    }
    Ok(response)
}

/// Wakes the hub also when the future of the request is dropped, because its client has gone: it may have committed
/// before.
struct WakeOnDrop(Option<Hub>);

impl Drop for WakeOnDrop {
    fn drop(&mut self) {
        if let Some(hub) = &self.0 {
            hub.wake();
        }
    }
}
