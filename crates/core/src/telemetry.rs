//! Logs: where they go and what they look like. What is logged is decided where it happens.

use crate::config::{LogFormat, LoggingConfig};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{Layer, Registry};

/// Sends the events that `config` asks for to `sink`, from now on and for the whole process.
///
/// # Errors
/// When it was called before.
pub fn init<W>(config: &LoggingConfig, sink: W) -> Result<(), TryInitError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::registry().with(layer(config, sink)).try_init()
}

/// What [`init`] installs, for tests that look at their own events only.
pub fn layer<W>(config: &LoggingConfig, sink: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(sink);
    match config.format {
        // Flattened, so that a collector finds `status` and `duration` beside `message`, not below it.
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .with_filter(config.level.clone())
            .boxed(),
        LogFormat::Pretty => lines.compact().with_filter(config.level.clone()).boxed(),
    }
}
