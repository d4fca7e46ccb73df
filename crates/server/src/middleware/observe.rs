//! What is told of each request: one line in the log, and its counts in the metrics.
//!
//! The line has method, route template, status, duration, request id, user, bytes. Never a path with its ids, a query string, a header or a
//! body: they may hold what people wrote.

use std::time::Instant;

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use tracing::Instrument;

use super::{request_id, route};
use crate::app::AppState;
use crate::extract::Caller;

/// Tells of the request, and gives its lines a span with its id.
pub async fn request(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let begun = Instant::now();
    let metrics = AppState::of(req.request())?.metrics.clone();
    let _in_flight = metrics.requests.begin();
    let method = req.method().clone();
    let template = req.match_pattern();
    let id = request_id::current();
    // Of the highest level, so that whatever is logged has it.
    let span = tracing::error_span!("request", request_id = %id);
    let tell = |status: StatusCode, route: &str, user: Option<String>, bytes: Option<u64>| {
        let time = begun.elapsed();
        metrics.requests.answered(&method, &route::operation(route), status, time);
        tracing::info!(
            target: "clockwork::request",
            %method,
            route,
            status = status.as_u16(),
            duration_ms = time.as_secs_f64() * 1_000.0,
            request_id = %id,
            user,
            bytes,
            "request"
        );
    };
    let response = match next.call(req).instrument(span).await {
        Ok(response) => response,
        Err(error) => {
            let route = template.as_deref().unwrap_or(route::UNMATCHED);
            tell(error.as_response_error().status_code(), route, None, None);
            return Err(error);
        }
    };
    let request = response.request();
    let route = template.as_deref().unwrap_or_else(|| route::outside_the_table(request));
    let user = request.extensions().get::<Caller>().map(|caller| caller.user.to_string());
    let bytes = match response.response().body().size() {
        BodySize::Sized(bytes) => Some(bytes),
        BodySize::None => Some(0),
        BodySize::Stream => None,
    };
    tell(response.status(), route, user, bytes);
    Ok(response)
}
