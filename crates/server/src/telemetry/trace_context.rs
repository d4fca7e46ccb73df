//! W3C Trace Context: `traceparent` and `tracestate` of a request, `traceresponse` of its answer.
//!
//! `traceparent` is defined for requests only; what an answer may carry is `traceresponse`, of the specification's next
//! level.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The header of an answer that says which trace it belongs to.
pub const TRACERESPONSE: HeaderName = HeaderName::from_static("traceresponse");

/// The trace of a request.
pub struct RequestTrace {
    span: Span,
    context: SpanContext,
    /// Whether we send spans of it, or only know of a caller's.
    ours: bool,
}

impl RequestTrace {
    /// Makes `span` a part of the trace that the request's headers name, or of a new one.
    #[must_use]
    pub fn begin(span: &Span, headers: &HeaderMap) -> Self {
        let caller = TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers(headers));
        let named = caller.span().span_context().clone();
        // Without traces there is no use for it.
        let _ = span.set_parent(caller);
        let context = span.context().span().span_context().clone();
        let ours = context.is_valid();
        Self { span: span.clone(), context: if ours { context } else { named }, ours }
    }

    /// The id of the trace, as the log has it.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        self.context.is_valid().then(|| self.context.trace_id().to_string())
    }

    /// What the answer carries.
    #[must_use]
    pub fn header(&self) -> Option<HeaderValue> {
        let (trace, span, flags) =
            (self.context.trace_id(), self.context.span_id(), self.context.trace_flags().to_u8());
        self.ours.then(|| HeaderValue::from_str(&format!("00-{trace}-{span}-{flags:02x}")).ok()).flatten()
    }

    /// Says how the request was answered.
    pub fn end(&self, method: &'static str, route: &str, status: u16) {
        if !self.ours {
            return;
        }
        let context = self.span.context();
        let span = context.span();
        span.update_name(format!("{method} {route}"));
        span.set_attribute(KeyValue::new("http.request.method", method));
        span.set_attribute(KeyValue::new("http.route", route.to_owned()));
        span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status)));
        if status >= 500 {
            span.set_status(opentelemetry::trace::Status::error(""));
        }
    }
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}
