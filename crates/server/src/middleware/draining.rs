//! While the server drains, every answer asks the client to open its next connection elsewhere.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;

use crate::state::AppState;

/// Adds `Connection: close` to answers of a server that is about to end.
///
/// # Errors
/// Those of the handler and of the inner middleware.
pub async fn close_connections(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(req).await?;
    // Asked behind the handler: the shutdown may have begun meanwhile.
    let draining = AppState::of(response.request()).is_ok_and(|state| state.health.is_draining());
    if draining {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}
