//! What Prometheus is told. docs/METRICS.md has the list, and the meaning of each.

mod endpoint;
pub(crate) mod memory;
mod requests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use clockwork_core::VERSION;
use clockwork_core::database::Db;
use clockwork_core::operations::background_metrics::BackgroundMetrics;
use clockwork_core::operations::health::Health;
use clockwork_core::telemetry::metrics::{gauge, gauges};
use clockwork_core::tracking::timer;
use prometheus::{IntGauge, IntGaugeVec, Registry, TextEncoder};
use tokio::sync::Mutex;
use tokio::time::timeout;

pub use endpoint::MetricsEndpoint;
pub use requests::{InFlight, RequestMetrics, known_method};

/// How long the number of running timers is good for: it is the same from every replica, and each asks for itself.
const TIMERS_CACHED_FOR: Duration = Duration::from_secs(10);

/// How long a scrape waits for that number, which is left out afterwards. Shorter than a health check, which waits for
/// the same connection.
const TIMERS_TIMEOUT: Duration = Duration::from_millis(500);

/// The metrics of a server.
pub struct Metrics {
    /// Those of requests.
    pub requests: RequestMetrics,
    streams: IntGauge,
    database_up: IntGauge,
    ready: IntGauge,
    /// Absent when it is not known, as the next one.
    migrations_pending: IntGaugeVec,
    timers_running: IntGaugeVec,
    timers: Mutex<Option<(Instant, Option<i64>)>>,
    registry: Registry,
    db: Db,
    health: Arc<Health>,
}

/// An event stream that is open. It counts until it is dropped.
pub struct OpenStream(IntGauge);

impl Metrics {
    /// Nothing has happened yet.
    ///
    /// # Errors
    /// When two metrics have the same name.
    pub fn new(db: Db, health: Arc<Health>, background: &BackgroundMetrics) -> prometheus::Result<Self> {
        let registry = Registry::new();
        let build = gauges("clockwork_build_info", "Which build this is.", &["version"]);
        build.with_label_values(&[VERSION]).set(1);
        registry.register(Box::new(build))?;
        db.register_metrics(&registry)?;
        background.register_metrics(&registry)?;
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        if let Some(bytes) = memory::limit().and_then(|bytes| i64::try_from(bytes).ok()) {
            let limit = gauge("process_memory_limit_bytes", "Memory that the process may use.");
            limit.set(bytes);
            registry.register(Box::new(limit))?;
        }
        let metrics = Self {
            requests: RequestMetrics::new(&registry)?,
            streams: gauge("clockwork_event_streams", "Event streams that are open."),
            database_up: gauge("database_up", "Whether the database answered when it was last looked at."),
            ready: gauge("clockwork_ready", "What the readiness probe says."),
            migrations_pending: gauges(
                "clockwork_migrations_pending",
                "Migrations that this version needs and that are not applied.",
                &[],
            ),
            timers_running: gauges("clockwork_timers_running", "Running timers in the whole database.", &[]),
            timers: Mutex::new(None),
            registry,
            db,
            health,
        };
        for gauge in [&metrics.streams, &metrics.database_up, &metrics.ready] {
            metrics.registry.register(Box::new(gauge.clone()))?;
        }
        for gauge in [&metrics.migrations_pending, &metrics.timers_running] {
            metrics.registry.register(Box::new(gauge.clone()))?;
        }
        Ok(metrics)
    }

    /// Counts an event stream while what is returned lives.
    #[must_use]
    pub fn stream(&self) -> OpenStream {
        self.streams.inc();
        OpenStream(self.streams.clone())
    }

    /// Everything, in Prometheus' text format. Queries the database, for seconds at most, on the probe's connection: a
    /// scrape neither waits for a connection of the pool nor takes one from a request.
    ///
    /// # Errors
    /// When a metric cannot be written.
    pub async fn text(&self) -> prometheus::Result<String> {
        let report = self.health.report().await;
        let up = report.has_database();
        self.database_up.set(up.into());
        self.ready.set((report.is_ready() && !self.health.is_draining()).into());
        let pending = report.migrations_pending.and_then(|number| i64::try_from(number).ok());
        set(&self.migrations_pending, pending);
        set(&self.timers_running, if up { self.running_timers().await } else { None });
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }

    async fn running_timers(&self) -> Option<i64> {
        let mut last = self.timers.lock().await;
        if let Some((when, number)) = *last
            && when.elapsed() < TIMERS_CACHED_FOR
        {
            return number;
        }
        let counted = timeout(TIMERS_TIMEOUT, async {
            let mut conn = self.db.probe().await.ok()?;
            timer::count_running(&mut conn).await.ok()
        });
        let number = counted.await.ok().flatten();
        *last = Some((Instant::now(), number));
        number
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn set(gauge: &IntGaugeVec, value: Option<i64>) {
    match value {
        Some(value) => gauge.with_label_values::<&str>(&[]).set(value),
        None => gauge.reset(),
    }
}
