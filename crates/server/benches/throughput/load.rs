//! The load of starts and stops. Each client holds one connection and sends start and stop in turn, each after the
//! answer to the one before.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::generator;
use super::http::Connection;

/// The argument that makes the benchmark's binary the generator.
pub(crate) const ARGUMENT: &str = "generate-load";

/// What to send, to whom, and for how long.
#[derive(Serialize, Deserialize)]
pub(crate) struct Plan {
    /// `host:port`.
    pub(crate) address: String,
    pub(crate) length: Duration,
    /// Whether each request carries an `Idempotency-Key` of its own.
    pub(crate) keys: bool,
    /// Whether another client may have stopped the timer: then 404 and 409 are answers to a stop.
    pub(crate) shared_timer: bool,
    pub(crate) clients: Vec<Client>,
}

/// One connection, and who uses it: one after the other, a start and a stop each.
pub(crate) type Client = Vec<Person>;

/// A person who tracks time.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Person {
    /// The header by which the server knows the caller, if it is told one.
    pub(crate) identity: Option<String>,
    /// The category that is started.
    pub(crate) category: String,
}

/// What came of it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// Answered with 2xx: each of them has written.
    pub(crate) written: u64,
    /// Stops that found no running timer.
    pub(crate) conflicts: u64,
    /// How long half of the requests took at most, and 99 % of them.
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

impl Outcome {
    pub(crate) fn answers(&self) -> u64 {
        self.written + self.conflicts
    }
}

/// Runs a generator and returns what it saw.
pub(crate) async fn run(plan: &Plan) -> anyhow::Result<Outcome> {
    generator::run(ARGUMENT, plan, plan.length).await
}

/// Is the generator.
pub(crate) async fn generate() -> anyhow::Result<()> {
    let plan: Plan = serde_json::from_reader(io::stdin().lock())?;
    let mut connections = Vec::new();
    for client in &plan.clients {
        connections.push((Connection::open(&plan.address).await?, client.clone()));
    }
    let plan = Arc::new(plan);
    let began = Instant::now();
    let clients: Vec<_> = connections
        .into_iter()
        .map(|(connection, client)| tokio::spawn(one_client(connection, client, Arc::clone(&plan), began)))
        .collect();
    let (mut times, mut conflicts) = (Vec::new(), 0);
    for client in clients {
        let seen = client.await??;
        times.extend(seen.times);
        conflicts += seen.conflicts;
    }
    let elapsed = began.elapsed();
    ensure!(!times.is_empty(), "not one answer arrived in time");
    times.sort_unstable();
    let percentile = |percent: usize| times.get((times.len() - 1) * percent / 100).copied().unwrap_or_default();
    let written = u64::try_from(times.len())? - conflicts;
    let outcome = Outcome { elapsed, written, conflicts, p50: percentile(50), p99: percentile(99) };
    serde_json::to_writer(io::stdout().lock(), &outcome)?;
    Ok(())
}

#[derive(Default)]
struct Seen {
    times: Vec<Duration>,
    conflicts: u64,
}

async fn one_client(
    mut connection: Connection,
    client: Client,
    plan: Arc<Plan>,
    began: Instant,
) -> anyhow::Result<Seen> {
    let requests: Vec<_> = client
        .iter()
        .map(|person| {
            let start = format!(r#"{{"categoryId":"{}"}}"#, person.category);
            let start = Request::post(&plan.address, plan.keys, person, "/api/time/start", &start);
            (start, Request::post(&plan.address, plan.keys, person, "/api/time/stop", ""))
        })
        .collect();
    let mut seen = Seen::default();
    let mut buffer = Vec::with_capacity(1024);
    for (start, stop) in requests.iter().cycle() {
        if began.elapsed() >= plan.length {
            break;
        }
        for (request, may_conflict) in [(start, false), (stop, plan.shared_timer)] {
            request.write(&mut buffer)?;
            let sent = Instant::now();
            let (status, body) = connection.send(&buffer).await?;
            seen.times.push(sent.elapsed());
            match status {
                200..=299 => {}
                404 | 409 if may_conflict => seen.conflicts += 1,
                _ => bail!("answered with {status}: {}", String::from_utf8_lossy(body)),
            }
        }
    }
    Ok(seen)
}

/// A request that is the same each time but for its key.
pub(crate) struct Request {
    head: String,
    body: String,
    keys: bool,
}

impl Request {
    pub(crate) fn post(address: &str, keys: bool, person: &Person, path: &str, body: &str) -> Self {
        Self::new("POST", address, keys, person, path, body)
    }

    pub(crate) fn get(address: &str, person: &Person, path: &str) -> Self {
        Self::new("GET", address, false, person, path, "")
    }

    fn new(method: &str, address: &str, keys: bool, person: &Person, path: &str, body: &str) -> Self {
        let identity = person.identity.as_ref().map(|header| format!("{header}\r\n"));
        let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\n{}{kind}content-length: {}\r\n",
            identity.unwrap_or_default(),
            body.len()
        );
        Self { head, body: body.to_owned(), keys }
    }

    /// Writes it with a key like those that the page makes: 128 random bits.
    pub(crate) fn write(&self, buffer: &mut Vec<u8>) -> anyhow::Result<()> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let random = Uuid::from_bytes(random);
        buffer.clear();
        buffer.extend_from_slice(self.head.as_bytes());
        if self.keys {
            buffer.extend_from_slice(b"idempotency-key: ");
            let mut text = Uuid::encode_buffer();
            buffer.extend_from_slice(random.simple().encode_lower(&mut text).as_bytes());
            buffer.extend_from_slice(b"\r\n");
        }
        buffer.extend_from_slice(b"\r\n");
        buffer.extend_from_slice(self.body.as_bytes());
        Ok(())
    }
}
