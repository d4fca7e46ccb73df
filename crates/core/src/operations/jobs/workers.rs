//! Takes jobs and does them, until the server ends.
//!
//! One task of a server looks for jobs; attempts run beside it, a few at once. The task sleeps until it is notified or
//! until the next job or scheduled report is due, so an idle server sends a few statements a minute.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{JobContext, JobError, KINDS, Kind, add_scheduled, give_up, kinds, run};
use crate::models::{ClaimedJob, ClaimedKind, DueSchedule, Job};
use crate::operations::background_metrics::BackgroundMetrics;
use crate::values::ids::JobLeaseId;

/// How many jobs a server does at once. A long one must not keep mail waiting.
const WORKERS: usize = 2;

/// How often the server looks for jobs without a notification, which may be lost.
const POLL_INTERVAL: Duration = Duration::from_secs(30);

/// The shortest pause before the next look: a job that is due and was not taken is locked by another server.
const MINIMUM_PAUSE: Duration = Duration::from_secs(1);

/// How often the server counts jobs for the metrics, and at least checks the schedules.
const TENDING_INTERVAL: Duration = Duration::from_secs(60);

/// How much longer the lease is than the time limit of an attempt: for a busy machine, and a slow database.
const LEASE_MARGIN: Duration = Duration::from_secs(30);

/// The pause after the first failure; each further one is four times as long, up to the longest.
const BACKOFF: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(3 * 60 * 60));

/// How long jobs may go on after the server was told to end, before they return to the queue. Shorter than the time
/// that the shutdown gives this step.
const GRACE: Duration = Duration::from_millis(1_200);

/// The leases of the jobs that this server does.
type Leases = Arc<Mutex<HashSet<JobLeaseId>>>;

/// The job workers of a server.
pub struct Workers {
    context: JobContext,
    leases: Leases,
    /// Dropped to signal that no other job is to begin.
    stop: watch::Sender<()>,
    running: JoinSet<()>,
}

impl Workers {
    /// Starts them on the runtime of the database. `wake` is notified when jobs may have been added.
    #[must_use]
    pub fn start(context: &JobContext, wake: &Arc<Notify>, metrics: &BackgroundMetrics) -> Self {
        let (stop, stopped) = watch::channel(());
        let leases = Leases::default();
        metrics.jobs_counted(&kinds(), &[]);
        let dispatcher = Dispatcher {
            attempt: Attempt { context: context.clone(), leases: Arc::clone(&leases), metrics: metrics.clone() },
            wake: Arc::clone(wake),
            stopped,
            schema_is_current: false,
            tended: None,
            next_report: None,
        };
        let mut running = JoinSet::new();
        running.spawn_on(dispatcher.dispatch(), context.db.runtime());
        Self { context: context.clone(), leases, stop, running }
    }

    /// Begins no other job, and waits for the running ones. Jobs that take longer than a second or so return to the
    /// queue: another server, or the next start, does them again.
    pub async fn finish(mut self) {
        drop(self.stop);
        let ended = timeout(GRACE, async { while self.running.join_next().await.is_some() {} }).await;
        if ended.is_ok() {
            return;
        }
        self.running.shutdown().await;
        let leases: Vec<JobLeaseId> = lock(&self.leases).drain().collect();
        if leases.is_empty() {
            return;
        }
        tracing::info!(jobs = leases.len(), "jobs returned to the queue: another server does them");
        if let Err(error) = give_back(&self.context, &leases).await {
            tracing::warn!(%error, "jobs could not be returned to the queue; they are due again when their leases end");
        }
    }
}

async fn give_back(context: &JobContext, leases: &[JobLeaseId]) -> Result<(), JobError> {
    Job::give_back(&mut *context.conn().await?, leases).await?;
    Ok(())
}

fn lock(leases: &Leases) -> std::sync::MutexGuard<'_, HashSet<JobLeaseId>> {
    leases.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The task that looks for jobs.
struct Dispatcher {
    attempt: Attempt,
    wake: Arc<Notify>,
    stopped: watch::Receiver<()>,
    /// Whether the database has the tables of this release. An older schema, before the migrations of this release or
    /// after a roll back, has no jobs.
    schema_is_current: bool,
    /// When the jobs were last counted.
    tended: Option<Instant>,
    /// When the next schedule of a report was due, as of the last look that found nothing to do.
    next_report: Option<DateTime<Utc>>,
}

/// What a look at the queue has found.
enum Found {
    Job(ClaimedJob),
    /// Nothing to begin for that long, unless a notification comes before.
    Nothing(Duration),
}

impl Dispatcher {
    async fn dispatch(mut self) {
        let mut attempts = JoinSet::new();
        while self.stopped.has_changed().is_ok() {
            let has_room = attempts.len() < WORKERS;
            let pause = match self.look(has_room).await {
                Ok(Found::Job(job)) => {
                    let attempt = self.attempt.clone();
                    attempts.spawn(async move { attempt.run(&job).await });
                    continue;
                }
                Ok(Found::Nothing(pause)) => pause,
                Err(error) => {
                    tracing::debug!(%error, "the queue of jobs could not be read");
                    self.schema_is_current = false;
                    POLL_INTERVAL
                }
            };
            tokio::select! {
                Some(_) = attempts.join_next(), if !attempts.is_empty() => {}
                () = self.wake.notified(), if has_room => {}
                () = sleep(pause) => {}
                _ = self.stopped.changed() => {}
            }
        }
        while attempts.join_next().await.is_some() {}
    }

    /// Counts jobs when that is due, and takes one if there is room for it.
    async fn look(&mut self, has_room: bool) -> Result<Found, JobError> {
        let context = &self.attempt.context;
        let mut conn = context.conn().await?;
        if !self.schema_is_current {
            self.schema_is_current = Job::is_available(&mut conn).await?;
            if !self.schema_is_current {
                return Ok(Found::Nothing(POLL_INTERVAL));
            }
        }
        let now = context.clock.now();
        let report_is_due = self.next_report.is_some_and(|due| due <= now);
        if report_is_due || self.tended.is_none_or(|tended| tended.elapsed() >= TENDING_INTERVAL) {
            add_scheduled(&mut conn, now).await?;
            self.attempt.metrics.jobs_counted(&kinds(), &Job::count(&mut conn).await?);
            self.tended = Some(Instant::now());
            self.next_report = None;
        }
        if !has_room {
            return Ok(Found::Nothing(TENDING_INTERVAL));
        }
        // Known before the statement, so that a job which is taken while the server ends returns to the queue as well.
        let lease = JobLeaseId::new();
        lock(&self.attempt.leases).insert(lease);
        if let Some(job) = Job::claim(&mut conn, &claimed_kinds(), lease).await? {
            return Ok(Found::Job(job));
        }
        lock(&self.attempt.leases).remove(&lease);
        self.next_report = DueSchedule::next(&mut conn).await?;
        let job = Job::next_due(&mut conn, &kinds()).await?;
        let report = self.next_report.map(|due| (due - now).to_std().unwrap_or_default());
        let due = [job, report].into_iter().flatten().min();
        Ok(Found::Nothing(due.map_or(POLL_INTERVAL, |due| due.clamp(MINIMUM_PAUSE, POLL_INTERVAL))))
    }
}

/// The kinds that a worker takes, each for somewhat longer than an attempt may last.
fn claimed_kinds() -> Vec<ClaimedKind> {
    let claimed =
        |kind: &Kind| ClaimedKind { name: kind.name, held: kind.timeout + LEASE_MARGIN, attempts: kind.attempts };
    KINDS.iter().map(claimed).collect()
}

/// What an attempt needs.
#[derive(Clone)]
struct Attempt {
    context: JobContext,
    leases: Leases,
    metrics: BackgroundMetrics,
}

impl Attempt {
    async fn run(self, job: &ClaimedJob) {
        let kind = KINDS.iter().find(|kind| kind.name == job.kind);
        let result = if job.is_spent {
            // Another attempt might end the process that makes it, and with it whatever else that does, for ever.
            Err(JobError::permanent("no server has stored the end of the last attempt"))
        } else {
            self.attempt(kind, job).await
        };
        if let Err(error) = self.conclude(kind, job, result).await {
            tracing::warn!(%error, kind = job.kind, job = %job.id, "the end of a job could not be stored; the job runs again");
        }
        lock(&self.leases).remove(&job.lease);
    }

    async fn attempt(&self, kind: Option<&Kind>, job: &ClaimedJob) -> Result<(), JobError> {
        let begun = Instant::now();
        let limit = kind.map(|kind| kind.timeout).unwrap_or_default();
        let result = match timeout(limit, run(&self.context, job)).await {
            Ok(result) => result,
            Err(_) => Err(JobError::temporary("the attempt took too long")),
        };
        self.metrics.job_ended(&job.kind, result.is_ok(), begun.elapsed(), self.context.clock.now());
        result
    }

    /// Stores the end of an attempt. What waits for a job that is dead is told before: a server that dies in between
    /// leaves a job that is spent, and the next one tells it again.
    async fn conclude(
        &self,
        kind: Option<&Kind>,
        job: &ClaimedJob,
        result: Result<(), JobError>,
    ) -> Result<(), JobError> {
        let Err(error) = result else {
            job.finish(&mut *self.context.conn().await?).await?;
            return Ok(());
        };
        let attempts = kind.map(|kind| kind.attempts).unwrap_or_default();
        let is_dead = error.is_permanent || job.attempts >= attempts;
        let (kind, id, attempt) = (&job.kind, job.id, job.attempts);
        if is_dead {
            tracing::error!(%error, kind, job = %id, attempt, "job failed for good; `server jobs list --dead` shows it");
            give_up(&self.context, job).await?;
        } else {
            tracing::warn!(%error, kind, job = %id, attempt, "job failed; it is tried again");
        }
        job.fail(&mut *self.context.conn().await?, &error.text, pause(job.attempts), is_dead).await?;
        Ok(())
    }
}

/// The pause after so many attempts, before a random part makes it shorter or longer.
fn pause(attempts: i32) -> Duration {
    let failures = u32::try_from(attempts - 1).unwrap_or_default();
    4_u32
        .checked_pow(failures)
        .and_then(|factor| BACKOFF.0.checked_mul(factor))
        .map_or(BACKOFF.1, |it| it.min(BACKOFF.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound() {
        let pauses = [1, 2, 3, 4, 5, 6, 7, 100].map(|attempts| pause(attempts).as_secs());
        assert_eq!(pauses, [10, 40, 160, 640, 2_560, 10_240, 10_800, 10_800]);
    }

    #[test]
    fn every_kind_has_a_name_that_the_table_takes() {
        for Kind { name, timeout, attempts } in &KINDS {
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') && name.len() <= 64, "{name}");
            assert!(*attempts > 1 && *timeout > Duration::ZERO, "{name}");
        }
    }
}
