//! Applying migrations and reverting them.

use super::error::{MigrationError, Refusal, StatementError};
use super::script::Script;
use super::session::{Applied, LEDGER, Session};
use super::set::{Migration, MigrationSet, Target};
use crate::config::DatabaseConfig;
use std::fmt;
use std::time::{Duration, Instant};
use tokio_postgres::error::SqlState;

/// How long a statement may wait for a lock. Whoever comes after it waits as well, so this is the longest that a
/// migration holds the site up.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a migration is tried while others hold its locks; with the pauses that is about four minutes, which is
/// below the deadline of the chart's Job.
const LOCK_ATTEMPTS: u32 = 20;
/// The pause grows by this with each attempt, up to ten times this.
const LOCK_PAUSE: Duration = Duration::from_secs(1);

/// Changes the schema of one database.
pub struct Migrator {
    session: Session,
    migrations: MigrationSet,
    lock_timeout: Duration,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Apply.
    Up,
    /// Revert.
    Down,
}

/// How far back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Back {
    /// This many migrations.
    Steps(usize),
    /// Everything after this point.
    To(Target),
}

/// One migration and which way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// The migration.
    pub migration: &'a Migration,
    /// Which way.
    pub direction: Direction,
}

/// What the ledger says, beside what this binary knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The migrations of this binary, oldest first, with the time at which each was applied, if it was.
    pub known: Vec<(Migration, Option<Applied>)>,
    /// What is applied and not known to this binary: the database is newer.
    pub unknown: Vec<Applied>,
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
        let migrations = MigrationSet::load(config.migrations_dir.as_deref())?;
        let session = Session::open(config, wait, lock_timeout).await?;
        Ok(Self { session, migrations, lock_timeout })
    }

    /// The migrations that this one knows.
    #[must_use]
    pub fn migrations(&self) -> &MigrationSet {
        &self.migrations
    }

    /// What is applied and what is not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn status(&self) -> Result<Status, MigrationError> {
        let mut applied = self.session.applied().await?;
        let mut known = Vec::new();
        for migration in self.migrations.all() {
            let position = applied.iter().position(|applied| applied.version == migration.version);
            known.push((migration.clone(), position.map(|position| applied.remove(position))));
        }
        Ok(Status { known, unknown: applied })
    }

    /// What [`Migrator::up`] would do.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn plan_up(&self, to: Option<&Target>) -> Result<Vec<Step<'_>>, MigrationError> {
        let applied = self.session.applied().await?;
        let within = |migration: &Migration| match to {
            None => true,
            Some(Target::Empty) => false,
            Some(Target::Version(version)) => migration.version <= *version,
        };
        let pending =
            self.migrations.all().iter().filter(|m| within(m) && applied.iter().all(|a| a.version != m.version));
        Ok(pending.map(|migration| Step { migration, direction: Direction::Up }).collect())
    }

    /// What [`Migrator::down`] would do.
    ///
    /// # Errors
    /// When the database does not answer, or one of the migrations cannot be reverted.
    pub async fn plan_down(&self, back: &Back) -> Result<Vec<Step<'_>>, MigrationError> {
        let applied = self.session.applied().await?;
        let newest_first = applied.iter().rev().map(|applied| &applied.version);
        let versions: Vec<_> = match back {
            Back::Steps(steps) => newest_first.take(*steps).collect(),
            Back::To(Target::Empty) => newest_first.collect(),
            Back::To(Target::Version(last)) => newest_first.take_while(|version| *version > last).collect(),
        };
        let unknown: Vec<_> =
            versions.iter().filter(|v| self.migrations.get(v).is_none()).map(|v| (*v).clone()).collect();
        if !unknown.is_empty() {
            return Err(Refusal::UnknownToRevert(unknown).into());
        }
        let migrations: Vec<_> = versions.into_iter().filter_map(|version| self.migrations.get(version)).collect();
        if let Some(stuck) = migrations.iter().find(|migration| migration.down.is_none()) {
            return Err(Refusal::NoWayBack(stuck.name.clone()).into());
        }
        Ok(migrations.into_iter().map(|migration| Step { migration, direction: Direction::Down }).collect())
    }

    /// Applies what is not applied yet, oldest first, up to `to`. Returns the names of what was applied.
    ///
    /// # Errors
    /// When a statement fails: what was applied before stays, and of the failing migration nothing (unless it runs
    /// without a transaction, which the error then says).
    pub async fn up(&mut self, to: Option<&Target>) -> Result<Vec<String>, MigrationError> {
        self.session.lock().await?;
        let result = async {
            self.session.ensure_ledger().await?;
            self.perform(&self.plan_up(to).await?).await
        };
        let result = result.await;
        self.release(result).await
    }

    /// Reverts, newest first. Returns the names of what was reverted.
    ///
    /// # Errors
    /// As [`Migrator::up`], and when one of the migrations cannot be reverted: then none is.
    pub async fn down(&mut self, back: &Back) -> Result<Vec<String>, MigrationError> {
        self.session.lock().await?;
        let result = async { self.perform(&self.plan_down(back).await?).await };
        let result = result.await;
        self.release(result).await
    }

    /// Reverts the newest migration and applies it again, in one transaction: when it fails, the newest is still the newest, and
    /// the next try does not revert the one before. Returns its name, or nothing when none is applied.
    ///
    /// # Errors
    /// As [`Migrator::down`] and [`Migrator::up`]. A migration that runs without a transaction may stay reverted.
    pub async fn redo(&mut self) -> Result<Vec<String>, MigrationError> {
        self.session.lock().await?;
        let result = async {
            let back = self.plan_down(&Back::Steps(1)).await?;
            let Some(back) = back.first().copied() else { return Ok(Vec::new()) };
            let both = [back, Step { direction: Direction::Up, ..back }];
            if back.migration.in_transaction {
                self.together(&both).await?;
            } else {
                self.perform(&both).await?;
            }
            Ok(vec![back.migration.name.clone()])
        };
        let result = result.await;
        self.release(result).await
    }

    /// Gives the lock back, also after a failure; the failure is what is reported then.
    async fn release<T>(&self, result: Result<T, MigrationError>) -> Result<T, MigrationError> {
        let unlocked = self.session.unlock().await;
        let value = result?;
        unlocked?;
        Ok(value)
    }

    async fn perform(&self, steps: &[Step<'_>]) -> Result<Vec<String>, MigrationError> {
        let mut names = Vec::new();
        for step in steps {
            self.together(std::slice::from_ref(step)).await?;
            names.push(step.migration.name.clone());
        }
        Ok(names)
    }

    /// Steps that are all done or none, tried again while they cannot get their locks.
    async fn together(&self, steps: &[Step<'_>]) -> Result<(), MigrationError> {
        let begun = Instant::now();
        for attempt in 1.. {
            let error = match self.attempt(steps).await {
                Ok(()) => break,
                Err(MigrationError::Statement(error)) => error,
                Err(other) => return Err(other),
            };
            if error.source.code() != Some(&SqlState::LOCK_NOT_AVAILABLE) {
                return Err(error.into());
            }
            if attempt == LOCK_ATTEMPTS {
                return Err(Box::new(StatementError { lock_attempts: Some(attempt), ..*error }).into());
            }
            tracing::warn!(
                file = error.file,
                line = error.line,
                attempt,
                "a lock was not free within {:?}; trying again, so that nobody queues behind us",
                self.lock_timeout
            );
            tokio::time::sleep(LOCK_PAUSE * attempt.min(10)).await;
        }
        let took_ms = begun.elapsed().as_millis();
        for step in steps {
            tracing::info!(migration = step.migration.name, took_ms, "{}", step.direction);
        }
        Ok(())
    }

    /// In one transaction, unless one of them must not run in any.
    async fn attempt(&self, steps: &[Step<'_>]) -> Result<(), MigrationError> {
        if steps.iter().any(|step| !step.migration.in_transaction) {
            for step in steps {
                self.take(step).await?;
            }
            return Ok(());
        }
        self.session.run("beginning a transaction", "BEGIN").await?;
        let result = async {
            for step in steps {
                self.take(step).await.map_err(|error| match error {
                    MigrationError::Statement(error) => Box::new(StatementError { done_before: 0, ..*error }).into(),
                    other => other,
                })?;
            }
            // Constraints that are checked last fail here, where there is no statement to be named.
            let file = steps.last().and_then(Step::script).map_or("", |script| &script.file);
            self.session.run(&format!("{file}: committing"), "COMMIT").await
        };
        let result: Result<(), MigrationError> = result.await;
        if result.is_err() {
            // When this fails, the connection is gone, and the transaction with it.
            let rolled_back = self.session.run("rolling back", "ROLLBACK").await;
            tracing::debug!(rolled_back = rolled_back.is_ok(), "the migration failed");
        }
        result
    }

    async fn take(&self, step: &Step<'_>) -> Result<(), MigrationError> {
        let Some(script) = step.script() else { return Err(Refusal::NoWayBack(step.migration.name.clone()).into()) };
        self.execute(script).await?;
        self.session.run("noting the migration", &step.ledger_sql()).await
    }

    async fn execute(&self, script: &Script) -> Result<(), Box<StatementError>> {
        let client = &self.session.client;
        for (position, statement) in script.statements.iter().enumerate() {
            let failed = |source| Box::new(StatementError::new(script, position, statement, source));
            // Such a statement blocks neither readers nor writers while it waits, and gives up half-done work if it is
            // made to stop waiting.
            let patient = statement.is_concurrent();
            if patient {
                client.batch_execute("SET lock_timeout = 0").await.map_err(failed)?;
            }
            let result = client.batch_execute(&statement.sql).await.map_err(failed);
            if patient {
                let limit = format!("SET lock_timeout = {}", self.lock_timeout.as_millis());
                client.batch_execute(&limit).await.map_err(failed)?;
            }
            result?;
        }
        Ok(())
    }
}

impl Step<'_> {
    fn script(&self) -> Option<&Script> {
        match self.direction {
            Direction::Up => Some(&self.migration.up),
            Direction::Down => self.migration.down.as_ref(),
        }
    }

    /// The statement that notes the step. Versions are digits, so they need no quoting.
    fn ledger_sql(&self) -> String {
        let version = &self.migration.version;
        match self.direction {
            Direction::Up => format!("INSERT INTO {LEDGER} (version) VALUES ('{version}')"),
            Direction::Down => format!("DELETE FROM {LEDGER} WHERE version = '{version}'"),
        }
    }

    /// All that the step would run, as `psql` takes it.
    #[must_use]
    pub fn sql(&self) -> String {
        let Some(script) = self.script() else { return String::new() };
        let (begin, commit) = if self.migration.in_transaction { ("BEGIN;\n", "COMMIT;\n") } else { ("", "") };
        let text = script.text.trim_end();
        let end = if text.ends_with(';') { "" } else { "\n;" };
        format!("-- {}\n{begin}{text}{end}\n{};\n{commit}", script.file, self.ledger_sql())
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Up => "applied",
            Self::Down => "reverted",
        })
    }
}
