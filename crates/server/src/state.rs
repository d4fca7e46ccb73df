//! The state of the application, which all requests share. Handlers and extractors take it from here, so it knows
//! nothing of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::HttpRequest;
use actix_web::web::Data;
use clockwork_core::access::{Actor, Caller};
use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use clockwork_core::config::AuthMode;
use clockwork_core::database::Db;
use clockwork_core::events::{Hub, StreamIntervals};
use clockwork_core::operations::background_metrics::BackgroundMetrics;
use clockwork_core::operations::health::Health;
use clockwork_core::operations::redis::Redis;
use clockwork_core::operations::tag_deletions::TagDeletions;
use clockwork_core::values::clock::Clock;
use clockwork_core::values::ids::WorkspaceId;

use crate::error::{ApiError, ApiResult};
use crate::import_budget::ImportBudget;
use crate::metrics::{Metrics, memory};

/// The identity behind a request.
#[derive(Clone, Copy, Debug)]
pub enum Identity {
    /// The request carries no credentials that the server knows.
    Unknown,
    /// A user. The role is looked up in the workspace of the path, or in this one if the path names none.
    Actor(Actor, WorkspaceId),
    /// A caller with a known role.
    Caller(Caller),
}

/// Identifies a request, or leaves it to the configured [`AuthMode`]. Tests and benchmarks act as several users by
/// it.
pub type Identify = dyn Fn(&HttpRequest) -> Option<Identity> + Send + Sync;

/// What all requests share: the pool, the clock, health, metrics and the live updates.
pub struct AppState {
    /// The database.
    pub db: Db,
    /// Where the time comes from.
    pub clock: Clock,
    /// How callers are told apart.
    pub auth_mode: AuthMode,
    /// What the probes ask.
    pub health: Arc<Health>,
    /// What the monitoring is told.
    pub metrics: Arc<Metrics>,
    /// Metrics of background tasks.
    pub background: BackgroundMetrics,
    /// The Redis that servers share, if there is one.
    pub redis: Option<Redis>,
    /// Where live updates come from; also knows how many streams are open.
    pub events: Hub,
    /// What finishes the deletion of tags that are on many entries.
    pub(crate) tag_deletions: TagDeletions,
    /// How much is imported at once.
    pub(crate) imports: ImportBudget,
    /// Whether the rows of the built-in user, the caller without accounts, are known to exist.
    pub(crate) built_in: BuiltIn,
    /// Identifies requests in tests and benchmarks; `None` in the server's binary.
    identify: Option<Box<Identify>>,
}

impl AppState {
    /// A state for a server that is about to start.
    #[expect(
        clippy::expect_used,
        reason = "the names of the metrics are constants of the program, and every test makes them all"
    )]
    pub fn new(db: Db, clock: Clock, auth_mode: AuthMode, health: Arc<Health>, background: BackgroundMetrics) -> Self {
        let metrics =
            Metrics::new(db.clone(), Arc::clone(&health), &background).expect("each metric has a name of its own");
        let events = Hub::new(db.clone(), StreamIntervals::default());
        let (metrics, built_in) = (Arc::new(metrics), BuiltIn::default());
        let tag_deletions = TagDeletions::start(&db, clock.clone(), background.clone());
        let imports = ImportBudget::new(memory::limit(), db.status().max);
        Self {
            db,
            clock,
            auth_mode,
            health,
            metrics,
            background,
            redis: None,
            events,
            tag_deletions,
            imports,
            built_in,
            identify: None,
        }
    }

    /// With a function that names callers, for tests and benchmarks. No configuration leads here: the server's binary
    /// never calls this.
    #[must_use]
    pub fn with_callers(self, identify: impl Fn(&HttpRequest) -> Option<Identity> + Send + Sync + 'static) -> Self {
        Self { identify: Some(Box::new(identify)), ..self }
    }

    /// With what servers share.
    #[must_use]
    pub fn with_redis(self, redis: Option<Redis>) -> Self {
        Self { redis, ..self }
    }

    /// The identity behind a request, without a database query.
    pub fn identity(&self, req: &HttpRequest) -> Identity {
        let identified = self.identify.as_ref().and_then(|identify| identify(req));
        identified.unwrap_or(match self.auth_mode {
            AuthMode::None => Identity::Caller(BUILT_IN_CALLER),
        })
    }

    /// The state behind a request.
    ///
    /// # Errors
    /// 500 if the application was built without its state.
    pub fn of(req: &HttpRequest) -> ApiResult<&Self> {
        let state = req.app_data::<Data<Self>>().map(|state| state.as_ref());
        state.ok_or_else(|| ApiError::internal(anyhow::anyhow!("the application was built without its state")))
    }
}

/// Whether the built-in user and workspace are known to be in the database, so that not every request has to look.
#[derive(Debug, Default)]
pub(crate) struct BuiltIn(AtomicBool);

impl BuiltIn {
    pub(crate) fn is_known(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set_known(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn forget(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
