//! Deletes an account whose deletion is due, batch by batch.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::{JobContext, JobError};
use crate::accounts::deletion::{self, EraseAccount, Progress};

pub(super) const TIMEOUT: Duration = Duration::from_secs(10 * 60);

pub(super) const ATTEMPTS: i32 = 10;

pub(super) async fn run(context: &JobContext, job: &EraseAccount) -> Result<(), JobError> {
    while batch(context, *job).await? == Progress::Continues {}
    Ok(())
}

/// A transaction's future is not `Send`, as its closure borrows the connection, so it runs on a thread of its own. Each
/// batch checks a connection out anew, so that mail and requests get their turn.
async fn batch(context: &JobContext, job: EraseAccount) -> Result<Progress, JobError> {
    let (context, runtime) = (context.clone(), Handle::current());
    let done = spawn_blocking(move || {
        runtime.block_on(async {
            let mut conn = context.conn().await?;
            let erased = deletion::erase_batch(&mut conn, &context.mailer, job, context.clock.now()).await;
            erased.map_err(|error| JobError::temporary(error.to_string()))
        })
    });
    done.await.map_err(|_| JobError::temporary("the attempt was broken off"))?
}
