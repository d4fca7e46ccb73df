//! The one connection of a process that reads the log for all its subscribers, and exchanges notifications with the
//! other processes.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use futures_util::stream::{StreamExt, poll_fn};
use thiserror::Error;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_postgres::{AsyncMessage, Client, Statement};

use super::mailbox::Backlog;
use super::shared::Shared;
use super::subscribers::Audience;
use super::{CHANNEL, JOBS_CHANNEL, LogCursor};
use crate::database::{ConnectError, Connection, Db, OpenedConnection, SessionLimits, error_chain};
use crate::models::{EventLog, LOG_NAME, READ_MAX, SINCE};

/// Longer than any statement of the listener takes. A connection that is silent for so long is given up.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// The least time between the beginnings of two reads. A single change is read at once; of many, each is told some 10
/// ms later at most, by at most a hundred reads a second.
const READ_INTERVAL: Duration = Duration::from_millis(10);
/// The same while delivering takes long, because many streams are open or the machine is busy.
const READ_INTERVAL_MAX: Duration = Duration::from_secs(1);
/// Fewer subscriptions that are told at once are not waited for: they take less than [`READ_INTERVAL`].
const FAN_OUT_MIN: usize = 100;
/// The shortest and the longest wait between attempts to connect. The longest is short enough to be back within two
/// seconds.
const RECONNECT_BACKOFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_millis(1_500));
/// The server's own notifications come back to it within milliseconds. When one has not after this time, none arrive.
const NOTIFICATION_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, Error)]
enum ListenerError {
    #[error("{0}")]
    Connect(#[from] ConnectError),
    #[error("{}", error_chain(.0))]
    Database(#[from] tokio_postgres::Error),
    #[error("no answer within {STATEMENT_TIMEOUT:?}")]
    Timeout(#[from] tokio::time::error::Elapsed),
    #[error("the connection ended")]
    Ended,
    #[error("the connection leads to another database server than before")]
    ServerChanged,
    #[error("the log has a form that this version does not know")]
    Unreadable,
}

/// Reads the log for as long as it is polled. What happens while the database is away is read when it is back.
pub(super) async fn listen(db: Db, shared: Arc<Shared>) {
    let mut backoff = RECONNECT_BACKOFF.0;
    let mut logged = String::new();
    loop {
        let mut connected = false;
        let ended = session(&db, &shared, &mut connected).await;
        if connected {
            backoff = RECONNECT_BACKOFF.0;
            logged.clear();
        }
        let Err(lost) = ended else { continue };
        let reason = lost.to_string();
        if reason != logged {
            tracing::warn!(%reason, "live updates paused: the log of changes cannot be read");
            logged = reason;
        }
        sleep(backoff).await;
        backoff = (backoff * 2).min(RECONNECT_BACKOFF.1);
    }
}

/// The time of one connection. Returns `Ok` when `DATABASE_URL` has changed and another connection is to take its
/// place.
async fn session(db: &Db, shared: &Shared, connected: &mut bool) -> Result<(), ListenerError> {
    let (OpenedConnection { client, connection, .. }, endpoint) = db.listener().await?;
    let signals = Arc::new(ConnectionSignals::default());
    let _driver = AbortOnDrop(tokio::spawn(drive(connection, signals.clone(), Arc::clone(&shared.jobs_added))));
    let limits =
        SessionLimits { statement: STATEMENT_TIMEOUT, lock: STATEMENT_TIMEOUT, idle_in_transaction: STATEMENT_TIMEOUT };
    answered(client.batch_execute(&limits.to_sql())).await?;
    let own: i32 = answered(client.query_one("SELECT pg_backend_pid()", &[])).await?.try_get(0)?;
    signals.own_process.store(own, Ordering::Relaxed);
    answered(client.batch_execute(&format!("LISTEN {CHANNEL}; LISTEN {JOBS_CHANNEL}"))).await?;
    let log = LogReader::prepare(&client).await?;
    tracing::debug!("listening for changes");

    let mut read = Throttled::new(READ_INTERVAL);
    let mut notify = Throttled::new(shared.intervals.notification);
    // Notifications about jobs may have been lost while there was no connection.
    shared.jobs_added.notify_one();
    let mut notification_check = NotificationCheck::default();
    // The other processes received no notification of commits while there was no connection. This one also shows
    // whether notifications arrive.
    notification_check.sent();
    answered(client.batch_execute(&format!("NOTIFY {CHANNEL}"))).await?;
    read.is_due = true;
    let mut polled = Instant::now();
    let mut fan_out: Option<FanOut> = None;
    loop {
        let (reads, notifies) = (fan_out.is_none() && read.begin(), notify.begin());
        let left = shared.backlog.filled();
        if reads {
            polled = Instant::now();
        }
        if notifies {
            notification_check.sent();
        }
        // Together, so that neither waits for the other: PostgreSQL lets one transaction at a time notify.
        let reading = async { if reads { log.read(&client, shared).await } else { Ok(()) } };
        let notifying = async {
            if notifies { answered(client.batch_execute(&format!("NOTIFY {CHANNEL}"))).await } else { Ok(()) }
        };
        tokio::try_join!(reading, notifying)?;
        *connected = true;
        if reads {
            fan_out = FanOut::of(polled, left, &shared.backlog);
        }
        if let Some(next) = fan_out.as_ref().and_then(|fan_out| fan_out.next_read(&shared.backlog)) {
            read.not_before = read.not_before.max(next);
            fan_out = None;
        }

        notification_check.check(&signals, shared.intervals.poll_without_notifications);
        let poll =
            if notification_check.fails { shared.intervals.poll_without_notifications } else { shared.intervals.poll };
        let read_at = match &fan_out {
            Some(fan_out) => Some(fan_out.began + READ_INTERVAL_MAX),
            None => read.due_at(),
        };
        let until = [read_at, notify.due_at()].into_iter().flatten().fold(polled + poll, Instant::min);
        // Each commit wakes; while all that it leads to is due already, none has to. Its permit is kept.
        let wakes = !(notify.is_due && (read.is_due || !shared.has_subscribers()));
        tokio::select! {
            // What is committed while a read is under way leads to one more read.
            () = shared.woken.notified(), if wakes => {
                notify.is_due = true;
                read.is_due |= shared.has_subscribers();
            }
            () = signals.notified.notified() => read.is_due |= shared.has_subscribers(),
            () = shared.backlog.drained(), if fan_out.is_some() => {}
            () = signals.ended.notified() => return Err(ListenerError::Ended),
            () = sleep_until(until) => {
                let is_poll = Instant::now() >= polled + poll;
                read.is_due |= is_poll;
                if is_poll && notification_check.fails {
                    shared.jobs_added.notify_one();
                }
            }
            () = db.is_superseded(&endpoint) => return Ok(()),
        }
    }
}

/// The answer to a statement, if it comes in time.
async fn answered<T>(statement: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, ListenerError> {
    Ok(timeout(STATEMENT_TIMEOUT, statement).await??)
}

/// Something that is done when it is due, but not too often.
struct Throttled {
    interval: Duration,
    is_due: bool,
    not_before: Instant,
}

impl Throttled {
    fn new(interval: Duration) -> Self {
        Self { interval, is_due: false, not_before: Instant::now() }
    }

    /// Whether it is to be done now.
    fn begin(&mut self) -> bool {
        let now = Instant::now();
        let begins = self.is_due && now >= self.not_before;
        if begins {
            self.is_due = false;
            self.not_before = now + self.interval;
        }
        begins
    }

    /// When it is to be done, if it is due.
    fn due_at(&self) -> Option<Instant> {
        self.is_due.then_some(self.not_before)
    }
}

/// The log, as one connection reads it.
struct LogReader {
    since: Statement,
    server: Arc<str>,
    name: Arc<str>,
}

impl LogReader {
    async fn prepare(client: &Client) -> Result<Self, ListenerError> {
        let row = answered(client.query_one(LOG_NAME, &[])).await?;
        let (name, server): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
        let since = answered(client.prepare(SINCE)).await?;
        Ok(Self { since, server: server.into(), name: name.into() })
    }

    /// Reads what is new and passes it on.
    async fn read(&self, client: &Client, shared: &Shared) -> Result<(), ListenerError> {
        let mut audience = shared.subscribers().audience();
        // Without a position there is nothing new, only a position.
        let from = shared.cursor();
        loop {
            let cursor = from.as_ref().filter(|_| !matches!(audience, Audience::Empty));
            let xmax = cursor.map_or(i64::MAX, LogCursor::xmax);
            let running = cursor.map(LogCursor::running).unwrap_or_default();
            let (workspaces, users) = match &audience {
                Audience::Some { workspaces, users, .. } => (Some(workspaces), Some(users)),
                Audience::Empty | Audience::All => (None, None),
            };
            let most = i32::from(READ_MAX) + 1;
            let row = answered(client.query_one(&self.since, &[&xmax, &running, &workspaces, &users, &most])).await?;
            let (snapshot, server): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
            let page = EventLog::read(snapshot, server, row.try_get(2)?, row.try_get(3)?, READ_MAX);
            let page = page.ok_or(ListenerError::Unreadable)?;
            // A proxy may have changed servers behind the connection. The log may have another name there.
            if *page.server != *self.server {
                return Err(ListenerError::ServerChanged);
            }
            let cursor = page.cursor(&self.name).ok_or(ListenerError::Unreadable)?;
            if shared.publish(page, cursor, &self.server, &audience) {
                return Ok(());
            }
            audience = Audience::All;
        }
    }
}

/// The subscriptions that a read has filled, if they are many. The next read begins when nine tenths of them have taken
/// their batches and as much time again has passed. So passing on takes half of the time at most, however many streams
/// are open and however busy the machine is, and a stream seldom falls behind. Changes that are made meanwhile are told
/// together. Streams that are stuck are not waited for twice.
struct FanOut {
    began: Instant,
    few: usize,
}

impl FanOut {
    /// Of a read that began at a time when so many subscriptions had not taken what they got before.
    fn of(began: Instant, left: usize, backlog: &Backlog) -> Option<Self> {
        let filled = backlog.filled().saturating_sub(left);
        let few = left + filled / 10;
        // Before the count is looked at again, so that the last one of them is seen or tells.
        backlog.watch(few);
        (filled >= FAN_OUT_MIN).then_some(Self { began, few })
    }

    /// When the next read may begin; `None` while too many subscriptions have not taken theirs.
    fn next_read(&self, backlog: &Backlog) -> Option<Instant> {
        let last = self.began + READ_INTERVAL_MAX;
        let now = Instant::now();
        let ends = backlog.filled() <= self.few || now >= last;
        ends.then(|| (now + (now - self.began)).min(last))
    }
}

/// Whether notifications arrive.
#[derive(Default)]
struct NotificationCheck {
    /// When the first notification was sent of those that have not come back.
    unanswered: Option<Instant>,
    fails: bool,
    logged: bool,
}

impl NotificationCheck {
    fn sent(&mut self) {
        self.unanswered.get_or_insert_with(Instant::now);
    }

    fn check(&mut self, signals: &ConnectionSignals, poll: Duration) {
        if signals.arrived.swap(false, Ordering::Relaxed) {
            *self = Self { logged: self.logged, ..Self::default() };
        } else if self.unanswered.is_some_and(|sent| sent.elapsed() > NOTIFICATION_TIMEOUT) {
            self.fails = true;
            if !std::mem::replace(&mut self.logged, true) {
                tracing::warn!(
                    ?poll,
                    "database notifications do not arrive, as behind a proxy that pools transactions: the log of changes is polled more often"
                );
            }
        }
    }
}

/// What happens on the connection beside the answers to statements.
#[derive(Default)]
struct ConnectionSignals {
    /// Another process has committed something.
    notified: Notify,
    /// The connection has ended.
    ended: Notify,
    /// A notification has arrived, of this process or another.
    arrived: AtomicBool,
    /// The process id of the connection's own backend, whose notifications tell nothing new.
    own_process: AtomicI32,
}

/// Moves the connection's bytes.
async fn drive(mut connection: Connection, signals: Arc<ConnectionSignals>, jobs_added: Arc<Notify>) {
    let mut messages = poll_fn(|context| connection.poll_message(context));
    while let Some(message) = messages.next().await {
        match message {
            Ok(AsyncMessage::Notification(notification)) => {
                signals.arrived.store(true, Ordering::Relaxed);
                if notification.channel() == JOBS_CHANNEL {
                    jobs_added.notify_one();
                } else if notification.process_id() != signals.own_process.load(Ordering::Relaxed) {
                    signals.notified.notify_one();
                }
            }
            Ok(_) => {}
            // The statement that was under way reports it too; while there is none, this does.
            Err(error) => {
                tracing::debug!(error = error_chain(&error), "listener connection closed");
                break;
            }
        }
    }
    signals.ended.notify_one();
}

struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
