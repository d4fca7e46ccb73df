//! The pool of connections that the server works with.

use super::connect::{ConnectError, Opened, Place};
use super::metrics::DbMetrics;
use super::route::{self, Purpose, Route, Way};
use super::session::{Session, SessionLimits, Sessions};
use super::silence::{self, Loan, Loans};
use super::tls::CertificateError;
use crate::config::DatabaseConfig;
use crate::telemetry::QUERY_TARGET;
use deadpool::managed::{Object, Pool, PoolError};
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::PoolableConnection;
use futures_util::future::join_all;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::{Duration, Instant};
use thiserror::Error;
use tokio::runtime::Handle;

/// A request that waits longer for a row is better told so than kept.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
/// No transaction of ours waits for anything but the database, so one that idles has been forgotten.
const IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(60);
/// How long the connections have to say goodbye when the pool is closed.
const FAREWELL: Duration = Duration::from_secs(1);

/// How often it is looked whether enough connections wait to be used.
const WARM_INTERVAL: Duration = Duration::from_secs(10);

/// The database. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Db(Arc<Shared>);

/// What the clones of a [`Db`] share.
pub(super) struct Shared {
    pool: Pool<Sessions>,
    pub(super) loans: Arc<Loans>,
    acquire_timeout: Duration,
    /// Where connections are driven.
    runtime: Handle,
    metrics: DbMetrics,
    pub(super) route: Route,
}

/// A connection, on loan until it is dropped.
///
/// Dropped in the middle of a transaction, as when a request's sender has gone, it does not go back: its statement is cancelled and
/// it is closed at once, so that no lock outlives whom it was taken for.
pub struct DbConn {
    /// Taken only when this is dropped.
    session: Option<Object<Sessions>>,
    _loan: Loan,
    shared: Arc<Shared>,
}

/// There is no connection to be had now: in HTTP terms, 503.
#[derive(Debug, Error)]
pub enum DbError {
    /// All are taken, and none came back in time.
    #[error("all {max_conns} database connections were in use for {waited:?}")]
    Exhausted {
        /// How many there are.
        max_conns: usize,
        /// How long we waited.
        waited: Duration,
    },
    /// One was to be opened, and that took too long.
    #[error("the database did not answer within {0:?}")]
    Timeout(Duration),
    /// The database is not there, or will not have us.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The pool is closed because the server ends.
    #[error("the database connections are closed, because the server is shutting down")]
    Closed,
}

/// The pool cannot be set up.
#[derive(Debug, Error)]
pub enum DbSetupError {
    /// There is no URL. The configuration allows that in development, for the embedded database.
    #[error("DATABASE_URL is not set")]
    NoUrl,
    /// The certificates cannot be used.
    #[error(transparent)]
    Certificates(#[from] CertificateError),
    /// There is no runtime to drive connections on.
    #[error("the connection pool needs a running tokio runtime")]
    NoRuntime,
    /// The pool refused its settings.
    #[error("the connection pool cannot be built: {0}")]
    Pool(#[from] deadpool::managed::BuildError),
}

/// How many connections there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DbStatus {
    /// How many there may be.
    pub max: usize,
    /// How many are open.
    pub open: usize,
    /// How many of them are free.
    pub idle: usize,
    /// How many callers wait for one.
    pub waiting: usize,
}

impl Db {
    /// Sets the pool up. No connection is opened yet, so this succeeds while the database is away.
    ///
    /// # Errors
    /// When there is no URL, or the certificates cannot be used.
    pub fn connect(config: &DatabaseConfig) -> Result<Self, DbSetupError> {
        let route = Route::new(config)?;
        let limits = SessionLimits {
            statement: config.statement_timeout,
            lock: LOCK_TIMEOUT.min(config.statement_timeout),
            idle_in_transaction: IDLE_IN_TRANSACTION_TIMEOUT,
        };
        let runtime = Handle::try_current().map_err(|_| DbSetupError::NoRuntime)?;
        let metrics = DbMetrics::new();
        let sessions = Sessions::new(route.clone(), &limits, runtime.clone(), metrics.clone());
        let pool = Pool::builder(sessions).max_size(usize::from(config.max_conns)).build()?;
        let acquire_timeout = config.acquire_timeout;
        let shared =
            Arc::new(Shared { pool, loans: Arc::default(), acquire_timeout, runtime: runtime.clone(), metrics, route });
        runtime.spawn(silence::watch(Arc::downgrade(&shared), acquire_timeout));
        if config.url_file.is_some() {
            runtime.spawn(route::watch(Arc::downgrade(&shared)));
        }
        Ok(Self(shared))
    }

    /// Borrows a connection, for at most `DATABASE_ACQUIRE_TIMEOUT` of waiting.
    ///
    /// # Errors
    /// When there is none to be had; all of them mean that the database is unavailable for now.
    pub async fn conn(&self) -> Result<DbConn, DbError> {
        let begun = Instant::now();
        let acquired = self.acquire().await;
        self.0.metrics.waited(begun.elapsed(), acquired.as_ref().err());
        let session = acquired?;
        Ok(DbConn {
            _loan: self.0.loans.begin(session.place, Arc::clone(&session.way), session.driver.clone()),
            session: Some(session),
            shared: Arc::clone(&self.0),
        })
    }

    #[tracing::instrument(target = QUERY_TARGET, name = "wait for a connection", skip_all)]
    async fn acquire(&self) -> Result<Object<Sessions>, DbError> {
        let Shared { pool, acquire_timeout, .. } = &*self.0;
        match tokio::time::timeout(*acquire_timeout, pool.get()).await {
            Ok(Ok(session)) => Ok(session),
            Ok(Err(PoolError::Closed)) => Err(DbError::Closed),
            Ok(Err(PoolError::Backend(error))) => Err(DbError::Unreachable(error.to_string())),
            Ok(Err(other)) => Err(DbError::Unreachable(other.to_string())),
            Err(_) => {
                let status = self.status();
                Err(if status.open >= status.max {
                    DbError::Exhausted { max_conns: status.max, waited: *acquire_timeout }
                } else {
                    DbError::Timeout(*acquire_timeout)
                })
            }
        }
    }

    /// Sees to it, for ever, that so many connections wait to be used. They are renewed here as well, so that no request has to.
    pub async fn keep_warm(&self, min_idle: u16) {
        loop {
            self.warm_up(usize::from(min_idle)).await;
            tokio::time::sleep(WARM_INTERVAL).await;
        }
    }

    /// Borrows what is idle together with what is missing, and gives it all back. What is in use may go on being so.
    async fn warm_up(&self, min_idle: usize) {
        let status = self.status();
        let free = status.max.saturating_sub(status.open.saturating_sub(status.idle));
        let borrowed = join_all((0..min_idle.min(free)).map(|_| self.conn())).await;
        if let Some(error) = borrowed.iter().find_map(|connection| connection.as_ref().err()) {
            tracing::debug!(%error, "no connection could be opened ahead of need");
        }
    }

    /// How long to wait for a connection.
    pub(crate) fn acquire_timeout(&self) -> Duration {
        self.0.acquire_timeout
    }

    /// Where connections are driven, and what else is to outlive a request.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.0.runtime
    }

    /// Opens a connection of its own, beside the pool: for what listens.
    pub(crate) async fn listener(&self) -> Result<(Opened, Arc<Way>), ConnectError> {
        self.0.route.connect(Purpose::Listening).await
    }

    /// Returns when a connection that was found this way is not to be used any more, because `DATABASE_URL` has changed.
    pub(crate) async fn is_superseded(&self, way: &Way) {
        self.0.route.is_superseded(way).await;
    }

    /// How many connections there are now.
    #[must_use]
    pub fn status(&self) -> DbStatus {
        let status = self.0.pool.status();
        DbStatus { max: status.max_size, open: status.size, idle: status.available, waiting: status.waiting }
    }

    /// Adds the pool's metrics, `database_…`, to a registry.
    ///
    /// # Errors
    /// When the registry has metrics of these names, such as another pool's.
    pub fn register_metrics(&self, registry: &prometheus::Registry) -> prometheus::Result<()> {
        self.0.metrics.register(self.0.pool.clone(), registry)
    }

    /// Closes the pool: idle connections at once, those on loan when they come back. Whoever waits is told. Returns when PostgreSQL has
    /// been told of all, or after a second.
    pub async fn close(&self) {
        self.0.pool.close();
        if tokio::time::timeout(FAREWELL, self.0.pool.manager().ended()).await.is_err() {
            tracing::debug!("some connections to the database are still on loan");
        }
    }
}

impl Shared {
    /// Closes the idle connections that lead to a place, and counts them.
    pub(super) fn forget(&self, place: Place) -> usize {
        let removed = self.pool.retain(|session: &Session, _| session.place != place);
        removed.removed.len()
    }

    /// Closes the idle connections that `DATABASE_URL` no longer leads to.
    pub(super) fn forget_superseded(&self) {
        self.pool.retain(|session: &Session, _| self.route.is_current(&session.way));
    }
}

impl Deref for DbConn {
    type Target = AsyncPgConnection;

    #[expect(clippy::expect_used, reason = "only drop takes the session")]
    fn deref(&self) -> &Self::Target {
        &self.session.as_ref().expect("a session on loan is there").connection
    }
}

impl DerefMut for DbConn {
    #[expect(clippy::expect_used, reason = "only drop takes the session")]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.session.as_mut().expect("a session on loan is there").connection
    }
}

impl Drop for DbConn {
    fn drop(&mut self) {
        let Some(session) = self.session.take_if(|session| session.connection.is_broken()) else { return };
        // PostgreSQL notices that a client has gone only when it next speaks to it: a statement that waits for a lock, or works long,
        // has to be told. Not on the runtime of whoever drops this, which may be ending.
        let (cancel, tls) = (session.connection.cancel_token(), session.way.connector(Purpose::Pool).tls().clone());
        let session = Object::take(session);
        if session.driver.is_finished() {
            return;
        }
        let patience = self.shared.acquire_timeout;
        self.shared.runtime.spawn(async move {
            if let Ok(Err(error)) = tokio::time::timeout(patience, cancel.cancel_query(tls)).await {
                tracing::debug!(error = super::error_chain(&error), "an abandoned statement could not be cancelled");
            }
            drop(session);
        });
    }
}
