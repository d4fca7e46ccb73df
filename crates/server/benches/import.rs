//! An import of a large file beside COPY of the very same rows: `just bench-import [ROWS]`.
//!
//! The import is an upload to the real server, a process of its own: from the first byte sent to the answer, so reading
//! the file counts. COPY writes the same entries and tags, in the same order, into copies of the two tables with the
//! same indexes and CHECKs but without foreign keys and triggers, in one transaction and in pieces as large as psql's.
//! Both use one PostgreSQL that flushes to the disk as in production, and begin after a checkpoint. What counts is the
//! ratio in one run.
//!
//! Memory is the peak of the server process's resident memory (`VmHWM`) over what it held before the first import.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports to the terminal and may stop at any failure"
)]

#[path = "database/config.rs"]
mod config;
#[path = "shared/memory.rs"]
mod memory;
#[path = "shared/program.rs"]
mod program;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use clockwork_core::database::migrations::migrate;
use clockwork_devdb::testing::OwnServer;
use futures_util::{SinkExt as _, TryStreamExt as _, pin_mut};
use nix::unistd::Pid;
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use tokio_postgres::{Client, NoTls};

use memory::{PEAK, RESIDENT, forget_peak, memory_of};
use program::Program;

/// How much longer than COPY an import may take.
const RATIO_MAX: f64 = 2.0;
/// How much memory it may take over an idle server, in MiB.
const PEAK_MAX: f64 = 64.0;

/// The tables, and the columns that are no results of others.
const TABLES: [(&str, &str); 2] = [
    (
        "time_entries",
        "id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, billable, import_key, created_at, updated_at, revision",
    ),
    ("time_entry_tags", "workspace_id, time_entry_id, tag_id"),
];

#[tokio::main]
async fn main() {
    // Fails only when there is a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let rows = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(400_000);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("toggl.csv");
    write_file(&path, rows);
    let size = std::fs::metadata(&path).unwrap().len();
    println!("{rows} rows with three tags each, {:.1} MB of CSV", mega(size));

    let postgres = OwnServer::durable(&std::env::temp_dir(), None).await.unwrap();
    let url = postgres.url();
    migrate(&config::config(&[("DATABASE_URL", &url)]).database).await.unwrap();
    let server = Server::start(&url).await;
    // The first small import loads what every import needs: pages of the program, and the threads.
    let small = directory.path().join("small.csv");
    write_file(&small, 1);
    server.import(&small, true).await;
    let sql = connect(&url).await;

    let idle = server.memory(RESIDENT);
    server.forget_peak();
    let report = |what: &str, created: &Value, took: Duration| {
        let peak = (server.memory(PEAK) - idle) / 1024.0;
        println!("{what:<14} {:>8.2} s  {created} new, peak {peak:.1} MiB over idle", took.as_secs_f64());
        server.forget_peak();
        peak
    };
    let (answer, dry) = timed(server.import(&path, true)).await;
    let mut peak = report("dry run", &answer["entries"]["created"], dry);
    sql.batch_execute("CHECKPOINT").await.unwrap();
    let (answer, import) = timed(server.import(&path, false)).await;
    peak = report("import", &answer["entries"]["created"], import).max(peak);
    assert_eq!(answer["entries"]["created"], rows);
    let (answer, again) = timed(server.import(&path, false)).await;
    peak = report("import again", &answer["entries"]["created"], again).max(peak);

    let copy = copy(&sql).await;
    println!("{:<14} {:>8.2} s", "COPY", copy.as_secs_f64());
    let ratio = import.as_secs_f64() / copy.as_secs_f64();
    println!("\n{:<24} {:>8} {:>10}", "", "", "expected");
    println!("{:<24} {ratio:>8.2} {RATIO_MAX:>10.1}", "import / COPY");
    println!("{:<24} {peak:>8.1} {PEAK_MAX:>10.1}", "peak over idle, MiB");
    server.program.stop().await.unwrap();
    if ratio > RATIO_MAX || peak > PEAK_MAX {
        std::process::exit(1);
    }
}

/// Copies what was imported into copies of the tables, and says how long that took.
async fn copy(sql: &Client) -> Duration {
    sql.batch_execute("CREATE SCHEMA copies").await.unwrap();
    let mut data = Vec::new();
    for (table, columns) in TABLES {
        sql.batch_execute(&format!("CREATE TABLE copies.{table} (LIKE {table} INCLUDING ALL)")).await.unwrap();
        // In the order in which they were written, as a file would have them.
        let rows = format!("COPY (SELECT {columns} FROM {table} ORDER BY ctid) TO STDOUT");
        let rows: Vec<bytes::Bytes> = sql.copy_out(&rows).await.unwrap().try_collect().await.unwrap();
        data.push(rows.concat());
    }
    sql.batch_execute("CHECKPOINT").await.unwrap();
    let ((), took) = timed(async {
        sql.batch_execute("BEGIN").await.unwrap();
        for ((table, columns), data) in TABLES.into_iter().zip(&data) {
            let sink = sql.copy_in(&format!("COPY copies.{table} ({columns}) FROM STDIN")).await.unwrap();
            pin_mut!(sink);
            for piece in data.chunks(64 * 1024) {
                sink.send(bytes::Bytes::copy_from_slice(piece)).await.unwrap();
            }
            sink.finish().await.unwrap();
        }
        sql.batch_execute("COMMIT").await.unwrap();
    })
    .await;
    took
}

/// Years of a team: twenty projects of ten tasks, and 94 tags, of which three are on each entry.
fn write_file(path: &Path, rows: usize) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    file.write_all(
        b"Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\r\n",
    )
    .unwrap();
    let mut line = String::new();
    for row in 0..rows {
        let (project, task, day) = (row % 20, row % 200 / 20, row / 5 % 365);
        let date = chrono::NaiveDate::from_yo_opt(2025, u32::try_from(day + 1).unwrap()).unwrap();
        let (hour, minute, second) = (8 + row / 1825 % 10, row / 18_250 % 60, row % 60);
        line.clear();
        writeln!(
            line,
            "Client {},Project {project},Task {task},\"Work item {row}, reviewed, and written down\",{},\
             {date},{hour:02}:{minute:02}:{second:02},{date},{:02}:{minute:02}:{second:02},01:00:00,\"Tag {}, Tag {}, Tag {}\"\r",
            project % 7,
            if row % 3 == 0 { "No" } else { "Yes" },
            hour + 1,
            row % 30,
            30 + row % 29,
            60 + row % 34,
        )
        .unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
    file.flush().unwrap();
}

/// The server, killed with this value.
struct Server {
    program: Program,
    pid: Pid,
}

impl Server {
    async fn start(database_url: &str) -> Self {
        let settings = [("AUTH_MODE", "none"), ("METRICS_PORT", "0")];
        let program = Program::start(env!("CARGO_BIN_EXE_server").into(), &[], database_url, &settings).await.unwrap();
        let pid = program.pid().unwrap();
        Self { program, pid }
    }

    async fn import(&self, path: &Path, dry_run: bool) -> Value {
        let file = tokio::fs::File::open(path).await.unwrap();
        let length = file.metadata().await.unwrap().len();
        let form = Form::new()
            .text("timeZone", "Europe/Berlin")
            .text("dryRun", dry_run.to_string())
            .part("file", Part::stream_with_length(file, length).file_name("toggl.csv"));
        let url = format!("http://{}/api/imports", self.program.address);
        let answer = reqwest::Client::new().post(url).multipart(form).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    /// A line of what the kernel knows of its memory, in KiB.
    fn memory(&self, name: &str) -> f64 {
        f64::from(u32::try_from(memory_of(self.pid, name).unwrap()).unwrap())
    }

    /// The peak begins anew with what it holds now.
    fn forget_peak(&self) {
        forget_peak(self.pid).unwrap();
    }
}

async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let began = Instant::now();
    let result = work.await;
    (result, began.elapsed())
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn mega(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1000).unwrap()) / 1000.0
}
