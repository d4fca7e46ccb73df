//! Schema changes: the only code that makes any, shared by the migrator, servers that migrate when they start, and tests.
//!
//! Diesel's own runner is not used: it blocks the thread (which a single-threaded runtime does not survive), sends a
//! whole file at once (so that neither the failing statement can be named nor CREATE INDEX CONCURRENTLY be run beside
//! others), and does not show PostgreSQL's error codes. The table of applied migrations is diesel's, so its tools work.

mod error;
mod runner;
mod script;
mod session;
mod set;
mod state;

use crate::config::DatabaseConfig;
use std::time::Duration;

pub use error::{MigrationError, Refusal, StatementError};
pub use runner::{Back, Direction, LOCK_TIMEOUT, Migrator, Status, Step};
pub use script::{Script, Statement, split};
pub use session::{Applied, LEDGER_SQL};
pub use set::{LoadError, Migration, MigrationSet, Target, TargetError};
pub use state::{SchemaState, schema_state};

/// How long to wait for a database that does not answer, unless told otherwise.
pub const WAIT: Duration = Duration::from_secs(60);

/// Brings the schema of the configured database up to date, as `migrator up` does. Any number of callers may do this
/// at once: one works, the others wait and then find nothing to do. Returns the names of what was applied.
///
/// # Errors
/// As [`Migrator::connect`] and [`Migrator::up`].
pub async fn migrate(config: &DatabaseConfig) -> Result<Vec<String>, MigrationError> {
    Migrator::connect(config, WAIT, LOCK_TIMEOUT).await?.up(None).await
}
