//! Why the schema was not changed.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use thiserror::Error;

use super::set::{LoadError, TargetError};
use crate::config::CertificateError;
use crate::database::transport::ServerError;
use crate::database::{ConnectError, error_chain};

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
        /// How long was waited for it.
        waited: Duration,
        /// The last attempt.
        source: ConnectError,
    },
    /// It can be done, but will not be: the reason.
    #[error("{0}")]
    Refused(String),
    /// A statement failed.
    #[error(transparent)]
    Failed(#[from] Box<Failure>),
}

/// A statement failed: one of a migration, or one around it. Displayed, it says all that the server said.
#[derive(Debug)]
pub struct Failure {
    /// The migration's file, or what was done.
    pub(super) what: String,
    /// The line that the statement begins on, and its text.
    pub(super) statement: Option<(usize, String)>,
    /// What the server said. Without it, the connection broke.
    pub(super) server: Option<ServerError>,
    pub(super) error: Box<dyn Error + Send + Sync>,
    /// What else is to be known.
    pub(super) note: Option<String>,
}

impl Failure {
    pub(super) fn new(what: &str, error: impl Into<Box<dyn Error + Send + Sync>>) -> Box<Self> {
        Box::new(Self { what: what.to_owned(), statement: None, server: None, error: error.into(), note: None })
    }

    /// Whether a lock could not be had in time: `lock_not_available`.
    pub(super) fn is_lock_timeout(&self) -> bool {
        self.field(b'C').as_deref() == Some("55P03")
    }

    fn field(&self, letter: u8) -> Option<String> {
        self.server.as_ref()?.field(letter)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some((line, sql)) = &self.statement {
            // PostgreSQL may point at a later line.
            let position = self.field(b'P').and_then(|position| position.parse().ok()).unwrap_or(0);
            write!(f, ", line {}", line + sql.chars().take(position).filter(|c| *c == '\n').count())?;
        }
        write!(f, ": {}", self.field(b'M').unwrap_or_else(|| error_chain(self.error.as_ref())))?;
        self.field(b'C').map_or(Ok(()), |code| write!(f, " (SQLSTATE {code})"))?;
        for (label, letter) in [("detail", b'D'), ("hint", b'H'), ("context", b'W')] {
            self.field(letter).map_or(Ok(()), |text| write!(f, "\n  {label}: {text}"))?;
        }
        self.note.as_ref().map_or(Ok(()), |note| write!(f, "\n  {note}"))?;
        let sql = self.statement.as_ref().map(|(_, sql)| sql.replace('\n', "\n    "));
        sql.map_or(Ok(()), |sql| write!(f, "\n  statement: {sql}"))
    }
}

impl Error for Failure {}
