//! Why a file was not imported.

use diesel::result::Error;

use super::report::ImportReport;
use crate::accounts::placeholders::PLACEHOLDERS_MAX;
use crate::database::{DatabaseFailure, DbError};

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Lines are bad, and bad lines were to stop everything.
    #[error("the file has lines that cannot be read (errors: {}); nothing was imported", .0.errors_total)]
    BadLines(Box<ImportReport>),
    /// The file has entries of several people, and the caller has not said whose are imported.
    #[error("the file has entries of {0} people: say whether to import only yours, or everybody's")]
    PeopleNeeded(usize),
    /// The workspace would have more placeholders than it may.
    #[error("the file would make {new} placeholders; the workspace has {present}, and at most {PLACEHOLDERS_MAX}")]
    TooManyPlaceholders {
        /// How many the import would make.
        new: usize,
        /// How many there are.
        present: usize,
    },
    /// Other imports take too long to wait for.
    #[error("another import is running; try again when it has ended")]
    Busy,
    /// There is no connection to the database.
    #[error(transparent)]
    Unavailable(#[from] DbError),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] Error),
    /// The server ends.
    #[error("the import was cut short, because the server is shutting down")]
    CutShort,
}

impl DatabaseFailure for ImportError {
    fn database_error(&self) -> Option<&Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}
