//! What waits for one subscription.
//!
//! tokio's channels allocate their slots in advance, one to two kilobytes for an idle stream; a mailbox allocates when
//! something arrives.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Position;
use super::changes::Changes;

/// The most events that wait for a subscription: as many as the busiest workspace has in some seconds. A subscription
/// that falls further behind reloads everything. They take at most 100 bytes each, and subscriptions with the same
/// audience share them.
pub(super) const EVENTS_MAX: usize = 5_000;
/// The most batches that wait. There are at most a hundred a second, so this is at least ten seconds.
pub(super) const BATCHES_MAX: usize = 1_000;

/// Events that one look at the log has found, and the position after them. Whole transactions, always.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    pub(super) changes: Arc<Changes>,
    pub(super) position: Arc<Position>,
}

/// What waits.
#[derive(Debug)]
pub(super) enum Unread {
    /// Oldest first.
    Batches(Vec<Batch>),
    /// Anything may have changed before this position.
    Reset(Arc<Position>),
}

impl Unread {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Batches(batches) if batches.is_empty())
    }
}

/// How many mailboxes of a process have something that their subscription has not taken yet.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    filled: AtomicUsize,
    /// When so few are left, the listener is told.
    few: AtomicUsize,
    drained: Notify,
}

impl Backlog {
    pub(super) fn filled(&self) -> usize {
        self.filled.load(Ordering::Relaxed)
    }

    /// Has [`Self::drained`] return when at most so many are left.
    pub(super) fn watch(&self, few: usize) {
        self.few.store(few, Ordering::Relaxed);
    }

    /// May also return for an earlier [`Self::watch`].
    pub(super) async fn drained(&self) {
        self.drained.notified().await;
    }

    fn add(&self) {
        self.filled.fetch_add(1, Ordering::Relaxed);
    }

    fn subtract(&self) {
        if self.filled.fetch_sub(1, Ordering::Relaxed) == self.few.load(Ordering::Relaxed) + 1 {
            self.drained.notify_one();
        }
    }
}

/// A queue of bounded length, with one reader.
#[derive(Debug)]
pub(super) struct Mailbox {
    waiting: Mutex<Unread>,
    filled: Notify,
    backlog: Arc<Backlog>,
}

impl Mailbox {
    pub(super) fn new(backlog: Arc<Backlog>) -> Self {
        Self { waiting: Mutex::new(Unread::Batches(Vec::new())), filled: Notify::new(), backlog }
    }

    fn waiting(&self) -> MutexGuard<'_, Unread> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a batch. Instead of more than [`BATCHES_MAX`] or [`EVENTS_MAX`], and after a reset, a reset waits, with the
    /// position of the last batch.
    pub(super) fn push(&self, batch: Batch) {
        {
            let mut waiting = self.waiting();
            if waiting.is_empty() {
                self.backlog.add();
            }
            match &mut *waiting {
                Unread::Batches(batches) if has_room(batches, &batch) => batches.push(batch),
                full => *full = Unread::Reset(batch.position),
            }
        }
        self.filled.notify_one();
    }

    /// Replaces all that waits.
    pub(super) fn reset(&self, position: Arc<Position>) {
        {
            let mut waiting = self.waiting();
            if waiting.is_empty() {
                self.backlog.add();
            }
            *waiting = Unread::Reset(position);
        }
        self.filled.notify_one();
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting().is_empty()
    }

    /// Waits until there is something, and takes all of it. Can be dropped and called again without loss.
    pub(super) async fn take(&self) -> Unread {
        loop {
            {
                let mut waiting = self.waiting();
                if !waiting.is_empty() {
                    self.backlog.subtract();
                    return std::mem::replace(&mut *waiting, Unread::Batches(Vec::new()));
                }
            }
            self.filled.notified().await;
        }
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        if !self.is_empty() {
            self.backlog.subtract();
        }
    }
}

fn has_room(batches: &[Batch], batch: &Batch) -> bool {
    // A single batch is never too long: the listener reads no longer ones.
    batches.is_empty()
        || (batches.len() < BATCHES_MAX
            && batches.iter().map(|batch| batch.changes.len()).sum::<usize>() + batch.changes.len() <= EVENTS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::LogCursor;
    use crate::events::tests::event;

    fn position(xmax: usize) -> Arc<Position> {
        Position::new(LogCursor::of_snapshot(&"ab".into(), &format!("{xmax}:{xmax}:")).unwrap())
    }

    fn batch(xmax: usize, events: usize) -> Batch {
        Batch { changes: Changes::new(vec![event(); events]), position: position(xmax) }
    }

    #[tokio::test]
    async fn what_waits_is_taken_at_once_and_in_order() {
        let mailbox = Mailbox::new(Arc::default());
        for xmax in 1..=BATCHES_MAX {
            mailbox.push(batch(xmax, 1));
        }
        let Unread::Batches(batches) = mailbox.take().await else { panic!("reset") };
        let positions: Vec<_> = batches.iter().map(|batch| batch.position.cursor.xmax()).collect();
        assert_eq!(positions, (1..=BATCHES_MAX as i64).collect::<Vec<_>>());
        assert!(mailbox.is_empty());
    }

    #[tokio::test]
    async fn a_full_mailbox_holds_one_reset_with_the_last_position() {
        for (batches, events) in [(BATCHES_MAX, 1), (5, EVENTS_MAX / 5)] {
            let mailbox = Mailbox::new(Arc::default());
            for xmax in 1..=batches + 3 {
                mailbox.push(batch(xmax, events));
            }
            let last = i64::try_from(batches + 3).unwrap();
            assert!(matches!(mailbox.take().await, Unread::Reset(position) if position.cursor.xmax() == last));
            assert!(mailbox.is_empty());
            mailbox.push(batch(9_999, events));
            assert!(matches!(mailbox.take().await, Unread::Batches(batches) if batches.len() == 1));
        }
    }

    #[tokio::test]
    async fn a_reader_that_waits_is_woken() {
        let mailbox = Arc::new(Mailbox::new(Arc::default()));
        let reader = tokio::spawn({
            let mailbox = Arc::clone(&mailbox);
            async move { mailbox.take().await }
        });
        tokio::task::yield_now().await;
        mailbox.reset(position(7));
        assert!(matches!(reader.await.unwrap(), Unread::Reset(_)));
    }

    #[tokio::test]
    async fn the_backlog_counts_mailboxes_that_are_not_empty() {
        let backlog = Arc::new(Backlog::default());
        let mailboxes: [_; 4] = std::array::from_fn(|_| Mailbox::new(Arc::clone(&backlog)));
        for mailbox in &mailboxes {
            mailbox.push(batch(1, 1));
            mailbox.push(batch(2, 1));
        }
        assert_eq!(backlog.filled(), 4);
        backlog.watch(1);
        let [first, second, third, fourth] = mailboxes;
        first.reset(position(3));
        first.take().await;
        second.take().await;
        assert_eq!(backlog.filled(), 2);
        assert!(futures_util::FutureExt::now_or_never(backlog.drained()).is_none(), "two are left");
        drop(third);
        assert!(futures_util::FutureExt::now_or_never(backlog.drained()).is_some(), "one is left");
        fourth.take().await;
        drop((first, second, fourth));
        assert_eq!(backlog.filled(), 0);
    }
}
