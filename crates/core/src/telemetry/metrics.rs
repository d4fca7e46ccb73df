//! How metrics are made. docs/METRICS.md lists them all.

use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts};

/// Bounds of requests, in seconds: the alerts look at one second, the promises of speed at hundredths.
pub const REQUEST_SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Bounds of statements and of the wait for a connection, in seconds: most take less than a millisecond, none more than
/// its timeout.
pub const QUERY_SECONDS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// Bounds of jobs, in seconds: the largest import takes minutes.
pub const JOB_SECONDS: &[f64] = &[0.01, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0];

/// A counter for each combination of labels.
#[must_use]
pub fn counters(name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
    valid(IntCounterVec::new(Opts::new(name, help), labels))
}

/// A gauge for each combination of labels; with no labels, one that can be absent.
#[must_use]
pub fn gauges(name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
    valid(IntGaugeVec::new(Opts::new(name, help), labels))
}

/// A gauge.
#[must_use]
pub fn gauge(name: &str, help: &str) -> IntGauge {
    valid(IntGauge::new(name, help))
}

/// A histogram of seconds.
#[must_use]
pub fn histogram(name: &str, help: &str, bounds: &[f64]) -> Histogram {
    valid(Histogram::with_opts(HistogramOpts::new(name, help).buckets(bounds.to_vec())))
}

/// A histogram of seconds for each combination of labels.
#[must_use]
pub fn histograms(name: &str, help: &str, labels: &[&str], bounds: &[f64]) -> HistogramVec {
    valid(HistogramVec::new(HistogramOpts::new(name, help).buckets(bounds.to_vec()), labels))
}

#[expect(
    clippy::expect_used,
    reason = "names, labels and bounds are constants of the program, and a test makes them all"
)]
fn valid<T>(made: prometheus::Result<T>) -> T {
    made.expect("a metric has a valid name, labels and bounds")
}
