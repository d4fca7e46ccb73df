//! The state of the application, which all requests share. Handlers and extractors take it from here, so it knows
//! nothing of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::HttpRequest;
use actix_web::web::Data;
use clockwork_core::access::{Actor, Caller};
use clockwork_core::accounts::credentials::{Credentials, Owner};
use clockwork_core::accounts::notices::{NoMail, Notify};
use clockwork_core::accounts::passwords::PasswordHasher;
use clockwork_core::accounts::sessions::SessionLimits;
use clockwork_core::accounts::setup;
use clockwork_core::config::{AuthConfig, AuthMode};
use clockwork_core::database::Db;
use clockwork_core::events::{Hub, StreamIntervals};
use clockwork_core::mail::Mailer;
use clockwork_core::operations::background_metrics::BackgroundMetrics;
use clockwork_core::operations::health::Health;
use clockwork_core::operations::redis::Redis;
use clockwork_core::operations::tag_deletions::TagDeletions;
use clockwork_core::values::clock::Clock;
use clockwork_core::values::ids::WorkspaceId;
use diesel_async::AsyncPgConnection;
use tokio::sync::Semaphore;

use crate::error::{ApiError, ApiResult, ErrorCode};
use crate::import_budget::ImportBudget;
use crate::metrics::{Metrics, memory};
use crate::sign_on::Providers;

/// The identity behind a request.
#[derive(Clone, Copy, Debug)]
pub enum Identity {
    /// The request carries no credentials that the server knows.
    Unknown,
    /// A user. The role is looked up in the workspace of the path, or in this one if the path names none.
    Actor(Actor, WorkspaceId),
    /// A caller with a known role.
    Caller(Caller),
    /// That of the owner of a session or a token.
    Owner(Owner),
}

impl Identity {
    /// The user, and how the server knows.
    #[must_use]
    pub fn actor(&self) -> Option<Actor> {
        match self {
            Self::Unknown => None,
            Self::Actor(actor, _) => Some(*actor),
            Self::Caller(caller) => Some(caller.actor),
            Self::Owner(owner) => Some(owner.actor),
        }
    }
}

/// Identifies a request, or leaves it to its credentials. Tests and benchmarks act as several users by
/// it.
pub type Identify = dyn Fn(&HttpRequest) -> Option<Identity> + Send + Sync;

/// What all requests share: the pool, the clock, health, metrics and the live updates.
pub struct AppState {
    /// The database.
    pub db: Db,
    /// Where the time comes from.
    pub clock: Clock,
    /// How callers are told apart, and how they sign in.
    pub auth: AuthConfig,
    /// The owners of the secrets that requests carry.
    pub credentials: Credentials,
    /// What hashes passwords, only so many at once.
    pub passwords: PasswordHasher,
    /// What tells users of their accounts by mail.
    pub notify: Box<dyn Notify>,
    /// The providers of single sign-on.
    pub(crate) providers: Providers,
    /// Whether the installation is known to be set up.
    pub(crate) installation: Installation,
    /// What the probes ask.
    pub health: Arc<Health>,
    /// What the monitoring is told.
    pub metrics: Arc<Metrics>,
    /// Metrics of background tasks.
    pub background: BackgroundMetrics,
    /// The Redis that servers share, if there is one.
    pub redis: Option<Redis>,
    /// Sends mail, and makes the links in it.
    pub mailer: Mailer,
    /// Where live updates come from; also knows how many streams are open.
    pub events: Hub,
    /// What finishes the deletion of tags that are on many entries.
    pub(crate) tag_deletions: TagDeletions,
    /// How much is imported at once.
    pub(crate) imports: ImportBudget,
    /// How many reports are exported at once: each holds a connection.
    pub(crate) exports: Arc<Semaphore>,
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
    pub fn new(db: Db, clock: Clock, auth: &AuthConfig, health: Arc<Health>, background: BackgroundMetrics) -> Self {
        let metrics =
            Metrics::new(db.clone(), Arc::clone(&health), &background).expect("each metric has a name of its own");
        let events = Hub::new(db.clone(), StreamIntervals::default());
        let (metrics, built_in) = (Arc::new(metrics), BuiltIn::default());
        let tag_deletions = TagDeletions::start(&db, clock.clone(), background.clone());
        let imports = ImportBudget::new(memory::limit(), db.status().max);
        let providers = Providers::new(&auth.providers).unwrap_or_else(|error| {
            tracing::error!(%error, "single sign-on is off: there can be no client of HTTP");
            Providers::default()
        });
        let limits = SessionLimits { idle: auth.session_idle, age: auth.session_age };
        let exports = Arc::new(Semaphore::new((db.status().max / 4).max(1)));
        Self {
            db,
            clock,
            auth: auth.clone(),
            credentials: Credentials::new(limits),
            passwords: PasswordHasher::default(),
            notify: Box::new(NoMail),
            providers,
            installation: Installation::default(),
            health,
            metrics,
            background,
            redis: None,
            mailer: Mailer::off(""),
            events,
            tag_deletions,
            imports,
            exports,
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

    /// The same with a mailer.
    #[must_use]
    pub fn with_mailer(self, mailer: Mailer) -> Self {
        Self { mailer, ..self }
    }

    /// With what servers share.
    #[must_use]
    pub fn with_redis(self, redis: Option<Redis>) -> Self {
        Self { redis, ..self }
    }

    /// With what tells users of their accounts by mail.
    #[must_use]
    pub fn with_notify(self, notify: impl Notify + 'static) -> Self {
        Self { notify: Box::new(notify), ..self }
    }

    /// The identity that the function of a test or a benchmark gives a request.
    pub(crate) fn identified(&self, req: &HttpRequest) -> Option<Identity> {
        self.identify.as_ref().and_then(|identify| identify(req))
    }

    /// Refuses what is about accounts where there are none.
    ///
    /// # Errors
    /// With `AUTH_MODE=none`.
    pub(crate) fn accounts(&self) -> ApiResult<()> {
        match self.auth.mode {
            AuthMode::Accounts => Ok(()),
            AuthMode::None => {
                let message = "this server has no accounts (AUTH_MODE=none): every request is the one user's";
                Err(ApiError::new(ErrorCode::AccountsDisabled, message))
            }
        }
    }

    /// Refuses what is about passwords where users sign in with a provider only.
    ///
    /// # Errors
    /// With `AUTH_MODE=none`, or `AUTH_PASSWORDS=false`.
    pub(crate) fn password_accounts(&self) -> ApiResult<()> {
        self.accounts()?;
        if self.auth.passwords {
            return Ok(());
        }
        let message = "users of this server sign in with a provider (AUTH_PASSWORDS=false)";
        Err(ApiError::new(ErrorCode::PasswordsDisabled, message))
    }

    /// Whether the server can send mail with links that lead to it.
    pub(crate) fn mail_is_set_up(&self) -> bool {
        self.notify.is_set_up()
    }

    /// Whether the installation waits for its first administrator.
    pub(crate) async fn setup_needed(&self, conn: &mut AsyncPgConnection) -> ApiResult<bool> {
        if self.auth.mode == AuthMode::None || self.installation.is_set_up() {
            return Ok(false);
        }
        let needed = setup::is_needed(conn).await?;
        if !needed {
            self.installation.set_up();
        }
        Ok(needed)
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

/// Whether the installation is known to have an administrator, so that not every visitor makes the server look.
#[derive(Debug, Default)]
pub(crate) struct Installation(AtomicBool);

impl Installation {
    pub(crate) fn is_set_up(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set_up(&self) {
        self.0.store(true, Ordering::Relaxed);
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
