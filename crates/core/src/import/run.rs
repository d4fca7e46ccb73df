//! The import itself: one transaction, or none.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{Bool, Uuid};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::account::Account;
use super::file::ImportFile;
use super::plan::Plan;
use super::write::write;
use super::{ImportOptions, OnError};
use crate::caller::Caller;
use crate::telemetry::RULE_TARGET;

/// How often to plan anew when somebody makes a name at the same moment.
const ATTEMPTS: usize = 4;

/// How often to ask for the turn, and how long to wait in between: half a minute in all, several times what the largest file takes.
const LOCK_POLLS: u32 = 600;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

#[derive(QueryableByName)]
struct LockRow {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Lines are bad, and bad lines were to stop everything.
    #[error("the file has lines that cannot be read (errors: {}); nothing was imported", .0.errors_total)]
    BadLines(Box<Account>),
    /// Another import into the workspace takes too long to wait for.
    #[error("another import into this workspace is running")]
    Busy,
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] Error),
}

/// Imports a file, or says what that would do.
///
/// The real run is one transaction. Imports into one workspace follow each other: two of the same file at once find each other's
/// projects, which no unique index could see to.
///
/// # Errors
/// When bad lines are to stop it, when another import does not end, or when the database fails; nothing is written then.
#[tracing::instrument(target = RULE_TARGET, name = "import::run", skip_all)]
pub async fn run(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    file: &ImportFile,
    options: &ImportOptions,
    now: DateTime<Utc>,
) -> Result<Account, ImportError> {
    let stopped = options.on_error == OnError::Stop && file.problems.errors_total() > 0;
    if stopped || options.dry_run {
        let account = Plan::make(conn, caller, file, options, now).await?.account;
        return if stopped { Err(ImportError::BadLines(Box::new(account))) } else { Ok(account) };
    }
    let mut attempt = 1;
    loop {
        match commit(conn, caller, file, options, now).await {
            Err(ImportError::Database(error)) if attempt < ATTEMPTS && is_race(&error) => attempt += 1,
            result => return result,
        }
    }
}

async fn commit(
    conn: &mut AsyncPgConnection,
    caller: Caller,
    file: &ImportFile,
    options: &ImportOptions,
    now: DateTime<Utc>,
) -> Result<Account, ImportError> {
    conn.transaction(async |conn| {
        lock(conn, caller).await?;
        // Anew, under the lock: another import may have ended since.
        let plan = Plan::make(conn, caller, file, options, now).await?;
        write(conn, caller, file, &plan, now).await?;
        Ok(Account { committed: true, ..plan.account })
    })
    .await
}

/// Waits until no other import into the workspace runs. By asking again and again, so that no limit of the session on waiting for
/// locks, which is meant for short statements, ends it.
async fn lock(conn: &mut AsyncPgConnection, caller: Caller) -> Result<(), ImportError> {
    for _ in 0..LOCK_POLLS {
        let row: LockRow = diesel::sql_query(
            "SELECT pg_try_advisory_xact_lock(hashtextextended('clockwork import ' || $1::text, 0)) AS locked",
        )
        .bind::<Uuid, _>(caller.workspace)
        .get_result(conn)
        .await?;
        if row.locked {
            return Ok(());
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    Err(ImportError::Busy)
}

/// Whether a name or an entry was made, or a project, category or tag deleted, between planning and writing.
fn is_race(error: &Error) -> bool {
    matches!(
        error,
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::ForeignKeyViolation, _)
    )
}
