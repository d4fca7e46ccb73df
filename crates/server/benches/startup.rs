//! How long a server takes from exec to ready on a migrated database, and what memory it holds while it does nothing:
//! `cargo bench -p clockwork-server --bench startup [TIMES]`.
//!
//! Ready means that `/readyz` answered 200: the pool has reached the database and the migrations were seen.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports to the terminal and may stop at any failure"
)]

mod database;

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// What a start may take at the median, in milliseconds.
const START_MAX: f64 = 150.0;
/// What an idle server may hold at the median, in KiB.
const RESIDENT_MAX: u64 = 16 * 1024;
/// How long a server idles before its memory is read.
const IDLE: Duration = Duration::from_secs(1);

#[actix_web::main]
async fn main() {
    let times = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(20);
    let database = database::migrated().await;
    let url = database.url();
    // The first one makes the pages of the binary warm, and is not counted.
    let mut starts: Vec<_> = (0..=times).map(|_| start(&url)).skip(1).collect();
    let median = |values: &mut Vec<u64>| {
        values.sort_unstable();
        (values[values.len() / 2], values[values.len() - 1])
    };
    let (took, took_max) = median(&mut starts.iter().map(|start| start.0).collect());
    let (resident, resident_max) = median(&mut starts.iter_mut().map(|start| start.1).collect());
    let millis = |micros: u64| Duration::from_micros(micros).as_secs_f64() * 1e3;
    println!("{times} starts of {}\n", env!("CARGO_BIN_EXE_server"));
    println!("{:<26} {:>10} {:>10} {:>12}", "", "median", "most", "expected");
    println!("{:<26} {:>10.1} {:>10.1} {START_MAX:>12.0}", "from exec to ready, ms", millis(took), millis(took_max));
    println!("{:<26} {resident:>10} {resident_max:>10} {RESIDENT_MAX:>12}", "resident when idle, KiB");
    if millis(took) > START_MAX || resident > RESIDENT_MAX {
        std::process::exit(1);
    }
}

/// Starts a server and ends it. Returns how long it took to be ready, in microseconds, and what it held then, in KiB.
fn start(database: &str) -> (u64, u64) {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command
        .env_clear()
        .envs([("HOST", "127.0.0.1"), ("AUTH_MODE", "none"), ("METRICS_PORT", "0")])
        .envs([("DATABASE_URL", database), ("PORT", &address.port().to_string())])
        .current_dir(std::env::temp_dir())
        .stdout(Stdio::null());
    let began = Instant::now();
    let mut child = command.spawn().unwrap();
    while !is_ready(address).unwrap_or(false) {
        assert!(began.elapsed() < Duration::from_secs(30), "not ready within half a minute");
        thread::sleep(Duration::from_millis(1));
    }
    let took = u64::try_from(began.elapsed().as_micros()).unwrap();
    thread::sleep(IDLE);
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let resident = resident.trim().trim_end_matches(" kB").parse().unwrap();
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGTERM).unwrap();
    child.wait().unwrap();
    (took, resident)
}

fn is_ready(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 200"))
}
