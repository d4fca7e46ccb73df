//! The one connection of a process that listens, and reads the log for all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::stream::{StreamExt, poll_fn};
use thiserror::Error;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, Connection, Socket, Statement};

use super::hub::Shared;
use crate::db::{ConnectError, Db, Opened, SessionLimits, Stream, error_chain};
use crate::models::{EventLog, SINCE};

/// Where the triggers of `events` call.
const CHANNEL: &str = "clockwork_events";
/// Longer than any statement of ours takes; a connection that is silent for so long is given up.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// Between two looks at the log, so that a hundred changes at once are a few looks.
const GAP: Duration = Duration::from_millis(20);
/// Between attempts to connect, growing from the first to the second. The second is short enough to be back within two seconds.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_millis(1_500));
/// When to say that no notification arrives. The first is one's own, and takes milliseconds.
const HEARING_PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Error)]
enum Lost {
    #[error("{0}")]
    Connect(#[from] ConnectError),
    #[error("{}", error_chain(.0))]
    Database(#[from] tokio_postgres::Error),
    #[error("no answer within {STATEMENT_TIMEOUT:?}")]
    Silent(#[from] tokio::time::error::Elapsed),
    #[error("the connection ended")]
    Ended,
    #[error("the log has a form that this version does not know")]
    Unreadable,
}

/// Listens for as long as it is polled. What happens while the database is away is read when it is back.
pub(super) async fn listen(db: Db, shared: Arc<Shared>) {
    let mut pause = PAUSES.0;
    let mut said = String::new();
    loop {
        let mut connected = false;
        let ended = session(&db, &shared, &mut connected).await;
        if connected {
            pause = PAUSES.0;
            said.clear();
        }
        let Err(lost) = ended else { continue };
        let reason = lost.to_string();
        if reason != said {
            tracing::warn!(%reason, "live updates pause: the log of changes cannot be read");
            said = reason;
        }
        sleep(pause).await;
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// One connection's time. Returns well when another one is to take its place.
async fn session(db: &Db, shared: &Shared, connected: &mut bool) -> Result<(), Lost> {
    let (Opened { client, connection, .. }, way) = db.listener().await?;
    let ears = Arc::new(Ears::default());
    let _driver = AbortOnDrop(tokio::spawn(drive(connection, ears.clone())));
    let limits =
        SessionLimits { statement: STATEMENT_TIMEOUT, lock: STATEMENT_TIMEOUT, idle_in_transaction: STATEMENT_TIMEOUT };
    // Also a call to oneself: whether it is heard tells whether others will be.
    let begin = format!("{}; LISTEN {CHANNEL}; SELECT pg_notify('{CHANNEL}', '')", limits.to_sql());
    timeout(STATEMENT_TIMEOUT, client.batch_execute(&begin)).await??;
    let since = timeout(STATEMENT_TIMEOUT, client.prepare(SINCE)).await??;
    tracing::debug!("listening for changes");
    let began = Instant::now();
    let mut deaf = false;
    loop {
        let page = timeout(STATEMENT_TIMEOUT, read(&client, &since, shared)).await??;
        shared.publish(page);
        *connected = true;
        sleep(GAP).await;
        let heard = ears.heard.load(Ordering::Relaxed);
        if !heard && !deaf && began.elapsed() > HEARING_PATIENCE {
            deaf = true;
            tracing::warn!(
                every = ?shared.pace.poll_unheard,
                "no notifications arrive, as behind a proxy that pools transactions: the log of changes is read every so often instead"
            );
        }
        let poll = if heard { shared.pace.poll } else { shared.pace.poll_unheard };
        tokio::select! {
            () = ears.called.notified() => {}
            () = ears.ended.notified() => return Err(Lost::Ended),
            () = sleep(poll) => {}
            () = db.is_superseded(&way) => return Ok(()),
        }
    }
}

async fn read(client: &Client, since: &Statement, shared: &Shared) -> Result<EventLog, Lost> {
    let cursor = shared.cursor();
    // Who has no cursor yet only wants to know where the log is.
    let xmax = cursor.as_ref().map_or(i64::MAX, super::Cursor::xmax);
    let running = cursor.as_ref().map(super::Cursor::running).unwrap_or_default();
    let row = client.query_one(since, &[&xmax, &running]).await?;
    let (snapshot, log): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
    EventLog::read(snapshot, log, row.try_get(2)?, row.try_get(3)?).ok_or(Lost::Unreadable)
}

/// What is heard on the connection.
#[derive(Default)]
struct Ears {
    called: Notify,
    ended: Notify,
    heard: AtomicBool,
}

/// Moves the connection's bytes.
async fn drive(mut connection: Connection<Socket, Stream>, ears: Arc<Ears>) {
    let mut messages = poll_fn(|context| connection.poll_message(context));
    while let Some(message) = messages.next().await {
        match message {
            Ok(AsyncMessage::Notification(_)) => {
                ears.heard.store(true, Ordering::Relaxed);
                ears.called.notify_one();
            }
            Ok(_) => {}
            // The statement that was under way reports it too; while there is none, this does.
            Err(error) => {
                tracing::debug!(error = error_chain(&error), "the connection that listens ended");
                break;
            }
        }
    }
    ears.ended.notify_one();
}

struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
