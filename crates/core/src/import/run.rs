//! The import itself: one transaction, or none.

use std::panic::resume_unwind;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::result::{DatabaseErrorKind, Error};
use diesel_async::AsyncPgConnection;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{Instrument as _, Span};

use super::error::ImportError;
use super::file::ImportFile;
use super::plan::Plan;
use super::queue::ImportQueue;
use super::report::ImportReport;
use super::write::write;
use super::{ImportOptions, OnError};
use crate::access::{Caller, Permit, needs};
use crate::accounts::audit::{self, By, Object};
use crate::database::{Db, transaction};
use crate::models::{Workspace, announce_bulk_change};
use crate::telemetry::RULE_TARGET;

/// How often to plan anew when a name is made at the same moment by another way.
const ATTEMPTS: usize = 4;

/// How long an import waits for others before its caller is told to come again.
pub const TURN_TIMEOUT: Duration = Duration::from_secs(30);

/// How often to ask whether another server's import into the workspace has ended.
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// Imports a file, or says what that would do.
///
/// The real run is one transaction. Imports into one workspace follow each other: two of the same file at once find
/// each other's projects, which no unique index could see to. Waiting takes no connection.
///
/// The work is done on a thread of its own, because planning and writing go through all rows. When the future is
/// dropped, the work ends at its next statement, and its transaction is rolled back.
///
/// # Errors
/// When bad lines are to stop it, when the caller has to choose whose entries are imported, when there would be too
/// many placeholders, when other imports do not end, or when the database fails; nothing is written then.
#[tracing::instrument(target = RULE_TARGET, name = "import::run", skip_all)]
pub async fn run(
    db: &Db,
    queue: &ImportQueue,
    caller: Permit<needs::Import>,
    file: ImportFile,
    options: ImportOptions,
    by: By,
    now: DateTime<Utc>,
) -> Result<ImportReport, ImportError> {
    let import = Import { db: db.clone(), queue: queue.clone(), caller: caller.caller(), file, options, by, now };
    let span = Span::current();
    let report = on_own_thread(db.runtime(), move || async move { import.run().instrument(span).await }).await;
    report.unwrap_or(Err(ImportError::CutShort))
}

/// Runs `work` on a thread that serves nothing else, until this future is dropped. Nothing when the runtime ends. A
/// panic of the work goes on here: it is a fault, and not a reason to try again.
async fn on_own_thread<T, F>(runtime: &Handle, work: impl FnOnce() -> F + Send + 'static) -> Option<T>
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    let (wanted, unwanted) = oneshot::channel::<()>();
    let handle = runtime.clone();
    let task = runtime.spawn_blocking(move || {
        handle.block_on(async {
            tokio::select! {
                result = work() => Some(result),
                _ = unwanted => None,
            }
        })
    });
    let result = match task.await {
        Ok(result) => result,
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        Err(_) => None,
    };
    drop(wanted);
    result
}

/// One import.
struct Import {
    db: Db,
    queue: ImportQueue,
    caller: Caller,
    file: ImportFile,
    options: ImportOptions,
    by: By,
    now: DateTime<Utc>,
}

impl Import {
    async fn run(&self) -> Result<ImportReport, ImportError> {
        let deadline = Instant::now() + TURN_TIMEOUT;
        let stopped = self.options.on_error == OnError::Stop && self.file.problems.errors_total() > 0;
        if stopped || self.options.dry_run {
            let _permit = self.connection(deadline).await?;
            let report = self.plan(&mut *self.db.conn().await?).await?.report;
            return if stopped { Err(ImportError::BadLines(Box::new(report))) } else { Ok(report) };
        }
        let Ok(_turn) = timeout_at(deadline, self.queue.turn(self.caller.workspace)).await else {
            return Err(ImportError::Busy);
        };
        let mut attempt = 1;
        loop {
            match self.try_once(deadline).await {
                Err(ImportError::Busy) if Instant::now() < deadline => sleep(LOCK_PAUSE).await,
                Err(ImportError::Database(error)) if attempt < ATTEMPTS && is_race(&error) => attempt += 1,
                result => return result,
            }
        }
    }

    /// Imports, unless another server imports into the workspace right now. The connection is given back either way.
    async fn try_once(&self, deadline: Instant) -> Result<ImportReport, ImportError> {
        let _permit = self.connection(deadline).await?;
        let mut conn = self.db.conn().await?;
        transaction(&mut conn, async |conn| {
            if !Workspace::try_lock_imports(conn, self.caller.workspace).await? {
                return Err(ImportError::Busy);
            }
            // Under the lock: another import may have ended since.
            let plan = self.plan(conn).await?;
            announce_bulk_change(conn, self.file.entries.len()).await?;
            write(conn, self.caller, &self.file, &plan, self.now).await?;
            let placeholders = plan.people.placeholders.len();
            if placeholders > 0 {
                let object = Object::workspace(self.caller.workspace);
                let details = json!({"placeholders": placeholders});
                audit::record(conn, self.by, "workspace.placeholders_made", object, details, self.now).await?;
            }
            Ok(ImportReport { committed: true, ..plan.report })
        })
        .await
    }

    async fn connection(&self, deadline: Instant) -> Result<impl Drop + use<>, ImportError> {
        let permit = timeout_at(deadline, self.queue.connection()).await.map_err(|_| ImportError::Busy)?;
        permit.ok_or(ImportError::CutShort)
    }

    async fn plan(&self, conn: &mut AsyncPgConnection) -> Result<Plan, ImportError> {
        Plan::make(conn, self.caller, &self.file, &self.options, self.now).await
    }
}

/// Whether a name or an entry was made, or a project, category or tag deleted, between planning and writing.
fn is_race(error: &Error) -> bool {
    matches!(
        error,
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::ForeignKeyViolation, _)
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_panic_of_the_work_is_not_taken_for_the_end_of_the_server() {
        async fn fails() {
            panic!("a fault of the import");
        }
        let runtime = Handle::current();
        let caller = tokio::spawn(async move { on_own_thread(&runtime, fails).await });
        assert!(caller.await.unwrap_err().is_panic());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn work_that_is_no_longer_wanted_ends() {
        struct Ended(Arc<AtomicBool>);
        impl Drop for Ended {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
            }
        }
        let runtime = Handle::current();
        assert_eq!(on_own_thread(&runtime, || async { 7 }).await, Some(7));
        let flag = Arc::new(AtomicBool::new(false));
        let ended = Ended(Arc::clone(&flag));
        let (begun, has_begun) = oneshot::channel();
        let work = on_own_thread(&runtime, move || async move {
            let _ended = ended;
            let _ = begun.send(());
            std::future::pending::<()>().await;
        });
        tokio::select! {
            _ = work => panic!("it never ends by itself"),
            _ = has_begun => {}
        }
        while !flag.load(Ordering::SeqCst) {
            sleep(Duration::from_millis(1)).await;
        }
    }
}
