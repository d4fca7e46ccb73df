//! What can be wrong with the pool, and its state.

use std::time::Duration;

use thiserror::Error;

use crate::config::CertificateError;

/// No connection is available now: in HTTP terms, 503.
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
