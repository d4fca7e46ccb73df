//! Metrics of background tasks: how many are due or running, how long they take, and when one last succeeded.
//!
//! Jobs of the table are counted by their kinds. Cleaning, which each server does by its own clock, and imports, which
//! run within their requests, are in no table; the metrics are the same, because operators ask the same questions of
//! all.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use prometheus::{HistogramVec, IntCounterVec, IntGaugeVec};

use super::cleaning::{Cleaned, Table};
use crate::models::JobCount;
use crate::telemetry::metrics::{JOB_SECONDS, counters, gauges, histograms};

/// A kind of background task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackgroundTask {
    /// Deletes expired rows, every few minutes. A task that failed stays due until a later one succeeds.
    Cleaning,
    /// Imports a file, within a request. A task that failed is not repeated.
    Import,
    /// Takes deleted tags off their entries. After a failure the next round, on any server, goes on.
    TagDeletion,
}

impl BackgroundTask {
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

/// The background tasks of this server. Cheap to clone; clones count together.
#[derive(Clone)]
pub struct BackgroundMetrics(Arc<Inner>);

struct Inner {
    length: IntGaugeVec,
    seconds: HistogramVec,
    last_success: IntGaugeVec,
    cleaned_rows: IntCounterVec,
    cleaning_failures: IntCounterVec,
    dead: IntGaugeVec,
    /// Since when cleaning has been due.
    cleaning_due: Mutex<Option<Instant>>,
}

/// A task that is running. It counts as failed unless [`Self::succeed`] or [`Self::refuse`] is called.
#[must_use = "a task that is dropped counts as failed"]
pub struct RunningTask {
    metrics: BackgroundMetrics,
    task: BackgroundTask,
    begun: Instant,
    outcome: &'static str,
}

impl BackgroundMetrics {
    /// Metrics of a server that has just started.
    #[must_use]
    pub fn new() -> Self {
        let length = gauges("job_queue_length", "Jobs that are due, running or waiting to be tried again.", &["queue"]);
        for task in BackgroundTask::ALL {
            length.with_label_values(&[task.as_str()]).set(0);
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
        let dead = gauges("job_dead", "Jobs that have failed for good, of all servers together.", &["queue"]);
        let cleaning_due = Mutex::new(None);
        Self(Arc::new(Inner { length, seconds, last_success, cleaned_rows, cleaning_failures, dead, cleaning_due }))
    }

    /// Counts a task that begins.
    pub fn begin(&self, task: BackgroundTask) -> RunningTask {
        let length = self.0.length.with_label_values(&[task.as_str()]);
        match task {
            BackgroundTask::Cleaning => {
                self.cleaning_due(|due| {
                    due.get_or_insert_with(Instant::now);
                });
                length.set(1);
            }
            BackgroundTask::Import | BackgroundTask::TagDeletion => length.inc(),
        }
        RunningTask { metrics: self.clone(), task, begun: Instant::now(), outcome: "failed" }
    }

    /// Counts the rows that were deleted from a table, and a failure.
    pub fn cleaned(&self, cleaned: &Cleaned) {
        let table = [cleaned.table.as_str()];
        self.0.cleaned_rows.with_label_values(&table).inc_by(cleaned.rows);
        if cleaned.failure.is_some() {
            self.0.cleaning_failures.with_label_values(&table).inc();
        }
    }

    /// Shows how many jobs of the table there are, of these kinds.
    pub fn jobs_counted(&self, kinds: &[&str], counts: &[JobCount]) {
        for kind in kinds {
            let of = counts.iter().find(|count| count.kind == *kind);
            self.0.length.with_label_values(&[kind]).set(of.map_or(0, |count| count.waiting));
            self.0.dead.with_label_values(&[kind]).set(of.map_or(0, |count| count.dead));
        }
    }

    /// Counts an attempt of a job of the table.
    pub fn job_ended(&self, kind: &str, succeeded: bool, took: Duration, now: DateTime<Utc>) {
        let outcome = if succeeded { "succeeded" } else { "failed" };
        self.0.seconds.with_label_values(&[kind, outcome]).observe(took.as_secs_f64());
        if succeeded {
            self.0.last_success.with_label_values(&[kind]).set(now.timestamp());
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
        registry.register(Box::new(self.0.dead.clone()))?;
        registry.register(Box::new(self.0.last_success.clone()))
    }

    fn cleaning_due<T>(&self, change: impl FnOnce(&mut Option<Instant>) -> T) -> T {
        change(&mut self.0.cleaning_due.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Default for BackgroundMetrics {
    fn default() -> Self {
        Self::new()
    }
}

impl RunningTask {
    /// Ends the task as succeeded.
    pub fn succeed(mut self, now: DateTime<Utc>) {
        self.outcome = "succeeded";
        let name = [self.task.as_str()];
        self.metrics.0.last_success.with_label_values(&name).set(now.timestamp());
        if self.task == BackgroundTask::Cleaning {
            self.metrics.cleaning_due(|due| *due = None);
            self.metrics.0.length.with_label_values(&name).set(0);
        }
    }

    /// Ends the task as refused: the request was at fault, as with an import of a bad file.
    pub fn refuse(mut self) {
        self.outcome = "refused";
    }
}

impl Drop for RunningTask {
    fn drop(&mut self) {
        let seconds = self.begun.elapsed().as_secs_f64();
        self.metrics.0.seconds.with_label_values(&[self.task.as_str(), self.outcome]).observe(seconds);
        if self.task != BackgroundTask::Cleaning {
            self.metrics.0.length.with_label_values(&[self.task.as_str()]).dec();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_772_442_000, 0).unwrap()
    }

    fn length(metrics: &BackgroundMetrics, task: BackgroundTask) -> i64 {
        metrics.0.length.with_label_values(&[task.as_str()]).get()
    }

    fn ended(metrics: &BackgroundMetrics, task: BackgroundTask, outcome: &str) -> u64 {
        metrics.0.seconds.with_label_values(&[task.as_str(), outcome]).get_sample_count()
    }

    #[test]
    fn a_cleaning_that_failed_stays_due_until_one_succeeds() {
        let metrics = BackgroundMetrics::new();
        assert_eq!((length(&metrics, BackgroundTask::Cleaning), metrics.cleaning_overdue()), (0, None));
        drop(metrics.begin(BackgroundTask::Cleaning));
        assert_eq!(
            (length(&metrics, BackgroundTask::Cleaning), ended(&metrics, BackgroundTask::Cleaning, "failed")),
            (1, 1)
        );
        let since = metrics.0.cleaning_due.lock().unwrap().unwrap();
        drop(metrics.begin(BackgroundTask::Cleaning));
        assert_eq!(*metrics.0.cleaning_due.lock().unwrap(), Some(since), "due since the first that failed");
        metrics.begin(BackgroundTask::Cleaning).succeed(now());
        assert_eq!((length(&metrics, BackgroundTask::Cleaning), metrics.cleaning_overdue()), (0, None));
        assert_eq!(ended(&metrics, BackgroundTask::Cleaning, "succeeded"), 1);
        assert_eq!(metrics.0.last_success.with_label_values(&["cleaning"]).get(), 1_772_442_000);
    }

    #[test]
    fn an_import_is_there_while_it_runs() {
        let metrics = BackgroundMetrics::new();
        let (first, second) = (metrics.begin(BackgroundTask::Import), metrics.begin(BackgroundTask::Import));
        assert_eq!(length(&metrics, BackgroundTask::Import), 2);
        first.succeed(now());
        second.refuse();
        drop(metrics.begin(BackgroundTask::Import));
        assert_eq!(length(&metrics, BackgroundTask::Import), 0);
        for outcome in ["succeeded", "refused", "failed"] {
            assert_eq!(ended(&metrics, BackgroundTask::Import, outcome), 1, "{outcome}");
        }
    }
}
