//! Moves what belongs to a claimed placeholder to the member who has claimed it.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::{JobContext, JobError};
use crate::accounts::placeholders::{self, ClaimPlaceholder, Claimed};

/// Half a minute for 400,000 entries.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// Over more than a day: an import into the workspace may run meanwhile.
pub(super) const ATTEMPTS: i32 = 15;

/// A transaction's future is not `Send`, as its closure borrows the connection, so it runs on a thread of its own.
pub(super) async fn run(context: &JobContext, job: &ClaimPlaceholder) -> Result<(), JobError> {
    let (context, runtime, job) = (context.clone(), Handle::current(), *job);
    let done = spawn_blocking(move || {
        runtime.block_on(async {
            let mut conn = context.conn().await?;
            match placeholders::move_claimed(&mut conn, job, context.clock.now()).await? {
                Claimed::Done => Ok(()),
                Claimed::ImportRunning => Err(JobError::temporary("an import into the workspace is running")),
            }
        })
    });
    done.await.map_err(|_| JobError::temporary("the attempt was broken off"))?
}
