//! Why the schema was not changed.

use super::script::{Script, Statement};
use super::set::{LoadError, TargetError};
use crate::config::CertificateError;
use crate::database::{ConnectError, error_chain};
use std::fmt;
use std::time::Duration;
use thiserror::Error;

/// Why the schema was not changed.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// The migrations are not in order.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// `--to` cannot be understood.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// There is no database to be migrated.
    #[error("DATABASE_URL is not set")]
    NoUrl,
    /// The certificates cannot be used.
    #[error(transparent)]
    Certificates(#[from] CertificateError),
    /// The database did not come up in time.
    #[error("the database could not be reached within {waited:?}: {source}")]
    Unreachable {
        /// How long we tried.
        waited: Duration,
        /// The last attempt.
        source: ConnectError,
    },
    /// It can be done, but will not be.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A statement failed.
    #[error(transparent)]
    Statement(#[from] Box<StatementError>),
    /// The book-keeping around the migrations failed, most likely because the connection broke.
    #[error("{what}: {}", error_chain(.source))]
    Database {
        /// What was tried.
        what: String,
        /// What the database said.
        source: tokio_postgres::Error,
    },
}

/// Something that will not be done.
#[derive(Debug, Error)]
pub enum Refusal {
    /// PostgreSQL is older than what is tested.
    #[error("PostgreSQL 15 or newer is needed; this is {0}")]
    TooOld(String),
    /// Migrations are to be reverted that this binary does not know.
    #[error("the database has migrations that this binary does not know ({}); revert them with the binary that brought them", .0.join(", "))]
    UnknownToRevert(Vec<String>),
    /// A migration has no way back.
    #[error("{0} has no down.sql, so it cannot be reverted")]
    NoWayBack(String),
}

/// A statement of a migration failed.
#[derive(Debug)]
pub struct StatementError {
    /// The file.
    pub file: String,
    /// The line that the statement begins on.
    pub line: usize,
    /// The statement.
    pub sql: String,
    /// What the database said.
    pub source: tokio_postgres::Error,
    /// How often it was tried, when it waited for a lock each time.
    pub lock_attempts: Option<u32>,
    /// The statements of the file that had been done before it and stay done, when there was no transaction.
    pub done_before: usize,
}

impl StatementError {
    pub(super) fn new(script: &Script, position: usize, statement: &Statement, source: tokio_postgres::Error) -> Self {
        Self {
            file: script.file.clone(),
            line: statement.line,
            sql: statement.sql.clone(),
            source,
            lock_attempts: None,
            done_before: position,
        }
    }

    /// The line of the file that PostgreSQL points at, if it points at one; otherwise the statement's first.
    fn exact_line(&self) -> usize {
        let position = self.source.as_db_error().and_then(|error| match error.position() {
            Some(tokio_postgres::error::ErrorPosition::Original(position)) => usize::try_from(*position).ok(),
            _ => None,
        });
        let lines_before =
            position.map_or(0, |position| self.sql.chars().take(position).filter(|c| *c == '\n').count());
        self.line + lines_before
    }
}

impl fmt::Display for StatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}: ", self.file, self.exact_line())?;
        match self.source.as_db_error() {
            Some(error) => {
                f.write_str(error.message())?;
                for (label, text) in [("detail", error.detail()), ("hint", error.hint()), ("context", error.where_())] {
                    if let Some(text) = text {
                        write!(f, "\n  {label}: {text}")?;
                    }
                }
            }
            None => f.write_str(&error_chain(&self.source))?,
        }
        if let Some(attempts) = self.lock_attempts {
            write!(f, "\n  tried {attempts} times; another transaction holds a lock on the table")?;
        }
        if self.done_before > 0 {
            write!(
                f,
                "\n  the migration runs without a transaction, and {} statements before this one are done",
                self.done_before
            )?;
        }
        write!(f, "\n  statement: {}", self.sql.replace('\n', "\n    "))
    }
}

impl std::error::Error for StatementError {}
