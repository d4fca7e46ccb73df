//! What a list without `limit` costs when it is long: `just bench-lists [ENTRIES]`.
//!
//! The real server, a process of its own, is asked for all entries of one person, and this process reads them as fast
//! as they come. What counts is the memory that the server needs beyond what it holds when it is idle, and how soon the
//! first byte of the list arrives.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a benchmark reports to the terminal and may stop at any failure"
)]

mod database;
#[path = "shared/memory.rs"]
mod memory;
#[path = "shared/program.rs"]
mod program;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use clockwork_core::accounts::workspaces::BUILT_IN_CALLER;
use nix::unistd::Pid;
use tokio_postgres::NoTls;

use memory::{PEAK, RESIDENT, forget_peak, memory_of};
use program::Program;

/// All entries of the caller: a list without any filter is a page of 100.
const LIST: &str = "/api/time/entries?from=1970-01-01T00:00:00Z";
/// How often the list is read, after once to warm up.
const TIMES: usize = 5;
/// What the server may need beyond what it holds when it is idle, in KiB.
const MEMORY_MAX: u64 = 24 * 1024;
/// How long the first byte of the list may take at the median.
const FIRST_BYTE_MAX: Duration = Duration::from_millis(100);
/// How long the server idles before its memory is read.
const IDLE: Duration = Duration::from_secs(2);

/// A person's entries, a tenth of an hour each, one after the other; every second one has two tags.
const FILL: &str = "
INSERT INTO projects (id, workspace_id, name, color, created_at, updated_at)
    VALUES (gen_random_uuid(), '$WORKSPACE$', 'Project', '#808080', now(), now());
INSERT INTO categories (id, workspace_id, project_id, name, created_at, updated_at)
    SELECT gen_random_uuid(), workspace_id, id, 'Category ' || n, now(), now() FROM projects, generate_series(1, 20) AS n;
INSERT INTO tags (id, workspace_id, name, created_at, updated_at)
    SELECT gen_random_uuid(), '$WORKSPACE$', 'Tag ' || n, now(), now() FROM generate_series(1, 2) AS n;
WITH places AS (SELECT row_number() OVER (ORDER BY id) - 1 AS place, * FROM categories)
INSERT INTO time_entries (id, workspace_id, user_id, project_id, category_id, started_at, stopped_at, description, created_at, updated_at)
    SELECT gen_random_uuid(), workspace_id, '$USER$', project_id, id, date_trunc('minute', now()) - (n + 1) * interval '6 minutes',
           date_trunc('minute', now()) - n * interval '6 minutes', 'Work on ticket ' || n % 9973, now(), now()
    FROM generate_series(0, $ENTRIES$::bigint - 1) AS n JOIN places ON place = n % 20;
INSERT INTO time_entry_tags (workspace_id, time_entry_id, tag_id)
    SELECT e.workspace_id, e.id, t.id FROM time_entries e, tags t WHERE extract(epoch FROM e.started_at)::bigint / 360 % 2 = 0;
";

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

    /// Reads a whole answer: the time to its first byte after the head, the time to its end, its bytes, and how many
    /// objects it has.
    fn read(&self, path: &str) -> (Duration, Duration, usize, usize) {
        let mut stream = TcpStream::connect(&self.program.address).unwrap();
        let began = Instant::now();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut buffer = vec![0; 256 * 1024];
        let mut head = Vec::new();
        let (mut first, mut bytes, mut objects) = (None, 0, 0);
        loop {
            let length = stream.read(&mut buffer).unwrap();
            if length == 0 {
                break;
            }
            let received = &buffer[..length];
            bytes += length;
            // Neither the head nor a description has one, and no object has another one inside.
            objects += received.iter().filter(|byte| **byte == b'{').count();
            if first.is_none() {
                head.extend_from_slice(received);
                let end = head.windows(4).position(|end| end == b"\r\n\r\n");
                first = end.is_some_and(|end| head.len() > end + 4).then(|| began.elapsed());
            }
        }
        assert!(head.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&head));
        (first.unwrap(), began.elapsed(), bytes, objects)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let entries = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(400_000);
    let database = database::migrated().await;
    let server = Server::start(&database.url()).await;
    // Makes the built-in user and workspace.
    server.read("/api/me");
    let (sql, connection) = tokio_postgres::connect(&database.admin_url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    // The rows are right by construction; checking a foreign key for each of them would take minutes.
    sql.batch_execute("SET session_replication_role = replica").await.unwrap();
    let fill = FILL
        .replace("$WORKSPACE$", &BUILT_IN_CALLER.workspace.to_string())
        .replace("$USER$", &BUILT_IN_CALLER.user().to_string())
        .replace("$ENTRIES$", &entries.to_string());
    sql.batch_execute(&fill).await.unwrap();
    sql.batch_execute("VACUUM ANALYZE").await.unwrap();

    thread::sleep(IDLE);
    let idle = memory_of(server.pid, RESIDENT).unwrap();
    forget_peak(server.pid).unwrap();
    let (mut firsts, mut totals, mut size) = (Vec::new(), Vec::new(), 0);
    for time in 0..=TIMES {
        let (first, total, bytes, found) = server.read(LIST);
        assert_eq!(found, entries, "the list is not complete");
        if time > 0 {
            firsts.push(first);
            totals.push(total);
        }
        size = bytes;
    }
    let peak = memory_of(server.pid, PEAK).unwrap().saturating_sub(idle);
    firsts.sort_unstable();
    totals.sort_unstable();
    let (first, total) = (firsts[TIMES / 2], totals[TIMES / 2]);
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    println!("{entries} entries, {:.1} MiB, read {TIMES} times\n", size as f64 / f64::from(1 << 20));
    println!("| | measured | at most |\n|---|---:|---:|");
    println!("| idle, KiB | {idle} | |");
    println!("| peak over idle, KiB | {peak} | {MEMORY_MAX} |");
    println!("| first byte of the list, median, ms | {:.1} | {} |", millis(first), FIRST_BYTE_MAX.as_millis());
    println!("| whole list, median, ms | {:.0} | |", millis(total));
    server.program.stop().await.unwrap();
    if peak > MEMORY_MAX || first > FIRST_BYTE_MAX { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
