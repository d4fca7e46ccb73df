//! How long a server takes from exec to ready on a migrated database, what memory it holds while it does nothing, and
//! how long the health probe takes from exec to its end: `just bench-startup [TIMES]`.
//!
//! Of what is resident, what the server has allocated (`RssAnon`) stands apart: the rest are pages of the program's
//! file, which the kernel maps in blocks and takes back where memory is short.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports to the terminal and may stop at any failure"
)]

mod database;

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// What a start may take at the median, in milliseconds.
const START_MAX: f64 = 150.0;
/// What all that the health probe does may take at the median, in milliseconds. Operations H5.
const PROBE_MAX: f64 = 10.0;
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
    let starts: Vec<_> = (0..=times).map(|_| start(&url)).skip(1).collect();
    let median = |values: &mut Vec<u64>| {
        values.sort_unstable();
        (values[values.len() / 2], values[values.len() - 1])
    };
    let (took, took_max) = median(&mut starts.iter().map(|start| start.0).collect());
    let (allocated, allocated_max) = median(&mut starts.iter().map(|start| start.1).collect());
    let (resident, resident_max) = median(&mut starts.iter().map(|start| start.2).collect());
    let (probe, probe_max) = median(&mut probes(times));
    let millis = |micros: u64| Duration::from_micros(micros).as_secs_f64() * 1e3;
    println!("{times} starts of {}\n", env!("CARGO_BIN_EXE_server"));
    println!("{:<26} {:>10} {:>10} {:>12}", "", "median", "most", "expected");
    println!("{:<26} {:>10.1} {:>10.1} {START_MAX:>12.0}", "from exec to ready, ms", millis(took), millis(took_max));
    println!("{:<26} {resident:>10} {resident_max:>10} {RESIDENT_MAX:>12}", "resident when idle, KiB");
    println!("{:<26} {allocated:>10} {allocated_max:>10}", "of it allocated, KiB");
    println!("{:<26} {:>10.1} {:>10.1} {PROBE_MAX:>12.0}", "the health probe, ms", millis(probe), millis(probe_max));
    if millis(took) > START_MAX || resident > RESIDENT_MAX || millis(probe) > PROBE_MAX {
        std::process::exit(1);
    }
}

/// Starts a server and ends it. Returns how long it took to be ready, in microseconds, and what it had allocated and
/// what was resident then, in KiB.
fn start(database: &str) -> (u64, u64, u64) {
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
    let kib = |name: &str| -> u64 {
        let value = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        value.trim().trim_end_matches(" kB").parse().unwrap()
    };
    let (allocated, resident) = (kib("RssAnon:"), kib("VmRSS:"));
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGTERM).unwrap();
    child.wait().unwrap();
    (took, allocated, resident)
}

/// Asks a server that answers at once, and returns what each question took, in microseconds.
fn probes(times: usize) -> Vec<u64> {
    let program = Path::new(env!("CARGO_BIN_EXE_server")).with_file_name("healthcheck");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // The question is one packet.
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
        }
    });
    let ask = |_| {
        let began = Instant::now();
        let status = Command::new(&program).env("PORT", &port).status().unwrap();
        let took = u64::try_from(began.elapsed().as_micros()).unwrap();
        assert!(status.success(), "the probe ended with {status}");
        took
    };
    (0..=times).map(ask).skip(1).collect()
}

fn is_ready(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 200"))
}
