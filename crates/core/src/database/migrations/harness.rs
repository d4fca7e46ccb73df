//! What diesel's harness does not do: naming the statement that fails, statements that run without a transaction,
//! repetition while others hold locks, and reading the ledger without making one.

use std::error::Error;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use diesel::connection::BoxableConnection;
use diesel::migration::{self, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::MigrationHarness;
use tokio::runtime::Handle;

use super::error::{Failure, MigrationError};
use super::script::Script;
use super::set::{Migration, MigrationSet};
use super::state::{self, Applied};
use crate::database::transport::AnswerTracker;

/// How often a migration is tried while others hold its locks; with the pauses that is about four minutes, which is
/// below the deadline of the chart's Job.
const LOCK_ATTEMPTS: u32 = 20;
/// The pause grows by this with each attempt, up to ten times this.
const LOCK_PAUSE: Duration = Duration::from_secs(1);
/// Keeps the session's `lock_timeout` under a name of our own, and gives it back.
pub(super) const KEEP_LOCK_TIMEOUT: &str =
    "SELECT set_config('clockwork.lock_timeout', current_setting('lock_timeout'), false)";
const RESTORE_LOCK_TIMEOUT: &str =
    "SELECT set_config('lock_timeout', current_setting('clockwork.lock_timeout'), false)";

/// A connection that blocks its thread, as diesel's harness wants it.
pub(super) type BlockingConnection = AsyncConnectionWrapper<AsyncPgConnection>;

/// diesel's harness on one connection.
pub(super) struct Harness {
    pub(super) connection: BlockingConnection,
    pub(super) answers: Arc<AnswerTracker>,
    pub(super) migrations: Arc<MigrationSet>,
}

impl Harness {
    /// Does `work`, as a whole or not at all, again and again while it cannot get its locks.
    pub(super) fn repeat(
        &mut self,
        what: &str,
        work: impl Fn(&mut BlockingConnection) -> migration::Result<()>,
    ) -> Result<(), MigrationError> {
        for attempt in 1.. {
            let Err(error) = work(&mut self.connection) else { break };
            let mut failure = self.failure(what, error);
            if !failure.is_lock_timeout() {
                return Err(failure.into());
            }
            if attempt == LOCK_ATTEMPTS {
                failure.note = Some(format!("tried {attempt} times; another transaction holds a lock on the table"));
                return Err(failure.into());
            }
            tracing::warn!(%failure, attempt, "a lock was not free in time: the statement is withdrawn, so that no request queues behind it, and tried again");
            thread::sleep(LOCK_PAUSE * attempt.min(10));
        }
        Ok(())
    }

    /// What is applied, oldest version first; `None` if there is no ledger.
    pub(super) fn applied(&mut self) -> Result<Option<Vec<Applied>>, MigrationError> {
        let applied = Handle::current().block_on(state::applied(&mut self.connection));
        applied.map_err(|error| self.failure("reading which migrations are applied", error).into())
    }

    /// The failure of what was last done, which is `what` unless a migration has named its statement.
    pub(super) fn failure(&self, what: &str, error: impl Into<Box<dyn Error + Send + Sync>>) -> Box<Failure> {
        let mut failure = error.into().downcast::<Failure>().unwrap_or_else(|error| Failure::new(what, error));
        failure.server = failure.server.or_else(|| self.answers.take_error());
        failure
    }
}

impl MigrationHarness<Pg> for Harness {
    fn run_migration(
        &mut self,
        migration: &dyn migration::Migration<Pg>,
    ) -> migration::Result<MigrationVersion<'static>> {
        let what = format!("{}/up.sql: committing or rolling back", migration.name());
        self.repeat(&what, |connection| connection.run_migration(migration).map(drop))?;
        Ok(migration.name().version().as_owned())
    }

    fn revert_migration(
        &mut self,
        migration: &dyn migration::Migration<Pg>,
    ) -> migration::Result<MigrationVersion<'static>> {
        let what = format!("{}/down.sql: committing or rolling back", migration.name());
        self.repeat(&what, |connection| connection.revert_migration(migration).map(drop))?;
        Ok(migration.name().version().as_owned())
    }

    fn applied_migrations(&mut self) -> migration::Result<Vec<MigrationVersion<'static>>> {
        let newest_first = self.applied()?.unwrap_or_default().into_iter().rev();
        Ok(newest_first.map(|applied| applied.version.into()).collect())
    }
}

impl MigrationSource<Pg> for &MigrationSet {
    fn migrations(&self) -> migration::Result<Vec<Box<dyn migration::Migration<Pg>>>> {
        Ok(self.all().iter().map(|migration| Box::new(migration.clone()) as _).collect())
    }
}

impl migration::Migration<Pg> for Migration {
    fn run(&self, connection: &mut dyn BoxableConnection<Pg>) -> migration::Result<()> {
        self.execute(connection, &self.up)
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<Pg>) -> migration::Result<()> {
        self.execute(connection, self.down.as_ref().ok_or_else(|| format!("{self} has no down.sql"))?)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        self
    }
}

impl Migration {
    /// Runs the statements one by one. The error of one that fails is a [`Failure`].
    fn execute(&self, connection: &mut dyn BoxableConnection<Pg>, script: &Script) -> migration::Result<()> {
        for (position, statement) in script.statements.iter().enumerate() {
            // Such a statement blocks neither readers nor writers while it waits, and gives up half-done work if it is
            // made to stop waiting.
            let concurrent = statement.is_concurrent();
            if concurrent {
                connection.batch_execute("SET lock_timeout = 0")?;
            }
            let result = connection.batch_execute(&statement.sql);
            // In a transaction that has failed, its end restores the limit.
            let restored = if concurrent && (result.is_ok() || !self.in_transaction) {
                connection.batch_execute(RESTORE_LOCK_TIMEOUT)
            } else {
                Ok(())
            };
            result.map_err(|error| Failure {
                what: script.file.clone(),
                statement: Some((statement.line, statement.sql.clone())),
                server: None,
                error: error.into(),
                note: (position > 0 && !self.in_transaction).then(|| {
                    format!(
                        "the migration runs without a transaction, and {position} statements before this one are done"
                    )
                }),
            })?;
            restored?;
        }
        Ok(())
    }
}

impl MigrationName for Migration {
    fn version(&self) -> MigrationVersion<'_> {
        self.version.as_str().into()
    }
}

impl MigrationMetadata for Migration {
    fn run_in_transaction(&self) -> bool {
        self.in_transaction
    }
}
