//! The migrator's connection to the database, the lock that keeps others out, and the ledger of what is applied.

use super::error::{MigrationError, Refusal};
use crate::config::DatabaseConfig;
use crate::database::SessionLimits;
use crate::database::connect::{Connector, Opened};
use crate::database::transport::Connection;
use chrono::{DateTime, NaiveDateTime, Utc};
use futures_util::stream::{StreamExt, poll_fn};
use std::time::{Duration, Instant};
use tokio_postgres::{AsyncMessage, Client};

const APPLICATION_NAME: &str = "clockwork-migrator";
/// The session lock that one migrator holds per database. Arbitrary; the development database's has another number.
const LOCK: i64 = 7_236_110_001;
/// How often a waiting migrator looks again. Looking is cheap, and waiting inside PostgreSQL is not an option: the
/// waiting statement's snapshot would block the other's CREATE INDEX CONCURRENTLY, which waits for old snapshots.
const LOCK_POLL: Duration = Duration::from_millis(200);
/// How often to say what is waited for.
const PATIENCE_BETWEEN_WORDS: Duration = Duration::from_secs(10);
/// How long one attempt to connect may take, and the pause before the next.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_PAUSE: Duration = Duration::from_millis(250);
/// `server_version_num` of PostgreSQL 15, the oldest that is tested.
const MINIMUM_VERSION: i32 = 150_000;

/// The table that diesel's own tools use as well.
pub(super) const LEDGER: &str = "__diesel_schema_migrations";

/// Makes it, in the form that those tools expect.
pub const LEDGER_SQL: &str = "\
CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
    version VARCHAR(50) PRIMARY KEY NOT NULL,
    run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
)";

/// An applied migration, as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Its version.
    pub version: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A connection for changing the schema.
pub(super) struct Session {
    pub(super) client: Client,
}

impl Session {
    /// Connects, and tries again for up to `wait` while that fails for whatever reason: a database that starts, moves
    /// or is being set up refuses in many ways.
    pub(super) async fn open(
        config: &DatabaseConfig,
        wait: Duration,
        lock_timeout: Duration,
    ) -> Result<Self, MigrationError> {
        let url = config.url.as_ref().ok_or(MigrationError::NoUrl)?;
        let connector = Connector::new(url, config.authorities.as_ref(), CONNECT_TIMEOUT, APPLICATION_NAME)?;
        let begun = Instant::now();
        let mut said = String::new();
        let Opened { client, connection, .. } = loop {
            match connector.connect().await {
                Ok(connected) => break connected,
                Err(source) if begun.elapsed() + CONNECT_PAUSE > wait => {
                    return Err(MigrationError::Unreachable { waited: wait, source });
                }
                Err(error) => {
                    let reason = error.to_string();
                    if reason != said {
                        tracing::warn!(%reason, "waiting for the database");
                        said = reason;
                    }
                    tokio::time::sleep(CONNECT_PAUSE).await;
                }
            }
        };
        tokio::spawn(drive(connection));
        let session = Self { client };
        // A migration may take its time; it is only waiting for locks that holds others up.
        let limits =
            SessionLimits { statement: Duration::ZERO, lock: lock_timeout, idle_in_transaction: Duration::ZERO };
        session.run("setting up the session", &limits.to_sql()).await?;
        session.check_version().await?;
        Ok(session)
    }

    async fn check_version(&self) -> Result<(), MigrationError> {
        let query = "SELECT current_setting('server_version_num')::int, current_setting('server_version')";
        let row = self.client.query_one(query, &[]).await.map_err(database("asking for the version of PostgreSQL"))?;
        if row.get::<_, i32>(0) < MINIMUM_VERSION { Err(Refusal::TooOld(row.get(1)).into()) } else { Ok(()) }
    }

    /// Waits until no other migrator works on this database. The lock ends with the connection at the latest.
    pub(super) async fn lock(&self) -> Result<(), MigrationError> {
        let mut said: Option<Instant> = None;
        loop {
            let query = "SELECT pg_try_advisory_lock($1)";
            let row = self.client.query_one(query, &[&LOCK]).await.map_err(database("taking the migrators' lock"))?;
            if row.get(0) {
                return Ok(());
            }
            if said.is_none_or(|then| then.elapsed() > PATIENCE_BETWEEN_WORDS) {
                tracing::info!("another migrator is at work; waiting for it to finish");
                said = Some(Instant::now());
            }
            tokio::time::sleep(LOCK_POLL).await;
        }
    }

    pub(super) async fn unlock(&self) -> Result<(), MigrationError> {
        let query = "SELECT pg_advisory_unlock($1)";
        self.client.query_one(query, &[&LOCK]).await.map_err(database("giving the migrators' lock back")).map(drop)
    }

    /// What is applied, oldest version first. A database without a ledger has nothing.
    pub(super) async fn applied(&self) -> Result<Vec<Applied>, MigrationError> {
        let failed = database("reading which migrations are applied");
        let exists = self.client.query_one("SELECT to_regclass($1::text) IS NOT NULL", &[&LEDGER]).await;
        if !exists.map_err(&failed)?.get::<_, bool>(0) {
            return Ok(Vec::new());
        }
        let query = format!("SELECT version, run_on FROM {LEDGER} ORDER BY version");
        let rows = self.client.query(&query, &[]).await.map_err(&failed)?;
        let entry =
            |row: &tokio_postgres::Row| Applied { version: row.get(0), at: row.get::<_, NaiveDateTime>(1).and_utc() };
        Ok(rows.iter().map(entry).collect())
    }

    /// Makes the ledger if there is none.
    pub(super) async fn ensure_ledger(&self) -> Result<(), MigrationError> {
        // Without the notice that there is one already.
        let quiet = format!("SET client_min_messages = warning; {LEDGER_SQL}; RESET client_min_messages");
        self.run("making the table of applied migrations", &quiet).await
    }

    pub(super) async fn run(&self, what: &str, sql: &str) -> Result<(), MigrationError> {
        self.client.batch_execute(sql).await.map_err(database(what))
    }
}

pub(super) fn database(what: &str) -> impl Fn(tokio_postgres::Error) -> MigrationError {
    move |source| MigrationError::Database { what: what.to_owned(), source }
}

/// Moves the connection's bytes, and passes on what migrations RAISE.
async fn drive(mut connection: Connection) {
    let mut messages = poll_fn(|context| connection.poll_message(context));
    while let Some(message) = messages.next().await {
        match message {
            Ok(AsyncMessage::Notice(notice)) => tracing::info!(severity = notice.severity(), "{}", notice.message()),
            Ok(_) => {}
            // The statement that was under way reports it.
            Err(error) => tracing::debug!(%error, "the connection ended"),
        }
    }
}
