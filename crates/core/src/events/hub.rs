//! Passes on what the listener reads: to each subscriber what it may see, in a bounded queue.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{broadcast, watch};
use tokio::task::AbortHandle;

use super::{Cursor, Event, Kind, listener, merged};
use crate::caller::Caller;
use crate::db::{Db, DbError};
use crate::ids::WorkspaceId;
use crate::models::{EventLog, PAGE_MAX};

/// How many batches wait for a subscriber that does not read. Whoever falls further behind asks for everything anew.
const QUEUE: usize = 32;

/// How often things happen that nobody asks for.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How often the log is read although nothing was heard of it, in case a notification was lost.
    pub poll: Duration,
    /// The same while no notification ever arrives, as behind a proxy that pools transactions.
    pub poll_unheard: Duration,
    /// How long a stream may be silent.
    pub heartbeat: Duration,
    /// How long a stream lasts; then it is opened anew, so that access is looked at again, and new servers get their share.
    pub lifetime: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(5),
            poll_unheard: Duration::from_secs(1),
            // Below the 30 s after which impatient proxies close what is silent.
            heartbeat: Duration::from_secs(20),
            lifetime: Duration::from_secs(30 * 60),
        }
    }
}

/// A cursor, written once for all who are there.
#[derive(Debug)]
pub struct Position {
    cursor: Cursor,
    text: String,
}

impl Position {
    fn new(cursor: Cursor) -> Arc<Self> {
        Arc::new(Self { text: cursor.to_string(), cursor })
    }

    /// The cursor as text: what a subscriber tells when it comes back.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// What a subscriber hears.
#[derive(Debug)]
pub enum Message {
    /// These have changed, all at once: a transaction is never told in parts.
    Changes(Vec<Event>),
    /// Anything may have changed: what happened meanwhile is not known any more.
    Reset,
    /// That was all: the server ends, or the caller's access is to be looked at again.
    Closed,
}

/// Why nobody can subscribe now; all of them mean that the database is away.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// There is no connection to be had.
    #[error(transparent)]
    Connection(#[from] DbError),
    /// What was missed could not be read.
    #[error("the log of changes could not be read")]
    Database(#[from] diesel::result::Error),
    /// The listener has not come to the database yet.
    #[error("the log of changes could not be reached within {0:?}")]
    Unreached(Duration),
}

#[derive(Clone, Debug)]
enum Batch {
    Changes(Arc<[Event]>, Arc<Position>),
    Reset(Arc<Position>),
}

/// What the listener, the hub and its subscribers share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) pace: Pace,
    /// How far the log is read and passed on; `None` until it was reached once.
    position: watch::Sender<Option<Arc<Position>>>,
    channels: Mutex<HashMap<WorkspaceId, broadcast::Sender<Batch>>>,
    open: AtomicUsize,
    opened: AtomicU32,
    closing: watch::Sender<bool>,
}

impl Shared {
    fn channels(&self) -> MutexGuard<'_, HashMap<WorkspaceId, broadcast::Sender<Batch>>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the listener is to go on.
    pub(super) fn cursor(&self) -> Option<Cursor> {
        self.position.borrow().as_ref().map(|position| position.cursor.clone())
    }

    /// Passes on what was read since [`Self::cursor`].
    pub(super) fn publish(&self, page: EventLog) {
        let before = self.cursor();
        let complete = page.events.len() <= PAGE_MAX
            && before.as_ref().is_none_or(|before| before.is_covered(&page.cursor, page.oldest));
        let position = Position::new(page.cursor);
        // First the batches, then the position: who sees the position and has an empty queue has seen everything before it.
        if complete {
            let mut batches: HashMap<WorkspaceId, Vec<Event>> = HashMap::new();
            for event in page.events.into_iter().filter(|_| before.is_some()) {
                batches.entry(event.workspace).or_default().push(event);
            }
            let channels = self.channels();
            for (workspace, events) in batches {
                if let Some(channel) = channels.get(&workspace) {
                    // An error means that the last subscriber has just gone.
                    let _ = channel.send(Batch::Changes(events.into(), position.clone()));
                }
            }
        } else {
            tracing::info!("more has changed than can be told: all live updates begin anew");
            for channel in self.channels().values() {
                let _ = channel.send(Batch::Reset(position.clone()));
            }
        }
        self.position.send_replace(Some(position));
    }

    fn join(&self, workspace: WorkspaceId) -> broadcast::Receiver<Batch> {
        self.channels().entry(workspace).or_insert_with(|| broadcast::channel(QUEUE).0).subscribe()
    }
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

impl Hub {
    /// A hub that connects when somebody subscribes for the first time.
    #[must_use]
    pub fn new(db: Db, pace: Pace) -> Self {
        let shared = Arc::new(Shared {
            pace,
            position: watch::Sender::new(None),
            channels: Mutex::default(),
            open: AtomicUsize::new(0),
            opened: AtomicU32::new(0),
            closing: watch::Sender::new(false),
        });
        Self(Arc::new(Inner { db, shared, listener: OnceLock::new() }))
    }

    /// How often things happen.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.0.shared.pace
    }

    /// How many subscriptions there are.
    #[must_use]
    pub fn open(&self) -> usize {
        self.0.shared.open.load(Ordering::Relaxed)
    }

    /// Ends every subscription, and each later one at once: the server is about to end.
    pub fn close_all(&self) {
        self.0.shared.closing.send_replace(true);
        if let Some(listener) = self.0.listener.get() {
            listener.abort();
        }
    }

    /// Subscribes a caller, who has seen everything up to `since`, or comes for the first time and hears of the last minute: so long may
    /// a page have taken to load what it shows. A `since` that is not known any more, or never was, begins with [`Message::Reset`].
    ///
    /// # Errors
    /// When the database is away.
    pub async fn subscribe(&self, caller: Caller, since: Option<&str>) -> Result<Subscription, SubscribeError> {
        let shared = &self.0.shared;
        self.0.listener.get_or_init(|| {
            // Not where the first request happens to be served: its worker may end before the others do.
            self.0.db.runtime().spawn(listener::listen(self.0.db.clone(), shared.clone())).abort_handle()
        });
        // First the queue, then what was missed: what happens in between comes twice, and is recognised.
        let receiver = shared.join(caller.workspace);
        let patience = self.0.db.acquire_timeout();
        let mut reached = shared.position.subscribe();
        // What is answered holds a lock, which must not be held while the database is asked: the listener would stop at it.
        let reached = matches!(tokio::time::timeout(patience, reached.wait_for(Option::is_some)).await, Ok(Ok(_)));
        if !reached {
            return Err(SubscribeError::Unreached(patience));
        }
        let cursor = since.and_then(Cursor::parse);
        let page = {
            let mut conn = self.0.db.conn().await?;
            EventLog::since(&mut conn, caller, cursor.as_ref()).await?
        };
        let complete = page.events.len() <= PAGE_MAX
            && match (since, &cursor) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(_), Some(cursor)) => cursor.is_covered(&page.cursor, page.oldest),
            };
        let missed = merged(page.events.into_iter().filter(|event| event.is_visible_to(caller)));
        let first = match complete {
            true => Some(missed).filter(|missed| !missed.is_empty()).map(Message::Changes),
            false => Some(Message::Reset),
        };
        shared.open.fetch_add(1, Ordering::Relaxed);
        Ok(Subscription {
            caller,
            shared: shared.clone(),
            closing: shared.closing.subscribe(),
            receiver,
            position: Position::new(page.cursor),
            first,
            ends: false,
            number: shared.opened.fetch_add(1, Ordering::Relaxed),
        })
    }
}

/// One subscriber's end.
#[derive(Debug)]
pub struct Subscription {
    caller: Caller,
    shared: Arc<Shared>,
    closing: watch::Receiver<bool>,
    receiver: broadcast::Receiver<Batch>,
    position: Arc<Position>,
    first: Option<Message>,
    ends: bool,
    number: u32,
}

impl Subscription {
    /// Waits for the next message. Can be dropped and called again without loss.
    pub async fn next(&mut self) -> Message {
        if let Some(first) = self.first.take() {
            return first;
        }
        while !self.ends {
            let received = tokio::select! {
                biased;
                _ = self.closing.wait_for(|closing| *closing) => break,
                received = self.receiver.recv() => received,
            };
            match received {
                Ok(Batch::Changes(events, position)) => {
                    let news = events.iter().filter(|event| {
                        event.is_visible_to(self.caller) && !self.position.cursor.has_seen(event.transaction)
                    });
                    let news = merged(news.cloned());
                    self.move_to(position);
                    // What they may do here has changed: the next subscription will know.
                    self.ends = news.iter().any(|event| event.kind == Kind::Membership);
                    if !news.is_empty() {
                        return Message::Changes(news);
                    }
                }
                Ok(Batch::Reset(position)) => {
                    self.position = position;
                    return Message::Reset;
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    self.receiver = self.receiver.resubscribe();
                    let reached = self.shared.position.borrow().clone();
                    if let Some(position) = reached {
                        self.position = position;
                    }
                    return Message::Reset;
                }
                Err(broadcast::error::RecvError::Closed) => break,
            }
        }
        Message::Closed
    }

    /// How far everything has been told. Grows also when nothing was worth telling, so that it does not get too old. `None` while what was
    /// missed is still to be told: who goes then must come back with what they had.
    pub fn position(&mut self) -> Option<Arc<Position>> {
        if self.first.is_some() {
            return None;
        }
        let reached = self.shared.position.borrow().clone();
        // In this order: a position that was there before the queue was found empty has nothing left in the queue.
        if let Some(reached) = reached
            && self.receiver.is_empty()
        {
            self.move_to(reached);
        }
        Some(self.position.clone())
    }

    /// A number that no other subscription in this process has, until four thousand million later.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    fn move_to(&mut self, position: Arc<Position>) {
        if position.cursor.is_newer_than(&self.position.cursor) {
            self.position = position;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.shared.open.fetch_sub(1, Ordering::Relaxed);
        let mut channels = self.shared.channels();
        // This one is still counted.
        if channels.get(&self.caller.workspace).is_some_and(|channel| channel.receiver_count() <= 1) {
            channels.remove(&self.caller.workspace);
        }
    }
}
