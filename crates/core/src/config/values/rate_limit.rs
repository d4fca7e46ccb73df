//! `RATE_LIMIT_REQUESTS` in `RATE_LIMIT_WINDOW`.

use std::time::Duration;

/// A number of requests in a window of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// The requests that are answered in one window. At least 1.
    pub requests: u32,
    /// The length of a window, from its first request on. At least a second.
    pub window: Duration,
}
