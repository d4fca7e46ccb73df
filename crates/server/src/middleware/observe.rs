//! What is reported of each request: one line in the log, its counts in the metrics, its span in the traces, and its
//! failure if it failed.
//!
//! The line has method, route template, status, duration, request id, trace id, user, bytes. Never a path with its ids,
//! a query string, a header or a body: they may hold what people wrote.
//!
//! A request whose client resets the connection is dropped wherever it is, as is one that a shutdown cuts off. It is
//! reported as well, with status [`DROPPED`]: else the slowest requests of an outage would be missing from the very
//! metrics that alerts look at.

use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use clockwork_core::access::{Actor, Caller};
use clockwork_core::telemetry::{FAILURE_TARGET, REQUEST_TARGET, RULE_TARGET};
use tracing::{Instrument, field};

use crate::error::ApiError;
use crate::metrics::{Metrics, known_method};
use crate::request::{self, route};
use crate::state::AppState;
use crate::telemetry::trace_context::{RequestTrace, TRACERESPONSE};

/// The status of a request that was dropped before it had an answer, as nginx has it: the client closed the connection.
const DROPPED: u16 = 499;

/// Reports the request, and gives its log lines a span with its id.
///
/// # Errors
/// Those of the handler and of the inner middleware.
pub async fn request(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let begun = Instant::now();
    let metrics = AppState::of(req.request())?.metrics.clone();
    let _in_flight = metrics.requests.begin();
    let method = req.method().clone();
    let template = req.match_pattern();
    let id = request::current_id();
    // Spans of rules are made only where traces are exported.
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
    let (trace_id, header) = (trace.id(), trace.header());
    if let Some(trace_id) = &trace_id {
        span.record("trace_id", trace_id.as_str());
    }
    let mut report = RequestReport {
        metrics,
        method: method.clone(),
        template: template.clone(),
        request_id: id.clone(),
        begun,
        trace: Some(trace),
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
            report.finish(status, route, None, None);
            return Err(error);
        }
    };
    if let Some(header) = header {
        response.headers_mut().insert(TRACERESPONSE, header);
    }
    let request = response.request();
    let route = template.as_deref().unwrap_or_else(|| route::outside_the_table(request));
    let user = {
        let known = request.extensions();
        let caller = known.get::<Caller>().map(Caller::user);
        caller.or_else(|| known.get::<Actor>().map(|actor| actor.user)).map(|user| user.to_string())
    };
    let bytes = match response.response().body().size() {
        BodySize::Sized(bytes) => Some(bytes),
        BodySize::None => Some(0),
        BodySize::Stream => None,
    };
    fail(response.status(), route, response.response().error());
    report.finish(response.status(), route, user.as_deref(), bytes);
    Ok(response)
}

/// Reports a request once: when it has an answer, or when it is dropped without one.
struct RequestReport {
    metrics: Arc<Metrics>,
    method: Method,
    template: Option<String>,
    request_id: String,
    begun: Instant,
    /// Taken by the report.
    trace: Option<RequestTrace>,
}

impl RequestReport {
    fn finish(&mut self, status: StatusCode, route: &str, user: Option<&str>, bytes: Option<u64>) {
        let Some(trace) = self.trace.take() else { return };
        let time = self.begun.elapsed();
        let operation = route::operation(route);
        self.metrics.requests.answered(&self.method, &operation, status, time);
        trace.end(known_method(&self.method), &operation, status.as_u16());
        tracing::info!(
            target: REQUEST_TARGET,
            method = known_method(&self.method),
            route,
            status = status.as_u16(),
            duration_ms = time.as_secs_f64() * 1_000.0,
            request_id = self.request_id,
            trace_id = trace.id(),
            user,
            bytes,
            "request"
        );
    }
}

impl Drop for RequestReport {
    fn drop(&mut self) {
        if self.trace.is_some()
            && let Ok(status) = StatusCode::from_u16(DROPPED)
        {
            let route = self.template.take();
            self.finish(status, route.as_deref().unwrap_or(route::UNMATCHED), None, None);
        }
    }
}
