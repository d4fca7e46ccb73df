//! Work that is more than an answer: what is due, how long it takes, and when it last went well.
//!
//! There is no queue in a table: cleaning comes round by the clock of each server, and an import runs within its request. What
//! operators want to know of both is the same as of any queue.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use prometheus::{HistogramVec, IntCounterVec, IntGaugeVec};

use crate::operations::cleaning::{Cleaned, Table};
use crate::telemetry::metrics::{JOB_SECONDS, counters, gauges, histograms};

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Deleting what nobody can ask for any more, time and again. One that failed stays due until a later one succeeds.
    Cleaning,
    /// Importing a file, for somebody who waits for it. One that failed is over.
    Import,
    /// Taking deleted tags off their entries. What failed is done by a later round, of any server.
    TagDeletion,
}

impl Queue {
    const ALL: [Self; 3] = [Self::Cleaning, Self::Import, Self::TagDeletion];

    /// Its name, as a label.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cleaning => "cleaning",
            Self::Import => "import",
            Self::TagDeletion => "tag_deletion",
        }
    }
}

/// The work of this server. Cheap to clone; clones count together.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

struct Inner {
    length: IntGaugeVec,
    seconds: HistogramVec,
    last_success: IntGaugeVec,
    cleaned_rows: IntCounterVec,
    cleaning_failures: IntCounterVec,
    /// Since when the cleaning is due and not done.
    cleaning_due: Mutex<Option<Instant>>,
}

/// One piece of work. Dropped without a word about its end, it has failed.
#[must_use = "a job that is dropped has failed"]
pub struct Job {
    jobs: Jobs,
    queue: Queue,
    begun: Instant,
    outcome: &'static str,
}

impl Jobs {
    /// Nothing to do so far.
    #[must_use]
    pub fn new() -> Self {
        let length = gauges("job_queue_length", "Jobs that are due or running and not done.", &["queue"]);
        for queue in Queue::ALL {
            length.with_label_values(&[queue.as_str()]).set(0);
        }
        let last_success =
            gauges("job_last_success_timestamp_seconds", "When a job last succeeded here, in Unix time.", &["queue"]);
        let seconds = histograms("job_duration_seconds", "How long jobs took.", &["queue", "outcome"], JOB_SECONDS);
        let cleaned_rows =
            counters("cleaning_rows_total", "Rows that were deleted because they are too old.", &["table"]);
        let cleaning_failures =
            counters("cleaning_failures_total", "Rounds in which a table could not be cleaned.", &["table"]);
        for table in Table::ALL {
            cleaned_rows.with_label_values(&[table.as_str()]).inc_by(0);
            cleaning_failures.with_label_values(&[table.as_str()]).inc_by(0);
        }
        let cleaning_due = Mutex::new(None);
        Self(Arc::new(Inner { length, seconds, last_success, cleaned_rows, cleaning_failures, cleaning_due }))
    }

    /// A job begins.
    pub fn begin(&self, queue: Queue) -> Job {
        let length = self.0.length.with_label_values(&[queue.as_str()]);
        match queue {
            Queue::Cleaning => {
                self.cleaning_due(|due| {
                    due.get_or_insert_with(Instant::now);
                });
                length.set(1);
            }
            Queue::Import | Queue::TagDeletion => length.inc(),
        }
        Job { jobs: self.clone(), queue, begun: Instant::now(), outcome: "failed" }
    }

    /// Counts what became of a table.
    pub fn cleaned(&self, cleaned: &Cleaned) {
        let table = [cleaned.table.as_str()];
        self.0.cleaned_rows.with_label_values(&table).inc_by(cleaned.rows);
        if cleaned.failure.is_some() {
            self.0.cleaning_failures.with_label_values(&table).inc();
        }
    }

    /// How long the cleaning has been due; `None` when it is done.
    #[must_use]
    pub fn cleaning_overdue(&self) -> Option<Duration> {
        self.cleaning_due(|due| due.map(|since| since.elapsed()))
    }

    /// Adds the metrics, `job_…` and `cleaning_…`, to a registry.
    ///
    /// # Errors
    /// When the registry has metrics of these names.
    pub fn register_metrics(&self, registry: &prometheus::Registry) -> prometheus::Result<()> {
        registry.register(Box::new(self.0.length.clone()))?;
        registry.register(Box::new(self.0.seconds.clone()))?;
        registry.register(Box::new(self.0.cleaned_rows.clone()))?;
        registry.register(Box::new(self.0.cleaning_failures.clone()))?;
        registry.register(Box::new(self.0.last_success.clone()))
    }

    fn cleaning_due<T>(&self, change: impl FnOnce(&mut Option<Instant>) -> T) -> T {
        change(&mut self.0.cleaning_due.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Default for Jobs {
    fn default() -> Self {
        Self::new()
    }
}

impl Job {
    /// It is done.
    pub fn succeed(mut self, now: DateTime<Utc>) {
        self.outcome = "succeeded";
        let name = [self.queue.as_str()];
        self.jobs.0.last_success.with_label_values(&name).set(now.timestamp());
        if self.queue == Queue::Cleaning {
            self.jobs.cleaning_due(|due| *due = None);
            self.jobs.0.length.with_label_values(&name).set(0);
        }
    }

    /// It could not be done, for a reason that lies with whoever wanted it.
    pub fn refuse(mut self) {
        self.outcome = "refused";
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let seconds = self.begun.elapsed().as_secs_f64();
        self.jobs.0.seconds.with_label_values(&[self.queue.as_str(), self.outcome]).observe(seconds);
        if self.queue != Queue::Cleaning {
            self.jobs.0.length.with_label_values(&[self.queue.as_str()]).dec();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_772_442_000, 0).unwrap()
    }

    fn length(jobs: &Jobs, queue: Queue) -> i64 {
        jobs.0.length.with_label_values(&[queue.as_str()]).get()
    }

    fn ended(jobs: &Jobs, queue: Queue, outcome: &str) -> u64 {
        jobs.0.seconds.with_label_values(&[queue.as_str(), outcome]).get_sample_count()
    }

    #[test]
    fn a_cleaning_that_failed_stays_due_until_one_succeeds() {
        let jobs = Jobs::new();
        assert_eq!((length(&jobs, Queue::Cleaning), jobs.cleaning_overdue()), (0, None));
        drop(jobs.begin(Queue::Cleaning));
        assert_eq!((length(&jobs, Queue::Cleaning), ended(&jobs, Queue::Cleaning, "failed")), (1, 1));
        let since = jobs.0.cleaning_due.lock().unwrap().unwrap();
        drop(jobs.begin(Queue::Cleaning));
        assert_eq!(*jobs.0.cleaning_due.lock().unwrap(), Some(since), "due since the first that failed");
        jobs.begin(Queue::Cleaning).succeed(now());
        assert_eq!((length(&jobs, Queue::Cleaning), jobs.cleaning_overdue()), (0, None));
        assert_eq!(ended(&jobs, Queue::Cleaning, "succeeded"), 1);
        assert_eq!(jobs.0.last_success.with_label_values(&["cleaning"]).get(), 1_772_442_000);
    }

    #[test]
    fn an_import_is_there_while_it_runs() {
        let jobs = Jobs::new();
        let (first, second) = (jobs.begin(Queue::Import), jobs.begin(Queue::Import));
        assert_eq!(length(&jobs, Queue::Import), 2);
        first.succeed(now());
        second.refuse();
        drop(jobs.begin(Queue::Import));
        assert_eq!(length(&jobs, Queue::Import), 0);
        for outcome in ["succeeded", "refused", "failed"] {
            assert_eq!(ended(&jobs, Queue::Import, outcome), 1, "{outcome}");
        }
    }
}
