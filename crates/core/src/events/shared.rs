//! What the listener, the hub and its subscriptions share: how far the log is read, and the subscribers.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::mailbox::Backlog;
use super::position::{ListenerPosition, Position, PositionHistory};
use super::subscribers::{Audience, Subscribers};
use crate::models::{EventLog, LogCursor};

/// How often things happen on live updates and their streams.
#[derive(Clone, Copy, Debug)]
pub struct StreamIntervals {
    /// How often the log is read without a reason: for what other programs than the server write, and for notifications
    /// that were lost.
    pub poll: Duration,
    /// The same while notifications do not arrive, as behind a proxy that pools transactions.
    pub poll_without_notifications: Duration,
    /// The least time between two notifications that this process sends to the others.
    pub notification: Duration,
    /// How far a subscriber without a cursor looks back: a page may have taken so long to load.
    pub lookback: Duration,
    /// How long a stream may be silent.
    pub heartbeat: Duration,
    /// How long a stream lasts. Then the client opens another one, so that access is checked again, and new servers get
    /// their share.
    pub lifetime: Duration,
}

impl Default for StreamIntervals {
    fn default() -> Self {
        Self {
            // A person who changes rows with psql waits no longer; half a query a second costs nothing.
            poll: Duration::from_secs(2),
            poll_without_notifications: Duration::from_secs(1),
            notification: Duration::from_millis(20),
            lookback: Duration::from_secs(60),
            // Below the 30 s after which impatient proxies close what is silent.
            heartbeat: Duration::from_secs(20),
            lifetime: Duration::from_secs(30 * 60),
        }
    }
}

/// What the listener, the hub and its subscriptions share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) intervals: StreamIntervals,
    /// Signalled after each commit of this process.
    pub(super) woken: Notify,
    /// Signalled when a process has added jobs, or a notification of it may have been lost.
    pub(super) jobs_added: Arc<Notify>,
    /// How far the log is read and passed on; `None` until it was reached once.
    pub(super) reached: watch::Sender<Option<ListenerPosition>>,
    history: Mutex<PositionHistory>,
    subscribers: Mutex<Subscribers>,
    pub(super) backlog: Arc<Backlog>,
    pub(super) open: AtomicUsize,
    pub(super) opened: AtomicU32,
    pub(super) deliveries: AtomicU64,
    pub(super) closing: watch::Sender<bool>,
}

impl Shared {
    pub(super) fn new(intervals: StreamIntervals) -> Self {
        Self {
            intervals,
            woken: Notify::new(),
            jobs_added: Arc::default(),
            reached: watch::Sender::new(None),
            history: Mutex::new(PositionHistory::new(intervals.lookback)),
            subscribers: Mutex::default(),
            backlog: Arc::default(),
            open: AtomicUsize::new(0),
            opened: AtomicU32::new(0),
            deliveries: AtomicU64::new(0),
            closing: watch::Sender::new(false),
        }
    }

    pub(super) fn subscribers(&self) -> MutexGuard<'_, Subscribers> {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn history(&self) -> MutexGuard<'_, PositionHistory> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reached(&self) -> Option<ListenerPosition> {
        self.reached.borrow().clone()
    }

    /// The position from which the listener goes on.
    pub(super) fn cursor(&self) -> Option<LogCursor> {
        self.reached().map(|reached| reached.position.cursor.clone())
    }

    pub(super) fn has_subscribers(&self) -> bool {
        !self.subscribers().is_empty()
    }

    /// Passes on what was read for an audience since [`Self::cursor`]. False, and nothing done, if others have
    /// subscribed meanwhile: what concerns them has to be read as well.
    pub(super) fn publish(&self, page: EventLog, cursor: LogCursor, server: &Arc<str>, audience: &Audience) -> bool {
        let before = self.cursor();
        let complete = !page.truncated && before.as_ref().is_none_or(|before| before.is_covered(&cursor, page.oldest));
        let position = Position::new(cursor);
        // Held until the position is known: what subscribes afterwards reads the log later than this page was read.
        let subscribers = self.subscribers();
        if !subscribers.are_covered_by(audience) {
            return false;
        }
        // First the batches, then the position: see `Subscription::position`.
        if !complete && !subscribers.is_empty() {
            tracing::info!("live updates reset: too many changes at once, or another log");
            subscribers.reset(&position);
        } else if before.is_some() {
            self.deliveries.fetch_add(subscribers.deliver(page.events, &position), Ordering::Relaxed);
        }
        self.reach(position, server);
        true
    }

    fn reach(&self, position: Arc<Position>, server: &Arc<str>) {
        self.history().record(Instant::now(), &position);
        self.reached.send_replace(Some(ListenerPosition { position, server: Arc::clone(server) }));
    }
}
