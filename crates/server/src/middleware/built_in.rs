//! The rows of the built-in user may vanish while the server runs: the database may be replaced, or emptied.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;

use crate::state::AppState;

/// After a 500, the next request checks again that the built-in rows exist.
pub(crate) async fn check_again_after_failure(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let response = next.call(req).await?;
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        AppState::of(response.request())?.built_in.forget();
    }
    Ok(response)
}
