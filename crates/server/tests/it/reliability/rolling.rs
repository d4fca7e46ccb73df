//! Operations L4: one server after the other is replaced, and no client sees an error.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::client::{self, Connection};
use super::ledger::Ledger;
use super::service::Service;
use super::{category, import, import_of, server};
use crate::harness::{Stream, migrated_database};

/// Long enough for every probe to see it, several times over on a busy machine.
const DRAIN: &str = "1s";
/// How many watch for changes all the time.
const WATCHERS: usize = 4;
/// When to give up on a change that is not told.
const DEADLINE: Duration = Duration::from_secs(60);

/// What was seen.
#[derive(Debug)]
pub struct RollingUpdateReport {
    /// Requests that were sent, writes included.
    pub requests: u64,
    /// Those of them that changed something, all acknowledged.
    pub writes: u64,
    /// What went wrong, and where.
    pub failures: Vec<String>,
    /// Acknowledged writes that are not in the database.
    pub lost: Vec<String>,
    /// How many event streams were open, how often their servers ended them, and the acknowledged starts that one of
    /// them was not told of.
    pub streams: (usize, u64, Vec<String>),
    /// What the import answered that was running on the server that was replaced first, and how many entries it made.
    pub import: (u16, u64),
    /// How long the signal to the end of the process took, for each server.
    pub shutdowns: Vec<Duration>,
    /// How long it all took.
    pub took: Duration,
}

/// Replaces both of two servers under the load of `readers` who keep their connections, as many who make a new one each
/// time, one who writes, and some who are told of every change, until at least `requests` requests are answered.
pub async fn roll(requests: u64, readers: usize) -> RollingUpdateReport {
    let database = migrated_database().await;
    let url = database.url();
    let environment = [("DATABASE_URL", url.as_str()), ("SHUTDOWN_DRAIN", DRAIN)];
    let mut olds = vec![server(&environment).await, server(&environment).await];
    let category = category(&olds[0].url).await;
    let service = Service::default();
    let mut memberships = vec![service.add(&olds[0].url).await, service.add(&olds[1].url).await];

    let load = Arc::new(Load { service: service.clone(), ..Load::default() });
    let begun = Instant::now();
    let mut clients = Vec::new();
    for number in 0..readers * 2 {
        clients.push(tokio::spawn(Arc::clone(&load).read(number % 2 == 0)));
    }
    let watchers: Vec<_> = (0..WATCHERS).map(|_| Arc::new(Watcher::default())).collect();
    let mut watching = tokio::task::JoinSet::new();
    for watcher in &watchers {
        watching.spawn(Arc::clone(watcher).watch(service.clone()));
    }
    until(|| watchers.iter().all(|watcher| watcher.opened.load(Ordering::Relaxed) > 0)).await;
    let writing = tokio::spawn(Arc::clone(&load).write(category));

    let mut shutdowns = Vec::new();
    let mut news = Vec::new();
    let mut importing = None;
    for (number, mut old) in olds.drain(..).enumerate() {
        load.until((number as u64 + 1) * requests / 4).await;
        let new = server(&environment).await;
        memberships.push(service.add(&new.url).await);
        news.push(new);
        if number == 0 {
            // As big as it must be to be under way when the signal comes.
            let url = old.url.clone();
            importing = Some(tokio::spawn(async move { import(&url, &import_of("Moved house", 2_000)).await }));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let told = Instant::now();
        old.signal(Signal::SIGTERM);
        let status = tokio::task::spawn_blocking(move || old.wait()).await.unwrap();
        assert_eq!(status.code(), Some(0));
        shutdowns.push(told.elapsed());
        drop(memberships.remove(0));
    }
    load.until(requests).await;
    load.enough.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    let ledger = writing.await.unwrap();
    let reply = importing.unwrap().await.unwrap().unwrap();
    let lost = ledger.check(&url).await;
    let missed = || watchers.iter().flat_map(|watcher| watcher.missed(&ledger)).collect::<Vec<_>>();
    let _ = tokio::time::timeout(DEADLINE, until(|| missed().is_empty())).await;
    let reopened = watchers.iter().map(|watcher| watcher.opened.load(Ordering::Relaxed) - 1).sum();
    // One that has ended before has failed.
    if let Some(Err(error)) = watching.try_join_next() {
        load.failed(format!("watching: {error}"));
    }
    let failures = std::mem::take(&mut *load.failures.lock().unwrap());
    RollingUpdateReport {
        requests: load.answered.load(Ordering::Relaxed),
        writes: ledger.writes,
        failures,
        lost,
        streams: (WATCHERS, reopened, missed()),
        import: (reply.status, reply.json["entries"]["created"].as_u64().unwrap_or_default()),
        shutdowns,
        took: begun.elapsed(),
    }
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// An open page: when its stream ends, it opens another one at another server and continues where it was.
#[derive(Default)]
struct Watcher {
    opened: AtomicU64,
    told: std::sync::Mutex<BTreeSet<String>>,
}

impl Watcher {
    async fn watch(self: Arc<Self>, service: Service) {
        let mut last = None;
        loop {
            let mut stream = Stream::open(&service.next(), last.as_deref()).await;
            self.opened.fetch_add(1, Ordering::Relaxed);
            while let Some(event) = stream.next().await {
                assert_ne!(event.name, "reset", "so few events fit into every mailbox");
                let changes = event.data["changes"].as_array().into_iter().flatten();
                let ids = changes.filter_map(|change| change["id"].as_str().map(str::to_owned));
                self.told.lock().unwrap().extend(ids);
            }
            last = stream.last_id;
        }
    }

    /// Acknowledged starts that it was not told of.
    fn missed(&self, ledger: &Ledger) -> Vec<String> {
        let told = self.told.lock().unwrap();
        ledger.ids().filter(|id| !told.contains(*id)).map(str::to_owned).collect()
    }
}

/// What all clients share.
#[derive(Default)]
struct Load {
    service: Service,
    answered: AtomicU64,
    enough: AtomicBool,
    failures: std::sync::Mutex<Vec<String>>,
}

impl Load {
    async fn until(&self, answered: u64) {
        until(|| self.answered.load(Ordering::Relaxed) >= answered).await;
    }

    fn failed(&self, failure: String) {
        self.failures.lock().unwrap().push(failure);
    }

    /// Reads. One who keeps the connection uses it until told to close it, wherever it leads: that is what clients
    /// behind a balancer of connections do.
    async fn read(self: Arc<Self>, keep: bool) {
        let mut kept: Option<(String, Connection)> = None;
        while !self.enough.load(Ordering::Relaxed) {
            let (url, mut connection) = match kept.take() {
                Some(kept) => kept,
                None => {
                    let url = self.service.next();
                    match Connection::open(&url).await {
                        Ok(connection) => (url, connection),
                        Err(error) => {
                            self.failed(format!("connecting to {url}: {error}"));
                            continue;
                        }
                    }
                }
            };
            match connection.get("/api/projects").await {
                Ok(reply) if reply.status == 200 => {
                    self.answered.fetch_add(1, Ordering::Relaxed);
                    if keep && !reply.close {
                        kept = Some((url, connection));
                    }
                }
                Ok(reply) => self.failed(format!("{url}: {}", reply.status)),
                Err(error) => self.failed(format!("{url}, kept: {keep}: {error}")),
            }
        }
    }

    async fn write(self: Arc<Self>, category: String) -> Ledger {
        let mut ledger = Ledger::default();
        for number in 0.. {
            if self.enough.load(Ordering::Relaxed) {
                break;
            }
            let send = |method, path: String, body: Vec<u8>| {
                let url = self.service.next();
                async move { client::once(&url, method, &path, "application/json", &body).await }
            };
            let before = ledger.writes;
            match ledger.round(&category, number, send).await {
                Ok(None) => {}
                Ok(Some(refused)) => self.failed(format!("writing: {refused:?}")),
                Err(error) => self.failed(format!("writing: {error}")),
            }
            self.answered.fetch_add(ledger.writes - before, Ordering::Relaxed);
        }
        ledger
    }
}

#[actix_web::test]
async fn replacing_every_server_under_load_loses_no_request() {
    let seen = roll(10_000, 3).await;
    assert!(seen.failures.is_empty(), "{seen:#?}");
    assert!(seen.lost.is_empty(), "{seen:#?}");
    // Each of the first two servers had at least one of the streams, which went round.
    let (streams, reopened, missed) = &seen.streams;
    assert!(*reopened >= *streams as u64 && missed.is_empty(), "{seen:#?}");
    assert_eq!(seen.import, (200, 2_000), "{seen:#?}");
    assert!(seen.requests >= 10_000 && seen.writes > 0, "{seen:#?}");
    assert!(seen.shutdowns.len() == 2 && seen.shutdowns.iter().all(|time| *time <= seen.took), "{seen:#?}");
}
