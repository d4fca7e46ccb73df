//! Requests, by method, route and status. The labels are words of the program, never a caller's.

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use clockwork_core::telemetry::metrics::{REQUEST_SECONDS, counters, gauge, histograms};
use prometheus::{HistogramVec, IntCounterVec, IntGauge, Registry};

/// What is counted and measured of requests.
pub struct RequestMetrics {
    total: IntCounterVec,
    seconds: HistogramVec,
    in_flight: IntGauge,
}

/// A request that is worked on. It counts until it is dropped, also when its client has closed the connection.
pub struct InFlight(IntGauge);

impl RequestMetrics {
    pub(super) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let labels = ["method", "path", "status"];
        let total =
            counters("http_requests_total", "Requests that were answered, or dropped with status 499.", &labels);
        let seconds = histograms(
            "http_request_duration_seconds",
            "How long it took from a request's head to the head of its answer.",
            &labels,
            REQUEST_SECONDS,
        );
        let in_flight = gauge("http_requests_in_flight", "Requests that are worked on.");
        registry.register(Box::new(total.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(in_flight.clone()))?;
        Ok(Self { total, seconds, in_flight })
    }

    /// A request begins.
    #[must_use]
    pub fn begin(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// A request was answered, or dropped. `route` is a template of the program's own.
    pub fn answered(&self, method: &Method, route: &str, status: StatusCode, time: Duration) {
        let labels = [known_method(method), route, status.as_str()];
        self.total.with_label_values(&labels).inc();
        self.seconds.with_label_values(&labels).observe(time.as_secs_f64());
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A method as one of few words: a client may send any word.
#[must_use]
pub fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
