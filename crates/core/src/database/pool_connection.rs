//! One connection of the pool: the statements that begin it, what it is doing, and whether it can be used again.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use thiserror::Error;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio_postgres::SimpleQueryMessage;

use super::connect::{ConnectError, OpenedConnection, ServerAddress};
use super::endpoint::{ConnectionPurpose, Endpoint, EndpointConfig};
use super::failure;
use super::metrics::{DbMetrics, QueryWatch};
use super::transport::AnswerTracker;

/// A connection is replaced at this age, so that a moved database or a changed role is followed, and memory that
/// PostgreSQL gathers per session is freed.
pub(super) const MAX_AGE: Duration = Duration::from_secs(30 * 60);
/// How often all connections are replaced at most because one of them led to a server that takes no writes.
const RENEWAL_INTERVAL: Duration = Duration::from_secs(1);

/// A connection of the pool.
pub(super) struct PoolConnection {
    pub(super) connection: AsyncPgConnection,
    /// The server at its other end.
    pub(super) address: ServerAddress,
    /// The configuration that it was opened by.
    pub(super) endpoint: Arc<EndpointConfig>,
    /// The task that moves its bytes. If it is aborted, callers that wait for an answer get an error.
    pub(super) driver: AbortHandle,
    /// How much of the server's answers has arrived.
    pub(super) answers: Arc<AnswerTracker>,
    /// Statements that were begun and whose answer has not begun to arrive.
    in_flight: Arc<AtomicUsize>,
    /// Whether it leads to a server that has become read-only.
    demoted: Arc<AtomicBool>,
}

/// What a session is doing when its user lets go of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConnectionState {
    /// Nothing: everything is answered.
    Idle,
    /// The end of an answer is on its way. After an error that is a matter of milliseconds; after a row stream that was
    /// dropped it may be a million rows.
    Answering,
    /// A statement runs, or a transaction is open, or the connection is lost.
    Abandoned,
}

impl PoolConnection {
    /// What the session is doing. diesel-async itself only notices open transactions.
    pub(super) fn state(&mut self) -> ConnectionState {
        if self.connection.is_broken() || self.in_flight.load(Ordering::Relaxed) > 0 {
            ConnectionState::Abandoned
        } else if self.answers.are_complete() {
            ConnectionState::Idle
        } else {
            ConnectionState::Answering
        }
    }

    /// Asks PostgreSQL to cancel the statement that runs.
    pub(super) async fn cancel(&self) -> Result<(), ConnectError> {
        let token = self.connection.cancel_token();
        self.endpoint.connector(ConnectionPurpose::Pool).cancel(self.address, &token).await
    }
}

/// Opens sessions, and says which may be used again.
pub(super) struct ConnectionManager {
    endpoint: Endpoint,
    purpose: ConnectionPurpose,
    /// The statements that begin every session.
    begin: String,
    /// Where connections are driven. Not where they happen to be opened: a worker that ends must not take along the
    /// connection that another one works with.
    runtime: Handle,
    /// Connections from before are not used again.
    renewed: Arc<Mutex<Instant>>,
    /// How many connections there are, the closing ones included.
    alive: watch::Sender<usize>,
    metrics: DbMetrics,
    /// Whether the log has a warning about the language of messages.
    language_warned: Arc<AtomicBool>,
}

/// No session could be opened.
#[derive(Debug, Error)]
pub(super) enum OpenError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("the runtime that drives connections has ended")]
    Ending,
    #[error("the session could not be set up: {0}")]
    SetUp(#[from] diesel::ConnectionError),
    #[error("the session could not be set up: {0}")]
    Begin(#[from] tokio_postgres::Error),
}

impl ConnectionManager {
    pub(super) fn new(endpoint: Endpoint, limits: &SessionLimits, runtime: Handle, metrics: DbMetrics) -> Self {
        Self {
            endpoint,
            purpose: ConnectionPurpose::Pool,
            begin: limits.to_sql(),
            runtime,
            renewed: Arc::new(Mutex::new(Instant::now())),
            alive: watch::Sender::new(0),
            metrics,
            language_warned: Arc::default(),
        }
    }

    /// The same for another purpose: what is learned of the server, as that it has become read-only, counts for both.
    pub(super) fn for_purpose(&self, purpose: ConnectionPurpose, limits: &SessionLimits) -> Self {
        Self {
            endpoint: self.endpoint.clone(),
            purpose,
            begin: limits.to_sql(),
            runtime: self.runtime.clone(),
            renewed: Arc::clone(&self.renewed),
            alive: self.alive.clone(),
            // Its statements are not those of requests, whose number per request is watched.
            metrics: DbMetrics::new(),
            language_warned: Arc::clone(&self.language_warned),
        }
    }

    /// Watches the statements of a session from now on.
    fn watch(&self, session: &mut PoolConnection) {
        let (demoted, renewed) = (Arc::clone(&session.demoted), Arc::clone(&self.renewed));
        session.in_flight = Arc::default();
        let queries = self.metrics.watch(Arc::clone(&session.in_flight));
        session.connection.set_instrumentation(ConnectionWatch { demoted, renewed, queries });
    }

    /// Returns when the last connection is closed.
    pub(super) async fn ended(&self) {
        // Fails only without a sender, and there is one.
        let _ = self.alive.subscribe().wait_for(|alive| *alive == 0).await;
    }

    /// Opens a session.
    pub(super) async fn open(&self) -> Result<PoolConnection, OpenError> {
        let mut opening = JoinSet::new();
        let (endpoint, purpose) = (self.endpoint.clone(), self.purpose);
        // A socket belongs to the runtime that it was opened on.
        opening.spawn_on(async move { endpoint.connect(purpose).await }, &self.runtime);
        let Some(opened) = opening.join_next().await else { return Err(OpenError::Ending) };
        let (OpenedConnection { client, connection, address, answers }, endpoint) =
            opened.map_err(|_| OpenError::Ending)??;
        let alive = CountedConnection::new(&self.alive);
        let driver = self.runtime.spawn(async move {
            let _alive = alive;
            if let Err(error) = connection.await {
                tracing::info!(error = super::error_chain(&error), "database connection lost");
            }
        });
        let driver = driver.abort_handle();
        // Not by diesel, which would not tell what the last of these statements answers.
        for answer in client.simple_query(&self.begin).await? {
            if let SimpleQueryMessage::Row(row) = answer
                && let Ok(Some(language)) = row.try_get(SessionLimits::LANGUAGE)
                && failure::is_translated(language)
                && !self.language_warned.swap(true, Ordering::Relaxed)
            {
                tracing::warn!(
                    language,
                    "PostgreSQL translates its messages and the role may not change that: some temporary failures are answered 500 instead of 503; GRANT SET ON PARAMETER lc_messages to the role"
                );
            }
        }
        let connection = AsyncPgConnection::try_from(client).await?;
        let demoted = Arc::new(AtomicBool::new(false));
        let in_flight = Arc::default();
        let mut session = PoolConnection { connection, address, endpoint, driver, answers, in_flight, demoted };
        self.watch(&mut session);
        Ok(session)
    }

    /// Prepares a session for its next user, or says why it must be closed.
    pub(super) fn reuse(&self, session: &mut PoolConnection, opened: Instant) -> Result<(), &'static str> {
        let renewed = *self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        if session.state() != ConnectionState::Idle {
            Err("the connection is broken")
        } else if opened.elapsed() > MAX_AGE {
            Err("the connection is old")
        } else if session.demoted.load(Ordering::Relaxed) || opened < renewed {
            Err("the server has become read-only")
        } else if !self.endpoint.is_current(&session.endpoint) {
            Err("DATABASE_URL has changed")
        } else {
            // A closed connection is noticed without asking the server, so no request pays a round trip for it.
            self.watch(session);
            Ok(())
        }
    }
}

impl Manager for ConnectionManager {
    type Type = PoolConnection;
    type Error = OpenError;

    async fn create(&self) -> Result<PoolConnection, OpenError> {
        self.open().await
    }

    async fn recycle(&self, session: &mut PoolConnection, metrics: &Metrics) -> RecycleResult<OpenError> {
        self.reuse(session, metrics.created).map_err(RecycleError::message)
    }
}

/// Sees the statements of a session: their times, and whether the server refuses to write.
struct ConnectionWatch {
    demoted: Arc<AtomicBool>,
    renewed: Arc<Mutex<Instant>>,
    queries: QueryWatch,
}

impl Instrumentation for ConnectionWatch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if refused_to_write(&event) {
            self.demoted.store(true, Ordering::Relaxed);
            let mut renewed = self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
            if renewed.elapsed() >= RENEWAL_INTERVAL {
                *renewed = Instant::now();
            }
        }
        self.queries.on_connection_event(event);
    }
}

/// After a failover, the server that was the primary may live on as a standby. It can never be right for us again.
fn refused_to_write(event: &InstrumentationEvent<'_>) -> bool {
    let InstrumentationEvent::FinishQuery { error: Some(error), .. } = event else { return false };
    matches!(error, QueryError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _))
}

/// Counts a connection for as long as it lives.
struct CountedConnection(watch::Sender<usize>);

impl CountedConnection {
    fn new(count: &watch::Sender<usize>) -> Self {
        count.send_modify(|alive| *alive += 1);
        Self(count.clone())
    }
}

impl Drop for CountedConnection {
    fn drop(&mut self) {
        self.0.send_modify(|alive| *alive -= 1);
    }
}

/// The limits of a session.
pub(crate) struct SessionLimits {
    /// How long a statement may run; zero for any time.
    pub(crate) statement: Duration,
    /// How long a statement may wait for a lock.
    pub(crate) lock: Duration,
    /// How long a transaction may do nothing.
    pub(crate) idle_in_transaction: Duration,
}

impl SessionLimits {
    /// The column in which [`Self::to_sql`] answers what language messages come in.
    const LANGUAGE: &str = "language";

    /// The statements that begin every session. UTC, so that no text of a time depends on the server's place. READ
    /// COMMITTED, because rules that wait for a lock must then see what its holder committed, whatever the cluster's
    /// default is. Messages untranslated, because some errors are told by them; that is a superuser's to set, or of
    /// whom `GRANT SET ON PARAMETER lc_messages` names.
    ///
    /// Reports are asked in texts that differ, so that compiling them (`jit`) takes as long as it saves. Their groups
    /// are at most some 20,000, which fit into eight times the usual memory of a hash table; without that PostgreSQL
    /// sorts all entries on the disk.
    ///
    /// A page that an index names costs little more than the next one, on the disks of today and in memory. With
    /// PostgreSQL's default of four times as much, a report on a year reads the entries of all years. A database or
    /// role that has been given another number keeps it.
    pub(crate) fn to_sql(&self) -> String {
        format!(
            "SET TIME ZONE 'UTC'; SET default_transaction_isolation = 'read committed'; SET jit = off; SET hash_mem_multiplier = 8; SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; \
             SELECT set_config('random_page_cost', '1.1', false) WHERE current_setting('random_page_cost') = '4'; \
             SELECT set_config('lc_messages', 'C', false) WHERE has_parameter_privilege('lc_messages', 'SET'); \
             SELECT current_setting('lc_messages') AS {}",
            self.statement.as_millis(),
            self.lock.as_millis(),
            self.idle_in_transaction.as_millis(),
            Self::LANGUAGE,
        )
    }
}
