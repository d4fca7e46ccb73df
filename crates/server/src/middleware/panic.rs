//! A panic answers 500 in the envelope instead of breaking the connection.

use std::panic::AssertUnwindSafe;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use futures_util::FutureExt;

use crate::error::{ApiError, Panicked};
use crate::telemetry::panics;

/// Turns a panic into an error. What the panicking request held is dropped; shared state is behind PostgreSQL's
/// transactions.
///
/// # Errors
/// Those of the inner middleware, and 500 if the handler panics.
pub async fn catch(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let caught = AssertUnwindSafe(next.call(req)).catch_unwind().await;
    // Its own words were told where it happened, as far as they may be.
    caught.unwrap_or_else(|_| Err(ApiError::internal(Panicked(panics::caught())).into()))
}
