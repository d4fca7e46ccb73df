//! Deletes jobs that failed for good a month ago.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{JobContext, JobError};
use crate::jobs::Payload;
use crate::models::Job;

pub(super) const TIMEOUT: Duration = Duration::from_secs(60);

pub(super) const ATTEMPTS: i32 = 3;

/// How often the job runs.
pub(super) const INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

/// How long dead jobs are kept.
const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The job, which has an empty payload.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct ForgetDeadJobs {}

impl Payload for ForgetDeadJobs {
    const KIND: &'static str = "forget_dead_jobs";
}

pub(super) async fn run(context: &JobContext) -> Result<(), JobError> {
    while Job::purge_dead(&mut *context.conn().await?, KEPT_FOR).await? > 0 {}
    Ok(())
}
