//! Logs, metrics, and the spans that traces are made of. What is logged or counted is decided where it happens.

mod logs;
pub mod metrics;

pub use logs::{ExtraLayer, LogFormat, Sink, init, init_with, layer};

use tracing::Metadata;

/// The target of the span of a request.
pub const REQUEST_TARGET: &str = "clockwork::request";

/// The target of the spans of rules. Their names are those of the functions, such as `tracking::start`.
pub const RULE_TARGET: &str = "clockwork::rule";

/// The target of the spans of statements, and of waiting for a connection.
pub const QUERY_TARGET: &str = "clockwork::query";

/// The target of events that report failures in constant words, for Sentry.
pub const FAILURE_TARGET: &str = "clockwork::failure";

/// Whether this is a span that traces are made of.
#[must_use]
pub fn is_span_of_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && [REQUEST_TARGET, RULE_TARGET, QUERY_TARGET].contains(&metadata.target())
}
