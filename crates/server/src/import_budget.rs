//! How much a server imports at once. The rows of a file are in memory until they are written, and an import that
//! writes has a connection to the database; both are shares of what everything else needs too.

use std::sync::Arc;

use clockwork_core::import::{ImportQueue, TURN_TIMEOUT};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::error::{ApiError, ApiResult, ErrorCode};

/// The largest file, in bytes: years of a large team.
pub(crate) const FILE_MAX: usize = 64 * MIB;

/// What memory is counted in, in bytes.
const UNIT: usize = MIB;
const MIB: usize = 1024 * 1024;

/// The part of the process's memory that imports may take together.
const MEMORY_SHARE: u64 = 4;

/// The same where the system names no limit, in bytes.
const MEMORY_WITHOUT_LIMIT: u64 = 128 * MIB as u64;

/// What an import takes whatever its file is, in bytes: the statement at work, and what the allocator holds back from
/// the one before. `just bench-import` has measured 58 MiB at most for a file of 58 MiB and 400,000 rows, half of the
/// sum below; a file whose rows are nearly all description is kept nearly whole.
const BASE_BYTES: usize = 16 * MIB;

/// What a million rows take beside their texts, in bytes: a key of 32 bytes each, and a table to find equal ones.
const KEYS_MAX_BYTES: usize = 40 * MIB;

/// What the imports of a server may take. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct ImportBudget {
    memory: Arc<Semaphore>,
    units: usize,
    queue: ImportQueue,
}

impl ImportBudget {
    /// For a process with so many bytes of memory, and a pool of `max_conns` connections.
    pub(crate) fn new(memory_limit: Option<u64>, max_conns: usize) -> Self {
        let bytes = memory_limit.map_or(MEMORY_WITHOUT_LIMIT, |limit| limit / MEMORY_SHARE);
        let units = usize::try_from(bytes).unwrap_or(usize::MAX) / UNIT;
        // More than the largest files of a hundred people at once would be used by nothing.
        let units = units.clamp(1, 100 * (FILE_MAX / UNIT));
        Self { memory: Arc::new(Semaphore::new(units)), units, queue: ImportQueue::new(max_conns) }
    }

    /// The order in which imports write.
    pub(crate) fn queue(&self) -> &ImportQueue {
        &self.queue
    }

    /// Waits for the memory that a body of `length` bytes will need, which is taken until the permit is dropped. A body
    /// that does not tell its length may be as large as any. A file that needs more than there is has all of it for
    /// itself.
    pub(crate) async fn memory(&self, length: Option<usize>, deadline: Instant) -> ApiResult<OwnedSemaphorePermit> {
        let units = u32::try_from(need(length).div_ceil(UNIT).min(self.units)).map_err(ApiError::internal)?;
        match tokio::time::timeout_at(deadline, self.memory.clone().acquire_many_owned(units)).await {
            Ok(permit) => permit.map_err(ApiError::internal),
            Err(_) => Err(ApiError::new(
                ErrorCode::ImportRunning,
                "other imports are running; try again when they have ended",
            )),
        }
    }

    /// When an import that begins to wait now is told to come again.
    pub(crate) fn deadline() -> Instant {
        Instant::now() + TURN_TIMEOUT
    }
}

/// The memory that a body needs, in bytes: its rows, packed, take no more than it does.
fn need(length: Option<usize>) -> usize {
    let length = length.unwrap_or(FILE_MAX).min(FILE_MAX);
    BASE_BYTES + length + (2 * length).min(KEYS_MAX_BYTES)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    const CONTAINER: Option<u64> = Some(512 * MIB as u64);

    /// How many bodies of this length are in memory together.
    fn at_once(limit: Option<u64>, length: Option<usize>) -> usize {
        let budget = ImportBudget::new(limit, 5);
        let permit = || budget.memory(length, ImportBudget::deadline()).now_or_never()?.ok();
        std::iter::from_fn(permit).take(10_000).collect::<Vec<_>>().len()
    }

    #[tokio::test]
    async fn imports_together_take_a_quarter_of_the_memory() {
        assert!(need(None) <= 512 * MIB / 4);
        assert_eq!(at_once(CONTAINER, None), 1, "the largest file");
        assert_eq!(at_once(CONTAINER, Some(usize::MAX)), 1, "no file is larger");
        assert_eq!(at_once(CONTAINER, Some(5 * MIB)), 4);
        assert_eq!(at_once(CONTAINER, Some(1)), 7);
        assert_eq!(at_once(Some(2048 * MIB as u64), None), 4);
        assert_eq!(at_once(None, None), 1, "as in a container of 512 MiB");
    }

    #[tokio::test]
    async fn the_largest_file_is_imported_wherever_the_server_runs() {
        for limit in [0, 1, 16 * MIB as u64, 256 * MIB as u64, u64::MAX] {
            assert!(at_once(Some(limit), None) >= 1, "{limit}");
        }
    }

    #[tokio::test]
    async fn a_file_waits_for_others_and_is_told_when_they_do_not_end() {
        let budget = ImportBudget::new(CONTAINER, 5);
        let first = budget.memory(None, ImportBudget::deadline()).await.unwrap();
        let refused = budget.memory(Some(10 * MIB), Instant::now()).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::ImportRunning);
        let waiting = tokio::spawn({
            let budget = budget.clone();
            async move { budget.memory(None, ImportBudget::deadline()).await }
        });
        drop(first);
        drop(waiting.await.unwrap().unwrap());
    }
}
