//! The workers that do jobs. Each kind of job is a file of its own.
//!
//! A server does a few jobs at once. It waits for a notification of the database, and looks twice a minute without one,
//! because notifications may be lost. A job has a time limit and a lease that is longer. If the process dies, another
//! server takes the job when the lease has ended; after the last attempt of its kind it marks the job as dead. So every
//! kind of job bears running twice, and an attempt that is only slow beside the next one.

mod claim_placeholder;
mod erase_account;
mod erase_workspace;
mod export_data;
mod forget_dead_jobs;
mod send_mail;
mod send_report;
mod watch_budgets;
mod workers;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use forget_dead_jobs::ForgetDeadJobs;
pub use workers::Workers;

use crate::accounts::data_export::ExportData;
use crate::accounts::deletion::EraseAccount;
use crate::accounts::placeholders::ClaimPlaceholder;
use crate::accounts::workspaces::EraseWorkspace;
use crate::database::{Db, DbConn, DbError};
use crate::jobs::Payload;
use crate::mail::{Mailer, Message};
use crate::models::{ClaimedJob, JobSchedule};
use crate::reports::{self, SendReport, WatchBudgets};
use crate::values::clock::Clock;

/// What jobs work with.
#[derive(Clone)]
pub struct JobContext {
    /// The database.
    pub db: Db,
    /// Where the time comes from.
    pub clock: Clock,
    /// What sends mail.
    pub mailer: Mailer,
    turn: Arc<Semaphore>,
}

impl JobContext {
    /// What the jobs of a server work with.
    #[must_use]
    pub fn new(db: Db, clock: Clock, mailer: Mailer) -> Self {
        Self { db, clock, mailer, turn: Arc::new(Semaphore::new(1)) }
    }

    /// Checks a connection out of the pool. All jobs of a server together use one at a time: the others are for
    /// requests.
    async fn conn(&self) -> Result<JobConnection, JobError> {
        let turn = Arc::clone(&self.turn).acquire_owned().await;
        let turn = turn.map_err(|_| JobError::temporary("the jobs have ended"))?;
        Ok(JobConnection { conn: self.db.conn().await?, _turn: turn })
    }
}

/// The connection of the pool that the jobs of a server use.
struct JobConnection {
    conn: DbConn,
    _turn: OwnedSemaphorePermit,
}

impl Deref for JobConnection {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        &self.conn
    }
}

impl DerefMut for JobConnection {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.conn
    }
}

/// Why a job was not done. The text is stored, so it has no personal data.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct JobError {
    text: String,
    /// Whether trying again is of no use.
    is_permanent: bool,
}

impl JobError {
    fn permanent(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_permanent: true }
    }

    fn temporary(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_permanent: false }
    }
}

impl From<diesel::result::Error> for JobError {
    fn from(error: diesel::result::Error) -> Self {
        tracing::warn!(%error, "job interrupted: a statement failed");
        Self::temporary("the database failed")
    }
}

impl From<DbError> for JobError {
    fn from(_: DbError) -> Self {
        Self::temporary("no connection to the database")
    }
}

/// A kind of job: how long it may take and how often it is tried.
#[derive(Debug)]
struct Kind {
    name: &'static str,
    /// How long one attempt may take.
    timeout: Duration,
    /// How often it is tried before it is dead.
    attempts: i32,
}

/// The kinds that this release knows. Kinds of a later release are left to its servers.
const KINDS: [Kind; 8] = [
    Kind { name: Message::KIND, timeout: send_mail::TIMEOUT, attempts: send_mail::ATTEMPTS },
    Kind { name: EraseWorkspace::KIND, timeout: erase_workspace::TIMEOUT, attempts: erase_workspace::ATTEMPTS },
    Kind { name: EraseAccount::KIND, timeout: erase_account::TIMEOUT, attempts: erase_account::ATTEMPTS },
    Kind { name: ClaimPlaceholder::KIND, timeout: claim_placeholder::TIMEOUT, attempts: claim_placeholder::ATTEMPTS },
    Kind { name: ExportData::KIND, timeout: export_data::TIMEOUT, attempts: export_data::ATTEMPTS },
    Kind { name: SendReport::KIND, timeout: send_report::TIMEOUT, attempts: send_report::ATTEMPTS },
    Kind { name: WatchBudgets::KIND, timeout: watch_budgets::TIMEOUT, attempts: watch_budgets::ATTEMPTS },
    Kind { name: ForgetDeadJobs::KIND, timeout: forget_dead_jobs::TIMEOUT, attempts: forget_dead_jobs::ATTEMPTS },
];

/// Adds the recurring jobs that are due. Of several servers at once, one adds each.
async fn add_scheduled(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<(), JobError> {
    JobSchedule::add_due(conn, ForgetDeadJobs::KIND, forget_dead_jobs::INTERVAL).await?;
    JobSchedule::add_due(conn, WatchBudgets::KIND, watch_budgets::INTERVAL).await?;
    reports::add_due_reports(conn, now).await?;
    Ok(())
}

/// The names of all kinds that this release knows.
#[must_use]
pub fn kinds() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

/// Does a job.
async fn run(context: &JobContext, job: &ClaimedJob) -> Result<(), JobError> {
    match job.kind.as_str() {
        Message::KIND => send_mail::run(context, job.id, &payload(job)?).await,
        EraseWorkspace::KIND => erase_workspace::run(context, &payload(job)?).await,
        EraseAccount::KIND => erase_account::run(context, &payload(job)?).await,
        ClaimPlaceholder::KIND => claim_placeholder::run(context, &payload(job)?).await,
        ExportData::KIND => export_data::run(context, job, &payload(job)?).await,
        SendReport::KIND => send_report::run(context, job.id, &payload(job)?).await,
        WatchBudgets::KIND => watch_budgets::run(context, payload(job)?).await,
        ForgetDeadJobs::KIND => forget_dead_jobs::run(context).await,
        _ => Err(JobError::permanent("this release does not know the kind")),
    }
}

/// Tells what waits for a job that it is dead: a user is not shown for days that something is on its way. Whether the
/// last attempt failed in a way that no further one mends, or like those before, or no server has stored its end.
async fn give_up(context: &JobContext, job: &ClaimedJob) -> Result<(), JobError> {
    match job.kind.as_str() {
        ExportData::KIND => match payload(job) {
            Ok(export) => export_data::give_up(context, job, &export).await,
            Err(_) => Ok(()),
        },
        SendReport::KIND => match payload(job) {
            Ok(report) => send_report::give_up(context, &report).await,
            Err(_) => Ok(()),
        },
        // A message, and what is deleted or moved, is waited for by nobody who is shown its state: `job_dead` and the
        // page Administration tell who runs the installation.
        _ => Ok(()),
    }
}

fn payload<P: DeserializeOwned>(job: &ClaimedJob) -> Result<P, JobError> {
    P::deserialize(&job.payload).map_err(|_| JobError::permanent("this release cannot read what the job is about"))
}
