//! One line a request: method, route template, status, duration, request id, user, bytes. Never a path with its ids, a query string, a header
//! or a body: they may hold what people wrote.

use std::time::Instant;

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use tracing::Instrument;

use super::request_id;
use crate::extract::Caller;

/// Logs the request, and gives its lines a span with its id.
pub async fn log(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let method = req.method().clone();
    let id = request_id::current();
    let span = tracing::info_span!("request", request_id = %id);
    let line = |status: StatusCode, route: Option<String>, user: Option<String>, bytes: Option<u64>| {
        tracing::info!(
            target: "clockwork::request",
            %method,
            route = route.as_deref().unwrap_or("unmatched"),
            status = status.as_u16(),
            duration_ms = started.elapsed().as_secs_f64() * 1_000.0,
            request_id = %id,
            user,
            bytes,
            "request"
        );
    };
    let response = match next.call(req).instrument(span).await {
        Ok(response) => response,
        Err(error) => {
            line(error.as_response_error().status_code(), None, None, None);
            return Err(error);
        }
    };
    let request = response.request();
    let user = request.extensions().get::<Caller>().map(|caller| caller.user.to_string());
    let bytes = match response.response().body().size() {
        BodySize::Sized(bytes) => Some(bytes),
        BodySize::None => Some(0),
        BodySize::Stream => None,
    };
    line(response.status(), request.match_pattern(), user, bytes);
    Ok(response)
}
