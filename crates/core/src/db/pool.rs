//! The pool of connections that the server works with.

use super::connect::{ConnectError, Connector, SessionLimits};
use super::tls::CertificateError;
use crate::config::DatabaseConfig;
use deadpool::managed::{Hook, HookError};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::deadpool::{Object, Pool, PoolError};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolableConnection, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use std::ops::{Deref, DerefMut};
use std::time::Duration;
use thiserror::Error;
use tokio::runtime::Handle;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What the database sees as our name, unless the URL has another.
const APPLICATION_NAME: &str = "clockwork-server";
/// A request that waits longer for a row is better told so than kept.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
/// No transaction of ours waits for anything but the database, so one that idles has been forgotten.
const IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(60);
/// A connection is replaced at this age, so that a moved database or a changed role is followed, and memory that
/// PostgreSQL gathers per session is freed.
const MAX_AGE: Duration = Duration::from_secs(30 * 60);

/// The database. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Db {
    pool: Pool<AsyncPgConnection>,
    acquire_timeout: Duration,
    /// For cancellations, each of which is a connection of its own.
    tls: MakeRustlsConnect,
}

/// A connection, on loan until it is dropped.
///
/// Dropped in the middle of a transaction, as when a request's sender has gone, it does not go back: its statement is cancelled and
/// it is closed at once, so that no lock outlives whom it was taken for.
pub struct DbConn {
    /// Taken only when this is dropped.
    connection: Option<Object<AsyncPgConnection>>,
    tls: MakeRustlsConnect,
    /// How long the cancellation may take.
    patience: Duration,
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
        let url = config.url.as_ref().ok_or(DbSetupError::NoUrl)?;
        let connector = Connector::new(url, config.authorities.as_ref(), config.acquire_timeout, APPLICATION_NAME)?;
        let limits = SessionLimits {
            statement: config.statement_timeout,
            lock: LOCK_TIMEOUT.min(config.statement_timeout),
            idle_in_transaction: IDLE_IN_TRANSACTION_TIMEOUT,
        };
        let begin = limits.to_sql();
        let mut manager = ManagerConfig::default();
        // A closed connection is noticed without asking the server, so no request pays a round trip for it.
        manager.recycling_method = RecyclingMethod::Fast;
        let tls = connector.tls().clone();
        manager.custom_setup = Box::new(move |_url| open(connector.clone(), begin.clone()).boxed());
        let pool = Pool::builder(AsyncDieselConnectionManager::new_with_config("", manager))
            .max_size(usize::from(config.max_conns))
            .pre_recycle(Hook::sync_fn(|_, metrics| {
                if metrics.age() > MAX_AGE { Err(HookError::message("the connection is old")) } else { Ok(()) }
            }))
            .build()?;
        Ok(Self { pool, acquire_timeout: config.acquire_timeout, tls })
    }

    /// Borrows a connection, for at most `DATABASE_ACQUIRE_TIMEOUT` of waiting.
    ///
    /// # Errors
    /// When there is none to be had; all of them mean that the database is unavailable for now.
    pub async fn conn(&self) -> Result<DbConn, DbError> {
        match tokio::time::timeout(self.acquire_timeout, self.pool.get()).await {
            Ok(Ok(connection)) => {
                Ok(DbConn { connection: Some(connection), tls: self.tls.clone(), patience: self.acquire_timeout })
            }
            Ok(Err(PoolError::Closed)) => Err(DbError::Closed),
            Ok(Err(PoolError::Backend(error))) => Err(DbError::Unreachable(error.to_string())),
            Ok(Err(other)) => Err(DbError::Unreachable(other.to_string())),
            Err(_) => {
                let status = self.status();
                Err(if status.open >= status.max {
                    DbError::Exhausted { max_conns: status.max, waited: self.acquire_timeout }
                } else {
                    DbError::Timeout(self.acquire_timeout)
                })
            }
        }
    }

    /// How many connections there are now.
    #[must_use]
    pub fn status(&self) -> DbStatus {
        let status = self.pool.status();
        DbStatus { max: status.max_size, open: status.size, idle: status.available, waiting: status.waiting }
    }

    /// Closes the pool: idle connections at once, those on loan when they come back. Whoever waits is told.
    pub fn close(&self) {
        self.pool.close();
    }
}

async fn open(connector: Connector, begin: String) -> ConnectionResult<AsyncPgConnection> {
    let (client, connection) =
        connector.connect().await.map_err(|error: ConnectError| ConnectionError::BadConnection(error.to_string()))?;
    let mut connection = AsyncPgConnection::try_from_client_and_connection(client, connection).await?;
    connection.batch_execute(&begin).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

impl Deref for DbConn {
    type Target = AsyncPgConnection;

    #[expect(clippy::expect_used, reason = "only drop takes the connection")]
    fn deref(&self) -> &Self::Target {
        self.connection.as_ref().expect("a connection on loan is there")
    }
}

impl DerefMut for DbConn {
    #[expect(clippy::expect_used, reason = "only drop takes the connection")]
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.connection.as_mut().expect("a connection on loan is there")
    }
}

impl Drop for DbConn {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take_if(|connection| connection.is_broken()) else { return };
        // PostgreSQL notices that a client has gone only when it next speaks to it: a statement that waits for a lock, or works long,
        // has to be told. Without a runtime nobody can tell it, and the connection is only closed.
        let cancel = connection.cancel_token();
        let connection = Object::take(connection);
        if let Ok(runtime) = Handle::try_current() {
            let (tls, patience) = (self.tls.clone(), self.patience);
            runtime.spawn(async move {
                if let Ok(Err(error)) = tokio::time::timeout(patience, cancel.cancel_query(tls)).await {
                    tracing::debug!(
                        error = super::error_chain(&error),
                        "an abandoned statement could not be cancelled"
                    );
                }
                drop(connection);
            });
        }
    }
}
