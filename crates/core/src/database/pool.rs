//! The pool of connections that the server works with.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use deadpool::managed::{Object, Pool, PoolError, QueueMode};
use diesel_async::AsyncPgConnection;
use futures_util::future::join_all;
use tokio::runtime::Handle;

use super::checked_out::CheckedOut;
use super::connect::{ConnectError, OpenedConnection};
use super::dead_server::DeadServerDetector;
use super::endpoint::{ConnectionPurpose, Endpoint, EndpointConfig};
use super::error::{DbError, DbSetupError, DbStatus};
use super::metrics::DbMetrics;
use super::pool_connection::{ConnectionManager, ConnectionState, SessionLimits};
use super::probe::{PROBE_STATEMENT_TIMEOUT, ProbeConn, ProbeConnection};
use super::shared::Shared;
use crate::config::DatabaseConfig;
use crate::telemetry::QUERY_TARGET;

/// A request that waits longer for a row is better told so than kept.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
/// No transaction of ours waits for anything but the database, so one that idles has been forgotten.
const IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(60);
/// How long the connections may take to close when the pool is closed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// How long the rest of an answer may take to arrive before its statement is cancelled.
const ANSWER_END_TIMEOUT: Duration = Duration::from_millis(500);
/// How long it may take to ask PostgreSQL to cancel a statement. The session keeps its place in the pool meanwhile, so
/// that clients that keep breaking off requests cannot make the server open more connections than `DATABASE_MAX_CONNS`.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(1);

/// How often the file of `DATABASE_URL` is read.
const FILE_CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// How often the pool checks whether enough connections are idle.
const WARM_INTERVAL: Duration = Duration::from_secs(10);

/// The database. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Db(Arc<Shared>);

/// A connection that is checked out until it is dropped.
///
/// Dropped in the middle of a transaction, a statement or the rows of an answer, as when a client has closed its
/// connection, it does not return to the pool: its statement is cancelled and it is closed, so that no lock outlives
/// its request, and no other request waits behind a statement whose rows are not read.
pub struct DbConn {
    /// Taken only when this is dropped.
    session: Option<Object<ConnectionManager>>,
    _checked_out: CheckedOut,
    shared: Arc<Shared>,
}

impl Db {
    /// Sets the pool up. No connection is opened yet, so this succeeds while the database is away.
    ///
    /// # Errors
    /// When there is no URL, or the certificates cannot be used.
    pub fn connect(config: &DatabaseConfig) -> Result<Self, DbSetupError> {
        let endpoint = Endpoint::new(config)?;
        let limits = SessionLimits {
            statement: config.statement_timeout,
            lock: LOCK_TIMEOUT.min(config.statement_timeout),
            idle_in_transaction: IDLE_IN_TRANSACTION_TIMEOUT,
        };
        let probe_limits =
            SessionLimits { statement: PROBE_STATEMENT_TIMEOUT, lock: PROBE_STATEMENT_TIMEOUT, ..limits };
        let runtime = Handle::try_current().map_err(|_| DbSetupError::NoRuntime)?;
        let metrics = DbMetrics::new();
        let sessions = ConnectionManager::new(endpoint.clone(), &limits, runtime.clone(), metrics.clone());
        let probe = Arc::new(ProbeConnection::new(sessions.for_purpose(ConnectionPurpose::Probe, &probe_limits)));
        // The connection that was given back last is used first: its PostgreSQL process has what it needs in the
        // caches of the processor. One client over a pool of one connection was 6 % quicker than over many in turn.
        let pool =
            Pool::builder(sessions).max_size(usize::from(config.max_conns)).queue_mode(QueueMode::Lifo).build()?;
        let acquire_timeout = config.acquire_timeout;
        let checked_out = Arc::default();
        let shared = Shared { pool, checked_out, probe, acquire_timeout, runtime: runtime.clone(), metrics, endpoint };
        let shared = Arc::new(shared);
        runtime.spawn(DeadServerDetector::default().run(Arc::downgrade(&shared), acquire_timeout));
        if config.url_file.is_some() {
            runtime.spawn(watch_url_file(Arc::downgrade(&shared)));
        }
        Ok(Self(shared))
    }

    /// Checks a connection out, after at most `DATABASE_ACQUIRE_TIMEOUT` of waiting.
    ///
    /// # Errors
    /// When there is none; all of them mean that the database is unavailable for now.
    pub async fn conn(&self) -> Result<DbConn, DbError> {
        let begun = Instant::now();
        let acquired = self.acquire().await;
        self.0.metrics.waited(begun.elapsed(), acquired.as_ref().err());
        let session = acquired?;
        Ok(DbConn {
            _checked_out: self.0.checked_out.add(
                session.address,
                Arc::clone(&session.endpoint),
                session.driver.clone(),
            ),
            session: Some(session),
            shared: Arc::clone(&self.0),
        })
    }

    #[tracing::instrument(target = QUERY_TARGET, name = "wait for a connection", skip_all)]
    async fn acquire(&self) -> Result<Object<ConnectionManager>, DbError> {
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

    /// Keeps, for ever, so many connections idle. Old ones are replaced here as well, so that no request has to.
    pub async fn keep_warm(&self, min_idle: u16) {
        loop {
            self.0.close_expired();
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
            tracing::debug!(%error, "idle connection not opened");
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

    /// The connection of health checks and metrics, beside the pool. There is one; callers wait for each other, without
    /// limit.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn probe(&self) -> Result<ProbeConn<'_>, DbError> {
        if self.0.pool.is_closed() { Err(DbError::Closed) } else { self.0.probe.get().await }
    }

    /// Opens a connection beside the pool that listens for notifications.
    pub(crate) async fn listener(&self) -> Result<(OpenedConnection, Arc<EndpointConfig>), ConnectError> {
        self.0.endpoint.connect(ConnectionPurpose::Listening).await
    }

    /// Returns when a connection of this configuration is not to be used any more, because `DATABASE_URL` has changed.
    pub(crate) async fn is_superseded(&self, config: &EndpointConfig) {
        self.0.endpoint.is_superseded(config).await;
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

    /// Closes the pool: idle connections at once, those in use when they are returned. Callers that wait get an error.
    /// Returns when all are closed, or after a second.
    pub async fn close(&self) {
        self.0.pool.close();
        let closing = async {
            self.0.probe.close().await;
            self.0.pool.manager().ended().await;
        };
        if tokio::time::timeout(CLOSE_TIMEOUT, closing).await.is_err() {
            tracing::debug!("some database connections are still in use");
        }
    }
}

impl Deref for DbConn {
    type Target = AsyncPgConnection;

    #[expect(clippy::expect_used, reason = "only drop takes the session")]
    fn deref(&self) -> &Self::Target {
        &self.session.as_ref().expect("a session that is checked out is there").connection
    }
}

impl DerefMut for DbConn {
    #[expect(clippy::expect_used, reason = "only drop takes the session")]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.session.as_mut().expect("a session that is checked out is there").connection
    }
}

impl Drop for DbConn {
    fn drop(&mut self) {
        let Some(mut session) = self.session.take() else { return };
        match session.state() {
            // Dropped here, it returns to the pool.
            ConnectionState::Idle => {}
            // Its connection is lost already.
            ConnectionState::Abandoned if session.driver.is_finished() => drop(Object::take(session)),
            // Not on the runtime of the caller, which may be ending.
            ConnectionState::Abandoned => drop(self.shared.runtime.spawn(close_abandoned(session))),
            ConnectionState::Answering => drop(self.shared.runtime.spawn(async move {
                // After an error, or for the last rows, PostgreSQL needs a moment. There is nothing wrong with such a
                // connection.
                if tokio::time::timeout(ANSWER_END_TIMEOUT, session.answers.completed()).await.is_err() {
                    close_abandoned(session).await;
                }
            })),
        }
    }
}

/// Cancels the statement of a session and closes it. PostgreSQL notices that a client has gone only when it next sends
/// something: a statement that waits for a lock, or works long, has to be cancelled.
async fn close_abandoned(session: Object<ConnectionManager>) {
    if let Ok(Err(error)) = tokio::time::timeout(CANCEL_TIMEOUT, session.cancel()).await {
        tracing::debug!(%error, "abandoned statement not cancelled");
    }
    drop(Object::take(session));
}

/// Follows the file of `DATABASE_URL` for as long as there is a pool, and closes idle connections of earlier URLs.
async fn watch_url_file(pool: Weak<Shared>) {
    loop {
        tokio::time::sleep(FILE_CHECK_INTERVAL).await;
        let Some(endpoint) = pool.upgrade().map(|shared| shared.endpoint.clone()) else { return };
        let current = endpoint.current();
        endpoint.read_file(&current).await;
        let Some(shared) = pool.upgrade() else { return };
        shared.close_superseded();
        shared.probe.close_unusable();
    }
}
