//! What leaves the server beside answers and logs, when it is configured: traces by OTLP, failures to Sentry. Neither
//! is waited for by a request, and neither carries what people wrote.

mod delivery;
mod failures;
pub mod panics;
pub mod trace_context;
mod traces;

use std::time::Duration;

use clockwork_core::config::Config;
use clockwork_core::telemetry::{self, ExtraLayer, Sink};
use thiserror::Error;

use failures::FailureReporter;
use traces::Traces;

/// The logs, the traces and the reports of a process, from now on.
#[derive(Default)]
pub struct Telemetry {
    traces: Option<Traces>,
    failures: Option<FailureReporter>,
}

/// Telemetry cannot be set up as configured.
#[derive(Debug, Error)]
pub enum TelemetryError {
    /// The exporter of traces refused its settings.
    #[error("OTEL_EXPORTER_OTLP_*: {0}")]
    Traces(#[from] opentelemetry_otlp::ExporterBuildError),
    /// The address of Sentry cannot be read.
    #[error("SENTRY_DSN: not an address as Sentry shows it in a project's settings")]
    Dsn,
    /// It was set up before.
    #[error(transparent)]
    Twice(#[from] tracing_subscriber::util::TryInitError),
    /// The client that delivers cannot be built.
    #[error("the HTTP client of the telemetry cannot be built: {0}")]
    Client(#[from] reqwest::Error),
}

impl Telemetry {
    /// Sets everything up. To be called within the runtime that is to deliver.
    ///
    /// # Errors
    /// When a setting cannot be used, or this was called before.
    pub fn start(config: &Config) -> Result<Self, TelemetryError> {
        let traces = config.telemetry.traces.as_ref().map(Traces::start).transpose()?;
        let failures = config.telemetry.sentry.as_ref();
        let failures = failures.map(|dsn| FailureReporter::start(dsn, config.environment)).transpose()?;
        let mut layers: Vec<ExtraLayer> = Vec::new();
        layers.extend(traces.as_ref().map(Traces::layer));
        layers.extend(failures.as_ref().map(FailureReporter::layer));
        telemetry::init_with(&config.logging.level, config.logging.format, Sink::Stdout, layers)?;
        panics::install();
        Ok(Self { traces, failures })
    }

    /// Delivers what is left, for as long as `timeout` at most.
    pub async fn shutdown(self, timeout: Duration) {
        let traces = async {
            if let Some(traces) = self.traces {
                traces.shutdown(timeout).await;
            }
        };
        let failures = async {
            if let Some(failures) = self.failures {
                failures.shutdown().await;
            }
        };
        if tokio::time::timeout(timeout, async { tokio::join!(traces, failures) }).await.is_err() {
            tracing::warn!(?timeout, "telemetry shutdown timed out: some data was not delivered");
        }
    }
}
