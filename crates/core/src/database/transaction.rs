//! Transactions: opened by rules, retried when PostgreSQL aborts one so that another can go on.
//!
//! A rule that runs within another transaction joins it: no savepoint, two statements less. An error of a rule
//! therefore always means that the whole transaction is rolled back; no rule catches the error of another one and goes
//! on.

use std::time::Duration;

use diesel::QueryResult;
use diesel::connection::TransactionManagerStatus;
use diesel::result::Error;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, SimpleAsyncConnection, TransactionManager};

use super::failure;

/// How often a transaction is tried before its error is reported.
const ATTEMPTS: u32 = 3;

/// The pause before the second attempt; each further one doubles it. The transaction that survived a deadlock needs
/// about as long to end.
const RETRY_PAUSE: Duration = Duration::from_millis(5);

/// An error that may have come from the database.
pub trait DatabaseFailure: From<Error> {
    /// The database's error, if this is one that no rule has given a meaning.
    fn database_error(&self) -> Option<&Error>;

    /// Whether PostgreSQL aborted the transaction for the sake of another one, so that the same work may succeed now.
    fn is_retryable(&self) -> bool {
        self.database_error().is_some_and(failure::is_retryable)
    }
}

impl DatabaseFailure for Error {
    fn database_error(&self) -> Option<&Error> {
        Some(self)
    }
}

/// How a transaction begins: with advisory locks, or without.
///
/// The locks are taken in the same message as BEGIN. PostgreSQL releases them when the transaction ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Without a lock.
    Plain,
    /// With this statement, which takes advisory locks.
    Locking(String),
}

/// Runs `work` in a transaction, and commits when it succeeds. Within an open transaction it joins that one.
///
/// # Errors
/// Those of `work`, after the transaction was rolled back; those of BEGIN and COMMIT. A deadlock or a serialization
/// failure is retried with a pause, three attempts in all.
pub async fn transaction<T, E, F>(conn: &mut AsyncPgConnection, work: F) -> Result<T, E>
where
    E: DatabaseFailure,
    F: AsyncFn(&mut AsyncPgConnection) -> Result<T, E>,
{
    if is_open(conn)? {
        return work(conn).await;
    }
    transaction_from(conn, &Begin::Plain, work).await
}

/// The same for a transaction that begins with a lock, and joins none.
///
/// # Errors
/// Those of [`transaction`], and of waiting too long for the lock.
pub(crate) async fn transaction_from<T, E, F>(conn: &mut AsyncPgConnection, first: &Begin, work: F) -> Result<T, E>
where
    E: DatabaseFailure,
    F: AsyncFn(&mut AsyncPgConnection) -> Result<T, E>,
{
    with_retries(async || {
        begin(conn, first).await?;
        match work(conn).await {
            Ok(value) => {
                commit(conn).await?;
                Ok(value)
            }
            Err(error) => {
                roll_back(conn).await;
                Err(error)
            }
        }
    })
    .await
}

/// Opens a transaction.
///
/// # Errors
/// Those of BEGIN and of the lock; no transaction is open then.
pub(crate) async fn begin(conn: &mut AsyncPgConnection, first: &Begin) -> QueryResult<()> {
    let Begin::Locking(lock) = first else {
        return AnsiTransactionManager::begin_transaction(conn).await;
    };
    let sql = format!("BEGIN; {lock}");
    let begun = AnsiTransactionManager::begin_transaction_sql(conn, &sql).await;
    // The lock may have failed where BEGIN succeeded: then PostgreSQL has a transaction open that diesel does not know.
    if begun.is_err() && conn.batch_execute("ROLLBACK").await.is_err() {
        status(conn).set_in_error();
    }
    begun
}

/// Opens a transaction that reads one snapshot and writes nothing. It may wait for its reader longer than others: a
/// client that does not read is given up by the limit on writing to it.
///
/// # Errors
/// Those of BEGIN.
pub(crate) async fn read_snapshot(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    let sql =
        "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL idle_in_transaction_session_timeout = '10min'";
    AnsiTransactionManager::begin_transaction_sql(conn, sql).await
}

/// Runs an attempt until it succeeds, or fails with what is not retryable, or the attempts are used up.
pub(crate) async fn with_retries<T, E: DatabaseFailure>(
    mut attempt: impl AsyncFnMut() -> Result<T, E>,
) -> Result<T, E> {
    let mut pause = RETRY_PAUSE;
    for _ in 1..ATTEMPTS {
        match attempt().await {
            Err(error) if error.is_retryable() => {
                tracing::debug!("transaction aborted by a deadlock or a serialization failure; retrying");
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            result => return result,
        }
    }
    attempt().await
}

/// Whether a transaction is open on the connection.
fn is_open(conn: &mut AsyncPgConnection) -> QueryResult<bool> {
    Ok(status(conn).transaction_depth()?.is_some())
}

fn status(conn: &mut AsyncPgConnection) -> &mut TransactionManagerStatus {
    <AnsiTransactionManager as TransactionManager<AsyncPgConnection>>::transaction_manager_status_mut(conn)
}

/// Rolls back. A connection that cannot even do that is closed when it is dropped, so the caller reports the first
/// error.
pub(crate) async fn roll_back(conn: &mut AsyncPgConnection) {
    if let Err(error) = AnsiTransactionManager::rollback_transaction(conn).await {
        tracing::debug!(%error, "a transaction could not be rolled back");
    }
}

/// Commits.
///
/// # Errors
/// Those of COMMIT: nothing was committed, or it is not known.
pub(crate) async fn commit(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    AnsiTransactionManager::commit_transaction(conn).await
}
