//! The connections that are checked out of the pool: since when, and to which server each leads.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;

use super::connect::ServerAddress;
use super::endpoint::EndpointConfig;

/// The connections that are checked out of the pool.
#[derive(Default)]
pub(super) struct CheckedOutConnections(Mutex<Registry>);

#[derive(Default)]
struct Registry {
    next_number: u64,
    connections: BTreeMap<u64, Entry>,
}

struct Entry {
    since: Instant,
    address: ServerAddress,
    endpoint: Arc<EndpointConfig>,
    driver: AbortHandle,
}

/// A connection that is checked out until this is dropped.
pub(super) struct CheckedOut {
    connections: Arc<CheckedOutConnections>,
    number: u64,
}

impl CheckedOutConnections {
    pub(super) fn add(
        self: &Arc<Self>,
        address: ServerAddress,
        endpoint: Arc<EndpointConfig>,
        driver: AbortHandle,
    ) -> CheckedOut {
        let mut registry = self.lock();
        let number = registry.next_number;
        registry.next_number += 1;
        registry.connections.insert(number, Entry { since: Instant::now(), address, endpoint, driver });
        CheckedOut { connections: Arc::clone(self), number }
    }

    /// The servers of connections that have been checked out for so long, and how to connect to each.
    pub(super) fn older_than(&self, age: Duration) -> BTreeMap<ServerAddress, Arc<EndpointConfig>> {
        let registry = self.lock();
        let old = registry.connections.values().filter(|entry| entry.since.elapsed() >= age);
        old.map(|entry| (entry.address, Arc::clone(&entry.endpoint))).collect()
    }

    /// Ends the connections to a server that were checked out at a time, and counts them.
    pub(super) fn end(&self, address: ServerAddress, at: Instant) -> usize {
        let registry = self.lock();
        let ended = registry.connections.values().filter(|entry| entry.address == address && entry.since <= at);
        ended.inspect(|entry| entry.driver.abort()).count()
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for CheckedOut {
    fn drop(&mut self) {
        self.connections.lock().connections.remove(&self.number);
    }
}
