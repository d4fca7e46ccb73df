//! The pool of connections that the server works with.

use super::connect::{ConnectError, Connector, SessionLimits};
use super::tls::CertificateError;
use crate::config::DatabaseConfig;
use deadpool::managed::{Hook, HookError};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::deadpool::{Object, Pool, PoolError};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use std::ops::{Deref, DerefMut};
use std::time::Duration;
use thiserror::Error;

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
}

/// A connection, on loan until it is dropped.
pub struct DbConn(Object<AsyncPgConnection>);

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
        manager.custom_setup = Box::new(move |_url| open(connector.clone(), begin.clone()).boxed());
        let pool = Pool::builder(AsyncDieselConnectionManager::new_with_config("", manager))
            .max_size(usize::from(config.max_conns))
            .pre_recycle(Hook::sync_fn(|_, metrics| {
                if metrics.age() > MAX_AGE { Err(HookError::message("the connection is old")) } else { Ok(()) }
            }))
            .build()?;
        Ok(Self { pool, acquire_timeout: config.acquire_timeout })
    }

    /// Borrows a connection, for at most `DATABASE_ACQUIRE_TIMEOUT` of waiting.
    ///
    /// # Errors
    /// When there is none to be had; all of them mean that the database is unavailable for now.
    pub async fn conn(&self) -> Result<DbConn, DbError> {
        match tokio::time::timeout(self.acquire_timeout, self.pool.get()).await {
            Ok(Ok(connection)) => Ok(DbConn(connection)),
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

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for DbConn {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
