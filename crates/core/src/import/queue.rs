//! Which import may use a connection now.
//!
//! Imports into one workspace follow each other, and all imports of a server together use a few of its connections.
//! Both are waited for without a connection: one that waits while it holds a connection takes it from the requests of
//! everybody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::values::ids::WorkspaceId;

/// The imports of a server. Clones share it.
#[derive(Clone, Debug)]
pub struct ImportQueue {
    connections: Arc<Semaphore>,
    turns: Arc<Mutex<HashMap<WorkspaceId, Weak<tokio::sync::Mutex<()>>>>>,
}

/// A workspace's turn, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _guard: OwnedMutexGuard<()>,
}

impl ImportQueue {
    /// For a pool of `max_conns` connections: a quarter of them, at least one.
    #[must_use]
    pub fn new(max_conns: usize) -> Self {
        Self { connections: Arc::new(Semaphore::new((max_conns / 4).max(1))), turns: Arc::default() }
    }

    /// Waits until no import of this server works on the workspace.
    pub(super) async fn turn(&self, workspace: WorkspaceId) -> Turn {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| turn.strong_count() > 0);
            let waiting = turns.get(&workspace).and_then(Weak::upgrade);
            waiting.unwrap_or_else(|| {
                let turn = Arc::default();
                turns.insert(workspace, Arc::downgrade(&turn));
                turn
            })
        };
        Turn { _guard: turn.lock_owned().await }
    }

    /// Waits until an import may take a connection from the pool; nothing when the server ends.
    pub(super) async fn connection(&self) -> Option<OwnedSemaphorePermit> {
        self.connections.clone().acquire_owned().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn imports_into_one_workspace_follow_each_other_and_others_do_not_wait() {
        let queue = ImportQueue::new(25);
        let (one, other) = (WorkspaceId::new(), WorkspaceId::new());
        let first = queue.turn(one).await;
        assert!(queue.turn(one).now_or_never().is_none());
        drop(queue.turn(other).now_or_never().expect("another workspace's turn"));
        drop(first);
        drop(queue.turn(one).now_or_never().expect("the next turn"));
        drop(queue.turn(other).await);
        assert_eq!(queue.turns.lock().expect("no panic").len(), 1, "a turn without waiters is removed");
    }

    #[tokio::test]
    async fn imports_use_a_quarter_of_the_connections() {
        for (max_conns, expected) in [(1, 1), (2, 1), (5, 1), (8, 2), (25, 6)] {
            let queue = ImportQueue::new(max_conns);
            let mut held = Vec::new();
            while let Some(permit) = queue.connection().now_or_never() {
                held.push(permit.expect("the server goes on"));
            }
            assert_eq!(held.len(), expected, "of {max_conns}");
        }
    }
}
