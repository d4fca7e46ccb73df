//! Looks whether budgets have reached their alerts.

use std::time::Duration;

use super::{JobContext, JobError};
use crate::jobs::{self, JobOptions};
use crate::reports::{self, WATCHED_AT_ONCE, WatchBudgets};

/// For the workspaces of one job, with as many budgets as they may have.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5 * 60);

pub(super) const ATTEMPTS: i32 = 3;

/// How often a round begins.
pub(super) const INTERVAL: Duration = Duration::from_secs(10 * 60);

/// A workspace that fails does not keep the others from their alerts: the next round tries it again.
pub(super) async fn run(context: &JobContext, job: WatchBudgets) -> Result<(), JobError> {
    let now = context.clock.now();
    let workspaces = reports::watched_workspaces(&mut *context.conn().await?, job).await?;
    let mut alerts = 0;
    for workspace in &workspaces {
        // Borrowed anew, so that other jobs get their turn, and so that a connection which failed is not used again.
        let mut conn = context.conn().await?;
        match reports::record_alerts(&mut conn, *workspace, now).await {
            Ok(noted) => alerts += noted,
            Err(error) => tracing::warn!(
                %error, %workspace, "budgets of a workspace could not be looked at; the next round tries again"
            ),
        }
    }
    if alerts > 0 {
        tracing::info!(alerts, "budget alerts reached");
    }
    if let Some(last) = workspaces.last().filter(|_| workspaces.len() == WATCHED_AT_ONCE) {
        let rest = WatchBudgets { after: Some(*last) };
        let key = last.to_string();
        let options = JobOptions { unique_key: Some(&key), ..JobOptions::default() };
        jobs::enqueue(&mut *context.conn().await?, &rest, options).await?;
    }
    Ok(())
}
