//! The job that takes deleted tags off their entries, step by step ([`crate::structure::tags::finish_one`]).

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::background_metrics::{BackgroundMetrics, BackgroundTask};
use crate::database::Db;
use crate::structure::tags::{StepError, finish_one};
use crate::values::clock::Clock;

/// How often the job looks for deletions that another server has left.
const INTERVAL: Duration = Duration::from_secs(60);

/// The handle of the job. Cheap to clone; the job ends with the last clone.
#[derive(Clone, Debug)]
pub struct TagDeletions {
    wake: Arc<Notify>,
    _running: Arc<JoinSet<()>>,
}

impl TagDeletions {
    /// Starts the job. It works when it is woken, and every minute.
    #[must_use]
    pub fn start(db: &Db, clock: Clock, metrics: BackgroundMetrics) -> Self {
        let wake = Arc::new(Notify::new());
        let mut running = JoinSet::new();
        running.spawn_on(run(db.clone(), clock, metrics, Arc::clone(&wake)), db.runtime());
        Self { wake, _running: Arc::new(running) }
    }

    /// Tells the job that a deletion is not finished.
    pub fn wake(&self) {
        self.wake.notify_one();
    }
}

async fn run(db: Db, clock: Clock, metrics: BackgroundMetrics, wake: Arc<Notify>) {
    loop {
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(INTERVAL) => {}
        }
        if let Err(error) = finish_all(&db, &clock, &metrics).await {
            tracing::warn!(%error, "tag deletion interrupted; the next round goes on");
        }
    }
}

/// Each step borrows a connection anew, so that requests get their turn.
async fn finish_all(db: &Db, clock: &Clock, metrics: &BackgroundMetrics) -> Result<(), StepError> {
    if !finish_one(db, clock.now()).await? {
        return Ok(());
    }
    let running = metrics.begin(BackgroundTask::TagDeletion);
    while finish_one(db, clock.now()).await? {}
    running.succeed(clock.now());
    Ok(())
}
