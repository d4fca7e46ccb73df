//! Deletes the rows of a deleted workspace, batch by batch.

use std::time::Duration;

use super::{JobContext, JobError};
use crate::accounts::workspaces::{self, EraseWorkspace};

/// Some thousand batches; the next attempt continues where this one ends.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10 * 60);

pub(super) const ATTEMPTS: i32 = 10;

pub(super) async fn run(context: &JobContext, EraseWorkspace { workspace }: &EraseWorkspace) -> Result<(), JobError> {
    // Each batch checks a connection out anew, so that mail and requests get their turn.
    while workspaces::erase_batch(&mut *context.conn().await?, *workspace).await? {}
    Ok(())
}
