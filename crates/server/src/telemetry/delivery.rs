//! The HTTP client of the telemetry, and the log lines when a delivery fails.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long one delivery may take.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(10);

/// A client for telemetry: it follows no redirects, so that nothing goes to another address.
pub(super) fn client() -> reqwest::Result<reqwest::Client> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Fails for the second caller, and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder()
        .timeout(DELIVERY_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("clockwork/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Says once that deliveries fail, and once that they work again.
#[derive(Debug)]
pub(super) struct Deliveries {
    what: &'static str,
    failing: AtomicBool,
}

impl Deliveries {
    pub(super) fn of(what: &'static str) -> Self {
        Self { what, failing: AtomicBool::new(false) }
    }

    /// One was taken.
    pub(super) fn succeeded(&self) {
        if self.failing.swap(false, Ordering::Relaxed) {
            tracing::info!("delivery of {} succeeds again", self.what);
        }
    }

    /// One was not.
    pub(super) fn failed(&self, reason: &dyn std::fmt::Display) {
        if !self.failing.swap(true, Ordering::Relaxed) {
            tracing::warn!(%reason, "delivery of {} failed: what exceeds the buffer is dropped", self.what);
        }
    }
}
