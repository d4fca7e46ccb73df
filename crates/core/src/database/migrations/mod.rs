//! Schema changes: the only code that makes any, shared by the migrator, servers that migrate when they start, and
//! tests.
//!
//! `diesel_migrations` keeps the ledger, the order, what is pending, and the transactions. Its extension points add
//! what it does not do: [`MigrationSet`] is a source that checks the files and knows their text, a migration runs
//! statement by statement so that the failing one is named, and the harness of a session repeats a migration that
//! cannot get its locks. Diesel's harness blocks its thread, so it has one of its own.

mod connect;
mod error;
mod harness;
mod migrator;
mod script;
mod set;
mod state;

use std::time::Duration;

use crate::config::DatabaseConfig;

pub use diesel::migration::CREATE_MIGRATIONS_TABLE as LEDGER_SQL;

pub use error::{Failure, MigrationError};
pub use migrator::{Change, LOCK_TIMEOUT, Migrator, Step};
pub use script::{Script, Statement};
pub use set::{LoadError, Migration, MigrationSet, Target, TargetError};
pub use state::{Applied, SchemaState, schema_state};

/// How long to wait for a database that does not answer, unless told otherwise.
pub const WAIT: Duration = Duration::from_secs(60);

/// Brings the schema of the configured database up to date, as `migrator up` does. Any number of callers may do this
/// at once: one works, the others wait and then find nothing to do. Returns the names of what was applied.
///
/// # Errors
/// As [`Migrator::connect`] and [`Migrator::perform`].
pub async fn migrate(config: &DatabaseConfig) -> Result<Vec<String>, MigrationError> {
    Migrator::connect(config, WAIT, LOCK_TIMEOUT).await?.perform(Change::Up(None)).await
}
