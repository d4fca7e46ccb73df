//! Databases that fall silent: a machine that is gone, a network that swallows everything, a server that is paused.
//!
//! Nothing ends such a connection, and no timeout of the server's helps, so whoever waits on it would wait for long. When somebody has had a
//! connection for a while, its other end is asked for one more. Slow statements on a server that lives are so told from a
//! server that is gone; the connections to one that does not answer are ended, and whoever waits learns of it.

use super::connect::Place;
use super::pool::Shared;
use super::route::{Purpose, Way};
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::task::AbortHandle;

/// How long a connection may be on loan without a question.
const SUSPICIOUS: Duration = Duration::from_millis(500);
/// How often it is looked who is suspicious.
const LOOK: Duration = Duration::from_millis(250);
/// How long an answer is good for.
const TRUST: Duration = Duration::from_secs(1);
/// A server has at least this long to answer.
const LEAST_PATIENCE: Duration = Duration::from_secs(1);

/// The connections that are on loan.
#[derive(Default)]
pub(super) struct Loans(Mutex<Out>);

#[derive(Default)]
struct Out {
    next: u64,
    loans: BTreeMap<u64, Entry>,
}

struct Entry {
    since: Instant,
    place: Place,
    way: Arc<Way>,
    driver: AbortHandle,
}

/// One connection's time on loan.
pub(super) struct Loan {
    loans: Arc<Loans>,
    number: u64,
}

impl Loans {
    pub(super) fn begin(self: &Arc<Self>, place: Place, way: Arc<Way>, driver: AbortHandle) -> Loan {
        let mut out = self.lock();
        let number = out.next;
        out.next += 1;
        out.loans.insert(number, Entry { since: Instant::now(), place, way, driver });
        Loan { loans: Arc::clone(self), number }
    }

    /// Where the connections lead that have been on loan for suspiciously long, and how one gets there.
    fn suspicious(&self) -> BTreeMap<Place, Arc<Way>> {
        let out = self.lock();
        let suspicious = out.loans.values().filter(|loan| loan.since.elapsed() >= SUSPICIOUS);
        suspicious.map(|loan| (loan.place, Arc::clone(&loan.way))).collect()
    }

    /// Ends the connections to a place that were on loan at a time, and counts them.
    fn end(&self, place: Place, at: Instant) -> usize {
        let out = self.lock();
        let ended = out.loans.values().filter(|loan| loan.place == place && loan.since <= at);
        ended.inspect(|loan| loan.driver.abort()).count()
    }

    fn lock(&self) -> MutexGuard<'_, Out> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.loans.lock().loans.remove(&self.number);
    }
}

/// Watches over the loans of a pool for as long as there is one. `acquire_timeout` is how long callers are told to wait for the database.
pub(super) async fn watch(pool: Weak<Shared>, acquire_timeout: Duration) {
    let patience = (acquire_timeout / 2).max(LEAST_PATIENCE);
    let mut trusted = BTreeMap::new();
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(shared) = pool.upgrade() else { return };
        trusted.retain(|_, since: &mut Instant| since.elapsed() < TRUST);
        let mut asked = shared.loans.suspicious();
        asked.retain(|place, _| !trusted.contains_key(place));
        drop(shared);
        let begun = Instant::now();
        let answers = join_all(asked.into_iter().map(|(place, way)| async move {
            (place, tokio::time::timeout(patience, way.connector(Purpose::Pool).answers(place)).await.is_ok())
        }));
        for (place, answered) in answers.await {
            if answered {
                trusted.insert(place, Instant::now());
            } else if let Some(shared) = pool.upgrade() {
                let ended = shared.loans.end(place, begun);
                let idle = shared.forget(place);
                tracing::warn!(
                    ended,
                    idle,
                    "the database did not answer within {patience:?}: its connections are given up"
                );
            }
        }
    }
}
