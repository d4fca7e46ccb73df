//! How much is imported at once. What a file is turned into is held until it is written, and takes about six times as much memory as the
//! file; and each import has a connection to the database, of which others want some too.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::form::FILE_MAX;
use crate::error::{ApiError, ApiResult, ErrorCode};

/// What size is counted in, in bytes.
const UNIT: usize = 1024 * 1024;

/// For so much there is room: the largest file beside a small one, or five small ones.
const ROOM: usize = FILE_MAX / UNIT + LEAST;

/// So much a small file counts, because of its connection.
const LEAST: usize = 16;

/// How long an import waits for others to end. As long as it waits within the database for one on another server.
const PATIENCE: Duration = Duration::from_secs(30);

/// The room of a server for imports. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    free: Arc<Semaphore>,
    patience: Duration,
}

impl Room {
    /// All of it is free.
    pub(crate) fn new() -> Self {
        Self { free: Arc::new(Semaphore::new(ROOM)), patience: PATIENCE }
    }

    /// Waits until there is room for a body of `length` bytes, which is taken until the permit is dropped. One that does not tell its
    /// length may be as large as any.
    pub(super) async fn take(&self, length: Option<usize>) -> ApiResult<OwnedSemaphorePermit> {
        let units = length.unwrap_or(FILE_MAX).min(FILE_MAX).div_ceil(UNIT).max(LEAST);
        let units = u32::try_from(units).map_err(ApiError::internal)?;
        match tokio::time::timeout(self.patience, self.free.clone().acquire_many_owned(units)).await {
            Ok(permit) => permit.map_err(ApiError::internal),
            Err(_) => Err(ApiError::new(
                ErrorCode::ImportRunning,
                "other imports are running; try again when they have ended",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn large_files_follow_each_other_and_small_ones_are_few() {
        let patient = Room::new();
        let room = Room { patience: Duration::ZERO, ..patient.clone() };
        let large = room.take(None).await.unwrap();
        let small = room.take(Some(1)).await.unwrap();
        for length in [Some(1), Some(usize::MAX), None] {
            assert_eq!(room.take(length).await.unwrap_err().code(), ErrorCode::ImportRunning);
        }
        let waiting = tokio::spawn(async move { patient.take(None).await });
        drop(large);
        let next = waiting.await.unwrap().unwrap();
        drop((next, small));
        let mut all = Vec::new();
        for _ in 0..5 {
            all.push(room.take(Some(UNIT)).await.unwrap());
        }
        assert!(room.take(Some(UNIT)).await.is_err());
    }
}
