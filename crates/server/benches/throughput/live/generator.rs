//! The other ends of event streams, and the requests whose changes they are told: a process of its own, because both
//! are timed by one clock.
//!
//! The plan arrives as a line of JSON on standard input. When all streams are open, the generator writes a line. At the
//! next line of input it begins to write, and the outcome leaves as JSON.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::cpu::cpu_of;
use crate::http::Connection;
use crate::load::{Client, Person, Request};

/// The argument that makes the benchmark's binary this generator.
pub(crate) const ARGUMENT: &str = "hold-streams";

/// How many streams are being opened at once.
const OPENING_MAX: usize = 50;
/// How long after the last answer a change may be told. Only then it counts as missed.
const OVERRUN_LIMIT: Duration = Duration::from_secs(20);
/// How many connections paced changes are sent over.
const PACED_CONNECTIONS: u32 = 8;

#[derive(Serialize, Deserialize)]
pub(crate) struct Plan {
    /// `host:port`.
    pub(crate) address: String,
    /// The header by which the server knows the caller of each stream, if it is told one.
    pub(crate) streams: Vec<Option<String>>,
    pub(crate) load: Load,
    pub(crate) length: Duration,
}

/// What is changed.
#[derive(Serialize, Deserialize)]
pub(crate) enum Load {
    /// Timers of people, as fast as the server answers: what only their user is told.
    Timers(Vec<Client>),
    /// Tags, so many a second: what all members are told.
    Tags { per_second: u32 },
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) elapsed: Duration,
    /// How many changes were answered.
    pub(crate) answers: usize,
    /// From an answer to the first stream that tells the change; none if that comes before the answer. Sorted.
    pub(crate) first: Vec<Duration>,
    /// The same to the last stream, if all are told. Sorted.
    pub(crate) last: Vec<Duration>,
    /// Changes that a stream was not told.
    pub(crate) untold: usize,
    /// Streams that were told to reload everything, each time.
    pub(crate) resets: usize,
    /// The processor time that this process has used meanwhile.
    pub(crate) cpu: Duration,
}

/// A version of a thing: which, its revision, and when it was answered or told.
#[derive(Clone, Copy)]
struct Seen {
    id: u128,
    revision: i64,
    at: Instant,
}

/// What one stream has told.
#[derive(Default)]
struct Told {
    changes: Vec<Seen>,
    resets: usize,
}

/// Is the generator.
pub(crate) async fn generate() -> anyhow::Result<()> {
    let mut input = std::io::stdin().lock().lines();
    let plan: Plan = serde_json::from_str(&input.next().context("no plan")??)?;
    let mut streams = open_all(&plan).await?;
    writeln!(std::io::stdout(), "open")?;
    input.next().context("the parent has ended")??;
    // What was told before does not count.
    for stream in &streams {
        *stream.told() = Told::default();
    }
    let cpu = cpu_of(Pid::this())?.own;
    let began = Instant::now();
    let answered = match &plan.load {
        Load::Timers(clients) => timers(&plan, clients, began).await?,
        Load::Tags { per_second } => tags(&plan, *per_second, began).await?,
    };
    let elapsed = began.elapsed();
    let ended = Instant::now();
    let for_all = matches!(plan.load, Load::Tags { .. });
    let expected = if for_all { answered.len() * streams.len() } else { answered.len() };
    while count(&streams) < expected
        && ended.elapsed() < OVERRUN_LIMIT
        && streams.iter().all(|stream| stream.told().resets == 0)
    {
        tokio::time::sleep(Duration::from_millis(100)).await;
        // Merged changes are fewer than answers.
        if !for_all && ended.elapsed() > Duration::from_secs(1) {
            break;
        }
    }
    let cpu = cpu_of(Pid::this())?.own - cpu;
    for stream in &mut streams {
        ensure!(!stream.reader.is_finished(), "the server has ended a stream");
        stream.reader.abort();
    }
    let outcome = evaluate(&answered, &streams, for_all, elapsed, cpu);
    serde_json::to_writer(std::io::stdout(), &outcome)?;
    Ok(())
}

fn count(streams: &[Stream]) -> usize {
    streams.iter().map(|stream| stream.told().changes.len()).sum()
}

fn evaluate(answered: &[Seen], streams: &[Stream], for_all: bool, elapsed: Duration, cpu: Duration) -> Outcome {
    // Of each thing: which revisions were told when, by all streams.
    let mut told: HashMap<u128, Vec<Seen>> = HashMap::new();
    let mut resets = 0;
    for stream in streams {
        let stream = stream.told();
        resets += stream.resets;
        for seen in &stream.changes {
            told.entry(seen.id).or_default().push(*seen);
        }
    }
    let (mut first, mut last, mut untold) = (Vec::new(), Vec::new(), 0);
    let everyone = if for_all { streams.len() } else { 1 };
    for answer in answered {
        // A later revision tells of the earlier one as well.
        let times = told.get(&answer.id).into_iter().flatten().filter(|seen| seen.revision >= answer.revision);
        let times: Vec<_> = times.map(|seen| seen.at.saturating_duration_since(answer.at)).collect();
        untold += everyone.saturating_sub(times.len());
        first.extend(times.iter().min());
        last.extend(times.iter().max().filter(|_| times.len() >= everyone));
    }
    first.sort_unstable();
    last.sort_unstable();
    Outcome { elapsed, answers: answered.len(), first, last, untold, resets, cpu }
}

/// Starts and stops, each client one after the other.
async fn timers(plan: &Plan, clients: &[Client], began: Instant) -> anyhow::Result<Vec<Seen>> {
    let mut writers = Vec::new();
    for client in clients {
        let mut connection = Connection::open(&plan.address).await?;
        let requests: Vec<_> = client
            .iter()
            .map(|person| {
                let body = format!(r#"{{"categoryId":"{}"}}"#, person.category);
                let start = Request::post(&plan.address, true, person, "/api/time/start", &body);
                // A new entry has revision 1; its stop makes it 2.
                [(start, 1), (Request::post(&plan.address, true, person, "/api/time/stop", ""), 2)]
            })
            .collect();
        let length = plan.length;
        writers.push(tokio::spawn(async move {
            let (mut answered, mut buffer) = (Vec::new(), Vec::new());
            for (request, revision) in requests.iter().flatten().cycle() {
                if began.elapsed() >= length {
                    break;
                }
                request.write(&mut buffer)?;
                answered.push(send(&mut connection, &buffer, *revision).await?);
            }
            anyhow::Ok(answered)
        }));
    }
    let mut answered = Vec::new();
    for writer in writers {
        answered.extend(writer.await??);
    }
    Ok(answered)
}

/// Makes tags at an even pace.
async fn tags(plan: &Plan, per_second: u32, began: Instant) -> anyhow::Result<Vec<Seen>> {
    let pause = Duration::from_secs(1) / per_second;
    let count = u32::try_from(plan.length.as_nanos() / pause.as_nanos())?;
    let mut writers = Vec::new();
    for writer in 0..PACED_CONNECTIONS {
        let mut connection = Connection::open(&plan.address).await?;
        let address = plan.address.clone();
        writers.push(tokio::spawn(async move {
            let (mut answered, mut buffer) = (Vec::new(), Vec::new());
            let person = Person { identity: None, category: String::new() };
            for number in (writer..count).step_by(PACED_CONNECTIONS as usize) {
                tokio::time::sleep_until((began + pause * number).into()).await;
                let body = format!(r#"{{"name":"Tag {number}"}}"#);
                Request::post(&address, true, &person, "/api/tags", &body).write(&mut buffer)?;
                answered.push(send(&mut connection, &buffer, 1).await?);
            }
            anyhow::Ok(answered)
        }));
    }
    let mut answered = Vec::new();
    for writer in writers {
        answered.extend(writer.await??);
    }
    Ok(answered)
}

async fn send(connection: &mut Connection, request: &[u8], revision: i64) -> anyhow::Result<Seen> {
    let (status, body) = connection.send(request).await?;
    let at = Instant::now();
    let text = std::str::from_utf8(body)?;
    if !(200..300).contains(&status) {
        bail!("answered with {status}: {text}");
    }
    let id = id_in(text).with_context(|| format!("no id in {text}"))?;
    Ok(Seen { id, revision, at })
}

/// The first id in a text.
fn id_in(text: &str) -> Option<u128> {
    let (_, rest) = text.split_once(r#""id":""#)?;
    Some(Uuid::try_parse(rest.get(..36)?).ok()?.as_u128())
}

/// An open stream.
struct Stream {
    told: Arc<Mutex<Told>>,
    reader: tokio::task::JoinHandle<()>,
}

impl Stream {
    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap()
    }
}

async fn open_all(plan: &Plan) -> anyhow::Result<Vec<Stream>> {
    let opening = Arc::new(Semaphore::new(OPENING_MAX));
    let mut streams = Vec::new();
    for identity in &plan.streams {
        let turn = Arc::clone(&opening).acquire_owned().await?;
        let (address, identity) = (plan.address.clone(), identity.clone());
        streams.push(tokio::spawn(async move {
            let stream = open(&address, identity.as_deref()).await;
            drop(turn);
            stream
        }));
    }
    let mut open = Vec::with_capacity(streams.len());
    for stream in streams {
        open.push(stream.await??);
    }
    Ok(open)
}

/// Opens a stream and reads its greeting.
async fn open(address: &str, identity: Option<&str>) -> anyhow::Result<Stream> {
    let mut connection = TcpStream::connect(address).await?;
    let identity = identity.map(|header| format!("{header}\r\n")).unwrap_or_default();
    let request = format!("GET /api/events HTTP/1.1\r\nhost: {address}\r\n{identity}\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut received = Vec::new();
    while !contains(&received, b"event: ready") {
        ensure!(
            connection.read_buf(&mut received).await? > 0,
            "a stream was ended: {}",
            String::from_utf8_lossy(&received)
        );
    }
    ensure!(received.starts_with(b"HTTP/1.1 200"), "a stream was refused: {}", String::from_utf8_lossy(&received));
    let told = Arc::new(Mutex::new(Told::default()));
    let reader = tokio::spawn(read(connection, Arc::clone(&told)));
    Ok(Stream { told, reader })
}

/// Notes what a stream tells, until it ends.
async fn read(mut connection: TcpStream, told: Arc<Mutex<Told>>) {
    let mut received = Vec::new();
    while let Ok(1..) = connection.read_buf(&mut received).await {
        let at = Instant::now();
        let Some(end) = received.windows(2).rposition(|end| end == b"\n\n") else { continue };
        if let Some(text) = received.get(..end).and_then(|whole| std::str::from_utf8(whole).ok()) {
            let mut told = told.lock().unwrap();
            told.resets += text.matches("event: reset").count();
            told.changes.extend(text.split(r#"{"kind":"#).skip(1).filter_map(|change| {
                let (_, revision) = change.split_once(r#""revision":"#)?;
                let revision = revision.split([',', '}']).next()?.parse().ok()?;
                Some(Seen { id: id_in(change)?, revision, at })
            }));
        }
        received.drain(..end + 2);
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
