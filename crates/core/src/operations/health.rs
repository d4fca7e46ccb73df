//! Whether the server can do its work: the database answers, it has the schema, the server is not draining.
//!
//! How that is said in HTTP is the server's matter. Checks are shared: however many probes ask, the database is looked
//! at once a second at most, and by one of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::future::{BoxFuture, join_all};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::background_metrics::BackgroundMetrics;
use crate::database::migrations::{MigrationSet, SchemaState, schema_state};
use crate::database::{Db, DbError, DbStatus};

/// How long a result is good for. Operations H2.
pub const CACHED_FOR: Duration = Duration::from_secs(1);

/// How long a check may take before the database counts as down: probes give up after two seconds or so.
const CHECK_TIMEOUT: Duration = Duration::from_secs(1);

/// The name of the check that the database answers.
pub const DATABASE: &str = "database";

/// The name of the check that all migrations are applied that this binary needs.
pub const MIGRATIONS: &str = "migrations";

/// The name of the check that requests find a connection.
pub const CONNECTION_POOL: &str = "connection_pool";

/// The name of the check that periodic jobs succeed.
pub const JOBS: &str = "jobs";

/// How long a job may be due before its check fails: one round failed, and the next one as well.
const CLEANING_OVERDUE_AFTER: Duration = Duration::from_secs(15 * 60);

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What it is called.
    pub name: &'static str,
    /// Whether requests cannot be served without it.
    pub critical: bool,
    /// How long the look took.
    pub latency: Duration,
    /// What is wrong, for people, without a driver's words. `None` when nothing is.
    pub error: Option<String>,
}

/// A further check, beside the database and its schema.
pub trait HealthCheck: Send + Sync {
    /// What its check is called.
    fn name(&self) -> &'static str;

    /// Whether requests cannot be served without it. The loss of one that is not critical is told, and changes nothing
    /// else.
    fn critical(&self) -> bool;

    /// Looks. The error is for people, without a driver's words. A probe that takes longer than a second counts as
    /// failed.
    fn check(&self) -> BoxFuture<'_, Result<(), String>>;
}

/// What was seen: the database first, its migrations next, then everything else.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// One for each thing that was looked at.
    pub checks: Vec<Check>,
    /// How many migrations are missing; `None` when it is not known.
    pub migrations_pending: Option<usize>,
}

impl Report {
    /// Whether requests can be served.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.failed().is_none()
    }

    /// The first check without which requests cannot be served, and that failed.
    #[must_use]
    pub fn failed(&self) -> Option<&Check> {
        self.checks.iter().find(|check| check.critical && check.error.is_some())
    }

    /// What is wrong first of all.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.failed().and_then(|check| check.error.as_deref())
    }

    /// Whether the database answers.
    #[must_use]
    pub fn has_database(&self) -> bool {
        self.checks.iter().any(|check| check.name == DATABASE && check.error.is_none())
    }
}

/// What the probes ask.
pub struct Health {
    db: Db,
    migrations: MigrationSet,
    probes: Vec<Arc<dyn HealthCheck>>,
    since: Instant,
    started: AtomicBool,
    draining: AtomicBool,
    tasks: BackgroundMetrics,
    last: Mutex<Option<(Instant, Arc<Report>)>>,
}

impl Health {
    /// The health of a server that starts now, needs these migrations, and counts its background tasks here.
    #[must_use]
    pub fn new(db: Db, migrations: MigrationSet, tasks: BackgroundMetrics) -> Self {
        Self {
            db,
            migrations,
            probes: Vec::new(),
            since: Instant::now(),
            started: AtomicBool::new(false),
            draining: AtomicBool::new(false),
            tasks,
            last: Mutex::new(None),
        }
    }

    /// Looks at something else, too.
    #[must_use]
    pub fn also(mut self, probe: Arc<dyn HealthCheck>) -> Self {
        self.probes.push(probe);
        self
    }

    /// How long the server has been there.
    #[must_use]
    pub fn uptime(&self) -> Duration {
        self.since.elapsed()
    }

    /// From now on the server is not ready, whatever the database says.
    pub fn begin_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the server is about to end.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Whether everything was in order once. Then it does not look again.
    pub async fn has_started(&self) -> bool {
        self.started.load(Ordering::Relaxed) || self.report().await.is_ready()
    }

    /// Returns when everything was in order once, or when the server is about to end, whichever comes first. It makes
    /// the log name what a start waits for, even without a probe.
    pub async fn watch_start(&self) {
        while !self.is_draining() && !self.has_started().await {
            tokio::time::sleep(CACHED_FOR).await;
        }
    }

    /// Checks everything, or returns the report of less than [`CACHED_FOR`] ago. Callers that come during a check wait
    /// for its report.
    pub async fn report(&self) -> Arc<Report> {
        let mut last = self.last.lock().await;
        if let Some((when, report)) = &*last
            && when.elapsed() < CACHED_FOR
        {
            return Arc::clone(report);
        }
        let report = Arc::new(self.check().await);
        let starts = report.is_ready() && !self.started.swap(true, Ordering::Relaxed);
        if starts {
            tracing::info!("the database is connected and has the schema that this version needs");
        }
        let before = last.as_ref().map(|(_, report)| report);
        match (before.and_then(|before| before.error()), report.error()) {
            (None, Some(error)) => tracing::warn!("not ready: {error}"),
            (Some(_), None) if !starts => tracing::info!("ready again"),
            _ => {}
        }
        for check in report.checks.iter().filter(|check| !check.critical) {
            let failed_before = before.is_some_and(|before| {
                before.checks.iter().any(|other| other.name == check.name && other.error.is_some())
            });
            match &check.error {
                Some(error) if !failed_before => tracing::warn!("health check failed: {}: {error}", check.name),
                None if failed_before => tracing::info!("health check succeeds again: {}", check.name),
                _ => {}
            }
        }
        *last = Some((Instant::now(), Arc::clone(&report)));
        report
    }

    async fn check(&self) -> Report {
        let others = join_all(self.probes.iter().map(run_check));
        let ((database, migrations_pending), others) = tokio::join!(self.check_database(), others);
        let own = [check_connection_pool(self.db.status()), self.check_jobs()];
        let checks = database.into_iter().chain(own).chain(others).collect();
        Report { checks, migrations_pending }
    }

    fn check_jobs(&self) -> Check {
        let late = self.tasks.cleaning_overdue().filter(|late| *late >= CLEANING_OVERDUE_AFTER);
        let error = late.map(|late| format!("cleaning has been due for {} minutes", late.as_secs() / 60));
        Check { name: JOBS, critical: false, latency: Duration::ZERO, error }
    }

    /// The checks of the database and its schema, and how many migrations are missing. On a connection beside the pool:
    /// while requests wait for connections the database is there, and a replica that is taken out of the load balancer
    /// only moves its load to the others.
    async fn check_database(&self) -> ([Check; 2], Option<usize>) {
        let begun = Instant::now();
        let away = |error: &str| {
            let unseen = "not looked at, because the database does not answer".to_owned();
            let checks = [
                Check { name: DATABASE, critical: true, latency: begun.elapsed(), error: Some(error.to_owned()) },
                Check { name: MIGRATIONS, critical: true, latency: Duration::ZERO, error: Some(unseen) },
            ];
            (checks, None)
        };
        let mut asked_before = false;
        let ping = async {
            loop {
                let mut connection = self.db.probe().await.map_err(|error| {
                    tracing::debug!(%error, "no database connection for the health check");
                    sentence(&error)
                })?;
                match connection.batch_execute("SELECT 1").await {
                    Ok(()) => return Ok(connection),
                    // The connection may have been lost since the last check. That says nothing about a new one.
                    Err(_) if !asked_before => asked_before = true,
                    Err(error) => {
                        tracing::debug!(%error, "the database rejected SELECT 1");
                        return Err("it answers with an error");
                    }
                }
            }
        };
        let mut connection = match timeout(CHECK_TIMEOUT, ping).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => return away(error),
            Err(_) => return away("it did not answer within a second"),
        };
        let database = Check { name: DATABASE, critical: true, latency: begun.elapsed(), error: None };
        let begun = Instant::now();
        let missing = match timeout(CHECK_TIMEOUT, self.missing(&mut connection)).await {
            Ok(missing) => missing,
            Err(_) => Err("the database did not answer within a second"),
        };
        let error = match &missing {
            Ok(names) if names.is_empty() => None,
            Ok(names) => Some(format!(
                "this version needs migrations that are not applied ({}): run `migrator up`",
                names.join(", ")
            )),
            Err(error) => Some((*error).to_owned()),
        };
        let migrations = Check { name: MIGRATIONS, critical: true, latency: begun.elapsed(), error };
        ([database, migrations], missing.ok().map(|names| names.len()))
    }

    async fn missing(&self, connection: &mut AsyncPgConnection) -> Result<Vec<String>, &'static str> {
        match schema_state(connection, &self.migrations).await {
            Ok(SchemaState::UpToDate | SchemaState::Newer(_)) => Ok(Vec::new()),
            Ok(SchemaState::Missing(names)) => Ok(names),
            Err(error) => {
                tracing::debug!(%error, "applied migrations not readable");
                Err("the database refused to say which migrations are applied")
            }
        }
    }
}

/// Whether requests wait because all connections of the pool are in use. They are served all the same, only later.
fn check_connection_pool(pool: DbStatus) -> Check {
    let saturated = pool.waiting > 0 && pool.idle == 0 && pool.open >= pool.max;
    let error = saturated
        .then(|| format!("all {} connections are in use, and {} requests wait for one", pool.max, pool.waiting));
    Check { name: CONNECTION_POOL, critical: false, latency: Duration::ZERO, error }
}

async fn run_check(probe: &Arc<dyn HealthCheck>) -> Check {
    let begun = Instant::now();
    let error = match timeout(CHECK_TIMEOUT, probe.check()).await {
        Ok(result) => result.err(),
        Err(_) => Some("it did not answer within a second".to_owned()),
    };
    Check { name: probe.name(), critical: probe.critical(), latency: begun.elapsed(), error }
}

/// In constant words: the driver's message may hold addresses and names.
fn sentence(error: &DbError) -> &'static str {
    match error {
        DbError::Exhausted { .. } => "all connections are in use",
        DbError::Timeout(_) => "it did not answer in time",
        DbError::Unreachable(_) => "it cannot be reached",
        DbError::Closed => "the connections are closed, because the server is shutting down",
    }
}
