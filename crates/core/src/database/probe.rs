//! The connection of health checks and metrics, beside the pool.
//!
//! A pool in full use says nothing about the database: requests wait, and are answered. So the questions of the
//! monitoring neither wait for a connection of the pool nor keep a request from one.

use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio::sync::{Mutex, MutexGuard};

use super::connect::ServerAddress;
use super::error::DbError;
use super::pool_connection::{ConnectionManager, ConnectionState, PoolConnection};

/// How long a statement of the monitoring may run: its callers give up after about as long.
pub(super) const PROBE_STATEMENT_TIMEOUT: Duration = Duration::from_secs(1);

/// One connection, opened when it is first needed, kept, and replaced when it is broken or old.
pub(super) struct ProbeConnection {
    sessions: ConnectionManager,
    open: Mutex<Option<OpenProbe>>,
}

struct OpenProbe {
    session: PoolConnection,
    since: Instant,
}

/// The probe's connection, until this is dropped. Dropped in the middle of a statement, the connection is closed.
pub struct ProbeConn<'a>(MutexGuard<'a, Option<OpenProbe>>);

impl ProbeConnection {
    pub(super) fn new(sessions: ConnectionManager) -> Self {
        Self { sessions, open: Mutex::new(None) }
    }

    /// The connection, as soon as no other caller uses it. Waits without limit: callers have their own.
    pub(super) async fn get(&self) -> Result<ProbeConn<'_>, DbError> {
        let mut open = self.open.lock().await;
        if let Some(OpenProbe { session, since }) = &mut *open
            && self.sessions.reuse(session, *since).is_err()
        {
            *open = None;
        }
        if open.is_none() {
            let since = Instant::now();
            let session = self.sessions.open().await.map_err(|error| DbError::Unreachable(error.to_string()))?;
            *open = Some(OpenProbe { session, since });
        }
        Ok(ProbeConn(open))
    }

    /// Asks the server of the connection for an answer, and returns which server has given it.
    pub(super) async fn answering_server(&self) -> Option<ServerAddress> {
        let mut connection = self.get().await.ok()?;
        connection.batch_execute("SELECT 1").await.ok()?;
        connection.0.as_ref().map(|open| open.session.address)
    }

    /// Closes the connection if it would not be used again, as when `DATABASE_URL` has changed. One that is just in use
    /// is looked at when it is needed next.
    pub(super) fn close_unusable(&self) {
        let Ok(mut open) = self.open.try_lock() else { return };
        if let Some(OpenProbe { session, since }) = &mut *open
            && self.sessions.reuse(session, *since).is_err()
        {
            *open = None;
        }
    }

    /// Closes the connection.
    pub(super) async fn close(&self) {
        *self.open.lock().await = None;
    }
}

impl Deref for ProbeConn<'_> {
    type Target = AsyncPgConnection;

    #[expect(clippy::expect_used, reason = "only drop takes the session")]
    fn deref(&self) -> &Self::Target {
        &self.0.as_ref().expect("the probe's session is open").session.connection
    }
}

impl DerefMut for ProbeConn<'_> {
    #[expect(clippy::expect_used, reason = "only drop takes the session")]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0.as_mut().expect("the probe's session is open").session.connection
    }
}

impl Drop for ProbeConn<'_> {
    fn drop(&mut self) {
        if let Some(open) = self.0.take_if(|open| open.session.state() != ConnectionState::Idle) {
            // The socket is closed at once, not when the server has answered: one that is paused would collect
            // connections.
            open.session.driver.abort();
        }
    }
}
