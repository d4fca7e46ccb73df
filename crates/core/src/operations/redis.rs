//! The optional Redis: one connection that is kept open, and that no request waits for. What is in it may be lost at
//! any time.
//!
//! What it buys: with several servers a rate limit holds for all of them together. Without it each counts for itself,
//! so that an address may send the limit once to each server. An installation of one server needs none.
//!
//! A task of its own connects, asks now and then whether the other side still lives, and connects again. Requests take
//! the connection when there is one, and go without when there is none: only those that are under way when it is lost
//! notice, for [`ANSWER_TIMEOUT`] at most.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, Client, Cmd, ErrorKind, FromRedisValue, RedisError};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::health::HealthCheck;
use crate::config::RedisUrl;

/// How long an answer may take. A Redis in the same network takes less than a millisecond.
pub const ANSWER_TIMEOUT: Duration = Duration::from_millis(100);

/// How long connecting may take, with name resolution, TLS and authentication. No request waits for it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How often the connection is looked after, and how long after a failure the next attempt is made.
const PING_INTERVAL: Duration = Duration::from_secs(1);

/// A command, to be given its arguments.
#[must_use]
pub fn command(name: &str) -> Cmd {
    ::redis::cmd(name)
}

/// A Redis. Cheap to clone; clones share the connection, which ends with the last of them.
#[derive(Clone)]
pub struct Redis {
    shared: Arc<SharedConnection>,
    _task: Arc<AbortOnDrop>,
}

/// The last known state of the Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedisStatus {
    /// It answers.
    Up,
    /// It does not, for this reason, which names no address.
    Down(&'static str),
}

struct SharedConnection {
    state: Mutex<State>,
    lost: Notify,
}

struct State {
    connection: Option<MultiplexedConnection>,
    /// Counts connections, so that a late failure of an old one is not taken for one of the new.
    number: u64,
    status: RedisStatus,
}

/// Ends the task with the last clone.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Redis {
    /// Begins to connect, and goes on trying. Called within a runtime.
    #[must_use]
    pub fn connect(url: &RedisUrl) -> Self {
        let state = State { connection: None, number: 0, status: RedisStatus::Down("it has not been reached yet") };
        let shared = Arc::new(SharedConnection { state: Mutex::new(state), lost: Notify::new() });
        let task = tokio::spawn(keep_connected(url.clone(), Arc::clone(&shared)));
        Self { shared, _task: Arc::new(AbortOnDrop(task)) }
    }

    /// Sends a command. `None` when there is no answer, for whatever reason, within [`ANSWER_TIMEOUT`]; at once when
    /// there is no connection.
    pub async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Option<T> {
        let (mut connection, number) = self.shared.connection()?;
        match answer(&mut connection, command).await {
            Ok(answer) => Some(answer),
            Err(reason) => {
                self.shared.drop_connection(number, reason);
                None
            }
        }
    }

    /// The last known state, at most about a second old.
    #[must_use]
    pub fn status(&self) -> RedisStatus {
        self.shared.state().status
    }
}

/// Readiness shows it, and does not depend on it. The check sends nothing: the task pings the connection anyway.
impl HealthCheck for Redis {
    fn name(&self) -> &'static str {
        "redis"
    }

    fn critical(&self) -> bool {
        false
    }

    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        let status = self.status();
        ready(match status {
            RedisStatus::Up => Ok(()),
            RedisStatus::Down(reason) => Err(reason.to_owned()),
        })
        .boxed()
    }
}

impl SharedConnection {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is one assignment after the other, none of which panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connection(&self) -> Option<(MultiplexedConnection, u64)> {
        let state = self.state();
        state.connection.clone().map(|connection| (connection, state.number))
    }

    fn set(&self, connection: MultiplexedConnection) -> u64 {
        let mut state = self.state();
        state.connection = Some(connection);
        state.number += 1;
        state.status = RedisStatus::Up;
        state.number
    }

    /// Forgets the connection of this number.
    fn drop_connection(&self, number: u64, reason: &'static str) {
        let mut state = self.state();
        if state.number == number && state.connection.take().is_some() {
            state.status = RedisStatus::Down(reason);
            tracing::warn!(
                "Redis connection lost ({reason}): each server counts its own requests until the connection is back"
            );
            self.lost.notify_one();
        }
    }
}

async fn keep_connected(url: RedisUrl, shared: Arc<SharedConnection>) {
    let mut failed = false;
    loop {
        match open(&url).await {
            Ok(connection) => {
                let number = shared.set(connection.clone());
                tracing::info!("Redis connected");
                failed = false;
                ping_until_lost(&shared, connection, number).await;
            }
            Err(reason) => {
                if !failed {
                    tracing::warn!(
                        "Redis unreachable ({reason}): each server counts its own requests until a connection succeeds"
                    );
                }
                failed = true;
                shared.state().status = RedisStatus::Down(reason);
            }
        }
        sleep(PING_INTERVAL).await;
    }
}

/// Pings the connection until it does not answer, or until a command got no answer.
async fn ping_until_lost(shared: &SharedConnection, mut connection: MultiplexedConnection, number: u64) {
    loop {
        tokio::select! {
            () = shared.lost.notified() => {
                // The notice may be of the connection before.
                if shared.connection().is_none_or(|(_, current)| current != number) {
                    return;
                }
                continue;
            }
            () = sleep(PING_INTERVAL) => {}
        }
        if let Err(reason) = answer::<()>(&mut connection, &command("PING")).await {
            shared.drop_connection(number, reason);
            return;
        }
    }
}

async fn open(url: &RedisUrl) -> Result<MultiplexedConnection, &'static str> {
    let client = Client::open(url.reveal()).map_err(|error| sentence(&error))?;
    // The time is measured here, over everything.
    let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    let connected = timeout(CONNECT_TIMEOUT, async {
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        command("PING").query_async::<()>(&mut connection).await?;
        Ok::<_, RedisError>(connection)
    });
    match connected.await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(sentence(&error)),
        Err(_) => Err("it did not answer in time"),
    }
}

async fn answer<T: FromRedisValue>(connection: &mut MultiplexedConnection, command: &Cmd) -> Result<T, &'static str> {
    match timeout(ANSWER_TIMEOUT, command.query_async(connection)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(sentence(&error)),
        Err(_) => Err("it did not answer in time"),
    }
}

/// In constant words: the driver's message may hold addresses and names.
fn sentence(error: &RedisError) -> &'static str {
    tracing::debug!(kind = ?error.kind(), "Redis answered with an error");
    match error.kind() {
        ErrorKind::AuthenticationFailed => "it refused the password",
        _ if error.is_io_error() => "it cannot be reached",
        _ => "it answers with an error",
    }
}
