//! What the clones of a pool share with the tasks that watch over it.

use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::Pool;
use tokio::runtime::Handle;

use super::checked_out::CheckedOutConnections;
use super::connect::ServerAddress;
use super::endpoint::Endpoint;
use super::metrics::DbMetrics;
use super::pool_connection::{ConnectionManager, MAX_AGE, PoolConnection};
use super::probe::ProbeConnection;

/// What the clones of a [`Db`](super::Db) share.
pub(super) struct Shared {
    pub(super) pool: Pool<ConnectionManager>,
    pub(super) checked_out: Arc<CheckedOutConnections>,
    pub(super) probe: Arc<ProbeConnection>,
    pub(super) acquire_timeout: Duration,
    /// Where connections are driven.
    pub(super) runtime: Handle,
    pub(super) metrics: DbMetrics,
    pub(super) endpoint: Endpoint,
}

impl Shared {
    /// Closes the idle connections to a server, and counts them.
    pub(super) fn close_idle(&self, address: ServerAddress) -> usize {
        let removed = self.pool.retain(|session: &PoolConnection, _| session.address != address);
        removed.removed.len()
    }

    /// Closes the idle connections that are lost or old. The one that came back last is lent first, so that those of a
    /// busy moment may never be lent again.
    pub(super) fn close_expired(&self) {
        self.pool.retain(|session: &PoolConnection, about| {
            !session.driver.is_finished() && about.created.elapsed() <= MAX_AGE
        });
    }

    /// Closes the idle connections that an earlier `DATABASE_URL` led to.
    pub(super) fn close_superseded(&self) {
        self.pool.retain(|session: &PoolConnection, _| self.endpoint.is_current(&session.endpoint));
    }
}
