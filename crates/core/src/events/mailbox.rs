//! What waits for one subscription.
//!
//! tokio's channels allocate their slots in advance, one to two kilobytes for an idle stream; a mailbox allocates when something arrives.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::{Event, Position};

/// The most batches that wait for a subscription. One that falls further behind reloads everything.
pub(super) const CAPACITY: usize = 32;

/// Events that one look at the log has found, and the position after them. Whole transactions, always.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    pub(super) events: Arc<[Event]>,
    pub(super) position: Arc<Position>,
}

/// What waits.
#[derive(Debug)]
pub(super) enum Waiting {
    /// Oldest first.
    Batches(Vec<Batch>),
    /// Anything may have changed before this position.
    Reset(Arc<Position>),
}

/// A queue of fixed length, with one reader.
#[derive(Debug)]
pub(super) struct Mailbox {
    waiting: Mutex<Waiting>,
    filled: Notify,
}

impl Mailbox {
    pub(super) fn new() -> Self {
        Self { waiting: Mutex::new(Waiting::Batches(Vec::new())), filled: Notify::new() }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a batch. Instead of more than [`CAPACITY`], and after a reset, a reset waits, with the position of the last batch.
    pub(super) fn push(&self, batch: Batch) {
        {
            let mut waiting = self.waiting();
            match &mut *waiting {
                Waiting::Batches(batches) if batches.len() < CAPACITY => batches.push(batch),
                full => *full = Waiting::Reset(batch.position),
            }
        }
        self.filled.notify_one();
    }

    /// Replaces all that waits.
    pub(super) fn reset(&self, position: Arc<Position>) {
        *self.waiting() = Waiting::Reset(position);
        self.filled.notify_one();
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        matches!(&*self.waiting(), Waiting::Batches(batches) if batches.is_empty())
    }

    /// Waits until there is something, and takes all of it. Can be dropped and called again without loss.
    pub(super) async fn take(&self) -> Waiting {
        loop {
            {
                let mut waiting = self.waiting();
                if !matches!(&*waiting, Waiting::Batches(batches) if batches.is_empty()) {
                    return std::mem::replace(&mut *waiting, Waiting::Batches(Vec::new()));
                }
            }
            self.filled.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::LogCursor;

    fn position(xmax: usize) -> Arc<Position> {
        Position::new(LogCursor::of_snapshot(&"ab".into(), &format!("{xmax}:{xmax}:")).unwrap())
    }

    fn batch(xmax: usize) -> Batch {
        Batch { events: Arc::from([]), position: position(xmax) }
    }

    #[tokio::test]
    async fn what_waits_is_taken_at_once_and_in_order() {
        let mailbox = Mailbox::new();
        for xmax in 1..=CAPACITY {
            mailbox.push(batch(xmax));
        }
        let Waiting::Batches(batches) = mailbox.take().await else { panic!("reset") };
        let positions: Vec<_> = batches.iter().map(|batch| batch.position.cursor.xmax()).collect();
        assert_eq!(positions, (1..=CAPACITY as i64).collect::<Vec<_>>());
        assert!(mailbox.is_empty());
    }

    #[tokio::test]
    async fn a_full_mailbox_holds_one_reset_with_the_last_position() {
        let mailbox = Mailbox::new();
        for xmax in 1..=CAPACITY + 3 {
            mailbox.push(batch(xmax));
        }
        let last = CAPACITY as i64 + 3;
        assert!(matches!(mailbox.take().await, Waiting::Reset(position) if position.cursor.xmax() == last));
        assert!(mailbox.is_empty());
        mailbox.push(batch(99));
        assert!(matches!(mailbox.take().await, Waiting::Batches(batches) if batches.len() == 1));
    }

    #[tokio::test]
    async fn a_reader_that_waits_is_woken() {
        let mailbox = Arc::new(Mailbox::new());
        let reader = tokio::spawn({
            let mailbox = Arc::clone(&mailbox);
            async move { mailbox.take().await }
        });
        tokio::task::yield_now().await;
        mailbox.reset(position(7));
        assert!(matches!(reader.await.unwrap(), Waiting::Reset(_)));
    }
}
