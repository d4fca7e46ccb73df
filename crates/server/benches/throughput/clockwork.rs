//! Clockwork as the benchmarks serve it: everything that the server's binary does for a request, with callers that are
//! named by a header, or that have signed in.

use std::sync::Arc;

use clockwork_core::config::{AuthMode, Config, Sources};
use clockwork_core::database::Db;
use clockwork_core::database::migrations::MigrationSet;
use clockwork_core::operations::background_metrics::BackgroundMetrics;
use clockwork_core::operations::health::Health;
use clockwork_core::values::clock::Clock;
use clockwork_server::app::Application;
use clockwork_server::state::AppState;
use clockwork_server::telemetry::Telemetry;

use super::people;

/// The argument that makes the benchmark's binary the server.
pub(crate) const ARGUMENT: &str = "serve-clockwork";

/// The argument behind it that switches notifications off: nothing listens, nothing notifies, and a stream would
/// receive nothing.
pub(crate) const WITHOUT_NOTIFICATIONS: &str = "--without-notifications";

/// What differs from a default configuration: the load comes from one address, and the port for metrics may be taken.
/// The main runtime has one thread, as the server's binary has it. The generator says for which client it speaks, as a
/// proxy does.
const SETTINGS: [(&str, &str); 5] = [
    ("ENV", "production"),
    ("TRUSTED_PROXIES", "127.0.0.1/32"),
    ("RATE_LIMIT_REQUESTS", "0"),
    ("METRICS_PORT", "0"),
    ("TOKIO_WORKER_THREADS", "1"),
];

/// Who sends the requests of a benchmark.
#[derive(Clone, Copy)]
pub(crate) enum Callers {
    /// Users that a header names: their identity costs nothing.
    Named,
    /// Users with sessions.
    SignedIn,
}

impl Callers {
    pub(crate) fn settings(self) -> Vec<(&'static str, &'static str)> {
        let mode = match self {
            Self::Named => "none",
            Self::SignedIn => "accounts",
        };
        SETTINGS.into_iter().chain([("AUTH_MODE", mode)]).collect()
    }
}

/// Serves where the environment says, until the process is told to stop.
pub(crate) async fn serve(silent: bool) -> anyhow::Result<()> {
    let config = Config::load(&Sources::of_process())?.config;
    let _telemetry = Telemetry::start(&config)?;
    let db = Db::connect(&config.database)?;
    let background = BackgroundMetrics::new();
    let health = Arc::new(Health::new(db.clone(), MigrationSet::load(None)?, background.clone()));
    let state = AppState::new(db.clone(), Clock::system(), &config.auth, health, background);
    let state = match config.auth.mode {
        AuthMode::None => state.with_callers(people::caller_of),
        AuthMode::Accounts => state,
    };
    let application = Application::build(&config, state)?;
    if silent {
        // A listener that was started and stopped is never started again.
        application.events().wake();
        application.events().stop();
    }
    let min_idle = config.database.min_idle;
    tokio::spawn(async move { db.keep_warm(min_idle).await });
    application.run().await?;
    Ok(())
}
