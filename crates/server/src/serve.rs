//! Serving: the database, its schema, the application, and the background tasks.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clockwork_core::accounts::setup;
use clockwork_core::config::{AuthMode, Config, Environment};
use clockwork_core::database::{
    Db,
    migrations::{self, MigrationSet},
};
use clockwork_core::mail::Mailer;
use clockwork_core::operations::background_metrics::{BackgroundMetrics, BackgroundTask};
use clockwork_core::operations::cleaning;
use clockwork_core::operations::health::Health;
use clockwork_core::operations::jobs::{JobContext, Workers};
use clockwork_core::operations::redis::Redis;
use clockwork_core::operations::signals::Signals;
use clockwork_core::values::clock::Clock;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::Application;
use crate::lifecycle::{self, ShutdownStage, ShutdownSteps};
use crate::metrics::MetricsEndpoint;
use crate::service_manager::ServiceManager;
use crate::state::AppState;
use crate::telemetry::Telemetry;

/// How often expired rows are deleted: answers of idempotency keys, entries past their undo, old events.
const CLEANING_INTERVAL: Duration = Duration::from_secs(10 * 60);

/// How long the last traces and reports may take to be delivered: less than what the lifecycle gives each step.
const TELEMETRY_TIMEOUT: Duration = Duration::from_millis(1_500);

/// Serves until the process is told to stop.
///
/// # Errors
/// If the server cannot start (configuration, address, embedded database), or the HTTP server fails.
pub async fn serve(mut config: Config, telemetry: Telemetry) -> anyhow::Result<()> {
    let manager = ServiceManager::of_process();
    let embedded = embedded_database(&mut config).await?;
    let mut signals = Signals::listen()?;
    if config.database.auto_migrate {
        manager.status("bringing the schema up to date").await;
        let migrating = Box::pin(manager.while_starting(migrations::migrate(&config.database)));
        let applied = signals.unless_told(migrating).await.context("the schema could not be brought up to date")?;
        tracing::info!(?applied, "the schema is up to date");
    }
    let db = Db::connect(&config.database)?;
    let clock = Clock::system();
    let migrations = MigrationSet::load(config.database.migrations_dir.as_deref())?;
    let background = BackgroundMetrics::new();
    let mut health = Health::new(db.clone(), migrations, background.clone());
    let redis = config.redis.url.as_ref().map(Redis::connect);
    if let Some(redis) = &redis {
        health = health.also(Arc::new(redis.clone()));
    }
    let health = Arc::new(health);
    let state = AppState::new(db.clone(), clock.clone(), &config.auth, health.clone(), background.clone());
    let mailer = Mailer::new(&config.mail)?;
    let state = state.with_redis(redis).with_mailer(mailer.clone()).with_notify(mailer.clone());
    // Before the requests, so that nothing happens unseen.
    let metrics = metrics_endpoint(&config, &state)?;
    let application = Application::build(&config, state)
        .with_context(|| format!("cannot listen at {}:{}", config.http.host, config.http.port))?;
    tracing::info!(
        version = clockwork_core::VERSION,
        revision = clockwork_core::build_info::REVISION,
        time_zone_rules = clockwork_core::values::time_zone::rules(),
        environment = config.environment.as_str(),
        address = %application.address(),
        "serving at http://localhost:{}",
        application.address().port()
    );
    let mut shutdown_steps = ShutdownSteps::new();
    let hub = application.events();
    let streams = hub.clone();
    shutdown_steps.add(ShutdownStage::EventStreams, "the event streams", async move {
        streams.close_all();
        Ok(())
    });
    let context = JobContext::new(db.clone(), clock.clone(), mailer);
    let workers = Workers::start(&context, &hub.jobs_added(), &background);
    shutdown_steps.add(ShutdownStage::Jobs, "the job workers", async move {
        workers.finish().await;
        Ok(())
    });
    shutdown_steps.add(
        ShutdownStage::Jobs,
        "the cleaning",
        BackgroundWork::start(db.clone(), clock.clone(), config.auth.audit_retention, background).finish(),
    );
    if manager.listens() {
        let notifying = tokio::spawn(manager.clone().accompany(application.address(), health.clone()));
        // It probes the server, which no longer accepts connections.
        shutdown_steps.add(ShutdownStage::EventStreams, "the notifications to the service manager", async move {
            notifying.abort();
            Ok(())
        });
    }
    if config.auth.mode == AuthMode::Accounts {
        let showing = tokio::spawn(show_setup_token(config.clone(), db.clone(), health.clone(), clock.clone()));
        shutdown_steps.add(ShutdownStage::Jobs, "the token for setting up", async move {
            showing.abort();
            Ok(())
        });
    }
    let warming = tokio::spawn({
        let (db, min_idle) = (db.clone(), config.database.min_idle);
        async move { db.keep_warm(min_idle).await }
    });
    let starting = tokio::spawn({
        let health = health.clone();
        async move { health.watch_start().await }
    });
    shutdown_steps.add(ShutdownStage::Database, "the connections to the database", async move {
        warming.abort();
        starting.abort();
        // Only now: other servers are notified of what the last requests and jobs have written.
        hub.stop();
        db.close().await;
        Ok(())
    });
    shutdown_steps.add(ShutdownStage::Telemetry, "the telemetry", async move {
        telemetry.shutdown(TELEMETRY_TIMEOUT).await;
        Ok(())
    });
    if let Some(metrics) = metrics {
        shutdown_steps.add(ShutdownStage::Telemetry, "the metrics", async move { Ok(metrics.stop().await?) });
    }
    let served = lifecycle::run(application, signals, &health, &manager, &config.shutdown, shutdown_steps).await;
    stop(embedded).await?;
    Ok(served?)
}

/// Shows a token for setting up in the log, once the database is there, unless the installation is set up.
async fn show_setup_token(config: Config, db: Db, health: Arc<Health>, clock: Clock) {
    health.watch_start().await;
    let token = async { anyhow::Ok(setup::token(&mut *db.conn().await?, clock.now()).await?) };
    match token.await {
        Ok(Some(token)) => {
            let (token, page) = (token.reveal(), format!("{}/setup", config.http.base_path.as_str()));
            tracing::warn!(token, page, "no administrator yet: set the installation up with this token");
        }
        Ok(None) => {}
        Err(error) => {
            let error = format!("{error:#}");
            tracing::warn!(error, "no token for setting up could be made; `server setup-token` makes one");
        }
    }
}

/// The listener of the metrics, if there is to be one.
fn metrics_endpoint(config: &Config, state: &AppState) -> anyhow::Result<Option<MetricsEndpoint>> {
    let Some(port) = config.telemetry.metrics_port else { return Ok(None) };
    match MetricsEndpoint::start(config.http.host, port, state.metrics.clone()) {
        Ok(endpoint) => {
            tracing::info!("metrics at http://localhost:{port}/metrics");
            Ok(Some(endpoint))
        }
        // Two of them on a programmer's machine are no reason to fail.
        Err(error) if config.environment == Environment::Development => {
            tracing::warn!(%error, "METRICS_PORT {port} is taken: no metrics");
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen at METRICS_PORT {port}")),
    }
}

/// The background tasks of the server.
struct BackgroundWork {
    /// Dropped to tell that no other round is to begin.
    stop: watch::Sender<()>,
    /// Aborted when dropped: a round that does not end in time loses its transaction, and another replica, or the next
    /// start, does it again.
    running: JoinSet<()>,
}

impl BackgroundWork {
    fn start(db: Db, clock: Clock, audit_retention: Duration, metrics: BackgroundMetrics) -> Self {
        let (stop, stopped) = watch::channel(());
        let mut running = JoinSet::new();
        running.spawn(clean_up(db, clock, audit_retention, metrics, stopped));
        Self { stop, running }
    }

    /// Lets the running round finish and begins no other.
    async fn finish(self) -> anyhow::Result<()> {
        let Self { stop, mut running } = self;
        drop(stop);
        while let Some(ended) = running.join_next().await {
            ended?;
        }
        Ok(())
    }
}

/// Deletes expired rows every few minutes. Every replica may do so.
async fn clean_up(
    db: Db,
    clock: Clock,
    audit_retention: Duration,
    metrics: BackgroundMetrics,
    mut stopped: watch::Receiver<()>,
) {
    let mut interval = tokio::time::interval(CLEANING_INTERVAL);
    interval.tick().await;
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            _ = stopped.changed() => return,
        }
        let task = metrics.begin(BackgroundTask::Cleaning);
        let cleaned = cleaning::clean_up(&db, clock.now(), audit_retention).await;
        for cleaned in &cleaned {
            metrics.cleaned(cleaned);
            let (table, rows) = (cleaned.table.as_str(), cleaned.rows);
            match &cleaned.failure {
                None => tracing::debug!(table, rows, "old rows deleted"),
                Some(error) => {
                    tracing::warn!(table, rows, %error, "old rows could not be deleted; the next round tries again");
                }
            }
        }
        if cleaned.iter().all(|cleaned| cleaned.failure.is_none()) {
            task.succeed(clock.now());
        }
    }
}

#[cfg(feature = "embedded-db")]
pub(crate) type Embedded = Option<clockwork_devdb::DevDb>;
#[cfg(not(feature = "embedded-db"))]
pub(crate) type Embedded = Option<std::convert::Infallible>;

/// Starts the private PostgreSQL of development when no other is configured.
#[cfg(feature = "embedded-db")]
pub(crate) async fn embedded_database(config: &mut Config) -> anyhow::Result<Embedded> {
    use clockwork_core::config::DatabaseUrl;
    use clockwork_devdb::{DevDb, DevDbOptions};

    if config.database.url.is_some() {
        return Ok(None);
    }
    let database =
        DevDb::start(DevDbOptions::new(".clockwork")).await.context("the private PostgreSQL could not be started")?;
    config.database.url = Some(DatabaseUrl::parse(&database.url())?);
    Ok(Some(database))
}

#[cfg(not(feature = "embedded-db"))]
pub(crate) async fn embedded_database(_: &mut Config) -> anyhow::Result<Embedded> {
    Ok(None)
}

#[cfg(feature = "embedded-db")]
pub(crate) async fn stop(embedded: Embedded) -> anyhow::Result<()> {
    if let Some(database) = embedded {
        let stopped = database.stop().await?;
        tracing::info!(?stopped, "private PostgreSQL released");
    }
    Ok(())
}

#[cfg(not(feature = "embedded-db"))]
pub(crate) async fn stop(_: Embedded) -> anyhow::Result<()> {
    Ok(())
}
