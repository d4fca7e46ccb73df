//! What is told of each request: one line in the log, its counts in the metrics, its span in the traces, and its failure if it failed.
//!
//! The line has method, route template, status, duration, request id, trace id, user, bytes. Never a path with its ids, a query string, a header or a
//! body: they may hold what people wrote.

use std::time::Instant;

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use clockwork_core::telemetry::{FAILURE_TARGET, REQUEST_TARGET, RULE_TARGET};
use tracing::{Instrument, field};

use super::{request_id, route};
use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::Caller;
use crate::metrics::known_method;
use crate::telemetry::trace_context::{RequestTrace, TRACERESPONSE};

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
    // Only who makes traces wants spans of rules.
    let traced = tracing::span_enabled!(target: RULE_TARGET, tracing::Level::INFO);
    // Of the highest level, so that whatever is logged has it.
    let span = tracing::error_span!(
        target: REQUEST_TARGET,
        "request",
        request_id = %id,
        trace_id = field::Empty,
        otel.kind = traced.then_some("server"),
    );
    let trace = RequestTrace::begin(&span, req.headers());
    let trace_id = trace.id();
    if let Some(trace_id) = &trace_id {
        span.record("trace_id", trace_id.as_str());
    }
    let tell = |status: StatusCode, route: &str, user: Option<String>, bytes: Option<u64>| {
        let time = begun.elapsed();
        let operation = route::operation(route);
        metrics.requests.answered(&method, &operation, status, time);
        trace.end(known_method(&method), &operation, status.as_u16());
        tracing::info!(
            target: REQUEST_TARGET,
            method = known_method(&method),
            route,
            status = status.as_u16(),
            duration_ms = time.as_secs_f64() * 1_000.0,
            request_id = %id,
            trace_id,
            user,
            bytes,
            "request"
        );
    };
    let fail = |status: StatusCode, route: &str, error: Option<&Error>| {
        if status.is_server_error() {
            let kind =
                error.and_then(|error| error.as_error::<ApiError>()).map_or("unknown".to_owned(), ApiError::kind);
            let (method, status) = (known_method(&method), status.as_str());
            tracing::error!(target: FAILURE_TARGET, kind, method, route, status, request_id = %id, trace_id);
        }
    };
    let mut response = match next.call(req).instrument(span.clone()).await {
        Ok(response) => response,
        Err(error) => {
            let route = template.as_deref().unwrap_or(route::UNMATCHED);
            let status = error.as_response_error().status_code();
            fail(status, route, Some(&error));
            tell(status, route, None, None);
            return Err(error);
        }
    };
    if let Some(header) = trace.header() {
        response.headers_mut().insert(TRACERESPONSE, header);
    }
    let request = response.request();
    let route = template.as_deref().unwrap_or_else(|| route::outside_the_table(request));
    let user = request.extensions().get::<Caller>().map(|caller| caller.user.to_string());
    let bytes = match response.response().body().size() {
        BodySize::Sized(bytes) => Some(bytes),
        BodySize::None => Some(0),
        BodySize::Stream => None,
    };
    fail(response.status(), route, response.response().error());
    tell(response.status(), route, user, bytes);
    Ok(response)
}
