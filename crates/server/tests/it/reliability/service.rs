//! Servers behind one name, as behind a Service of Kubernetes: requests go round among those that say they are ready.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::client;

/// How often readiness is asked. Below it lies the shortest drain that loses nothing.
const PROBE_INTERVAL: Duration = Duration::from_millis(50);

/// The servers that take requests.
#[derive(Clone, Default)]
pub struct Service(Arc<Inner>);

#[derive(Default)]
struct Inner {
    members: Mutex<Vec<Arc<Member>>>,
    turn: AtomicUsize,
}

struct Member {
    url: String,
    ready: AtomicBool,
}

/// A server's place in the service, until it is taken out.
pub struct Membership {
    service: Service,
    member: Arc<Member>,
    probing: JoinHandle<()>,
}

impl Service {
    /// Adds a server, which takes requests as soon as, and for as long as, it says that it is ready.
    pub async fn add(&self, url: &str) -> Membership {
        let member = Arc::new(Member { url: url.to_owned(), ready: AtomicBool::new(false) });
        self.0.members.lock().unwrap().push(Arc::clone(&member));
        let probing = tokio::spawn({
            let member = Arc::clone(&member);
            async move {
                loop {
                    let reply = client::once(&member.url, "GET", "/readyz", "application/json", b"").await;
                    member.ready.store(reply.is_ok_and(|reply| reply.status == 200), Ordering::Relaxed);
                    tokio::time::sleep(PROBE_INTERVAL).await;
                }
            }
        });
        while !member.ready.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Membership { service: self.clone(), member, probing }
    }

    /// Where the next connection goes.
    pub fn next(&self) -> String {
        let members = self.0.members.lock().unwrap();
        let ready: Vec<_> = members.iter().filter(|member| member.ready.load(Ordering::Relaxed)).collect();
        assert!(!ready.is_empty(), "no server is ready");
        ready[self.0.turn.fetch_add(1, Ordering::Relaxed) % ready.len()].url.clone()
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.probing.abort();
        self.service.0.members.lock().unwrap().retain(|member| !Arc::ptr_eq(member, &self.member));
    }
}
