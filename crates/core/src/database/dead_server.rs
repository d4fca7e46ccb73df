//! Finds servers that no longer answer: a machine that is gone, a network that drops everything, a server that is
//! paused.
//!
//! Nothing ends such a connection, and no timeout of the server's helps, so a request would wait on it for long. If a
//! connection has been checked out for more than [`SUSPICIOUS_AGE`], the detector asks its server a question. If the
//! server answers, the statement is slow; if not, the server is dead, and all connections to it are closed, which fails
//! the requests that wait on them.
//!
//! The question is asked on the probe's own connection, which costs one round trip. Only if that connection is silent,
//! or leads to another server, a new connection is opened, as login is what a server that works can always do.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::connect::ServerAddress;
use super::endpoint::ConnectionPurpose;
use super::shared::Shared;

/// How long a connection may be checked out before its server is asked.
const SUSPICIOUS_AGE: Duration = Duration::from_millis(500);
/// How often the detector looks for such connections.
const CHECK_INTERVAL: Duration = Duration::from_millis(250);
/// How long an answer is taken as proof that the server lives. After an answer that took a new connection, the time
/// doubles up to the second, as long as connections stay checked out: a long report must not cost a login a second.
const TRUSTED_FOR: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(4));
/// How long the probe's connection may take to answer before a new connection is opened as well.
const PROBE_ANSWER_TIMEOUT: Duration = Duration::from_millis(250);
/// The shortest time that a new connection may take before the server counts as dead.
const MIN_ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// Proof that a server lives.
struct Proof {
    at: Instant,
    trusted_for: Duration,
}

/// The servers that have answered lately.
#[derive(Default)]
pub(super) struct DeadServerDetector {
    proofs: BTreeMap<ServerAddress, Proof>,
}

impl DeadServerDetector {
    /// Watches over the connections of a pool for as long as there is one. `acquire_timeout` is how long callers wait
    /// for the database.
    pub(super) async fn run(mut self, pool: Weak<Shared>, acquire_timeout: Duration) {
        let answer_timeout = (acquire_timeout / 2).max(MIN_ANSWER_TIMEOUT);
        loop {
            tokio::time::sleep(CHECK_INTERVAL).await;
            let Some(shared) = pool.upgrade() else { return };
            let mut suspects = shared.checked_out.older_than(SUSPICIOUS_AGE);
            self.proofs.retain(|address, _| suspects.contains_key(address));
            suspects.retain(|address, _| {
                self.proofs.get(address).is_none_or(|proof| proof.at.elapsed() >= proof.trusted_for)
            });
            if suspects.is_empty() {
                continue;
            }
            let probe = Arc::clone(&shared.probe);
            drop(shared);
            let begun = Instant::now();
            let proven = tokio::time::timeout(PROBE_ANSWER_TIMEOUT, probe.answering_server()).await.ok().flatten();
            if let Some(address) = proven
                && suspects.remove(&address).is_some()
            {
                self.proofs.insert(address, Proof { at: Instant::now(), trusted_for: TRUSTED_FOR.0 });
            }
            let answers = join_all(suspects.into_iter().map(|(address, endpoint)| async move {
                let answer = endpoint.connector(ConnectionPurpose::Pool).answers(address);
                (address, tokio::time::timeout(answer_timeout, answer).await.is_ok())
            }));
            for (address, answered) in answers.await {
                if answered {
                    let before = self.proofs.get(&address).map(|proof| proof.trusted_for * 2);
                    let trusted_for = before.unwrap_or(TRUSTED_FOR.0).min(TRUSTED_FOR.1);
                    self.proofs.insert(address, Proof { at: Instant::now(), trusted_for });
                } else if let Some(shared) = pool.upgrade() {
                    self.proofs.remove(&address);
                    let ended = shared.checked_out.end(address, begun);
                    let idle = shared.close_idle(address);
                    tracing::warn!(
                        ended,
                        idle,
                        "the database did not answer within {answer_timeout:?}: all connections to it are closed"
                    );
                }
            }
        }
    }
}
