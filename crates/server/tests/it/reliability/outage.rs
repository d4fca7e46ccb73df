//! Operations L5: what clients of a server see while its database is away.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::category;
use super::client::{self, Reply};
use super::ledger::Ledger;
use crate::harness::Process;

/// How many read at the same time, each with a new connection for every request.
const READERS: usize = 4;
/// How long the database is healthy before the outage and after it.
const HEALTHY_TIME: Duration = Duration::from_millis(500);
/// When to give up on a recovery.
const DEADLINE: Duration = Duration::from_secs(60);

/// What was seen.
#[derive(Debug, Default)]
pub struct OutageReport {
    /// Requests that need the database.
    pub requests: u64,
    /// Those of them that were told to come back later.
    pub unavailable: u64,
    /// Answers and failures that must not occur.
    pub wrong: Vec<String>,
    /// The longest wait for an answer.
    pub longest: Duration,
    /// How long after the database was back the last client had its first good answer.
    pub recovery: Duration,
    /// How often liveness was asked, and how often it was not 200.
    pub liveness: (u64, u64),
    /// Writes that were acknowledged.
    pub writes: u64,
    /// Those of them that the database does not have.
    pub lost: Vec<String>,
}

struct Watch {
    url: String,
    ended: AtomicBool,
    seen: Mutex<OutageReport>,
    /// When each client had its last good answer, counted from when it was asked for.
    well: Mutex<Vec<Option<Instant>>>,
}

/// Watches a server while something happens to its database: `outage` takes it away and returns when it is back. What
/// was written is then looked for in the database at an address of its own.
pub async fn watch(mut server: Process, database: &str, outage: impl Future<Output = ()>) -> OutageReport {
    let category = category(&server.url).await;
    let watch = Arc::new(Watch {
        url: server.url.clone(),
        ended: AtomicBool::new(false),
        seen: Mutex::default(),
        well: Mutex::new(vec![None; READERS + 1]),
    });
    let mut tasks: Vec<_> = (0..READERS).map(|number| tokio::spawn(Arc::clone(&watch).read(number))).collect();
    tasks.push(tokio::spawn(Arc::clone(&watch).ask_for_life()));
    let writing = tokio::spawn(Arc::clone(&watch).write(category));
    tokio::time::sleep(HEALTHY_TIME).await;
    outage.await;
    let back = Instant::now();
    // A request that was sent after the database was back, and succeeded, ends the recovery.
    let recovered = |well: &[Option<Instant>]| well.iter().all(|asked| asked.is_some_and(|asked| asked >= back));
    while !recovered(&watch.well.lock().unwrap()) {
        assert!(back.elapsed() < DEADLINE, "it does not recover: {:#?}", watch.seen.lock().unwrap());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let recovery = back.elapsed();
    tokio::time::sleep(HEALTHY_TIME).await;
    watch.ended.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    let ledger = writing.await.unwrap();
    let lost = ledger.check(database).await;
    let mut seen = std::mem::take(&mut *watch.seen.lock().unwrap());
    server.signal(Signal::SIGTERM);
    let log = tokio::task::spawn_blocking(move || {
        server.wait();
        std::mem::take(&mut server.log)
    });
    // The reason, for the output of a failed test.
    let failures = log.await.unwrap().into_iter().filter(|line| line["level"] == "ERROR");
    seen.wrong.extend(failures.map(|line| line.to_string()));
    OutageReport { recovery, writes: ledger.writes, lost, ..seen }
}

impl Watch {
    fn goes_on(&self) -> bool {
        !self.ended.load(Ordering::Relaxed)
    }

    /// Notes an answer, and says whether it was a good one.
    fn note(&self, client: usize, asked: Instant, reply: &std::io::Result<Reply>, good: u16) -> bool {
        let mut seen = self.seen.lock().unwrap();
        seen.requests += 1;
        seen.longest = seen.longest.max(asked.elapsed());
        match reply {
            Ok(reply) if reply.status == good => {
                self.well.lock().unwrap()[client] = Some(asked);
                return true;
            }
            Ok(reply) if reply.status == 503 && reply.retry_after => seen.unavailable += 1,
            Ok(reply) => seen.wrong.push(format!("{reply:?}")),
            Err(error) => seen.wrong.push(error.to_string()),
        }
        false
    }

    async fn read(self: Arc<Self>, number: usize) {
        while self.goes_on() {
            let asked = Instant::now();
            let reply = client::once(&self.url, "GET", "/api/projects", "application/json", b"").await;
            if !self.note(number, asked, &reply, 200) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    async fn write(self: Arc<Self>, category: String) -> Ledger {
        let mut ledger = Ledger::default();
        for number in 0.. {
            if !self.goes_on() {
                break;
            }
            let watch = Arc::clone(&self);
            let send = |method, path: String, body: Vec<u8>| {
                let watch = Arc::clone(&watch);
                async move {
                    let asked = Instant::now();
                    let good = if path.ends_with("start") { 201 } else { 200 };
                    let reply = client::once(&watch.url, method, &path, "application/json", &body).await;
                    watch.note(READERS, asked, &reply, good);
                    reply
                }
            };
            if !matches!(ledger.round(&category, number, send).await, Ok(None)) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        ledger
    }

    fn note_life(&self, alive: bool) {
        let mut seen = self.seen.lock().unwrap();
        seen.liveness.0 += 1;
        seen.liveness.1 += u64::from(!alive);
    }

    async fn ask_for_life(self: Arc<Self>) {
        while self.goes_on() {
            let reply = client::once(&self.url, "GET", "/livez", "application/json", b"").await;
            self.note_life(reply.is_ok_and(|reply| reply.status == 200));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl OutageReport {
    /// Asserts what operations L5 says, with time enough for a busy machine: `acquire_timeout` is
    /// `DATABASE_ACQUIRE_TIMEOUT`.
    #[track_caller]
    pub fn as_promised(&self, acquire_timeout: Duration) {
        assert!(self.wrong.is_empty(), "{self:#?}");
        assert!(self.unavailable > 0 || self.longest < acquire_timeout, "a request was answered 503: {self:#?}");
        assert!(self.longest < acquire_timeout + Duration::from_secs(20), "{self:#?}");
        assert!(self.recovery < Duration::from_secs(20), "{self:#?}");
        assert!(self.liveness.0 > 0 && self.liveness.1 == 0, "{self:#?}");
        assert!(self.writes > 0 && self.lost.is_empty(), "{self:#?}");
    }
}
