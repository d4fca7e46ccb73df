//! What idle event streams cost, how soon all of them are told of a change, and how soon the first of a few is told while many clients write:
//! `just bench-streams [STREAMS [SECONDS]]`. It writes its section of docs/RELIABILITY.md.
//!
//! The real server, a process of its own, on a database of its own. This process holds the other ends.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports to the terminal and may stop at any failure"
)]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clockwork_core::config::{Config, Sources};
use clockwork_core::database::migrations::migrate;
use clockwork_devdb::testing;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};

/// How many changes are sent, one after the other.
const CHANGES: usize = 20;

/// How many clients write at once, and how many streams are open meanwhile.
const WRITERS: usize = 64;
const LISTENERS: usize = 4;

/// What is promised of an optimised server: memory for 5,000 streams, and the median time from an answer to the first stream that tells it.
const PROMISED_MIB: u64 = 100;
const PROMISED_DELAY: Duration = Duration::from_millis(20);

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/RELIABILITY.md");
/// What lies between these lines of the page is this measurement's.
const MARKS: [&str; 2] = ["<!-- streams -->\n", "<!-- end of streams -->\n"];

/// The server, ended with this value.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(database_url: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_server"))
            .envs([
                ("HOST", "127.0.0.1"),
                ("PORT", "0"),
                ("AUTH_MODE", "none"),
                ("RATE_LIMIT_REQUESTS", "0"),
                ("LOG_FORMAT", "json"),
            ])
            .envs([("DATABASE_URL", database_url), ("METRICS_PORT", "0"), ("LOG_LEVEL", "info")])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find_map(|line| {
            let line: Value = serde_json::from_str(&line).ok()?;
            line["message"].as_str()?.contains("serving at").then(|| line["address"].as_str().unwrap().to_owned())
        });
        // The rest of its log is read, too: a full pipe would stop the server.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: address.unwrap() }
    }

    /// Resident memory, in KiB.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Opens a stream and, when it is greeted, tells of each change when it came.
async fn listen(address: String, opening: Arc<Semaphore>, told: mpsc::UnboundedSender<Option<Instant>>) {
    let turn = opening.acquire().await.unwrap();
    let mut connection = TcpStream::connect(&address).await.unwrap();
    let request = format!("GET /api/events HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut buffer = vec![0; 4_096];
    let mut text = String::new();
    while !text.contains("event: ready") {
        let count = connection.read(&mut buffer).await.unwrap();
        text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
        assert!(count > 0, "it was refused: {text}");
    }
    drop(turn);
    told.send(None).unwrap();
    loop {
        let count = connection.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the stream has ended");
        if std::str::from_utf8(&buffer[..count]).unwrap().contains("event: changes") {
            told.send(Some(Instant::now())).unwrap();
        }
    }
}

/// When each thing was first told by any stream.
type Told = Arc<Mutex<HashMap<String, Instant>>>;

/// Opens a stream and notes when it tells what.
async fn listen_to_ids(client: reqwest::Client, url: String, told: Told, ready: mpsc::UnboundedSender<()>) {
    let mut stream = client.get(url).send().await.unwrap().error_for_status().unwrap();
    let mut text = String::new();
    while let Some(piece) = stream.chunk().await.unwrap() {
        let at = Instant::now();
        text.push_str(std::str::from_utf8(&piece).unwrap());
        while let Some((event, rest)) = text.split_once("\n\n") {
            let data = event.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or("{}");
            let data: Value = serde_json::from_str(data).unwrap();
            assert!(!event.contains("event: reset"), "the stream fell behind");
            let mut told = told.lock().unwrap();
            for change in data["changes"].as_array().into_iter().flatten() {
                told.entry(change["id"].as_str().unwrap_or_default().to_owned()).or_insert(at);
            }
            if event.contains("event: ready") {
                ready.send(()).unwrap();
            }
            text = rest.to_owned();
        }
    }
}

/// How long after its answer each of many writes is first told, while so many clients write for a while. Sorted; zero when it is told before.
async fn delays_under_load(server: &Server, seconds: u64) -> Vec<Duration> {
    let client = reqwest::Client::new();
    let (told, (ready, mut readies)) = (Told::default(), mpsc::unbounded_channel());
    let api = |path: &str| format!("http://{}/api/{path}", server.address);
    let listeners: Vec<_> = (0..LISTENERS)
        .map(|_| tokio::spawn(listen_to_ids(client.clone(), api("events"), told.clone(), ready.clone())))
        .collect();
    for _ in 0..LISTENERS {
        readies.recv().await.unwrap();
    }
    let ends = Instant::now() + Duration::from_secs(seconds);
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (client, url) = (client.clone(), api("tags"));
            tokio::spawn(async move {
                let mut answered = Vec::new();
                while Instant::now() < ends {
                    let body = json!({"name": format!("Tag {} of {writer}", answered.len())});
                    let answer = client.post(&url).json(&body).send().await.unwrap().error_for_status().unwrap();
                    let at = Instant::now();
                    let tag: Value = answer.json().await.unwrap();
                    answered.push((tag["id"].as_str().unwrap().to_owned(), at));
                }
                answered
            })
        })
        .collect();
    let mut answered = Vec::new();
    for writer in writers {
        answered.extend(writer.await.unwrap());
    }
    let mut delays = Vec::with_capacity(answered.len());
    for (id, at) in answered {
        let first = loop {
            if let Some(first) = told.lock().unwrap().get(&id).copied() {
                break first;
            }
            assert!(ends.elapsed() < Duration::from_secs(60), "{id} is not told");
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        delays.push(first.saturating_duration_since(at));
    }
    listeners.iter().for_each(tokio::task::JoinHandle::abort);
    delays.sort();
    delays
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() - 1) * percent / 100]
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<usize>().ok());
    let streams = numbers.next().unwrap_or(5_000);
    let seconds = numbers.next().and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or(10);
    let database = testing::server().await.unwrap().empty().await.unwrap();
    let nowhere = std::env::temp_dir().join("clockwork-benches-have-no-configuration-files");
    let environment = [("DATABASE_URL".to_owned(), database.url().into())].into();
    let sources = Sources { environment, directory: nowhere.clone(), secrets: nowhere };
    migrate(&Config::load(&sources).unwrap().config.database).await.unwrap();

    let server = Server::start(&database.url());
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let client = reqwest::Client::new();
    let api = |path: &str| format!("http://{}/api/{path}", server.address);
    client.get(api("me")).send().await.unwrap().error_for_status().unwrap();
    let before = server.memory();

    let (teller, mut told) = mpsc::unbounded_channel();
    let opening = Arc::new(Semaphore::new(100));
    let began = Instant::now();
    let listeners: Vec<_> =
        (0..streams).map(|_| tokio::spawn(listen(server.address.clone(), opening.clone(), teller.clone()))).collect();
    let mut open = 0;
    while open < streams {
        open += usize::from(told.recv().await.unwrap().is_none());
    }
    println!("{streams} streams opened in {:.1?}", began.elapsed());
    tokio::time::sleep(Duration::from_secs(2)).await;
    while told.try_recv().is_ok() {}
    let idle = server.memory();
    let each = (idle.saturating_sub(before) * 1_024) / u64::try_from(streams).unwrap().max(1);
    let build = if cfg!(debug_assertions) { "without optimisation" } else { "optimised" };
    let mut text = format!(
        "{streams} streams without a change, each on a connection of its own, held by another process on the same machine. The server was built\n\
         {build}; promised are less than {PROMISED_MIB} MiB for 5,000.\n\n| | |\n|---|---:|\n\
         | resident memory without a stream | {} MiB |\n| with them | {} MiB |\n| each | {each} bytes |\n",
        before / 1_024,
        idle / 1_024
    );

    let (mut firsts, mut lasts) = (Vec::new(), Vec::new());
    for number in 0..CHANGES {
        let sent = Instant::now();
        let body = json!({"name": format!("Tag {number}")});
        client.post(api("tags")).json(&body).send().await.unwrap().error_for_status().unwrap();
        let mut times = Vec::with_capacity(streams);
        while times.len() < streams {
            times.extend(told.recv().await.unwrap().map(|at| at - sent));
        }
        firsts.push(times.iter().min().copied().unwrap());
        lasts.push(times.iter().max().copied().unwrap());
    }
    for (name, mut times) in [("first", firsts), ("last", lasts)] {
        times.sort();
        let (half, most) = (percentile(&times, 50), percentile(&times, 100));
        let _ = writeln!(
            text,
            "| from sending a change until the {name} one is told: median, most | {half:.1?}, {most:.1?} |"
        );
    }
    let _ = writeln!(text, "| memory after {CHANGES} changes | {} MiB |", server.memory() / 1_024);

    // Before the server, whose end is an error to them.
    for listener in listeners {
        listener.abort();
        let _ = listener.await;
    }
    drop(server);
    let server = Server::start(&database.url());
    let delays = delays_under_load(&server, seconds).await;
    let median = percentile(&delays, 50);
    let _ = writeln!(
        text,
        "\nFor {seconds} s, {WRITERS} clients write at once, {} times in all, while {LISTENERS} streams are open on a server that has just begun. From an answer\n\
         until the first stream tells the change (none when that comes before the answer); promised is a median below {PROMISED_DELAY:?}.\n\n\
         | median | 99 % | most |\n|---:|---:|---:|\n| {median:.1?} | {:.1?} | {:.1?} |",
        delays.len(),
        percentile(&delays, 99),
        percentile(&delays, 100)
    );
    println!("{text}");
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (head, rest) = page.split_once(MARKS[0]).unwrap();
    let (_, tail) = rest.split_once(MARKS[1]).unwrap();
    std::fs::write(PAGE, format!("{head}{}{text}{}{tail}", MARKS[0], MARKS[1])).unwrap();
    if !cfg!(debug_assertions) {
        assert!(streams > 5_000 || idle < PROMISED_MIB * 1_024, "{idle} KiB for {streams} streams");
        assert!(median < PROMISED_DELAY, "{median:?} until the first stream tells a change");
    }
}
