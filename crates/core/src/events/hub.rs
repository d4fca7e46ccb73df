//! Passes on what the listener reads: to each subscription what it may see, in a bounded queue.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::timeout_at;

use super::shared::{Shared, StreamIntervals};
use super::subscription::Registration;
use super::{Changes, LogCursor, Message, Position, Subscription, listener};
use crate::access::Caller;
use crate::database::{Db, DbError};
use crate::models::EventLog;

/// Why a subscription is not possible now; all of them mean that the database is unavailable.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// No connection is available.
    #[error(transparent)]
    Connection(#[from] DbError),
    /// The missed changes could not be read.
    #[error("the log of changes could not be read")]
    Database(#[from] diesel::result::Error),
    /// The listener has not reached the database yet, or not the one that the connection pool has.
    #[error("the log of changes could not be reached within {0:?}")]
    Unreached(Duration),
}

/// Where one subscribes. Cheap to clone; the listener ends with the last clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    db: Db,
    shared: Arc<Shared>,
    listener: OnceLock<AbortHandle>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(listener) = self.listener.get() {
            listener.abort();
        }
    }
}

/// What a new subscription has missed.
struct MissedEvents {
    message: Option<Message>,
    position: Arc<Position>,
}

impl Hub {
    /// A hub that connects at the first subscription or the first commit.
    #[must_use]
    pub fn new(db: Db, intervals: StreamIntervals) -> Self {
        let shared = Arc::new(Shared::new(intervals));
        Self(Arc::new(Inner { db, shared, listener: OnceLock::new() }))
    }

    /// How often things happen.
    #[must_use]
    pub fn intervals(&self) -> StreamIntervals {
        self.0.shared.intervals
    }

    /// How many subscriptions there are.
    #[must_use]
    pub fn open(&self) -> usize {
        self.0.shared.open.load(Ordering::Relaxed)
    }

    /// How many batches of events were delivered to subscriptions so far. Each wakes one subscription.
    #[must_use]
    pub fn deliveries(&self) -> u64 {
        self.0.shared.deliveries.load(Ordering::Relaxed)
    }

    /// Has the log read at once, and the other processes notified soon. To be called after a commit that may have
    /// changed what subscribers see; calling it in vain costs little. What is committed without it is found by the
    /// poll.
    pub fn wake(&self) {
        self.start_listener();
        self.0.shared.woken.notify_one();
    }

    /// Signalled when a process has added jobs, or when a notification about jobs may have been lost.
    #[must_use]
    pub fn jobs_added(&self) -> Arc<Notify> {
        Arc::clone(&self.0.shared.jobs_added)
    }

    /// Ends every subscription, and each later one at once: the server is about to shut down. Other processes are still
    /// notified.
    pub fn close_all(&self) {
        self.0.shared.closing.send_replace(true);
    }

    /// Ends the listener and its connection.
    pub fn stop(&self) {
        self.close_all();
        if let Some(listener) = self.0.listener.get() {
            listener.abort();
        }
    }

    fn start_listener(&self) {
        self.0.listener.get_or_init(|| {
            // Not on the thread of the first request: that worker may end before the others do.
            self.0.db.runtime().spawn(listener::listen(self.0.db.clone(), self.0.shared.clone())).abort_handle()
        });
    }

    /// Subscribes a caller that has seen everything up to `since`, or is new and receives the changes
    /// of the last minute ([`StreamIntervals::lookback`]). A `since` that is too old, or is no cursor of this log,
    /// begins with [`Message::Reset`].
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn subscribe(&self, caller: Caller, since: Option<&str>) -> Result<Subscription, SubscribeError> {
        self.start_listener();
        let shared = &self.0.shared;
        // First the mailbox, then what was missed: what happens in between comes twice, and is recognised.
        let registration = Registration::new(shared, caller);
        let MissedEvents { message, position } = self.missed(caller, since).await?;
        Ok(Subscription {
            registration,
            closing: shared.closing.subscribe(),
            position,
            first: message,
            ends: false,
            number: shared.opened.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// What a caller has missed.
    async fn missed(&self, caller: Caller, since: Option<&str>) -> Result<MissedEvents, SubscribeError> {
        let shared = &self.0.shared;
        let timeout = self.0.db.acquire_timeout();
        let deadline = tokio::time::Instant::now() + timeout;
        let mut watching = shared.reached.subscribe();
        loop {
            // The answer holds a lock, at which the listener would wait: it is cloned and dropped before the database
            // is asked.
            let reached = match timeout_at(deadline, watching.wait_for(Option::is_some)).await {
                Ok(Ok(reached)) => reached.clone(),
                Ok(Err(_)) | Err(_) => None,
            };
            let Some(reached) = reached else { return Err(SubscribeError::Unreached(timeout)) };
            let from = match since {
                Some(text) => LogCursor::parse(text),
                None => shared.history().start(Instant::now()).map(|position| position.cursor.clone()),
            };
            let page = {
                let mut conn = self.0.db.conn().await?;
                match &from {
                    Some(cursor) => EventLog::since(&mut conn, caller.own_scope(), cursor).await?,
                    None => EventLog::recent(&mut conn, caller.own_scope(), shared.intervals.lookback).await?,
                }
            };
            if *page.server == *reached.server {
                return missed(page, reached.position.cursor.log(), caller, since.is_some(), from.as_ref());
            }
            // During a failover the pool may be connected to another server than the listener, whose log may have
            // another name.
            if timeout_at(deadline, watching.changed()).await.is_err() {
                return Err(SubscribeError::Unreached(timeout));
            }
        }
    }
}

/// What a caller has missed, by the page that tells it and the cursor from which that was read.
fn missed(
    page: EventLog,
    log: &Arc<str>,
    caller: Caller,
    comes_back: bool,
    from: Option<&LogCursor>,
) -> Result<MissedEvents, SubscribeError> {
    let cursor = page
        .cursor(log)
        .ok_or_else(|| diesel::result::Error::DeserializationError("a snapshot of the log cannot be read".into()))?;
    let complete = !page.truncated
        && match from {
            Some(from) => from.is_covered(&cursor, page.oldest),
            // Without a cursor only a client that comes for the first time knows what it has seen: nothing.
            None => !comes_back,
        };
    let message = if complete {
        let missed = Changes::new(page.events.into_iter().filter(|event| event.is_in(caller.own_scope())).collect());
        Some(missed).filter(|missed| !missed.events().is_empty()).map(Message::Changes)
    } else {
        Some(Message::Reset)
    };
    Ok(MissedEvents { message, position: Position::new(cursor) })
}
