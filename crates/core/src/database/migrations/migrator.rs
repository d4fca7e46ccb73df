//! What is to be applied or reverted, and doing so on a thread of its own.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use diesel::migration::MigrationConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_migrations::MigrationHarness;
use tokio::task::{JoinSet, spawn_blocking};

use super::connect::connect;
use super::error::{Failure, MigrationError};
use super::harness::Harness;
use super::script::Script;
use super::set::{Migration, MigrationSet, Target};
use super::state::Applied;
use crate::config::DatabaseConfig;

/// How long a statement may wait for a lock. Statements that need the lock queue behind it, so this is the longest that
/// a migration blocks requests.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// The session lock that one migrator holds per database. Arbitrary; the development database's has another number.
const LOCK: i64 = 7_236_110_001;
/// How often a waiting migrator looks again. Looking is cheap, and waiting inside PostgreSQL is not an option: the
/// waiting statement's snapshot would block the other's CREATE INDEX CONCURRENTLY, which waits for old snapshots.
const LOCK_POLL: Duration = Duration::from_millis(200);
/// How often the log says what is waited for.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

define_sql_function! {
    fn pg_try_advisory_lock(key: BigInt) -> Bool;
}
define_sql_function! {
    fn pg_advisory_unlock(key: BigInt) -> Bool;
}

/// Changes the schema of one database. Dropped, it closes its connection, also under a statement that runs.
pub struct Migrator {
    migrations: Arc<MigrationSet>,
    harness: Arc<Mutex<Harness>>,
    _driver: JoinSet<()>,
}

/// A change of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Apply what is not applied yet, oldest first, up to this point.
    Up(Option<Target>),
    /// Revert what is applied, newest first.
    Down {
        /// This many migrations at most,
        steps: usize,
        /// and none up to this point.
        to: Target,
    },
    /// Revert the newest migration and apply it again, in one transaction: when that fails, the newest is still the
    /// newest, and the next try does not revert the one before. A migration that runs without a transaction may stay
    /// reverted.
    Redo,
}

/// One migration and which way it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The migration.
    pub migration: Migration,
    /// Whether it is reverted instead of applied.
    pub reverts: bool,
}

impl Migrator {
    /// Connects to the database of `config`, waiting up to `wait` for it.
    ///
    /// # Errors
    /// When the migrations are not in order, or the database cannot be reached, or is too old.
    pub async fn connect(
        config: &DatabaseConfig,
        wait: Duration,
        lock_timeout: Duration,
    ) -> Result<Self, MigrationError> {
        let migrations = Arc::new(MigrationSet::load(config.migrations_dir.as_deref())?);
        let (harness, driver) = connect(config, wait, lock_timeout, Arc::clone(&migrations)).await?;
        Ok(Self { migrations, harness: Arc::new(Mutex::new(harness)), _driver: driver })
    }

    /// The migrations that this one knows.
    #[must_use]
    pub fn migrations(&self) -> &MigrationSet {
        &self.migrations
    }

    /// What is applied, oldest version first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn applied(&self) -> Result<Vec<Applied>, MigrationError> {
        Ok(self.on_thread(Harness::applied).await?.unwrap_or_default())
    }

    /// The steps of a change.
    ///
    /// # Errors
    /// When the database does not answer, or a migration cannot be reverted.
    pub async fn plan(&self, change: Change) -> Result<Vec<Step>, MigrationError> {
        self.on_thread(move |harness| harness.plan(&change)).await
    }

    /// Makes a change. Returns the names of its migrations.
    ///
    /// # Errors
    /// When a statement fails: the migrations before it stay, and of the failing one nothing (unless it runs without a
    /// transaction, which the error then says). When one of them cannot be reverted, none is.
    pub async fn perform(&self, change: Change) -> Result<Vec<String>, MigrationError> {
        self.on_thread(move |harness| harness.locked(|harness| harness.perform(&change))).await
    }

    /// diesel's harness blocks its thread, so that must not be one that drives other work, this connection included.
    async fn on_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Harness) -> Result<T, MigrationError> + Send + 'static,
    ) -> Result<T, MigrationError> {
        let harness = Arc::clone(&self.harness);
        let thread = spawn_blocking(move || work(&mut harness.lock().unwrap_or_else(PoisonError::into_inner)));
        thread.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}

impl Harness {
    /// Does `work` while no other migrator works on this database. The lock ends with the connection at the latest.
    fn locked<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, MigrationError>) -> Result<T, MigrationError> {
        let mut logged: Option<Instant> = None;
        loop {
            let locked = diesel::select(pg_try_advisory_lock(LOCK)).get_result(&mut self.connection);
            if locked.map_err(|error| self.failure("taking the migrators' lock", error))? {
                break;
            }
            if logged.is_none_or(|then| then.elapsed() > LOG_INTERVAL) {
                tracing::info!("another migrator is running; waiting for it to finish");
                logged = Some(Instant::now());
            }
            thread::sleep(LOCK_POLL);
        }
        let result = work(self);
        let unlocked = diesel::select(pg_advisory_unlock(LOCK)).get_result::<bool>(&mut self.connection);
        // After a failure, the failure is what is reported.
        let value = result?;
        if unlocked.map_err(|error| self.failure("giving the migrators' lock back", error))? {
            return Ok(value);
        }
        Err(MigrationError::Refused(
            "the migrators' lock was lost meanwhile, so another migrator may have run beside this one; \
             a pooler in transaction mode is the likely reason: migrate over a direct connection"
                .to_owned(),
        ))
    }

    fn plan(&mut self, change: &Change) -> Result<Vec<Step>, MigrationError> {
        let migrations = Arc::clone(&self.migrations);
        let (steps, to) = match change {
            Change::Up(to) => {
                let pending = self.pending_migrations(migrations.as_ref()).map_err(own)?;
                let versions = pending.iter().map(|migration| migration.name().version().to_string());
                let wanted = versions.filter(|version| to.as_ref().is_none_or(|to| to.includes(version)));
                let known = wanted.filter_map(|version| migrations.get(&version).cloned());
                return Ok(known.map(|migration| Step { migration, reverts: false }).collect());
            }
            Change::Down { steps, to } => (*steps, to),
            Change::Redo => (1, &Target::Empty),
        };
        let newest_first = self.applied_migrations().map_err(own)?;
        let versions = newest_first.iter().map(ToString::to_string).take(steps);
        let mut planned = Vec::new();
        for version in versions.take_while(|version| !to.includes(version)) {
            let Some(migration) = migrations.get(&version) else {
                return Err(MigrationError::Refused(format!(
                    "the database has migrations that this binary does not know ({version}); revert them with the binary that brought them"
                )));
            };
            if migration.down.is_none() {
                return Err(MigrationError::Refused(format!("{migration} has no down.sql, so it cannot be reverted")));
            }
            planned.push(Step { migration: migration.clone(), reverts: true });
        }
        if *change == Change::Redo {
            planned.extend(planned.last().map(|step| Step { reverts: false, ..step.clone() }));
        }
        Ok(planned)
    }

    fn perform(&mut self, change: &Change) -> Result<Vec<String>, MigrationError> {
        if matches!(change, Change::Up(_)) && self.applied()?.is_none() {
            self.connection.setup().map_err(|error| self.failure("making the table of applied migrations", error))?;
        }
        let steps = self.plan(change)?;
        let at_once = *change == Change::Redo && steps.iter().all(|step| step.migration.in_transaction);
        if let (true, Some(Step { migration, .. })) = (at_once, steps.first()) {
            self.repeat(&format!("{migration}/up.sql: committing or rolling back"), |connection| {
                connection.transaction(|connection| {
                    connection.revert_migration(migration)?;
                    connection.run_migration(migration).map(drop)
                })
            })?;
        }
        for Step { migration, reverts } in &steps {
            let begun = Instant::now();
            match reverts {
                _ if at_once => {}
                true => drop(self.revert_migration(migration).map_err(own)?),
                false => drop(self.run_migration(migration).map_err(own)?),
            }
            let (took_ms, done) = (begun.elapsed().as_millis(), if *reverts { "reverted" } else { "applied" });
            tracing::info!(%migration, took_ms, "migration {done}");
        }
        let mut names: Vec<_> = steps.into_iter().map(|step| step.migration.name).collect();
        names.dedup();
        Ok(names)
    }
}

/// The error of a [`Harness`].
fn own(error: Box<dyn Error + Send + Sync>) -> MigrationError {
    let own = error.downcast::<MigrationError>().map(|own| *own);
    own.unwrap_or_else(|error| Failure::new("running a migration", error).into())
}

impl Step {
    fn script(&self) -> Option<&Script> {
        if self.reverts { self.migration.down.as_ref() } else { Some(&self.migration.up) }
    }

    /// All that the step would run, as `psql` takes it. Versions are digits, so they need no quoting.
    #[must_use]
    pub fn sql(&self) -> String {
        let Some(script) = self.script() else { return String::new() };
        let version = &self.migration.version;
        let ledger = if self.reverts {
            format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'")
        } else {
            format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')")
        };
        let (begin, commit) = if self.migration.in_transaction { ("BEGIN;\n", "COMMIT;\n") } else { ("", "") };
        let text = script.text.trim_end();
        let end = if text.ends_with(';') { "" } else { "\n;" };
        format!("-- {}\n{begin}{text}{end}\n{ledger};\n{commit}", script.file)
    }
}
