//! The one connection of a process that reads the log for all its subscribers, and exchanges notifications with the other processes.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use futures_util::stream::{StreamExt, poll_fn};
use thiserror::Error;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_postgres::{AsyncMessage, Client, Statement};

use super::CHANNEL;
use super::shared::Shared;
use crate::database::{ConnectError, Connection, Db, Opened, SessionLimits, error_chain};
use crate::models::{EventLog, LOG_NAME, SINCE};

/// Longer than any statement of the listener takes. A connection that is silent for so long is given up.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// The least time between the beginnings of two reads. A single change is read at once; of many, each is told some 10 ms later at most,
/// by at most a hundred reads a second.
const READ_INTERVAL: Duration = Duration::from_millis(10);
/// The shortest and the longest wait between attempts to connect. The longest is short enough to be back within two seconds.
const RECONNECT_BACKOFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_millis(1_500));
/// The server's own notifications come back to it within milliseconds. When one has not after this time, none arrive.
const NOTIFICATION_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, Error)]
enum Lost {
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
            tracing::warn!(%reason, "live updates pause: the log of changes cannot be read");
            logged = reason;
        }
        sleep(backoff).await;
        backoff = (backoff * 2).min(RECONNECT_BACKOFF.1);
    }
}

/// The time of one connection. Returns `Ok` when `DATABASE_URL` has changed and another connection is to take its place.
async fn session(db: &Db, shared: &Shared, connected: &mut bool) -> Result<(), Lost> {
    let (Opened { client, connection, .. }, way) = db.listener().await?;
    let signals = Arc::new(Signals::default());
    let _driver = AbortOnDrop(tokio::spawn(drive(connection, signals.clone())));
    let limits =
        SessionLimits { statement: STATEMENT_TIMEOUT, lock: STATEMENT_TIMEOUT, idle_in_transaction: STATEMENT_TIMEOUT };
    answered(client.batch_execute(&limits.to_sql())).await?;
    let own: i32 = answered(client.query_one("SELECT pg_backend_pid()", &[])).await?.try_get(0)?;
    signals.own_process.store(own, Ordering::Relaxed);
    answered(client.batch_execute(&format!("LISTEN {CHANNEL}"))).await?;
    let log = Log::prepare(&client).await?;
    tracing::debug!("listening for changes");

    let mut read = Recurring::new(READ_INTERVAL);
    let mut notify = Recurring::new(shared.intervals.notification);
    let mut arrival = Arrival::default();
    // Nobody was told of what was committed here while there was no connection. It also shows whether notifications arrive.
    arrival.sent();
    answered(client.batch_execute(&format!("NOTIFY {CHANNEL}"))).await?;
    read.is_due = true;
    let mut polled = Instant::now();
    loop {
        let (reads, notifies) = (read.begin(), notify.begin());
        if reads {
            polled = Instant::now();
        }
        if notifies {
            arrival.sent();
        }
        // Together, so that neither waits for the other: PostgreSQL lets one transaction at a time notify.
        let reading = async { if reads { log.read(&client, shared).await } else { Ok(()) } };
        let notifying = async {
            if notifies { answered(client.batch_execute(&format!("NOTIFY {CHANNEL}"))).await } else { Ok(()) }
        };
        tokio::try_join!(reading, notifying)?;
        *connected = true;

        arrival.check(&signals, shared.intervals.poll_without_notifications);
        let poll = if arrival.fails { shared.intervals.poll_without_notifications } else { shared.intervals.poll };
        let until = [read.due_at(), notify.due_at()].into_iter().flatten().fold(polled + poll, Instant::min);
        tokio::select! {
            // What is committed while a read is under way leads to one more read.
            () = shared.woken.notified() => {
                notify.is_due = true;
                read.is_due |= shared.has_subscribers();
            }
            () = signals.notified.notified() => read.is_due |= shared.has_subscribers(),
            () = signals.ended.notified() => return Err(Lost::Ended),
            () = sleep_until(until) => read.is_due |= Instant::now() >= polled + poll,
            () = db.is_superseded(&way) => return Ok(()),
        }
    }
}

/// The answer to a statement, if it comes in time.
async fn answered<T>(statement: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, Lost> {
    Ok(timeout(STATEMENT_TIMEOUT, statement).await??)
}

/// Something that is done when it is due, but not too often.
struct Recurring {
    interval: Duration,
    is_due: bool,
    not_before: Instant,
}

impl Recurring {
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
struct Log {
    since: Statement,
    server: Arc<str>,
    name: Arc<str>,
}

impl Log {
    async fn prepare(client: &Client) -> Result<Self, Lost> {
        let row = answered(client.query_one(LOG_NAME, &[])).await?;
        let (name, server): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
        let since = answered(client.prepare(SINCE)).await?;
        Ok(Self { since, server: server.into(), name: name.into() })
    }

    /// Reads what is new and passes it on.
    async fn read(&self, client: &Client, shared: &Shared) -> Result<(), Lost> {
        loop {
            let subscribed = shared.has_subscribers();
            // The first time, and while nobody has subscribed, only the position is of interest.
            let cursor = shared.cursor().filter(|_| subscribed);
            let xmax = cursor.as_ref().map_or(i64::MAX, super::LogCursor::xmax);
            let running = cursor.as_ref().map(super::LogCursor::running).unwrap_or_default();
            let row = answered(client.query_one(&self.since, &[&xmax, &running])).await?;
            let (snapshot, server): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
            let page = EventLog::read(snapshot, server, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
            let page = page.ok_or(Lost::Unreadable)?;
            // A proxy may have changed servers behind the connection. The log may have another name there.
            if *page.server != *self.server {
                return Err(Lost::ServerChanged);
            }
            let cursor = page.cursor(&self.name).ok_or(Lost::Unreadable)?;
            if subscribed {
                shared.publish(page, cursor, &self.server);
                return Ok(());
            }
            if shared.skip_to(cursor, &self.server) {
                return Ok(());
            }
        }
    }
}

/// Whether notifications arrive.
#[derive(Default)]
struct Arrival {
    /// When the first notification was sent of those that have not come back.
    unanswered: Option<Instant>,
    fails: bool,
    logged: bool,
}

impl Arrival {
    fn sent(&mut self) {
        self.unanswered.get_or_insert_with(Instant::now);
    }

    fn check(&mut self, signals: &Signals, poll: Duration) {
        if signals.arrived.swap(false, Ordering::Relaxed) {
            *self = Self { logged: self.logged, ..Self::default() };
        } else if self.unanswered.is_some_and(|sent| sent.elapsed() > NOTIFICATION_TIMEOUT) {
            self.fails = true;
            if !std::mem::replace(&mut self.logged, true) {
                tracing::warn!(
                    ?poll,
                    "no notifications arrive, as behind a proxy that pools transactions: the log of changes is polled more often"
                );
            }
        }
    }
}

/// What happens on the connection beside the answers to statements.
#[derive(Default)]
struct Signals {
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
async fn drive(mut connection: Connection, signals: Arc<Signals>) {
    let mut messages = poll_fn(|context| connection.poll_message(context));
    while let Some(message) = messages.next().await {
        match message {
            Ok(AsyncMessage::Notification(notification)) => {
                signals.arrived.store(true, Ordering::Relaxed);
                if notification.process_id() != signals.own_process.load(Ordering::Relaxed) {
                    signals.notified.notify_one();
                }
            }
            Ok(_) => {}
            // The statement that was under way reports it too; while there is none, this does.
            Err(error) => {
                tracing::debug!(error = error_chain(&error), "the connection that listens ended");
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
