//! What idle event streams cost, and how soon all of them hear of a change: `just bench-streams [STREAMS]`. It writes its section of
//! docs/RELIABILITY.md.
//!
//! The real server, a process of its own, on a database of its own. This process holds the other ends.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports to the terminal and may stop at any failure"
)]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clockwork_core::config::{Config, Sources};
use clockwork_core::db::migrations::migrate;
use clockwork_devdb::testing;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};

/// How many changes are sent, one after the other.
const CHANGES: usize = 20;

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
            .envs([("HOST", "127.0.0.1"), ("PORT", "0"), ("AUTH_MODE", "none"), ("LOG_FORMAT", "json")])
            .envs([("DATABASE_URL", database_url), ("METRICS_PORT", "0"), ("LOG_LEVEL", "info")])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find_map(|line| {
            let line: Value = serde_json::from_str(&line).ok()?;
            line["message"].as_str()?.contains("serving at").then(|| line["address"].as_str().unwrap().to_owned())
        });
        // Its log is read on, so that it never waits for somebody to take a line.
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

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let streams: usize = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(5_000);
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
    // What the first stream tells of its own beginning is over when a minute has passed; nobody waits for that here.
    let before = server.memory();

    let (teller, mut told) = mpsc::unbounded_channel();
    let opening = Arc::new(Semaphore::new(100));
    let began = Instant::now();
    for _ in 0..streams {
        tokio::spawn(listen(server.address.clone(), opening.clone(), teller.clone()));
    }
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
         {build}; promised are less than 200 MiB for 5,000.\n\n| | |\n|---|---:|\n\
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
        let percentile = |p: usize| times[(times.len() - 1) * p / 100];
        let (half, most) = (percentile(50), percentile(100));
        let _ = writeln!(
            text,
            "| from sending a change until the {name} one is told: median, most | {half:.1?}, {most:.1?} |"
        );
    }
    let _ = writeln!(text, "| memory after {CHANGES} changes | {} MiB |", server.memory() / 1_024);
    println!("{text}");
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (head, rest) = page.split_once(MARKS[0]).unwrap();
    let (_, tail) = rest.split_once(MARKS[1]).unwrap();
    std::fs::write(PAGE, format!("{head}{}{text}{}{tail}", MARKS[0], MARKS[1])).unwrap();
}
